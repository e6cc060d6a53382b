/** IoCancelIrp, IoSetCancelRoutine and cancel-safe queues against every interleaving of a canceller. */
import { type Behaviour, behaviour } from '../model.ts';

/** One IRP that lies at a device, held by the program; a second thread cancels it. */
export const pending = `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Held!: PIRP | null;
let Answer!: LONG;
let Calls!: LONG;
let CancellerDone!: KEVENT;
const Keep: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); Held = Irp; return STATUS_PENDING; };
type START = (A: PVOID, B: PVOID) => void;
const Canceller: START = (A, B) => { Answer = IoCancelIrp(Held!) ? 1 : 0; KeSetEvent(CancellerDone, 0, FALSE); };
function Hold(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Driver.MajorFunction[IRP_MJ_READ] = Keep;
  KeInitializeEvent(CancellerDone, NotificationEvent, FALSE);
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IopQueueIrp(Irp, null, null);
  IoCallDriver(Device!, Irp);
}
function StartCanceller(): void { machineSpawn(0, Canceller, IopNewThread(), null, null); }
function WaitForCanceller(): void { KeWaitForSingleObject(CancellerDone, Executive, KernelMode, FALSE, null); }
`;

export const queue = `${pending}
interface QUEUE { Csq: IO_CSQ; Lock: KSPIN_LOCK; List: LIST_ENTRY }
let Queue!: QUEUE;
let Completed!: LONG;
const Insert: IO_CSQ_INSERT_IRP = (Csq, Irp) => { InsertTailList(Queue.List, Irp.Tail.Overlay.ListEntry); };
const Remove: IO_CSQ_REMOVE_IRP = (Csq, Irp) => { RemoveEntryList(Irp.Tail.Overlay.ListEntry); };
const Peek: IO_CSQ_PEEK_NEXT_IRP = (Csq, Irp, Context) => {
  const Next = Irp === null ? Queue.List.Flink : Irp.Tail.Overlay.ListEntry.Flink;
  return Next === Queue.List ? null : CONTAINING_RECORD<IRP>(Next, 'Tail.Overlay.ListEntry');
};
const Lock: IO_CSQ_ACQUIRE_LOCK = (Csq, Irql) => { Irql.Value = KeAcquireSpinLock(Queue.Lock); };
const Unlock: IO_CSQ_RELEASE_LOCK = (Csq, Irql) => { KeReleaseSpinLock(Queue.Lock, Irql); };
const Cancelled: IO_CSQ_COMPLETE_CANCELED_IRP = (Csq, Irp) => {
  Expect(machineLocksHeld() === 0 && KeGetCurrentIrql() === PASSIVE_LEVEL);
  InterlockedIncrement(Ref(Completed));
  Irp.IoStatus.Status = STATUS_CANCELLED;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
};
function MakeQueue(): void {
  KeInitializeSpinLock(Queue.Lock);
  InitializeListHead(Queue.List);
  IoCsqInitialize(Queue.Csq, Insert, Remove, Peek, Lock, Unlock, Cancelled);
}
`;

export const cancel: readonly Behaviour[] = [
  behaviour(
    'F10 F12',
    'with no routine set IoCancelIrp leaves only the bit and returns FALSE',
    `${pending}
export function HarnessMain(): void { Hold(); Expect(!IoCancelIrp(Held!)); Expect(Held!.Cancel && KeGetCurrentIrql() === PASSIVE_LEVEL && machineLocksHeld() === 0); }
`,
  ),
  behaviour(
    'F11 F16 F17 F19',
    'the routine runs at DISPATCH_LEVEL with the cancel lock held, Cancel set, CancelRoutine null, and CancelIrql the level before',
    `${pending}
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => {
  Expect(KeGetCurrentIrql() === DISPATCH_LEVEL && machineCancelLockHeld() && Irp.Cancel && Irp.CancelRoutine === null);
  Expect(Irp.CancelIrql === APC_LEVEL && DeviceObject === Device as PVOID);
  Calls = Calls + 1;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
};
export function HarnessMain(): void {
  Hold(); IoSetCancelRoutine(Held!, Cancel);
  const Irql = KeRaiseIrql(APC_LEVEL);
  Expect(IoCancelIrp(Held!)); Expect(Calls === 1 && KeGetCurrentIrql() === APC_LEVEL && machineLocksHeld() === 0);
  KeLowerIrql(Irql);
}
`,
  ),
  behaviour(
    'F22 F23',
    'exactly one of IoCancelIrp and IoSetCancelRoutine(NULL) gets the routine',
    `${pending}
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => { Calls = Calls + 1; IoReleaseCancelSpinLock(Irp.CancelIrql); };
export function HarnessMain(): void {
  Hold(); IoSetCancelRoutine(Held!, Cancel); StartCanceller();
  const Mine = IoSetCancelRoutine(Held!, null);
  WaitForCanceller();
  Expect((Mine === Cancel ? 1 : 0) + Calls === 1);
  Expect(Answer === Calls);
}
`,
  ),
  ...(['set, then test the bit', 'test the bit, then set'] as const).map((order) => {
    const set = 'IoSetCancelRoutine(Held!, Cancel);';
    const test = 'const Requested = Held!.Cancel;';
    const first = order.startsWith('set');
    return behaviour(
      'F6 F37',
      `${order}: a cancel is ${first ? 'never' : 'sometimes'} lost`,
      `${pending}
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => { Calls = Calls + 1; IoReleaseCancelSpinLock(Irp.CancelIrql); };
export function HarnessMain(): void {
  Hold(); StartCanceller();
  ${first ? set + test : test + set}
  WaitForCanceller();
  Expect(Requested || Calls === 1);
}
`,
      first ? 'verified' : 'assert.failed',
    );
  }),
  behaviour(
    'F18',
    'the cancel spin lock is one, system-wide: nobody enters a cancel routine while it is held',
    `${pending}
let Inside!: LONG;
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => { Expect(Inside === 0); IoReleaseCancelSpinLock(Irp.CancelIrql); };
export function HarnessMain(): void {
  Hold(); IoSetCancelRoutine(Held!, Cancel); StartCanceller();
  const Irql = IoAcquireCancelSpinLock();
  Inside = 1;
  Inside = 0;
  IoReleaseCancelSpinLock(Irql);
  WaitForCanceller();
}
`,
  ),
  behaviour(
    'F78 F79 F84',
    'an inserted IRP is marked pending and completed once by a cancel before, during or after the insert',
    `${queue}
export function HarnessMain(): void {
  Hold(); MakeQueue(); StartCanceller();
  IoCsqInsertIrp(Queue.Csq, Held!, null);
  WaitForCanceller();
  Expect(Completed === 1 && IsListEmpty(Queue.List));
}
`,
    'verified',
    { watch: [{ event: 'irp.mark-pending', when: { left: 'location', is: '!=', right: 1 } }] },
  ),
  behaviour(
    'F83',
    'IoCsqRemoveNextIrp gives the IRP exactly when its cancel did not get it',
    `${queue}
export function HarnessMain(): void {
  Hold(); MakeQueue(); IoCsqInsertIrp(Queue.Csq, Held!, null); StartCanceller();
  const Irp = IoCsqRemoveNextIrp(Queue.Csq, null);
  WaitForCanceller();
  Expect((Irp === null ? 0 : 1) + Completed === 1 && IsListEmpty(Queue.List));
}
`,
  ),
  behaviour(
    'F82',
    'IoCsqRemoveIrp by its context, likewise',
    `${queue}
let Context!: IO_CSQ_IRP_CONTEXT;
export function HarnessMain(): void {
  Hold(); MakeQueue(); IoCsqInsertIrp(Queue.Csq, Held!, Context); StartCanceller();
  const Irp = IoCsqRemoveIrp(Queue.Csq, Context);
  WaitForCanceller();
  Expect((Irp === null ? 0 : 1) + Completed === 1 && IsListEmpty(Queue.List) && Context.Irp === null);
}
`,
  ),
  behaviour(
    'F3',
    'the cancel of everything of a thread reaches each of its unfinished IRPs once',
    `${pending}
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  Calls = Calls + 1;
  Irp.IoStatus.Status = STATUS_CANCELLED;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
};
const KeepCancelable: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoSetCancelRoutine(Irp, Cancel); return STATUS_PENDING; };
function Send(Thread: PKTHREAD): void {
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_WRITE;
  IopQueueIrp(Irp, Thread, null);
  IoCallDriver(Device!, Irp);
}
export function HarnessMain(): void {
  Hold();
  Driver.MajorFunction[IRP_MJ_WRITE] = KeepCancelable;
  const Mine = IopNewThread();
  const Other = IopNewThread();
  Send(Mine); Send(Other); Send(Mine);
  Expect(IopCancelIrps(Mine, null, null) === 2);
  Expect(Calls === 2 && Mine.Outstanding === 0 && Other.Outstanding === 1);
  IopWaitForThread(Mine);
}
`,
  ),
  behaviour(
    'F80 F81',
    'IoCsqInsertIrpEx gives what a failing insert routine returned, and leaves the IRP unmarked and not cancelable',
    `${queue}
const InsertEx: IO_CSQ_INSERT_IRP_EX<PVOID> = (Csq, Irp, Context) => STATUS_DEVICE_BUSY;
const Refuse: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  Expect(IoCsqInsertIrpEx(Queue.Csq, Irp, null, null) === STATUS_DEVICE_BUSY);
  Expect(Irp.CancelRoutine === null && (IoGetCurrentIrpStackLocation(Irp).Control & SL_PENDING_RETURNED) === 0 && machineLocksHeld() === 0);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
export function HarnessMain(): void {
  KeInitializeSpinLock(Queue.Lock);
  InitializeListHead(Queue.List);
  IoCsqInitializeEx(Queue.Csq, InsertEx, Remove, Peek, Lock, Unlock, Cancelled);
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Driver.MajorFunction[IRP_MJ_READ] = Refuse;
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  Expect(IoCallDriver(Device!, Irp) === STATUS_SUCCESS);
}
`,
  ),
];
