/** Stack locations, second-stage completion in the requesting thread, the five minutes, associated IRPs, MDLs, references, error log entries. */
import { type Behaviour, behaviour, type Watch } from '../model.ts';
import { lower } from './request.ts';

const misuse = (event: Watch['event'], which: number): { readonly watch: readonly Watch[] } => ({
  watch: [{ event, when: { left: 'misuse', is: '==', right: which } }],
});

/** A thread that asks for something and a device that answers later, in another thread. */
const later = `${lower}
const Later: START = (A, B) => { Finish(Held!); };
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  Held = Irp;
  machineSpawn(0, Later, IopNewThread(), null, null);
  return STATUS_PENDING;
};
`;

const ask = (before: string, after: string): string => `${later}
const Asking: START = (A, B) => {
  let Event!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  ${before}
  const Irp = IoBuildDeviceIoControlRequest(0, Device!, null, 0, null, 0, FALSE, Event, Iosb);
  if (IoCallDriver(Device!, Irp!) === STATUS_PENDING) KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  Expect(Iosb.Information === 3);
  ${after}
};
export function HarnessMain(): void { MakeDevice(); machineSpawn(0, Asking, IopNewThread(), null, null); }
`;

const associated = `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Answered!: LONG;
type START = (A: PVOID, B: PVOID) => void;
function Finish(Irp: PIRP): void { Irp.IoStatus.Status = STATUS_SUCCESS; IoCompleteRequest(Irp, IO_NO_INCREMENT); }
function MakeDevice(Dispatch: DRIVER_DISPATCH): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Driver.MajorFunction[IRP_MJ_READ] = Dispatch;
}
const MasterDone: IO_COMPLETION_ROUTINE<PVOID, PVOID> = (DeviceObject, Irp, Context) => {
  Expect(Irp.AssociatedIrp.IrpCount === 0);
  Answered = Answered + 1;
  return STATUS_MORE_PROCESSING_REQUIRED;
};
function Master(): PIRP {
  const Irp = IopAllocateIrp(2);
  IoSetNextIrpStackLocation(Irp);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCompletionRoutine(Irp, MasterDone, null, TRUE, TRUE, TRUE);
  Irp.CurrentLocation = 1;
  return Irp;
}
function Part(Irp: PIRP): PIRP {
  const Associated = IoMakeAssociatedIrp(Irp, 1)!;
  IoGetNextIrpStackLocation(Associated).MajorFunction = IRP_MJ_READ;
  return Associated;
}
`;

const later5 = (minutes: number): string => `${lower}
let Timer!: KTIMER;
let Dpc!: KDPC;
let Ended!: LONG;
const Answer: KDEFERRED_ROUTINE = (D, Context, A, B) => { Finish(Held!); };
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -${minutes * 60 * 10_000_000};
  IoMarkIrpPending(Irp);
  Held = Irp;
  KeInitializeTimer(Timer);
  KeInitializeDpc(Dpc, Answer, null);
  KeSetTimer(Timer, Due, Dpc);
  return STATUS_PENDING;
};
export function HarnessMain(): void {
  MakeDevice();
  const Thread = IopNewThread();
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_DEVICE_CONTROL;
  IopQueueIrp(Irp, Thread, null);
  IoCallDriver(Device!, Irp);
  IopWaitForThread(Thread);
  Expect(Thread.Outstanding === 0);
  Ended = 1;
}
`;

const startIo = (calls: string): string => `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => {};
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => { IoReleaseCancelSpinLock(Irp.CancelIrql); };
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Driver.DriverStartIo = StartIo;
  const One = IopAllocateIrp(1);
  const Two = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(One).DeviceObject = Device!;
  IoGetNextIrpStackLocation(Two).DeviceObject = Device!;
  One.CurrentLocation = 1;
  Two.CurrentLocation = 1;
  KeRaiseIrql(DISPATCH_LEVEL);
  ${calls}
}
`;

/** What a driver has to free of an asynchronous request besides the IRP. */
const free = {
  buffer: 'ExFreePool(Irp.AssociatedIrp.SystemBuffer);',
  mdls: 'for (let Mdl = Irp.MdlAddress; Mdl !== null; ) { const Next = Mdl.Next; MmUnlockPages(Mdl); IoFreeMdl(Mdl); Mdl = Next; }',
};

export const requestsOfDrivers: readonly Behaviour[] = [
  behaviour(
    'F115',
    "a thread's own request is not finished while the thread is at APC_LEVEL: waiting for it there is for ever",
    ask('KeRaiseIrql(APC_LEVEL);', ''),
    'deadlock',
  ),
  behaviour('F115', 'the same in a guarded region', ask('KeEnterGuardedRegion();', ''), 'deadlock'),
  behaviour(
    'F114 F115',
    'below APC_LEVEL and out of it, it is finished',
    ask('KeRaiseIrql(APC_LEVEL); KeLowerIrql(PASSIVE_LEVEL);', ''),
  ),
  behaviour(
    'F114 F115',
    'what was completed meanwhile is finished when the thread leaves APC_LEVEL, and not before',
    `${later}
let Iosb!: IO_STATUS_BLOCK;
let Event!: KEVENT;
const Asking: START = (A, B) => {
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  const OldIrql = KeRaiseIrql(APC_LEVEL);
  const Irp = IoBuildDeviceIoControlRequest(0, Device!, null, 0, null, 0, FALSE, Event, Iosb);
  IoCallDriver(Device!, Irp!);
  Expect(KeReadStateEvent(Event) === 0 && Iosb.Information === 0);
  KeLowerIrql(OldIrql);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  Expect(Iosb.Information === 3 && IopUnfinishedIrp(0, null) === null);
};
export function HarnessMain(): void { MakeDevice(); machineSpawn(0, Asking, IopNewThread(), null, null); }
`,
  ),
  behaviour(
    'F4',
    'a request whose thread has gone is taken from it when more than five minutes pass in which nothing happens',
    later5(10),
    'irp.detached',
    { watch: [{ event: 'irp.detached' }] },
  ),
  behaviour('F4', 'it still exists afterwards, and is finished for nobody', later5(10)),
  behaviour('F4', 'nor is one that is finished sooner', later5(4), 'verified', { watch: [{ event: 'irp.detached' }] }),
  behaviour(
    'F21 F145',
    'the master is completed with the last of its associated IRPs, once, whichever that is',
    `${associated}
const Pended: START = (Irp, B) => { Finish(Irp as PIRP); };
const Read: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  machineSpawn(0, Pended, IopNewThread(), Irp as PVOID, null);
  return STATUS_PENDING;
};
export function HarnessMain(): void {
  MakeDevice(Read);
  const Irp = Master();
  Irp.AssociatedIrp.IrpCount = 2;
  const One = Part(Irp);
  const Two = Part(Irp);
  Expect(One.Tail.Overlay.Thread === null && One.AssociatedIrp.MasterIrp === Irp);
  IoCallDriver(Device!, One);
  IoCallDriver(Device!, Two);
}
export function HarnessFinal(): void { if (Answered !== 1) machineEvent('assert.failed', 1); }
`,
  ),
  behaviour(
    'F145',
    'not while one of them is kept by its completion routine, whose driver frees it and completes the master',
    `${associated}
const Read: DRIVER_DISPATCH = (DeviceObject, Irp) => { Finish(Irp); return STATUS_SUCCESS; };
const Keep: IO_COMPLETION_ROUTINE<PVOID, PVOID> = (DeviceObject, Irp, Context) => STATUS_MORE_PROCESSING_REQUIRED;
export function HarnessMain(): void {
  MakeDevice(Read);
  const Irp = Master();
  Irp.AssociatedIrp.IrpCount = 1;
  const One = Part(Irp);
  IoSetCompletionRoutine(One, Keep, null, TRUE, TRUE, TRUE);
  IoCallDriver(Device!, One);
  Expect(Answered === 0);
  IoFreeIrp(One);
  Irp.AssociatedIrp.IrpCount = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  Expect(Answered === 1);
}
`,
    'verified',
    { watch: [{ event: 'irp.free-foreign' }] },
  ),
  ...(
    [
      ['DO_BUFFERED_IO', 'IRP_MJ_WRITE', free.buffer],
      ['DO_BUFFERED_IO', 'IRP_MJ_READ', free.buffer],
      ['DO_BUFFERED_IO', 'IRP_MJ_FLUSH_BUFFERS', ''],
      ['DO_DIRECT_IO', 'IRP_MJ_READ', free.mdls],
      ['0', 'IRP_MJ_WRITE', ''],
    ] as const
  ).map(([flags, major, frees]) =>
    behaviour(
      'F138',
      `an asynchronous ${major} to a device with ${flags} has what that way of I/O needs, for the driver to free`,
      `${lower}
let Buffer!: KEVENT;
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
export function HarnessMain(): void {
  MakeDevice();
  Device!.Flags = ${flags};
  Buffer.Header.SignalState = 7;
  const Irp = IoBuildAsynchronousFsdRequest(${major}, Device!, Buffer, sizeof<KEVENT>(), null, null)!;
  const Transfers = ${major} !== IRP_MJ_FLUSH_BUFFERS;
  const Copied = Transfers && Device!.Flags === DO_BUFFERED_IO;
  Expect(((Irp.Flags & IRP_DEALLOCATE_BUFFER) !== 0) === Copied && (Irp.AssociatedIrp.SystemBuffer !== Buffer) === Copied);
  Expect((Irp.MdlAddress !== null) === (Transfers && Device!.Flags === DO_DIRECT_IO) && Irp.UserBuffer === Buffer);
  if (Copied) Expect((Irp.AssociatedIrp.SystemBuffer as PKEVENT).Header.SignalState === (${major} === IRP_MJ_WRITE ? 7 : 0));
  ${frees}
  IoFreeIrp(Irp);
}
`,
    ),
  ),
  behaviour(
    'F138',
    'a synchronous write to a device with direct I/O has an MDL, which the I/O manager frees',
    `${lower}
let Buffer!: KEVENT;
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  Expect(MmGetSystemAddressForMdlSafe(Irp.MdlAddress!, NormalPagePriority) === Buffer);
  Finish(Irp);
  return STATUS_SUCCESS;
};
export function HarnessMain(): void {
  let Event!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  MakeDevice();
  Device!.Flags = DO_DIRECT_IO;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  Driver.MajorFunction[IRP_MJ_WRITE] = Control;
  const Irp = IoBuildSynchronousFsdRequest(IRP_MJ_WRITE, Device!, Buffer, sizeof<KEVENT>(), null, Event, Iosb)!;
  const Mdl = Irp.MdlAddress!;
  IoCallDriver(Device!, Irp);
  Expect(KeReadStateEvent(Event) === 1);
  Mdl.ByteCount = 0;
}
`,
    'fault.freed',
  ),
  behaviour(
    'F195',
    'a remove lock that is initialised again is told as such',
    `
let Lock!: IO_REMOVE_LOCK;
export function HarnessMain(): void { IoInitializeRemoveLock(Lock, 0, 0, 0); IoInitializeRemoveLock(Lock, 0, 0, 0); }
`,
    'remove-lock.misuse',
    misuse('remove-lock.misuse', 2),
  ),
  ...(
    [
      ['the tag that holds it', 'IoAcquireRemoveLock(Lock, A); IoReleaseRemoveLock(Lock, A);', 1, 'verified'],
      ['null, which is a tag, too', 'IoAcquireRemoveLock(Lock, null); IoReleaseRemoveLock(Lock, null);', 1, 'verified'],
      ['another tag', 'IoAcquireRemoveLock(Lock, A); IoReleaseRemoveLock(Lock, B);', 1, 'remove-lock.misuse'],
      [
        'a tag twice that holds it once',
        'IoAcquireRemoveLock(Lock, A); IoAcquireRemoveLock(Lock, B); IoReleaseRemoveLock(Lock, A); IoReleaseRemoveLock(Lock, A);',
        1,
        'remove-lock.misuse',
      ],
      [
        'a tag twice that holds it twice',
        'IoAcquireRemoveLock(Lock, A); IoAcquireRemoveLock(Lock, B); IoAcquireRemoveLock(Lock, A); IoReleaseRemoveLock(Lock, A); IoReleaseRemoveLock(Lock, A); IoReleaseRemoveLock(Lock, B);',
        1,
        'verified',
      ],
      [
        'a tag whose acquire failed',
        'IoAcquireRemoveLock(Lock, A); IoReleaseRemoveLockAndWait(Lock, A); IoAcquireRemoveLock(Lock, B); IoReleaseRemoveLock(Lock, B);',
        1,
        'remove-lock.misuse',
      ],
      [
        'a request that waits and holds it once more',
        'const Irp = IopAllocateIrp(1); IopQueueIrp(Irp, null, null); IoAcquireRemoveLock(Lock, Irp); IoAcquireRemoveLock(Lock, Irp); IoReleaseRemoveLockAndWait(Lock, Irp);',
        3,
        'remove-lock.misuse',
      ],
    ] as const
  ).map(([what, calls, which, expected]) =>
    behaviour(
      'X40',
      `a remove lock given back by ${what}: ${expected}`,
      `
let Lock!: IO_REMOVE_LOCK;
let A!: KEVENT;
let B!: KEVENT;
export function HarnessMain(): void { IoInitializeRemoveLock(Lock, 0, 0, 0); ${calls} }
`,
      expected,
      misuse('remove-lock.misuse', which),
    ),
  ),
  behaviour(
    'X41',
    'each stack location call tells what it does about the next location',
    `
export function HarnessMain(): void {
  const Irp = IopAllocateIrp(3);
  IoSetNextIrpStackLocation(Irp);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, null, null, TRUE, TRUE, TRUE);
  IoGetNextIrpStackLocation(Irp);
  IoSkipCurrentIrpStackLocation(Irp);
}
`,
    'irp.next-location',
    {
      watch: [
        { event: 'irp.next-location', when: { all: [0, 1, 2, 3, 4].map((how) => ({ left: 'how', is: '!=', right: how })) } },
        { event: 'irp.next-location', when: { left: 'how', is: '==', right: 2 } },
      ],
    },
  ),
  ...(
    [
      ['IoGetCurrentIrpStackLocation of its creator', 'IoGetCurrentIrpStackLocation(Irp).MinorFunction = 1;', 0],
      [
        'IoGetNextIrpStackLocation of the lowest driver',
        'Irp.CurrentLocation = 1; IoGetNextIrpStackLocation(Irp).MinorFunction = 1;',
        0,
      ],
      ['IoCallDriver with none left', 'Irp.CurrentLocation = 1; IoCallDriver(Device!, Irp);', 1],
    ] as const
  ).map(([what, calls, sent]) =>
    behaviour(
      'X41',
      `a location that an IRP does not have is told: ${what}`,
      `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  const Irp = IopAllocateIrp(1);
  ${calls}
}
`,
      'irp.no-location',
      { watch: [{ event: 'irp.no-location', when: { left: 'sent', is: '==', right: sent } }] },
    ),
  ),
  behaviour(
    'X42',
    'the MDL of nonpaged pool is mapped where its buffer lies, and a partial one lies in its source',
    `
let Buffer!: KEVENT;
export function HarnessMain(): void {
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  const Mdl = IoAllocateMdl(Buffer, 24, FALSE, FALSE, null)!;
  MmBuildMdlForNonPagedPool(Mdl);
  const Part = IoAllocateMdl(Buffer, 24, FALSE, FALSE, null)!;
  IoBuildPartialMdl(Mdl, Part, MmGetMdlVirtualAddress(Mdl), 8);
  Expect(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority) === Buffer && MmGetSystemAddressForMdlSafe(Part, NormalPagePriority) === Buffer);
  Expect(MmGetMdlByteCount(Part) === 8 && MmGetMdlByteOffset(Part) === 0);
  IoFreeMdl(Part); IoFreeMdl(Mdl);
  KeLowerIrql(Irql);
}
`,
    'verified',
    { watch: [{ event: 'object.uninitialised' }] },
  ),
  ...(
    [
      [
        'mapped before its pages are known',
        'MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, null, 0, 0);',
        'object.uninitialised',
      ],
      ['asked for its address before its pages are known', 'MmGetSystemAddressForMdlSafe(Mdl, 0);', 'object.uninitialised'],
      [
        'the source of a partial one before its pages are known',
        'IoBuildPartialMdl(Mdl, Mdl, Buffer, 8);',
        'object.uninitialised',
      ],
      ['unlocked without being locked', 'MmUnlockPages(Mdl);', 'object.uninitialised'],
      ['unmapped without being mapped', 'MiLockPages(Mdl, TRUE); MmUnmapLockedPages(Buffer, Mdl);', 'object.uninitialised'],
      ['unlocked twice', 'MiLockPages(Mdl, TRUE); MmUnlockPages(Mdl); MmUnlockPages(Mdl);', 'fault.double-free'],
      [
        'locked, mapped, unmapped and unlocked',
        'MiLockPages(Mdl, TRUE); Expect(MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, null, 0, 0) === Buffer); MmUnmapLockedPages(Buffer, Mdl); MmUnlockPages(Mdl);',
        'verified',
      ],
      ['freed twice', 'IoFreeMdl(Mdl); IoFreeMdl(Mdl);', 'fault.double-free'],
    ] as const
  ).map(([what, calls, expected]) =>
    behaviour(
      'X42',
      `an MDL ${what}: ${expected}`,
      `
let Buffer!: KEVENT;
export function HarnessMain(): void { const Mdl = IoAllocateMdl(Buffer, 24, FALSE, FALSE, null)!; ${calls} }
`,
      expected,
      { watch: [{ event: 'object.uninitialised' }] },
    ),
  ),
  behaviour(
    'F142',
    'the MDLs of an IRP that is freed are not freed with it',
    `
let Buffer!: KEVENT;
export function HarnessMain(): void {
  const Own = IoAllocateIrp(1, FALSE)!;
  const Kept = IoAllocateMdl(Buffer, 24, FALSE, FALSE, Own)!;
  IoFreeIrp(Own);
  Expect(MmGetMdlByteCount(Kept) === 24);
}
`,
  ),
  behaviour(
    'F113 X42',
    'those of a request are unlocked and freed with it',
    `${lower}
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => { Finish(Irp); return STATUS_SUCCESS; };
let Buffer!: KEVENT;
export function HarnessMain(): void {
  MakeDevice();
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_DEVICE_CONTROL;
  const First = IoAllocateMdl(Buffer, 24, FALSE, FALSE, Irp)!;
  const Second = IoAllocateMdl(Buffer, 8, TRUE, FALSE, Irp)!;
  MiLockPages(First, FALSE);
  Expect(Irp.MdlAddress === First && First.Next === Second);
  IoCallDriver(Device!, Irp);
  Second.ByteCount = 0;
}
`,
    'fault.freed',
  ),
  behaviour(
    'X43',
    'a device that is deleted stays while somebody has a reference to it',
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  const Top = IoGetAttachedDeviceReference(Device!);
  ObReferenceObject(Top);
  IoDeleteDevice(Top);
  Top.Flags = 0;
  ObDereferenceObject(Top);
  Top.Flags = 0;
  ObDereferenceObject(Top);
}
`,
    'verified',
    { watch: [{ event: 'object.over-released' }] },
  ),
  behaviour(
    'X43',
    'with the last reference it goes',
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  ObReferenceObjectByPointer(Device, 0, null, KernelMode);
  IoDeleteDevice(Device!);
  ObDereferenceObject(Device);
  Device!.Flags = 0;
}
`,
    'fault.freed',
  ),
  behaviour(
    'X43',
    'a dereference too many is told',
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  ObReferenceObject(Device); ObDereferenceObject(Device); ObDereferenceObject(Device);
}
`,
    'object.over-released',
    { watch: [{ event: 'object.over-released' }] },
  ),
  behaviour(
    'X43',
    'a file has no IRP_MJ_CLOSE while a driver has a reference to it; one that a driver has opened goes with its last',
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Given!: LONG;
type START = (A: PVOID, B: PVOID) => void;
const Other: START = (File, B) => { Given = 1; ObDereferenceObject(File); };
export function HarnessMain(): void {
  let Name!: UNICODE_STRING;
  let Target!: PDEVICE_OBJECT | null;
  let Opened!: PFILE_OBJECT | null;
  let Same!: PFILE_OBJECT | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Toast');
  IoCreateDevice(Driver, 0, Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  const File = IopNewFileObject(Device!);
  ObReferenceObjectByHandle(File as PVOID as HANDLE, 0, null, KernelMode, Ref(Same), null);
  Expect(Same === File);
  machineSpawn(0, Other, IopNewThread(), File, null);
  IopWaitForFile(File);
  Expect(Given === 1);
  IopDeleteFileObject(File);
  IoGetDeviceObjectPointer(Name, 0, Ref(Opened), Ref(Target));
  ObReferenceObject(Opened);
  ObDereferenceObject(Opened);
  Opened!.Flags = 0;
  ObDereferenceObject(Opened);
  Opened!.Flags = 0;
}
`,
    'fault.freed',
  ),
  ...(
    [
      ['written', 'IoWriteErrorLogEntry(Entry); Entry.ErrorCode = STATUS_SUCCESS;', 'fault.freed'],
      ['freed', 'IoFreeErrorLogEntry(Entry); IoFreeErrorLogEntry(Entry);', 'fault.double-free'],
      ['filled and written', 'Entry.DumpData[0] = 1; IoWriteErrorLogEntry(Entry);', 'verified'],
    ] as const
  ).map(([what, calls, expected]) =>
    behaviour(
      'X44',
      `an error log entry is gone when it is ${what}: ${expected}`,
      `
let Driver!: DRIVER_OBJECT;
export function HarnessMain(): void { const Entry = IoAllocateErrorLogEntry(Driver, ERROR_LOG_MAXIMUM_SIZE)!; ${calls} }
`,
      expected,
    ),
  ),
  behaviour(
    'X44',
    'with low memory there may be none',
    `
let Driver!: DRIVER_OBJECT;
export function HarnessMain(): void { KiSetLowMemory(TRUE); Expect(IoAllocateErrorLogEntry(Driver, 64) !== null); }
`,
    'assert.failed',
  ),
  ...(
    [
      [
        'an entry that is queued is inserted again',
        'KeInsertDeviceQueue(Queue, B); KeInsertDeviceQueue(Queue, B);',
        1,
        'queue.misuse',
      ],
      ['by key, too', 'KeInsertByKeyDeviceQueue(Queue, B, 1); KeInsertByKeyDeviceQueue(Queue, B, 1);', 1, 'queue.misuse'],
      [
        'one that was removed is inserted again',
        'KeInsertDeviceQueue(Queue, B); KeRemoveDeviceQueue(Queue); KeInsertDeviceQueue(Queue, B); KeRemoveEntryDeviceQueue(Queue, B); KeInsertDeviceQueue(Queue, B);',
        1,
        'verified',
      ],
      [
        'an entry is removed from another queue',
        'KeInsertDeviceQueue(Queue, B); KeRemoveEntryDeviceQueue(Other, B);',
        2,
        'queue.misuse',
      ],
      [
        'a queue with entries is initialised',
        'KeInsertDeviceQueue(Queue, B); KeInitializeDeviceQueue(Queue);',
        3,
        'queue.misuse',
      ],
      ['an empty one is', 'KeInitializeDeviceQueue(Queue);', 3, 'verified'],
    ] as const
  ).map(([what, calls, which, expected]) =>
    behaviour(
      'X45',
      `${what}: ${expected}`,
      `
let Queue!: KDEVICE_QUEUE;
let Other!: KDEVICE_QUEUE;
let A!: KDEVICE_QUEUE_ENTRY;
let B!: KDEVICE_QUEUE_ENTRY;
export function HarnessMain(): void { KeInitializeDeviceQueue(Queue); KeInitializeDeviceQueue(Other); KeInsertDeviceQueue(Queue, A); ${calls} }
`,
      expected,
      misuse('queue.misuse', which),
    ),
  ),
  ...(
    [
      ['asked for once', 'IoStartPacket(Device!, One, null, null); IoStartNextPacket(Device!, FALSE);', 1, 'verified'],
      [
        'asked for twice',
        'IoStartPacket(Device!, One, null, null); IoStartNextPacket(Device!, FALSE); IoStartNextPacket(Device!, FALSE);',
        1,
        'queue.start-misuse',
      ],
      [
        'asked for twice, with another one between',
        'IoStartPacket(Device!, One, null, null); IoStartPacket(Device!, Two, null, null); IoStartNextPacket(Device!, FALSE); IoStartNextPacket(Device!, FALSE);',
        1,
        'verified',
      ],
      ['asked for by key when none was started', 'IoStartNextPacketByKey(Device!, FALSE, 1);', 1, 'queue.start-misuse'],
      ['asked for as cancelable', 'IoStartPacket(Device!, One, null, Cancel); IoStartNextPacket(Device!, TRUE);', 2, 'verified'],
      [
        'not asked for as cancelable, which it is',
        'IoStartPacket(Device!, One, null, Cancel); IoStartNextPacket(Device!, FALSE);',
        2,
        'queue.start-misuse',
      ],
      [
        'so, whatever attributes are set meanwhile',
        'IoStartPacket(Device!, One, null, Cancel); IoSetStartIoAttributes(Device!, FALSE, FALSE); IoStartNextPacket(Device!, FALSE);',
        2,
        'queue.start-misuse',
      ],
    ] as const
  ).map(([what, calls, which, expected]) =>
    behaviour('X46', `the next packet is ${what}: ${expected}`, startIo(calls), expected, misuse('queue.start-misuse', which)),
  ),
  ...(
    [
      ['finished', 'IoStartPacket(Device!, One, null, null); IoStartPacket(Device!, Two, null, null);', 'queue.stalled'],
      [
        'not finished',
        'IopQueueIrp(One, null, null); IoStartPacket(Device!, One, null, null); IoStartPacket(Device!, Two, null, null);',
        'verified',
      ],
    ] as const
  ).map(([what, calls, expected]) =>
    behaviour(
      'X46',
      `a packet that waits behind one that is ${what}: ${expected}`,
      startIo(`${calls} Expect(IopNoteStalled(Two) === ${expected === 'verified' ? 'FALSE' : 'TRUE'});`),
      expected,
      { watch: [{ event: 'queue.stalled' }] },
    ),
  ),
  ...(
    [
      ['nothing', 'IoCsqInsertIrp(Csq, Irp, null); Expect(IoCsqRemoveNextIrp(Csq, null) === Irp);', 'verified'],
      [
        'DriverContext[3] of a queued IRP',
        'IoCsqInsertIrp(Csq, Irp, null); Irp.Tail.Overlay.DriverContext[3] = null; IoCsqRemoveNextIrp(Csq, null);',
        'csq.overwritten',
      ],
      [
        'DriverContext[3] of an IRP that is cancelled then',
        'IoCsqInsertIrp(Csq, Irp, null); Irp.Tail.Overlay.DriverContext[3] = Irp; IoCancelIrp(Irp);',
        'csq.overwritten',
      ],
      ['the queue while somebody is in its lock', 'Inside = 1; IoCsqInsertIrp(Csq, Irp, null);', 'csq.lock-leave'],
      [
        'what the peek routine was given',
        'Same = 1; IoCsqInsertIrp(Csq, Irp, null); Irp.CancelRoutine = null; IoCsqRemoveNextIrp(Csq, null);',
        'csq.peek-leave',
      ],
    ] as const
  ).map(([what, calls, expected]) =>
    behaviour(
      'X47',
      `the routines of a cancel-safe queue touch ${what}: ${expected}`,
      `
let Csq!: IO_CSQ;
let Queued!: PIRP | null;
let Inside!: LONG;
let Same!: LONG;
const Insert: IO_CSQ_INSERT_IRP = (Q, Irp) => { if (Inside === 1) IoCsqRemoveNextIrp(Csq, null); Queued = Irp; };
const Remove: IO_CSQ_REMOVE_IRP = (Q, Irp) => { Queued = null; };
const Peek: IO_CSQ_PEEK_NEXT_IRP<PVOID> = (Q, Irp, Context) => Irp === null || Same === 1 ? Queued : null;
const Lock: IO_CSQ_ACQUIRE_LOCK = (Q, Irql) => {};
const Unlock: IO_CSQ_RELEASE_LOCK = (Q, Irql) => {};
const Complete: IO_CSQ_COMPLETE_CANCELED_IRP = (Q, Irp) => {};
export function HarnessMain(): void {
  const Irp = IopAllocateIrp(1);
  Irp.CurrentLocation = 1;
  IoCsqInitialize(Csq, Insert, Remove, Peek, Lock, Unlock, Complete);
  ${calls}
}
`,
      expected,
      {
        watch: [
          { event: 'csq.overwritten' },
          { event: 'csq.lock-leave' },
          { event: 'csq.peek-leave', when: { left: 'again', is: '==', right: 1 } },
        ],
      },
    ),
  ),
  behaviour(
    'X48',
    'a thread finds the top-level IRP that it has set, and another thread does not',
    `
type START = (A: PVOID, B: PVOID) => void;
const Other: START = (A, B) => { Expect(IoGetTopLevelIrp() === null); };
export function HarnessMain(): void {
  const Irp = IopAllocateIrp(1);
  Expect(IoGetTopLevelIrp() === null);
  IoSetTopLevelIrp(Irp);
  machineSpawn(0, Other, IopNewThread(), null, null);
  Expect(IoGetTopLevelIrp() === Irp);
  IoSetTopLevelIrp(null);
  Expect(IoGetTopLevelIrp() === null);
}
`,
  ),
];
