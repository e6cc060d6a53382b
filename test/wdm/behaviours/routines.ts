/** Completion routines: what they may return and do, and stack locations on the way down. */
import { type Behaviour, behaviour, irqlAbove } from '../model.ts';
import { stack } from './complete.ts';

/** A driver in the middle, which forwards with ReadDone as its routine; each program has its own ReadDone and LowerRead. */
const forwarding = `${stack}
let Calls!: LONG;
let Held!: PIRP | null;
type START = (A: PVOID, B: PVOID) => void;
function Forward(Irp: PIRP): NTSTATUS {
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, ReadDone, null, TRUE, TRUE, TRUE);
  return IoCallDriver(Lower!, Irp);
}
`;
const passDown = 'const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Forward(Irp);';
/** The lower driver pends the IRP, and another thread completes it. */
const later = `
const Later: START = (A, B) => { Finish(Held!, STATUS_SUCCESS); };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  if (machineChoose(2) === 0) return Finish(Irp, STATUS_SUCCESS);
  IoMarkIrpPending(Irp);
  Held = Irp;
  machineSpawn(0, Later, IopNewThread(), null, null);
  return STATUS_PENDING;
};
`;
const waitDone = 'KeWaitForSingleObject(Done, Executive, KernelMode, FALSE, null);';

export const routines: readonly Behaviour[] = [
  behaviour(
    'F105 F107',
    'every routine from the completer upwards runs once, lowest first; only STATUS_MORE_PROCESSING_REQUIRED stops the walk',
    `${forwarding}
${passDown}
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Finish(Irp, STATUS_UNSUCCESSFUL);
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Expect(Calls === 0 && Irp.CurrentLocation === 2); Calls = 1; return STATUS_UNSUCCESSFUL; };
const Top: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Expect(Calls === 1 && Irp.CurrentLocation === 3); Calls = 2; return STATUS_PENDING; };
export function HarnessMain(): void {
  MakeStack();
  const Irp = IopAllocateIrp(Upper!.StackSize);
  Irp.UserEvent = Done;
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCompletionRoutine(Irp, Top, null, TRUE, TRUE, TRUE);
  Expect(IoCallDriver(Upper!, Irp) === STATUS_UNSUCCESSFUL);
  Expect(Calls === 2 && KeReadStateEvent(Done) === 1);
}
`,
  ),
  behaviour(
    'F106',
    'a kept IRP is completed by its driver: routines above run then, those below not again, and the lower completer has come back',
    `${forwarding}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { Forward(Irp); Expect(Calls === 11); Calls = 20; return Finish(Irp, STATUS_SUCCESS); };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { Finish(Irp, STATUS_SUCCESS); Calls = Calls + 10; return STATUS_SUCCESS; };
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Calls = Calls + 1; return STATUS_MORE_PROCESSING_REQUIRED; };
const Top: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Expect(Calls === 20); Calls = 21; return STATUS_SUCCESS; };
export function HarnessMain(): void {
  MakeStack();
  const Irp = IopAllocateIrp(Upper!.StackSize);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCompletionRoutine(Irp, Top, null, TRUE, TRUE, TRUE);
  IoCallDriver(Upper!, Irp);
  Expect(Calls === 21);
}
`,
  ),
  behaviour(
    'F109',
    'a routine asked for on cancel runs for an IRP whose Cancel is set, whatever its status',
    `${stack}
let Calls!: LONG;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, ReadDone, null, FALSE, FALSE, TRUE);
  return IoCallDriver(Lower!, Irp);
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoCancelIrp(Irp); return Finish(Irp, machineChoose(2) === 0 ? STATUS_SUCCESS : STATUS_CANCELLED); };
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Calls = Calls + 1; return STATUS_SUCCESS; };
export function HarnessMain(): void { MakeStack(); Send(); Expect(Calls === 1 && KeReadStateEvent(Done) === 1); }
`,
  ),
  behaviour(
    'F108 X9',
    'the routine lies in the next-lower location, which is a copy but for routine, context and control',
    `${forwarding}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  const Mine = IoGetCurrentIrpStackLocation(Irp);
  Mine.Parameters.Read.Length = 5;
  IoMarkIrpPending(Irp);
  IoSetCompletionRoutine(Irp, ReadDone, Done as PVOID as never, TRUE, FALSE, FALSE);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  const Next = IoGetNextIrpStackLocation(Irp);
  Expect(Next.MajorFunction === IRP_MJ_READ && Next.Parameters.Read.Length === 5 && Next.Control === 0 && Next.CompletionRoutine === null);
  IoSetCompletionRoutine(Irp, ReadDone, Done as PVOID as never, TRUE, FALSE, FALSE);
  Expect(Next.CompletionRoutine !== null && Next.Context === (Done as PVOID) && Next.Control === SL_INVOKE_ON_SUCCESS && Mine.CompletionRoutine === null);
  IoCallDriver(Lower!, Irp);
  return STATUS_PENDING;
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { Expect(IoGetCurrentIrpStackLocation(Irp).Parameters.Read.Length === 5); return Finish(Irp, STATUS_SUCCESS); };
const ReadDone: IO_COMPLETION_ROUTINE<PVOID, PKEVENT> = (DeviceObject, Irp, Event) => { Expect(Event === Done); Calls = 1; return STATUS_SUCCESS; };
export function HarnessMain(): void { MakeStack(); Expect(Send() === STATUS_PENDING && Calls === 1); }
`,
  ),
  behaviour(
    'X9',
    "a copied location does not have the routine that the driver above set for this driver's own",
    `${stack}
let Calls!: LONG;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  Expect(IoGetCurrentIrpStackLocation(Irp).CompletionRoutine !== null);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  Expect(IoGetNextIrpStackLocation(Irp).CompletionRoutine === null);
  return IoCallDriver(Lower!, Irp);
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Finish(Irp, STATUS_SUCCESS);
const Top: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Calls = Calls + 1; return STATUS_SUCCESS; };
export function HarnessMain(): void {
  MakeStack();
  const Irp = IopAllocateIrp(Upper!.StackSize);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCompletionRoutine(Irp, Top, null, TRUE, TRUE, TRUE);
  IoCallDriver(Upper!, Irp);
  Expect(Calls === 1);
}
`,
  ),
  behaviour(
    'F108',
    'the lowest driver has no location to put a routine in',
    `${stack}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoSkipCurrentIrpStackLocation(Irp); return IoCallDriver(Lower!, Irp); };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoSetNextIrpStackLocation(Irp); IoSetCompletionRoutine(Irp, ReadDone, null, TRUE, TRUE, TRUE); return Finish(Irp, STATUS_SUCCESS); };
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => STATUS_SUCCESS;
export function HarnessMain(): void { MakeStack(); Send(); }
`,
    'fault.bounds',
  ),
  behaviour(
    'X8 X10',
    'IoCallDriver enters the device at the next location; a creator may keep one to itself',
    `${stack}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  Expect(DeviceObject === (Upper as PVOID) && Irp.CurrentLocation === 2 && IoGetCurrentIrpStackLocation(Irp).DeviceObject === (Upper as PVOID));
  return Finish(Irp, STATUS_SUCCESS);
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
const Top: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => {
  Expect(DeviceObject === (Lower as PVOID) && Irp.CurrentLocation === 3);
  IoFreeIrp(Irp);
  return STATUS_MORE_PROCESSING_REQUIRED;
};
export function HarnessMain(): void {
  MakeStack();
  const Irp = IoAllocateIrp(3, FALSE)!;
  Expect(Irp.StackCount === 3 && Irp.CurrentLocation === 4);
  IoSetNextIrpStackLocation(Irp);
  IoGetCurrentIrpStackLocation(Irp).DeviceObject = Lower!;
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCompletionRoutine(Irp, Top, null, TRUE, TRUE, TRUE);
  Expect(IoCallDriver(Upper!, Irp) === STATUS_SUCCESS);
}
`,
  ),
  behaviour(
    'F102',
    "a mark made before IoSkipCurrentIrpStackLocation sits in the next driver's location",
    `${stack}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoSkipCurrentIrpStackLocation(Irp); return IoCallDriver(Lower!, Irp); };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { Expect((IoGetCurrentIrpStackLocation(Irp).Control & SL_PENDING_RETURNED) === 0); return Finish(Irp, STATUS_SUCCESS); };
export function HarnessMain(): void { MakeStack(); Send(); }
`,
    'assert.failed',
  ),
  behaviour(
    'F103 F124',
    'marked first and answered STATUS_PENDING, the request ends once, whatever the lower driver does',
    `${forwarding}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); Forward(Irp); return STATUS_PENDING; };
${later}
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Calls = Calls + 1; return STATUS_SUCCESS; };
const Top: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Expect(Irp.PendingReturned); Calls = Calls + 1; return STATUS_SUCCESS; };
export function HarnessMain(): void {
  MakeStack();
  const Irp = IopAllocateIrp(Upper!.StackSize);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCompletionRoutine(Irp, Top, null, TRUE, TRUE, TRUE);
  Irp.UserIosb = Iosb; Irp.UserEvent = Done;
  IopQueueIrp(Irp, null, null);
  Expect(IoCallDriver(Upper!, Irp) === STATUS_PENDING);
  ${waitDone}
  Expect(Calls === 2 && Iosb.Status === STATUS_SUCCESS && IopUnfinishedIrp(0, null) === null);
}
`,
    'verified',
    { watch: [{ event: 'irp.finished', when: { left: 'status', is: '!=', right: 0 } }] },
  ),
  behaviour(
    'F121 X21',
    'PendingReturned is set exactly when the driver below has marked the IRP',
    `${forwarding}
let Status!: NTSTATUS;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  const Below = Forward(Irp);
  return Below;
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  if (machineChoose(2) === 0) { Calls = 1; return Finish(Irp, STATUS_SUCCESS); }
  IoMarkIrpPending(Irp); Calls = 2; Finish(Irp, STATUS_SUCCESS);
  return STATUS_PENDING;
};
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Expect(Irp.PendingReturned === (Calls === 2)); return STATUS_SUCCESS; };
const Top: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Expect(!Irp.PendingReturned); Calls = 3; return STATUS_SUCCESS; };
export function HarnessMain(): void {
  MakeStack();
  const Irp = IopAllocateIrp(Upper!.StackSize);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCompletionRoutine(Irp, Top, null, TRUE, TRUE, TRUE);
  IoCallDriver(Upper!, Irp);
  Expect(Calls === 3);
}
`,
  ),
  behaviour(
    'F125 F122 F129',
    'dispatch may wait for its routine, which keeps the IRP and signals',
    `${forwarding}
let Back!: KEVENT;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  KeInitializeEvent(Back, NotificationEvent, FALSE);
  if (Forward(Irp) === STATUS_PENDING) KeWaitForSingleObject(Back, Executive, KernelMode, FALSE, null);
  Expect(Calls === 1 && KeReadStateEvent(Done) === 0);
  return Finish(Irp, STATUS_SUCCESS);
};
${later}
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Calls = Calls + 1; KeSetEvent(Back, IO_NO_INCREMENT, FALSE); return STATUS_MORE_PROCESSING_REQUIRED; };
export function HarnessMain(): void { MakeStack(); Expect(Send() === STATUS_SUCCESS); Expect(KeReadStateEvent(Done) === 1); }
`,
  ),
  behaviour(
    'F98 F125',
    'a routine may post the IRP to a worker, which completes it',
    `${forwarding}
let Item!: PIO_WORKITEM | null;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); Forward(Irp); return STATUS_PENDING; };
${later}
const Work: IO_WORKITEM_ROUTINE<PVOID, PIRP> = (DeviceObject, Irp) => { Expect(KeGetCurrentIrql() === PASSIVE_LEVEL); IoCompleteRequest(Irp, IO_NO_INCREMENT); };
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { IoQueueWorkItem(Item!, Work, DelayedWorkQueue, Irp); return STATUS_MORE_PROCESSING_REQUIRED; };
export function HarnessMain(): void { MakeStack(); Item = IoAllocateWorkItem(Upper!); Expect(Send() === STATUS_PENDING); ${waitDone} Expect(Iosb.Status === STATUS_SUCCESS && IopUnfinishedIrp(0, null) === null); }
`,
  ),
  behaviour(
    'F126',
    'a routine may complete the IRP itself and then keep it',
    `${forwarding}
${passDown}
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Finish(Irp, STATUS_SUCCESS);
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Calls = Calls + 1; IoCompleteRequest(Irp, IO_NO_INCREMENT); return STATUS_MORE_PROCESSING_REQUIRED; };
export function HarnessMain(): void { MakeStack(); Send(); Expect(Calls === 1 && KeReadStateEvent(Done) === 1 && IopUnfinishedIrp(0, null) === null); }
`,
  ),
  behaviour(
    'F127',
    'a routine may send the IRP down again and then keep it',
    `${forwarding}
${passDown}
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Finish(Irp, Calls === 0 ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS);
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => {
  Calls = Calls + 1;
  if (NT_SUCCESS(Irp.IoStatus.Status)) return STATUS_SUCCESS;
  Forward(Irp);
  return STATUS_MORE_PROCESSING_REQUIRED;
};
export function HarnessMain(): void { MakeStack(); Send(); Expect(Calls === 2 && Iosb.Status === STATUS_SUCCESS && KeReadStateEvent(Done) === 1); }
`,
  ),
  behaviour(
    'F113 F119',
    'routines run in the context of the completer, at its IRQL; here a DPC',
    `${forwarding}
let Dpc!: KDPC;
${passDown}
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); KeInitializeDpc(Dpc, Fire, Irp); KeInsertQueueDpc(Dpc, null, null); return STATUS_PENDING; };
const Fire: KDEFERRED_ROUTINE<PIRP> = (Dpc, Irp, A, B) => { Finish(Irp, STATUS_SUCCESS); };
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Expect(KeGetCurrentIrql() === DISPATCH_LEVEL && Irp.PendingReturned); IoMarkIrpPending(Irp); Calls = 1; return STATUS_SUCCESS; };
export function HarnessMain(): void { MakeStack(); Expect(Send() === STATUS_PENDING); ${waitDone} Expect(Calls === 1); }
`,
  ),
  behaviour(
    'F116',
    'IoCompleteRequest above DISPATCH_LEVEL is a call above its IRQL',
    `${stack}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { KeRaiseIrql(DEVICE_LEVEL); return Finish(Irp, STATUS_SUCCESS); };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
export function HarnessMain(): void { MakeStack(); Send(); }
`,
    'call.irql',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'F118',
    'IofCallDriver, PoCallDriver and IofCompleteRequest are the same routines by other names',
    `${stack}
let Way!: LONG;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoSkipCurrentIrpStackLocation(Irp); return Way === 0 ? IofCallDriver(Lower!, Irp) : PoCallDriver(Lower!, Irp); };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { Irp.IoStatus.Status = STATUS_SUCCESS; IofCompleteRequest(Irp, IO_NO_INCREMENT); return STATUS_SUCCESS; };
export function HarnessMain(): void { MakeStack(); Way = machineChoose(2); Expect(Send() === STATUS_SUCCESS); Expect(KeReadStateEvent(Done) === 1); }
`,
  ),
  behaviour(
    'F130',
    'without a location of its own the sender of an IRP gets no device in its routine',
    `${stack}
let Calls!: LONG;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Finish(Irp, STATUS_SUCCESS);
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
const Top: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Expect((DeviceObject as PVOID) === null); Calls = 1; IoFreeIrp(Irp); return STATUS_MORE_PROCESSING_REQUIRED; };
export function HarnessMain(): void {
  MakeStack();
  const Irp = IoAllocateIrp(Upper!.StackSize, FALSE)!;
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCompletionRoutine(Irp, Top, null, TRUE, TRUE, TRUE);
  IoCallDriver(Upper!, Irp);
  Expect(Calls === 1);
}
`,
  ),
  ...(
    [
      ['FALSE', 'verified'],
      ['TRUE', 'assert.failed'],
    ] as const
  ).map(([low, expected]) =>
    behaviour(
      'F131',
      `low memory ${low}: IoSetCompletionRoutineEx ${low === 'TRUE' ? 'may fail' : 'sets the routine'}`,
      `${forwarding}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoCopyCurrentIrpStackLocationToNext(Irp);
  KiSetLowMemory(${low});
  Expect(IoSetCompletionRoutineEx(DeviceObject, Irp, ReadDone, null, TRUE, TRUE, TRUE) === STATUS_SUCCESS);
  return IoCallDriver(Lower!, Irp);
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Finish(Irp, STATUS_SUCCESS);
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Calls = Calls + 1; return STATUS_SUCCESS; };
export function HarnessMain(): void { MakeStack(); Send(); Expect(Calls === 1); }
`,
      expected,
    ),
  ),
  behaviour(
    'F114',
    'at the top the status block is written, the event signalled, the request off its lists, its buffer freed',
    `${stack}
let Held!: PIRP | null;
let Buffer!: PKEVENT | null;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); Held = Irp; return STATUS_PENDING; };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
export function HarnessMain(): void {
  MakeStack();
  const Thread = IopNewThread();
  const File = IopNewFileObject(Upper!);
  const Irp = IopAllocateIrp(Upper!.StackSize);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  Irp.UserIosb = Iosb; Irp.UserEvent = Done; Irp.Flags = IRP_DEALLOCATE_BUFFER;
  Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<KEVENT>(), 'tseT');
  Irp.AssociatedIrp.SystemBuffer = Buffer;
  IopQueueIrp(Irp, Thread, File);
  IoCallDriver(Upper!, Irp);
  Expect(IopUnfinishedIrp(0, null) === Irp && Thread.Outstanding === 1 && File.Outstanding === 1 && KeReadStateEvent(File.Idle) === 0 && KeReadStateEvent(Done) === 0);
  Held!.IoStatus.Information = 7;
  Finish(Held!, STATUS_DEVICE_BUSY);
  Expect(Iosb.Status === STATUS_DEVICE_BUSY && Iosb.Information === 7 && KeReadStateEvent(Done) === 1);
  Expect(IopUnfinishedIrp(0, null) === null && Thread.Outstanding === 0 && File.Outstanding === 0);
  IopWaitForThread(Thread); IopWaitForFile(File);
  Buffer!.Header.SignalState = 1;
}
`,
    'fault.freed',
  ),
  behaviour(
    'F161 X22',
    'a dispatch routine that returns at another IRQL is told as such',
    `${stack}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { KeRaiseIrql(DISPATCH_LEVEL); return Finish(Irp, STATUS_SUCCESS); };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
export function HarnessMain(): void { MakeStack(); Send(); }
`,
    'routine.leave',
    { watch: [{ event: 'routine.leave', when: { left: 'irql', is: '!=', right: 'entryIrql' } }] },
  ),
];
