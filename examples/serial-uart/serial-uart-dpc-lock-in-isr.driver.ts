/**
 * Broken sibling of serial-uart.driver.ts: the service routine takes the lock of the DPC, so that it needs none of its own.
 *
 * A serial port with its hardware: reads from a 16550 UART. The service routine takes characters out of the chip, its DPC gives them to the read
 * that waits, and that read is finished by whoever is first: the DPC with the last character, the interval timer when no further one comes,
 * the total timer, a cancel, a purge, or the end of the device. Exactly one of them does it: the one that finds the read under the lock and gets
 * its cancel routine back.
 *
 * ControlLock guards the read and what the service routine writes. The line is edge-triggered, so the service routine goes on until the chip says that nothing is pending.
 *
 * Modelled on the logic of the serial driver of the WDK samples (serial/serial: isr.c, read.c, purge.c and utils.c).
 *
 * Expect: lock/deadlock, irql/too-high
 */
import {
  ARRAY, BOOLEAN, CM_RESOURCE_INTERRUPT_LATCHED, CmResourceTypeInterrupt, CmResourceTypePort, CTL_CODE, DO_BUFFERED_IO, DO_DEVICE_INITIALIZING,
  DRIVER_ADD_DEVICE, DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_ANY_ACCESS, FILE_DEVICE_SERIAL_PORT,
  FILE_DEVICE_SECURE_OPEN, IO_DPC_ROUTINE, IO_NO_INCREMENT, IO_SERIAL_INCREMENT, IoAttachDeviceToDeviceStack, IoCallDriver, IoCompleteRequest,
  IoConnectInterrupt, IoCreateDevice, IoDeleteDevice, IoDetachDevice, IoDisconnectInterrupt, IoForwardIrpSynchronously,
  IoGetCurrentIrpStackLocation, IoInitializeDpcRequest, IoMarkIrpPending, IoReleaseCancelSpinLock, IoRequestDpc, IoSetCancelRoutine,
  IoSkipCurrentIrpStackLocation, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_READ,
  IRP_MJ_SYSTEM_CONTROL, IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_QUERY_STOP_DEVICE, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL, KDEFERRED_ROUTINE, KDPC, KeAcquireSpinLock, KeAcquireSpinLockAtDpcLevel, KeCancelTimer, KeFlushQueuedDpcs, KeInitializeDpc,
  KeInitializeSpinLock, KeInitializeTimer, KeReleaseSpinLock, KeReleaseSpinLockFromDpcLevel, KeSetTimer, KINTERRUPT_MODE,
  KIRQL, KSERVICE_ROUTINE, KSPIN_LOCK, KTIMER, LARGE_INTEGER, Latched, LevelSensitive, LONGLONG, METHOD_BUFFERED,
  NT_SUCCESS,
  NTSTATUS, PCM_RESOURCE_LIST, PDEVICE_OBJECT, PFILE_OBJECT, PIRP, PKINTERRUPT, PUCHAR, READ_PORT_UCHAR, Ref, sizeof, STATUS_BUFFER_TOO_SMALL, STATUS_CANCELLED,
  STATUS_DEVICE_BUSY, STATUS_DEVICE_NOT_CONNECTED, STATUS_DEVICE_NOT_READY, STATUS_INVALID_DEVICE_REQUEST,
  STATUS_NO_SUCH_DEVICE, STATUS_PENDING, STATUS_SUCCESS, STATUS_TIMEOUT, TRUE, UCHAR, ULONG, ULONG_PTR, WRITE_PORT_UCHAR,
} from 'irpsight/wdm';

/** Sets SERIAL_TIMEOUTS; none is in force before. */
export const IOCTL_SERIAL_SET_TIMEOUTS = CTL_CODE(FILE_DEVICE_SERIAL_PORT, 7, METHOD_BUFFERED, FILE_ANY_ACCESS);
/** Finishes the read that waits. */
export const IOCTL_SERIAL_PURGE = CTL_CODE(FILE_DEVICE_SERIAL_PORT, 19, METHOD_BUFFERED, FILE_ANY_ACCESS);

// Registers of the chip, and what is used of them.
const RECEIVE_BUFFER: ULONG = 0;
const INTERRUPT_ENABLE: ULONG = 1;
const INTERRUPT_IDENT: ULONG = 2;
const FIFO_CONTROL: ULONG = 2;
const LINE_CONTROL: ULONG = 3;
const MODEM_CONTROL: ULONG = 4;
const LINE_STATUS: ULONG = 5;
const MODEM_STATUS: ULONG = 6;
const SERIAL_IER_RDA: UCHAR = 0x01;
const SERIAL_IER_RLS: UCHAR = 0x04;
const SERIAL_IIR_NO_INTERRUPT_PENDING: UCHAR = 0x01;
const SERIAL_IIR_MASK: UCHAR = 0x0f;
const SERIAL_IIR_RLS: UCHAR = 0x06;
const SERIAL_IIR_RDA: UCHAR = 0x04;
const SERIAL_IIR_CTI: UCHAR = 0x0c;
const SERIAL_IIR_MS: UCHAR = 0x00;
const SERIAL_8_DATA: UCHAR = 0x03;
const SERIAL_MCR_OUT2: UCHAR = 0x08;
const SERIAL_FCR_ENABLE: UCHAR = 0x01;

const RING_SIZE = 4;

/** In milliseconds; 0 for none. */
export interface SERIAL_TIMEOUTS {
  /** Between two characters. */
  ReadIntervalTimeout: ULONG;
  /** From the read's beginning on. */
  ReadTotalTimeoutConstant: ULONG;
}
type PSERIAL_TIMEOUTS = SERIAL_TIMEOUTS;

interface DEVICE_EXTENSION {
  LowerDevice: PDEVICE_OBJECT | null;
  Controller: ULONG_PTR;
  Interrupt: PKINTERRUPT | null;
  ControlLock: KSPIN_LOCK;
  /** Guarded by ControlLock, as is what follows up to the timers. */
  Started: BOOLEAN;
  CurrentReadIrp: PIRP | null;
  /** Characters that the read has got. */
  CharsRead: ULONG;
  Timeouts: SERIAL_TIMEOUTS;
  ReadRequestTotalTimer: KTIMER;
  TotalReadTimeoutDpc: KDPC;
  ReadRequestIntervalTimer: KTIMER;
  IntervalReadTimeoutDpc: KDPC;
  /** Written by the service routine; guarded by ControlLock, too. */
  Ring: ARRAY<UCHAR, 4>;
  RingCount: ULONG;
  /** What SerialTakeChar took. */
  Taken: UCHAR;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_CREATE] = SerialCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = SerialCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = SerialCleanup;
  DriverObject.MajorFunction[IRP_MJ_READ] = SerialRead;
  DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = SerialIoControl;
  DriverObject.MajorFunction[IRP_MJ_PNP] = SerialPnp;
  DriverObject.MajorFunction[IRP_MJ_POWER] = SerialPass;
  DriverObject.MajorFunction[IRP_MJ_SYSTEM_CONTROL] = SerialPass;
  DriverObject.DriverExtension.AddDevice = SerialAddDevice;
  DriverObject.DriverUnload = SerialUnload;
  return STATUS_SUCCESS;
};

const SerialUnload: DRIVER_UNLOAD = (DriverObject) => {
};

const SerialAddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(
    DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_SERIAL_PORT, FILE_DEVICE_SECURE_OPEN, FALSE, Ref(DeviceObject),
  );
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = DeviceObject!.DeviceExtension;
  KeInitializeSpinLock(Extension.ControlLock);
  KeInitializeTimer(Extension.ReadRequestTotalTimer);
  KeInitializeDpc(Extension.TotalReadTimeoutDpc, SerialTotalTimeout, Extension);
  KeInitializeTimer(Extension.ReadRequestIntervalTimer);
  KeInitializeDpc(Extension.IntervalReadTimeoutDpc, SerialIntervalTimeout, Extension);
  IoInitializeDpcRequest(DeviceObject!, SerialDpcForIsr);
  Extension.LowerDevice = IoAttachDeviceToDeviceStack(DeviceObject!, PhysicalDeviceObject);
  if (Extension.LowerDevice === null) {
    IoDeleteDevice(DeviceObject!);
    return STATUS_NO_SUCH_DEVICE;
  }
  DeviceObject!.Flags |= DO_BUFFERED_IO;
  DeviceObject!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

const SerialPass: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.LowerDevice!, Irp);
};

const SerialPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  let Status: NTSTATUS;
  switch (Stack.MinorFunction) {
    case IRP_MN_START_DEVICE:
      Status = STATUS_NO_SUCH_DEVICE;
      if (IoForwardIrpSynchronously(Extension.LowerDevice!, Irp)) {
        Status = Irp.IoStatus.Status;
      }
      if (NT_SUCCESS(Status)) {
        Status = SerialStartDevice(DeviceObject, Stack.Parameters.StartDevice.AllocatedResourcesTranslated);
      }
      return SerialCompleteRequest(Irp, Status, 0);
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
      Irp.IoStatus.Status = STATUS_SUCCESS;
      return SerialPass(DeviceObject, Irp);
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
      SerialStopDevice(Extension);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      return SerialPass(DeviceObject, Irp);
    case IRP_MN_REMOVE_DEVICE:
      SerialStopDevice(Extension);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      Status = SerialPass(DeviceObject, Irp);
      IoDetachDevice(Extension.LowerDevice!);
      IoDeleteDevice(DeviceObject);
      return Status;
    default:
      return SerialPass(DeviceObject, Irp);
  }
};

/** Finds the port and the interrupt in the translated resources, connects, and sets the chip up: in that order. */
function SerialStartDevice(DeviceObject: PDEVICE_OBJECT<DEVICE_EXTENSION>, Resources: PCM_RESOURCE_LIST | null): NTSTATUS {
  const Extension = DeviceObject.DeviceExtension;
  let Vector: ULONG = 0;
  let Irql = 0 as KIRQL;
  let Mode: KINTERRUPT_MODE = LevelSensitive;
  if (Resources === null) {
    return STATUS_DEVICE_NOT_CONNECTED;
  }
  const Partial = Resources.List[0].PartialResourceList;
  for (let Index: ULONG = 0; Index < Partial.Count; Index++) {
    const Descriptor = Partial.PartialDescriptors[Index];
    if (Descriptor.Type === CmResourceTypePort) {
      Extension.Controller = Descriptor.u.Port.Start.QuadPart;
    } else if (Descriptor.Type === CmResourceTypeInterrupt) {
      Vector = Descriptor.u.Interrupt.Vector;
      Irql = Descriptor.u.Interrupt.Level as KIRQL;
      if ((Descriptor.Flags & CM_RESOURCE_INTERRUPT_LATCHED) !== 0) {
        Mode = Latched;
      }
    }
  }
  const Status = IoConnectInterrupt(
    Ref(Extension.Interrupt), SerialIsr, DeviceObject, null, Vector, Irql, Irql, Mode, FALSE, 1, FALSE,
  );
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  SerialOut(Extension, LINE_CONTROL, SERIAL_8_DATA);
  SerialOut(Extension, FIFO_CONTROL, SERIAL_FCR_ENABLE);
  SerialOut(Extension, MODEM_CONTROL, SERIAL_MCR_OUT2);
  SerialOut(Extension, INTERRUPT_ENABLE, SERIAL_IER_RDA | SERIAL_IER_RLS);
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  Extension.Started = TRUE;
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  return STATUS_SUCCESS;
}

/** The other way round: no new read, no interrupt, no DPC, no timer, no read. */
function SerialStopDevice(Extension: PDEVICE_EXTENSION): void {
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  const WasStarted = Extension.Started;
  Extension.Started = FALSE;
  const Read = SerialTakeCurrent(Extension, null);
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  if (Read !== null) {
    SerialCompleteRequest(Read, STATUS_NO_SUCH_DEVICE, 0);
  }
  if (!WasStarted) {
    return;
  }
  SerialOut(Extension, INTERRUPT_ENABLE, 0);
  IoDisconnectInterrupt(Extension.Interrupt!);
  Extension.Interrupt = null;
  KeFlushQueuedDpcs();
}

const SerialCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return SerialCompleteRequest(Irp, STATUS_SUCCESS, 0);
};

const SerialRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let TotalTime!: LARGE_INTEGER;
  if (IoGetCurrentIrpStackLocation(Irp).Parameters.Read.Length === 0) {
    return SerialCompleteRequest(Irp, STATUS_SUCCESS, 0);
  }
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  if (!Extension.Started || Extension.CurrentReadIrp !== null) {
    const Status = Extension.Started ? STATUS_DEVICE_BUSY : STATUS_DEVICE_NOT_READY;
    KeReleaseSpinLock(Extension.ControlLock, OldIrql);
    return SerialCompleteRequest(Irp, Status, 0);
  }
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, SerialCancelRead);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    KeReleaseSpinLock(Extension.ControlLock, OldIrql);
    SerialCompleteRequest(Irp, STATUS_CANCELLED, 0);
    return STATUS_PENDING;
  }
  Extension.CurrentReadIrp = Irp;
  Extension.CharsRead = 0;
  if (Extension.Timeouts.ReadTotalTimeoutConstant !== 0) {
    TotalTime.QuadPart = -10000 * (Extension.Timeouts.ReadTotalTimeoutConstant as LONGLONG);
    KeSetTimer(Extension.ReadRequestTotalTimer, TotalTime, Extension.TotalReadTimeoutDpc);
  }
  // What came while no read waited.
  const Read = SerialFeedRead(Extension);
  const Chars = Extension.CharsRead;
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  if (Read !== null) {
    SerialCompleteRequest(Read, STATUS_SUCCESS, Chars);
  }
  return STATUS_PENDING;
};

const SerialIoControl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Parameters = IoGetCurrentIrpStackLocation(Irp).Parameters.DeviceIoControl;
  switch (Parameters.IoControlCode) {
    case IOCTL_SERIAL_SET_TIMEOUTS:
      if (Parameters.InputBufferLength < sizeof<SERIAL_TIMEOUTS>()) {
        return SerialCompleteRequest(Irp, STATUS_BUFFER_TOO_SMALL, 0);
      }
      SerialSetTimeouts(DeviceObject.DeviceExtension, Irp.AssociatedIrp.SystemBuffer as PSERIAL_TIMEOUTS);
      return SerialCompleteRequest(Irp, STATUS_SUCCESS, 0);
    case IOCTL_SERIAL_PURGE:
      SerialPurge(DeviceObject.DeviceExtension, null);
      return SerialCompleteRequest(Irp, STATUS_SUCCESS, 0);
    default:
      return SerialCompleteRequest(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
  }
};

function SerialSetTimeouts(Extension: PDEVICE_EXTENSION, Timeouts: PSERIAL_TIMEOUTS): void {
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  Extension.Timeouts = Timeouts;
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
}

/** Cancels the read that waits, if it is that file's; null for anybody's. */
function SerialPurge(Extension: PDEVICE_EXTENSION, FileObject: PFILE_OBJECT | null): void {
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  const Read = SerialTakeCurrent(Extension, FileObject);
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  if (Read !== null) {
    SerialCompleteRequest(Read, STATUS_CANCELLED, 0);
  }
}

const SerialCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  SerialPurge(DeviceObject.DeviceExtension, IoGetCurrentIrpStackLocation(Irp).FileObject);
  return SerialCompleteRequest(Irp, STATUS_SUCCESS, 0);
};

const SerialCancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const OldIrql = KeAcquireSpinLock(Extension.ControlLock);
  if (Extension.CurrentReadIrp === Irp) {
    Extension.CurrentReadIrp = null;
    SerialStopTimers(Extension);
  }
  KeReleaseSpinLock(Extension.ControlLock, OldIrql);
  SerialCompleteRequest(Irp, STATUS_CANCELLED, 0);
};

/** Goes on until the chip has nothing more: with an edge-triggered line there is no second interrupt for what is left. */
const SerialIsr: KSERVICE_ROUTINE<PDEVICE_OBJECT<DEVICE_EXTENSION>> = (Interrupt, DeviceObject) => {
  const Extension = DeviceObject.DeviceExtension;
  let Serviced: BOOLEAN = FALSE;
  let Ident = SerialIn(Extension, INTERRUPT_IDENT);
  // Of a chip that was pulled out every bit is one, that of nothing pending too.
  while ((Ident & SERIAL_IIR_NO_INTERRUPT_PENDING) === 0) {
    Serviced = TRUE;
    switch (Ident & SERIAL_IIR_MASK) {
      case SERIAL_IIR_RLS:
        SerialIn(Extension, LINE_STATUS);
        break;
      case SERIAL_IIR_RDA:
      case SERIAL_IIR_CTI:
        SerialPutChar(Extension, SerialIn(Extension, RECEIVE_BUFFER));
        break;
      case SERIAL_IIR_MS:
        SerialIn(Extension, MODEM_STATUS);
        break;
    }
    Ident = SerialIn(Extension, INTERRUPT_IDENT);
  }
  if (Serviced) {
    IoRequestDpc(DeviceObject, null, null);
  }
  return Serviced;
};

/** In the service routine: a character for which there is no room is lost. */
function SerialPutChar(Extension: PDEVICE_EXTENSION, Character: UCHAR): void {
  // Broken: whoever holds the lock at DISPATCH_LEVEL on this processor cannot go on before this returns.
  KeAcquireSpinLockAtDpcLevel(Extension.ControlLock); // <-- lock/deadlock
  if (Extension.RingCount < RING_SIZE) {
    Extension.Ring[Extension.RingCount] = Character;
    Extension.RingCount++;
  }
  KeReleaseSpinLockFromDpcLevel(Extension.ControlLock); // <-- irql/too-high
}

const SerialDpcForIsr: IO_DPC_ROUTINE<DEVICE_EXTENSION> = (Dpc, DeviceObject, Irp, Context) => {
  const Extension = DeviceObject.DeviceExtension;
  KeAcquireSpinLockAtDpcLevel(Extension.ControlLock);
  const Read = Extension.Started ? SerialFeedRead(Extension) : null;
  const Chars = Extension.CharsRead;
  KeReleaseSpinLockFromDpcLevel(Extension.ControlLock);
  if (Read !== null) {
    SerialCompleteRequest(Read, STATUS_SUCCESS, Chars);
  }
};

/** Under the lock: takes the oldest character that the service routine has left. */
function SerialTakeChar(Extension: PDEVICE_EXTENSION): BOOLEAN {
  if (Extension.RingCount === 0) {
    return FALSE;
  }
  Extension.Taken = Extension.Ring[0];
  Extension.RingCount--;
  for (let Index: ULONG = 0; Index < Extension.RingCount; Index++) {
    Extension.Ring[Index] = Extension.Ring[Index + 1];
  }
  return TRUE;
}

/** Under the lock: gives the read that waits what there is. The read is returned when it has got all it wants; the caller completes it. */
function SerialFeedRead(Extension: PDEVICE_EXTENSION): PIRP | null {
  const Irp = Extension.CurrentReadIrp;
  let IntervalTime!: LARGE_INTEGER;
  if (Irp === null) {
    return null;
  }
  const Buffer = Irp.AssociatedIrp.SystemBuffer as PREAD_BUFFER;
  const Length = IoGetCurrentIrpStackLocation(Irp).Parameters.Read.Length;
  let Fed: BOOLEAN = FALSE;
  while (Extension.CharsRead < Length && SerialTakeChar(Extension)) {
    Buffer[Extension.CharsRead] = Extension.Taken;
    Extension.CharsRead++;
    Fed = TRUE;
  }
  if (Extension.CharsRead === Length) {
    return SerialTakeCurrent(Extension, null);
  }
  if (Fed && Extension.Timeouts.ReadIntervalTimeout !== 0) {
    // Each character gives the next one that much time.
    IntervalTime.QuadPart = -10000 * (Extension.Timeouts.ReadIntervalTimeout as LONGLONG);
    KeSetTimer(Extension.ReadRequestIntervalTimer, IntervalTime, Extension.IntervalReadTimeoutDpc);
  }
  return null;
}
type READ_BUFFER = ARRAY<UCHAR, 256>;
type PREAD_BUFFER = READ_BUFFER;

const SerialTotalTimeout: KDEFERRED_ROUTINE<PDEVICE_EXTENSION> = (Dpc, Extension, SystemContext1, SystemContext2) => {
  SerialTimeout(Extension, STATUS_TIMEOUT);
};

const SerialIntervalTimeout: KDEFERRED_ROUTINE<PDEVICE_EXTENSION> = (Dpc, Extension, SystemContext1, SystemContext2) => {
  SerialTimeout(Extension, STATUS_SUCCESS);
};

function SerialTimeout(Extension: PDEVICE_EXTENSION, Status: NTSTATUS): void {
  KeAcquireSpinLockAtDpcLevel(Extension.ControlLock);
  const Chars = Extension.CharsRead;
  const Read = SerialTakeCurrent(Extension, null);
  KeReleaseSpinLockFromDpcLevel(Extension.ControlLock);
  if (Read !== null) {
    SerialCompleteRequest(Read, Status, Chars);
  }
}

/** Under the lock: the read that waits, if it is that file's (null: anybody's) and its cancel routine does not have it. The caller completes it. */
function SerialTakeCurrent(Extension: PDEVICE_EXTENSION, FileObject: PFILE_OBJECT | null): PIRP | null {
  const Irp = Extension.CurrentReadIrp;
  if (Irp === null) {
    return null;
  }
  if (FileObject !== null && IoGetCurrentIrpStackLocation(Irp).FileObject !== FileObject) {
    return null;
  }
  if (IoSetCancelRoutine(Irp, null) === null) {
    // Its cancel routine waits for the lock.
    return null;
  }
  Extension.CurrentReadIrp = null;
  SerialStopTimers(Extension);
  return Irp;
}

function SerialStopTimers(Extension: PDEVICE_EXTENSION): void {
  KeCancelTimer(Extension.ReadRequestTotalTimer);
  KeCancelTimer(Extension.ReadRequestIntervalTimer);
}

function SerialIn(Extension: PDEVICE_EXTENSION, Register: ULONG): UCHAR {
  return READ_PORT_UCHAR((Extension.Controller + Register) as PUCHAR);
}

function SerialOut(Extension: PDEVICE_EXTENSION, Register: ULONG, Value: UCHAR): void {
  WRITE_PORT_UCHAR((Extension.Controller + Register) as PUCHAR, Value);
}

function SerialCompleteRequest(Irp: PIRP, Status: NTSTATUS, Information: ULONG): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = Information;
  IoCompleteRequest(Irp, Information !== 0 ? IO_SERIAL_INCREMENT : IO_NO_INCREMENT);
  return Status;
}
