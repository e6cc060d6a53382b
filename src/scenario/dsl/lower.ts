/**
 * The simulated lower driver and its device, the bottom of a PnP driver's stack: answers what is sent to it as the scenario's
 * `Lower` says, and is itself a well-behaved driver.
 */
import { BOOLEAN, FALSE, KIRQL, LONG, NTSTATUS, PVOID, Ref, TRUE, UCHAR, ULONG_PTR, sizeof } from 'irpsight/wdm/types';
import {
  DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, DO_POWER_PAGABLE, DRIVER_DISPATCH, DRIVER_OBJECT, FILE_DEVICE_UNKNOWN, IoCreateDevice, PDEVICE_OBJECT,
} from 'irpsight/wdm/device';
import {
  IO_NO_INCREMENT, IRP_MJ_DEVICE_CONTROL, IRP_MJ_FLUSH_BUFFERS, IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_MAXIMUM_FUNCTION, IRP_MJ_PNP, IRP_MJ_POWER,
  IRP_MJ_READ, IRP_MJ_SYSTEM_CONTROL, IRP_MJ_WRITE, IRP_MN_CANCEL_REMOVE_DEVICE, IRP_MN_CANCEL_STOP_DEVICE, IRP_MN_QUERY_DEVICE_RELATIONS,
  IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_QUERY_STOP_DEVICE, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_STOP_DEVICE, IRP_MN_SURPRISE_REMOVAL,
} from 'irpsight/wdm/irp-codes';
import { DRIVER_CANCEL, IoGetCurrentIrpStackLocation, IoMarkIrpPending, PIRP } from 'irpsight/wdm/irp';
import { IoCompleteRequest } from 'irpsight/wdm/complete';
import { IoReleaseCancelSpinLock, IoSetCancelRoutine } from 'irpsight/wdm/cancel';
import { IopNewThread } from 'irpsight/wdm/io-manager';
import { NT_SUCCESS, STATUS_CANCELLED, STATUS_NO_SUCH_DEVICE, STATUS_PENDING, STATUS_SUCCESS } from 'irpsight/wdm/status';
import { ObReferenceObject } from 'irpsight/wdm/object';
import { DEVICE_RELATIONS, PDEVICE_RELATIONS, TargetDeviceRelation } from 'irpsight/wdm/power';
import { DISPATCH_LEVEL } from 'irpsight/wdm/irql';
import {
  machineAlloc, machineAtomicBegin, machineAtomicEnd, machineChoose, machineFree, machineLower, machineRaise, machineSpawn,
} from 'irpsight/wdm/machine';
import {
  LOWER_COMPLETE, LowerCancelable, LowerComplete, LowerEither, LowerInline, LowerLater, LowerMajorComplete, LowerMajorCount, LowerMajorFunction,
  LowerMajorStatus, LowerNever, LowerStatus, LowerStatusCount,
} from './settings.ts';

/** A request that the lower driver has pended. Irp is null once it is, or is about to be, completed. */
interface LOWER_REQUEST { Irp: PIRP | null; Next: PLOWER_REQUEST | null }
type PLOWER_REQUEST = LOWER_REQUEST;

/** Requests that are never answered, while the scenario's threads run. */
let LowerHeld!: PLOWER_REQUEST | null;
let LowerReleased!: BOOLEAN;
/** The device was pulled out. */
let LowerGone!: BOOLEAN;
/** The device has refused to start. */
let LowerFailedStart!: BOOLEAN;

/** A physical device object with nothing attached; null when there is no memory. */
export function LowerCreateDevice(): PDEVICE_OBJECT | null {
  const DriverObject = machineAlloc(sizeof<DRIVER_OBJECT>(), 0, 1);
  for (let Index: LONG = 0; Index <= IRP_MJ_MAXIMUM_FUNCTION; Index++) DriverObject.MajorFunction[Index] = LowerDispatch;
  let Device!: PDEVICE_OBJECT | null;
  IoCreateDevice(DriverObject, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  const Made = Device as PDEVICE_OBJECT | null;
  if (Made !== null) Made.Flags = (Made.Flags & ~DO_DEVICE_INITIALIZING) | DO_BUFFERED_IO | DO_POWER_PAGABLE;
  return Made;
}

/** From here on every request to the device fails with STATUS_NO_SUCH_DEVICE, PnP and power apart. */
export function LowerPullOut(): void {
  LowerGone = TRUE;
}

/** Whether IRP_MN_START_DEVICE has failed down here, as it may. */
export function LowerRefusesStart(): BOOLEAN {
  return LowerFailedStart;
}

/**
 * The last thread of the scenario has exited: what a stuck device holds and nobody can cancel is answered now, as a reset would do it.
 * What can be cancelled stays, since whoever sent it is to cancel it.
 */
export function LowerRelease(): void {
  if (LowerCancelable) return;
  machineAtomicBegin();
  LowerReleased = TRUE;
  let Request = LowerHeld;
  while (Request !== null) {
    machineSpawn(1, LowerAnswer, IopNewThread(), Request, null as PVOID);
    Request = Request.Next;
  }
  LowerHeld = null;
  machineAtomicEnd();
}

const LowerDispatch: DRIVER_DISPATCH<never> = (DeviceObject, Irp) => {
  const Major = IoGetCurrentIrpStackLocation(Irp).MajorFunction;
  const Mode = LowerModeOf(Major);
  if (Mode === LowerInline || (LowerGone && LowerIsTransfer(Major))) return LowerFinish(Irp);
  if (Mode === LowerEither && machineChoose(2) === 0) return LowerFinish(Irp);
  // As under a lock that the cancel routine takes too: the IRP is not looked at again once it can be cancelled.
  machineAtomicBegin();
  const Request = machineAlloc(sizeof<LOWER_REQUEST>(), 0, 1);
  Request.Irp = Irp;
  let Cancelled: BOOLEAN = FALSE;
  IoMarkIrpPending(Irp);
  if (LowerCancelable) {
    Irp.Tail.Overlay.DriverContext[0] = Request;
    IoSetCancelRoutine(Irp, LowerCancel);
    if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) Cancelled = TRUE;
  }
  if (!Cancelled) {
    if (Mode !== LowerNever || LowerReleased) {
      machineSpawn(1, LowerAnswer, IopNewThread(), Request, null as PVOID);
    } else if (!LowerCancelable) {
      Request.Next = LowerHeld;
      LowerHeld = Request;
    }
  }
  machineAtomicEnd();
  if (Cancelled) LowerCompleteCancelled(Irp);
  return STATUS_PENDING;
};

/** Completes a pended request at some moment, unless a cancel was first. */
function LowerAnswer(Request: PLOWER_REQUEST, Unused: PVOID): void {
  machineAtomicBegin();
  let Irp = Request.Irp;
  if (Irp !== null && LowerCancelable && IoSetCancelRoutine(Irp, null) === null) Irp = null;
  machineAtomicEnd();
  if (Irp === null) return;
  const OldIrql = machineRaise(DISPATCH_LEVEL);
  LowerFinish(Irp);
  machineLower(OldIrql);
}

const LowerCancel: DRIVER_CANCEL<never> = (DeviceObject, Irp) => {
  const Request = Irp.Tail.Overlay.DriverContext[0] as PLOWER_REQUEST;
  Request.Irp = null;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  LowerCompleteCancelled(Irp);
};

function LowerCompleteCancelled(Irp: PIRP): void {
  Irp.IoStatus.Status = STATUS_CANCELLED;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

function LowerFinish(Irp: PIRP): NTSTATUS {
  const Location = IoGetCurrentIrpStackLocation(Irp);
  const Status = LowerStatusOf(Location.MajorFunction, Location.MinorFunction, Irp);
  if (Location.MajorFunction === IRP_MJ_PNP && Location.MinorFunction === IRP_MN_START_DEVICE && !NT_SUCCESS(Status)) LowerFailedStart = TRUE;
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  if (LowerIsTargetQuery(Irp)) Irp.IoStatus.Information = LowerRelations(Location.DeviceObject) as never as ULONG_PTR;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}

/** Whether somebody asks for the physical device object, which each bus driver answers. */
function LowerIsTargetQuery(Irp: PIRP): BOOLEAN {
  const Location = IoGetCurrentIrpStackLocation(Irp);
  return Location.MajorFunction === IRP_MJ_PNP && Location.MinorFunction === IRP_MN_QUERY_DEVICE_RELATIONS
    && Location.Parameters.QueryDeviceRelations.Type === TargetDeviceRelation;
}

function LowerRelations(DeviceObject: PDEVICE_OBJECT): PDEVICE_RELATIONS {
  const Relations = machineAlloc(sizeof<DEVICE_RELATIONS>(), 0, 1);
  Relations.Count = 1;
  Relations.Objects[0] = DeviceObject;
  // Whoever asked gives it back.
  ObReferenceObject(DeviceObject);
  return Relations;
}

/** The setting for that major function. A stuck device still opens, closes and answers PnP and power requests, though late. */
function LowerModeOf(Major: UCHAR): LOWER_COMPLETE {
  for (let Index: LONG = 0; Index < LowerMajorCount; Index++) {
    if (LowerMajorFunction[Index] === Major) return LowerMajorComplete[Index];
  }
  return LowerComplete === LowerNever && !LowerIsTransfer(Major) ? LowerLater : LowerComplete;
}

function LowerStatusOf(Major: UCHAR, Minor: UCHAR, Irp: PIRP): NTSTATUS {
  if (LowerIsTransfer(Major) && LowerGone) return STATUS_NO_SUCH_DEVICE;
  for (let Index: LONG = 0; Index < LowerMajorCount; Index++) {
    if (LowerMajorFunction[Index] === Major) return LowerMajorStatus[Index];
  }
  if (LowerIsTransfer(Major)) return LowerStatusCount === 0 ? STATUS_SUCCESS : LowerStatus[LowerStatusCount === 1 ? 0 : machineChoose(LowerStatusCount)];
  // A bus driver leaves the status of a PnP request that it does not handle as it is.
  if (LowerIsTargetQuery(Irp)) return STATUS_SUCCESS;
  if (Major === IRP_MJ_PNP && !LowerHandlesPnp(Minor)) return Irp.IoStatus.Status;
  return Major === IRP_MJ_SYSTEM_CONTROL ? Irp.IoStatus.Status : STATUS_SUCCESS;
}

/** Requests that `Status` and a stuck device are about. */
function LowerIsTransfer(Major: UCHAR): BOOLEAN {
  return Major === IRP_MJ_READ || Major === IRP_MJ_WRITE || Major === IRP_MJ_DEVICE_CONTROL || Major === IRP_MJ_INTERNAL_DEVICE_CONTROL
    || Major === IRP_MJ_FLUSH_BUFFERS;
}

function LowerHandlesPnp(Minor: UCHAR): BOOLEAN {
  return Minor === IRP_MN_START_DEVICE || Minor === IRP_MN_QUERY_REMOVE_DEVICE || Minor === IRP_MN_REMOVE_DEVICE
    || Minor === IRP_MN_CANCEL_REMOVE_DEVICE || Minor === IRP_MN_STOP_DEVICE || Minor === IRP_MN_QUERY_STOP_DEVICE
    || Minor === IRP_MN_CANCEL_STOP_DEVICE || Minor === IRP_MN_SURPRISE_REMOVAL;
}
