/** All rules as a table for people. */
import type { RuleSummary } from '../check/schema.ts';
import { type Paint, pad } from './paint.ts';

/** Everything `rules` prints, ending in a line end. */
export function rulesTable(rules: readonly RuleSummary[], paint: Paint): string {
  const ids = Math.max(...rules.map(({ id }) => id.length));
  return rules.map(({ id, severity, title }) => `${paint('bold', pad(id, ids))}  ${severity.padEnd(7)}  ${title}\n`).join('');
}
