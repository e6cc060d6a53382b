/** Arithmetic of the IR as the oracles do it: C's, on canonical values (see `ValueKind`). */
import type { ArithmeticKind, BinaryOperator, CellKind, ValueKind } from '../../src/ir/program.ts';

/** A fault in place of a value. */
export type Fault = 'fault.divide' | 'fault.overflow';

export function binary(operator: BinaryOperator, kind: ArithmeticKind, left: number, right: number): number | Fault {
  if (kind === 'u32' || kind === 'i32' || kind === 'ptr') {
    const a = kind === 'u32' ? left >>> 0 : left;
    const b = kind === 'u32' ? right >>> 0 : right;
    const shift = Number(BigInt.asUintN(5, BigInt(right)));
    switch (operator) {
      case '+':
        return (a + b) | 0;
      case '-':
        return (a - b) | 0;
      case '*':
        return Math.imul(a, b);
      case '/':
        return b === 0 ? 'fault.divide' : Math.trunc(a / b) | 0;
      case '%':
        return b === 0 ? 'fault.divide' : (a % b) | 0;
      case '<<':
        return a << shift;
      case '>>':
        return kind === 'u32' ? (a >>> shift) | 0 : a >> shift;
      case '&':
        return a & b;
      case '|':
        return a | b;
      case '^':
        return a ^ b;
      default:
        return compare(operator, a, b);
    }
  }
  const a = BigInt(left);
  const b = BigInt(right);
  switch (operator) {
    case '+':
      return wide(kind, a + b);
    case '-':
      return wide(kind, a - b);
    case '*':
      return wide(kind, a * b);
    case '/':
      return b === 0n ? 'fault.divide' : wide(kind, a / b);
    case '%':
      return b === 0n ? 'fault.divide' : wide(kind, a % b);
    case '<<':
      return wide(kind, a << BigInt.asUintN(6, b));
    case '>>':
      return wide(kind, a >> BigInt.asUintN(6, b));
    case '&':
      return wide(kind, a & b);
    case '|':
      return wide(kind, a | b);
    case '^':
      return wide(kind, a ^ b);
    default:
      return compare(operator, left, right);
  }
}

export function unary(operator: '-' | '~' | '!', kind: ArithmeticKind, value: number): number | Fault {
  if (operator === '!') return value === 0 ? 1 : 0;
  if (kind === 'i64' || kind === 'u64') return wide(kind, operator === '-' ? -BigInt(value) : ~BigInt(value));
  return operator === '-' ? (0 - value) | 0 : ~value;
}

export function convert(from: ValueKind, to: ValueKind, value: number): number | Fault {
  const exact = from === 'u32' || ((from === 'ptr' || from === 'fn') && (to === 'i64' || to === 'u64')) ? value >>> 0 : value;
  switch (to) {
    case 'bool':
      return exact === 0 ? 0 : 1;
    case 'i8':
      return Number(BigInt.asIntN(8, BigInt(exact)));
    case 'u8':
      return Number(BigInt.asUintN(8, BigInt(exact)));
    case 'i16':
      return Number(BigInt.asIntN(16, BigInt(exact)));
    case 'u16':
      return Number(BigInt.asUintN(16, BigInt(exact)));
    case 'i64':
    case 'u64':
      return wide(to, BigInt(exact));
    default:
      return Number(BigInt.asIntN(32, BigInt(exact)));
  }
}

/** The cells of a value, low word first. */
export function toCells(kind: CellKind, value: number): number[] {
  if (kind !== 'i64' && kind !== 'u64') return [value];
  const bits = BigInt.asUintN(64, BigInt(value));
  return [Number(BigInt.asIntN(32, bits)), Number(BigInt.asIntN(32, bits >> 32n))];
}

export function fromCells(kind: CellKind, cells: readonly number[]): number | Fault {
  if (kind !== 'i64' && kind !== 'u64') return cells[0];
  const bits = (BigInt(cells[1]) << 32n) | BigInt(cells[0] >>> 0);
  return safe(kind === 'u64' ? BigInt.asUintN(64, bits) : BigInt.asIntN(64, bits));
}

function wide(kind: 'i64' | 'u64', value: bigint): number | Fault {
  return safe(kind === 'u64' ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value));
}

function safe(value: bigint): number | Fault {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : 'fault.overflow';
}

function compare(operator: '==' | '!=' | '<' | '<=' | '>' | '>=', a: number, b: number): number {
  const holds = { '==': a === b, '!=': a !== b, '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[operator];
  return holds ? 1 : 0;
}
