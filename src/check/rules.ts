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

/**
 * The rule that is misspelt; else those whose id holds what was asked for, or the other way round; else those of that name, or of one like it, in another
 * group. A group that is right makes no other name of it likely.
 */
export function similarRules(id: string): string[] {
  if (id.length > longestName) return [];
  const ids = ruleSummaries().map((rule) => rule.id);
  const asked = id.toLowerCase();
  // The page of a rule is named so.
  const page = ids.filter((known) => known.replace('/', '-') === asked);
  if (page.length > 0) return page;
  const [group, name] = partsOf(asked);
  const misspelt = ids.filter((known) => {
    const [itsGroup, itsName] = partsOf(known);
    return isLike(group, itsGroup) && isLike(name, itsName);
  });
  if (misspelt.length > 0) return misspelt;
  const holding = ids.filter((known) => known.includes(asked) || asked.includes(known));
  return holding.length > 0 ? holding : ids.filter((known) => isLike(name, partsOf(known)[1]));
}

/** The group of a rule's id, and its name there. */
function partsOf(id: string): readonly [group: string, name: string] {
  const slash = id.indexOf('/');
  return [id.slice(0, Math.max(0, slash)), id.slice(slash + 1)];
}

/** Whether one is the other, or is perhaps meant by it. */
function isLike(meant: string, known: string): boolean {
  return meant === known || nearestName(meant, [known]) !== undefined;
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
