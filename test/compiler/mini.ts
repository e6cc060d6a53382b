/** A library of a few lines for the compiler's tests: what the language itself needs, four hooks and a handful of routines. */

import type { CompileResult, SourceInput } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import type { Func, Program } from '../../src/ir/program.ts';

const core = `
interface Array<T> { length: number; [index: number]: T }
interface Boolean {} interface Function {} interface IArguments {} interface Number {} interface Object {} interface RegExp {} interface String {}
interface CallableFunction extends Function {} interface NewableFunction extends Function {}
`;

const wdm = `
export type CHAR = number & { readonly i8?: never };
export type UCHAR = number & { readonly u8?: never };
export type SHORT = number & { readonly i16?: never };
export type USHORT = number & { readonly u16?: never };
export type LONG = number & { readonly i32?: never };
export type ULONG = number & { readonly u32?: never };
export type LONGLONG = number & { readonly i64?: never };
export type ULONGLONG = number & { readonly u64?: never };
export type ULONG_PTR = ULONGLONG;
export type NTSTATUS = LONG & { readonly brand: 'NTSTATUS' };
export type KIRQL = UCHAR & { readonly brand: 'KIRQL' };
export type BOOLEAN = boolean;
export const TRUE: BOOLEAN = true as BOOLEAN;
export const FALSE: BOOLEAN = false as BOOLEAN;
export type PVOID = object | null;
export interface Ref<T> { Value: T }
export declare function Ref<T>(Variable: T): Ref<T>;
export type SIZE_T<T = UCHAR> = ULONG & { readonly of?: T };
export declare function sizeof<T>(): SIZE_T<T>;
export interface ARRAY<T, N extends number> { [Index: number]: T; readonly Count?: N }
export type Union<Members> = Members;
export declare function CONTAINING_RECORD<T>(Address: PVOID, Field: string): T;
export declare function CTL_CODE(DeviceType: ULONG, Function: ULONG, Method: ULONG, Access: ULONG): ULONG;
export declare function alloc_text(Section: string, ...Routines: object[]): void;
export interface LIST_ENTRY { Flink: PLIST_ENTRY; Blink: PLIST_ENTRY }
export type PLIST_ENTRY = LIST_ENTRY;
export type LARGE_INTEGER = Union<{ QuadPart: LONGLONG; u: { LowPart: ULONG; HighPart: LONG } }>;
export type PLARGE_INTEGER = LARGE_INTEGER;
export interface KSPIN_LOCK { Word: LONG }
export type PKSPIN_LOCK = KSPIN_LOCK;
export interface KDPC { Queued: BOOLEAN }
export type PKDPC = KDPC;
export interface KTIMER { Due: LONG }
export type PKTIMER = KTIMER;
export interface IO_STATUS_BLOCK { Status: NTSTATUS; Information: ULONG_PTR }
/** @subject irp */
export interface IRP {
  IoStatus: IO_STATUS_BLOCK; Cancel: BOOLEAN; CancelIrql: KIRQL; CancelRoutine: DRIVER_CANCEL<never> | null;
  AssociatedIrp: Union<{ SystemBuffer: PVOID; IrpCount: LONG }>;
  Tail: { Overlay: Union<{ DeviceQueueEntry: LIST_ENTRY; DriverContext: ARRAY<PVOID, 4> }> & { ListEntry: LIST_ENTRY } };
}
export type PIRP = IRP;
export interface DEVICE_OBJECT<EXT = never> { Flags: ULONG; DeviceExtension: EXT }
export type PDEVICE_OBJECT<EXT = never> = DEVICE_OBJECT<EXT>;
export type DRIVER_CANCEL<EXT> = (DeviceObject: PDEVICE_OBJECT<EXT>, Irp: PIRP) => void;
export type DRIVER_DISPATCH<EXT> = (DeviceObject: PDEVICE_OBJECT<EXT>, Irp: PIRP) => NTSTATUS;
export const STATUS_SUCCESS = 0 as NTSTATUS;
export const STATUS_PENDING = 0x103 as NTSTATUS;
export const STATUS_CANCELLED = 0xC0000120 as NTSTATUS;
export function IoSetCancelRoutine(Irp: PIRP, Routine: DRIVER_CANCEL<never> | null): DRIVER_CANCEL<never> | null {
  return machineExchange(Ref(Irp.CancelRoutine), Routine);
}
export function ExAllocatePool2<T>(Flags: ULONG, Size: SIZE_T<T>, Tag: string | ULONG): T | null {
  return machineAlloc(Size, 0, 1);
}
/** @forceinline */
export function KeAcquireSpinLock(Lock: PKSPIN_LOCK): KIRQL {
  const Old = machineRaise(2);
  machineLock(Ref(Lock.Word), 0);
  return Old as KIRQL;
}
export function KeDelay(Interval: LARGE_INTEGER): LONGLONG { return Interval.QuadPart; }
export function DbgPrint(Format: string, ...Rest: (number | object | boolean | string | null)[]): void { machineEvent('queue.start-next'); }
export declare function machineExchange<T>(Address: Ref<T>, Value: T): T;
export declare function machineAlloc<T>(Size: SIZE_T<T>, Pool: LONG, Zero: LONG): T;
export declare function machineRaise(Irql: LONG): LONG;
export declare function machineLock(Word: Ref<LONG>, Cancel: LONG): void;
export declare function machineEvent(Name: string, ...Arguments: (number | boolean | object | null)[]): void;
export function KiTimerExpired(Timer: PKTIMER): void { Timer.Due = 0; }
export function KiExecuteDpc(Dpc: PKDPC): void { Dpc.Queued = FALSE; }
`;

const vocabulary = `
import { BOOLEAN, LONG, NTSTATUS, UCHAR } from 'irpsight/wdm';
export interface SCENARIO {
  Driver: () => NTSTATUS; Processors?: number; MaxPreemptions?: number; LowMemory?: boolean;
  Lower?: {
    Complete?: 'inline' | 'later' | 'either' | 'never'; Status?: NTSTATUS[]; Cancelable?: boolean;
    Major?: { Function: UCHAR; Complete: 'inline' | 'later' | 'either' | 'never'; Status?: NTSTATUS }[];
  };
  Setup?(): void; Threads: { [Name: string]: () => void }; Expect?(): void;
}
export declare function choose<T>(...Alternatives: T[]): T;
export function expect(Condition: BOOLEAN, Message?: string): void { }
`;

const harness = `
import { ARRAY, BOOLEAN, LONG, NTSTATUS, UCHAR } from 'irpsight/wdm';
type ENTRY = () => NTSTATUS;
type ROUTINE = () => void;
export let ScenarioDriver!: ENTRY | null;
export let ScenarioSetup!: ROUTINE | null;
export let ScenarioExpect!: ROUTINE | null;
export let ScenarioThreads!: ARRAY<ROUTINE, 8>;
export let ScenarioThreadCount!: LONG;
export let LowerComplete!: LONG;
export let LowerStatus!: ARRAY<NTSTATUS, 8>;
export let LowerStatusCount!: LONG;
export let LowerCancelable!: BOOLEAN;
export let LowerMajorCount!: LONG;
export let LowerMajorFunction!: ARRAY<UCHAR, 8>;
export let LowerMajorComplete!: ARRAY<LONG, 8>;
export let LowerMajorStatus!: ARRAY<NTSTATUS, 8>;
export let LowMemory!: BOOLEAN;
export function HarnessMain(): void { if (ScenarioDriver !== null) ScenarioDriver(); }
export function HarnessStuck(): void { }
export function HarnessFinal(): void { }
`;

const file = (path: string, text: string, origin: SourceInput['origin']): SourceInput => ({ path, text, origin });

/** The library that `compileMini` uses. */
export const miniLibrary: readonly SourceInput[] = [
  file('irpsight/wdm/core.d.ts', core, 'kernel'),
  file('irpsight/wdm/index.ts', wdm, 'kernel'),
  file('irpsight/scenario/index.ts', vocabulary, 'environment'),
  file('irpsight/scenario/harness.ts', harness, 'environment'),
];

/** Everything the mini library declares, for the import line of a test's driver. */
const names = [...wdm.matchAll(/^export (?:declare )?(?:type|interface|const|function) (\w+)/gm)].map(([, name]) => name);
export const importAll = `import { ${[...new Set(names)].join(', ')} } from 'irpsight/wdm';\n`;

/** Compiles one driver source; an import of everything is put in front of it, and before that `mark` (a byte order mark). */
export function compileMini(text: string, origin: SourceInput['origin'] = 'driver', mark = ''): CompileResult {
  return compile({ sources: [file('test.driver.ts', mark + importAll + text, origin)], library: miniLibrary });
}

/** The program of a source that must compile. */
export function programOf(text: string, origin: SourceInput['origin'] = 'driver'): Program {
  const { program, problems } = compileMini(text, origin);
  if (program === undefined)
    throw new Error(
      problems.map((p) => `${p.code}: ${p.message} at ${(importAll + text).slice(p.start, p.start + 60)}`).join('\n'),
    );
  return program;
}

/** A function of a program by its name. */
export function funcOf(program: Program, name: string): Func {
  const found = program.funcs.find((func) => func.name === name);
  if (found === undefined) throw new Error(`no function ${name}`);
  return found;
}
