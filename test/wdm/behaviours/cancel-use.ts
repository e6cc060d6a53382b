/** What cancelling leaves, and the ways in which a driver gets the better of it. */
import { type Behaviour, behaviour, irqlAbove } from '../model.ts';
import { pending } from './cancel.ts';

const count =
  'const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => { Calls = Calls + 1; IoReleaseCancelSpinLock(Irp.CancelIrql); };';

/** A queue under a lock of the driver's own, with the order that the documentation gives. */
const ownLock = `${pending}
let Lock!: KSPIN_LOCK;
let List!: LIST_ENTRY;
let Completed!: LONG;
function Complete(Irp: PIRP, Status: NTSTATUS): void {
  Expect(machineLocksHeld() === 0);
  InterlockedIncrement(Ref(Completed));
  Irp.IoStatus.Status = Status;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
}
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const Irql = KeAcquireSpinLock(Lock);
  RemoveEntryList(Irp.Tail.Overlay.ListEntry);
  KeReleaseSpinLock(Lock, Irql);
  Complete(Irp, STATUS_CANCELLED);
};
function Insert(Irp: PIRP): void {
  const Irql = KeAcquireSpinLock(Lock);
  InsertTailList(List, Irp.Tail.Overlay.ListEntry);
  IoSetCancelRoutine(Irp, Cancel);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    RemoveEntryList(Irp.Tail.Overlay.ListEntry);
    KeReleaseSpinLock(Lock, Irql);
    Complete(Irp, STATUS_CANCELLED);
    return;
  }
  KeReleaseSpinLock(Lock, Irql);
}
function Take(): PIRP | null {
  const Irql = KeAcquireSpinLock(Lock);
  let Irp: PIRP | null = null;
  if (!IsListEmpty(List)) {
    const Entry = RemoveHeadList(List);
    const Found = CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.ListEntry');
    if (IoSetCancelRoutine(Found, null) !== null) Irp = Found;
    else InitializeListHead(Entry);
  }
  KeReleaseSpinLock(Lock, Irql);
  return Irp;
}
`;

export const cancelUse: readonly Behaviour[] = [
  behaviour(
    'F2 F7 F8 F9',
    'nothing but IoCancelIrp sets Cancel; the two fields alone do not tell whether a routine runs',
    `${pending}
${count}
export function HarnessMain(): void {
  Hold();
  Expect(!Held!.Cancel && Held!.CancelRoutine === null);
  IoSetCancelRoutine(Held!, Cancel);
  Expect(!Held!.Cancel && Held!.CancelRoutine === Cancel);
  Expect(IoSetCancelRoutine(Held!, null) === Cancel && IoSetCancelRoutine(Held!, null) === null);
  Expect(!IoCancelIrp(Held!) && Held!.Cancel && Held!.CancelRoutine === null && Calls === 0);
}
`,
  ),
  behaviour(
    'F20 F22 F23',
    'a second routine takes the place of the first, which IoSetCancelRoutine gives back',
    `${pending}
${count}
const Other: DRIVER_CANCEL = (DeviceObject, Irp) => { Calls = Calls + 10; IoReleaseCancelSpinLock(Irp.CancelIrql); };
export function HarnessMain(): void {
  Hold();
  Expect(IoSetCancelRoutine(Held!, Cancel) === null && IoSetCancelRoutine(Held!, Other) === Cancel);
  Expect(IoCancelIrp(Held!)); Expect(Calls === 10);
  Expect(!IoCancelIrp(Held!)); Expect(Calls === 10);
}
`,
  ),
  behaviour(
    'F15',
    'IoCancelIrp may be called at DISPATCH_LEVEL, and comes back at it',
    `${pending}
${count}
export function HarnessMain(): void {
  Hold(); IoSetCancelRoutine(Held!, Cancel);
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  Expect(IoCancelIrp(Held!)); Expect(KeGetCurrentIrql() === DISPATCH_LEVEL && Calls === 1);
  KeLowerIrql(Irql);
}
`,
    'verified',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'F15',
    'IoCancelIrp above DISPATCH_LEVEL is a call above its IRQL',
    `${pending}
export function HarnessMain(): void { Hold(); KeRaiseIrql(DEVICE_LEVEL); IoCancelIrp(Held!); }
`,
    'call.irql',
    // Before anything else of it: what it calls itself is not to be called here either.
    { watch: [irqlAbove, { event: 'irp.cancel' }] },
  ),
  behaviour(
    'F14 F43 F51',
    'a cancelled IRP may be completed with success, by whoever has its routine',
    `${pending}
${count}
function Succeed(): void { Held!.IoStatus.Status = STATUS_SUCCESS; IoCompleteRequest(Held!, IO_NO_INCREMENT); }
export function HarnessMain(): void {
  let Iosb!: IO_STATUS_BLOCK;
  Iosb.Status = STATUS_PENDING;
  Hold(); Held!.UserIosb = Iosb; IoSetCancelRoutine(Held!, Cancel); StartCanceller();
  if (IoSetCancelRoutine(Held!, null) !== null) { WaitForCanceller(); Expect(Calls === 0 && Held!.Cancel); }
  else { WaitForCanceller(); Expect(Calls === 1); }
  Succeed();
  Expect(Iosb.Status === STATUS_SUCCESS && IopUnfinishedIrp(0, null) === null);
}
`,
  ),
  behaviour(
    'F25 F41 F42',
    "with the driver's own lock an IRP is taken or cancelled, never both, and never lost",
    `${ownLock}
export function HarnessMain(): void {
  Hold(); InitializeListHead(List); StartCanceller();
  Insert(Held!);
  const Irp = Take();
  if (Irp !== null) Complete(Irp, STATUS_SUCCESS);
  WaitForCanceller();
  Expect(Completed === 1 && IsListEmpty(List) && IopUnfinishedIrp(0, null) === null);
}
`,
  ),
  behaviour(
    'F41',
    'who dequeues by Irp->Cancel instead of by the pointer gets an IRP that is being cancelled',
    `${pending}
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => { IoReleaseCancelSpinLock(Irp.CancelIrql); Calls = Calls + 1; };
export function HarnessMain(): void {
  Hold(); IoSetCancelRoutine(Held!, Cancel); StartCanceller();
  const Requested = Held!.Cancel;
  IoSetCancelRoutine(Held!, null);
  WaitForCanceller();
  Expect(Requested || Calls === 0);
}
`,
    'assert.failed',
  ),
  behaviour(
    'F30 F31',
    'IoCallDriver with a cancel routine still set is told as such',
    `${pending}
${count}
export function HarnessMain(): void {
  Hold();
  const Irp = IoAllocateIrp(1, FALSE)!;
  IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ;
  IoSetCancelRoutine(Irp, Cancel);
  IoCallDriver(Device!, Irp);
}
`,
    'irp.send',
    { watch: [{ event: 'irp.send', when: { left: 'routineSet', is: '==', right: 1 } }] },
  ),
  behaviour(
    'F31',
    'so is IoCompleteRequest, and a routine that was cleared is not',
    `${pending}
${count}
export function HarnessMain(): void { Hold(); IoSetCancelRoutine(Held!, Cancel); IoCompleteRequest(Held!, IO_NO_INCREMENT); }
`,
    'irp.outcome',
    { watch: [{ event: 'irp.outcome', when: { left: 'routineSet', is: '==', right: 1 } }] },
  ),
  behaviour(
    'F29 F31',
    'a routine that was cleared first is not told as set',
    `${pending}
${count}
export function HarnessMain(): void { Hold(); IoSetCancelRoutine(Held!, Cancel); IoSetCancelRoutine(Held!, null); IoCompleteRequest(Held!, IO_NO_INCREMENT); }
`,
    'verified',
    { watch: [{ event: 'irp.outcome', when: { left: 'routineSet', is: '==', right: 1 } }] },
  ),
  behaviour(
    'F45',
    'releasing the cancel lock with CancelIrql after taking a lock of its own leaves a cancel routine at the wrong level',
    `${pending}
let Lock!: KSPIN_LOCK;
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => {
  const Irql = KeAcquireSpinLock(Lock);
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  Expect(machineLocksHeld() === 1 && KeGetCurrentIrql() === PASSIVE_LEVEL);
};
export function HarnessMain(): void { Hold(); IoSetCancelRoutine(Held!, Cancel); IoCancelIrp(Held!); }
`,
    'routine.leave',
    { watch: [{ event: 'routine.leave', when: { left: 'locks', is: '!=', right: 'entryLocks' } }] },
  ),
  behaviour(
    'F17 X22',
    'a cancel routine that does not release the cancel lock is left with it held and at the wrong level',
    `${pending}
const Cancel: DRIVER_CANCEL = (DeviceObject, Irp) => { Calls = 1; };
export function HarnessMain(): void { Hold(); IoSetCancelRoutine(Held!, Cancel); IoCancelIrp(Held!); }
`,
    'routine.leave',
    { watch: [{ event: 'routine.leave', when: { left: 'irql', is: '!=', right: 'entryIrql' } }] },
  ),
  behaviour(
    'F18',
    'the cancel spin lock gives the level to go back to, and is not to be taken twice',
    `
export function HarnessMain(): void {
  const Irql = IoAcquireCancelSpinLock();
  Expect(Irql === PASSIVE_LEVEL && KeGetCurrentIrql() === DISPATCH_LEVEL && machineCancelLockHeld());
  IoReleaseCancelSpinLock(Irql);
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && !machineCancelLockHeld());
  IoAcquireCancelSpinLock(); IoAcquireCancelSpinLock();
}
`,
    'deadlock',
  ),
  behaviour(
    'F3',
    'more requests than fit in one batch are all cancelled',
    `${pending}
${count}
const KeepCancelable: DRIVER_DISPATCH = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); IoSetCancelRoutine(Irp, Cancel); return STATUS_PENDING; };
export function HarnessMain(): void {
  Hold();
  Driver.MajorFunction[IRP_MJ_WRITE] = KeepCancelable;
  const Mine = IopNewThread();
  for (let Index: LONG = 0; Index < 18; Index++) {
    const Irp = IopAllocateIrp(1);
    IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_WRITE;
    IopQueueIrp(Irp, Mine, null);
    IoCallDriver(Device!, Irp);
  }
  Expect(IopCancelIrps(Mine, null, null) === 18);
  Expect(Calls === 18);
}
`,
  ),
];
