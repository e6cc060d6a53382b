/** Completing an IRP: the walk up its stack locations. */
import { BOOLEAN, CCHAR, NTSTATUS, TRUE, UCHAR, sizeof } from './types.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { IO_STACK_LOCATION, PIRP, SL_INVOKE_ON_CANCEL, SL_INVOKE_ON_ERROR, SL_INVOKE_ON_SUCCESS, SL_PENDING_RETURNED } from './irp.ts';
import { NT_SUCCESS, STATUS_MORE_PROCESSING_REQUIRED } from './status.ts';
import { IopCompleteTopLevel } from './io-manager.ts';
import {
  machineAtomicBegin, machineAtomicEnd, machineBounded, machineCancelLockHeld, machineEvent, machineIrql, machineIsDriverRoutine, machineLocksHeld, machineZero,
} from './machine.ts';

/**
 * Calls the completion routines from the completer's location upwards, until all have run or one keeps the IRP by returning
 * STATUS_MORE_PROCESSING_REQUIRED; a later call resumes with the routine above that one.
 *
 * A routine lies in the location below its driver's own, which is zeroed before it is called: only IoStatus tells what happened
 * below. Where no routine is called, the mark that the request was pended is carried up for the driver. At the top the I/O manager
 * has the IRP back.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocompleterequest
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/implementing-an-iocompletion-routine
 */
export function IoCompleteRequest(Irp: PIRP, PriorityBoost: CCHAR): void {
  machineEvent('call.irql', 0, 2);
  machineAtomicBegin();
  machineEvent('irp.complete', Irp);
  let Location = Irp.CurrentLocation;
  machineEvent('irp.outcome', Irp, Location, Irp.IoStatus.Status, Irp.CancelRoutine !== null, Irp.IoStatus.Information !== 0);
  const StackCount = Irp.StackCount;
  machineAtomicEnd();
  if (Location > StackCount + 1) {
    machineBounded('An IRP was completed whose current location is above its creator.');
    return;
  }
  while (Location <= StackCount) {
    // One step up: the I/O manager alone uses these fields while it has the IRP.
    machineAtomicBegin();
    const Stack = Irp.Stack[Location - 1];
    const Control = Stack.Control;
    const Pending = (Control & SL_PENDING_RETURNED) !== 0;
    const Routine = Stack.CompletionRoutine;
    const Context = Stack.Context;
    const Invoked = Routine !== null && IopInvokes(Irp, Control);
    Location = Location + 1;
    machineZero(Stack, sizeof<IO_STACK_LOCATION>());
    Irp.CurrentLocation = Location;
    Irp.PendingReturned = Pending;
    if (Invoked && Routine !== null) {
      const DeviceObject = Location > StackCount ? null : Irp.Stack[Location - 1].DeviceObject;
      const Target = machineIsDriverRoutine(Routine);
      const Irql = machineIrql();
      const Locks = machineLocksHeld();
      const CancelLock = machineCancelLockHeld();
      machineEvent('irp.completion-enter', Irp, Location, Target, Pending);
      machineAtomicEnd();
      machineEvent('routine.enter');
      const Status = Routine(DeviceObject as PDEVICE_OBJECT<never>, Irp, Context as never);
      machineEvent('routine.leave', Irql, Locks, CancelLock);
      machineEvent('irp.completion-leave', Irp, Location, Target, Pending, Status);
      if (Status === STATUS_MORE_PROCESSING_REQUIRED) return;
    } else {
      if (Pending && Location <= StackCount) {
        const Above = Irp.Stack[Location - 1];
        Above.Control = Above.Control | SL_PENDING_RETURNED;
      }
      machineAtomicEnd();
    }
  }
  IopCompleteTopLevel(Irp);
}

/** The same. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofcompleterequest */
export function IofCompleteRequest(Irp: PIRP, PriorityBoost: CCHAR): void {
  IoCompleteRequest(Irp, PriorityBoost);
}

/** Whether the routine was asked for with the outcome at hand. Asked for with every one, nothing is looked at. */
function IopInvokes(Irp: PIRP, Control: UCHAR): BOOLEAN {
  if ((Control & (SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR)) === (SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR)) return TRUE;
  const Status: NTSTATUS = Irp.IoStatus.Status;
  if ((Control & (NT_SUCCESS(Status) ? SL_INVOKE_ON_SUCCESS : SL_INVOKE_ON_ERROR)) !== 0) return TRUE;
  return (Control & SL_INVOKE_ON_CANCEL) !== 0 && Irp.Cancel;
}
