/** C's rules for integers: which kind an operation is done in, and how a value changes when it is converted. */
import type { IntegerCell } from './declared.ts';

export type ArithmeticCell = 'i32' | 'u32' | 'i64' | 'u64';

/** Integer promotion: what is narrower than LONG becomes LONG. */
export function promote(cell: IntegerCell): ArithmeticCell {
  return cell === 'u32' || cell === 'i64' || cell === 'u64' ? cell : 'i32';
}

/** The usual arithmetic conversions on LLP64: the wider kind wins, at equal width the unsigned one. */
export function usual(left: IntegerCell, right: IntegerCell): ArithmeticCell {
  const rank: readonly ArithmeticCell[] = ['i32', 'u32', 'i64', 'u64'];
  return rank[Math.max(rank.indexOf(promote(left)), rank.indexOf(promote(right)))] ?? 'i32';
}

/** Bits of a kind. */
export function width(cell: IntegerCell): number {
  return Number(cell.slice(1));
}

/** `value` as the kind holds it, wrapped to its width. */
export function wrap(value: bigint, cell: IntegerCell): bigint {
  return cell.startsWith('i') ? BigInt.asIntN(width(cell), value) : BigInt.asUintN(width(cell), value);
}

/** The register's canonical form of a value of that kind: 32-bit kinds as int32 (u32 too, by its bits), 64-bit ones as they are. */
export function canonical(value: bigint, cell: IntegerCell): number {
  return cell === 'u32' ? Number(BigInt.asIntN(32, value)) : Number(wrap(value, cell));
}

/** The type of an integer literal by C's rules for LLP64; a hexadecimal one may be unsigned. */
export function literalKind(value: bigint, decimal: boolean): ArithmeticCell {
  const fits: readonly [ArithmeticCell, bigint][] = [
    ['i32', 1n << 31n],
    ['u32', 1n << 32n],
    ['i64', 1n << 63n],
    ['u64', 1n << 64n],
  ];
  return fits.find(([cell, limit]) => value < limit && !(decimal && cell === 'u32'))?.[0] ?? 'u64';
}

/** A binary operation on values of one kind; nothing where C leaves it undefined by division. */
export function compute(operator: string, left: bigint, right: bigint, cell: ArithmeticCell): bigint | undefined {
  const shift = BigInt.asUintN(cell.endsWith('64') ? 6 : 5, right);
  switch (operator) {
    case '+':
      return wrap(left + right, cell);
    case '-':
      return wrap(left - right, cell);
    case '*':
      return wrap(left * right, cell);
    case '/':
      return right === 0n ? undefined : wrap(left / right, cell);
    case '%':
      return right === 0n ? undefined : wrap(left % right, cell);
    case '&':
      return wrap(left & right, cell);
    case '|':
      return wrap(left | right, cell);
    case '^':
      return wrap(left ^ right, cell);
    case '<<':
      return wrap(left << shift, cell);
    case '>>':
      return wrap(left >> shift, cell);
    default:
      return undefined;
  }
}
