/** What runs later: DPCs, timers, work items, system threads, device queues with StartIo, interrupts. */
import { type Behaviour, behaviour } from '../model.ts';

const wait = 'KeWaitForSingleObject(Ran, Executive, KernelMode, FALSE, null);';

export const startIo = `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Started!: LONG;
let Cancelled!: LONG;
let First!: PIRP | null;
let Second!: PIRP | null;
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => {
  const Removed = DeviceObject.CurrentIrp !== Irp && KeRemoveEntryDeviceQueue(DeviceObject.DeviceQueue, Irp.Tail.Overlay.DeviceQueueEntry);
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  if (Removed) Cancelled = Cancelled + 1;
};
const Read: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoStartPacket(DeviceObject, Irp, null, Cancel); return STATUS_PENDING; };
function Send(): PIRP {
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoCallDriver(Device!, Irp);
  return Irp;
}
function MakeDevice(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Driver.DriverStartIo = StartIo;
  Driver.MajorFunction[IRP_MJ_READ] = Read;
}
function Next(): void { const Irql = KeRaiseIrql(DISPATCH_LEVEL); IoStartNextPacket(Device!, TRUE); KeLowerIrql(Irql); }
`;

export const deferred: readonly Behaviour[] = [
  behaviour(
    'F156 F163',
    'a DPC runs at DISPATCH_LEVEL, and is not queued twice',
    `
let Dpc!: KDPC;
let Count!: LONG;
let Ran!: KEVENT;
const Routine: KDEFERRED_ROUTINE = (Dpc, Context, Argument1, Argument2) => {
  Expect(KeGetCurrentIrql() === DISPATCH_LEVEL);
  InterlockedIncrement(Ref(Count));
  KeSetEvent(Ran, IO_NO_INCREMENT, FALSE);
};
export function HarnessMain(): void {
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  KeInitializeDpc(Dpc, Routine, null as never);
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  Expect(KeInsertQueueDpc(Dpc, null, null));
  Expect(!KeInsertQueueDpc(Dpc, null, null));
  KeLowerIrql(Irql);
  ${wait}
  Expect(Count === 1);
}
`,
    'verified',
    { processors: 1 },
  ),
  behaviour(
    'X17',
    'a DPC leaves the queue before its routine starts, so that it can be queued again meanwhile',
    `
let Dpc!: KDPC;
let Count!: LONG;
let Ran!: KEVENT;
const Routine: KDEFERRED_ROUTINE = (Dpc, Context, Argument1, Argument2) => {
  Count = Count + 1;
  if (Count === 1) Expect(KeInsertQueueDpc(Dpc, null, null));
  else KeSetEvent(Ran, IO_NO_INCREMENT, FALSE);
};
export function HarnessMain(): void {
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  KeInitializeDpc(Dpc, Routine, null as never);
  KeInsertQueueDpc(Dpc, null, null);
  ${wait}
}
`,
    'verified',
    { processors: 1 },
  ),
  behaviour(
    'F186',
    'KeCancelTimer TRUE means that its DPC does not run, FALSE that it has or will',
    `
let Timer!: KTIMER;
let Dpc!: KDPC;
let Count!: LONG;
let Ran!: KEVENT;
const Routine: KDEFERRED_ROUTINE = (Dpc, Context, Argument1, Argument2) => { Count = Count + 1; KeSetEvent(Ran, IO_NO_INCREMENT, FALSE); };
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -10000;
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  KeInitializeTimer(Timer);
  KeInitializeDpc(Dpc, Routine, null as never);
  Expect(!KeSetTimer(Timer, Due, Dpc));
  if (KeCancelTimer(Timer)) { Expect(Count === 0); } else { ${wait} Expect(Count === 1); }
}
`,
  ),
  ...['KeCancelTimer(Timer)', '!KeCancelTimer(Timer)'].map((failing) =>
    behaviour(
      'F186',
      `the timer is cancelled in time, or it is not: ${failing} does not always hold`,
      `
let Timer!: KTIMER;
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -10000;
  KeInitializeTimer(Timer);
  KeSetTimer(Timer, Due, null);
  Expect(${failing});
}
`,
      'assert.failed',
    ),
  ),
  behaviour(
    'F152',
    'a work item runs at PASSIVE_LEVEL with its device object and context, and may free itself',
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Item!: PIO_WORKITEM | null;
let Ran!: KEVENT;
const Work: IO_WORKITEM_ROUTINE<PVOID, PKEVENT> = (DeviceObject, Event) => {
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && DeviceObject === Device);
  IoFreeWorkItem(Item!);
  KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
};
export function HarnessMain(): void {
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Item = IoAllocateWorkItem(Device!);
  IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Ran);
  ${wait}
}
`,
  ),
  ...['', 'PsTerminateSystemThread(STATUS_SUCCESS); Count = 9;'].map((end) =>
    behaviour(
      'F152',
      `a system thread that ${end === '' ? 'returns' : 'terminates itself'} can be waited for by its object`,
      `
let Handle!: HANDLE | null;
let Object!: PKTHREAD | null;
let Count!: LONG;
const Start: KSTART_ROUTINE<PVOID> = (Context) => { Expect(KeGetCurrentIrql() === PASSIVE_LEVEL); Count = Count + 1; ${end} };
export function HarnessMain(): void {
  Expect(NT_SUCCESS(PsCreateSystemThread(Ref(Handle), THREAD_ALL_ACCESS, null, null, null, Start, null)));
  ObReferenceObjectByHandle(Handle, THREAD_ALL_ACCESS, null, KernelMode, Ref(Object), null);
  KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, null);
  Expect(Count === 1);
}
`,
    ),
  ),
  behaviour(
    'F54 F55 F56',
    'an idle device starts the IRP at once at DISPATCH_LEVEL, a busy one queues it until IoStartNextPacket',
    `${startIo}
const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => { Started = Started + 1; Expect(DeviceObject.CurrentIrp === Irp && KeGetCurrentIrql() === DISPATCH_LEVEL && machineLocksHeld() === 0); };
export function HarnessMain(): void {
  MakeDevice();
  First = Send(); Expect(Started === 1); Second = Send(); Expect(Started === 1 && Device!.CurrentIrp === First && KeGetCurrentIrql() === PASSIVE_LEVEL);
  Next(); Expect(Started === 2 && Device!.CurrentIrp === Second);
  Next(); Expect(Started === 2 && Device!.CurrentIrp === null && !Device!.DeviceQueue.Busy);
}
`,
  ),
  behaviour(
    'F27 F65',
    'a queued IRP has the cancel routine, which takes it out of the device queue',
    `${startIo}
const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => { Started = Started + 1; };
export function HarnessMain(): void { MakeDevice(); First = Send(); Second = Send(); Expect(IoCancelIrp(Second!)); Expect(Cancelled === 1); Next(); Expect(Started === 1); }
`,
  ),
  ...(
    [
      ['TRUE', 1],
      ['FALSE', 2],
    ] as const
  ).map(([deferred, depth]) =>
    behaviour(
      'F58',
      `with deferred start ${deferred} StartIo is at most ${depth} deep`,
      `${startIo}
let Depth!: LONG;
let Deepest!: LONG;
const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => {
  Started = Started + 1;
  Depth = Depth + 1;
  if (Depth > Deepest) Deepest = Depth;
  if (Started > 1) IoStartNextPacket(DeviceObject, TRUE);
  Depth = Depth - 1;
};
export function HarnessMain(): void {
  MakeDevice(); IoSetStartIoAttributes(Device!, ${deferred}, FALSE);
  Send(); Send(); Send(); Next();
  Expect(Started === 3 && Deepest === ${depth});
}
`,
    ),
  ),
  behaviour(
    'F70',
    'a keyed insert goes behind entries with keys not above its own',
    `
let Queue!: KDEVICE_QUEUE;
let A!: KDEVICE_QUEUE_ENTRY;
let B!: KDEVICE_QUEUE_ENTRY;
let C!: KDEVICE_QUEUE_ENTRY;
export function HarnessMain(): void {
  KeInitializeDeviceQueue(Queue);
  Expect(!KeInsertByKeyDeviceQueue(Queue, A, 5));
  Expect(KeInsertByKeyDeviceQueue(Queue, A, 5) && KeInsertByKeyDeviceQueue(Queue, B, 5) && KeInsertByKeyDeviceQueue(Queue, C, 1));
  Expect(KeRemoveDeviceQueue(Queue) === C && KeRemoveDeviceQueue(Queue) === A && KeRemoveDeviceQueue(Queue) === B);
  Expect(KeRemoveDeviceQueue(Queue) === null && !Queue.Busy);
}
`,
  ),
  behaviour(
    'F157 F183',
    'the service routine and KeSynchronizeExecution run at DIRQL and shut each other out',
    `
let Interrupt!: PKINTERRUPT | null;
let Finished!: KEVENT;
let Shared!: LONG;
type START = (A: PVOID, B: PVOID) => void;
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Expect(KeGetCurrentIrql() > DISPATCH_LEVEL); Shared = Shared + 1; return TRUE; };
const Critical: KSYNCHRONIZE_ROUTINE<PVOID> = (Context) => { Expect(KeGetCurrentIrql() === DEVICE_LEVEL && machineLocksHeld() === 1); Shared = Shared + 1; return TRUE; };
const Device: START = (A, B) => { KiInterrupt(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  KeInitializeEvent(Finished, NotificationEvent, FALSE);
  IoConnectInterrupt(Ref(Interrupt), Isr, null, null, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, FALSE, 1, FALSE);
  machineSpawn(0, Device, IopNewThread(), null, null);
  Expect(KeSynchronizeExecution(Interrupt!, Critical, null) && KeGetCurrentIrql() === PASSIVE_LEVEL);
  KeWaitForSingleObject(Finished, Executive, KernelMode, FALSE, null);
  Expect(Shared === 2);
}
`,
  ),
];
