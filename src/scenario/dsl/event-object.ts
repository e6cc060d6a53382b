/** Events of user mode, whose handles a program gives to a driver. An event lasts as long as the run. */
import { ARRAY, BOOLEAN, FALSE, HANDLE, LONG, NTSTATUS, PVOID, TRUE, sizeof } from 'irpsight/wdm/types';
import { KEVENT, KeInitializeEvent, NotificationEvent, PKEVENT, SynchronizationEvent } from 'irpsight/wdm/event';
import { ObpIs } from 'irpsight/wdm/object';
import { STATUS_INVALID_HANDLE, STATUS_SUCCESS } from 'irpsight/wdm/status';
import {
  machineAlloc, machineAtomicBegin, machineAtomicEnd, machineBounded, machineIsTerminated, machineWait,
} from 'irpsight/wdm/machine';
import { CurrentThread, EndThread } from './threads.ts';

/** Handles that were closed; the event itself stays, since a driver may have it. */
let ClosedEvents!: ARRAY<HANDLE | null, 8>;

/** An event: with ManualReset it stays signalled, else it lets one wait through. */
export function CreateEvent(ManualReset: BOOLEAN, InitialState: BOOLEAN): HANDLE {
  const Event = machineAlloc(sizeof<KEVENT>(), 0, 1);
  KeInitializeEvent(Event, ManualReset ? NotificationEvent : SynchronizationEvent, InitialState);
  return Event as PVOID as HANDLE;
}

/** Waits until the event is signalled; the end of the process ends the wait and the thread. */
export function WaitForSingleObject(Event: HANDLE): void {
  if (!IsOpenEvent(Event)) {
    machineBounded('WaitForSingleObject was given no handle of an event, or one that was closed; it did not wait.');
    return;
  }
  const Object = Event as PVOID as PKEVENT;
  if (machineWait(Object.Header, 2, 0) !== 0 || machineIsTerminated()) EndThread(CurrentThread(), false);
}

/** Closes the handle of an event. */
export function CloseEvent(Event: HANDLE | null): NTSTATUS {
  if (!IsOpenEvent(Event)) return STATUS_INVALID_HANDLE;
  machineAtomicBegin();
  let Slot: LONG = 0;
  while (Slot < 8 && ClosedEvents[Slot] !== null) Slot++;
  if (Slot < 8) ClosedEvents[Slot] = Event;
  machineAtomicEnd();
  return STATUS_SUCCESS;
}

function IsOpenEvent(Event: HANDLE | null): BOOLEAN {
  if (Event === null || !ObpIs(Event as PVOID, sizeof<KEVENT>())) return FALSE;
  for (let Slot: LONG = 0; Slot < 8; Slot++) {
    if (ClosedEvents[Slot] === Event) return FALSE;
  }
  return TRUE;
}
