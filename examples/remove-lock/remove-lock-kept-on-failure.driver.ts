/**
 * Broken sibling of remove-lock.driver.ts: a write that fails below keeps the lock.
 *
 * A driver that knows when its device is unused. Every request takes the remove lock first, with the IRP as its tag, and gives it
 * back when nothing of the driver's will touch the device for it any more: at once when it is completed or handed on, in the
 * completion routine where there is one, with the answer or the cancel where the request waits in a queue. IRP_MN_REMOVE_DEVICE
 * waits for the lock, and only then is the device deleted.
 *
 * Reads wait here in a cancel-safe queue until a write has gone through to the device below: its data is the answer to the oldest
 * read. When the device is pulled out they are all failed, and none is queued afterwards.
 *
 * Modelled on the guide's rules for remove locks and cancel-safe queues, and on the logic of the toaster function driver (WDK
 * samples, general/toaster/wdm/func).
 *
 * Expect: remove-lock/leak
 */
import {
  BOOLEAN, CONTAINING_RECORD, DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DO_POWER_PAGABLE, DRIVER_ADD_DEVICE, DRIVER_DISPATCH,
  DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_DEVICE_UNKNOWN, InitializeListHead, InsertTailList, IO_COMPLETION_ROUTINE, IO_CSQ,
  IO_CSQ_ACQUIRE_LOCK, IO_CSQ_COMPLETE_CANCELED_IRP, IO_CSQ_INSERT_IRP_EX, IO_CSQ_PEEK_NEXT_IRP, IO_CSQ_RELEASE_LOCK,
  IO_CSQ_REMOVE_IRP, IO_NO_INCREMENT, IO_REMOVE_LOCK, IoAcquireRemoveLock, IoAttachDeviceToDeviceStack, IoCallDriver,
  IoCompleteRequest, IoCopyCurrentIrpStackLocationToNext, IoCreateDevice, IoCsqInitializeEx, IoCsqInsertIrpEx, IoCsqRemoveNextIrp,
  IoDeleteDevice, IoDetachDevice, IoForwardIrpSynchronously, IoGetCurrentIrpStackLocation, IoInitializeRemoveLock,
  IoMarkIrpPending, IoReleaseRemoveLock, IoReleaseRemoveLockAndWait, IoSetCompletionRoutine, IoSkipCurrentIrpStackLocation, IRP,
  IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_READ, IRP_MJ_SYSTEM_CONTROL, IRP_MJ_WRITE,
  IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_SURPRISE_REMOVAL, KeAcquireSpinLock, KeInitializeSpinLock, KeReleaseSpinLock,
  KSPIN_LOCK, LIST_ENTRY, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PFILE_OBJECT, PIRP, PoCallDriver, PoStartNextPowerIrp, PVOID, Ref,
  RemoveEntryList, sizeof, STATUS_CANCELLED, STATUS_CONTINUE_COMPLETION, STATUS_DEVICE_REMOVED, STATUS_NO_SUCH_DEVICE,
  STATUS_PENDING, STATUS_SUCCESS, TRUE,
} from 'irpsight/wdm';

interface DEVICE_EXTENSION {
  RemoveLock: IO_REMOVE_LOCK;
  LowerDevice: PDEVICE_OBJECT | null;
  ReadQueue: IO_CSQ;
  QueueLock: KSPIN_LOCK;
  /** Under QueueLock, as is Removed. */
  PendingReads: LIST_ENTRY;
  /** The device is gone: no read is queued any more. */
  Removed: BOOLEAN;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_CREATE] = PortCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = PortCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = PortCleanup;
  DriverObject.MajorFunction[IRP_MJ_READ] = PortRead;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = PortWrite;
  DriverObject.MajorFunction[IRP_MJ_PNP] = PortPnp;
  DriverObject.MajorFunction[IRP_MJ_POWER] = PortPower;
  DriverObject.MajorFunction[IRP_MJ_SYSTEM_CONTROL] = PortSystemControl;
  DriverObject.DriverExtension.AddDevice = PortAddDevice;
  DriverObject.DriverUnload = PortUnload;
  return STATUS_SUCCESS;
};

/** Every device is gone by then. */
const PortUnload: DRIVER_UNLOAD = (DriverObject) => {};

const PortAddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  let Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = Device!.DeviceExtension;
  // Before the device is attached: from then on requests come, power requests among them.
  IoInitializeRemoveLock(Extension.RemoveLock, 'troP', 0, 0);
  KeInitializeSpinLock(Extension.QueueLock);
  InitializeListHead(Extension.PendingReads);
  Status = IoCsqInitializeEx(
    Extension.ReadQueue, PortInsertIrp, PortRemoveIrp, PortPeekNextIrp, PortAcquireLock, PortReleaseLock, PortCompleteCanceledIrp);
  if (NT_SUCCESS(Status)) {
    Extension.LowerDevice = IoAttachDeviceToDeviceStack(Device!, PhysicalDeviceObject);
    if (Extension.LowerDevice === null) {
      Status = STATUS_NO_SUCH_DEVICE;
    }
  }
  if (!NT_SUCCESS(Status)) {
    IoDeleteDevice(Device!);
    return Status;
  }
  Device!.Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
  Device!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

const PortCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Status = IoAcquireRemoveLock(Extension.RemoveLock, Irp);
  if (!NT_SUCCESS(Status)) {
    return CompleteUnlocked(Irp, Status);
  }
  return Complete(Extension, Irp, STATUS_SUCCESS);
};

/** The lock goes into the queue with the read. Whoever takes the read out, to answer, cancel or fail it, gives the lock back. */
const PortRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Status = IoAcquireRemoveLock(Extension.RemoveLock, Irp);
  if (!NT_SUCCESS(Status)) {
    return CompleteUnlocked(Irp, Status);
  }
  Status = IoCsqInsertIrpEx(Extension.ReadQueue, Irp, null, null);
  if (!NT_SUCCESS(Status)) {
    // Refused by PortInsertIrp: it is neither queued nor marked pending.
    return Complete(Extension, Irp, Status);
  }
  // It is marked pending, and may have been answered already.
  return STATUS_PENDING;
};

const PortWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Status = IoAcquireRemoveLock(Extension.RemoveLock, Irp); // <-- remove-lock/leak
  if (!NT_SUCCESS(Status)) {
    return CompleteUnlocked(Irp, Status);
  }
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, PortWriteCompletion, Extension, TRUE, TRUE, TRUE);
  return IoCallDriver(Extension.LowerDevice!, Irp);
};

/** The lock is held until here, so Extension is good however late this is. */
const PortWriteCompletion: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PDEVICE_EXTENSION> = (DeviceObject, Irp, Extension) => {
  if (Irp.PendingReturned) {
    IoMarkIrpPending(Irp);
  }
  if (NT_SUCCESS(Irp.IoStatus.Status)) {
    const Read = IoCsqRemoveNextIrp(Extension.ReadQueue, null);
    if (Read !== null) {
      Complete(Extension, Read, STATUS_SUCCESS);
    }
    // Broken: a write that failed never gives the lock back, and the device can never be removed.
    IoReleaseRemoveLock(Extension.RemoveLock, Irp);
  }
  return STATUS_CONTINUE_COMPLETION;
};

const PortCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Status = IoAcquireRemoveLock(Extension.RemoveLock, Irp);
  if (!NT_SUCCESS(Status)) {
    return CompleteUnlocked(Irp, Status);
  }
  EmptyQueue(Extension, IoGetCurrentIrpStackLocation(Irp).FileObject, STATUS_CANCELLED);
  return Complete(Extension, Irp, STATUS_SUCCESS);
};

const PortPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const LowerDevice = Extension.LowerDevice!;
  let Status = IoAcquireRemoveLock(Extension.RemoveLock, Irp);
  if (!NT_SUCCESS(Status)) {
    return CompleteUnlocked(Irp, Status);
  }
  switch (IoGetCurrentIrpStackLocation(Irp).MinorFunction) {
    case IRP_MN_START_DEVICE:
      IoForwardIrpSynchronously(LowerDevice, Irp);
      return Complete(Extension, Irp, Irp.IoStatus.Status);

    case IRP_MN_SURPRISE_REMOVAL:
      // No more reads, then those that wait: in the other order one could slip in between.
      CloseQueue(Extension);
      EmptyQueue(Extension, null, STATUS_DEVICE_REMOVED);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      IoSkipCurrentIrpStackLocation(Irp);
      Status = IoCallDriver(LowerDevice, Irp);
      IoReleaseRemoveLock(Extension.RemoveLock, Irp);
      return Status;

    case IRP_MN_REMOVE_DEVICE:
      // Without a surprise before: nobody has a file open, but a request of the power manager or of WMI may be under way.
      CloseQueue(Extension);
      EmptyQueue(Extension, null, STATUS_DEVICE_REMOVED);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      IoSkipCurrentIrpStackLocation(Irp);
      Status = IoCallDriver(LowerDevice, Irp);
      // Gives back this request's own hold, refuses all that follow, and waits for those that came before. The IRP itself is gone
      // by now; it is a tag.
      IoReleaseRemoveLockAndWait(Extension.RemoveLock, Irp);
      // Nobody uses the device any more, nor, through it, the one below.
      IoDetachDevice(LowerDevice);
      IoDeleteDevice(DeviceObject);
      return Status;

    default:
      IoSkipCurrentIrpStackLocation(Irp);
      Status = IoCallDriver(LowerDevice, Irp);
      IoReleaseRemoveLock(Extension.RemoveLock, Irp);
      return Status;
  }
};

const PortPower: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Status = IoAcquireRemoveLock(Extension.RemoveLock, Irp);
  PoStartNextPowerIrp(Irp);
  if (!NT_SUCCESS(Status)) {
    return CompleteUnlocked(Irp, Status);
  }
  IoSkipCurrentIrpStackLocation(Irp);
  Status = PoCallDriver(Extension.LowerDevice!, Irp);
  // The request may be complete; its address is still good as a tag.
  IoReleaseRemoveLock(Extension.RemoveLock, Irp);
  return Status;
};

const PortSystemControl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Status = IoAcquireRemoveLock(Extension.RemoveLock, Irp);
  if (!NT_SUCCESS(Status)) {
    return CompleteUnlocked(Irp, Status);
  }
  IoSkipCurrentIrpStackLocation(Irp);
  Status = IoCallDriver(Extension.LowerDevice!, Irp);
  IoReleaseRemoveLock(Extension.RemoveLock, Irp);
  return Status;
};

function CloseQueue(Extension: PDEVICE_EXTENSION): void {
  const Irql = KeAcquireSpinLock(Extension.QueueLock);
  Extension.Removed = TRUE;
  KeReleaseSpinLock(Extension.QueueLock, Irql);
}

/** Completes the reads of that file (null: all) that wait. */
function EmptyQueue(Extension: PDEVICE_EXTENSION, FileObject: PFILE_OBJECT | null, Status: NTSTATUS): void {
  let Read = IoCsqRemoveNextIrp(Extension.ReadQueue, FileObject);
  while (Read !== null) {
    Complete(Extension, Read, Status);
    Read = IoCsqRemoveNextIrp(Extension.ReadQueue, FileObject);
  }
}

/** Completes a request that holds the lock. The IRP is gone after the first half; the second needs no more than its address. */
function Complete(Extension: PDEVICE_EXTENSION, Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  CompleteUnlocked(Irp, Status);
  IoReleaseRemoveLock(Extension.RemoveLock, Irp);
  return Status;
}

function CompleteUnlocked(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}

/** Under QueueLock: once the device is gone the read is refused. */
const PortInsertIrp: IO_CSQ_INSERT_IRP_EX<PVOID> = (Csq, Irp, InsertContext) => {
  const Extension = CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'ReadQueue');
  if (Extension.Removed) {
    return STATUS_DEVICE_REMOVED;
  }
  InsertTailList(Extension.PendingReads, Irp.Tail.Overlay.ListEntry);
  return STATUS_SUCCESS;
};

const PortRemoveIrp: IO_CSQ_REMOVE_IRP = (Csq, Irp) => {
  RemoveEntryList(Irp.Tail.Overlay.ListEntry);
};

/** The read behind Irp, or the first one, of that file. */
const PortPeekNextIrp: IO_CSQ_PEEK_NEXT_IRP<PFILE_OBJECT | null> = (Csq, Irp, FileObject) => {
  const Extension = CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'ReadQueue');
  let Entry = Irp === null ? Extension.PendingReads.Flink : Irp.Tail.Overlay.ListEntry.Flink;
  while (Entry !== Extension.PendingReads) {
    const Next = CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.ListEntry');
    if (FileObject === null || IoGetCurrentIrpStackLocation(Next).FileObject === FileObject) {
      return Next;
    }
    Entry = Entry.Flink;
  }
  return null;
};

const PortAcquireLock: IO_CSQ_ACQUIRE_LOCK = (Csq, Irql) => {
  Irql.Value = KeAcquireSpinLock(CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'ReadQueue').QueueLock);
};

const PortReleaseLock: IO_CSQ_RELEASE_LOCK = (Csq, Irql) => {
  KeReleaseSpinLock(CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'ReadQueue').QueueLock, Irql);
};

/** Out of the queue already, and with no lock but the remove lock, which it gives back. */
const PortCompleteCanceledIrp: IO_CSQ_COMPLETE_CANCELED_IRP = (Csq, Irp) => {
  Complete(CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'ReadQueue'), Irp, STATUS_CANCELLED);
};
