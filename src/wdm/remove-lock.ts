/** Remove locks: a count of what still uses a device. https://learn.microsoft.com/windows-hardware/drivers/kernel/using-remove-locks */
import { BOOLEAN, FALSE, LONG, NTSTATUS, POOL_TAG, PVOID, Ref, TRUE, ULONG } from './types.ts';
import { KEVENT, KeInitializeEvent, SynchronizationEvent } from './event.ts';
import { STATUS_DELETE_PENDING, STATUS_SUCCESS } from './status.ts';
import { machineEvent, machineExchange, machineExchangeAdd, machineWait } from './machine.ts';

/** Opaque. IoCount is one more than the number of holders until removal starts. */
export interface IO_REMOVE_LOCK { Removed: BOOLEAN; IoCount: LONG; RemoveEvent: KEVENT }
export type PIO_REMOVE_LOCK = IO_REMOVE_LOCK;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinitializeremovelock */
export function IoInitializeRemoveLock(Lock: PIO_REMOVE_LOCK, AllocateTag: POOL_TAG, MaxLockedMinutes: ULONG, HighWatermark: ULONG): void {
  machineEvent('call.irql', 0, 0);
  Lock.Removed = FALSE;
  Lock.IoCount = 1;
  KeInitializeEvent(Lock.RemoveEvent, SynchronizationEvent, FALSE);
}

/**
 * STATUS_DELETE_PENDING once IoReleaseRemoveLockAndWait has been called: then it is not held.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioacquireremovelock
 */
export function IoAcquireRemoveLock(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  machineExchangeAdd(Ref(RemoveLock.IoCount), 1);
  if (!RemoveLock.Removed) return STATUS_SUCCESS;
  IopReleaseRemoveLock(RemoveLock);
  return STATUS_DELETE_PENDING;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleaseremovelock */
export function IoReleaseRemoveLock(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): void {
  machineEvent('call.irql', 0, 2);
  IopReleaseRemoveLock(RemoveLock);
}

/**
 * Gives back the caller's own hold, lets no one else in, and waits for the others.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleaseremovelockandwait
 */
export function IoReleaseRemoveLockAndWait(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): void {
  machineEvent('call.irql', 0, 0);
  RemoveLock.Removed = TRUE;
  machineExchangeAdd(Ref(RemoveLock.IoCount), -1);
  if (machineExchangeAdd(Ref(RemoveLock.IoCount), -1) !== 1) machineWait(RemoveLock.RemoveEvent.Header, 0, 0);
}

function IopReleaseRemoveLock(RemoveLock: PIO_REMOVE_LOCK): void {
  if (machineExchangeAdd(Ref(RemoveLock.IoCount), -1) === 1) machineExchange(Ref(RemoveLock.RemoveEvent.Header.SignalState), 1);
}
