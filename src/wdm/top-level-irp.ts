/** The request that a thread is at work on in file systems, which they keep in the thread itself. */
import { PIRP } from './irp.ts';
import { KiCurrentThread } from './thread.ts';
import { machineEvent } from './machine.ts';

/**
 * Of the current thread; null where nobody has set one.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iogettoplevelirp
 */
export function IoGetTopLevelIrp(): PIRP | null {
  machineEvent('call.irql', 0, 2);
  return KiCurrentThread().TopLevelIrp;
}

/**
 * Who sets one gives the one before back when it is done.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-iosettoplevelirp
 */
export function IoSetTopLevelIrp(Irp: PIRP | null): void {
  machineEvent('call.irql', 0, 2);
  KiCurrentThread().TopLevelIrp = Irp;
}
