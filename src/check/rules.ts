/** The rules by id, and as plain data for `rules` and `explain`. */
import { documentationUrl } from '../facts/index.ts';
import { rules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import type { RuleSummary } from './schema.ts';

/** The rule of that id; undefined when there is none. */
export function ruleOf(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}

/** All rules as plain data, in order of their ids. */
export function ruleSummaries(): RuleSummary[] {
  return rules.map(ruleSummary).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** One rule as plain data. */
export function ruleSummary({ id, severity, title, description, messages, references, bad, good }: Rule): RuleSummary {
  return {
    id,
    severity,
    title: title.en,
    ...description.en,
    messages: Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, text.en])),
    references: {
      pages: references.pages.map((page) => documentationUrl(page)),
      sdv: [...(references.sdv ?? [])],
      codeql: [...(references.codeql ?? [])],
      bugChecks: [...(references.bugChecks ?? [])],
    },
    bad,
    good,
  };
}
