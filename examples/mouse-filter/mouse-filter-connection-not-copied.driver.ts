/**
 * Broken sibling of mouse-filter.driver.ts: it keeps the address of the class driver's connect data.
 *
 * An upper filter of a PS/2 mouse: it stands between the mouse class driver and the port driver, and every packet of the mouse
 * passes through it on its way up. It gets there by changing what the class driver tells the port driver when the two are
 * connected.
 *
 * Three levels meet here. PnP requests, opens and closes come at PASSIVE_LEVEL, packets from the port driver's DPC at
 * DISPATCH_LEVEL, single bytes from its service routine at the device's level. What two of them touch is guarded by a spin lock,
 * or is written before the other can begin.
 *
 * Modelled on the logic of moufiltr (Windows-driver-samples, input/moufiltr) in its WDM form: MouFilter_AddDevice,
 * MouFilter_InternIoCtl, MouFilter_ServiceCallback, MouFilter_IsrHook, MouFilter_PnP. The swapped buttons are ours.
 *
 * Expect: memory/use-after-free
 */
import {
  BOOLEAN, DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DO_POWER_PAGABLE, DRIVER_ADD_DEVICE, DRIVER_DISPATCH, DRIVER_INITIALIZE,
  DRIVER_UNLOAD, Executive, FALSE, FILE_DEVICE_MOUSE, InterlockedDecrement, InterlockedIncrement, IO_COMPLETION_ROUTINE,
  IO_NO_INCREMENT, IoAttachDeviceToDeviceStack, IoCallDriver, IoCompleteRequest, IoCopyCurrentIrpStackLocationToNext,
  IoCreateDevice, IoDeleteDevice, IoDetachDevice, IoGetCurrentIrpStackLocation, IoSetCompletionRoutine,
  IoSkipCurrentIrpStackLocation, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_MAXIMUM_FUNCTION, IRP_MJ_PNP,
  IRP_MJ_POWER, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_SURPRISE_REMOVAL, KeAcquireSpinLockAtDpcLevel,
  KeAcquireSpinLock, KeInitializeEvent, KeInitializeSpinLock, KeReleaseSpinLock, KeReleaseSpinLockFromDpcLevel, KernelMode,
  KeSetEvent, KEVENT, KeWaitForSingleObject, KSPIN_LOCK, LONG, NotificationEvent, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PIRP,
  PKEVENT, PoCallDriver, PoStartNextPowerIrp, PVOID, Ref, sizeof, STATUS_INVALID_DEVICE_STATE, STATUS_INVALID_PARAMETER,
  STATUS_MORE_PROCESSING_REQUIRED, STATUS_NO_SUCH_DEVICE, STATUS_NOT_IMPLEMENTED, STATUS_PENDING, STATUS_SHARING_VIOLATION,
  STATUS_SUCCESS, TRUE, ULONG,
} from 'irpsight/wdm';
import {
  CONNECT_DATA, INTERNAL_I8042_HOOK_MOUSE, IOCTL_INTERNAL_I8042_HOOK_MOUSE, IOCTL_INTERNAL_MOUSE_CONNECT,
  IOCTL_INTERNAL_MOUSE_DISCONNECT, MOUSE_LEFT_BUTTON_DOWN, MOUSE_RIGHT_BUTTON_DOWN, PCONNECT_DATA, PI8042_MOUSE_ISR,
  PINTERNAL_I8042_HOOK_MOUSE, PSERVICE_CALLBACK_ROUTINE,
} from './kbdmou.driver';

interface DEVICE_EXTENSION {
  Self: PDEVICE_OBJECT | null;
  TopOfStack: PDEVICE_OBJECT | null;
  /** The class driver above. Written once, before the port driver knows of the filter, and only read afterwards. */
  UpperConnectData: PCONNECT_DATA | null;
  /** Whoever hooked the service routine above, likewise. */
  UpperContext: PVOID;
  UpperIsrHook: PI8042_MOUSE_ISR | null;
  EnableCount: LONG;
  Started: BOOLEAN;
  SurpriseRemoved: BOOLEAN;
  /** Guards PacketCount: packets come at DISPATCH_LEVEL while an open, below that, starts to count anew. */
  SpinLock: KSPIN_LOCK;
  PacketCount: ULONG;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  // A filter hands on what it does not know, so every slot must be filled: an empty one would fail the request.
  for (let Index: LONG = 0; Index <= IRP_MJ_MAXIMUM_FUNCTION; Index++) {
    DriverObject.MajorFunction[Index] = MouFilter_DispatchPassThrough;
  }
  DriverObject.MajorFunction[IRP_MJ_CREATE] = MouFilter_CreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = MouFilter_CreateClose;
  DriverObject.MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = MouFilter_InternIoCtl;
  DriverObject.MajorFunction[IRP_MJ_PNP] = MouFilter_PnP;
  DriverObject.MajorFunction[IRP_MJ_POWER] = MouFilter_Power;
  DriverObject.DriverUnload = MouFilter_Unload;
  DriverObject.DriverExtension.AddDevice = MouFilter_AddDevice;
  return STATUS_SUCCESS;
};

/** Every device is gone by then, and the driver has nothing of its own. */
const MouFilter_Unload: DRIVER_UNLOAD = (DriverObject) => {};

const MouFilter_AddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_MOUSE, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = Device!.DeviceExtension;
  KeInitializeSpinLock(Extension.SpinLock);
  Extension.Self = Device as PDEVICE_OBJECT;
  Extension.TopOfStack = IoAttachDeviceToDeviceStack(Device!, PhysicalDeviceObject);
  if (Extension.TopOfStack === null) {
    IoDeleteDevice(Device!);
    return STATUS_NO_SUCH_DEVICE;
  }
  // As the driver below does its I/O, and only when all is set up: from here on requests come.
  Device!.Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
  Device!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

const MouFilter_DispatchPassThrough: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.TopOfStack!, Irp);
};

const MouFilter_CreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  if (IoGetCurrentIrpStackLocation(Irp).MajorFunction === IRP_MJ_CLOSE) {
    InterlockedDecrement(Ref(Extension.EnableCount));
    return MouFilter_DispatchPassThrough(DeviceObject, Irp);
  }
  if (Extension.UpperConnectData === null) {
    // Nobody would read what the mouse says.
    return CompleteRequest(Irp, STATUS_INVALID_DEVICE_STATE);
  }
  if (InterlockedIncrement(Ref(Extension.EnableCount)) === 1) {
    const Irql = KeAcquireSpinLock(Extension.SpinLock);
    Extension.PacketCount = 0;
    KeReleaseSpinLock(Extension.SpinLock, Irql);
  }
  return MouFilter_DispatchPassThrough(DeviceObject, Irp);
};

/** What class and port driver say to each other. Both kinds of request carry a structure of the sender's, who waits until it is back. */
const MouFilter_InternIoCtl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  switch (Stack.Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_INTERNAL_MOUSE_CONNECT: {
      // One class driver, once.
      if (Extension.UpperConnectData !== null) {
        return CompleteRequest(Irp, STATUS_SHARING_VIOLATION);
      }
      if (Stack.Parameters.DeviceIoControl.InputBufferLength < sizeof<CONNECT_DATA>()) {
        return CompleteRequest(Irp, STATUS_INVALID_PARAMETER);
      }
      // Broken: the structure is the sender's local. It is gone when the first packet comes.
      const ConnectData = Stack.Parameters.DeviceIoControl.Type3InputBuffer as PCONNECT_DATA;
      Extension.UpperConnectData = ConnectData;
      ConnectData.ClassDeviceObject = Extension.Self;
      ConnectData.ClassService = MouFilter_ServiceCallback;
      break;
    }

    case IOCTL_INTERNAL_MOUSE_DISCONNECT:
      // The class driver never sends it; the connection ends with the device.
      return CompleteRequest(Irp, STATUS_NOT_IMPLEMENTED);

    case IOCTL_INTERNAL_I8042_HOOK_MOUSE: {
      if (Stack.Parameters.DeviceIoControl.InputBufferLength < sizeof<INTERNAL_I8042_HOOK_MOUSE>()) {
        return CompleteRequest(Irp, STATUS_INVALID_PARAMETER);
      }
      // It comes from the port driver, from the top of the stack down, while the start request is still on its way.
      const HookMouse = Stack.Parameters.DeviceIoControl.Type3InputBuffer as PINTERNAL_I8042_HOOK_MOUSE;
      Extension.UpperContext = HookMouse.Context;
      Extension.UpperIsrHook = HookMouse.IsrRoutine;
      HookMouse.Context = Extension;
      HookMouse.IsrRoutine = MouFilter_IsrHook;
      break;
    }

    default:
      break;
  }
  return MouFilter_DispatchPassThrough(DeviceObject, Irp);
};

/** At the device's level, on every byte: no lock of DISPATCH_LEVEL can be taken here, and none is needed. */
const MouFilter_IsrHook: PI8042_MOUSE_ISR = (IsrContext, StatusByte, DataByte, ContinueProcessing) => {
  const Extension = IsrContext as PDEVICE_EXTENSION;
  if (Extension.UpperIsrHook !== null) {
    const Go = Extension.UpperIsrHook(Extension.UpperContext, StatusByte, DataByte, ContinueProcessing);
    if (!Go || !ContinueProcessing.Value) {
      return Go;
    }
  }
  ContinueProcessing.Value = TRUE;
  return TRUE;
};

/** At DISPATCH_LEVEL, in the port driver's DPC: swaps the buttons, counts, and hands the packet on. */
const MouFilter_ServiceCallback: PSERVICE_CALLBACK_ROUTINE = (DeviceObject, InputData, InputDataConsumed) => {
  const Extension = DeviceObject!.DeviceExtension as PDEVICE_EXTENSION;
  if (InputData.ButtonFlags === MOUSE_LEFT_BUTTON_DOWN) {
    InputData.ButtonFlags = MOUSE_RIGHT_BUTTON_DOWN;
  } else if (InputData.ButtonFlags === MOUSE_RIGHT_BUTTON_DOWN) {
    InputData.ButtonFlags = MOUSE_LEFT_BUTTON_DOWN;
  }
  KeAcquireSpinLockAtDpcLevel(Extension.SpinLock);
  Extension.PacketCount++;
  KeReleaseSpinLockFromDpcLevel(Extension.SpinLock);
  // With no lock held: the class driver completes reads in there, and their senders may come straight back.
  Extension.UpperConnectData!.ClassService!(Extension.UpperConnectData!.ClassDeviceObject, InputData, InputDataConsumed); // <-- memory/use-after-free
};

const MouFilter_PnP: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Status!: NTSTATUS;
  switch (IoGetCurrentIrpStackLocation(Irp).MinorFunction) {
    case IRP_MN_START_DEVICE:
      // The drivers below start first: what the filter does to a started device comes after them.
      Status = ForwardAndWait(Extension, Irp);
      if (NT_SUCCESS(Status)) {
        Extension.Started = TRUE;
      }
      return CompleteRequest(Irp, Status);

    case IRP_MN_SURPRISE_REMOVAL:
      Extension.SurpriseRemoved = TRUE;
      Irp.IoStatus.Status = STATUS_SUCCESS;
      return MouFilter_DispatchPassThrough(DeviceObject, Irp);

    case IRP_MN_REMOVE_DEVICE: {
      // Down first: the port driver stops its interrupt and its DPC in there, and until then the callback may run on any
      // processor. Behind it nobody
      // knows the device any more.
      const TopOfStack = Extension.TopOfStack!;
      Irp.IoStatus.Status = STATUS_SUCCESS;
      IoSkipCurrentIrpStackLocation(Irp);
      Status = IoCallDriver(TopOfStack, Irp);
      IoDetachDevice(TopOfStack);
      IoDeleteDevice(DeviceObject);
      return Status;
    }

    default:
      return MouFilter_DispatchPassThrough(DeviceObject, Irp);
  }
};

const MouFilter_Power: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  PoStartNextPowerIrp(Irp);
  IoSkipCurrentIrpStackLocation(Irp);
  return PoCallDriver(DeviceObject.DeviceExtension.TopOfStack!, Irp);
};

/** Sends the IRP down and takes it back: on return it is the caller's again, to be completed. */
function ForwardAndWait(Extension: PDEVICE_EXTENSION, Irp: PIRP): NTSTATUS {
  let Event!: KEVENT;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, MouFilter_Complete, Event, TRUE, TRUE, TRUE);
  if (IoCallDriver(Extension.TopOfStack!, Irp) === STATUS_PENDING) {
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  }
  return Irp.IoStatus.Status;
}

const MouFilter_Complete: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PKEVENT> = (DeviceObject, Irp, Event) => {
  KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
};

function CompleteRequest(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
