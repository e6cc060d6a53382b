/**
 * Port of the event sample, general/event/wdm (event.c, event.h, public.h; 1,221 lines) of Windows-driver-samples, commit 26a27df8:
 * https://github.com/microsoft/Windows-driver-samples. Copyright (c) Microsoft Corporation. All rights reserved. Licensed under the
 * Microsoft Public License, a copy of which is ../LICENSE, as is this port. Provided "as is" without warranty of any kind.
 *
 * An application is told that a time has come, by an event that it made or by a request that is held. Routine for routine and statement
 * for statement as in the original, whose names are kept. Lines marked "Mended" differ, and README.md beside this file says why.
 *
 * Expect: verified
 */
import {
  ASSERT, ASSERTMSG, BOOLEAN, CONTAINING_RECORD, CTL_CODE, DbgBreakPoint, DbgPrint, DO_BUFFERED_IO, DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE,
  DRIVER_UNLOAD, DrvRtPoolNxOptIn, EVENT_MODIFY_STATE, ExAllocatePoolQuotaZero, ExEventObjectType, ExFreePoolWithTag, ExInitializeDriverRuntime, FALSE,
  FILE_ANY_ACCESS, FILE_DEVICE_SECURE_OPEN, FILE_DEVICE_UNKNOWN, HANDLE, InitializeListHead, InsertTailList, IO_NO_INCREMENT, IO_REMOVE_LOCK,
  IoAcquireRemoveLock, IoCompleteRequest, IoCreateDevice, IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink,
  IoGetCurrentIrpStackLocation, IoInitializeRemoveLock, IoMarkIrpPending, IoReleaseCancelSpinLock, IoReleaseRemoveLock,
  IoReleaseRemoveLockAndWait, IoSetCancelRoutine, IRP, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IsListEmpty,
  KDEFERRED_ROUTINE, KDPC, KeAcquireSpinLock, KeAcquireSpinLockAtDpcLevel, KeCancelTimer, KeInitializeDpc, KeInitializeSpinLock,
  KeInitializeTimer, KeReleaseSpinLock, KeReleaseSpinLockFromDpcLevel, KeSetEvent, KeSetTimer, KSPIN_LOCK, KTIMER, LARGE_INTEGER, LIST_ENTRY, LONG,
  METHOD_BUFFERED, NonPagedPool, NT_SUCCESS, NTSTATUS, ObDereferenceObject, ObReferenceObjectByHandle, PAGED_CODE, PDEVICE_OBJECT, PFILE_OBJECT, PIRP,
  PKEVENT, PLIST_ENTRY, POOL_QUOTA_FAIL_INSTEAD_OF_RAISE, POOL_TYPE, Ref, RemoveEntryList, RemoveHeadList, RtlInitUnicodeString, sizeof,
  STATUS_CANCELLED, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER, STATUS_NOT_IMPLEMENTED, STATUS_PENDING, STATUS_SUCCESS, SYNCHRONIZE,
  TRUE, ULONG, UNICODE_STRING, Union, UNREFERENCED_PARAMETER, alloc_text,
} from 'irpsight/wdm';

// public.h

export type NOTIFY_TYPE = LONG;
export const IRP_BASED: NOTIFY_TYPE = 0;
export const EVENT_BASED: NOTIFY_TYPE = 1;

export interface REGISTER_EVENT {
  Type: NOTIFY_TYPE;
  hEvent: HANDLE | null;
  /** In units of 100 ns. */
  DueTime: LARGE_INTEGER;
}
export type PREGISTER_EVENT = REGISTER_EVENT;

const SIZEOF_REGISTER_EVENT: ULONG = sizeof<REGISTER_EVENT>();

export const IOCTL_REGISTER_EVENT = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS);

// event.h

const NTDEVICE_NAME_STRING = '\\Device\\Event_Sample';
const SYMBOLIC_NAME_STRING = '\\DosDevices\\Event_Sample';
const TAG = 'EVET';

interface DEVICE_EXTENSION {
  Self: PDEVICE_OBJECT<DEVICE_EXTENSION>;
  /** Every notification that an application waits for. */
  EventQueueHead: LIST_ENTRY;
  QueueLock: KSPIN_LOCK;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

interface NOTIFY_RECORD {
  Type: NOTIFY_TYPE;
  ListEntry: LIST_ENTRY;
  Message: Union<{ Event: PKEVENT | null; PendingIrp: PIRP | null }>;
  Dpc: KDPC;
  Timer: KTIMER;
  FileObject: PFILE_OBJECT | null;
  DeviceExtension: PDEVICE_EXTENSION;
  CancelRoutineFreeMemory: BOOLEAN;
}
type PNOTIFY_RECORD = NOTIFY_RECORD;

interface FILE_CONTEXT {
  /** Held by each thread that dispatches a request on the file; cleanup waits for them with it. */
  FileRundownLock: IO_REMOVE_LOCK;
}
type PFILE_CONTEXT = FILE_CONTEXT;

// event.c

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let deviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  let ntDeviceName!: UNICODE_STRING;
  let symbolicLinkName!: UNICODE_STRING;

  UNREFERENCED_PARAMETER(RegistryPath);

  DbgPrint('==>DriverEntry\n');
  DbgBreakPoint();

  // Pool of the driver is not executable.
  ExInitializeDriverRuntime(DrvRtPoolNxOptIn);

  RtlInitUnicodeString(ntDeviceName, NTDEVICE_NAME_STRING);

  let status = IoCreateDevice(
    DriverObject, sizeof<DEVICE_EXTENSION>(), ntDeviceName, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, Ref(deviceObject),
  );

  if (!NT_SUCCESS(status)) {
    DbgPrint('\tIoCreateDevice returned 0x%x\n', status);
    return status;
  }

  DriverObject.MajorFunction[IRP_MJ_CREATE] = EventCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = EventCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = EventCleanup;
  DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = EventDispatchIoControl;
  DriverObject.DriverUnload = EventUnload;

  // The name by which an application opens the device.
  RtlInitUnicodeString(symbolicLinkName, SYMBOLIC_NAME_STRING);
  status = IoCreateSymbolicLink(symbolicLinkName, ntDeviceName);

  if (!NT_SUCCESS(status)) {
    IoDeleteDevice(deviceObject!);
    DbgPrint('\tIoCreateSymbolicLink returned 0x%x\n', status);
    return status;
  }

  const deviceExtension = deviceObject!.DeviceExtension;

  InitializeListHead(deviceExtension.EventQueueHead);

  KeInitializeSpinLock(deviceExtension.QueueLock);

  deviceExtension.Self = deviceObject!;

  deviceObject!.Flags |= DO_BUFFERED_IO;

  DbgPrint('<==DriverEntry\n');

  ASSERT(NT_SUCCESS(status));

  return status;
};

const EventUnload: DRIVER_UNLOAD = (DriverObject) => {
  const deviceObject = DriverObject.DeviceObject as PDEVICE_OBJECT<DEVICE_EXTENSION>;
  const deviceExtension = deviceObject.DeviceExtension;
  let symbolicLinkName!: UNICODE_STRING;

  DbgPrint('==>Unload\n');

  PAGED_CODE();

  if (!IsListEmpty(deviceExtension.EventQueueHead)) {
    ASSERTMSG('Event Queue is not empty\n', FALSE);
  }

  RtlInitUnicodeString(symbolicLinkName, SYMBOLIC_NAME_STRING);
  IoDeleteSymbolicLink(symbolicLinkName);
  IoDeleteDevice(deviceObject);
};

const EventCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let status!: NTSTATUS;
  let fileContext!: PFILE_CONTEXT | null;

  UNREFERENCED_PARAMETER(DeviceObject);

  PAGED_CODE();

  const irpStack = IoGetCurrentIrpStackLocation(Irp);

  ASSERT(irpStack.FileObject !== null);

  switch (irpStack.MajorFunction) {
    case IRP_MJ_CREATE:
      DbgPrint('IRP_MJ_CREATE\n');

      fileContext = ExAllocatePoolQuotaZero((NonPagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) as POOL_TYPE, sizeof<FILE_CONTEXT>(), TAG);

      if (null === fileContext) {
        status = STATUS_INSUFFICIENT_RESOURCES;
        break;
      }

      IoInitializeRemoveLock(fileContext.FileRundownLock, TAG, 0, 0);

      // Nobody else may have put something there.
      ASSERT(irpStack.FileObject!.FsContext === null);

      irpStack.FileObject!.FsContext = fileContext;

      status = STATUS_SUCCESS;
      break;

    case IRP_MJ_CLOSE:
      DbgPrint('IRP_MJ_CLOSE\n');

      fileContext = irpStack.FileObject!.FsContext as PFILE_CONTEXT | null;

      ExFreePoolWithTag(fileContext, TAG);

      status = STATUS_SUCCESS;
      break;

    default:
      ASSERT(FALSE);
      status = STATUS_NOT_IMPLEMENTED;
      break;
  }

  Irp.IoStatus.Status = status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return status;
};

const EventCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let thisEntry!: PLIST_ENTRY;
  let nextEntry!: PLIST_ENTRY;
  let cleanupList!: LIST_ENTRY;

  DbgPrint('==>EventCleanup\n');

  const deviceExtension = DeviceObject.DeviceExtension;
  const irpStack = IoGetCurrentIrpStackLocation(Irp);

  ASSERT(irpStack.FileObject !== null);

  const fileContext = irpStack.FileObject!.FsContext as PFILE_CONTEXT;

  // It cannot fail: a handle has one cleanup.
  let status = IoAcquireRemoveLock(fileContext.FileRundownLock, Irp);
  ASSERT(NT_SUCCESS(status));

  // From here on no thread dispatches a request on this handle.
  IoReleaseRemoveLockAndWait(fileContext.FileRundownLock, Irp);

  InitializeListHead(cleanupList);

  const oldIrql = KeAcquireSpinLock(deviceExtension.QueueLock);

  const listHead = deviceExtension.EventQueueHead;

  for (thisEntry = listHead.Flink; thisEntry !== listHead; thisEntry = nextEntry) {
    nextEntry = thisEntry.Flink;

    const notifyRecord = CONTAINING_RECORD<NOTIFY_RECORD>(thisEntry, 'ListEntry');

    if (irpStack.FileObject === notifyRecord.FileObject) {
      // When the timer cannot be cancelled its DPC waits for the lock: had it run, the record would not be in the list. Then the DPC
      // finishes the request and frees the record.
      if (KeCancelTimer(notifyRecord.Timer)) {
        DbgPrint('\tCanceled timer\n');
        RemoveEntryList(thisEntry);

        switch (notifyRecord.Type) {
          case IRP_BASED:
            // Who clears the cancel routine owns the IRP.
            if (IoSetCancelRoutine(notifyRecord.Message.PendingIrp!, null) !== null) {
              // Completed later, without the lock: the driver above may come back into this one.
              InsertTailList(cleanupList, notifyRecord.Message.PendingIrp!.Tail.Overlay.ListEntry);
              ExFreePoolWithTag(notifyRecord, TAG);
            } else {
              // The cancel routine waits for the lock, takes the entry out of whatever list it is in, and is told to free the record.
              InitializeListHead(notifyRecord.ListEntry);
              notifyRecord.CancelRoutineFreeMemory = TRUE;
            }
            break;

          case EVENT_BASED:
            ObDereferenceObject(notifyRecord.Message.Event);
            ExFreePoolWithTag(notifyRecord, TAG);
            break;
          default:
            break;
        }
      }
    }
  }

  KeReleaseSpinLock(deviceExtension.QueueLock, oldIrql);

  while (!IsListEmpty(cleanupList)) {
    thisEntry = RemoveHeadList(cleanupList);
    const pendingIrp = CONTAINING_RECORD<IRP>(thisEntry, 'Tail.Overlay.ListEntry');

    DbgPrint('\t canceled IRP %p\n', pendingIrp);

    pendingIrp.Tail.Overlay.DriverContext[3] = null;
    pendingIrp.IoStatus.Information = 0;
    pendingIrp.IoStatus.Status = STATUS_CANCELLED;

    IoCompleteRequest(pendingIrp, IO_NO_INCREMENT);
  }

  Irp.IoStatus.Status = status = STATUS_SUCCESS;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);

  DbgPrint('<== EventCleanup\n');
  return status;
};

const EventDispatchIoControl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let registerEvent!: PREGISTER_EVENT;

  DbgPrint('==> EventDispatchIoControl\n');

  const irpStack = IoGetCurrentIrpStackLocation(Irp);

  ASSERT(irpStack.FileObject !== null);

  const fileContext = irpStack.FileObject!.FsContext as PFILE_CONTEXT;

  let status = IoAcquireRemoveLock(fileContext.FileRundownLock, Irp);
  if (!NT_SUCCESS(status)) {
    // The handle has had its cleanup.
    Irp.IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
  }

  switch (irpStack.Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_REGISTER_EVENT:
      DbgPrint('\tIOCTL_REGISTER_EVENT\n');

      if (irpStack.Parameters.DeviceIoControl.InputBufferLength < SIZEOF_REGISTER_EVENT) {
        status = STATUS_INVALID_PARAMETER;
        break;
      }

      registerEvent = Irp.AssociatedIrp.SystemBuffer as PREGISTER_EVENT;

      switch (registerEvent.Type) {
        case IRP_BASED:
          status = RegisterIrpBasedNotification(DeviceObject, Irp);
          break;
        case EVENT_BASED:
          status = RegisterEventBasedNotification(DeviceObject, Irp);
          break;
        default:
          // Mended: asserted to be impossible in the original, though the application says what stands there.
          status = STATUS_INVALID_PARAMETER;
          break;
      }

      break;

    default:
      // Mended: asserted to be impossible in the original, though the application chooses the control code.
      status = STATUS_NOT_IMPLEMENTED;
      break;
  }

  if (status !== STATUS_PENDING) {
    Irp.IoStatus.Status = status;
    Irp.IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
  }

  // Not held for what pends: it is about threads that dispatch, not about requests.
  IoReleaseRemoveLock(fileContext.FileRundownLock, Irp);

  DbgPrint('<== EventDispatchIoControl\n');
  return status;
};

const EventCancelRoutine: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  DbgPrint('==>EventCancelRoutine irp %p\n', Irp);

  const deviceExtension = DeviceObject.DeviceExtension;

  IoReleaseCancelSpinLock(Irp.CancelIrql);

  const oldIrql = KeAcquireSpinLock(deviceExtension.QueueLock);

  let notifyRecord = Irp.Tail.Overlay.DriverContext[3] as PNOTIFY_RECORD | null;
  ASSERT(null !== notifyRecord);
  ASSERT(IRP_BASED === notifyRecord!.Type);

  RemoveEntryList(notifyRecord!.ListEntry);

  // Completed below in any case; the timer's DPC looks at this first.
  notifyRecord!.Message.PendingIrp = null;

  if (KeCancelTimer(notifyRecord!.Timer)) {
    DbgPrint('\t canceled timer\n');
    ExFreePoolWithTag(notifyRecord, TAG);
    notifyRecord = null;
  } else {
    // The DPC waits for the lock, or has run, or cleanup has cancelled the timer. CancelRoutineFreeMemory tells the first from the others.
    if (notifyRecord!.CancelRoutineFreeMemory === FALSE) {
      InitializeListHead(notifyRecord!.ListEntry);
    } else {
      ExFreePoolWithTag(notifyRecord, TAG);
      notifyRecord = null;
    }
  }

  KeReleaseSpinLock(deviceExtension.QueueLock, oldIrql);

  DbgPrint('\t canceled IRP %p\n', Irp);
  Irp.Tail.Overlay.DriverContext[3] = null;
  Irp.IoStatus.Status = STATUS_CANCELLED;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);

  DbgPrint('<==EventCancelRoutine irp %p\n', Irp);
};

const CustomTimerDPC: KDEFERRED_ROUTINE<PNOTIFY_RECORD> = (Dpc, DeferredContext, SystemArgument1, SystemArgument2) => {
  let notifyRecord: PNOTIFY_RECORD | null = DeferredContext;
  let irp!: PIRP | null;

  UNREFERENCED_PARAMETER(Dpc);
  UNREFERENCED_PARAMETER(SystemArgument1);
  UNREFERENCED_PARAMETER(SystemArgument2);

  DbgPrint('==> CustomTimerDPC \n');

  ASSERT(notifyRecord !== null);

  const deviceExtension = notifyRecord.DeviceExtension;

  KeAcquireSpinLockAtDpcLevel(deviceExtension.QueueLock);

  RemoveEntryList(notifyRecord.ListEntry);

  switch (notifyRecord.Type) {
    case IRP_BASED:
      irp = notifyRecord.Message.PendingIrp;
      if (irp !== null) {
        if (IoSetCancelRoutine(irp, null) !== null) {
          irp.Tail.Overlay.DriverContext[3] = null;

          KeReleaseSpinLockFromDpcLevel(deviceExtension.QueueLock);

          irp.IoStatus.Status = STATUS_SUCCESS;
          irp.IoStatus.Information = 0;
          IoCompleteRequest(irp, IO_NO_INCREMENT);

          KeAcquireSpinLockAtDpcLevel(deviceExtension.QueueLock);
        } else {
          // The cancel routine runs as soon as the lock is free; it completes the request and frees the record.
          InitializeListHead(notifyRecord.ListEntry);
          notifyRecord.CancelRoutineFreeMemory = TRUE;
          notifyRecord = null;
        }
      } else {
        // The cancel routine has completed it; the record is left to this routine.
        ASSERT(notifyRecord.CancelRoutineFreeMemory === FALSE);
      }

      break;

    case EVENT_BASED:
      KeSetEvent(notifyRecord.Message.Event!, 0, FALSE);

      ObDereferenceObject(notifyRecord.Message.Event);

      break;

    default:
      ASSERT(FALSE);
      break;
  }

  KeReleaseSpinLockFromDpcLevel(deviceExtension.QueueLock);

  if (notifyRecord !== null) {
    ExFreePoolWithTag(notifyRecord, TAG);
    notifyRecord = null;
  }

  DbgPrint('<== CustomTimerDPC\n');
};

/** Holds the request. The caller completes it unless the result is STATUS_PENDING. */
const RegisterIrpBasedNotification: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  DbgPrint('\tRegisterIrpBasedNotification\n');

  const irpStack = IoGetCurrentIrpStackLocation(Irp);
  const deviceExtension = DeviceObject.DeviceExtension;
  const registerEvent = Irp.AssociatedIrp.SystemBuffer as PREGISTER_EVENT;

  const notifyRecord = ExAllocatePoolQuotaZero((NonPagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) as POOL_TYPE, sizeof<NOTIFY_RECORD>(), TAG);

  if (null === notifyRecord) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }

  InitializeListHead(notifyRecord.ListEntry);

  notifyRecord.FileObject = irpStack.FileObject;
  notifyRecord.DeviceExtension = deviceExtension;
  notifyRecord.Type = IRP_BASED;
  notifyRecord.Message.PendingIrp = Irp;

  // A timer stands for the device's interrupt. The time is made relative.
  if (registerEvent.DueTime.QuadPart > 0) {
    registerEvent.DueTime.QuadPart = -registerEvent.DueTime.QuadPart;
  }

  KeInitializeDpc(notifyRecord.Dpc, CustomTimerDPC, notifyRecord);

  KeInitializeTimer(notifyRecord.Timer);

  // Cancel routine and DPC take the same lock, so they find the record as it is when the lock is released.
  const oldIrql = KeAcquireSpinLock(deviceExtension.QueueLock);

  IoSetCancelRoutine(Irp, EventCancelRoutine);

  if (Irp.Cancel) {
    if (IoSetCancelRoutine(Irp, null) !== null) {
      // It was cancelled before the routine was set, and nobody will call it. The caller completes with this status.
      KeReleaseSpinLock(deviceExtension.QueueLock, oldIrql);

      ExFreePoolWithTag(notifyRecord, TAG);

      return STATUS_CANCELLED;
    } else {
      // The cancel routine has been called and waits for the lock: it is to find the request queued.
    }
  }

  IoMarkIrpPending(Irp);

  InsertTailList(deviceExtension.EventQueueHead, notifyRecord.ListEntry);

  notifyRecord.CancelRoutineFreeMemory = FALSE;

  // For the cancel routine.
  Irp.Tail.Overlay.DriverContext[3] = notifyRecord;

  KeSetTimer(notifyRecord.Timer, registerEvent.DueTime, notifyRecord.Dpc);

  KeReleaseSpinLock(deviceExtension.QueueLock, oldIrql);

  return STATUS_PENDING;
};

/** Keeps the application's event. The caller completes the request. */
const RegisterEventBasedNotification: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  DbgPrint('\tRegisterEventBasedNotification\n');

  const deviceExtension = DeviceObject.DeviceExtension;

  const irpStack = IoGetCurrentIrpStackLocation(Irp);
  const registerEvent = Irp.AssociatedIrp.SystemBuffer as PREGISTER_EVENT;

  const notifyRecord = ExAllocatePoolQuotaZero((NonPagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) as POOL_TYPE, sizeof<NOTIFY_RECORD>(), TAG);

  if (null === notifyRecord) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }

  InitializeListHead(notifyRecord.ListEntry);

  notifyRecord.FileObject = irpStack.FileObject;
  notifyRecord.DeviceExtension = deviceExtension;
  notifyRecord.Type = EVENT_BASED;

  // The handle means something in the process that made it, and this is its thread.
  const status = ObReferenceObjectByHandle(
    registerEvent.hEvent, SYNCHRONIZE | EVENT_MODIFY_STATE, ExEventObjectType.Value, Irp.RequestorMode, Ref(notifyRecord.Message.Event), null,
  );

  if (!NT_SUCCESS(status)) {
    DbgPrint('\tUnable to reference User-Mode Event object, Error = 0x%x\n', status);
    ExFreePoolWithTag(notifyRecord, TAG);
    return status;
  }

  if (registerEvent.DueTime.QuadPart > 0) {
    registerEvent.DueTime.QuadPart = -registerEvent.DueTime.QuadPart;
  }

  KeInitializeDpc(notifyRecord.Dpc, CustomTimerDPC, notifyRecord);

  KeInitializeTimer(notifyRecord.Timer);

  const oldIrql = KeAcquireSpinLock(deviceExtension.QueueLock);

  InsertTailList(deviceExtension.EventQueueHead, notifyRecord.ListEntry);

  KeReleaseSpinLock(deviceExtension.QueueLock, oldIrql);

  KeSetTimer(notifyRecord.Timer, registerEvent.DueTime, notifyRecord.Dpc);
  return STATUS_SUCCESS;
};

alloc_text('INIT', DriverEntry);
alloc_text('PAGE', EventCreateClose);
alloc_text('PAGE', EventUnload);
