/** Runs one rule's check over a sequence of events about one IRP, as the machine would, and gives what it reports. */

import type { EventName } from '../../src/ir/events.ts';
import { events } from '../../src/ir/events.ts';
import type { Arc, Condition, Operand, RuleCheck } from '../../src/ir/rule.ts';

/** An event with its arguments and the context fields that are not 0; `at` names its place. */
export type RuleEvent = readonly [EventName, { readonly [name: string]: number }?, string?];

const locations = 8;

/**
 * Gives the message keys reported, in order, as `key` or, where the place is not that of the reporting event, `key at place`. Stops
 * at the first report of a rule behind which exploration does not go on.
 */
export function runRule(check: RuleCheck, sequence: readonly RuleEvent[]): string[] {
  const subjects = Array.from({ length: check.subject === 'location' ? locations : 1 }, () => ({
    state: check.states[0],
    marked: '',
    remembered: 0,
  }));
  const reported: string[] = [];
  for (const [name, values = {}, at = ''] of sequence) {
    requireArguments(name, values);
    const moved = check.subject === 'location' && values.location !== undefined ? [subjects[values.location]] : subjects;
    for (const subject of moved) {
      const known = { ...values, remembered: subject.remembered };
      const arc = check.on[name]?.find((candidate) => taken(candidate, subject.state, known));
      if (arc === undefined) continue;
      if (arc.report !== undefined) reported.push(arc.place === 'marked' ? `${arc.report} at ${subject.marked}` : arc.report);
      if (arc.mark) subject.marked = at;
      if (arc.remember !== undefined) subject.remembered = known[arc.remember as keyof typeof known];
      if (arc.to !== undefined) subject.state = arc.to;
    }
    if (reported.length > 0 && !check.continues) break;
  }
  return reported;
}

function taken(arc: Arc, state: string, values: { readonly [name: string]: number }): boolean {
  const from = arc.from === undefined || (typeof arc.from === 'string' ? arc.from === state : arc.from.includes(state));
  return from && (arc.when === undefined || holds(arc.when, values));
}

function holds(condition: Condition, values: { readonly [name: string]: number }): boolean {
  if ('all' in condition) return condition.all.every((one) => holds(one, values));
  if ('any' in condition) return condition.any.some((one) => holds(one, values));
  if ('not' in condition) return !holds(condition.not, values);
  const [left, right] = [condition.left, condition.right].map((operand) => value(operand, values));
  switch (condition.is) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function value(operand: Operand, values: { readonly [name: string]: number }): number {
  return typeof operand === 'number' ? operand | 0 : (values[operand] ?? 0) | 0;
}

/** A test that misspells or forgets an argument would pass for the wrong reason. */
function requireArguments(name: EventName, values: { readonly [name: string]: number }): void {
  const missing = events[name].args.filter((argument) => values[argument] === undefined);
  if (missing.length > 0) throw new Error(`${name} lacks ${missing.join(', ')}`);
}
