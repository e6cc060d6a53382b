/** IoCallDriver and IoCompleteRequest: which routine sees what on the way down and up. */
import { type Behaviour, behaviour } from '../model.ts';

/** Two devices, the upper one on the lower; `Send` makes an IRP for the upper one and sends it. */
export const stack = `
let UpperDriver!: DRIVER_OBJECT;
let LowerDriver!: DRIVER_OBJECT;
let Upper!: PDEVICE_OBJECT | null;
let Lower!: PDEVICE_OBJECT | null;
let Iosb!: IO_STATUS_BLOCK;
let Done!: KEVENT;
function MakeStack(): void {
  IoCreateDevice(UpperDriver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Upper));
  IoCreateDevice(LowerDriver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Lower));
  IoAttachDeviceToDeviceStack(Upper!, Lower!);
  UpperDriver.MajorFunction[IRP_MJ_READ] = UpperRead;
  LowerDriver.MajorFunction[IRP_MJ_READ] = LowerRead;
  KeInitializeEvent(Done, NotificationEvent, FALSE);
}
function Send(): NTSTATUS {
  const Irp = IopAllocateIrp(Upper!.StackSize);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  Irp.UserIosb = Iosb;
  Irp.UserEvent = Done;
  IopQueueIrp(Irp, null, null);
  return IoCallDriver(Upper!, Irp);
}
function Finish(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
`;

export const complete: readonly Behaviour[] = [
  behaviour(
    'F110',
    "the completer's own stack location is zeroed before the routine above is called",
    `${stack}
let Seen!: LONG;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, ReadDone, null, TRUE, TRUE, TRUE);
  return IoCallDriver(Lower!, Irp);
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoGetCurrentIrpStackLocation(Irp).Parameters.Read.Length = 7;
  return Finish(Irp, STATUS_SUCCESS);
};
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => {
  const Below = IoGetNextIrpStackLocation(Irp);
  Expect(Below.Parameters.Read.Length === 0 && Below.CompletionRoutine === null && Below.Control === 0);
  Expect(DeviceObject === Upper as PVOID);
  Seen = 1;
  return STATUS_SUCCESS;
};
export function HarnessMain(): void { MakeStack(); Expect(Send() === STATUS_SUCCESS); Expect(Seen === 1 && Iosb.Status === STATUS_SUCCESS && KeReadStateEvent(Done) === 1); }
`,
  ),
  behaviour(
    'F106',
    'after STATUS_MORE_PROCESSING_REQUIRED a second IoCompleteRequest resumes with the routine just above',
    `${stack}
let Calls!: LONG;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, ReadDone, null, TRUE, TRUE, TRUE);
  IoCallDriver(Lower!, Irp);
  Expect(Calls === 1 && KeReadStateEvent(Done) === 0);
  return Finish(Irp, STATUS_UNSUCCESSFUL);
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Finish(Irp, STATUS_SUCCESS);
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Calls = Calls + 1; return STATUS_MORE_PROCESSING_REQUIRED; };
export function HarnessMain(): void { MakeStack(); Send(); Expect(Calls === 1 && Iosb.Status === STATUS_UNSUCCESSFUL && KeReadStateEvent(Done) === 1); }
`,
  ),
  ...(
    [
      ['TRUE, FALSE, FALSE', 'STATUS_SUCCESS', 1],
      ['TRUE, FALSE, FALSE', 'STATUS_UNSUCCESSFUL', 0],
      ['FALSE, TRUE, FALSE', 'STATUS_SUCCESS', 0],
      ['FALSE, TRUE, FALSE', 'STATUS_UNSUCCESSFUL', 1],
      ['FALSE, FALSE, TRUE', 'STATUS_UNSUCCESSFUL', 0],
      ['TRUE, TRUE, FALSE', 'STATUS_SUCCESS', 1],
      ['TRUE, FALSE, TRUE', 'STATUS_UNSUCCESSFUL', 0],
    ] as const
  ).map(([flags, status, calls]) =>
    behaviour(
      'F109',
      `invoked on (${flags}), completed with ${status}: called ${calls} times`,
      `${stack}
let Calls!: LONG;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, ReadDone, null, ${flags});
  return IoCallDriver(Lower!, Irp);
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Finish(Irp, ${status});
const ReadDone: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => { Calls = Calls + 1; return STATUS_SUCCESS; };
export function HarnessMain(): void { MakeStack(); Send(); Expect(Calls === ${calls} && KeReadStateEvent(Done) === 1); }
`,
    ),
  ),
  behaviour(
    'X21',
    'where no routine is called the pending mark is carried up',
    `${stack}
let Seen!: LONG;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoCopyCurrentIrpStackLocationToNext(Irp); return IoCallDriver(Lower!, Irp); };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); Finish(Irp, STATUS_SUCCESS); return STATUS_PENDING; };
const Top: IO_COMPLETION_ROUTINE = (DeviceObject, Irp, Context) => {
  Expect(Irp.PendingReturned && DeviceObject as PVOID === null);
  Seen = 1;
  return STATUS_SUCCESS;
};
export function HarnessMain(): void {
  MakeStack();
  const Irp = IopAllocateIrp(Upper!.StackSize);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCompletionRoutine(Irp, Top, null, TRUE, TRUE, TRUE);
  Expect(IoCallDriver(Upper!, Irp) === STATUS_PENDING);
  Expect(Seen === 1);
}
`,
  ),
  behaviour(
    'F101',
    'after IoSkipCurrentIrpStackLocation the lower driver gets the same location',
    `${stack}
let Location!: PVOID;
let Calls!: LONG;
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  Location = IoGetCurrentIrpStackLocation(Irp);
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(Lower!, Irp);
};
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  Expect(IoGetCurrentIrpStackLocation(Irp) === Location);
  Calls = Calls + 1;
  return Finish(Irp, STATUS_SUCCESS);
};
export function HarnessMain(): void { MakeStack(); Send(); Expect(Calls === 1 && KeReadStateEvent(Done) === 1); }
`,
  ),
  behaviour(
    'F123',
    'the creator of an IRP has no location to mark pending: that writes past the IRP',
    `
export function HarnessMain(): void { const Irp = IoAllocateIrp(1, FALSE); IoMarkIrpPending(Irp!); }
`,
    'fault.bounds',
  ),
  behaviour(
    'X8',
    'IoCallDriver with no stack location left overruns the stack',
    `${stack}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoSetNextIrpStackLocation(Irp); return IoCallDriver(Lower!, Irp); };
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => Finish(Irp, STATUS_SUCCESS);
export function HarnessMain(): void { MakeStack(); Send(); }
`,
    'fault.bounds',
  ),
  behaviour(
    'X8',
    'a major function that the driver has not set completes as STATUS_INVALID_DEVICE_REQUEST',
    `${stack}
const UpperRead: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
const LowerRead: DRIVER_DISPATCH = (DeviceObject, Irp) => STATUS_SUCCESS;
export function HarnessMain(): void { MakeStack(); UpperDriver.MajorFunction[IRP_MJ_READ] = null; Expect(Send() === STATUS_INVALID_DEVICE_REQUEST); Expect(Iosb.Status === STATUS_INVALID_DEVICE_REQUEST); }
`,
  ),
];
