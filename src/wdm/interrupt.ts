/** Interrupts: connecting a service routine, and running code that shares its data. */
import { ARRAY, BOOLEAN, FALSE, KIRQL, LONG, NTSTATUS, PVOID, Ref, TRUE, UCHAR, ULONG, sizeof } from './types.ts';
import { DISPATCHER_HEADER } from './event.ts';
import { HalLineAt, HalLineCount, HalLineOfVector, HalUpdateLine, PHAL_LINE } from './hal.ts';
import { DEVICE_LEVEL } from './irql.ts';
import { KeInitializeSpinLock, KiAcquire, KiRelease, KSPIN_LOCK, PKSPIN_LOCK } from './spinlock.ts';
import { KiAllocationFails } from './pool.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from './status.ts';
import {
  machineAlloc, machineAtomicBegin, machineAtomicEnd, machineBounded, machineCancelLockHeld, machineEvent, machineFree,
  machineIrql, machineLocksHeld, machineLower, machineRaise, machineWait,
} from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-kservice_routine */
export type KSERVICE_ROUTINE<CONTEXT = never> = (Interrupt: PKINTERRUPT, ServiceContext: CONTEXT) => BOOLEAN;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-ksynchronize_routine */
export type KSYNCHRONIZE_ROUTINE<CONTEXT = never> = (SynchronizeContext: CONTEXT) => BOOLEAN;

/** Opaque. Lock points to the driver's spin lock or to the object's own. */
export interface KINTERRUPT {
  ServiceRoutine: KSERVICE_ROUTINE;
  ServiceContext: PVOID;
  SynchronizeIrql: KIRQL;
  /** How far that is above the lowest DIRQL: kept apart, so that it is plain to be above DISPATCH_LEVEL. */
  AboveLowest: UCHAR;
  Lock: PKSPIN_LOCK;
  OwnLock: KSPIN_LOCK;
  /** Of a virtual device; null for one that exists in the scenario only. */
  Line: PHAL_LINE | null;
  /** Its place in the system's table. */
  Slot: LONG;
  /** Service routines that run; signalled while there are none. */
  Serving: LONG;
  Idle: DISPATCHER_HEADER;
}
export type PKINTERRUPT = KINTERRUPT;
export type KINTERRUPT_MODE = LONG & { readonly brand: 'KINTERRUPT_MODE' };
export const LevelSensitive = 0 as KINTERRUPT_MODE;
export const Latched = 1 as KINTERRUPT_MODE;

/** The first level above DISPATCH_LEVEL. */
const LOWEST_DIRQL: LONG = 3;

interface IOP_INTERRUPT { Interrupt: PKINTERRUPT | null }
let IopInterrupts!: ARRAY<IOP_INTERRUPT, 4>;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioconnectinterrupt */
export function IoConnectInterrupt<CONTEXT>(
  InterruptObject: Ref<PKINTERRUPT | null>, ServiceRoutine: KSERVICE_ROUTINE<CONTEXT>, ServiceContext: CONTEXT, SpinLock: PKSPIN_LOCK | null,
  Vector: ULONG, Irql: KIRQL, SynchronizeIrql: KIRQL, InterruptMode: KINTERRUPT_MODE, ShareVector: BOOLEAN, ProcessorEnableMask: ULONG, FloatingSave: BOOLEAN,
): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  return KiConnect(
    InterruptObject, ServiceRoutine as KSERVICE_ROUTINE, ServiceContext as PVOID, SpinLock, HalLineOfVector(Vector), Irql, SynchronizeIrql,
    ShareVector,
  );
}

/**
 * Waits for a service routine that runs.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iodisconnectinterrupt
 */
export function IoDisconnectInterrupt(InterruptObject: PKINTERRUPT): void {
  machineEvent('call.irql', 0, 0);
  KiDisconnect(InterruptObject);
}

/** Connects to a line; null when the vector is that of no virtual device, whose interrupts a scenario makes. */
export function KiConnect(
  InterruptObject: Ref<PKINTERRUPT | null>, ServiceRoutine: KSERVICE_ROUTINE, ServiceContext: PVOID, SpinLock: PKSPIN_LOCK | null,
  Line: PHAL_LINE | null, Irql: KIRQL, SynchronizeIrql: KIRQL, ShareVector: BOOLEAN,
): NTSTATUS {
  if (KiAllocationFails()) return STATUS_INSUFFICIENT_RESOURCES;
  if (Line !== null && Line.Connected > 0 && !ShareVector) return STATUS_INVALID_PARAMETER;
  const Interrupt = machineAlloc(sizeof<KINTERRUPT>(), 2, 1);
  const Least = Line !== null ? Line.Irql : Irql > 2 ? Irql : DEVICE_LEVEL;
  Interrupt.ServiceRoutine = ServiceRoutine;
  Interrupt.ServiceContext = ServiceContext;
  Interrupt.SynchronizeIrql = SynchronizeIrql > Least ? SynchronizeIrql : Least;
  Interrupt.AboveLowest = Interrupt.SynchronizeIrql - LOWEST_DIRQL;
  Interrupt.Line = Line;
  KeInitializeSpinLock(Interrupt.OwnLock);
  Interrupt.Lock = SpinLock !== null ? SpinLock : Interrupt.OwnLock;
  Interrupt.Idle.SignalState = 1;
  InterruptObject.Value = Interrupt;
  machineAtomicBegin();
  let Index: LONG = 0;
  while (Index < 4 && IopInterrupts[Index].Interrupt !== null) Index++;
  if (Index === 4) {
    machineBounded('More than four interrupts are connected.');
  } else {
    IopInterrupts[Index].Interrupt = Interrupt;
    Interrupt.Slot = Index;
    if (Line !== null) {
      Line.Connected = Line.Connected + 1;
      HalUpdateLine(Line);
    }
  }
  machineAtomicEnd();
  return STATUS_SUCCESS;
}

/** Takes an interrupt object off its line; its service routine is not called any more when this returns. */
export function KiDisconnect(Interrupt: PKINTERRUPT): void {
  machineAtomicBegin();
  for (let Index: LONG = 0; Index < 4; Index++) {
    if (IopInterrupts[Index].Interrupt === Interrupt) {
      IopInterrupts[Index].Interrupt = null;
      const Line = Interrupt.Line;
      if (Line !== null) {
        Line.Connected = Line.Connected - 1;
        HalUpdateLine(Line);
      }
    }
  }
  machineAtomicEnd();
  machineWait(Interrupt.Idle, 0, 0);
  machineFree(Interrupt);
}

/**
 * Runs the routine at the interrupt's synchronization level with its spin lock held, and gives what it returns.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesynchronizeexecution
 */
export function KeSynchronizeExecution<CONTEXT>(Interrupt: PKINTERRUPT, SynchronizeRoutine: KSYNCHRONIZE_ROUTINE<CONTEXT>, SynchronizeContext: CONTEXT): BOOLEAN {
  machineEvent('call.irql', 0, Interrupt.AboveLowest + LOWEST_DIRQL);
  const OldIrql = machineRaise(Interrupt.SynchronizeIrql);
  const Lock = Interrupt.Lock;
  KiAcquire(Lock);
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  const Result = SynchronizeRoutine(SynchronizeContext);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  KiRelease(Lock);
  machineLower(OldIrql);
  return Result;
}

/** Gives the old level. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireinterruptspinlock */
export function KeAcquireInterruptSpinLock(Interrupt: PKINTERRUPT): KIRQL {
  machineEvent('call.irql', 0, Interrupt.AboveLowest + LOWEST_DIRQL);
  const OldIrql = machineRaise(Interrupt.SynchronizeIrql) as KIRQL;
  KiAcquire(Interrupt.Lock);
  return OldIrql;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseinterruptspinlock */
export function KeReleaseInterruptSpinLock(Interrupt: PKINTERRUPT, OldIrql: KIRQL): void {
  machineEvent('call.irql', 3, 12);
  KiRelease(Interrupt.Lock);
  machineLower(OldIrql);
}

/** How often in a row a line may still be asserted behind a service routine that has claimed it. More is a storm. */
const MOST_ROUNDS: LONG = 20;

/**
 * A device that no driver sees the registers of asserts its line: the calling context stands for whatever the processor was doing. Every service
 * routine that is connected to no virtual device's line is asked until one says that the interrupt was its device's.
 */
export function KiInterrupt(): void {
  machineAtomicBegin();
  let Interrupt = KiNextInterrupt(0, null);
  machineAtomicEnd();
  while (Interrupt !== null) {
    const Mine = KiService(Interrupt);
    machineAtomicBegin();
    const Next = Interrupt.Slot + 1;
    KiServed(Interrupt);
    Interrupt = Mine ? null : KiNextInterrupt(Next, null);
    machineAtomicEnd();
  }
}

/**
 * The processor takes the interrupt of a line, at its IRQL: the service routines connected to it are called, on a level-sensitive line until one
 * claims it.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-interrupt-service-routines
 */
export function KiServiceLine(Line: PHAL_LINE): void {
  let Claimed: BOOLEAN = FALSE;
  machineAtomicBegin();
  Line.Pending = FALSE;
  HalUpdateLine(Line);
  const Held = Line.Asserted && !Line.Latched;
  if (Held) Line.Rounds = Line.Rounds + 1;
  let Interrupt = KiNextInterrupt(0, Line);
  machineAtomicEnd();
  while (Interrupt !== null) {
    if (KiService(Interrupt)) Claimed = TRUE;
    machineAtomicBegin();
    const Next = Interrupt.Slot + 1;
    KiServed(Interrupt);
    Interrupt = Claimed && !Line.Latched ? null : KiNextInterrupt(Next, Line);
    // Rounds is zero again when the device has let the line go in between.
    if (Interrupt === null && Held && Line.Rounds > 0 && Line.Connected > 0 && (!Claimed || Line.Rounds > MOST_ROUNDS)) {
      Line.Rounds = 0;
      machineEvent('interrupt.unquieted', Claimed);
    }
    machineAtomicEnd();
  }
}

/**
 * Another device on the same line interrupts, one that no driver here is for: the service routines on level-sensitive lines are asked, and have
 * nothing to do with it.
 */
export function KiForeignInterrupt(): void {
  for (let Index: LONG = 0; Index < HalLineCount; Index++) {
    const Line = HalLineAt(Index)!;
    machineAtomicBegin();
    Line.Raised = Line.Asserted;
    const Interrupt = Line.Latched ? null : KiNextInterrupt(0, Line);
    machineAtomicEnd();
    if (Interrupt !== null) {
      const Mine = KiService(Interrupt);
      machineAtomicBegin();
      KiServed(Interrupt);
      if (Mine && !Line.Raised) machineEvent('interrupt.unquieted', 2);
      machineAtomicEnd();
    }
  }
}

/** The next interrupt object of that line, from a place in the table on, marked as being served; null when there is none. */
function KiNextInterrupt(From: LONG, Line: PHAL_LINE | null): PKINTERRUPT | null {
  for (let Index: LONG = From; Index < 4; Index++) {
    const Interrupt = IopInterrupts[Index].Interrupt;
    if (Interrupt !== null && Interrupt.Line === Line) {
      Interrupt.Serving = Interrupt.Serving + 1;
      Interrupt.Idle.SignalState = 0;
      return Interrupt;
    }
  }
  return null;
}

/** Its service routine has returned. */
function KiServed(Interrupt: PKINTERRUPT): void {
  Interrupt.Serving = Interrupt.Serving - 1;
  if (Interrupt.Serving === 0) Interrupt.Idle.SignalState = 1;
}

function KiService(Interrupt: PKINTERRUPT): BOOLEAN {
  const Routine = Interrupt.ServiceRoutine;
  const Context = Interrupt.ServiceContext;
  const Lock = Interrupt.Lock;
  const OldIrql = machineRaise(Interrupt.SynchronizeIrql);
  KiAcquire(Lock);
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  const Mine = Routine(Interrupt, Context as never);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  KiRelease(Lock);
  machineLower(OldIrql);
  return Mine;
}
