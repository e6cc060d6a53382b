/** Power requests that a driver asks for. https://learn.microsoft.com/windows-hardware/drivers/kernel/sending-irp-mn-set-power-for-device-power-states */
import { NTSTATUS, PVOID, Ref, TRUE, UCHAR, sizeof } from './types.ts';
import { IoCallDriver } from './call.ts';
import { IoGetAttachedDevice, PDEVICE_OBJECT } from './device.ts';
import { IopAllocateIrp, IopQueueIrp } from './io-manager.ts';
import { IRP_MJ_POWER } from './irp-codes.ts';
import {
  IO_COMPLETION_ROUTINE, IO_STATUS_BLOCK, IoGetNextIrpStackLocation, IoSetCompletionRoutine, PIO_STATUS_BLOCK, PIRP, POWER_STATE,
} from './irp.ts';
import { KiAllocationFails } from './pool.ts';
import { DevicePowerState } from './power.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_NOT_SUPPORTED, STATUS_PENDING, STATUS_SUCCESS } from './status.ts';
import { machineAlloc, machineCancelLockHeld, machineEvent, machineFree, machineIrql, machineLocksHeld } from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-request_power_complete */
export type REQUEST_POWER_COMPLETE<CONTEXT = never> = (
  DeviceObject: PDEVICE_OBJECT, MinorFunction: UCHAR, PowerState: POWER_STATE, Context: CONTEXT, IoStatus: PIO_STATUS_BLOCK,
) => void;

interface POP_REQUEST {
  Device: PDEVICE_OBJECT;
  MinorFunction: UCHAR;
  State: POWER_STATE;
  Routine: REQUEST_POWER_COMPLETE | null;
  Context: PVOID;
}
type PPOP_REQUEST = POP_REQUEST;

/**
 * Sends a power IRP for the device to the top of its stack, and calls the routine when all drivers have completed it. The IRP is the
 * system's, which frees it then. STATUS_PENDING, also when the request is finished already.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-porequestpowerirp
 */
export function PoRequestPowerIrp<CONTEXT>(
  DeviceObject: PDEVICE_OBJECT, MinorFunction: UCHAR, PowerState: POWER_STATE, CompletionFunction: REQUEST_POWER_COMPLETE<CONTEXT> | null,
  Context: CONTEXT, Irp: Ref<PIRP | null> | null,
): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return STATUS_INSUFFICIENT_RESOURCES;
  const Request = machineAlloc(sizeof<POP_REQUEST>(), 0, 1);
  Request.Device = DeviceObject;
  Request.MinorFunction = MinorFunction;
  Request.State.DeviceState = PowerState.DeviceState;
  Request.Routine = CompletionFunction as REQUEST_POWER_COMPLETE | null;
  Request.Context = Context as PVOID;
  const Top = IoGetAttachedDevice(DeviceObject);
  const Power = IopAllocateIrp(Top.StackSize);
  const Location = IoGetNextIrpStackLocation(Power);
  Location.MajorFunction = IRP_MJ_POWER;
  Location.MinorFunction = MinorFunction;
  Location.Parameters.Power.Type = DevicePowerState;
  Location.Parameters.Power.State.DeviceState = PowerState.DeviceState;
  Power.IoStatus.Status = STATUS_NOT_SUPPORTED;
  IoSetCompletionRoutine(Power, PopRequestDone, Request, TRUE, TRUE, TRUE);
  IopQueueIrp(Power, null, null);
  if (Irp !== null) Irp.Value = Power;
  IoCallDriver(Top, Power);
  return STATUS_PENDING;
}

const PopRequestDone: IO_COMPLETION_ROUTINE<never, PPOP_REQUEST> = (DeviceObject, Irp, Request) => {
  const Routine = Request.Routine;
  if (Routine !== null) {
    const Irql = machineIrql();
    const Locks = machineLocksHeld();
    const CancelLock = machineCancelLockHeld();
    machineEvent('routine.enter');
    // A copy: the driver that sent the IRP on is told its outcome, and does not touch the IRP.
    let Outcome!: IO_STATUS_BLOCK;
    Outcome.Status = Irp.IoStatus.Status;
    Outcome.Information = Irp.IoStatus.Information;
    Routine(Request.Device, Request.MinorFunction, Request.State, Request.Context as never, Outcome);
    machineEvent('routine.leave', Irql, Locks, CancelLock);
  }
  machineFree(Request);
  return STATUS_SUCCESS;
};
