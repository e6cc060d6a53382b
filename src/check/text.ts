/** Positions in source text: offsets to lines and columns, and the text of a line. */
import type { Position, Range } from './findings.ts';

/** Starts of the lines of one text, in UTF-16 offsets; `\r\n`, `\n` and `\r` end a line. */
export function lineStarts(text: string): readonly number[] {
  const known = counted.get(text);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  if (counted.size === mostCounted) counted.clear();
  counted.set(text, starts);
  return starts;
}

/** Texts whose lines were counted: places are asked for one after the other, each in one of a few texts. */
const counted = new Map<string, readonly number[]>();
const mostCounted = 8;

/** Lines and columns (both from 1) of the offsets `start` to `end`; offsets outside the text are moved to its ends. */
export function rangeOf(text: string, start: number, end: number): Range {
  const starts = lineStarts(text);
  const from = Math.max(0, Math.min(start, text.length));
  return { start: positionOf(starts, from), end: positionOf(starts, Math.max(from, Math.min(end, text.length))) };
}

/** The lines of a text without their ends; `lines[n - 1]` is line n. */
export function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/);
}

/** The text between two offsets as one line: every run of white space becomes one blank. */
export function excerpt(text: string, start: number, end: number): string {
  return text.slice(start, end).replace(/\s+/g, ' ').trim();
}

/**
 * The statement around an offset as a reader of the file knows it: the whole source line without comments, and what follows it as
 * long as brackets are open, on one line.
 */
export function statementAt(text: string, offset: number): string {
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  let statement = '';
  let open = 0;
  for (const line of linesOf(text.slice(start, start + longestStatement))) {
    const code = withoutComments(line);
    statement = `${statement} ${code}`;
    for (const character of code) open += '([{'.includes(character) ? 1 : ')]}'.includes(character) ? -1 : 0;
    // An opening brace begins a block, which is not part of the statement.
    if (open <= 0 || /[{}]\s*$/.test(code)) break;
  }
  return statement.replace(/\s+/g, ' ').trim();
}

/** Characters of a source looked at for one statement. */
const longestStatement = 600;

/** A line without its comments; quotes are respected. */
function withoutComments(line: string): string {
  return line
    .replace(
      /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\/\*.*?\*\/|\/\/.*$|\/\*.*$/g,
      (_, quoted: string | undefined) => quoted ?? '',
    )
    .trimEnd();
}

function positionOf(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - starts[low] + 1 };
}
