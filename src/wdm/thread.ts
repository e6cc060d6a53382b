/** Threads, and references to objects by handle or pointer. */
import { ACCESS_MASK, BOOLEAN, HANDLE, KPRIORITY, LONG, NTSTATUS, PLARGE_INTEGER, PVOID, Ref, ULONG, sizeof } from './types.ts';
import { DISPATCHER_HEADER, KEVENT } from './event.ts';
import { KPROCESSOR_MODE, UserMode } from './irp.ts';
import { KiMicroseconds } from './timer.ts';
import { KiAllocationFails } from './pool.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_HANDLE, STATUS_SUCCESS, STATUS_USER_APC } from './status.ts';
import { IopNewThread } from './io-manager.ts';
import {
  machineCancelLockHeld, machineChoose, machineCurrentThread, machineEvent, machineExchange, machineIrql, machineLocksHeld, machineSpawn, machineWait,
} from './machine.ts';

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-kstart_routine */
export type KSTART_ROUTINE<CONTEXT = never> = (StartContext: CONTEXT) => void;

/** Opaque. Signalled when the thread has ended. */
export interface KTHREAD {
  Header: DISPATCHER_HEADER;
  StartRoutine: KSTART_ROUTINE | null;
  StartContext: PVOID;
  /**
   * Kept by io-manager.ts: its unfinished requests.
   * @system
   */
  Outstanding: LONG;
  /**
   * An event that is signalled while there are none.
   * @system
   */
  Idle: KEVENT;
}
export type PKTHREAD = KTHREAD;
export type PETHREAD = KTHREAD;

export interface OBJECT_ATTRIBUTES { Attributes: ULONG }
export type POBJECT_ATTRIBUTES = OBJECT_ATTRIBUTES;
export interface CLIENT_ID { UniqueProcess: HANDLE | null; UniqueThread: HANDLE | null }
export type PCLIENT_ID = CLIENT_ID;

export const THREAD_ALL_ACCESS: ACCESS_MASK = 0x001fffff;
export const SYNCHRONIZE: ACCESS_MASK = 0x00100000;
export const LOW_PRIORITY: KPRIORITY = 0;
export const LOW_REALTIME_PRIORITY: KPRIORITY = 16;

/** Signalled by nobody. */
let KiNever!: KEVENT;

/**
 * The handle stands for the thread object itself.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-pscreatesystemthread
 */
export function PsCreateSystemThread<CONTEXT>(
  ThreadHandle: Ref<HANDLE | null>, DesiredAccess: ULONG, ObjectAttributes: POBJECT_ATTRIBUTES | null, ProcessHandle: HANDLE | null,
  ClientId: PCLIENT_ID | null, StartRoutine: KSTART_ROUTINE<CONTEXT>, StartContext: CONTEXT,
): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  if (KiAllocationFails()) return STATUS_INSUFFICIENT_RESOURCES;
  const Thread = IopNewThread();
  Thread.StartRoutine = StartRoutine as KSTART_ROUTINE;
  Thread.StartContext = StartContext as PVOID;
  ThreadHandle.Value = Thread as PVOID as HANDLE;
  machineSpawn(1, KiThreadStart, Thread, Thread, null);
  return STATUS_SUCCESS;
}

/**
 * Ends the calling system thread; does not return.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-psterminatesystemthread
 */
export function PsTerminateSystemThread(ExitStatus: NTSTATUS): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  machineExchange(Ref(machineCurrentThread().Header.SignalState), 1);
  machineWait(KiNever.Header, 0, 0);
  return ExitStatus;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kegetcurrentthread */
export function KeGetCurrentThread(): PKTHREAD {
  return machineCurrentThread();
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-psgetcurrentthread */
export function PsGetCurrentThread(): PETHREAD {
  return machineCurrentThread();
}

/** Priorities are not modelled. https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetprioritythread */
export function KeSetPriorityThread(Thread: PKTHREAD, Priority: KPRIORITY): KPRIORITY {
  machineEvent('call.irql', 0, 0);
  return 8;
}

/**
 * Waits for that long; in user mode it may end early.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kedelayexecutionthread
 */
export function KeDelayExecutionThread(WaitMode: KPROCESSOR_MODE, Alertable: BOOLEAN, Interval: PLARGE_INTEGER): NTSTATUS {
  machineEvent('call.irql', 0, 1);
  if (WaitMode === UserMode && machineChoose(2) === 1) return STATUS_USER_APC;
  machineWait(KiNever.Header, 1, KiMicroseconds(Interval.QuadPart));
  return STATUS_SUCCESS;
}

/** APCs are not modelled. https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-keentercriticalregion */
export function KeEnterCriticalRegion(): void {
  machineEvent('call.irql', 0, 1);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-keleavecriticalregion */
export function KeLeaveCriticalRegion(): void {
  machineEvent('call.irql', 0, 1);
}

/**
 * The object that a handle stands for. References are not counted: threads and files stay.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-obreferenceobjectbyhandle
 */
export function ObReferenceObjectByHandle<OBJECT>(
  Handle: HANDLE | null, DesiredAccess: ACCESS_MASK, ObjectType: PVOID, AccessMode: KPROCESSOR_MODE, Object: Ref<OBJECT>, HandleInformation: PVOID,
): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  if (Handle === null) return STATUS_INVALID_HANDLE;
  Object.Value = Handle as PVOID as OBJECT;
  return STATUS_SUCCESS;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-obreferenceobject */
export function ObReferenceObject(Object: PVOID): void {
  machineEvent('call.irql', 0, 2);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-obdereferenceobject */
export function ObDereferenceObject(Object: PVOID): void {
  machineEvent('call.irql', 0, 2);
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-zwclose */
export function ZwClose(Handle: HANDLE | null): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  return Handle === null ? STATUS_INVALID_HANDLE : STATUS_SUCCESS;
}

type KI_THREAD_START = (Thread: PKTHREAD, Unused: PVOID) => void;

/** What a system thread runs. Returning ends it as PsTerminateSystemThread does. */
const KiThreadStart: KI_THREAD_START = (Thread, Unused) => {
  const Routine = Thread.StartRoutine!;
  const Context = Thread.StartContext;
  const Irql = machineIrql();
  const Locks = machineLocksHeld();
  const CancelLock = machineCancelLockHeld();
  machineEvent('routine.enter');
  Routine(Context as never);
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  machineExchange(Ref(Thread.Header.SignalState), 1);
};
