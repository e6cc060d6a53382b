/** The IRP, its stack locations, and the macros that move between them. Sending is in call.ts, completing in complete.ts. */
import {
  ARRAY, BOOLEAN, CCHAR, CHAR, FALSE, KIRQL, LARGE_INTEGER, LIST_ENTRY, LONG, NTSTATUS, PVOID, Ref, SHORT, TRUE, UCHAR, ULONG, ULONG_PTR, USHORT, Union,
} from './types.ts';
import { PCM_RESOURCE_LIST } from './resources.ts';
import { FILE_OBJECT, PDEVICE_OBJECT, PFILE_OBJECT } from './device.ts';
import { KDEVICE_QUEUE_ENTRY } from './device-queue.ts';
import { PKEVENT } from './event.ts';
import { PETHREAD } from './thread.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_SUCCESS } from './status.ts';
import { machineAlloc, machineBounded, machineChoose, machineCopy, machineEvent, machineExchange, machineFree, machineZero } from './machine.ts';
import { sizeof } from './types.ts';
import { KiAllocationFails } from './pool.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_io_status_block */
export interface IO_STATUS_BLOCK { Status: NTSTATUS; Information: ULONG_PTR }
export type PIO_STATUS_BLOCK = IO_STATUS_BLOCK;

export type KPROCESSOR_MODE = CHAR & { readonly brand: 'MODE' };
export const KernelMode = 0 as KPROCESSOR_MODE;
export const UserMode = 1 as KPROCESSOR_MODE;

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_mdl
 * @size 48
 */
export interface MDL {
  Next: PMDL | null;
  MdlFlags: SHORT;
  MappedSystemVa: PVOID;
  StartVa: PVOID;
  ByteCount: ULONG;
  ByteOffset: ULONG;
  /**
   * Kept by mdl.ts: what locking its pages holds.
   * @system
   */
  LockedPages: PVOID;
}
export type PMDL = MDL;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_completion_routine */
export type IO_COMPLETION_ROUTINE<EXT = never, CONTEXT = never> = (DeviceObject: PDEVICE_OBJECT<EXT>, Irp: PIRP, Context: CONTEXT) => NTSTATUS;
/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-driver_cancel */
export type DRIVER_CANCEL<EXT = never> = (DeviceObject: PDEVICE_OBJECT<EXT>, Irp: PIRP) => void;

export type DEVICE_POWER_STATE = LONG & { readonly brand: 'DEVICE_POWER_STATE' };
export type SYSTEM_POWER_STATE = LONG & { readonly brand: 'SYSTEM_POWER_STATE' };
export type POWER_STATE_TYPE = LONG & { readonly brand: 'POWER_STATE_TYPE' };
export type POWER_STATE = Union<{ SystemState: SYSTEM_POWER_STATE; DeviceState: DEVICE_POWER_STATE }>;
export type DEVICE_RELATION_TYPE = LONG & { readonly brand: 'DEVICE_RELATION_TYPE' };

/**
 * One driver's part of an IRP. The completion routine in it was set by the driver above.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_io_stack_location
 * @size 72
 */
export interface IO_STACK_LOCATION {
  MajorFunction: UCHAR;
  MinorFunction: UCHAR;
  Flags: UCHAR;
  /** @system IoMarkIrpPending and IoSetCompletionRoutine */
  Control: UCHAR;
  Parameters: Union<{
    Create: { Options: ULONG; FileAttributes: USHORT; ShareAccess: USHORT };
    Read: { Length: ULONG; Key: ULONG; ByteOffset: LARGE_INTEGER };
    Write: { Length: ULONG; Key: ULONG; ByteOffset: LARGE_INTEGER };
    DeviceIoControl: { OutputBufferLength: ULONG; InputBufferLength: ULONG; IoControlCode: ULONG; Type3InputBuffer: PVOID };
    Power: { SystemContext: ULONG; Type: POWER_STATE_TYPE; State: POWER_STATE; ShutdownType: LONG };
    QueryDeviceRelations: { Type: DEVICE_RELATION_TYPE };
    StartDevice: { AllocatedResources: PCM_RESOURCE_LIST | null; AllocatedResourcesTranslated: PCM_RESOURCE_LIST | null };
    DeviceCapabilities: { Capabilities: PVOID };
    UsageNotification: { InPath: BOOLEAN; Type: LONG };
    WMI: { ProviderId: PVOID; DataPath: PVOID; BufferSize: ULONG; Buffer: PVOID };
    Others: { Argument1: PVOID; Argument2: PVOID; Argument3: PVOID; Argument4: PVOID };
  }>;
  DeviceObject: PDEVICE_OBJECT;
  FileObject: PFILE_OBJECT | null;
  CompletionRoutine: IO_COMPLETION_ROUTINE<never, never> | null;
  Context: PVOID;
}
export type PIO_STACK_LOCATION = IO_STACK_LOCATION;

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_irp
 * @subject irp
 * @size 208
 */
export interface IRP {
  MdlAddress: PMDL | null;
  Flags: ULONG;
  AssociatedIrp: Union<{ MasterIrp: PIRP | null; IrpCount: LONG; SystemBuffer: PVOID }>;
  /** In the I/O manager's list of unfinished requests, see io-manager.ts. */
  ThreadListEntry: LIST_ENTRY;
  IoStatus: IO_STATUS_BLOCK;
  RequestorMode: KPROCESSOR_MODE;
  PendingReturned: BOOLEAN;
  StackCount: CHAR;
  /** From StackCount + 1 (the sender's, which does not exist) down to 1. */
  CurrentLocation: CHAR;
  Cancel: BOOLEAN;
  CancelIrql: KIRQL;
  AllocationFlags: UCHAR;
  UserIosb: PIO_STATUS_BLOCK | null;
  UserEvent: PKEVENT | null;
  CancelRoutine: DRIVER_CANCEL<never> | null;
  UserBuffer: PVOID;
  Tail: {
    Overlay: Union<{ DeviceQueueEntry: KDEVICE_QUEUE_ENTRY; DriverContext: ARRAY<PVOID, 4> }> & {
      Thread: PETHREAD | null;
      ListEntry: LIST_ENTRY;
      OriginalFileObject: PFILE_OBJECT | null;
    };
  };
  /**
   * Kept by csq.ts: what DriverContext[3] is to hold while the IRP is in a cancel-safe queue.
   * @system
   */
  CsqContext: PVOID;
  /** Stack[n - 1] is location n. */
  Stack: ARRAY<IO_STACK_LOCATION, 5>;
}
export type PIRP = IRP;

// IRP.AllocationFlags, ours: who made it and so who frees it
/** Made by IoAllocateIrp or IoBuildAsynchronousFsdRequest. */
export const IRP_MADE_BY_DRIVER: UCHAR = 0x01;
/** In the I/O manager's list of unfinished requests. */
export const IRP_IN_LIST: UCHAR = 0x02;
/** Built by a driver as a request of the current thread; the I/O manager frees it. */
export const IRP_BUILT_FOR_THREAD: UCHAR = 0x04;
/** Made by IoMakeAssociatedIrp; the I/O manager frees it, unless it is kept. */
export const IRP_ASSOCIATED: UCHAR = 0x08;

// IO_STACK_LOCATION.Control
export const SL_PENDING_RETURNED: UCHAR = 0x01;
export const SL_ERROR_RETURNED: UCHAR = 0x02;
export const SL_INVOKE_ON_CANCEL: UCHAR = 0x20;
export const SL_INVOKE_ON_SUCCESS: UCHAR = 0x40;
export const SL_INVOKE_ON_ERROR: UCHAR = 0x80;

// IRP.Flags
export const IRP_NOCACHE: ULONG = 0x00000001;
export const IRP_PAGING_IO: ULONG = 0x00000002;
export const IRP_SYNCHRONOUS_API: ULONG = 0x00000004;
export const IRP_ASSOCIATED_IRP: ULONG = 0x00000008;
export const IRP_BUFFERED_IO: ULONG = 0x00000010;
export const IRP_DEALLOCATE_BUFFER: ULONG = 0x00000020;
export const IRP_INPUT_OPERATION: ULONG = 0x00000040;

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iogetcurrentirpstacklocation
 * @forceinline
 */
export function IoGetCurrentIrpStackLocation(Irp: PIRP): PIO_STACK_LOCATION {
  return IopLocation(Irp, Irp.CurrentLocation);
}

/**
 * That stack location. Behind the last one there is none, which an IRP's creator and who skipped too often find, and none below the first: both
 * count as outside the IRP.
 * @forceinline
 */
export function IopLocation(Irp: PIRP, Location: CCHAR): PIO_STACK_LOCATION {
  const Exists = Location > 0 && Location <= Irp.StackCount;
  if (!Exists) machineEvent('irp.no-location', Irp, 0);
  return Irp.Stack[Exists ? Location - 1 : -1];
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iogetnextirpstacklocation
 * @forceinline
 */
export function IoGetNextIrpStackLocation(Irp: PIRP): PIO_STACK_LOCATION {
  machineEvent('irp.next-location', Irp, 0);
  return IopLocation(Irp, Irp.CurrentLocation - 1);
}

/**
 * Moves to the next-lower location, for a driver that keeps a location to itself.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetnextirpstacklocation
 * @forceinline
 */
export function IoSetNextIrpStackLocation(Irp: PIRP): void {
  machineEvent('irp.next-location', Irp, 3);
  Irp.CurrentLocation = Irp.CurrentLocation - 1;
}

/**
 * The next driver gets the current location itself: this one has none of its own any more.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioskipcurrentirpstacklocation
 * @forceinline
 */
export function IoSkipCurrentIrpStackLocation(Irp: PIRP): void {
  machineEvent('irp.next-location', Irp, 2);
  Irp.CurrentLocation = Irp.CurrentLocation + 1;
}

/**
 * Copies all but the completion routine and its context, and clears Control.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocopycurrentirpstacklocationtonext
 * @forceinline
 */
export function IoCopyCurrentIrpStackLocationToNext(Irp: PIRP): void {
  machineEvent('call.irql', 0, 2);
  machineEvent('irp.next-location', Irp, 1);
  const Location = Irp.CurrentLocation;
  const Next = IopLocation(Irp, Location - 1);
  machineCopy(Next, IopLocation(Irp, Location), sizeof<IO_STACK_LOCATION>());
  Next.Control = 0;
  Next.CompletionRoutine = null;
}

/**
 * Sets the mark in the driver's own location. A driver that has none (the IRP's creator) would write behind the IRP.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iomarkirppending
 * @forceinline
 */
export function IoMarkIrpPending(Irp: PIRP): void {
  const Location = Irp.CurrentLocation;
  machineEvent('irp.mark-pending', Irp, Location);
  const Stack = IopLocation(Irp, Location);
  Stack.Control = Stack.Control | SL_PENDING_RETURNED;
}

/**
 * The routine is kept in the next-lower location, so it cannot be set by the lowest driver.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetcompletionroutine
 * @forceinline
 */
export function IoSetCompletionRoutine<CONTEXT>(
  Irp: PIRP, CompletionRoutine: IO_COMPLETION_ROUTINE<never, CONTEXT> | null, Context: CONTEXT,
  InvokeOnSuccess: BOOLEAN, InvokeOnError: BOOLEAN, InvokeOnCancel: BOOLEAN,
): void {
  machineEvent('call.irql', 0, 2);
  machineEvent('irp.next-location', Irp, 4);
  const Next = IopLocation(Irp, Irp.CurrentLocation - 1);
  Next.CompletionRoutine = CompletionRoutine as IO_COMPLETION_ROUTINE<never, never> | null;
  Next.Context = Context as PVOID;
  let Control: UCHAR = 0;
  if (InvokeOnSuccess) Control = SL_INVOKE_ON_SUCCESS;
  if (InvokeOnError) Control |= SL_INVOKE_ON_ERROR;
  if (InvokeOnCancel) Control |= SL_INVOKE_ON_CANCEL;
  Next.Control = Control;
}

/**
 * The same, and keeps the driver loaded until the routine has run; for that it needs memory, and may fail.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetcompletionroutineex
 */
export function IoSetCompletionRoutineEx<CONTEXT>(
  DeviceObject: PDEVICE_OBJECT, Irp: PIRP, CompletionRoutine: IO_COMPLETION_ROUTINE<never, CONTEXT> | null, Context: CONTEXT,
  InvokeOnSuccess: BOOLEAN, InvokeOnError: BOOLEAN, InvokeOnCancel: BOOLEAN,
): NTSTATUS {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return STATUS_INSUFFICIENT_RESOURCES;
  IoSetCompletionRoutine(Irp, CompletionRoutine, Context, InvokeOnSuccess, InvokeOnError, InvokeOnCancel);
  return STATUS_SUCCESS;
}

/**
 * An IRP that belongs to the caller: no thread, not cancelled with one, freed by IoFreeIrp.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioallocateirp
 */
export function IoAllocateIrp(StackSize: CCHAR, ChargeQuota: BOOLEAN): PIRP | null {
  machineEvent('call.irql', 0, 2);
  if (KiAllocationFails()) return null;
  return IopMakeIrp(StackSize, IRP_MADE_BY_DRIVER);
}

/**
 * For an IRP of IoAllocateIrp or IoBuildAsynchronousFsdRequest, and an associated one that was kept. Its MDLs are not freed with it.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofreeirp
 */
export function IoFreeIrp(Irp: PIRP): void {
  machineEvent('call.irql', 0, 2);
  if ((Irp.AllocationFlags & (IRP_MADE_BY_DRIVER | IRP_ASSOCIATED)) === 0) {
    machineEvent('irp.free-foreign', Irp);
    machineBounded('A driver was to free an IRP that the I/O manager frees.');
  }
  machineEvent('irp.free', Irp);
  machineFree(Irp);
}

/**
 * Makes an IRP of IoAllocateIrp as good as new.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreuseirp
 */
export function IoReuseIrp(Irp: PIRP, Status: NTSTATUS): void {
  machineEvent('call.irql', 0, 2);
  IopRenew(Irp, Irp.StackCount);
  Irp.IoStatus.Status = Status;
}

/**
 * The same for an IRP in memory that the driver has allocated itself.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioinitializeirp
 */
export function IoInitializeIrp(Irp: PIRP, PacketSize: USHORT, StackSize: CCHAR): void {
  machineEvent('call.irql', 0, 2);
  IopRenew(Irp, StackSize);
}

/**
 * All but who made it is forgotten. Memory that nothing was written to, nobody made an IRP of: there an exchange whose old value stays in an inlined
 * routine gives zero, where a read would be an error of the driver's.
 * @forceinline
 */
function IopRenew(Irp: PIRP, StackSize: CCHAR): void {
  machineEvent('irp.reuse', Irp);
  const AllocationFlags = machineExchange(Ref(Irp.AllocationFlags), 0);
  machineZero(Irp, sizeof<IRP>());
  Irp.AllocationFlags = AllocationFlags;
  Irp.StackCount = StackSize;
  Irp.CurrentLocation = StackSize + 1;
}

/**
 * Whether its sender waits for it: always so for a synchronous request, which either may be for one of user mode.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ioisoperationsynchronous
 */
export function IoIsOperationSynchronous(Irp: PIRP): BOOLEAN {
  machineEvent('call.irql', 0, 15);
  return (Irp.Flags & IRP_SYNCHRONOUS_API) !== 0 || machineChoose(2) === 1;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosizeofirp */
export function IoSizeOfIrp(StackSize: CCHAR): USHORT {
  return 0xd0 + StackSize * 0x48;
}

/** A zeroed IRP whose current location is one above the highest. */
export function IopMakeIrp(StackSize: CCHAR, AllocationFlags: UCHAR): PIRP {
  if (StackSize > 5) machineBounded('An IRP was made with more than five stack locations.');
  const Irp = machineAlloc(sizeof<IRP>(), (AllocationFlags & IRP_MADE_BY_DRIVER) !== 0 ? 2 : 0, 1);
  Irp.StackCount = StackSize;
  Irp.CurrentLocation = StackSize + 1;
  Irp.AllocationFlags = AllocationFlags;
  machineEvent('irp.create', Irp, AllocationFlags !== 0);
  return Irp;
}
