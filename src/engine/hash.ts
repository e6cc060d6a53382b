/**
 * The incremental hash of a state: three 32-bit lanes, each the sum over all cells of mix(index, value). The mixer is keyed by the
 * index and not linear in the value, so that values which differ in high bits only (NTSTATUS, flags) do not cancel out.
 */

/** Lane one of the contribution of cell `index` holding `value`; an int32. */
export function mixA(index: number, value: number): number {
  let x = (value + Math.imul(index, 0x9e3779b1)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** Lane two. */
export function mixB(index: number, value: number): number {
  let x = (value ^ Math.imul(index + 0x3c6ef372, 0x7feb352d)) | 0;
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return x ^ (x >>> 15);
}

/** Lane three. */
export function mixC(index: number, value: number): number {
  let x = (Math.imul(value, 0x27d4eb2f) + Math.imul(index ^ 0x1b873593, 0x165667b1)) | 0;
  x = Math.imul(x ^ (x >>> 17), 0xed5ad4bb | 0);
  x = Math.imul(x ^ (x >>> 11), 0xac4c1b51 | 0);
  return x ^ (x >>> 15);
}

/**
 * An upper bound of the probability that one of `states` different states was taken for another, when each keeps three lanes of `bits`
 * bits: the birthday bound n(n-1)/2 / 2^(3 bits).
 */
export function omissionBound(states: number, bits: number): number {
  return Math.min(1, (states * Math.max(0, states - 1)) / 2 / 2 ** (3 * bits));
}
