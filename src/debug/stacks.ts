/** Threads as a debugger shows them: each CPU is one, and each context that is on none; and their stacks. */
import { laneName } from '../check/lanes.ts';
import { irqlConstant } from '../check/notes.ts';
import { linesOf } from '../check/text.ts';
import { type ContextView, liveContexts } from '../engine/inspect.ts';
import { cutStack, type FrameView, stackOf } from '../engine/inspect-frames.ts';
import { SCRATCH } from '../engine/layout.ts';
import type { Origin } from '../ir/program.ts';
import type { StackFrame, ThreadView } from './protocol.ts';
import type { Frame } from './scopes.ts';
import type { Tape } from './tape.ts';

/** Threads of CPUs are numbered from 1, those of contexts from here. */
const firstContext = 100;
/** The thread that shows what is wrong with an end that no context has come to by itself. */
const endThread = 99;

/** The threads there are: all CPUs, then the contexts that are on none. */
export function threadsOf(tape: Tape): ThreadView[] {
  const live = liveContexts(tape.machine);
  const cpus = Array.from({ length: tape.machine.processors }, (_, p): ThreadView => {
    const on = onProcessor(live, p);
    return { id: 1 + p, name: on === undefined ? `CPU ${p}, free` : `CPU ${p}: ${contextText(tape, on)}` };
  });
  const others = live
    .filter(({ processor, context }) => processor < 0 && !isCoveredBy(live, context))
    .map((one): ThreadView => ({ id: firstContext + one.context, name: contextText(tape, one) }));
  return [...cpus, ...others, ...(isJudged(tape) ? [{ id: endThread, name: 'End of the run' }] : [])];
}

/** The thread that a context is shown in; where it has ended, the first CPU. */
export function threadOf(tape: Tape, context: number): number {
  if (isJudged(tape)) return endThread;
  const found = liveContexts(tape.machine).find((one) => one.context === context);
  if (found === undefined) return 1;
  return found.processor < 0 ? firstContext + context : 1 + found.processor;
}

/** The context that a thread is about: of a CPU the one that runs there; undefined where none does. */
export function contextOfThread(tape: Tape, thread: number): number | undefined {
  const live = liveContexts(tape.machine);
  if (thread < endThread) return onProcessor(live, thread - 1)?.context;
  return live.find(({ context }) => context === thread - firstContext)?.context;
}

/** A frame, or in its place the name of the context that those below belong to, which has been interrupted. */
export type Entry = { readonly frame: Frame } | { readonly label: string };

/** The frames of a thread, the innermost first; of a CPU, those of what was interrupted there behind those of what came over it. */
export function entriesOf(tape: Tape, thread: number): Entry[] {
  if (thread === endThread) return [];
  const live = liveContexts(tape.machine);
  const entries: Entry[] = [];
  for (let context = contextOfThread(tape, thread) ?? -1; context >= 0; ) {
    const at = live.find((one) => one.context === context);
    if (at === undefined) break;
    if (entries.length > 0) entries.push({ label: `interrupted: ${contextText(tape, at)}` });
    entries.push(...framesOf(tape, context).map((frame) => ({ frame: { ...frame, context } })));
    context = at.over;
  }
  return entries;
}

/** The frames of a context; where its step has ended the path, as they were then. */
export function framesOf({ machine, last }: Tape, context: number): FrameView[] {
  return last?.over === true && machine.context === context ? cutStack(machine) : stackOf(machine, context);
}

/** Origins of what a driver's author wants to see first. */
const interesting: ReadonlySet<Origin> = new Set(['driver', 'scenario']);

/** Whether the routine is the user's: the driver's, or the scenario's. */
export function isOwn(tape: Tape, func: number): boolean {
  const origin = tape.machine.program.funcs[func - 1]?.origin;
  return origin !== undefined && interesting.has(origin);
}

/**
 * A thread's stack for people.
 * @param keep gives the number that a frame is asked about by.
 * @param bare whether the innermost frame is of interest whoever's it is, because somebody stepped there.
 */
export function stackFrames(tape: Tape, thread: number, keep: (frame: Frame | undefined) => number, bare: boolean): StackFrame[] {
  if (thread === endThread) return guiltyFrame(tape, keep);
  return entriesOf(tape, thread).map((entry, index): StackFrame => {
    if ('label' in entry) return { id: keep(undefined), name: entry.label, subtle: true };
    const { frame } = entry;
    const func = tape.machine.program.funcs[frame.func - 1];
    const place = func.places[frame.pc] ?? func.place;
    const subtle = !isOwn(tape, frame.func) && !(bare && index === 0);
    const at = tape.stepped.isStatement(frame.func, frame.pc) ? statementAt(tape, place) : position(tape, place);
    return { id: keep(frame), name: func.name, at, subtle };
  });
}

/** Where the machine found fault with the end, the deed that led to it. */
function guiltyFrame(tape: Tape, keep: (frame: Frame | undefined) => number): StackFrame[] {
  const guilt = tape.watcher.recorder.breaches.at(-1)?.guilt;
  if (guilt === undefined) return [];
  const { name } = tape.machine.program.funcs[guilt.func - 1];
  return [{ id: keep(undefined), name, at: position(tape, guilt.place), subtle: false }];
}

function position(tape: Tape, place: { file: number; start: number; end: number }): StackFrame['at'] {
  const { start, end } = tape.stepped.lines.rangeOf(place);
  return {
    file: tape.machine.program.files[place.file].path,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

/** Before a statement: the line from its first character on. The instruction that comes next is somewhere within. */
function statementAt(tape: Tape, place: { file: number; start: number; end: number }): StackFrame['at'] {
  const { path, text } = tape.machine.program.files[place.file];
  const { start } = tape.stepped.lines.rangeOf(place);
  const line = linesOf(text)[start.line - 1] ?? '';
  const column = line.length - line.trimStart().length + 1;
  return { file: path, line: start.line, column, endLine: start.line, endColumn: line.trimEnd().length + 1 };
}

/** Whether the run's end was judged as a whole. */
function isJudged({ machine, last }: Tape): boolean {
  return last?.over === true && last.breaches.length > 0 && machine.context === SCRATCH;
}

function onProcessor(live: readonly ContextView[], p: number): ContextView | undefined {
  const there = live.filter(({ processor }) => processor === p);
  return there.find(({ context }) => !isCoveredBy(live, context)) ?? there[0];
}

function isCoveredBy(live: readonly ContextView[], context: number): boolean {
  return live.some(({ over }) => over === context);
}

function contextText({ subject }: Tape, { name, irql, waiting }: ContextView): string {
  return `${laneName(name, subject.scenario)}, ${irqlConstant(irql)}${waiting === undefined ? '' : `, waits for ${waiting}`}`;
}
