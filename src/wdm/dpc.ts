/** Deferred procedure calls. https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-dpcs */
import { BOOLEAN, CCHAR, FALSE, LONG, PVOID, TRUE } from './types.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { DISPATCHER_HEADER } from './event.ts';
import { IopNewThread } from './io-manager.ts';
import { PIRP } from './irp.ts';
import { PKTHREAD } from './thread.ts';
import { IopRetireWorker } from './work-item.ts';
import {
  machineAtomicBegin, machineAtomicEnd, machineCancelLockHeld, machineChoose, machineDequeueDpc, machineEvent, machineIrql, machineLocksHeld,
  machineQueueDpc, machineSpawn, machineWait,
} from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-kdeferred_routine */
export type KDEFERRED_ROUTINE<CONTEXT = never, ARGUMENT1 = never, ARGUMENT2 = never> = (
  Dpc: PKDPC, DeferredContext: CONTEXT, SystemArgument1: ARGUMENT1, SystemArgument2: ARGUMENT2,
) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_dpc_routine */
export type IO_DPC_ROUTINE<EXT = never, CONTEXT = never> = (Dpc: PKDPC, DeviceObject: PDEVICE_OBJECT<EXT>, Irp: PIRP, Context: CONTEXT) => void;

/**
 * Opaque. Queued is 1 from the queueing until the routine is about to start. Thread is the one that is
 * about to run a threaded DPC, which then can still be taken back.
 * @size 64
 */
export interface KDPC {
  DeferredRoutine: KDEFERRED_ROUTINE;
  DeferredContext: PVOID;
  SystemArgument1: PVOID;
  SystemArgument2: PVOID;
  Processor: LONG;
  Queued: BOOLEAN;
  Threaded: BOOLEAN;
  Thread: PKTHREAD | null;
}
export type PKDPC = KDPC;
export type PRKDPC = KDPC;
export type KDPC_IMPORTANCE = LONG & { readonly brand: 'KDPC_IMPORTANCE' };
export const LowImportance = 0 as KDPC_IMPORTANCE;
export const MediumImportance = 1 as KDPC_IMPORTANCE;
export const HighImportance = 2 as KDPC_IMPORTANCE;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializedpc */
export function KeInitializeDpc<CONTEXT>(Dpc: PRKDPC, DeferredRoutine: KDEFERRED_ROUTINE<CONTEXT, never, never>, DeferredContext: CONTEXT): void {
  Dpc.DeferredRoutine = DeferredRoutine as KDEFERRED_ROUTINE;
  Dpc.DeferredContext = DeferredContext as PVOID;
  Dpc.Processor = -1;
  Dpc.Queued = FALSE;
  Dpc.Threaded = FALSE;
  Dpc.Thread = null;
}

/**
 * A DPC whose routine runs at PASSIVE_LEVEL in a thread of high priority, or, where threaded DPCs are switched off, at DISPATCH_LEVEL as
 * any other: it must be right at both.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializethreadeddpc
 */
export function KeInitializeThreadedDpc<CONTEXT>(Dpc: PRKDPC, DeferredRoutine: KDEFERRED_ROUTINE<CONTEXT, never, never>, DeferredContext: CONTEXT): void {
  KeInitializeDpc(Dpc, DeferredRoutine, DeferredContext);
  Dpc.Threaded = TRUE;
}

/**
 * TRUE when it was queued; FALSE when it was in the queue already, which leaves its arguments as they were.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinsertqueuedpc
 */
export function KeInsertQueueDpc(Dpc: PRKDPC, SystemArgument1: PVOID, SystemArgument2: PVOID): BOOLEAN {
  machineEvent('call.irql', 0, 15);
  return KiInsertQueueDpc(Dpc, SystemArgument1, SystemArgument2);
}

/**
 * TRUE when it was taken out of the queue; a routine that runs is not waited for.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremovequeuedpc
 */
export function KeRemoveQueueDpc(Dpc: PRKDPC): BOOLEAN {
  machineEvent('call.irql', 0, 15);
  KiCheckDpc(Dpc);
  machineAtomicBegin();
  let Removed = machineDequeueDpc(Dpc);
  const Thread = Dpc.Thread;
  if (Thread !== null) {
    Thread.StartContext = null;
    Dpc.Thread = null;
    Removed = TRUE;
  }
  if (Removed) {
    Dpc.Queued = FALSE;
    KiDpcIsDone();
  }
  machineAtomicEnd();
  return Removed;
}

/**
 * Waits until every DPC that is queued or runs has returned.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keflushqueueddpcs
 */
export function KeFlushQueuedDpcs(): void {
  machineEvent('call.irql', 0, 0);
  KiFlushQueuedDpcs();
}

/** The importance is not modelled. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetimportancedpc */
export function KeSetImportanceDpc(Dpc: PRKDPC, Importance: KDPC_IMPORTANCE): void {
  KiCheckDpc(Dpc);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesettargetprocessordpc */
export function KeSetTargetProcessorDpc(Dpc: PRKDPC, Number: CCHAR): void {
  KiCheckDpc(Dpc);
  Dpc.Processor = Number;
}

/**
 * Sets the device's own DPC; its routine gets what IoRequestDpc is given.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinitializedpcrequest
 * @forceinline
 */
export function IoInitializeDpcRequest<EXT>(DeviceObject: PDEVICE_OBJECT<EXT>, DpcRoutine: IO_DPC_ROUTINE<EXT, never>): void {
  KeInitializeDpc(DeviceObject.Dpc, DpcRoutine as PVOID as KDEFERRED_ROUTINE<PVOID>, DeviceObject as PVOID);
}

/**
 * From the interrupt service routine.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iorequestdpc
 * @forceinline
 */
export function IoRequestDpc(DeviceObject: PDEVICE_OBJECT, Irp: PIRP | null, Context: PVOID): void {
  machineEvent('call.irql', 3, 12);
  KiInsertQueueDpc(DeviceObject.Dpc, Irp, Context);
}

/** Says so if nobody has initialised the DPC. */
export function KiCheckDpc(Dpc: PKDPC): void {
  if ((Dpc.DeferredRoutine as KDEFERRED_ROUTINE | null) === null) machineEvent('object.uninitialised');
}

/** Queues it unless it is queued. The system does this under a lock of its own. */
export function KiInsertQueueDpc(Dpc: PKDPC, SystemArgument1: PVOID, SystemArgument2: PVOID): BOOLEAN {
  KiCheckDpc(Dpc);
  machineAtomicBegin();
  const Queue = !Dpc.Queued;
  if (Queue) {
    Dpc.Queued = TRUE;
    Dpc.SystemArgument1 = SystemArgument1;
    Dpc.SystemArgument2 = SystemArgument2;
    KiDpcs = KiDpcs + 1;
    KiNoDpcs.SignalState = 0;
    machineQueueDpc(Dpc, Dpc.Processor);
  }
  machineAtomicEnd();
  return Queue;
}

/** As KeFlushQueuedDpcs, for the system itself. */
export function KiFlushQueuedDpcs(): void {
  if (KiDpcs !== 0) machineWait(KiNoDpcs, 0, 0);
}

/** DPCs that are queued or run, and what is signalled when there are none again. */
let KiDpcs!: LONG;
let KiNoDpcs!: DISPATCHER_HEADER;

/** In one piece with what the caller does besides. */
function KiDpcIsDone(): void {
  KiDpcs = KiDpcs - 1;
  if (KiDpcs === 0) KiNoDpcs.SignalState = 1;
}

/** The body of every DPC: it leaves the queue before its routine starts, and so can be queued again while that runs. */
export function KiExecuteDpc(Dpc: PKDPC): void {
  if (!Dpc.Threaded || machineChoose(2) === 0) {
    KiRunDpc(Dpc);
    return;
  }
  const Thread = IopNewThread();
  machineAtomicBegin();
  Thread.StartContext = Dpc;
  Dpc.Thread = Thread;
  machineSpawn(2, KiThreadedDpc, Thread, Thread, null);
  machineAtomicEnd();
}

type KI_THREADED_DPC = (Thread: PKTHREAD, Unused: PVOID) => void;

const KiThreadedDpc: KI_THREADED_DPC = (Thread, Unused) => {
  machineAtomicBegin();
  const Dpc = Thread.StartContext as PKDPC | null;
  if (Dpc !== null) Dpc.Thread = null;
  machineAtomicEnd();
  if (Dpc !== null) KiRunDpc(Dpc);
  IopRetireWorker();
};

function KiRunDpc(Dpc: PKDPC): void {
  machineAtomicBegin();
  const Routine = Dpc.DeferredRoutine;
  const Context = Dpc.DeferredContext;
  const Argument1 = Dpc.SystemArgument1;
  const Argument2 = Dpc.SystemArgument2;
  Dpc.Queued = FALSE;
  machineAtomicEnd();
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  Routine(Dpc, Context as never, Argument1 as never, Argument2 as never);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  machineAtomicBegin();
  KiDpcIsDone();
  machineAtomicEnd();
}
