/** Lines of the places of a program. */
import type { Range } from '../check/findings.ts';
import { rangeOf } from '../check/text.ts';
import type { Place, Program } from '../ir/program.ts';

/** Lines and columns of places. */
export interface Lines {
  /** The line, from 1, that a place begins on. */
  lineOf(place: Place): number;
  rangeOf(place: Place): Range;
}

/** Lines of the program's files. */
export function createLines({ files }: Program): Lines {
  const range = ({ file, start, end }: Place): Range => rangeOf(files[file].text, start, end);
  return { lineOf: (place) => range(place).start.line, rangeOf: range };
}
