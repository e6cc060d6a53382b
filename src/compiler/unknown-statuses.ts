/**
 * What becomes of the status that a routine without a model gives. A status is passed on in every driver, so it is followed through calls,
 * results, fields and variables, by type and offset and not by object: what is found is what some run may compare it with, or more.
 */
import { signatureOf, statusValue } from '../facts/signatures.ts';
import type { Func, FuncId, Instr, Program, Reg, ValueKind } from '../ir/program.ts';
import { bits, keepsValue } from './instructions.ts';
import { type At, createMemoryIndex, type MemoryIndex } from './memory-index.ts';

/** Statuses are unsigned here, 0xC0000022 and not -1073741790. */
export interface StatusUses {
  /** Statuses that it is compared with for equality. */
  readonly same: Set<number>;
  /** Where stretches begin that comparisons by size, or of the severity, tell apart. */
  readonly cuts: Set<number>;
  /** Routines in which it goes where it is not followed. */
  readonly lost: Set<string>;
}

export interface StatusFollower {
  /** What becomes of the results of the calls of `helper`. */
  readonly follow: (helper: FuncId) => StatusUses;
}

/** The comparisons that a status may come to, found for each routine of `documented`, the file of those without a model. */
export function createStatusFollower(program: Program, documented: number): StatusFollower {
  const memory = createMemoryIndex(program);
  return { follow: (helper) => follow(program, memory, documented, helper) };
}

/** 0, a failure, what the page names of statuses that are none where it matters, and one for each case that the program tells apart. */
export function statusesOf({ same, cuts, lost }: StatusUses, routine: string): readonly number[] {
  const named = (signatureOf(routine)?.statuses ?? []).map((name) => Number(statusValue(name) ?? name));
  const isTold = (status: number): boolean =>
    same.has(status) || same.has(0) || lost.size > 0 || [...cuts].some((cut) => cut > 0 && cut <= status);
  const mild = named.filter((status) => status > 0 && status < firstSevere && (status === pending || isTold(status)));
  const starts = [firstSevere, ...[...cuts].filter((cut) => cut > firstSevere).sort((a, b) => a - b)];
  const between = starts.flatMap((start, index) => someOther(start, starts[index + 1] ?? 0x100000000, same));
  return [...new Set([0, ...mild, ...[...same].filter((status) => status >= firstSevere), ...between])].sort((a, b) => a - b);
}

const pending = 0x103;
const firstSevere = 0x80000000;

/** A status from `start` to before `end` that is none of `taken`. */
function someOther(start: number, end: number, taken: ReadonlySet<number>): number[] {
  const usual = [0xc0000001, 0xc00000e5].find((status) => status >= start && status < end && !taken.has(status));
  if (usual !== undefined) return [usual];
  let status = Math.max(start, Math.min(0xc0000002, end - 1));
  while (status < end && taken.has(status)) status++;
  if (status === end) for (status = start; status < end && taken.has(status); ) status++;
  return status < end ? [status] : [];
}

function follow(program: Program, memory: MemoryIndex, documented: number, helper: FuncId): StatusUses {
  const uses: StatusUses = { same: new Set(), cuts: new Set(), lost: new Set() };
  /** By register of a function, by how much what it holds is shifted to the right. */
  const shifts = new Map<string, number>();
  const fields = new Set<string>();
  const waiting: { func: Func; register: Reg; shift: number }[] = [];
  const { calls, pointed, pointerCalls } = memory;

  for (const { func, instr } of calls.get(helper) ?? []) track(func, instr.dst, 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const instr of memory.readsOf(next.func, next.register)) use(next.func, instr, next.register, next.shift);
  }
  return uses;

  function track(func: Func, register: Reg | undefined, shift: number): void {
    if (register === undefined) return;
    const key = `${func.id} ${register}`;
    const known = shifts.get(key);
    if (known !== undefined && known !== shift) lose(func);
    if (known !== undefined) return;
    shifts.set(key, shift);
    waiting.push({ func, register, shift });
  }

  /** What the library's own routines do with a status does not tell one failure from another, but for those that are macros. */
  function lose(func: Func): void {
    if (isJudged(func)) uses.lost.add(func.name);
  }

  function isJudged(func: Func): boolean {
    return func.inline || program.files[func.file]?.path.startsWith('irpsight/') !== true;
  }

  function use(func: Func, instr: Instr, register: Reg, shift: number): void {
    switch (instr.op) {
      case 'move':
        return track(func, instr.dst, shift);
      case 'convert':
        if (bits[instr.from] === 32 && bits[instr.to] === 32) track(func, instr.dst, shift);
        else if (instr.to === 'bool') compared(func, '==', [0], shift);
        else lose(func);
        return;
      case 'branch':
        return compared(func, '==', [0], shift);
      case 'unary':
        return instr.operator === '!' ? compared(func, '==', [0], shift) : lose(func);
      case 'binary':
        return binary(func, instr, register, shift);
      default:
        return shift === 0 ? passed(func, instr, register) : lose(func);
    }
  }

  function binary(func: Func, instr: Extract<Instr, { op: 'binary' }>, register: Reg, shift: number): void {
    const isLeft = instr.left === register;
    const { operator } = instr;
    if (operator in mirrored) {
      if (!isJudged(func)) return;
      const other = isLeft ? instr.right : instr.left;
      const values = other === register ? undefined : constantsAt(func, other, new Set());
      if (values === undefined) return lose(func);
      return compared(func, isLeft ? operator : (mirrored[operator] as string), values, shift);
    }
    // The severity, (Status >> 30) & 3, is the one part of a status that is a stretch of them.
    const [by, ...more] = (isLeft ? constantsAt(func, instr.right, new Set()) : undefined) ?? [];
    if (by === undefined || more.length > 0) return lose(func);
    if (operator === '>>' && shift === 0 && by > 0 && by < 32) track(func, instr.dst, by);
    else if (operator === '&' && shift > 0 && by === 2 ** (32 - shift) - 1) track(func, instr.dst, shift);
    else lose(func);
  }

  function compared(func: Func, operator: string, values: Iterable<number>, shift: number): void {
    if (!isJudged(func)) return;
    for (const value of values) {
      const at = (one: number): number => (one << shift) >>> 0;
      if (operator === '==' || operator === '!=') {
        if (shift === 0) uses.same.add(at(value));
        else uses.cuts.add(at(value)).add(at(value + 1));
      } else uses.cuts.add(at(operator === '<' || operator === '>=' ? value : value + 1));
    }
  }

  /** A status handed to other code, or stored. */
  function passed(func: Func, instr: Instr, register: Reg): void {
    switch (instr.op) {
      case 'store':
        return stored(func, instr);
      case 'call':
        instr.args.forEach((arg, index) => {
          if (arg === register) track(program.funcs[instr.func - 1] as Func, index, 0);
        });
        return;
      case 'callptr':
        for (const target of pointed) {
          if (!fits({ func, instr }, target)) continue;
          instr.args.forEach((arg, index) => {
            if (arg === register) track(target, index, 0);
          });
        }
        return;
      case 'intrinsic':
        if (instr.name !== 'raiseException') return lose(func);
        for (const caught of memory.exceptions) track(caught.func, caught.instr.dst, 0);
        return;
      case 'return':
        for (const call of calls.get(func.id) ?? []) track(call.func, call.instr.dst, 0);
        if (!pointed.has(func)) return;
        for (const call of pointerCalls) if (fits(call, func)) track(call.func, call.instr.dst, 0);
        return;
      default:
        return lose(func);
    }
  }

  function stored(func: Func, instr: Extract<Instr, { op: 'store' }>): void {
    if (bits[instr.kind] !== 32) return lose(func);
    const keys = memory.fieldsAt(instr.type, instr.offset);
    const variable = keys.length > 0 ? undefined : memory.variableOf(func, instr.base);
    if (keys.length === 0 && (variable === undefined || variable.escapes)) return lose(func);
    for (const load of variable?.loads ?? []) loaded(load.func, load.instr);
    for (const key of keys) {
      if (fields.has(key)) continue;
      fields.add(key);
      for (const load of memory.loadsOf(key)) loaded(load.func, load.instr);
      for (const one of memory.addressed.get(key) ?? []) lose(one);
    }
  }

  function loaded(func: Func, instr: Extract<Instr, { op: 'load' }>): void {
    if (bits[instr.kind] === 32) track(func, instr.dst, 0);
    else lose(func);
  }

  /** All that a register may hold, where that is constants; they come from this function, from callers, callees, and variables. */
  function constantsAt(func: Func, register: Reg, seen: Set<string>): ReadonlySet<number> | undefined {
    const key = `${func.id} ${register}`;
    const found = new Set<number>();
    if (seen.has(key)) return found;
    seen.add(key);
    const from: { func: Func; register: Reg }[] = [];
    if (register < func.params) {
      const through = pointed.has(func) ? pointerCalls.filter((call) => fits(call, func)) : [];
      for (const call of [...(calls.get(func.id) ?? []), ...through])
        from.push({ func: call.func, register: call.instr.args[register] as Reg });
    }
    for (const instr of memory.definitionsOf(func, register)) {
      if (instr.op === 'const') found.add(instr.value | 0);
      else if (instr.op === 'move') from.push({ func, register: instr.src });
      else if (instr.op === 'convert' && (keepsValue(instr.from, instr.to) || bits[instr.to] === 32))
        from.push({ func, register: instr.src });
      else if (instr.op === 'load' && bits[instr.kind] === 32) {
        const held = heldBy(func, instr);
        if (held === undefined) return undefined;
        for (const one of held.initial) found.add(one);
        from.push(...held.from);
      } else if (instr.op === 'call') {
        const callee = program.funcs[instr.func - 1] as Func;
        if (callee.file === documented) return undefined;
        for (const one of callee.code)
          if (one.op === 'return' && one.src !== undefined) from.push({ func: callee, register: one.src });
      } else return undefined;
    }
    for (const one of from) {
      const values = constantsAt(one.func, one.register, seen);
      if (values === undefined) return undefined;
      for (const value of values) found.add(value);
    }
    return found;
  }

  /** What a variable that nobody but its own name leads to starts with and is given. */
  function heldBy(
    func: Func,
    load: Extract<Instr, { op: 'load' }>,
  ): { initial: readonly number[]; from: readonly { func: Func; register: Reg }[] } | undefined {
    const variable = memory.variableOf(func, load.base);
    if (variable === undefined || variable.escapes) return undefined;
    const keys = memory.fieldsAt(load.type, load.offset);
    const isSame = (others: readonly string[]): boolean =>
      others.length === keys.length && (keys.length === 0 || others.some((one) => keys.includes(one)));
    const initial = variable.initial.flatMap(({ offset, value }) =>
      isSame(memory.fieldsAt(variable.type, offset)) ? [value | 0] : [],
    );
    const isHalf = ({ instr }: At<'store'>): boolean =>
      bits[instr.kind] === 64 && [0, 1].some((half) => isSame(memory.fieldsAt(instr.type, instr.offset + half)));
    if (variable.stores.some(isHalf)) return undefined;
    const from = variable.stores
      .filter(({ instr }) => isSame(memory.fieldsAt(instr.type, instr.offset)))
      .map((one) => ({ func: one.func, register: one.instr.src }));
    return { initial: [0, ...initial], from };
  }
}

/** Whether a call through a pointer may be one of that function: the machine tells pointers and wide numbers from the rest. */
function fits({ func, instr }: At<'callptr'>, target: Func): boolean {
  const shape = (kind: ValueKind | undefined): unknown => (kind === 'ptr' || kind === 'fn' ? kind : bits[kind ?? 'i32'] === 64);
  const { args } = instr;
  if (target.params !== args.length) return false;
  return args.every((arg, index) => shape(func.registers[arg]?.kind) === shape(target.registers[index]?.kind));
}

/** Comparisons, and the same with its sides changed. */
const mirrored: Record<string, string> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
