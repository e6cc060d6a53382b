/** IRQL, spin locks, events and other waits, interlocked operations, lists. */
import { expect, it } from 'vitest';
import { result } from './model.ts';

const two = `
let Finished!: KEVENT;
type START = (A: PVOID, B: PVOID) => void;
function Begin(): void { KeInitializeEvent(Finished, NotificationEvent, FALSE); machineSpawn(0, Other, IopNewThread(), null, null); }
function End(): void { KeWaitForSingleObject(Finished, Executive, KernelMode, FALSE, null); }
`;

it('F166 KeAcquireSpinLock raises to DISPATCH_LEVEL and gives the level to go back to', () => {
  expect(result(`
let Lock!: KSPIN_LOCK;
export function HarnessMain(): void {
  const Irql = KeAcquireSpinLock(Lock);
  Expect(Irql === PASSIVE_LEVEL && KeGetCurrentIrql() === DISPATCH_LEVEL && machineLocksHeld() === 1);
  KeReleaseSpinLock(Lock, Irql);
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && machineLocksHeld() === 0);
}
`)).toBe('verified');
});

it.each([1, 2])('what a spin lock guards is not lost on %i processors', (processors) => {
  expect(result(`${two}
let Lock!: KSPIN_LOCK;
let Count!: LONG;
function Add(): void { const Irql = KeAcquireSpinLock(Lock); Count = Count + 1; KeReleaseSpinLock(Lock, Irql); }
const Other: START = (A, B) => { Add(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { Begin(); Add(); End(); Expect(Count === 2); }
`, { processors })).toBe('verified');
});

it('without the lock it is, and InterlockedIncrement needs none', () => {
  const program = (add: string) => `${two}
let Count!: LONG;
function Add(): void { ${add} }
const Other: START = (A, B) => { Add(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { Begin(); Add(); End(); Expect(Count === 2); }`;
  expect(result(program('Count = Count + 1;'))).toBe('assert.failed');
  expect(result(program('InterlockedIncrement(Ref(Count));'))).toBe('verified');
});

it('F169 a recursive acquire deadlocks', () => {
  expect(result(`
let Lock!: KSPIN_LOCK;
export function HarnessMain(): void { KeAcquireSpinLock(Lock); KeAcquireSpinLockAtDpcLevel(Lock); }
`)).toBe('deadlock');
});

it('F165 the IRQL is never raised to a lower level', () => {
  expect(result('export function HarnessMain(): void { KeRaiseIrql(DISPATCH_LEVEL); KeRaiseIrql(APC_LEVEL); }')).toBe('fault.irql');
});

it('F172 a wait that blocks is an error at DISPATCH_LEVEL, one with a zero timeout is not', () => {
  expect(result(`
let Event!: KEVENT;
export function HarnessMain(): void { KeRaiseIrql(DISPATCH_LEVEL); KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null); }
`)).toBe('fault.wait');
  expect(result(`
let Event!: KEVENT;
export function HarnessMain(): void {
  let Zero!: LARGE_INTEGER;
  Zero.QuadPart = 0;
  const Irql = KeRaiseIrql(DISPATCH_LEVEL);
  Expect(KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Zero) === STATUS_TIMEOUT);
  KeLowerIrql(Irql);
}
`)).toBe('verified');
});

it('a synchronization event lets one waiter through, a notification event all', () => {
  const program = (type: string, left: number) => `
let Event!: KEVENT;
export function HarnessMain(): void {
  KeInitializeEvent(Event, ${type}, FALSE);
  Expect(KeSetEvent(Event, IO_NO_INCREMENT, FALSE) === 0);
  KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);
  Expect(KeReadStateEvent(Event) === ${left});
}`;
  expect(result(program('SynchronizationEvent', 0))).toBe('verified');
  expect(result(program('NotificationEvent', 1))).toBe('verified');
});

it('F178 a fast mutex holds its owner at APC_LEVEL and shuts others out', () => {
  expect(result(`${two}
let Mutex!: FAST_MUTEX;
let Count!: LONG;
function Add(): void { ExAcquireFastMutex(Mutex); Expect(KeGetCurrentIrql() === APC_LEVEL); Count = Count + 1; ExReleaseFastMutex(Mutex); Expect(KeGetCurrentIrql() === PASSIVE_LEVEL); }
const Other: START = (A, B) => { Add(); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { ExInitializeFastMutex(Mutex); Begin(); Add(); End(); Expect(Count === 2); }
`)).toBe('verified');
});

it('a mutex may be taken again by its owner and shuts others out', () => {
  expect(result(`${two}
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
`)).toBe('verified');
});

it('a semaphore lets as many through as it counts', () => {
  expect(result(`
let Semaphore!: KSEMAPHORE;
export function HarnessMain(): void {
  KeInitializeSemaphore(Semaphore, 2, 2);
  KeWaitForSingleObject(Semaphore, Executive, KernelMode, FALSE, null);
  KeWaitForSingleObject(Semaphore, Executive, KernelMode, FALSE, null);
  Expect(KeReleaseSemaphore(Semaphore, IO_NO_INCREMENT, 1, FALSE) === 0 && KeReadStateSemaphore(Semaphore) === 1);
}
`)).toBe('verified');
});

it('lists: order, emptiness, and F42 a self-linked entry may be unlinked', () => {
  expect(result(`
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
`)).toBe('verified');
});

it('an entry that is unlinked twice is a corrupt list', () => {
  expect(result(`
let Head!: LIST_ENTRY;
let A!: LIST_ENTRY;
let B!: LIST_ENTRY;
export function HarnessMain(): void { InitializeListHead(Head); InsertTailList(Head, A); InsertTailList(Head, B); RemoveEntryList(A); RemoveEntryList(A); }
`)).toBe('list.corrupt');
});

it('F191 F192 removal waits for whoever holds the remove lock and lets no one else in', () => {
  expect(result(`${two}
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
`)).toBe('verified');
});
