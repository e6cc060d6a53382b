/** Dispatcher objects that are signalled and waited for: events, semaphores, mutexes; and fast mutexes, which are built on one. */
import { BOOLEAN, FALSE, KIRQL, KPRIORITY, LONG, NTSTATUS, PLARGE_INTEGER, PVOID, Ref, TRUE, ULONG } from './types.ts';
import { KPROCESSOR_MODE, UserMode } from './irp.ts';
import { PKTHREAD } from './thread.ts';
import { APC_LEVEL } from './irql.ts';
import { STATUS_SUCCESS, STATUS_USER_APC } from './status.ts';
import { KiMicroseconds } from './timer.ts';
import {
  machineAtomicBegin, machineAtomicEnd, machineChoose, machineCurrentThread, machineEvent, machineExchange, machineExchangeAdd, machineLower,
  machineRaise, machineWait,
} from './machine.ts';

/**
 * What every object starts with that can be waited for. SignalState above zero lets a waiter go on.
 * @size 24
 */
export interface DISPATCHER_HEADER { Type: LONG; SignalState: LONG }
export type PDISPATCHER_HEADER = DISPATCHER_HEADER;

export type EVENT_TYPE = LONG & { readonly brand: 'EVENT_TYPE' };
export const NotificationEvent = 0 as EVENT_TYPE;
export const SynchronizationEvent = 1 as EVENT_TYPE;
export type KWAIT_REASON = LONG & { readonly brand: 'KWAIT_REASON' };
export const Executive = 0 as KWAIT_REASON;
export const Suspended = 5 as KWAIT_REASON;
export const UserRequest = 6 as KWAIT_REASON;

/** https://learn.microsoft.com/windows-hardware/drivers/kernel/event-objects */
export interface KEVENT { Header: DISPATCHER_HEADER }
export type PKEVENT = KEVENT;
export type PRKEVENT = KEVENT;
/** https://learn.microsoft.com/windows-hardware/drivers/kernel/semaphore-objects */
export interface KSEMAPHORE { Header: DISPATCHER_HEADER; Limit: LONG }
export type PKSEMAPHORE = KSEMAPHORE;
export type PRKSEMAPHORE = KSEMAPHORE;
/**
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-mutex-objects. Free lets one waiter through.
 * @size 56
 */
export interface KMUTEX { Header: DISPATCHER_HEADER; Free: DISPATCHER_HEADER; OwnerThread: PKTHREAD | null; Depth: LONG }
export type PKMUTEX = KMUTEX;
export type PRKMUTEX = KMUTEX;
/**
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/fast-mutexes-and-guarded-mutexes
 * @size 56
 */
export interface FAST_MUTEX { Free: DISPATCHER_HEADER; OldIrql: ULONG }
export type PFAST_MUTEX = FAST_MUTEX;

/**
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/fast-mutexes-and-guarded-mutexes
 * @size 56
 */
export interface KGUARDED_MUTEX { Free: DISPATCHER_HEADER }
export type PKGUARDED_MUTEX = KGUARDED_MUTEX;

/** A mutex's header type: who owns it may take it again. */
const MutantObject: LONG = 2;
const SemaphoreObject: LONG = 5;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializeevent */
export function KeInitializeEvent(Event: PRKEVENT, Type: EVENT_TYPE, State: BOOLEAN): void {
  Event.Header.Type = Type;
  Event.Header.SignalState = State ? 1 : 0;
}

/**
 * Signals the event and gives the state before. With Wait TRUE a wait follows at once.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetevent
 */
export function KeSetEvent(Event: PRKEVENT, Increment: KPRIORITY, Wait: BOOLEAN): LONG {
  machineEvent('call.irql', 0, Wait ? 1 : 2);
  return machineExchange(Ref(Event.Header.SignalState), 1);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keclearevent */
export function KeClearEvent(Event: PRKEVENT): void {
  machineEvent('call.irql', 0, 2);
  Event.Header.SignalState = 0;
}

/** Gives the state before. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keresetevent */
export function KeResetEvent(Event: PRKEVENT): LONG {
  machineEvent('call.irql', 0, 2);
  return machineExchange(Ref(Event.Header.SignalState), 0);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereadstateevent */
export function KeReadStateEvent(Event: PRKEVENT): LONG {
  machineEvent('call.irql', 0, 2);
  return Event.Header.SignalState;
}

/**
 * Waits for any dispatcher object: STATUS_SUCCESS, or STATUS_TIMEOUT. A null timeout waits for ever, one of zero only tests. In user
 * mode the wait may end early, with STATUS_USER_APC, because the thread is to end.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/waits-and-apcs
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitforsingleobject
 */
export function KeWaitForSingleObject(
  Object: PVOID, WaitReason: KWAIT_REASON, WaitMode: KPROCESSOR_MODE, Alertable: BOOLEAN, Timeout: PLARGE_INTEGER | null,
): NTSTATUS {
  let Timed: LONG = 0;
  let Micros: LONG = 0;
  let Highest: LONG = 1;
  if (Timeout !== null) {
    const Time = Timeout.QuadPart;
    Timed = 1;
    Micros = KiMicroseconds(Time);
    if (Time === 0) Highest = 2;
  }
  machineEvent('call.irql', 0, Highest);
  if (WaitMode === UserMode && Highest === 1 && machineChoose(2) === 1) return STATUS_USER_APC;
  const Header = Object as PDISPATCHER_HEADER;
  return Header.Type === MutantObject ? KiWaitForMutex(Object as PKMUTEX, Timed, Micros) : machineWait(Header, Timed, Micros);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializesemaphore */
export function KeInitializeSemaphore(Semaphore: PRKSEMAPHORE, Count: LONG, Limit: LONG): void {
  machineEvent('call.irql', 0, 0);
  Semaphore.Header.Type = SemaphoreObject;
  Semaphore.Header.SignalState = Count;
  Semaphore.Limit = Limit;
}

/**
 * Gives the count before. Going over the limit raises STATUS_SEMAPHORE_LIMIT_EXCEEDED, which stops the system.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasesemaphore
 */
export function KeReleaseSemaphore(Semaphore: PRKSEMAPHORE, Increment: KPRIORITY, Adjustment: LONG, Wait: BOOLEAN): LONG {
  machineEvent('call.irql', 0, 2);
  machineAtomicBegin();
  const Count = Semaphore.Header.SignalState;
  if (Count + Adjustment > Semaphore.Limit) machineEvent('assert.failed', 0);
  Semaphore.Header.SignalState = Count + Adjustment;
  machineAtomicEnd();
  return Count;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereadstatesemaphore */
export function KeReadStateSemaphore(Semaphore: PRKSEMAPHORE): LONG {
  return Semaphore.Header.SignalState;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializemutex */
export function KeInitializeMutex(Mutex: PRKMUTEX, Level: ULONG): void {
  Mutex.Header.Type = MutantObject;
  Mutex.Free.Type = SynchronizationEvent;
  Mutex.Free.SignalState = 1;
  Mutex.OwnerThread = null;
  Mutex.Depth = 0;
}

/**
 * Zero when it is free now. Only its owner may release it, otherwise the system stops.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasemutex
 */
export function KeReleaseMutex(Mutex: PRKMUTEX, Wait: BOOLEAN): LONG {
  machineEvent('call.irql', 0, 2);
  const Thread = machineCurrentThread();
  machineAtomicBegin();
  const Depth = Mutex.Depth;
  if (Depth === 0 || Mutex.OwnerThread !== Thread) machineEvent('assert.failed', 0);
  Mutex.Depth = Depth - 1;
  if (Depth === 1) {
    Mutex.OwnerThread = null;
    Mutex.Free.SignalState = 1;
  }
  machineAtomicEnd();
  return 1 - Depth;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitformutexobject */
export function KeWaitForMutexObject(Mutex: PRKMUTEX, WaitReason: KWAIT_REASON, WaitMode: KPROCESSOR_MODE, Alertable: BOOLEAN, Timeout: PLARGE_INTEGER | null): NTSTATUS {
  return KeWaitForSingleObject(Mutex, WaitReason, WaitMode, Alertable, Timeout);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializefastmutex */
export function ExInitializeFastMutex(FastMutex: PFAST_MUTEX): void {
  machineEvent('call.irql', 0, 2);
  FastMutex.Free.Type = SynchronizationEvent;
  FastMutex.Free.SignalState = 1;
}

/**
 * The holder runs at APC_LEVEL until it releases it. Not to be taken again by its holder.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirefastmutex
 */
export function ExAcquireFastMutex(FastMutex: PFAST_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  const OldIrql = machineRaise(APC_LEVEL);
  machineWait(FastMutex.Free, 0, 0);
  FastMutex.OldIrql = OldIrql;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleasefastmutex */
export function ExReleaseFastMutex(FastMutex: PFAST_MUTEX): void {
  machineEvent('call.irql', 1, 1);
  const OldIrql = FastMutex.OldIrql;
  machineExchange(Ref(FastMutex.Free.SignalState), 1);
  machineLower(OldIrql);
}

/**
 * TRUE and taken, or FALSE at once and at the level before.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-extrytoacquirefastmutex
 */
export function ExTryToAcquireFastMutex(FastMutex: PFAST_MUTEX): BOOLEAN {
  machineEvent('call.irql', 0, 1);
  const OldIrql = machineRaise(APC_LEVEL);
  if (machineWait(FastMutex.Free, 1, 0) !== STATUS_SUCCESS) {
    machineLower(OldIrql);
    return FALSE;
  }
  FastMutex.OldIrql = OldIrql;
  return TRUE;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializeguardedmutex */
export function KeInitializeGuardedMutex(Mutex: PKGUARDED_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  Mutex.Free.Type = SynchronizationEvent;
  Mutex.Free.SignalState = 1;
}

/**
 * Leaves the IRQL as it is. Not to be taken again by its holder.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireguardedmutex
 */
export function KeAcquireGuardedMutex(Mutex: PKGUARDED_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  machineWait(Mutex.Free, 0, 0);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseguardedmutex */
export function KeReleaseGuardedMutex(Mutex: PKGUARDED_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  machineExchange(Ref(Mutex.Free.SignalState), 1);
}

function KiWaitForMutex(Mutex: PKMUTEX, Timed: LONG, Micros: LONG): NTSTATUS {
  const Thread = machineCurrentThread();
  machineAtomicBegin();
  const Mine = Mutex.Depth !== 0 && Mutex.OwnerThread === Thread;
  if (Mine) Mutex.Depth = Mutex.Depth + 1;
  machineAtomicEnd();
  if (Mine) return STATUS_SUCCESS;
  const Status = machineWait(Mutex.Free, Timed, Micros);
  if (Status === STATUS_SUCCESS) {
    machineAtomicBegin();
    Mutex.OwnerThread = Thread;
    Mutex.Depth = 1;
    machineAtomicEnd();
  }
  return Status;
}
