/** Timers that the system allocates, with a callback of their own. https://learn.microsoft.com/windows-hardware/drivers/kernel/exxxxtimer-routines-and-ex-timer-objects */
import { BOOLEAN, LARGE_INTEGER, LONG, LONGLONG, PVOID, ULONG, sizeof } from './types.ts';
import { KDEFERRED_ROUTINE, KDPC, KeInitializeDpc, KiFlushQueuedDpcs } from './dpc.ts';
import { KiAllocationFails } from './pool.ts';
import { KeCancelTimer, KeInitializeTimer, KeSetTimerEx, KTIMER } from './timer.ts';
import { machineAlloc, machineBounded, machineEvent, machineFree } from './machine.ts';

/** Called at DISPATCH_LEVEL. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-ext_callback */
export type EXT_CALLBACK<CONTEXT = never> = (Timer: PEX_TIMER, Context: CONTEXT) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-ext_delete_callback */
export type EXT_DELETE_CALLBACK<CONTEXT = never> = (Context: CONTEXT) => void;

/** Opaque. */
export interface EX_TIMER { Timer: KTIMER; Dpc: KDPC; Callback: EXT_CALLBACK | null; Context: PVOID }
export type PEX_TIMER = EX_TIMER;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_ext_set_parameters_v0 */
export interface EXT_SET_PARAMETERS { Version: ULONG; Reserved: ULONG; NoWakeTolerance: LONGLONG }
export type PEXT_SET_PARAMETERS = EXT_SET_PARAMETERS;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_ext_delete_parameters */
export interface EXT_DELETE_PARAMETERS { Version: ULONG; Reserved: ULONG; DeleteCallback: EXT_DELETE_CALLBACK | null; DeleteContext: PVOID }
export type PEXT_DELETE_PARAMETERS = EXT_DELETE_PARAMETERS;

export const EX_TIMER_HIGH_RESOLUTION: ULONG = 4;
export const EX_TIMER_NO_WAKE: ULONG = 8;
export const EX_TIMER_NOTIFICATION: ULONG = 0x80000000;

/** Null when there is no memory. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatetimer */
export function ExAllocateTimer<CONTEXT>(Callback: EXT_CALLBACK<CONTEXT> | null, CallbackContext: CONTEXT, Attributes: ULONG): PEX_TIMER | null {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return null;
  const Timer = machineAlloc(sizeof<EX_TIMER>(), 2, 1);
  KeInitializeTimer(Timer.Timer);
  KeInitializeDpc(Timer.Dpc, ExpTimerDpc, Timer);
  Timer.Callback = Callback as EXT_CALLBACK | null;
  Timer.Context = CallbackContext as PVOID;
  return Timer;
}

/**
 * Arms it, again if it is armed: TRUE when it was. The period is in units of 100 ns.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exsettimer
 */
export function ExSetTimer(Timer: PEX_TIMER, DueTime: LONGLONG, Period: LONGLONG, Parameters: PEXT_SET_PARAMETERS | null): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  let Due!: LARGE_INTEGER;
  Due.QuadPart = DueTime;
  const Milliseconds: LONGLONG = (Period + 9999) / 10000;
  return KeSetTimerEx(Timer.Timer, Due, Milliseconds as LONG, Timer.Callback === null ? null : Timer.Dpc);
}

/**
 * TRUE when it was armed. A callback that is queued or runs is not waited for.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-excanceltimer
 */
export function ExCancelTimer(Timer: PEX_TIMER, Parameters: PVOID): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  return KeCancelTimer(Timer.Timer);
}

/**
 * The timer is gone once it is neither armed nor its callback queued or running. Wait, which goes with Cancel only, returns then, and needs
 * APC_LEVEL at most; otherwise the delete callback tells.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exdeletetimer
 */
export function ExDeleteTimer(Timer: PEX_TIMER, Cancel: BOOLEAN, Wait: BOOLEAN, Parameters: PEXT_DELETE_PARAMETERS | null): BOOLEAN {
  machineEvent('call.irql', 0, Wait ? 1 : 2);
  if (Wait && !Cancel) machineEvent('assert.failed', 0);
  if (!Wait || Parameters !== null) machineBounded('A timer is deleted without waiting for its callback.');
  const Cancelled = KeCancelTimer(Timer.Timer);
  KiFlushQueuedDpcs();
  machineFree(Timer);
  return Cancelled;
}

const ExpTimerDpc: KDEFERRED_ROUTINE<PEX_TIMER> = (Dpc, Timer, Argument1, Argument2) => {
  Timer.Callback!(Timer, Timer.Context as never);
};
