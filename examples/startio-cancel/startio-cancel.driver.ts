/**
 * A device that does one transfer at a time, with the I/O manager's own queue: IoStartPacket gives a request to StartIo when the
 * device is idle and queues it otherwise, the interrupt ends the transfer, its DPC completes the request and starts the next one.
 * A request can be cancelled while it is queued and until its transfer begins; afterwards the device is quick enough to be waited
 * for.
 *
 * Who may touch a request is settled by the cancel spin lock, under which the I/O manager changes queue and CurrentIrp of
 * requests that were started with a cancel routine. Whether a transfer is on is settled by the interrupt's lock, since the
 * service routine must know it too.
 *
 * Modelled on the rules of the WDK for StartIo and Cancel routines in drivers that use the system's device queue, and on the
 * logic of drivers that follow them (the floppy and parallel port drivers of the older WDKs).
 *
 * Expect: verified
 */
import {
  BOOLEAN, CONTAINING_RECORD, DEVICE_LEVEL, DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DO_POWER_PAGABLE, DRIVER_ADD_DEVICE,
  DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_STARTIO, DRIVER_UNLOAD, FALSE, FILE_DEVICE_UNKNOWN,
  InitializeListHead, InsertTailList, IO_DISK_INCREMENT, IO_DPC_ROUTINE, IO_NO_INCREMENT, IoAcquireCancelSpinLock,
  IoAttachDeviceToDeviceStack, IoCallDriver, IoCompleteRequest, IoConnectInterrupt, IoCreateDevice, IoDeleteDevice,
  IoDetachDevice, IoDisconnectInterrupt, IoForwardIrpSynchronously, IoGetCurrentIrpStackLocation, IoInitializeDpcRequest,
  IoMarkIrpPending, IoReleaseCancelSpinLock, IoRequestDpc, IoSetCancelRoutine, IoSkipCurrentIrpStackLocation, IoStartNextPacket,
  IoStartPacket, IRP, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_READ, IRP_MJ_SYSTEM_CONTROL,
  IRP_MJ_WRITE, IRP_MN_QUERY_STOP_DEVICE, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_SURPRISE_REMOVAL, IsListEmpty,
  KeFlushQueuedDpcs, KeLowerIrql, KeRaiseIrqlToDpcLevel, KeRemoveEntryDeviceQueue, KeSynchronizeExecution, KSERVICE_ROUTINE,
  KSYNCHRONIZE_ROUTINE, LevelSensitive, LIST_ENTRY, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PFILE_OBJECT, PIRP, PKINTERRUPT,
  PoCallDriver, PoStartNextPowerIrp, Ref, RemoveHeadList, sizeof, STATUS_CANCELLED, STATUS_DEVICE_REMOVED, STATUS_NO_SUCH_DEVICE,
  STATUS_PENDING, STATUS_SUCCESS, STATUS_UNSUCCESSFUL, TRUE,
} from 'irpsight/wdm';

interface DEVICE_EXTENSION {
  LowerDevice: PDEVICE_OBJECT | null;
  Interrupt: PKINTERRUPT | null;
  /** The device was told to transfer and has not interrupted yet; under the interrupt's lock, as is Gone. */
  Active: BOOLEAN;
  /** The device was pulled out: it will not interrupt any more. */
  Gone: BOOLEAN;
}
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[IRP_MJ_CREATE] = XferCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = XferCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = XferCleanup;
  DriverObject.MajorFunction[IRP_MJ_READ] = XferReadWrite;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = XferReadWrite;
  DriverObject.MajorFunction[IRP_MJ_PNP] = XferPnp;
  DriverObject.MajorFunction[IRP_MJ_POWER] = XferPower;
  DriverObject.MajorFunction[IRP_MJ_SYSTEM_CONTROL] = XferSystemControl;
  DriverObject.DriverStartIo = XferStartIo;
  DriverObject.DriverExtension.AddDevice = XferAddDevice;
  DriverObject.DriverUnload = XferUnload;
  return STATUS_SUCCESS;
};

/** Every device is gone by then. */
const XferUnload: DRIVER_UNLOAD = (DriverObject) => {};

const XferAddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  const Extension = Device!.DeviceExtension;
  IoInitializeDpcRequest(Device!, XferDpcForIsr);
  Extension.LowerDevice = IoAttachDeviceToDeviceStack(Device!, PhysicalDeviceObject);
  if (Extension.LowerDevice === null) {
    IoDeleteDevice(Device!);
    return STATUS_NO_SUCH_DEVICE;
  }
  Device!.Flags |= DO_BUFFERED_IO | DO_POWER_PAGABLE;
  Device!.Flags &= ~DO_DEVICE_INITIALIZING;
  return STATUS_SUCCESS;
};

const XferCreateClose: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return CompleteNow(Irp, STATUS_SUCCESS);
};

/** Pending from here on, whether it is queued or started at once. After IoStartPacket the request may be complete already. */
const XferReadWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  IoStartPacket(DeviceObject as PDEVICE_OBJECT, Irp, null, XferCancel);
  return STATUS_PENDING;
};

/** At DISPATCH_LEVEL, for one request at a time; but the request may have been cancelled since it was made the current one. */
const XferStartIo: DRIVER_STARTIO<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const CancelIrql = IoAcquireCancelSpinLock();
  if (Irp !== DeviceObject.CurrentIrp || IoSetCancelRoutine(Irp, null) === null) {
    // Its cancel routine has it, completes it and starts the next one. The addresses are compared first: if they differ, the
    // request is gone, and must
    // not be looked at.
    IoReleaseCancelSpinLock(CancelIrql);
    return;
  }
  IoReleaseCancelSpinLock(CancelIrql);
  if (Irp.Cancel) {
    // The cancel came before IoStartPacket had set the routine, so nobody was called, and nobody will be.
    FinishCurrent(DeviceObject as PDEVICE_OBJECT, Irp, STATUS_CANCELLED);
    return;
  }
  // From here on it cannot be cancelled, and the device answers.
  if (!KeSynchronizeExecution(Extension.Interrupt!, XferBegin, Extension)) {
    FinishCurrent(DeviceObject as PDEVICE_OBJECT, Irp, STATUS_NO_SUCH_DEVICE);
  }
};

/** Under the interrupt's lock. FALSE: there is no device any more. */
const XferBegin: KSYNCHRONIZE_ROUTINE<PDEVICE_EXTENSION> = (Extension) => {
  if (Extension.Gone) {
    return FALSE;
  }
  Extension.Active = TRUE;
  return TRUE;
};

/** The line may be shared: an interrupt that no transfer waits for is somebody else's. */
const XferIsr: KSERVICE_ROUTINE<PDEVICE_OBJECT<DEVICE_EXTENSION>> = (Interrupt, DeviceObject) => {
  const Extension = DeviceObject.DeviceExtension;
  if (!Extension.Active) {
    return FALSE;
  }
  // Taken here, so that whoever comes second, another interrupt or the removal of the device, leaves the request alone.
  Extension.Active = FALSE;
  IoRequestDpc(DeviceObject as PDEVICE_OBJECT, null, null);
  return TRUE;
};

const XferDpcForIsr: IO_DPC_ROUTINE<DEVICE_EXTENSION> = (Dpc, DeviceObject, Irp, Context) => {
  // The request is taken down before the next one takes its place in CurrentIrp.
  FinishCurrent(DeviceObject as PDEVICE_OBJECT, DeviceObject.CurrentIrp!, STATUS_SUCCESS);
};

/** At DISPATCH_LEVEL, by whoever ended the transfer. */
function FinishCurrent(DeviceObject: PDEVICE_OBJECT, Irp: PIRP, Status: NTSTATUS): void {
  // The device goes on at once; completing calls other drivers, and may take long.
  IoStartNextPacket(DeviceObject, TRUE);
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_DISK_INCREMENT);
}

/** With the cancel spin lock held, under which neither queue nor CurrentIrp changes. */
const XferCancel: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  if (DeviceObject.CurrentIrp === Irp) {
    // StartIo has not begun with it, and will not: this routine is what ends it, so this routine starts the next one.
    IoReleaseCancelSpinLock(Irp.CancelIrql);
    const OldIrql = KeRaiseIrqlToDpcLevel();
    IoStartNextPacket(DeviceObject as PDEVICE_OBJECT, TRUE);
    KeLowerIrql(OldIrql);
  } else {
    // Still queued. Off the queue before the lock is given back, or the DPC would start a request that is about to be completed.
    KeRemoveEntryDeviceQueue(DeviceObject.DeviceQueue, Irp.Tail.Overlay.DeviceQueueEntry);
    IoReleaseCancelSpinLock(Irp.CancelIrql);
  }
  CompleteNow(Irp, STATUS_CANCELLED);
};

/** The file's queued requests are cancelled; one that is being transferred ends by itself. */
const XferCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  CancelQueued(DeviceObject as PDEVICE_OBJECT, IoGetCurrentIrpStackLocation(Irp).FileObject, STATUS_CANCELLED);
  return CompleteNow(Irp, STATUS_SUCCESS);
};

/** Completes what is queued for that file (null: for anybody) and not current. */
function CancelQueued(DeviceObject: PDEVICE_OBJECT, FileObject: PFILE_OBJECT | null, Status: NTSTATUS): void {
  let Taken!: LIST_ENTRY;
  InitializeListHead(Taken);
  const CancelIrql = IoAcquireCancelSpinLock();
  let Entry = DeviceObject.DeviceQueue.DeviceListHead.Flink;
  while (Entry !== DeviceObject.DeviceQueue.DeviceListHead) {
    const Queued = CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.DeviceQueueEntry.DeviceListEntry');
    Entry = Entry.Flink;
    if (FileObject !== null && IoGetCurrentIrpStackLocation(Queued).FileObject !== FileObject) {
      continue;
    }
    // A queued request whose cancel has begun is not here any more: its cancel routine took it off under this lock.
    IoSetCancelRoutine(Queued, null);
    KeRemoveEntryDeviceQueue(DeviceObject.DeviceQueue, Queued.Tail.Overlay.DeviceQueueEntry);
    InsertTailList(Taken, Queued.Tail.Overlay.ListEntry);
  }
  IoReleaseCancelSpinLock(CancelIrql);
  // Completed with no lock held.
  while (!IsListEmpty(Taken)) {
    CompleteNow(CONTAINING_RECORD<IRP>(RemoveHeadList(Taken), 'Tail.Overlay.ListEntry'), Status);
  }
}

const XferPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const LowerDevice = Extension.LowerDevice!;
  let Status!: NTSTATUS;
  switch (IoGetCurrentIrpStackLocation(Irp).MinorFunction) {
    case IRP_MN_START_DEVICE:
      // The bus first: before it has started the device there is no interrupt to connect to.
      IoForwardIrpSynchronously(LowerDevice, Irp);
      Status = Irp.IoStatus.Status;
      if (NT_SUCCESS(Status)) {
        Status = IoConnectInterrupt(
          Ref(Extension.Interrupt), XferIsr, DeviceObject, null, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, TRUE, 1, FALSE);
      }
      return CompleteNow(Irp, Status);

    case IRP_MN_QUERY_STOP_DEVICE:
      // Its resources cannot be moved: requests would have to be held back meanwhile. Whoever asks is to be answered by the one
      // who refuses.
      return CompleteNow(Irp, STATUS_UNSUCCESSFUL);

    case IRP_MN_SURPRISE_REMOVAL:
      Disconnect(DeviceObject as PDEVICE_OBJECT<DEVICE_EXTENSION>);
      Irp.IoStatus.Status = STATUS_SUCCESS;
      IoSkipCurrentIrpStackLocation(Irp);
      return IoCallDriver(LowerDevice, Irp);

    case IRP_MN_REMOVE_DEVICE:
      // No file is open any more, so no request is left; a DPC may still be on its way out.
      if (Extension.Interrupt !== null) {
        IoDisconnectInterrupt(Extension.Interrupt);
        KeFlushQueuedDpcs();
      }
      Irp.IoStatus.Status = STATUS_SUCCESS;
      IoSkipCurrentIrpStackLocation(Irp);
      Status = IoCallDriver(LowerDevice, Irp);
      IoDetachDevice(LowerDevice);
      IoDeleteDevice(DeviceObject as PDEVICE_OBJECT);
      return Status;

    default:
      IoSkipCurrentIrpStackLocation(Irp);
      return IoCallDriver(LowerDevice, Irp);
  }
};

/** The device is gone: ends what it will not end any more. The interrupt object stays, its lock is still needed. */
function Disconnect(DeviceObject: PDEVICE_OBJECT<DEVICE_EXTENSION>): void {
  const Extension = DeviceObject.DeviceExtension;
  if (Extension.Interrupt === null) {
    return;
  }
  if (KeSynchronizeExecution(Extension.Interrupt, XferAbandon, Extension)) {
    // The transfer was on, and now it is ours: neither the service routine nor StartIo touches it.
    const OldIrql = KeRaiseIrqlToDpcLevel();
    FinishCurrent(DeviceObject as PDEVICE_OBJECT, DeviceObject.CurrentIrp!, STATUS_DEVICE_REMOVED);
    KeLowerIrql(OldIrql);
  }
}

/** Under the interrupt's lock. TRUE: the caller has to end the current request. */
const XferAbandon: KSYNCHRONIZE_ROUTINE<PDEVICE_EXTENSION> = (Extension) => {
  const Active = Extension.Active;
  Extension.Active = FALSE;
  Extension.Gone = TRUE;
  return Active;
};

const XferPower: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  PoStartNextPowerIrp(Irp);
  IoSkipCurrentIrpStackLocation(Irp);
  return PoCallDriver(DeviceObject.DeviceExtension.LowerDevice!, Irp);
};

const XferSystemControl: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.LowerDevice!, Irp);
};

function CompleteNow(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
