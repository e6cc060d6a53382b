/** Structured exceptions: the routines that raise them, and what handlers ask. A driver handles them with try and catch, or finally. */
import { BOOLEAN, LONG, NTSTATUS, PVOID, SIZE_T, TRUE, ULONG } from './types.ts';
import { KPROCESSOR_MODE, PMDL } from './irp.ts';
import { MDL_PAGES_LOCKED, MiLockPages } from './mdl.ts';
import { STATUS_ACCESS_VIOLATION, STATUS_DATATYPE_MISALIGNMENT } from './status.ts';
import {
  machineAlloc, machineBounded, machineChoose, machineCopy, machineEvent, machineIsUserMemory, machineObjectSize, machineRaiseException,
} from './machine.ts';

/**
 * The code of the exception being handled; in a catch block only.
 * https://learn.microsoft.com/windows/win32/debug/getexceptioncode
 */
export declare function GetExceptionCode(): NTSTATUS;

/**
 * Whether the try block was left by an exception or a jump, and not by reaching its end; in a finally block only.
 * https://learn.microsoft.com/windows/win32/debug/abnormaltermination
 */
export declare function AbnormalTermination(): BOOLEAN;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exraisestatus */
export function ExRaiseStatus(Status: NTSTATUS): never {
  machineEvent('call.irql', 0, 1);
  machineRaiseException(Status);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-exraiseaccessviolation */
export function ExRaiseAccessViolation(): never {
  machineEvent('call.irql', 0, 0);
  machineRaiseException(STATUS_ACCESS_VIOLATION);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-exraisedatatypemisalignment */
export function ExRaiseDatatypeMisalignment(): never {
  machineEvent('call.irql', 0, 0);
  machineRaiseException(STATUS_DATATYPE_MISALIGNMENT);
}

/**
 * Raises when the range does not lie in user memory, or is not aligned: which addresses the user gives is his affair, so either may
 * be. It does not look whether the memory is there, so that null passes. A length of zero is not looked at.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-probeforread
 */
export function ProbeForRead<T>(Address: PVOID, Length: SIZE_T<T>, Alignment: ULONG): void {
  machineEvent('call.irql', 0, 1);
  if (Address !== null) IopProbe(Length, Alignment);
}

/**
 * The same, and when the range cannot be written: each of its pages is touched, and at null there is none.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-probeforwrite
 */
export function ProbeForWrite<T>(Address: PVOID, Length: SIZE_T<T>, Alignment: ULONG): void {
  machineEvent('call.irql', 0, 1);
  if (Address === null && Length !== 0) machineRaiseException(STATUS_ACCESS_VIOLATION);
  IopProbe(Length, Alignment);
}

export type LOCK_OPERATION = LONG & { readonly brand: 'LOCK_OPERATION' };
export const IoReadAccess = 0 as LOCK_OPERATION;
export const IoWriteAccess = 1 as LOCK_OPERATION;
export const IoModifyAccess = 2 as LOCK_OPERATION;

/**
 * Raises when the pages cannot be accessed or kept in memory. Otherwise they stay until MmUnlockPages, whatever becomes of the process: here pages of
 * the user's are then memory of their own, with what the buffer held. Pageable memory only below DISPATCH_LEVEL.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-mmprobeandlockpages
 */
export function MmProbeAndLockPages(MemoryDescriptorList: PMDL, AccessMode: KPROCESSOR_MODE, Operation: LOCK_OPERATION): void {
  const Address = MemoryDescriptorList.StartVa;
  const User = machineIsUserMemory(Address);
  machineEvent('call.irql', 0, User ? 1 : 2);
  if (machineChoose(2) === 1) machineRaiseException(STATUS_ACCESS_VIOLATION);
  if (!User) {
    MiLockPages(MemoryDescriptorList, TRUE);
    return;
  }
  const Size = machineObjectSize(Address, 0) as SIZE_T<object>;
  if (Size === 0) machineBounded('MmProbeAndLockPages is followed for whole buffers only.');
  const Pages = machineAlloc<object>(Size, 2, 1);
  machineCopy(Pages, Address, Size);
  MemoryDescriptorList.LockedPages = Pages;
  MemoryDescriptorList.StartVa = Pages;
  MemoryDescriptorList.MdlFlags = MemoryDescriptorList.MdlFlags | MDL_PAGES_LOCKED;
}

function IopProbe<T>(Length: SIZE_T<T>, Alignment: ULONG): void {
  if (Length === 0) return;
  if (Alignment > 1 && machineChoose(2) === 1) machineRaiseException(STATUS_DATATYPE_MISALIGNMENT);
  if (machineChoose(2) === 1) machineRaiseException(STATUS_ACCESS_VIOLATION);
}
