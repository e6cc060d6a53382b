/** Lines of the places of a program. */
import type { Range } from '../check/findings.ts';
import { lineStarts, rangeOf } from '../check/text.ts';
import type { Place, Program } from '../ir/program.ts';

/** Lines and columns of places; line starts are looked for once a file. */
export interface Lines {
  /** The line, from 1, that a place begins on. */
  lineOf(place: Place): number;
  rangeOf(place: Place): Range;
}

/** Lines of the program's files. */
export function createLines({ files }: Program): Lines {
  const starts: (readonly number[])[] = [];
  const range = ({ file, start, end }: Place): Range => {
    const { text } = files[file];
    starts[file] ??= lineStarts(text);
    return rangeOf(text, start, end, starts[file]);
  };
  return { lineOf: (place) => range(place).start.line, rangeOf: range };
}
