/** The PnP manager's, power manager's and WMI's side: what they send to the stack of a PnP driver, in legal order only. */
import { BOOLEAN, FALSE, LONG, NTSTATUS, PVOID, TRUE, UCHAR } from 'irpsight/wdm/types';
import { IoGetAttachedDevice, IopReferenceDevice, IopReleaseDevice, PDEVICE_OBJECT } from 'irpsight/wdm/device';
import {
  IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_SYSTEM_CONTROL, IRP_MN_CANCEL_REMOVE_DEVICE, IRP_MN_CANCEL_STOP_DEVICE, IRP_MN_QUERY_POWER,
  IRP_MN_QUERY_REMOVE_DEVICE, IRP_MN_QUERY_STOP_DEVICE, IRP_MN_REMOVE_DEVICE, IRP_MN_START_DEVICE, IRP_MN_STOP_DEVICE, IRP_MN_SURPRISE_REMOVAL,
} from 'irpsight/wdm/irp-codes';
import { IoGetNextIrpStackLocation, KernelMode, SYSTEM_POWER_STATE } from 'irpsight/wdm/irp';
import { KEVENT } from 'irpsight/wdm/event';
import { IoCallDriver } from 'irpsight/wdm/call';
import { DevicePowerState, PowerDeviceD3, PowerSystemShutdown, PowerSystemWorking, SystemPowerState } from 'irpsight/wdm/power';
import { HalPullOut } from 'irpsight/wdm/hal';
import { IopResources } from 'irpsight/wdm/resources';
import { IopQueueIrp } from 'irpsight/wdm/io-manager';
import {
  NT_SUCCESS, STATUS_DEVICE_BUSY, STATUS_INVALID_PARAMETER, STATUS_NOT_SUPPORTED, STATUS_NO_SUCH_DEVICE, STATUS_SUCCESS,
} from 'irpsight/wdm/status';
import { machineAtomicBegin, machineAtomicEnd, machineBounded, machineWait } from 'irpsight/wdm/machine';
import { LowerPullOut } from './lower.ts';
import { IsAnyFileOpen, MakeRequest, OVERLAPPED } from './win32.ts';

type PNP_STATE = LONG;
const NotStarted: PNP_STATE = 0;
const Started: PNP_STATE = 1;
const Stopped: PNP_STATE = 2;
const SurpriseRemoved: PNP_STATE = 3;
const Removed: PNP_STATE = 4;

/** The bottom of the stack; null for a driver without AddDevice. */
let Pdo!: PDEVICE_OBJECT | null;
let State!: PNP_STATE;
/** No device may be opened: it is being removed. */
let Closing!: BOOLEAN;
/** The PnP manager does one thing at a time. */
let PnpIdle!: KEVENT;

/** The stack that AddDevice has built upon that device. */
export function InitializePnp(Device: PDEVICE_OBJECT): void {
  Pdo = Device;
  PnpIdle.Header.Type = 1;
  PnpIdle.Header.SignalState = 1;
}

/** The device by which the stack is opened; null when there is none or it is going away. */
export function StackDevice(): PDEVICE_OBJECT | null {
  return Closing ? null : Pdo;
}

/** IRP_MN_START_DEVICE, for a device that is not started or stopped. */
export function StartDevice(): NTSTATUS {
  if (Pdo === null) return STATUS_NO_SUCH_DEVICE;
  BeginPnp();
  let Status: NTSTATUS = STATUS_NO_SUCH_DEVICE;
  if (State === NotStarted || State === Stopped) {
    Status = SendPnp(IRP_MN_START_DEVICE);
    if (NT_SUCCESS(Status)) State = Started;
  }
  EndPnp();
  return Status;
}

/** IRP_MN_QUERY_STOP_DEVICE, then IRP_MN_STOP_DEVICE, or IRP_MN_CANCEL_STOP_DEVICE when the query was refused. */
export function StopDevice(): NTSTATUS {
  if (Pdo === null) return STATUS_NO_SUCH_DEVICE;
  BeginPnp();
  let Status: NTSTATUS = STATUS_NO_SUCH_DEVICE;
  if (State === Started) {
    Status = SendPnp(IRP_MN_QUERY_STOP_DEVICE);
    if (NT_SUCCESS(Status)) {
      Status = SendPnp(IRP_MN_STOP_DEVICE);
      State = Stopped;
    } else {
      SendPnp(IRP_MN_CANCEL_STOP_DEVICE);
    }
  }
  EndPnp();
  return Status;
}

/** The device is pulled out: IRP_MN_SURPRISE_REMOVAL. IRP_MN_REMOVE_DEVICE follows when the last handle is closed. */
export function SurpriseRemove(): NTSTATUS {
  if (Pdo === null) return STATUS_NO_SUCH_DEVICE;
  BeginPnp();
  let Status: NTSTATUS = STATUS_NO_SUCH_DEVICE;
  if (State === Started || State === Stopped) {
    Closing = TRUE;
    LowerPullOut();
    HalPullOut();
    Status = SendPnp(IRP_MN_SURPRISE_REMOVAL);
    State = SurpriseRemoved;
  }
  EndPnp();
  return Status;
}

/**
 * IRP_MN_QUERY_REMOVE_DEVICE, then IRP_MN_REMOVE_DEVICE; when the query is refused or a handle is open, IRP_MN_CANCEL_REMOVE_DEVICE.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/understanding-when-remove-irps-are-issued
 */
export function RemoveDevice(): NTSTATUS {
  if (Pdo === null) return STATUS_NO_SUCH_DEVICE;
  BeginPnp();
  let Status: NTSTATUS = STATUS_NO_SUCH_DEVICE;
  if (State === Started || State === Stopped) {
    Status = SendPnp(IRP_MN_QUERY_REMOVE_DEVICE);
    if (NT_SUCCESS(Status)) {
      machineAtomicBegin();
      if (IsAnyFileOpen()) Status = STATUS_DEVICE_BUSY;
      else Closing = TRUE;
      machineAtomicEnd();
    }
    if (NT_SUCCESS(Status)) {
      SendPnp(IRP_MN_REMOVE_DEVICE);
      State = Removed;
    } else {
      SendPnp(IRP_MN_CANCEL_REMOVE_DEVICE);
    }
  } else if ((State === SurpriseRemoved || State === NotStarted) && !IsAnyFileOpen()) {
    Status = SendPnp(IRP_MN_REMOVE_DEVICE);
    State = Removed;
  }
  EndPnp();
  return Status;
}

/** The end of a run: the device goes, after every handle is closed. A driver that refuses is surprised. */
export function RemoveForGood(): void {
  if (Pdo === null || State === Removed) return;
  RemoveDevice();
  if (State === Removed) return;
  SurpriseRemove();
  RemoveDevice();
}

/** A power request with that minor function, about going to D3. */
export function SendPower(MinorFunction: UCHAR): NTSTATUS {
  if (!IsPowerMinor(MinorFunction)) return STATUS_INVALID_PARAMETER;
  return SendMinor(IRP_MJ_POWER, MinorFunction, null);
}

/**
 * A power request with that minor function, about the system going to that state: what the driver that owns the device's power policy
 * answers with a request for the device, PoRequestPowerIrp.
 */
export function SendSystemPower(MinorFunction: UCHAR, SystemState: SYSTEM_POWER_STATE): NTSTATUS {
  if (!IsPowerMinor(MinorFunction)) return STATUS_INVALID_PARAMETER;
  if (SystemState < PowerSystemWorking || SystemState > PowerSystemShutdown) {
    machineBounded('SendSystemPower was given a state that the system does not go to.');
    return STATUS_INVALID_PARAMETER;
  }
  let Asked!: SYSTEM_STATE;
  Asked.State = SystemState;
  return SendMinor(IRP_MJ_POWER, MinorFunction, Asked);
}

/** IRP_MN_WAIT_WAKE, IRP_MN_POWER_SEQUENCE, IRP_MN_SET_POWER or IRP_MN_QUERY_POWER. */
function IsPowerMinor(MinorFunction: UCHAR): BOOLEAN {
  if (MinorFunction <= IRP_MN_QUERY_POWER) return TRUE;
  machineBounded('A power request was to be sent with a minor function that power has none of.');
  return FALSE;
}

/** A WMI request with that minor function, meant for the top of the stack. */
export function SendSystemControl(MinorFunction: UCHAR): NTSTATUS {
  return SendMinor(IRP_MJ_SYSTEM_CONTROL, MinorFunction, null);
}

function SendPnp(Minor: UCHAR): NTSTATUS {
  return SendMinor(IRP_MJ_PNP, Minor, null);
}

interface SYSTEM_STATE { State: SYSTEM_POWER_STATE }

/** Such a request starts out as STATUS_NOT_SUPPORTED. A power request is about the state of the system that is given, else about D3. */
function SendMinor(Major: UCHAR, Minor: UCHAR, System: SYSTEM_STATE | null): NTSTATUS {
  let Result!: OVERLAPPED;
  machineAtomicBegin();
  if (Pdo === null || State === Removed) {
    machineAtomicEnd();
    return STATUS_NO_SUCH_DEVICE;
  }
  const Device = IoGetAttachedDevice(Pdo);
  const Irp = MakeRequest(Device, Major, null, Result);
  Irp.RequestorMode = KernelMode;
  Irp.IoStatus.Status = STATUS_NOT_SUPPORTED;
  const Location = IoGetNextIrpStackLocation(Irp);
  Location.MinorFunction = Minor;
  if (Major === IRP_MJ_POWER) {
    if (System === null) {
      Location.Parameters.Power.Type = DevicePowerState;
      Location.Parameters.Power.State.DeviceState = PowerDeviceD3;
    } else {
      Location.Parameters.Power.Type = SystemPowerState;
      Location.Parameters.Power.State.SystemState = System.State;
    }
  } else if (Major === IRP_MJ_PNP && Minor === IRP_MN_START_DEVICE) {
    Location.Parameters.StartDevice.AllocatedResources = IopResources(0);
    Location.Parameters.StartDevice.AllocatedResourcesTranslated = IopResources(1);
  } else if (Major === IRP_MJ_SYSTEM_CONTROL) {
    Location.Parameters.WMI.ProviderId = Device;
  }
  IopQueueIrp(Irp, null, null);
  // The power manager and WMI come at any time, also while the device is removed, and hold the device object meanwhile.
  const Holds = Major !== IRP_MJ_PNP;
  if (Holds) IopReferenceDevice(Device);
  machineAtomicEnd();
  IoCallDriver(Device, Irp);
  machineWait(Result.Event.Header, 0, 0);
  if (Holds) IopReleaseDevice(Device);
  return Result.Internal;
}

function BeginPnp(): void {
  machineWait(PnpIdle.Header, 0, 0);
}

function EndPnp(): void {
  PnpIdle.Header.SignalState = 1;
}
