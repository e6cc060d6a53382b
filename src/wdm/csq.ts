/**
 * Cancel-safe queues: the system owns the cancel routine, the driver supplies the queue.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/cancel-safe-irp-queues
 */
import { BOOLEAN, FALSE, KIRQL, NTSTATUS, PVOID, Ref, TRUE, ULONG } from './types.ts';
import { IoReleaseCancelSpinLock, IoSetCancelRoutine } from './cancel.ts';
import { DRIVER_CANCEL, IoMarkIrpPending, PIRP } from './irp.ts';
import { STATUS_SUCCESS } from './status.ts';
import { machineCancelLockHeld, machineEvent, machineIrql, machineLocksHeld } from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_csq_insert_irp */
export type IO_CSQ_INSERT_IRP = (Csq: PIO_CSQ, Irp: PIRP) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_csq_insert_irp_ex */
export type IO_CSQ_INSERT_IRP_EX<CONTEXT = never> = (Csq: PIO_CSQ, Irp: PIRP, InsertContext: CONTEXT) => NTSTATUS;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_csq_remove_irp */
export type IO_CSQ_REMOVE_IRP = (Csq: PIO_CSQ, Irp: PIRP) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_csq_peek_next_irp */
export type IO_CSQ_PEEK_NEXT_IRP<CONTEXT = never> = (Csq: PIO_CSQ, Irp: PIRP | null, PeekContext: CONTEXT) => PIRP | null;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_csq_acquire_lock */
export type IO_CSQ_ACQUIRE_LOCK = (Csq: PIO_CSQ, Irql: Ref<KIRQL>) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_csq_release_lock */
export type IO_CSQ_RELEASE_LOCK = (Csq: PIO_CSQ, Irql: KIRQL) => void;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_csq_complete_canceled_irp */
export type IO_CSQ_COMPLETE_CANCELED_IRP = (Csq: PIO_CSQ, Irp: PIRP) => void;

/**
 * Opaque. Exactly one of the insert routines is set.
 * @size 64
 */
export interface IO_CSQ {
  CsqInsertIrp: IO_CSQ_INSERT_IRP | null;
  CsqInsertIrpEx: IO_CSQ_INSERT_IRP_EX | null;
  CsqRemoveIrp: IO_CSQ_REMOVE_IRP;
  CsqPeekNextIrp: IO_CSQ_PEEK_NEXT_IRP;
  CsqAcquireLock: IO_CSQ_ACQUIRE_LOCK;
  CsqReleaseLock: IO_CSQ_RELEASE_LOCK;
  CsqCompleteCanceledIrp: IO_CSQ_COMPLETE_CANCELED_IRP;
  /**
   * Somebody is between the driver's lock and unlock routine.
   * @system
   */
  Locked: BOOLEAN;
}
export type PIO_CSQ = IO_CSQ;

/**
 * Names one queued IRP; Irp is null once it is out of the queue.
 * @size 24
 */
export interface IO_CSQ_IRP_CONTEXT { Irp: PIRP | null; Csq: PIO_CSQ | null }
export type PIO_CSQ_IRP_CONTEXT = IO_CSQ_IRP_CONTEXT;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqinitialize */
export function IoCsqInitialize<CONTEXT>(
  Csq: PIO_CSQ, CsqInsertIrp: IO_CSQ_INSERT_IRP, CsqRemoveIrp: IO_CSQ_REMOVE_IRP, CsqPeekNextIrp: IO_CSQ_PEEK_NEXT_IRP<CONTEXT>,
  CsqAcquireLock: IO_CSQ_ACQUIRE_LOCK, CsqReleaseLock: IO_CSQ_RELEASE_LOCK, CsqCompleteCanceledIrp: IO_CSQ_COMPLETE_CANCELED_IRP,
): NTSTATUS {
  Csq.CsqInsertIrp = CsqInsertIrp;
  Csq.CsqInsertIrpEx = null;
  Csq.CsqRemoveIrp = CsqRemoveIrp;
  Csq.CsqPeekNextIrp = CsqPeekNextIrp as IO_CSQ_PEEK_NEXT_IRP;
  Csq.CsqAcquireLock = CsqAcquireLock;
  Csq.CsqReleaseLock = CsqReleaseLock;
  Csq.CsqCompleteCanceledIrp = CsqCompleteCanceledIrp;
  Csq.Locked = FALSE;
  return STATUS_SUCCESS;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqinitializeex */
export function IoCsqInitializeEx<INSERT, PEEK>(
  Csq: PIO_CSQ, CsqInsertIrp: IO_CSQ_INSERT_IRP_EX<INSERT>, CsqRemoveIrp: IO_CSQ_REMOVE_IRP, CsqPeekNextIrp: IO_CSQ_PEEK_NEXT_IRP<PEEK>,
  CsqAcquireLock: IO_CSQ_ACQUIRE_LOCK, CsqReleaseLock: IO_CSQ_RELEASE_LOCK, CsqCompleteCanceledIrp: IO_CSQ_COMPLETE_CANCELED_IRP,
): NTSTATUS {
  Csq.CsqInsertIrp = null;
  Csq.CsqInsertIrpEx = CsqInsertIrp as IO_CSQ_INSERT_IRP_EX;
  Csq.CsqRemoveIrp = CsqRemoveIrp;
  Csq.CsqPeekNextIrp = CsqPeekNextIrp as IO_CSQ_PEEK_NEXT_IRP;
  Csq.CsqAcquireLock = CsqAcquireLock;
  Csq.CsqReleaseLock = CsqReleaseLock;
  Csq.CsqCompleteCanceledIrp = CsqCompleteCanceledIrp;
  Csq.Locked = FALSE;
  return STATUS_SUCCESS;
}

/**
 * Marks the IRP pending and queues it; one that has been cancelled already is completed as such instead.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqinsertirp
 */
export function IoCsqInsertIrp(Csq: PIO_CSQ, Irp: PIRP, Context: PIO_CSQ_IRP_CONTEXT | null): void {
  IoCsqInsertIrpEx(Csq, Irp, Context, null);
}

/**
 * Gives what the driver's insert routine returned. When that failed, the IRP is neither queued nor marked pending: its page
 * does not say, and this is the order that the page of IoCsqInsertIrp gives.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqinsertirpex
 */
export function IoCsqInsertIrpEx(Csq: PIO_CSQ, Irp: PIRP, Context: PIO_CSQ_IRP_CONTEXT | null, InsertContext: PVOID): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  IopCsqName(Irp, Context !== null ? Context : Csq);
  if (Context !== null) {
    Context.Irp = Irp;
    Context.Csq = Csq;
  }
  const OldIrql = IopCsqLock(Csq);
  let Status: NTSTATUS = STATUS_SUCCESS;
  const InsertEx = Csq.CsqInsertIrpEx;
  if (InsertEx !== null) {
    const Irql = machineIrql();
    const Locks = machineLocksHeld();
    const CancelLock = machineCancelLockHeld();
    machineEvent('csq.insert-enter', Irp);
    machineEvent('routine.enter');
    Status = InsertEx(Csq, Irp, InsertContext as never);
    machineEvent('routine.leave', Irql, Locks, CancelLock);
    machineEvent('csq.insert-leave', Irp, Status);
    if (Status < 0) {
      IopCsqName(Irp, null);
      if (Context !== null) Context.Irp = null;
      IopCsqUnlock(Csq, OldIrql);
      return Status;
    }
  } else {
    const Insert = Csq.CsqInsertIrp!;
    const Irql = machineIrql();
    const Locks = machineLocksHeld();
    const CancelLock = machineCancelLockHeld();
    machineEvent('csq.insert-enter', Irp);
    machineEvent('routine.enter');
    Insert(Csq, Irp);
    machineEvent('routine.leave', Irql, Locks, CancelLock);
    machineEvent('csq.insert-leave', Irp, STATUS_SUCCESS);
  }
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, Context !== null ? IopCsqCancelContext : IopCsqCancel);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    // Cancelled before, and the cancel routine will not run.
    IopCsqTakeOut(Csq, Irp, Context);
    IopCsqUnlock(Csq, OldIrql);
    IopCsqComplete(Csq, Irp);
    return Status;
  }
  IopCsqUnlock(Csq, OldIrql);
  return Status;
}

/**
 * Takes the next IRP that matches and is not being cancelled out of the queue; null when there is none.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqremovenextirp
 */
export function IoCsqRemoveNextIrp(Csq: PIO_CSQ, PeekContext: PVOID): PIRP | null {
  machineEvent('call.irql', 0, 2);
  const OldIrql = IopCsqLock(Csq);
  let Irp = IopCsqPeek(Csq, null, PeekContext);
  while (Irp !== null) {
    if (IoSetCancelRoutine(Irp, null) !== null) {
      const Context = IopCsqContext(Irp);
      if (Context !== (Csq as PVOID)) (Context as PIO_CSQ_IRP_CONTEXT).Irp = null;
      IopCsqRemove(Csq, Irp);
      IopCsqName(Irp, null);
      break;
    }
    // Its cancel routine waits for the queue's lock.
    Irp = IopCsqPeek(Csq, Irp, PeekContext);
  }
  IopCsqUnlock(Csq, OldIrql);
  return Irp;
}

/**
 * Takes out the IRP that was queued with that context; null when it is not in the queue any more or is being cancelled.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqremoveirp
 */
export function IoCsqRemoveIrp(Csq: PIO_CSQ, Context: PIO_CSQ_IRP_CONTEXT): PIRP | null {
  machineEvent('call.irql', 0, 2);
  const OldIrql = IopCsqLock(Csq);
  let Irp = Context.Irp;
  if (Irp !== null) {
    if (IoSetCancelRoutine(Irp, null) !== null) IopCsqTakeOut(Csq, Irp, Context);
    else Irp = null;
  }
  IopCsqUnlock(Csq, OldIrql);
  return Irp;
}

/** The cancel routine of an IRP that was queued without a context. */
const IopCsqCancel: DRIVER_CANCEL<never> = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const Csq = IopCsqContext(Irp) as PIO_CSQ;
  const OldIrql = IopCsqLock(Csq);
  IopCsqTakeOut(Csq, Irp, null);
  IopCsqUnlock(Csq, OldIrql);
  IopCsqComplete(Csq, Irp);
};

/** The cancel routine of an IRP that was queued with one. */
const IopCsqCancelContext: DRIVER_CANCEL<never> = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const Context = IopCsqContext(Irp) as PIO_CSQ_IRP_CONTEXT;
  const Csq = Context.Csq!;
  const OldIrql = IopCsqLock(Csq);
  IopCsqTakeOut(Csq, Irp, Context);
  IopCsqUnlock(Csq, OldIrql);
  IopCsqComplete(Csq, Irp);
};

/** Takes the driver's lock, which may be a spin lock or a mutex. */
function IopCsqLock(Csq: PIO_CSQ): KIRQL {
  let Irql!: KIRQL;
  Csq.CsqAcquireLock(Csq, Ref(Irql));
  // Two at once are in here only where the driver's routine does not shut the second one out.
  if (Csq.Locked) machineEvent('csq.lock-leave');
  Csq.Locked = TRUE;
  return Irql;
}

/** Gives the driver's lock back. */
function IopCsqUnlock(Csq: PIO_CSQ, OldIrql: KIRQL): void {
  Csq.Locked = FALSE;
  Csq.CsqReleaseLock(Csq, OldIrql);
}

/** Notes in the IRP which queue or context it is in; null: in none. That is for the system alone, as long as the IRP is queued. */
function IopCsqName(Irp: PIRP, Name: PVOID): void {
  Irp.Tail.Overlay.DriverContext[3] = Name;
  Irp.CsqContext = Name;
}

/** What was noted there; anything else is what the driver has written over it. */
function IopCsqContext(Irp: PIRP): PVOID {
  const Name = Irp.Tail.Overlay.DriverContext[3];
  if (Name !== Irp.CsqContext) machineEvent('csq.overwritten', Irp);
  return Name;
}

/** Under the queue's lock: out of the queue, and its context no longer names it. */
function IopCsqTakeOut(Csq: PIO_CSQ, Irp: PIRP, Context: PIO_CSQ_IRP_CONTEXT | null): void {
  IopCsqRemove(Csq, Irp);
  if (Context !== null) Context.Irp = null;
  IopCsqName(Irp, null);
}

function IopCsqRemove(Csq: PIO_CSQ, Irp: PIRP): void {
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('csq.remove-enter', Irp);
  machineEvent('routine.enter');
  Csq.CsqRemoveIrp(Csq, Irp);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  machineEvent('csq.remove-leave', Irp);
}

function IopCsqPeek(Csq: PIO_CSQ, After: PIRP | null, PeekContext: PVOID): PIRP | null {
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  const Irp = Csq.CsqPeekNextIrp(Csq, After, PeekContext as never);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  if (Irp !== null) machineEvent('csq.peek-leave', Irp, Irp === After);
  return Irp;
}

function IopCsqComplete(Csq: PIO_CSQ, Irp: PIRP): void {
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  Csq.CsqCompleteCanceledIrp(Csq, Irp);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  machineEvent('csq.complete-leave', Irp);
}
