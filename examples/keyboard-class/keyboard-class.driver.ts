/**
 * A keyboard class-style reader: a read is answered from the buffered input, or pended until input arrives.
 *
 * Modelled on the logic of kbdclass (Windows-driver-samples, input/kbdclass/kbdclass.c): KeyboardClassRead,
 * KeyboardClassHandleRead, KeyboardClassDequeueRead, KeyboardClassCancel, KeyboardClassServiceCallback, KeyboardClassCleanup.
 * Input comes from the port driver by a device control here, instead of a connected service callback.
 *
 * Expect: verified
 */
import {
  CONTAINING_RECORD, CTL_CODE, DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE,
  DRIVER_UNLOAD, FALSE, FILE_ANY_ACCESS, FILE_DEVICE_KEYBOARD, InitializeListHead, InsertTailList, IO_NO_INCREMENT,
  IoCompleteRequest, IoCreateDevice, IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink, IoGetCurrentIrpStackLocation,
  IoMarkIrpPending, IoReleaseCancelSpinLock, IoSetCancelRoutine, IRP, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE,
  IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, KeAcquireSpinLock, KeInitializeSpinLock, KeReleaseSpinLock, KSPIN_LOCK,
  LIST_ENTRY, METHOD_BUFFERED, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PFILE_OBJECT, PIRP, Ref, RemoveEntryList,
  RtlInitUnicodeString, sizeof, STATUS_BUFFER_TOO_SMALL, STATUS_CANCELLED, STATUS_INVALID_DEVICE_REQUEST, STATUS_PENDING,
  STATUS_SUCCESS, ULONG, UNICODE_STRING,
} from 'irpsight/wdm';

const IOCTL_KEYBOARD_INPUT = CTL_CODE(FILE_DEVICE_KEYBOARD, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS);
/** sizeof(KEYBOARD_INPUT_DATA). */
const PACKET_SIZE: ULONG = 12;

interface DEVICE_EXTENSION {
  SpinLock: KSPIN_LOCK;
  /** Reads waiting for input; guarded by SpinLock, as is InputCount. */
  ReadQueue: LIST_ENTRY;
  InputCount: ULONG;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let DeviceName!: UNICODE_STRING;
  let LinkName!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  RtlInitUnicodeString(DeviceName, '\\Device\\KeyboardClass0');
  RtlInitUnicodeString(LinkName, '\\DosDevices\\KeyboardClass0');
  let Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), DeviceName, FILE_DEVICE_KEYBOARD, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = DeviceObject!.DeviceExtension;
  KeInitializeSpinLock(Extension.SpinLock);
  InitializeListHead(Extension.ReadQueue);
  Status = IoCreateSymbolicLink(LinkName, DeviceName);
  if (!NT_SUCCESS(Status)) {
    IoDeleteDevice(DeviceObject!);
    return Status;
  }
  DriverObject.MajorFunction[IRP_MJ_CREATE] = KeyboardClassCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = KeyboardClassCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = KeyboardClassCleanup;
  DriverObject.MajorFunction[IRP_MJ_READ] = KeyboardClassRead;
  DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = KeyboardClassDeviceControl;
  DriverObject.DriverUnload = KeyboardClassUnload;
  return STATUS_SUCCESS;
};

const KeyboardClassUnload: DRIVER_UNLOAD = (DriverObject) => {
  let LinkName!: UNICODE_STRING;
  RtlInitUnicodeString(LinkName, '\\DosDevices\\KeyboardClass0');
  IoDeleteSymbolicLink(LinkName);
  IoDeleteDevice(DriverObject.DeviceObject!);
};

const KeyboardClassCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return CompleteNow(Irp, STATUS_SUCCESS, 0);
};

const KeyboardClassRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  if (Stack.Parameters.Read.Length < PACKET_SIZE) {
    return CompleteNow(Irp, STATUS_BUFFER_TOO_SMALL, 0);
  }

  const Irql = KeAcquireSpinLock(Extension.SpinLock);
  if (Extension.InputCount > 0) {
    Extension.InputCount--;
    KeReleaseSpinLock(Extension.SpinLock, Irql);
    return CompleteNow(Irp, STATUS_SUCCESS, PACKET_SIZE);
  }

  IoMarkIrpPending(Irp);
  InsertTailList(Extension.ReadQueue, Irp.Tail.Overlay.ListEntry);
  IoSetCancelRoutine(Irp, KeyboardClassCancel);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    // Cancelled before the routine was set: it will not run, so the read is still ours.
    RemoveEntryList(Irp.Tail.Overlay.ListEntry);
    KeReleaseSpinLock(Extension.SpinLock, Irql);
    CompleteRead(Irp, STATUS_CANCELLED, 0);
    return STATUS_PENDING;
  }
  KeReleaseSpinLock(Extension.SpinLock, Irql);
  return STATUS_PENDING;
};

/** Input from the port driver: answers the oldest waiting read, or is buffered. */
const KeyboardClassDeviceControl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  if (Stack.Parameters.DeviceIoControl.IoControlCode !== IOCTL_KEYBOARD_INPUT) {
    return CompleteNow(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
  }
  KeyboardClassServiceCallback(DeviceObject.DeviceExtension);
  return CompleteNow(Irp, STATUS_SUCCESS, 0);
};

function KeyboardClassServiceCallback(Extension: PDEVICE_EXTENSION): void {
  const Irql = KeAcquireSpinLock(Extension.SpinLock);
  const Read = DequeueRead(Extension, null);
  if (Read === null) {
    Extension.InputCount++;
  }
  KeReleaseSpinLock(Extension.SpinLock, Irql);
  if (Read !== null) {
    CompleteRead(Read, STATUS_SUCCESS, PACKET_SIZE);
  }
}

/**
 * The oldest waiting read (of FileObject, when given) that its cancel routine will not complete, or null. SpinLock is held.
 */
function DequeueRead(Extension: PDEVICE_EXTENSION, FileObject: PFILE_OBJECT | null): PIRP | null {
  let Entry = Extension.ReadQueue.Flink;
  while (Entry !== Extension.ReadQueue) {
    const Irp = CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.ListEntry');
    Entry = Entry.Flink;
    const Stack = IoGetCurrentIrpStackLocation(Irp);
    if (FileObject !== null && Stack.FileObject !== FileObject) {
      continue;
    }
    RemoveEntryList(Irp.Tail.Overlay.ListEntry);
    if (IoSetCancelRoutine(Irp, null) !== null) {
      return Irp;
    }
    // The cancel routine is on its way and will unlink the entry once more: make that harmless.
    InitializeListHead(Irp.Tail.Overlay.ListEntry);
  }
  return null;
}

const KeyboardClassCancel: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const Irql = KeAcquireSpinLock(Extension.SpinLock);
  RemoveEntryList(Irp.Tail.Overlay.ListEntry);
  KeReleaseSpinLock(Extension.SpinLock, Irql);
  CompleteRead(Irp, STATUS_CANCELLED, 0);
};

const KeyboardClassCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const FileObject = IoGetCurrentIrpStackLocation(Irp).FileObject;
  for (;;) {
    const Irql = KeAcquireSpinLock(Extension.SpinLock);
    const Read = DequeueRead(Extension, FileObject);
    KeReleaseSpinLock(Extension.SpinLock, Irql);
    if (Read === null) {
      break;
    }
    CompleteRead(Read, STATUS_CANCELLED, 0);
  }
  return CompleteNow(Irp, STATUS_SUCCESS, 0);
};

function CompleteRead(Irp: PIRP, Status: NTSTATUS, Information: ULONG): void {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = Information;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

function CompleteNow(Irp: PIRP, Status: NTSTATUS, Information: ULONG): NTSTATUS {
  CompleteRead(Irp, Status, Information);
  return Status;
}
