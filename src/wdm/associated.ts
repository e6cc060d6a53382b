/** Associated IRPs: parts of one request, the master, which is completed with the last of them. */
import { CCHAR } from './types.ts';
import { IRP_ASSOCIATED, IRP_ASSOCIATED_IRP, IopMakeIrp, PIRP } from './irp.ts';
import { KiAllocationFails } from './pool.ts';
import { machineEvent } from './machine.ts';

/**
 * For the highest driver of a stack, of a request that is not a buffered one. The driver sets AssociatedIrp.IrpCount of the master to the
 * number of its associated IRPs before it sends the first. Such an IRP has no thread: whoever cancels the master has to cancel it. The I/O
 * manager frees it at its completion, and with the last of them completes the master, unless a completion routine keeps the IRP: then both are
 * for the driver to do.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-iomakeassociatedirp
 */
export function IoMakeAssociatedIrp(Irp: PIRP, StackSize: CCHAR): PIRP | null {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return null;
  const Associated = IopMakeIrp(StackSize, IRP_ASSOCIATED);
  Associated.Flags = IRP_ASSOCIATED_IRP;
  Associated.RequestorMode = Irp.RequestorMode;
  Associated.AssociatedIrp.MasterIrp = Irp;
  return Associated;
}
