/** Which lines of a driver were executed, for people who look at it line by line. */
import type { Func, Program } from '../ir/program.ts';
import type { CoveredLines } from './findings.ts';
import { rangeOf } from './text.ts';

/**
 * The lines of one routine on which statements begin, and whether any instruction of such a statement was executed. A final `return` that the compiler
 * added has the place of the declaration, and counts for nothing.
 * @param marks by instruction; absent where the routine was never entered.
 */
export function linesOfRoutine(func: Func, marks: Uint8Array | undefined, text: string): ReadonlyMap<number, boolean> {
  const lines = new Map<number, boolean>();
  for (const [index, place] of func.places.entries()) {
    const wholeFunction = place.start === func.place.start && place.end === func.place.end;
    if (place.file !== func.file || wholeFunction || place.end === place.start) continue;
    const { line } = rangeOf(text, place.start, place.start).start;
    lines.set(line, (lines.get(line) ?? false) || marks?.[index] === 1);
  }
  return lines;
}

/** The lines of every file of the driver's, one entry a file that has routines. */
export function coveredLines(program: Program, reached: readonly Uint8Array[]): CoveredLines[] {
  return program.files
    .filter(({ origin }) => origin === 'driver')
    .flatMap(({ id, path, text }) => {
      const lines = new Map<number, boolean>();
      for (const func of program.funcs) {
        if (func.origin !== 'driver' || func.file !== id) continue;
        for (const [line, executed] of linesOfRoutine(func, reached[func.id - 1], text))
          lines.set(line, (lines.get(line) ?? false) || executed);
      }
      const sorted = [...lines].sort(([a], [b]) => a - b);
      const those = (executed: boolean): number[] => sorted.filter(([, one]) => one === executed).map(([line]) => line);
      return lines.size === 0 ? [] : [{ file: path, reached: those(true), missed: those(false) }];
    });
}
