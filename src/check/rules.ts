/** The rules by id, and as plain data for `rules` and `explain`. */
import { nearestName } from '../compiler/nearest.ts';
import { bugCheck, documentationUrl } from '../facts/index.ts';
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

/** What is longer is no misspelling of anything; to compare it would take long. */
const longestName = 100;

/** Rules whose id holds what was asked for, or the other way round; else the one it may be a misspelling of. */
export function similarRules(id: string): string[] {
  if (id.length > longestName) return [];
  const ids = ruleSummaries().map((rule) => rule.id);
  const holding = ids.filter((candidate) => candidate.includes(id.toLowerCase()) || id.includes(candidate.split('/')[1]));
  if (holding.length > 0) return holding;
  const near =
    nearestName(id, ids) ??
    nearestName(
      id,
      ids.map((candidate) => candidate.split('/')[1]),
    );
  return ids.filter((candidate) => candidate === near || candidate.split('/')[1] === near);
}

/** The rules whose breach may end in a bug check of that code (`0x44`, `0xC9/0x23E`), or of it with some first parameter; and its name. */
export function rulesOfBugCheck(given: string): { readonly name?: string; readonly rules: readonly RuleSummary[] } {
  const code = given.split('/').map(plainCode).join('/');
  const about = ruleSummaries().filter(({ references }) =>
    references.bugChecks.some((known) => {
      const plain = known.split('/').map(plainCode);
      return plain.join('/') === code || plain[0] === code;
    }),
  );
  const name = about
    .flatMap(({ references }) => references.bugChecks)
    .map((known) => bugCheck(known))
    .find((known) => known?.code.split('/').map(plainCode).join('/') === code)?.name;
  return { name, rules: about };
}

/** `0x0000000C4` as `0xc4`. */
function plainCode(code: string): string {
  return code.toLowerCase().replace(/^0x0*(?=.)/, '0x');
}
