/** Pool memory, and the Rtl routines that fill and copy it. */
import { BOOLEAN, FALSE, LONG, POOL_TAG, PVOID, SIZE_T, TRUE, ULONG, ULONG64 } from './types.ts';
import { machineAlloc, machineChoose, machineCopy, machineEvent, machineFree, machineRaiseException, machineZero } from './machine.ts';
import { STATUS_INSUFFICIENT_RESOURCES } from './status.ts';

export type POOL_TYPE = LONG & { readonly brand: 'POOL_TYPE' };
export const NonPagedPool = 0 as POOL_TYPE;
export const PagedPool = 1 as POOL_TYPE;
export const NonPagedPoolNx = 512 as POOL_TYPE;
export const POOL_QUOTA_FAIL_INSTEAD_OF_RAISE = 8 as POOL_TYPE;

/** https://learn.microsoft.com/windows-hardware/drivers/kernel/single-binary-opt-in-pool-nx-optin */
export const DrvRtPoolNxOptIn: ULONG = 1;

export const POOL_FLAG_USE_QUOTA: ULONG64 = 0x01;
export const POOL_FLAG_UNINITIALIZED: ULONG64 = 0x02;
export const POOL_FLAG_CACHE_ALIGNED: ULONG64 = 0x08;
export const POOL_FLAG_RAISE_ON_FAILURE: ULONG64 = 0x20;
export const POOL_FLAG_NON_PAGED: ULONG64 = 0x40;
export const POOL_FLAG_NON_PAGED_EXECUTE: ULONG64 = 0x80;
export const POOL_FLAG_PAGED: ULONG64 = 0x100;

/** Set by the scenario: then every allocation may fail. */
export let KiLowMemory!: BOOLEAN;

/**
 * Without memory null, or with POOL_FLAG_RAISE_ON_FAILURE an exception. Zeroed unless POOL_FLAG_UNINITIALIZED is given.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatepool2
 */
export function ExAllocatePool2<T = object>(Flags: ULONG64, NumberOfBytes: SIZE_T<T>, Tag: POOL_TAG): T | null {
  const Paged = (Flags & POOL_FLAG_PAGED) !== 0;
  machineEvent('call.irql', 0, Paged ? 1 : 2);
  if (KiAllocationFails()) {
    if ((Flags & POOL_FLAG_RAISE_ON_FAILURE) !== 0) machineRaiseException(STATUS_INSUFFICIENT_RESOURCES);
    return null;
  }
  return machineAlloc(NumberOfBytes, Paged ? 3 : 2, (Flags & POOL_FLAG_UNINITIALIZED) === 0 ? 1 : 0);
}

/**
 * Not zeroed.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatepoolwithtag
 */
export function ExAllocatePoolWithTag<T = object>(PoolType: POOL_TYPE, NumberOfBytes: SIZE_T<T>, Tag: POOL_TAG): T | null {
  const Paged = (PoolType & 1) !== 0;
  machineEvent('call.irql', 0, Paged ? 1 : 2);
  if (KiAllocationFails()) return null;
  return machineAlloc(NumberOfBytes, Paged ? 3 : 2, 0);
}

/** Zeroed. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatepoolzero */
export function ExAllocatePoolZero<T = object>(PoolType: POOL_TYPE, NumberOfBytes: SIZE_T<T>, Tag: POOL_TAG): T | null {
  const Paged = (PoolType & 1) !== 0;
  machineEvent('call.irql', 0, Paged ? 1 : 2);
  if (KiAllocationFails()) return null;
  return machineAlloc(NumberOfBytes, Paged ? 3 : 2, 1);
}

/**
 * Raises when there is no memory or no quota left, unless POOL_QUOTA_FAIL_INSTEAD_OF_RAISE is added to the pool type: then null. Not zeroed.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatepoolwithquotatag
 */
export function ExAllocatePoolWithQuotaTag<T = object>(PoolType: POOL_TYPE, NumberOfBytes: SIZE_T<T>, Tag: POOL_TAG): T | null {
  const Paged = (PoolType & 1) !== 0;
  machineEvent('call.irql', 0, Paged ? 1 : 2);
  if (KiAllocationFails()) {
    if ((PoolType & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) === 0) machineRaiseException(STATUS_INSUFFICIENT_RESOURCES);
    return null;
  }
  return machineAlloc(NumberOfBytes, Paged ? 3 : 2, 0);
}

/**
 * Raises as ExAllocatePoolWithQuotaTag does. Zeroed.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatepoolquotazero
 */
export function ExAllocatePoolQuotaZero<T = object>(PoolType: POOL_TYPE, NumberOfBytes: SIZE_T<T>, Tag: POOL_TAG): T | null {
  const Paged = (PoolType & 1) !== 0;
  machineEvent('call.irql', 0, Paged ? 1 : 2);
  if (KiAllocationFails()) {
    if ((PoolType & POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) === 0) machineRaiseException(STATUS_INSUFFICIENT_RESOURCES);
    return null;
  }
  return machineAlloc(NumberOfBytes, Paged ? 3 : 2, 1);
}

/**
 * Whether pool is executable makes no difference here.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializedriverruntime
 */
export function ExInitializeDriverRuntime(RuntimeFlags: ULONG): void {
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exfreepool */
export function ExFreePool(P: PVOID): void {
  machineEvent('call.irql', 0, 2);
  machineFree(P);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exfreepoolwithtag */
export function ExFreePoolWithTag(P: PVOID, Tag: POOL_TAG): void {
  machineEvent('call.irql', 0, 2);
  machineFree(P);
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-rtlzeromemory
 * @forceinline
 */
export function RtlZeroMemory<T>(Destination: PVOID, Length: SIZE_T<T>): void {
  machineZero(Destination, Length);
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-rtlcopymemory
 * @forceinline
 */
export function RtlCopyMemory<T>(Destination: PVOID, Source: PVOID, Length: SIZE_T<T>): void {
  machineCopy(Destination, Source, Length);
}

/**
 * The two may overlap.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-rtlmovememory
 * @forceinline
 */
export function RtlMoveMemory<T>(Destination: PVOID, Source: PVOID, Length: SIZE_T<T>): void {
  machineCopy(Destination, Source, Length);
}

/** Whether an allocation fails now: never, unless the scenario asks for low memory; then either way. */
export function KiAllocationFails(): BOOLEAN {
  return KiLowMemory ? machineChoose(2) === 1 : FALSE;
}

/** Tells allocations to fail. */
export function KiSetLowMemory(Value: BOOLEAN): void {
  KiLowMemory = Value;
}
