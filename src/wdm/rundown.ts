/**
 * Run-down protection: who uses an object holds it, and who takes it away waits until no one does and no one can.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/run-down-protection
 */
import { BOOLEAN, FALSE, LONG, TRUE, ULONG } from './types.ts';
import { DISPATCHER_HEADER, KiCheckHeader, KiNotificationObject } from './event.ts';
import { machineAtomicBegin, machineAtomicEnd, machineEvent, machineWait } from './machine.ts';

/**
 * Opaque. Free is signalled once the run-down has begun and nobody holds the object.
 * @size 8
 */
export interface EX_RUNDOWN_REF { Free: DISPATCHER_HEADER; Count: LONG; Down: BOOLEAN }
export type PEX_RUNDOWN_REF = EX_RUNDOWN_REF;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializerundownprotection */
export function ExInitializeRundownProtection(RunRef: PEX_RUNDOWN_REF): void {
  machineEvent('call.irql', 0, 1);
  ExpInitializeRundown(RunRef);
}

/**
 * After a run-down: the object can be held again.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreinitializerundownprotection
 */
export function ExReInitializeRundownProtection(RunRef: PEX_RUNDOWN_REF): void {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(RunRef.Free);
  if (!RunRef.Down || RunRef.Count !== 0) machineEvent('lock.in-use', 0);
  ExpInitializeRundown(RunRef);
}

/**
 * TRUE and held, or FALSE once the run-down has begun.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirerundownprotection
 */
export function ExAcquireRundownProtection(RunRef: PEX_RUNDOWN_REF): BOOLEAN {
  return ExAcquireRundownProtectionEx(RunRef, 1);
}

/** So many holds at once. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirerundownprotectionex */
export function ExAcquireRundownProtectionEx(RunRef: PEX_RUNDOWN_REF, Count: ULONG): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(RunRef.Free);
  machineAtomicBegin();
  const Held = !RunRef.Down;
  if (Held) RunRef.Count = RunRef.Count + (Count as LONG);
  machineAtomicEnd();
  return Held;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleaserundownprotection */
export function ExReleaseRundownProtection(RunRef: PEX_RUNDOWN_REF): void {
  ExReleaseRundownProtectionEx(RunRef, 1);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleaserundownprotectionex */
export function ExReleaseRundownProtectionEx(RunRef: PEX_RUNDOWN_REF, Count: ULONG): void {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(RunRef.Free);
  machineAtomicBegin();
  if (RunRef.Count < (Count as LONG)) machineEvent('lock.not-owned');
  else RunRef.Count = RunRef.Count - (Count as LONG);
  if (RunRef.Down && RunRef.Count === 0) RunRef.Free.SignalState = 1;
  machineAtomicEnd();
}

/**
 * Lets no one hold the object any more, and waits until no one does.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exwaitforrundownprotectionrelease
 */
export function ExWaitForRundownProtectionRelease(RunRef: PEX_RUNDOWN_REF): void {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(RunRef.Free);
  machineAtomicBegin();
  RunRef.Down = TRUE;
  if (RunRef.Count === 0) RunRef.Free.SignalState = 1;
  machineAtomicEnd();
  machineWait(RunRef.Free, 0, 0);
}

/**
 * From now on it is as after a run-down.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exrundowncompleted
 */
export function ExRundownCompleted(RunRef: PEX_RUNDOWN_REF): void {
  machineEvent('call.irql', 0, 1);
  KiCheckHeader(RunRef.Free);
  RunRef.Down = TRUE;
}

function ExpInitializeRundown(RunRef: PEX_RUNDOWN_REF): void {
  RunRef.Free.Type = KiNotificationObject;
  RunRef.Free.SignalState = 0;
  RunRef.Count = 0;
  RunRef.Down = FALSE;
}
