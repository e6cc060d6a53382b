/**
 * Spin locks: the caller is raised to DISPATCH_LEVEL first and then spins, occupying its processor.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-spin-locks
 */
import { BOOLEAN, FALSE, KIRQL, LONG, Ref, TRUE } from './types.ts';
import { DISPATCH_LEVEL } from './irql.ts';
import { machineEvent, machineHolds, machineLock, machineLower, machineRaise, machineTryLock, machineUnlock } from './machine.ts';

/**
 * Opaque: Word is 0 while the lock is free.
 * @size 8
 */
export interface KSPIN_LOCK { Word: LONG; Initialised: BOOLEAN }
export type PKSPIN_LOCK = KSPIN_LOCK;
/**
 * Where an in-stack queued acquire keeps the lock and the old level.
 * @size 24
 */
export interface KLOCK_QUEUE_HANDLE { Lock: PKSPIN_LOCK; OldIrql: KIRQL }
export type PKLOCK_QUEUE_HANDLE = KLOCK_QUEUE_HANDLE;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializespinlock */
export function KeInitializeSpinLock(SpinLock: PKSPIN_LOCK): void {
  SpinLock.Word = 0;
  SpinLock.Initialised = TRUE;
}

/**
 * Raises to DISPATCH_LEVEL, takes the lock, gives the old level (which C's form stores through its second argument).
 * A context that holds the lock already waits for itself for ever.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquirespinlock
 */
export function KeAcquireSpinLock(SpinLock: PKSPIN_LOCK): KIRQL {
  machineEvent('call.irql', 0, 2);
  const OldIrql = machineRaise(DISPATCH_LEVEL) as KIRQL;
  KiAcquire(SpinLock);
  return OldIrql;
}

/** The same. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquirespinlockraisetodpc */
export function KeAcquireSpinLockRaiseToDpc(SpinLock: PKSPIN_LOCK): KIRQL {
  return KeAcquireSpinLock(SpinLock);
}

/**
 * Gives the lock back and lowers to the level that the acquire gave.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasespinlock
 */
export function KeReleaseSpinLock(SpinLock: PKSPIN_LOCK, NewIrql: KIRQL): void {
  machineEvent('call.irql', 2, 2);
  KiRelease(SpinLock);
  machineLower(NewIrql);
}

/**
 * At DISPATCH_LEVEL or above already; changes no IRQL.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquirespinlockatdpclevel
 */
export function KeAcquireSpinLockAtDpcLevel(SpinLock: PKSPIN_LOCK): void {
  machineEvent('call.irql', 2, 15);
  KiAcquire(SpinLock);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasespinlockfromdpclevel */
export function KeReleaseSpinLockFromDpcLevel(SpinLock: PKSPIN_LOCK): void {
  machineEvent('call.irql', 2, 2);
  KiRelease(SpinLock);
}

/**
 * For code that may run in a threaded DPC: raises only where the caller is below DISPATCH_LEVEL.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquirespinlockfordpc
 */
export function KeAcquireSpinLockForDpc(SpinLock: PKSPIN_LOCK): KIRQL {
  machineEvent('call.irql', 0, 2);
  const OldIrql = machineRaise(DISPATCH_LEVEL) as KIRQL;
  KiAcquire(SpinLock);
  return OldIrql;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasespinlockfordpc */
export function KeReleaseSpinLockForDpc(SpinLock: PKSPIN_LOCK, OldIrql: KIRQL): void {
  machineEvent('call.irql', 2, 2);
  KiRelease(SpinLock);
  machineLower(OldIrql);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireinstackqueuedspinlock */
export function KeAcquireInStackQueuedSpinLock(SpinLock: PKSPIN_LOCK, LockHandle: PKLOCK_QUEUE_HANDLE): void {
  machineEvent('call.irql', 0, 2);
  const OldIrql = machineRaise(DISPATCH_LEVEL) as KIRQL;
  LockHandle.Lock = SpinLock;
  LockHandle.OldIrql = OldIrql;
  KiAcquire(SpinLock);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseinstackqueuedspinlock */
export function KeReleaseInStackQueuedSpinLock(LockHandle: PKLOCK_QUEUE_HANDLE): void {
  machineEvent('call.irql', 2, 2);
  const OldIrql = LockHandle.OldIrql;
  KiRelease(LockHandle.Lock);
  machineLower(OldIrql);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireinstackqueuedspinlockatdpclevel */
export function KeAcquireInStackQueuedSpinLockAtDpcLevel(SpinLock: PKSPIN_LOCK, LockHandle: PKLOCK_QUEUE_HANDLE): void {
  machineEvent('call.irql', 2, 15);
  LockHandle.Lock = SpinLock;
  KiAcquire(SpinLock);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseinstackqueuedspinlockfromdpclevel */
export function KeReleaseInStackQueuedSpinLockFromDpcLevel(LockHandle: PKLOCK_QUEUE_HANDLE): void {
  machineEvent('call.irql', 2, 15);
  KiRelease(LockHandle.Lock);
}

/**
 * TRUE and taken, or FALSE at once.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ketrytoacquirespinlockatdpclevel
 */
export function KeTryToAcquireSpinLockAtDpcLevel(SpinLock: PKSPIN_LOCK): BOOLEAN {
  machineEvent('call.irql', 2, 2);
  KiCheckSpinLock(SpinLock);
  if (!machineTryLock(Ref(SpinLock.Word), 0)) return FALSE;
  machineEvent('lock.acquire', 0, FALSE);
  return TRUE;
}

/**
 * TRUE while the lock is free.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ketestspinlock
 */
export function KeTestSpinLock(SpinLock: PKSPIN_LOCK): BOOLEAN {
  KiCheckSpinLock(SpinLock);
  return SpinLock.Word === 0;
}

/** Takes the lock; the caller has seen to the IRQL. */
export function KiAcquire(SpinLock: PKSPIN_LOCK): void {
  KiCheckSpinLock(SpinLock);
  machineEvent('lock.acquire', 0, machineHolds(Ref(SpinLock.Word)));
  machineLock(Ref(SpinLock.Word), 0);
}

/** Gives the lock back if this context holds it; that it does not is a rule's to report. */
export function KiRelease(SpinLock: PKSPIN_LOCK): void {
  const Held = machineHolds(Ref(SpinLock.Word));
  machineEvent('lock.release', 0, Held);
  if (Held) machineUnlock(Ref(SpinLock.Word));
}


function KiCheckSpinLock(SpinLock: PKSPIN_LOCK): void {
  if (!SpinLock.Initialised) machineEvent('object.uninitialised');
}
