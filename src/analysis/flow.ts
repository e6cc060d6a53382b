/** What is read off a function or the whole program before it is interpreted: where paths meet, which registers live there, who is stored where. */
import type { EventName } from '../ir/events.ts';
import { events } from '../ir/events.ts';
import { definedBy, successors, usedBy } from '../ir/flow.ts';
import type { Func, FuncId, Instr, Program, Reg, TypeId } from '../ir/program.ts';

export interface Flow {
  /** More than one path leads to the instruction, or the rounds of a loop do. */
  readonly joins: readonly boolean[];
  /** `live[at]`: registers read before they are written from there on; only where paths meet. */
  readonly live: ReadonlyMap<number, readonly Reg[]>;
  /** The loops, by the instruction that a later one leads back to. */
  readonly loops: ReadonlyMap<number, Loop>;
}

/** The instructions from the beginning of a loop to the last one that leads back there. */
export interface Loop {
  /** Registers that it writes. */
  readonly written: ReadonlySet<Reg>;
  /** Of these the ones to which each round only adds something. */
  readonly counters: ReadonlySet<Reg>;
  /** Its branches of which one way leads back to where it begins, and the other does not. */
  readonly leaves: readonly number[];
  /** Of one that only looks for something in a table, so that nothing is written in it but registers, and nothing called: the registers that number the entries. */
  readonly search: ReadonlySet<Reg> | undefined;
}

/** Joins and liveness of one function. */
export function flowOf(func: Func): Flow {
  const { code } = func;
  const entries = new Array<number>(code.length).fill(0);
  code.forEach((instr, at) => {
    for (const next of successors(instr, at)) if (next < code.length) entries[next]++;
  });
  const joins = entries.map((count, at) => count > 1 || (at === 0 && count > 0));
  for (const exit of exitsOf(code)) joins[exit] = true;
  const live = code.map(() => new Set<Reg>());
  let changed = true;
  while (changed) {
    changed = false;
    for (let at = code.length - 1; at >= 0; at--) {
      const here = live[at];
      const before = here.size;
      const written = definedBy(code[at]);
      for (const next of successors(code[at], at)) {
        for (const reg of live[next] ?? []) if (reg !== written) here.add(reg);
      }
      for (const reg of usedBy(code[at])) here.add(reg);
      if (here.size !== before) changed = true;
    }
  }
  const kept = new Map<number, readonly Reg[]>();
  joins.forEach((join, at) => {
    if (join)
      kept.set(
        at,
        [...live[at]].sort((a, b) => a - b),
      );
  });
  return { joins, live: kept, loops: loopsOf(code) };
}

/** Where loops begin, with their last instructions. */
function endsOf(code: readonly Instr[]): Map<number, number> {
  const ends = new Map<number, number>();
  code.forEach((instr, at) => {
    for (const next of successors(instr, at)) if (next <= at) ends.set(next, at);
  });
  return ends;
}

/** Where loops lead on to: all rounds are to be over before a path goes on from there. */
function exitsOf(code: readonly Instr[]): Set<number> {
  const exits = new Set<number>();
  for (const [start, end] of endsOf(code)) {
    for (let at = start; at <= end; at++) {
      for (const next of successors(code[at], at)) if (next < code.length && (next < start || next > end)) exits.add(next);
    }
  }
  return exits;
}

function loopsOf(code: readonly Instr[]): Map<number, Loop> {
  return new Map([...endsOf(code)].map(([start, end]) => [start, loopOf(code, start, end)]));
}

function loopOf(code: readonly Instr[], start: number, end: number): Loop {
  const body = code.slice(start, end + 1);
  const written = new Map<Reg, Instr[]>();
  for (const instr of body) {
    const reg = definedBy(instr);
    if (reg !== undefined) written.set(reg, [...(written.get(reg) ?? []), instr]);
  }
  const back = leadingBack(code, start, end);
  const leaves = [...back].filter((at) => code[at]?.op === 'branch' && successors(code[at], at).some((next) => !back.has(next)));
  const numbering = new Set(body.flatMap((instr) => (instr.op === 'element' ? [instr.index] : [])));
  return {
    written: new Set(written.keys()),
    counters: new Set([...written.keys()].filter((reg) => isCounter(reg, written))),
    leaves,
    search: numbering.size === 0 || body.some(acts) ? undefined : numbering,
  };
}

/** The instructions of a loop from which a path within it leads back to its beginning: a `break` stands among them, and does not. */
function leadingBack(code: readonly Instr[], start: number, end: number): ReadonlySet<number> {
  const back = new Set([start]);
  for (let before = 0; before !== back.size; ) {
    before = back.size;
    for (let at = end; at > start; at--) if (successors(code[at], at).some((next) => back.has(next))) back.add(at);
  }
  return back;
}

/** Whether all that is written to the register is itself with something added to it or taken from it. */
function isCounter(counter: Reg, written: ReadonlyMap<Reg, readonly Instr[]>): boolean {
  const isItself = (instr: Instr, depth: number): boolean => {
    switch (instr.op) {
      case 'move':
      case 'convert':
        return comesFromIt(instr.src, depth + 1);
      case 'binary':
        return (instr.operator === '+' || instr.operator === '-') && comesFromIt(instr.left, depth + 1);
      default:
        return false;
    }
  };
  const comesFromIt = (reg: Reg, depth: number): boolean => {
    if (reg === counter) return true;
    const [only, other] = written.get(reg) ?? [];
    return only !== undefined && other === undefined && depth < written.size && isItself(only, depth);
  };
  return (written.get(counter) ?? []).every((instr) => isItself(instr, 0));
}

function acts({ op }: Instr): boolean {
  return op === 'store' || op === 'call' || op === 'callptr' || op === 'intrinsic';
}

/** The driver's functions that a routine may lead to: those it names, called or handed on. */
export function reachedFrom(program: Program, func: Func): Set<FuncId> {
  const seen = new Set<FuncId>();
  const work = [func.id];
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (seen.has(id) || program.funcs[id - 1]?.origin !== 'driver') continue;
    seen.add(id);
    for (const instr of program.funcs[id - 1].code) if (instr.op === 'call' || instr.op === 'func') work.push(instr.func);
  }
  return seen;
}

/** Whether a routine may send IRPs that come back to a completion routine of the driver's. */
export function sendsBack(program: Program, func: Func): boolean {
  return [...reachedFrom(program, func)].some((id) =>
    program.funcs[id - 1].code.some(
      (instr) => instr.op === 'func' && program.funcs[instr.func - 1]?.role === 'IO_COMPLETION_ROUTINE',
    ),
  );
}

/** `type:offset` of a struct field -> the driver's routines whose address is stored into it, by the driver or by a model it hands them to. */
export type StoredRoutines = ReadonlyMap<string, readonly FuncId[]>;

export function fieldKey(type: TypeId, offset: number): string {
  return `${type}:${offset}`;
}

/** Flow-insensitive; arguments carry routines into the functions that are called. */
export function storedRoutines(program: Program): StoredRoutines {
  const held = program.funcs.map(() => new Map<Reg, Set<FuncId>>());
  const stored = new Map<string, Set<FuncId>>();
  const work = program.funcs.filter((func) => func.origin === 'driver');
  const add = (func: Func, reg: Reg, routines: Iterable<FuncId>): boolean => {
    const registers = held[func.id - 1];
    const set = registers.get(reg) ?? new Set();
    const before = set.size;
    for (const routine of routines) set.add(routine);
    if (set.size > 0) registers.set(reg, set);
    return set.size !== before;
  };
  for (let next: Func | undefined = work.pop(); next !== undefined; next = work.pop()) {
    const func: Func = next;
    const registers = held[func.id - 1];
    let again = true;
    while (again) {
      again = false;
      for (const instr of func.code) {
        if (instr.op === 'func') {
          if (program.funcs[instr.func - 1]?.origin === 'driver' && add(func, instr.dst, [instr.func])) again = true;
        } else if (instr.op === 'move' || instr.op === 'convert') {
          if (add(func, instr.dst, registers.get(instr.src) ?? [])) again = true;
        } else if (instr.op === 'store' && instr.kind === 'fn') {
          const key = fieldKey(instr.type, instr.offset);
          const set = stored.get(key) ?? new Set();
          for (const routine of registers.get(instr.src) ?? []) set.add(routine);
          stored.set(key, set);
        } else if (instr.op === 'call') {
          const callee = program.funcs[instr.func - 1];
          if (callee === undefined) continue;
          let entered = false;
          instr.args.forEach((arg, index) => {
            if (add(callee, index, registers.get(arg) ?? [])) entered = true;
          });
          if (entered && callee !== func) work.push(callee);
          if (entered && callee === func) again = true;
        }
      }
    }
  }
  return new Map([...stored].map(([key, set]) => [key, [...set].sort((a, b) => a - b)]));
}

/** Whether a function that the driver can call raises that event. */
export function canRaise(program: Program, event: string): boolean {
  const seen = new Set<FuncId>();
  const work = program.funcs.filter((func) => func.origin === 'driver').map((func) => func.id);
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const instr of program.funcs[id - 1]?.code ?? []) {
      if (instr.op === 'call') work.push(instr.func);
      if (instr.op === 'intrinsic' && instr.name === 'event' && instr.text === event) return true;
    }
  }
  return false;
}

const harmless: ReadonlySet<string> = new Set(['event', 'zero', 'free', 'retire', 'atomicBegin', 'atomicEnd']);

/**
 * Whether a function of the kernel only deals with IRPs that it finds by itself, as one does that finishes what was completed for a thread: it is given none,
 * gives nothing back, and runs nothing of the driver's. So do other contexts at any time.
 */
export function actsElsewhere(program: Program, func: Func): boolean {
  const irp = program.types.find((type) => type.kind === 'struct' && type.subject === 'irp')?.id;
  const isGivenIrp = func.registers.slice(0, func.params).some(({ pointee }) => pointee === irp);
  if (func.origin !== 'kernel' || func.result !== undefined || isGivenIrp) return false;
  const seen = new Set([func]);
  let finishes = false;
  for (const { code, origin } of seen) {
    if (origin !== 'kernel') return false;
    for (const instr of code) {
      if (instr.op === 'callptr' || instr.op === 'func') return false;
      if (instr.op === 'intrinsic' && !harmless.has(instr.name)) return false;
      if (instr.op === 'intrinsic' && instr.name === 'event') {
        if (!isOfIrp(instr.text ?? '')) return false;
        finishes = true;
      }
      const callee = instr.op === 'call' ? program.funcs[instr.func - 1] : undefined;
      if (callee !== undefined) seen.add(callee);
    }
  }
  return finishes;
}

function isOfIrp(event: string): boolean {
  return Object.hasOwn(events, event) && events[event as EventName].subject === 'irp';
}
