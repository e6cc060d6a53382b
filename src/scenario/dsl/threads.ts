/** The threads of the scenario: who runs, who waits for what, and what happens when one exits. */
import { ARRAY, BOOLEAN, FALSE, LONG, TRUE } from 'irpsight/wdm/types';
import { KTHREAD, PKTHREAD } from 'irpsight/wdm/thread';
import { PIO_STATUS_BLOCK, PIRP } from 'irpsight/wdm/irp';
import { IoCancelIrp } from 'irpsight/wdm/cancel';
import { IopMostRequests, IopNewThread, IopUnfinishedIrp, IopWaitForThread } from 'irpsight/wdm/io-manager';
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
  for (let Index: LONG = 0; Index < ScenarioThreadCount; Index++) Threads[Index].Thread = IopNewThread();
  for (let Index: LONG = 0; Index < ScenarioThreadCount; Index++) {
    machineSpawn(0, ScenarioThread, Threads[Index].Thread!, Index, Index);
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
 * Cancels each request of the thread that is not finished, and waits until all are: an I/O request does not outlive its thread. `Over`: its routine
 * has returned, so that who waits for the thread goes on.
 * https://learn.microsoft.com/windows-hardware/drivers/kernel/canceling-irps
 */
export function EndThread(Ending: PUSER_THREAD, Over: BOOLEAN): void {
  let Found!: REQUESTS;
  machineAtomicBegin();
  const Thread = Ending.Thread!;
  if (!Ending.Exited) {
    Ending.Exited = TRUE;
    FindRequests(Thread, Found);
    // With nothing to cancel and nothing to wait for, all this is one step.
    const Idle = Found.Count === 0;
    if (!Idle) {
      machineAtomicEnd();
      CancelRequests(Found);
      machineAtomicBegin();
    }
    RunningThreads = RunningThreads - 1;
    if (RunningThreads === 0) LowerRelease();
    if (!Idle) {
      machineAtomicEnd();
      IopWaitForThread(Thread);
      machineAtomicBegin();
    }
  }
  if (Over) Thread.Header.SignalState = 1;
  machineAtomicEnd();
}

/** Cancels each request of the thread that is not finished; FindRequests says how. */
export function CancelThreadIrps(Thread: PKTHREAD): void {
  let Found!: REQUESTS;
  machineAtomicBegin();
  FindRequests(Thread, Found);
  machineAtomicEnd();
  CancelRequests(Found);
}

/** Unfinished requests of a thread, and for each whether its cancel was requested before. */
interface REQUESTS { Irps: ARRAY<PIRP | null, 8>; Asked: ARRAY<BOOLEAN, 8>; Count: LONG }
type PREQUESTS = REQUESTS;

function FindRequests(Thread: PKTHREAD, Found: PREQUESTS): void {
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    const Irp = IopUnfinishedIrp(Index, Thread);
    if (Irp === null) continue;
    if (Found.Count === 8) {
      machineBounded('A thread exited with more than eight requests.');
      break;
    }
    Found.Irps[Found.Count] = Irp;
    Found.Asked[Found.Count] = Irp.Cancel;
    Found.Count = Found.Count + 1;
  }
}

/**
 * IoCancelIrp for each. For one whose cancel was requested before, also without: an application that waits for what it has cancelled gets no second
 * cancel, and so nothing hides that the first was lost.
 */
function CancelRequests(Found: PREQUESTS): void {
  for (let Number: LONG = 0; Number < Found.Count; Number++) {
    const Irp = Found.Irps[Number];
    if (Irp !== null && (Found.Asked[Number] === FALSE || machineChoose(2) === 0)) IoCancelIrp(Irp);
  }
}

function ScenarioThread(Index: LONG, Same: LONG): void {
  const Routine = ScenarioThreads[Index];
  if (Routine !== null) Routine();
  EndThread(Threads[Index], TRUE);
}

/** Whether a request of any thread is unfinished. */
export function IsRequestUnfinished(): BOOLEAN {
  let Unfinished: BOOLEAN = FALSE;
  machineAtomicBegin();
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    if (IopUnfinishedIrp(Index, null) !== null) Unfinished = TRUE;
  }
  machineAtomicEnd();
  return Unfinished;
}

/** Whether the cancel of an unfinished request, of any thread, has been requested while its cancel routine is still set. */
export function IsCancelLost(): BOOLEAN {
  let Lost: BOOLEAN = FALSE;
  machineAtomicBegin();
  for (let Index: LONG = 0; Index < IopMostRequests; Index++) {
    const Irp = IopUnfinishedIrp(Index, null);
    if (Irp !== null && Irp.Cancel && Irp.CancelRoutine !== null) Lost = TRUE;
  }
  machineAtomicEnd();
  return Lost;
}
