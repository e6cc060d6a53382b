/**
 * The ways of exceptions: behind each call that may come back with one, a jump to the landing of the try block around it, or out of the function;
 * and before each access of a driver's that has a handler around it, the question whether it raises. Which those are only shows when all functions
 * are lowered.
 */
import { definedBy } from '../ir/flow.ts';
import type { Func, FuncId, Instr, InstrRange, Place, Reg } from '../ir/program.ts';

const STATUS_ACCESS_VIOLATION = 0xc0000005 | 0;

/** Where an exception goes that comes out of an instruction. */
export interface Exit {
  /** The instruction that takes it; out of the function when there is none. */
  readonly landing: number | undefined;
  /** A handler is around it, in this function. */
  readonly handled: boolean;
  /** Of an exception raised again behind a finally block: the instruction that took it. */
  readonly takenAt: number | undefined;
}

/** A function, and for each of its instructions the way out. */
export interface Lowered {
  readonly func: Func;
  readonly exits: readonly Exit[];
}

/** The functions with those jumps. */
export function unwinding(lowered: readonly Lowered[]): Func[] {
  // Without a handler anywhere, what is raised goes nowhere.
  if (!lowered.some(({ exits }) => exits.some(({ handled }) => handled))) return lowered.map(({ func }) => func);
  const asking = askingInstrs(lowered);
  const raising = raisingInstrs(lowered, asking);
  return lowered.map((one) => withJumps(one, raising.get(one.func.id) ?? new Set(), asking.get(one.func.id) ?? new Map()));
}

/** By instruction, the registers with the addresses it accesses. */
type Asking = ReadonlyMap<number, readonly Reg[]>;

/** By function, the accesses of drivers that have a handler around them, in whatever function. */
function askingInstrs(lowered: readonly Lowered[]): Map<FuncId, Asking> {
  const under = underHandlers(lowered);
  const asking = new Map<FuncId, Asking>();
  for (const { func, exits } of lowered) {
    if (func.origin !== 'driver' && !(func.origin === 'kernel' && func.inline)) continue;
    const own = ownMemory(func);
    const found = new Map<number, readonly Reg[]>();
    func.code.forEach((instr, at) => {
      const addresses = exits[at].handled || under.has(func.id) ? accessed(func, instr).filter((reg) => !own.has(reg)) : [];
      if (addresses.length > 0) found.set(at, addresses);
    });
    if (found.size > 0) asking.set(func.id, found);
  }
  return asking;
}

/** The functions that are called where a handler is around, or by such. */
function underHandlers(lowered: readonly Lowered[]): ReadonlySet<FuncId> {
  const under = new Set<FuncId>();
  const work = lowered.map((one) => ({ ...one, all: false }));
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { func, exits, all } = next;
    func.code.forEach((instr, at) => {
      if (!all && !exits[at].handled) return;
      const callees =
        instr.op === 'call'
          ? [lowered[instr.func - 1]]
          : instr.op === 'callptr' && func.origin === 'driver'
            ? lowered.filter((one) => one.func.origin === 'driver' && one.func.params === instr.args.length)
            : [];
      for (const callee of callees) {
        if (callee === undefined || under.has(callee.func.id)) continue;
        under.add(callee.func.id);
        work.push({ ...callee, all: true });
      }
    });
  }
  return under;
}

function accessed(func: Func, instr: Instr): readonly Reg[] {
  if (instr.op === 'load' || instr.op === 'store') return func.origin === 'driver' ? [instr.base] : [];
  if (instr.op !== 'intrinsic') return [];
  switch (instr.name) {
    case 'copy':
      return instr.args.slice(0, 2);
    case 'zero':
    case 'exchange':
    case 'compareExchange':
    case 'exchangeAdd':
      return instr.args.slice(0, 1);
    default:
      return [];
  }
}

/** Registers that hold the address of a global or of an object in the frame. */
function ownMemory({ code }: Func): ReadonlySet<Reg> {
  const own = new Set(code.flatMap((instr) => (instr.op === 'local' || instr.op === 'global' ? [instr.dst] : [])));
  for (const instr of code) {
    const defined = definedBy(instr);
    if (defined !== undefined && instr.op !== 'local' && instr.op !== 'global') own.delete(defined);
  }
  return own;
}

/** By function, the instructions out of which an exception can come; the least solution over all functions. */
function raisingInstrs(lowered: readonly Lowered[], asking: ReadonlyMap<FuncId, Asking>): Map<FuncId, ReadonlySet<number>> {
  const raising = new Map<FuncId, ReadonlySet<number>>();
  const letOut = new Set<FuncId>();
  const candidates = lowered.filter(
    ({ func }) =>
      asking.has(func.id) || func.code.some((instr) => instr.op === 'call' || instr.op === 'callptr' || isRaise(instr)),
  );
  for (let changed = true; changed; ) {
    changed = false;
    // What anybody else calls through a pointer is a routine of the driver's, and no exception leaves that.
    const throughPointers = new Set(lowered.flatMap(({ func }) => (letOut.has(func.id) ? [func.params] : [])));
    const mayRaise = (func: Func, instr: Instr): boolean =>
      isRaise(instr) ||
      (instr.op === 'call' && letOut.has(instr.func)) ||
      (instr.op === 'callptr' &&
        (func.origin === 'driver' || func.origin === 'device') &&
        throughPointers.has(instr.args.length));
    for (const one of candidates) {
      const asks = asking.get(one.func.id);
      const found = raisingIn(one, (func, instr, at) => asks?.has(at) === true || mayRaise(func, instr));
      if (found.size === 0) continue;
      raising.set(one.func.id, found);
      if (letOut.has(one.func.id) || ![...found].some((at) => one.exits[at].landing === undefined)) continue;
      letOut.add(one.func.id);
      changed = true;
    }
  }
  return raising;
}

function raisingIn({ func, exits }: Lowered, mayRaise: (func: Func, instr: Instr, at: number) => boolean): Set<number> {
  const found = new Set<number>();
  const landed = new Set<number>();
  for (let changed = true; changed; ) {
    changed = false;
    func.code.forEach((instr, at) => {
      const { landing, takenAt } = exits[at];
      if (found.has(at) || !mayRaise(func, instr, at) || (takenAt !== undefined && !landed.has(takenAt))) return;
      found.add(at);
      if (landing !== undefined) landed.add(landing);
      changed = true;
    });
  }
  return found;
}

function isRaise(instr: Instr): boolean {
  return instr.op === 'intrinsic' && instr.name === 'raiseException';
}

function withJumps({ func, exits }: Lowered, raising: ReadonlySet<number>, asking: Asking): Func {
  if (raising.size === 0 && !exits.some(({ handled }) => handled)) return func;
  const code: (() => Instr)[] = [];
  const places: Place[] = [];
  const registers = [...func.registers];
  /** Where each of the function's own instructions stands now. */
  const moved: number[] = [];
  const handled: InstrRange[] = [];
  let pending: Reg | undefined;
  let end = 0;
  /** Where access violations are raised: by landing those that are handled here, and of each instruction those that are not. */
  const violations = new Map<string, { at: number; readonly exit: Exit; readonly place: Place }>();
  const push = (place: Place, make: () => Instr): number => {
    places.push(place);
    return code.push(make) - 1;
  };
  /** What was emitted from `start` on has a handler around it, or not. */
  const noted = (start: number, isHandled: boolean): void => {
    if (!isHandled) return;
    const before = handled.at(-1)?.end === start ? handled.pop() : undefined;
    handled.push({ start: before?.start ?? start, end: code.length });
  };
  const target = (landing: number | undefined): number => (landing === undefined ? end : moved[landing]);
  func.code.forEach((instr, at) => {
    const place = func.places[at];
    const start = code.length;
    moved.push(start);
    const { landing } = exits[at];
    for (const address of asking.get(at) ?? []) {
      pending ??= registers.push({ kind: 'bool' }) - 1;
      const cond = pending;
      // Where no handler may be around, it is reported there.
      const key = exits[at].handled ? `to ${landing}` : `of ${at}`;
      const violation = violations.get(key) ?? { at: 0, exit: exits[at], place };
      violations.set(key, violation);
      const asked = push(place, () => ({ op: 'intrinsic', name: 'userFault', dst: cond, args: [address] }));
      push(place, () => ({ op: 'branch', cond, then: violation.at, otherwise: asked + 2 }));
    }
    const now = push(place, () => retargeted(instr, moved));
    if (raising.has(at) && isRaise(instr)) push(place, () => ({ op: 'jump', target: target(landing) }));
    else if (raising.has(at) && !asking.has(at)) {
      pending ??= registers.push({ kind: 'bool' }) - 1;
      const cond = pending;
      push(place, () => ({ op: 'intrinsic', name: 'exceptionPending', dst: cond, args: [] }));
      push(place, () => ({ op: 'branch', cond, then: target(landing), otherwise: now + 3 }));
    }
    noted(start, exits[at].handled);
  });
  for (const violation of violations.values()) {
    const { exit, place } = violation;
    const status = registers.push({ kind: 'i32' }) - 1;
    violation.at = push(place, () => ({ op: 'const', dst: status, value: STATUS_ACCESS_VIOLATION }));
    push(place, () => ({ op: 'intrinsic', name: 'raiseException', args: [status] }));
    push(place, () => ({ op: 'jump', target: target(exit.landing) }));
    noted(violation.at, exit.handled);
  }
  end = code.length;
  if ([...raising].some((at) => exits[at].landing === undefined)) {
    const { file, end: stop } = func.place;
    const place = { file, start: stop - 1, end: stop };
    if (func.result === undefined) push(place, () => ({ op: 'return' }));
    else {
      const src = registers.push({ kind: func.result }) - 1;
      push(place, () => ({ op: 'const', dst: src, value: 0 }));
      push(place, () => ({ op: 'return', src }));
    }
  }
  return { ...func, registers, code: code.map((make) => make()), places, ...(handled.length === 0 ? {} : { handled }) };
}

function retargeted(instr: Instr, moved: readonly number[]): Instr {
  if (instr.op === 'jump') return { ...instr, target: moved[instr.target] };
  return instr.op === 'branch' ? { ...instr, then: moved[instr.then], otherwise: moved[instr.otherwise] } : instr;
}
