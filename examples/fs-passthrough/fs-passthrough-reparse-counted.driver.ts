/**
 * Broken sibling of fs-passthrough.driver.ts: a name that leads elsewhere is counted as an open file.
 *
 * A pass-through filter in the style of file system filters: it attaches above a volume and watches what goes through. Most
 * requests go down as they came. An open is taken back, because the filter has to know how it ended; a read is only looked at on
 * its way up; a directory request is posted to a system worker thread, which may block where the caller's thread must not, and
 * sent down from there.
 *
 * No count of requests and no remove lock: everything that outlives a dispatch routine here belongs to an open file, the device
 * is removed only when no file is open, and a queued work item holds the device object by itself.
 *
 * Modelled on the logic of the older file system filter samples of the WDK (sfilter: SfCreate, SfCreateCompletion, SfPassThrough,
 * SfCleanupClose), with the attachment of a PnP filter. The fast I/O entry points are not modelled.
 *
 * Expect: assert/failed
 */
import {
  DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DO_DIRECT_IO, DO_POWER_PAGABLE, DRIVER_ADD_DEVICE, DRIVER_DISPATCH, DRIVER_INITIALIZE,
  DRIVER_UNLOAD, DelayedWorkQueue, Executive, FALSE, IO_COMPLETION_ROUTINE, IO_NO_INCREMENT, IO_WORKITEM_ROUTINE_EX,
  InterlockedDecrement, InterlockedExchangeAdd, InterlockedIncrement, IoAllocateWorkItem, IoAttachDeviceToDeviceStack,
  IoCallDriver, IoCompleteRequest, IoCopyCurrentIrpStackLocationToNext, IoCreateDevice, IoDeleteDevice, IoDetachDevice,
  IoFreeWorkItem, IoGetCurrentIrpStackLocation, IoMarkIrpPending, IoQueueWorkItemEx, IoSetCompletionRoutine,
  IoSkipCurrentIrpStackLocation, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DIRECTORY_CONTROL, IRP_MJ_MAXIMUM_FUNCTION, IRP_MJ_PNP,
  IRP_MJ_POWER, IRP_MJ_READ, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, KEVENT, KeInitializeEvent, KernelMode, KeSetEvent,
  KeWaitForSingleObject, LONG, NotificationEvent, NT_ASSERT, NT_SUCCESS, PDEVICE_OBJECT, PIRP, PKEVENT, PoCallDriver,
  PoStartNextPowerIrp, PVOID, Ref, sizeof, STATUS_CANCELLED, STATUS_CONTINUE_COMPLETION, STATUS_INSUFFICIENT_RESOURCES,
  STATUS_MORE_PROCESSING_REQUIRED, STATUS_NO_SUCH_DEVICE, STATUS_PENDING, STATUS_SUCCESS, TRUE,
} from 'irpsight/wdm';

interface DEVICE_EXTENSION {
  /** The volume's device below. */
  AttachedToDeviceObject: PDEVICE_OBJECT | null;
  /** Files open on the volume through this filter. */
  OpenFiles: LONG;
  BytesRead: LONG;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  // Requests that the filter has never heard of must pass too.
  for (let Index: LONG = 0; Index <= IRP_MJ_MAXIMUM_FUNCTION; Index++) {
    DriverObject.MajorFunction[Index] = FspPassThrough;
  }
  DriverObject.MajorFunction[IRP_MJ_CREATE] = FspCreate;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = FspClose;
  DriverObject.MajorFunction[IRP_MJ_READ] = FspRead;
  DriverObject.MajorFunction[IRP_MJ_DIRECTORY_CONTROL] = FspDirectoryControl;
  DriverObject.MajorFunction[IRP_MJ_PNP] = FspPnp;
  DriverObject.MajorFunction[IRP_MJ_POWER] = FspPower;
  DriverObject.DriverExtension.AddDevice = FspAddDevice;
  DriverObject.DriverUnload = FspUnload;
  return STATUS_SUCCESS;
};

/** Every device is gone by then. */
const FspUnload: DRIVER_UNLOAD = (DriverObject) => {};

const FspAddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), null, PhysicalDeviceObject.DeviceType, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = DeviceObject!.DeviceExtension;
  const Lower = IoAttachDeviceToDeviceStack(DeviceObject!, PhysicalDeviceObject);
  if (Lower === null) {
    IoDeleteDevice(DeviceObject!);
    return STATUS_NO_SUCH_DEVICE;
  }
  Extension.AttachedToDeviceObject = Lower;
  // Buffers are described as the device below wants them: the I/O manager looks at the top of the stack only.
  DeviceObject!.Flags |= Lower.Flags & (DO_BUFFERED_IO | DO_DIRECT_IO | DO_POWER_PAGABLE);
  DeviceObject!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

/** What the filter does not watch: the driver below gets the very stack location that came, and answers the sender itself. */
const FspPassThrough: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.AttachedToDeviceObject!, Irp);
};

const FspCreate: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Event!: KEVENT;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, FspCreateCompletion, Event, TRUE, TRUE, TRUE);
  let Status = IoCallDriver(Extension.AttachedToDeviceObject!, Irp);
  if (Status === STATUS_PENDING) {
    // An open comes at PASSIVE_LEVEL and in its opener's thread, so it may be waited for.
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  }
  // The completion routine stopped the completion: the IRP is ours, and whatever came back is handed on unchanged.
  Status = Irp.IoStatus.Status;
  if (NT_SUCCESS(Status)) {
    // Broken: STATUS_REPARSE is a success code too, and such a file never gets its close.
    InterlockedIncrement(Ref(Extension.OpenFiles));
  }
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
};

const FspCreateCompletion: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PKEVENT> = (DeviceObject, Irp, Event) => {
  // Set even when nobody waits: the event lives until FspCreate, which is below us on the stack or waiting, has gone on.
  KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const FspClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  InterlockedDecrement(Ref(DeviceObject.DeviceExtension.OpenFiles));
  return FspPassThrough(DeviceObject, Irp);
};

const FspRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, FspReadCompletion, Extension, TRUE, FALSE, FALSE);
  return IoCallDriver(Extension.AttachedToDeviceObject!, Irp);
};

/** Only after success. At DISPATCH_LEVEL or below, in whatever thread completed the read. */
const FspReadCompletion: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PDEVICE_EXTENSION> = (DeviceObject, Irp, Extension) => {
  if (Irp.PendingReturned) {
    // The dispatch routine returned what the driver below said, STATUS_PENDING: the mark goes with it.
    IoMarkIrpPending(Irp);
  }
  InterlockedExchangeAdd(Ref(Extension.BytesRead), Irp.IoStatus.Information);
  return STATUS_CONTINUE_COMPLETION;
};

/** Hands the request to a worker thread. From then on it is the worker's, which may be done with it before this routine returns. */
const FspDirectoryControl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const WorkItem = IoAllocateWorkItem(DeviceObject as PDEVICE_OBJECT);
  if (WorkItem === null) {
    Irp.IoStatus.Status = STATUS_INSUFFICIENT_RESOURCES;
    Irp.IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  // Marked first: once it is queued the IRP cannot be looked at.
  IoMarkIrpPending(Irp);
  IoQueueWorkItemEx(WorkItem, FspDirectoryWorker, DelayedWorkQueue, Irp);
  return STATUS_PENDING;
};

/** At PASSIVE_LEVEL in a system thread. */
const FspDirectoryWorker: IO_WORKITEM_ROUTINE_EX<PIRP> = (IoObject, Irp, WorkItem) => {
  const DeviceObject = IoObject as PDEVICE_OBJECT<DEVICE_EXTENSION>;
  IoFreeWorkItem(WorkItem);
  if (Irp.Cancel) {
    // It had no cancel routine while it was queued, which was short; here is the time to notice.
    Irp.IoStatus.Status = STATUS_CANCELLED;
    Irp.IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return;
  }
  // What the driver below returns is of no interest: the caller has had its STATUS_PENDING. The location is copied, because the
  // mark in our own one
  // must stay as it is.
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, FspDirectoryCompletion, null, TRUE, TRUE, TRUE);
  IoCallDriver(DeviceObject.DeviceExtension.AttachedToDeviceObject!, Irp);
};

const FspDirectoryCompletion: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PVOID> = (DeviceObject, Irp, Context) => {
  // Our location is marked already, whatever the driver below did.
  if (Irp.PendingReturned) {
    IoMarkIrpPending(Irp);
  }
  return STATUS_CONTINUE_COMPLETION;
};

const FspPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Lower = Extension.AttachedToDeviceObject!;
  switch (IoGetCurrentIrpStackLocation(Irp).MinorFunction) {
    case IRP_MN_START_DEVICE: {
      let Event!: KEVENT;
      KeInitializeEvent(Event, NotificationEvent, FALSE);
      IoCopyCurrentIrpStackLocationToNext(Irp);
      IoSetCompletionRoutine(Irp, FspStartCompletion, Event, TRUE, TRUE, TRUE);
      if (IoCallDriver(Lower, Irp) === STATUS_PENDING) {
        KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
      }
      const Status = Irp.IoStatus.Status;
      IoCompleteRequest(Irp, IO_NO_INCREMENT);
      return Status;
    }

    case IRP_MN_REMOVE_DEVICE: {
      // Every file that was opened has been closed.
      NT_ASSERT(Extension.OpenFiles === 0); // <-- assert/failed
      // Down first, then off the stack, then gone: the volume below may still need what is above it until it has handled the
      // request itself.
      IoSkipCurrentIrpStackLocation(Irp);
      const Status = IoCallDriver(Lower, Irp);
      IoDetachDevice(Lower);
      IoDeleteDevice(DeviceObject);
      return Status;
    }

    default:
      return FspPassThrough(DeviceObject, Irp);
  }
};

const FspStartCompletion: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PKEVENT> = (DeviceObject, Irp, Event) => {
  KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
};

const FspPower: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  PoStartNextPowerIrp(Irp);
  IoSkipCurrentIrpStackLocation(Irp);
  return PoCallDriver(DeviceObject.DeviceExtension.AttachedToDeviceObject!, Irp);
};
