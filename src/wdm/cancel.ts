/** Cancelling an IRP, and the one system-wide cancel spin lock. https://learn.microsoft.com/windows-hardware/drivers/kernel/canceling-irps */
import { BOOLEAN, FALSE, KIRQL, Ref, TRUE } from './types.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { DRIVER_CANCEL, IoGetCurrentIrpStackLocation, PIRP } from './irp.ts';
import { DISPATCH_LEVEL } from './irql.ts';
import { KSPIN_LOCK } from './spinlock.ts';
import {
  machineAtomicBegin, machineAtomicEnd, machineCancelLockHeld, machineEvent, machineExchange, machineHolds, machineIrql,
  machineIsDriverRoutine, machineLock, machineLocksHeld, machineLower, machineRaise, machineUnlock,
} from './machine.ts';

let IopCancelSpinLock!: KSPIN_LOCK;

/**
 * Gives the old level, which C's form stores through its argument.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioacquirecancelspinlock
 */
export function IoAcquireCancelSpinLock(): KIRQL {
  machineEvent('call.irql', 0, 2);
  const OldIrql = machineRaise(DISPATCH_LEVEL) as KIRQL;
  machineEvent('lock.acquire', 1, machineHolds(Ref(IopCancelSpinLock.Word)));
  machineLock(Ref(IopCancelSpinLock.Word), 1);
  return OldIrql;
}

/**
 * In a cancel routine the level is Irp->CancelIrql.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleasecancelspinlock
 */
export function IoReleaseCancelSpinLock(Irql: KIRQL): void {
  machineEvent('call.irql', 2, 2);
  const Held = machineHolds(Ref(IopCancelSpinLock.Word));
  machineEvent('lock.release', 1, Held);
  if (Held) machineUnlock(Ref(IopCancelSpinLock.Word));
  machineLower(Irql);
}

/**
 * One interlocked exchange. Gives the routine that was set; null when there was none, or when IoCancelIrp has taken it and
 * it runs or will run. Its page states DISPATCH_LEVEL, which holds only where the I/O manager's device queue is used.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetcancelroutine
 * @forceinline
 */
export function IoSetCancelRoutine(Irp: PIRP, CancelRoutine: DRIVER_CANCEL<never> | null): DRIVER_CANCEL<never> | null {
  machineEvent('call.irql', 0, 2);
  // The bit is looked at only for the event.
  machineAtomicBegin();
  const Previous = machineExchange(Ref(Irp.CancelRoutine), CancelRoutine);
  machineEvent('irp.set-cancel', Irp, CancelRoutine !== null, Previous !== null, Irp.Cancel);
  machineAtomicEnd();
  return Previous;
}

/**
 * Sets Irp->Cancel, always; then takes the cancel routine away from the IRP and calls it, with the cancel spin lock held and
 * the level to go back to in Irp->CancelIrql. With none set, only the bit is left, and whoever later makes the IRP cancelable
 * must notice it. TRUE when a routine was called, which need not mean that the IRP is completed as cancelled.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocancelirp
 */
export function IoCancelIrp(Irp: PIRP): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  machineEvent('irp.cancel', Irp);
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  const Irql = IoAcquireCancelSpinLock();
  Irp.Cancel = TRUE;
  machineAtomicBegin();
  const Routine = machineExchange(Ref(Irp.CancelRoutine), null);
  machineEvent('irp.cancel-requested', Irp, Routine !== null);
  let DeviceObject: PDEVICE_OBJECT | null = null;
  if (Routine !== null) {
    // Only the routine looks at the level, and until it runs the driver keeps the IRP at its location.
    Irp.CancelIrql = Irql;
    DeviceObject = IoGetCurrentIrpStackLocation(Irp).DeviceObject;
  }
  machineAtomicEnd();
  if (Routine === null) {
    IoReleaseCancelSpinLock(Irql);
    return FALSE;
  }
  const Target = machineIsDriverRoutine(Routine);
  machineEvent('irp.cancel-enter', Irp, Target);
  machineEvent('routine.enter');
  Routine(DeviceObject as PDEVICE_OBJECT<never>, Irp);
  // The routine gives the lock back itself: it is to end as IoCancelIrp was entered.
  machineEvent('irp.cancel-leave', Irp, Target, Irql, Locks);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  return TRUE;
}
