/**
 * What a driver looks like from outside, read off its IR: the requests it serves, the control codes and lengths it tests for, the names it
 * can be opened by, the machinery it uses. The default scenarios are made from this.
 */
import type { BinaryOperator, CellKind, Func, FuncId, Program, Reg, TypeId } from '../ir/program.ts';
import { dispatchStores } from './dispatch-table.ts';
import { callees, constantOf, derived, destination, leafNames, leafPaths, reachableFrom, routinesOf } from './flow.ts';

/** Numbers of the major functions the scenarios care about (wdm.h). */
export const major = {
  create: 0,
  close: 2,
  read: 3,
  write: 4,
  flush: 9,
  deviceControl: 14,
  internalDeviceControl: 15,
  shutdown: 16,
  cleanup: 18,
  power: 22,
  systemControl: 23,
  pnp: 27,
} as const;

export interface DriverShape {
  /** Absent when the driver has no DriverEntry. */
  readonly entry?: FuncId;
  /** Major function -> routine that serves it; unset ones are absent. */
  readonly dispatch: ReadonlyMap<number, FuncId>;
  readonly controlCodes: readonly ControlCode[];
  /** Minor functions that the PnP and power routines compare with. */
  readonly pnpMinors: readonly number[];
  readonly powerMinors: readonly number[];
  /** Lengths in bytes that read and write routines compare with. */
  readonly lengths: readonly number[];
  /** Names that the file with DriverEntry exports, so that a scenario can import them. */
  readonly exported: ReadonlySet<string>;
  /** As written in the source, without the quotes: `\\\\DosDevices\\\\Name` with its escapes. */
  readonly symbolicLinks: readonly string[];
  readonly deviceNames: readonly string[];
  readonly addDevice: boolean;
  readonly unload: boolean;
  readonly startIo: boolean;
  readonly timers: boolean;
  readonly allocatesIrps: boolean;
  /** Major functions of the IRPs that the driver makes or fills in itself. */
  readonly ownMajors: readonly number[];
  readonly sendsDown: boolean;
  /** Major functions whose routine calls a lower driver. */
  readonly passesDown: ReadonlySet<number>;
  /** It tells power requests of the system from those of the device, or makes one of the latter. */
  readonly systemPower: boolean;
  readonly allocatesPool: boolean;
  readonly workItems: boolean;
  readonly interrupts: boolean;
  /** Major functions whose routine can keep a request: it marks pending, queues, starts a packet, passes it down or waits. */
  readonly pends: ReadonlySet<number>;
}

export interface ControlCode {
  /** Unsigned. */
  readonly code: number;
  /** The name of the constant in the source, when it is one. */
  readonly name?: string;
  /** The structure that the code for it takes the system buffer for. */
  readonly buffer?: string;
  /** What the code reads from that structure, fields it compares with constants first. */
  readonly inputs: readonly InputField[];
  /** Lengths in bytes that the code for this control code tests its input and output length against. */
  readonly inputLengths: readonly number[];
  readonly outputLengths: readonly number[];
}

/** An integer or BOOLEAN in a control code's input structure, and values of it that may make a difference to the driver. */
export interface InputField {
  /** As source: `Duration`, `DueTime.QuadPart`. */
  readonly path: string;
  readonly boolean: boolean;
  /** 0 and 1 first, then those on both sides of each comparison. */
  readonly values: readonly number[];
  /** Whether it is compared with a constant, and not just read. */
  readonly compared: boolean;
}

/** InternalDeviceIoControl of IoBuildDeviceIoControlRequest. */
const internalControlArgument = 6;
/** Integers in memory that take no plain number in the source. */
const brandedTypes = new Set(['NTSTATUS', 'KIRQL', 'HANDLE']);
const senders = ['IoCallDriver', 'IofCallDriver', 'PoCallDriver', 'IoForwardIrpSynchronously'];
const keepers = [
  ...senders,
  'IoMarkIrpPending',
  'IoStartPacket',
  'IoCsqInsertIrp',
  'IoCsqInsertIrpEx',
  'KeWaitForSingleObject',
  'KeWaitForMultipleObjects',
];

/** Reads the shape off a compiled program; routines of origin `driver` are looked at, whatever file they are in. */
export function describeDriver(program: Program): DriverShape {
  const own = program.funcs.filter((func) => func.origin === 'driver');
  const isOwn = (func: Func): boolean => func.origin === 'driver';
  const entry = own.find((func) => func.name === 'DriverEntry');
  const called = new Set(own.flatMap((func) => func.code.flatMap((i) => (i.op === 'call' ? [nameOf(program, i.func)] : []))));
  const uses = (...names: readonly string[]): boolean => names.some((name) => called.has(name));
  const dispatch = dispatchTable(program);
  const servedBy = (...majors: readonly number[]): readonly Func[] =>
    [
      ...callees(
        program,
        majors.flatMap((m) => dispatch.get(m) ?? []),
        isOwn,
      ),
    ]
      .flatMap((id) => program.funcs[id - 1] ?? [])
      .filter(isOwn);
  const serving = (names: readonly string[]): ReadonlySet<number> =>
    new Set(
      [...dispatch]
        .filter(([, routine]) => [...callees(program, [routine], isOwn)].some((id) => names.includes(nameOf(program, id))))
        .map(([index]) => index),
    );
  const names = objectNames(program, own);
  return {
    entry: entry?.id,
    dispatch,
    controlCodes: controlCodes(program, own, servedBy(major.deviceControl, major.internalDeviceControl)),
    pnpMinors: comparedWith(program, servedBy(major.pnp), 'MinorFunction'),
    powerMinors: comparedWith(program, servedBy(major.power), 'MinorFunction'),
    exported: new Set(
      entry === undefined
        ? []
        : [...sourceText(program, entry).matchAll(/^export\s+(?:const|let|interface|type|function)\s+(\w+)/gm)].map(
            (match) => match[1] ?? '',
          ),
    ),
    lengths: comparedWith(program, servedBy(major.read, major.write), 'Length'),
    symbolicLinks: names.filter((name) => /^\\\\(DosDevices|\?\?)\\\\/i.test(name)),
    deviceNames: names.filter((name) => /^\\\\Device\\\\/i.test(name)),
    addDevice: stores(program, own, 'AddDevice'),
    unload: stores(program, own, 'DriverUnload'),
    startIo: uses('IoStartPacket') || stores(program, own, 'DriverStartIo'),
    timers: uses('KeSetTimer', 'KeSetTimerEx', 'KeSetCoalescableTimer', 'IoStartTimer', 'ExSetTimer'),
    allocatesIrps: uses(
      'IoAllocateIrp',
      'IoAllocateIrpEx',
      'IoBuildAsynchronousFsdRequest',
      'IoBuildDeviceIoControlRequest',
      'IoBuildSynchronousFsdRequest',
    ),
    ownMajors: ownMajors(program, own),
    sendsDown: uses(...senders),
    passesDown: serving(senders),
    systemPower:
      uses('PoRequestPowerIrp') ||
      servedBy(major.power).some(({ code }) => code.some((i) => i.op === 'load' && isPowerType(program, i.type, i.offset))),
    allocatesPool: [...called].some((name) => /^(ExAllocate|IoAllocate|IoBuild)/.test(name)),
    workItems: uses('IoQueueWorkItem', 'IoQueueWorkItemEx', 'ExQueueWorkItem'),
    interrupts: uses('IoConnectInterrupt', 'IoConnectInterruptEx'),
    pends: serving(keepers),
  };
}

/** Whether the cell is Parameters.Power.Type of a stack location. */
function isPowerType(program: Program, type: TypeId, offset: number): boolean {
  const struct = program.types[type];
  const isPower = struct?.kind === 'struct' && struct.fields.some(({ name }) => name === 'ShutdownType');
  return leafPaths(program, type, offset).some((path) => path.endsWith('Power.Type') || (isPower && path === 'Type'));
}

/** What is written into a stack location's MajorFunction as a constant, or asked of one of the IoBuildXxxRequest routines. */
function ownMajors(program: Program, own: readonly Func[]): readonly number[] {
  const found = own.flatMap((func) =>
    func.code.flatMap((instr): readonly (number | undefined)[] => {
      if (instr.op === 'store' && instr.kind !== 'fn' && leafNames(program, instr.type, instr.offset).includes('MajorFunction'))
        return [constantOf(func, instr.src)];
      if (instr.op !== 'call') return [];
      const name = nameOf(program, instr.func);
      if (name === 'IoBuildDeviceIoControlRequest') {
        const internal = instr.args[internalControlArgument];
        return [internal !== undefined && constantOf(func, internal) === 0 ? major.deviceControl : major.internalDeviceControl];
      }
      const [first] = instr.args;
      return /^IoBuild(As|S)ynchronousFsdRequest$/.test(name) && first !== undefined ? [constantOf(func, first)] : [];
    }),
  );
  return [...new Set(found)].flatMap((index) => index ?? []).sort((a, b) => a - b);
}

/** Which routine each slot of DRIVER_OBJECT.MajorFunction holds when DriverEntry is done; an index that is not constant means every slot. */
function dispatchTable(program: Program): ReadonlyMap<number, FuncId> {
  const table = new Map<number, FuncId>();
  for (const { slots, routines, atEntry } of dispatchStores(program)) {
    const [routine] = routines;
    for (const slot of atEntry ? slots : []) {
      if (routine === undefined) table.delete(slot);
      else table.set(slot, routine);
    }
  }
  return table;
}

function controlCodes(program: Program, own: readonly Func[], served: readonly Func[]): readonly ControlCode[] {
  const found = new Map<number, ControlCode>();
  const names = controlCodeNames(program);
  for (const func of served.length > 0 ? served : own) {
    for (const test of comparisons(program, func, 'IoControlCode')) {
      const code = test.value >>> 0;
      if (found.has(code)) continue;
      const part = branchOf(func, test.at);
      const reached = inlined(program, func, part);
      const buffer = reached.map((piece) => bufferType(program, piece.func, piece.at)).find((type) => type !== undefined);
      found.set(code, {
        code,
        name: names.find(
          (name) => sourceText(program, func).includes(name.text) && constantNamed(program, func, test.at, name.text),
        )?.text,
        buffer,
        inputs: buffer === undefined ? [] : inputFields(program, own, reached, buffer),
        inputLengths: reached.flatMap((piece) => lengthsIn(program, piece, 'InputBufferLength')),
        outputLengths: reached.flatMap((piece) => lengthsIn(program, piece, 'OutputBufferLength')),
      });
    }
  }
  return [...found.values()];
}

/** Part of a function: all of it when `at` is absent. */
interface Piece {
  readonly func: Func;
  readonly at?: ReadonlySet<number>;
}

interface Comparison {
  /** Index of the comparing instruction. */
  readonly at: number;
  readonly value: number;
  readonly operator: BinaryOperator;
}

/** Where the function compares what it read from a field of that name, or was handed as a parameter that holds it, with a constant. */
function comparisons(program: Program, func: Func, field: string): readonly Comparison[] {
  const sources: Reg[] = [...parametersHolding(program, func, field)];
  for (const instr of func.code) {
    if (instr.op === 'load' && instr.kind !== 'i64' && leafNames(program, instr.type, instr.offset).includes(field))
      sources.push(instr.dst);
  }
  return comparisonsOf(func, sources);
}

/** Where the function compares what one of those registers holds with a constant. */
function comparisonsOf(func: Func, sources: readonly Reg[]): readonly Comparison[] {
  const regs = derived(func, sources);
  return func.code.flatMap((instr, at) => {
    if (instr.op !== 'binary' || !['==', '!=', '<', '<=', '>', '>='].includes(instr.operator)) return [];
    const other = regs.has(instr.left) ? instr.right : regs.has(instr.right) ? instr.left : undefined;
    const value = other === undefined ? undefined : constantOf(func, other);
    return value === undefined ? [] : [{ at, value, operator: instr.operator }];
  });
}

/** Parameters that some driver routine passes the field's value in. */
function parametersHolding(program: Program, func: Func, field: string): readonly Reg[] {
  return program.funcs
    .filter((caller) => caller.origin === 'driver' && caller !== func)
    .flatMap((caller) => {
      const read = caller.code.flatMap((i) =>
        i.op === 'load' && leafNames(program, i.type, i.offset).includes(field) ? [i.dst] : [],
      );
      if (read.length === 0) return [];
      const regs = derived(caller, read);
      return caller.code.flatMap((i) =>
        i.op === 'call' && i.func === func.id ? i.args.flatMap((arg, index) => (regs.has(arg) ? [index] : [])) : [],
      );
    });
}

function comparedWith(program: Program, functions: readonly Func[], field: string): readonly number[] {
  return [...new Set(functions.flatMap((func) => comparisons(program, func, field).map((test) => test.value >>> 0)))].sort(
    (a, b) => a - b,
  );
}

function lengthsIn(program: Program, piece: Piece, field: string): readonly number[] {
  return comparisons(program, piece.func, field)
    .filter((test) => piece.at?.has(test.at) ?? true)
    .map((test) => test.value >>> 0);
}

/** What runs only when the comparison at `at` says equal: what its branch reaches on that side and not on the other. */
function branchOf(func: Func, at: number): ReadonlySet<number> | undefined {
  const test = func.code[at];
  if (test?.op !== 'binary') return undefined;
  const regs = derived(func, [test.dst]);
  const branch = func.code.slice(at + 1).find((instr) => instr.op === 'branch' && regs.has(instr.cond));
  if (branch?.op !== 'branch') return undefined;
  const [equal, other] = test.operator === '!=' ? [branch.otherwise, branch.then] : [branch.then, branch.otherwise];
  const elsewhere = reachableFrom(func, other);
  const only = new Set([...reachableFrom(func, equal)].filter((index) => !elsewhere.has(index)));
  return only.size > 0 ? only : undefined;
}

/** That part, and the whole of every driver function it calls. */
function inlined(program: Program, func: Func, at: ReadonlySet<number> | undefined): readonly Piece[] {
  const direct = func.code.flatMap((instr, index) => (instr.op === 'call' && (at?.has(index) ?? true) ? [instr.func] : []));
  const isOwn = (callee: Func): boolean => callee.origin === 'driver';
  const called = [...callees(program, direct, isOwn)].flatMap((id) => program.funcs[id - 1] ?? []).filter(isOwn);
  return [{ func, at }, ...called.filter((callee) => callee !== func).map((callee) => ({ func: callee }))];
}

/** The structure that the function takes Irp.AssociatedIrp.SystemBuffer for: the type accessed through it within `at`. */
function bufferType(program: Program, func: Func, at: ReadonlySet<number> | undefined): string | undefined {
  const sources = func.code.flatMap((instr) =>
    instr.op === 'load' && instr.kind === 'ptr' && leafNames(program, instr.type, instr.offset).includes('SystemBuffer')
      ? [instr.dst]
      : [],
  );
  const regs = derived(func, [...sources, ...parametersHolding(program, func, 'SystemBuffer')]);
  for (const [index, instr] of func.code.entries()) {
    if ((instr.op !== 'load' && instr.op !== 'store') || !regs.has(instr.base) || !(at?.has(index) ?? true)) continue;
    const type = program.types[instr.type];
    if (type?.kind === 'struct') return type.name;
  }
  return undefined;
}

/** The integers that those parts of the driver, or others that take a system buffer for that structure (StartIo), read from it. */
function inputFields(program: Program, own: readonly Func[], pieces: readonly Piece[], buffer: string): readonly InputField[] {
  const type = program.types.find((candidate) => candidate.kind === 'struct' && candidate.name === buffer);
  if (type === undefined) return [];
  const found = new Map<string, { readonly boolean: boolean; readonly values: Set<number>; compared: boolean }>();
  for (const func of own) {
    const piece = pieces.find((candidate) => candidate.func === func);
    const offsets = offsetsInBuffer(program, func);
    for (const [index, instr] of func.code.entries()) {
      if (instr.op !== 'load' || instr.kind === 'ptr' || instr.kind === 'fn') continue;
      if (piece === undefined ? instr.type !== type.id : piece.at?.has(index) === false) continue;
      const base = offsets.get(instr.base);
      const path = base === undefined ? undefined : integerAt(program, type.id, base + instr.offset, instr.kind);
      if (path === undefined) continue;
      const field = found.get(path) ?? { boolean: instr.kind === 'bool', values: new Set([0, 1]), compared: false };
      found.set(path, field);
      for (const test of comparisonsOf(func, [instr.dst])) {
        field.compared = true;
        const other = test.operator === '<' || test.operator === '>=' ? test.value - 1 : test.value + 1;
        for (const value of [test.value, other]) if (value >= 0 && (!field.boolean || value < 2)) field.values.add(value);
      }
    }
  }
  return [...found]
    .map(([path, { boolean, values, compared }]) => ({ path, boolean, values: [...values], compared }))
    .sort((a, b) => Number(b.compared) - Number(a.compared));
}

/** Register -> how many cells into the system buffer it points. */
function offsetsInBuffer(program: Program, func: Func): ReadonlyMap<Reg, number> {
  const offsets = new Map<Reg, number>(parametersHolding(program, func, 'SystemBuffer').map((reg) => [reg, 0]));
  for (const instr of func.code) {
    if (instr.op === 'load' && instr.kind === 'ptr' && leafNames(program, instr.type, instr.offset).includes('SystemBuffer'))
      offsets.set(instr.dst, 0);
  }
  for (let size = -1; size !== offsets.size; ) {
    size = offsets.size;
    for (const instr of func.code) {
      const source = instr.op === 'move' || instr.op === 'convert' ? instr.src : instr.op === 'offset' ? instr.base : undefined;
      const from = source === undefined ? undefined : offsets.get(source);
      const into = destination(instr);
      if (from !== undefined && into !== undefined) offsets.set(into, from + (instr.op === 'offset' ? instr.offset : 0));
    }
  }
  return offsets;
}

/** The path to the field of a plain integer type, or BOOLEAN, at that offset; branded types (NTSTATUS, HANDLE) take no number. */
function integerAt(program: Program, type: TypeId, offset: number, kind: CellKind): string | undefined {
  const struct = program.types[type];
  if (struct?.kind !== 'struct') return undefined;
  for (const field of struct.fields) {
    const inner = program.types[field.type];
    const at = offset - field.offset;
    if (inner === undefined || at < 0 || at >= inner.cells) continue;
    if (inner.kind === 'scalar' && at === 0 && inner.cell === kind && !brandedTypes.has(inner.name)) return field.name;
    const rest = inner.kind === 'struct' ? integerAt(program, field.type, at, kind) : undefined;
    if (rest !== undefined) return `${field.name}.${rest}`;
  }
  return undefined;
}

function stores(program: Program, functions: readonly Func[], field: string): boolean {
  return functions.some((func) =>
    func.code.some(
      (instr) =>
        instr.op === 'store' &&
        instr.kind === 'fn' &&
        leafNames(program, instr.type, instr.offset).includes(field) &&
        routinesOf(func, instr.src).length > 0,
    ),
  );
}

/** Names given to RtlInitUnicodeString and the like, as the source spells them between the quotes. */
function objectNames(program: Program, own: readonly Func[]): readonly string[] {
  const found = new Set<string>();
  for (const func of own) {
    const text = sourceText(program, func);
    for (const [index, instr] of func.code.entries()) {
      if (
        instr.op !== 'call' ||
        !/UnicodeString|RTL_CONSTANT_STRING|IoCreateSymbolicLink|IoCreateDevice/.test(nameOf(program, instr.func))
      )
        continue;
      const place = func.places[index];
      if (place === undefined) continue;
      const call = text.slice(place.start, place.end);
      for (const match of call.matchAll(/(["'])((?:\\.|(?!\1).)*)\1/g)) found.add(match[2] ?? '');
      for (const word of call.match(/\b[A-Za-z_]\w*\b/g) ?? []) {
        const constant = new RegExp(`const\\s+${word}\\s*(?::[^=;]+)?=\\s*(["'])((?:\\\\.|(?!\\1).)*)\\1`).exec(text);
        if (constant !== null) found.add(constant[2] ?? '');
      }
    }
  }
  return [...found].filter((name) => name.startsWith('\\\\'));
}

/** Exported and other constants made by CTL_CODE in the driver's files. */
function controlCodeNames(program: Program): readonly { readonly text: string }[] {
  return program.files
    .filter((file) => file.origin === 'driver')
    .flatMap((file) =>
      [...file.text.matchAll(/const\s+([A-Za-z_]\w*)\s*(?::[^=;]+)?=\s*CTL_CODE\s*\(/g)].map((match) => ({
        text: match[1] ?? '',
      })),
    );
}

/** Whether the comparison's source, or the `case` it comes from, spells that name. */
function constantNamed(program: Program, func: Func, at: number, name: string): boolean {
  const place = func.places[at];
  if (place === undefined) return false;
  return new RegExp(`\\b${name}\\b`).test(sourceText(program, func).slice(place.start, place.end));
}

function sourceText(program: Program, func: Func): string {
  return program.files.find((file) => file.id === func.file)?.text ?? '';
}

function nameOf(program: Program, id: FuncId): string {
  return program.funcs[id - 1]?.name ?? '';
}
