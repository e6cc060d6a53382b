/** A schedule as an aligned list of steps: CPU, IRQL, locks held, context, routine and line, source, and what happened to the IRP. */
import type { Trace, TraceStep } from '../check/findings.ts';
import { irqlName, noteText } from '../check/notes.ts';
import { clip, harmless, type Paint, pad, width } from './paint.ts';

export interface ScheduleOptions {
  readonly paint: Paint;
  /** Show every step; otherwise what comes before the IRP concerned is one line. */
  readonly whole: boolean;
}

interface Row {
  readonly cells: readonly string[];
  readonly notes: readonly string[];
}

/** Widest a column gets, by index; the last one is the source. */
const maxWidths = [4, 4, 10, 5, 28, 44, 72];
const titles = ['#', 'CPU', 'IRQL', 'Locks', 'Context', 'Routine:line', 'Source'];

/** The steps as lines, headed by the column titles. Steps keep the numbers they have in the whole schedule, from 1. */
export function scheduleList(trace: Pick<Trace, 'steps'>, { paint, whole }: ScheduleOptions): string[] {
  const { steps } = trace;
  const skipped = whole ? 0 : setupLength(steps);
  const rows = rowsOf(steps, skipped);
  const widths = titles.map((title, column) =>
    Math.min(maxWidths[column], Math.max(width(title), ...rows.map(({ cells }) => width(cells[column])))),
  );
  const align = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => pad(clip(cell, widths[column]), widths[column]))
      .join('  ')
      .trimEnd();
  const indent = ' '.repeat(widths.slice(0, 5).reduce((sum, columns) => sum + columns + 2, 0));

  const lines = [paint('dim', align(titles))];
  if (skipped > 0) lines.push(paint('dim', `steps 1 to ${skipped}: ${setupNames(steps.slice(0, skipped))}`));
  for (const { cells, notes } of rows) {
    lines.push(align(cells));
    for (const note of notes) lines.push(`${indent}${paint('cyan', `> ${note}`)}`);
  }
  return lines;
}

/** Steps of the same statement by the same context become one row. */
function rowsOf(steps: readonly TraceStep[], from: number): Row[] {
  const rows: Row[] = [];
  let open: { step: TraceStep; notes: string[] } | undefined;
  for (const [index, step] of steps.entries()) {
    if (index < from) continue;
    const notes = step.notes
      .map((note) => noteText(note))
      .filter((text) => text !== undefined)
      .map(harmless);
    if (open !== undefined && sameStatement(open.step, step)) {
      open.notes.push(...notes);
      continue;
    }
    open = { step, notes };
    rows.push({ cells: cellsOf(step, index), notes: open.notes });
  }
  return rows;
}

function cellsOf(step: TraceStep, index: number): string[] {
  const cpu = step.processor < 0 ? '-' : String(step.processor);
  const cells = [
    String(index + 1),
    cpu,
    irqlName(step.irql),
    String(step.locks),
    step.context,
    `${step.func}:${step.range.start.line}`,
    step.source,
  ];
  return cells.map(harmless);
}

function sameStatement(a: TraceStep, b: TraceStep): boolean {
  return (
    a.context === b.context &&
    a.processor === b.processor &&
    a.irql === b.irql &&
    a.locks === b.locks &&
    a.file === b.file &&
    a.place.start === b.place.start
  );
}

/**
 * How many steps at the start say nothing about the failure: those before anything happens to the IRP of the last note, less one
 * for the way in. Where no IRP is concerned, or few steps would go, all of them are shown.
 */
function setupLength(steps: readonly TraceStep[]): number {
  const irp = steps.at(-1)?.notes.findLast((note) => note.irp !== undefined)?.irp ?? lastIrp(steps);
  if (irp === undefined) return 0;
  const first = steps.findIndex(({ notes }) => notes.some((note) => note.irp === irp));
  return first > 4 ? first - 1 : 0;
}

function lastIrp(steps: readonly TraceStep[]): number | undefined {
  return steps.findLast(({ notes }) => notes.some(({ irp }) => irp !== undefined))?.notes.findLast(({ irp }) => irp !== undefined)
    ?.irp;
}

/** `DriverEntry, AddDevice, DispatchPnp`: the routines that the steps left out went through, in order. */
function setupNames(steps: readonly TraceStep[]): string {
  const names = [...new Set(steps.map(({ func }) => harmless(func)))];
  return names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
}
