/**
 * Reads on a cancel-safe queue: a read waits in the queue until a polling DPC or a write answers it.
 *
 * Modelled on the logic of the cancel sample (Windows-driver-samples, general/cancel/startio/cancel.c): CsampRead, CsampInitiateIo,
 * CsampPollingTimerDpc, CsampCleanup and the CsampXxx queue callbacks. The device is ready at every poll here.
 *
 * Expect: verified
 */
import {
  CONTAINING_RECORD, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_DEVICE_UNKNOWN, InitializeListHead, InsertTailList,
  IO_CSQ, IO_CSQ_ACQUIRE_LOCK, IO_CSQ_COMPLETE_CANCELED_IRP, IO_CSQ_INSERT_IRP, IO_CSQ_PEEK_NEXT_IRP, IO_CSQ_RELEASE_LOCK, IO_CSQ_REMOVE_IRP,
  IO_NO_INCREMENT, IoCompleteRequest, IoCreateDevice, IoCreateSymbolicLink, IoCsqInitialize, IoCsqInsertIrp, IoCsqRemoveNextIrp, IoDeleteDevice,
  IoDeleteSymbolicLink, IoGetCurrentIrpStackLocation, IRP, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ, IRP_MJ_WRITE,
  KeAcquireSpinLock, KeInitializeSpinLock, KeReleaseSpinLock, KSPIN_LOCK, LIST_ENTRY, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PFILE_OBJECT, PIRP,
  Ref, RemoveEntryList, RtlInitUnicodeString, sizeof, STATUS_CANCELLED, STATUS_PENDING, STATUS_SUCCESS, ULONG, UNICODE_STRING,
} from 'irpsight/wdm';

interface DEVICE_EXTENSION {
  CancelSafeQueue: IO_CSQ;
  QueueLock: KSPIN_LOCK;
  PendingIrpQueue: LIST_ENTRY;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let DeviceName!: UNICODE_STRING;
  let LinkName!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  RtlInitUnicodeString(DeviceName, '\\Device\\CancelSamp');
  RtlInitUnicodeString(LinkName, '\\DosDevices\\CancelSamp');
  let Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), DeviceName, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = DeviceObject!.DeviceExtension;
  KeInitializeSpinLock(Extension.QueueLock);
  InitializeListHead(Extension.PendingIrpQueue);
  Status = IoCsqInitialize(Extension.CancelSafeQueue, CsampInsertIrp, CsampRemoveIrp, CsampPeekNextIrp, CsampAcquireLock, CsampReleaseLock, CsampCompleteCanceledIrp);
  if (NT_SUCCESS(Status)) {
    Status = IoCreateSymbolicLink(LinkName, DeviceName);
  }
  if (!NT_SUCCESS(Status)) {
    IoDeleteDevice(DeviceObject!);
    return Status;
  }
  DriverObject.MajorFunction[IRP_MJ_CREATE] = CsampCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = CsampCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = CsampCleanup;
  DriverObject.MajorFunction[IRP_MJ_READ] = CsampRead;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = CsampWrite;
  DriverObject.DriverUnload = CsampUnload;
  return STATUS_SUCCESS;
};

const CsampUnload: DRIVER_UNLOAD = (DriverObject) => {
  let LinkName!: UNICODE_STRING;
  RtlInitUnicodeString(LinkName, '\\DosDevices\\CancelSamp');
  IoDeleteSymbolicLink(LinkName);
  IoDeleteDevice(DriverObject.DeviceObject!);
};

const CsampCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS, 0);
};

const CsampRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  // Marks the IRP pending. From here on it may be gone at any time.
  IoCsqInsertIrp(DeviceObject.DeviceExtension.CancelSafeQueue, Irp, null);
  return STATUS_PENDING;
};

/** A write answers the oldest waiting read. */
const CsampWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Read = IoCsqRemoveNextIrp(DeviceObject.DeviceExtension.CancelSafeQueue, null);
  if (Read !== null) {
    Complete(Read, STATUS_SUCCESS, 0);
  }
  return Complete(Irp, STATUS_SUCCESS, IoGetCurrentIrpStackLocation(Irp).Parameters.Write.Length);
};

const CsampCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const FileObject = IoGetCurrentIrpStackLocation(Irp).FileObject;
  let Pending = IoCsqRemoveNextIrp(Extension.CancelSafeQueue, FileObject);
  while (Pending !== null) {
    Complete(Pending, STATUS_CANCELLED, 0);
    Pending = IoCsqRemoveNextIrp(Extension.CancelSafeQueue, FileObject);
  }
  return Complete(Irp, STATUS_SUCCESS, 0);
};

const CsampInsertIrp: IO_CSQ_INSERT_IRP = (Csq, Irp) => {
  const Extension = CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'CancelSafeQueue');
  InsertTailList(Extension.PendingIrpQueue, Irp.Tail.Overlay.ListEntry);
};

const CsampRemoveIrp: IO_CSQ_REMOVE_IRP = (Csq, Irp) => {
  RemoveEntryList(Irp.Tail.Overlay.ListEntry);
};

const CsampPeekNextIrp: IO_CSQ_PEEK_NEXT_IRP = (Csq, Irp, PeekContext) => {
  const Extension = CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'CancelSafeQueue');
  let Entry = Irp === null ? Extension.PendingIrpQueue.Flink : Irp.Tail.Overlay.ListEntry.Flink;
  while (Entry !== Extension.PendingIrpQueue) {
    const Next = CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.ListEntry');
    if (PeekContext === null || IoGetCurrentIrpStackLocation(Next).FileObject === (PeekContext as PFILE_OBJECT)) {
      return Next;
    }
    Entry = Entry.Flink;
  }
  return null;
};

const CsampAcquireLock: IO_CSQ_ACQUIRE_LOCK = (Csq, Irql) => {
  const Extension = CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'CancelSafeQueue');
  Irql.Value = KeAcquireSpinLock(Extension.QueueLock);
};

const CsampReleaseLock: IO_CSQ_RELEASE_LOCK = (Csq, Irql) => {
  const Extension = CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'CancelSafeQueue');
  KeReleaseSpinLock(Extension.QueueLock, Irql);
};

const CsampCompleteCanceledIrp: IO_CSQ_COMPLETE_CANCELED_IRP = (Csq, Irp) => {
  Complete(Irp, STATUS_CANCELLED, 0);
};

function Complete(Irp: PIRP, Status: NTSTATUS, Information: ULONG): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = Information;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
