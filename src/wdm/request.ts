/** Requests that a driver makes: IRPs that the I/O manager fills in. */
import { BOOLEAN, FALSE, PLARGE_INTEGER, PVOID, TRUE, UCHAR, ULONG } from './types.ts';
import { IoCallDriver } from './call.ts';
import { METHOD_NEITHER, PDEVICE_OBJECT } from './device.ts';
import { KEVENT, KeInitializeEvent, KeSetEvent, NotificationEvent, PKEVENT } from './event.ts';
import { Executive, KeWaitForSingleObject } from './wait.ts';
import { IopQueueIrp } from './io-manager.ts';
import {
  IO_COMPLETION_ROUTINE, IO_NO_INCREMENT, IRP_BUILT_FOR_THREAD, IRP_MADE_BY_DRIVER, IRP_MJ_DEVICE_CONTROL, IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_SYNCHRONOUS_API,
  IoCopyCurrentIrpStackLocationToNext, IoGetNextIrpStackLocation, IoSetCompletionRoutine, IopMakeIrp, KernelMode, PIO_STATUS_BLOCK, PIRP,
} from './irp.ts';
import { KiAllocationFails } from './pool.ts';
import { STATUS_MORE_PROCESSING_REQUIRED, STATUS_PENDING } from './status.ts';
import { KiCurrentThread } from './thread.ts';
import { machineAtomicBegin, machineAtomicEnd, machineEvent } from './machine.ts';

/**
 * A device control request of the current thread, cancelled with it and freed by the I/O manager, which writes the status block
 * and signals the event. Buffers are given to the driver as they are.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iobuilddeviceiocontrolrequest
 */
export function IoBuildDeviceIoControlRequest(
  IoControlCode: ULONG, DeviceObject: PDEVICE_OBJECT, InputBuffer: PVOID, InputBufferLength: ULONG, OutputBuffer: PVOID,
  OutputBufferLength: ULONG, InternalDeviceIoControl: BOOLEAN, Event: PKEVENT | null, IoStatusBlock: PIO_STATUS_BLOCK,
): PIRP | null {
  machineEvent('call.irql', 0, 1);
  if (KiAllocationFails()) return null;
  const Irp = IopMakeIrp(DeviceObject.StackSize, IRP_BUILT_FOR_THREAD);
  const Location = IoGetNextIrpStackLocation(Irp);
  Location.MajorFunction = InternalDeviceIoControl ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL;
  Location.Parameters.DeviceIoControl.IoControlCode = IoControlCode;
  Location.Parameters.DeviceIoControl.InputBufferLength = InputBufferLength;
  Location.Parameters.DeviceIoControl.OutputBufferLength = OutputBufferLength;
  if ((IoControlCode & 3) === METHOD_NEITHER) Location.Parameters.DeviceIoControl.Type3InputBuffer = InputBuffer;
  else Irp.AssociatedIrp.SystemBuffer = InputBuffer !== null ? InputBuffer : OutputBuffer;
  Irp.UserBuffer = OutputBuffer;
  Irp.RequestorMode = KernelMode;
  Irp.UserEvent = Event;
  Irp.UserIosb = IoStatusBlock;
  IopQueueIrp(Irp, KiCurrentThread(), null);
  return Irp;
}

/**
 * A read, write, flush, shutdown or PnP request of the current thread, likewise.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iobuildsynchronousfsdrequest
 */
export function IoBuildSynchronousFsdRequest(
  MajorFunction: UCHAR, DeviceObject: PDEVICE_OBJECT, Buffer: PVOID, Length: ULONG, StartingOffset: PLARGE_INTEGER | null,
  Event: PKEVENT, IoStatusBlock: PIO_STATUS_BLOCK,
): PIRP | null {
  machineEvent('call.irql', 0, 1);
  if (KiAllocationFails()) return null;
  const Irp = IopMakeIrp(DeviceObject.StackSize, IRP_BUILT_FOR_THREAD);
  IopFillFsd(Irp, MajorFunction, Buffer, Length, StartingOffset);
  Irp.Flags = IRP_SYNCHRONOUS_API;
  Irp.UserEvent = Event;
  Irp.UserIosb = IoStatusBlock;
  IopQueueIrp(Irp, KiCurrentThread(), null);
  return Irp;
}

/**
 * The same as the caller's own IRP: in no thread's list, freed by IoFreeIrp.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iobuildasynchronousfsdrequest
 */
export function IoBuildAsynchronousFsdRequest(
  MajorFunction: UCHAR, DeviceObject: PDEVICE_OBJECT, Buffer: PVOID, Length: ULONG, StartingOffset: PLARGE_INTEGER | null,
  IoStatusBlock: PIO_STATUS_BLOCK | null,
): PIRP | null {
  machineEvent('call.irql', 0, 1);
  if (KiAllocationFails()) return null;
  const Irp = IopMakeIrp(DeviceObject.StackSize, IRP_MADE_BY_DRIVER);
  IopFillFsd(Irp, MajorFunction, Buffer, Length, StartingOffset);
  Irp.UserIosb = IoStatusBlock;
  Irp.Tail.Overlay.Thread = KiCurrentThread();
  return Irp;
}

/**
 * Copies the location, sends the IRP and waits for it; the caller has it back and completes it. FALSE: there was no location left.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioforwardirpsynchronously
 */
export function IoForwardIrpSynchronously(DeviceObject: PDEVICE_OBJECT, Irp: PIRP): BOOLEAN {
  machineEvent('call.irql', 0, 1);
  if (Irp.CurrentLocation <= 1) return FALSE;
  let Event!: KEVENT;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, IopForwarded, Event, TRUE, TRUE, TRUE);
  if (IoCallDriver(DeviceObject, Irp) === STATUS_PENDING) KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  // The completion routine kept the IRP for the caller, as one of the caller's own would have.
  machineAtomicBegin();
  const Location = Irp.CurrentLocation;
  const Pending = Irp.PendingReturned;
  machineEvent('irp.completion-enter', Irp, Location, TRUE, Pending);
  machineEvent('irp.completion-leave', Irp, Location, TRUE, Pending, STATUS_MORE_PROCESSING_REQUIRED);
  machineAtomicEnd();
  return TRUE;
}

const IopForwarded: IO_COMPLETION_ROUTINE<never, PKEVENT> = (DeviceObject, Irp, Event) => {
  if (Irp.PendingReturned) KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
};

function IopFillFsd(Irp: PIRP, MajorFunction: UCHAR, Buffer: PVOID, Length: ULONG, StartingOffset: PLARGE_INTEGER | null): void {
  const Location = IoGetNextIrpStackLocation(Irp);
  Location.MajorFunction = MajorFunction;
  Location.Parameters.Read.Length = Length;
  if (StartingOffset !== null) Location.Parameters.Read.ByteOffset.QuadPart = StartingOffset.QuadPart;
  Irp.AssociatedIrp.SystemBuffer = Buffer;
  Irp.UserBuffer = Buffer;
  Irp.RequestorMode = KernelMode;
}
