/** What a driver's code compares with constants: where the value of a field goes, through helpers too, and what it is tested for. */
import type { BinaryOperator, Func, FuncId, Program, Reg } from '../ir/program.ts';
import { constantOf, derived, leafNames } from './flow.ts';

/** Driver function -> the registers that may hold what was read from one field. */
export type Holding = ReadonlyMap<FuncId, ReadonlySet<Reg>>;

export interface Comparison {
  /** Index of the comparing instruction. */
  readonly at: number;
  readonly value: number;
  /** With the field on its left. */
  readonly operator: BinaryOperator;
}

/** An instruction of a function. */
export interface Site {
  readonly func: Func;
  readonly at: number;
}

/** A comparison; where the constant is an argument, with the calls that it comes by. */
export interface Test extends Comparison {
  readonly func: Func;
  readonly via: readonly Site[];
}

/** A constant that is handed through that many calls is still seen. */
const deepest = 3;
const turned: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** Where the driver has what it reads from a field of that name: followed through arguments and results of its own functions. */
export function holding(program: Program, field: string): Holding {
  const own = program.funcs.filter(({ origin }) => origin === 'driver');
  const sources = new Map(own.map((func) => [func.id, new Set(loadsOf(program, func, field))]));
  const returning = new Set<FuncId>();
  for (let changed = true; changed; ) {
    changed = false;
    const add = (set: Set<number>, value: number): void => {
      if (set.has(value)) return;
      set.add(value);
      changed = true;
    };
    for (const func of own) {
      const held = sources.get(func.id) ?? new Set();
      for (const instr of func.code)
        if (instr.op === 'call' && instr.dst !== undefined && returning.has(instr.func)) add(held, instr.dst);
      if (held.size === 0) continue;
      const regs = derived(func, held);
      for (const instr of func.code) {
        if (instr.op === 'return' && instr.src !== undefined && regs.has(instr.src)) add(returning, func.id);
        const callee = instr.op === 'call' ? sources.get(instr.func) : undefined;
        if (instr.op !== 'call' || callee === undefined) continue;
        for (const [index, arg] of instr.args.entries()) if (regs.has(arg)) add(callee, index);
      }
    }
  }
  return new Map(own.map((func) => [func.id, derived(func, sources.get(func.id) ?? [])]));
}

/** Where the function compares what it read from a field of that name, or was handed as a parameter that holds it, with a constant. */
export function comparisons(program: Program, func: Func, field: string): readonly Comparison[] {
  return comparisonsOf(func, holding(program, field).get(func.id) ?? new Set());
}

/** Where the function compares what one of those registers holds, moved or not, with a constant. */
export function comparisonsOf(func: Func, sources: Iterable<Reg>): readonly Comparison[] {
  return comparing(func, derived(func, sources)).flatMap(({ at, other, operator }) => {
    const value = constantOf(func, other);
    return value === undefined ? [] : [{ at, value, operator }];
  });
}

/** The same in those functions, with the constants that callers pass in. */
export function testsIn(program: Program, functions: readonly Func[], held: Holding): readonly Test[] {
  return functions.flatMap((func) =>
    comparing(func, held.get(func.id) ?? new Set()).flatMap(({ at, other, operator }) =>
      passed(program, func, other, []).map(({ value, via }) => ({ func, at, operator, value, via })),
    ),
  );
}

function comparing(
  func: Func,
  regs: ReadonlySet<Reg>,
): readonly { readonly at: number; readonly other: Reg; readonly operator: BinaryOperator }[] {
  return func.code.flatMap((instr, at) => {
    const back = instr.op === 'binary' ? turned[instr.operator] : undefined;
    if (instr.op !== 'binary' || back === undefined) return [];
    if (regs.has(instr.left)) return [{ at, other: instr.right, operator: instr.operator }];
    return regs.has(instr.right) ? [{ at, other: instr.left, operator: back }] : [];
  });
}

/** The constants that a register may hold: its own, or those that its function is called with. */
function passed(
  program: Program,
  func: Func,
  reg: Reg,
  via: readonly Site[],
): readonly { readonly value: number; readonly via: readonly Site[] }[] {
  const value = constantOf(func, reg);
  if (value !== undefined) return [{ value, via }];
  const parameter = Array.from({ length: func.params }, (_, index) => index).find((index) => derived(func, [index]).has(reg));
  if (parameter === undefined || via.length === deepest) return [];
  return program.funcs
    .filter(({ origin }) => origin === 'driver')
    .flatMap((caller) =>
      caller.code.flatMap((instr, at) => {
        const arg = instr.op === 'call' && instr.func === func.id ? instr.args[parameter] : undefined;
        return arg === undefined ? [] : passed(program, caller, arg, [...via, { func: caller, at }]);
      }),
    );
}

function loadsOf(program: Program, func: Func, field: string): readonly Reg[] {
  return func.code.flatMap((instr) =>
    instr.op === 'load' && instr.kind !== 'i64' && leafNames(program, instr.type, instr.offset).includes(field)
      ? [instr.dst]
      : [],
  );
}
