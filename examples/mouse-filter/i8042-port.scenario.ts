/**
 * The drivers on both sides of the mouse filter, for its scenarios: a port driver below it, with service routine and DPC, and the
 * class driver's end of the connection above it.
 */
import {
  BOOLEAN, DEVICE_LEVEL, DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DO_POWER_PAGABLE, DRIVER_ADD_DEVICE, DRIVER_DISPATCH,
  DRIVER_INITIALIZE, DRIVER_UNLOAD, Executive, FALSE, FILE_DEVICE_MOUSE, IO_NO_INCREMENT, IO_STATUS_BLOCK,
  IoAttachDeviceToDeviceStack, IoBuildDeviceIoControlRequest, IoCallDriver, IoCompleteRequest, IoConnectInterrupt, IoCreateDevice,
  IoDeleteDevice, IoDetachDevice, IoDisconnectInterrupt, IoForwardIrpSynchronously, IoGetAttachedDeviceReference,
  IoGetCurrentIrpStackLocation, IoSkipCurrentIrpStackLocation, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE,
  IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_MAXIMUM_FUNCTION, IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE, IRP_MN_SURPRISE_REMOVAL, KDEFERRED_ROUTINE, KDPC, KeFlushQueuedDpcs, KeInitializeDpc, KeInitializeEvent,
  KeInsertQueueDpc, KernelMode, KEVENT, KeWaitForSingleObject, KSERVICE_ROUTINE, LevelSensitive, LONG, NotificationEvent,
  NT_SUCCESS, NTSTATUS, ObDereferenceObject, PDEVICE_OBJECT, PIRP, PKINTERRUPT, PVOID, Ref, sizeof, STATUS_INSUFFICIENT_RESOURCES,
  STATUS_PENDING, STATUS_SUCCESS, TRUE, UCHAR, ULONG, USHORT,
} from 'irpsight/wdm';
import {
  CONNECT_DATA, INTERNAL_I8042_HOOK_MOUSE, IOCTL_INTERNAL_I8042_HOOK_MOUSE, IOCTL_INTERNAL_MOUSE_CONNECT,
  IOCTL_INTERNAL_MOUSE_DISCONNECT, MOUSE_INPUT_DATA, MOUSE_LEFT_BUTTON_DOWN, PCONNECT_DATA, PSERVICE_CALLBACK_ROUTINE,
} from './kbdmou.driver';

/** Packets that reached the class driver, and the buttons of the last one. */
let PacketsSeen!: ULONG;
let LastButtons!: USHORT;
/** The port driver's device while it exists. */
let PortDevice!: PDEVICE_OBJECT | null;

interface PORT_EXTENSION {
  LowerDevice: PDEVICE_OBJECT | null;
  Interrupt: PKINTERRUPT | null;
  ConnectData: CONNECT_DATA;
  Hook: INTERNAL_I8042_HOOK_MOUSE;
  MouseDpc: KDPC;
}
type PPORT_EXTENSION = PORT_EXTENSION;

export const PortDriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  for (let Index: LONG = 0; Index <= IRP_MJ_MAXIMUM_FUNCTION; Index++) {
    DriverObject.MajorFunction[Index] = PortPassDown;
  }
  DriverObject.MajorFunction[IRP_MJ_CREATE] = PortCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = PortCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = PortCreateClose;
  DriverObject.MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = PortInternalControl;
  DriverObject.MajorFunction[IRP_MJ_PNP] = PortPnp;
  DriverObject.DriverUnload = PortUnload;
  DriverObject.DriverExtension.AddDevice = PortAddDevice;
  return STATUS_SUCCESS;
};

const PortUnload: DRIVER_UNLOAD = (DriverObject) => {};

const PortAddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<PORT_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<PORT_EXTENSION>(), null, FILE_DEVICE_MOUSE, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = Device!.DeviceExtension;
  KeInitializeDpc(Extension.MouseDpc, PortMouseDpc, Extension);
  PortDevice = Device as PDEVICE_OBJECT;
  Extension.LowerDevice = IoAttachDeviceToDeviceStack(Device!, PhysicalDeviceObject);
  Device!.Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
  Device!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

const PortPassDown: DRIVER_DISPATCH<PORT_EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.LowerDevice!, Irp);
};

const PortCreateClose: DRIVER_DISPATCH<PORT_EXTENSION> = (DeviceObject, Irp) => {
  return PortComplete(Irp, STATUS_SUCCESS);
};

const PortInternalControl: DRIVER_DISPATCH<PORT_EXTENSION> = (DeviceObject, Irp) => {
  const Parameters = IoGetCurrentIrpStackLocation(Irp).Parameters.DeviceIoControl;
  if (Parameters.IoControlCode === IOCTL_INTERNAL_MOUSE_CONNECT) {
    DeviceObject.DeviceExtension.ConnectData = Parameters.Type3InputBuffer as PCONNECT_DATA;
  }
  return PortComplete(Irp, STATUS_SUCCESS);
};

const PortPnp: DRIVER_DISPATCH<PORT_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Status!: NTSTATUS;
  switch (IoGetCurrentIrpStackLocation(Irp).MinorFunction) {
    case IRP_MN_START_DEVICE:
      IoForwardIrpSynchronously(Extension.LowerDevice!, Irp);
      Status = Irp.IoStatus.Status;
      if (NT_SUCCESS(Status)) {
        Status = PortStart(Extension);
      }
      return PortComplete(Irp, Status);

    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
      PortStop(Extension);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      return PortPassDown(DeviceObject, Irp);

    case IRP_MN_REMOVE_DEVICE: {
      PortStop(Extension);
      const LowerDevice = Extension.LowerDevice!;
      Irp.IoStatus.Status = STATUS_SUCCESS;
      Status = PortPassDown(DeviceObject, Irp);
      IoDetachDevice(LowerDevice);
      IoDeleteDevice(DeviceObject);
      return Status;
    }

    default:
      return PortPassDown(DeviceObject, Irp);
  }
};

/** Asks the stack, from its top down, who wants to see the bytes first, and connects the interrupt. */
function PortStart(Extension: PPORT_EXTENSION): NTSTATUS {
  Extension.Hook.Context = null;
  Extension.Hook.IsrRoutine = null;
  const Status = SendDown(IOCTL_INTERNAL_I8042_HOOK_MOUSE, Extension.Hook, sizeof<INTERNAL_I8042_HOOK_MOUSE>());
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  return IoConnectInterrupt(Ref(Extension.Interrupt), PortMouseIsr, Extension, null, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, FALSE, 1, FALSE);
}

/** Afterwards neither service routine nor DPC runs, and neither starts again. */
function PortStop(Extension: PPORT_EXTENSION): void {
  const Interrupt = Extension.Interrupt;
  if (Interrupt !== null) {
    Extension.Interrupt = null;
    IoDisconnectInterrupt(Interrupt);
    KeFlushQueuedDpcs();
  }
}

const PortMouseIsr: KSERVICE_ROUTINE<PPORT_EXTENSION> = (Interrupt, Extension) => {
  let Byte: UCHAR = 0x09;
  let Continue: BOOLEAN = TRUE;
  if (Extension.Hook.IsrRoutine === null || Extension.Hook.IsrRoutine(Extension.Hook.Context, 0, Ref(Byte), Ref(Continue))) {
    KeInsertQueueDpc(Extension.MouseDpc, null, null);
  }
  return TRUE;
};

const PortMouseDpc: KDEFERRED_ROUTINE<PPORT_EXTENSION> = (Dpc, Extension, Argument1, Argument2) => {
  let Packet!: MOUSE_INPUT_DATA;
  let Consumed: ULONG = 0;
  Packet.ButtonFlags = MOUSE_LEFT_BUTTON_DOWN;
  Packet.LastX = 1;
  Packet.LastY = 0;
  if (Extension.ConnectData.ClassService !== null) {
    Extension.ConnectData.ClassService(Extension.ConnectData.ClassDeviceObject, Packet, Ref(Consumed));
  }
};

/** What the class driver does when its device has started. */
export function ConnectClassDriver(): NTSTATUS {
  let ConnectData!: CONNECT_DATA;
  ConnectData.ClassDeviceObject = null;
  ConnectData.ClassService = ClassServiceCallback;
  return SendDown(IOCTL_INTERNAL_MOUSE_CONNECT, ConnectData, sizeof<CONNECT_DATA>());
}

/** What it could ask for, and never does. */
export function DisconnectClassDriver(): NTSTATUS {
  return SendDown(IOCTL_INTERNAL_MOUSE_DISCONNECT, null, 0);
}

const ClassServiceCallback: PSERVICE_CALLBACK_ROUTINE = (DeviceObject, InputData, InputDataConsumed) => {
  LastButtons = InputData.ButtonFlags;
  PacketsSeen++;
  InputDataConsumed.Value = 1;
};

/** How many packets have come through. */
export function Packets(): ULONG {
  return PacketsSeen;
}

/** What the last packet said of the buttons. */
export function Buttons(): USHORT {
  return LastButtons;
}

/** A control request from the top of the stack down, waited for. */
function SendDown(IoControlCode: ULONG, Buffer: PVOID, Length: ULONG): NTSTATUS {
  let Event!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  const Top = IoGetAttachedDeviceReference(PortDevice!);
  const Irp = IoBuildDeviceIoControlRequest(IoControlCode, Top, Buffer, Length, null, 0, TRUE, Event, Iosb);
  if (Irp === null) {
    ObDereferenceObject(Top);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  Iosb.Status = IoCallDriver(Top, Irp);
  if (Iosb.Status === STATUS_PENDING) {
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  }
  ObDereferenceObject(Top);
  return Iosb.Status;
}

function PortComplete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
