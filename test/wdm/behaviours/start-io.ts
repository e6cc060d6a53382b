/** Device queues, and StartIo on top of them. */
import { type Behaviour, behaviour, irqlAbove, irqlBelow } from '../model.ts';
import { pending } from './cancel.ts';
import { startIo } from './deferred.ts';

const entries = `
let Queue!: KDEVICE_QUEUE;
let A!: KDEVICE_QUEUE_ENTRY;
let B!: KDEVICE_QUEUE_ENTRY;
let C!: KDEVICE_QUEUE_ENTRY;
`;
const counting = 'const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => { Started = Started + 1; };';

export const startIoQueues: readonly Behaviour[] = [
  behaviour(
    'F67 F68',
    'an insert turns a queue busy and queues only what comes after; a removal from an empty one turns it not busy',
    `${entries}
export function HarnessMain(): void {
  KeInitializeDeviceQueue(Queue);
  Expect(!Queue.Busy);
  Expect(!KeInsertDeviceQueue(Queue, A) && Queue.Busy && !A.Inserted);
  Expect(KeInsertDeviceQueue(Queue, B) && B.Inserted && KeInsertDeviceQueue(Queue, C));
  Expect(KeRemoveDeviceQueue(Queue) === B && Queue.Busy && !B.Inserted);
  Expect(KeRemoveDeviceQueue(Queue) === C && Queue.Busy);
  Expect(KeRemoveDeviceQueue(Queue) === null && !Queue.Busy);
  Expect(!KeInsertDeviceQueue(Queue, B) && Queue.Busy);
}
`,
  ),
  behaviour(
    'F65 F67',
    'KeRemoveEntryDeviceQueue takes out an entry that is queued, once, and leaves the queue busy',
    `${entries}
export function HarnessMain(): void {
  KeInitializeDeviceQueue(Queue);
  KeInsertDeviceQueue(Queue, A); KeInsertDeviceQueue(Queue, B); KeInsertDeviceQueue(Queue, C);
  Expect(!KeRemoveEntryDeviceQueue(Queue, A));
  Expect(KeRemoveEntryDeviceQueue(Queue, B) && !KeRemoveEntryDeviceQueue(Queue, B) && Queue.Busy);
  Expect(KeRemoveDeviceQueue(Queue) === C && Queue.Busy);
}
`,
  ),
  behaviour(
    'F70',
    'a removal by key gives the first entry whose key is not below it, else the first',
    `${entries}
export function HarnessMain(): void {
  KeInitializeDeviceQueue(Queue);
  KeInsertByKeyDeviceQueue(Queue, A, 0); 
  KeInsertByKeyDeviceQueue(Queue, A, 3); KeInsertByKeyDeviceQueue(Queue, B, 1); KeInsertByKeyDeviceQueue(Queue, C, 2);
  Expect(KeRemoveByKeyDeviceQueue(Queue, 2) === C && KeRemoveByKeyDeviceQueue(Queue, 9) === B && KeRemoveByKeyDeviceQueue(Queue, 0) === A);
  Expect(Queue.Busy && KeRemoveByKeyDeviceQueue(Queue, 0) === null && !Queue.Busy);
}
`,
  ),
  ...['KeRemoveDeviceQueue(Queue)', 'KeRemoveByKeyDeviceQueue(Queue, 1)'].flatMap((removal) => [
    behaviour(
      'F69',
      `${removal} on a queue that is not busy is noted`,
      `${entries}
export function HarnessMain(): void { KeInitializeDeviceQueue(Queue); ${removal}; }
`,
      'queue.not-busy',
      { watch: [{ event: 'queue.not-busy' }] },
    ),
    behaviour(
      'F69',
      `${removal} on a queue that is not busy gives null and leaves it as it is, and the path goes on`,
      `${entries}
export function HarnessMain(): void {
  KeInitializeDeviceQueue(Queue);
  Expect(${removal} === null && !Queue.Busy);
  Expect(!KeInsertDeviceQueue(Queue, A) && Queue.Busy && ${removal} === null && ${removal} === null && !Queue.Busy);
}
`,
    ),
  ]),
  behaviour(
    'F72',
    'device queues are not for service routines: above DISPATCH_LEVEL the call is above its IRQL',
    `${entries}
export function HarnessMain(): void { KeInitializeDeviceQueue(Queue); KeRaiseIrql(DEVICE_LEVEL); KeInsertDeviceQueue(Queue, A); }
`,
    'call.irql',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'F72',
    'two processors that insert at once do not break the queue: one entry is for its caller, the other is queued',
    `${entries}
let Finished!: KEVENT;
let Direct!: LONG;
type START = (X: PVOID, Y: PVOID) => void;
const Other: START = (X, Y) => { if (!KeInsertDeviceQueue(Queue, B)) InterlockedIncrement(Ref(Direct)); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  KeInitializeDeviceQueue(Queue);
  KeInitializeEvent(Finished, NotificationEvent, FALSE);
  machineSpawn(0, Other, IopNewThread(), null, null);
  if (!KeInsertDeviceQueue(Queue, A)) InterlockedIncrement(Ref(Direct));
  KeWaitForSingleObject(Finished, Executive, KernelMode, FALSE, null);
  Expect(Direct === 1 && Queue.Busy && KeRemoveDeviceQueue(Queue) !== null && KeRemoveDeviceQueue(Queue) === null);
}
`,
  ),
  behaviour(
    'F27 F55',
    'without a cancel function IoStartPacket sets none, and IoStartNextPacket need not be cancelable',
    `${startIo}
${counting}
const Plain: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoStartPacket(DeviceObject, Irp, null, null); Expect(Irp.CancelRoutine === null); return STATUS_PENDING; };
export function HarnessMain(): void {
  MakeDevice(); Driver.MajorFunction[IRP_MJ_READ] = Plain;
  First = Send(); Second = Send();
  const Irql = KeRaiseIrql(DISPATCH_LEVEL); IoStartNextPacket(Device!, FALSE); KeLowerIrql(Irql);
  Expect(Started === 2 && Device!.CurrentIrp === Second && KeGetCurrentIrql() === PASSIVE_LEVEL);
}
`,
  ),
  behaviour(
    'F56',
    'IoStartNextPacket below DISPATCH_LEVEL is a call below its IRQL',
    `${startIo}
${counting}
export function HarnessMain(): void { MakeDevice(); Send(); IoStartNextPacket(Device!, TRUE); }
`,
    'call.irql',
    { watch: [irqlBelow] },
  ),
  behaviour(
    'F55 F56',
    'IRPs are started in their order, and by their key where one is given',
    `${startIo}
${counting}
let Key!: ULONG;
const Keyed: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoStartPacket(DeviceObject, Irp, Ref(Key), Cancel); return STATUS_PENDING; };
export function HarnessMain(): void {
  MakeDevice(); Driver.MajorFunction[IRP_MJ_READ] = Keyed;
  Key = 5; Send(); First = Send(); Key = 3; Second = Send();
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  IoStartNextPacketByKey(Device!, TRUE, 4); Expect(Device!.CurrentIrp === First);
  IoStartNextPacketByKey(Device!, TRUE, 4); Expect(Device!.CurrentIrp === Second && Started === 3 && machineLocksHeld() === 0);
  KeLowerIrql(Irql);
}
`,
  ),
  behaviour(
    'F55',
    'a queued IRP with a lower key is started before one with a higher key that came earlier',
    `${startIo}
${counting}
let Key!: ULONG;
const Keyed: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoStartPacket(DeviceObject, Irp, Ref(Key), Cancel); return STATUS_PENDING; };
export function HarnessMain(): void {
  MakeDevice(); Driver.MajorFunction[IRP_MJ_READ] = Keyed;
  Key = 1; Send(); Key = 5; First = Send(); Key = 3; Second = Send();
  Next(); Expect(Device!.CurrentIrp === Second); Next(); Expect(Device!.CurrentIrp === First);
}
`,
  ),
  behaviour(
    'F27',
    'one that is queued and has been cancelled before is cancelled now, and its routine goes back to DISPATCH_LEVEL',
    `${startIo.replace('IoReleaseCancelSpinLock(Irp.CancelIrql);', 'IoReleaseCancelSpinLock(Irp.CancelIrql); Expect(KeGetCurrentIrql() === DISPATCH_LEVEL);')}
${counting}
const Cancelling: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp); IoCancelIrp(Irp); IoStartPacket(DeviceObject, Irp, null, Cancel);
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && machineLocksHeld() === 0);
  return STATUS_PENDING;
};
export function HarnessMain(): void {
  MakeDevice(); First = Send();
  Driver.MajorFunction[IRP_MJ_READ] = Cancelling; Second = Send();
  Expect(Cancelled === 1 && Second!.CancelRoutine === null); Next(); Expect(Started === 1);
}
`,
  ),
  ...(
    [
      ['FALSE', 1],
      ['TRUE', 0],
    ] as const
  ).map(([nonCancelable, cancelable]) =>
    behaviour(
      'F59',
      `with NonCancelable ${nonCancelable} an IRP that StartIo was given ${cancelable === 1 ? 'still has' : 'has no'} cancel routine`,
      `${startIo}
const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => { Started = Started + 1; Expect((Irp.CancelRoutine === null ? 0 : 1) === ${cancelable}); };
export function HarnessMain(): void { MakeDevice(); IoSetStartIoAttributes(Device!, FALSE, ${nonCancelable}); Send(); Send(); Next(); Expect(Started === 2); }
`,
    ),
  ),
  behaviour(
    'F58',
    'with deferred start two packets asked for while StartIo runs are started one after the other, and none is forgotten',
    `${startIo}
let Depth!: LONG;
const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => {
  Depth = Depth + 1; Expect(Depth === 1); Started = Started + 1;
  IoStartNextPacket(DeviceObject, TRUE);
  Expect(DeviceObject.CurrentIrp === Irp);
  Depth = Depth - 1;
};
const Plain: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoStartPacket(DeviceObject, Irp, null, Cancel); return STATUS_PENDING; };
export function HarnessMain(): void {
  MakeDevice(); IoSetStartIoAttributes(Device!, TRUE, FALSE);
  Send(); Expect(Started === 1 && !Device!.DeviceQueue.Busy && Device!.CurrentIrp === null);
  Send(); Expect(Started === 2);
}
`,
  ),
  behaviour(
    'F58',
    'a packet that was asked for once while StartIo runs is started once',
    `${startIo}
const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => {
  Started = Started + 1;
  if (Started === 1) { Send(); Send(); IoStartNextPacket(DeviceObject, TRUE); }
};
export function HarnessMain(): void { MakeDevice(); IoSetStartIoAttributes(Device!, TRUE, FALSE); Send(); Expect(Started === 2 && Device!.DeviceQueue.Busy); }
`,
  ),
  behaviour(
    'F61 F64',
    'a cancel of the current IRP leaves it to StartIo; one between IoStartPacket and StartIo is found by the cancel lock',
    `${pending}
let Started!: LONG;
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => {
  const Current = DeviceObject.CurrentIrp === Irp;
  const Removed = !Current && KeRemoveEntryDeviceQueue(DeviceObject.DeviceQueue, Irp.Tail.Overlay.DeviceQueueEntry);
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  Expect(Current && !Removed);
  Calls = Calls + 1;
};
const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => {
  const Irql = IoAcquireCancelSpinLock();
  Expect(DeviceObject.CurrentIrp === Irp);
  const Mine = IoSetCancelRoutine(Irp, null) !== null;
  Expect(Mine !== (Irp.Cancel && Calls >= 0 && !Mine));
  IoReleaseCancelSpinLock(Irql);
  Started = Started + 1;
};
const Read: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoStartPacket(DeviceObject, Irp, null, Cancel); return STATUS_PENDING; };
export function HarnessMain(): void {
  Hold(); Driver.DriverStartIo = StartIo; StartCanceller(); Read(Device as PVOID as PDEVICE_OBJECT<never>, Held!); WaitForCanceller();
  Expect(Started === 1 && Calls === Answer);
}
`,
  ),
  behaviour(
    'F74 F54',
    'what StartIo sends down is dispatched at DISPATCH_LEVEL',
    `${startIo}
let LowerDriver!: DRIVER_OBJECT;
let Lower!: PDEVICE_OBJECT | null;
const StartIo: DRIVER_STARTIO = (DeviceObject, Irp) => { IoSkipCurrentIrpStackLocation(Irp); IoCallDriver(Lower!, Irp); };
const Below: DRIVER_DISPATCH = (DeviceObject, Irp) => { Expect(KeGetCurrentIrql() === DISPATCH_LEVEL && machineLocksHeld() === 0); Started = Started + 1; return STATUS_PENDING; };
export function HarnessMain(): void {
  MakeDevice();
  IoCreateDevice(LowerDriver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Lower));
  LowerDriver.MajorFunction[IRP_MJ_READ] = Below;
  Send(); Expect(Started === 1 && KeGetCurrentIrql() === PASSIVE_LEVEL);
}
`,
  ),
];
