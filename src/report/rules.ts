/** Rules for people: all of them in a table, or one explained. */
import type { RuleSummary } from '../check/schema.ts';
import { harmless, type Paint, pad } from './paint.ts';

/** Everything `rules` prints, ending in a line end. */
export function rulesTable(rules: readonly RuleSummary[], paint: Paint): string {
  const ids = Math.max(...rules.map(({ id }) => id.length));
  return rules.map(({ id, severity, title }) => `${paint('bold', pad(id, ids))}  ${severity.padEnd(7)}  ${title}\n`).join('');
}

/** Everything `explain` prints for a rule, ending in a line end. */
export function ruleExplanation(rule: RuleSummary, paint: Paint): string {
  const { sdv, codeql, bugChecks, pages } = rule.references;
  const see = [
    ...pages,
    ...(sdv.length > 0 ? [`Static Driver Verifier: ${sdv.join(', ')}`] : []),
    ...(codeql.length > 0 ? [`CodeQL: ${codeql.join(', ')}`] : []),
    ...(bugChecks.length > 0 ? [`Bug checks: ${bugChecks.join(', ')}`] : []),
  ];
  const sections: readonly (readonly [string, string])[] = [
    ['What', rule.what],
    ['Why', rule.why],
    ['Fix', rule.fix],
    ['Wrong', rule.bad.trim()],
    ['Right', rule.good.trim()],
    ['See', see.join('\n')],
  ];
  const body = sections.map(([title, text]) => `${paint('bold', title)}\n${indented(text)}\n`);
  return [`${paint('bold', rule.id)} (${rule.severity}): ${rule.title}\n`, ...body].join('\n');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${harmless(line)}`.trimEnd())
    .join('\n');
}
