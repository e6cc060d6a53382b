/**
 * Runs one function of the IR that neither touches memory nor calls: an independent reading of what the arithmetic instructions
 * mean, by BigInt, for comparing the compiler with a C compiler.
 */
import type { CellKind, Func } from '../../src/ir/program.ts';

/** The mathematical result, or the fault that stopped it. */
export type Evaluated = { readonly value: bigint } | { readonly fault: 'divide' | 'overflow' };

class Fault extends Error {
  constructor(readonly fault: 'divide' | 'overflow') {
    super(fault);
  }
}

/** `args` are mathematical values of the parameters' kinds. */
export function evaluate(func: Func, args: readonly bigint[]): Evaluated {
  try {
    return { value: run(func, args) };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.fault };
    throw error;
  }
}

function run(func: Func, args: readonly bigint[]): bigint {
  const registers = func.registers.map((_, index) => args[index] ?? 0n);
  const get = (register: number, kind: CellKind): bigint => wrap(registers[register], kind);
  for (let at = 0, steps = 0; steps < 10_000; steps++) {
    const instr = func.code[at++];
    switch (instr.op) {
      case 'const':
        registers[instr.dst] = BigInt(instr.value);
        break;
      case 'move':
        registers[instr.dst] = registers[instr.src];
        break;
      case 'convert':
        registers[instr.dst] =
          instr.to === 'bool' ? (registers[instr.src] === 0n ? 0n : 1n) : kept(get(instr.src, instr.from), instr.to);
        break;
      case 'binary':
        registers[instr.dst] = binary(instr.operator, instr.kind, get(instr.left, instr.kind), get(instr.right, instr.kind));
        break;
      case 'unary':
        registers[instr.dst] = unary(instr.operator, instr.kind, get(instr.src, instr.kind));
        break;
      case 'jump':
        at = instr.target;
        break;
      case 'branch':
        at = registers[instr.cond] === 0n ? instr.otherwise : instr.then;
        break;
      case 'return':
        return instr.src === undefined ? 0n : get(instr.src, func.result ?? 'i32');
      default:
        throw new Error(`${instr.op} is no straight-line instruction`);
    }
  }
  throw new Error('does not end');
}

function binary(operator: string, kind: CellKind, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return kept(left + right, kind);
    case '-':
      return kept(left - right, kind);
    case '*':
      return kept(left * right, kind);
    case '/':
      return kept(left / nonZero(right), kind);
    case '%':
      return kept(left % nonZero(right), kind);
    case '&':
      return kept(left & right, kind);
    case '|':
      return kept(left | right, kind);
    case '^':
      return kept(left ^ right, kind);
    case '<<':
      return kept(left << right, kind);
    case '>>':
      return kept(left >> right, kind);
    case '==':
      return left === right ? 1n : 0n;
    case '!=':
      return left !== right ? 1n : 0n;
    case '<':
      return left < right ? 1n : 0n;
    case '<=':
      return left <= right ? 1n : 0n;
    case '>':
      return left > right ? 1n : 0n;
    case '>=':
      return left >= right ? 1n : 0n;
    default:
      throw new Error(operator);
  }
}

function unary(operator: string, kind: CellKind, value: bigint): bigint {
  if (operator === '!') return value === 0n ? 1n : 0n;
  return kept(operator === '-' ? -value : ~value, kind);
}

function nonZero(value: bigint): bigint {
  if (value === 0n) throw new Fault('divide');
  return value;
}

/** Wrapped to the kind; 64-bit values must stay within 53 bits. */
function kept(value: bigint, kind: CellKind): bigint {
  const wrapped = wrap(value, kind);
  if (kind.endsWith('64') && (wrapped > 9007199254740991n || wrapped < -9007199254740991n)) throw new Fault('overflow');
  return wrapped;
}

function wrap(value: bigint, kind: CellKind): bigint {
  if (kind === 'bool') return value;
  const bits = kind === 'ptr' || kind === 'fn' ? 32 : Number(kind.slice(1));
  return kind.startsWith('u') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
}
