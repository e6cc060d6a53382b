/**
 * Executive resources: locks that many threads may share or one may have for itself, and that their owners may take again.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-eresource-routines
 */
import { ARRAY, BOOLEAN, FALSE, LONG, NTSTATUS, PVOID, TRUE, ULONG, ULONG_PTR, sizeof } from './types.ts';
import { DISPATCHER_HEADER, KiCheckHeader, KiSemaphoreObject, KiSynchronizationObject } from './event.ts';
import { KiEnterCriticalRegion, KiLeaveCriticalRegion, KiNormalApcsDisabled } from './region.ts';
import { STATUS_SUCCESS } from './status.ts';
import { KiCurrentThread, PKTHREAD } from './thread.ts';
import { machineAtomicBegin, machineAtomicEnd, machineBounded, machineChoose, machineEvent, machineWait, machineZero } from './machine.ts';

/** Names a thread that owns a resource. */
export type ERESOURCE_THREAD = ULONG_PTR;

/** A thread's hold, and how often it was taken. */
interface EXP_RESOURCE_OWNER { Thread: PKTHREAD | null; Count: LONG }
type PEXP_RESOURCE_OWNER = EXP_RESOURCE_OWNER;

/**
 * Opaque. Active counts the holds: those in Owners, and those that were given to a waiter which has not gone on yet.
 * @size 104
 */
export interface ERESOURCE {
  SharedGranted: DISPATCHER_HEADER;
  ExclusiveGranted: DISPATCHER_HEADER;
  Exclusive: BOOLEAN;
  Active: LONG;
  SharedWaiters: LONG;
  ExclusiveWaiters: LONG;
  Owners: ARRAY<EXP_RESOURCE_OWNER, 8>;
}
export type PERESOURCE = ERESOURCE;

// How a resource is asked for
const ForItself: LONG = 0;
const Shared: LONG = 1;
const SharedBeforeWaiters: LONG = 2;
const SharedBehindWaiters: LONG = 3;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializeresourcelite */
export function ExInitializeResourceLite(Resource: PERESOURCE): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  ExpInitializeResource(Resource);
  return STATUS_SUCCESS;
}

/**
 * Nobody may have it or wait for it.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreinitializeresourcelite
 */
export function ExReinitializeResourceLite(Resource: PERESOURCE): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  ExpIsFree(Resource);
  ExpInitializeResource(Resource);
  return STATUS_SUCCESS;
}

/**
 * Nobody may have it or wait for it. Before its memory goes.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exdeleteresourcelite
 */
export function ExDeleteResourceLite(Resource: PERESOURCE): NTSTATUS {
  machineEvent('call.irql', 0, 1);
  ExpIsFree(Resource);
  Resource.SharedGranted.Type = 0;
  return STATUS_SUCCESS;
}

/**
 * For the thread alone; again where it has it so already. Without Wait FALSE where that is not possible at once. Normal kernel APCs must
 * be disabled, so that the thread cannot be suspended while it has the resource.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquireresourceexclusivelite
 */
export function ExAcquireResourceExclusiveLite(Resource: PERESOURCE, Wait: BOOLEAN): BOOLEAN {
  machineEvent('call.irql', 0, 1);
  return ExpAcquire(Resource, ForItself, Wait);
}

/** Does not wait. https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-extrytoacquireresourceexclusivelite */
export function ExTryToAcquireResourceExclusiveLite(Resource: PERESOURCE): BOOLEAN {
  machineEvent('call.irql', 0, 1);
  return ExpAcquire(Resource, ForItself, FALSE);
}

/**
 * Beside others that share it; waits behind those that want it for themselves, unless the thread has it already.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquireresourcesharedlite
 */
export function ExAcquireResourceSharedLite(Resource: PERESOURCE, Wait: BOOLEAN): BOOLEAN {
  machineEvent('call.irql', 0, 1);
  return ExpAcquire(Resource, Shared, Wait);
}

/**
 * Beside others that share it, also when somebody waits to have it for himself.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquiresharedstarveexclusive
 */
export function ExAcquireSharedStarveExclusive(Resource: PERESOURCE, Wait: BOOLEAN): BOOLEAN {
  machineEvent('call.irql', 0, 1);
  return ExpAcquire(Resource, SharedBeforeWaiters, Wait);
}

/**
 * Beside others that share it, but always behind those that wait to have it for themselves, also where the thread shares it already.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquiresharedwaitforexclusive
 */
export function ExAcquireSharedWaitForExclusive(Resource: PERESOURCE, Wait: BOOLEAN): BOOLEAN {
  machineEvent('call.irql', 0, 1);
  return ExpAcquire(Resource, SharedBehindWaiters, Wait);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleaseresourcelite */
export function ExReleaseResourceLite(Resource: PERESOURCE): void {
  machineEvent('call.irql', 0, 2);
  ExpRelease(Resource, KiCurrentThread());
}

/**
 * For a thread that took it and has handed it over, with the request that it belongs to.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleaseresourceforthreadlite
 */
export function ExReleaseResourceForThreadLite(Resource: PERESOURCE, ResourceThreadId: ERESOURCE_THREAD): void {
  machineEvent('call.irql', 0, 2);
  ExpRelease(Resource, ResourceThreadId as never as PVOID as PKTHREAD);
}

/**
 * What had it for itself shares it from now on.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exconvertexclusivetosharedlite
 */
export function ExConvertExclusiveToSharedLite(Resource: PERESOURCE): void {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(Resource.SharedGranted);
  const Thread = KiCurrentThread();
  machineAtomicBegin();
  if (!Resource.Exclusive || ExpOwnedBy(Resource, Thread) === null) machineEvent('lock.not-owned');
  Resource.Exclusive = FALSE;
  ExpGrantShared(Resource);
  machineAtomicEnd();
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exentercriticalregionandacquireresourceexclusive */
export function ExEnterCriticalRegionAndAcquireResourceExclusive(Resource: PERESOURCE): PVOID {
  machineEvent('call.irql', 0, 1);
  KiEnterCriticalRegion();
  ExpAcquire(Resource, ForItself, TRUE);
  return null;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exentercriticalregionandacquireresourceshared */
export function ExEnterCriticalRegionAndAcquireResourceShared(Resource: PERESOURCE): PVOID {
  machineEvent('call.irql', 0, 1);
  KiEnterCriticalRegion();
  ExpAcquire(Resource, Shared, TRUE);
  return null;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exentercriticalregionandacquiresharedwaitforexclusive */
export function ExEnterCriticalRegionAndAcquireSharedWaitForExclusive(Resource: PERESOURCE): PVOID {
  machineEvent('call.irql', 0, 1);
  KiEnterCriticalRegion();
  ExpAcquire(Resource, SharedBehindWaiters, TRUE);
  return null;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleaseresourceandleavecriticalregion */
export function ExReleaseResourceAndLeaveCriticalRegion(Resource: PERESOURCE): void {
  machineEvent('call.irql', 0, 1);
  ExpRelease(Resource, KiCurrentThread());
  KiLeaveCriticalRegion();
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exisresourceacquiredexclusivelite */
export function ExIsResourceAcquiredExclusiveLite(Resource: PERESOURCE): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Resource.SharedGranted);
  machineAtomicBegin();
  const Mine = Resource.Exclusive && ExpOwnedBy(Resource, KiCurrentThread()) !== null;
  machineAtomicEnd();
  return Mine;
}

/**
 * How often the thread has it, shared or for itself.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exisresourceacquiredsharedlite
 */
export function ExIsResourceAcquiredSharedLite(Resource: PERESOURCE): ULONG {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Resource.SharedGranted);
  machineAtomicBegin();
  const Owner = ExpOwnedBy(Resource, KiCurrentThread());
  const Count: LONG = Owner === null ? 0 : Owner.Count;
  machineAtomicEnd();
  return Count as ULONG;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exgetexclusivewaitercount */
export function ExGetExclusiveWaiterCount(Resource: PERESOURCE): ULONG {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Resource.SharedGranted);
  return Resource.ExclusiveWaiters as ULONG;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exgetsharedwaitercount */
export function ExGetSharedWaiterCount(Resource: PERESOURCE): ULONG {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Resource.SharedGranted);
  return Resource.SharedWaiters as ULONG;
}

/** The current thread's name as an owner. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exgetcurrentresourcethread */
export function ExGetCurrentResourceThread(): ERESOURCE_THREAD {
  return KiCurrentThread() as never as ULONG_PTR;
}

function ExpInitializeResource(Resource: PERESOURCE): void {
  machineZero(Resource, sizeof<ERESOURCE>());
  Resource.SharedGranted.Type = KiSemaphoreObject;
  Resource.ExclusiveGranted.Type = KiSynchronizationObject;
}

/** Says so if somebody has it. */
function ExpIsFree(Resource: PERESOURCE): void {
  KiCheckHeader(Resource.SharedGranted);
  if (Resource.Active !== 0) machineEvent('lock.in-use', 0);
}

function ExpAcquire(Resource: PERESOURCE, How: LONG, Wait: BOOLEAN): BOOLEAN {
  KiCheckHeader(Resource.SharedGranted);
  if (!KiNormalApcsDisabled()) machineEvent('lock.apcs-enabled');
  const Thread = KiCurrentThread();
  machineAtomicBegin();
  const Granted = ExpMayHave(Resource, How, ExpOwnedBy(Resource, Thread) !== null);
  if (Granted) {
    if (How === ForItself) Resource.Exclusive = TRUE;
    if (ExpOwnedBy(Resource, Thread) === null) Resource.Active = Resource.Active + 1;
    ExpOwn(Resource, Thread);
  } else if (Wait && How === ForItself) {
    Resource.ExclusiveWaiters = Resource.ExclusiveWaiters + 1;
  } else if (Wait) {
    Resource.SharedWaiters = Resource.SharedWaiters + 1;
  }
  machineAtomicEnd();
  if (Granted || !Wait) return Granted;
  machineWait(How === ForItself ? Resource.ExclusiveGranted : Resource.SharedGranted, 0, 0);
  machineAtomicBegin();
  ExpOwn(Resource, Thread);
  machineAtomicEnd();
  return TRUE;
}

/** Whether the thread, which has it already or has not, gets it without waiting. */
function ExpMayHave(Resource: PERESOURCE, How: LONG, Mine: BOOLEAN): BOOLEAN {
  if (Resource.Active === 0) return TRUE;
  if (Resource.Exclusive) return Mine;
  if (How === ForItself) return FALSE;
  if (How === SharedBeforeWaiters || (Mine && How === Shared)) return TRUE;
  return Resource.ExclusiveWaiters === 0;
}

function ExpOwnedBy(Resource: PERESOURCE, Thread: PKTHREAD): PEXP_RESOURCE_OWNER | null {
  for (let Index: LONG = 0; Index < 8; Index++) {
    if (Resource.Owners[Index].Thread === Thread) return Resource.Owners[Index];
  }
  return null;
}

function ExpOwn(Resource: PERESOURCE, Thread: PKTHREAD): void {
  Thread.Resources = Thread.Resources + 1;
  const Owner = ExpOwnedBy(Resource, Thread);
  if (Owner !== null) {
    Owner.Count = Owner.Count + 1;
    return;
  }
  for (let Index: LONG = 0; Index < 8; Index++) {
    const Free = Resource.Owners[Index];
    if (Free.Thread === null) {
      Free.Thread = Thread;
      Free.Count = 1;
      return;
    }
  }
  machineBounded('More than eight threads share a resource.');
}

function ExpRelease(Resource: PERESOURCE, Thread: PKTHREAD): void {
  KiCheckHeader(Resource.SharedGranted);
  machineAtomicBegin();
  const Owner = ExpOwnedBy(Resource, Thread);
  if (Owner === null) {
    machineEvent('lock.not-owned');
  } else {
    Thread.Resources = Thread.Resources - 1;
    Owner.Count = Owner.Count - 1;
    if (Owner.Count === 0) {
      Owner.Thread = null;
      Resource.Active = Resource.Active - 1;
      if (Resource.Active === 0) ExpHandOver(Resource);
    }
  }
  machineAtomicEnd();
}

/** The last hold is gone: it goes to those who wait. Where both kinds do, to either. */
function ExpHandOver(Resource: PERESOURCE): void {
  const Both = Resource.ExclusiveWaiters > 0 && Resource.SharedWaiters > 0;
  const ToOne = Both ? machineChoose(2) === 1 : Resource.ExclusiveWaiters > 0;
  Resource.Exclusive = ToOne;
  if (ToOne) {
    Resource.ExclusiveWaiters = Resource.ExclusiveWaiters - 1;
    Resource.Active = 1;
    Resource.ExclusiveGranted.SignalState = 1;
  } else {
    ExpGrantShared(Resource);
  }
}

/** All who wait to share it have it. */
function ExpGrantShared(Resource: PERESOURCE): void {
  const Waiters = Resource.SharedWaiters;
  Resource.SharedWaiters = 0;
  Resource.Active = Resource.Active + Waiters;
  Resource.SharedGranted.SignalState = Resource.SharedGranted.SignalState + Waiters;
}
