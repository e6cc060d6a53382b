/** Drivers that are right and do not look it, each with what it is right about. */

/** Name -> extension and routines; `complete` makes drivers of them. */
export const soundDrivers: Readonly<Record<string, string>> = {
  'completes in dispatch after marking and returns STATUS_PENDING': `
interface DEVICE_EXTENSION { Reads: LONG }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  Complete(Irp, STATUS_SUCCESS);
  return STATUS_PENDING;
};`,

  'a cancel routine that only gives the lock back: the worker that is under way answers': `
interface DEVICE_EXTENSION { Work: PIO_WORKITEM | null; Read: PIRP | null }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Work = IoAllocateWorkItem(DeviceObject);
  if (Work === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  Extension.Work = Work;
  Extension.Read = Irp;
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, CancelRead);
  IoQueueWorkItem(Work, Worker, DelayedWorkQueue, Extension);
  return STATUS_PENDING;
};
const CancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
};
const Worker: IO_WORKITEM_ROUTINE<DEVICE_EXTENSION, PDEVICE_EXTENSION> = (DeviceObject, Extension) => {
  const Irp = Extension!.Read!;
  IoFreeWorkItem(Extension!.Work!);
  const Irql = IoAcquireCancelSpinLock();
  IoSetCancelRoutine(Irp, null);
  IoReleaseCancelSpinLock(Irql);
  Complete(Irp, Irp.Cancel ? STATUS_CANCELLED : STATUS_SUCCESS);
};`,

  'a lock taken in one helper and released in another': `
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Irql: KIRQL; Reads: LONG }
function Enter(Extension: PDEVICE_EXTENSION): void {
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Extension.Irql = Irql;
}
function Leave(Extension: PDEVICE_EXTENSION): void {
  KeReleaseSpinLock(Extension.Lock, Extension.Irql);
}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  Enter(Extension);
  Extension.Reads++;
  Leave(Extension);
  return Complete(Irp, STATUS_SUCCESS);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}`,

  'the IRQL raised in one function and lowered in another': `
interface DEVICE_EXTENSION { Reads: LONG }
function Raise(): KIRQL {
  return KeRaiseIrqlToDpcLevel();
}
function Lower(Irql: KIRQL): void {
  KeLowerIrql(Irql);
}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Irql = Raise();
  DeviceObject.DeviceExtension.Reads++;
  Lower(Irql);
  return Complete(Irp, STATUS_SUCCESS);
};`,

  'a cancel-safe queue': `
interface DEVICE_EXTENSION { Csq: IO_CSQ; Lock: KSPIN_LOCK; Queue: LIST_ENTRY }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoCsqInsertIrp(DeviceObject.DeviceExtension.Csq, Irp, null);
  return STATUS_PENDING;
};
const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  for (let Read = IoCsqRemoveNextIrp(Extension.Csq, null); Read !== null; Read = IoCsqRemoveNextIrp(Extension.Csq, null)) {
    Complete(Read, STATUS_SUCCESS);
  }
  return Complete(Irp, STATUS_SUCCESS);
};
const InsertIrp: IO_CSQ_INSERT_IRP = (Csq, Irp) => {
  InsertTailList(CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'Csq').Queue, Irp.Tail.Overlay.ListEntry);
};
const RemoveIrp: IO_CSQ_REMOVE_IRP = (Csq, Irp) => {
  RemoveEntryList(Irp.Tail.Overlay.ListEntry);
};
const PeekNextIrp: IO_CSQ_PEEK_NEXT_IRP = (Csq, Irp, PeekContext) => {
  const Extension = CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'Csq');
  const Entry = Irp === null ? Extension.Queue.Flink : Irp.Tail.Overlay.ListEntry.Flink;
  if (Entry === Extension.Queue) {
    return null;
  }
  return CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.ListEntry');
};
const AcquireLock: IO_CSQ_ACQUIRE_LOCK = (Csq, Irql) => {
  Irql.Value = KeAcquireSpinLock(CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'Csq').Lock);
};
const ReleaseLock: IO_CSQ_RELEASE_LOCK = (Csq, Irql) => {
  KeReleaseSpinLock(CONTAINING_RECORD<DEVICE_EXTENSION>(Csq, 'Csq').Lock, Irql);
};
const CompleteCanceledIrp: IO_CSQ_COMPLETE_CANCELED_IRP = (Csq, Irp) => {
  Complete(Irp, STATUS_CANCELLED);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  InitializeListHead(Extension.Queue);
  IoCsqInitialize(Extension.Csq, InsertIrp, RemoveIrp, PeekNextIrp, AcquireLock, ReleaseLock, CompleteCanceledIrp);
}`,

  'StartIo with a cancel routine for what is queued': `
interface DEVICE_EXTENSION { Reads: LONG }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  IoStartPacket(DeviceObject, Irp, null, CancelRead);
  return STATUS_PENDING;
};
const StartIo: DRIVER_STARTIO<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Irql = IoAcquireCancelSpinLock();
  if (Irp !== DeviceObject.CurrentIrp || Irp.Cancel) {
    IoReleaseCancelSpinLock(Irql);
    return;
  }
  IoSetCancelRoutine(Irp, null);
  IoReleaseCancelSpinLock(Irql);
  DeviceObject.DeviceExtension.Reads++;
  IoStartNextPacket(DeviceObject, TRUE);
  Complete(Irp, STATUS_SUCCESS);
};
const CancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  if (Irp === DeviceObject.CurrentIrp) {
    IoReleaseCancelSpinLock(DISPATCH_LEVEL);
    IoStartNextPacket(DeviceObject, TRUE);
    KeLowerIrql(Irp.CancelIrql);
  } else {
    KeRemoveEntryDeviceQueue(DeviceObject.DeviceQueue, Irp.Tail.Overlay.DeviceQueueEntry);
    IoReleaseCancelSpinLock(Irp.CancelIrql);
  }
  Complete(Irp, STATUS_CANCELLED);
};`,

  'an IRP sent again from its completion routine': `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null; Retries: LONG }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoMarkIrpPending(Irp);
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, ReadDone, Extension, TRUE, TRUE, TRUE);
  IoCallDriver(Extension.Lower!, Irp);
  return STATUS_PENDING;
};
const ReadDone: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PDEVICE_EXTENSION> = (DeviceObject, Irp, Extension) => {
  if (InterlockedIncrement(Ref(Extension.Retries)) === 1) {
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, ReadDone, Extension, TRUE, TRUE, TRUE);
    IoCallDriver(Extension.Lower!, Irp);
    return STATUS_MORE_PROCESSING_REQUIRED;
  }
  return STATUS_CONTINUE_COMPLETION;
};`,

  'a remove lock, released where dispatch fails and where the lower driver has answered': `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null; Lock: IO_REMOVE_LOCK }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Status = IoAcquireRemoveLock(Extension.Lock, Irp);
  if (!NT_SUCCESS(Status)) {
    return Complete(Irp, Status);
  }
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, ReadDone, Extension, TRUE, TRUE, TRUE);
  return IoCallDriver(Extension.Lower!, Irp);
};
const ReadDone: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PDEVICE_EXTENSION> = (DeviceObject, Irp, Extension) => {
  if (Irp.PendingReturned) {
    IoMarkIrpPending(Irp);
  }
  IoReleaseRemoveLock(Extension.Lock, Irp);
  return STATUS_CONTINUE_COMPLETION;
};
function Start(Extension: PDEVICE_EXTENSION): void {
  IoInitializeRemoveLock(Extension.Lock, 0, 0, 0);
}`,

  'queues drained into a list of its own before the lock goes': `
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Queue: LIST_ENTRY }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  IoSetCancelRoutine(Irp, CancelRead);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    return Complete(Irp, STATUS_CANCELLED);
  }
  IoMarkIrpPending(Irp);
  InsertTailList(Extension.Queue, Irp.Tail.Overlay.ListEntry);
  KeReleaseSpinLock(Extension.Lock, Irql);
  return STATUS_PENDING;
};
const CancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  RemoveEntryList(Irp.Tail.Overlay.ListEntry);
  KeReleaseSpinLock(Extension.Lock, Irql);
  Complete(Irp, STATUS_CANCELLED);
};
const DispatchCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Taken!: LIST_ENTRY;
  InitializeListHead(Taken);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  let Entry = Extension.Queue.Flink;
  while (Entry !== Extension.Queue) {
    const Next = Entry.Flink;
    const Read = CONTAINING_RECORD<IRP>(Entry, 'Tail.Overlay.ListEntry');
    if (IoSetCancelRoutine(Read, null) !== null) {
      RemoveEntryList(Read.Tail.Overlay.ListEntry);
      InsertTailList(Taken, Read.Tail.Overlay.ListEntry);
    }
    Entry = Next;
  }
  KeReleaseSpinLock(Extension.Lock, Irql);
  while (!IsListEmpty(Taken)) {
    Complete(CONTAINING_RECORD<IRP>(RemoveHeadList(Taken), 'Tail.Overlay.ListEntry'), STATUS_CANCELLED);
  }
  return Complete(Irp, STATUS_SUCCESS);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  InitializeListHead(Extension.Queue);
}`,

  'error paths with early returns, each giving back what it has': `
interface READ_CONTEXT { Length: ULONG }
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Ready: BOOLEAN; Last: ULONG }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Context = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<READ_CONTEXT>(), 'tseT');
  if (Context === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  const Irql = KeAcquireSpinLock(Extension.Lock);
  if (!Extension.Ready) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    ExFreePoolWithTag(Context, 'tseT');
    return Complete(Irp, STATUS_DEVICE_NOT_READY);
  }
  Context.Length = 16;
  Extension.Last = Context.Length;
  KeReleaseSpinLock(Extension.Lock, Irql);
  ExFreePoolWithTag(Context, 'tseT');
  return Complete(Irp, STATUS_SUCCESS);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}`,

  'an IRP found again through a union and CONTAINING_RECORD': `
interface READ_RECORD { Link: LIST_ENTRY; Body: Union<{ Irp: PIRP | null; Next: PVOID }> }
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Queue: LIST_ENTRY }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Record = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<READ_RECORD>(), 'tseT');
  if (Record === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  Record.Body.Irp = Irp;
  IoMarkIrpPending(Irp);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  InsertTailList(Extension.Queue, Record.Link);
  KeReleaseSpinLock(Extension.Lock, Irql);
  return STATUS_PENDING;
};
const DispatchCleanup: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  for (;;) {
    const Irql = KeAcquireSpinLock(Extension.Lock);
    if (IsListEmpty(Extension.Queue)) {
      KeReleaseSpinLock(Extension.Lock, Irql);
      break;
    }
    const Record = CONTAINING_RECORD<READ_RECORD>(RemoveHeadList(Extension.Queue), 'Link');
    KeReleaseSpinLock(Extension.Lock, Irql);
    const Read = Record.Body.Irp!;
    ExFreePoolWithTag(Record, 'tseT');
    Complete(Read, STATUS_CANCELLED);
  }
  return Complete(Irp, STATUS_SUCCESS);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
  InitializeListHead(Extension.Queue);
}`,

  'a record on the stack that a worker answers in': `
interface WORK { Irp: PIRP | null; Item: PIO_WORKITEM | null; Done: KEVENT; Status: NTSTATUS }
type PWORK = WORK;
interface DEVICE_EXTENSION { Reads: LONG }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let Work!: WORK;
  const Item = IoAllocateWorkItem(DeviceObject);
  if (Item === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  Work.Irp = Irp;
  Work.Item = Item;
  Work.Status = STATUS_PENDING;
  KeInitializeEvent(Work.Done, NotificationEvent, FALSE);
  IoQueueWorkItem(Item, Worker, DelayedWorkQueue, Work);
  KeWaitForSingleObject(Work.Done, Executive, KernelMode, FALSE, null);
  IoFreeWorkItem(Item);
  return Complete(Irp, Work.Status);
};
const Worker: IO_WORKITEM_ROUTINE<DEVICE_EXTENSION, PWORK> = (DeviceObject, Work) => {
  Work!.Status = STATUS_SUCCESS;
  KeSetEvent(Work!.Done, IO_NO_INCREMENT, FALSE);
};`,

  'a record on the stack through which a worker completes the IRP': `
interface WORK { Irp: PIRP | null; Item: PIO_WORKITEM | null; Done: KEVENT }
type PWORK = WORK;
interface DEVICE_EXTENSION { Reads: LONG }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let Work!: WORK;
  const Item = IoAllocateWorkItem(DeviceObject);
  if (Item === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  Work.Irp = Irp;
  Work.Item = Item;
  KeInitializeEvent(Work.Done, NotificationEvent, FALSE);
  IoQueueWorkItem(Item, Worker, DelayedWorkQueue, Work);
  KeWaitForSingleObject(Work.Done, Executive, KernelMode, FALSE, null);
  IoFreeWorkItem(Item);
  return STATUS_SUCCESS;
};
const Worker: IO_WORKITEM_ROUTINE<DEVICE_EXTENSION, PWORK> = (DeviceObject, Work) => {
  Complete(Work!.Irp!, STATUS_SUCCESS);
  KeSetEvent(Work!.Done, IO_NO_INCREMENT, FALSE);
};`,

  'a lock that is given back only where it is held': `
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Reads: LONG; Busy: BOOLEAN }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Locked: BOOLEAN = FALSE;
  let Irql: KIRQL = PASSIVE_LEVEL;
  if (Extension.Busy) {
    Irql = KeAcquireSpinLock(Extension.Lock);
    Locked = TRUE;
  }
  Extension.Reads++;
  if (Locked) {
    KeReleaseSpinLock(Extension.Lock, Irql);
  }
  return Complete(Irp, STATUS_SUCCESS);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}`,

  'a lock that a parameter says is held': `
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Reads: LONG }
function Count(Extension: PDEVICE_EXTENSION, Locked: BOOLEAN): void {
  let Irql: KIRQL = PASSIVE_LEVEL;
  if (!Locked) {
    Irql = KeAcquireSpinLock(Extension.Lock);
  }
  Extension.Reads++;
  if (!Locked) {
    KeReleaseSpinLock(Extension.Lock, Irql);
  }
}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  Count(Extension, FALSE);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Count(Extension, TRUE);
  KeReleaseSpinLock(Extension.Lock, Irql);
  return Complete(Irp, STATUS_SUCCESS);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}`,

  'fresh zeroed memory that somebody else fills in': `
interface SLOT { Irp: PIRP | null; Taken: LONG }
type PSLOT = SLOT;
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Slot: PSLOT | null }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Slot = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<SLOT>(), 'tseT');
  if (Slot === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  let Irql = KeAcquireSpinLock(Extension.Lock);
  if (Extension.Slot !== null) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    ExFreePoolWithTag(Slot, 'tseT');
    return Complete(Irp, STATUS_DEVICE_BUSY);
  }
  Extension.Slot = Slot;
  KeReleaseSpinLock(Extension.Lock, Irql);
  Irql = KeAcquireSpinLock(Extension.Lock);
  const Taken = Slot.Taken;
  Extension.Slot = null;
  KeReleaseSpinLock(Extension.Lock, Irql);
  ExFreePoolWithTag(Slot, 'tseT');
  if (Taken !== 0) {
    return Complete(Irp, STATUS_SUCCESS);
  }
  return Complete(Irp, STATUS_UNSUCCESSFUL);
};
const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  if (Extension.Slot !== null) {
    Extension.Slot.Taken = 1;
  }
  KeReleaseSpinLock(Extension.Lock, Irql);
  return Complete(Irp, STATUS_SUCCESS);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}`,

  'forwards and waits, then goes by what the lower driver wrote': `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let Event!: KEVENT;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  Irp.IoStatus.Status = STATUS_NOT_SUPPORTED;
  IoCopyCurrentIrpStackLocationToNext(Irp);
  IoSetCompletionRoutine(Irp, Wake, Event, TRUE, TRUE, TRUE);
  if (IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp) === STATUS_PENDING) {
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  }
  const Status = Irp.IoStatus.Status;
  if (Status === STATUS_NOT_SUPPORTED) {
    return Complete(Irp, STATUS_SUCCESS);
  }
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
};
const Wake: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PKEVENT> = (DeviceObject, Irp, Event) => {
  KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  return STATUS_MORE_PROCESSING_REQUIRED;
};`,

  'two locks of one type, hand over hand': `
interface NODE { Lock: KSPIN_LOCK; Next: PNODE | null; Reads: LONG }
type PNODE = NODE;
interface DEVICE_EXTENSION { First: NODE; Second: NODE }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let Node: PNODE = DeviceObject.DeviceExtension.First;
  const Irql = KeAcquireSpinLock(Node.Lock);
  while (Node.Next !== null) {
    const Next = Node.Next!;
    KeAcquireSpinLockAtDpcLevel(Next.Lock);
    KeReleaseSpinLockFromDpcLevel(Node.Lock);
    Node = Next;
  }
  Node.Reads++;
  KeReleaseSpinLock(Node.Lock, Irql);
  return Complete(Irp, STATUS_SUCCESS);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.First.Lock);
  KeInitializeSpinLock(Extension.Second.Lock);
  Extension.First.Next = Extension.Second;
}`,

  'an IRP of its own, freed where its completion brings it back': `
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null; Sent: LONG }
function Free(Own: PIRP): void {
  IoFreeIrp(Own);
}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Own = IoAllocateIrp(Extension.Lower!.StackSize, FALSE);
  if (Own === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  if (Extension.Sent > 3) {
    Free(Own);
    return Complete(Irp, STATUS_DEVICE_BUSY);
  }
  IoGetNextIrpStackLocation(Own).MajorFunction = IRP_MJ_WRITE;
  IoMarkIrpPending(Irp);
  IoSetCompletionRoutine(Own, OwnDone, Irp, TRUE, TRUE, TRUE);
  IoCallDriver(Extension.Lower!, Own);
  return STATUS_PENDING;
};
const OwnDone: IO_COMPLETION_ROUTINE<never, PIRP> = (DeviceObject, Own, Irp) => {
  const Status = Own.IoStatus.Status;
  Free(Own);
  Complete(Irp, Status);
  return STATUS_MORE_PROCESSING_REQUIRED;
};`,

  'a loop whose third round tells': `
interface DEVICE_EXTENSION { A: LONG; B: LONG; Peer: PDEVICE_EXTENSION | null }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let First: PDEVICE_EXTENSION | null = Extension;
  let Second: PDEVICE_EXTENSION | null = Extension;
  let Third: PDEVICE_EXTENSION | null = Extension;
  for (let Turn = Extension.A; Turn !== Extension.B; Turn++) {
    Third = Second;
    Second = First;
    First = Extension.Peer;
  }
  if (Third === null) {
    Complete(Irp, STATUS_SUCCESS);
  }
  return STATUS_SUCCESS;
};`,

  'two requests of its own in an array, in a context that the last one to let go of frees': `
interface TRANSFER { Extension: PDEVICE_EXTENSION; Main: PIRP | null; Sub: ARRAY<PIRP | null, 2>; Pending: LONG; Refs: LONG; Status: NTSTATUS }
type PTRANSFER = TRANSFER;
interface DEVICE_EXTENSION { Lower: PDEVICE_OBJECT | null }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Transfer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<TRANSFER>(), 'sirI');
  if (Transfer === null) {
    return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
  }
  Transfer.Extension = Extension;
  Transfer.Main = Irp;
  Transfer.Refs = 3;
  for (let Index: LONG = 0; Index < 2; Index++) {
    Transfer.Sub[Index] = IoAllocateIrp(Extension.Lower!.StackSize, FALSE);
    if (Transfer.Sub[Index] === null) {
      FreeTransfer(Transfer);
      return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
    }
  }
  IoMarkIrpPending(Irp);
  for (let Index: LONG = 0; Index < 2; Index++) {
    const Sub = Transfer.Sub[Index]!;
    IoGetNextIrpStackLocation(Sub).MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(Sub, SubDone, Transfer, TRUE, TRUE, TRUE);
    IoCallDriver(Extension.Lower!, Sub);
  }
  ReleaseTransfer(Transfer);
  return STATUS_PENDING;
};
function FreeTransfer(Transfer: PTRANSFER): void {
  for (let Index: LONG = 0; Index < 2; Index++) {
    if (Transfer.Sub[Index] !== null) {
      IoFreeIrp(Transfer.Sub[Index]!);
    }
  }
  ExFreePoolWithTag(Transfer, 'sirI');
}
function ReleaseTransfer(Transfer: PTRANSFER): void {
  if (InterlockedDecrement(Ref(Transfer.Refs)) === 0) {
    const Irp = Transfer.Main!;
    const Status = Transfer.Status;
    FreeTransfer(Transfer);
    Complete(Irp, Status);
  }
}
const SubDone: IO_COMPLETION_ROUTINE<DEVICE_EXTENSION, PTRANSFER> = (DeviceObject, Sub, Transfer) => {
  if (!NT_SUCCESS(Sub.IoStatus.Status)) {
    Transfer.Status = Sub.IoStatus.Status;
  }
  if (InterlockedDecrement(Ref(Transfer.Pending)) === 0) {
    ReleaseTransfer(Transfer);
  }
  ReleaseTransfer(Transfer);
  return STATUS_MORE_PROCESSING_REQUIRED;
};`,

  'references counted under a lock': `
interface RECORD { Refs: LONG; Length: ULONG }
type PRECORD = RECORD;
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Record: PRECORD | null; Last: ULONG }
function LetGo(Extension: PDEVICE_EXTENSION, Record: PRECORD): void {
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Record.Refs--;
  const Last = Record.Refs === 0;
  KeReleaseSpinLock(Extension.Lock, Irql);
  if (Last) {
    ExFreePoolWithTag(Record, 'sirI');
  }
}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  const Record = Extension.Record;
  if (Record === null) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    return Complete(Irp, STATUS_NO_SUCH_DEVICE);
  }
  Record.Refs = Record.Refs + 2;
  KeReleaseSpinLock(Extension.Lock, Irql);
  if (Record.Length > 16) {
    LetGo(Extension, Record);
    Extension.Last = Record.Length;
    LetGo(Extension, Record);
    return Complete(Irp, STATUS_INVALID_PARAMETER);
  }
  LetGo(Extension, Record);
  LetGo(Extension, Record);
  return Complete(Irp, STATUS_SUCCESS);
};
function Start(Extension: PDEVICE_EXTENSION): void {
  KeInitializeSpinLock(Extension.Lock);
}`,
};
