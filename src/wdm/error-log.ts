/** Entries of the system's event log. https://learn.microsoft.com/windows-hardware/drivers/kernel/writing-to-the-system-event-log */
import { ARRAY, NTSTATUS, PVOID, UCHAR, ULONG, USHORT, sizeof } from './types.ts';
import { KiAllocationFails } from './pool.ts';
import { machineAlloc, machineEvent, machineFree } from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/ntiologc/ns-ntiologc-_io_error_log_packet */
export interface IO_ERROR_LOG_PACKET {
  MajorFunctionCode: UCHAR;
  RetryCount: UCHAR;
  DumpDataSize: USHORT;
  NumberOfStrings: USHORT;
  StringOffset: USHORT;
  EventCategory: USHORT;
  ErrorCode: NTSTATUS;
  UniqueErrorValue: ULONG;
  FinalStatus: NTSTATUS;
  SequenceNumber: ULONG;
  IoControlCode: ULONG;
  DumpData: ARRAY<ULONG, 8>;
}
export type PIO_ERROR_LOG_PACKET = IO_ERROR_LOG_PACKET;

export const ERROR_LOG_MAXIMUM_SIZE: UCHAR = 240;

/**
 * Null when there is none to be had, which a driver has to expect.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioallocateerrorlogentry
 */
export function IoAllocateErrorLogEntry(IoObject: PVOID, EntrySize: UCHAR): PIO_ERROR_LOG_PACKET | null {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return null;
  return machineAlloc(sizeof<IO_ERROR_LOG_PACKET>(), 2, 1);
}

/**
 * The system frees the entry: it is not the driver's any more.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iowriteerrorlogentry
 */
export function IoWriteErrorLogEntry(ElEntry: PIO_ERROR_LOG_PACKET): void {
  machineEvent('call.irql', 0, 2);
  machineFree(ElEntry);
}

/**
 * For an entry that is not written after all.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-iofreeerrorlogentry
 */
export function IoFreeErrorLogEntry(ElEntry: PIO_ERROR_LOG_PACKET): void {
  machineEvent('call.irql', 0, 2);
  machineFree(ElEntry);
}
