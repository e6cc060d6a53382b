/** DPCs, timers, work items, system threads and interrupts: when they run, how often, and with what. */
import { type Behaviour, behaviour, irqlAbove, irqlBelow } from '../model.ts';
import { two } from './locks.ts';

const work = `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT<PKEVENT> | null;
let Item!: PIO_WORKITEM | null;
let Ran!: KEVENT;
let Count!: LONG;
function MakeItem(): void {
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  IoCreateDevice(Driver, sizeof<KEVENT>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Item = IoAllocateWorkItem(Device as PVOID as PDEVICE_OBJECT);
}
function Wait(): void { KeWaitForSingleObject(Ran, Executive, KernelMode, FALSE, null); }
`;
const workCounts =
  'const Work: IO_WORKITEM_ROUTINE<PKEVENT, PKEVENT> = (DeviceObject, Event) => { Count = Count + 1; KeSetEvent(Event, 0, FALSE); };';
const timer = `
let Timer!: KTIMER;
let Dpc!: KDPC;
let Count!: LONG;
let Ran!: KEVENT;
const Routine: KDEFERRED_ROUTINE = (Dpc, Context, Argument1, Argument2) => { Expect((Argument1 as PVOID) === null); if (Count < 2) Count = Count + 1; KeSetEvent(Ran, IO_NO_INCREMENT, FALSE); };
function Make(): void { KeInitializeEvent(Ran, NotificationEvent, FALSE); KeInitializeTimer(Timer); KeInitializeDpc(Dpc, Routine, null as never); }
function Wait(): void { KeWaitForSingleObject(Ran, Executive, KernelMode, FALSE, null); }
`;

export const later: readonly Behaviour[] = [
  behaviour(
    'F163',
    'a second queueing leaves the arguments of the first',
    `
let Dpc!: KDPC;
let Ran!: KEVENT;
let Place!: KEVENT;
const Routine: KDEFERRED_ROUTINE<PKEVENT, PKEVENT, PKEVENT> = (Object, Context, First, Second) => {
  Expect(Object === Dpc && Context === Place && First === Ran && (Second as PVOID) === null);
  KeSetEvent(Ran, IO_NO_INCREMENT, FALSE);
};
export function HarnessMain(): void {
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  KeInitializeDpc(Dpc, Routine, Place);
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  Expect(KeInsertQueueDpc(Dpc, Ran, null)); Expect(!KeInsertQueueDpc(Dpc, null, Place));
  KeLowerIrql(Irql);
  KeWaitForSingleObject(Ran, Executive, KernelMode, FALSE, null);
}
`,
    'verified',
    { processors: 1 },
  ),
  behaviour(
    'X16',
    'a DPC that was taken back does not run; one that was not runs once',
    `
let Dpc!: KDPC;
let Ran!: KEVENT;
let Count!: LONG;
const Routine: KDEFERRED_ROUTINE = (Dpc, Context, First, Second) => { Count = Count + 1; KeSetEvent(Ran, IO_NO_INCREMENT, FALSE); };
export function HarnessMain(): void {
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  KeInitializeDpc(Dpc, Routine, null as never);
  Expect(!KeRemoveQueueDpc(Dpc));
  KeInsertQueueDpc(Dpc, null, null);
  if (KeRemoveQueueDpc(Dpc)) { Expect(Count === 0); Expect(KeInsertQueueDpc(Dpc, null, null)); }
  KeWaitForSingleObject(Ran, Executive, KernelMode, FALSE, null);
  Expect(Count === 1);
}
`,
  ),
  behaviour(
    'X17',
    'a DPC may run on two processors at once',
    `${two}
let Dpc!: KDPC;
let Inside!: LONG;
let Count!: LONG;
let Ran!: KEVENT;
const Routine: KDEFERRED_ROUTINE = (Object, Context, First, Second) => {
  Inside = Inside + 1; Expect(Inside === 1);
  Count = Count + 1; if (Count === 2) KeSetEvent(Ran, IO_NO_INCREMENT, FALSE);
  Inside = Inside - 1;
};
const Other: START = (A, B) => { KeInsertQueueDpc(Dpc, null, null); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { KeInitializeDpc(Dpc, Routine, null as never); Begin(); KeInsertQueueDpc(Dpc, null, null); End(); }
`,
    'assert.failed',
  ),
  behaviour(
    'F156',
    "the device's own DPC gets device, IRP and context; IoRequestDpc is for service routines",
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Interrupt!: PKINTERRUPT | null;
let Ran!: KEVENT;
const Fired: IO_DPC_ROUTINE<PVOID, PKEVENT> = (Dpc, DeviceObject, Irp, Event) => { Expect(DeviceObject === (Device as PVOID) && (Irp as PVOID) === null && KeGetCurrentIrql() === DISPATCH_LEVEL); KeSetEvent(Event, IO_NO_INCREMENT, FALSE); };
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { IoRequestDpc(Device!, null, Ran); return TRUE; };
export function HarnessMain(): void {
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  IoInitializeDpcRequest(Device!, Fired);
  IoConnectInterrupt(Ref(Interrupt), Isr, null, null, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, FALSE, 1, FALSE);
  KiInterrupt();
  KeWaitForSingleObject(Ran, Executive, KernelMode, FALSE, null);
}
`,
    'verified',
    { watch: [irqlAbove, irqlBelow] },
  ),
  behaviour(
    'X15',
    'a timer that is armed again tells so, and fires once, for the last time set',
    `${timer}
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Make(); Due.QuadPart = -10000;
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  Expect(!KeSetTimer(Timer, Due, null));
  const Again = KeSetTimer(Timer, Due, Dpc);
  KeLowerIrql(Irql);
  Wait();
  Expect(Count === 1 && KeReadStateTimer(Timer) && !KeCancelTimer(Timer) && (Again || !Again));
  Expect(!KeSetTimer(Timer, Due, null)); Expect(Count === 1);
}
`,
    'verified',
    { processors: 1 },
  ),
  behaviour(
    'X15',
    'arming may find the timer armed still',
    `${timer}
export function HarnessMain(): void { let Due!: LARGE_INTEGER; Make(); Due.QuadPart = -10000; KeSetTimer(Timer, Due, null); Expect(!KeSetTimer(Timer, Due, null)); }
`,
    'assert.failed',
  ),
  behaviour(
    'X15',
    'a timer is not signalled before it is due, and can be waited for',
    `${timer}
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Make(); Due.QuadPart = -10000;
  Expect(!KeReadStateTimer(Timer));
  KeSetTimer(Timer, Due, null);
  KeWaitForSingleObject(Timer, Executive, KernelMode, FALSE, null);
  Expect(KeReadStateTimer(Timer));
  KeSetTimer(Timer, Due, null);
  if (KeCancelTimer(Timer)) Expect(!KeReadStateTimer(Timer));
}
`,
  ),
  behaviour(
    'X15 X2',
    'a synchronization timer is not signalled any more when one waiter has gone on',
    `${timer}
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  KeInitializeTimerEx(Timer, SynchronizationTimer); Due.QuadPart = -10000;
  KeSetTimer(Timer, Due, null);
  KeWaitForSingleObject(Timer, Executive, KernelMode, FALSE, null);
  Expect(!KeReadStateTimer(Timer));
}
`,
  ),
  behaviour(
    'F186 X15',
    'a periodic timer fires again and again, and cancelling it always gives TRUE',
    `${timer}
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Make(); Due.QuadPart = -10000;
  KeSetTimerEx(Timer, Due, 1, Dpc);
  Wait(); KeClearEvent(Ran); Wait();
  Expect(Count >= 2 && KeCancelTimer(Timer)); Expect(!KeCancelTimer(Timer));
}
`,
    'verified',
    { processors: 1 },
  ),
  behaviour(
    'X18',
    'of two timers the one that was set first and is due first fires first',
    `${timer}
let Late!: KTIMER;
export function HarnessMain(): void {
  let Soon!: LARGE_INTEGER;
  let Due!: LARGE_INTEGER;
  Make(); KeInitializeTimer(Late); Soon.QuadPart = -10000; Due.QuadPart = -20000;
  KeSetTimer(Late, Soon, null); KeSetTimer(Timer, Due, null);
  KeWaitForSingleObject(Timer, Executive, KernelMode, FALSE, null);
  Expect(KeReadStateTimer(Late));
}
`,
  ),
  behaviour(
    'F185',
    'a work item may be queued again once its routine has begun, and freed there',
    `${work}
const Work: IO_WORKITEM_ROUTINE<PKEVENT, PKEVENT> = (DeviceObject, Event) => {
  Count = Count + 1;
  if (Count === 1) { IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Event); return; }
  IoFreeWorkItem(Item!); KeSetEvent(Event, 0, FALSE);
};
export function HarnessMain(): void { MakeItem(); IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Ran); Wait(); Expect(Count === 2); }
`,
    'verified',
    { watch: [{ event: 'work-item.queued' }] },
  ),
  ...(
    [
      ['IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Ran);', 'IoQueueWorkItem', 0],
      ['IoQueueWorkItemEx(Item!, WorkEx, DelayedWorkQueue, Ran);', 'IoQueueWorkItemEx', 0],
      ['IoFreeWorkItem(Item!);', 'IoFreeWorkItem', 1],
    ] as const
  ).map(([second, name, freed]) =>
    behaviour(
      'F185',
      `${name} of a work item that may still be queued is an error`,
      `${work}
${workCounts}
const WorkEx: IO_WORKITEM_ROUTINE_EX<PKEVENT> = (IoObject, Event, IoWorkItem) => { KeSetEvent(Event, 0, FALSE); };
export function HarnessMain(): void { MakeItem(); IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Ran); ${second} }
`,
      'work-item.queued',
      { watch: [{ event: 'work-item.queued', when: { left: 'freed', is: '==', right: freed } }] },
    ),
  ),
  behaviour(
    'F185',
    'so is ExQueueWorkItem',
    `
let Item!: WORK_QUEUE_ITEM;
const Work: WORKER_THREAD_ROUTINE<PVOID> = (Parameter) => {};
export function HarnessMain(): void { ExInitializeWorkItem(Item, Work, null); ExQueueWorkItem(Item, DelayedWorkQueue); ExQueueWorkItem(Item, DelayedWorkQueue); }
`,
    'work-item.queued',
    { watch: [{ event: 'work-item.queued' }] },
  ),
  behaviour(
    'F185',
    'where no rule reports that, nothing is verified any more',
    `${work}
${workCounts}
export function HarnessMain(): void { MakeItem(); IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Ran); IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Ran); Wait(); }
`,
    'bounded: A work item that was still queued was queued again or freed.',
  ),
  behaviour(
    'F152 F185',
    'an executive work item runs at PASSIVE_LEVEL with its parameter, and may be queued again by its routine',
    `
let Item!: WORK_QUEUE_ITEM;
let Ran!: KEVENT;
let Count!: LONG;
const Work: WORKER_THREAD_ROUTINE<PKEVENT> = (Event) => {
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && Event === Ran); Count = Count + 1;
  if (Count === 1) ExQueueWorkItem(Item, DelayedWorkQueue); else KeSetEvent(Event, 0, FALSE);
};
export function HarnessMain(): void {
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  ExInitializeWorkItem(Item, Work, Ran); ExQueueWorkItem(Item, DelayedWorkQueue);
  KeWaitForSingleObject(Ran, Executive, KernelMode, FALSE, null); Expect(Count === 2);
}
`,
    'verified',
    { watch: [{ event: 'work-item.queued' }] },
  ),
  behaviour(
    'X19',
    'a deleted device stays until the work item has run, and is gone then',
    `${work}
const Work: IO_WORKITEM_ROUTINE<PKEVENT, PKEVENT> = (DeviceObject, Event) => { Expect(DeviceObject === Device); DeviceObject.DeviceExtension!.Header.SignalState = 1; KeSetEvent(Event, 0, FALSE); };
export function HarnessMain(): void { MakeItem(); IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Ran); IoDeleteDevice(Device as PVOID as PDEVICE_OBJECT); Wait(); }
`,
  ),
  behaviour(
    'X19',
    'it is gone once the routine has returned',
    `${work}
${workCounts}
export function HarnessMain(): void {
  MakeItem(); IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Ran); IoDeleteDevice(Device as PVOID as PDEVICE_OBJECT); Wait();
  Device!.Flags = 0;
}
`,
    'fault.freed',
  ),
  behaviour(
    'X19',
    'the extended routine gets the work item too',
    `${work}
const WorkEx: IO_WORKITEM_ROUTINE_EX<PKEVENT> = (IoObject, Event, IoWorkItem) => { Expect(IoWorkItem === Item && IoObject === Device); IoFreeWorkItem(IoWorkItem); KeSetEvent(Event, 0, FALSE); };
export function HarnessMain(): void { MakeItem(); IoQueueWorkItemEx(Item!, WorkEx, DelayedWorkQueue, Ran); Wait(); }
`,
  ),
  behaviour(
    'F164',
    'service routines are asked in turn until one says that the interrupt was its own; a disconnected one is not asked',
    `
let First!: PKINTERRUPT | null;
let Second!: PKINTERRUPT | null;
let Third!: PKINTERRUPT | null;
let Asked!: LONG;
const NotMine: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Asked = Asked + 1; return FALSE; };
const Mine: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Asked = Asked + 10; return TRUE; };
const Never: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Asked = Asked + 100; return TRUE; };
export function HarnessMain(): void {
  IoConnectInterrupt(Ref(First), NotMine, null, null, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, TRUE, 1, FALSE);
  IoConnectInterrupt(Ref(Second), Mine, null, null, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, TRUE, 1, FALSE);
  IoConnectInterrupt(Ref(Third), Never, null, null, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, TRUE, 1, FALSE);
  KiInterrupt(); Expect(Asked === 11);
  IoDisconnectInterrupt(Second!); KiInterrupt(); Expect(Asked === 112 && KeGetCurrentIrql() === PASSIVE_LEVEL && machineLocksHeld() === 0);
}
`,
  ),
  behaviour(
    'F164',
    'disconnecting waits until the service routine runs nowhere, and it is not called afterwards',
    `${two}
let Interrupt!: PKINTERRUPT | null;
let Disconnected!: BOOLEAN;
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Expect(!Disconnected); Expect(!Disconnected); return TRUE; };
const Other: START = (A, B) => { KiInterrupt(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  IoConnectInterrupt(Ref(Interrupt), Isr, null, null, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, FALSE, 1, FALSE);
  Begin();
  IoDisconnectInterrupt(Interrupt!);
  Disconnected = TRUE;
  End();
}
`,
  ),
  behaviour(
    'F157 F183',
    "with a lock of the driver's, interrupt lock, KeSynchronizeExecution and service routine shut each other out",
    `${two}
let Interrupt!: PKINTERRUPT | null;
let Lock!: KSPIN_LOCK;
let Shared!: LONG;
const Isr: KSERVICE_ROUTINE<PVOID> = (Object, Context) => { Expect(machineLocksHeld() === 1); Shared = Shared + 1; return TRUE; };
const Other: START = (A, B) => { KiInterrupt(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  IoConnectInterrupt(Ref(Interrupt), Isr, null, Lock, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, FALSE, 1, FALSE);
  Begin();
  const Irql = KeAcquireInterruptSpinLock(Interrupt!);
  Expect(KeGetCurrentIrql() === DEVICE_LEVEL && !KeTestSpinLock(Lock));
  Shared = Shared + 1;
  KeReleaseInterruptSpinLock(Interrupt!, Irql);
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL);
  End(); Expect(Shared === 2);
}
`,
    'verified',
    { watch: [irqlAbove, irqlBelow] },
  ),
];
