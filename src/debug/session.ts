/** A debug session: answers what a debugger asks, on a tape of the machine. Nothing is kept between answers but the tape and the stops. */
import { notesInWords } from '../check/notes.ts';
import { ruleOf } from '../check/rules.ts';
import { messageText } from '../rules/explain.ts';
import { choicesOf, leadTo } from './choices.ts';
import { evaluate } from './expressions.ts';
import type { Subject } from './prepare.ts';
import type { DebugAnswers, DebugRequest, LeadKind, Stopped, VariableView } from './protocol.ts';
import { currentValues, type Frame, lookUp, scopesAt } from './scopes.ts';
import { contextOfThread, stackFrames, threadOf, threadsOf } from './stacks.ts';
import { type Ended, nextMover, run } from './stepping.ts';
import { createStops } from './stops.ts';
import { contextOf, openTape, type Tape } from './tape.ts';
import type { Parts, Value, Values } from './values.ts';

/** A session that has been opened; the machine stands at the beginning. */
export interface DebugSession {
  answer<K extends DebugRequest['kind']>(request: Extract<DebugRequest, { kind: K }>): DebugAnswers[K];
}

/**
 * Opens a session on a scenario, which follows the subject's schedule as long as nobody chooses otherwise.
 * @param tape where the session is to begin; by default at the beginning.
 */
export function openDebugSession(subject: Subject, tape = openTape(subject)): DebugSession {
  const stops = createStops(tape);
  let kept = handles(tape);
  let stopped: Ended = { reason: 'start', context: 0 };
  let told = 0;

  const answers: { readonly [K in DebugRequest['kind']]: (request: Extract<DebugRequest, { kind: K }>) => DebugAnswers[K] } = {
    breakpoints: stops.setBreakpoints,
    stops: stops.setFilters,
    run: ({ how, thread }) =>
      come(() => run(tape, stops, how, { context: contextFor(thread), bare: isBare(contextFor(thread)) })),
    threads: () => threadsOf(tape),
    stack: ({ thread }) => stackFrames(tape, thread, kept.keepFrame, isBare(contextOfThread(tape, thread))),
    scopes: ({ frame }) => kept.scopes(frame),
    variables: ({ parts }) => kept.variables(parts),
    evaluate: ({ expression, frame }) => kept.evaluate(expression, frame),
    choices: () => choicesOf(tape),
    choose: ({ choice }) => choose(choice),
    lead: ({ to }) => lead(to),
  };
  return { answer: (request) => (answers[request.kind] as unknown as (one: typeof request) => never)(request) };

  /** Whom a thread is about; of one that shows nobody, who moved last. */
  function contextFor(thread: number | undefined): number {
    const named = thread === undefined ? undefined : contextOfThread(tape, thread);
    return named ?? tape.moves.slice(0, tape.position).findLast(({ context }) => context >= 0)?.context ?? 0;
  }

  function come(act: () => Ended): Stopped {
    stopped = act();
    kept = handles(tape);
    const focus = stopped.context >= 0 ? stopped.context : contextFor(undefined);
    const text = stopped.reason === 'breach' ? breachText(tape) : undefined;
    return {
      reason: stopped.reason,
      thread: threadOf(tape, focus),
      ...(text === undefined ? {} : { text }),
      output: news(),
    };
  }

  /** Whether somebody has stepped to the innermost statement of a context, whoever wrote it. */
  function isBare(context: number | undefined): boolean {
    const { last } = tape;
    return last?.atStatement === true && last.context === stopped.context && context === stopped.context;
  }

  /** What the machine did since that was told last, in words; going back tells nothing. */
  function news(): string[] {
    const { steps } = tape.watcher.recorder;
    const words = notesInWords(steps);
    const from = Math.min(told, steps.length);
    told = steps.length;
    return words.slice(from).flat();
  }

  function choose(choice: number): Stopped | null {
    const wanted = tape.enabled()[choice];
    return wanted === undefined ? null : take([wanted]);
  }

  function lead(to: LeadKind): Stopped | null {
    const before = tape.position;
    // Ways are looked for from where others could move.
    tape.finishStep();
    const codes = leadTo(tape, to);
    if (codes !== undefined) return take(codes);
    tape.windTo(before);
    return null;
  }

  /** Takes steps in place of what the schedule has. Whoever is within a step finishes it first, if it is another one who moves. */
  function take(codes: readonly number[]): Stopped | null {
    const before = tape.position;
    if (contextOf(codes[0]) !== tape.last?.context) tape.finishStep();
    if (!tape.enabled().includes(codes[0])) {
      tape.windTo(before);
      return null;
    }
    return come(() => {
      for (const code of codes) if (tape.choose(code).over) break;
      return { reason: tape.last?.breaches.length ? 'breach' : tape.last?.over ? 'end' : 'step', context: focusAfter() };
    });
  }

  /** Who moved; where that was no context, who goes on. */
  function focusAfter(): number {
    const context = tape.last?.context ?? -1;
    return context >= 0 ? context : (nextMover(tape) ?? -1);
  }
}

/** The breach that was come to, with the rule's message. */
function breachText({ last }: Tape): string | undefined {
  const breach = last?.breaches.at(-1);
  if (breach === undefined) return undefined;
  const rule = ruleOf(breach.rule);
  return `${breach.rule}: ${rule === undefined ? breach.message : messageText(rule, breach.message, 'en')}`;
}

/** Frames and values under the numbers that they are asked about by, as long as the machine stands still. */
function handles(tape: Tape): {
  keepFrame(frame: Frame | undefined): number;
  scopes(frame: number): VariableView[];
  variables(parts: number): VariableView[];
  evaluate(expression: string, frame: number | undefined): VariableView | { readonly error: string };
} {
  const frames: (Frame | undefined)[] = [];
  const partLists: Parts[] = [];
  let made: Values | undefined;
  const values = (): Values => {
    made ??= currentValues(tape);
    return made;
  };
  const keepParts = (parts: Parts): number => partLists.push(parts);
  const view = ({ name, text, type, parts }: Value): VariableView => ({
    name,
    value: text,
    type,
    parts: parts === undefined ? 0 : keepParts(parts),
  });
  const frameOf = (id: number | undefined): Frame | undefined => (id === undefined ? undefined : frames[id - 1]);
  return {
    keepFrame: (frame) => frames.push(frame),
    scopes: (id) =>
      scopesAt(tape, frameOf(id), values()).map((scope) => ({
        name: scope.name,
        value: '',
        type: '',
        parts: keepParts({ kind: 'list', values: scope.values }),
      })),
    variables(id) {
      const parts = partLists[id - 1];
      return parts === undefined ? [] : values().partsOf(parts).map(view);
    },
    evaluate(expression, id) {
      const frame = frameOf(id);
      const found = evaluate(expression, (name) => lookUp(tape, frame, values(), name), values());
      return 'error' in found ? found : view(found);
    },
  };
}
