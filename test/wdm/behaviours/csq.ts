/** Cancel-safe queues: what the system does besides what the driver's callbacks do. */
import { type Behaviour, behaviour, irqlAbove } from '../model.ts';
import { queue } from './cancel.ts';

/** Another IRP at the device. */
const another = `
function Another(): PIRP {
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IopQueueIrp(Irp, null, null);
  IoCallDriver(Device!, Irp);
  return Held!;
}
`;

export const csq: readonly Behaviour[] = [
  behaviour(
    'F76 F84',
    "the system's own cancel routine removes the IRP under the queue's lock, and completes it without one",
    `${queue}
let Removed!: LONG;
const RemoveLocked: IO_CSQ_REMOVE_IRP = (Csq, Irp) => { Expect(machineLocksHeld() === 1 && Completed === 0); Removed = 1; RemoveEntryList(Irp.Tail.Overlay.ListEntry); };
const CancelledLast: IO_CSQ_COMPLETE_CANCELED_IRP = (Csq, Irp) => { Expect(Removed === 1); Cancelled(Csq, Irp); };
export function HarnessMain(): void {
  Hold(); KeInitializeSpinLock(Queue.Lock); InitializeListHead(Queue.List);
  IoCsqInitialize(Queue.Csq, Insert, RemoveLocked, Peek, Lock, Unlock, CancelledLast);
  IoCsqInsertIrp(Queue.Csq, Held!, null);
  Expect(Held!.CancelRoutine !== null && machineLocksHeld() === 0 && Completed === 0);
  Expect(IoCancelIrp(Held!)); Expect(Completed === 1 && IsListEmpty(Queue.List) && KeGetCurrentIrql() === PASSIVE_LEVEL);
}
`,
  ),
  behaviour(
    'F77 F89',
    'DriverContext[3] names the queue or the context of a queued IRP, and nothing of one that is out',
    `${queue}
let Context!: IO_CSQ_IRP_CONTEXT;
export function HarnessMain(): void {
  Hold(); MakeQueue();
  IoCsqInsertIrp(Queue.Csq, Held!, null);
  Expect(Held!.Tail.Overlay.DriverContext[3] === (Queue.Csq as PVOID));
  Expect(IoCsqRemoveNextIrp(Queue.Csq, null) === Held && Held!.Tail.Overlay.DriverContext[3] === null && Held!.CancelRoutine === null);
  Expect(IoCsqRemoveIrp(Queue.Csq, Context) === null);
  IoCsqInsertIrp(Queue.Csq, Held!, Context);
  Expect(Context.Irp === Held && Context.Csq === Queue.Csq && Held!.Tail.Overlay.DriverContext[3] === (Context as PVOID));
  Expect(IoCsqRemoveNextIrp(Queue.Csq, null) === Held && Context.Irp === null && Held!.Tail.Overlay.DriverContext[3] === null);
  Expect(IoCsqRemoveNextIrp(Queue.Csq, null) === null && IoCsqRemoveIrp(Queue.Csq, Context) === null && machineLocksHeld() === 0);
}
`,
  ),
  behaviour(
    'F78 F79',
    'an IRP that has been cancelled before is marked pending, completed, and not left in the queue',
    `${queue}
export function HarnessMain(): void {
  Hold(); MakeQueue(); IoCancelIrp(Held!);
  Expect(IoCsqInsertIrpEx(Queue.Csq, Held!, null, null) === STATUS_SUCCESS);
  Expect(Completed === 1 && IsListEmpty(Queue.List) && machineLocksHeld() === 0);
}
`,
  ),
  behaviour(
    'F78',
    'IoCsqInsertIrp marks the IRP pending itself, in the current location',
    `${queue}
const Queueing: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoCsqInsertIrp(Queue.Csq, Irp, null);
  Expect((IoGetCurrentIrpStackLocation(Irp).Control & SL_PENDING_RETURNED) !== 0);
  return STATUS_PENDING;
};
export function HarnessMain(): void {
  MakeQueue();
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Driver.MajorFunction[IRP_MJ_READ] = Queueing;
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  Expect(IoCallDriver(Device!, Irp) === STATUS_PENDING);
}
`,
  ),
  behaviour(
    'F78',
    "the insert routine runs under the queue's lock, which is given back",
    `${queue}
const InsertLocked: IO_CSQ_INSERT_IRP = (Csq, Irp) => { Expect(machineLocksHeld() === 1 && KeGetCurrentIrql() === DISPATCH_LEVEL); Insert(Csq, Irp); };
export function HarnessMain(): void {
  Hold(); KeInitializeSpinLock(Queue.Lock); InitializeListHead(Queue.List);
  IoCsqInitialize(Queue.Csq, InsertLocked, Remove, Peek, Lock, Unlock, Cancelled);
  IoCsqInsertIrp(Queue.Csq, Held!, null);
  Expect(machineLocksHeld() === 0 && KeGetCurrentIrql() === PASSIVE_LEVEL && !IsListEmpty(Queue.List));
}
`,
  ),
  behaviour(
    'F80',
    'the insert routine of an extended queue gets its context, and a success of its is given back',
    `${queue}
let Mark!: LONG;
let Place!: IRP_PLACE;
interface IRP_PLACE { Seen: LONG }
const InsertEx: IO_CSQ_INSERT_IRP_EX<PVOID> = (Csq, Irp, Context) => { Expect(Context === (Place as PVOID)); InsertHeadList(Queue.List, Irp.Tail.Overlay.ListEntry); return STATUS_ALERTED; };
export function HarnessMain(): void {
  Hold(); KeInitializeSpinLock(Queue.Lock); InitializeListHead(Queue.List);
  IoCsqInitializeEx(Queue.Csq, InsertEx, Remove, Peek, Lock, Unlock, Cancelled);
  Expect(IoCsqInsertIrpEx(Queue.Csq, Held!, null, Place) === STATUS_ALERTED && Held!.CancelRoutine !== null && !IsListEmpty(Queue.List));
}
`,
  ),
  behaviour(
    'F83 F85',
    'the peek routine is asked from the start, then behind each IRP that is being cancelled; the first other one is removed',
    `${queue}${another}
let First!: PIRP | null;
let Asked!: LONG;
const PeekAsked: IO_CSQ_PEEK_NEXT_IRP = (Csq, Irp, Context) => {
  Expect(machineLocksHeld() === 1 && Irp === (Asked === 0 ? null : First));
  Asked = Asked + 1;
  return Peek(Csq, Irp, Context);
};
export function HarnessMain(): void {
  Hold(); KeInitializeSpinLock(Queue.Lock); InitializeListHead(Queue.List);
  IoCsqInitialize(Queue.Csq, Insert, Remove, PeekAsked, Lock, Unlock, Cancelled);
  First = Held; IoCsqInsertIrp(Queue.Csq, First!, null);
  const Second = Another(); IoCsqInsertIrp(Queue.Csq, Second, null);
  const Irql = KeAcquireSpinLock(Queue.Lock);
  IoSetCancelRoutine(First!, null);
  KeReleaseSpinLock(Queue.Lock, Irql);
  Expect(IoCsqRemoveNextIrp(Queue.Csq, null) === Second && Asked === 2 && !IsListEmpty(Queue.List));
}
`,
  ),
  behaviour(
    'F82',
    'IoCsqRemoveIrp does not give an IRP that is being cancelled, and leaves it to its cancel routine',
    `${queue}
let Context!: IO_CSQ_IRP_CONTEXT;
export function HarnessMain(): void {
  Hold(); MakeQueue(); IoCsqInsertIrp(Queue.Csq, Held!, Context);
  IoSetCancelRoutine(Held!, null);
  Expect(IoCsqRemoveIrp(Queue.Csq, Context) === null && Context.Irp === Held && !IsListEmpty(Queue.List) && machineLocksHeld() === 0);
}
`,
  ),
  behaviour(
    'F86',
    "the queue's lock may be a mutex",
    `${queue}
let Mutex!: FAST_MUTEX;
const LockMutex: IO_CSQ_ACQUIRE_LOCK = (Csq, Irql) => { ExAcquireFastMutex(Mutex); };
const UnlockMutex: IO_CSQ_RELEASE_LOCK = (Csq, Irql) => { ExReleaseFastMutex(Mutex); };
export function HarnessMain(): void {
  Hold(); ExInitializeFastMutex(Mutex); InitializeListHead(Queue.List);
  IoCsqInitialize(Queue.Csq, Insert, Remove, Peek, LockMutex, UnlockMutex, Cancelled);
  StartCanceller();
  IoCsqInsertIrp(Queue.Csq, Held!, null);
  const Irp = IoCsqRemoveNextIrp(Queue.Csq, null);
  WaitForCanceller();
  Expect((Irp === null ? 0 : 1) + Completed === 1 && KeGetCurrentIrql() === PASSIVE_LEVEL);
}
`,
  ),
  behaviour(
    'F88',
    'a cancel-safe queue may be used at DISPATCH_LEVEL',
    `${queue}
export function HarnessMain(): void {
  Hold(); MakeQueue();
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  IoCsqInsertIrp(Queue.Csq, Held!, null);
  Expect(IoCsqRemoveNextIrp(Queue.Csq, null) === Held && KeGetCurrentIrql() === DISPATCH_LEVEL);
  KeLowerIrql(Irql);
}
`,
    'verified',
    { watch: [irqlAbove] },
  ),
];
