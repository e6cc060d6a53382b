/**
 * Lookaside lists: pool entries of one size. What is freed to a list may be given out again or go back to the pool, so that nobody may
 * touch it; here it always goes back.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/using-lookaside-lists
 */
import { BOOLEAN, FALSE, NTSTATUS, POOL_TAG, PVOID, SIZE_T, TRUE, ULONG, USHORT } from './types.ts';
import { KiAllocationFails, NonPagedPool, PagedPool, POOL_TYPE } from './pool.ts';
import { STATUS_SUCCESS } from './status.ts';
import { machineAlloc, machineCancelLockHeld, machineEvent, machineFree, machineIrql, machineLocksHeld } from './machine.ts';

/** Gives an entry, or null. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializenpagedlookasidelist */
export type ALLOCATE_FUNCTION = (PoolType: POOL_TYPE, NumberOfBytes: SIZE_T<object>, Tag: ULONG) => PVOID;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializenpagedlookasidelist */
export type FREE_FUNCTION = (Buffer: PVOID) => void;
/** Gives an entry, or null. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-allocate_function_ex */
export type ALLOCATE_FUNCTION_EX = (PoolType: POOL_TYPE, NumberOfBytes: SIZE_T<object>, Tag: ULONG, Lookaside: PLOOKASIDE_LIST_EX) => PVOID;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-free_function_ex */
export type FREE_FUNCTION_EX = (Buffer: PVOID, Lookaside: PLOOKASIDE_LIST_EX) => void;

/** What the kinds of lists have in common. */
interface GENERAL_LOOKASIDE { Initialised: BOOLEAN; Type: POOL_TYPE; Size: ULONG; Tag: ULONG; Allocate: ALLOCATE_FUNCTION | null; Free: FREE_FUNCTION | null }
type PGENERAL_LOOKASIDE = GENERAL_LOOKASIDE;
/**
 * Opaque.
 * @size 128
 */
export interface NPAGED_LOOKASIDE_LIST { L: GENERAL_LOOKASIDE }
export type PNPAGED_LOOKASIDE_LIST = NPAGED_LOOKASIDE_LIST;
/**
 * Opaque.
 * @size 128
 */
export interface PAGED_LOOKASIDE_LIST { L: GENERAL_LOOKASIDE }
export type PPAGED_LOOKASIDE_LIST = PAGED_LOOKASIDE_LIST;
/**
 * Opaque.
 * @size 96
 */
export interface LOOKASIDE_LIST_EX { L: GENERAL_LOOKASIDE; AllocateEx: ALLOCATE_FUNCTION_EX | null; FreeEx: FREE_FUNCTION_EX | null }
export type PLOOKASIDE_LIST_EX = LOOKASIDE_LIST_EX;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializenpagedlookasidelist */
export function ExInitializeNPagedLookasideList<T>(
  Lookaside: PNPAGED_LOOKASIDE_LIST, Allocate: ALLOCATE_FUNCTION | null, Free: FREE_FUNCTION | null, Flags: ULONG, Size: SIZE_T<T>, Tag: POOL_TAG, Depth: USHORT,
): void {
  machineEvent('call.irql', 0, 2);
  ExpInitializeLookaside(Lookaside.L, NonPagedPool, Size as ULONG, Tag);
  Lookaside.L.Allocate = Allocate;
  Lookaside.L.Free = Free;
}

/** Null when there is no memory. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatefromnpagedlookasidelist */
export function ExAllocateFromNPagedLookasideList(Lookaside: PNPAGED_LOOKASIDE_LIST): PVOID {
  machineEvent('call.irql', 0, 2);
  return ExpAllocateEntry(Lookaside.L);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exfreetonpagedlookasidelist */
export function ExFreeToNPagedLookasideList(Lookaside: PNPAGED_LOOKASIDE_LIST, Entry: PVOID): void {
  machineEvent('call.irql', 0, 2);
  ExpFreeEntry(Lookaside.L, Entry);
}

/**
 * Entries still given out stay with whoever has them.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exdeletenpagedlookasidelist
 */
export function ExDeleteNPagedLookasideList(Lookaside: PNPAGED_LOOKASIDE_LIST): void {
  machineEvent('call.irql', 0, 2);
  ExpDeleteLookaside(Lookaside.L);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializepagedlookasidelist */
export function ExInitializePagedLookasideList<T>(
  Lookaside: PPAGED_LOOKASIDE_LIST, Allocate: ALLOCATE_FUNCTION | null, Free: FREE_FUNCTION | null, Flags: ULONG, Size: SIZE_T<T>, Tag: POOL_TAG, Depth: USHORT,
): void {
  machineEvent('call.irql', 0, 1);
  ExpInitializeLookaside(Lookaside.L, PagedPool, Size as ULONG, Tag);
  Lookaside.L.Allocate = Allocate;
  Lookaside.L.Free = Free;
}

/** Null when there is no memory. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatefrompagedlookasidelist */
export function ExAllocateFromPagedLookasideList(Lookaside: PPAGED_LOOKASIDE_LIST): PVOID {
  machineEvent('call.irql', 0, 1);
  return ExpAllocateEntry(Lookaside.L);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exfreetopagedlookasidelist */
export function ExFreeToPagedLookasideList(Lookaside: PPAGED_LOOKASIDE_LIST, Entry: PVOID): void {
  machineEvent('call.irql', 0, 1);
  ExpFreeEntry(Lookaside.L, Entry);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exdeletepagedlookasidelist */
export function ExDeletePagedLookasideList(Lookaside: PPAGED_LOOKASIDE_LIST): void {
  machineEvent('call.irql', 0, 1);
  ExpDeleteLookaside(Lookaside.L);
}

/**
 * Of any pool type, with routines of its own that get the list too.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializelookasidelistex
 */
export function ExInitializeLookasideListEx<T>(
  Lookaside: PLOOKASIDE_LIST_EX, Allocate: ALLOCATE_FUNCTION_EX | null, Free: FREE_FUNCTION_EX | null, PoolType: POOL_TYPE, Flags: ULONG, Size: SIZE_T<T>,
  Tag: POOL_TAG, Depth: USHORT,
): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  ExpInitializeLookaside(Lookaside.L, PoolType, Size as ULONG, Tag);
  Lookaside.AllocateEx = Allocate;
  Lookaside.FreeEx = Free;
  return STATUS_SUCCESS;
}

/** Null when there is no memory. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatefromlookasidelistex */
export function ExAllocateFromLookasideListEx(Lookaside: PLOOKASIDE_LIST_EX): PVOID {
  machineEvent('call.irql', 0, 2);
  const Allocate = Lookaside.AllocateEx;
  if (Allocate === null) return ExpAllocateEntry(Lookaside.L);
  ExpCheckLookaside(Lookaside.L);
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  const Entry = Allocate(Lookaside.L.Type, Lookaside.L.Size as SIZE_T<object>, Lookaside.L.Tag, Lookaside);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  return Entry;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exfreetolookasidelistex */
export function ExFreeToLookasideListEx(Lookaside: PLOOKASIDE_LIST_EX, Entry: PVOID): void {
  machineEvent('call.irql', 0, 2);
  const Free = Lookaside.FreeEx;
  if (Free === null) {
    ExpFreeEntry(Lookaside.L, Entry);
    return;
  }
  ExpCheckLookaside(Lookaside.L);
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  Free(Entry, Lookaside);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
}

/** No entry is kept, so that there is none to free. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exflushlookasidelistex */
export function ExFlushLookasideListEx(Lookaside: PLOOKASIDE_LIST_EX): void {
  machineEvent('call.irql', 0, 2);
  ExpCheckLookaside(Lookaside.L);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exdeletelookasidelistex */
export function ExDeleteLookasideListEx(Lookaside: PLOOKASIDE_LIST_EX): void {
  machineEvent('call.irql', 0, 2);
  ExpDeleteLookaside(Lookaside.L);
}

function ExpInitializeLookaside(List: PGENERAL_LOOKASIDE, Type: POOL_TYPE, Size: ULONG, Tag: POOL_TAG): void {
  List.Initialised = TRUE;
  List.Type = Type;
  List.Size = Size;
  List.Tag = Tag as ULONG;
  List.Allocate = null;
  List.Free = null;
}

function ExpDeleteLookaside(List: PGENERAL_LOOKASIDE): void {
  ExpCheckLookaside(List);
  List.Initialised = FALSE;
}

/** By the driver's routine where it has given one. */
function ExpAllocateEntry(List: PGENERAL_LOOKASIDE): PVOID {
  ExpCheckLookaside(List);
  const Paged = (List.Type & 1) !== 0;
  const Allocate = List.Allocate;
  if (Allocate === null) {
    if (KiAllocationFails()) return null;
    return machineAlloc(List.Size as SIZE_T<object>, Paged ? 3 : 2, 0);
  }
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  const Entry = Allocate(List.Type, List.Size as SIZE_T<object>, List.Tag);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  return Entry;
}

function ExpFreeEntry(List: PGENERAL_LOOKASIDE, Entry: PVOID): void {
  ExpCheckLookaside(List);
  const Free = List.Free;
  if (Free === null) {
    machineFree(Entry);
    return;
  }
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  Free(Entry);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
}

function ExpCheckLookaside(List: PGENERAL_LOOKASIDE): void {
  if (!List.Initialised) machineEvent('object.uninitialised');
}
