/**
 * What numbers and statuses a routine without a model may give: those that the program's own comparisons tell apart. One that only meets
 * constants is decided by one value for each stretch between them, and all are tried; of one that goes elsewhere some are, and the verdict is
 * bounded.
 */
import type { Func, FuncId, Instr, Place, Program, Reg, RegisterInfo, ValueKind } from '../ir/program.ts';
import { documentedPath, unknownNumberPrefix, unknownStatus } from './documented.ts';
import { bits, keepsValue, usesOf } from './instructions.ts';
import { createStatusFollower, type StatusFollower, statusesOf } from './unknown-statuses.ts';

/** The program with bodies for the functions that stand for such numbers and statuses. */
export function withUnknownNumbers(program: Program): Program {
  const file = program.files.find(({ path }) => path === documentedPath)?.id;
  const isHelper = (func: Func): boolean => func.file === file && func.name.startsWith(unknownNumberPrefix);
  if (file === undefined || !program.funcs.some(isHelper)) return program;
  const users = usersOf(program);
  let follower: StatusFollower | undefined;
  const statuses = (helper: Func): Func => {
    follower ??= createStatusFollower(program, file);
    return statusBody(helper, follower);
  };
  const isStatus = ({ name }: Func): boolean => name.endsWith(unknownNumberPrefix + unknownStatus);
  const funcs = program.funcs.map((func) => {
    if (!isHelper(func)) return func;
    return isStatus(func) ? statuses(func) : helperBody(program, func, users);
  });
  return { ...program, funcs };
}

/** By function, those that call it or take its address. */
type Users = ReadonlyMap<FuncId, ReadonlySet<Func>>;

function usersOf(program: Program): Users {
  const users = new Map<FuncId, Set<Func>>();
  for (const func of program.funcs) {
    for (const instr of func.code) {
      if (instr.op === 'call' || instr.op === 'func') users.set(instr.func, (users.get(instr.func) ?? new Set()).add(func));
    }
  }
  return users;
}

/** What becomes of a number. */
interface Uses {
  /** Constants that it is compared with. */
  readonly constants: Set<number>;
  /** Routines in which it goes where it is not followed. */
  readonly lost: Set<string>;
}

function helperBody(program: Program, helper: Func, users: Users): Func {
  const [, routineName = '', what = '', struct] = helper.name.split(unknownNumberPrefix);
  if (struct !== undefined) {
    const reader = readerOf(program, struct);
    const told =
      reader === undefined
        ? undefined
        : `${routineName} has no model, and ${reader} looks at the ${struct} that it fills in (${what}).`;
    return {
      ...helper,
      ...bodyOf(told === undefined ? [] : [{ op: 'intrinsic', name: 'bounded', args: [], text: told }], helper.place),
    };
  }
  const uses: Uses = { constants: new Set(), lost: new Set() };
  const [owner] = [...(users.get(helper.id) ?? [])].filter(({ file, name }) => file === helper.file && name === routineName);
  if (owner !== undefined) followCalls(program, owner, what, { uses, users });
  const kind = helper.result ?? 'i32';
  const values = representatives(uses, kind);
  const source = what === 'Result' ? 'gives' : `stores through ${what}`;
  const reason =
    uses.lost.size === 0
      ? undefined
      : `${routineName} has no model, and the number that it ${source} is used in ${[...uses.lost].sort().join(', ')} in ways that are not ` +
        `followed: only ${values.join(', ')} ${values.length === 1 ? 'was' : 'were'} tried.`;
  return { ...helper, ...choiceAmong(values, kind, reason, helper.place) };
}

function statusBody(helper: Func, follower: StatusFollower): Func {
  const [, routineName = ''] = helper.name.split(unknownNumberPrefix);
  const uses = follower.follow(helper.id);
  const values = statusesOf(uses, routineName);
  const shown = values.map((value) => `0x${value.toString(16).toUpperCase().padStart(8, '0')}`);
  const reason =
    uses.lost.size === 0
      ? undefined
      : `${routineName} has no model, and the status that it gives is used in ${[...uses.lost].sort().join(', ')} in ways that are not ` +
        `followed: only ${shown.join(', ')} were tried.`;
  const signed = values.map((value) => value | 0);
  return { ...helper, ...choiceAmong(signed, 'i32', reason, helper.place) };
}

/** A routine of the driver that reads a member of a struct of that name. */
function readerOf(program: Program, struct: string): string | undefined {
  const types = new Set(program.types.flatMap((type) => (type.name === struct ? [type.id] : [])));
  return program.funcs.find(
    ({ origin, code }) => origin === 'driver' && code.some((instr) => instr.op === 'load' && types.has(instr.type)),
  )?.name;
}

/** A body that does that and returns nothing. */
function bodyOf(before: readonly Instr[], place: Place): Pick<Func, 'code' | 'places' | 'registers' | 'locals'> {
  const code: Instr[] = [...before, { op: 'return' }];
  return { code, places: code.map(() => place), registers: [], locals: [] };
}

/**
 * One value on each constant and between any two of them; at least 0, and 1 where the number is lost sight of. What the type cannot hold is
 * what has the same bits, as in (USHORT)-1.
 */
function representatives({ constants, lost }: Uses, kind: ValueKind): number[] {
  const [least, most] = ranges[kind] ?? [0, 1];
  const all = [0, ...(lost.size > 0 ? [1] : []), ...[...constants].flatMap((one) => [one - 1, one, one + 1])];
  const size = most - least + 1;
  const wrapped = bits[kind] === 64 ? all : all.map((one) => ((((one - least) % size) + size) % size) + least);
  return [...new Set(wrapped)].filter((one) => one >= least && one <= most).sort((a, b) => a - b);
}

const ranges: Partial<Record<ValueKind, readonly [number, number]>> = {
  i8: [-128, 127],
  u8: [0, 255],
  i16: [-32768, 32767],
  u16: [0, 65535],
  i32: [-0x80000000, 0x7fffffff],
  u32: [0, 0xffffffff],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  u64: [0, Number.MAX_SAFE_INTEGER],
};

/** Looks at each call of the routine: at its result, or at what the caller does with the variable that a parameter points to. */
function followCalls(
  program: Program,
  owner: Func,
  what: string,
  { uses, users }: { readonly uses: Uses; readonly users: Users },
): void {
  const index = what === 'Result' ? -1 : owner.registers.findIndex(({ name }) => name === what);
  for (const func of users.get(owner.id) ?? []) {
    const start = new Set<Reg>();
    const locals = new Set<number>();
    for (const instr of func.code) {
      if (instr.op === 'func' && instr.func === owner.id) uses.lost.add(func.name);
      if (instr.op !== 'call' || instr.func !== owner.id) continue;
      if (index < 0) {
        if (instr.dst !== undefined) start.add(instr.dst);
        continue;
      }
      const [address] = definitions(func, instr.args[index] as Reg);
      if (address?.op === 'local') locals.add(address.index);
      else if (address?.op !== 'const') uses.lost.add(func.name);
    }
    if (locals.size > 0) followLocals(program, func, locals, owner.id, start, uses);
    if (start.size > 0) followRegisters(func, start, uses);
  }
}

/** All loads of the variables; where their address goes elsewhere, the number is lost. */
function followLocals(
  program: Program,
  func: Func,
  locals: ReadonlySet<number>,
  owner: FuncId,
  start: Set<Reg>,
  uses: Uses,
): void {
  const addresses = new Set(func.code.flatMap((instr) => (instr.op === 'local' && locals.has(instr.index) ? [instr.dst] : [])));
  for (const instr of func.code) {
    if (instr.op === 'load' && addresses.has(instr.base)) {
      if (!isInformation(program, instr)) continue;
      if (program.types[instr.type]?.name === 'LARGE_INTEGER' && bits[instr.kind] !== 64) uses.lost.add(func.name);
      else start.add(instr.dst);
    } else if (usesOf(instr).some((one) => addresses.has(one)) && !(instr.op === 'call' && follows(program, instr.func, owner))) {
      uses.lost.add(func.name);
    }
  }
}

/** Whether a call is that of the routine itself or goes with it. */
function follows(program: Program, func: FuncId, owner: FuncId): boolean {
  if (func === owner) return true;
  const { name, file } = program.funcs[func - 1] as Func;
  return ['KiFill', 'KiLeadsAnywhere'].includes(name) && program.files[file]?.path === 'irpsight/wdm/opaque.ts';
}

/** Of an IO_STATUS_BLOCK the number is Information; of anything else, whatever is loaded. */
function isInformation(program: Program, { type, offset }: Extract<Instr, { op: 'load' }>): boolean {
  const struct = program.types[type];
  if (struct?.kind !== 'struct' || struct.name !== 'IO_STATUS_BLOCK') return true;
  return struct.fields.find(({ name }) => name === 'Information')?.offset === offset;
}

/** Follows values through moves and conversions that keep them, to the comparisons they end in. */
function followRegisters(func: Func, start: ReadonlySet<Reg>, uses: Uses): void {
  const tracked = new Set(start);
  for (let before = -1; before !== tracked.size; ) {
    before = tracked.size;
    for (const instr of func.code) {
      if (instr.op === 'move' && tracked.has(instr.src)) tracked.add(instr.dst);
      if (instr.op !== 'convert' || !tracked.has(instr.src) || !keepsValue(instr.from, instr.to)) continue;
      tracked.add(instr.dst);
      noteSign(func, instr, uses);
    }
  }
  for (const instr of func.code) {
    if (!usesOf(instr).some((one) => tracked.has(one))) continue;
    const constants = constantsOf(func, instr, tracked);
    if (constants === undefined) uses.lost.add(func.name);
    for (const one of constants ?? []) uses.constants.add(one);
  }
}

/** Where a number is taken for one of the other sign, the order changes at two places; those of 64 bits have constants too large for that. */
function noteSign(func: Func, { from, to }: Extract<Instr, { op: 'convert' }>, uses: Uses): void {
  const [before, after] = [bits[from] ?? 64, bits[to] ?? 64];
  const [wasSigned, isSigned] = [from.startsWith('i'), to.startsWith('i')];
  if (wasSigned === isSigned || (!wasSigned && after > before)) return;
  if (after === 64) uses.lost.add(func.name);
  else uses.constants.add(0).add(2 ** (before - 1));
}

/** The constants that an instruction compares a tracked value with; undefined where it does something else with it. */
function constantsOf(func: Func, instr: Instr, tracked: ReadonlySet<Reg>): readonly number[] | undefined {
  switch (instr.op) {
    case 'move':
      return [];
    case 'branch':
      return [0];
    case 'convert':
      return instr.to === 'bool' ? [0] : keepsValue(instr.from, instr.to) ? [] : undefined;
    case 'unary':
      return instr.operator === '!' ? [0] : undefined;
    case 'binary': {
      if (!['==', '!=', '<', '<=', '>', '>='].includes(instr.operator)) return undefined;
      const other = tracked.has(instr.left) ? instr.right : instr.left;
      if (tracked.has(other)) return undefined;
      const found = definitions(func, other);
      const values = found.flatMap((one) => (one.op === 'const' ? [one.value] : []));
      if (found.length === 0 || values.length < found.length) return undefined;
      return values.map((value) => (instr.kind === 'u32' && value < 0 ? value + 0x100000000 : value));
    }
    default:
      return undefined;
  }
}

/** The instructions that set a register, moves followed back. */
function definitions(func: Func, register: Reg, depth = 0): readonly Instr[] {
  if (register < func.params || depth > 20) return [];
  return func.code.flatMap((instr) => {
    if (!('dst' in instr) || instr.dst !== register) return [];
    if (instr.op === 'convert') return definitions(func, instr.src, depth + 1);
    return instr.op === 'move' ? definitions(func, instr.src, depth + 1) : [instr];
  });
}

function choiceAmong(
  values: readonly number[],
  kind: ValueKind,
  reason: string | undefined,
  place: Place,
): Pick<Func, 'code' | 'places' | 'registers' | 'locals'> {
  const kinds: ValueKind[] = ['i32', 'i32', 'i32', 'bool', kind];
  const registers: RegisterInfo[] = kinds.map((one) => ({ kind: one }));
  const [count, pick, number, same, result] = [0, 1, 2, 3, 4];
  const code: Instr[] = reason === undefined ? [] : [{ op: 'intrinsic', name: 'bounded', args: [], text: reason }];
  if (values.length > 1) {
    code.push({ op: 'const', dst: count, value: values.length });
    code.push({ op: 'intrinsic', name: 'choose', dst: pick, args: [count] });
  }
  values.forEach((value, index) => {
    if (index < values.length - 1) {
      code.push({ op: 'const', dst: number, value: index });
      code.push({ op: 'binary', dst: same, operator: '==', kind: 'i32', left: pick, right: number });
      code.push({ op: 'branch', cond: same, then: code.length + 1, otherwise: code.length + 3 });
    }
    code.push({ op: 'const', dst: result, value: kind === 'u32' && value > 0x7fffffff ? value - 0x100000000 : value });
    code.push({ op: 'return', src: result });
  });
  return { code, places: code.map(() => place), registers, locals: [] };
}
