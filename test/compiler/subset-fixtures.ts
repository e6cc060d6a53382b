/** What the subset check rejects, by theme: fixtures whose carets say where and why. */

/** Rejected on syntax alone. */
export const syntaxFixtures: Readonly<Record<string, string>> = {
  types: `
type A = LONG[];
//       ^^^^^^ dsl/array: Arrays have a fixed length; write ARRAY<T, N>.
type B<T> = T extends LONG ? LONG : B<T>;
//     ^ dsl/generic-type
type C = { [K in keyof IRP]: LONG };
//       ^^^^^^^^^^^^^^^^^^^^^^^^^^ dsl/type-form: A mapped type is no C type
type D = LONG extends ULONG ? LONG : ULONG;
//       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ dsl/type-form: A conditional type
type E = "a" | "b" | "c";
//       ^^^^^^^^^^^^^^^ dsl/union-type
type F = PIRP | null;
//       ^^^^^^^^^^^ dsl/nullable-alias: F hides
type G = LONG & ULONG;
//       ^^^^^^^^^^^^ dsl/intersection-type
type H = keyof IRP;
//       ^^^^^^^^^ dsl/type-form: keyof is no C type
type I<T> = (Argument: PDEVICE_OBJECT<PBOX<T>>) => void;
//                                    ^^^^^^^ dsl/generic-type
type J = <T>(Argument: T) => void;
//        ^ dsl/generic-function
interface S<T> { Field: LONG }
//          ^ dsl/generic-type
interface T extends A, B { Field: LONG }
//                     ^ dsl/extends
interface U {
  Any: any;
  //   ^^^ dsl/any: any switches the checking off
  Unknown: unknown;
  //       ^^^^^^^ dsl/unknown: write PVOID
  Count: number;
  //     ^^^^^^ dsl/number: number has no width; write LONG or ULONG.
  Flag: boolean;
  //    ^^^^^^^ dsl/boolean
  Name: string;
  //    ^^^^^^ dsl/string-type
  Thing: object | null;
  //     ^^^^^^^^^^^^^ dsl/object-type
  Big: bigint;
  //   ^^^^^^ dsl/bigint
  Table: ARRAY<ULONG, 0>;
  //                  ^ dsl/array-length
  Huge: ARRAY<ULONG, 1000000000>;
  //                 ^^^^^^^^^^ dsl/array-length
  Routine: (Irp: PIRP) => void;
  //       ^^^^^^^^^^^^^^^^^^^ dsl/function-type
  Maybe?: LONG;
  //   ^ dsl/optional-field
    Method(): void;
  //^^^^^^^^^^^^^^^ dsl/field-form
    readonly Fixed: LONG;
  //^^^^^^^^ dsl/modifier
  Twice: LONG;
    Twice: LONG;
  //^^^^^ dsl/declared-twice
}
interface U { More: LONG }
//        ^ dsl/declared-twice: U is declared twice
function F1(Argument: { Field: LONG }): void {}
//                    ^^^^^^^^^^^^^^^ dsl/anonymous-struct
`,

  expressions: `
function F(Irp: PIRP | null): void {
  let Status: NTSTATUS = STATUS_SUCCESS;
  if (Irp == null) return;
  //      ^^ dsl/equality: Write ===: == converts
  Status = Irp?.IoStatus.Status;
  //          ^^ dsl/optional-chain: C has no ?. ; write if (Irp !== null).
  Status = Status ?? STATUS_SUCCESS;
  //              ^^ dsl/coalesce
  Status ||= STATUS_SUCCESS;
  //     ^^^ dsl/logical-assignment
  Status = Status >>> 1;
  //              ^^^ dsl/unsigned-shift: >>> is not C; use >> on an unsigned type.
  Status = Status ** 2;
  //              ^^ dsl/power
  Status = (F(null), Status);
  //               ^ dsl/comma
  Status = Irp instanceof IRP;
  //           ^^^^^^^^^^ dsl/operator
  if ("Tail" in Irp) return;
  //  ^^^^^^ dsl/string
  //         ^^ dsl/in-operator
  Status = typeof Irp;
  //       ^^^^^^^^^^ dsl/typeof
  delete Irp.Tail;
//^^^^^^^^^^^^^^^ dsl/delete
    F(...Irp);
  //  ^^^^^^ dsl/spread
  let { Tail } = Irp;
  //  ^^^^^^^^ dsl/destructuring
  [Irp, Status] = Irp;
//^^^^^^^^^^^^^ dsl/destructuring
  let Flag = true;
  //         ^^^^ dsl/true: Write TRUE: tsc narrows true and false.
  Flag = false;
  //     ^^^^^ dsl/false: Write FALSE
  Flag = 1.5;
  //     ^^^ dsl/float
  Flag = 1_000;
  //     ^^^^^ dsl/digit-separator
  Flag = 10n;
  //     ^^^ dsl/bigint
  Flag = 0x20000000000001;
  //     ^^^^^^^^^^^^^^^^ dsl/literal-range
  Flag = "text";
  //     ^^^^^^ dsl/string
  Flag = \`text\`;
  //     ^^^^^^ dsl/template
  Flag = /a/;
  //     ^^^ dsl/regex
  Flag = { Length: 1 };
  //     ^^^^^^^^^^^^^ dsl/object-literal: Assign the fields one by one.
  Flag = [1];
  //     ^^^ dsl/array-literal
  let Pair: PAIR = { ["Length"]: 1 };
  //                 ^^^^^^^^^^^^^ dsl/literal-form
  let Row: ARRAY<LONG, 2> = [1, , 2];
  //                           ^ dsl/hole
  Flag = Irp as unknown as ULONG;
  //     ^^^^^^^^^^^^^^^^^^^^^^^ dsl/cast: This cast has no meaning in the model.
  Flag = <LONG>Flag;
  //     ^^^^^^^^^^ dsl/cast-form
  (Flag ? F : F)(null);
// ^^^^^^^^^^^^ dsl/call-form
  F(null)++;
//^^^^^^^ dsl/increment
  Flag = this;
  //     ^^^^ dsl/this
  Flag = new Foo();
  //     ^^^^^^^^^ dsl/new
  Flag = await Irp;
  //     ^^^^^^^^^ dsl/async
  Flag = () => {};
  //     ^^^^^^^^ dsl/nested-routine: A routine inside a routine: move it to the top level.
  Flag = NULL;
  //     ^^^^ dsl/null
  Flag = undefined;
  //     ^^^^^^^^^ dsl/undefined
  Flag = Irp.__proto__;
  //         ^^^^^^^^^ dsl/reserved-name
  Flag = Irp.constructor;
  //         ^^^^^^^^^^^ dsl/reserved-name
  eval("1");
//^^^^ dsl/reserved-name
  let Größe: LONG = 0;
  //  ^^^^^ dsl/name
  let \\u0061b: LONG = 0;
  //  ^^^^^^^ dsl/name
}
`,

  statements: `
function F(Irp: PIRP): void {
  var Old: LONG = 0;
//^^^ dsl/var
  let Bare;
  //  ^^^^ dsl/untyped
  const Event: KEVENT;
//^^^^^^^^^^^^^^^^^^^ dsl/const-storage: const Event: KEVENT needs storage, not a value; write let Event!: KEVENT.
  const Pair: PAIR = { Length: 1 };
//^^^^^ dsl/const-storage: const Pair: PAIR needs storage
  for (const Key in Irp) F(Irp);
//^^^^^^^^^^^^^^^^^^^^^^ dsl/for-in
  Exit: while (TRUE) break Exit;
//^^^^ dsl/label
  try { F(Irp); } catch (Problem) {}
  //                     ^^^^^^^ dsl/catch-variable: A handler has no variable; write catch { ... }
  throw Irp;
//^^^^^^^^^^ dsl/throw
  debugger;
//^^^^^^^^^ dsl/statement
  function Inner(): void {}
  //       ^^^^^ dsl/nested-routine
  interface Local { Field: LONG }
  //        ^^^^^ dsl/local-type
  class Box {}
  //    ^^^ dsl/class
  using Lock = Irp;
//^^^^^^^^^^^^^^^^ dsl/using
}
`,

  routines: `
import { LONG } from "irpsight/wdm";
function DriverEntry(DriverObject: PDRIVER_OBJECT): NTSTATUS { return STATUS_SUCCESS; }
//       ^^^^^^^^^^^ dsl/driver-entry: DriverEntry must be exported.
async function A(): void {}
//<^^ dsl/async
function* B(): void {}
//      ^ dsl/generator
function C<T>(Argument: T): void {}
//         ^ dsl/generic-function
function D(): void;
//       ^ dsl/no-body
function E(Optional?: LONG, Default: LONG = 1, ...Rest: ARRAY<LONG, 1>): void {}
//                 ^ dsl/parameter
//                                          ^ dsl/parameter
//                                             ^^^^^^^^^^^^^^^^^^^^^^^ dsl/rest-parameter
let F: DRIVER_CANCEL = (DeviceObject, Irp) => {};
//  ^ dsl/role-const
const G: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
//                                                ^^^^^^^^^^^^^^ dsl/arrow-body
declare let H: LONG;
//<^^^^ dsl/modifier
enum State { Idle, Busy }
//<^^^^^^^^^^^^^^^^^^^^^^ dsl/enum: An enum narrows in TypeScript; declare its members as constants.
namespace Space {}
//        ^^^^^ dsl/namespace
const Pool = ExAllocatePool2(0, sizeof<LONG>(), "tag1");
//           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ dsl/constant
F( );
//<^ dsl/top-level-statement
#include <wdm.h>
//<^^^^^ dsl/preprocessor: There is no preprocessor
`,

  modules: `
import Default from "irpsight/wdm";
//     ^^^^^^^ dsl/import-form
import * as Wdm from "irpsight/wdm";
//     ^^^^^^^^ dsl/import-form
import "irpsight/wdm";
//<^^^^^^^^^^^^^^^^^^^ dsl/import-form
import type { PIRP } from "irpsight/wdm";
//     ^^^^^^^^^^^^^ dsl/import-form
import { LONG as INTEGER } from "irpsight/wdm";
//       ^^^^^^^^^^^^^^^ dsl/import-renamed
import { readFileSync } from "node:fs";
//                           ^^^^^^^^^ dsl/import-from
import { Secret } from "../../etc/passwd";
//                     ^^^^^^^^^^^^^^^^^^ dsl/import-from
export { LONG } from "irpsight/wdm";
//<^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ dsl/import-form
export default LONG;
//<^^^^^^^^^^^^^^^^^ dsl/export-form
`,

  decorators: `
@sealed class Box {}
//            ^^^ dsl/class
function F(@dec Argument: LONG): void {}
//         ^^^^ dsl/decorator
`,

  directives: `
/*     */ // @ts-ignore
//        ^^^^^^^^^^^^^ dsl/directive
export const A: LONG = 1;
`,

  'scenario literals': `
// @file: race.scenario.ts
import { SCENARIO } from "irpsight/scenario";
const Hidden: SCENARIO = { Driver: DriverEntry, Threads: {} };
//    ^^^^^^ dsl/scenario-export
export const Race: SCENARIO = {
  Driver: DriverEntry,
  Processors: Count(),
  //          ^^^^^^^ dsl/scenario-literal: A scenario is a literal: the driver, numbers and routines only.
  get Lower() { return 1; },
//^^^^^^^^^^^^^^^^^^^^^^^^^ dsl/accessor
  Setup: () => {},
  //     ^^^^^^^^ dsl/scenario-literal
  Threads: { Reader() { ReadFile(File, 16, Read); } },
};
`,
};

/** Rejected on the declarations, in a driver that is well typed. */
export const meaningFixtures: Readonly<Record<string, string>> = {
  storage: `
import { DEVICE_OBJECT, IRP, KSPIN_LOCK, LARGE_INTEGER, LIST_ENTRY, PIRP, ULONG, ARRAY } from "irpsight/wdm";
interface ENTRY { Link: LIST_ENTRY; Irp: IRP }
//                                       ^^^ dsl/kernel-object: IRP objects are made by the I/O manager; write PIRP.
type PENTRY = ENTRY;
type ENTRYPTR = ENTRY;
//   ^^^^^^^^ dsl/pointer-alias: ENTRYPTR and ENTRY name one type; a pointer alias is P followed by the struct's name.
interface DEVQUEUE { Lock: KSPIN_LOCK; Due: LARGE_INTEGER; Irps: ARRAY<IRP, 2> }
//                                                                     ^^^ dsl/kernel-object
let A!: DEVQUEUE;
let B!: DEVQUEUE;
export function Copy(Queue: DEVQUEUE, Due: LARGE_INTEGER, Irp: PIRP): void {
//                          ^^^^^^^^ dsl/by-value: DEVQUEUE would be passed by value; write PDEVQUEUE.
  A.Lock = B.Lock;
  //     ^ dsl/copy: KSPIN_LOCK cannot be copied: other code holds its address. Initialise the second one.
  A.Due = B.Due;
  A.Due = Due;
  const Whole: LARGE_INTEGER = B.Due;
  //    ^^^^^ dsl/const-storage: const Whole: LARGE_INTEGER needs storage, not a value; write let Whole!: LARGE_INTEGER.
  let Other: DEVQUEUE = B;
  //                    ^ dsl/copy: DEVQUEUE cannot be copied
  const Entry = Irp.Tail.Overlay.DriverContext[0] as ENTRY;
  //                                                 ^^^^^ dsl/cast-to-struct
}
export function Returned(): DEVQUEUE { return A; }
//                          ^^^^^^^^ dsl/struct-result
`,

  unions: `
import { ARRAY, LARGE_INTEGER, LIST_ENTRY, LONG, LONGLONG, PIRP, PVOID, SHORT, UCHAR, ULONG, ULONGLONG, ULONG_PTR, USHORT, Union } from "irpsight/wdm";
interface HALVES { Low: USHORT; High: USHORT }
interface PARTS { LowPart: ULONG; HighPart: LONG }
interface FIRST { Kind: ULONG; Irp: PIRP | null; Length: ULONG }
interface SECOND { Kind: ULONG; Link: LIST_ENTRY }
interface THIRD { Kind: ULONG; Flags: ULONG; Irp: PIRP | null }
interface FOURTH { Kind: ULONG; Context: PVOID; Irp: PIRP | null }
type A = Union<{ Long: ULONG; Short: USHORT }>;
//                            ^^^^^^^^^^^^^ dsl/union-width: Short and Long share bytes but not as one integer of one width
type B = Union<{ Long: LONG; Bytes: ARRAY<UCHAR, 4> }> & { After: LONG };
//                           ^^^^^^^^^^^^^^^^^^^^^^ dsl/union-width: Bytes and Long
type C = Union<{ Long: ULONG; Halves: HALVES }>;
//                            ^^^^^^^^^^^^^^ dsl/union-width: shifts and masks
interface HOLDER {
  Value: Union<{ Quad: ULONGLONG; Bytes: ARRAY<UCHAR, 8> }>;
  //                              ^^^^^^^^^^^^^^^^^^^^^^ dsl/union-width: Bytes and Quad
  Tables: Union<{ Longs: ARRAY<ULONG, 2>; Shorts: ARRAY<SHORT, 4> }>;
  //                                      ^^^^^^^^^^^^^^^^^^^^^^^ dsl/union-width
  Pair: Union<{ Third: THIRD; Fourth: FOURTH }>;
  //                          ^^^^^^^^^^^^^^ dsl/union-width: Fourth and Third
}
type Same = Union<{ Signed: LONG; Unsigned: ULONG; Address: PVOID }>;
type Wide = Union<{ Quad: LONGLONG; Parts: PARTS; Time: LARGE_INTEGER; Array: ARRAY<ULONG, 2>; Low: ULONG }>;
type Pointer = Union<{ Address: PVOID; Number: ULONG_PTR }>;
type Handle = Union<{ Address: PVOID; Number: USHORT }>;
type Variant = Union<{ First: FIRST; Second: SECOND }> & { After: LONG };
`,

  'scenario unions': `
// @file: race.scenario.ts
import { ULONG, USHORT, Union } from "irpsight/wdm";
type A = Union<{ Long: ULONG; Short: USHORT }>;
//                            ^^^^^^^^^^^^^ dsl/union-width
`,

  "the system's fields": `
import { IO_STACK_LOCATION, IoGetCurrentIrpStackLocation, IoGetNextIrpStackLocation, KeGetCurrentThread, KeReadStateEvent, KeSetEvent, LONG, PIO_STACK_LOCATION, PIRP, Ref, RtlCopyMemory, SL_PENDING_RETURNED, UCHAR, sizeof } from "irpsight/wdm";
/** @system anything */
interface MINE { /** @system nothing */ Control: UCHAR; Stack: PIO_STACK_LOCATION }
type PMINE = MINE;
export function Use(Irp: PIRP, Mine: PMINE): void {
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  const Next = IoGetNextIrpStackLocation(Irp);
  if ((Stack.Control & SL_PENDING_RETURNED) !== 0) Mine.Control = Stack.Control;
  Stack.Control = Stack.Control | SL_PENDING_RETURNED;
//^^^^^^^^^^^^^ dsl/system-field: Control is the system's own; a driver changes it with IoMarkIrpPending and IoSetCompletionRoutine only.
  Mine.Stack.Control |= SL_PENDING_RETURNED;
//^^^^^^^^^^^^^^^^^^ dsl/system-field
  (Next.Control)++;
// ^^^^^^^^^^^^ dsl/system-field
  Irp.Stack[0].Control = 0;
//^^^^^^^^^^^^^^^^^^^^ dsl/system-field
  const Address = Ref(Stack.Control);
  //                  ^^^^^^^^^^^^^ dsl/system-field
  Next.MajorFunction = Stack.MajorFunction;
  RtlCopyMemory(Next, Stack, sizeof<IO_STACK_LOCATION>());
  const Thread = KeGetCurrentThread();
  Thread.Outstanding = 0;
//^^^^^^^^^^^^^^^^^^ dsl/system-field: Outstanding is the system's own; a driver can only read it.
  Thread.Idle.Header.SignalState--;
//^^^^^^^^^^^ dsl/system-field
  KeSetEvent(Thread.Idle, 0, Mine.Control === 1);
  //         ^^^^^^^^^^^ dsl/system-field
  const Header = Thread.Idle.Header;
  //             ^^^^^^^^^^^ dsl/system-field
  const State: LONG = Thread.Idle.Header.SignalState + Thread.Outstanding;
}
`,

  'scenario routines in a driver': `
import { SCENARIO, choose, expect } from "irpsight/scenario";
//                 ^^^^^^ dsl/scenario-routine: choose belongs to scenarios
//                         ^^^^^^ dsl/scenario-routine
// @file: race.scenario.ts
import { SCENARIO, choose, expect } from "irpsight/scenario";
`,

  'actions of a device in a driver': `
import { Device, Receive, Unplug } from "irpsight/devices/serial";
//               ^^^^^^^ dsl/device-routine: Receive is what the hardware does by itself
//                        ^^^^^^ dsl/device-routine
// @file: line.scenario.ts
import { Device, Receive, Unplug } from "irpsight/devices/serial";
`,

  addresses: `
import { CONTAINING_RECORD, ExAllocatePool2, FALSE, InterlockedIncrement, IoCreateDevice, IRP, KDPC, LIST_ENTRY, LONG, PDEVICE_OBJECT, PKDPC, PLIST_ENTRY, POOL_FLAG_NON_PAGED, Ref, sizeof } from "irpsight/wdm";
interface EXT { Queue: LIST_ENTRY; Count: LONG; DeviceObject: PDEVICE_OBJECT; Dpc: KDPC }
type PEXT = EXT;
const Fixed: LONG = 1;
export function Use(Ext: PEXT, Entry: PLIST_ENTRY, Dpc: PKDPC): void {
  InterlockedIncrement(Ref(Ext.Count));
  InterlockedIncrement(Ref(Fixed));
  //                       ^^^^^ dsl/ref-const: Ref(Fixed): declare Fixed with let.
  InterlockedIncrement(Ref(Ext.Count + 1));
  //                       ^^^^^^^^^^^^^ dsl/ref-address: Ref needs a variable or field: this has no address.
  const Head = Ref(Ext.Queue);
  //           ^^^^^^^^^^^^^^ dsl/ref-struct: Ref(Ext.Queue): structs are passed as they are.
  const Mine = CONTAINING_RECORD<EXT>(Entry, "Queue");
  const Irp = CONTAINING_RECORD<IRP>(Entry, "Tail.Overlay.ListEntry");
  const Whole = CONTAINING_RECORD(Entry, "Queue");
  //            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ dsl/record-path
  const Pointer = CONTAINING_RECORD<EXT>(Entry, "DeviceObject");
  //                                            ^^^^^^^^^^^^^^ dsl/record-pointer: The path goes through the pointer DeviceObject; every name in it must be embedded.
  const Wrong = CONTAINING_RECORD<EXT>(Dpc, "Queue");
  //                                        ^^^^^^^ dsl/record-leaf: Queue in Path is a LIST_ENTRY, the address is a KDPC.
  const Bytes = ExAllocatePool2(POOL_FLAG_NON_PAGED, 40, "tag1");
  let Made!: PDEVICE_OBJECT<EXT> | null;
  IoCreateDevice(Ext.DeviceObject.DriverObject, 40, null, 0, 0, FALSE, Ref(Made));
  //                                            ^^ dsl/size: The size must be sizeof<T>(): the checker keeps typed objects.
}
`,

  roles: `
import { DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, IoSetCancelRoutine, IRP_MJ_READ, PDEVICE_OBJECT, PIRP, STATUS_SUCCESS } from "irpsight/wdm";
interface EXT { Cancel: DRIVER_CANCEL<never> | null }
type PEXT = EXT;
const DispatchRead: DRIVER_DISPATCH<EXT> = (DeviceObject, Irp) => {
  IoSetCancelRoutine(Irp, CancelRead);
  IoSetCancelRoutine(Irp, DispatchRead);
  //                      ^^^^^^^^^^^^ dsl/role: DispatchRead is declared DRIVER_DISPATCH; IoSetCancelRoutine takes DRIVER_CANCEL.
  IoSetCancelRoutine(Irp, Plain);
  //                      ^^^^^ dsl/no-role: Plain has no role; declare it const Plain: DRIVER_CANCEL<...>.
  return STATUS_SUCCESS;
};
const CancelRead: DRIVER_CANCEL<EXT> = (DeviceObject, Irp) => {};
const Unload: DRIVER_UNLOAD = (DriverObject) => {};
function Plain(DeviceObject: PDEVICE_OBJECT, Irp: PIRP): void {}
const Loose = (DeviceObject: PDEVICE_OBJECT, Irp: PIRP): void => {};
//    ^^^^^ dsl/role-unknown: Loose has no role
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
export function Store(Ext: PEXT): void {
  Ext.Cancel = CancelRead;
  Ext.Cancel = DispatchRead;
  //           ^^^^^^^^^^^^ dsl/role: DispatchRead is declared DRIVER_DISPATCH; Cancel takes DRIVER_CANCEL.
  Ext.Cancel = null;
}
`,
};

/** Every construct that the language has, none of them a problem. */
export const acceptedDriver = `
import {
  ARRAY, BOOLEAN, CONTAINING_RECORD, CTL_CODE, DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, ExAllocatePool2, FALSE, InitializeListHead,
  InterlockedIncrement, IO_STATUS_BLOCK, IoSetCancelRoutine, IRP, IRP_MJ_READ, KDPC, KEVENT, KeAcquireSpinLock, KeInitializeEvent,
  KeReleaseSpinLock, KIRQL, KSPIN_LOCK, LARGE_INTEGER, LIST_ENTRY, LONG, NotificationEvent, NTSTATUS, PDEVICE_OBJECT, PIRP, PLIST_ENTRY,
  POOL_FLAG_NON_PAGED, PVOID, Ref, sizeof, STATUS_PENDING, STATUS_SUCCESS, TRUE, UCHAR, ULONG, Union, alloc_text, PAGED_CODE,
} from "irpsight/wdm";

interface IRP_ENTRY { ListEntry: LIST_ENTRY; Irp: PIRP | null }
type PIRP_ENTRY = IRP_ENTRY;
interface COMMON { IsFdo: BOOLEAN }
type PCOMMON = COMMON;
interface FDO extends COMMON {
  Queue: LIST_ENTRY; QueueLock: KSPIN_LOCK; Count: LONG; Sequence: ULONG; Byte: UCHAR; State: DEVICE_STATE; Dpc: KDPC;
  CurrentIrp: PIRP | null; LowerDevice: PDEVICE_OBJECT | null; Iosb: IO_STATUS_BLOCK; Table: ARRAY<ULONG, 8>;
  Value: Union<{ Long: LONG; Bits: ULONG; Address: PVOID }> & { After: LONG };
  StartIo: START_IO<FDO> | null;
}
type PFDO = FDO;
type START_IO<EXT> = (DeviceObject: PDEVICE_OBJECT<EXT>, Irp: PIRP) => void;
type DEVICE_STATE = LONG;
const NotStarted: DEVICE_STATE = 0;
const STATUS_MINE = 0xE0000001 as NTSTATUS;
const IOCTL_MINE = CTL_CODE(0x22, 0x800, 0, 0);
let Devices: LONG = 0;
let Global!: KSPIN_LOCK;
let Table: ARRAY<ULONG, 2> = [1, 2];

alloc_text("PAGE", DispatchRead);

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;
  return STATUS_SUCCESS;
};

const DispatchRead: DRIVER_DISPATCH<FDO> = (DeviceObject, Irp) => {
  PAGED_CODE();
  const Ext = DeviceObject.DeviceExtension;
  let Irql!: KIRQL;
  Irql = KeAcquireSpinLock(Ext.QueueLock);
  IoSetCancelRoutine(Irp, CancelRead);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) Ext.Sequence++;
  KeReleaseSpinLock(Ext.QueueLock, Irql);
  return STATUS_PENDING;
};

const CancelRead: DRIVER_CANCEL<FDO> = (DeviceObject, Irp) => {
  const Ext = DeviceObject.DeviceExtension;
  Exit: {
    if (Irp.Cancel === FALSE) break Exit;
    Irp.IoStatus.Status = STATUS_MINE;
  }
  if (Ext.StartIo !== null) Ext.StartIo(DeviceObject, Irp);
};

function Finish(Ext: PFDO, Entry: PIRP_ENTRY, Due: LARGE_INTEGER, Context: PVOID): ULONG {
  let Event!: KEVENT;
  let Iosb: IO_STATUS_BLOCK = Ext.Iosb;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  InitializeListHead(Ext.Queue);
  InterlockedIncrement(Ref(Ext.Count));
  const Head = Entry.ListEntry;
  let Sum: ULONG = 0;
  for (let i: ULONG = 0; i < 8; i++) Sum += Ext.Table[i] >> 1;
  do { Sum--; } while (Sum > 0 && Head.Flink !== Head);
  switch (Ext.State) {
    case NotStarted:
      Ext.State = 1;
    default:
      break;
  }
  const Irp = CONTAINING_RECORD<IRP>(Head.Flink, "Tail.Overlay.ListEntry");
  const Other = Irp.Tail.Overlay.DriverContext[2] as PIRP_ENTRY | null;
  const Memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<IRP_ENTRY>(), "tag1");
  const Array = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<ARRAY<ULONG, 8>>(), "tag2");
  if (Memory !== null && Other !== null) Memory.Irp = Irp;
  const Down = Context as PCOMMON as PFDO;
  Ext.Byte = Sum as UCHAR;
  Ext.Iosb = Irp.IoStatus;
  return Irp.Cancel ? Sum : Table[0];
}
`;
