/**
 * A function driver that makes its own read IRP, keeps it at the lower driver while monitoring is on, and cancels it when
 * monitoring stops. Canceller and completion routine hand the IRP over with one interlocked word, so that exactly one of
 * them frees it, and never while the other still uses it.
 *
 * Modelled on the logic of "Different ways of handling IRPs - cheat sheet", scenario 7 (a driver's asynchronous IRP cancelled from another
 * thread), as the toaster monitor of the WDK samples (general/toaster/wdm/toastmon/toastmon.c) talks to its target device.
 *
 * Expect: verified
 */
import {
  BOOLEAN, CTL_CODE, DO_DEVICE_INITIALIZING, DRIVER_ADD_DEVICE, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, Executive, FALSE,
  FILE_ANY_ACCESS, FILE_DEVICE_UNKNOWN, InterlockedCompareExchange, InterlockedExchange, IO_COMPLETION_ROUTINE, IO_NO_INCREMENT,
  IoAllocateIrp, IoAttachDeviceToDeviceStack, IoCallDriver, IoCancelIrp, IoCompleteRequest, IoCopyCurrentIrpStackLocationToNext,
  IoCreateDevice, IoDeleteDevice, IoDetachDevice, IoFreeIrp, IoGetCurrentIrpStackLocation, IoGetNextIrpStackLocation,
  IoSetCompletionRoutine, IoSkipCurrentIrpStackLocation, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_PNP,
  IRP_MJ_READ, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, KeClearEvent, KeInitializeEvent, KernelMode, KeSetEvent, KEVENT,
  KeWaitForSingleObject, LONG, METHOD_BUFFERED, NotificationEvent, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PIRP, PKEVENT, Ref, sizeof,
  STATUS_DEVICE_BUSY, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_DEVICE_REQUEST, STATUS_MORE_PROCESSING_REQUIRED, STATUS_NO_SUCH_DEVICE,
  STATUS_PENDING, STATUS_SUCCESS, TRUE,
} from 'irpsight/wdm';

const IOCTL_MONITOR_START = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS);
const IOCTL_MONITOR_STOP = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_ANY_ACCESS);

/** Who may free the IRP. */
type IRPLOCK = LONG;
const IRPLOCK_COMPLETED: IRPLOCK = 0;
const IRPLOCK_CANCELABLE: IRPLOCK = 1;
const IRPLOCK_CANCEL_STARTED: IRPLOCK = 2;
const IRPLOCK_CANCEL_COMPLETE: IRPLOCK = 3;

interface DEVICE_EXTENSION {
  NextLowerDriver: PDEVICE_OBJECT | null;
  /** 1 from the start of monitoring until its IRP is freed. */
  Monitoring: LONG;
  MonitorIrp: PIRP | null;
  Lock: IRPLOCK;
  /** Signalled while no IRP of ours is out. */
  Idle: KEVENT;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchCleanup;
  DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchDeviceControl;
  DriverObject.MajorFunction[IRP_MJ_PNP] = DispatchPnp;
  DriverObject.DriverExtension.AddDevice = AddDevice;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};

const Unload: DRIVER_UNLOAD = (DriverObject) => {};

const AddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = DeviceObject!.DeviceExtension;
  KeInitializeEvent(Extension.Idle, NotificationEvent, TRUE);
  Extension.NextLowerDriver = IoAttachDeviceToDeviceStack(DeviceObject!, PhysicalDeviceObject);
  if (Extension.NextLowerDriver === null) {
    IoDeleteDevice(DeviceObject!);
    return STATUS_NO_SUCH_DEVICE;
  }
  DeviceObject!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}

const DispatchCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};

const DispatchCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  StopMonitor(DeviceObject.DeviceExtension);
  return Complete(Irp, STATUS_SUCCESS);
};

const DispatchDeviceControl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  switch (IoGetCurrentIrpStackLocation(Irp).Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_MONITOR_START:
      return Complete(Irp, StartMonitor(Extension));
    case IOCTL_MONITOR_STOP:
      StopMonitor(Extension);
      return Complete(Irp, STATUS_SUCCESS);
    default:
      return Complete(Irp, STATUS_INVALID_DEVICE_REQUEST);
  }
};

function StartMonitor(Extension: PDEVICE_EXTENSION): NTSTATUS {
  if (InterlockedCompareExchange(Ref(Extension.Monitoring), 1, 0) !== 0) {
    return STATUS_DEVICE_BUSY;
  }
  const Irp = IoAllocateIrp(Extension.NextLowerDriver!.StackSize, FALSE);
  if (Irp === null) {
    InterlockedExchange(Ref(Extension.Monitoring), 0);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  const Next = IoGetNextIrpStackLocation(Irp);
  Next.MajorFunction = IRP_MJ_READ;
  Next.Parameters.Read.Length = 64;
  IoSetCompletionRoutine(Irp, MonitorCompletion, Extension, TRUE, TRUE, TRUE);
  // The last IRP's KeSetEvent may still be to come: it is the last thing done for that IRP.
  KeWaitForSingleObject(Extension.Idle, Executive, KernelMode, FALSE, null);
  KeClearEvent(Extension.Idle);
  Extension.MonitorIrp = Irp;
  InterlockedExchange(Ref(Extension.Lock), IRPLOCK_CANCELABLE);
  IoCallDriver(Extension.NextLowerDriver!, Irp);
  return STATUS_SUCCESS;
}

const MonitorCompletion: IO_COMPLETION_ROUTINE<never, PDEVICE_EXTENSION> = (DeviceObject, Irp, Extension) => {
  if (InterlockedExchange(Ref(Extension.Lock), IRPLOCK_COMPLETED) !== IRPLOCK_CANCEL_STARTED) {
    FreeMonitorIrp(Extension, Irp);
  }
  // Otherwise the canceller is inside IoCancelIrp and frees it when it comes back.
  return STATUS_MORE_PROCESSING_REQUIRED;
};

function StopMonitor(Extension: PDEVICE_EXTENSION): void {
  if (InterlockedCompareExchange(Ref(Extension.Lock), IRPLOCK_CANCEL_STARTED, IRPLOCK_CANCELABLE) === IRPLOCK_CANCELABLE) {
    const Irp = Extension.MonitorIrp!;
    IoCancelIrp(Irp);
    if (InterlockedExchange(Ref(Extension.Lock), IRPLOCK_CANCEL_COMPLETE) === IRPLOCK_COMPLETED) {
      FreeMonitorIrp(Extension, Irp);
    }
  }
  KeWaitForSingleObject(Extension.Idle, Executive, KernelMode, FALSE, null);
}

function FreeMonitorIrp(Extension: PDEVICE_EXTENSION, Irp: PIRP): void {
  IoFreeIrp(Irp);
  InterlockedExchange(Ref(Extension.Monitoring), 0);
  KeSetEvent(Extension.Idle, IO_NO_INCREMENT, FALSE);
}

const DispatchPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Status!: NTSTATUS;
  switch (IoGetCurrentIrpStackLocation(Irp).MinorFunction) {
    case IRP_MN_START_DEVICE:
      return Complete(Irp, ForwardAndWait(Extension, Irp));

    case IRP_MN_REMOVE_DEVICE:
      StopMonitor(Extension);
      IoSkipCurrentIrpStackLocation(Irp);
      Status = IoCallDriver(Extension.NextLowerDriver!, Irp);
      IoDetachDevice(Extension.NextLowerDriver!);
      IoDeleteDevice(DeviceObject);
      return Status;

    default:
      IoSkipCurrentIrpStackLocation(Irp);
      return IoCallDriver(Extension.NextLowerDriver!, Irp);
  }
};

/** Sends the IRP down and takes it back: on return it is the caller's again, to be completed. */
function ForwardAndWait(Extension: PDEVICE_EXTENSION, Irp: PIRP): NTSTATUS {
  let Event!: KEVENT;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, StartCompletion, Event, TRUE, TRUE, TRUE);
  let Status = IoCallDriver(Extension.NextLowerDriver!, Irp);
  if (Status === STATUS_PENDING) {
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
    Status = Irp.IoStatus.Status;
  }
  return Status;
}

const StartCompletion: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PKEVENT> = (DeviceObject, Irp, Event) => {
  if (Irp.PendingReturned) {
    KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  }
  return STATUS_MORE_PROCESSING_REQUIRED;
};
