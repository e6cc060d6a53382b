/**
 * Findings that somebody has looked at and lets stand: `// irpsight-disable-next-line RULE -- reason` on a line of its own speaks of the next line.
 * Several rules are separated by commas. Without a reason nothing is suppressed, and nothing is suppressed silently: what is, is in the result.
 */
import type { SourceInput } from '../compiler/api.ts';
import type { Finding, SourceProblem, SuppressedFinding } from './findings.ts';
import { ruleOf, similarRules } from './rules.ts';
import { lineStarts, rangeOf } from './text.ts';

/** What such a comment begins with. */
export const suppressionMark = 'irpsight-disable-next-line';

/** Rules that one comment may name; there are fewer. */
const mostNames = 200;

/** One rule of one comment. */
interface Suppression {
  readonly file: string;
  /** The line that it speaks of, from 1. */
  readonly line: number;
  readonly rule: string;
  readonly reason: string;
  /** The comment itself. */
  readonly range: SourceProblem['range'];
}

export interface Suppressions {
  /** Comments that say no reason, or no rule that there is. */
  readonly problems: readonly SourceProblem[];
  /** Findings apart from those that are suppressed. */
  apply(findings: readonly Finding[]): { readonly open: readonly Finding[]; readonly suppressed: readonly SuppressedFinding[] };
  /** A warning for each that suppresses none of these: all that a whole check has found. */
  unused(suppressed: readonly SuppressedFinding[]): readonly SourceProblem[];
}

/** Reads the comments of a driver's sources. */
export function suppressionsIn(sources: readonly SourceInput[]): Suppressions {
  const suppressions: Suppression[] = [];
  const problems: SourceProblem[] = [];
  for (const { path, text } of sources) {
    if (!text.includes(suppressionMark)) continue;
    const found = commentsIn(text);
    // Comments one under the other speak of the line below them all.
    const below = new Map<number, number>();
    for (const { range } of found.toReversed()) {
      const next = range.start.line + 1;
      below.set(range.start.line, below.get(next) ?? next);
    }
    for (const { said, range } of found) {
      const problem = (code: string, message: string): void => {
        problems.push({ code: `suppression/${code}`, severity: 'warning', message, file: path, range });
      };
      const [names, ...rest] = said.split('--');
      const reason = rest.join('--').trim();
      const all = new Set(names.split(',').flatMap((name) => name.trim() || []));
      const ids = [...all].slice(0, mostNames);
      if (all.size > mostNames) problem('too-many', `Only the first ${mostNames} names are read: there are fewer rules.`);
      if (ids.length === 0) problem('no-rule', `Which rule? Write // ${suppressionMark} cancel/lost -- reason, for example.`);
      else if (reason === '') {
        problem('no-reason', `Nothing is suppressed without a reason: // ${suppressionMark} ${ids.join(', ')} -- reason.`);
      }
      const line = below.get(range.start.line) ?? range.start.line + 1;
      for (const rule of ids) {
        if (ruleOf(rule) === undefined) {
          const similar = similarRules(rule).slice(0, 3).join(', ');
          problem('unknown-rule', `There is no rule ${rule}${similar === '' ? '.' : `; do you mean ${similar}?`}`);
        } else if (reason !== '') suppressions.push({ file: path, line, rule, reason, range });
      }
    }
  }
  const suppressing = (finding: Finding): Suppression | undefined =>
    suppressions.find(
      ({ file, line, rule }) => rule === finding.rule && file === finding.file && line === finding.range.start.line,
    );
  return {
    problems,
    apply(findings) {
      const suppressed = findings.flatMap((finding) => {
        const by = suppressing(finding);
        return by === undefined ? [] : [{ finding, reason: by.reason }];
      });
      return { open: findings.filter((finding) => suppressing(finding) === undefined), suppressed };
    },
    unused(suppressed) {
      const used = new Set(suppressed.map(({ finding }) => suppressing(finding)));
      return suppressions
        .filter((one) => !used.has(one))
        .map(({ file, rule, range }) => ({
          code: 'suppression/unused',
          severity: 'warning',
          message: `This suppresses nothing: there is no ${rule} at the next line any more.`,
          file,
          range,
        }));
    },
  };
}

/** Whether some of what is suppressed ends its path: what lies behind it was not explored, and nothing is known of it. */
export function endsPaths(suppressed: readonly SuppressedFinding[]): boolean {
  return suppressed.some(({ finding }) => finding.trace !== undefined && ruleOf(finding.rule)?.check.continues !== true);
}

/** Strings and comments; what is left of a text is code. A string without an end is one, too: looking for each end anew would take for ever. */
const tokens = /'(?:[^'\\\n]|\\.)*'?|"(?:[^"\\\n]|\\.)*"?|`(?:[^`\\]|\\[\s\S])*`?|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\r\n]*/g;
const suppression = new RegExp(`^//\\s*${suppressionMark}(?![\\w-])(.*)$`);

/** The comments that suppress, in order, and what each says behind the mark. */
function commentsIn(text: string): { readonly said: string; readonly range: SourceProblem['range'] }[] {
  const starts = lineStarts(text);
  return [...text.matchAll(tokens)].flatMap(({ 0: token, index }) => {
    const [whole, said] = suppression.exec(token) ?? [];
    if (whole === undefined) return [];
    const range = rangeOf(text, index, index + token.length);
    const alone = text.slice(starts[range.start.line - 1], index).trim() === '';
    return alone ? [{ said, range }] : [];
  });
}
