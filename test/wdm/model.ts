/**
 * Runs a small program on the kernel model alone, without driver or scenario: `HarnessMain` is the text's own. `Expect(Condition)`
 * in it is checked in every interleaving; a watched event shows up as a breach named after it.
 */
import type { Outcome } from '../../src/engine/api.ts';
import type { EventName } from '../../src/ir/events.ts';
import type { Condition, RuleCheck } from '../../src/ir/rule.ts';
import { compile } from '../../src/compiler/compile.ts';
import { explore } from '../../src/engine/explore.ts';
import { loadLibrary } from '../kit/library.ts';

const model = loadLibrary().filter(({ path }) => path.startsWith('irpsight/wdm/'));

/** Where each name of the model is exported, the machine's and the I/O manager's included. */
const exported = new Map(
  model.filter(({ path }) => !path.endsWith('/index.ts')).flatMap(({ path, text }) =>
    [...text.matchAll(/^export (?:declare )?(?:interface|type|const|let|function) (\w+)/gm)].map(([, name = '']) => [name, path.replace(/\.ts$/, '')] as const)),
);

const faults: readonly EventName[] = [
  'assert.failed', 'fault.null', 'fault.freed', 'fault.double-free', 'fault.type', 'fault.bounds', 'fault.wait', 'fault.irql', 'list.corrupt', 'deadlock',
];

export interface Watch {
  readonly event: EventName;
  readonly when?: Condition;
}

/** Explores the program exhaustively. Imports are added for every name of the model that the text uses. */
export function run(text: string, options: { readonly processors?: number; readonly watch?: readonly Watch[] } = {}): Outcome {
  const { program, problems } = compile({ sources: [], library: [...model, { path: 'irpsight/scenario/harness.ts', origin: 'environment', text: withImports(text) }] });
  if (program === undefined) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return explore({
    program, scenario: { name: 'test', file: 0, place: { file: 0, start: 0, end: 0 }, processors: options.processors ?? 2, settings: [], threads: [] },
    rules: [...faults.map((event) => check({ event })), ...(options.watch ?? []).map(check)], strategy: 'exhaustive', maxStates: 200_000,
  });
}

/** The names of the events that were breaches, and the verdict when there was none. */
export function result(text: string, options: Parameters<typeof run>[1] = {}): string {
  const { verdict, breaches, bounds } = run(text, options);
  return breaches.length > 0 ? [...new Set(breaches.map(({ rule }) => rule))].sort().join(' ') : [verdict, ...bounds].join(': ');
}

function withImports(body: string): string {
  const text = `${body}
function Expect(Condition: BOOLEAN): void { if (!Condition) machineEvent('assert.failed', 1); }
${body.includes('function HarnessStuck') ? '' : 'export function HarnessStuck(): void {}'}
`;
  const used = new Set(text.match(/\b[A-Za-z_]\w*\b/g));
  const imports = [...exported].filter(([name]) => used.has(name)).map(([name, path]) => `import { ${name} } from '${path}';`);
  return `${imports.join('\n')}\n${text}`;
}

function check({ event, when }: Watch): RuleCheck {
  return { id: event, subject: 'machine', states: ['any'], on: { [event]: [{ ...(when === undefined ? {} : { when }), report: 'seen' }] }, continues: false };
}
