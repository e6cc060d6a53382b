/** Timers. https://learn.microsoft.com/windows-hardware/drivers/kernel/timer-objects-and-dpcs */
import { BOOLEAN, FALSE, LARGE_INTEGER, LONG, LONGLONG, PLARGE_INTEGER, TRUE, ULONG, ULONGLONG } from './types.ts';
import { DISPATCHER_HEADER, KiCheckHeader, KiNotificationObject, KiSynchronizationObject } from './event.ts';
import { KiCheckDpc, KiInsertQueueDpc, PKDPC } from './dpc.ts';
import {
  machineArmTimer, machineAtomicBegin, machineAtomicEnd, machineBounded, machineChoose, machineDisarmTimer, machineEvent,
} from './machine.ts';

export type TIMER_TYPE = LONG & { readonly brand: 'TIMER_TYPE' };
export const NotificationTimer = 0 as TIMER_TYPE;
export const SynchronizationTimer = 1 as TIMER_TYPE;

/**
 * Opaque. Period is in milliseconds, 0 for a timer that fires once.
 * @size 64
 */
export interface KTIMER { Header: DISPATCHER_HEADER; Dpc: PKDPC | null; Period: LONG }
export type PKTIMER = KTIMER;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializetimer */
export function KeInitializeTimer(Timer: PKTIMER): void {
  KeInitializeTimerEx(Timer, NotificationTimer);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializetimerex */
export function KeInitializeTimerEx(Timer: PKTIMER, Type: TIMER_TYPE): void {
  machineEvent('call.irql', 0, 2);
  Timer.Header.Type = Type === SynchronizationTimer ? KiSynchronizationObject : KiNotificationObject;
  Timer.Header.SignalState = 0;
  Timer.Dpc = null;
  Timer.Period = 0;
}

/**
 * Arms the timer, again if it is armed: TRUE when it was.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesettimer
 */
export function KeSetTimer(Timer: PKTIMER, DueTime: LARGE_INTEGER, Dpc: PKDPC | null): BOOLEAN {
  return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}

/**
 * The same with a period in milliseconds.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesettimerex
 */
export function KeSetTimerEx(Timer: PKTIMER, DueTime: LARGE_INTEGER, Period: LONG, Dpc: PKDPC | null): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Timer.Header);
  if (Dpc !== null) KiCheckDpc(Dpc);
  const Micros = KiMicroseconds(DueTime.QuadPart);
  machineAtomicBegin();
  const Armed = machineDisarmTimer(Timer);
  Timer.Header.SignalState = 0;
  Timer.Dpc = Dpc;
  Timer.Period = Period;
  machineArmTimer(Timer, Micros);
  machineAtomicEnd();
  return Armed;
}

/**
 * The same, as much later as the caller tolerates, in milliseconds: it fires when it is due, at the end of that time, or half-way.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetcoalescabletimer
 */
export function KeSetCoalescableTimer(Timer: PKTIMER, DueTime: LARGE_INTEGER, Period: ULONG, TolerableDelay: ULONG, Dpc: PKDPC | null): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  let Later!: LARGE_INTEGER;
  const Halves: LONG = TolerableDelay === 0 ? 0 : machineChoose(3);
  Later.QuadPart = DueTime.QuadPart - 5000 * (Halves as LONGLONG) * (TolerableDelay as LONGLONG);
  return KeSetTimerEx(Timer, Later, Period as LONG, Dpc);
}

/**
 * TRUE when it was armed. FALSE of a timer that fires once means that its DPC is queued, runs or has run; it is not stopped.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kecanceltimer
 */
export function KeCancelTimer(Timer: PKTIMER): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Timer.Header);
  return machineDisarmTimer(Timer);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereadstatetimer */
export function KeReadStateTimer(Timer: PKTIMER): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Timer.Header);
  return Timer.Header.SignalState !== 0;
}

/** What the clocks tell has nothing to do with when timers fire: between two looks no time has passed or a minute, twice at most in a run. */
let KiMinutes!: LONG;
const KiClockStart: LONGLONG = 10000000000000;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kequerysystemtime-r1 */
export function KeQuerySystemTime(CurrentTime: PLARGE_INTEGER): void {
  CurrentTime.QuadPart = KiClock();
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kequerytickcount */
export function KeQueryTickCount(CurrentCount: PLARGE_INTEGER): void {
  CurrentCount.QuadPart = KiClock() / 156250;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kequeryinterrupttime */
export function KeQueryInterruptTime(): ULONGLONG {
  return KiClock() as ULONGLONG;
}

/** Units of 100 ns a tick has. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kequerytimeincrement */
export function KeQueryTimeIncrement(): ULONG {
  return 156250;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kestallexecutionprocessor */
export function KeStallExecutionProcessor(MicroSeconds: ULONG): void {
}

function KiClock(): LONGLONG {
  if (KiMinutes < 2 && machineChoose(2) === 1) KiMinutes = KiMinutes + 1;
  return KiClockStart + 600000000 * (KiMinutes as LONGLONG);
}

/** Run by the machine, in one piece, when a timer fires. */
export function KiTimerExpired(Timer: PKTIMER): void {
  Timer.Header.SignalState = 1;
  const Dpc = Timer.Dpc;
  if (Dpc !== null) KiInsertQueueDpc(Dpc, null, null);
  const Period = Timer.Period;
  if (Period > 0) machineArmTimer(Timer, Period > 2147483 ? 2147483647 : Period * 1000);
}

/**
 * Microseconds from now, for the machine, of a time in units of 100 ns; what is longer than 35 minutes is that long. Absolute
 * times (not negative, not zero) have no meaning in virtual time.
 */
export function KiMicroseconds(Time: LONGLONG): LONG {
  if (Time > 0) machineBounded('A timer or wait was given an absolute time.');
  const Units: LONGLONG = Time < 0 ? -Time : Time;
  const Micros: LONGLONG = (Units + 9) / 10;
  return Micros > 2147483647 ? 2147483647 : (Micros as LONG);
}
