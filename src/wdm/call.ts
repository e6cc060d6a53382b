/** Sending an IRP to a device. */
import { NTSTATUS } from './types.ts';
import { DRIVER_DISPATCH, PDEVICE_OBJECT } from './device.ts';
import { IO_NO_INCREMENT } from './irp-codes.ts';
import { IopLocation, PIRP } from './irp.ts';
import { IoCompleteRequest } from './complete.ts';
import { KiHeldByThread, KiKeeps } from './region.ts';
import { STATUS_INVALID_DEVICE_REQUEST, STATUS_PENDING } from './status.ts';
import {
  machineAtomicBegin, machineAtomicEnd, machineCancelLockHeld, machineEvent, machineIrql, machineIsDriverRoutine, machineLocksHeld,
} from './machine.ts';

/**
 * Moves to the next stack location, enters the device there and calls the dispatch routine for its major function; gives what
 * that routine returns. With no location left the IRP's stack is overrun.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocalldriver
 */
export function IoCallDriver(DeviceObject: PDEVICE_OBJECT, Irp: PIRP): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  // One step: until the routine is entered nothing but the I/O manager knows these fields.
  machineAtomicBegin();
  const Sender = Irp.CurrentLocation;
  machineEvent('irp.send', Irp, Sender, Irp.CancelRoutine !== null);
  const Location = Sender - 1;
  if (Location < 1) machineEvent('irp.no-location', Irp, 1);
  const Stack = IopLocation(Irp, Location);
  Irp.CurrentLocation = Location;
  Stack.DeviceObject = DeviceObject;
  const MajorFunction = Stack.MajorFunction;
  let Routine = DeviceObject.DriverObject.MajorFunction[MajorFunction];
  if (Routine === null) Routine = IopInvalidDeviceRequest;
  const Target = machineIsDriverRoutine(Routine);
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  const Held = KiHeldByThread();
  machineEvent('irp.dispatch', Irp, Location, Target, MajorFunction);
  machineAtomicEnd();
  machineEvent('routine.enter');
  const Status = Routine(DeviceObject as PDEVICE_OBJECT<never>, Irp);
  if (KiKeeps(Held, Status === STATUS_PENDING)) machineEvent('lock.kept');
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  machineAtomicBegin();
  machineEvent('irp.dispatched', Irp, Location, Target, Status);
  machineEvent('irp.sent', Irp, Sender, Status);
  machineAtomicEnd();
  return Status;
}

/** The same. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofcalldriver */
export function IofCallDriver(DeviceObject: PDEVICE_OBJECT, Irp: PIRP): NTSTATUS {
  return IoCallDriver(DeviceObject, Irp);
}

/**
 * Since Windows Vista the same as IoCallDriver.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-pocalldriver
 */
export function PoCallDriver(DeviceObject: PDEVICE_OBJECT, Irp: PIRP): NTSTATUS {
  return IoCallDriver(DeviceObject, Irp);
}

/** Stands in a driver object for every major function that the driver has not set. */
const IopInvalidDeviceRequest: DRIVER_DISPATCH<never> = (DeviceObject, Irp) => {
  Irp.IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_INVALID_DEVICE_REQUEST;
};
