/**
 * Port of Defect_ToastMon, tools/dv/samples/DV-FailDriver-WDM (defect_toastmon.c, defect_toastmon.h, public.h, wmi.c; 2,194 lines) of
 * Windows-driver-samples, commit 26a27df8: https://github.com/microsoft/Windows-driver-samples. Copyright (c) 1990-2000 and later,
 * Microsoft Corporation. All rights reserved. Licensed under the Microsoft Public License, a copy of which is ../LICENSE, as is this port.
 * Provided "as is" without warranty of any kind.
 *
 * A device that watches devices of another class come and go: it opens each, hears of its removal, and holds reads until they are
 * cancelled. Routine for routine and statement for statement as in the original, whose names are kept. The original holds one defect by intention
 * and several by accident; lines marked "Mended" differ, and README.md beside this file says why.
 *
 * Expect: verified
 */
import {
  ARRAY, ASSERT, BOOLEAN, CONTAINING_RECORD, DbgPrintEx, DEVICE_INTERFACE_CHANGE_NOTIFICATION, DEVICE_RELATIONS, DEVICE_REGISTRY_PROPERTY,
  DevicePowerState, DevicePropertyDeviceDescription, DevicePropertyFriendlyName, DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DO_POWER_PAGABLE,
  DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, DPFLTR_WARNING_LEVEL, DRIVER_ADD_DEVICE, DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE,
  DRIVER_NOTIFICATION_CALLBACK_ROUTINE, DRIVER_UNLOAD, EventCategoryDeviceInterfaceChange, EventCategoryTargetDeviceChange, ExAcquireFastMutex,
  ExAllocatePool2, Executive, ExFreePool, ExInitializeFastMutex, ExReleaseFastMutex, FALSE, FAST_MUTEX, FILE_DEVICE_SECURE_OPEN,
  FILE_DEVICE_UNKNOWN, FWMI_NOTIFICATION_CALLBACK, GUID, GUID_DEVICE_INTERFACE_ARRIVAL, GUID_TARGET_DEVICE_QUERY_REMOVE,
  GUID_TARGET_DEVICE_REMOVE_CANCELLED, GUID_TARGET_DEVICE_REMOVE_COMPLETE, InitializeListHead, InsertTailList, IO_COMPLETION_ROUTINE,
  IO_NO_INCREMENT, IO_REMOVE_LOCK, IO_STATUS_BLOCK, IoAcquireRemoveLock, IoAttachDeviceToDeviceStack, IoBuildSynchronousFsdRequest,
  IoCallDriver, IoCompleteRequest, IoCopyCurrentIrpStackLocationToNext, IoCreateDevice, IoDeleteDevice, IoDetachDevice,
  IoGetCurrentIrpStackLocation, IoGetDeviceObjectPointer, IoGetDeviceProperty, IoGetNextIrpStackLocation, IoInitializeRemoveLock,
  IoMarkIrpPending, IoRegisterPlugPlayNotification, IoReleaseCancelSpinLock, IoReleaseRemoveLock, IoReleaseRemoveLockAndWait,
  IoSetCancelRoutine, IoSetCompletionRoutine, IoSkipCurrentIrpStackLocation, IoUnregisterPlugPlayNotification,
  IoUnregisterPlugPlayNotificationEx, IoWMIDeviceObjectToProviderId, IoWMIOpenBlock, IoWMISetNotificationCallback, IRP, IRP_MJ_CLOSE,
  IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_READ, IRP_MJ_SYSTEM_CONTROL, IRP_MN_CANCEL_REMOVE_DEVICE,
  IRP_MN_CANCEL_STOP_DEVICE, IRP_MN_DEVICE_USAGE_NOTIFICATION, IRP_MN_EJECT, IRP_MN_FILTER_RESOURCE_REQUIREMENTS, IRP_MN_QUERY_BUS_INFORMATION,
  IRP_MN_QUERY_CAPABILITIES, IRP_MN_QUERY_DEVICE_RELATIONS, IRP_MN_QUERY_DEVICE_TEXT, IRP_MN_QUERY_ID, IRP_MN_QUERY_INTERFACE,
  IRP_MN_QUERY_LEGACY_BUS_INFORMATION, IRP_MN_QUERY_PNP_DEVICE_STATE, IRP_MN_QUERY_POWER, IRP_MN_QUERY_REMOVE_DEVICE,
  IRP_MN_QUERY_RESOURCE_REQUIREMENTS, IRP_MN_QUERY_RESOURCES, IRP_MN_QUERY_STOP_DEVICE, IRP_MN_READ_CONFIG, IRP_MN_REMOVE_DEVICE,
  IRP_MN_SET_LOCK, IRP_MN_SET_POWER, IRP_MN_START_DEVICE, IRP_MN_STOP_DEVICE, IRP_MN_SURPRISE_REMOVAL, IRP_MN_WRITE_CONFIG, IsEqualGUID,
  IsListEmpty, KeAcquireSpinLock, KeInitializeEvent, KeInitializeSpinLock, KeReleaseSpinLock, KernelMode, KeSetEvent, KEVENT,
  KeWaitForSingleObject, KIRQL, KSPIN_LOCK, LIST_ENTRY, LONG, NotificationEvent, NT_SUCCESS, NTSTATUS, ObDereferenceObject, ObReferenceObject, PAGED_CODE, PCSTR,
  PDEVICE_INTERFACE_CHANGE_NOTIFICATION, PDEVICE_OBJECT, PDEVICE_RELATIONS, PFILE_OBJECT, PGUID, PIRP, PKEVENT, PLIST_ENTRY,
  PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES, PoCallDriver, POOL_FLAG_NON_PAGED, POOL_FLAG_PAGED, PoStartNextPowerIrp, POWER_STATE_TYPE,
  PsGetVersion, PTARGET_DEVICE_REMOVAL_NOTIFICATION, PUNICODE_STRING, PVOID, PWNODE_SINGLE_INSTANCE, Ref, RemoveEntryList, RemoveHeadList,
  RtlCopyUnicodeString, RtlInitUnicodeString, RtlZeroMemory, sizeof, STANDARD_RIGHTS_ALL, STATUS_BUFFER_TOO_SMALL, STATUS_CANCELLED,
  STATUS_DEVICE_NOT_READY, STATUS_DEVICE_REMOVED, STATUS_INSUFFICIENT_RESOURCES, STATUS_MORE_PROCESSING_REQUIRED, STATUS_NOT_IMPLEMENTED,
  STATUS_NOT_SUPPORTED, STATUS_PENDING, STATUS_SUCCESS, STATUS_UNSUCCESSFUL, SystemPowerState, TargetDeviceRelation, TRUE, UCHAR, ULONG,
  UNICODE_STRING, UNREFERENCED_PARAMETER, WCHAR, WMIGUID_NOTIFICATION, alloc_text,
} from 'irpsight/wdm';

// public.h

/** Interface of the class of devices that is watched. */
export let GUID_DEVINTERFACE_TOASTER: GUID = {
  Data1: 0x781ef630, Data2: 0x72b2, Data3: 0x11d2, Data4: [0xb8, 0x52, 0x00, 0xc0, 0x4f, 0xad, 0x51, 0x71],
};
/** The event by which such a device tells that it has arrived. */
export let TOASTER_NOTIFY_DEVICE_ARRIVAL_EVENT: GUID = {
  Data1: 0x01cdaff1, Data2: 0xc901, Data3: 0x45b4, Data4: [0xb3, 0x59, 0xb5, 0x54, 0x27, 0x25, 0xe2, 0x9c],
};

// defect_toastmon.h

const DRIVER_TAG = 'TMON';

/** INITIALIZE_PNP_STATE, a macro in the original, as are the next two. */
function INITIALIZE_PNP_STATE(Data: PDEVICE_EXTENSION): void {
  Data.DevicePnPState = NotStarted;
  Data.PreviousPnPState = NotStarted;
}

function SET_NEW_PNP_STATE(Data: PDEVICE_EXTENSION, state: DEVICE_PNP_STATE): void {
  Data.PreviousPnPState = Data.DevicePnPState;
  Data.DevicePnPState = state;
}

function RESTORE_PREVIOUS_PNP_STATE(Data: PDEVICE_EXTENSION): void {
  Data.DevicePnPState = Data.PreviousPnPState;
}

/** What the PnP request received last has made of the device. */
type DEVICE_PNP_STATE = LONG;
const NotStarted: DEVICE_PNP_STATE = 0;
const Started: DEVICE_PNP_STATE = 1;
const StopPending: DEVICE_PNP_STATE = 2;
const Stopped: DEVICE_PNP_STATE = 3;
const RemovePending: DEVICE_PNP_STATE = 4;
const SurpriseRemovePending: DEVICE_PNP_STATE = 5;
const Deleted: DEVICE_PNP_STATE = 6;

interface DEVICE_EXTENSION {
  DeviceObject: PDEVICE_OBJECT<DEVICE_EXTENSION>;
  TopOfStack: PDEVICE_OBJECT | null;
  DevicePnPState: DEVICE_PNP_STATE;
  PreviousPnPState: DEVICE_PNP_STATE;
  RemoveLock: IO_REMOVE_LOCK;
  deviceSpinlock: KSPIN_LOCK;
  /** Of the interface. */
  NotificationHandle: PVOID;
  /** The devices that were opened. */
  DeviceListHead: LIST_ENTRY;
  /** Guards DeviceListHead. */
  ListMutex: FAST_MUTEX;
  WMIDeviceArrivalNotificationObject: PVOID;
  /** The reads that are held. */
  RecvQueueHead: LIST_ENTRY;
  RecvQueueLock: KSPIN_LOCK;
  RcvLock: KSPIN_LOCK;
  ToasterpCancelSpinLock: KSPIN_LOCK;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

interface DEVICE_INFO {
  DeviceExtension: PDEVICE_EXTENSION;
  /** The top of the watched device's stack. */
  TargetDeviceObject: PDEVICE_OBJECT | null;
  Pdo: PDEVICE_OBJECT | null;
  FileObject: PFILE_OBJECT | null;
  /** Of the device. */
  NotificationHandle: PVOID;
  ListEntry: LIST_ENTRY;
  SymbolicLink: UNICODE_STRING;
  /** SymbolicLink.Buffer in the original: text is no memory here. */
  SymbolicLinkBuffer: PVOID;
}
type PDEVICE_INFO = DEVICE_INFO;

// defect_toastmon.c

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  UNREFERENCED_PARAMETER(RegistryPath);

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Entered Driver Entry\n');

  DriverObject.MajorFunction[IRP_MJ_CREATE] = Defect_ToastMon_Dispatch;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = Defect_ToastMon_Dispatch;
  DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = Defect_ToastMon_Dispatch;
  DriverObject.MajorFunction[IRP_MJ_READ] = Defect_ToastMon_DispatchRead;
  DriverObject.MajorFunction[IRP_MJ_PNP] = Defect_ToastMon_DispatchPnp;
  DriverObject.MajorFunction[IRP_MJ_POWER] = Defect_ToastMon_DispatchPower;
  DriverObject.MajorFunction[IRP_MJ_SYSTEM_CONTROL] = Defect_ToastMon_DispatchSystemControl;
  DriverObject.DriverExtension.AddDevice = Defect_ToastMon_AddDevice;
  DriverObject.DriverUnload = Defect_ToastMon_Unload;

  return STATUS_SUCCESS;
};

const Defect_ToastMon_AddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let status: NTSTATUS = STATUS_SUCCESS;
  let deviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;

  PAGED_CODE();

  status = IoCreateDevice(
    DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, Ref(deviceObject),
  );

  if (!NT_SUCCESS(status)) {
    return status;
  }

  const deviceExtension = deviceObject!.DeviceExtension;

  KeInitializeSpinLock(deviceExtension.deviceSpinlock);

  // Mended: the original takes this lock and never initialises it.
  KeInitializeSpinLock(deviceExtension.RecvQueueLock);

  deviceExtension.TopOfStack = IoAttachDeviceToDeviceStack(deviceObject!, PhysicalDeviceObject);
  if (null === deviceExtension.TopOfStack) {
    IoDeleteDevice(deviceObject!);
    return STATUS_DEVICE_REMOVED;
  }

  IoInitializeRemoveLock(deviceExtension.RemoveLock, DRIVER_TAG, 1, 5);

  deviceObject!.Flags |= DO_POWER_PAGABLE;
  deviceObject!.Flags |= DO_BUFFERED_IO;

  deviceExtension.DeviceObject = deviceObject!;
  INITIALIZE_PNP_STATE(deviceExtension);

  InitializeListHead(deviceExtension.DeviceListHead);
  InitializeListHead(deviceExtension.RecvQueueHead);
  ExInitializeFastMutex(deviceExtension.ListMutex);

  deviceObject!.Flags &= ~DO_DEVICE_INITIALIZING;

  DbgPrintEx(
    DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: AddDevice: %p to %p->%p \n', deviceObject, deviceExtension.TopOfStack,
    PhysicalDeviceObject,
  );

  // From here on each device of the class that starts is heard of, and those that have started already.
  status = IoRegisterPlugPlayNotification(
    EventCategoryDeviceInterfaceChange, PNPNOTIFY_DEVICE_INTERFACE_INCLUDE_EXISTING_INTERFACES, GUID_DEVINTERFACE_TOASTER, DriverObject,
    Defect_ToastMon_PnpNotifyInterfaceChange, deviceExtension, Ref(deviceExtension.NotificationHandle),
  );

  if (!NT_SUCCESS(status)) {
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_WARNING_LEVEL, 'Defect_Toastmon: RegisterPnPNotifiction failed: %x\n', status);
  }

  RegisterForWMINotification(deviceExtension);

  return STATUS_SUCCESS;
};

/** Keeps a PnP request that the lower drivers were to process first. */
const Defect_ToastMon_CompletionRoutine: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PKEVENT> = (DeviceObject, Irp, Context) => {
  const event = Context;

  UNREFERENCED_PARAMETER(DeviceObject);

  // With any other status the dispatch routine does not wait.
  if (Irp.PendingReturned === TRUE) {
    KeSetEvent(event, 0, FALSE);
  }
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const Defect_ToastMon_DispatchPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let status: NTSTATUS = STATUS_SUCCESS;
  let event!: KEVENT;
  let thisEntry!: PLIST_ENTRY;
  let list!: PDEVICE_INFO;

  const deviceExtension = DeviceObject.DeviceExtension;

  const irpStack = IoGetCurrentIrpStackLocation(Irp);
  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: %s IRP:0x%p \n', PnPMinorFunctionString(irpStack.MinorFunction), Irp);

  status = IoAcquireRemoveLock(deviceExtension.RemoveLock, Irp);
  if (!NT_SUCCESS(status)) {
    Irp.IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
  }

  switch (irpStack.MinorFunction) {
    case IRP_MN_START_DEVICE:
      // The device is not touched before the drivers below have started it.
      IoCopyCurrentIrpStackLocationToNext(Irp);
      KeInitializeEvent(event, NotificationEvent, FALSE);

      IoSetCompletionRoutine(Irp, Defect_ToastMon_CompletionRoutine, event, TRUE, TRUE, TRUE);

      status = IoCallDriver(deviceExtension.TopOfStack!, Irp);

      if (STATUS_PENDING === status) {
        KeWaitForSingleObject(event, Executive, KernelMode, FALSE, null);
        status = Irp.IoStatus.Status;
      }

      if (NT_SUCCESS(status)) {
        SET_NEW_PNP_STATE(deviceExtension, Started);
      }

      // It was kept by the completion routine.
      IoCompleteRequest(Irp, IO_NO_INCREMENT);
      IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
      return status;

    case IRP_MN_REMOVE_DEVICE:
      IoReleaseRemoveLockAndWait(deviceExtension.RemoveLock, Irp);
      SET_NEW_PNP_STATE(deviceExtension, Deleted);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      IoSkipCurrentIrpStackLocation(Irp);
      status = IoCallDriver(deviceExtension.TopOfStack!, Irp);

      // Mended: IoUnregisterPlugPlayNotification lets a notification come after it has returned, when the extension is gone.
      if (deviceExtension.NotificationHandle !== null) {
        IoUnregisterPlugPlayNotificationEx(deviceExtension.NotificationHandle);
      }
      // Mended: each device is closed without the mutex, which holds the level at APC_LEVEL.
      ExAcquireFastMutex(deviceExtension.ListMutex);
      while (!IsListEmpty(deviceExtension.DeviceListHead)) {
        thisEntry = RemoveHeadList(deviceExtension.DeviceListHead);
        list = CONTAINING_RECORD<DEVICE_INFO>(thisEntry, 'ListEntry');
        InitializeListHead(list.ListEntry);
        ExReleaseFastMutex(deviceExtension.ListMutex);
        Defect_ToastMon_CloseTargetDevice(list);
        ExAcquireFastMutex(deviceExtension.ListMutex);
      }
      ExReleaseFastMutex(deviceExtension.ListMutex);

      UnregisterForWMINotification(deviceExtension);

      IoDetachDevice(deviceExtension.TopOfStack!);
      IoDeleteDevice(DeviceObject);

      return status;

    case IRP_MN_QUERY_STOP_DEVICE:
      SET_NEW_PNP_STATE(deviceExtension, StopPending);
      status = STATUS_SUCCESS;
      break;

    case IRP_MN_CANCEL_STOP_DEVICE:
      // It may come without the query, when a driver above has failed that.
      if (StopPending === deviceExtension.DevicePnPState) {
        RESTORE_PREVIOUS_PNP_STATE(deviceExtension);
      }
      status = STATUS_SUCCESS;
      break;

    case IRP_MN_STOP_DEVICE:
      SET_NEW_PNP_STATE(deviceExtension, Stopped);
      status = STATUS_SUCCESS;
      break;

    case IRP_MN_QUERY_REMOVE_DEVICE:
      SET_NEW_PNP_STATE(deviceExtension, RemovePending);
      status = STATUS_SUCCESS;
      break;

    case IRP_MN_SURPRISE_REMOVAL:
      SET_NEW_PNP_STATE(deviceExtension, SurpriseRemovePending);
      ToasterDrvCancelQueuedReadIrps(deviceExtension);
      status = STATUS_SUCCESS;
      break;

    case IRP_MN_CANCEL_REMOVE_DEVICE:
      if (RemovePending === deviceExtension.DevicePnPState) {
        RESTORE_PREVIOUS_PNP_STATE(deviceExtension);
      }
      status = STATUS_SUCCESS;
      break;

    default:
      // Somebody else's: the status stays as it is.
      status = Irp.IoStatus.Status;

      break;
  }

  Irp.IoStatus.Status = status;
  IoSkipCurrentIrpStackLocation(Irp);
  status = IoCallDriver(deviceExtension.TopOfStack!, Irp);
  IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
  return status;
};

const Defect_ToastMon_DispatchPower: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const stack = IoGetCurrentIrpStackLocation(Irp);
  const powerType: POWER_STATE_TYPE = stack.Parameters.Power.Type;
  const minorFunction: UCHAR = stack.MinorFunction;
  let status: NTSTATUS = STATUS_SUCCESS;

  const deviceExtension = DeviceObject.DeviceExtension;

  status = IoAcquireRemoveLock(deviceExtension.RemoveLock, Irp);
  if (!NT_SUCCESS(status)) {
    Irp.IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
  }

  switch (minorFunction) {
    case IRP_MN_QUERY_POWER:
      PoStartNextPowerIrp(Irp);
      IoSkipCurrentIrpStackLocation(Irp);
      status = PoCallDriver(deviceExtension.TopOfStack!, Irp);
      IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
      return status;
    case IRP_MN_SET_POWER:
      switch (powerType) {
        case DevicePowerState:
          PoStartNextPowerIrp(Irp);
          IoSkipCurrentIrpStackLocation(Irp);
          status = PoCallDriver(deviceExtension.TopOfStack!, Irp);
          IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
          return status;
        case SystemPowerState:
          PoStartNextPowerIrp(Irp);
          IoSkipCurrentIrpStackLocation(Irp);
          status = PoCallDriver(deviceExtension.TopOfStack!, Irp);
          IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
          return status;
        default:
          status = Irp.IoStatus.Status;
          PoStartNextPowerIrp(Irp);
          IoSkipCurrentIrpStackLocation(Irp);
          status = PoCallDriver(deviceExtension.TopOfStack!, Irp);
          IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
          return status;
      }

    default:
      status = Irp.IoStatus.Status;
      PoStartNextPowerIrp(Irp);
      IoSkipCurrentIrpStackLocation(Irp);
      status = PoCallDriver(deviceExtension.TopOfStack!, Irp);
      IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
      return status;
  }
};

const Defect_ToastMon_DispatchSystemControl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let status: NTSTATUS = STATUS_SUCCESS;

  const deviceExtension = DeviceObject.DeviceExtension;
  status = IoAcquireRemoveLock(deviceExtension.RemoveLock, Irp);
  if (!NT_SUCCESS(status)) {
    Irp.IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
  }
  IoSkipCurrentIrpStackLocation(Irp);
  status = IoCallDriver(deviceExtension.TopOfStack!, Irp);
  IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
  return status;
};

const Defect_ToastMon_Unload: DRIVER_UNLOAD = (DriverObject) => {
  UNREFERENCED_PARAMETER(DriverObject);

  PAGED_CODE();

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Entered Defect_ToastMon_Unload\n');
};

const Defect_ToastMon_Dispatch: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const deviceExtension = DeviceObject.DeviceExtension;
  let status!: NTSTATUS;

  Irp.IoStatus.Information = 0;

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Entered Defect_ToastMon_Dispatch\n');

  status = IoAcquireRemoveLock(deviceExtension.RemoveLock, Irp);
  if (!NT_SUCCESS(status)) {
    Irp.IoStatus.Information = 0;
    Irp.IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
  }

  if (NotStarted === deviceExtension.DevicePnPState) {
    Irp.IoStatus.Status = status = STATUS_DEVICE_NOT_READY;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
    return status;
  }

  const irpStack = IoGetCurrentIrpStackLocation(Irp);

  switch (irpStack.MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLOSE:
      status = STATUS_SUCCESS;
      break;

    case IRP_MJ_DEVICE_CONTROL:
    default:
      status = STATUS_NOT_IMPLEMENTED;
      break;
  }

  Irp.IoStatus.Status = status;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
  return status;
};

/**
 * A device of the class has started or was removed. One that has started is opened, its physical device object is asked for, and its removal is
 * from now on told to Defect_ToastMon_PnpNotifyDeviceChange, which is why nothing is done here when it was removed.
 */
const Defect_ToastMon_PnpNotifyInterfaceChange: DRIVER_NOTIFICATION_CALLBACK_ROUTINE<PDEVICE_INTERFACE_CHANGE_NOTIFICATION, PDEVICE_EXTENSION> = (
  NotificationStruct, Context,
) => {
  let status: NTSTATUS = STATUS_SUCCESS;
  let list: PDEVICE_INFO | null = null;
  const deviceExtension = Context;

  PAGED_CODE();

  const symbolicLinkName = NotificationStruct.SymbolicLinkName;

  Error: {
    if (!IsEqualGUID(NotificationStruct.InterfaceClassGuid, GUID_DEVINTERFACE_TOASTER)) {
      DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_WARNING_LEVEL, 'Defect_Toastmon: Bad interfaceClassGuid in Defect_ToastMon_PnpNotifyInterfaceChange\n');
      return STATUS_SUCCESS;
    }

    if (IsEqualGUID(NotificationStruct.Event, GUID_DEVICE_INTERFACE_ARRIVAL)) {
      DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Arrival Notification in Defect_ToastMon_PnpNotifyInterfaceChange\n');

      list = ExAllocatePool2(POOL_FLAG_PAGED, sizeof<DEVICE_INFO>(), DRIVER_TAG);
      if (list === null) {
        break Error;
      }
      RtlZeroMemory(list, sizeof<DEVICE_INFO>());

      list.SymbolicLink.MaximumLength = symbolicLinkName.Length + sizeof<WCHAR>();
      list.SymbolicLink.Length = symbolicLinkName.Length;
      list.SymbolicLinkBuffer = ExAllocatePool2(POOL_FLAG_PAGED, list.SymbolicLink.MaximumLength, DRIVER_TAG);
      if (list.SymbolicLinkBuffer === null) {
        break Error;
      }
      RtlCopyUnicodeString(list.SymbolicLink, symbolicLinkName);

      list.DeviceExtension = deviceExtension;
      InitializeListHead(list.ListEntry);

      // The original warns that a device had better be opened in a work item: what PnP does then may wait for this notification.
      status = Defect_ToastMon_OpenTargetDevice(list);
      if (!NT_SUCCESS(status)) {
        break Error;
      }

      ExAcquireFastMutex(deviceExtension.ListMutex);
      InsertTailList(deviceExtension.DeviceListHead, list.ListEntry);
      ExReleaseFastMutex(deviceExtension.ListMutex);
    } else {
      DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Removal Interface Notification\n');
    }
    return STATUS_SUCCESS;
  }

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_WARNING_LEVEL, 'Defect_Toastmon: PnPNotifyInterfaceChange failed: %x\n', status);
  // Mended: the original comes here with null when there was no memory for the record.
  if (list !== null) {
    Defect_ToastMon_CloseTargetDevice(list);
  }
  return STATUS_SUCCESS;
};

/** An opened device is to be removed: it is let go when that is asked, closed when it is done, and opened again when it was refused. */
const Defect_ToastMon_PnpNotifyDeviceChange: DRIVER_NOTIFICATION_CALLBACK_ROUTINE<PTARGET_DEVICE_REMOVAL_NOTIFICATION, PDEVICE_INFO> = (
  NotificationStruct, Context,
) => {
  let status!: NTSTATUS;
  const list = Context;
  const deviceExtension = list.DeviceExtension;

  PAGED_CODE();

  if (IsEqualGUID(NotificationStruct.Event, GUID_TARGET_DEVICE_QUERY_REMOVE)) {
    const removalNotification = NotificationStruct;

    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Device Removal (query remove) Notification\n');

    ASSERT(list.FileObject === removalNotification.FileObject);
    // With the file open the device could not be removed.
    ObDereferenceObject(list.FileObject);
    list.FileObject = null;
    // The bus driver took a reference for whoever asked it for the relations. Mended: under the mutex, for WmiNotificationCallback.
    ExAcquireFastMutex(deviceExtension.ListMutex);
    const Pdo = list.Pdo;
    list.Pdo = null;
    ExReleaseFastMutex(deviceExtension.ListMutex);
    ObDereferenceObject(Pdo);
    // All else stays until the removal is done: it may be refused yet.
  } else if (IsEqualGUID(NotificationStruct.Event, GUID_TARGET_DEVICE_REMOVE_COMPLETE)) {
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Device Removal (remove complete) Notification\n');

    // Mended: when the device of this driver is removed at the same time, the original closes and frees the record twice.
    ExAcquireFastMutex(deviceExtension.ListMutex);
    const isOurs = !IsListEmpty(list.ListEntry);
    RemoveEntryList(list.ListEntry);
    InitializeListHead(list.ListEntry);
    ExReleaseFastMutex(deviceExtension.ListMutex);

    if (isOurs) {
      Defect_ToastMon_CloseTargetDevice(list);
    }
  } else if (IsEqualGUID(NotificationStruct.Event, GUID_TARGET_DEVICE_REMOVE_CANCELLED)) {
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Device Removal (remove cancelled) Notification\n');

    ASSERT(!list.FileObject);
    ASSERT(!list.Pdo);

    // It is registered again with the file that is opened now.
    IoUnregisterPlugPlayNotification(list.NotificationHandle);

    status = Defect_ToastMon_OpenTargetDevice(list);
    if (!NT_SUCCESS(status)) {
      ExAcquireFastMutex(deviceExtension.ListMutex);
      RemoveEntryList(list.ListEntry);
      ExReleaseFastMutex(deviceExtension.ListMutex);

      Defect_ToastMon_CloseTargetDevice(list);
    }
  } else {
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Unknown Device Notification\n');
  }

  return STATUS_SUCCESS;
};

/** Asks a stack, by a PnP request, for its physical device object. */
function Defect_ToastMon_GetTargetDevicePdo(DeviceObject: PDEVICE_OBJECT, PhysicalDeviceObject: Ref<PDEVICE_OBJECT | null>): NTSTATUS {
  let event!: KEVENT;
  let status!: NTSTATUS;
  let ioStatusBlock!: IO_STATUS_BLOCK;

  PAGED_CODE();

  KeInitializeEvent(event, NotificationEvent, FALSE);

  End: {
    const irp = IoBuildSynchronousFsdRequest(IRP_MJ_PNP, DeviceObject, null, 0, null, event, ioStatusBlock);

    if (irp === null) {
      status = STATUS_INSUFFICIENT_RESOURCES;
      break End;
    }

    const irpStack = IoGetNextIrpStackLocation(irp);
    irpStack.MinorFunction = IRP_MN_QUERY_DEVICE_RELATIONS;
    irpStack.Parameters.QueryDeviceRelations.Type = TargetDeviceRelation;

    // In case nobody answers.
    irp.IoStatus.Status = STATUS_NOT_SUPPORTED;

    status = IoCallDriver(DeviceObject, irp);

    if (status === STATUS_PENDING) {
      KeWaitForSingleObject(event, Executive, KernelMode, FALSE, null);
      status = ioStatusBlock.Status;
    }

    if (NT_SUCCESS(status)) {
      const deviceRelations = ioStatusBlock.Information as PDEVICE_RELATIONS;
      ASSERT(deviceRelations);
      // The caller has a reference, and gives it back.
      PhysicalDeviceObject.Value = deviceRelations.Objects[0];
      ExFreePool(deviceRelations);
    }
  }

  return status;
}

/** Opens the watched device, and asks to hear of its removal. */
function Defect_ToastMon_OpenTargetDevice(List: PDEVICE_INFO): NTSTATUS {
  let status!: NTSTATUS;

  PAGED_CODE();

  Error: {
    status = IoGetDeviceObjectPointer(List.SymbolicLink, STANDARD_RIGHTS_ALL, Ref(List.FileObject), Ref(List.TargetDeviceObject));
    if (!NT_SUCCESS(status)) {
      break Error;
    }

    status = IoRegisterPlugPlayNotification(
      EventCategoryTargetDeviceChange, 0, List.FileObject, List.DeviceExtension.DeviceObject.DriverObject,
      Defect_ToastMon_PnpNotifyDeviceChange, List, Ref(List.NotificationHandle),
    );
    if (!NT_SUCCESS(status)) {
      break Error;
    }

    status = Defect_ToastMon_GetTargetDevicePdo(List.TargetDeviceObject!, Ref(List.Pdo));
    if (!NT_SUCCESS(status)) {
      break Error;
    }

    DbgPrintEx(
      DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Target device Toplevel DO:0x%p and PDO: 0x%p\n', List.TargetDeviceObject, List.Pdo,
    );
  }

  return status;
}

/** Lets go whatever the record holds, and frees it. */
function Defect_ToastMon_CloseTargetDevice(List: PDEVICE_INFO): void {
  PAGED_CODE();

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Closing handle to 0x%p\n', List.TargetDeviceObject);
  if (List.FileObject) {
    ObDereferenceObject(List.FileObject);
  }
  // Mended: the original calls IoUnregisterPlugPlayNotification, which lets a notification come when the record is freed.
  if (List.NotificationHandle) {
    IoUnregisterPlugPlayNotificationEx(List.NotificationHandle);
  }
  if (List.Pdo) {
    ObDereferenceObject(List.Pdo);
  }
  if (List.SymbolicLinkBuffer !== null) {
    ExFreePool(List.SymbolicLinkBuffer);
  }
  ExFreePool(List);
}

function PnPMinorFunctionString(MinorFunction: UCHAR): PCSTR {
  switch (MinorFunction) {
    case IRP_MN_START_DEVICE:
      return 'IRP_MN_START_DEVICE';
    case IRP_MN_QUERY_REMOVE_DEVICE:
      return 'IRP_MN_QUERY_REMOVE_DEVICE';
    case IRP_MN_REMOVE_DEVICE:
      return 'IRP_MN_REMOVE_DEVICE';
    case IRP_MN_CANCEL_REMOVE_DEVICE:
      return 'IRP_MN_CANCEL_REMOVE_DEVICE';
    case IRP_MN_STOP_DEVICE:
      return 'IRP_MN_STOP_DEVICE';
    case IRP_MN_QUERY_STOP_DEVICE:
      return 'IRP_MN_QUERY_STOP_DEVICE';
    case IRP_MN_CANCEL_STOP_DEVICE:
      return 'IRP_MN_CANCEL_STOP_DEVICE';
    case IRP_MN_QUERY_DEVICE_RELATIONS:
      return 'IRP_MN_QUERY_DEVICE_RELATIONS';
    case IRP_MN_QUERY_INTERFACE:
      return 'IRP_MN_QUERY_INTERFACE';
    case IRP_MN_QUERY_CAPABILITIES:
      return 'IRP_MN_QUERY_CAPABILITIES';
    case IRP_MN_QUERY_RESOURCES:
      return 'IRP_MN_QUERY_RESOURCES';
    case IRP_MN_QUERY_RESOURCE_REQUIREMENTS:
      return 'IRP_MN_QUERY_RESOURCE_REQUIREMENTS';
    case IRP_MN_QUERY_DEVICE_TEXT:
      return 'IRP_MN_QUERY_DEVICE_TEXT';
    case IRP_MN_FILTER_RESOURCE_REQUIREMENTS:
      return 'IRP_MN_FILTER_RESOURCE_REQUIREMENTS';
    case IRP_MN_READ_CONFIG:
      return 'IRP_MN_READ_CONFIG';
    case IRP_MN_WRITE_CONFIG:
      return 'IRP_MN_WRITE_CONFIG';
    case IRP_MN_EJECT:
      return 'IRP_MN_EJECT';
    case IRP_MN_SET_LOCK:
      return 'IRP_MN_SET_LOCK';
    case IRP_MN_QUERY_ID:
      return 'IRP_MN_QUERY_ID';
    case IRP_MN_QUERY_PNP_DEVICE_STATE:
      return 'IRP_MN_QUERY_PNP_DEVICE_STATE';
    case IRP_MN_QUERY_BUS_INFORMATION:
      return 'IRP_MN_QUERY_BUS_INFORMATION';
    case IRP_MN_DEVICE_USAGE_NOTIFICATION:
      return 'IRP_MN_DEVICE_USAGE_NOTIFICATION';
    case IRP_MN_SURPRISE_REMOVAL:
      return 'IRP_MN_SURPRISE_REMOVAL';
    case IRP_MN_QUERY_LEGACY_BUS_INFORMATION:
      return 'IRP_MN_QUERY_LEGACY_BUS_INFORMATION';
    default:
      return 'unknown_pnp_irp';
  }
}

/** Holds the read until it is cancelled or the device is pulled out. */
const Defect_ToastMon_DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let status!: NTSTATUS;
  let CancelIrp!: BOOLEAN;
  const deviceExtension = DeviceObject.DeviceExtension;

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Entered Defect_ToastMon_DispatchRead \n');

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Attempting to acquire remove lock\n');
  status = IoAcquireRemoveLock(deviceExtension.RemoveLock, Irp);
  if (!NT_SUCCESS(status)) {
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_WARNING_LEVEL, 'Defect_Toastmon: Acquire remove lock failed; the device is already removed\n');
    Irp.IoStatus.Information = 0;
    Irp.IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
  }

  const oldIrql = KeAcquireSpinLock(deviceExtension.RecvQueueLock);
  CancelIrp = FALSE;
  IoSetCancelRoutine(Irp, Defect_ToastmonCancelRoutineForReadIrp);

  if (Irp.Cancel !== FALSE) {
    // Cancelled before the routine was set, and nobody calls it, or after, and it waits for the lock: which of the two, the exchange tells.
    status = STATUS_CANCELLED;
    if (IoSetCancelRoutine(Irp, null) !== null) {
      CancelIrp = TRUE;
    } else {
      // Mended: the original lets the cancel routine take out of the queue what is in none, and returns what is not pending.
      IoMarkIrpPending(Irp);
      InitializeListHead(Irp.Tail.Overlay.ListEntry);
      status = STATUS_PENDING;
    }
  } else {
    IoMarkIrpPending(Irp);
    DbgPrintEx(
      DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL,
      'Defect_Toastmon: Defect_ToastMon_DispatchRead - insert the Read Irp into the Recieve Queue and mark IRP as pending \n ',
    );
    InsertTailList(deviceExtension.RecvQueueHead, Irp.Tail.Overlay.ListEntry);
    status = STATUS_PENDING;
    // Without the lock it is the cancel routine's, or another thread's.
  }

  KeReleaseSpinLock(deviceExtension.RecvQueueLock, oldIrql);

  if (CancelIrp !== FALSE) {
    Irp.IoStatus.Status = STATUS_CANCELLED;
    Irp.IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Release the removelock \n');
    IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
  }

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Exiting Defect_ToastMon_DispatchRead \n');
  return status;
};

const Defect_ToastmonCancelRoutineForReadIrp: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const deviceExtension = DeviceObject.DeviceExtension;

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Canceling Read Request inside Defect_ToastmonCancelRoutineForReadIrp\n');

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Releasing the cancel spinlock\n');
  IoReleaseCancelSpinLock(Irp.CancelIrql);

  const oldIrql = KeAcquireSpinLock(deviceExtension.RecvQueueLock);

  RemoveEntryList(Irp.Tail.Overlay.ListEntry);

  KeReleaseSpinLock(deviceExtension.RecvQueueLock, oldIrql);

  Irp.IoStatus.Status = STATUS_CANCELLED;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Releasing the removelock\n');
  IoReleaseRemoveLock(deviceExtension.RemoveLock, Irp);
};

/** The device is gone: whatever read is held is cancelled. */
function ToasterDrvCancelQueuedReadIrps(deviceExtension: PDEVICE_EXTENSION): void {
  let oldIrql!: KIRQL;
  let irp!: PIRP | null;
  let listEntry!: PLIST_ENTRY;
  let MajorVersion!: ULONG;
  let MinorVersion!: ULONG;
  let BuildNumber!: ULONG;
  let ListEmpty: BOOLEAN = FALSE;

  DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Canceling queued IRPs inside ToasterDrvCancelQueuedReadIrps');

  // Mended: the original's intended defect is to ask this with the lock held, at DISPATCH_LEVEL.
  PsGetVersion(Ref(MajorVersion), Ref(MinorVersion), Ref(BuildNumber), null);
  DbgPrintEx(
    DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL,
    'Defect_Toastmon: Acquire the RecvQueueLock before checking the RecvQueue as cancellation may also run at the same time',
  );
  oldIrql = KeAcquireSpinLock(deviceExtension.RecvQueueLock);
  ListEmpty = IsListEmpty(deviceExtension.RecvQueueHead);
  if (ListEmpty) {
    KeReleaseSpinLock(deviceExtension.RecvQueueLock, oldIrql);
  } else {
    while (!ListEmpty) {
      listEntry = RemoveHeadList(deviceExtension.RecvQueueHead);
      DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Extracting IRPs from the list.');
      irp = CONTAINING_RECORD<IRP>(listEntry, 'Tail.Overlay.ListEntry');
      if (IoSetCancelRoutine(irp, null)) {
        irp.IoStatus.Status = STATUS_CANCELLED;
        irp.IoStatus.Information = 0;
        DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Cancelling the queued IRPs from the list.');
        KeReleaseSpinLock(deviceExtension.RecvQueueLock, oldIrql);
        IoCompleteRequest(irp, IO_NO_INCREMENT);
        DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, 'Defect_Toastmon: Releasing the removelock.');
        IoReleaseRemoveLock(deviceExtension.RemoveLock, irp);
        oldIrql = KeAcquireSpinLock(deviceExtension.RecvQueueLock);
      } else {
        // Mended: the cancel routine waits for the lock and removes the entry once more, which in the original damages the queue.
        InitializeListHead(irp.Tail.Overlay.ListEntry);
        irp = null;
      }
      ListEmpty = IsListEmpty(deviceExtension.RecvQueueHead);
      if (ListEmpty) {
        KeReleaseSpinLock(deviceExtension.RecvQueueLock, oldIrql);
      }
    }
  }
}

// wmi.c

type PFN_IO_WMI_OPEN_BLOCK = (DataBlockGuid: PGUID, DesiredAccess: ULONG, DataBlockObject: Ref<PVOID>) => NTSTATUS;
type PFN_IO_WMI_SET_NOTIFICATION_CALLBACK = (
  Object: PVOID, Callback: FWMI_NOTIFICATION_CALLBACK<PDEVICE_EXTENSION>, Context: PDEVICE_EXTENSION,
) => NTSTATUS;

function RegisterForWMINotification(DeviceExt: PDEVICE_EXTENSION): NTSTATUS {
  let status: NTSTATUS = STATUS_SUCCESS;

  PAGED_CODE();

  // MmGetSystemRoutineAddress finds the two in the original, which also runs where they are not there. They always are since Windows XP.
  if (DeviceExt.WMIDeviceArrivalNotificationObject !== null) {
    return STATUS_UNSUCCESSFUL;
  }

  let wmiGuid: GUID = TOASTER_NOTIFY_DEVICE_ARRIVAL_EVENT;

  status = IoWMIOpenBlock(wmiGuid, WMIGUID_NOTIFICATION, Ref(DeviceExt.WMIDeviceArrivalNotificationObject));
  if (!NT_SUCCESS(status)) {
    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_WARNING_LEVEL, 'Unable to open wmi data block status 0x%x\n', status);
    DeviceExt.WMIDeviceArrivalNotificationObject = null;
  } else {
    status = IoWMISetNotificationCallback(DeviceExt.WMIDeviceArrivalNotificationObject, WmiNotificationCallback, DeviceExt);
    if (!NT_SUCCESS(status)) {
      DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_WARNING_LEVEL, 'Unable to register for wmi notification 0x%x\n', status);
      ObDereferenceObject(DeviceExt.WMIDeviceArrivalNotificationObject);
      DeviceExt.WMIDeviceArrivalNotificationObject = null;
    }
  }

  return status;
}

function UnregisterForWMINotification(DeviceExt: PDEVICE_EXTENSION): void {
  if (DeviceExt.WMIDeviceArrivalNotificationObject !== null) {
    ObDereferenceObject(DeviceExt.WMIDeviceArrivalNotificationObject);
    DeviceExt.WMIDeviceArrivalNotificationObject = null;
  }
}

/** Asks for the device's name, in memory that the caller frees. */
function GetDeviceFriendlyName(Pdo: PDEVICE_OBJECT, DeviceName: Ref<PVOID>): NTSTATUS {
  let status!: NTSTATUS;
  let resultLength!: ULONG;
  let property!: DEVICE_REGISTRY_PROPERTY;
  let valueInfo: PVOID = null;
  let i!: ULONG;

  resultLength = 0;

  Error: {
    property = DevicePropertyFriendlyName;

    // Its length, and where it has no such name that of its description.
    for (i = 0; i < 2; i++) {
      status = IoGetDeviceProperty(Pdo, property, 0, null, Ref(resultLength));

      if (status !== STATUS_BUFFER_TOO_SMALL) {
        property = DevicePropertyDeviceDescription;
      }
    }

    valueInfo = ExAllocatePool2(POOL_FLAG_NON_PAGED, resultLength, DRIVER_TAG);
    if (null === valueInfo) {
      status = STATUS_INSUFFICIENT_RESOURCES;
      break Error;
    }

    status = IoGetDeviceProperty(Pdo, property, resultLength, valueInfo, Ref(resultLength));
    if (!NT_SUCCESS(status)) {
      DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_WARNING_LEVEL, 'IoGetDeviceProperty returned %x\n', status);
      break Error;
    }

    DeviceName.Value = valueInfo;

    return STATUS_SUCCESS;
  }

  if (valueInfo) {
    ExFreePool(valueInfo);
  }
  return status;
}

/** A watched device says by WMI that it has arrived. */
const WmiNotificationCallback: FWMI_NOTIFICATION_CALLBACK<PDEVICE_EXTENSION> = (Wnode, Context) => {
  const wnode = Wnode as PWNODE_SINGLE_INSTANCE;
  const deviceExtension = Context;
  let deviceName!: PVOID;
  let thisEntry!: PLIST_ENTRY;
  let list!: PDEVICE_INFO;
  let devobj!: PDEVICE_OBJECT | null;
  let status!: NTSTATUS;
  let found: BOOLEAN = FALSE;
  let Pdo: PDEVICE_OBJECT | null = null;

  ExAcquireFastMutex(deviceExtension.ListMutex);

  const listHead = deviceExtension.DeviceListHead;

  for (thisEntry = listHead.Flink; thisEntry !== listHead; thisEntry = thisEntry.Flink) {
    list = CONTAINING_RECORD<DEVICE_INFO>(thisEntry, 'ListEntry');
    devobj = list.TargetDeviceObject;

    if (devobj !== null && IoWMIDeviceObjectToProviderId(devobj) === wnode.WnodeHeader.ProviderId) {
      if (IsEqualGUID(wnode.WnodeHeader.Guid, TOASTER_NOTIFY_DEVICE_ARRIVAL_EVENT)) {
        // What follows wants PASSIVE_LEVEL, and so does without the mutex. Mended: the original then looks into the record, which may be freed.
        found = TRUE;
        Pdo = list.Pdo;
        if (Pdo !== null) {
          ObReferenceObject(Pdo);
        }
        break;
      } else {
        DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_WARNING_LEVEL, 'Unknown event.\n');
      }
    }
  }

  ExReleaseFastMutex(deviceExtension.ListMutex);

  if (found && Pdo !== null) {
    status = GetDeviceFriendlyName(Pdo, Ref(deviceName));
    ObDereferenceObject(Pdo);
    if (!NT_SUCCESS(status)) {
      DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_WARNING_LEVEL, 'GetDeviceFriendlyName returned %x\n', status);
      return;
    }

    DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, '%ws fired a device arrival event\n', deviceName);
    ExFreePool(deviceName);
  }
};

alloc_text('INIT', DriverEntry);
alloc_text('PAGE', Defect_ToastMon_AddDevice);
alloc_text('PAGE', Defect_ToastMon_DispatchPnp);
alloc_text('PAGE', Defect_ToastMon_DispatchPower);
alloc_text('PAGE', Defect_ToastMon_Dispatch);
// Mended: the original's Defect_ToastMon_DispatchRead is in a pageable section, and takes a spin lock.
alloc_text('PAGE', Defect_ToastMon_DispatchSystemControl);
alloc_text('PAGE', Defect_ToastMon_Unload);
alloc_text('PAGE', Defect_ToastMon_PnpNotifyDeviceChange);
alloc_text('PAGE', Defect_ToastMon_PnpNotifyInterfaceChange);
alloc_text('PAGE', Defect_ToastMon_GetTargetDevicePdo);
alloc_text('PAGE', Defect_ToastMon_OpenTargetDevice);
alloc_text('PAGE', Defect_ToastMon_CloseTargetDevice);
alloc_text('PAGE', RegisterForWMINotification);
