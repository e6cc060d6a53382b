/**
 * Device queues: an insert into a queue that is not busy queues nothing but turns it busy; a removal from an empty busy queue
 * turns it not busy. https://learn.microsoft.com/windows-hardware/drivers/kernel/setting-up-and-using-device-queues
 */
import { BOOLEAN, FALSE, LIST_ENTRY, LONG, PLIST_ENTRY, Ref, TRUE, ULONG, CONTAINING_RECORD } from './types.ts';
import { machineAtomicBegin, machineAtomicEnd, machineBounded, machineEvent, machineExchange } from './machine.ts';

/**
 * Opaque; its built-in spin lock, which no driver sees, is the atomic sections below.
 * @size 40
 */
export interface KDEVICE_QUEUE { DeviceListHead: LIST_ENTRY; Busy: BOOLEAN }
export type PKDEVICE_QUEUE = KDEVICE_QUEUE;
/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ns-wdm-_kdevice_queue_entry
 * @size 24
 */
export interface KDEVICE_QUEUE_ENTRY {
  DeviceListEntry: LIST_ENTRY;
  SortKey: ULONG;
  Inserted: BOOLEAN;
  /**
   * The queue that it is in: for telling whoever inserts it again. What a driver writes over the rest, as DriverContext of an IRP, does not change it.
   * @system
   */
  Queue: PKDEVICE_QUEUE | null;
}
export type PKDEVICE_QUEUE_ENTRY = KDEVICE_QUEUE_ENTRY;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializedevicequeue */
export function KeInitializeDeviceQueue(DeviceQueue: PKDEVICE_QUEUE): void {
  machineEvent('call.irql', 0, 2);
  KiNoteForgotten(DeviceQueue);
  DeviceQueue.DeviceListHead.Blink = DeviceQueue.DeviceListHead;
  DeviceQueue.Busy = FALSE;
}

/**
 * FALSE when the queue was not busy: then the caller processes the entry itself. The page states DISPATCH_LEVEL, the guide
 * at or below it.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinsertdevicequeue
 */
export function KeInsertDeviceQueue(DeviceQueue: PKDEVICE_QUEUE, DeviceQueueEntry: PKDEVICE_QUEUE_ENTRY): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  machineAtomicBegin();
  const Queued = DeviceQueue.Busy;
  KiNoteInserted(DeviceQueueEntry);
  if (Queued) KiLink(DeviceQueue, DeviceQueue.DeviceListHead, DeviceQueueEntry);
  DeviceQueue.Busy = TRUE;
  DeviceQueueEntry.Inserted = Queued;
  machineAtomicEnd();
  return Queued;
}

/**
 * Behind every entry whose key is not above this one's.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinsertbykeydevicequeue
 */
export function KeInsertByKeyDeviceQueue(DeviceQueue: PKDEVICE_QUEUE, DeviceQueueEntry: PKDEVICE_QUEUE_ENTRY, SortKey: ULONG): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  machineAtomicBegin();
  const Queued = DeviceQueue.Busy;
  KiNoteInserted(DeviceQueueEntry);
  DeviceQueueEntry.SortKey = SortKey;
  if (Queued) {
    let Next: PLIST_ENTRY = DeviceQueue.DeviceListHead.Flink;
    while (Next !== DeviceQueue.DeviceListHead && KiEntry(Next).SortKey <= SortKey) Next = Next.Flink;
    KiLink(DeviceQueue, Next, DeviceQueueEntry);
  }
  DeviceQueue.Busy = TRUE;
  DeviceQueueEntry.Inserted = Queued;
  machineAtomicEnd();
  return Queued;
}

/**
 * Null when the queue is empty, which is then no longer busy. The page calls it an error on a queue that is
 * not busy; Windows, other than a checked build, gives null there, too, and so does the model: drivers empty their queues in a loop.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremovedevicequeue
 */
export function KeRemoveDeviceQueue(DeviceQueue: PKDEVICE_QUEUE): PKDEVICE_QUEUE_ENTRY | null {
  machineEvent('call.irql', 0, 2);
  machineEvent('queue.remove-next');
  machineAtomicBegin();
  KiNoteNotBusy(DeviceQueue);
  const Entry = KiRemoveDeviceQueue(DeviceQueue);
  machineAtomicEnd();
  return Entry;
}

/**
 * The first entry whose key is not below the given one, else the first of all. On a queue that is not busy as KeRemoveDeviceQueue.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremovebykeydevicequeue
 */
export function KeRemoveByKeyDeviceQueue(DeviceQueue: PKDEVICE_QUEUE, SortKey: ULONG): PKDEVICE_QUEUE_ENTRY | null {
  machineEvent('call.irql', 0, 2);
  machineEvent('queue.remove-next');
  machineAtomicBegin();
  KiNoteNotBusy(DeviceQueue);
  const Entry = KiRemoveByKeyDeviceQueue(DeviceQueue, SortKey);
  machineAtomicEnd();
  return Entry;
}

/**
 * TRUE when the entry was in the queue, and is not any more. Leaves Busy as it is.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremoveentrydevicequeue
 */
export function KeRemoveEntryDeviceQueue(DeviceQueue: PKDEVICE_QUEUE, DeviceQueueEntry: PKDEVICE_QUEUE_ENTRY): BOOLEAN {
  machineEvent('call.irql', 0, 2);
  machineAtomicBegin();
  const Inserted = DeviceQueueEntry.Inserted;
  if (Inserted && DeviceQueueEntry.Queue !== DeviceQueue) machineEvent('queue.misuse', InAnotherQueue);
  if (Inserted) KiUnlink(DeviceQueueEntry);
  machineAtomicEnd();
  return Inserted;
}

/** The removal itself, which the I/O manager does on a queue that is not busy, too. */
export function KiRemoveDeviceQueue(DeviceQueue: PKDEVICE_QUEUE): PKDEVICE_QUEUE_ENTRY | null {
  machineAtomicBegin();
  const First = DeviceQueue.DeviceListHead.Flink;
  let Entry: PKDEVICE_QUEUE_ENTRY | null = null;
  if (First === DeviceQueue.DeviceListHead) DeviceQueue.Busy = FALSE;
  else Entry = KiUnlink(KiEntry(First));
  machineAtomicEnd();
  return Entry;
}

/** The same by key. */
export function KiRemoveByKeyDeviceQueue(DeviceQueue: PKDEVICE_QUEUE, SortKey: ULONG): PKDEVICE_QUEUE_ENTRY | null {
  machineAtomicBegin();
  const First = DeviceQueue.DeviceListHead.Flink;
  let Entry: PKDEVICE_QUEUE_ENTRY | null = null;
  if (First === DeviceQueue.DeviceListHead) {
    DeviceQueue.Busy = FALSE;
  } else {
    let Next: PLIST_ENTRY = First;
    while (Next !== DeviceQueue.DeviceListHead && KiEntry(Next).SortKey < SortKey) Next = Next.Flink;
    Entry = KiUnlink(KiEntry(Next === DeviceQueue.DeviceListHead ? First : Next));
  }
  machineAtomicEnd();
  return Entry;
}

// What is wrong, as `queue.misuse` has it
const InQueue: LONG = 1;
const InAnotherQueue: LONG = 2;
const Forgotten: LONG = 3;

/**
 * Empties the list, and says so if there were entries in it. In memory that nothing was written to there were none: there an exchange whose old
 * value stays in an inlined routine gives null, where a read would be an error of the driver's.
 * @forceinline
 */
function KiNoteForgotten(DeviceQueue: PKDEVICE_QUEUE): void {
  const First = machineExchange(Ref(DeviceQueue.DeviceListHead.Flink), DeviceQueue.DeviceListHead) as PLIST_ENTRY | null;
  if (First !== null && First !== DeviceQueue.DeviceListHead) machineEvent('queue.misuse', Forgotten);
}

/**
 * An entry that is queued cannot be queued: the list would be destroyed. No routine initialises an entry, so that it is looked at as above.
 * @forceinline
 */
function KiNoteInserted(Entry: PKDEVICE_QUEUE_ENTRY): void {
  const Queue = machineExchange(Ref(Entry.Queue), null);
  if (Queue === null) return;
  machineEvent('queue.misuse', InQueue);
  machineBounded('An entry of a device queue was inserted again.');
}

function KiNoteNotBusy(DeviceQueue: PKDEVICE_QUEUE): void {
  if (!DeviceQueue.Busy) machineEvent('queue.not-busy');
}

function KiEntry(Link: PLIST_ENTRY): PKDEVICE_QUEUE_ENTRY {
  return CONTAINING_RECORD<KDEVICE_QUEUE_ENTRY>(Link, 'DeviceListEntry');
}

/** Puts the entry before `Next`. */
function KiLink(DeviceQueue: PKDEVICE_QUEUE, Next: PLIST_ENTRY, Entry: PKDEVICE_QUEUE_ENTRY): void {
  const Previous = Next.Blink;
  Entry.DeviceListEntry.Flink = Next;
  Entry.DeviceListEntry.Blink = Previous;
  Previous.Flink = Entry.DeviceListEntry;
  Next.Blink = Entry.DeviceListEntry;
  Entry.Queue = DeviceQueue;
}

function KiUnlink(Entry: PKDEVICE_QUEUE_ENTRY): PKDEVICE_QUEUE_ENTRY {
  const Next = Entry.DeviceListEntry.Flink;
  const Previous = Entry.DeviceListEntry.Blink;
  Previous.Flink = Next;
  Next.Blink = Previous;
  Entry.Inserted = FALSE;
  Entry.Queue = null;
  return Entry;
}
