/** The threads of the scenario: who runs, who waits for what, and what happens when one exits. */
import { ARRAY, BOOLEAN, FALSE, LONG, TRUE } from 'irpsight/wdm/types';
import { KTHREAD, PKTHREAD } from 'irpsight/wdm/thread';
import { PIO_STATUS_BLOCK, PIRP } from 'irpsight/wdm/irp';
import { IoCancelIrp } from 'irpsight/wdm/cancel';
import { IopNewThread, IopUnfinishedIrp, IopWaitForThread } from 'irpsight/wdm/io-manager';
import { machineAtomicBegin, machineAtomicEnd, machineBounded, machineChoose, machineCurrentThread, machineSpawn } from 'irpsight/wdm/machine';
import { LowerRelease } from './lower.ts';
import { ScenarioThreadCount, ScenarioThreads } from './settings.ts';

export interface USER_THREAD {
  Thread: PKTHREAD | null;
  /** Status block of the last request the thread waited for itself: what CancelSynchronousIo is about. */
  Synchronous: PIO_STATUS_BLOCK | null;
  Exited: BOOLEAN;
}
export type PUSER_THREAD = USER_THREAD;

/** The scenario's threads in order, and last the one that runs Setup and Expect. */
let Threads!: ARRAY<USER_THREAD, 9>;
const MainThread: LONG = 8;
let RunningThreads!: LONG;

/** Makes the thread objects; the calling context becomes the one that runs Setup. */
export function InitializeThreads(): void {
  Threads[MainThread].Thread = IopNewThread();
  RunningThreads = ScenarioThreadCount;
}

/** Starts every thread of the scenario. */
export function StartThreads(): void {
  machineAtomicBegin();
  for (let Index: LONG = 0; Index < ScenarioThreadCount; Index++) {
    const Thread = IopNewThread();
    Threads[Index].Thread = Thread;
    machineSpawn(0, ScenarioThread, Thread, Index, Index);
  }
  machineAtomicEnd();
}

/** The thread that runs. */
export function CurrentThread(): PUSER_THREAD {
  const Thread = machineCurrentThread() as PKTHREAD | null;
  if (Thread !== null) {
    for (let Index: LONG = 0; Index < ScenarioThreadCount; Index++) {
      if (Threads[Index].Thread === Thread) return Threads[Index];
    }
  }
  return Threads[MainThread];
}

/** The thread with that number, in the order of the scenario's Threads. */
export function ThreadOfScenario(Index: LONG): PUSER_THREAD {
  return Threads[Index];
}

/** The kernel's object of that thread; null before it was started. */
export function ThreadObject(Index: LONG): PKTHREAD | null {
  return Threads[Index].Thread;
}

/**
 * Cancels each request of the thread that is not finished, and waits until all are: an I/O request does not outlive its thread.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/canceling-irps
 */
export function EndThread(Ending: PUSER_THREAD): void {
  machineAtomicBegin();
  const Thread = Ending.Thread;
  const First = Ending.Exited === FALSE;
  Ending.Exited = TRUE;
  machineAtomicEnd();
  if (Thread === null || !First) return;
  CancelThreadIrps(Thread);
  machineAtomicBegin();
  RunningThreads = RunningThreads - 1;
  const Last = RunningThreads === 0;
  machineAtomicEnd();
  if (Last) LowerRelease();
  IopWaitForThread(Thread);
}

/**
 * IoCancelIrp for each unfinished request of the thread. For one whose cancel was requested before, also without: an application that
 * waits for what it has cancelled gets no second cancel, and so nothing hides that the first was lost.
 */
export function CancelThreadIrps(Thread: PKTHREAD): void {
  let Found!: ARRAY<PIRP | null, 8>;
  let Asked!: ARRAY<BOOLEAN, 8>;
  let Count: LONG = 0;
  let Index: LONG = 0;
  machineAtomicBegin();
  let Irp = IopUnfinishedIrp(0);
  while (Irp !== null) {
    if (Irp.Tail.Overlay.Thread === Thread) {
      if (Count === 8) {
        machineBounded('A thread exited with more than eight requests.');
        break;
      }
      Found[Count] = Irp;
      Asked[Count] = Irp.Cancel;
      Count = Count + 1;
    }
    Index = Index + 1;
    Irp = IopUnfinishedIrp(Index);
  }
  machineAtomicEnd();
  for (let Number: LONG = 0; Number < Count; Number++) {
    const Each = Found[Number];
    if (Each !== null && (Asked[Number] === FALSE || machineChoose(2) === 0)) IoCancelIrp(Each);
  }
}

function ScenarioThread(Index: LONG, Same: LONG): void {
  const Routine = ScenarioThreads[Index];
  if (Routine !== null) Routine();
  EndThread(Threads[Index]);
  const Thread: PKTHREAD | null = Threads[Index].Thread;
  if (Thread !== null) Thread.Header.SignalState = 1;
}
