/** Work items: routines that a system worker thread runs. https://learn.microsoft.com/windows-hardware/drivers/kernel/system-worker-threads */
import { BOOLEAN, FALSE, LONG, PVOID, TRUE, sizeof } from './types.ts';
import { IopReferenceDevice, IopReleaseDevice, PDEVICE_OBJECT } from './device.ts';
import { IopNewThread } from './io-manager.ts';
import { KiAllocationFails } from './pool.ts';
import { KiHeldByThread, KiKeeps } from './region.ts';
import {
  machineAlloc, machineAtomicBegin, machineAtomicEnd, machineBounded, machineCancelLockHeld, machineCurrentThread, machineEvent, machineFree,
  machineIrql, machineLocksHeld, machineSpawn,
} from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_workitem_routine */
export type IO_WORKITEM_ROUTINE<EXT = never, CONTEXT = never> = (DeviceObject: PDEVICE_OBJECT<EXT>, Context: CONTEXT) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_workitem_routine_ex */
export type IO_WORKITEM_ROUTINE_EX<CONTEXT = never> = (IoObject: PVOID, Context: CONTEXT, IoWorkItem: PIO_WORKITEM) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-worker_thread_routine */
export type WORKER_THREAD_ROUTINE<CONTEXT = never> = (Parameter: CONTEXT) => void;

/** Opaque. Queued from the queueing until the routine is about to start. */
export interface IO_WORKITEM {
  Device: PDEVICE_OBJECT;
  Routine: IO_WORKITEM_ROUTINE | null;
  RoutineEx: IO_WORKITEM_ROUTINE_EX | null;
  Context: PVOID;
  Queued: BOOLEAN;
}
export type PIO_WORKITEM = IO_WORKITEM;
/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_work_queue_item
 * @size 32
 */
export interface WORK_QUEUE_ITEM { WorkerRoutine: WORKER_THREAD_ROUTINE; Parameter: PVOID; Queued: BOOLEAN }
export type PWORK_QUEUE_ITEM = WORK_QUEUE_ITEM;

export type WORK_QUEUE_TYPE = LONG & { readonly brand: 'WORK_QUEUE_TYPE' };
export const CriticalWorkQueue = 0 as WORK_QUEUE_TYPE;
export const DelayedWorkQueue = 1 as WORK_QUEUE_TYPE;
export const HyperCriticalWorkQueue = 2 as WORK_QUEUE_TYPE;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioallocateworkitem */
export function IoAllocateWorkItem(DeviceObject: PDEVICE_OBJECT): PIO_WORKITEM | null {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return null;
  const IoWorkItem = machineAlloc(sizeof<IO_WORKITEM>(), 2, 1);
  IoWorkItem.Device = DeviceObject;
  return IoWorkItem;
}

/**
 * Only when it is not queued.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofreeworkitem
 */
export function IoFreeWorkItem(IoWorkItem: PIO_WORKITEM): void {
  machineEvent('call.irql', 0, 2);
  if (IoWorkItem.Queued) IopStillQueued(TRUE);
  machineFree(IoWorkItem);
}

/**
 * A worker thread calls the routine with the device object and the context. Not again while it is queued. The device object
 * stays until the routine has returned, also when its driver deletes it.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioqueueworkitem
 */
export function IoQueueWorkItem<CONTEXT>(
  IoWorkItem: PIO_WORKITEM, WorkerRoutine: IO_WORKITEM_ROUTINE<never, CONTEXT>, QueueType: WORK_QUEUE_TYPE, Context: CONTEXT,
): void {
  machineEvent('call.irql', 0, 2);
  IopQueueWorkItem(IoWorkItem, WorkerRoutine as IO_WORKITEM_ROUTINE, null, Context as PVOID);
}

/**
 * The routine gets the work item too, and may free it.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioqueueworkitemex
 */
export function IoQueueWorkItemEx<CONTEXT>(
  IoWorkItem: PIO_WORKITEM, WorkerRoutine: IO_WORKITEM_ROUTINE_EX<CONTEXT>, QueueType: WORK_QUEUE_TYPE, Context: CONTEXT,
): void {
  machineEvent('call.irql', 0, 2);
  IopQueueWorkItem(IoWorkItem, null, WorkerRoutine as IO_WORKITEM_ROUTINE_EX, Context as PVOID);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializeworkitem */
export function ExInitializeWorkItem<CONTEXT>(Item: PWORK_QUEUE_ITEM, Routine: WORKER_THREAD_ROUTINE<CONTEXT>, Context: CONTEXT): void {
  Item.WorkerRoutine = Routine as WORKER_THREAD_ROUTINE;
  Item.Parameter = Context as PVOID;
  Item.Queued = FALSE;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exqueueworkitem */
export function ExQueueWorkItem(WorkItem: PWORK_QUEUE_ITEM, QueueType: WORK_QUEUE_TYPE): void {
  machineEvent('call.irql', 0, 2);
  if ((WorkItem.WorkerRoutine as WORKER_THREAD_ROUTINE | null) === null) machineEvent('object.uninitialised');
  machineAtomicBegin();
  const Queued = WorkItem.Queued;
  WorkItem.Queued = TRUE;
  machineAtomicEnd();
  if (Queued) IopStillQueued(FALSE);
  else machineSpawn(2, ExpRunWorkItem, IopNewThread(), WorkItem, null);
}

/** One of the routines is null. */
function IopQueueWorkItem(IoWorkItem: PIO_WORKITEM, Routine: IO_WORKITEM_ROUTINE | null, RoutineEx: IO_WORKITEM_ROUTINE_EX | null, Context: PVOID): void {
  machineAtomicBegin();
  const Queued = IoWorkItem.Queued;
  if (!Queued) {
    IoWorkItem.Routine = Routine;
    IoWorkItem.RoutineEx = RoutineEx;
    IoWorkItem.Context = Context;
    IoWorkItem.Queued = TRUE;
    IopReferenceDevice(IoWorkItem.Device);
  }
  machineAtomicEnd();
  if (Queued) IopStillQueued(FALSE);
  else machineSpawn(2, IopRunWorkItem, IopNewThread(), IoWorkItem, null);
}

function IopStillQueued(Freed: BOOLEAN): void {
  machineEvent('work-item.queued', Freed);
  machineBounded('A work item that was still queued was queued again or freed.');
}

type IOP_WORKER<ITEM> = (Item: ITEM, Unused: PVOID) => void;

/** In the worker: the item is out of the queue before its routine is called, which may queue or free it. */
const IopRunWorkItem: IOP_WORKER<PIO_WORKITEM> = (IoWorkItem, Unused) => {
  machineAtomicBegin();
  const Routine = IoWorkItem.Routine;
  const RoutineEx = IoWorkItem.RoutineEx;
  const Device = IoWorkItem.Device;
  const Context = IoWorkItem.Context;
  IoWorkItem.Queued = FALSE;
  machineAtomicEnd();
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  const Held = KiHeldByThread();
  machineEvent('routine.enter');
  if (Routine !== null) Routine(Device as PDEVICE_OBJECT<never>, Context as never);
  else RoutineEx!(Device, Context as never, IoWorkItem);
  if (KiKeeps(Held, FALSE)) machineEvent('lock.kept');
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  IopReleaseDevice(Device);
  IopRetireWorker();
};

const ExpRunWorkItem: IOP_WORKER<PWORK_QUEUE_ITEM> = (WorkItem, Unused) => {
  machineAtomicBegin();
  const Routine = WorkItem.WorkerRoutine;
  const Parameter = WorkItem.Parameter;
  WorkItem.Queued = FALSE;
  machineAtomicEnd();
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  const Held = KiHeldByThread();
  machineEvent('routine.enter');
  Routine(Parameter as never);
  if (KiKeeps(Held, FALSE)) machineEvent('lock.kept');
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  IopRetireWorker();
};

/** Here a worker serves one item, and its thread object goes with it unless requests of its are left. */
export function IopRetireWorker(): void {
  const Thread = machineCurrentThread();
  if (Thread.Outstanding === 0) machineFree(Thread);
}
