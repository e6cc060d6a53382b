/** IRQL, spin locks, events and other waits, interlocked operations, lists. */
import { type Behaviour, behaviour, irqlAbove } from '../model.ts';

export const two = `
let Finished!: KEVENT;
type START = (A: PVOID, B: PVOID) => void;
function Begin(): void { KeInitializeEvent(Finished, NotificationEvent, FALSE); machineSpawn(0, Other, IopNewThread(), null, null); }
function End(): void { KeWaitForSingleObject(Finished, Executive, KernelMode, FALSE, null); }
`;

export const locks: readonly Behaviour[] = [
  behaviour(
    'F166',
    'KeAcquireSpinLock raises to DISPATCH_LEVEL and gives the level to go back to',
    `
let Lock!: KSPIN_LOCK;
export function HarnessMain(): void {
  const Irql = KeAcquireSpinLock(Lock);
  Expect(Irql === PASSIVE_LEVEL && KeGetCurrentIrql() === DISPATCH_LEVEL && machineLocksHeld() === 1);
  KeReleaseSpinLock(Lock, Irql);
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && machineLocksHeld() === 0);
}
`,
  ),
  ...[1, 2].map((processors) =>
    behaviour(
      'F166',
      `what a spin lock guards is not lost on ${processors} processors`,
      `${two}
let Lock!: KSPIN_LOCK;
let Count!: LONG;
function Add(): void { const Irql = KeAcquireSpinLock(Lock); Count = Count + 1; KeReleaseSpinLock(Lock, Irql); }
const Other: START = (A, B) => { Add(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { Begin(); Add(); End(); Expect(Count === 2); }
`,
      'verified',
      { processors },
    ),
  ),
  ...(
    [
      ['Count = Count + 1;', 'assert.failed'],
      ['InterlockedIncrement(Ref(Count));', 'verified'],
    ] as const
  ).map(([add, expected]) =>
    behaviour(
      'X1',
      `${add} in two threads at once: ${expected}`,
      `${two}
let Count!: LONG;
function Add(): void { ${add} }
const Other: START = (A, B) => { Add(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { Begin(); Add(); End(); Expect(Count === 2); }
`,
      expected,
    ),
  ),
  behaviour(
    'F169',
    'a recursive acquire deadlocks',
    `
let Lock!: KSPIN_LOCK;
export function HarnessMain(): void { KeAcquireSpinLock(Lock); KeAcquireSpinLockAtDpcLevel(Lock); }
`,
    'deadlock',
  ),
  behaviour(
    'F165',
    'the IRQL is never raised to a lower level',
    'export function HarnessMain(): void { KeRaiseIrql(DISPATCH_LEVEL); KeRaiseIrql(APC_LEVEL); }',
    'fault.irql',
  ),
  behaviour(
    'F172',
    'a wait that blocks is an error at DISPATCH_LEVEL',
    `
let Event!: KEVENT;
export function HarnessMain(): void { KeRaiseIrql(DISPATCH_LEVEL); KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null); }
`,
    'fault.wait',
  ),
  behaviour(
    'F172',
    'a wait with a zero timeout only tests, and may do so at DISPATCH_LEVEL',
    `
let Event!: KEVENT;
export function HarnessMain(): void {
  let Zero!: LARGE_INTEGER;
  Zero.QuadPart = 0;
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  Expect(KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Zero) === STATUS_TIMEOUT);
  KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
  Expect(KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Zero) === STATUS_SUCCESS);
  KeLowerIrql(Irql);
}
`,
    'verified',
    { watch: [irqlAbove] },
  ),
  ...(
    [
      ['SynchronizationEvent', 0],
      ['NotificationEvent', 1],
    ] as const
  ).map(([type, left]) =>
    behaviour(
      'X2',
      `a ${type} that a waiter has seen signalled is then ${left}`,
      `
let Event!: KEVENT;
export function HarnessMain(): void {
  KeInitializeEvent(Event, ${type}, FALSE);
  Expect(KeSetEvent(Event, IO_NO_INCREMENT, FALSE) === 0);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  Expect(KeReadStateEvent(Event) === ${left});
}
`,
    ),
  ),
  behaviour(
    'F178',
    'a fast mutex holds its owner at APC_LEVEL and shuts others out',
    `${two}
let Mutex!: FAST_MUTEX;
let Count!: LONG;
function Add(): void { ExAcquireFastMutex(Mutex); Expect(KeGetCurrentIrql() === APC_LEVEL); Count = Count + 1; ExReleaseFastMutex(Mutex); Expect(KeGetCurrentIrql() === PASSIVE_LEVEL); }
const Other: START = (A, B) => { Add(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { ExInitializeFastMutex(Mutex); Begin(); Add(); End(); Expect(Count === 2); }
`,
  ),
  behaviour(
    'X4',
    'a mutex may be taken again by its owner and shuts others out',
    `${two}
let Mutex!: KMUTEX;
let Count!: LONG;
function Add(): void {
  KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, null);
  KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, null);
  Count = Count + 1;
  KeReleaseMutex(Mutex, FALSE);
  KeReleaseMutex(Mutex, FALSE);
}
const Other: START = (A, B) => { Add(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { KeInitializeMutex(Mutex, 0); Begin(); Add(); End(); Expect(Count === 2); }
`,
  ),
  behaviour(
    'X5',
    'a semaphore lets as many through as it counts',
    `
let Semaphore!: KSEMAPHORE;
export function HarnessMain(): void {
  KeInitializeSemaphore(Semaphore, 2, 2);
  KeWaitForSingleObject(Semaphore, Executive, KernelMode, FALSE, null);
  KeWaitForSingleObject(Semaphore, Executive, KernelMode, FALSE, null);
  Expect(KeReleaseSemaphore(Semaphore, IO_NO_INCREMENT, 1, FALSE) === 0 && KeReadStateSemaphore(Semaphore) === 1);
}
`,
  ),
  behaviour(
    'F42 X6',
    'lists: order, emptiness, and F42 a self-linked entry may be unlinked',
    `
let Head!: LIST_ENTRY;
let A!: LIST_ENTRY;
let B!: LIST_ENTRY;
export function HarnessMain(): void {
  InitializeListHead(Head);
  InsertTailList(Head, A); InsertHeadList(Head, B);
  Expect(RemoveTailList(Head) === A && RemoveHeadList(Head) === B && IsListEmpty(Head));
  InitializeListHead(A);
  RemoveEntryList(A);
  InsertTailList(Head, A);
  Expect(RemoveEntryList(A) && IsListEmpty(Head));
}
`,
  ),
  behaviour(
    'X6',
    'an entry that is unlinked twice is a corrupt list',
    `
let Head!: LIST_ENTRY;
let A!: LIST_ENTRY;
let B!: LIST_ENTRY;
export function HarnessMain(): void { InitializeListHead(Head); InsertTailList(Head, A); InsertTailList(Head, B); RemoveEntryList(A); RemoveEntryList(A); }
`,
    'list.corrupt',
  ),
  behaviour(
    'F191 F192',
    'removal waits for whoever holds the remove lock and lets no one else in',
    `${two}
let Lock!: IO_REMOVE_LOCK;
let Gone!: LONG;
const Other: START = (A, B) => {
  if (IoAcquireRemoveLock(Lock, null) === STATUS_SUCCESS) { Expect(Gone === 0); IoReleaseRemoveLock(Lock, null); }
  KeSetEvent(Finished, 0, FALSE);
};
export function HarnessMain(): void {
  IoInitializeRemoveLock(Lock, 0, 0, 0);
  Begin();
  Expect(IoAcquireRemoveLock(Lock, null) === STATUS_SUCCESS);
  IoReleaseRemoveLockAndWait(Lock, null);
  Gone = 1;
  Expect(IoAcquireRemoveLock(Lock, null) === STATUS_DELETE_PENDING);
  End();
}
`,
  ),
];
