/**
 * The I/O manager's own bookkeeping, for the simulated user mode and the lower drivers; drivers cannot import it.
 *
 * To send a request from the top of a stack:
 *
 *     const Irp = IopAllocateIrp(Device.StackSize);            // Device: the top of the stack, IoGetAttachedDevice
 *     const Location = IoGetNextIrpStackLocation(Irp);          // fill MajorFunction, Parameters, FileObject
 *     Irp.UserIosb = Iosb; Irp.UserEvent = Event;               // both may stay null
 *     IopQueueIrp(Irp, Thread, FileObject);                     // each may be null: then it is in no one's list
 *     const Status = IoCallDriver(Device, Irp);                 // the IRP may be gone now
 *
 * When completion reaches the top, IopCompleteTopLevel writes the status block, signals the event, takes the request off the
 * list, frees AssociatedIrp.SystemBuffer if Flags has IRP_DEALLOCATE_BUFFER, and retires the IRP. All that is one step.
 * A retired IRP is gone for drivers. The I/O manager itself may still look at it, as its cancelling does, and finds zeros.
 *
 *     IopCancelIrps(Thread, FileObject, Iosb)   IoCancelIrp for each unfinished request that matches; null matches all.
 *                                               Gives how many it found (CancelIo, CancelIoEx, CancelSynchronousIo, thread exit).
 *     IopWaitForThread(Thread)                  waits until none of the thread's requests is unfinished, or for five minutes (thread exit)
 *     IopWaitForFile(FileObject)                the same for a file (before IRP_MJ_CLOSE)
 *     IopNewThread(), IopNewFileObject(Device)  such objects
 *     IopFindName(Name)                         the device a name or symbolic link stands for
 *     IopUnfinishedIrp(Index, Thread)           the request at that place of the table, from 0 to IopMostRequests; null where none is
 */
import { ARRAY, BOOLEAN, CCHAR, FALSE, LONG, PCWSTR, TRUE, sizeof } from './types.ts';
import { FILE_OBJECT, IopReferenceDevice, IopReleaseDevice, PDEVICE_OBJECT, PFILE_OBJECT } from './device.ts';
import { IO_NO_INCREMENT } from './irp-codes.ts';
import { IRP, IRP_ASSOCIATED_IRP, IRP_DEALLOCATE_BUFFER, IRP_IN_LIST, IRP_MADE_BY_DRIVER, IopMakeIrp, PIO_STATUS_BLOCK, PIRP } from './irp.ts';
import { KTHREAD, PKTHREAD } from './thread.ts';
import { IoCancelIrp } from './cancel.ts';
import { IoCompleteRequest } from './complete.ts';
import { MiFreeMdls } from './mdl.ts';
import {
  machineAlloc, machineAtomicBegin, machineAtomicEnd, machineBounded, machineEvent, machineFree, machineRetire, machineWait, machineZero,
} from './machine.ts';

/** A request that belongs to a thread or a file and is not finished. Irp is null while the entry is not in use. */
interface IOP_REQUEST {
  Irp: PIRP | null;
  Thread: PKTHREAD | null;
  FileObject: PFILE_OBJECT | null;
  Iosb: PIO_STATUS_BLOCK | null;
  /** Completed, and only to be finished in its thread, by a special kernel APC. */
  ApcQueued: BOOLEAN;
}
type PIOP_REQUEST = IOP_REQUEST;

export const IopMostRequests: LONG = 32;
/** Looking through it touches no request: in Windows each thread has a list of its own. */
let IopRequests!: ARRAY<IOP_REQUEST, 32>;

interface IOP_NAME { Name: PCWSTR; Device: PDEVICE_OBJECT | null }
let IopNames!: ARRAY<IOP_NAME, 8>;

/** An IRP of the I/O manager's, which frees it when it is finished. */
export function IopAllocateIrp(StackSize: CCHAR): PIRP {
  return IopMakeIrp(StackSize, 0);
}

/** Puts an IRP on the list of unfinished requests of a thread and of a file. */
export function IopQueueIrp(Irp: PIRP, Thread: PKTHREAD | null, FileObject: PFILE_OBJECT | null): void {
  machineAtomicBegin();
  let Index: LONG = 0;
  while (Index < IopMostRequests && IopRequests[Index].Irp !== null) Index = Index + 1;
  if (Index === IopMostRequests) machineBounded('More than 32 requests at once.');
  const Request = IopRequests[Index];
  Request.Irp = Irp;
  Request.Thread = Thread;
  Request.FileObject = FileObject;
  Request.Iosb = Irp.UserIosb;
  Irp.AllocationFlags = Irp.AllocationFlags | IRP_IN_LIST;
  Irp.Tail.Overlay.Thread = Thread;
  Irp.Tail.Overlay.OriginalFileObject = FileObject;
  if (Thread !== null) {
    Thread.Outstanding = Thread.Outstanding + 1;
    Thread.Idle.Header.SignalState = 0;
  }
  if (FileObject !== null) {
    FileObject.Outstanding = FileObject.Outstanding + 1;
    FileObject.Idle.Header.SignalState = 0;
  }
  machineAtomicEnd();
}

/**
 * What the I/O manager does with an IRP that has come back to it, as a driver's own IRP never may. A request of a thread is finished in that
 * thread, by a special kernel APC: at once, unless the thread keeps such APCs away from itself, by a guarded region or by being at APC_LEVEL.
 */
export function IopCompleteTopLevel(Irp: PIRP): void {
  machineAtomicBegin();
  machineEvent('irp.finished', Irp, Irp.IoStatus.Status);
  const Thread = Irp.Tail.Overlay.Thread;
  let Master: PIRP | null = null;
  if ((Irp.Flags & IRP_ASSOCIATED_IRP) !== 0) {
    Master = IopFinishAssociated(Irp);
  } else if ((Irp.AllocationFlags & IRP_MADE_BY_DRIVER) !== 0) {
    machineBounded("A driver's own IRP was completed up to the I/O manager: no completion routine kept it by returning STATUS_MORE_PROCESSING_REQUIRED.");
  } else if ((Irp.AllocationFlags & IRP_IN_LIST) !== 0 && Thread !== null && Thread.ApcsBlocked !== 0) {
    IopRequestOf(Irp).ApcQueued = TRUE;
    Thread.ApcsQueued = Thread.ApcsQueued + 1;
  } else {
    IopFinish(Irp);
  }
  machineAtomicEnd();
  if (Master !== null) IoCompleteRequest(Master, IO_NO_INCREMENT);
}

/** Frees a part of a request; gives that request when this was its last part. In one piece. */
function IopFinishAssociated(Irp: PIRP): PIRP | null {
  const Master = Irp.AssociatedIrp.MasterIrp!;
  const Left = Master.AssociatedIrp.IrpCount - 1;
  Master.AssociatedIrp.IrpCount = Left;
  MiFreeMdls(Irp.MdlAddress);
  machineEvent('irp.free', Irp);
  machineRetire(Irp);
  return Left === 0 ? Master : null;
}

/** Finishes what was completed for the thread while it kept APCs away from itself; to be called when it lets them come again. */
export function IopDeliverApcs(Thread: PKTHREAD): void {
  machineAtomicBegin();
  for (let Index: LONG = 0; Thread.ApcsQueued !== 0 && Index < IopMostRequests; Index++) {
    const Request = IopRequests[Index];
    if (Request.ApcQueued && Request.Thread === Thread) {
      Thread.ApcsQueued = Thread.ApcsQueued - 1;
      IopFinish(Request.Irp!);
    }
  }
  machineAtomicEnd();
}

/** Status block, event, buffer; then the IRP is gone. In one piece. */
function IopFinish(Irp: PIRP): void {
  const Iosb = Irp.UserIosb;
  if (Iosb !== null) {
    Iosb.Information = Irp.IoStatus.Information;
    Iosb.Status = Irp.IoStatus.Status;
  }
  const Event = Irp.UserEvent;
  if (Event !== null) Event.Header.SignalState = 1;
  if ((Irp.AllocationFlags & IRP_IN_LIST) !== 0) IopUnlink(Irp);
  MiFreeMdls(Irp.MdlAddress);
  if ((Irp.Flags & IRP_DEALLOCATE_BUFFER) !== 0) machineFree(Irp.AssociatedIrp.SystemBuffer);
  machineEvent('irp.free', Irp);
  machineRetire(Irp);
}

/** Requests to be cancelled, eight at a time. */
interface IOP_CANCEL_BATCH { Irps: ARRAY<PIRP | null, 8>; Next: PIOP_CANCEL_BATCH | null }
type PIOP_CANCEL_BATCH = IOP_CANCEL_BATCH;

/** IoCancelIrp for each request of that thread, file and status block, each of which may be null for any. Gives their number. */
export function IopCancelIrps(Thread: PKTHREAD | null, FileObject: PFILE_OBJECT | null, Iosb: PIO_STATUS_BLOCK | null): LONG {
  let First!: IOP_CANCEL_BATCH;
  let Batch: PIOP_CANCEL_BATCH = First;
  let Count: LONG = 0;
  machineAtomicBegin();
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    const Request = IopRequests[Index];
    if (Request.Irp !== null && (Thread === null || Request.Thread === Thread) && (FileObject === null || Request.FileObject === FileObject)
      && (Iosb === null || Request.Iosb === Iosb)) {
      if (Count !== 0 && Count % 8 === 0) {
        const More: PIOP_CANCEL_BATCH = machineAlloc(sizeof<IOP_CANCEL_BATCH>(), 0, 1);
        Batch.Next = More;
        Batch = More;
      }
      Batch.Irps[Count % 8] = Request.Irp;
      Count = Count + 1;
    }
  }
  machineAtomicEnd();
  Batch = First;
  for (let Index: LONG = 0; Index < Count; Index++) {
    if (Index !== 0 && Index % 8 === 0) {
      const Done = Batch;
      Batch = Done.Next!;
      if (Index !== 8) machineFree(Done);
    }
    IoCancelIrp(Batch.Irps[Index % 8]!);
  }
  if (Count > 8) machineFree(Batch);
  return Count;
}

/** The unfinished request at that place of the table, of that thread (null: of any); null where there is none. To be called in one piece. */
export function IopUnfinishedIrp(Index: LONG, Thread: PKTHREAD | null): PIRP | null {
  const Request = IopRequests[Index];
  return Thread === null || Request.Thread === Thread ? Request.Irp : null;
}

/**
 * For five minutes; then the requests that are not finished are taken from the thread, which is gone: they still exist, and end for nobody.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/canceling-irps
 */
export function IopWaitForThread(Thread: PKTHREAD): void {
  if (machineWait(Thread.Idle.Header, 3, 0) === 0) return;
  machineAtomicBegin();
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    const Irp = IopUnfinishedIrp(Index, Thread);
    if (Irp === null) continue;
    machineEvent('irp.detached', Irp);
    Irp.UserIosb = null;
    Irp.UserEvent = null;
    Irp.Tail.Overlay.Thread = null;
    IopRequests[Index].Thread = null;
    Thread.Outstanding = Thread.Outstanding - 1;
  }
  Thread.Idle.Header.SignalState = 1;
  machineAtomicEnd();
}

export function IopWaitForFile(FileObject: PFILE_OBJECT): void {
  machineWait(FileObject.Idle.Header, 0, 0);
}

/** A thread object with no requests. */
export function IopNewThread(): PKTHREAD {
  const Thread = machineAlloc(sizeof<KTHREAD>(), 0, 1);
  Thread.Header.Type = 6;
  Thread.Idle.Header.SignalState = 1;
  return Thread;
}

/** A file object open on that device, which stays until IopDeleteFileObject even when its driver deletes it. */
export function IopNewFileObject(DeviceObject: PDEVICE_OBJECT): PFILE_OBJECT {
  return IopMakeFileObject(DeviceObject, 0);
}

/** One that a driver has opened, with its reference: with the last one the file object goes. */
export function IopOpenForDriver(DeviceObject: PDEVICE_OBJECT): PFILE_OBJECT {
  const FileObject = IopMakeFileObject(DeviceObject, 2);
  FileObject.OpenedByDriver = TRUE;
  FileObject.PointerCount = 1;
  return FileObject;
}

function IopMakeFileObject(DeviceObject: PDEVICE_OBJECT, Pool: LONG): PFILE_OBJECT {
  const FileObject = machineAlloc(sizeof<FILE_OBJECT>(), Pool, 1);
  FileObject.DeviceObject = DeviceObject;
  FileObject.Idle.Header.SignalState = 1;
  machineAtomicBegin();
  IopReferenceDevice(DeviceObject);
  machineAtomicEnd();
  return FileObject;
}

/** Inside an atomic section: until IopReleaseFile the file has no IRP_MJ_CLOSE. */
export function IopReferenceFile(FileObject: PFILE_OBJECT): void {
  FileObject.PointerCount = FileObject.PointerCount + 1;
  FileObject.Idle.Header.SignalState = 0;
}

/** Gives a reference back. */
export function IopReleaseFile(FileObject: PFILE_OBJECT): void {
  machineAtomicBegin();
  FileObject.PointerCount = FileObject.PointerCount - 1;
  const Last = FileObject.PointerCount === 0;
  if (Last && FileObject.Outstanding === 0) FileObject.Idle.Header.SignalState = 1;
  const Gone = Last && FileObject.OpenedByDriver;
  machineAtomicEnd();
  if (Gone) IopDeleteFileObject(FileObject);
}

/** After IRP_MJ_CLOSE: frees the file object, and its device if that was deleted meanwhile. */
export function IopDeleteFileObject(FileObject: PFILE_OBJECT): void {
  const DeviceObject = FileObject.DeviceObject;
  machineFree(FileObject);
  IopReleaseDevice(DeviceObject);
}

/** Names in use are few: eight. */
export function IopRegisterName(Name: PCWSTR, Device: PDEVICE_OBJECT): void {
  for (let Index: LONG = 0; Index < 8; Index++) {
    const Entry = IopNames[Index];
    if (Entry.Device === null) {
      Entry.Name = Name;
      Entry.Device = Device;
      return;
    }
  }
  machineBounded('More than eight names of devices and symbolic links.');
}

/** The device with that name or symbolic link. */
export function IopFindName(Name: PCWSTR): PDEVICE_OBJECT | null {
  for (let Index: LONG = 0; Index < 8; Index++) {
    const Entry = IopNames[Index];
    if (Entry.Device !== null && Entry.Name === Name) return Entry.Device;
  }
  return null;
}

/** FALSE when there was no such name. */
export function IopForgetName(Name: PCWSTR): BOOLEAN {
  for (let Index: LONG = 0; Index < 8; Index++) {
    const Entry = IopNames[Index];
    if (Entry.Device !== null && Entry.Name === Name) {
      Entry.Device = null;
      return TRUE;
    }
  }
  return FALSE;
}

/** Forgets all names of a device. */
export function IopRemoveName(Device: PDEVICE_OBJECT): void {
  for (let Index: LONG = 0; Index < 8; Index++) {
    const Entry = IopNames[Index];
    if (Entry.Device === Device) Entry.Device = null;
  }
}

function IopUnlink(Irp: PIRP): void {
  machineZero(IopRequestOf(Irp), sizeof<IOP_REQUEST>());
  const Thread = Irp.Tail.Overlay.Thread;
  if (Thread !== null) {
    Thread.Outstanding = Thread.Outstanding - 1;
    if (Thread.Outstanding === 0) Thread.Idle.Header.SignalState = 1;
  }
  const FileObject = Irp.Tail.Overlay.OriginalFileObject;
  if (FileObject !== null) {
    FileObject.Outstanding = FileObject.Outstanding - 1;
    if (FileObject.Outstanding === 0 && FileObject.PointerCount === 0) FileObject.Idle.Header.SignalState = 1;
  }
}

/** The entry of a request that is in the table. */
function IopRequestOf(Irp: PIRP): PIOP_REQUEST {
  let Index: LONG = 0;
  while (IopRequests[Index].Irp !== Irp) Index = Index + 1;
  return IopRequests[Index];
}
