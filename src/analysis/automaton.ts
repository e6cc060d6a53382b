/** The rules' state machines over sets of states: what an event does to every state that a subject may be in. */

import type { ContextField, EventName } from '../ir/events.ts';
import { contextFields, events } from '../ir/events.ts';
import type { Arc, Condition, Operand, RuleCheck } from '../ir/rule.ts';
import type { Facts, Symbols, Value } from './value.ts';
import { constant, zero } from './value.ts';

/** A rule that listens to an event. */
export interface Watcher {
  readonly number: number;
  readonly rule: RuleCheck;
  readonly arcs: readonly WatchedArc[];
  /** Some arc reports. */
  readonly reports: boolean;
  /** Some arc asks whether a cancel routine is set. */
  readonly asksForRoutine: boolean;
}

interface WatchedArc {
  readonly arc: Arc;
  /** The states it leaves, as bits. */
  readonly from: number;
  readonly to?: number;
}

/** The watchers of each event, in order of the rules. */
export type Watchers = ReadonlyMap<string, readonly Watcher[]>;

/** Who listens to what of the rules. */
export function watchersOf(rules: readonly RuleCheck[]): Watchers {
  let watchers = known.get(rules);
  if (watchers === undefined) {
    watchers = listenersOf(rules);
    known.set(rules, watchers);
  }
  return watchers;
}

/** The same rules watch one program after the other. */
const known = new WeakMap<readonly RuleCheck[], Watchers>();

function listenersOf(rules: readonly RuleCheck[]): Watchers {
  const watchers = new Map<string, Watcher[]>();
  for (const name of Object.keys(events) as EventName[]) {
    const listening: Watcher[] = [];
    rules.forEach((rule, number) => {
      const arcs = rule.on[name];
      // What is remembered of a value is known only where things are run.
      if (arcs === undefined || arcs.length === 0 || rule.remembers === true) return;
      listening.push({
        number,
        rule,
        arcs: arcs.map((arc) => watchedArc(rule, arc)),
        reports: arcs.some(({ report }) => report !== undefined),
        asksForRoutine: arcs.some(({ when }) => when !== undefined && asksFor(when, 'routineSet')),
      });
    });
    if (listening.length > 0) watchers.set(name, listening);
  }
  return watchers;
}

/** What conditions are asked about. */
export interface Moment {
  readonly event: EventName;
  readonly args: readonly Value[];
  readonly context: Readonly<Record<ContextField, Value>>;
  readonly facts: Facts;
  readonly symbols: Symbols;
}

export interface Move {
  /** The states it may be in after the event when no breach ended the path, as bits. */
  readonly next: number;
  /** What is reported from some of the states, with the bits of the states it is reported from. */
  readonly reports: readonly { readonly arc: Arc; readonly from: number; readonly sure: boolean }[];
  readonly marks: boolean;
  /** An argument decides, and is not known: the path has to go two ways on this value. */
  readonly undecided?: Value;
}

/** Takes the event in every state of the set. */
export function move(watcher: Watcher, set: number, moment: Moment): Move {
  let next = 0;
  let marks = false;
  const reports: { arc: Arc; from: number; sure: boolean }[] = [];
  for (let state = 0; state < watcher.rule.states.length; state++) {
    const bit = 1 << state;
    if ((set & bit) === 0) continue;
    let stays = true;
    for (const { arc, from, to } of watcher.arcs) {
      if ((from & bit) === 0) continue;
      const truth = arc.when === undefined ? true : judge(arc.when, moment);
      if (truth === false) continue;
      if (typeof truth === 'object') return { next: set, reports: [], marks: false, undecided: truth };
      if (arc.mark === true) marks = true;
      const known = reports.find((report) => report.arc === arc);
      if (arc.report === undefined) next |= to === undefined ? bit : 1 << to;
      else if (known === undefined) reports.push({ arc, from: bit, sure: truth === true });
      else known.from |= bit;
      if (arc.report !== undefined && watcher.rule.continues) next |= to === undefined ? bit : 1 << to;
      if (truth === true) {
        stays = false;
        break;
      }
    }
    if (stays) next |= bit;
  }
  return { next, reports, marks };
}

/** The states behind an event of which nothing is claimed: whatever the values that decide are. */
export function moveEitherWay(watcher: Watcher, set: number, moment: Moment, depth = 0): Move {
  const outcome = move(watcher, set, moment);
  const { undecided } = outcome;
  const kept = outcome.reports.reduce((states, { from }) => states | from, 0);
  if (undecided === undefined) return { next: outcome.next | kept, reports: [], marks: outcome.marks };
  if (depth > 3) return { next: set, reports: [], marks: false };
  let next = 0;
  let marks = false;
  for (const truth of [true, false]) {
    const facts = moment.facts.copy();
    if (!moment.symbols.assume(undecided, truth, facts)) continue;
    const half = moveEitherWay(watcher, set, { ...moment, facts }, depth + 1);
    next |= half.next;
    marks ||= half.marks;
  }
  return { next, reports: [], marks };
}

function asksFor(condition: Condition, operand: string): boolean {
  if ('all' in condition) return condition.all.some((part) => asksFor(part, operand));
  if ('any' in condition) return condition.any.some((part) => asksFor(part, operand));
  return 'not' in condition ? asksFor(condition.not, operand) : condition.left === operand || condition.right === operand;
}

function watchedArc(rule: RuleCheck, arc: Arc): WatchedArc {
  const from = arc.from === undefined ? rule.states : typeof arc.from === 'string' ? [arc.from] : arc.from;
  const bits = from.reduce((set, state) => set | bitOf(rule, state), 0);
  return { arc, from: bits, ...(arc.to === undefined ? {} : { to: Math.max(0, rule.states.indexOf(arc.to)) }) };
}

function bitOf(rule: RuleCheck, state: string): number {
  const index = rule.states.indexOf(state);
  return index < 0 ? 0 : 1 << index;
}

/** True, false, `maybe`, or the unknown value that decides. */
type Truth = boolean | 'maybe' | Value;

function judge(condition: Condition, moment: Moment): Truth {
  if ('not' in condition) {
    const inner = judge(condition.not, moment);
    return typeof inner === 'boolean' ? !inner : inner;
  }
  if ('all' in condition || 'any' in condition) {
    const parts = 'all' in condition ? condition.all : condition.any;
    const deciding = 'any' in condition;
    let open: Truth = !deciding;
    for (const part of parts) {
      const truth = judge(part, moment);
      if (truth === deciding) return truth;
      if (typeof truth !== 'boolean' && typeof open === 'boolean') open = truth;
    }
    return open;
  }
  const left = operandValue(condition.left, moment);
  const right = operandValue(condition.right, moment);
  const { symbols, facts } = moment;
  const result = symbols.binary(condition.is, 'i32', left.value, right.value, facts);
  const known = symbols.range(result, facts);
  if (known !== undefined && known[0] === known[1]) return known[0] !== 0;
  if (left.argument || right.argument) return result;
  // Of an IRQL about which nothing is known nothing is claimed.
  return symbols.isVague(result, facts) ? false : 'maybe';
}

function operandValue(operand: Operand, moment: Moment): { readonly value: Value; readonly argument: boolean } {
  if (typeof operand === 'number') return { value: constant(operand | 0), argument: false };
  const { args } = events[moment.event];
  const index = (args as readonly string[]).indexOf(operand);
  if (index >= 0) return { value: moment.args[index] ?? zero, argument: true };
  return { value: operand in contextFields ? moment.context[operand as ContextField] : zero, argument: false };
}
