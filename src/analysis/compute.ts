/** What instructions come to that only read registers. */
import type { Instr, Reg } from '../ir/program.ts';
import type { Run } from './run.ts';
import type { State } from './state.ts';
import type { Value } from './value.ts';
import { constant, resolve, zero } from './value.ts';

/**
 * The value that the instruction sets its register to; undefined of one that does anything else.
 * @param locals addresses of the function's objects in its frame.
 */
export function computed(run: Run, state: State, instr: Instr, locals: readonly Value[]): Value | undefined {
  const { symbols } = run;
  switch (instr.op) {
    case 'const':
      return constant(instr.value);
    case 'func':
      return constant(instr.func);
    case 'move':
      return heldIn(state, instr.src);
    case 'convert':
      return converted(run, state, instr);
    case 'unary':
      if (instr.operator === '!') return symbols.binary('==', 'i32', heldIn(state, instr.src), zero, state.facts);
      if (instr.operator === '-') return symbols.binary('-', instr.kind, zero, heldIn(state, instr.src), state.facts);
      return symbols.binary('^', instr.kind, heldIn(state, instr.src), constant(-1), state.facts);
    case 'binary':
      return symbols.binary(instr.operator, instr.kind, heldIn(state, instr.left), heldIn(state, instr.right), state.facts);
    case 'offset': {
      const { base, offset } = heldIn(state, instr.base);
      return base === 0 && offset === 0 ? zero : { base, offset: offset + instr.offset };
    }
    case 'element':
      return elementOf(run, state, instr);
    case 'local':
      return locals[instr.index] ?? zero;
    case 'global':
      return symbols.shared(`global ${instr.global}`, { path: `global ${instr.global}`, object: true });
    default:
      return undefined;
  }
}

/** What is known of a register; nothing was ever written to one that is zero. */
export function heldIn(state: State, reg: Reg): Value {
  const found = state.registers[reg];
  return found === undefined ? zero : resolve(found, state.facts);
}

function converted(run: Run, state: State, instr: Instr & { readonly op: 'convert' }): Value {
  const from = heldIn(state, instr.src);
  const bits = { i8: 8, u8: 8, i16: 16, u16: 16 }[instr.to as string];
  if (instr.to === 'bool') return run.symbols.binary('!=', 'i32', from, zero, state.facts);
  if (from.base !== 0) {
    // What fits stays itself; anything else is some number of that kind.
    const range = run.symbols.range(from, state.facts);
    const least = instr.to.startsWith('u') ? 0 : -(2 ** ((bits ?? 32) - 1));
    const most = least === 0 ? 2 ** (bits ?? 31) - 1 : 2 ** ((bits ?? 32) - 1) - 1;
    if (bits === undefined || (range !== undefined && range[0] >= least && range[1] <= most)) return from;
    return run.symbols.shared(`convert ${instr.to} ${from.base}:${from.offset}`, { path: '?', range: [least, most] });
  }
  const number = from.offset;
  if (bits === undefined) return instr.to === 'i32' || instr.to === 'u32' ? constant(number | 0) : from;
  const masked = number & (2 ** bits - 1);
  return constant(instr.to.startsWith('i') && masked >= 2 ** (bits - 1) ? masked - 2 ** bits : masked);
}

function elementOf(run: Run, state: State, instr: Instr & { readonly op: 'element' }): Value {
  const base = heldIn(state, instr.base);
  const index = heldIn(state, instr.index);
  if (base.base === 0 && base.offset === 0) return zero;
  if (index.base === 0) return { base: base.base, offset: base.offset + index.offset * instr.stride };
  return run.symbols.shared(`element ${base.base}:${base.offset} ${index.base}:${index.offset} ${instr.stride}`, {
    path: `${run.symbols.path(base)}[?]`,
    object: true,
  });
}
