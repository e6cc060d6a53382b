/** Which values each kind of register holds in canonical form (see `ValueKind`). */
import type { ValueKind } from './program.ts';

const int32 = [-(2 ** 31), 2 ** 31 - 1] as const;

const ranges: Readonly<Record<ValueKind, readonly [number, number]>> = {
  i8: [-128, 127],
  u8: [0, 255],
  i16: [-32768, 32767],
  u16: [0, 65535],
  i32: int32,
  u32: int32,
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  u64: [0, Number.MAX_SAFE_INTEGER],
  bool: [0, 1],
  ptr: int32,
  fn: int32,
};

/** Whether `value` is the canonical form of some value of that kind. */
export function canHold(kind: ValueKind, value: number): boolean {
  const [least, most] = ranges[kind];
  return Number.isInteger(value) && value >= least && value <= most;
}

/** An integer of one cell. */
export function isNarrow(kind: ValueKind): boolean {
  return kind !== 'ptr' && kind !== 'fn' && !isWide(kind);
}

/** An integer of two cells. */
export function isWide(kind: ValueKind): boolean {
  return kind === 'i64' || kind === 'u64';
}

/** Whether every canonical value of kind `from` is one of kind `to`, so that it can be moved there without conversion. */
export function fits(from: ValueKind, to: ValueKind): boolean {
  if (from === to) return true;
  if (!isNarrow(from) || !isNarrow(to)) return false;
  return ranges[to][0] <= ranges[from][0] && ranges[from][1] <= ranges[to][1];
}
