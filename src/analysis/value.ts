/**
 * Abstract values: what the analysis knows of a register or a cell. A value is a symbol plus an offset; symbol 0 is zero, so that
 * constants, addresses (`Irp + 5`) and counters (`StackCount + 1`) are all of one form and equal ones compare equal.
 */
import type { ArithmeticKind, BinaryOperator, FuncId } from '../ir/program.ts';
import type { LazyMap } from './lazy.ts';

export interface Value {
  readonly base: number;
  readonly offset: number;
}

/** What a path has found out about a symbol: it is `equals`, or it is none of `differs`. */
export interface Fact {
  readonly equals?: number;
  readonly differs?: readonly number[];
}

export type Facts = LazyMap<number, Fact>;

/** How many numbers a symbol is remembered not to be: the cases of a switch soon tell nothing more. */
const maxDiffers = 32;

interface Comparison {
  readonly operator: BinaryOperator;
  readonly kind: ArithmeticKind;
  readonly left: Value;
  readonly right: Value;
}

interface SymbolInfo {
  /** How it came to be, without versions: two loads of one field have one path. */
  readonly path: string;
  /** The address of an object: never null, and another one than any other object's. */
  readonly object?: true;
  /** An object that lives in a frame. */
  readonly local?: true;
  readonly range?: readonly [number, number];
  readonly comparison?: Comparison;
  /** A cancel routine that was taken from an IRP: it gives the cancel spin lock back. */
  readonly cancels?: true;
  /** The object that it was read from. */
  readonly from?: number;
  /** A function pointer read from a field: the driver's routines that are stored into that field somewhere. */
  readonly routines?: readonly FuncId[];
}

export function constant(value: number): Value {
  return { base: 0, offset: value };
}

export const zero = constant(0);
export const one = constant(1);

export function same(a: Value, b: Value): boolean {
  return a.base === b.base && a.offset === b.offset;
}

/** The value with what the path knows put in. */
export function resolve(value: Value, facts: Facts): Value {
  if (value.base === 0) return value;
  const equals = facts.get(value.base)?.equals;
  return equals === undefined ? value : constant((equals + value.offset) | 0);
}

/** All symbols of one analysis, numbered in order of creation. */
export class Symbols {
  private readonly all: SymbolInfo[] = [{ path: '' }];
  private readonly derived = new Map<string, Value>();

  /** A new symbol, different from all others. */
  fresh(info: SymbolInfo): Value {
    this.all.push(info);
    return { base: this.all.length - 1, offset: 0 };
  }

  info(value: Value): SymbolInfo {
    return this.all[value.base];
  }

  /** Whether the symbol is the address of an object in a frame. */
  isLocal(base: number): boolean {
    return this.all[base].local === true;
  }

  path(value: Value): string {
    return value.base === 0 ? String(value.offset) : `${this.all[value.base].path}+${value.offset}`;
  }

  /** The same symbol for the same text, so that the same computation gives the same value. */
  shared(text: string, info: SymbolInfo): Value {
    let value = this.derived.get(text);
    if (value === undefined) {
      value = this.fresh(info);
      this.derived.set(text, value);
    }
    return value;
  }

  /** Least and greatest number it can be; undefined when nothing is known. */
  range(value: Value, facts: Facts): readonly [number, number] | undefined {
    const found = resolve(value, facts);
    if (found.base === 0) return [found.offset, found.offset];
    const range = this.all[found.base].range;
    return range === undefined ? undefined : [range[0] + found.offset, range[1] + found.offset];
  }

  /** `left operator right`, folded as far as the path's facts allow. */
  binary(operator: BinaryOperator, kind: ArithmeticKind, a: Value, b: Value, facts: Facts): Value {
    const left = resolve(a, facts);
    const right = resolve(b, facts);
    if (left.base === 0 && right.base === 0) return this.fold(operator, kind, left.offset, right.offset);
    if (operator === '+' && right.base === 0) return { base: left.base, offset: (left.offset + right.offset) | 0 };
    if (operator === '+' && left.base === 0) return { base: right.base, offset: (left.offset + right.offset) | 0 };
    if (operator === '-' && right.base === 0) return { base: left.base, offset: (left.offset - right.offset) | 0 };
    if (operator === '&' && (same(left, zero) || same(right, zero))) return zero;
    if (!isComparison(operator)) return this.shared(`${operator} ${kind} ${text(left)} ${text(right)}`, { path: '?' });
    const known = this.compare(operator, kind, left, right, facts);
    if (known !== undefined) return known ? one : zero;
    const info = { path: '?', range: [0, 1], comparison: { operator, kind, left, right } } as const;
    return this.shared(`${operator} ${kind} ${text(left)} ${text(right)}`, info);
  }

  /** Adds to the facts that `value`, as a condition, has that truth; false when that cannot be. */
  assume(value: Value, truth: boolean, facts: Facts): boolean {
    const found = resolve(value, facts);
    if (found.base === 0) return (found.offset !== 0) === truth;
    const { comparison } = this.all[found.base];
    if (comparison === undefined || found.offset !== 0) return this.assumeEqual(found, 0, !truth, facts);
    facts.set(found.base, { equals: truth ? 1 : 0 });
    return this.assumeComparison(comparison, truth, facts);
  }

  private assumeComparison({ operator, kind, left, right }: Comparison, truth: boolean, facts: Facts): boolean {
    const a = resolve(left, facts);
    const b = resolve(right, facts);
    const known = this.compare(operator, kind, a, b, facts);
    if (known !== undefined) return known === truth;
    if (operator !== '==' && operator !== '!=') return true;
    const equal = (operator === '==') === truth;
    if (b.base === 0) return this.assumeEqual(a, b.offset, equal, facts);
    if (a.base === 0) return this.assumeEqual(b, a.offset, equal, facts);
    // Of two symbols nothing but the comparison itself is kept, and its negation.
    const negated = this.derived.get(`${operator === '==' ? '!=' : '=='} ${kind} ${text(left)} ${text(right)}`);
    if (negated !== undefined) facts.set(negated.base, { equals: truth ? 0 : 1 });
    return true;
  }

  private assumeEqual(value: Value, number: number, equal: boolean, facts: Facts): boolean {
    const wanted = (number - value.offset) | 0;
    const { comparison, object, range } = this.all[value.base];
    const before = facts.get(value.base)?.differs ?? [];
    if (comparison !== undefined && (wanted === 0 || wanted === 1))
      return this.assume({ base: value.base, offset: 0 }, equal === (wanted === 1), facts);
    if (equal) {
      if (object === true || before.includes(wanted) || (range !== undefined && (wanted < range[0] || wanted > range[1])))
        return false;
      facts.set(value.base, { equals: wanted });
      return true;
    }
    if (range !== undefined && range[1] - range[0] === 1 && (wanted === range[0] || wanted === range[1])) {
      const other = wanted === range[0] ? range[1] : range[0];
      if (before.includes(other)) return false;
      facts.set(value.base, { equals: other });
    } else if (!before.includes(wanted) && before.length < maxDiffers) facts.set(value.base, { differs: [...before, wanted] });
    return true;
  }

  /** The truth of a comparison of two resolved values, where it is known. */
  private compare(operator: BinaryOperator, kind: ArithmeticKind, left: Value, right: Value, facts: Facts): boolean | undefined {
    if (left.base === right.base && (left.base === 0 || operator === '==' || operator === '!=')) {
      return this.fold(operator, kind, left.offset, right.offset).offset !== 0;
    }
    if (operator === '==' || operator === '!=') {
      return this.differ(left, right, facts) ? operator === '!=' : undefined;
    }
    const a = this.range(left, facts);
    const b = this.range(right, facts);
    if (a === undefined || b === undefined || a[0] < 0 || b[0] < 0) return undefined;
    if (operator === '<') return a[1] < b[0] ? true : a[0] >= b[1] ? false : undefined;
    if (operator === '<=') return a[1] <= b[0] ? true : a[0] > b[1] ? false : undefined;
    if (operator === '>') return a[0] > b[1] ? true : a[1] <= b[0] ? false : undefined;
    return a[0] >= b[1] ? true : a[1] < b[0] ? false : undefined;
  }

  /** Whether the value is known to be another one than that number. */
  excludes(value: Value, number: number, facts: Facts): boolean {
    const found = resolve(value, facts);
    return found.base === 0 ? found.offset !== number : this.differ(found, constant(number), facts);
  }

  /** Whether nothing is known of what a comparison compares. */
  isVague(condition: Value, facts: Facts): boolean {
    const { comparison } = this.all[condition.base];
    return (
      comparison !== undefined &&
      (this.range(comparison.left, facts) === undefined || this.range(comparison.right, facts) === undefined)
    );
  }

  /** The objects whose contents decide on a condition. */
  decidedBy(condition: Value, depth = 0): readonly number[] {
    const { comparison, from } = this.all[condition.base];
    if (from !== undefined) return [from];
    if (comparison === undefined || depth > 4) return [];
    return [...this.decidedBy(comparison.left, depth + 1), ...this.decidedBy(comparison.right, depth + 1)];
  }

  private differ(left: Value, right: Value, facts: Facts): boolean {
    if (left.base !== 0 && right.base !== 0) return this.all[left.base].object === true && this.all[right.base].object === true;
    const [symbol, number] = left.base === 0 ? [right, left.offset] : [left, right.offset];
    const { object, range } = this.all[symbol.base];
    const wanted = (number - symbol.offset) | 0;
    if (object === true || (facts.get(symbol.base)?.differs ?? []).includes(wanted)) return true;
    return range !== undefined && (wanted < range[0] || wanted > range[1]);
  }

  private fold(operator: BinaryOperator, kind: ArithmeticKind, a: number, b: number): Value {
    const unsigned = kind === 'u32';
    const left = unsigned ? a >>> 0 : a;
    const right = unsigned ? b >>> 0 : b;
    const wide = kind === 'i64' || kind === 'u64';
    const number = (value: number): Value => constant(wide ? value : value | 0);
    // Bits of 64-bit values are taken where the upper half is zero in both.
    const narrow = !wide || (a === a >>> 0 && b === b >>> 0 && a <= 0x7fffffff && b <= 0x7fffffff);
    switch (operator) {
      case '==':
        return a === b ? one : zero;
      case '!=':
        return a !== b ? one : zero;
      case '<':
        return left < right ? one : zero;
      case '<=':
        return left <= right ? one : zero;
      case '>':
        return left > right ? one : zero;
      case '>=':
        return left >= right ? one : zero;
      case '+':
        return number(left + right);
      case '-':
        return number(left - right);
      case '*':
        return wide ? number(left * right) : constant(Math.imul(a, b));
      case '/':
        return right === 0 ? this.fresh({ path: '?' }) : number(Math.trunc(left / right));
      case '%':
        return right === 0 ? this.fresh({ path: '?' }) : number(left % right);
      case '<<':
        return wide ? this.fresh({ path: '?' }) : constant(a << b);
      case '>>':
        return wide ? this.fresh({ path: '?' }) : constant(unsigned ? (left >>> b) | 0 : a >> b);
      case '&':
        return narrow ? constant(a & b) : this.fresh({ path: '?' });
      case '|':
        return narrow ? constant(a | b) : this.fresh({ path: '?' });
      case '^':
        return narrow ? constant(a ^ b) : this.fresh({ path: '?' });
    }
  }
}

function isComparison(operator: BinaryOperator): boolean {
  return operator === '==' || operator === '!=' || operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
}

function text(value: Value): string {
  return `${value.base}:${value.offset}`;
}
