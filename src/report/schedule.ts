/** A schedule as an aligned list of steps: CPU, IRQL, locks held, thread, routine and line, source, and what happened to which IRP. */
import type { Range, Trace, TraceStep } from '../check/findings.ts';
import { irqlName, notesInWords } from '../check/notes.ts';
import { clip, harmless, type Paint, pad, width } from './paint.ts';

export interface ScheduleOptions {
  readonly paint: Paint;
  /** Show every step; otherwise the way in is one line, and steps that tell nothing are left out. */
  readonly whole: boolean;
}

/** What the schedule is shown for: its place is pointed at. */
export interface Guilty {
  readonly rule: string;
  readonly file: string;
  readonly range: Range;
}

/** What is known of the schedule; the file that it was found in only where it can be run. */
type Shown = Pick<Trace, 'steps' | 'scenario'> & Partial<Pick<Trace, 'irp' | 'rule' | 'file'>>;

interface Row {
  readonly cells: readonly string[];
  readonly notes: string[];
  readonly step: TraceStep;
}

/** Widest a column gets, by index; the last one is the source. */
const maxWidths = [4, 4, 10, 5, 28, 40, 80];
const titles = ['#', 'CPU', 'IRQL', 'Locks', 'Thread', 'Routine:line', 'Source'];
const threadColumn = 4;
/** Threads are told apart by colour, in the order of their coming. */
const colours = ['cyan', 'magenta', 'yellow', 'green', 'blue'] as const;

/**
 * The steps as lines, headed by the column titles; a blank line where another thread goes on. Steps keep the numbers they have in the
 * whole schedule, from 1.
 */
export function scheduleList(trace: Shown, { paint, whole }: ScheduleOptions, guilty?: Guilty): string[] {
  const { steps, scenario } = trace;
  const skipped = whole ? 0 : setupLength(trace);
  const rows = rowsOf(steps, skipped, scenario, whole);
  const widths = titles.map((title, column) =>
    Math.min(maxWidths[column], Math.max(width(title), ...rows.map(({ cells }) => width(cells[column])))),
  );
  const threads = [...new Set(rows.map(({ step }) => step.context))];
  const align = (cells: readonly string[], paintThread = (text: string): string => text): string =>
    cells
      .map((cell, column) => {
        const text = pad(clip(cell, widths[column]), widths[column]);
        return column === threadColumn ? paintThread(text) : text;
      })
      .join('  ')
      .trimEnd();
  const indent = ' '.repeat(widths.slice(0, threadColumn + 1).reduce((sum, columns) => sum + columns + 2, 0));
  const pointed = guilty === undefined ? -1 : rows.findLastIndex(({ step }) => isAt(step, guilty));

  const lines = [paint('dim', align(titles))];
  if (skipped > 0) lines.push(...foldedLines(trace, skipped).map((line) => paint('dim', line)));
  for (const [index, { cells, notes, step }] of rows.entries()) {
    if (index > 0 && rows[index - 1].step.context !== step.context) lines.push('');
    lines.push(align(cells, (text) => paint(colours[threads.indexOf(step.context) % colours.length], text)));
    for (const note of notes) lines.push(`${indent}${paint('cyan', `> ${note}`)}`);
    if (index === pointed && guilty !== undefined) lines.push(`${indent}${paint('red', `^ ${guilty.rule}`)}`);
  }
  return lines;
}

/** How often another thread goes on in a schedule. */
export function switchCount(steps: readonly TraceStep[]): number {
  return steps.filter(({ context }, index) => index > 0 && context !== steps[index - 1].context).length;
}

/** Whether a step is on the line that something is found at. */
export function isAt({ file, range }: TraceStep, guilty: Guilty): boolean {
  return file === guilty.file && range.start.line === guilty.range.start.line;
}

/** Steps of the same line by the same context become one row, also where it comes back from a routine called there. */
function rowsOf(steps: readonly TraceStep[], from: number, scenario: string, whole: boolean): Row[] {
  const texts = notesInWords(steps);
  const rows: Row[] = [];
  for (const [index, step] of steps.entries()) {
    if (index < from) continue;
    const notes = texts[index].map(harmless);
    const open = rows.at(-1);
    if (open !== undefined && sameStatement(open.step, step)) open.notes.push(...notes);
    else if (whole || notes.length > 0 || index === steps.length - 1 || !tellsNothing(step, rows))
      rows.push({ cells: cellsOf(step, index, scenario), notes, step });
  }
  return rows;
}

/** The end of a routine, or the way back to a line that was shown as it called. */
function tellsNothing(step: TraceStep, rows: readonly Row[]): boolean {
  if (/^\}[;,]*$/.test(step.source)) return true;
  const same = rows.findLast((row) => row.step.context === step.context && row.step.func === step.func);
  return same !== undefined && same !== rows.at(-1) && same.step.file === step.file && isLine(same.step, step);
}

function isLine(a: TraceStep, b: TraceStep): boolean {
  return a.range.start.line === b.range.start.line;
}

function cellsOf(step: TraceStep, index: number, scenario: string): string[] {
  // Where nothing can go on, no context does anything: the machine looks at what is left.
  if (step.context === 'kernel') return [String(index + 1), '', '', '', '', '', '(nothing can go on)'];
  const name = shortName(step.func, scenario);
  return [
    String(index + 1),
    step.processor < 0 ? '-' : String(step.processor),
    irqlName(step.irql),
    String(step.locks),
    step.context,
    isGenerated(step) ? name : `${name}:${step.range.start.line}`,
    deedOf(step, scenario),
  ].map(harmless);
}

/** The source text of a step; what the brace at the end of a routine means is said. */
export function deedOf({ source, func, context }: TraceStep, scenario: string): string {
  if (!/^\}[;,]*$/.test(source)) return source;
  const name = shortName(func, scenario);
  return name === context ? `(${name} exits)` : `(end of ${name})`;
}

/** `Reader` for the scenario's own `ReadCancelled.Reader`. */
export function shortName(func: string, scenario: string): string {
  return func.startsWith(`${scenario}.`) ? func.slice(scenario.length + 1) : func;
}

/** A default scenario stands in no file that could be opened. */
export function isGenerated({ file }: Pick<TraceStep, 'file'>): boolean {
  return file.endsWith('.defaults.scenario.ts');
}

function sameStatement(a: TraceStep, b: TraceStep): boolean {
  return (
    a.context === b.context &&
    a.processor === b.processor &&
    a.irql === b.irql &&
    a.locks === b.locks &&
    a.func === b.func &&
    a.file === b.file &&
    isLine(a, b)
  );
}

/**
 * How many steps at the start say nothing about the failure: those before anything happens to the IRP that it is about, else to that of the
 * last note; those before the threads start where no IRP is concerned, or an assertion fails: the IRP that came last, as a close, tells
 * nothing of what it asserts. Where few would go, all of them are shown.
 */
function setupLength({ steps, irp: about, rule }: Shown): number {
  const last = steps.flatMap(({ notes }) => notes).findLast((note) => note.irp !== undefined)?.irp;
  const irp = about ?? (rule === 'assert/failed' ? undefined : last);
  const first = steps.findIndex(({ notes, context }) =>
    irp === undefined ? context !== steps[0].context : notes.some((note) => note.irp === irp),
  );
  return first > 4 ? first : 0;
}

/** The first steps in short, and the command that shows them, where the trace has a file that it was found in. */
function foldedLines({ steps, scenario, file }: Shown, folded: number): string[] {
  const short = `steps 1 to ${folded}: ${setupNames(steps.slice(0, folded), scenario)}`;
  if (file === undefined) return [short];
  const word = /\s/.test(file) ? `"${file}"` : file;
  return [short, harmless(`(all of them: irpsight run ${word} --scenario ${scenario})`)];
}

/** `DriverEntry, AddDevice, DispatchPnp`: the routines that the steps left out went through, in order. */
function setupNames(steps: readonly TraceStep[], scenario: string): string {
  const names = [...new Set(steps.map(({ func }) => harmless(shortName(func, scenario))))];
  return names.length > 6 ? `${names.slice(0, 6).join(', ')} and ${names.length - 6} more` : names.join(', ');
}
