/**
 * Lists. The macros check, as the WDK's do, that an entry's neighbours point back to it; an entry linked to itself is legal.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/singly-and-doubly-linked-lists
 */
import { BOOLEAN, PLIST_ENTRY, PSINGLE_LIST_ENTRY } from './types.ts';
import { machineEvent } from './machine.ts';

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-initializelisthead
 * @forceinline
 */
export function InitializeListHead(ListHead: PLIST_ENTRY): void {
  ListHead.Flink = ListHead;
  ListHead.Blink = ListHead;
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-islistempty
 * @forceinline
 */
export function IsListEmpty(ListHead: PLIST_ENTRY): BOOLEAN {
  return ListHead.Flink === ListHead;
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-insertheadlist
 * @forceinline
 */
export function InsertHeadList(ListHead: PLIST_ENTRY, Entry: PLIST_ENTRY): void {
  const Flink = ListHead.Flink;
  if (Flink.Blink !== ListHead) machineEvent('list.corrupt');
  Entry.Flink = Flink;
  Entry.Blink = ListHead;
  Flink.Blink = Entry;
  ListHead.Flink = Entry;
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-inserttaillist
 * @forceinline
 */
export function InsertTailList(ListHead: PLIST_ENTRY, Entry: PLIST_ENTRY): void {
  const Blink = ListHead.Blink;
  if (Blink.Flink !== ListHead) machineEvent('list.corrupt');
  Entry.Flink = ListHead;
  Entry.Blink = Blink;
  Blink.Flink = Entry;
  ListHead.Blink = Entry;
}

/**
 * TRUE when the list is empty now.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-removeentrylist
 * @forceinline
 */
export function RemoveEntryList(Entry: PLIST_ENTRY): BOOLEAN {
  const Flink = Entry.Flink;
  const Blink = Entry.Blink;
  if (Flink.Blink !== Entry || Blink.Flink !== Entry) machineEvent('list.corrupt');
  Blink.Flink = Flink;
  Flink.Blink = Blink;
  return Flink === Blink;
}

/**
 * The first entry; of an empty list the head itself.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-removeheadlist
 * @forceinline
 */
export function RemoveHeadList(ListHead: PLIST_ENTRY): PLIST_ENTRY {
  const Entry = ListHead.Flink;
  const Flink = Entry.Flink;
  if (Entry.Blink !== ListHead || Flink.Blink !== Entry) machineEvent('list.corrupt');
  ListHead.Flink = Flink;
  Flink.Blink = ListHead;
  return Entry;
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-removetaillist
 * @forceinline
 */
export function RemoveTailList(ListHead: PLIST_ENTRY): PLIST_ENTRY {
  const Entry = ListHead.Blink;
  const Blink = Entry.Blink;
  if (Entry.Flink !== ListHead || Blink.Flink !== Entry) machineEvent('list.corrupt');
  ListHead.Blink = Blink;
  Blink.Flink = ListHead;
  return Entry;
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-appendtaillist
 * @forceinline
 */
export function AppendTailList(ListHead: PLIST_ENTRY, ListToAppend: PLIST_ENTRY): void {
  const End = ListHead.Blink;
  const AppendEnd = ListToAppend.Blink;
  ListHead.Blink = AppendEnd;
  End.Flink = ListToAppend;
  ListToAppend.Blink = End;
  AppendEnd.Flink = ListHead;
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-pushentrylist
 * @forceinline
 */
export function PushEntryList(ListHead: PSINGLE_LIST_ENTRY, Entry: PSINGLE_LIST_ENTRY): void {
  Entry.Next = ListHead.Next;
  ListHead.Next = Entry;
}

/**
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-popentrylist
 * @forceinline
 */
export function PopEntryList(ListHead: PSINGLE_LIST_ENTRY): PSINGLE_LIST_ENTRY | null {
  const First = ListHead.Next;
  if (First !== null) ListHead.Next = First.Next;
  return First;
}
