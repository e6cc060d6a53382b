/** Rule checks as the oracles run them: the arcs and conditions of `src/ir/rule.ts`, read literally. */
import { type EventName, events } from '../../src/ir/events.ts';
import type { Arc, Condition, Operand, RuleCheck } from '../../src/ir/rule.ts';

export interface Report {
  readonly rule: string;
  readonly message: string;
}

/** What a condition can ask for: arguments of the event and fields of the context. */
export type Fields = Readonly<Record<string, number>>;

/** The arc that the event takes from state number `state`, if any. */
export function arcTaken(rule: RuleCheck, state: number, event: EventName, fields: Fields): Arc | undefined {
  const name = rule.states[state];
  return rule.on[event]?.find((arc) => {
    const leaves = arc.from === undefined || (typeof arc.from === 'string' ? arc.from === name : arc.from.includes(name));
    return leaves && (arc.when === undefined || holds(arc.when, fields));
  });
}

/** The number of the state behind the arc. */
export function stateAfter(rule: RuleCheck, state: number, arc: Arc | undefined): number {
  if (arc?.to === undefined) return state;
  const index = rule.states.indexOf(arc.to);
  if (index < 0) throw new Error(`Rule ${rule.id} has no state ${arc.to}`);
  return index;
}

/** Whether the rule has any arc of that event. */
export function watches(rule: RuleCheck, event: EventName): boolean {
  return (rule.on[event]?.length ?? 0) > 0;
}

/** Which rules' cells an event moves: machine rules all events, the others only events about an IRP. */
export function concerns(rule: RuleCheck, event: EventName): boolean {
  return watches(rule, event) && (rule.subject === 'machine' || rule.subject === 'context' || events[event].subject === 'irp');
}

/** Of breaches at one event, those no other one of them supersedes. */
export function notSuperseded(reports: readonly Report[], rules: readonly RuleCheck[]): Report[] {
  return reports.filter(
    (report) =>
      !reports.some((other) => {
        const rule = rules.find(({ id }) => id === other.rule);
        return other.rule !== report.rule && (rule?.supersedes?.includes(report.rule) ?? false);
      }),
  );
}

function holds(condition: Condition, fields: Fields): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, fields));
  if ('any' in condition) return condition.any.some((part) => holds(part, fields));
  if ('not' in condition) return !holds(condition.not, fields);
  const left = operandValue(condition.left, fields);
  const right = operandValue(condition.right, fields);
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

function operandValue(operand: Operand, fields: Fields): number {
  if (typeof operand === 'number') return operand;
  if (!(operand in fields)) throw new Error(`No event argument or context field is called ${operand}`);
  return fields[operand];
}
