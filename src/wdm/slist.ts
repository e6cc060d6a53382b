/** Sequenced singly linked lists: each routine is one indivisible step. https://learn.microsoft.com/windows-hardware/drivers/kernel/singly-and-doubly-linked-lists */
import { BOOLEAN, LONG, TRUE, USHORT } from './types.ts';
import { PKSPIN_LOCK } from './spinlock.ts';
import { machineAtomicBegin, machineAtomicEnd, machineEvent } from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpushentryslist */
export interface SLIST_ENTRY { Next: PSLIST_ENTRY | null }
export type PSLIST_ENTRY = SLIST_ENTRY;
/**
 * Opaque.
 * @size 16
 */
export interface SLIST_HEADER { First: PSLIST_ENTRY | null; Depth: LONG; Initialised: BOOLEAN }
export type PSLIST_HEADER = SLIST_HEADER;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-initializeslisthead */
export function ExInitializeSListHead(SListHead: PSLIST_HEADER): void {
  InitializeSListHead(SListHead);
}

/** The same. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-initializeslisthead */
export function InitializeSListHead(SListHead: PSLIST_HEADER): void {
  SListHead.First = null;
  SListHead.Depth = 0;
  SListHead.Initialised = TRUE;
}

/** Gives what was first before. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpushentryslist */
export function ExInterlockedPushEntrySList(ListHead: PSLIST_HEADER, ListEntry: PSLIST_ENTRY, Lock: PKSPIN_LOCK): PSLIST_ENTRY | null {
  return InterlockedPushEntrySList(ListHead, ListEntry);
}

/** The same. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpushentryslist */
export function InterlockedPushEntrySList(ListHead: PSLIST_HEADER, ListEntry: PSLIST_ENTRY): PSLIST_ENTRY | null {
  ExpCheckSList(ListHead);
  machineAtomicBegin();
  const First = ListHead.First;
  ListEntry.Next = First;
  ListHead.First = ListEntry;
  ListHead.Depth = ListHead.Depth + 1;
  machineAtomicEnd();
  return First;
}

/** Null when the list is empty. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpopentryslist */
export function ExInterlockedPopEntrySList(ListHead: PSLIST_HEADER, Lock: PKSPIN_LOCK): PSLIST_ENTRY | null {
  return InterlockedPopEntrySList(ListHead);
}

/** The same. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpopentryslist */
export function InterlockedPopEntrySList(ListHead: PSLIST_HEADER): PSLIST_ENTRY | null {
  ExpCheckSList(ListHead);
  machineAtomicBegin();
  const First = ListHead.First;
  if (First !== null) {
    ListHead.First = First.Next;
    ListHead.Depth = ListHead.Depth - 1;
  }
  machineAtomicEnd();
  return First;
}

/** Gives the whole chain and leaves the list empty. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedflushslist */
export function ExInterlockedFlushSList(ListHead: PSLIST_HEADER): PSLIST_ENTRY | null {
  return InterlockedFlushSList(ListHead);
}

/** The same. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedflushslist */
export function InterlockedFlushSList(ListHead: PSLIST_HEADER): PSLIST_ENTRY | null {
  ExpCheckSList(ListHead);
  machineAtomicBegin();
  const First = ListHead.First;
  ListHead.First = null;
  ListHead.Depth = 0;
  machineAtomicEnd();
  return First;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exquerydepthslist */
export function ExQueryDepthSList(SListHead: PSLIST_HEADER): USHORT {
  machineEvent('call.irql', 0, 2);
  ExpCheckSList(SListHead);
  return SListHead.Depth as USHORT;
}

/** The same. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exquerydepthslist */
export function QueryDepthSList(SListHead: PSLIST_HEADER): USHORT {
  return ExQueryDepthSList(SListHead);
}

function ExpCheckSList(ListHead: PSLIST_HEADER): void {
  if (!ListHead.Initialised) machineEvent('object.uninitialised');
}
