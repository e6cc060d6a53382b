/** Which length a request needs so that a driver goes on with it: the tests on its way, and the side of each that does more. */
import type { BinaryOperator, Func, Program } from '../ir/program.ts';
import type { Comparison, Test } from './compare.ts';
import { callees, derived, reachableFrom } from './flow.ts';

/** The lengths that come past every test. */
export interface LengthRange {
  readonly least: number;
  /** Absent when none is too long. */
  readonly most?: number;
  readonly not: ReadonlySet<number>;
}

/** Of operators, what holds when they do not. */
const opposite: Readonly<Partial<Record<BinaryOperator, BinaryOperator>>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

/**
 * What lengths come past those tests; where they exclude one another, the longest that any of them wants.
 * @param beyond instructions of a function that a request is meant to come to.
 */
export function lengthRange(
  program: Program,
  tests: readonly Test[],
  beyond: (func: Func) => ReadonlySet<number> | undefined,
): LengthRange {
  let least = 0;
  let most: number | undefined;
  const not = new Set<number>();
  for (const test of tests) {
    const value = test.value >>> 0;
    const holds = wanted(program, test.func, test, beyond(test.func)) ? test.operator : opposite[test.operator];
    if (holds === '!=') not.add(value);
    if (holds === '==' || holds === '>=') least = Math.max(least, value);
    if (holds === '>') least = Math.max(least, value + 1);
    if (holds === '==' || holds === '<=') most = Math.min(most ?? value, value);
    if (holds === '<') most = Math.min(most ?? value, value - 1);
  }
  while (not.has(least)) least++;
  return { least, most: most !== undefined && most < least ? undefined : most, not };
}

/** Whether a length comes past. */
export function isWithin({ least, most, not }: LengthRange, length: number): boolean {
  return length >= least && (most === undefined || length <= most) && !not.has(length);
}

/** What is done only for a request whose length comes past the test; undefined where nothing branches on it. */
export function servedSide(
  program: Program,
  test: Test,
  beyond: ReadonlySet<number> | undefined,
): ReadonlySet<number> | undefined {
  const sides = sidesOf(test.func, test);
  if (sides === undefined) return undefined;
  const [side, other] = wanted(program, test.func, test, beyond) ? [sides.then, sides.otherwise] : [sides.otherwise, sides.then];
  return new Set([...side].filter((at) => !other.has(at)));
}

/** Whether a comparison has to hold for the request to be served: it is refused where less is done. */
function wanted(program: Program, func: Func, test: Comparison, beyond: ReadonlySet<number> | undefined): boolean {
  const usual = !['<', '<=', '!='].includes(test.operator);
  const sides = sidesOf(func, test);
  if (sides === undefined) return usual;
  const { then, otherwise } = sides;
  const reaches = (side: ReadonlySet<number>): boolean => [...(beyond ?? [])].some((at) => side.has(at));
  if (reaches(then) !== reaches(otherwise)) return reaches(then);
  const [more, less] = [weight(program, func, then, otherwise), weight(program, func, otherwise, then)];
  return more === less ? usual : more > less;
}

/** What can follow a comparison that holds, and one that does not; undefined where nothing branches on it. */
function sidesOf(
  func: Func,
  { at }: Comparison,
): { readonly then: ReadonlySet<number>; readonly otherwise: ReadonlySet<number> } | undefined {
  const instr = func.code[at];
  if (instr?.op !== 'binary') return undefined;
  const regs = derived(func, [instr.dst]);
  const branch = func.code.slice(at + 1).find((next) => next.op === 'branch' && regs.has(next.cond));
  if (branch?.op !== 'branch') return undefined;
  return { then: reachableFrom(func, branch.then), otherwise: reachableFrom(func, branch.otherwise) };
}

/** How much is done on one side only: its instructions, and those of the driver's functions that it calls. */
function weight(program: Program, func: Func, side: ReadonlySet<number>, other: ReadonlySet<number>): number {
  const only = [...side].filter((at) => !other.has(at)).flatMap((at) => func.code[at] ?? []);
  const isOwn = ({ origin }: Func): boolean => origin === 'driver';
  const called = callees(
    program,
    only.flatMap((instr) => (instr.op === 'call' ? [instr.func] : [])),
    isOwn,
  );
  return [...called].reduce((sum, id) => {
    const callee = program.funcs[id - 1];
    return sum + (callee !== undefined && isOwn(callee) ? callee.code.length : 0);
  }, only.length);
}
