/**
 * Broken sibling of serial-timeouts.driver.ts: a read is taken whatever IoSetCancelRoutine returns.
 *
 * A serial port's reads without the hardware: a read is held until data comes (here: a write brings it), until its total timeout is over,
 * until it is cancelled, or until its file is closed. Four routines can finish it, on any processor, and exactly one does: the one that
 * finds it under the lock and gets its cancel routine back.
 *
 * Modelled on the logic of the serial driver of the WDK samples (serial/serial: read.c, purge.c and utils.c, where SerialTryToCompleteCurrent
 * settles which of completion, timeout, cancel and purge has a read).
 *
 * Expect: cancel/claim-ignored, completion/information-on-cancel
 */
import {
  DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_DEVICE_SERIAL_PORT, IO_SERIAL_INCREMENT,
  IoCompleteRequest, IoCreateDevice, IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink, IoGetCurrentIrpStackLocation,
  IoMarkIrpPending, IoReleaseCancelSpinLock, IoSetCancelRoutine, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ, IRP_MJ_WRITE,
  KDEFERRED_ROUTINE, KDPC, KeAcquireSpinLock, KeCancelTimer, KeFlushQueuedDpcs, KeInitializeDpc, KeInitializeSpinLock, KeInitializeTimer,
  KeReleaseSpinLock, KeSetTimer, KSPIN_LOCK, KTIMER, LARGE_INTEGER, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PFILE_OBJECT, PIRP, Ref,
  RtlInitUnicodeString, sizeof, STATUS_CANCELLED, STATUS_DEVICE_BUSY, STATUS_PENDING, STATUS_SUCCESS, STATUS_TIMEOUT, ULONG, UNICODE_STRING,
} from 'irpsight/wdm';

interface DEVICE_EXTENSION {
  ControlLock: KSPIN_LOCK;
  /** The read that waits for data; guarded by ControlLock, as is what follows. */
  CurrentReadIrp: PIRP | null;
  /** Bytes that came while no read waited. */
  CharsInBuffer: ULONG;
  ReadRequestTotalTimer: KTIMER;
  TotalReadTimeoutDpc: KDPC;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let DeviceName!: UNICODE_STRING;
  let LinkName!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  RtlInitUnicodeString(DeviceName, '\\Device\\Serial0');
  let Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), DeviceName, FILE_DEVICE_SERIAL_PORT, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = DeviceObject!.DeviceExtension;
  KeInitializeSpinLock(Extension.ControlLock);
  KeInitializeTimer(Extension.ReadRequestTotalTimer);
  KeInitializeDpc(Extension.TotalReadTimeoutDpc, SerialReadTimeout, Extension);
  RtlInitUnicodeString(LinkName, '\\DosDevices\\COM1');
  Status = IoCreateSymbolicLink(LinkName, DeviceName);
  if (!NT_SUCCESS(Status)) {
    IoDeleteDevice(DeviceObject!);
    return Status;
  }
  DriverObject.MajorFunction[IRP_MJ_CREATE] = SerialCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = SerialCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = SerialCleanup;
  DriverObject.MajorFunction[IRP_MJ_READ] = SerialRead;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = SerialWrite;
  DriverObject.DriverUnload = SerialUnload;
  return STATUS_SUCCESS;
};

const SerialUnload: DRIVER_UNLOAD = (DriverObject) => {
  const DeviceObject = DriverObject.DeviceObject as PDEVICE_OBJECT<DEVICE_EXTENSION>;
  let LinkName!: UNICODE_STRING;
  // No read is left, but the routine of a timer that came too late may still run.
  KeCancelTimer(DeviceObject.DeviceExtension.ReadRequestTotalTimer);
  KeFlushQueuedDpcs();
  RtlInitUnicodeString(LinkName, '\\DosDevices\\COM1');
  IoDeleteSymbolicLink(LinkName);
  IoDeleteDevice(DeviceObject);
};

const SerialCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return SerialCompleteRequest(Irp, STATUS_SUCCESS, 0);
};

const SerialRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let TotalTime!: LARGE_INTEGER;
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  if (Extension.CurrentReadIrp !== null) {
    KeReleaseSpinLock(Extension.ControlLock, OldIrql);
    return SerialCompleteRequest(Irp, STATUS_DEVICE_BUSY, 0);
  }
  if (Extension.CharsInBuffer !== 0) {
    Extension.CharsInBuffer = 0;
    KeReleaseSpinLock(Extension.ControlLock, OldIrql);
    return SerialCompleteRequest(Irp, STATUS_SUCCESS, 1);
  }
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, SerialCancelRead);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    KeReleaseSpinLock(Extension.ControlLock, OldIrql);
    SerialCompleteRequest(Irp, STATUS_CANCELLED, 0);
    return STATUS_PENDING;
  }
  Extension.CurrentReadIrp = Irp;
  TotalTime.QuadPart = -5000000;
  KeSetTimer(Extension.ReadRequestTotalTimer, TotalTime, Extension.TotalReadTimeoutDpc);
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  return STATUS_PENDING;
};

/** Stands for the receive interrupt: its data goes to the read that waits, or into the buffer. */
const SerialWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  const Read = SerialTakeCurrent(Extension, null);
  if (Read === null) {
    Extension.CharsInBuffer = 1;
  }
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  if (Read !== null) {
    SerialCompleteRequest(Read, STATUS_SUCCESS, 1);
  }
  return SerialCompleteRequest(Irp, STATUS_SUCCESS, 1);
};

const SerialReadTimeout: KDEFERRED_ROUTINE<PDEVICE_EXTENSION> = (Dpc, Extension, SystemContext1, SystemContext2) => {
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  const Read = SerialTakeCurrent(Extension, null);
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  if (Read !== null) {
    SerialCompleteRequest(Read, STATUS_TIMEOUT, 0);
  }
};

const SerialCancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  if (Extension.CurrentReadIrp === Irp) {
    Extension.CurrentReadIrp = null;
    KeCancelTimer(Extension.ReadRequestTotalTimer);
  }
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  SerialCompleteRequest(Irp, STATUS_CANCELLED, 0);
};

const SerialCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  const Read = SerialTakeCurrent(Extension, IoGetCurrentIrpStackLocation(Irp).FileObject);
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  if (Read !== null) {
    SerialCompleteRequest(Read, STATUS_CANCELLED, 0);
  }
  return SerialCompleteRequest(Irp, STATUS_SUCCESS, 0);
};

/** Under the lock: the read that waits, if it is that file's (null: anybody's) and its cancel routine does not have it. The caller completes it. */
function SerialTakeCurrent(Extension: PDEVICE_EXTENSION, FileObject: PFILE_OBJECT | null): PIRP | null {
  const Irp = Extension.CurrentReadIrp;
  if (Irp === null) {
    return null;
  }
  if (FileObject !== null && IoGetCurrentIrpStackLocation(Irp).FileObject !== FileObject) {
    return null;
  }
  // Broken: the cancel routine may wait for the lock, and completes the read, too.
  IoSetCancelRoutine(Irp, null); // <-- cancel/claim-ignored
  Extension.CurrentReadIrp = null;
  KeCancelTimer(Extension.ReadRequestTotalTimer);
  return Irp;
}

function SerialCompleteRequest(Irp: PIRP, Status: NTSTATUS, Information: ULONG): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = Information;
  IoCompleteRequest(Irp, IO_SERIAL_INCREMENT); // <-- completion/information-on-cancel
  return Status;
}
