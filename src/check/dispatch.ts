/** Which routines a driver really put into its dispatch table: the stores that an exploration executed, not those that are only written down. */
import type { FuncId, Program } from '../ir/program.ts';
import { dispatchStores } from '../scenario/dispatch-table.ts';

/**
 * The routines that were stored for each major function of DRIVER_OBJECT.MajorFunction. A store whose index is not constant counts for
 * every one. Where something else than a routine was stored too (null), nobody knows here which came last: nothing is registered.
 * @param reached as in `Outcome.reached`.
 */
export function registeredRoutines(program: Program, reached: readonly Uint8Array[]): ReadonlyMap<number, ReadonlySet<FuncId>> {
  const table = new Map<number, Set<FuncId>>();
  const cleared = new Set<number>();
  for (const { slots, routines } of dispatchStores(program, (func, at) => reached[func.id - 1]?.[at] === 1)) {
    for (const slot of slots) {
      if (routines.length === 0) cleared.add(slot);
      table.set(slot, new Set([...(table.get(slot) ?? []), ...routines]));
    }
  }
  for (const slot of cleared) table.delete(slot);
  return table;
}
