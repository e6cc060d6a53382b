/** The device's own timer, power requests, MDLs, guarded mutexes, singly linked lists under a lock. */
import { type Behaviour, behaviour, irqlAbove, irqlBelow } from '../model.ts';
import { two } from './locks.ts';

const ioTimer = `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT<PKEVENT> | null;
let Ran!: KEVENT;
let Count!: LONG;
const Tick: IO_TIMER_ROUTINE<PKEVENT, PKEVENT> = (DeviceObject, Event) => {
  Expect(DeviceObject === Device && KeGetCurrentIrql() === DISPATCH_LEVEL);
  if (Count < 2) Count = Count + 1;
  KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
};
function Plain(): PDEVICE_OBJECT { return Device as PVOID as PDEVICE_OBJECT; }
function Make(): void {
  KeInitializeEvent(Ran, SynchronizationEvent, FALSE);
  IoCreateDevice(Driver, sizeof<KEVENT>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Expect(NT_SUCCESS(IoInitializeTimer(Plain(), Tick, Ran)));
}
function Wait(): void { KeWaitForSingleObject(Ran, Executive, KernelMode, FALSE, null); }
`;

const power = `
let Driver!: DRIVER_OBJECT;
let UpperDriver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Upper!: PDEVICE_OBJECT | null;
let Calls!: LONG;
let Sent!: PIRP | null;
let Held!: PIRP | null;
let Mark!: KEVENT;
const Power: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  const Location = IoGetCurrentIrpStackLocation(Irp);
  Expect(DeviceObject === (Upper as PVOID) && Irp === Sent && Location.MinorFunction === IRP_MN_SET_POWER && Irp.IoStatus.Status === STATUS_NOT_SUPPORTED);
  Expect(Location.Parameters.Power.Type === DevicePowerState && Location.Parameters.Power.State.DeviceState === PowerDeviceD3 && Calls === 0);
  if (machineChoose(2) === 0) { Irp.IoStatus.Status = STATUS_SUCCESS; IoCompleteRequest(Irp, IO_NO_INCREMENT); return STATUS_SUCCESS; }
  IoMarkIrpPending(Irp); Held = Irp; return STATUS_PENDING;
};
const Done: REQUEST_POWER_COMPLETE<PKEVENT> = (DeviceObject, MinorFunction, PowerState, Context, IoStatus) => {
  Expect(DeviceObject === Device && MinorFunction === IRP_MN_SET_POWER && PowerState.DeviceState === PowerDeviceD3 && Context === Mark && IoStatus.Status === STATUS_SUCCESS);
  Calls = Calls + 1;
};
function Ask(): NTSTATUS {
  let State!: POWER_STATE;
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  IoCreateDevice(UpperDriver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Upper));
  IoAttachDeviceToDeviceStack(Upper!, Device!);
  UpperDriver.MajorFunction[IRP_MJ_POWER] = Power;
  State.DeviceState = PowerDeviceD3;
  return PoRequestPowerIrp(Device!, IRP_MN_SET_POWER, State, Done, Mark, Ref(Sent));
}
`;

export const more: readonly Behaviour[] = [
  behaviour(
    'X23',
    'a started device timer calls its routine at DISPATCH_LEVEL with device and context, again and again; stopped, no more',
    `${ioTimer}
export function HarnessMain(): void {
  Make(); IoStartTimer(Plain()); Wait(); Wait();
  Expect(Count === 2);
  const Irql = KeRaiseIrql(DISPATCH_LEVEL); IoStopTimer(Plain()); Count = 0; KeLowerIrql(Irql);
  Expect(Count === 0);
}
`,
    'verified',
    { processors: 1, watch: [irqlAbove, irqlBelow] },
  ),
  behaviour(
    'X23',
    'a device timer that was never started does not run',
    `${ioTimer}
export function HarnessMain(): void { let Due!: LARGE_INTEGER; Due.QuadPart = -20000000; Make(); KeDelayExecutionThread(KernelMode, FALSE, Due); Expect(Count === 0); }
`,
  ),
  behaviour(
    'X23',
    'one that was started has run after two seconds',
    `${ioTimer}
export function HarnessMain(): void { let Due!: LARGE_INTEGER; Due.QuadPart = -30000000; Make(); IoStartTimer(Plain()); KeDelayExecutionThread(KernelMode, FALSE, Due); Wait(); Expect(Count > 0); IoStopTimer(Plain()); }
`,
    'verified',
    { processors: 1 },
  ),
  behaviour(
    'X23',
    'a deleted device has no timer any more',
    `${ioTimer}
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -20000000;
  Make();
  const Irql = KeRaiseIrql(DISPATCH_LEVEL); IoStartTimer(Plain()); IoDeleteDevice(Plain()); KeLowerIrql(Irql);
  KeDelayExecutionThread(KernelMode, FALSE, Due);
  Expect(Count === 0);
}
`,
    'verified',
    { processors: 1 },
  ),
  behaviour(
    'X24',
    'a power request goes to the top of the stack; its routine is called once when it is completed, and STATUS_PENDING given',
    `${power}
export function HarnessMain(): void {
  Expect(Ask() === STATUS_PENDING);
  if (Held !== null) { Expect(Calls === 0 && IopUnfinishedIrp(0, null) === Held); Held.IoStatus.Status = STATUS_SUCCESS; IoCompleteRequest(Held, IO_NO_INCREMENT); }
  Expect(Calls === 1 && IopUnfinishedIrp(0, null) === null);
}
`,
    'verified',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'X25',
    "an MDL's buffer is given, with low memory perhaps not, and its length",
    `
let Buffer!: KEVENT;
let Mdl!: MDL;
export function HarnessMain(): void {
  MmInitializeMdl(Mdl, Buffer, 24); MiLockPages(Mdl, FALSE);
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  Expect(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority) === Buffer && MmGetMdlByteCount(Mdl) === 24);
  KeLowerIrql(Irql);
}
`,
    'verified',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'X25',
    'with low memory mapping it may fail',
    `
let Buffer!: KEVENT;
let Mdl!: MDL;
export function HarnessMain(): void { MmInitializeMdl(Mdl, Buffer, 24); MiLockPages(Mdl, FALSE); KiSetLowMemory(TRUE); Expect(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority) !== null); }
`,
    'assert.failed',
  ),
  behaviour(
    'F178',
    'ExTryToAcquireFastMutex takes a free fast mutex as ExAcquireFastMutex does, and does not wait for one that is held',
    `
let Mutex!: FAST_MUTEX;
export function HarnessMain(): void {
  ExInitializeFastMutex(Mutex);
  Expect(ExTryToAcquireFastMutex(Mutex) && KeGetCurrentIrql() === APC_LEVEL);
  ExReleaseFastMutex(Mutex); Expect(KeGetCurrentIrql() === PASSIVE_LEVEL);
  ExAcquireFastMutex(Mutex); KeLowerIrql(PASSIVE_LEVEL);
  Expect(!ExTryToAcquireFastMutex(Mutex) && KeGetCurrentIrql() === PASSIVE_LEVEL);
}
`,
  ),
  behaviour(
    'X26',
    'a guarded mutex shuts others out and leaves the IRQL as it is',
    `${two}
let Mutex!: KGUARDED_MUTEX;
let Count!: LONG;
function Add(): void { KeAcquireGuardedMutex(Mutex); Expect(KeGetCurrentIrql() === PASSIVE_LEVEL); Count = Count + 1; KeReleaseGuardedMutex(Mutex); }
const Other: START = (A, B) => { Add(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { KeInitializeGuardedMutex(Mutex); Begin(); Add(); End(); Expect(Count === 2); }
`,
  ),
  behaviour(
    'X7',
    'ExInterlocked routines of singly linked lists give what was first before, or null',
    `
let Head!: SINGLE_LIST_ENTRY;
let A!: SINGLE_LIST_ENTRY;
let B!: SINGLE_LIST_ENTRY;
let Lock!: KSPIN_LOCK;
export function HarnessMain(): void {
  Expect(ExInterlockedPushEntryList(Head, A, Lock) === null && ExInterlockedPushEntryList(Head, B, Lock) === A);
  Expect(ExInterlockedPopEntryList(Head, Lock) === B && ExInterlockedPopEntryList(Head, Lock) === A && ExInterlockedPopEntryList(Head, Lock) === null);
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && machineLocksHeld() === 0);
}
`,
  ),
  ...(['ExInterlockedPushEntryList(Head, A, Lock);', 'ExInterlockedPopEntryList(Head, Lock);'] as const).map((use) =>
    behaviour(
      'X7',
      `${use} is one under its lock`,
      `${two}
let Head!: SINGLE_LIST_ENTRY;
let A!: SINGLE_LIST_ENTRY;
let B!: SINGLE_LIST_ENTRY;
let Lock!: KSPIN_LOCK;
const Other: START = (X, Y) => { const Irql = KeAcquireSpinLock(Lock); PushEntryList(Head, B); Expect(PopEntryList(Head) === B); KeReleaseSpinLock(Lock, Irql); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { Begin(); ${use} End(); Expect(Head.Next === ${use.includes('Push') ? 'A' : 'null'}); }
`,
    ),
  ),
  behaviour(
    'X3',
    'RtlMoveMemory copies',
    `
let From!: KSEMAPHORE;
let To!: KSEMAPHORE;
export function HarnessMain(): void { From.Limit = 3; RtlMoveMemory(To, From, sizeof<KSEMAPHORE>()); Expect(To.Limit === 3 && From.Limit === 3); }
`,
  ),
];
