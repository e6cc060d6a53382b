/** Memory descriptor lists. https://learn.microsoft.com/windows-hardware/drivers/kernel/using-mdls */
import { BOOLEAN, LONG, PVOID, SHORT, ULONG, sizeof } from './types.ts';
import { KPROCESSOR_MODE, MDL, PIRP, PMDL } from './irp.ts';
import { MEMORY_CACHING_TYPE } from './map-io.ts';
import { KiAllocationFails } from './pool.ts';
import { machineAlloc, machineEvent, machineFree } from './machine.ts';

/** MM_PAGE_PRIORITY: of no meaning here. */
export const LowPagePriority: LONG = 0;
export const NormalPagePriority: LONG = 16;
export const HighPagePriority: LONG = 32;
export const MdlMappingNoExecute: ULONG = 0x40000000;
export const MdlMappingNoWrite: ULONG = 0x80000000;

// MDL.MdlFlags
export const MDL_MAPPED_TO_SYSTEM_VA: SHORT = 0x0001;
export const MDL_PAGES_LOCKED: SHORT = 0x0002;
export const MDL_SOURCE_IS_NONPAGED_POOL: SHORT = 0x0004;
export const MDL_PARTIAL: SHORT = 0x0010;

/** What locking an MDL's pages holds: who unlocks them twice frees it twice, and who forgets to has never freed it. */
interface MI_LOCKED_PAGES { Mdl: PMDL }

/**
 * An MDL for that buffer, whose pages are not known yet: MmProbeAndLockPages, MmBuildMdlForNonPagedPool or IoBuildPartialMdl fill it. With an IRP
 * it becomes that IRP's, or with SecondaryBuffer the last of those; the I/O manager frees them with the request.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioallocatemdl
 */
export function IoAllocateMdl(VirtualAddress: PVOID, Length: ULONG, SecondaryBuffer: BOOLEAN, ChargeQuota: BOOLEAN, Irp: PIRP | null): PMDL | null {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return null;
  const Mdl = machineAlloc(sizeof<MDL>(), Irp === null ? 2 : 0, 1);
  MmInitializeMdl(Mdl, VirtualAddress, Length);
  if (Irp !== null) {
    if (SecondaryBuffer && Irp.MdlAddress !== null) {
      let Last: PMDL = Irp.MdlAddress;
      while (Last.Next !== null) Last = Last.Next;
      Last.Next = Mdl;
    } else {
      Irp.MdlAddress = Mdl;
    }
  }
  return Mdl;
}

/**
 * Its pages are to be unlocked before; those of a partial one are its source's.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofreemdl
 */
export function IoFreeMdl(Mdl: PMDL): void {
  machineEvent('call.irql', 0, 2);
  machineFree(Mdl);
}

/**
 * Describes a buffer, with no pages yet.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mminitializemdl
 * @forceinline
 */
export function MmInitializeMdl(MemoryDescriptorList: PMDL, BaseVa: PVOID, Length: ULONG): void {
  machineEvent('call.irql', 0, 2);
  MemoryDescriptorList.Next = null;
  MemoryDescriptorList.MdlFlags = 0;
  MemoryDescriptorList.StartVa = BaseVa;
  MemoryDescriptorList.ByteCount = Length;
  MemoryDescriptorList.ByteOffset = 0;
  MemoryDescriptorList.LockedPages = null;
}

/**
 * Of a buffer in nonpaged pool, which is mapped as it is and not locked.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmbuildmdlfornonpagedpool
 */
export function MmBuildMdlForNonPagedPool(MemoryDescriptorList: PMDL): void {
  machineEvent('call.irql', 0, 2);
  MemoryDescriptorList.MdlFlags = MemoryDescriptorList.MdlFlags | MDL_SOURCE_IS_NONPAGED_POOL;
  MemoryDescriptorList.MappedSystemVa = MemoryDescriptorList.StartVa;
}

/**
 * A part of what another MDL describes, whose pages are known: it is usable as long as that one.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iobuildpartialmdl
 */
export function IoBuildPartialMdl(SourceMdl: PMDL, TargetMdl: PMDL, VirtualAddress: PVOID, Length: ULONG): void {
  machineEvent('call.irql', 0, 2);
  MiRequirePages(SourceMdl);
  TargetMdl.MdlFlags = MDL_PARTIAL;
  TargetMdl.StartVa = VirtualAddress;
  TargetMdl.ByteCount = Length === 0 ? SourceMdl.ByteCount : Length;
  TargetMdl.MappedSystemVa = VirtualAddress;
}

/**
 * Once for each MmProbeAndLockPages.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmunlockpages
 */
export function MmUnlockPages(MemoryDescriptorList: PMDL): void {
  machineEvent('call.irql', 0, 2);
  const Pages = MemoryDescriptorList.LockedPages;
  if (Pages === null) {
    machineEvent('object.uninitialised');
    return;
  }
  MemoryDescriptorList.MdlFlags = MemoryDescriptorList.MdlFlags & ~(MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA);
  machineFree(Pages);
}

/**
 * The buffer as the driver can reach it; null when there is no memory to map it.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmgetsystemaddressformdlsafe
 */
export function MmGetSystemAddressForMdlSafe(Mdl: PMDL, Priority: ULONG): PVOID {
  machineEvent('call.irql', 0, 2);
  if ((Mdl.MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL)) !== 0) return Mdl.MappedSystemVa;
  return MiMap(Mdl);
}

/**
 * The same, of old: where it fails, Windows stops.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmgetsystemaddressformdl
 */
export function MmGetSystemAddressForMdl(Mdl: PMDL): PVOID {
  return MmGetSystemAddressForMdlSafe(Mdl, HighPagePriority);
}

/**
 * Maps the pages, which are to be locked. RequestedAddress is for user mode and not looked at.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmmaplockedpagesspecifycache
 */
export function MmMapLockedPagesSpecifyCache(
  MemoryDescriptorList: PMDL, AccessMode: KPROCESSOR_MODE, CacheType: MEMORY_CACHING_TYPE, RequestedAddress: PVOID, BugCheckOnFailure: ULONG, Priority: ULONG,
): PVOID {
  machineEvent('call.irql', 0, 2);
  return MiMap(MemoryDescriptorList);
}

/**
 * Undoes that.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmunmaplockedpages
 */
export function MmUnmapLockedPages(BaseAddress: PVOID, MemoryDescriptorList: PMDL): void {
  machineEvent('call.irql', 0, 2);
  if ((MemoryDescriptorList.MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) === 0) machineEvent('object.uninitialised');
  MemoryDescriptorList.MdlFlags = MemoryDescriptorList.MdlFlags & ~MDL_MAPPED_TO_SYSTEM_VA;
}

/**
 * Where the buffer lies for who gave it; for a driver only a name to build partial MDLs by.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmgetmdlvirtualaddress
 * @forceinline
 */
export function MmGetMdlVirtualAddress(Mdl: PMDL): PVOID {
  return Mdl.StartVa;
}

/**
 * Buffers begin with a page here.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmgetmdlbyteoffset
 * @forceinline
 */
export function MmGetMdlByteOffset(Mdl: PMDL): ULONG {
  return Mdl.ByteOffset;
}

/**
 * In bytes.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmgetmdlbytecount
 * @forceinline
 */
export function MmGetMdlByteCount(Mdl: PMDL): ULONG {
  return Mdl.ByteCount;
}

/** The pages are in memory and stay there. `Own`: for the driver to unlock, else the I/O manager does it with the request. */
export function MiLockPages(Mdl: PMDL, Own: BOOLEAN): void {
  Mdl.LockedPages = machineAlloc(sizeof<MI_LOCKED_PAGES>(), Own ? 2 : 0, 1);
  Mdl.MdlFlags = Mdl.MdlFlags | MDL_PAGES_LOCKED;
}

/** What the I/O manager does with the MDLs of a request that is finished: unlocks their pages and frees them. */
export function MiFreeMdls(First: PMDL | null): void {
  let Mdl = First;
  while (Mdl !== null) {
    const Next: PMDL | null = Mdl.Next;
    if ((Mdl.MdlFlags & MDL_PAGES_LOCKED) !== 0) machineFree(Mdl.LockedPages);
    machineFree(Mdl);
    Mdl = Next;
  }
}

function MiMap(Mdl: PMDL): PVOID {
  MiRequirePages(Mdl);
  if (KiAllocationFails()) return null;
  Mdl.MdlFlags = Mdl.MdlFlags | MDL_MAPPED_TO_SYSTEM_VA;
  Mdl.MappedSystemVa = Mdl.StartVa;
  return Mdl.StartVa;
}

/** An MDL whose pages are not known describes no memory yet. */
function MiRequirePages(Mdl: PMDL): void {
  if ((Mdl.MdlFlags & (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL)) === 0) machineEvent('object.uninitialised');
}
