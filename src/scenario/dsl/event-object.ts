/** Events of user mode, whose handles a program gives to a driver. An event lasts as long as the run. */
import { BOOLEAN, HANDLE, PVOID, sizeof } from 'irpsight/wdm/types';
import { KEVENT, KeInitializeEvent, NotificationEvent, PKEVENT, SynchronizationEvent } from 'irpsight/wdm/event';
import { machineAlloc, machineWait } from 'irpsight/wdm/machine';
import { CurrentThread, EndThread } from './threads.ts';

/** An event: with ManualReset it stays signalled, else it lets one wait through. */
export function CreateEvent(ManualReset: BOOLEAN, InitialState: BOOLEAN): HANDLE {
  const Event = machineAlloc(sizeof<KEVENT>(), 0, 1);
  KeInitializeEvent(Event, ManualReset ? NotificationEvent : SynchronizationEvent, InitialState);
  return Event as PVOID as HANDLE;
}

/** Waits until the event is signalled; the end of the process ends the wait and the thread. */
export function WaitForSingleObject(Event: HANDLE): void {
  const Object = Event as PVOID as PKEVENT;
  if (machineWait(Object.Header, 2, 0) !== 0) EndThread(CurrentThread(), false);
}
