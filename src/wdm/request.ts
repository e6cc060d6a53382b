/** Requests that a driver makes: IRPs that the I/O manager fills in. */
import { BOOLEAN, FALSE, LONG, PLARGE_INTEGER, PVOID, SIZE_T, TRUE, UCHAR, ULONG, sizeof } from './types.ts';
import { IoCallDriver } from './call.ts';
import { DO_BUFFERED_IO, DO_DIRECT_IO, METHOD_NEITHER, PDEVICE_OBJECT } from './device.ts';
import { KEVENT, KeInitializeEvent, KeSetEvent, NotificationEvent, PKEVENT } from './event.ts';
import { Executive, KeWaitForSingleObject } from './wait.ts';
import { IopQueueIrp } from './io-manager.ts';
import { IO_NO_INCREMENT, IRP_MJ_DEVICE_CONTROL, IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE } from './irp-codes.ts';
import {
  IO_COMPLETION_ROUTINE, IRP_BUFFERED_IO, IRP_BUILT_FOR_THREAD, IRP_DEALLOCATE_BUFFER, IRP_INPUT_OPERATION, IRP_MADE_BY_DRIVER, IRP_SYNCHRONOUS_API,
  IoCopyCurrentIrpStackLocationToNext, IoGetNextIrpStackLocation, IoSetCompletionRoutine, IopMakeIrp, KernelMode, MDL, PIO_STATUS_BLOCK, PIRP,
} from './irp.ts';
import { KiAllocationFails } from './pool.ts';
import { STATUS_MORE_PROCESSING_REQUIRED, STATUS_PENDING } from './status.ts';
import { KiCurrentThread } from './thread.ts';
import { MiLockPages, MmInitializeMdl } from './mdl.ts';
import { machineAlloc, machineAtomicBegin, machineAtomicEnd, machineBounded, machineCopy, machineEvent, machineObjectSize } from './machine.ts';

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
 * A read, write, flush, shutdown or PnP request of the current thread, likewise. A device with direct I/O gets an MDL; where Windows makes a system
 * buffer, here the caller's buffer stands for it, so that what is read into it needs not be copied back.
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
  if (IopTransfers(MajorFunction, Buffer, Length) && IopIsDirect(DeviceObject)) IopGiveMdl(Irp, Buffer, Length, FALSE);
  Irp.Flags = IRP_SYNCHRONOUS_API;
  Irp.UserEvent = Event;
  Irp.UserIosb = IoStatusBlock;
  IopQueueIrp(Irp, KiCurrentThread(), null);
  return Irp;
}

/**
 * The same as the caller's own IRP: in no thread's list, freed by IoFreeIrp. What the target's way of I/O needs for a read or write, an MDL with
 * locked pages or a buffer that IRP_DEALLOCATE_BUFFER tells of, is the caller's to free as well, before the IRP.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/different-ways-of-handling-irps-cheat-sheet
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
  if (IopTransfers(MajorFunction, Buffer, Length)) {
    if ((DeviceObject.Flags & DO_BUFFERED_IO) !== 0) IopGiveSystemBuffer(Irp, MajorFunction, Buffer, Length);
    else if (IopIsDirect(DeviceObject)) IopGiveMdl(Irp, Buffer, Length, TRUE);
  }
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

/** Whether there is anything for the I/O manager to describe or to copy. */
function IopTransfers(MajorFunction: UCHAR, Buffer: PVOID, Length: ULONG): BOOLEAN {
  return (MajorFunction === IRP_MJ_READ || MajorFunction === IRP_MJ_WRITE) && Buffer !== null && Length !== 0;
}

function IopIsDirect(DeviceObject: PDEVICE_OBJECT): BOOLEAN {
  return (DeviceObject.Flags & (DO_BUFFERED_IO | DO_DIRECT_IO)) === DO_DIRECT_IO;
}

/** `Own`: for the driver to unlock and free, else the I/O manager does it with the request. */
function IopGiveMdl(Irp: PIRP, Buffer: PVOID, Length: ULONG, Own: BOOLEAN): void {
  const Mdl = Own ? machineAlloc(sizeof<MDL>(), 2, 1) : machineAlloc(sizeof<MDL>(), 0, 1);
  MmInitializeMdl(Mdl, Buffer, Length);
  MiLockPages(Mdl, Own);
  Irp.MdlAddress = Mdl;
}

/** A buffer of the system's, for the driver to free: with what is to be written, or for what is read. */
function IopGiveSystemBuffer(Irp: PIRP, MajorFunction: UCHAR, Buffer: PVOID, Length: ULONG): void {
  // Below zero it is what sizeof gives, with the type. Of a number of bytes nobody knows the type but from the object that lies there.
  const Whole = machineObjectSize(Buffer, 0);
  const Size: LONG = (Length as LONG) < 0 || Whole === 0 ? (Length as LONG) : Whole;
  const Typed = Size < 0 || Whole !== 0;
  if (!Typed && MajorFunction === IRP_MJ_WRITE) machineBounded('A driver was to write bytes from within an object to a device with buffered I/O.');
  const Copy = machineAlloc(Size as SIZE_T<object>, 2, 1);
  if (MajorFunction === IRP_MJ_WRITE) machineCopy(Copy, Buffer, Size as SIZE_T<object>);
  Irp.AssociatedIrp.SystemBuffer = Copy;
  Irp.Flags = IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
  if (MajorFunction === IRP_MJ_READ) Irp.Flags = Irp.Flags | IRP_INPUT_OPERATION;
}
