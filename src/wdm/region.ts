/**
 * What a thread keeps away from itself: normal kernel APCs in a critical region, every APC in a guarded region and from APC_LEVEL on.
 * The counts lie in the thread that they are about, so that they tie no two threads together.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/disabling-apcs
 */
import { BOOLEAN, FALSE, KIRQL, LONG, Ref, TRUE } from './types.ts';
import { APC_LEVEL, DISPATCH_LEVEL } from './irql.ts';
import { IopDeliverApcs } from './io-manager.ts';
import { KiCurrentThread, PKTHREAD } from './thread.ts';
import { machineEvent, machineExchangeAdd, machineIrql, machineLower, machineRaise } from './machine.ts';

/**
 * From here on no normal kernel APC comes to the thread. Regions nest.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-keentercriticalregion
 */
export function KeEnterCriticalRegion(): void {
  machineEvent('call.irql', 0, 1);
  KiEnterCriticalRegion();
}

/**
 * Only as often as a region was entered.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-keleavecriticalregion
 */
export function KeLeaveCriticalRegion(): void {
  machineEvent('call.irql', 0, 1);
  KiLeaveCriticalRegion();
}

/**
 * From here on no APC comes to the thread, special kernel APCs included: no request of its own is finished. Regions nest.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-keenterguardedregion
 */
export function KeEnterGuardedRegion(): void {
  machineEvent('call.irql', 0, 1);
  KiEnterGuardedRegion();
}

/**
 * Only as often as a region was entered.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-keleaveguardedregion
 */
export function KeLeaveGuardedRegion(): void {
  machineEvent('call.irql', 0, 1);
  KiLeaveGuardedRegion();
}

/**
 * TRUE in a critical or guarded region, while a mutex is held, and from APC_LEVEL on.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keareapcsdisabled
 */
export function KeAreApcsDisabled(): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  return KiNormalApcsDisabled();
}

/**
 * TRUE in a guarded region and from APC_LEVEL on.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keareallapcsdisabled
 */
export function KeAreAllApcsDisabled(): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  return machineIrql() >= APC_LEVEL || KiCurrentThread().GuardedRegions > 0;
}

/** Whether special kernel APCs are kept from that thread, so that its requests are not finished now. */
export function KiApcsBlocked(Thread: PKTHREAD): BOOLEAN {
  return Thread.ApcsBlocked > 0;
}

/** Whether normal kernel APCs are kept from the current thread. */
export function KiNormalApcsDisabled(): BOOLEAN {
  const Thread = KiCurrentThread();
  return machineIrql() >= APC_LEVEL || Thread.CriticalRegions + Thread.Mutexes + Thread.GuardedRegions > 0;
}

export function KiEnterCriticalRegion(): void {
  const Thread = KiCurrentThread();
  Thread.CriticalRegions = Thread.CriticalRegions + 1;
  Thread.Held = Thread.Held + 1;
}

export function KiLeaveCriticalRegion(): void {
  const Thread = KiCurrentThread();
  if (Thread.CriticalRegions === 0) {
    machineEvent('lock.not-owned');
    return;
  }
  Thread.CriticalRegions = Thread.CriticalRegions - 1;
  Thread.Held = Thread.Held - 1;
}

export function KiEnterGuardedRegion(): void {
  const Thread = KiCurrentThread();
  Thread.GuardedRegions = Thread.GuardedRegions + 1;
  Thread.Held = Thread.Held + 1;
  KiBlockApcs(Thread);
}

export function KiLeaveGuardedRegion(): void {
  const Thread = KiCurrentThread();
  if (Thread.GuardedRegions === 0) {
    machineEvent('lock.not-owned');
    return;
  }
  Thread.GuardedRegions = Thread.GuardedRegions - 1;
  Thread.Held = Thread.Held - 1;
  KiUnblockApcs(Thread);
}

/**
 * Raises, and gives the old level. At APC_LEVEL the thread can still wait, and then it matters that no APC comes to it. A thread above
 * cannot wait: what comes to it there might as well have come before.
 */
export function KiRaiseIrql(NewIrql: KIRQL): KIRQL {
  const OldIrql = machineRaise(NewIrql) as KIRQL;
  if (OldIrql < APC_LEVEL && NewIrql === APC_LEVEL) {
    const Thread = KiCurrentThread();
    Thread.AtApcLevel = TRUE;
    KiBlockApcs(Thread);
  }
  return OldIrql;
}

/** Lowers, to any level below. What waited for the thread to leave APC_LEVEL comes now. */
export function KiLowerIrql(NewIrql: KIRQL): void {
  machineLower(NewIrql);
  if (NewIrql >= APC_LEVEL) return;
  const Thread = KiCurrentThread();
  if (!Thread.AtApcLevel) return;
  Thread.AtApcLevel = FALSE;
  KiUnblockApcs(Thread);
}

function KiBlockApcs(Thread: PKTHREAD): void {
  machineExchangeAdd(Ref(Thread.ApcsBlocked), 1);
}

function KiUnblockApcs(Thread: PKTHREAD): void {
  if (machineExchangeAdd(Ref(Thread.ApcsBlocked), -1) === 1 && Thread.ApcsQueued !== 0) IopDeliverApcs(Thread);
}

/**
 * What the current thread holds: mutexes and regions in the low byte, resources above. What it is when a driver routine is entered, it is to be
 * at its return. Of a raised context, which can take nothing of that kind, more than there can be.
 */
export function KiHeldByThread(): LONG {
  if (machineIrql() >= DISPATCH_LEVEL) return 2147483647;
  const Thread = KiCurrentThread();
  return Thread.Held + 256 * Thread.Resources;
}

/**
 * Whether a driver routine that was entered with so much has returned with more. Where it has pended a request, it may have handed resources
 * over to whoever finishes that, who then releases them for the thread.
 */
export function KiKeeps(Before: LONG, Pended: BOOLEAN): BOOLEAN {
  if (Before === 2147483647 || machineIrql() >= DISPATCH_LEVEL) return FALSE;
  const Now = KiHeldByThread();
  return (Now & 255) > (Before & 255) || (!Pended && Now >> 8 > Before >> 8);
}
