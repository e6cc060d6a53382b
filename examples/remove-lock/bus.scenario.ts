/** A driver below that does as little as a driver can: passes everything down, and goes when its device goes. */
import {
  DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DO_POWER_PAGABLE, DRIVER_ADD_DEVICE, DRIVER_DISPATCH, DRIVER_INITIALIZE, FALSE,
  FILE_DEVICE_UNKNOWN, IoAttachDeviceToDeviceStack, IoCallDriver, IoCreateDevice, IoDeleteDevice, IoDetachDevice,
  IoGetCurrentIrpStackLocation, IoSkipCurrentIrpStackLocation, IRP_MJ_MAXIMUM_FUNCTION, IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE, LONG,
  NT_SUCCESS, PDEVICE_OBJECT, Ref, sizeof, STATUS_SUCCESS,
} from 'irpsight/wdm';

interface BUS_EXTENSION {
  LowerDevice: PDEVICE_OBJECT | null;
}

export const BusDriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  for (let Index: LONG = 0; Index <= IRP_MJ_MAXIMUM_FUNCTION; Index++) {
    DriverObject.MajorFunction[Index] = BusPassDown;
  }
  DriverObject.MajorFunction[IRP_MJ_PNP] = BusPnp;
  DriverObject.DriverExtension.AddDevice = BusAddDevice;
  return STATUS_SUCCESS;
};

const BusAddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<BUS_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<BUS_EXTENSION>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Device!.DeviceExtension.LowerDevice = IoAttachDeviceToDeviceStack(Device!, PhysicalDeviceObject);
  Device!.Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
  Device!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

const BusPassDown: DRIVER_DISPATCH<BUS_EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.LowerDevice!, Irp);
};

const BusPnp: DRIVER_DISPATCH<BUS_EXTENSION> = (DeviceObject, Irp) => {
  const LowerDevice = DeviceObject.DeviceExtension.LowerDevice!;
  const Minor = IoGetCurrentIrpStackLocation(Irp).MinorFunction;
  IoSkipCurrentIrpStackLocation(Irp);
  const Status = IoCallDriver(LowerDevice, Irp);
  if (Minor === IRP_MN_REMOVE_DEVICE) {
    IoDetachDevice(LowerDevice);
    IoDeleteDevice(DeviceObject);
  }
  return Status;
};
