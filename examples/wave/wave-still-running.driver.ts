/**
 * Broken sibling of wave.driver.ts: nobody stops the device, which goes on reading the buffer when that is freed.
 *
 * A wave device that plays what is written: one write at a time, queued by the I/O manager for StartIo. A write is copied into a buffer that the
 * device reads from memory by itself; the DPC for the interrupt behind it completes the write and starts the next one. A write can be
 * cancelled while it is queued; one that plays ends by itself.
 *
 * The registers are mapped, and reached by READ_REGISTER_ULONG and WRITE_REGISTER_ULONG only. The buffer is freed when the device cannot read it any
 * more.
 *
 * The device is src/devices/wave.ts. Modelled on the rules of the WDK for StartIo and for devices that are bus masters.
 *
 * Expect: memory/use-after-free
 */
import {
  ARRAY, BOOLEAN, CmResourceTypeInterrupt, CmResourceTypeMemory, DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DRIVER_ADD_DEVICE, DRIVER_CANCEL,
  DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_STARTIO, DRIVER_UNLOAD, FALSE, FILE_DEVICE_SECURE_OPEN, FILE_DEVICE_UNKNOWN, IO_DPC_ROUTINE,
  IO_NO_INCREMENT, IO_SOUND_INCREMENT, IoAcquireCancelSpinLock, IoAttachDeviceToDeviceStack, IoCallDriver, IoCompleteRequest, IoConnectInterrupt,
  IoCreateDevice, IoDeleteDevice, IoDetachDevice, IoDisconnectInterrupt, IoForwardIrpSynchronously, IoGetCurrentIrpStackLocation,
  IoInitializeDpcRequest, IoMarkIrpPending, IoReleaseCancelSpinLock, IoRequestDpc, IoSetCancelRoutine, IoSkipCurrentIrpStackLocation,
  IoStartNextPacket, IoStartPacket, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_SYSTEM_CONTROL, IRP_MJ_WRITE,
  IRP_MN_QUERY_STOP_DEVICE, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_SURPRISE_REMOVAL, KeFlushQueuedDpcs, KeLowerIrql,
  KeRaiseIrqlToDpcLevel, KeRemoveEntryDeviceQueue, KeSynchronizeExecution, KIRQL, KSERVICE_ROUTINE, KSYNCHRONIZE_ROUTINE, LevelSensitive,
  MmAllocateContiguousMemory, MmFreeContiguousMemory, MmGetPhysicalAddress, MmMapIoSpace, MmNonCached, MmUnmapIoSpace, NT_SUCCESS, NTSTATUS,
  PCM_RESOURCE_LIST, PDEVICE_OBJECT, PHYSICAL_ADDRESS, PIRP, PKINTERRUPT, READ_REGISTER_ULONG, Ref, RtlCopyMemory, sizeof, STATUS_CANCELLED,
  STATUS_DEVICE_NOT_CONNECTED, STATUS_DEVICE_REMOVED, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER, STATUS_IO_DEVICE_ERROR,
  STATUS_NO_SUCH_DEVICE, STATUS_PENDING, STATUS_SUCCESS, STATUS_UNSUCCESSFUL, TRUE, UCHAR, ULONG, WRITE_REGISTER_ULONG,
} from 'irpsight/wdm';

interface WAVE_REGISTERS { Control: ULONG; Status: ULONG; Address: ULONG; Size: ULONG; Period: ULONG; Position: ULONG; Id: ULONG }
type PWAVE_REGISTERS = WAVE_REGISTERS;
const CONTROL_RUN: ULONG = 0x01;
const CONTROL_INTERRUPT_ENABLE: ULONG = 0x02;
const STATUS_MASK: ULONG = 0x07;
const STATUS_BUS_ERROR: ULONG = 0x04;

type WAVE_BUFFER = ARRAY<UCHAR, 4>;
type PWAVE_BUFFER = WAVE_BUFFER;

interface DEVICE_EXTENSION {
  LowerDevice: PDEVICE_OBJECT | null;
  Registers: PWAVE_REGISTERS | null;
  Buffer: PWAVE_BUFFER | null;
  Interrupt: PKINTERRUPT | null;
  /** A write plays, and the device has not interrupted yet; under the interrupt's lock, as is what follows. */
  Playing: BOOLEAN;
  /** The device was pulled out: it will not interrupt any more. */
  Gone: BOOLEAN;
  /** What the device said of the write that has played. */
  DeviceStatus: ULONG;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_CREATE] = WaveCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = WaveCreateClose;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = WaveWrite;
  DriverObject.MajorFunction[IRP_MJ_PNP] = WavePnp;
  DriverObject.MajorFunction[IRP_MJ_POWER] = WavePass;
  DriverObject.MajorFunction[IRP_MJ_SYSTEM_CONTROL] = WavePass;
  DriverObject.DriverStartIo = WaveStartIo;
  DriverObject.DriverExtension.AddDevice = WaveAddDevice;
  DriverObject.DriverUnload = WaveUnload;
  return STATUS_SUCCESS;
};

const WaveUnload: DRIVER_UNLOAD = (DriverObject) => {
};

const WaveAddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(
    DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, Ref(Device),
  );
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  IoInitializeDpcRequest(Device!, WaveDpcForIsr);
  Device!.DeviceExtension.LowerDevice = IoAttachDeviceToDeviceStack(Device!, PhysicalDeviceObject);
  if (Device!.DeviceExtension.LowerDevice === null) {
    IoDeleteDevice(Device!);
    return STATUS_NO_SUCH_DEVICE;
  }
  Device!.Flags |= DO_BUFFERED_IO;
  Device!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

const WavePass: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.LowerDevice!, Irp);
};

const WavePnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  let Status!: NTSTATUS;
  switch (Stack.MinorFunction) {
    case IRP_MN_START_DEVICE:
      IoForwardIrpSynchronously(Extension.LowerDevice!, Irp);
      Status = Irp.IoStatus.Status;
      if (NT_SUCCESS(Status)) {
        Status = WaveStart(DeviceObject, Stack.Parameters.StartDevice.AllocatedResourcesTranslated);
      }
      return WaveComplete(Irp, Status, 0);
    case IRP_MN_QUERY_STOP_DEVICE:
      // Its resources cannot be moved while something plays.
      return WaveComplete(Irp, STATUS_UNSUCCESSFUL, 0);
    case IRP_MN_SURPRISE_REMOVAL:
      WaveAbandon(DeviceObject);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      return WavePass(DeviceObject, Irp);
    case IRP_MN_REMOVE_DEVICE:
      WaveRelease(Extension);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      Status = WavePass(DeviceObject, Irp);
      IoDetachDevice(Extension.LowerDevice!);
      IoDeleteDevice(DeviceObject);
      return Status;
    default:
      return WavePass(DeviceObject, Irp);
  }
};

/** Maps the registers, makes the buffer, connects, and tells the device where the buffer is: in that order. */
function WaveStart(DeviceObject: PDEVICE_OBJECT<DEVICE_EXTENSION>, Resources: PCM_RESOURCE_LIST | null): NTSTATUS {
  const Extension = DeviceObject.DeviceExtension;
  let Highest!: PHYSICAL_ADDRESS;
  let Vector: ULONG = 0;
  let Irql = 0 as KIRQL;
  if (Resources === null) {
    return STATUS_DEVICE_NOT_CONNECTED;
  }
  const Partial = Resources.List[0].PartialResourceList;
  for (let Index: ULONG = 0; Index < Partial.Count; Index++) {
    const Descriptor = Partial.PartialDescriptors[Index];
    if (Descriptor.Type === CmResourceTypeMemory) {
      Extension.Registers = MmMapIoSpace(Descriptor.u.Memory.Start, sizeof<WAVE_REGISTERS>(), MmNonCached);
    } else if (Descriptor.Type === CmResourceTypeInterrupt) {
      Vector = Descriptor.u.Interrupt.Vector;
      Irql = Descriptor.u.Interrupt.Level as KIRQL;
    }
  }
  // The device has 32 address lines.
  Highest.QuadPart = 0xffffffff;
  Extension.Buffer = MmAllocateContiguousMemory(sizeof<WAVE_BUFFER>(), Highest);
  if (Extension.Registers === null || Extension.Buffer === null) {
    WaveRelease(Extension);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  const Status = IoConnectInterrupt(
    Ref(Extension.Interrupt), WaveIsr, DeviceObject, null, Vector, Irql, Irql, LevelSensitive, TRUE, 1, FALSE,
  );
  if (!NT_SUCCESS(Status)) {
    WaveRelease(Extension);
    return Status;
  }
  WRITE_REGISTER_ULONG(Ref(Extension.Registers!.Address), MmGetPhysicalAddress(Extension.Buffer!) as ULONG);
  WRITE_REGISTER_ULONG(Ref(Extension.Registers!.Size), sizeof<WAVE_BUFFER>());
  WRITE_REGISTER_ULONG(Ref(Extension.Registers!.Period), sizeof<WAVE_BUFFER>());
  return STATUS_SUCCESS;
}

/** What WaveStart has made, the other way round. */
function WaveRelease(Extension: PDEVICE_EXTENSION): void {
  if (Extension.Interrupt !== null) {
    IoDisconnectInterrupt(Extension.Interrupt);
    Extension.Interrupt = null;
    KeFlushQueuedDpcs();
  }
  if (Extension.Buffer !== null) {
    MmFreeContiguousMemory(Extension.Buffer); // <-- memory/use-after-free
    Extension.Buffer = null;
  }
  if (Extension.Registers !== null) {
    MmUnmapIoSpace(Extension.Registers, sizeof<WAVE_REGISTERS>());
    Extension.Registers = null;
  }
}

const WaveCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return WaveComplete(Irp, STATUS_SUCCESS, 0);
};

const WaveWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Length = IoGetCurrentIrpStackLocation(Irp).Parameters.Write.Length;
  if (Length === 0 || Length > sizeof<WAVE_BUFFER>()) {
    return WaveComplete(Irp, STATUS_INVALID_PARAMETER, 0);
  }
  IoMarkIrpPending(Irp);
  IoStartPacket(DeviceObject, Irp, null, WaveCancel);
  return STATUS_PENDING;
};

/** At DISPATCH_LEVEL, for one write at a time; but it may have been cancelled since it was made the current one. */
const WaveStartIo: DRIVER_STARTIO<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const CancelIrql = IoAcquireCancelSpinLock();
  if (Irp !== DeviceObject.CurrentIrp || IoSetCancelRoutine(Irp, null) === null) {
    // Its cancel routine has it, and starts the next one.
    IoReleaseCancelSpinLock(CancelIrql);
    return;
  }
  IoReleaseCancelSpinLock(CancelIrql);
  RtlCopyMemory(Extension.Buffer!, Irp.AssociatedIrp.SystemBuffer, IoGetCurrentIrpStackLocation(Irp).Parameters.Write.Length);
  if (!KeSynchronizeExecution(Extension.Interrupt!, WavePlay, Extension)) {
    WaveFinishCurrent(DeviceObject, STATUS_NO_SUCH_DEVICE, 0);
  }
};

/** With the interrupt's lock. FALSE: there is no device any more. */
const WavePlay: KSYNCHRONIZE_ROUTINE<PDEVICE_EXTENSION> = (Extension) => {
  if (Extension.Gone) {
    return FALSE;
  }
  Extension.Playing = TRUE;
  WRITE_REGISTER_ULONG(Ref(Extension.Registers!.Control), CONTROL_RUN | CONTROL_INTERRUPT_ENABLE);
  return TRUE;
};

/** Takes the interrupt back, or the device would interrupt again. Broken: it plays the buffer again, too, until it is stopped. */
const WaveIsr: KSERVICE_ROUTINE<PDEVICE_OBJECT<DEVICE_EXTENSION>> = (Interrupt, DeviceObject) => {
  const Extension = DeviceObject.DeviceExtension;
  const Status = READ_REGISTER_ULONG(Ref(Extension.Registers!.Status)) & STATUS_MASK;
  if (Extension.Gone || Status === 0) {
    return FALSE;
  }
  WRITE_REGISTER_ULONG(Ref(Extension.Registers!.Status), STATUS_MASK);
  if (Extension.Playing) {
    Extension.Playing = FALSE;
    Extension.DeviceStatus = Status;
    IoRequestDpc(DeviceObject, null, null);
  }
  return TRUE;
};

const WaveDpcForIsr: IO_DPC_ROUTINE<DEVICE_EXTENSION> = (Dpc, DeviceObject, Irp, Context) => {
  const Extension = DeviceObject.DeviceExtension;
  const Length = IoGetCurrentIrpStackLocation(DeviceObject.CurrentIrp!).Parameters.Write.Length;
  const Failed = (Extension.DeviceStatus & STATUS_BUS_ERROR) !== 0;
  WaveFinishCurrent(DeviceObject, Failed ? STATUS_IO_DEVICE_ERROR : STATUS_SUCCESS, Failed ? 0 : Length);
};

/** At DISPATCH_LEVEL, by whoever ended the write that plays. */
function WaveFinishCurrent(DeviceObject: PDEVICE_OBJECT<DEVICE_EXTENSION>, Status: NTSTATUS, Information: ULONG): void {
  const Irp = DeviceObject.CurrentIrp!;
  IoStartNextPacket(DeviceObject, TRUE);
  WaveComplete(Irp, Status, Information);
}

/** With the cancel spin lock held, under which neither queue nor CurrentIrp changes. */
const WaveCancel: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  if (DeviceObject.CurrentIrp === Irp) {
    IoReleaseCancelSpinLock(Irp.CancelIrql);
    const OldIrql = KeRaiseIrqlToDpcLevel();
    IoStartNextPacket(DeviceObject, TRUE);
    KeLowerIrql(OldIrql);
  } else {
    KeRemoveEntryDeviceQueue(DeviceObject.DeviceQueue, Irp.Tail.Overlay.DeviceQueueEntry);
    IoReleaseCancelSpinLock(Irp.CancelIrql);
  }
  WaveComplete(Irp, STATUS_CANCELLED, 0);
};

/** The device is gone: ends the write that it will not end any more. Those that are queued end as they are started. */
function WaveAbandon(DeviceObject: PDEVICE_OBJECT<DEVICE_EXTENSION>): void {
  const Extension = DeviceObject.DeviceExtension;
  if (Extension.Interrupt === null) {
    return;
  }
  if (KeSynchronizeExecution(Extension.Interrupt, WaveTakeDown, Extension)) {
    const OldIrql = KeRaiseIrqlToDpcLevel();
    WaveFinishCurrent(DeviceObject, STATUS_DEVICE_REMOVED, 0);
    KeLowerIrql(OldIrql);
  }
}

/** With the interrupt's lock. TRUE: the caller has to end the write that played. */
const WaveTakeDown: KSYNCHRONIZE_ROUTINE<PDEVICE_EXTENSION> = (Extension) => {
  const Playing = Extension.Playing;
  Extension.Playing = FALSE;
  Extension.Gone = TRUE;
  return Playing;
};

function WaveComplete(Irp: PIRP, Status: NTSTATUS, Information: ULONG): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = Information;
  IoCompleteRequest(Irp, Information !== 0 ? IO_SOUND_INCREMENT : IO_NO_INCREMENT);
  return Status;
}
