/** From a trace, and what the machine held behind each of its steps, to a timeline. */
import type { Finding, Trace, TraceStep } from '../check/findings.ts';
import { irpNames, irqlName, notesInWords } from '../check/notes.ts';
import type { TraceSnapshot, TraceSnapshots } from '../debug/snapshots.ts';
import { harmless } from './paint.ts';
import { deedOf, isAt, shortName } from './schedule.ts';
import type {
  Conflict,
  IrpSpan,
  LockSpan,
  RegisterSpan,
  Span,
  StaySpan,
  Timeline,
  TimelineFile,
  TimelineStep,
} from './timeline/model.ts';

export interface TimelineOptions {
  /** What the schedule is shown for. */
  readonly finding?: Pick<Finding, 'rule' | 'message' | 'file' | 'range'>;
  /** One for each step; or why there are none. */
  readonly snapshots: readonly TraceSnapshot[] | { readonly error: string };
  /** How a file is called and opened. */
  readonly fileOf: (path: string) => TimelineFile;
}

const DISPATCH_LEVEL = 2;

/** A failing schedule, and beside it the nearest one without an error; its steps are others from step `differs` on (from 0). */
export interface TimelinePair {
  readonly timeline: Timeline;
  readonly passing?: { readonly timeline: Timeline; readonly differs: number };
}

/** The timelines of a schedule. `finding`: what it is shown for, if anything; `held`: what following it gave, or why it gave nothing. */
export function schedulesOf(
  trace: Trace,
  finding: Finding | undefined,
  held: TraceSnapshots | { readonly error: string },
  fileOf: TimelineOptions['fileOf'],
): TimelinePair {
  const snapshots = 'error' in held ? held : held.snapshots;
  const timeline = buildTimeline(trace, { ...(finding === undefined ? {} : { finding }), snapshots, fileOf });
  if (finding === undefined || 'error' in held || held.passing === undefined) return { timeline };
  const { steps } = held.passing;
  const passing = buildTimeline({ ...trace, steps }, { snapshots: held.passing.snapshots, fileOf });
  return { timeline, passing: { timeline: passing, differs: firstOther(trace.steps, steps) } };
}

/** The timeline of a schedule. All its texts are harmless. */
export function buildTimeline(trace: Pick<Trace, 'steps' | 'scenario' | 'processors'>, options: TimelineOptions): Timeline {
  const { finding, snapshots: given, fileOf } = options;
  const { steps, scenario, processors } = trace;
  const snapshots = stepwise(given, steps.length);
  const known = 'error' in snapshots ? [] : snapshots;
  const contexts = indexOf([
    ...steps.filter((step) => !isStuck(step)).map(({ context }) => context),
    ...known.flatMap((snapshot) => [...snapshot.contexts, ...snapshot.locks].map(({ context }) => context)),
  ]);
  const files = indexOf(steps.map(({ file }) => file));
  const events = notesInWords(steps).map((texts) => texts.map(harmless));
  const breach = finding === undefined ? -1 : steps.findLastIndex((step) => isAt(step, finding));
  const locks = lockSpans(known, contexts);
  const stays = staySpans(known, contexts);
  return {
    version: 1,
    scenario: harmless(scenario),
    processors,
    ...(finding === undefined ? {} : { rule: harmless(finding.rule), message: harmless(finding.message) }),
    ...(breach < 0 ? {} : { breach }),
    contexts: [...contexts.keys()].map(harmless),
    levels: levelNames(steps, known),
    files: [...files.keys()].map((path) => {
      const { name, uri } = fileOf(path);
      return { name: harmless(name), ...(uri === undefined ? {} : { uri }) };
    }),
    steps: steps.map((step, index): TimelineStep => {
      const common = {
        context: contexts.get(step.context) ?? 0,
        processor: step.processor,
        irql: step.irql,
        locks: step.locks,
        routine: harmless(shortName(step.func, scenario)),
        file: files.get(step.file) ?? 0,
        range: step.range,
        events: events[index],
      };
      return isStuck(step) ? { ...common, source: '', stuck: true } : { ...common, source: harmless(deedOf(step, scenario)) };
    }),
    irps: irpSpans(known),
    locks,
    registers: registerSpans(known),
    stays,
    conflicts: conflictsOf(steps, locks, stays),
    ...('error' in snapshots ? { incomplete: harmless(snapshots.error) } : {}),
  };
}

/** Only snapshots that belong to the steps tell the truth about them. */
function stepwise(snapshots: TimelineOptions['snapshots'], steps: number): TimelineOptions['snapshots'] {
  if ('error' in snapshots || snapshots.length === steps) return snapshots;
  return { error: 'The schedule takes other steps on the sources as they are now.' };
}

/** Where nothing can go on, no context does anything: the machine looks at what is left. */
function isStuck({ context }: Pick<TraceStep, 'context'>): boolean {
  return context === 'kernel';
}

type Index = ReadonlyMap<string, number>;

function indexOf(names: readonly string[]): Index {
  return new Map([...new Set(names)].map((name, index) => [name, index]));
}

function levelNames(steps: readonly TraceStep[], snapshots: readonly TraceSnapshot[]): string[] {
  let highest = 0;
  for (const { irql } of [...steps, ...snapshots.flatMap((snapshot) => snapshot.contexts)]) highest = Math.max(highest, irql);
  return Array.from({ length: highest + 1 }, (_, irql) => irqlName(irql));
}

function irpSpans(snapshots: readonly TraceSnapshot[]): Timeline['irps'] {
  return spansBy(snapshots, ({ irps }) =>
    irps.map(({ name, state, routine }): [string, Omit<IrpSpan, keyof Span>] => [
      name,
      routine === undefined ? { state } : { state, routine: harmless(routine) },
    ]),
  ).map(([name, spans]) => ({ name: harmless(name), spans }));
}

function lockSpans(snapshots: readonly TraceSnapshot[], contexts: Index): Timeline['locks'] {
  return spansBy(snapshots, ({ locks }) =>
    locks.map(({ name, context }): [string, Omit<LockSpan, keyof Span>] => [name, { context: contexts.get(context) ?? 0 }]),
  ).map(([name, spans]) => ({ name: harmless(name), spans }));
}

function registerSpans(snapshots: readonly TraceSnapshot[]): Timeline['registers'] {
  return spansBy(snapshots, ({ registers }) =>
    registers.map(({ device, name, value }): [string, Omit<RegisterSpan, keyof Span>] => [`${device}.${name}`, { value }]),
  ).map(([name, spans]) => ({ name: harmless(name), spans }));
}

/**
 * A raised context that an interrupt came over is bound to no processor meanwhile; it is shown under the interrupt, on the processor that it had.
 */
function staySpans(snapshots: readonly TraceSnapshot[], index: Index): StaySpan[] {
  const last = new Map<string, number>();
  return spansBy(snapshots, ({ contexts }) =>
    contexts.map(({ context, processor, irql, waiting }): [string, Omit<StaySpan, keyof Span>] => {
      const isUnder = processor < 0 && irql >= DISPATCH_LEVEL;
      const where = isUnder ? (last.get(context) ?? -1) : processor;
      last.set(context, where);
      const reason = waiting === undefined ? {} : { waiting: harmless(waiting) };
      return [context, { context: index.get(context) ?? 0, processor: where, irql, ...reason }];
    }),
  ).flatMap(([, spans]) => spans);
}

/** For each name how long it had which value; of several things with one name the last counts. In the order of their coming. */
function spansBy<T extends object>(
  snapshots: readonly TraceSnapshot[],
  look: (snapshot: TraceSnapshot) => readonly [string, T][],
): [string, (T & Span)[]][] {
  const spans = new Map<string, (T & Span)[]>();
  for (const [step, snapshot] of snapshots.entries()) {
    for (const [name, value] of new Map(look(snapshot))) {
      const own = spans.get(name) ?? [];
      spans.set(name, own);
      const last = own.at(-1);
      if (last !== undefined && last.to === step && sameValue(last, value)) own[own.length - 1] = { ...last, to: step + 1 };
      else own.push({ ...value, from: step, to: step + 1 });
    }
  }
  return [...spans];
}

function sameValue<T extends object>(span: T & Span, value: T): boolean {
  const { from: _, to: __, ...before } = span;
  return Object.keys({ ...before, ...value }).every((key) => before[key as keyof typeof before] === value[key as keyof T]);
}

/** For each IRP and lock the neighbours among the steps that come to it which are of different contexts; to wait for a lock is to come to it. */
function conflictsOf(steps: readonly TraceStep[], locks: Timeline['locks'], stays: readonly StaySpan[]): Conflict[] {
  const name = irpNames(steps);
  const touches = new Map<string, Set<number>>();
  const touch = (what: string, step: number): void => {
    if (steps[step] === undefined || isStuck(steps[step])) return;
    const known = touches.get(what);
    if (known === undefined) touches.set(what, new Set([step]));
    else known.add(step);
  };
  for (const [index, { notes }] of steps.entries()) for (const { irp } of notes) if (irp !== undefined) touch(name(irp), index);
  for (const lock of locks) {
    for (const { from, to } of lock.spans) for (const step of [from, to]) touch(lock.name, step);
    for (const { from, waiting } of stays) if (waiting?.endsWith(` ${lock.name}`)) touch(lock.name, from);
  }
  return [...touches]
    .flatMap(([what, at]) => neighbours([...at].sort((a, b) => a - b)).map(([first, second]) => ({ first, second, what })))
    .filter(({ first, second }) => steps[first].context !== steps[second].context)
    .sort((a, b) => a.second - b.second || a.first - b.first);
}

function neighbours(numbers: readonly number[]): [number, number][] {
  return numbers.slice(1).map((second, index) => [numbers[index], second]);
}

/** The first step at which two schedules part. */
function firstOther(steps: readonly TraceStep[], others: readonly TraceStep[]): number {
  const isSame = (a: TraceStep, b: TraceStep): boolean =>
    a.context === b.context &&
    a.file === b.file &&
    a.range.start.line === b.range.start.line &&
    a.notes.length === b.notes.length;
  const at = steps.findIndex((step, index) => others[index] === undefined || !isSame(step, others[index]));
  return at < 0 ? steps.length : at;
}
