/**
 * A program in which a context stops before each statement. The machine stops at visible instructions only, and keeps of a routine's variables those
 * that are still needed: too little to step by. So each statement gets an instruction in front that the machine stops at, that does nothing, and
 * that uses the variables of the routine as far as they have values. What the program does stays the same.
 */
import { liveness } from '../engine/liveness.ts';
import { definedBy, successors } from '../ir/flow.ts';
import type { Func, FuncId, Instr, Place, Program, Reg } from '../ir/program.ts';
import { createLines, type Lines } from './lines.ts';

/** The program to run, and what its instructions are in the program it was made from. */
export interface Stepped {
  readonly program: Program;
  /** Whether the instruction is one of those in front of a statement. */
  isStatement(func: FuncId, pc: number): boolean;
  /** The instruction in the program it was made from. */
  original(func: FuncId, pc: number): number;
  /** Places of the statements of a file, in order. */
  statementsIn(file: number): readonly Place[];
  readonly lines: Lines;
}

/** Puts a stop in front of every statement of every routine. */
export function stepped(program: Program): Stepped {
  const lines = createLines(program);
  const made = program.funcs.map((func) => withStops(func, lines));
  return {
    program: { ...program, funcs: made.map(({ func }) => func) },
    isStatement: (func, pc) => made[func - 1]?.stops[pc] === true,
    original: (func, pc) => made[func - 1]?.original[pc] ?? pc,
    statementsIn: (file) =>
      made
        .flatMap(({ func, stops }) => func.places.filter((place, pc) => stops[pc] && place.file === file))
        .sort((a, b) => a.start - b.start),
    lines,
  };
}

interface Made {
  readonly func: Func;
  /** By instruction. */
  readonly stops: readonly boolean[];
  readonly original: readonly number[];
}

function withStops(func: Func, lines: Lines): Made {
  if (func.code.length === 0) return { func, stops: [], original: [] };
  const begins = statementStarts(func, lines);
  const assigned = assignedBefore(func);
  const shown = shownRegisters(func);
  const code: Instr[] = [];
  const places: Place[] = [];
  const stops: boolean[] = [];
  const original: number[] = [];
  const movedTo: number[] = [];
  const put = (instr: Instr, at: number, stop: boolean): void => {
    code.push(instr);
    places.push(func.places[at] ?? func.place);
    stops.push(stop);
    original.push(at);
  };
  func.code.forEach((instr, at) => {
    movedTo.push(code.length);
    // Where a pageable routine is entered its first instruction is looked at, each time it is come to.
    if (at === 0 && func.paged) put({ op: 'const', dst: func.registers.length, value: 0 }, 0, true);
    if (begins[at]) {
      const args = shown.filter((reg) => assigned[at]?.has(reg));
      put({ op: 'intrinsic', name: 'processor', args }, at, true);
    }
    put(instr, at, false);
  });
  movedTo.push(code.length);
  return {
    func: {
      ...func,
      registers: func.paged ? [...func.registers, { kind: 'i32' }] : func.registers,
      code: code.map((instr) => retargeted(instr, movedTo)),
      places,
      ...(func.handled === undefined
        ? {}
        : { handled: func.handled.map(({ start, end }) => ({ start: movedTo[start], end: movedTo[end] })) }),
    },
    stops,
    original,
  };
}

function retargeted(instr: Instr, movedTo: readonly number[]): Instr {
  if (instr.op === 'jump') return { ...instr, target: movedTo[instr.target] };
  if (instr.op === 'branch') return { ...instr, then: movedTo[instr.then], otherwise: movedTo[instr.otherwise] };
  return instr;
}

/**
 * Which instructions a statement begins with: those on another line than one that control comes from, except where an expression around it goes on.
 */
function statementStarts(func: Func, lines: Lines): boolean[] {
  const { code, places } = func;
  const from: number[][] = code.map(() => []);
  code.forEach((instr, at) => {
    for (const next of successors(instr, at)) from[next]?.push(at);
  });
  /** Those that control comes from, looking through jumps, whose places are whole blocks. */
  const comesFrom = (at: number, seen: Set<number>): number[] =>
    from[at].flatMap((before) => {
      if (code[before].op !== 'jump') return [before];
      if (seen.has(before)) return [];
      seen.add(before);
      return comesFrom(before, seen);
    });
  return code.map((instr, at) => {
    if (at === 0) return true;
    if (instr.op === 'jump' || goesTogether(code, at)) return false;
    const here = places[at];
    return comesFrom(at, new Set()).some(
      (before) => lines.lineOf(places[before]) !== lines.lineOf(here) && !contains(here, places[before]),
    );
  });
}

/** Whether the machine looks at this instruction and the one before together: a copy, and an access to user memory with the question whether it raises. */
function goesTogether(code: readonly Instr[], at: number): boolean {
  const [asked, before, instr] = [code[at - 2], code[at - 1], code[at]];
  if (before?.op === 'load' && instr.op === 'store' && instr.src === before.dst) return true;
  return [asked, before].some((one) => one?.op === 'intrinsic' && one.name === 'userFault');
}

function contains(outer: Place, inner: Place): boolean {
  return outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end;
}

/** The registers that are variables. Not those that take what a call gives and nobody asks for: the machine looks at whether somebody does. */
function shownRegisters(func: Func): Reg[] {
  const { after } = liveness(func);
  const ignored = new Set<Reg>();
  func.code.forEach((instr, at) => {
    if (instr.op === 'call' && instr.dst !== undefined && !after[at].includes(instr.dst)) ignored.add(instr.dst);
  });
  return func.registers.flatMap(({ name }, reg) => (name === undefined || ignored.has(reg) ? [] : [reg]));
}

/** By instruction, the registers that have a value on every way there; undefined where there is no way. */
function assignedBefore(func: Func): (ReadonlySet<Reg> | undefined)[] {
  const before: (Set<Reg> | undefined)[] = func.code.map(() => undefined);
  before[0] = new Set(Array.from({ length: func.params }, (_, reg) => reg));
  const waiting = [0];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const after = new Set(before[at]);
    const defined = definedBy(func.code[at]);
    if (defined !== undefined) after.add(defined);
    for (const next of successors(func.code[at], at)) {
      const known = before[next];
      const both = known === undefined ? after : new Set([...known].filter((reg) => after.has(reg)));
      if (next >= func.code.length || (known !== undefined && both.size === known.size)) continue;
      before[next] = new Set(both);
      waiting.push(next);
    }
  }
  return before;
}
