/**
 * What a driver stores into DRIVER_OBJECT.MajorFunction, and in which order: read off its IR from DriverEntry on, through its own helpers
 * with what they are called with.
 */
import type { Func, FuncId, Instr, Program, Reg } from '../ir/program.ts';
import { destination } from './flow.ts';

/** IRP_MJ_MAXIMUM_FUNCTION + 1 (wdm.h). */
const majorFunctions = 28;
/** Helpers called from helpers are followed that deep. */
const deepest = 8;
/** Calls of helpers that are looked into. */
const mostCalls = 2_000;

/** One store; by a helper, one for each call of it. */
export interface DispatchStore {
  readonly slots: readonly number[];
  /** Those that may be what is stored; none when that is null, or not known here. */
  readonly routines: readonly FuncId[];
  /** Whether DriverEntry does it, or a routine that it calls. */
  readonly atEntry: boolean;
}

/** What is known of a register; nothing of most. */
interface Known {
  readonly routines: readonly FuncId[];
  readonly constant?: number;
  /** It holds the address of that element of the table; `any` where the index is not constant. */
  readonly slot?: number | 'any';
}

const nothing: Known = { routines: [] };

/**
 * The stores in the order of the code.
 * @param executed tells which instructions count; all by default.
 */
export function dispatchStores(
  program: Program,
  executed: (func: Func, at: number) => boolean = () => true,
): readonly DispatchStore[] {
  const own = program.funcs.filter(({ origin }) => origin === 'driver');
  const object = program.types.find((type) => type.kind === 'struct' && type.name === 'DRIVER_OBJECT');
  const first = object?.kind === 'struct' ? object.fields.find(({ name }) => name === 'MajorFunction')?.offset : undefined;
  const stores: DispatchStore[] = [];
  const seen = new Set<FuncId>();
  const storing = storingFunctions(own);
  let calls = 0;
  const entry = own.find(({ name }) => name === 'DriverEntry');
  let atEntry = true;
  if (entry !== undefined) walk(entry, [], []);
  atEntry = false;
  // A table that is changed later: helpers come with those that call them.
  const called = new Set(own.flatMap(({ code }) => code.flatMap((instr) => (instr.op === 'call' ? [instr.func] : []))));
  for (const func of own) if (!called.has(func.id) && !seen.has(func.id)) walk(func, [], []);
  for (const func of own) if (!seen.has(func.id)) walk(func, [], []);
  return stores;

  function walk(func: Func, args: readonly Known[], callers: readonly FuncId[]): void {
    seen.add(func.id);
    const cache = new Map<Reg, Known>();
    const known = (reg: Reg): Known => knownOf(func, args, cache, reg);
    for (const [at, instr] of func.code.entries()) {
      if (!executed(func, at)) continue;
      if (instr.op === 'call') {
        const callee = program.funcs[instr.func - 1];
        if (callee === undefined || !storing.has(callee.id) || callee === func || callers.includes(callee.id)) continue;
        if (callers.length < deepest && calls++ < mostCalls) walk(callee, instr.args.map(known), [...callers, func.id]);
      } else if (instr.op === 'store' && instr.kind === 'fn') {
        const slot = slotOf(instr, known(instr.base));
        if (slot !== undefined)
          stores.push({ slots: slot === 'any' ? everySlot : [slot], routines: known(instr.src).routines, atEntry });
      }
    }
  }

  function slotOf(instr: Extract<Instr, { op: 'store' }>, base: Known): number | 'any' | undefined {
    if (base.slot !== undefined) return base.slot;
    const direct = first !== undefined && instr.type === object?.id ? instr.offset - first : -1;
    return direct >= 0 && direct < majorFunctions ? direct : undefined;
  }

  function knownOf(func: Func, args: readonly Known[], cache: Map<Reg, Known>, reg: Reg): Known {
    const cached = cache.get(reg);
    if (cached !== undefined) return cached;
    // What depends on itself is not known.
    cache.set(reg, nothing);
    const found = func.code.flatMap((instr) => (destination(instr) === reg ? [knownFrom(instr)] : []));
    if (reg < func.params) found.push(args[reg] ?? nothing);
    const constants = new Set(found.map(({ constant }) => constant));
    const slots = new Set(found.map(({ slot }) => slot));
    const result = {
      routines: [...new Set(found.flatMap(({ routines }) => routines))],
      constant: constants.size === 1 ? found[0].constant : undefined,
      slot: slots.size > 1 ? ('any' as const) : found[0]?.slot,
    };
    cache.set(reg, result);
    return result;

    function knownFrom(instr: Instr): Known {
      switch (instr.op) {
        case 'const':
          return { routines: [], constant: instr.value };
        case 'func':
          return { routines: [instr.func] };
        case 'move':
        case 'convert':
          return knownOf(func, args, cache, instr.src);
        case 'element':
          return instr.count === majorFunctions
            ? { routines: [], slot: knownOf(func, args, cache, instr.index).constant ?? 'any' }
            : nothing;
        case 'offset': {
          // The address of an element, as Ref takes it, with a constant index.
          const direct = first === undefined || !isObject(func, instr.base) ? -1 : instr.offset - first;
          return direct >= 0 && direct < majorFunctions ? { routines: [], slot: direct } : nothing;
        }
        default:
          return nothing;
      }
    }
  }

  function isObject(func: Func, reg: Reg): boolean {
    return object !== undefined && func.registers[reg]?.pointee === object.id;
  }
}

const everySlot: readonly number[] = Array.from({ length: majorFunctions }, (_, slot) => slot);

/** Functions that store a routine somewhere, themselves or by one that they call. */
function storingFunctions(own: readonly Func[]): ReadonlySet<FuncId> {
  const storing = new Set(own.flatMap(({ id, code }) => (code.some((i) => i.op === 'store' && i.kind === 'fn') ? [id] : [])));
  for (let size = -1; size !== storing.size; ) {
    size = storing.size;
    for (const { id, code } of own) if (code.some((i) => i.op === 'call' && storing.has(i.func))) storing.add(id);
  }
  return storing;
}
