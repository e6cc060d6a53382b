/**
 * User mode's side of the I/O manager: Win32's routines, by their names, with NTSTATUS results. A request that the caller does not
 * wait for needs an OVERLAPPED; with null the caller waits.
 */
import { ARRAY, BOOLEAN, FALSE, HANDLE, LONG, NTSTATUS, PCWSTR, PVOID, SIZE_T, UCHAR, ULONG, Union, sizeof } from 'irpsight/wdm/types';
import {
  DO_BUFFERED_IO, DO_DIRECT_IO, IoGetAttachedDevice, METHOD_BUFFERED, METHOD_NEITHER, PDEVICE_OBJECT, PFILE_OBJECT,
} from 'irpsight/wdm/device';
import {
  IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_FLUSH_BUFFERS, IRP_MJ_INTERNAL_DEVICE_CONTROL, IRP_MJ_MAXIMUM_FUNCTION,
  IRP_MJ_PNP, IRP_MJ_POWER, IRP_MJ_READ, IRP_MJ_SHUTDOWN, IRP_MJ_SYSTEM_CONTROL, IRP_MJ_WRITE,
} from 'irpsight/wdm/irp-codes';
import {
  IO_STATUS_BLOCK, IRP_BUFFERED_IO, IRP_DEALLOCATE_BUFFER, IoGetNextIrpStackLocation, KernelMode, MDL, PIRP, UserMode,
} from 'irpsight/wdm/irp';
import { KEVENT } from 'irpsight/wdm/event';
import { MiLockPages, MmInitializeMdl } from 'irpsight/wdm/mdl';
import { PKTHREAD } from 'irpsight/wdm/thread';
import { IoCallDriver } from 'irpsight/wdm/call';
import {
  NT_SUCCESS, STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER, STATUS_NOT_FOUND, STATUS_PENDING, STATUS_REPARSE, STATUS_SUCCESS,
} from 'irpsight/wdm/status';
import {
  IopAllocateIrp, IopCancelIrps, IopDeleteFileObject, IopFindName, IopNewFileObject, IopNewThread, IopQueueIrp, IopWaitForFile,
} from 'irpsight/wdm/io-manager';
import {
  machineAlloc, machineAtomicBegin, machineAtomicEnd, machineBounded, machineCopy, machineIsTerminated, machineObjectSize, machineSpawn, machineUserMemory, machineWait,
} from 'irpsight/wdm/machine';
import { CloseEvent } from './event-object.ts';
import { ScenarioThreadCount } from './settings.ts';
import { CurrentThread, EndThread, ThreadOfScenario } from './threads.ts';
import { StackDevice } from './pnp.ts';

/** Internal is the request's NTSTATUS: STATUS_PENDING from the call on, its final status from completion on. */
export type OVERLAPPED = Union<{ Internal: NTSTATUS; Iosb: IO_STATUS_BLOCK }> & { Event: KEVENT };
export type POVERLAPPED = OVERLAPPED;

/** Open handles: a handle is its file object's address, and is good while it stands here. */
let Handles!: ARRAY<PFILE_OBJECT | null, 8>;
/** File objects that have not had their IRP_MJ_CLOSE; the event is signalled while there are none. */
let OpenFiles!: LONG;
let AllClosed!: KEVENT;

/** Before anything is opened. */
export function InitializeHandles(): void {
  AllClosed.Header.SignalState = 1;
}

/**
 * Opens the device with that name or symbolic link; where the driver's devices have none, any name opens the top of its stack.
 * Null when there is no such device or IRP_MJ_CREATE fails.
 */
export function CreateFile(FileName: PCWSTR): HANDLE | null {
  let Named = IopFindName(FileName);
  if (Named === null) Named = StackDevice();
  if (Named === null) {
    machineBounded('CreateFile found no device of that name.');
    return null;
  }
  let Request!: OVERLAPPED;
  machineAtomicBegin();
  const Caller = CurrentThread();
  if (Caller.Exited) {
    machineAtomicEnd();
    return null;
  }
  const FileObject = IopNewFileObject(Named);
  OpenFiles = OpenFiles + 1;
  AllClosed.Header.SignalState = 0;
  const Device = IoGetAttachedDevice(Named);
  const Irp = MakeRequest(Device, IRP_MJ_CREATE, FileObject, Request);
  Caller.Synchronous = Request.Iosb;
  IopQueueIrp(Irp, Caller.Thread, FileObject);
  machineAtomicEnd();
  IoCallDriver(Device, Irp);
  machineWait(Request.Event.Header, 0, 0);
  // A name that leads elsewhere is opened there: this device has no file.
  if (!NT_SUCCESS(Request.Internal) || Request.Internal === STATUS_REPARSE) {
    ForgetFile(FileObject);
    return null;
  }
  machineAtomicBegin();
  let Slot: LONG = 0;
  while (Slot < 8 && Handles[Slot] !== null) Slot++;
  if (Slot < 8) Handles[Slot] = FileObject;
  machineAtomicEnd();
  if (Slot === 8) {
    machineBounded('More than eight handles were to be open; the last file was closed again.');
    CloseLast(FileObject);
    return null;
  }
  return FileObject as PVOID as HANDLE;
}

/**
 * Sends IRP_MJ_CLEANUP at once, and IRP_MJ_CLOSE as soon as every request on the file is finished; it does not wait for that.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/dispatchcleanup-routines
 */
export function CloseHandle(File: HANDLE | null): NTSTATUS {
  machineAtomicBegin();
  const FileObject = CurrentThread().Exited ? null : FileOf(File);
  for (let Slot: LONG = 0; Slot < 8; Slot++) {
    if (FileObject !== null && Handles[Slot] === FileObject) Handles[Slot] = null;
  }
  machineAtomicEnd();
  if (FileObject === null) return CloseEvent(File);
  CloseLast(FileObject);
  return STATUS_SUCCESS;
}

/** The last handle is gone, and with it whoever could make a request. */
function CloseLast(FileObject: PFILE_OBJECT): void {
  SendToFile(FileObject, IRP_MJ_CLEANUP);
  // With the handle gone the number can only fall.
  if (FileObject.Outstanding === 0) CloseFile(FileObject, null);
  else machineSpawn(1, CloseFile, IopNewThread(), FileObject, null as PVOID);
}

/** IRP_MJ_READ of that many bytes. */
export function ReadFile(File: HANDLE | null, Length: ULONG, Overlapped: POVERLAPPED | null): NTSTATUS {
  return Transfer(File, IRP_MJ_READ, 0, 0, null, 0, 0, Length, Overlapped);
}

/** IRP_MJ_WRITE of that many bytes. */
export function WriteFile(File: HANDLE | null, Length: ULONG, Overlapped: POVERLAPPED | null): NTSTATUS {
  return Transfer(File, IRP_MJ_WRITE, 0, 0, null, 0, 0, Length, Overlapped);
}

/**
 * IRP_MJ_DEVICE_CONTROL. The system buffer is of bytes, with a copy of the object passed in front: as many as that has, with METHOD_BUFFERED
 * at least OutLength.
 */
export function DeviceIoControl(File: HANDLE | null, IoControlCode: ULONG, InBuffer: PVOID, OutLength: ULONG, Overlapped: POVERLAPPED | null): NTSTATUS {
  const Size = InBuffer === null ? 0 : machineObjectSize(InBuffer, 0);
  const InLength = InBuffer === null ? 0 : machineObjectSize(InBuffer, 1);
  return Transfer(File, IRP_MJ_DEVICE_CONTROL, 0, IoControlCode, InBuffer, Size, InLength, OutLength, Overlapped);
}

/** IRP_MJ_INTERNAL_DEVICE_CONTROL, as a driver above sends it; buffers as with DeviceIoControl. */
export function InternalDeviceIoControl(
  File: HANDLE | null, IoControlCode: ULONG, InBuffer: PVOID, OutLength: ULONG, Overlapped: POVERLAPPED | null,
): NTSTATUS {
  const Size = InBuffer === null ? 0 : machineObjectSize(InBuffer, 0);
  const InLength = InBuffer === null ? 0 : machineObjectSize(InBuffer, 1);
  return Transfer(File, IRP_MJ_INTERNAL_DEVICE_CONTROL, 0, IoControlCode, InBuffer, Size, InLength, OutLength, Overlapped);
}

/**
 * Any other request, by its major and minor function, such as IRP_MJ_DIRECTORY_CONTROL with IRP_MN_QUERY_DIRECTORY; the length stands where a
 * read has it. Not for what belongs to opening and closing, nor for what is no request on a file.
 */
export function SendRequest(File: HANDLE | null, MajorFunction: UCHAR, MinorFunction: UCHAR, Length: ULONG, Overlapped: POVERLAPPED | null): NTSTATUS {
  if (MajorFunction === IRP_MJ_CREATE || MajorFunction === IRP_MJ_CLEANUP || MajorFunction === IRP_MJ_CLOSE
    || MajorFunction === IRP_MJ_PNP || MajorFunction === IRP_MJ_POWER || MajorFunction === IRP_MJ_SYSTEM_CONTROL) {
    machineBounded('SendRequest sends no create, cleanup, close, PnP, power or WMI request.');
    return STATUS_INVALID_PARAMETER;
  }
  if (MajorFunction > IRP_MJ_MAXIMUM_FUNCTION) {
    machineBounded('SendRequest was given a major function that there is none of: the last one is IRP_MJ_MAXIMUM_FUNCTION.');
    return STATUS_INVALID_PARAMETER;
  }
  return Transfer(File, MajorFunction, MinorFunction, 0, null, 0, 0, Length, Overlapped);
}

/** IRP_MJ_FLUSH_BUFFERS; the caller waits. */
export function FlushFileBuffers(File: HANDLE | null): NTSTATUS {
  return Transfer(File, IRP_MJ_FLUSH_BUFFERS, 0, 0, null, 0, 0, 0, null);
}

/** IRP_MJ_SHUTDOWN to the device that the file is open on; the caller waits. */
export function SendShutdown(File: HANDLE | null): NTSTATUS {
  return Transfer(File, IRP_MJ_SHUTDOWN, 0, 0, null, 0, 0, 0, null);
}

/** The request's status so far; with Wait its final one. */
export function GetOverlappedResult(File: HANDLE | null, Overlapped: POVERLAPPED, Wait: BOOLEAN): NTSTATUS {
  if (Wait && Overlapped.Internal === STATUS_PENDING && !CurrentThread().Exited) WaitAsUser(Overlapped);
  return Overlapped.Internal;
}

/** Cancels what the calling thread has outstanding on the file. */
export function CancelIo(File: HANDLE | null): NTSTATUS {
  machineAtomicBegin();
  const Caller = CurrentThread();
  const Thread = Caller.Thread;
  const FileObject = Caller.Exited ? null : FileOf(File);
  machineAtomicEnd();
  if (FileObject === null || Thread === null) return STATUS_INVALID_HANDLE;
  IopCancelIrps(Thread, FileObject, null);
  return STATUS_SUCCESS;
}

/** Cancels what any thread has outstanding on the file: one request, or with null all. */
export function CancelIoEx(File: HANDLE | null, Overlapped: POVERLAPPED | null): NTSTATUS {
  machineAtomicBegin();
  const FileObject = CurrentThread().Exited ? null : FileOf(File);
  machineAtomicEnd();
  if (FileObject === null) return STATUS_INVALID_HANDLE;
  const Count = Overlapped === null ? IopCancelIrps(null, FileObject, null) : IopCancelIrps(null, FileObject, Overlapped.Iosb);
  return Count === 0 ? STATUS_NOT_FOUND : STATUS_SUCCESS;
}

/** Cancels the request that the thread waits for itself. Threads are numbered from 0 in the order of the scenario's Threads. */
export function CancelSynchronousIo(Thread: LONG): NTSTATUS {
  if (Thread < 0 || Thread >= ScenarioThreadCount) {
    machineBounded('CancelSynchronousIo was given a number that no thread of the scenario has; they are numbered from 0.');
    return STATUS_INVALID_PARAMETER;
  }
  machineAtomicBegin();
  const Target = ThreadOfScenario(Thread);
  const Object = Target.Thread;
  const Iosb = CurrentThread().Exited ? null : Target.Synchronous;
  machineAtomicEnd();
  if (Object === null || Iosb === null) return STATUS_NOT_FOUND;
  return IopCancelIrps(Object, null, Iosb) === 0 ? STATUS_NOT_FOUND : STATUS_SUCCESS;
}

/** Ends the calling thread: its requests are cancelled and waited for. What the routine does afterwards reaches no driver. */
export function ExitThread(): void {
  EndThread(CurrentThread(), false);
}

/** Process exit: closes every handle and waits until each file has had its IRP_MJ_CLOSE. */
export function CloseAllHandles(): void {
  for (let Slot: LONG = 0; Slot < 8; Slot++) {
    const FileObject = Handles[Slot];
    if (FileObject !== null) {
      Handles[Slot] = null;
      SendToFile(FileObject, IRP_MJ_CLEANUP);
      CloseFile(FileObject, null);
    }
  }
  machineWait(AllClosed.Header, 0, 0);
}

/** Whether a file is open or still to be closed. */
export function IsAnyFileOpen(): BOOLEAN {
  return OpenFiles !== 0;
}

/** `Size` is the size token of InBuffer, `InLength` its length in bytes. */
function Transfer(
  File: HANDLE | null, Major: UCHAR, Minor: UCHAR, IoControlCode: ULONG, InBuffer: PVOID, Size: LONG, InLength: ULONG, Length: ULONG,
  Overlapped: POVERLAPPED | null,
): NTSTATUS {
  let Own!: OVERLAPPED;
  machineAtomicBegin();
  const Caller = CurrentThread();
  const FileObject = Caller.Exited ? null : FileOf(File);
  if (FileObject === null) {
    machineAtomicEnd();
    return STATUS_INVALID_HANDLE;
  }
  const Device = IoGetAttachedDevice(FileObject.DeviceObject);
  let Result: POVERLAPPED = Own;
  if (Overlapped !== null) Result = Overlapped;
  else Caller.Synchronous = Own.Iosb;
  const Irp = MakeRequest(Device, Major, FileObject, Result);
  const Location = IoGetNextIrpStackLocation(Irp);
  Location.MinorFunction = Minor;
  if (Major === IRP_MJ_INTERNAL_DEVICE_CONTROL || Major === IRP_MJ_SHUTDOWN) Irp.RequestorMode = KernelMode;
  if (Major === IRP_MJ_DEVICE_CONTROL || Major === IRP_MJ_INTERNAL_DEVICE_CONTROL) {
    Location.Parameters.DeviceIoControl.OutputBufferLength = Length;
    Location.Parameters.DeviceIoControl.InputBufferLength = InLength;
    Location.Parameters.DeviceIoControl.IoControlCode = IoControlCode;
    const Method = IoControlCode & 3;
    if (Method === METHOD_NEITHER) {
      Location.Parameters.DeviceIoControl.Type3InputBuffer = InBuffer;
      Irp.UserBuffer = MakeBytes(Length);
      if (Irp.RequestorMode === UserMode) {
        machineUserMemory(InBuffer);
        machineUserMemory(Irp.UserBuffer);
      }
    } else if (InBuffer !== null) {
      const Bytes = Method === METHOD_BUFFERED && Length > InLength ? Length : InLength;
      GiveSystemBuffer(Irp, CopyOf(InBuffer, Size as SIZE_T<object>, Bytes));
      if (Method !== METHOD_BUFFERED) GiveMdl(Irp, Length);
    } else if (Method === METHOD_BUFFERED) {
      GiveSystemBuffer(Irp, MakeBytes(Length));
    } else {
      GiveMdl(Irp, Length);
    }
  } else {
    // Read and Write have their length in the same place.
    Location.Parameters.Read.Length = Length;
    const Flags = Device.Flags;
    if ((Flags & DO_BUFFERED_IO) !== 0) GiveSystemBuffer(Irp, MakeBytes(Length));
    else if ((Flags & DO_DIRECT_IO) !== 0) GiveMdl(Irp, Length);
    else {
      Irp.UserBuffer = MakeBytes(Length);
      if (Irp.RequestorMode === UserMode) machineUserMemory(Irp.UserBuffer);
    }
  }
  IopQueueIrp(Irp, Caller.Thread, FileObject);
  machineAtomicEnd();
  const Status = IoCallDriver(Device, Irp);
  if (Overlapped !== null) return Status;
  WaitAsUser(Own);
  return Own.Internal;
}

/** Waits for the request; the end of the process ends the wait and the thread, which does not come back to its routine either way. */
function WaitAsUser(Overlapped: POVERLAPPED): void {
  if (machineWait(Overlapped.Event.Header, 2, 0) !== 0 || machineIsTerminated()) EndThread(CurrentThread(), false);
}

/** An IRP for the top of a stack whose outcome goes to Result, which is STATUS_PENDING from now on. */
export function MakeRequest(Device: PDEVICE_OBJECT, Major: UCHAR, FileObject: PFILE_OBJECT | null, Result: POVERLAPPED): PIRP {
  Result.Internal = STATUS_PENDING;
  Result.Iosb.Information = 0;
  Result.Event.Header.Type = 0;
  Result.Event.Header.SignalState = 0;
  const Irp = IopAllocateIrp(Device.StackSize);
  Irp.RequestorMode = UserMode;
  Irp.UserIosb = Result.Iosb;
  Irp.UserEvent = Result.Event;
  const Location = IoGetNextIrpStackLocation(Irp);
  Location.MajorFunction = Major;
  Location.FileObject = FileObject;
  return Irp;
}

/** IRP_MJ_CLEANUP or IRP_MJ_CLOSE, which nobody can cancel; waits for the answer. */
function SendToFile(FileObject: PFILE_OBJECT, Major: UCHAR): void {
  let Result!: OVERLAPPED;
  machineAtomicBegin();
  const Device = IoGetAttachedDevice(FileObject.DeviceObject);
  const Irp = MakeRequest(Device, Major, FileObject, Result);
  IopQueueIrp(Irp, null, null);
  machineAtomicEnd();
  IoCallDriver(Device, Irp);
  machineWait(Result.Event.Header, 0, 0);
}

/** Waits until the file has no unfinished request, sends IRP_MJ_CLOSE and lets the file object go. */
function CloseFile(FileObject: PFILE_OBJECT, Unused: PVOID): void {
  IopWaitForFile(FileObject);
  SendToFile(FileObject, IRP_MJ_CLOSE);
  ForgetFile(FileObject);
}

function ForgetFile(FileObject: PFILE_OBJECT): void {
  machineAtomicBegin();
  IopDeleteFileObject(FileObject);
  OpenFiles = OpenFiles - 1;
  if (OpenFiles === 0) AllClosed.Header.SignalState = 1;
  machineAtomicEnd();
}

/** The file object of a handle that is open. */
function FileOf(File: HANDLE | null): PFILE_OBJECT | null {
  if (File === null) return null;
  const FileObject = File as PVOID as PFILE_OBJECT;
  for (let Slot: LONG = 0; Slot < 8; Slot++) {
    if (Handles[Slot] === FileObject) return FileObject;
  }
  return null;
}

function GiveSystemBuffer(Irp: PIRP, Buffer: PVOID): void {
  if (Buffer === null) return;
  Irp.AssociatedIrp.SystemBuffer = Buffer;
  Irp.Flags = IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
}

function GiveMdl(Irp: PIRP, Length: ULONG): void {
  if (Length === 0) return;
  const Mdl = machineAlloc(sizeof<MDL>(), 0, 1);
  MmInitializeMdl(Mdl, MakeBytes(Length), Length);
  MiLockPages(Mdl, FALSE);
  Irp.MdlAddress = Mdl;
}

function MakeBytes(Length: ULONG): PVOID {
  if (Length === 0) return null;
  return machineAlloc<object>(Length as SIZE_T<object>, 0, 1);
}

/** That many bytes, nonpaged, with a copy of the object in front: which type it has, nobody but its writer knows any more. */
function CopyOf(Buffer: object, Size: SIZE_T<object>, Bytes: ULONG): PVOID {
  const Copy = MakeBytes(Bytes);
  if (Copy !== null) machineCopy(Copy, Buffer, Size);
  return Copy;
}
