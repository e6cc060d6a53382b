/** Waits with their time-outs, mutexes and semaphores, spin locks in their other forms. */
import { type Behaviour, behaviour, irqlAbove, irqlBelow } from '../model.ts';
import { two } from './locks.ts';

const at = (milliseconds: number): string => `Due.QuadPart = -${milliseconds * 10_000};`;

export const waits: readonly Behaviour[] = [
  ...(
    [
      ['KeAcquireInStackQueuedSpinLock(Lock, Handle);', 'KeReleaseInStackQueuedSpinLock(Handle);', ''],
      [
        'KeAcquireInStackQueuedSpinLockAtDpcLevel(Lock, Handle);',
        'KeReleaseInStackQueuedSpinLockFromDpcLevel(Handle);',
        'raised',
      ],
      ['KeAcquireSpinLockAtDpcLevel(Lock);', 'KeReleaseSpinLockFromDpcLevel(Lock);', 'raised'],
      ['const Old = KeAcquireSpinLockRaiseToDpc(Lock);', 'KeReleaseSpinLock(Lock, Old);', ''],
      ['const Old = KeAcquireSpinLockForDpc(Lock);', 'KeReleaseSpinLockForDpc(Lock, Old);', ''],
      ['while (!KeTryToAcquireSpinLockAtDpcLevel(Lock)) Tried = 1;', 'KeReleaseSpinLockFromDpcLevel(Lock);', 'raised'],
    ] as const
  ).map(([acquire, release, raised]) =>
    behaviour(
      'F166 F168 X20',
      `${acquire} shuts another processor out and keeps the level`,
      `${two}
let Lock!: KSPIN_LOCK;
let Count!: LONG;
let Tried!: LONG;
function Add(): void {
  let Handle!: KLOCK_QUEUE_HANDLE;
  ${raised === '' ? '' : 'const Before = KeRaiseIrqlToDpcLevel();'}
  ${acquire}
  Expect(KeGetCurrentIrql() === DISPATCH_LEVEL && machineLocksHeld() === 1 && !KeTestSpinLock(Lock));
  Count = Count + 1;
  ${release}
  ${raised === '' ? '' : 'Expect(KeGetCurrentIrql() === DISPATCH_LEVEL); KeLowerIrql(Before);'}
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && machineLocksHeld() === 0);
}
const Other: START = (A, B) => { const Irql = KeAcquireSpinLock(Lock); Count = Count + 1; KeReleaseSpinLock(Lock, Irql); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { KeInitializeSpinLock(Lock); Begin(); Add(); End(); Expect(Count === 2 && KeTestSpinLock(Lock)); }
`,
      'verified',
      { watch: [irqlAbove, irqlBelow] },
    ),
  ),
  ...(
    [
      ['KeAcquireInStackQueuedSpinLock(Lock, Handle);', 'KeReleaseInStackQueuedSpinLock(Handle);'],
      ['const Old = KeAcquireSpinLock(Lock);', 'KeReleaseSpinLock(Lock, Old);'],
    ] as const
  ).map(([acquire, release]) =>
    behaviour(
      'F166',
      `after ${acquire} the release goes back to the level before`,
      `
let Lock!: KSPIN_LOCK;
export function HarnessMain(): void {
  let Handle!: KLOCK_QUEUE_HANDLE;
  KeRaiseIrql(APC_LEVEL);
  ${acquire} Expect(KeGetCurrentIrql() === DISPATCH_LEVEL); ${release}
  Expect(KeGetCurrentIrql() === APC_LEVEL);
}
`,
    ),
  ),
  ...(['KeAcquireSpinLockAtDpcLevel(Lock);', 'KeTryToAcquireSpinLockAtDpcLevel(Lock);'] as const).map((acquire) =>
    behaviour(
      'F168',
      `${acquire} below DISPATCH_LEVEL is a call below its IRQL`,
      `
let Lock!: KSPIN_LOCK;
export function HarnessMain(): void { ${acquire} }
`,
      'call.irql',
      { watch: [irqlBelow] },
    ),
  ),
  behaviour(
    'F166',
    'KeAcquireSpinLock above DISPATCH_LEVEL is a call above its IRQL',
    `
let Lock!: KSPIN_LOCK;
export function HarnessMain(): void { KeRaiseIrql(DEVICE_LEVEL); KeAcquireSpinLock(Lock); }
`,
    'call.irql',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'F169',
    'what a lock was acquired or released with is told: held already, not held',
    `
let Lock!: KSPIN_LOCK;
export function HarnessMain(): void { KeRaiseIrql(DISPATCH_LEVEL); KeReleaseSpinLockFromDpcLevel(Lock); }
`,
    'lock.release',
    { watch: [{ event: 'lock.release', when: { left: 'held', is: '==', right: 0 } }] },
  ),
  behaviour('F165', 'KeLowerIrql never raises', 'export function HarnessMain(): void { KeLowerIrql(APC_LEVEL); }', 'fault.irql'),
  behaviour(
    'F165',
    'raising gives the old level, lowering goes back to it',
    `
export function HarnessMain(): void {
  const First = KeRaiseIrql(APC_LEVEL);
  const Second = KeRaiseIrqlToDpcLevel();
  Expect(First === PASSIVE_LEVEL && Second === APC_LEVEL && KeGetCurrentIrql() === DISPATCH_LEVEL);
  KeLowerIrql(Second); Expect(KeGetCurrentIrql() === APC_LEVEL);
  KeLowerIrql(First); Expect(KeGetCurrentIrql() === PASSIVE_LEVEL);
}
`,
  ),
  behaviour(
    'F172 X18',
    'a wait with a time-out ends with STATUS_TIMEOUT, or STATUS_SUCCESS when the object is signalled in time',
    `${two}
let Event!: KEVENT;
const Other: START = (A, B) => { let Due!: LARGE_INTEGER; ${at(2)} KeDelayExecutionThread(KernelMode, FALSE, Due); KeSetEvent(Event, IO_NO_INCREMENT, FALSE); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  Begin();
  ${at(1)}
  const Status = KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Due);
  Expect(Status === STATUS_TIMEOUT || (Status === STATUS_SUCCESS && KeReadStateEvent(Event) === 1));
  End();
}
`,
  ),
  ...['STATUS_TIMEOUT', 'STATUS_SUCCESS'].map((status) =>
    behaviour(
      'F172',
      `such a wait does not always give ${status}`,
      `${two}
let Event!: KEVENT;
const Other: START = (A, B) => { KeSetEvent(Event, IO_NO_INCREMENT, FALSE); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  ${at(1)}
  Begin();
  Expect(KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Due) === ${status});
}
`,
      'assert.failed',
    ),
  ),
  behaviour(
    'F172',
    'a wait that may block is a call above its IRQL at DISPATCH_LEVEL, also when it has a time-out',
    `
let Event!: KEVENT;
export function HarnessMain(): void { let Due!: LARGE_INTEGER; ${at(1)} KeInitializeEvent(Event, NotificationEvent, TRUE); KeRaiseIrql(DISPATCH_LEVEL); KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Due); }
`,
    'call.irql',
    { watch: [irqlAbove] },
  ),
  ...(
    [
      ['UserMode', 'assert.failed'],
      ['KernelMode', 'verified'],
    ] as const
  ).flatMap(([mode, expected]) => [
    behaviour(
      'F177',
      `a wait in ${mode} ${mode === 'UserMode' ? 'may end early' : 'goes on until the object is signalled'}`,
      `${two}
let Event!: KEVENT;
const Other: START = (A, B) => { KeSetEvent(Event, IO_NO_INCREMENT, FALSE); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  Begin();
  const Status = KeWaitForSingleObject(Event, UserRequest, ${mode}, FALSE, null);
  Expect(Status === STATUS_SUCCESS && KeReadStateEvent(Event) === 1);
  End();
}
`,
      expected,
    ),
    behaviour(
      'F177 X18',
      `a delay in ${mode} ${mode === 'UserMode' ? 'may end early' : 'lasts'}`,
      `
export function HarnessMain(): void { let Due!: LARGE_INTEGER; ${at(1)} Expect(KeDelayExecutionThread(${mode}, FALSE, Due) === STATUS_SUCCESS); }
`,
      expected,
    ),
  ]),
  behaviour(
    'F177',
    'a wait in UserMode that ends early says so',
    `${two}
let Event!: KEVENT;
const Other: START = (A, B) => { KeSetEvent(Event, IO_NO_INCREMENT, FALSE); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  KeInitializeEvent(Event, NotificationEvent, FALSE);
  Begin();
  const Status = KeWaitForSingleObject(Event, UserRequest, UserMode, FALSE, null);
  Expect(Status === STATUS_USER_APC || (Status === STATUS_SUCCESS && KeReadStateEvent(Event) === 1));
  End();
}
`,
  ),
  behaviour(
    'F174',
    'KeSetEvent with Wait TRUE is a call above its IRQL at DISPATCH_LEVEL, with FALSE it is not',
    `
let Event!: KEVENT;
export function HarnessMain(): void { KeRaiseIrql(DISPATCH_LEVEL); KeSetEvent(Event, IO_NO_INCREMENT, FALSE); KeLowerIrql(APC_LEVEL); KeSetEvent(Event, IO_NO_INCREMENT, TRUE); }
`,
    'verified',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'F174',
    'KeSetEvent with Wait TRUE at DISPATCH_LEVEL',
    `
let Event!: KEVENT;
export function HarnessMain(): void { KeRaiseIrql(DISPATCH_LEVEL); KeSetEvent(Event, IO_NO_INCREMENT, TRUE); }
`,
    'call.irql',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'X2',
    'setting and resetting give the state before; clearing gives none',
    `
let Event!: KEVENT;
export function HarnessMain(): void {
  KeInitializeEvent(Event, NotificationEvent, TRUE);
  Expect(KeReadStateEvent(Event) === 1 && KeSetEvent(Event, IO_NO_INCREMENT, FALSE) === 1 && KeResetEvent(Event) === 1 && KeResetEvent(Event) === 0);
  Expect(KeSetEvent(Event, IO_NO_INCREMENT, FALSE) === 0 && KeReadStateEvent(Event) === 1);
  KeClearEvent(Event); Expect(KeReadStateEvent(Event) === 0);
}
`,
  ),
  behaviour(
    'X2',
    'a synchronization event lets one of two waiters through',
    `${two}
let Event!: KEVENT;
let Through!: LONG;
const Other: START = (A, B) => { let Due!: LARGE_INTEGER; ${at(1)} if (KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Due) === STATUS_SUCCESS) InterlockedIncrement(Ref(Through)); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  ${at(1)}
  KeInitializeEvent(Event, SynchronizationEvent, TRUE);
  Begin();
  if (KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, Due) === STATUS_SUCCESS) InterlockedIncrement(Ref(Through));
  End();
  Expect(Through === 1);
}
`,
  ),
  behaviour(
    'X4',
    'KeReleaseMutex is zero with the last release only; others wait until then',
    `${two}
let Mutex!: KMUTEX;
let Inside!: LONG;
const Other: START = (A, B) => { KeWaitForMutexObject(Mutex, Executive, KernelMode, FALSE, null); Expect(Inside === 0); KeReleaseMutex(Mutex, FALSE); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  KeInitializeMutex(Mutex, 0); Begin();
  KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, null);
  Inside = 1;
  KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, null);
  Expect(KeReleaseMutex(Mutex, FALSE) !== 0);
  Inside = 0;
  Expect(KeReleaseMutex(Mutex, FALSE) === 0);
  End();
}
`,
  ),
  ...(
    [
      'KeReleaseMutex(Mutex, FALSE);',
      'Begin(); KeWaitForSingleObject(Finished, Executive, KernelMode, FALSE, null); KeReleaseMutex(Mutex, FALSE);',
    ] as const
  ).map((body) =>
    behaviour(
      'X4',
      `a mutex that ${body.startsWith('Begin') ? 'another thread owns' : 'is free'} may not be released`,
      `${two}
let Mutex!: KMUTEX;
const Other: START = (A, B) => { KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, null); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { KeInitializeMutex(Mutex, 0); ${body} }
`,
      'lock.not-owned',
      { watch: [{ event: 'lock.not-owned' }] },
    ),
  ),
  behaviour(
    'X5',
    'a semaphore may not be released above its limit',
    `
let Semaphore!: KSEMAPHORE;
export function HarnessMain(): void { KeInitializeSemaphore(Semaphore, 1, 2); KeReleaseSemaphore(Semaphore, IO_NO_INCREMENT, 2, FALSE); }
`,
    'fault.exception',
    { watch: [{ event: 'fault.exception' }] },
  ),
  behaviour(
    'F178',
    'a fast mutex is released at APC_LEVEL',
    `
let Mutex!: FAST_MUTEX;
export function HarnessMain(): void { ExInitializeFastMutex(Mutex); ExAcquireFastMutex(Mutex); KeLowerIrql(PASSIVE_LEVEL); ExReleaseFastMutex(Mutex); }
`,
    'call.irql',
    { watch: [irqlBelow] },
  ),
  behaviour(
    'F178',
    'a fast mutex is not to be taken again by its owner',
    `
let Mutex!: FAST_MUTEX;
export function HarnessMain(): void { ExInitializeFastMutex(Mutex); ExAcquireFastMutex(Mutex); ExAcquireFastMutex(Mutex); }
`,
    'deadlock',
  ),
];
