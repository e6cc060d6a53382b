/** Dispatcher objects that are signalled and waited for: events, semaphores, mutexes, fast mutexes. */
import { BOOLEAN, FALSE, KIRQL, KPRIORITY, LONG, NTSTATUS, PLARGE_INTEGER, PVOID, Ref, TRUE } from './types.ts';
import { KPROCESSOR_MODE } from './irp.ts';
import { DISPATCHER_HEADER, PKTHREAD } from './thread.ts';
import { APC_LEVEL } from './irql.ts';
import { STATUS_SUCCESS } from './status.ts';
import {
  machineAtomicBegin, machineAtomicEnd, machineCurrentThread, machineEvent, machineExchange, machineExchangeAdd, machineIrql, machineLower, machineRaise, machineWait,
} from './machine.ts';

export type EVENT_TYPE = LONG & { readonly brand: 'EVENT_TYPE' };
export const NotificationEvent = 0 as EVENT_TYPE;
export const SynchronizationEvent = 1 as EVENT_TYPE;

/** https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-kernel-dispatcher-objects */
export interface KEVENT { Header: DISPATCHER_HEADER }
export type PKEVENT = KEVENT;
export type PRKEVENT = KEVENT;
