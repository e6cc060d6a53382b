/** Work items: routines that a system worker thread runs. https://learn.microsoft.com/windows-hardware/drivers/kernel/system-worker-threads */
import { LONG, PVOID, sizeof } from './types.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { IopNewThread } from './io-manager.ts';
import { KiAllocationFails } from './pool.ts';
import {
  machineAlloc, machineCancelLockHeld, machineCurrentThread, machineEvent, machineFree, machineIrql, machineLocksHeld, machineSpawn,
} from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_workitem_routine */
export type IO_WORKITEM_ROUTINE<EXT = never, CONTEXT = never> = (DeviceObject: PDEVICE_OBJECT<EXT>, Context: CONTEXT) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_workitem_routine_ex */
export type IO_WORKITEM_ROUTINE_EX<CONTEXT = never> = (IoObject: PVOID, Context: CONTEXT, IoWorkItem: PIO_WORKITEM) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-worker_thread_routine */
export type WORKER_THREAD_ROUTINE<CONTEXT = never> = (Parameter: CONTEXT) => void;

/** Opaque. */
export interface IO_WORKITEM { IoObject: PVOID; Routine: IO_WORKITEM_ROUTINE | null; RoutineEx: IO_WORKITEM_ROUTINE_EX | null; Context: PVOID }
export type PIO_WORKITEM = IO_WORKITEM;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_work_queue_item */
export interface WORK_QUEUE_ITEM { WorkerRoutine: WORKER_THREAD_ROUTINE; Parameter: PVOID }
export type PWORK_QUEUE_ITEM = WORK_QUEUE_ITEM;

export type WORK_QUEUE_TYPE = LONG & { readonly brand: 'WORK_QUEUE_TYPE' };
export const CriticalWorkQueue = 0 as WORK_QUEUE_TYPE;
export const DelayedWorkQueue = 1 as WORK_QUEUE_TYPE;
export const HyperCriticalWorkQueue = 2 as WORK_QUEUE_TYPE;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioallocateworkitem */
export function IoAllocateWorkItem(DeviceObject: PDEVICE_OBJECT): PIO_WORKITEM | null {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return null;
  const IoWorkItem = machineAlloc(sizeof<IO_WORKITEM>(), 0, 1);
  IoWorkItem.IoObject = DeviceObject;
  return IoWorkItem;
}

/**
 * Only when it is not queued.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofreeworkitem
 */
export function IoFreeWorkItem(IoWorkItem: PIO_WORKITEM): void {
  machineEvent('call.irql', 0, 2);
  machineFree(IoWorkItem);
}

/**
 * A worker thread calls the routine with the device object and the context. Not again while it is queued.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioqueueworkitem
 */
export function IoQueueWorkItem<CONTEXT>(
  IoWorkItem: PIO_WORKITEM, WorkerRoutine: IO_WORKITEM_ROUTINE<never, CONTEXT>, QueueType: WORK_QUEUE_TYPE, Context: CONTEXT,
): void {
  machineEvent('call.irql', 0, 2);
  IoWorkItem.Routine = WorkerRoutine as IO_WORKITEM_ROUTINE;
  IoWorkItem.RoutineEx = null;
  IoWorkItem.Context = Context as PVOID;
  machineSpawn(2, IopRunWorkItem, IopNewThread(), IoWorkItem, null);
}

/**
 * The routine gets the work item too, and may free it.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioqueueworkitemex
 */
export function IoQueueWorkItemEx<CONTEXT>(
  IoWorkItem: PIO_WORKITEM, WorkerRoutine: IO_WORKITEM_ROUTINE_EX<CONTEXT>, QueueType: WORK_QUEUE_TYPE, Context: CONTEXT,
): void {
  machineEvent('call.irql', 0, 2);
  IoWorkItem.Routine = null;
  IoWorkItem.RoutineEx = WorkerRoutine as IO_WORKITEM_ROUTINE_EX;
  IoWorkItem.Context = Context as PVOID;
  machineSpawn(2, IopRunWorkItem, IopNewThread(), IoWorkItem, null);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializeworkitem */
export function ExInitializeWorkItem<CONTEXT>(Item: PWORK_QUEUE_ITEM, Routine: WORKER_THREAD_ROUTINE<CONTEXT>, Context: CONTEXT): void {
  Item.WorkerRoutine = Routine as WORKER_THREAD_ROUTINE;
  Item.Parameter = Context as PVOID;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exqueueworkitem */
export function ExQueueWorkItem(WorkItem: PWORK_QUEUE_ITEM, QueueType: WORK_QUEUE_TYPE): void {
  machineEvent('call.irql', 0, 2);
  machineSpawn(2, ExpRunWorkItem, IopNewThread(), WorkItem, null);
}

type IOP_WORKER<ITEM> = (Item: ITEM, Unused: PVOID) => void;

/** In the worker: the item is out of the queue before its routine is called, which may queue or free it. */
const IopRunWorkItem: IOP_WORKER<PIO_WORKITEM> = (IoWorkItem, Unused) => {
  const Routine = IoWorkItem.Routine;
  const RoutineEx = IoWorkItem.RoutineEx;
  const IoObject = IoWorkItem.IoObject;
  const Context = IoWorkItem.Context;
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  if (Routine !== null) Routine(IoObject as PDEVICE_OBJECT<never>, Context as never);
  else RoutineEx!(IoObject, Context as never, IoWorkItem);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  IopRetireWorker();
};

const ExpRunWorkItem: IOP_WORKER<PWORK_QUEUE_ITEM> = (WorkItem, Unused) => {
  const Routine = WorkItem.WorkerRoutine;
  const Parameter = WorkItem.Parameter;
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  Routine(Parameter as never);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  IopRetireWorker();
};

/** Here a worker serves one item, and its thread object goes with it unless requests of its are left. */
function IopRetireWorker(): void {
  const Thread = machineCurrentThread();
  if (Thread.Outstanding === 0) machineFree(Thread);
}
