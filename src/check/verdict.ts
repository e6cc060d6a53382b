/** What an exploration's outcome is worth: takes *verified* back where nothing was reached, and says what was not. */
import type { Outcome } from '../engine/api.ts';
import type { Func, Program } from '../ir/program.ts';
import { excerpt, lineStarts, rangeOf } from './text.ts';

/** The outcome, *bounded* instead of *verified* when no dispatch routine of the driver was ever entered. */
export function judge(program: Program, outcome: Outcome): Outcome {
  if (outcome.verdict !== 'verified') return outcome;
  const reason = nothingReached(program, outcome.reached);
  return reason === undefined ? outcome : { ...outcome, verdict: 'bounded', bounds: [...outcome.bounds, reason] };
}

/** Why nothing can be said of the driver, or undefined when a dispatch routine ran. */
function nothingReached(program: Program, reached: readonly Uint8Array[]): string | undefined {
  const dispatch = program.funcs.filter(({ origin, role }) => origin === 'driver' && role === 'DRIVER_DISPATCH');
  if (dispatch.length === 0) return 'The driver has no dispatch routine, so nothing of it was checked.';
  if (dispatch.some((func) => wasReached(func, reached))) return undefined;
  const entry = program.funcs.find(({ origin, name }) => origin === 'driver' && name === 'DriverEntry');
  const started = entry !== undefined && wasReached(entry, reached);
  return `No dispatch routine of the driver was reached${started ? '' : ', nor its DriverEntry'}, so nothing of it was checked.`;
}

/**
 * The driver's routines that were never entered, and the lines never executed of those that were:
 * `DispatchRead (toaster.driver.ts:40)`, `toaster.driver.ts:52 Irp.IoStatus.Status = STATUS_CANCELLED;`.
 */
export function unreachedIn(program: Program, reached: readonly Uint8Array[]): string[] {
  const unreached: string[] = [];
  for (const func of program.funcs) {
    if (func.origin !== 'driver') continue;
    const { path, text } = program.files[func.file];
    const name = path.slice(path.lastIndexOf('/') + 1);
    const starts = lineStarts(text);
    if (!wasReached(func, reached)) {
      unreached.push(`${func.name} (${name}:${rangeOf(text, func.place.start, func.place.start, starts).start.line})`);
      continue;
    }
    for (const line of unreachedLines(func, reached[func.id - 1], text, starts)) {
      const end = starts[line] ?? text.length;
      unreached.push(`${name}:${line} ${excerpt(text, starts[line - 1], end)}`);
    }
  }
  return unreached;
}

function wasReached(func: Func, reached: readonly Uint8Array[]): boolean {
  return reached[func.id - 1]?.includes(1) ?? false;
}

/** Lines on which statements begin, none of whose instructions was executed. A final `return` the compiler added has the place of the declaration. */
function unreachedLines(func: Func, marks: Uint8Array, text: string, starts: readonly number[]): number[] {
  const lines = new Map<number, boolean>();
  for (const [index, place] of func.places.entries()) {
    const wholeFunction = place.start === func.place.start && place.end === func.place.end;
    if (place.file !== func.file || wholeFunction || place.end === place.start) continue;
    const { line } = rangeOf(text, place.start, place.start, starts).start;
    lines.set(line, (lines.get(line) ?? false) || marks[index] === 1);
  }
  return [...lines]
    .filter(([, executed]) => !executed)
    .map(([line]) => line)
    .sort((a, b) => a - b);
}
