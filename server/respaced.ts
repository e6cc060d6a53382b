/** What an edit leaves as it was that changes nothing but blanks, ends of lines and comments: what exploring found stands, at other places. */
import type { Finding, Position, Range } from '../src/check/findings.ts';
import { lineStarts, rangeOf } from '../src/check/text.ts';

/** What exploring found, and all texts of the driver that it was found in. */
export interface Settled {
  readonly findings: readonly Finding[];
  readonly texts: ReadonlyMap<string, string>;
}

/** Characters of a text that is looked at: of a longer one the server would have to be waited for. */
const mostCharacters = 100_000;

/**
 * The findings where they stand now; undefined where anything else was edited, or what is told of them names lines that are others now. The schedules are
 * those of the texts before, and are left out.
 * @param now all texts of the driver.
 */
export function carriedOver({ findings, texts }: Settled, now: ReadonlyMap<string, string>): readonly Finding[] | undefined {
  if (texts.size !== now.size) return undefined;
  const moves = new Map<string, Move>();
  for (const [file, text] of texts) {
    const move = respaced(text, now.get(file) ?? '');
    if (move === undefined) return undefined;
    moves.set(file, move);
  }
  const carried: Finding[] = [];
  for (const { trace: _, ...finding } of findings) {
    const places = [finding, ...finding.related].map((place) => {
      const range = moves.get(place.file)?.(place.range) ?? (moves.has(place.file) ? undefined : place.range);
      const names = /\blines? \d/.test(place.message);
      return range === undefined || (names && texts.get(place.file) !== now.get(place.file)) ? undefined : { ...place, range };
    });
    if (places.some((place) => place === undefined)) return undefined;
    const [{ range }, ...related] = places as [Finding, ...Finding['related']];
    carried.push({ ...finding, range, related });
  }
  return carried;
}

/** Gives a place of one text in another; undefined of what is no token. */
type Move = (range: Range) => Range | undefined;

/** Gives the places of one text in another that has the same tokens; undefined where it has others. */
export function respaced(before: string, after: string): Move | undefined {
  if (before === after) return (range) => range;
  // The first line may be one for a shell, in which anything may stand.
  if (Math.max(before.length, after.length) > mostCharacters || /^\s*#!/.test(before)) return undefined;
  const [was, now] = [tokensOf(before), tokensOf(after)];
  if (was.length !== now.length || was.some(({ key }, index) => key !== now[index]?.key)) return undefined;
  const starts = lineStarts(before);
  const moved = ({ line, column }: Position, behind: 0 | 1): number | undefined => {
    const at = (starts[line - 1] ?? 0) + column - 1;
    const index = lastBefore(was, at + 1 - behind);
    const [from, to] = [was[index], now[index]];
    return from && to && at < from.end + behind ? to.start + at - from.start : undefined;
  };
  return ({ start, end }) => {
    const from = moved(start, 0);
    const to = moved(end, 1);
    return from === undefined || to === undefined ? undefined : rangeOf(after, from, to);
  };
}

/** The last token that begins before that offset; -1 where none does. */
function lastBefore(tokens: readonly Token[], at: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.start ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
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
  /\s+|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\[\s\S]?|[^"\\])*(?:"|$)|'(?:\\[\s\S]?|[^'\\])*(?:'|$)|[\w$]+|[^\s\w$"'/]+|\//g;
const lineEnds = /\r\n|[\n\r\u2028\u2029]/g;

/**
 * The tokens of a text that compiles. Where a line ends may end a statement, so who is the first on a line is another one. Comments with an @ or a word to
 * Irpsight tell something, the latter of the line that follows, if nothing else stands on its own.
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
      lines += piece.match(lineEnds)?.length ?? 0;
      continue;
    }
    const before = speaks ? lines : Math.min(lines, 1);
    const beside = tells ? text.slice(text.lastIndexOf('\n', index) + 1, index).trim() : '';
    tokens.push({ start: index, end: index + piece.length, key: `${before} ${beside} ${piece}` });
    lines = 0;
    speaks = tells;
  }
  return tokens;
}
