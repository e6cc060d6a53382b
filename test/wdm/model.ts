/**
 * Runs a small program on the kernel model alone, without driver or scenario: `HarnessMain` is the text's own. `Expect(Condition)`
 * in it is checked in every interleaving; a watched event shows up as a breach named after it. The model is a parameter, so that
 * the same program can be run on a broken one.
 */

import type { CompileRequest } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import type { Outcome } from '../../src/engine/api.ts';
import { explore } from '../../src/engine/explore.ts';
import type { EventName } from '../../src/ir/events.ts';
import type { Condition, RuleCheck } from '../../src/ir/rule.ts';
import { loadLibrary } from '../kit/library.ts';

export type Library = CompileRequest['library'];

/** One thing that the kernel model does: a program, and what exploring it must give. */
export interface Behaviour {
  /** Ids of `facts.ts`. */
  readonly facts: readonly string[];
  readonly title: string;
  readonly text: string;
  /** `verified`, or the names of the events that are breaches, in alphabetical order, or the bounds. */
  readonly expected: string;
  readonly options: Options;
}

export interface Options {
  /** 2 unless given. */
  readonly processors?: number;
  readonly watch?: readonly Watch[];
}

export interface Watch {
  readonly event: EventName;
  readonly when?: Condition;
}

/** A call above, or below, the IRQLs that its documentation allows. */
export const irqlAbove: Watch = { event: 'call.irql', when: { left: 'irql', is: '>', right: 'maximum' } };
export const irqlBelow: Watch = { event: 'call.irql', when: { left: 'irql', is: '<', right: 'minimum' } };

/** A behaviour; `facts` are ids with a space between. */
export function behaviour(facts: string, title: string, text: string, expected = 'verified', options: Options = {}): Behaviour {
  return { facts: facts.split(' '), title, text, expected, options };
}

/** The kernel model as it is. */
export const model: Library = loadLibrary().filter(({ path }) => path.startsWith('irpsight/wdm/'));

/** Thrown when a program does not compile, which says nothing about the model's behaviour. */
export class CompileError extends Error {}

/** What exploring the behaviour's program on that library gives; to be compared with `expected`. */
export function outcomeOf({ text, options }: Behaviour, library: Library = model): string {
  return result(text, options, library);
}

/** The names of the events that were breaches, and the verdict when there was none. */
export function result(text: string, options: Options = {}, library: Library = model): string {
  const { verdict, breaches, bounds } = run(text, options, library);
  return breaches.length > 0 ? [...new Set(breaches.map(({ rule }) => rule))].sort().join(' ') : [verdict, ...bounds].join(': ');
}

/** Explores the program exhaustively. Imports are added for every name of the model that the text uses. */
export function run(text: string, options: Options = {}, library: Library = model): Outcome {
  const { program, problems } = compile({
    sources: [],
    library: [...library, { path: 'irpsight/scenario/harness.ts', origin: 'environment', text: withImports(text) }],
  });
  if (program === undefined) throw new CompileError(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return explore({
    program,
    scenario: {
      name: 'test',
      file: 0,
      place: { file: 0, start: 0, end: 0 },
      processors: options.processors ?? 2,
      settings: [],
      threads: [],
    },
    rules: [...faults.map((event) => check({ event })), ...(options.watch ?? []).map(check)],
    strategy: 'exhaustive',
    maxStates: 200_000,
  });
}

const faults: readonly EventName[] = [
  'assert.failed',
  'fault.null',
  'fault.freed',
  'fault.double-free',
  'fault.type',
  'fault.bounds',
  'fault.wait',
  'fault.irql',
  'list.corrupt',
  'deadlock',
];

/** Where each name of the model is exported, the machine's and the I/O manager's included. */
const exported = new Map(
  model
    .filter(({ path }) => !path.endsWith('/index.ts'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^export (?:declare )?(?:interface|type|const|let|function) (\w+)/gm)].map(
        ([, name = '']) => [name, path.replace(/\.ts$/, '')] as const,
      ),
    ),
);

function withImports(body: string): string {
  const text = `${body}
function Expect(Condition: BOOLEAN): void { if (!Condition) machineEvent('assert.failed', 1); }
${body.includes('function HarnessStuck') ? '' : 'export function HarnessStuck(): void {}'}
${body.includes('function HarnessFinal') ? '' : 'export function HarnessFinal(): void {}'}
`;
  const used = new Set(text.match(/\b[A-Za-z_]\w*\b/g));
  // What the text declares itself is not the model's of that name.
  const own = new Set([...text.matchAll(/^(?:export )?(?:interface|type|const|let|function) (\w+)/gm)].map(([, name]) => name));
  const imports = [...exported]
    .filter(([name]) => used.has(name) && !own.has(name))
    .map(([name, path]) => `import { ${name} } from '${path}';`);
  return `${imports.join('\n')}\n${text}`;
}

function check({ event, when }: Watch): RuleCheck {
  return {
    id: event,
    subject: 'machine',
    states: ['any'],
    on: { [event]: [{ ...(when === undefined ? {} : { when }), report: 'seen' }] },
    continues: false,
  };
}
