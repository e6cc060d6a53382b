/** Events and semaphores, and what every object starts with that can be waited for; see mutex.ts for mutexes and wait.ts for waiting. */
import { BOOLEAN, FALSE, KPRIORITY, LONG, Ref, TRUE } from './types.ts';
import { KiWaitFollows } from './wait.ts';
import { STATUS_SEMAPHORE_LIMIT_EXCEEDED } from './status.ts';
import { machineAtomicBegin, machineAtomicEnd, machineEvent, machineExchange, machineRaiseException } from './machine.ts';

/**
 * What every object starts with that can be waited for. SignalState above zero lets a waiter go on. Type is 0 in memory that no routine
 * has initialised.
 * @size 24
 */
export interface DISPATCHER_HEADER { Type: LONG; SignalState: LONG }
export type PDISPATCHER_HEADER = DISPATCHER_HEADER;

/** The machine's: one waiter goes on, and what it waited for is no longer signalled. */
export const KiSynchronizationObject: LONG = 1;
/** A mutex: who owns it may take it again. */
export const KiMutantObject: LONG = 2;
/** Every waiter goes on. */
export const KiNotificationObject: LONG = 4;
/** The machine's: as many waiters go on as it counts. */
export const KiSemaphoreObject: LONG = 5;

export type EVENT_TYPE = LONG & { readonly brand: 'EVENT_TYPE' };
export const NotificationEvent = 0 as EVENT_TYPE;
export const SynchronizationEvent = 1 as EVENT_TYPE;

/** https://learn.microsoft.com/windows-hardware/drivers/kernel/event-objects */
export interface KEVENT { Header: DISPATCHER_HEADER }
export type PKEVENT = KEVENT;
export type PRKEVENT = KEVENT;
/** https://learn.microsoft.com/windows-hardware/drivers/kernel/semaphore-objects */
export interface KSEMAPHORE { Header: DISPATCHER_HEADER; Limit: LONG }
export type PKSEMAPHORE = KSEMAPHORE;
export type PRKSEMAPHORE = KSEMAPHORE;

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializeevent */
export function KeInitializeEvent(Event: PRKEVENT, Type: EVENT_TYPE, State: BOOLEAN): void {
  Event.Header.Type = Type === SynchronizationEvent ? KiSynchronizationObject : KiNotificationObject;
  Event.Header.SignalState = State ? 1 : 0;
}

/**
 * Signals the event and gives the state before. With Wait TRUE it returns raised, for the wait that follows at once.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetevent
 */
export function KeSetEvent(Event: PRKEVENT, Increment: KPRIORITY, Wait: BOOLEAN): LONG {
  machineEvent('call.irql', 0, Wait ? 1 : 2);
  KiCheckHeader(Event.Header);
  const Before = machineExchange(Ref(Event.Header.SignalState), 1);
  if (Wait) KiWaitFollows();
  return Before;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keclearevent */
export function KeClearEvent(Event: PRKEVENT): void {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Event.Header);
  Event.Header.SignalState = 0;
}

/** Gives the state before. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keresetevent */
export function KeResetEvent(Event: PRKEVENT): LONG {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Event.Header);
  return machineExchange(Ref(Event.Header.SignalState), 0);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereadstateevent */
export function KeReadStateEvent(Event: PRKEVENT): LONG {
  machineEvent('call.irql', 0, 2);
  KiCheckHeader(Event.Header);
  return Event.Header.SignalState;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializesemaphore */
export function KeInitializeSemaphore(Semaphore: PRKSEMAPHORE, Count: LONG, Limit: LONG): void {
  machineEvent('call.irql', 0, 0);
  Semaphore.Header.Type = KiSemaphoreObject;
  Semaphore.Header.SignalState = Count;
  Semaphore.Limit = Limit;
}

/**
 * Gives the count before. Going over the limit raises STATUS_SEMAPHORE_LIMIT_EXCEEDED.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasesemaphore
 */
export function KeReleaseSemaphore(Semaphore: PRKSEMAPHORE, Increment: KPRIORITY, Adjustment: LONG, Wait: BOOLEAN): LONG {
  machineEvent('call.irql', 0, Wait ? 1 : 2);
  KiCheckHeader(Semaphore.Header);
  machineAtomicBegin();
  const Count = Semaphore.Header.SignalState;
  if (Count + Adjustment > Semaphore.Limit) {
    machineAtomicEnd();
    machineEvent('semaphore.over-limit');
    machineRaiseException(STATUS_SEMAPHORE_LIMIT_EXCEEDED);
  } else {
    Semaphore.Header.SignalState = Count + Adjustment;
    machineAtomicEnd();
  }
  if (Wait) KiWaitFollows();
  return Count;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereadstatesemaphore */
export function KeReadStateSemaphore(Semaphore: PRKSEMAPHORE): LONG {
  KiCheckHeader(Semaphore.Header);
  return Semaphore.Header.SignalState;
}

/** Says so if nobody has initialised the object. */
export function KiCheckHeader(Header: PDISPATCHER_HEADER): void {
  if (Header.Type === 0) machineEvent('object.uninitialised');
}
