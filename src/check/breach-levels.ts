/** What a breach of a rule about IRQLs or spin locks comes from: which routine is called at which level, since when, and under which locks. */
import { leaveEvents } from '../engine/machine.ts';
import { asksFor } from '../engine/rules.ts';
import { ddiBounds } from '../facts/index.ts';
import type { FuncId, Place, Program } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import { boundsInWords } from './contract.ts';
import type { Related, TraceStep } from './findings.ts';
import { irqlConstant } from './notes.ts';

const DISPATCH_LEVEL = 2;
const HIGH_LEVEL = 15;

/** Said of where a lock was taken. */
export const stillHeld = 'the spin lock taken here is still held';

/** Whether a breach of the rule has to do with the level or the locks at its statement. */
export function isOfLevel(check: RuleCheck): boolean {
  const { irql, locks } = looksAt(check);
  return irql || locks;
}

/** What a rule's reports depend on. What is found as a routine returns is not said: the last statement may have changed it. */
function looksAt({ on }: RuleCheck): { readonly irql: boolean; readonly locks: boolean } {
  const reporting = Object.entries(on).flatMap(([event, arcs]) =>
    leaveEvents.includes(event) ? [] : (arcs?.filter(({ report }) => report !== undefined) ?? []),
  );
  const asks = (name: string): boolean => reporting.some((arc) => asksFor(arc, name));
  // A wait is at fault for the level alone.
  return { irql: asks('irql') || on['fault.wait'] !== undefined, locks: asks('locks') };
}

/**
 * `ExAcquireFastMutex is called at DISPATCH_LEVEL; documented is IRQL <= APC_LEVEL.` Undefined where the rule is not about calls, where nothing is
 * known of the level, and where no routine that the statement calls is to blame by what is documented of it.
 * @param irql the least and the greatest IRQL at the statement.
 */
export function levelSentence(
  program: Program,
  check: RuleCheck | undefined,
  at: { readonly func: FuncId; readonly place: Place },
  [least, greatest]: readonly [number, number],
): string | undefined {
  // Rules about what is called; others look at the level of what is touched, or returned to.
  if (check?.on['call.irql'] === undefined && check?.on['fault.wait'] === undefined) return undefined;
  // A level of which nothing is known would be wrong for any routine.
  if (greatest > HIGH_LEVEL) return undefined;
  const names = kernelCalls(program, at);
  const isWrong = (name: string): boolean => {
    const bounds = ddiBounds(name);
    return bounds !== undefined && (greatest > bounds.maximum || least < bounds.minimum);
  };
  // Whether a wait is allowed depends on what it is told, so that the documented bounds are wide: the level alone says it.
  const waits = check.on['fault.wait'] !== undefined && names.length === 1 && least >= DISPATCH_LEVEL;
  const name = names.find(isWrong) ?? (waits ? names[0] : undefined);
  if (name === undefined) return undefined;
  const level = least === greatest ? irqlConstant(least) : `${irqlConstant(least)} to ${irqlConstant(greatest)}`;
  const bounds = isWrong(name) ? ddiBounds(name) : undefined;
  return `${name} is called at ${level}${bounds === undefined ? '' : `; documented is ${boundsInWords(bounds)}`}.`;
}

/** The routines of the kernel that the statement calls itself. */
function kernelCalls({ funcs }: Program, { func, place }: { readonly func: FuncId; readonly place: Place }): string[] {
  const { code, places } = funcs[func - 1];
  const names = code.flatMap((instr, at) => {
    const { file, start, end } = places[at];
    const callee = instr.op === 'call' ? funcs[instr.func - 1] : undefined;
    return callee?.origin === 'kernel' && file === place.file && start >= place.start && end <= place.end ? [callee.name] : [];
  });
  return [...new Set(names)];
}

/**
 * Where the context of the guilty step has raised the IRQL that it is at, and where it has taken the spin locks that it holds, as far as the rule looks at them.
 * @param guilty index of the step; what comes behind it does not matter.
 */
export function heldPlaces(steps: readonly TraceStep[], guilty: number, check: RuleCheck | undefined): Related[] {
  if (check === undefined || steps[guilty] === undefined || !isOfLevel(check) || !isOneContext(steps, steps[guilty])) return [];
  const { irql, locks } = looksAt(check);
  const own = steps.slice(0, guilty + 1).filter((step) => step.context === steps[guilty].context);
  const level = steps[guilty].irql;
  const taken = locks || level >= DISPATCH_LEVEL ? locksHeld(own) : [];
  const held = taken.map(({ file, range }): Related => ({ file, range, message: stillHeld }));
  const since = irql && level > 0 ? raisedAt(own) : undefined;
  if (since === undefined || taken.includes(since)) return held;
  return [...held, { file: since.file, range: since.range, message: `the IRQL is ${irqlConstant(level)} from here on` }];
}

/** Whether all steps of that name are of one context: of several of a kind one is called as another was before it. */
export function isOneContext(steps: readonly TraceStep[], { context }: TraceStep): boolean {
  const kind = (name: string): string => name.replace(/#\d+$/, '');
  return steps.every((step) => step.context === context || kind(step.context) !== kind(context));
}

/** The step that left the context at the level it is at in the last one, or above; none where its routine was entered there, or another did it. */
function raisedAt(own: readonly TraceStep[]): TraceStep | undefined {
  const last = own.at(-1);
  const before = own.findLast((step) => last !== undefined && step.irql < last.irql);
  return before?.func === last?.func ? before : undefined;
}

/** The steps that took the spin locks held in the last one; none where it cannot be told which of several was released. */
function locksHeld(own: readonly TraceStep[]): TraceStep[] {
  const taken: TraceStep[] = [];
  let sure = true;
  for (const [index, step] of own.slice(0, -1).entries()) {
    const change = own[index + 1].locks - step.locks;
    if (change < 0 && taken.length > 1 && -change < taken.length) sure = false;
    for (let count = 0; count < Math.abs(change); count++) {
      if (change > 0) taken.push(step);
      else taken.pop();
    }
    if (taken.length === 0) sure = true;
  }
  return sure ? taken : [];
}
