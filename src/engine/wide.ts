/** Bit operations on 64-bit values that are kept as JavaScript integers. */

/** The result of `left operator right` in 64 bits; what leaves 53 bits comes out of range, for the caller to report. */
export function wideBits(operator: string, left: number, right: number, unsigned: number): number {
  const a = BigInt(left);
  const b = BigInt(right);
  const value = compute(operator, a, b);
  return Number(unsigned === 1 ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value));
}

function compute(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return a << (b & 63n);
    default:
      return a >> (b & 63n);
  }
}
