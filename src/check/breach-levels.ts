/** What a breach of a rule about IRQLs or spin locks comes from: which routine is called at which level, since when, and under which locks. */
import { asksFor } from '../engine/rules.ts';
import { ddiBounds } from '../facts/index.ts';
import type { FuncId, Place, Program } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import { boundsInWords } from './contract.ts';
import type { Related, TraceStep } from './findings.ts';
import { irqlConstant } from './notes.ts';

/** Said of where a lock was taken. */
export const stillHeld = 'the spin lock taken here is still held';

/** Whether the spin locks that are held have to do with a breach of the rule. */
export function asksForLocks(check: RuleCheck): boolean {
  const { irql, locks } = looksAt(check);
  return irql || locks;
}

/** What a rule's reports depend on. */
function looksAt({ on }: RuleCheck): { readonly irql: boolean; readonly locks: boolean } {
  const reporting = Object.values(on).flatMap((arcs) => arcs?.filter(({ report }) => report !== undefined) ?? []);
  const asks = (name: string): boolean => reporting.some((arc) => asksFor(arc, name));
  // A wait is at fault for the level alone.
  return { irql: asks('irql') || on['fault.wait'] !== undefined, locks: asks('locks') };
}

/**
 * `ExAcquireFastMutex is called at DISPATCH_LEVEL; documented is IRQL <= APC_LEVEL.` Undefined where the rule is not about calls, or the
 * statement calls no routine of the kernel, or several of which none is to blame.
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
  const names = kernelCalls(program, at);
  const isWrong = (name: string): boolean => {
    const bounds = ddiBounds(name);
    return bounds !== undefined && (greatest > bounds.maximum || least < bounds.minimum);
  };
  const name = names.find(isWrong) ?? (names.length === 1 ? names[0] : undefined);
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
  if (check === undefined || steps[guilty] === undefined || !asksForLocks(check)) return [];
  const looks = looksAt(check);
  const { context, irql } = steps[guilty];
  const own = steps.slice(0, guilty + 1).filter((step) => step.context === context);
  const taken = locksHeld(own);
  const held = (looks.locks || irql === 2 ? taken : []).map(({ file, range }): Related => ({ file, range, message: stillHeld }));
  const since = looks.irql && irql > 0 ? raisedAt(own) : undefined;
  if (since === undefined || taken.includes(since)) return held;
  return [...held, { file: since.file, range: since.range, message: `the IRQL is ${irqlConstant(irql)} from here on` }];
}

/** The step that left the context at the level it is at in the last one, or above; none where it began there. */
function raisedAt(own: readonly TraceStep[]): TraceStep | undefined {
  const level = own.at(-1)?.irql ?? 0;
  const index = own.findLastIndex((step) => step.irql < level);
  return index < 0 ? undefined : own[index];
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
