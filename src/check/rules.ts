/** The rules by id. */
import { rules } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';

/** The rule of that id; undefined when there is none. */
export function ruleOf(id: string): Rule | undefined {
  return rules.find((rule) => rule.id === id);
}
