/**
 * A mailbox: a read waits until a write answers it, or until it is cancelled.
 *
 * Expect: verified
 */
import {
  DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_DEVICE_UNKNOWN, IO_NO_INCREMENT,
  IoCompleteRequest, IoCreateDevice, IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink, IoGetCurrentIrpStackLocation,
  IoMarkIrpPending, IoReleaseCancelSpinLock, IoSetCancelRoutine, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ,
  IRP_MJ_WRITE, KeAcquireSpinLock, KeInitializeSpinLock, KeReleaseSpinLock, KSPIN_LOCK, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT,
  PFILE_OBJECT, PIRP, Ref, RtlInitUnicodeString, sizeof, STATUS_CANCELLED, STATUS_DEVICE_BUSY, STATUS_PENDING, STATUS_SUCCESS,
  UNICODE_STRING,
} from 'irpsight/wdm';

interface DEVICE_EXTENSION {
  Lock: KSPIN_LOCK;
  /** The read that waits; guarded by Lock. */
  Waiting: PIRP | null;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let DeviceName!: UNICODE_STRING;
  let LinkName!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  RtlInitUnicodeString(DeviceName, '\\Device\\Mailbox');
  let Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  KeInitializeSpinLock(DeviceObject!.DeviceExtension.Lock);
  RtlInitUnicodeString(LinkName, '\\DosDevices\\Mailbox');
  Status = IoCreateSymbolicLink(LinkName, DeviceName);
  if (!NT_SUCCESS(Status)) {
    IoDeleteDevice(DeviceObject!);
    return Status;
  }
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchCleanup;
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWrite;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};

const Unload: DRIVER_UNLOAD = (DriverObject) => {
  let LinkName!: UNICODE_STRING;
  RtlInitUnicodeString(LinkName, '\\DosDevices\\Mailbox');
  IoDeleteSymbolicLink(LinkName);
  IoDeleteDevice(DriverObject.DeviceObject!);
};

const DispatchCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  if (Extension.Waiting !== null) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    return Complete(Irp, STATUS_DEVICE_BUSY);
  }
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, CancelRead);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    // Cancelled before the routine was set: nobody else will complete it.
    KeReleaseSpinLock(Extension.Lock, Irql);
    Complete(Irp, STATUS_CANCELLED);
    return STATUS_PENDING;
  }
  Extension.Waiting = Irp;
  KeReleaseSpinLock(Extension.Lock, Irql);
  return STATUS_PENDING;
};

const CancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  if (Extension.Waiting === Irp) {
    Extension.Waiting = null;
  }
  KeReleaseSpinLock(Extension.Lock, Irql);
  Complete(Irp, STATUS_CANCELLED);
};

const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Read = TakeWaiting(DeviceObject.DeviceExtension, null);
  if (Read !== null) {
    Complete(Read, STATUS_SUCCESS);
  }
  return Complete(Irp, STATUS_SUCCESS);
};

const DispatchCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Read = TakeWaiting(DeviceObject.DeviceExtension, IoGetCurrentIrpStackLocation(Irp).FileObject);
  if (Read !== null) {
    Complete(Read, STATUS_CANCELLED);
  }
  return Complete(Irp, STATUS_SUCCESS);
};

/** The waiting read, if it is that file's (null: whoever's) and its cancel routine has not been called; whoever gets it completes it. */
function TakeWaiting(Extension: PDEVICE_EXTENSION, FileObject: PFILE_OBJECT | null): PIRP | null {
  const Irql = KeAcquireSpinLock(Extension.Lock);
  let Read = Extension.Waiting;
  if (Read !== null) {
    const Wanted = FileObject === null || IoGetCurrentIrpStackLocation(Read).FileObject === FileObject;
    if (Wanted && IoSetCancelRoutine(Read, null) !== null) {
      Extension.Waiting = null;
    } else {
      Read = null;
    }
  }
  KeReleaseSpinLock(Extension.Lock, Irql);
  return Read;
}

function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
