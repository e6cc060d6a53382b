/** Interrupts: connecting a service routine, and running code that shares its data. */
import { ARRAY, BOOLEAN, KIRQL, LONG, NTSTATUS, PVOID, Ref, ULONG, sizeof } from './types.ts';
import { DEVICE_LEVEL } from './irql.ts';
import { KiAcquire, KiRelease, KSPIN_LOCK, PKSPIN_LOCK } from './spinlock.ts';
import { KiAllocationFails } from './pool.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_SUCCESS } from './status.ts';
import {
  machineAlloc, machineBounded, machineCancelLockHeld, machineEvent, machineFree, machineIrql, machineLocksHeld, machineLower, machineRaise,
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
  Lock: PKSPIN_LOCK;
  OwnLock: KSPIN_LOCK;
}
export type PKINTERRUPT = KINTERRUPT;
export type KINTERRUPT_MODE = LONG & { readonly brand: 'KINTERRUPT_MODE' };
export const LevelSensitive = 0 as KINTERRUPT_MODE;
export const Latched = 1 as KINTERRUPT_MODE;

interface IOP_INTERRUPT { Interrupt: PKINTERRUPT | null }
let IopInterrupts!: ARRAY<IOP_INTERRUPT, 4>;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioconnectinterrupt */
export function IoConnectInterrupt<CONTEXT>(
  InterruptObject: Ref<PKINTERRUPT | null>, ServiceRoutine: KSERVICE_ROUTINE<CONTEXT>, ServiceContext: CONTEXT, SpinLock: PKSPIN_LOCK | null,
  Vector: ULONG, Irql: KIRQL, SynchronizeIrql: KIRQL, InterruptMode: KINTERRUPT_MODE, ShareVector: BOOLEAN, ProcessorEnableMask: ULONG, FloatingSave: BOOLEAN,
): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  if (KiAllocationFails()) return STATUS_INSUFFICIENT_RESOURCES;
  const Interrupt = machineAlloc(sizeof<KINTERRUPT>(), 0, 1);
  Interrupt.ServiceRoutine = ServiceRoutine as KSERVICE_ROUTINE;
  Interrupt.ServiceContext = ServiceContext as PVOID;
  Interrupt.SynchronizeIrql = SynchronizeIrql > 2 ? SynchronizeIrql : DEVICE_LEVEL;
  Interrupt.Lock = SpinLock !== null ? SpinLock : Interrupt.OwnLock;
  InterruptObject.Value = Interrupt;
  for (let Index: LONG = 0; Index < 4; Index++) {
    if (IopInterrupts[Index].Interrupt === null) {
      IopInterrupts[Index].Interrupt = Interrupt;
      return STATUS_SUCCESS;
    }
  }
  machineBounded('More than four interrupts are connected.');
  return STATUS_SUCCESS;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iodisconnectinterrupt */
export function IoDisconnectInterrupt(InterruptObject: PKINTERRUPT): void {
  machineEvent('call.irql', 0, 0);
  for (let Index: LONG = 0; Index < 4; Index++) {
    if (IopInterrupts[Index].Interrupt === InterruptObject) IopInterrupts[Index].Interrupt = null;
  }
  machineFree(InterruptObject);
}

/**
 * Runs the routine at the interrupt's synchronization level with its spin lock held, and gives what it returns.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesynchronizeexecution
 */
export function KeSynchronizeExecution<CONTEXT>(Interrupt: PKINTERRUPT, SynchronizeRoutine: KSYNCHRONIZE_ROUTINE<CONTEXT>, SynchronizeContext: CONTEXT): BOOLEAN {
  machineEvent('call.irql', 0, Interrupt.SynchronizeIrql);
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
  machineEvent('call.irql', 0, Interrupt.SynchronizeIrql);
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

/**
 * The device asserts its line: the calling context stands for whatever the processor was doing. Every connected service
 * routine is asked until one says that the interrupt was its device's.
 */
export function KiInterrupt(): void {
  for (let Index: LONG = 0; Index < 4; Index++) {
    const Interrupt = IopInterrupts[Index].Interrupt;
    if (Interrupt !== null && KiService(Interrupt)) return;
  }
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
