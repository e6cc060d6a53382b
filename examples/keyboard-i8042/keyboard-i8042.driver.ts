/**
 * A keyboard with its hardware: reads of key strokes from an i8042 controller. A read waits until a key is pressed, which may be never: so it can be
 * cancelled, and is when the process that reads exits. The service routine takes the scan code from the controller, its DPC gives it to the oldest
 * read.
 *
 * Modelled on the logic of the keyboard drivers of the WDK samples (input/pnpi8042: isrdpc.c and kbddep.c; input/kbdclass for the queue).
 *
 * Expect: verified
 */
import {
  ARRAY, BOOLEAN, CmResourceTypeInterrupt, CmResourceTypePort, CONTAINING_RECORD, DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DRIVER_ADD_DEVICE,
  DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_DEVICE_KEYBOARD, FILE_DEVICE_SECURE_OPEN, InitializeListHead,
  InsertTailList, IO_DPC_ROUTINE, IO_KEYBOARD_INCREMENT, IO_NO_INCREMENT, IoAttachDeviceToDeviceStack, IoCallDriver, IoCompleteRequest,
  IoConnectInterrupt, IoCreateDevice, IoDeleteDevice, IoDetachDevice, IoDisconnectInterrupt, IoForwardIrpSynchronously,
  IoGetCurrentIrpStackLocation, IoInitializeDpcRequest, IoMarkIrpPending, IoReleaseCancelSpinLock, IoRequestDpc, IoSetCancelRoutine,
  IoSkipCurrentIrpStackLocation, IRP, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_READ, IRP_MJ_SYSTEM_CONTROL,
  IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_QUERY_STOP_DEVICE, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_STOP_DEVICE, IRP_MN_SURPRISE_REMOVAL,
  KeAcquireSpinLock, KeAcquireSpinLockAtDpcLevel, KeFlushQueuedDpcs, KeInitializeSpinLock, KeReleaseSpinLock, KeReleaseSpinLockFromDpcLevel,
  KeStallExecutionProcessor, KeSynchronizeExecution, KIRQL, KSERVICE_ROUTINE, KSPIN_LOCK, KSYNCHRONIZE_ROUTINE, Latched, LIST_ENTRY, NT_SUCCESS,
  NTSTATUS, PCM_RESOURCE_LIST, PDEVICE_OBJECT, PFILE_OBJECT, PIRP, PKINTERRUPT, PUCHAR, READ_PORT_UCHAR, Ref, RemoveEntryList, sizeof,
  STATUS_BUFFER_TOO_SMALL, STATUS_CANCELLED, STATUS_DEVICE_NOT_CONNECTED, STATUS_DEVICE_NOT_READY, STATUS_IO_TIMEOUT, STATUS_NO_SUCH_DEVICE,
  STATUS_PENDING, STATUS_SUCCESS, TRUE, UCHAR, ULONG, ULONG_PTR, USHORT, WRITE_PORT_UCHAR,
} from 'irpsight/wdm';

const OUTPUT_BUFFER_FULL: UCHAR = 0x01;
const INPUT_BUFFER_FULL: UCHAR = 0x02;
const MOUSE_OUTPUT_BUFFER_FULL: UCHAR = 0x20;
const TIMEOUT_OR_PARITY: UCHAR = 0xc0;
const I8042_WRITE_CONTROLLER_COMMAND_BYTE: UCHAR = 0x60;
const I8042_DISABLE_MOUSE_DEVICE: UCHAR = 0xa7;
/** Keyboard interrupt, system flag, mouse disabled, translation. */
const COMMAND_BYTE: UCHAR = 0x65;
const POLLING_ITERATIONS: ULONG = 2;
const KEY_BREAK: USHORT = 1;
const RING_SIZE = 2;

/** A key stroke, as a read gets it. */
interface KEYBOARD_INPUT_DATA { UnitId: USHORT; MakeCode: USHORT; Flags: USHORT; Reserved: USHORT; ExtraInformation: ULONG }
type PKEYBOARD_INPUT_DATA = KEYBOARD_INPUT_DATA;

interface DEVICE_EXTENSION {
  LowerDevice: PDEVICE_OBJECT | null;
  DataPort: ULONG_PTR;
  CommandPort: ULONG_PTR;
  Interrupt: PKINTERRUPT | null;
  /** Guards ReadQueue and Started. */
  QueueLock: KSPIN_LOCK;
  ReadQueue: LIST_ENTRY;
  Started: BOOLEAN;
  /** Scan codes from the service routine; guarded by the interrupt's lock. */
  Ring: ARRAY<UCHAR, 2>;
  RingCount: ULONG;
  /** What KeyboardTakeCode took. */
  Taken: UCHAR;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_CREATE] = KeyboardCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = KeyboardCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = KeyboardCleanup;
  DriverObject.MajorFunction[IRP_MJ_READ] = KeyboardRead;
  DriverObject.MajorFunction[IRP_MJ_PNP] = KeyboardPnp;
  DriverObject.MajorFunction[IRP_MJ_POWER] = KeyboardPass;
  DriverObject.MajorFunction[IRP_MJ_SYSTEM_CONTROL] = KeyboardPass;
  DriverObject.DriverExtension.AddDevice = KeyboardAddDevice;
  DriverObject.DriverUnload = KeyboardUnload;
  return STATUS_SUCCESS;
};

const KeyboardUnload: DRIVER_UNLOAD = (DriverObject) => {
};

const KeyboardAddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(
    DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_KEYBOARD, FILE_DEVICE_SECURE_OPEN, FALSE, Ref(DeviceObject),
  );
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = DeviceObject!.DeviceExtension;
  KeInitializeSpinLock(Extension.QueueLock);
  InitializeListHead(Extension.ReadQueue);
  IoInitializeDpcRequest(DeviceObject!, KeyboardDpc);
  Extension.LowerDevice = IoAttachDeviceToDeviceStack(DeviceObject!, PhysicalDeviceObject);
  if (Extension.LowerDevice === null) {
    IoDeleteDevice(DeviceObject!);
    return STATUS_NO_SUCH_DEVICE;
  }
  DeviceObject!.Flags |= DO_BUFFERED_IO;
  DeviceObject!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

const KeyboardPass: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.LowerDevice!, Irp);
};

const KeyboardPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
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
        Status = KeyboardStart(DeviceObject, Stack.Parameters.StartDevice.AllocatedResourcesTranslated);
      }
      return KeyboardComplete(Irp, Status, 0);
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
      Irp.IoStatus.Status = STATUS_SUCCESS;
      return KeyboardPass(DeviceObject, Irp);
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
      KeyboardStop(Extension);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      return KeyboardPass(DeviceObject, Irp);
    case IRP_MN_REMOVE_DEVICE:
      KeyboardStop(Extension);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      Status = KeyboardPass(DeviceObject, Irp);
      IoDetachDevice(Extension.LowerDevice!);
      IoDeleteDevice(DeviceObject);
      return Status;
    default:
      return KeyboardPass(DeviceObject, Irp);
  }
};

/** The first port is the data port, the second the command port; the first interrupt is the keyboard's. */
function KeyboardStart(DeviceObject: PDEVICE_OBJECT<DEVICE_EXTENSION>, Resources: PCM_RESOURCE_LIST | null): NTSTATUS {
  const Extension = DeviceObject.DeviceExtension;
  let Vector: ULONG = 0;
  let Irql = 0 as KIRQL;
  if (Resources === null) {
    return STATUS_DEVICE_NOT_CONNECTED;
  }
  Extension.DataPort = 0;
  const Partial = Resources.List[0].PartialResourceList;
  for (let Index: ULONG = 0; Index < Partial.Count; Index++) {
    const Descriptor = Partial.PartialDescriptors[Index];
    if (Descriptor.Type === CmResourceTypePort) {
      if (Extension.DataPort === 0) {
        Extension.DataPort = Descriptor.u.Port.Start.QuadPart;
      } else {
        Extension.CommandPort = Descriptor.u.Port.Start.QuadPart;
      }
    } else if (Descriptor.Type === CmResourceTypeInterrupt && Vector === 0) {
      Vector = Descriptor.u.Interrupt.Vector;
      Irql = Descriptor.u.Interrupt.Level as KIRQL;
    }
  }
  let Status = IoConnectInterrupt(Ref(Extension.Interrupt), KeyboardIsr, DeviceObject, null, Vector, Irql, Irql, Latched, FALSE, 1, FALSE);
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Status = KeyboardWrite(Extension, Extension.CommandPort, I8042_DISABLE_MOUSE_DEVICE);
  if (NT_SUCCESS(Status)) {
    Status = KeyboardWrite(Extension, Extension.CommandPort, I8042_WRITE_CONTROLLER_COMMAND_BYTE);
  }
  if (NT_SUCCESS(Status)) {
    Status = KeyboardWrite(Extension, Extension.DataPort, COMMAND_BYTE);
  }
  if (!NT_SUCCESS(Status)) {
    KeyboardDisconnect(Extension);
    return Status;
  }
  const OldIrql = KeAcquireSpinLock(Extension.QueueLock);
  Extension.Started = TRUE;
  KeReleaseSpinLock(Extension.QueueLock, OldIrql);
  return STATUS_SUCCESS;
}

/** Writes a byte when the controller has taken the one before; one that never does is given up. */
function KeyboardWrite(Extension: PDEVICE_EXTENSION, Port: ULONG_PTR, Byte: UCHAR): NTSTATUS {
  for (let Iteration: ULONG = 0; Iteration < POLLING_ITERATIONS; Iteration++) {
    if ((READ_PORT_UCHAR(Extension.CommandPort as PUCHAR) & INPUT_BUFFER_FULL) === 0) {
      WRITE_PORT_UCHAR(Port as PUCHAR, Byte);
      return STATUS_SUCCESS;
    }
    KeStallExecutionProcessor(50);
  }
  return STATUS_IO_TIMEOUT;
}

/** No new read, no interrupt, no DPC, no read. */
function KeyboardStop(Extension: PDEVICE_EXTENSION): void {
  const OldIrql = KeAcquireSpinLock(Extension.QueueLock);
  const WasStarted = Extension.Started;
  Extension.Started = FALSE;
  KeReleaseSpinLock(Extension.QueueLock, OldIrql);
  if (WasStarted) {
    KeyboardDisconnect(Extension);
  }
  KeyboardCompleteAll(Extension, null, STATUS_NO_SUCH_DEVICE);
}

function KeyboardDisconnect(Extension: PDEVICE_EXTENSION): void {
  IoDisconnectInterrupt(Extension.Interrupt!);
  Extension.Interrupt = null;
  KeFlushQueuedDpcs();
}

const KeyboardCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return KeyboardComplete(Irp, STATUS_SUCCESS, 0);
};

const KeyboardRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  if (IoGetCurrentIrpStackLocation(Irp).Parameters.Read.Length < sizeof<KEYBOARD_INPUT_DATA>()) {
    return KeyboardComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
  }
  const OldIrql = KeAcquireSpinLock(Extension.QueueLock);
  if (!Extension.Started) {
    KeReleaseSpinLock(Extension.QueueLock, OldIrql);
    return KeyboardComplete(Irp, STATUS_DEVICE_NOT_READY, 0);
  }
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, KeyboardCancel);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    KeReleaseSpinLock(Extension.QueueLock, OldIrql);
    KeyboardComplete(Irp, STATUS_CANCELLED, 0);
    return STATUS_PENDING;
  }
  InsertTailList(Extension.ReadQueue, Irp.Tail.Overlay.ListEntry);
  // What was typed while nobody read.
  const Read = KeyboardFeed(Extension);
  KeReleaseSpinLock(Extension.QueueLock, OldIrql);
  if (Read !== null) {
    KeyboardComplete(Read, STATUS_SUCCESS, sizeof<KEYBOARD_INPUT_DATA>());
  }
  return STATUS_PENDING;
};

const KeyboardCancel: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const OldIrql = KeAcquireSpinLock(Extension.QueueLock);
  RemoveEntryList(Irp.Tail.Overlay.ListEntry);
  KeReleaseSpinLock(Extension.QueueLock, OldIrql);
  KeyboardComplete(Irp, STATUS_CANCELLED, 0);
};

const KeyboardCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  KeyboardCompleteAll(DeviceObject.DeviceExtension, IoGetCurrentIrpStackLocation(Irp).FileObject, STATUS_CANCELLED);
  return KeyboardComplete(Irp, STATUS_SUCCESS, 0);
};

/** Takes the scan code, if it is the keyboard's, which is what makes the controller let its line go. */
const KeyboardIsr: KSERVICE_ROUTINE<PDEVICE_OBJECT<DEVICE_EXTENSION>> = (Interrupt, DeviceObject) => {
  const Extension = DeviceObject.DeviceExtension;
  const Status = READ_PORT_UCHAR(Extension.CommandPort as PUCHAR);
  if ((Status & OUTPUT_BUFFER_FULL) === 0 || (Status & MOUSE_OUTPUT_BUFFER_FULL) !== 0) {
    return FALSE;
  }
  const Code = READ_PORT_UCHAR(Extension.DataPort as PUCHAR);
  if ((Status & TIMEOUT_OR_PARITY) === 0 && Extension.RingCount < RING_SIZE) {
    Extension.Ring[Extension.RingCount] = Code;
    Extension.RingCount++;
    IoRequestDpc(DeviceObject, null, null);
  }
  return TRUE;
};

const KeyboardDpc: IO_DPC_ROUTINE<DEVICE_EXTENSION> = (Dpc, DeviceObject, Irp, Context) => {
  const Extension = DeviceObject.DeviceExtension;
  let Read: PIRP | null;
  do {
    KeAcquireSpinLockAtDpcLevel(Extension.QueueLock);
    Read = Extension.Started ? KeyboardFeed(Extension) : null;
    KeReleaseSpinLockFromDpcLevel(Extension.QueueLock);
    if (Read !== null) {
      KeyboardComplete(Read, STATUS_SUCCESS, sizeof<KEYBOARD_INPUT_DATA>());
    }
  } while (Read !== null);
};

/** With the interrupt's lock: whether the service routine has left a scan code. */
const KeyboardHasCode: KSYNCHRONIZE_ROUTINE<PDEVICE_EXTENSION> = (Extension) => {
  return Extension.RingCount !== 0;
};

/** With the interrupt's lock: takes the oldest one. */
const KeyboardTakeCode: KSYNCHRONIZE_ROUTINE<PDEVICE_EXTENSION> = (Extension) => {
  Extension.Taken = Extension.Ring[0];
  Extension.Ring[0] = Extension.Ring[1];
  Extension.RingCount--;
  return TRUE;
};

/**
 * Under the lock: the oldest read that is not being cancelled, with a key stroke in it, when there are both. The caller completes it. A scan code
 * that is there stays there, since only this routine takes any.
 */
function KeyboardFeed(Extension: PDEVICE_EXTENSION): PIRP | null {
  if (!KeSynchronizeExecution(Extension.Interrupt!, KeyboardHasCode, Extension)) {
    return null;
  }
  const Irp = KeyboardDequeue(Extension, null);
  if (Irp === null) {
    return null;
  }
  KeSynchronizeExecution(Extension.Interrupt!, KeyboardTakeCode, Extension);
  const Data = Irp.AssociatedIrp.SystemBuffer as PKEYBOARD_INPUT_DATA;
  Data.UnitId = 0;
  Data.MakeCode = Extension.Taken & 0x7f;
  Data.Flags = (Extension.Taken & 0x80) !== 0 ? KEY_BREAK : 0;
  Data.ExtraInformation = 0;
  return Irp;
}

/** Under the lock: the oldest read, of that file or (null) any, whose cancel routine does not have it. */
function KeyboardDequeue(Extension: PDEVICE_EXTENSION, FileObject: PFILE_OBJECT | null): PIRP | null {
  let Entry = Extension.ReadQueue.Flink;
  while (Entry !== Extension.ReadQueue) {
    const Irp = CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.ListEntry');
    Entry = Entry.Flink;
    if (FileObject !== null && IoGetCurrentIrpStackLocation(Irp).FileObject !== FileObject) {
      continue;
    }
    // One whose cancel routine has it stays in the queue: that routine takes it out.
    if (IoSetCancelRoutine(Irp, null) !== null) {
      RemoveEntryList(Irp.Tail.Overlay.ListEntry);
      return Irp;
    }
  }
  return null;
}

function KeyboardCompleteAll(Extension: PDEVICE_EXTENSION, FileObject: PFILE_OBJECT | null, Status: NTSTATUS): void {
  let Irp: PIRP | null;
  do {
    const OldIrql = KeAcquireSpinLock(Extension.QueueLock);
    Irp = KeyboardDequeue(Extension, FileObject);
    KeReleaseSpinLock(Extension.QueueLock, OldIrql);
    if (Irp !== null) {
      KeyboardComplete(Irp, Status, 0);
    }
  } while (Irp !== null);
}

function KeyboardComplete(Irp: PIRP, Status: NTSTATUS, Information: ULONG): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = Information;
  IoCompleteRequest(Irp, Information !== 0 ? IO_KEYBOARD_INCREMENT : IO_NO_INCREMENT);
  return Status;
}
