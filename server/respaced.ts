/** What an edit leaves as it was that changes nothing but blanks, ends of lines and comments: what exploring found stands, at other places. */
import type { Finding, Position, Range } from '../src/check/findings.ts';
import { lineStarts, rangeOf } from '../src/check/text.ts';

/** What exploring found, and the texts of the files that were open. */
export interface Settled {
  readonly findings: readonly Finding[];
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * The findings where they stand now; undefined where anything else was edited, or a file is not open any more. Files that are not open are taken to
 * be as they were. The schedules are those of the texts before, and are left out.
 */
export function carriedOver({ findings, texts }: Settled, now: ReadonlyMap<string, string>): readonly Finding[] | undefined {
  const moves = new Map<string, (range: Range) => Range | undefined>();
  for (const [file, text] of texts) {
    const move = respaced(text, now.get(file) ?? '');
    if (move === undefined) return undefined;
    moves.set(file, move);
  }
  const carried: Finding[] = [];
  for (const { trace: _, ...finding } of findings) {
    const moved = <T extends { readonly file: string; readonly range: Range }>(place: T): T | undefined => {
      const range = moves.has(place.file) ? moves.get(place.file)?.(place.range) : place.range;
      return range && { ...place, range };
    };
    const [main, ...related] = [moved(finding), ...finding.related.map(moved)];
    if (main === undefined || related.some((one) => one === undefined)) return undefined;
    carried.push({ ...main, related: related.filter((one) => one !== undefined) });
  }
  return carried;
}

/** Gives the places of one text in another that has the same tokens; undefined where it has others. */
export function respaced(before: string, after: string): ((range: Range) => Range | undefined) | undefined {
  const [was, now] = [tokensOf(before), tokensOf(after)];
  if (was.length !== now.length || was.some(({ key }, index) => key !== now[index]?.key)) return undefined;
  const starts = lineStarts(before);
  const moved = ({ line, column }: Position, isIn: (at: number, token: Token) => boolean): number | undefined => {
    const at = (starts[line - 1] ?? 0) + column - 1;
    const index = was.findIndex((token) => isIn(at, token));
    const [from, to] = [was[index], now[index]];
    return from && to && to.start + at - from.start;
  };
  return ({ start, end }) => {
    const from = moved(start, (at, token) => token.start <= at && at < token.end);
    const to = moved(end, (at, token) => token.start < at && at <= token.end);
    return from === undefined || to === undefined ? undefined : rangeOf(after, from, to);
  };
}

interface Token {
  readonly start: number;
  readonly end: number;
  /** What tells it from others. */
  readonly key: string;
}

/**
 * Blanks, comments, strings, words, and runs of other characters. The language has neither templates nor regular expressions. What is not closed goes on to
 * the end of the text: no start is looked at twice.
 */
const pieces =
  /\s+|\/\/[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\[\s\S]?|[^"\\])*(?:"|$)|'(?:\\[\s\S]?|[^'\\])*(?:'|$)|[\w$]+|[^\s\w$"'/]+|\//g;

/**
 * The tokens of a text that compiles. Where a line ends may end a statement, so who is the first on a line is another one. Comments with an @ or a word to
 * Irpsight tell something, the latter of the line that follows.
 */
function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  // A text begins on a line of its own.
  let lines = 1;
  let speaks = false;
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    const isComment = /^\/[/*]/.test(piece);
    const tells = isComment && /@|irpsight/i.test(piece);
    if ((isComment && !tells) || /^\s/.test(piece)) {
      lines += piece.match(/\r\n|\n|\r/g)?.length ?? 0;
      continue;
    }
    const before = speaks ? lines : Math.min(lines, 1);
    tokens.push({ start: index, end: index + piece.length, key: `${before} ${piece}` });
    lines = 0;
    speaks = tells;
  }
  return tokens;
}
