/**
 * A driver that tells an application when a time has come: its request is held, and a timer of its own answers it. Timer, cancel routine and
 * cleanup can each be the one to finish a request; the record of it, which holds the timer, is freed by whoever is last to use it.
 *
 * Modelled on the logic of the event sample of the WDK (general/event/wdm/event.c), with the request held rather than an event signalled.
 *
 * Expect: verified
 */
import {
  BOOLEAN, CONTAINING_RECORD, CTL_CODE, DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, ExAllocatePool2, ExFreePoolWithTag,
  FALSE, FILE_ANY_ACCESS, FILE_DEVICE_UNKNOWN, InitializeListHead, InsertTailList, IO_NO_INCREMENT, IoCompleteRequest, IoCreateDevice,
  IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink, IoGetCurrentIrpStackLocation, IoMarkIrpPending, IoReleaseCancelSpinLock,
  IoSetCancelRoutine, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, KDEFERRED_ROUTINE, KDPC, KeAcquireSpinLock,
  KeAcquireSpinLockAtDpcLevel, KeCancelTimer, KeFlushQueuedDpcs, KeInitializeDpc, KeInitializeSpinLock, KeInitializeTimer, KeReleaseSpinLock,
  KeReleaseSpinLockFromDpcLevel, KeSetTimer, KSPIN_LOCK, KTIMER, LARGE_INTEGER, LIST_ENTRY, METHOD_BUFFERED, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT,
  PFILE_OBJECT, PIRP, POOL_FLAG_NON_PAGED, Ref, RemoveEntryList, RtlInitUnicodeString, sizeof, STATUS_CANCELLED,
  STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_DEVICE_REQUEST, STATUS_PENDING, STATUS_SUCCESS, TRUE, UNICODE_STRING,
} from 'irpsight/wdm';

const IOCTL_NOTIFY = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS);
const TAG = 'tnvE';

interface DEVICE_EXTENSION {
  Lock: KSPIN_LOCK;
  /** Records of the requests that are held; guarded by Lock. */
  Queue: LIST_ENTRY;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

interface NOTIFY_RECORD {
  ListEntry: LIST_ENTRY;
  Extension: PDEVICE_EXTENSION;
  /** Null when the request has been taken from the timer. */
  Irp: PIRP | null;
  Timer: KTIMER;
  Dpc: KDPC;
  /** The timer's routine has run and left the record to the cancel routine. */
  CancelRoutineFreesIt: BOOLEAN;
}
type PNOTIFY_RECORD = NOTIFY_RECORD;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let DeviceName!: UNICODE_STRING;
  let LinkName!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  RtlInitUnicodeString(DeviceName, '\\Device\\EventNotification');
  let Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  KeInitializeSpinLock(DeviceObject!.DeviceExtension.Lock);
  InitializeListHead(DeviceObject!.DeviceExtension.Queue);
  RtlInitUnicodeString(LinkName, '\\DosDevices\\EventNotification');
  Status = IoCreateSymbolicLink(LinkName, DeviceName);
  if (!NT_SUCCESS(Status)) {
    IoDeleteDevice(DeviceObject!);
    return Status;
  }
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchCleanup;
  DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchDeviceControl;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};

const Unload: DRIVER_UNLOAD = (DriverObject) => {
  let LinkName!: UNICODE_STRING;
  // A timer's routine may still be about to free its record.
  KeFlushQueuedDpcs();
  RtlInitUnicodeString(LinkName, '\\DosDevices\\EventNotification');
  IoDeleteSymbolicLink(LinkName);
  IoDeleteDevice(DriverObject.DeviceObject!);
};

const DispatchCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};

const DispatchDeviceControl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  if (IoGetCurrentIrpStackLocation(Irp).Parameters.DeviceIoControl.IoControlCode !== IOCTL_NOTIFY) {
    return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST);
  }
  const Record = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<NOTIFY_RECORD>(), TAG);
  if (Record === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  let DueTime!: LARGE_INTEGER;
  const Extension = DeviceObject.DeviceExtension;
  Record.Extension = Extension;
  Record.Irp = Irp;
  KeInitializeTimer(Record.Timer);
  KeInitializeDpc(Record.Dpc, NotifyDpc, Record);
  IoMarkIrpPending(Irp);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  IoSetCancelRoutine(Irp, CancelNotify);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    ExFreePoolWithTag(Record, TAG);
    Complete(Irp, STATUS_CANCELLED);
    return STATUS_PENDING;
  }
  Irp.Tail.Overlay.DriverContext[3] = Record;
  InsertTailList(Extension.Queue, Record.ListEntry);
  DueTime.QuadPart = -50000000;
  KeSetTimer(Record.Timer, DueTime, Record.Dpc);
  KeReleaseSpinLock(Extension.Lock, Irql);
  return STATUS_PENDING;
};

const NotifyDpc: KDEFERRED_ROUTINE<PNOTIFY_RECORD> = (Dpc, Record, SystemArgument1, SystemArgument2) => {
  const Extension = Record.Extension;
  KeAcquireSpinLockAtDpcLevel(Extension.Lock);
  const Irp = Record.Irp;
  if (Irp === null) {
    // Cancel routine or cleanup came first, too late to stop the timer.
    KeReleaseSpinLockFromDpcLevel(Extension.Lock);
    ExFreePoolWithTag(Record, TAG);
    return;
  }
  RemoveEntryList(Record.ListEntry);
  if (IoSetCancelRoutine(Irp, null) === null) {
    // The cancel routine waits for the lock: to it the record belongs.
    InitializeListHead(Record.ListEntry);
    Record.CancelRoutineFreesIt = TRUE;
    KeReleaseSpinLockFromDpcLevel(Extension.Lock);
    return;
  }
  KeReleaseSpinLockFromDpcLevel(Extension.Lock);
  ExFreePoolWithTag(Record, TAG);
  Complete(Irp, STATUS_SUCCESS);
};

const CancelNotify: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  const Record = Irp.Tail.Overlay.DriverContext[3] as PNOTIFY_RECORD;
  RemoveEntryList(Record.ListEntry);
  const Last = TakeFromTimer(Record);
  KeReleaseSpinLock(Extension.Lock, Irql);
  if (Last) {
    ExFreePoolWithTag(Record, TAG);
  }
  Complete(Irp, STATUS_CANCELLED);
};

const DispatchCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const FileObject = IoGetCurrentIrpStackLocation(Irp).FileObject;
  let Held = TakeOneOf(DeviceObject.DeviceExtension, FileObject);
  while (Held !== null) {
    Complete(Held, STATUS_CANCELLED);
    Held = TakeOneOf(DeviceObject.DeviceExtension, FileObject);
  }
  return Complete(Irp, STATUS_SUCCESS);
};

/** A held request of that file which its cancel routine does not have, out of the queue and away from its timer. */
function TakeOneOf(Extension: PDEVICE_EXTENSION, FileObject: PFILE_OBJECT | null): PIRP | null {
  const Irql = KeAcquireSpinLock(Extension.Lock);
  for (let Entry = Extension.Queue.Flink; Entry !== Extension.Queue; Entry = Entry.Flink) {
    const Record = CONTAINING_RECORD<NOTIFY_RECORD>(Entry, 'ListEntry');
    const Irp = Record.Irp!;
    if (IoGetCurrentIrpStackLocation(Irp).FileObject === FileObject && IoSetCancelRoutine(Irp, null) !== null) {
      RemoveEntryList(Record.ListEntry);
      const Last = TakeFromTimer(Record);
      KeReleaseSpinLock(Extension.Lock, Irql);
      if (Last) {
        ExFreePoolWithTag(Record, TAG);
      }
      return Irp;
    }
  }
  KeReleaseSpinLock(Extension.Lock, Irql);
  return null;
}

/** Under the lock: whether nobody uses the record any more. Otherwise the timer's routine is under way, and frees it. */
function TakeFromTimer(Record: PNOTIFY_RECORD): BOOLEAN {
  if (KeCancelTimer(Record.Timer) || Record.CancelRoutineFreesIt) {
    return TRUE;
  }
  Record.Irp = null;
  return FALSE;
}

function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
