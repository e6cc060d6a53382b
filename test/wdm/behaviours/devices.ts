/** Devices and their stacks, IRPs that drivers make, remove locks. */
import { type Behaviour, behaviour, irqlAbove } from '../model.ts';
import { two } from './locks.ts';
import { lower } from './request.ts';

const control = 'const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => { Finish(Irp); return STATUS_SUCCESS; };';
const keep =
  'const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); Held = Irp; return STATUS_PENDING; };';

export const devices: readonly Behaviour[] = [
  behaviour(
    'X12',
    "a new device is in its driver's list, being initialised, with a zeroed extension; deleted ones leave the list and are freed",
    `
let Driver!: DRIVER_OBJECT;
let First!: PDEVICE_OBJECT<PKEVENT> | null;
let Second!: PDEVICE_OBJECT | null;
let Entry!: KDEVICE_QUEUE_ENTRY;
export function HarnessMain(): void {
  Expect(IoCreateDevice(Driver, sizeof<KEVENT>(), null, FILE_DEVICE_UNKNOWN, 7, FALSE, Ref(First)) === STATUS_SUCCESS);
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_KEYBOARD, 0, TRUE, Ref(Second));
  Expect(First!.DeviceExtension!.Header.SignalState === 0 && First!.StackSize === 1 && First!.DriverObject === Driver && First!.Characteristics === 7);
  Expect((First!.Flags & DO_DEVICE_INITIALIZING) !== 0 && (First!.Flags & DO_EXCLUSIVE) === 0 && (Second!.Flags & DO_EXCLUSIVE) !== 0 && First!.DeviceType === FILE_DEVICE_UNKNOWN);
  Expect(Driver.DeviceObject === Second && Second!.NextDevice === (First as PVOID));
  Expect(!KeInsertDeviceQueue(Second!.DeviceQueue, Entry) && KeRemoveDeviceQueue(Second!.DeviceQueue) === null);
  IoDeleteDevice(First as PVOID as PDEVICE_OBJECT);
  Expect(Driver.DeviceObject === Second && Second!.NextDevice === null);
  IoDeleteDevice(Second!);
  Expect(Driver.DeviceObject === null);
  Second!.Flags = 0;
}
`,
    'fault.freed',
  ),
  behaviour(
    'X12',
    'the extension goes with the device',
    `
let Driver!: DRIVER_OBJECT;
let First!: PDEVICE_OBJECT<PKEVENT> | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, sizeof<KEVENT>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(First));
  const Extension = First!.DeviceExtension!;
  IoDeleteDevice(First as PVOID as PDEVICE_OBJECT);
  Extension.Header.SignalState = 1;
}
`,
    'fault.freed',
  ),
  behaviour(
    'X12',
    'a deleted device with an open file stays until the last close',
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  const File = IopNewFileObject(Device!);
  const Other = IopNewFileObject(Device!);
  IoDeleteDevice(Device!); Device!.Flags = 1;
  IopDeleteFileObject(File); Device!.Flags = 2;
  IopDeleteFileObject(Other);
  Expect(Driver.DeviceObject === null);
}
`,
  ),
  behaviour(
    'X12',
    'it is freed then',
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  const File = IopNewFileObject(Device!);
  IoDeleteDevice(Device!);
  IopDeleteFileObject(File);
  Device!.Flags = 3;
}
`,
    'fault.freed',
  ),
  behaviour(
    'X11 X12',
    'a deleted device stays while another is attached to it',
    `
let Driver!: DRIVER_OBJECT;
let Low!: PDEVICE_OBJECT | null;
let High!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Low));
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(High));
  IoAttachDeviceToDeviceStack(High!, Low!);
  IoDeleteDevice(Low!); Low!.Flags = 1;
  Expect(Driver.DeviceObject === High && High!.NextDevice === null);
  IoDetachDevice(Low!);
  High!.Flags = 2;
}
`,
  ),
  behaviour(
    'X11 X12',
    'it is freed when that one is detached',
    `
let Driver!: DRIVER_OBJECT;
let Low!: PDEVICE_OBJECT | null;
let High!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Low));
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(High));
  IoAttachDeviceToDeviceStack(High!, Low!);
  IoDeleteDevice(Low!);
  IoDetachDevice(Low!);
  Low!.Flags = 1;
}
`,
    'fault.freed',
  ),
  behaviour(
    'X11 X12',
    'with a file open and a device attached it waits for both',
    `
let Driver!: DRIVER_OBJECT;
let Low!: PDEVICE_OBJECT | null;
let High!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Low));
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(High));
  IoAttachDeviceToDeviceStack(High!, Low!);
  const File = IopNewFileObject(Low!);
  IoDeleteDevice(Low!);
  IopDeleteFileObject(File); Low!.Flags = 1;
  IoDetachDevice(Low!);
}
`,
  ),
  behaviour(
    'X11 X12',
    'detaching leaves a device that was not deleted, or that a file is open on',
    `
let Driver!: DRIVER_OBJECT;
let Low!: PDEVICE_OBJECT | null;
let High!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Low));
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(High));
  IoAttachDeviceToDeviceStack(High!, Low!);
  IoDetachDevice(Low!); Low!.Flags = 1;
  IoAttachDeviceToDeviceStack(High!, Low!);
  const File = IopNewFileObject(Low!);
  IoDeleteDevice(Low!); IoDetachDevice(Low!); Low!.Flags = 2;
  IopDeleteFileObject(File);
}
`,
  ),
  behaviour(
    'X12',
    'two devices cannot have one name',
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  let Name!: UNICODE_STRING;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Toast');
  Expect(NT_SUCCESS(IoCreateDevice(Driver, 0, Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device))));
  Expect(IoCreateDevice(Driver, 0, Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device)) === STATUS_OBJECT_NAME_COLLISION);
}
`,
  ),
  behaviour(
    'X11',
    'attaching puts a device on top, with one location more, and detaching takes it off',
    `
let Driver!: DRIVER_OBJECT;
let Low!: PDEVICE_OBJECT | null;
let Middle!: PDEVICE_OBJECT | null;
let High!: PDEVICE_OBJECT | null;
let Below!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Low));
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Middle));
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(High));
  Low!.AlignmentRequirement = 3;
  Expect(IoAttachDeviceToDeviceStack(Middle!, Low!) === Low && Middle!.StackSize === 2 && Middle!.AlignmentRequirement === 3);
  Expect(IoAttachDeviceToDeviceStackSafe(High!, Low!, Ref(Below)) === STATUS_SUCCESS && Below === Middle && High!.StackSize === 3);
  Expect(IoGetAttachedDevice(Low!) === High && IoGetAttachedDeviceReference(Middle!) === High && Low!.AttachedDevice === Middle && High!.AttachedTo === Middle);
  const File = IopNewFileObject(Low!);
  Expect(IoGetRelatedDeviceObject(File) === High);
  IoDetachDevice(Middle!);
  Expect(IoGetAttachedDevice(Low!) === Middle && High!.AttachedTo === null && Middle!.AttachedDevice === null);
}
`,
  ),
  behaviour(
    'X13 X11',
    'a device is attached to and opened by its name',
    `
let Driver!: DRIVER_OBJECT;
let Low!: PDEVICE_OBJECT | null;
let High!: PDEVICE_OBJECT | null;
let Found!: PDEVICE_OBJECT | null;
let File!: PFILE_OBJECT | null;
export function HarnessMain(): void {
  let Name!: UNICODE_STRING;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Toast');
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(High));
  Expect(IoAttachDevice(High!, Name, Ref(Found)) === STATUS_NO_SUCH_DEVICE && IoGetDeviceObjectPointer(Name, 0, Ref(File), Ref(Found)) === STATUS_OBJECT_NAME_NOT_FOUND);
  IoCreateDevice(Driver, 0, Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Low));
  Expect(IoAttachDevice(High!, Name, Ref(Found)) === STATUS_SUCCESS && Found === Low);
  Expect(IoGetDeviceObjectPointer(Name, 0, Ref(File), Ref(Found)) === STATUS_SUCCESS && Found === High && File!.DeviceObject === Low);
}
`,
  ),
  behaviour(
    'F135',
    'an IRP of IoAllocateIrp is in no list, and is not cancelled with a thread',
    `${lower}
${keep}
export function HarnessMain(): void {
  MakeDevice();
  const Irp = IoAllocateIrp(1, FALSE)!;
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_DEVICE_CONTROL;
  IoCallDriver(Device!, Irp);
  Expect(IopUnfinishedIrp(0, null) === null && IopCancelIrps(null, null, null) === 0 && !Irp.Cancel && (Irp.Tail.Overlay.Thread as PVOID) === null);
  Irp.Cancel = TRUE;
  IoFreeIrp(Irp);
}
`,
  ),
  behaviour(
    'F135 F136',
    'where its completion routine is not called, or is none, it comes to the I/O manager, and nobody knows what comes of it',
    `${lower}
${control}
const Done: IO_COMPLETION_ROUTINE<PVOID, PVOID> = (DeviceObject, Irp, Context) => { Expect(FALSE); return STATUS_MORE_PROCESSING_REQUIRED; };
export function HarnessMain(): void {
  MakeDevice();
  const Irp = IoAllocateIrp(1, FALSE)!;
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_DEVICE_CONTROL;
  IoSetCompletionRoutine(Irp, Done, null, FALSE, TRUE, TRUE);
  IoCallDriver(Device!, Irp);
}
`,
    "bounded: A driver's own IRP was completed up to the I/O manager: no completion routine kept it by returning STATUS_MORE_PROCESSING_REQUIRED.",
  ),
  behaviour(
    'F135',
    'IoAllocateIrp and IoFreeIrp may be called at DISPATCH_LEVEL; the IRP is gone then',
    `
export function HarnessMain(): void { const Irql = KeRaiseIrql(DISPATCH_LEVEL); const Irp = IoAllocateIrp(2, FALSE)!; IoFreeIrp(Irp); KeLowerIrql(Irql); Irp.Flags = 1; }
`,
    'fault.freed',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'F137',
    "a built asynchronous request belongs to its driver, knows its thread, and is in no thread's list",
    `${two}${lower.replace('type START = (A: PVOID, B: PVOID) => void;', '')}
${keep}
const Other: START = (A, B) => {
  let Iosb!: IO_STATUS_BLOCK;
  const Irp = IoBuildAsynchronousFsdRequest(IRP_MJ_READ, Device!, Finished, sizeof<KEVENT>(), null, Iosb)!;
  const Location = IoGetNextIrpStackLocation(Irp);
  Expect(Location.MajorFunction === IRP_MJ_READ && Location.Parameters.Read.Length === sizeof<KEVENT>() && Irp.AssociatedIrp.SystemBuffer === Finished && Irp.UserIosb === Iosb);
  Expect(Irp.Tail.Overlay.Thread === PsGetCurrentThread() && KeGetCurrentThread() === PsGetCurrentThread() && IopUnfinishedIrp(0, null) === null);
  IoFreeIrp(Irp);
  KeSetEvent(Finished, 0, FALSE);
};
export function HarnessMain(): void { MakeDevice(); Begin(); End(); }
`,
    'verified',
    { watch: [{ event: 'irp.free-foreign' }] },
  ),
  behaviour(
    'F138 F141',
    "a built synchronous request is its thread's, cancelled with it, and kernel mode",
    `${two}${lower.replace('type START = (A: PVOID, B: PVOID) => void;', '')}
let Cancelled!: LONG;
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => { IoReleaseCancelSpinLock(Irp.CancelIrql); Cancelled = Cancelled + 1; Finish(Irp); };
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoSetCancelRoutine(Irp, Cancel); return STATUS_PENDING; };
const Other: START = (A, B) => {
  let Iosb!: IO_STATUS_BLOCK;
  let Event!: KEVENT;
  let Offset!: LARGE_INTEGER;
  Offset.QuadPart = 9;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  const Irp = IoBuildDeviceIoControlRequest(5, Device!, Finished, sizeof<KEVENT>(), null, 0, FALSE, Event, Iosb)!;
  const Location = IoGetNextIrpStackLocation(Irp);
  Expect(Location.MajorFunction === IRP_MJ_DEVICE_CONTROL && Location.Parameters.DeviceIoControl.IoControlCode === 5 && Location.Parameters.DeviceIoControl.InputBufferLength === sizeof<KEVENT>());
  Expect(Irp.RequestorMode === KernelMode && IopUnfinishedIrp(0, null) === Irp && IopUnfinishedIrp(1, null) === null && Irp.AssociatedIrp.SystemBuffer === Finished);
  IoCallDriver(Device!, Irp);
  const Read = IoBuildSynchronousFsdRequest(IRP_MJ_READ, Device!, null, 4, Offset, Event, Iosb)!;
  Driver.MajorFunction[IRP_MJ_READ] = Control;
  Expect(IoGetNextIrpStackLocation(Read).Parameters.Read.ByteOffset.QuadPart === 9 && IoGetNextIrpStackLocation(Read).Parameters.Read.Length === 4 && IopUnfinishedIrp(1, null) === Read);
  IoCallDriver(Device!, Read);
  Expect(IopCancelIrps(PsGetCurrentThread(), null, null) === 2);
  Expect(Cancelled === 2 && KeReadStateEvent(Event) === 1 && Iosb.Information === 3 && IopUnfinishedIrp(0, null) === null);
  KeSetEvent(Finished, 0, FALSE);
};
export function HarnessMain(): void { MakeDevice(); Begin(); End(); }
`,
  ),
  behaviour(
    'F138',
    'IoBuildDeviceIoControlRequest makes internal requests, too, with the output buffer as system buffer where there is no input',
    `${lower}
let Buffer!: KEVENT;
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
const Internal: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  Expect(Irp.UserBuffer === Buffer && Irp.AssociatedIrp.SystemBuffer === Buffer && IoGetCurrentIrpStackLocation(Irp).Parameters.DeviceIoControl.OutputBufferLength === sizeof<KEVENT>());
  Finish(Irp); return STATUS_SUCCESS;
};
export function HarnessMain(): void {
  let Event!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  MakeDevice(); Driver.MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Internal;
  IoCallDriver(Device!, IoBuildDeviceIoControlRequest(5, Device!, null, 0, Buffer, sizeof<KEVENT>(), TRUE, Event, Iosb)!);
  Expect(Iosb.Information === 3);
}
`,
  ),
  behaviour(
    'F138',
    'IoFreeIrp of such a request is an error',
    `${lower}
${control}
export function HarnessMain(): void {
  let Event!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  MakeDevice(); IoFreeIrp(IoBuildDeviceIoControlRequest(5, Device!, null, 0, null, 0, FALSE, Event, Iosb)!);
}
`,
    'irp.free-foreign',
    { watch: [{ event: 'irp.free-foreign' }] },
  ),
  behaviour(
    'F138',
    'where no rule reports that, nothing is verified any more',
    `${lower}
${control}
export function HarnessMain(): void {
  let Event!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  MakeDevice(); IoFreeIrp(IoBuildDeviceIoControlRequest(5, Device!, null, 0, null, 0, FALSE, Event, Iosb)!);
}
`,
    'bounded: A driver was to free an IRP that the I/O manager frees.',
  ),
  behaviour(
    'F143',
    'IoReuseIrp makes an own IRP as good as new, with the status given',
    `${lower}
${control}
const Done: IO_COMPLETION_ROUTINE<PVOID, PVOID> = (DeviceObject, Irp, Context) => STATUS_MORE_PROCESSING_REQUIRED;
export function HarnessMain(): void {
  MakeDevice();
  const Irp = IoAllocateIrp(2, FALSE)!;
  for (let Round: LONG = 0; Round < 2; Round++) {
    Expect(Irp.StackCount === 2 && Irp.CurrentLocation === 3 && !Irp.Cancel && IoGetNextIrpStackLocation(Irp).MajorFunction === 0);
    IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_DEVICE_CONTROL;
    IoSetCompletionRoutine(Irp, Done, null, TRUE, TRUE, TRUE);
    IoCallDriver(Device!, Irp); IoCancelIrp(Irp);
    Expect(Irp.IoStatus.Status === STATUS_SUCCESS);
    IoReuseIrp(Irp, STATUS_NOT_SUPPORTED);
    Expect(Irp.IoStatus.Status === STATUS_NOT_SUPPORTED && Irp.IoStatus.Information === 0);
  }
  IoFreeIrp(Irp);
}
`,
    'verified',
    { watch: [{ event: 'irp.free-foreign' }] },
  ),
  behaviour(
    'F148 F149',
    'an own IRP is freed once, when canceller and completion routine hand it to each other',
    `${lower}
let Mine!: PIRP | null;
let State!: LONG;
let Freed!: LONG;
let Finished!: KEVENT;
let Lock!: KSPIN_LOCK;
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  KeReleaseSpinLock(Lock, KeAcquireSpinLock(Lock));
  Finish(Irp);
};
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  if (machineChoose(2) === 0) { Finish(Irp); return STATUS_SUCCESS; }
  const Irql = KeAcquireSpinLock(Lock);
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, Cancel);
  const Late = Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null;
  KeReleaseSpinLock(Lock, Irql);
  if (Late) Finish(Irp);
  return STATUS_PENDING;
};
const Done: IO_COMPLETION_ROUTINE<PVOID, PVOID> = (DeviceObject, Irp, Context) => {
  if (InterlockedExchange(Ref(State), 2) !== 1) { Freed = Freed + 1; IoFreeIrp(Irp); }
  return STATUS_MORE_PROCESSING_REQUIRED;
};
const Canceller: START = (A, B) => {
  if (InterlockedCompareExchange(Ref(State), 1, 0) === 0) {
    IoCancelIrp(Mine!);
    if (InterlockedExchange(Ref(State), 3) === 2) { Freed = Freed + 1; IoFreeIrp(Mine!); }
  }
  KeSetEvent(Finished, 0, FALSE);
};
export function HarnessMain(): void {
  KeInitializeEvent(Finished, NotificationEvent, FALSE);
  MakeDevice();
  Mine = IoAllocateIrp(1, FALSE);
  IoGetNextIrpStackLocation(Mine!).MajorFunction = IRP_MJ_DEVICE_CONTROL;
  IoSetCompletionRoutine(Mine!, Done, null, TRUE, TRUE, TRUE);
  machineSpawn(0, Canceller, IopNewThread(), null, null);
  IoCallDriver(Device!, Mine!);
  KeWaitForSingleObject(Finished, Executive, KernelMode, FALSE, null);
  Expect(Freed === 1);
}
`,
  ),
  behaviour(
    'F151',
    'IoForwardIrpSynchronously sends nothing when there is no next location',
    `${lower}
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => { Expect(!IoForwardIrpSynchronously(Device!, Irp)); Finish(Irp); return STATUS_SUCCESS; };
export function HarnessMain(): void {
  MakeDevice();
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_DEVICE_CONTROL;
  Expect(IoCallDriver(Device!, Irp) === STATUS_SUCCESS);
}
`,
  ),
  ...(
    [
      'IoAllocateIrp(1, FALSE)',
      'IoAllocateWorkItem(Device!)',
      'IoBuildAsynchronousFsdRequest(IRP_MJ_READ, Device!, null, 0, null, null)',
    ] as const
  ).map((allocate) =>
    behaviour(
      'X3',
      `with low memory ${allocate} may fail`,
      `${lower}
${control}
export function HarnessMain(): void { MakeDevice(); KiSetLowMemory(TRUE); Expect(${allocate} !== null); }
`,
      'assert.failed',
    ),
  ),
  behaviour(
    'F191 F193 F194',
    'a remove lock handed to a completion routine holds removal back until that has run',
    `${two}
let Lock!: IO_REMOVE_LOCK;
let Gone!: LONG;
const Other: START = (A, B) => { Expect(Gone === 0); IoReleaseRemoveLock(Lock, null); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  IoInitializeRemoveLock(Lock, 0, 0, 0);
  Expect(IoAcquireRemoveLock(Lock, null) === STATUS_SUCCESS && IoAcquireRemoveLock(Lock, null) === STATUS_SUCCESS);
  Begin();
  IoReleaseRemoveLockAndWait(Lock, null);
  Gone = 1;
  End();
  Expect(IoAcquireRemoveLock(Lock, null) === STATUS_DELETE_PENDING);
}
`,
  ),
  behaviour(
    'F193',
    'IoReleaseRemoveLockAndWait is for PASSIVE_LEVEL',
    `
let Lock!: IO_REMOVE_LOCK;
export function HarnessMain(): void { IoInitializeRemoveLock(Lock, 0, 0, 0); IoAcquireRemoveLock(Lock, null); KeRaiseIrql(APC_LEVEL); IoReleaseRemoveLockAndWait(Lock, null); }
`,
    'call.irql',
    { watch: [irqlAbove] },
  ),
];
