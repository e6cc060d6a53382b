/**
 * Interlocked operations: one indivisible access each, at any IRQL.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations
 */
import {
  BOOLEAN, KIRQL, LARGE_INTEGER, LONG, LONG64, LONGLONG, PLARGE_INTEGER, PLIST_ENTRY, PLONG, PSINGLE_LIST_ENTRY, PULONG, Ref, SHORT, ULONG,
} from './types.ts';
import { InsertHeadList, InsertTailList, IsListEmpty, PopEntryList, PushEntryList, RemoveHeadList } from './list.ts';
import { KiAcquire, KiRelease, PKSPIN_LOCK } from './spinlock.ts';
import {
  machineAtomicBegin, machineAtomicEnd, machineCompareExchange, machineExchange, machineExchangeAdd, machineLower, machineRaise,
} from './machine.ts';

export type PSHORT = Ref<SHORT>;
export type PLONG64 = Ref<LONG64>;

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
 * Gives the old value.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-interlockedxor
 * @forceinline
 */
export function InterlockedXor(Destination: PLONG, Value: LONG): LONG {
  let Old: LONG = Destination.Value;
  let Seen = machineCompareExchange(Destination, Old ^ Value, Old);
  while (Seen !== Old) {
    Old = Seen;
    Seen = machineCompareExchange(Destination, Old ^ Value, Old);
  }
  return Old;
}

/**
 * Sets the bit and gives what it was.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations
 * @forceinline
 */
export function InterlockedBitTestAndSet(Base: PLONG, Bit: LONG): BOOLEAN {
  return (InterlockedOr(Base, 1 << Bit) & (1 << Bit)) !== 0;
}

/**
 * Clears the bit and gives what it was.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations
 * @forceinline
 */
export function InterlockedBitTestAndReset(Base: PLONG, Bit: LONG): BOOLEAN {
  return (InterlockedAnd(Base, ~(1 << Bit)) & (1 << Bit)) !== 0;
}

/** Gives the new value. https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations */
export function InterlockedIncrement16(Addend: PSHORT): SHORT {
  return (KiAdd16(Addend, 1) + 1) as SHORT;
}

/** Gives the new value. https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations */
export function InterlockedDecrement16(Addend: PSHORT): SHORT {
  return (KiAdd16(Addend, -1) - 1) as SHORT;
}

/** Gives the new value. https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations */
export function InterlockedIncrement64(Addend: PLONG64): LONG64 {
  return InterlockedExchangeAdd64(Addend, 1) + 1;
}

/** Gives the new value. https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations */
export function InterlockedDecrement64(Addend: PLONG64): LONG64 {
  return InterlockedExchangeAdd64(Addend, -1) - 1;
}

/** Gives the old value. https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations */
export function InterlockedExchange64(Target: PLONG64, Value: LONG64): LONG64 {
  machineAtomicBegin();
  const Old = Target.Value;
  Target.Value = Value;
  machineAtomicEnd();
  return Old;
}

/** Gives the old value. https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations */
export function InterlockedExchangeAdd64(Addend: PLONG64, Value: LONG64): LONG64 {
  machineAtomicBegin();
  const Old = Addend.Value;
  Addend.Value = Old + Value;
  machineAtomicEnd();
  return Old;
}

/** Gives the old value. https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations */
export function InterlockedCompareExchange64(Destination: PLONG64, Exchange: LONG64, Comperand: LONG64): LONG64 {
  machineAtomicBegin();
  const Old = Destination.Value;
  if (Old === Comperand) Destination.Value = Exchange;
  machineAtomicEnd();
  return Old;
}

/** Gives the old value. https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations */
export function InterlockedAnd64(Destination: PLONG64, Value: LONG64): LONG64 {
  machineAtomicBegin();
  const Old = Destination.Value;
  Destination.Value = Old & Value;
  machineAtomicEnd();
  return Old;
}

/** Gives the old value. https://learn.microsoft.com/windows-hardware/drivers/kernel/interlocked-operations */
export function InterlockedOr64(Destination: PLONG64, Value: LONG64): LONG64 {
  machineAtomicBegin();
  const Old = Destination.Value;
  Destination.Value = Old | Value;
  machineAtomicEnd();
  return Old;
}

/**
 * Gives the old value. The lock is no other routine's.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedaddulong
 */
export function ExInterlockedAddUlong(Addend: PULONG, Increment: ULONG, Lock: PKSPIN_LOCK): ULONG {
  const Irql = KiDisableInterrupts();
  KiAcquire(Lock);
  const Old = Addend.Value;
  Addend.Value = Old + Increment;
  KiRelease(Lock);
  machineLower(Irql);
  return Old;
}

/**
 * Gives the QuadPart of C's result, the old value, since a routine here has no structure as its result.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedaddlargeinteger
 */
export function ExInterlockedAddLargeInteger(Addend: PLARGE_INTEGER, Increment: LARGE_INTEGER, Lock: PKSPIN_LOCK): LONGLONG {
  const Irql = KiDisableInterrupts();
  KiAcquire(Lock);
  const Old = Addend.QuadPart;
  Addend.QuadPart = Old + Increment.QuadPart;
  KiRelease(Lock);
  machineLower(Irql);
  return Old;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedaddlargestatistic */
export function ExInterlockedAddLargeStatistic(Addend: PLARGE_INTEGER, Increment: ULONG): void {
  machineAtomicBegin();
  Addend.QuadPart = Addend.QuadPart + (Increment as LONGLONG);
  machineAtomicEnd();
}

/** Gives the old value. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedcompareexchange64 */
export function ExInterlockedCompareExchange64(Destination: PLONG64, Exchange: PLONG64, Comperand: PLONG64, Lock: PKSPIN_LOCK): LONG64 {
  return InterlockedCompareExchange64(Destination, Exchange.Value, Comperand.Value);
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

/** Gives the old value. */
function KiAdd16(Addend: PSHORT, Value: SHORT): SHORT {
  machineAtomicBegin();
  const Old = Addend.Value;
  Addend.Value = Old + Value;
  machineAtomicEnd();
  return Old;
}
