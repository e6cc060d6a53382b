/** Requests that drivers make, names of devices, what drivers may import. */
import { type Behaviour, behaviour } from '../model.ts';

export const lower = `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
let Held!: PIRP | null;
function MakeDevice(): void {
  IoCreateDevice(Driver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Driver.MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
}
function Finish(Irp: PIRP): void { Irp.IoStatus.Status = STATUS_SUCCESS; Irp.IoStatus.Information = 3; IoCompleteRequest(Irp, IO_NO_INCREMENT); }
type START = (A: PVOID, B: PVOID) => void;
`;

export const request: readonly Behaviour[] = [
  behaviour(
    'F138 F139 F140',
    'a built synchronous request writes the status block and signals the event, whether it pended or not',
    `${lower}
const Later: START = (A, B) => { Finish(Held!); };
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  if (machineChoose(2) === 0) { Finish(Irp); return STATUS_SUCCESS; }
  IoMarkIrpPending(Irp);
  Held = Irp;
  machineSpawn(0, Later, IopNewThread(), null, null);
  return STATUS_PENDING;
};
export function HarnessMain(): void {
  MakeDevice();
  let Event!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  Iosb.Status = STATUS_UNSUCCESSFUL;
  const Irp = IoBuildDeviceIoControlRequest(CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS), Device!, null, 0, null, 0, FALSE, Event, Iosb);
  const Status = IoCallDriver(Device!, Irp!);
  if (Status === STATUS_PENDING) KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  Expect(Iosb.Status === STATUS_SUCCESS && Iosb.Information === 3 && KeReadStateEvent(Event) === 1 && IopUnfinishedIrp(0, null) === null);
}
`,
  ),
  behaviour(
    'F150',
    'with METHOD_NEITHER the input buffer itself is in the stack location, and there is no system buffer',
    `${lower}
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  const Input = IoGetCurrentIrpStackLocation(Irp).Parameters.DeviceIoControl.Type3InputBuffer as PKEVENT;
  Expect(Irp.AssociatedIrp.SystemBuffer === null && Input.Header.SignalState === 1);
  Finish(Irp); return STATUS_SUCCESS;
};
export function HarnessMain(): void {
  MakeDevice();
  let Event!: KEVENT;
  let Input!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  KeInitializeEvent(Input, NotificationEvent, TRUE);
  IoCallDriver(Device!, IoBuildDeviceIoControlRequest(CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_NEITHER, FILE_ANY_ACCESS), Device!, Input, sizeof<KEVENT>(), null, 0, FALSE, Event, Iosb)!);
  Expect(Iosb.Status === STATUS_SUCCESS);
}
`,
  ),
  behaviour(
    'F150',
    'the status block and event must outlive the request',
    `${lower}
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); Held = Irp; return STATUS_PENDING; };
function Ask(): void {
  let Event!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  IoCallDriver(Device!, IoBuildDeviceIoControlRequest(0, Device!, null, 0, null, 0, FALSE, Event, Iosb)!);
}
export function HarnessMain(): void { MakeDevice(); Ask(); Finish(Held!); }
`,
    'fault.freed',
  ),
  behaviour(
    'F150',
    'a wait that timed out cancels the request and waits again, without limit; then event and status block may go',
    `${lower}
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => { IoReleaseCancelSpinLock(Irp.CancelIrql); Irp.IoStatus.Status = STATUS_CANCELLED; IoCompleteRequest(Irp, IO_NO_INCREMENT); };
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoSetCancelRoutine(Irp, Cancel); return STATUS_PENDING; };
const Done: IO_COMPLETION_ROUTINE<PVOID, PKEVENT> = (DeviceObject, Irp, Event) => { KeSetEvent(Event, IO_NO_INCREMENT, FALSE); return STATUS_MORE_PROCESSING_REQUIRED; };
function Ask(): NTSTATUS {
  let Event!: KEVENT;
  let Own!: KEVENT;
  let Iosb!: IO_STATUS_BLOCK;
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -10000;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  const Irp = IoBuildDeviceIoControlRequest(0, Device!, null, 0, null, 0, FALSE, Own, Iosb)!;
  IoSetCompletionRoutine(Irp, Done, Event, TRUE, TRUE, TRUE);
  IoCallDriver(Device!, Irp);
  if (KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Due) === STATUS_TIMEOUT) {
    IoCancelIrp(Irp);
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  }
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Iosb.Status;
}
export function HarnessMain(): void { MakeDevice(); Expect(Ask() === STATUS_CANCELLED && IopUnfinishedIrp(0, null) === null); }
`,
  ),
  behaviour(
    'F135 F136',
    "an IRP of IoAllocateIrp is its driver's: freed in the completion routine that keeps it",
    `${lower}
let Freed!: LONG;
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => { Finish(Irp); return STATUS_SUCCESS; };
const Done: IO_COMPLETION_ROUTINE<PVOID, PVOID> = (DeviceObject, Irp, Context) => { IoFreeIrp(Irp); Freed = 1; return STATUS_MORE_PROCESSING_REQUIRED; };
export function HarnessMain(): void {
  MakeDevice();
  const Irp = IoAllocateIrp(Device!.StackSize, FALSE);
  IoGetNextIrpStackLocation(Irp!).MajorFunction = IRP_MJ_DEVICE_CONTROL;
  IoSetCompletionRoutine(Irp!, Done, null, TRUE, TRUE, TRUE);
  IoCallDriver(Device!, Irp!);
  Expect(Freed === 1);
}
`,
  ),
  behaviour(
    'F151',
    'IoForwardIrpSynchronously comes back with the IRP when the lower driver is done, at once or later',
    `${lower}
let Lower!: PDEVICE_OBJECT | null;
let LowerDriver!: DRIVER_OBJECT;
const Later: START = (A, B) => { Finish(Held!); };
const Below: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  if (machineChoose(2) === 0) { Finish(Irp); return STATUS_SUCCESS; }
  IoMarkIrpPending(Irp);
  Held = Irp;
  machineSpawn(0, Later, IopNewThread(), null, null);
  return STATUS_PENDING;
};
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  Expect(IoForwardIrpSynchronously(Lower!, Irp));
  Expect(Irp.IoStatus.Information === 3);
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
export function HarnessMain(): void {
  MakeDevice();
  IoCreateDevice(LowerDriver, 0, null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Lower));
  LowerDriver.MajorFunction[IRP_MJ_DEVICE_CONTROL] = Below;
  IoAttachDeviceToDeviceStack(Device!, Lower!);
  const Irp = IopAllocateIrp(Device!.StackSize);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_DEVICE_CONTROL;
  IopQueueIrp(Irp, null, null);
  Expect(IoCallDriver(Device!, Irp) === STATUS_SUCCESS && IopUnfinishedIrp(0, null) === null);
}
`,
  ),
  behaviour(
    'X12 X13',
    'a symbolic link opens the device it was made for, in user mode by the same name, until it is deleted',
    `
let Driver!: DRIVER_OBJECT;
let Device!: PDEVICE_OBJECT | null;
export function HarnessMain(): void {
  let Name!: UNICODE_STRING;
  let Link!: UNICODE_STRING;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Toast');
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Toast');
  Expect(IoCreateSymbolicLink(Link, Name) === STATUS_OBJECT_NAME_NOT_FOUND);
  Expect(NT_SUCCESS(IoCreateDevice(Driver, 0, Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device))));
  Expect(NT_SUCCESS(IoCreateSymbolicLink(Link, Name)) && IopFindName('\\\\\\\\.\\\\toast') === Device);
  IoDeleteSymbolicLink(Link);
  Expect(IopFindName('\\\\\\\\.\\\\Toast') === null && IopFindName('\\\\Device\\\\Toast') === Device);
  IoDeleteDevice(Device!);
  Expect(IopFindName('\\\\Device\\\\Toast') === null && Driver.DeviceObject === null);
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
      'X3',
      `low memory ${low}: an allocation ${low === 'TRUE' ? 'may fail' : 'never fails'}`,
      `
export function HarnessMain(): void { KiSetLowMemory(${low}); Expect(ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<KEVENT>(), 'tseT') !== null); }
`,
      expected,
    ),
  ),
  behaviour(
    'F117',
    'the I/O manager may still look at a finished request, as its cancelling does, and finds nothing to do',
    `${lower}
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => { Held = Irp; return Finish(Irp); };
export function HarnessMain(): void {
  MakeDevice();
  const Irp = IopAllocateIrp(1);
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_DEVICE_CONTROL;
  IoCallDriver(Device!, Irp);
  Expect(!IoCancelIrp(Held!));
}
`,
  ),
];
