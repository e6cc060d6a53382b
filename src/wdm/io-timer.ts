/**
 * The device's own timer: a routine that is called about once a second.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/using-an-iotimer-routine
 */
import { BOOLEAN, FALSE, LARGE_INTEGER, NTSTATUS, PVOID, TRUE, sizeof } from './types.ts';
import { PDEVICE_OBJECT } from './device.ts';
import { KDEFERRED_ROUTINE, KDPC, KeInitializeDpc } from './dpc.ts';
import { KiAllocationFails } from './pool.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_SUCCESS } from './status.ts';
import { KTIMER, KeCancelTimer, KeInitializeTimer, KeSetTimerEx } from './timer.ts';
import { machineAlloc, machineChoose, machineEvent } from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_timer_routine */
export type IO_TIMER_ROUTINE<EXT = never, CONTEXT = never> = (DeviceObject: PDEVICE_OBJECT<EXT>, Context: CONTEXT) => void;

interface IOP_TIMER {
  Next: PIOP_TIMER | null;
  Device: PDEVICE_OBJECT;
  Routine: IO_TIMER_ROUTINE;
  Context: PVOID;
  Started: BOOLEAN;
  Timer: KTIMER;
  Dpc: KDPC;
}
type PIOP_TIMER = IOP_TIMER;

/** The timers of all devices. */
let IopTimers!: PIOP_TIMER | null;

/** Once for a device. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinitializetimer */
export function IoInitializeTimer<CONTEXT>(DeviceObject: PDEVICE_OBJECT, TimerRoutine: IO_TIMER_ROUTINE<never, CONTEXT>, Context: CONTEXT): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  if (KiAllocationFails()) return STATUS_INSUFFICIENT_RESOURCES;
  const Timer = machineAlloc(sizeof<IOP_TIMER>(), 0, 1);
  Timer.Device = DeviceObject;
  Timer.Routine = TimerRoutine as IO_TIMER_ROUTINE;
  Timer.Context = Context as PVOID;
  KeInitializeTimer(Timer.Timer);
  KeInitializeDpc(Timer.Dpc, IopTimerDpc, Timer);
  Timer.Next = IopTimers;
  IopTimers = Timer;
  return STATUS_SUCCESS;
}

/**
 * The first call may come at once or after a second: the system's own second has begun at any time.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iostarttimer
 */
export function IoStartTimer(DeviceObject: PDEVICE_OBJECT): void {
  machineEvent('call.irql', 0, 2);
  const Timer = IopFindTimer(DeviceObject);
  if (Timer === null) {
    machineEvent('object.uninitialised');
    return;
  }
  let DueTime!: LARGE_INTEGER;
  DueTime.QuadPart = machineChoose(2) === 1 ? -10000000 : 0;
  Timer.Started = TRUE;
  KeSetTimerEx(Timer.Timer, DueTime, 1000, Timer.Dpc);
}

/**
 * The routine is not called any more; one that runs is not waited for.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iostoptimer
 */
export function IoStopTimer(DeviceObject: PDEVICE_OBJECT): void {
  machineEvent('call.irql', 0, 2);
  const Timer = IopFindTimer(DeviceObject);
  if (Timer === null) machineEvent('object.uninitialised');
  else IopStopTimer(Timer);
}

/** For IoDeleteDevice: the timer, if the device has one, goes with it. */
export function IopForgetTimer(DeviceObject: PDEVICE_OBJECT): void {
  const Timer = IopFindTimer(DeviceObject);
  if (Timer !== null) IopStopTimer(Timer);
}

function IopStopTimer(Timer: PIOP_TIMER): void {
  Timer.Started = FALSE;
  KeCancelTimer(Timer.Timer);
}

function IopFindTimer(DeviceObject: PDEVICE_OBJECT): PIOP_TIMER | null {
  let Timer = IopTimers;
  while (Timer !== null && Timer.Device !== DeviceObject) Timer = Timer.Next;
  return Timer;
}

const IopTimerDpc: KDEFERRED_ROUTINE<PIOP_TIMER> = (Dpc, Timer, Argument1, Argument2) => {
  if (!Timer.Started) return;
  const Routine = Timer.Routine;
  Routine(Timer.Device as PDEVICE_OBJECT<never>, Timer.Context as never);
};
