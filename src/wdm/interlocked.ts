/**
 * Interlocked operations: one indivisible access each, at any IRQL.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations
 */
import { KIRQL, LONG, PLIST_ENTRY, PLONG, PSINGLE_LIST_ENTRY, Ref } from './types.ts';
import { InsertHeadList, InsertTailList, IsListEmpty, PopEntryList, PushEntryList, RemoveHeadList } from './list.ts';
import { KiAcquire, KiRelease, PKSPIN_LOCK } from './spinlock.ts';
import { machineCompareExchange, machineExchange, machineExchangeAdd, machineLower, machineRaise } from './machine.ts';

/**
 * Gives the new value.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockedincrement
 * @forceinline
 */
export function InterlockedIncrement(Addend: PLONG): LONG {
  return machineExchangeAdd(Addend, 1) + 1;
}

/**
 * Gives the new value.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockeddecrement
 * @forceinline
 */
export function InterlockedDecrement(Addend: PLONG): LONG {
  return machineExchangeAdd(Addend, -1) - 1;
}

/**
 * Gives the old value.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockedexchange
 * @forceinline
 */
export function InterlockedExchange(Target: PLONG, Value: LONG): LONG {
  return machineExchange(Target, Value);
}

/**
 * Gives the old value.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockedexchangeadd
 * @forceinline
 */
export function InterlockedExchangeAdd(Addend: PLONG, Value: LONG): LONG {
  return machineExchangeAdd(Addend, Value);
}

/**
 * Stores Exchange if the old value, which it gives, is Comperand.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockedcompareexchange
 * @forceinline
 */
export function InterlockedCompareExchange(Destination: PLONG, Exchange: LONG, Comperand: LONG): LONG {
  return machineCompareExchange(Destination, Exchange, Comperand);
}

/**
 * Gives the old value.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockedexchangepointer
 * @forceinline
 */
export function InterlockedExchangePointer<T>(Target: Ref<T>, Value: T): T {
  return machineExchange(Target, Value);
}

/**
 * Gives the old value.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockedcompareexchangepointer
 * @forceinline
 */
export function InterlockedCompareExchangePointer<T>(Destination: Ref<T>, Exchange: T, Comperand: T): T {
  return machineCompareExchange(Destination, Exchange, Comperand);
}

/**
 * Gives the old value.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockedand
 * @forceinline
 */
export function InterlockedAnd(Destination: PLONG, Value: LONG): LONG {
  let Old: LONG = Destination.Value;
  let Seen = machineCompareExchange(Destination, Old & Value, Old);
  while (Seen !== Old) {
    Old = Seen;
    Seen = machineCompareExchange(Destination, Old & Value, Old);
  }
  return Old;
}

/**
 * Gives the old value.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockedor
 * @forceinline
 */
export function InterlockedOr(Destination: PLONG, Value: LONG): LONG {
  let Old: LONG = Destination.Value;
  let Seen = machineCompareExchange(Destination, Old | Value, Old);
  while (Seen !== Old) {
    Old = Seen;
    Seen = machineCompareExchange(Destination, Old | Value, Old);
  }
  return Old;
}

/**
 * The list operation under the spin lock, with interrupts off: usable at any IRQL. Null when the list was empty before.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedinserttaillist
 */
export function ExInterlockedInsertTailList(ListHead: PLIST_ENTRY, ListEntry: PLIST_ENTRY, Lock: PKSPIN_LOCK): PLIST_ENTRY | null {
  const Irql = KiDisableInterrupts();
  KiAcquire(Lock);
  const Last = ListHead.Blink;
  InsertTailList(ListHead, ListEntry);
  KiRelease(Lock);
  machineLower(Irql);
  return Last === ListHead ? null : Last;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedinsertheadlist */
export function ExInterlockedInsertHeadList(ListHead: PLIST_ENTRY, ListEntry: PLIST_ENTRY, Lock: PKSPIN_LOCK): PLIST_ENTRY | null {
  const Irql = KiDisableInterrupts();
  KiAcquire(Lock);
  const First = ListHead.Flink;
  InsertHeadList(ListHead, ListEntry);
  KiRelease(Lock);
  machineLower(Irql);
  return First === ListHead ? null : First;
}

/** Null when the list is empty. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedremoveheadlist */
export function ExInterlockedRemoveHeadList(ListHead: PLIST_ENTRY, Lock: PKSPIN_LOCK): PLIST_ENTRY | null {
  const Irql = KiDisableInterrupts();
  KiAcquire(Lock);
  let Entry: PLIST_ENTRY | null = null;
  if (!IsListEmpty(ListHead)) Entry = RemoveHeadList(ListHead);
  KiRelease(Lock);
  machineLower(Irql);
  return Entry;
}

/** Gives what was first before. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpushentrylist */
export function ExInterlockedPushEntryList(ListHead: PSINGLE_LIST_ENTRY, ListEntry: PSINGLE_LIST_ENTRY, Lock: PKSPIN_LOCK): PSINGLE_LIST_ENTRY | null {
  const Irql = KiDisableInterrupts();
  KiAcquire(Lock);
  const First = ListHead.Next;
  PushEntryList(ListHead, ListEntry);
  KiRelease(Lock);
  machineLower(Irql);
  return First;
}

/** Null when the list is empty. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpopentrylist */
export function ExInterlockedPopEntryList(ListHead: PSINGLE_LIST_ENTRY, Lock: PKSPIN_LOCK): PSINGLE_LIST_ENTRY | null {
  const Irql = KiDisableInterrupts();
  KiAcquire(Lock);
  const Entry = PopEntryList(ListHead);
  KiRelease(Lock);
  machineLower(Irql);
  return Entry;
}

/** Nothing gets between: the level of the machine above every device. */
function KiDisableInterrupts(): KIRQL {
  return machineRaise(15) as KIRQL;
}
