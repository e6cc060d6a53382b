/**
 * Mutexes, which the thread owns that waited for them; and fast and guarded mutexes, which only keep APCs away as well. All count in the
 * thread that holds them, so that it can be seen whether a routine returns with one.
 */
import { BOOLEAN, FALSE, KIRQL, LONG, NTSTATUS, PLARGE_INTEGER, Ref, TRUE, ULONG } from './types.ts';
import { DISPATCHER_HEADER, KiCheckHeader, KiMutantObject, KiSynchronizationObject } from './event.ts';
import { APC_LEVEL } from './irql.ts';
import { KPROCESSOR_MODE } from './irp.ts';
import { KiEnterGuardedRegion, KiLeaveGuardedRegion, KiLowerIrql, KiNormalApcsDisabled, KiRaiseIrql } from './region.ts';
import { STATUS_SUCCESS } from './status.ts';
import { KiCurrentThread, PKTHREAD } from './thread.ts';
import { KeWaitForSingleObject, KiWaitFollows, KWAIT_REASON } from './wait.ts';
import { machineAtomicBegin, machineAtomicEnd, machineEvent, machineExchange, machineWait } from './machine.ts';

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
export interface FAST_MUTEX { Free: DISPATCHER_HEADER; Owner: PKTHREAD | null; OldIrql: ULONG }
export type PFAST_MUTEX = FAST_MUTEX;
/**
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/fast-mutexes-and-guarded-mutexes
 * @size 56
 */
export interface KGUARDED_MUTEX { Free: DISPATCHER_HEADER; Owner: PKTHREAD | null }
export type PKGUARDED_MUTEX = KGUARDED_MUTEX;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializemutex */
export function KeInitializeMutex(Mutex: PRKMUTEX, Level: ULONG): void {
  Mutex.Header.Type = KiMutantObject;
  Mutex.Free.Type = KiSynchronizationObject;
  Mutex.Free.SignalState = 1;
  Mutex.OwnerThread = null;
  Mutex.Depth = 0;
}

/**
 * Zero when it is free now. Only its owner may release it, otherwise the system stops.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasemutex
 */
export function KeReleaseMutex(Mutex: PRKMUTEX, Wait: BOOLEAN): LONG {
  machineEvent('call.irql', 0, Wait ? 1 : 2);
  KiCheckHeader(Mutex.Header);
  const Thread = KiCurrentThread();
  machineAtomicBegin();
  const Depth = Mutex.Depth;
  if (Depth === 0 || Mutex.OwnerThread !== Thread) machineEvent('lock.not-owned');
  Mutex.Depth = Depth - 1;
  if (Depth === 1) {
    Mutex.OwnerThread = null;
    Mutex.Free.SignalState = 1;
    Thread.Mutexes = Thread.Mutexes - 1;
    Thread.Held = Thread.Held - 1;
  }
  machineAtomicEnd();
  if (Wait) KiWaitFollows();
  return 1 - Depth;
}

/** 1 while it is free. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereadstatemutex */
export function KeReadStateMutex(Mutex: PRKMUTEX): LONG {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Mutex.Header);
  return 1 - Mutex.Depth;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitformutexobject */
export function KeWaitForMutexObject(Mutex: PRKMUTEX, WaitReason: KWAIT_REASON, WaitMode: KPROCESSOR_MODE, Alertable: BOOLEAN, Timeout: PLARGE_INTEGER | null): NTSTATUS {
  return KeWaitForSingleObject(Mutex, WaitReason, WaitMode, Alertable, Timeout);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializefastmutex */
export function ExInitializeFastMutex(FastMutex: PFAST_MUTEX): void {
  machineEvent('call.irql', 0, 2);
  FastMutex.Free.Type = KiSynchronizationObject;
  FastMutex.Free.SignalState = 1;
  FastMutex.Owner = null;
  FastMutex.OldIrql = 0;
}

/**
 * The holder runs at APC_LEVEL until it releases it. Not to be taken again by its holder.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirefastmutex
 */
export function ExAcquireFastMutex(FastMutex: PFAST_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(FastMutex.Free);
  const OldIrql = KiRaiseIrql(APC_LEVEL);
  machineWait(FastMutex.Free, 0, 0);
  KiOwnFastMutex(FastMutex, OldIrql);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleasefastmutex */
export function ExReleaseFastMutex(FastMutex: PFAST_MUTEX): void {
  machineEvent('call.irql', 1, 1);
  const OldIrql = FastMutex.OldIrql;
  KiGiveUpFastMutex(FastMutex);
  KiLowerIrql(OldIrql as KIRQL);
}

/**
 * TRUE and taken, or FALSE at once and at the level before.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-extrytoacquirefastmutex
 */
export function ExTryToAcquireFastMutex(FastMutex: PFAST_MUTEX): BOOLEAN {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(FastMutex.Free);
  const OldIrql = KiRaiseIrql(APC_LEVEL);
  if (machineWait(FastMutex.Free, 1, 0) !== STATUS_SUCCESS) {
    KiLowerIrql(OldIrql);
    return FALSE;
  }
  KiOwnFastMutex(FastMutex, OldIrql);
  return TRUE;
}

/**
 * Leaves the IRQL alone: the caller is at APC_LEVEL or in a critical region.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirefastmutexunsafe
 */
export function ExAcquireFastMutexUnsafe(FastMutex: PFAST_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(FastMutex.Free);
  if (!KiNormalApcsDisabled()) machineEvent('lock.apcs-enabled');
  machineWait(FastMutex.Free, 0, 0);
  KiOwnFastMutex(FastMutex, APC_LEVEL);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleasefastmutexunsafe */
export function ExReleaseFastMutexUnsafe(FastMutex: PFAST_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  KiGiveUpFastMutex(FastMutex);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializeguardedmutex */
export function KeInitializeGuardedMutex(Mutex: PKGUARDED_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  Mutex.Free.Type = KiSynchronizationObject;
  Mutex.Free.SignalState = 1;
  Mutex.Owner = null;
}

/**
 * Leaves the IRQL as it is; the holder is in a guarded region. Not to be taken again by its holder.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireguardedmutex
 */
export function KeAcquireGuardedMutex(Mutex: PKGUARDED_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(Mutex.Free);
  KiEnterGuardedRegion();
  machineWait(Mutex.Free, 0, 0);
  Mutex.Owner = KiCurrentThread();
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseguardedmutex */
export function KeReleaseGuardedMutex(Mutex: PKGUARDED_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  KiGiveUpGuardedMutex(Mutex);
  KiLeaveGuardedRegion();
}

/**
 * TRUE and taken, or FALSE at once and outside the region.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ketrytoacquireguardedmutex
 */
export function KeTryToAcquireGuardedMutex(Mutex: PKGUARDED_MUTEX): BOOLEAN {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(Mutex.Free);
  KiEnterGuardedRegion();
  if (machineWait(Mutex.Free, 1, 0) !== STATUS_SUCCESS) {
    KiLeaveGuardedRegion();
    return FALSE;
  }
  Mutex.Owner = KiCurrentThread();
  return TRUE;
}

/**
 * Enters no region: the caller is in a guarded one, or at APC_LEVEL.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireguardedmutexunsafe
 */
export function KeAcquireGuardedMutexUnsafe(Mutex: PKGUARDED_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(Mutex.Free);
  if (!KiNormalApcsDisabled()) machineEvent('lock.apcs-enabled');
  machineWait(Mutex.Free, 0, 0);
  const Thread = KiCurrentThread();
  Mutex.Owner = Thread;
  Thread.Held = Thread.Held + 1;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseguardedmutexunsafe */
export function KeReleaseGuardedMutexUnsafe(Mutex: PKGUARDED_MUTEX): void {
  machineEvent('call.irql', 0, 1);
  KiGiveUpGuardedMutex(Mutex);
  const Thread = KiCurrentThread();
  Thread.Held = Thread.Held - 1;
}

/** Whether the current thread owns the mutex; then no one waits for it, and it takes it once more. */
export function KiTakeOwnMutex(Mutex: PKMUTEX): BOOLEAN {
  const Thread = KiCurrentThread();
  machineAtomicBegin();
  const Mine = Mutex.Depth !== 0 && Mutex.OwnerThread === Thread;
  if (Mine) Mutex.Depth = Mutex.Depth + 1;
  machineAtomicEnd();
  return Mine;
}

/** The wait for Free is over: the mutex is the current thread's. */
export function KiOwnMutex(Mutex: PKMUTEX): void {
  const Thread = KiCurrentThread();
  machineAtomicBegin();
  Mutex.OwnerThread = Thread;
  Mutex.Depth = 1;
  Thread.Mutexes = Thread.Mutexes + 1;
  Thread.Held = Thread.Held + 1;
  machineAtomicEnd();
}

function KiOwnFastMutex(FastMutex: PFAST_MUTEX, OldIrql: KIRQL): void {
  const Thread = KiCurrentThread();
  machineAtomicBegin();
  FastMutex.Owner = Thread;
  FastMutex.OldIrql = OldIrql;
  Thread.Held = Thread.Held + 1;
  machineAtomicEnd();
}

function KiGiveUpFastMutex(FastMutex: PFAST_MUTEX): void {
  KiCheckHeader(FastMutex.Free);
  const Thread = KiCurrentThread();
  if (FastMutex.Owner !== Thread) machineEvent('lock.not-owned');
  machineAtomicBegin();
  FastMutex.Owner = null;
  FastMutex.Free.SignalState = 1;
  Thread.Held = Thread.Held - 1;
  machineAtomicEnd();
}

function KiGiveUpGuardedMutex(Mutex: PKGUARDED_MUTEX): void {
  KiCheckHeader(Mutex.Free);
  if (Mutex.Owner !== KiCurrentThread()) machineEvent('lock.not-owned');
  machineAtomicBegin();
  Mutex.Owner = null;
  Mutex.Free.SignalState = 1;
  machineAtomicEnd();
}
