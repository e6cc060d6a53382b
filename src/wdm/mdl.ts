/** Memory descriptor lists, as far as drivers look at those they are given. */
import { LONG, PVOID, ULONG } from './types.ts';
import { PMDL } from './irp.ts';
import { KiAllocationFails } from './pool.ts';
import { machineEvent } from './machine.ts';

/** MM_PAGE_PRIORITY: of no meaning here. */
export const LowPagePriority: LONG = 0;
export const NormalPagePriority: LONG = 16;
export const HighPagePriority: LONG = 32;
export const MdlMappingNoExecute: ULONG = 0x40000000;

/**
 * The buffer as the driver can reach it; null when there is no memory to map it.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmgetsystemaddressformdlsafe
 */
export function MmGetSystemAddressForMdlSafe(Mdl: PMDL, Priority: ULONG): PVOID {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return null;
  return Mdl.MappedSystemVa;
}

/**
 * In bytes.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmgetmdlbytecount
 * @forceinline
 */
export function MmGetMdlByteCount(Mdl: PMDL): ULONG {
  return Mdl.ByteCount;
}
