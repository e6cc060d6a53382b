/** Physical addresses: mapping a device's registers, and memory that a device reads and writes by itself. */
import { ARRAY, BOOLEAN, FALSE, LARGE_INTEGER_PARTS, LONG, LONGLONG, PVOID, SIZE_T, TRUE, ULONG, ULONG_PTR, Union, sizeof } from './types.ts';
import { KiAllocationFails } from './pool.ts';
import { machineAlloc, machineBounded, machineByteOffset, machineEvent, machineFree } from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/kernel/managing-memory-for-drivers */
export type PHYSICAL_ADDRESS = Union<{ QuadPart: LONGLONG; LowPart: ULONG; u: LARGE_INTEGER_PARTS }>;
export type PPHYSICAL_ADDRESS = PHYSICAL_ADDRESS;
export type MEMORY_CACHING_TYPE = LONG & { readonly brand: 'MEMORY_CACHING_TYPE' };
export const MmNonCached = 0 as MEMORY_CACHING_TYPE;
export const MmCached = 1 as MEMORY_CACHING_TYPE;
export const MmWriteCombined = 2 as MEMORY_CACHING_TYPE;
export const PAGE_READWRITE: ULONG = 0x04;
export const PAGE_NOCACHE: ULONG = 0x200;
export const PAGE_WRITECOMBINE: ULONG = 0x400;

/** Freed when it is unmapped: an access through a mapping that is gone is one to freed memory. */
interface MI_MAPPING { Physical: ULONG; Size: LONG }
type PMI_MAPPING = MI_MAPPING;
interface MI_SLOT { Mapping: PMI_MAPPING | null; Mapped: BOOLEAN }

/** Mapped registers have addresses of their own, where no object lies. */
const FIRST_ADDRESS: ULONG = 0x40000000;
const MOST_CELLS: ULONG = 0x100000;
let MiSlots!: ARRAY<MI_SLOT, 8>;

/**
 * The registers from that physical address on. Nothing but READ_REGISTER_XXX and WRITE_REGISTER_XXX reaches them.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmmapiospace
 */
export function MmMapIoSpace<T>(PhysicalAddress: PHYSICAL_ADDRESS, NumberOfBytes: SIZE_T<T>, CacheType: MEMORY_CACHING_TYPE): T | null {
  machineEvent('call.irql', 0, 2);
  return MiMap(PhysicalAddress.LowPart, NumberOfBytes) as T | null;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmmapiospaceex */
export function MmMapIoSpaceEx<T>(PhysicalAddress: PHYSICAL_ADDRESS, NumberOfBytes: SIZE_T<T>, Protect: ULONG): T | null {
  machineEvent('call.irql', 0, 2);
  return MiMap(PhysicalAddress.LowPart, NumberOfBytes) as T | null;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmunmapiospace */
export function MmUnmapIoSpace<T>(BaseAddress: PVOID, NumberOfBytes: SIZE_T<T>): void {
  machineEvent('call.irql', 0, 2);
  const Slot = MiSlots[SlotOf(BaseAddress)];
  machineFree(Slot.Mapping);
  Slot.Mapped = FALSE;
}

/**
 * Physically contiguous memory, for a device that reads or writes it by itself; not zeroed.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmallocatecontiguousmemory
 */
export function MmAllocateContiguousMemory<T>(NumberOfBytes: SIZE_T<T>, HighestAcceptableAddress: PHYSICAL_ADDRESS): T | null {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return null;
  return machineAlloc(NumberOfBytes, 2, 0);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmfreecontiguousmemory */
export function MmFreeContiguousMemory(BaseAddress: PVOID): void {
  machineEvent('call.irql', 0, 2);
  machineFree(BaseAddress);
}

/**
 * Gives the QuadPart of C's result, since a routine here has no structure as its result.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmgetphysicaladdress
 */
export function MmGetPhysicalAddress(BaseAddress: PVOID): LONGLONG {
  return BaseAddress as never as ULONG_PTR as LONGLONG;
}

/** The physical address of a mapped register. */
export function MmPhysicalOf(Register: PVOID): ULONG {
  const Mapping = MiSlots[SlotOf(Register)].Mapping!;
  const Bytes = machineByteOffset(Mapping.Size as SIZE_T<object>, (AddressOf(Register) - FIRST_ADDRESS) & (MOST_CELLS - 1));
  if (Bytes < 0) machineBounded('A register was used behind the end of what was mapped.');
  return Mapping.Physical + Bytes;
}

function MiMap<T>(Physical: ULONG, Size: SIZE_T<T>): PVOID {
  if (KiAllocationFails()) return null;
  let Free: LONG = -1;
  // One that was never used, if there is one: whoever keeps an address that was unmapped is to be found out.
  for (let Index: LONG = 7; Index >= 0; Index--) {
    if (!MiSlots[Index].Mapped && (Free < 0 || MiSlots[Index].Mapping === null || MiSlots[Free].Mapping !== null)) Free = Index;
  }
  if (Free < 0) {
    machineBounded('More than eight ranges of registers are mapped.');
    return null;
  }
  const Mapping = machineAlloc(sizeof<MI_MAPPING>(), 2, 1);
  Mapping.Physical = Physical;
  Mapping.Size = Size as LONG;
  MiSlots[Free].Mapping = Mapping;
  MiSlots[Free].Mapped = TRUE;
  return (FIRST_ADDRESS + MOST_CELLS * Free) as ULONG_PTR as never as PVOID;
}

/** Which mapping an address belongs to. */
function SlotOf(Register: PVOID): LONG {
  const Address = AddressOf(Register);
  if (Address < FIRST_ADDRESS || Address >= FIRST_ADDRESS + 8 * MOST_CELLS) {
    machineBounded('A register was used by an address that MmMapIoSpace did not give.');
    return 0;
  }
  return ((Address - FIRST_ADDRESS) / MOST_CELLS) as LONG;
}

function AddressOf(Register: PVOID): ULONG {
  return Register as never as ULONG_PTR as ULONG;
}
