/**
 * An upper filter: passes every request down, watches reads on their way up with a completion routine, and takes the start
 * IRP back before it goes on.
 *
 * Modelled on the logic of the toaster filter driver (WDK samples, general/toaster/wdm/filter/filter.c): FilterAddDevice, FilterPass,
 * FilterDispatchPnp, FilterStartCompletionRoutine, FilterDeviceUsageNotificationCompletionRoutine. A count of requests and an
 * event stand where the original has a remove lock.
 *
 * Expect: verified
 */
import {
  DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DO_DIRECT_IO, DRIVER_ADD_DEVICE, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD,
  Executive, FALSE, InterlockedDecrement, InterlockedIncrement, IO_COMPLETION_ROUTINE, IO_NO_INCREMENT, IoAttachDeviceToDeviceStack,
  IoCallDriver, IoCompleteRequest, IoCopyCurrentIrpStackLocationToNext, IoCreateDevice, IoDeleteDevice, IoDetachDevice,
  IoGetCurrentIrpStackLocation, IoMarkIrpPending, IoSetCompletionRoutine, IoSkipCurrentIrpStackLocation, IRP_MJ_CLEANUP, IRP_MJ_CLOSE,
  IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_PNP, IRP_MJ_READ, IRP_MJ_WRITE, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE,
  KeInitializeEvent, KernelMode, KeSetEvent, KEVENT, KeWaitForSingleObject, LONG, NotificationEvent, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT,
  PIRP, PKEVENT, Ref, sizeof, STATUS_CONTINUE_COMPLETION, STATUS_DELETE_PENDING, STATUS_MORE_PROCESSING_REQUIRED, STATUS_NO_SUCH_DEVICE,
  STATUS_PENDING, STATUS_SUCCESS, TRUE, BOOLEAN,
} from 'irpsight/wdm';

interface DEVICE_EXTENSION {
  NextLowerDriver: PDEVICE_OBJECT | null;
  /** Requests under way, and one for the device itself until it is removed. */
  OutstandingIo: LONG;
  /** Signalled when OutstandingIo has fallen to zero. */
  RemoveEvent: KEVENT;
  Removed: BOOLEAN;
  /** Reads seen to complete. */
  ReadsCompleted: LONG;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_CREATE] = FilterPass;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = FilterPass;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = FilterPass;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = FilterPass;
  DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = FilterPass;
  DriverObject.MajorFunction[IRP_MJ_READ] = FilterRead;
  DriverObject.MajorFunction[IRP_MJ_PNP] = FilterDispatchPnp;
  DriverObject.DriverExtension.AddDevice = FilterAddDevice;
  DriverObject.DriverUnload = FilterUnload;
  return STATUS_SUCCESS;
};

const FilterUnload: DRIVER_UNLOAD = (DriverObject) => {};

const FilterAddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), null, PhysicalDeviceObject.DeviceType, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = DeviceObject!.DeviceExtension;
  KeInitializeEvent(Extension.RemoveEvent, NotificationEvent, FALSE);
  Extension.OutstandingIo = 1;
  Extension.NextLowerDriver = IoAttachDeviceToDeviceStack(DeviceObject!, PhysicalDeviceObject);
  if (Extension.NextLowerDriver === null) {
    IoDeleteDevice(DeviceObject!);
    return STATUS_NO_SUCH_DEVICE;
  }
  DeviceObject!.Flags |= Extension.NextLowerDriver.Flags & (DO_BUFFERED_IO | DO_DIRECT_IO);
  DeviceObject!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

/** Counts a request in; FALSE when the device is being removed, and then the request must be failed. */
function AcquireIo(Extension: PDEVICE_EXTENSION): BOOLEAN {
  InterlockedIncrement(Ref(Extension.OutstandingIo));
  if (Extension.Removed) {
    ReleaseIo(Extension);
    return FALSE;
  }
  return TRUE;
}

function ReleaseIo(Extension: PDEVICE_EXTENSION): void {
  if (InterlockedDecrement(Ref(Extension.OutstandingIo)) === 0) {
    KeSetEvent(Extension.RemoveEvent, IO_NO_INCREMENT, FALSE);
  }
}

function FailDeleted(Irp: PIRP): NTSTATUS {
  Irp.IoStatus.Status = STATUS_DELETE_PENDING;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_DELETE_PENDING;
}

const FilterPass: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  if (!AcquireIo(Extension)) {
    return FailDeleted(Irp);
  }
  IoSkipCurrentIrpStackLocation(Irp);
  const Status = IoCallDriver(Extension.NextLowerDriver!, Irp);
  ReleaseIo(Extension);
  return Status;
};

const FilterRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  if (!AcquireIo(Extension)) {
    return FailDeleted(Irp);
  }
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, FilterReadCompletion, Extension, TRUE, TRUE, TRUE);
  return IoCallDriver(Extension.NextLowerDriver!, Irp);
};

const FilterReadCompletion: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PDEVICE_EXTENSION> = (DeviceObject, Irp, Extension) => {
  if (Irp.PendingReturned) {
    IoMarkIrpPending(Irp);
  }
  InterlockedIncrement(Ref(Extension.ReadsCompleted));
  ReleaseIo(Extension);
  return STATUS_CONTINUE_COMPLETION;
};

const FilterDispatchPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  if (!AcquireIo(Extension)) {
    return FailDeleted(Irp);
  }
  let Status!: NTSTATUS;
  switch (IoGetCurrentIrpStackLocation(Irp).MinorFunction) {
    case IRP_MN_START_DEVICE:
      Status = ForwardAndWait(Extension, Irp);
      Irp.IoStatus.Status = Status;
      IoCompleteRequest(Irp, IO_NO_INCREMENT);
      ReleaseIo(Extension);
      return Status;

    case IRP_MN_REMOVE_DEVICE:
      Extension.Removed = TRUE;
      // This request's own count, and the device's.
      ReleaseIo(Extension);
      ReleaseIo(Extension);
      KeWaitForSingleObject(Extension.RemoveEvent, Executive, KernelMode, FALSE, null);
      IoSkipCurrentIrpStackLocation(Irp);
      Status = IoCallDriver(Extension.NextLowerDriver!, Irp);
      IoDetachDevice(Extension.NextLowerDriver!);
      IoDeleteDevice(DeviceObject);
      return Status;

    default:
      IoSkipCurrentIrpStackLocation(Irp);
      Status = IoCallDriver(Extension.NextLowerDriver!, Irp);
      ReleaseIo(Extension);
      return Status;
  }
};

/** Sends the IRP down and takes it back: on return it is the caller's again, to be completed. */
function ForwardAndWait(Extension: PDEVICE_EXTENSION, Irp: PIRP): NTSTATUS {
  let Event!: KEVENT;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, FilterStartCompletion, Event, TRUE, TRUE, TRUE);
  let Status = IoCallDriver(Extension.NextLowerDriver!, Irp);
  if (Status === STATUS_PENDING) {
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
    Status = Irp.IoStatus.Status;
  }
  return Status;
}

const FilterStartCompletion: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PKEVENT> = (DeviceObject, Irp, Event) => {
  // With any other status the dispatch routine does not wait.
  if (Irp.PendingReturned) {
    KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  }
  return STATUS_MORE_PROCESSING_REQUIRED;
};
