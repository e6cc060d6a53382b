/**
 * What a driver looks like from outside, read off its IR: the requests it serves, the control codes and lengths it tests for, the names it
 * can be opened by, the machinery it uses. The default scenarios are made from this.
 */
import type { Func, FuncId, Program, TypeId } from '../ir/program.ts';
import { comparisons } from './compare.ts';
import { type ControlCode, controlCodes } from './control-codes.ts';
import { dispatchStores } from './dispatch-table.ts';
import { callees, constantOf, leafNames, leafPaths, routinesOf } from './flow.ts';

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
  /** Which of reads and writes have their buffer looked at, by what serves them or, where they may be kept, by any routine. */
  readonly looksAtBuffer: ReadonlySet<number>;
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
  /** Modules of virtual devices that the file with DriverEntry imports: the hardware it is for. */
  readonly devices: readonly string[];
  /** Major functions whose routine can keep a request: it marks pending, queues, starts a packet, passes it down or waits. */
  readonly pends: ReadonlySet<number>;
}

/** Where an IRP has its buffer. */
const bufferFields = ['SystemBuffer', 'MdlAddress', 'UserBuffer'];
/** InternalDeviceIoControl of IoBuildDeviceIoControlRequest. */
const internalControlArgument = 6;
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
  const pends = serving(keepers);
  const controlled = servedBy(major.deviceControl, major.internalDeviceControl);
  return {
    entry: entry?.id,
    dispatch,
    controlCodes: controlCodes(program, own, controlled.length > 0 ? controlled : own),
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
    looksAtBuffer: new Set(
      [major.read, major.write].filter((index) => looksAtBuffer(program, pends.has(index) ? own : servedBy(index))),
    ),
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
    devices: entry === undefined ? [] : devicesOf(program, entry),
    pends,
  };
}

function looksAtBuffer(program: Program, functions: readonly Func[]): boolean {
  return functions.some(({ code }) =>
    code.some(
      (instr) => instr.op === 'load' && leafNames(program, instr.type, instr.offset).some((name) => bufferFields.includes(name)),
    ),
  );
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

function comparedWith(program: Program, functions: readonly Func[], field: string): readonly number[] {
  return [...new Set(functions.flatMap((func) => comparisons(program, func, field).map((test) => test.value >>> 0)))].sort(
    (a, b) => a - b,
  );
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
        const constant = new RegExp(`const\\s+${word}\\s*(?::[^=;]{1,200})?=\\s*(["'])((?:\\\\.|(?!\\1).)*)\\1`).exec(text);
        if (constant !== null) found.add(constant[2] ?? '');
      }
    }
  }
  return [...found].filter((name) => name.startsWith('\\\\'));
}

/** The modules of devices that can be plugged in, by the name Device; others are of what is attached to one. */
function devicesOf(program: Program, entry: Func): readonly string[] {
  const imported = [
    ...sourceText(program, entry).matchAll(/^import\s(?:(?!^import\s)[^;'"])*\sfrom\s+['"]irpsight\/devices\/([\w-]+)['"]/gm),
  ];
  return [...new Set(imported.map(([, name]) => name ?? ''))].filter((name) =>
    program.files.some(({ path, text }) => path === `irpsight/devices/${name}.ts` && /^export const Device\b/m.test(text)),
  );
}

function sourceText(program: Program, func: Func): string {
  return program.files.find((file) => file.id === func.file)?.text ?? '';
}

function nameOf(program: Program, id: FuncId): string {
  return program.funcs[id - 1]?.name ?? '';
}
