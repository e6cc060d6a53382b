/** Which routines a driver really put into its dispatch table: the stores that an exploration executed, not those that are only written down. */
import type { Func, FuncId, Program, Reg } from '../ir/program.ts';
import { constantOf, routinesOf } from '../scenario/flow.ts';

/** IRP_MJ_MAXIMUM_FUNCTION + 1 (wdm.h). */
const majorFunctions = 28;

/**
 * The routines that were stored for each major function of DRIVER_OBJECT.MajorFunction. A store whose index is not constant counts for
 * every one. Where something else than a routine was stored too (null), nobody knows here which came last: nothing is registered.
 * @param reached as in `Outcome.reached`.
 */
export function registeredRoutines(program: Program, reached: readonly Uint8Array[]): ReadonlyMap<number, ReadonlySet<FuncId>> {
  const table = new Map<number, Set<FuncId>>();
  const cleared = new Set<number>();
  const object = program.types.find((type) => type.kind === 'struct' && type.name === 'DRIVER_OBJECT');
  const first = object?.kind === 'struct' ? object.fields.find(({ name }) => name === 'MajorFunction')?.offset : undefined;
  for (const func of program.funcs) {
    const marks = reached[func.id - 1];
    if (func.origin !== 'driver' || marks === undefined) continue;
    const elements = elementsOf(func);
    for (const [at, instr] of func.code.entries()) {
      if (instr.op !== 'store' || instr.kind !== 'fn' || marks[at] !== 1) continue;
      const direct = first !== undefined && instr.type === object?.id ? instr.offset - first : -1;
      const index = elements.get(instr.base) ?? (direct >= 0 && direct < majorFunctions ? direct : undefined);
      if (index === undefined) continue;
      const slots = index === 'any' ? Array.from({ length: majorFunctions }, (_, slot) => slot) : [index];
      const stored = routinesOf(func, instr.src);
      for (const slot of slots) {
        if (stored.length === 0) cleared.add(slot);
        table.set(slot, new Set([...(table.get(slot) ?? []), ...stored]));
      }
    }
  }
  for (const slot of cleared) table.delete(slot);
  return table;
}

/** Registers that hold the address of an element of a table as long as MajorFunction, and which one. */
function elementsOf(func: Func): ReadonlyMap<Reg, number | 'any'> {
  const elements = new Map<Reg, number | 'any'>();
  for (const instr of func.code) {
    if (instr.op === 'element' && instr.count === majorFunctions) elements.set(instr.dst, constantOf(func, instr.index) ?? 'any');
  }
  return elements;
}
