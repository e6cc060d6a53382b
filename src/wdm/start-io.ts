/**
 * The I/O manager's own queue: one request at a time is given to the driver's StartIo routine.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/startio-routines-in-highest-level-drivers
 */
import { BOOLEAN, CONTAINING_RECORD, FALSE, KIRQL, LONG, PULONG, Ref, TRUE, ULONG } from './types.ts';
import { IoAcquireCancelSpinLock, IoReleaseCancelSpinLock, IoSetCancelRoutine } from './cancel.ts';
import { KeInsertByKeyDeviceQueue, KeInsertDeviceQueue, KiRemoveByKeyDeviceQueue, KiRemoveDeviceQueue } from './device-queue.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { IopMostRequests, IopUnfinishedIrp } from './io-manager.ts';
import { DISPATCH_LEVEL } from './irql.ts';
import { DRIVER_CANCEL, IRP, PIRP } from './irp.ts';
import {
  machineAtomicBegin, machineAtomicEnd, machineCancelLockHeld, machineEvent, machineExchange, machineIrql, machineIsDriverRoutine,
  machineLocksHeld, machineLower, machineRaise,
} from './machine.ts';

// DEVICE_OBJECT.StartIoFlags
const DeferredStartIo: ULONG = 1;
const NonCancelableStartIo: ULONG = 2;
/** A start was put off until StartIo returns: which kind. */
const StartDeferred: ULONG = 4;
const StartCancelable: ULONG = 8;
const StartByKey: ULONG = 16;
/** Packets are started with a cancel routine. */
const WithCancelRoutine: ULONG = 32;

// What is wrong, as `queue.start-misuse` has it
const NoneStarted: LONG = 1;
const NotAsCancelable: LONG = 2;

/**
 * Gives the IRP to StartIo at once when the device is idle, else queues it. A cancel routine is set in it first, and then the
 * cancel spin lock guards queue and CurrentIrp; it is released before StartIo is called. One that is queued and has been
 * cancelled before is cancelled now.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iostartpacket
 */
export function IoStartPacket(DeviceObject: PDEVICE_OBJECT, Irp: PIRP, Key: PULONG | null, CancelFunction: DRIVER_CANCEL<never> | null): void {
  machineEvent('call.irql', 0, 2);
  const OldIrql = machineRaise(DISPATCH_LEVEL) as KIRQL;
  let CancelIrql: KIRQL = DISPATCH_LEVEL;
  if (CancelFunction !== null) {
    CancelIrql = IoAcquireCancelSpinLock();
    IoSetCancelRoutine(Irp, CancelFunction);
    machineAtomicBegin();
    if ((DeviceObject.StartIoFlags & WithCancelRoutine) === 0) DeviceObject.StartIoFlags = DeviceObject.StartIoFlags | WithCancelRoutine;
    machineAtomicEnd();
  }
  const Queued = Key === null
    ? KeInsertDeviceQueue(DeviceObject.DeviceQueue, Irp.Tail.Overlay.DeviceQueueEntry)
    : KeInsertByKeyDeviceQueue(DeviceObject.DeviceQueue, Irp.Tail.Overlay.DeviceQueueEntry, Key.Value);
  if (!Queued) {
    IopSetCurrent(DeviceObject, Irp);
    if (CancelFunction !== null) {
      if ((DeviceObject.StartIoFlags & NonCancelableStartIo) !== 0) IoSetCancelRoutine(Irp, null);
      IoReleaseCancelSpinLock(CancelIrql);
    }
    IopStartIo(DeviceObject, Irp);
  } else if (CancelFunction !== null) {
    if (Irp.Cancel) {
      machineAtomicBegin();
      const Routine = machineExchange(Ref(Irp.CancelRoutine), null);
      machineEvent('irp.cancel-requested', Irp, Routine !== null);
      machineAtomicEnd();
      if (Routine !== null) {
        Irp.CancelIrql = CancelIrql;
        IopCallCancelRoutine(DeviceObject, Irp, Routine);
      } else {
        IoReleaseCancelSpinLock(CancelIrql);
      }
    } else {
      IoReleaseCancelSpinLock(CancelIrql);
    }
  }
  machineLower(OldIrql);
}

/**
 * Takes the next IRP from the device's queue and gives it to StartIo. Cancelable when the IRPs were started with a cancel routine.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iostartnextpacket
 */
export function IoStartNextPacket(DeviceObject: PDEVICE_OBJECT, Cancelable: BOOLEAN): void {
  machineEvent('call.irql', 2, 2);
  machineEvent('queue.start-next');
  IopNoteStartNext(DeviceObject, Cancelable);
  IopStartNext(DeviceObject, Cancelable ? StartCancelable : 0, 0);
}

/**
 * The same by key.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iostartnextpacketbykey
 */
export function IoStartNextPacketByKey(DeviceObject: PDEVICE_OBJECT, Cancelable: BOOLEAN, Key: ULONG): void {
  machineEvent('call.irql', 0, 2);
  machineEvent('queue.start-next');
  IopNoteStartNext(DeviceObject, Cancelable);
  IopStartNext(DeviceObject, Cancelable ? StartByKey | StartCancelable : StartByKey, Key);
}

/**
 * Deferred: StartIo is not entered again before it returns. NonCancelable: an IRP taken from the queue has no cancel routine any more.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iosetstartioattributes
 */
export function IoSetStartIoAttributes(DeviceObject: PDEVICE_OBJECT, DeferredStart: BOOLEAN, NonCancelable: BOOLEAN): void {
  let Flags: ULONG = DeviceObject.StartIoFlags & WithCancelRoutine;
  if (DeferredStart) Flags |= DeferredStartIo;
  if (NonCancelable) Flags |= NonCancelableStartIo;
  DeviceObject.StartIoFlags = Flags;
}

/**
 * Whether the IRP waits in its device's queue behind one that is finished: then nobody will ask for the next packet any more, and the event
 * says so of the finished one. In an end state that nothing can leave.
 */
export function IopNoteStalled(Irp: PIRP): BOOLEAN {
  const Location = Irp.CurrentLocation;
  if (Location < 1 || Location > Irp.StackCount) return FALSE;
  const DeviceObject = Irp.Stack[Location - 1].DeviceObject as PDEVICE_OBJECT | null;
  if (DeviceObject === null || Irp.Tail.Overlay.DeviceQueueEntry.Queue !== DeviceObject.DeviceQueue) return FALSE;
  const Current = DeviceObject.CurrentIrp;
  if (Current === null) return FALSE;
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    if (IopUnfinishedIrp(Index, null) === Current) return FALSE;
  }
  machineEvent('queue.stalled', Current);
  return TRUE;
}

/** The packet that StartIo is given next. */
function IopSetCurrent(DeviceObject: PDEVICE_OBJECT, Irp: PIRP): void {
  machineAtomicBegin();
  DeviceObject.CurrentIrp = Irp;
  DeviceObject.Started = TRUE;
  machineAtomicEnd();
}

/** For each packet that was started the next one is asked for once, and as the packets were started. */
function IopNoteStartNext(DeviceObject: PDEVICE_OBJECT, Cancelable: BOOLEAN): void {
  machineAtomicBegin();
  if (!DeviceObject.Started) machineEvent('queue.start-misuse', NoneStarted);
  if (!Cancelable && (DeviceObject.StartIoFlags & WithCancelRoutine) !== 0) machineEvent('queue.start-misuse', NotAsCancelable);
  DeviceObject.Started = FALSE;
  machineAtomicEnd();
}

/** Starts the next one, or, with deferred start and StartIo running, leaves that to the end of StartIo. */
function IopStartNext(DeviceObject: PDEVICE_OBJECT, How: ULONG, Key: ULONG): void {
  if ((DeviceObject.StartIoFlags & DeferredStartIo) !== 0) {
    machineAtomicBegin();
    const Running = DeviceObject.StartIoCount !== 0;
    if (Running) {
      DeviceObject.StartIoFlags = DeviceObject.StartIoFlags | StartDeferred | How;
      DeviceObject.StartIoKey = Key;
    }
    machineAtomicEnd();
    if (Running) return;
  }
  IopTakeNext(DeviceObject, How, Key);
}

/** Takes the next one from the queue and calls StartIo for it. */
function IopTakeNext(DeviceObject: PDEVICE_OBJECT, How: ULONG, Key: ULONG): void {
  const Cancelable = (How & StartCancelable) !== 0;
  let CancelIrql: KIRQL = DISPATCH_LEVEL;
  if (Cancelable) CancelIrql = IoAcquireCancelSpinLock();
  DeviceObject.CurrentIrp = null;
  const Entry = (How & StartByKey) !== 0 ? KiRemoveByKeyDeviceQueue(DeviceObject.DeviceQueue, Key) : KiRemoveDeviceQueue(DeviceObject.DeviceQueue);
  if (Entry === null) {
    if (Cancelable) IoReleaseCancelSpinLock(CancelIrql);
    return;
  }
  const Irp = CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.DeviceQueueEntry');
  IopSetCurrent(DeviceObject, Irp);
  if (Cancelable) {
    if ((DeviceObject.StartIoFlags & NonCancelableStartIo) !== 0) IoSetCancelRoutine(Irp, null);
    IoReleaseCancelSpinLock(CancelIrql);
  }
  IopStartIo(DeviceObject, Irp);
}

/** Calls StartIo, and with deferred start what was put off meanwhile. */
function IopStartIo(DeviceObject: PDEVICE_OBJECT, First: PIRP): void {
  const Deferred = (DeviceObject.StartIoFlags & DeferredStartIo) !== 0;
  if (Deferred) {
    machineAtomicBegin();
    DeviceObject.StartIoCount = DeviceObject.StartIoCount + 1;
    machineAtomicEnd();
  }
  const Routine = DeviceObject.DriverObject.DriverStartIo!;
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('irp.start-io', First, machineIsDriverRoutine(Routine));
  machineEvent('routine.enter');
  Routine(DeviceObject as PDEVICE_OBJECT<never>, First);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  if (!Deferred) return;
  machineAtomicBegin();
  DeviceObject.StartIoCount = DeviceObject.StartIoCount - 1;
  const Flags = DeviceObject.StartIoFlags;
  const Key = DeviceObject.StartIoKey;
  const Again = (Flags & StartDeferred) !== 0 && DeviceObject.StartIoCount === 0;
  if (Again) DeviceObject.StartIoFlags = Flags & ~(StartDeferred | StartCancelable | StartByKey);
  machineAtomicEnd();
  if (Again) IopTakeNext(DeviceObject, Flags, Key);
}

/** As IoCancelIrp calls it: the cancel spin lock is held. */
function IopCallCancelRoutine(DeviceObject: PDEVICE_OBJECT, Irp: PIRP, Routine: DRIVER_CANCEL<never>): void {
  const Target = machineIsDriverRoutine(Routine);
  const Locks = machineLocksHeld() - 1;
  machineEvent('irp.cancel-enter', Irp, Target);
  machineEvent('routine.enter');
  Routine(DeviceObject as PDEVICE_OBJECT<never>, Irp);
  machineEvent('irp.cancel-leave', Irp, Target, DISPATCH_LEVEL, Locks);
  machineEvent('routine.leave', DISPATCH_LEVEL, Locks, FALSE);
}
