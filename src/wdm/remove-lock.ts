/** Remove locks: a count of what still uses a device. https://learn.microsoft.com/windows-hardware/drivers/kernel/using-remove-locks */
import { ARRAY, BOOLEAN, FALSE, LONG, NTSTATUS, POOL_TAG, PVOID, Ref, TRUE, ULONG, ULONG_PTR, sizeof } from './types.ts';
import { KEVENT, KeInitializeEvent, SynchronizationEvent } from './event.ts';
import { IopMostRequests, IopUnfinishedIrp } from './io-manager.ts';
import { PIRP } from './irp.ts';
import { STATUS_DELETE_PENDING, STATUS_SUCCESS } from './status.ts';
import { machineAtomicBegin, machineAtomicEnd, machineBounded, machineEvent, machineExchange, machineExchangeAdd, machineWait, machineZero } from './machine.ts';

/** One hold of the lock: by which tag, and how often. */
interface IOP_REMOVE_HOLD { Tag: PVOID; Count: LONG }

/**
 * Opaque. IoCount is one more than the number of holders until removal starts. The rest is for telling whoever uses it wrongly: the holds in
 * the order of their tags, so that it does not matter who came first.
 * @size 32
 */
export interface IO_REMOVE_LOCK {
  Removed: BOOLEAN;
  IoCount: LONG;
  RemoveEvent: KEVENT;
  Initialised: BOOLEAN;
  Tags: LONG;
  Holds: ARRAY<IOP_REMOVE_HOLD, 8>;
  NextWaiting: PIO_REMOVE_LOCK | null;
}
export type PIO_REMOVE_LOCK = IO_REMOVE_LOCK;

// What is wrong, as `remove-lock.misuse` has it
const NotHeld: LONG = 1;
const InitialisedAgain: LONG = 2;
const HeldOnceMore: LONG = 3;

/** Locks that somebody waits for. */
let IopWaitingLocks!: PIO_REMOVE_LOCK | null;

/**
 * Once in the life of the device.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinitializeremovelock
 */
export function IoInitializeRemoveLock(Lock: PIO_REMOVE_LOCK, AllocateTag: POOL_TAG, MaxLockedMinutes: ULONG, HighWatermark: ULONG): void {
  machineEvent('call.irql', 0, 0);
  IopNoteInitialised(Lock);
  machineZero(Lock, sizeof<IO_REMOVE_LOCK>());
  Lock.Initialised = TRUE;
  Lock.IoCount = 1;
  KeInitializeEvent(Lock.RemoveEvent, SynchronizationEvent, FALSE);
}

/**
 * STATUS_DELETE_PENDING once IoReleaseRemoveLockAndWait has been called: then it is not held. The tag names the hold; null is one, too, and
 * one tag may have several holds.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioacquireremovelock
 */
export function IoAcquireRemoveLock(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  if (!RemoveLock.Initialised) machineEvent('object.uninitialised');
  // The holds change with the count: only those who look for misuse see them.
  machineAtomicBegin();
  machineExchangeAdd(Ref(RemoveLock.IoCount), 1);
  IopHold(RemoveLock, Tag);
  machineEvent('remove-lock.acquire', IopNumber(RemoveLock), IopNumber(Tag));
  machineAtomicEnd();
  if (!RemoveLock.Removed) return STATUS_SUCCESS;
  IopReleaseRemoveLock(RemoveLock, Tag);
  return STATUS_DELETE_PENDING;
}

/**
 * With the tag that the lock was acquired with.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleaseremovelock
 */
export function IoReleaseRemoveLock(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): void {
  machineEvent('call.irql', 0, 2);
  IopReleaseRemoveLock(RemoveLock, Tag);
}

/**
 * Gives back the caller's own hold, lets no one else in, and waits for the others.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleaseremovelockandwait
 */
export function IoReleaseRemoveLockAndWait(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): void {
  machineEvent('call.irql', 0, 0);
  RemoveLock.Removed = TRUE;
  machineAtomicBegin();
  IopUnhold(RemoveLock, Tag);
  // A request that is still held by the one who removes the device waits for itself.
  if (IopIsRequest(Tag) && IopIsHeldBy(RemoveLock, Tag)) machineEvent('remove-lock.misuse', HeldOnceMore);
  machineExchangeAdd(Ref(RemoveLock.IoCount), -1);
  machineAtomicEnd();
  if (machineExchangeAdd(Ref(RemoveLock.IoCount), -1) === 1) return;
  machineAtomicBegin();
  RemoveLock.NextWaiting = IopWaitingLocks;
  IopWaitingLocks = RemoveLock;
  machineAtomicEnd();
  machineWait(RemoveLock.RemoveEvent.Header, 0, 0);
  machineAtomicBegin();
  let Link: PIO_REMOVE_LOCK | null = IopWaitingLocks;
  if (Link === RemoveLock) IopWaitingLocks = RemoveLock.NextWaiting;
  while (Link !== null && Link.NextWaiting !== RemoveLock) Link = Link.NextWaiting;
  if (Link !== null) Link.NextWaiting = RemoveLock.NextWaiting;
  machineAtomicEnd();
}

/**
 * Says of each hold that somebody waits for, for ever, that nobody gives it back. In an end state that nothing can leave.
 */
export function IopNoteHeldRemoveLocks(): void {
  let Waits: LONG = 0;
  for (let Lock = IopWaitingLocks; Lock !== null; Lock = Lock.NextWaiting) Waits++;
  // Besides the requests that wait for the locks others are not finished: they hold them, and it is of them that is to be spoken.
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    if (IopUnfinishedIrp(Index, null) !== null) Waits--;
  }
  if (Waits < 0) return;
  for (let Lock = IopWaitingLocks; Lock !== null; Lock = Lock.NextWaiting) {
    for (let Index: LONG = 0; Index < Lock.Tags; Index++) {
      const Hold = Lock.Holds[Index];
      for (let Count: LONG = 0; Count < Hold.Count; Count++) {
        machineEvent('remove-lock.leaked', IopNumber(Lock), IopNumber(Hold.Tag));
      }
    }
  }
}

/**
 * Says so of a lock that was initialised before. In memory that nothing was written to, who can tell: there an exchange whose old value stays in an
 * inlined routine gives zero, where a read would be an error of the driver's.
 * @forceinline
 */
function IopNoteInitialised(Lock: PIO_REMOVE_LOCK): void {
  const Initialised = machineExchange(Ref(Lock.Initialised), TRUE);
  if (Initialised) machineEvent('remove-lock.misuse', InitialisedAgain);
}

function IopReleaseRemoveLock(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): void {
  machineAtomicBegin();
  IopUnhold(RemoveLock, Tag);
  const Last = machineExchangeAdd(Ref(RemoveLock.IoCount), -1) === 1;
  machineAtomicEnd();
  if (Last) machineExchange(Ref(RemoveLock.RemoveEvent.Header.SignalState), 1);
}

/** In one piece, as the two that follow: one hold more for that tag. */
function IopHold(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): void {
  const At = IopPlaceOf(RemoveLock, Tag);
  const Tags = RemoveLock.Tags;
  if (At < Tags && RemoveLock.Holds[At].Tag === Tag) {
    RemoveLock.Holds[At].Count = RemoveLock.Holds[At].Count + 1;
    return;
  }
  if (Tags === 8) machineBounded('A remove lock was held by more than eight tags at once.');
  for (let Index = Tags; Index > At; Index--) {
    RemoveLock.Holds[Index].Tag = RemoveLock.Holds[Index - 1].Tag;
    RemoveLock.Holds[Index].Count = RemoveLock.Holds[Index - 1].Count;
  }
  RemoveLock.Holds[At].Tag = Tag;
  RemoveLock.Holds[At].Count = 1;
  RemoveLock.Tags = Tags + 1;
}

/** One less; there being none is an error. */
function IopUnhold(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): void {
  machineEvent('remove-lock.release', IopNumber(RemoveLock), IopNumber(Tag));
  const At = IopPlaceOf(RemoveLock, Tag);
  const Tags = RemoveLock.Tags;
  if (At === Tags || RemoveLock.Holds[At].Tag !== Tag) {
    machineEvent('remove-lock.misuse', NotHeld);
    return;
  }
  RemoveLock.Holds[At].Count = RemoveLock.Holds[At].Count - 1;
  if (RemoveLock.Holds[At].Count !== 0) return;
  for (let Index = At; Index < Tags - 1; Index++) {
    RemoveLock.Holds[Index].Tag = RemoveLock.Holds[Index + 1].Tag;
    RemoveLock.Holds[Index].Count = RemoveLock.Holds[Index + 1].Count;
  }
  RemoveLock.Holds[Tags - 1].Tag = null;
  RemoveLock.Holds[Tags - 1].Count = 0;
  RemoveLock.Tags = Tags - 1;
}

function IopIsHeldBy(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): BOOLEAN {
  const At = IopPlaceOf(RemoveLock, Tag);
  return At < RemoveLock.Tags && RemoveLock.Holds[At].Tag === Tag;
}

/** Where the tag's hold stands, or would stand. */
function IopPlaceOf(RemoveLock: PIO_REMOVE_LOCK, Tag: PVOID): LONG {
  let At: LONG = 0;
  while (At < RemoveLock.Tags && IopNumber(RemoveLock.Holds[At].Tag) < IopNumber(Tag)) At++;
  return At;
}

/** Whether the tag is a request that is not finished. */
function IopIsRequest(Tag: PVOID): BOOLEAN {
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    if (Tag !== null && IopUnfinishedIrp(Index, null) === (Tag as PIRP)) return TRUE;
  }
  return FALSE;
}

/** An address as a number. */
function IopNumber(Address: PVOID): LONG {
  return (Address as ULONG_PTR) as LONG;
}
