/** Collects the problems of one file. */
import type ts from 'typescript';
import type { Problem } from '../api.ts';
import { type MessageCode, type MessageValues, messageText } from './messages.ts';

/** More than this many problems of one file help nobody. */
const mostProblems = 500;
/** A user's text in a message is cut to this many characters. */
const longestName = 80;

/** UTF-16 offsets, `end` exclusive. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Where the checks of one file put what they find. */
export interface Reporter {
  readonly file: ts.SourceFile;
  readonly path: string;
  /** Reports at a node (without its leading comments) or at a span; `replacement` is for exactly that range. */
  report<C extends MessageCode>(code: C, at: ts.Node | TextSpan, values: MessageValues<C>, replacement?: string): void;
  /** Everything reported so far in the order of the text, one problem a place and code. */
  problems(): Problem[];
}

/** A reporter for `file`, which is shown to the user as `path`. */
export function createReporter(file: ts.SourceFile, path: string): Reporter {
  const found = new Map<string, Problem>();
  let dropped = 0;
  return {
    file,
    path,
    report(code, at, values, replacement) {
      const { start, end } = spanOf(at, file);
      const key = `${start} ${end} ${code}`;
      if (found.has(key)) return;
      if (found.size >= mostProblems) {
        dropped++;
        return;
      }
      const message = messageText(code, values.map(shorten) as typeof values);
      const problem: Problem = { code, message, path, start, end, severity: 'error' };
      found.set(key, replacement === undefined ? problem : { ...problem, replacement });
    },
    problems() {
      const sorted = [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
      if (dropped > 0) {
        const message = messageText('dsl/too-many', [String(dropped)]);
        sorted.push({ code: 'dsl/too-many', message, path, start: 0, end: 0, severity: 'error' });
      }
      return sorted;
    },
  };
}

/** The range of a node without its leading comments; a span is itself. */
export function spanOf(at: ts.Node | TextSpan, file: ts.SourceFile): TextSpan {
  return 'kind' in at ? { start: at.getStart(file), end: at.end } : at;
}

function shorten(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  return oneLine.length > longestName ? `${oneLine.slice(0, longestName - 1)}…` : oneLine;
}
