/** A piece of source with line numbers and carets under the range concerned. */
import type { Range } from '../check/findings.ts';
import { linesOf } from '../check/text.ts';
import { clip, harmless, type Paint, width } from './paint.ts';

export interface FrameOptions {
  /** Lines shown before and behind the range. */
  readonly around: number;
  /** Colour of the carets. */
  readonly caret: 'red' | 'yellow' | 'blue';
  readonly paint: Paint;
}

/** Longest source line shown, in columns. */
const maxColumns = 160;

/**
 * The frame as lines, headed by ` --> file:line:column`.
 * @param text the file's text; without it only the heading is given.
 */
export function codeFrame(
  file: string,
  text: string | undefined,
  range: Range,
  { around, caret, paint }: FrameOptions,
): string[] {
  const { start, end } = range;
  const lines = text === undefined ? [] : linesOf(text.replace(/^\uFEFF/, ''));
  const first = Math.max(1, start.line - around);
  const last = Math.min(lines.length, start.line + around);
  const gutter = String(Math.max(last, start.line)).length;
  const bar = paint('blue', '|');
  const heading = `${' '.repeat(gutter)}${paint('blue', '-->')} ${harmless(file)}:${start.line}:${start.column}`;
  if (start.line > lines.length) return [heading];

  const framed = [heading, `${' '.repeat(gutter)} ${bar}`];
  for (let number = first; number <= last; number++) {
    const line = lines[number - 1];
    framed.push(`${paint('blue', String(number).padStart(gutter))} ${bar} ${clip(harmless(line), maxColumns)}`.trimEnd());
    if (number !== start.line) continue;
    const until = end.line === start.line ? end.column - 1 : line.trimEnd().length;
    const from = width(harmless(line.slice(0, start.column - 1)));
    const length = Math.max(1, width(harmless(line.slice(start.column - 1, until))));
    if (from < maxColumns) {
      framed.push(
        `${' '.repeat(gutter)} ${bar} ${' '.repeat(from)}${paint(caret, '^'.repeat(Math.min(length, maxColumns - from)))}`,
      );
    }
  }
  framed.push(`${' '.repeat(gutter)} ${bar}`);
  return framed;
}
