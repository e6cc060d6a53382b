/** Colour and harmless text: what is printed may hold anything that a source file, path or trace holds. */
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Gives text a colour or leaves it as it is, depending on where it will be shown. */
export type Paint = (format: Format, text: string) => string;

/** A painter for a terminal that shows colours, or for one (or a file) that does not. */
export function painter(colour: boolean): Paint {
  return (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text);
}

/**
 * The text with everything escaped that could move a terminal's cursor, change its colours or reverse the order of letters:
 * control characters (`\x1b`), and the bidirectional and invisible ones (`\u202e`). A tab becomes four blanks.
 */
export function harmless(text: string): string {
  return text
    .replaceAll('\t', '    ')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(
      /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** Columns that a text takes in a terminal; East Asian wide characters take two. The text is harmless already. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += wide.test(character) ? 2 : 1;
  return columns;
}

/** The text with blanks behind it up to a number of columns. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** Columns of running text. */
export const proseWidth = 100;

/** The text cut to at most that many columns, with an ellipsis where something is missing. */
export function clip(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let cut = '';
  for (const character of text) {
    if (width(cut) + width(character) > columns - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** A text broken at blanks into lines of at most `columns` columns, all but the first indented. */
export function wrap(text: string, columns: number, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = ' '.repeat(indent) + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
