/**
 * A schedule as it is drawn: steps, and over them spans of what held for how long. Plain data, and what is asked of it. What draws it (the trace
 * view, SVG, Mermaid) imports nothing but this folder, and this folder nothing else, so that it runs in a web page, too.
 */
import type { TimelineWords } from './words.ts';

/** A file that steps lie in. */
export interface TimelineFile {
  readonly name: string;
  /** Absent where no editor can open it: a default scenario is in no file. */
  readonly uri?: string;
}

/** Lines and columns from 1, the end excluded. */
export interface TimelineRange {
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
}

/** A statement that a context executed. */
export interface TimelineStep {
  /** Index into the contexts. */
  readonly context: number;
  /** -1 while the context is on no CPU. */
  readonly processor: number;
  readonly irql: number;
  /** How many spin locks its context held as it began. */
  readonly locks: number;
  readonly routine: string;
  /** Index into the files. */
  readonly file: number;
  readonly range: TimelineRange;
  readonly source: string;
  /** What happened, in words. */
  readonly events: readonly string[];
  /** No context did anything: nothing can go on, and the machine looks at what is left. */
  readonly stuck?: true;
}

/** Behind the steps `from` to `to - 1` (from 0) something was so. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type IrpStateName = Extract<
  keyof TimelineWords,
  'not-cancelable' | 'cancel-requested' | 'cancelable' | 'passed-down' | 'cancel-running' | 'completed' | 'freed'
>;

export interface IrpSpan extends Span {
  readonly state: IrpStateName;
  /** The cancel routine that is set. */
  readonly routine?: string;
}

export interface LockSpan extends Span {
  /** Index into the contexts. */
  readonly context: number;
}

export interface RegisterSpan extends Span {
  readonly value: number;
}

/** Where a context was, whether or not it did anything. */
export interface StaySpan extends Span {
  readonly context: number;
  readonly processor: number;
  readonly irql: number;
  /** What it waited for. */
  readonly waiting?: string;
}

/** Two steps of different contexts at the same IRP or lock, one the next to come to it after the other. */
export interface Conflict {
  readonly first: number;
  readonly second: number;
  /** The name of the IRP or lock. */
  readonly what: string;
}

export interface Timeline {
  readonly version: 1;
  readonly scenario: string;
  readonly processors: number;
  /** Of the finding; absent where the schedule shows none. */
  readonly rule?: string;
  readonly message?: string;
  /** The step that the finding is at. */
  readonly breach?: number;
  /** Names, in the order of their coming. */
  readonly contexts: readonly string[];
  /** Names of the IRQLs, by number. */
  readonly levels: readonly string[];
  readonly files: readonly TimelineFile[];
  readonly steps: readonly TimelineStep[];
  readonly irps: readonly { readonly name: string; readonly spans: readonly IrpSpan[] }[];
  readonly locks: readonly { readonly name: string; readonly spans: readonly LockSpan[] }[];
  /** Those of virtual devices. */
  readonly registers: readonly { readonly name: string; readonly spans: readonly RegisterSpan[] }[];
  /** Those of each context in order, context after context. */
  readonly stays: readonly StaySpan[];
  /** In the order of their second steps. */
  readonly conflicts: readonly Conflict[];
  /** Why there are no states of IRPs, locks and registers, where there are none. */
  readonly incomplete?: string;
}

/** The span that a step lies in, of spans in order. */
export function spanAt<S extends Span>(spans: readonly S[], step: number): S | undefined {
  const span = spans[firstEndingBehind(spans, step)];
  return span !== undefined && span.from <= step ? span : undefined;
}

/** The spans, in order and not overlapping, that have a step of `from` to `to - 1`. */
export function spansIn<S extends Span>(spans: readonly S[], from: number, to: number): readonly S[] {
  const start = firstEndingBehind(spans, from);
  let end = start;
  while (end < spans.length && spans[end].from < to) end++;
  return spans.slice(start, end);
}

/** The next step, or the one before (`by` -1), that is part of a conflict. */
export function nextConflict({ conflicts }: Pick<Timeline, 'conflicts'>, step: number, by: 1 | -1): number | undefined {
  return nextOf([...new Set(conflicts.flatMap(({ first, second }) => [first, second]))], step, by);
}

/** The nearest number beyond `at` in a direction. */
export function nextOf(numbers: readonly number[], at: number, by: 1 | -1): number | undefined {
  const beyond = numbers.filter((number) => (number - at) * by > 0);
  return beyond.length === 0 ? undefined : by === 1 ? Math.min(...beyond) : Math.max(...beyond);
}

/** The steps in which every word of a query is found, in the context's name, routine, place, source or events; none for an empty one. */
export function search(timeline: Timeline, query: string): number[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return timeline.steps.flatMap((step, index) => {
    const text = [timeline.contexts[step.context], placeOf(timeline, step), step.source, ...step.events].join('\n').toLowerCase();
    return words.every((word) => text.includes(word)) ? [index] : [];
  });
}

/** `KeyboardClassRead, keyboard.driver.ts:94`. */
export function placeOf({ files }: Pick<Timeline, 'files'>, { routine, file, range }: TimelineStep): string {
  return `${routine}, ${files[file].name}:${range.start.line}`;
}

function firstEndingBehind(spans: readonly Span[], step: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].to > step) high = middle;
    else low = middle + 1;
  }
  return low;
}
