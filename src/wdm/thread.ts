/** Threads, and references to objects by handle or pointer. */
import { ACCESS_MASK, BOOLEAN, FALSE, HANDLE, KPRIORITY, LONG, NTSTATUS, PLARGE_INTEGER, PVOID, Ref, ULONG, sizeof } from './types.ts';
import { DISPATCHER_HEADER, KEVENT } from './event.ts';
import { KPROCESSOR_MODE, PIRP, UserMode } from './irp.ts';
import { KiMicroseconds } from './timer.ts';
import { KiAllocationFails } from './pool.ts';
import { KiHeldByThread, KiKeeps } from './region.ts';
import { STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_HANDLE, STATUS_SUCCESS, STATUS_USER_APC } from './status.ts';
import { IopNewThread } from './io-manager.ts';
import {
  machineCancelLockHeld, machineChoose, machineCurrentThread, machineEvent, machineExchange, machineExchangeAdd, machineIrql, machineIsDriverRoutine, machineLocksHeld, machineSpawn, machineWait,
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
  /**
   * Kept by region.ts: how often special kernel APCs are shut out. While it is not 0, no request of the thread is finished.
   * @system
   */
  ApcsBlocked: LONG;
  /**
   * Kept by io-manager.ts: requests of the thread that are completed and are finished when it lets APCs come again.
   * @system
   */
  ApcsQueued: LONG;
  /**
   * Kept by top-level-irp.ts.
   * @system
   */
  TopLevelIrp: PIRP | null;
  /**
   * It raised itself to APC_LEVEL, which counts as one of those.
   * @system
   */
  AtApcLevel: BOOLEAN;
  /** @system */
  CriticalRegions: LONG;
  /** @system */
  GuardedRegions: LONG;
  /**
   * Kept by mutex.ts: mutexes that it owns.
   * @system
   */
  Mutexes: LONG;
  /**
   * Those regions and mutexes together, and fast and guarded mutexes that it holds.
   * @system
   */
  Held: LONG;
  /**
   * Kept by wait.ts: a routine was called with Wait TRUE, and the wait goes back to that IRQL.
   * @system
   */
  WaitNext: BOOLEAN;
  /** @system */
  WaitIrql: LONG;
  /**
   * Kept by resource.ts: how often it holds resources.
   * @system
   */
  Resources: LONG;
}
export type PKTHREAD = KTHREAD;
export type PETHREAD = KTHREAD;

export interface OBJECT_ATTRIBUTES { Attributes: ULONG }
export type POBJECT_ATTRIBUTES = OBJECT_ATTRIBUTES;
export interface CLIENT_ID { UniqueProcess: HANDLE | null; UniqueThread: HANDLE | null }
export type PCLIENT_ID = CLIENT_ID;

export const THREAD_ALL_ACCESS: ACCESS_MASK = 0x001fffff;
export const SYNCHRONIZE: ACCESS_MASK = 0x00100000;
export const STANDARD_RIGHTS_ALL: ACCESS_MASK = 0x001f0000;
export const LOW_PRIORITY: KPRIORITY = 0;
export const LOW_REALTIME_PRIORITY: KPRIORITY = 16;

/** Signalled by nobody. */
let KiNever!: KEVENT;
/** That of the first context, in which drivers are loaded. */
let KiInitialThread!: KTHREAD;

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
  if (machineIsDriverRoutine(StartRoutine)) {
    machineEvent('thread.start');
    machineExchangeAdd(Ref(KiThreads), 1);
  }
  machineSpawn(1, KiThreadStart, Thread, Thread, null);
  return STATUS_SUCCESS;
}

/**
 * Ends the calling system thread; does not return.
 * https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-psterminatesystemthread
 */
export function PsTerminateSystemThread(ExitStatus: NTSTATUS): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  if (KiHeldByThread() !== 0) machineEvent('lock.in-use', 1);
  KiEndThread(KiCurrentThread());
  machineWait(KiNever.Header, 0, 0);
  return ExitStatus;
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kegetcurrentthread */
export function KeGetCurrentThread(): PKTHREAD {
  return KiCurrentThread();
}

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-psgetcurrentthread */
export function PsGetCurrentThread(): PETHREAD {
  return KiCurrentThread();
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

/** https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-zwclose */
export function ZwClose(Handle: HANDLE | null): NTSTATUS {
  machineEvent('call.irql', 0, 0);
  return Handle === null ? STATUS_INVALID_HANDLE : STATUS_SUCCESS;
}

/** The thread that runs; of a DPC, which has none of its own, the first one. */
export function KiCurrentThread(): PKTHREAD {
  const Thread = machineCurrentThread() as PKTHREAD | null;
  return Thread !== null ? Thread : KiInitialThread;
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
  if (KiKeeps(0, FALSE)) machineEvent('lock.kept');
  machineEvent('routine.leave', Irql, Locks, CancelLock);
  KiEndThread(Thread);
};

/** Who waits for the thread goes on. */
function KiEndThread(Thread: PKTHREAD): void {
  if (machineIsDriverRoutine(Thread.StartRoutine)) machineExchangeAdd(Ref(KiThreads), -1);
  machineExchange(Ref(Thread.Header.SignalState), 1);
}

/** Threads that run the driver's code and have not ended. */
let KiThreads!: LONG;

/** Their number. */
export function KiDriverThreads(): LONG {
  return KiThreads;
}
