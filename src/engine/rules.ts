/**
 * Rule checks compiled for the machine: one generated function an event, which moves the ghost cells of all rules that watch it. The
 * generated text holds only integers and names from our own tables.
 */

import type { EventName } from '../ir/events.ts';
import { type contextFields, events } from '../ir/events.ts';
import type { Arc, Condition, Operand, RuleCheck } from '../ir/rule.ts';
import { LOCATIONS } from './layout.ts';

/** What a compiled event needs of the machine. */
export interface RuleHost {
  readonly cells: Int32Array;
  setCell(index: number, value: number): void;
  /** A rule is breached; `message` indexes the rule's list in `CompiledRules.messages`. */
  breach(rule: number, message: number, subject: number, marked: number): void;
  /** The place of this event is to be remembered for `rule` and `subject`. */
  mark(rule: number, subject: number): void;
  /** A place remembered for `rule` and `subject` no longer counts. */
  unmark(rule: number, subject: number): void;
  /** First ghost cell of the running context. */
  contextGhosts(): number;
  fieldIrql(): number;
  fieldLocks(): number;
  fieldCancelLock(): number;
  fieldDriver(): number;
  fieldInCancel(): number;
}

/** Runs all arcs of one event: `ghost` is the IRP's first ghost cell (0 for machine events), `args` the event's own arguments. */
export type EventFunction = (host: RuleHost, ghost: number, args: Int32Array) => void;

export interface CompiledEvent {
  readonly run: EventFunction;
  /** Some rule may move an IRP's ghost cells at this event. */
  readonly writesIrp: boolean;
  /** Some rule with more than one state about the machine as a whole listens. */
  readonly usesMachine: boolean;
}

export interface CompiledRules {
  readonly rules: readonly RuleCheck[];
  /** By event number; undefined where no rule listens. */
  readonly events: readonly (CompiledEvent | undefined)[];
  /** Message keys of each rule. */
  readonly messages: readonly (readonly string[])[];
  /** First cell of each rule's state: of one about IRPs relative to an IRP's ghost cells, of one about contexts to a context's, else in the state. */
  readonly cells: readonly number[];
  /** Ghost cells behind each IRP, of each context, and of the machine. */
  readonly irpGhosts: number;
  readonly contextGhosts: number;
  readonly machineGhosts: number;
}

/** Events in the order of their numbers. */
export const eventNames = Object.keys(events) as EventName[];
const numbers = new Map<string, number>(eventNames.map((name, i) => [name, i]));

/** The number of the event `name`; throws on a name that the table does not have. */
export function eventNumber(name: string): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`no event is called ${name}`);
  return number;
}

/** Compiles `rules`; `machineBase` is the first ghost cell of the machine. */
export function compileRules(rules: readonly RuleCheck[], machineBase: number): CompiledRules {
  const cells: number[] = [];
  let irpGhosts = 0;
  let contextGhosts = 0;
  let machineGhosts = 0;
  for (const rule of rules) {
    const count = rule.states.length > 1 ? (rule.subject === 'location' ? LOCATIONS : 1) * (rule.remembers ? 2 : 1) : 0;
    if (rule.subject === 'machine') {
      cells.push(machineBase + machineGhosts);
      machineGhosts += count;
    } else if (rule.subject === 'context') {
      cells.push(contextGhosts);
      contextGhosts += count;
    } else {
      cells.push(irpGhosts);
      irpGhosts += count;
    }
  }
  const messages = rules.map((rule) => [
    ...new Set(Object.values(rule.on).flatMap((arcs) => arcs.flatMap((arc) => (arc.report === undefined ? [] : [arc.report])))),
  ]);
  const compiled = eventNames.map((name) => compileEvent(name, rules, cells, messages));
  return { rules, events: compiled, messages, cells, irpGhosts, contextGhosts, machineGhosts };
}

function compileEvent(
  name: EventName,
  rules: readonly RuleCheck[],
  cells: readonly number[],
  messages: readonly (readonly string[])[],
): CompiledEvent | undefined {
  const args: readonly string[] = events[name].args;
  const located = args.indexOf('location');
  let text = '';
  let writesIrp = false;
  let usesMachine = false;
  rules.forEach((rule, number) => {
    const arcs = rule.on[name] ?? [];
    if (arcs.length === 0) return;
    if (isAboutIrp(rule) && events[name].subject !== 'irp') {
      // It may report there, but there is no IRP whose state could be asked for or moved.
      if (arcs.some(({ from, to, mark, unmark, place }) => from ?? to ?? mark ?? unmark ?? place))
        throw new Error(`rule ${rule.id} follows an IRP but listens to ${name}, which has none`);
      text += arcs.map((arc) => arcText(arc, rule, number, '', '0', false, args, messages)).join(' else ');
      return;
    }
    const stateful = rule.states.length > 1;
    if (rule.subject === 'machine') usesMachine ||= stateful;
    else if (isAboutIrp(rule)) writesIrp ||= arcs.some((arc) => arc.to !== undefined || arc.mark === true);
    const chain = (cell: string, subject: string): string =>
      `s=${stateful ? `R[${cell}]` : '0'};${arcs.map((arc) => arcText(arc, rule, number, cell, subject, stateful, args, messages)).join(' else ')}`;
    if (rule.subject === 'machine') text += chain(`${cells[number]}`, '0');
    else if (rule.subject === 'context') text += `c=H.contextGhosts();${chain(`c+${cells[number]}`, 'c')}`;
    else if (rule.subject === 'irp') text += chain(`g+${cells[number]}`, 'g');
    else {
      const body = chain(`g+${cells[number]}+l`, 'g+l');
      // No location in the event: every location of the IRP moves.
      if (located < 0) text += `for(l=0;l<${LOCATIONS};l++){${body}}`;
      else text += `l=a[${located}];if(l>=0&&l<${LOCATIONS}){${body}}`;
    }
  });
  if (text === '') return undefined;
  const run = new Function('H', 'g', 'a', `"use strict";const R=H.cells;let s=0,l=0,c=0;${text}`) as EventFunction;
  return { run, writesIrp, usesMachine };
}

/** Whether a rule's state is kept with an IRP. */
function isAboutIrp(rule: RuleCheck): boolean {
  return rule.subject === 'irp' || rule.subject === 'location';
}

function arcText(
  arc: Arc,
  rule: RuleCheck,
  number: number,
  cell: string,
  subject: string,
  stateful: boolean,
  args: readonly string[],
  messages: readonly (readonly string[])[],
): string {
  const tests: string[] = [];
  // Behind the cells of the states lie those of the values.
  const kept = `${cell}+${rule.subject === 'location' ? LOCATIONS : 1}`;
  if (arc.from !== undefined) {
    const from = typeof arc.from === 'string' ? [arc.from] : arc.from;
    tests.push(`(${from.map((state) => `s===${stateOf(rule, state)}`).join('||')})`);
  }
  if (arc.when !== undefined) tests.push(conditionText(arc.when, args, kept));
  let body = '';
  if (arc.report !== undefined) {
    body += `H.breach(${number},${messages[number].indexOf(arc.report)},${subject},${arc.place === 'marked' ? 1 : 0});`;
  }
  if (arc.mark === true) body += `H.mark(${number},${subject});`;
  if (arc.unmark === true) body += `H.unmark(${number},${subject});`;
  if (arc.remember !== undefined) body += `H.setCell(${kept},${operandText(arc.remember, args, kept)});`;
  if (arc.to !== undefined && stateful) body += `H.setCell(${cell},${stateOf(rule, arc.to)});`;
  return `if(${tests.length === 0 ? 'true' : tests.join('&&')}){${body}}`;
}

/** Whether what an arc does depends on that argument of its event. */
export function asksFor({ when, remember }: Arc, argument: string): boolean {
  const asks = (condition: Condition): boolean => {
    if ('all' in condition) return condition.all.some(asks);
    if ('any' in condition) return condition.any.some(asks);
    if ('not' in condition) return asks(condition.not);
    return condition.left === argument || condition.right === argument;
  };
  return remember === argument || (when !== undefined && asks(when));
}

function stateOf(rule: RuleCheck, state: string): number {
  const index = rule.states.indexOf(state);
  if (index < 0) throw new Error(`rule ${rule.id} has no state ${state}`);
  return index;
}

function conditionText(condition: Condition, args: readonly string[], kept: string): string {
  if ('all' in condition) return `(${condition.all.map((c) => conditionText(c, args, kept)).join('&&') || 'true'})`;
  if ('any' in condition) return `(${condition.any.map((c) => conditionText(c, args, kept)).join('||') || 'false'})`;
  if ('not' in condition) return `!${conditionText(condition.not, args, kept)}`;
  const operator = ({ '==': '===', '!=': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const)[condition.is];
  return `(${operandText(condition.left, args, kept)}${operator}${operandText(condition.right, args, kept)})`;
}

const fieldCalls: Record<keyof typeof contextFields, string> = {
  irql: 'H.fieldIrql()',
  locks: 'H.fieldLocks()',
  cancelLock: 'H.fieldCancelLock()',
  driver: 'H.fieldDriver()',
  inCancel: 'H.fieldInCancel()',
};

/** `kept`: the cell of the subject's remembered value. */
function operandText(operand: Operand, args: readonly string[], kept: string): string {
  // NTSTATUS values come as unsigned numbers; cells are signed.
  if (typeof operand === 'number') return `(${operand | 0})`;
  const index = args.indexOf(operand);
  if (index >= 0) return `a[${index}]`;
  if (operand === 'remembered') return `R[${kept}]`;
  if (operand in fieldCalls) return fieldCalls[operand as keyof typeof contextFields];
  throw new Error(`no event argument or context field is called ${operand}`);
}
