/** What instructions read, and how wide what they convert is; for what follows values through them. */
import type { Instr, Reg, ValueKind } from '../ir/program.ts';

export const bits: Partial<Record<ValueKind, number>> = { i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64, u64: 64 };

/** Whether no bit is lost. */
export function keepsValue(from: ValueKind, to: ValueKind): boolean {
  return (bits[from] ?? 64) <= (bits[to] ?? 0);
}

/** The registers that an instruction reads, but for the base of an access. */
export function usesOf(instr: Instr): readonly Reg[] {
  switch (instr.op) {
    case 'move':
    case 'unary':
    case 'convert':
      return [instr.src];
    case 'binary':
      return [instr.left, instr.right];
    case 'offset':
      return [instr.base];
    case 'element':
      return [instr.base, instr.index];
    case 'store':
      return [instr.src];
    case 'branch':
      return [instr.cond];
    case 'call':
    case 'intrinsic':
      return instr.args;
    case 'callptr':
      return [instr.callee, ...instr.args];
    case 'return':
      return instr.src === undefined ? [] : [instr.src];
    default:
      return [];
  }
}
