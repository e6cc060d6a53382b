/** Objects that must be initialised, waits for several, interlocked operations of other widths, lists of entries, threaded DPCs. */
import { type Behaviour, behaviour, irqlAbove, type Watch } from '../model.ts';
import { two } from './locks.ts';

const uninitialised: Watch = { event: 'object.uninitialised' };
const zero = 'let Zero!: LARGE_INTEGER; Zero.QuadPart = 0;';

/** Each kind of object: its declaration, what initialises it, uses of it. */
const objects: readonly (readonly [type: string, initialise: string, ...uses: string[]])[] = [
  [
    'KSPIN_LOCK',
    'KeInitializeSpinLock(Object);',
    'KeAcquireSpinLock(Object);',
    'KeRaiseIrql(DISPATCH_LEVEL); KeTryToAcquireSpinLockAtDpcLevel(Object);',
    'KeTestSpinLock(Object);',
  ],
  [
    'KEVENT',
    'KeInitializeEvent(Object, NotificationEvent, TRUE);',
    'KeSetEvent(Object, 0, FALSE);',
    'KeClearEvent(Object);',
    'KeResetEvent(Object);',
    'KeReadStateEvent(Object);',
    `${zero} KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, Zero);`,
  ],
  [
    'KSEMAPHORE',
    'KeInitializeSemaphore(Object, 0, 1);',
    'KeReleaseSemaphore(Object, 0, 1, FALSE);',
    'KeReadStateSemaphore(Object);',
  ],
  [
    'KMUTEX',
    'KeInitializeMutex(Object, 0);',
    `${zero} KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, Zero);`,
    'KeReadStateMutex(Object);',
  ],
  ['FAST_MUTEX', 'ExInitializeFastMutex(Object);', 'ExTryToAcquireFastMutex(Object);'],
  ['KGUARDED_MUTEX', 'KeInitializeGuardedMutex(Object);', 'KeTryToAcquireGuardedMutex(Object);'],
  [
    'KTIMER',
    'KeInitializeTimer(Object);',
    `${zero} KeSetTimer(Object, Zero, null);`,
    'KeCancelTimer(Object);',
    'KeReadStateTimer(Object);',
    `${zero} KeWaitForSingleObject(Object, Executive, KernelMode, FALSE, Zero);`,
  ],
  [
    'KDPC',
    'KeInitializeDpc(Object, Routine, null as never);',
    'KeInsertQueueDpc(Object, null, null);',
    'KeRemoveQueueDpc(Object);',
    'KeSetTargetProcessorDpc(Object, 1);',
    'KeSetImportanceDpc(Object, HighImportance);',
    `${zero} let Timer!: KTIMER; KeInitializeTimer(Timer); KeSetTimer(Timer, Zero, Object); KeCancelTimer(Timer);`,
  ],
  [
    'ERESOURCE',
    'ExInitializeResourceLite(Object);',
    'KeEnterCriticalRegion(); ExAcquireResourceSharedLite(Object, FALSE);',
    'ExIsResourceAcquiredSharedLite(Object);',
    'ExIsResourceAcquiredExclusiveLite(Object);',
    'ExGetExclusiveWaiterCount(Object);',
    'ExGetSharedWaiterCount(Object);',
    'ExReinitializeResourceLite(Object);',
    'ExDeleteResourceLite(Object);',
  ],
  [
    'EX_RUNDOWN_REF',
    'ExInitializeRundownProtection(Object);',
    'ExAcquireRundownProtection(Object);',
    'ExWaitForRundownProtectionRelease(Object);',
    'ExRundownCompleted(Object);',
  ],
  [
    'SLIST_HEADER',
    'ExInitializeSListHead(Object);',
    'InterlockedPushEntrySList(Object, Entry);',
    'InterlockedPopEntrySList(Object);',
    'InterlockedFlushSList(Object);',
    'ExQueryDepthSList(Object);',
  ],
  [
    'NPAGED_LOOKASIDE_LIST',
    "ExInitializeNPagedLookasideList(Object, null, null, 0, sizeof<SLIST_ENTRY>(), 'tseT', 0);",
    'ExAllocateFromNPagedLookasideList(Object);',
    'ExDeleteNPagedLookasideList(Object);',
  ],
  ['WORK_QUEUE_ITEM', 'ExInitializeWorkItem(Object, Work, null);', 'ExQueueWorkItem(Object, DelayedWorkQueue);'],
];
const around = `
let Entry!: SLIST_ENTRY;
const Routine: KDEFERRED_ROUTINE = (Dpc, Context, Argument1, Argument2) => {};
const Work: WORKER_THREAD_ROUTINE<PVOID> = (Parameter) => {};
`;

/** Begin and End of \`two\` with a second thread that does \`other\`; the main thread does \`main\`. */
const several = (other: string, main: string, more = ''): string => `${two}
let First!: KEVENT;
let Second!: KEVENT;
let Mutex!: KMUTEX;
${more}
const Other: START = (A, B) => { ${other} KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  let Objects!: ARRAY<PVOID, 2>;
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -10000;
  KeInitializeEvent(First, SynchronizationEvent, FALSE); KeInitializeEvent(Second, SynchronizationEvent, FALSE); KeInitializeMutex(Mutex, 0);
  Objects[0] = First; Objects[1] = Second;
  ${main}
}
`;
const waitFor = (type: string, timeout = 'null'): string =>
  `KeWaitForMultipleObjects(2, Objects, ${type}, Executive, KernelMode, FALSE, ${timeout}, null)`;

export const sync: readonly Behaviour[] = [
  ...objects.flatMap(([type, initialise, ...uses]) =>
    uses.flatMap((use) => [
      behaviour(
        'X101',
        `${type} before it is initialised: ${use}`,
        `${around}let Object!: ${type};\nexport function HarnessMain(): void { ${use} }`,
        'object.uninitialised',
        { watch: [uninitialised] },
      ),
      behaviour(
        'X101',
        `${type} once it is: ${use}`,
        `${around}let Object!: ${type};\nexport function HarnessMain(): void { ${initialise} ${use} }`,
        'verified',
        { watch: [uninitialised] },
      ),
    ]),
  ),
  behaviour(
    'X101',
    'a deleted lookaside list is none any more',
    `let List!: NPAGED_LOOKASIDE_LIST;
export function HarnessMain(): void {
  ExInitializeNPagedLookasideList(List, null, null, 0, sizeof<LIST_ENTRY>(), 'tseT', 0);
  ExDeleteNPagedLookasideList(List);
  ExAllocateFromNPagedLookasideList(List);
}
`,
    'object.uninitialised',
    { watch: [uninitialised] },
  ),
  behaviour(
    'X102',
    'WaitAny gives the index of the object that was signalled, and takes that one only',
    several(
      'KeSetEvent(Second, 0, FALSE);',
      `Begin(); Expect(${waitFor('WaitAny')} === STATUS_WAIT_1); Expect(KeReadStateEvent(Second) === 0); KeSetEvent(First, 0, FALSE); KeSetEvent(Second, 0, FALSE); Expect(${waitFor('WaitAny')} === STATUS_WAIT_0 && KeReadStateEvent(First) === 0 && KeReadStateEvent(Second) === 1); End();`,
    ),
  ),
  behaviour(
    'X102',
    'WaitAll goes on when all are signalled, and takes all',
    several(
      'KeSetEvent(First, 0, FALSE);',
      `Begin(); KeSetEvent(Second, 0, FALSE); Expect(${waitFor('WaitAll')} === STATUS_SUCCESS && KeReadStateEvent(First) === 0 && KeReadStateEvent(Second) === 0); End();`,
    ),
  ),
  behaviour(
    'X102',
    'until then it waits',
    several('KeSetEvent(First, 0, FALSE);', `Begin(); ${waitFor('WaitAll')};`),
    'deadlock',
  ),
  behaviour(
    'X102',
    'and takes none',
    several(
      `Expect(KeWaitForSingleObject(First, Executive, KernelMode, FALSE, null) === STATUS_SUCCESS); KeSetEvent(First, 0, FALSE); KeSetEvent(Second, 0, FALSE);`,
      `KeSetEvent(First, 0, FALSE); Begin(); ${waitFor('WaitAll')}; End();`,
    ),
  ),
  behaviour(
    'X102',
    'a time-out ends it, and then nothing is taken',
    several(
      'KeSetEvent(First, 0, FALSE);',
      `Begin(); const Status = ${waitFor('WaitAll', 'Due')}; Expect(Status === STATUS_TIMEOUT); End(); Expect(KeReadStateEvent(First) === 1);`,
    ),
  ),
  ...['STATUS_TIMEOUT', 'STATUS_WAIT_0'].map((status) =>
    behaviour(
      'X102',
      `with one WaitAny may give ${status === 'STATUS_TIMEOUT' ? 'the object' : 'the time-out'}`,
      several('KeSetEvent(First, 0, FALSE);', `Begin(); Expect(${waitFor('WaitAny', 'Due')} === ${status});`),
      'assert.failed',
    ),
  ),
  behaviour(
    'X102',
    'a time-out of zero only tests, and may do so at DISPATCH_LEVEL',
    several(
      '',
      `Due.QuadPart = 0; const Irql = KeRaiseIrql(DISPATCH_LEVEL); Expect(${waitFor('WaitAny', 'Due')} === STATUS_TIMEOUT); KeSetEvent(Second, 0, FALSE); Expect(${waitFor('WaitAny', 'Due')} === STATUS_WAIT_1); KeLowerIrql(Irql);`,
    ),
    'verified',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'X102',
    'otherwise not',
    several('', `KeSetEvent(First, 0, FALSE); KeRaiseIrql(DISPATCH_LEVEL); ${waitFor('WaitAny')};`),
    'call.irql',
    { watch: [irqlAbove] },
  ),
  behaviour(
    'X102',
    'a wait that blocks is an error there',
    several('', `KeRaiseIrql(DISPATCH_LEVEL); ${waitFor('WaitAny')};`),
    'fault.wait',
  ),
  behaviour(
    'X102 X4',
    'a mutex among them is owned then, again where it was before',
    several(
      'KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, null); Expect(Inside === 0); KeReleaseMutex(Mutex, FALSE);',
      `Objects[0] = Mutex; Begin(); KeSetEvent(Second, 0, FALSE); ${waitFor('WaitAll')}; Inside = 1; Expect(KeReadStateMutex(Mutex) === 0 && ${waitFor('WaitAny')} === STATUS_WAIT_0 && KeReadStateMutex(Mutex) === -1); KeReleaseMutex(Mutex, FALSE); Inside = 0; KeReleaseMutex(Mutex, FALSE); End();`,
      'let Inside!: LONG;',
    ),
  ),
  behaviour(
    'X102',
    'in user mode it may end early',
    several(
      '',
      `KeSetEvent(First, 0, FALSE); Expect(${waitFor('WaitAny').replace('KernelMode', 'UserMode')} === STATUS_WAIT_0);`,
    ),
    'assert.failed',
  ),
  ...(
    [
      ['4', 'null', 'assert.failed'],
      ['3', 'null', 'verified'],
      ['4', 'Blocks', 'verified'],
      ['65', 'Blocks', 'assert.failed'],
    ] as const
  ).map(([count, blocks, expected]) =>
    behaviour(
      'X102',
      `${count} objects with ${blocks} as wait blocks: ${expected}`,
      `
let Event!: KEVENT;
let Objects!: ARRAY<PVOID, 4>;
let Blocks!: ARRAY<KWAIT_BLOCK, 4>;
export function HarnessMain(): void {
  KeInitializeEvent(Event, NotificationEvent, TRUE);
  for (let Index: LONG = 0; Index < 4; Index++) Objects[Index] = Event;
  KeWaitForMultipleObjects(${count}, Objects, WaitAny, Executive, KernelMode, FALSE, null, ${blocks});
}
`,
      expected,
    ),
  ),
  behaviour(
    'X102',
    'an object that is freed meanwhile is freed memory for the waiter',
    `${two}
interface BOTH { Event: KEVENT }
let Both!: BOTH | null;
const Other: START = (A, B) => { ExFreePool(Both); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  let Objects!: ARRAY<PVOID, 1>;
  Both = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<BOTH>(), 'tseT');
  KeInitializeEvent(Both!.Event, NotificationEvent, FALSE);
  Objects[0] = Both!.Event;
  Begin();
  KeWaitForMultipleObjects(1, Objects, WaitAny, Executive, KernelMode, FALSE, null, null);
}
`,
    'fault.freed',
  ),
  ...(['KeSetEvent(Event, 0, TRUE)', 'KeReleaseSemaphore(Semaphore, 0, 1, TRUE)', 'KeReleaseMutex(Mutex, TRUE)'] as const).map(
    (signal) =>
      behaviour(
        'F175',
        `${signal} returns raised, and the wait that follows goes back`,
        `
let Event!: KEVENT;
let Semaphore!: KSEMAPHORE;
let Mutex!: KMUTEX;
let Go!: KEVENT;
export function HarnessMain(): void {
  KeInitializeEvent(Event, NotificationEvent, FALSE); KeInitializeEvent(Go, NotificationEvent, TRUE); KeInitializeSemaphore(Semaphore, 0, 1); KeInitializeMutex(Mutex, 0);
  KeWaitForSingleObject(Mutex, Executive, KernelMode, FALSE, null);
  ${signal}; Expect(KeGetCurrentIrql() === DISPATCH_LEVEL);
  KeWaitForSingleObject(Go, Executive, KernelMode, FALSE, null); Expect(KeGetCurrentIrql() === PASSIVE_LEVEL);
  KeSetEvent(Event, 0, FALSE); Expect(KeGetCurrentIrql() === PASSIVE_LEVEL);
  KeRaiseIrql(APC_LEVEL); KeWaitForSingleObject(Go, Executive, KernelMode, FALSE, null); Expect(KeGetCurrentIrql() === APC_LEVEL);
}
`,
        'verified',
        { watch: [irqlAbove] },
      ),
  ),
  behaviour(
    'X109',
    'operations on 16 and 64 bits, and on bits, give what they are documented to give',
    `
let Short!: SHORT;
let Long!: LONG;
let Wide!: LONG64;
export function HarnessMain(): void {
  Short = 32767; Expect(InterlockedIncrement16(Ref(Short)) === -32768 && Short === -32768 && InterlockedDecrement16(Ref(Short)) === 32767);
  Wide = 4294967295; Expect(InterlockedIncrement64(Ref(Wide)) === 4294967296 && InterlockedDecrement64(Ref(Wide)) === 4294967295 && Wide === 4294967295);
  Expect(InterlockedExchangeAdd64(Ref(Wide), 2) === 4294967295 && Wide === 4294967297);
  Expect(InterlockedExchange64(Ref(Wide), 5) === 4294967297 && Wide === 5);
  Expect(InterlockedCompareExchange64(Ref(Wide), 7, 6) === 5 && Wide === 5 && InterlockedCompareExchange64(Ref(Wide), 7, 5) === 5 && Wide === 7);
  Expect(InterlockedAnd64(Ref(Wide), 3) === 7 && Wide === 3 && InterlockedOr64(Ref(Wide), 8) === 3 && Wide === 11);
  Long = 6; Expect(InterlockedXor(Ref(Long), 3) === 6 && Long === 5);
  Expect(!InterlockedBitTestAndSet(Ref(Long), 1) && Long === 7 && InterlockedBitTestAndSet(Ref(Long), 1));
  Expect(InterlockedBitTestAndReset(Ref(Long), 1) && Long === 5 && !InterlockedBitTestAndReset(Ref(Long), 1));
}
`,
  ),
  behaviour(
    'X109',
    'the routines with a lock give the old value',
    `
let Lock!: KSPIN_LOCK;
let Long!: ULONG;
let Big!: LARGE_INTEGER;
let By!: LARGE_INTEGER;
let Wide!: LONG64;
let New!: LONG64;
let Old!: LONG64;
export function HarnessMain(): void {
  KeInitializeSpinLock(Lock);
  Long = 4294967295; Expect(ExInterlockedAddUlong(Ref(Long), 2, Lock) === 4294967295 && Long === 1);
  Big.QuadPart = 3; By.QuadPart = 4; Expect(ExInterlockedAddLargeInteger(Big, By, Lock) === 3 && Big.QuadPart === 7);
  ExInterlockedAddLargeStatistic(Big, 4294967295); Expect(Big.QuadPart === 4294967302);
  Wide = 1; New = 2; Old = 1; Expect(ExInterlockedCompareExchange64(Ref(Wide), Ref(New), Ref(Old), Lock) === 1 && Wide === 2);
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && machineLocksHeld() === 0);
}
`,
  ),
  ...[
    'InterlockedIncrement16(Ref(Short));',
    'InterlockedIncrement64(Ref(Wide));',
    'InterlockedXor(Ref(Long), 1);',
    'ExInterlockedAddUlong(Ref(Word), 1, Lock);',
    'ExInterlockedAddLargeInteger(Big, By, Lock);',
    'ExInterlockedAddLargeStatistic(Big, 1);',
  ].map((add) =>
    behaviour(
      'X109',
      `two processors that do ${add} at once lose nothing`,
      `${two}
let Lock!: KSPIN_LOCK;
let Short!: SHORT;
let Wide!: LONG64;
let Long!: LONG;
let Word!: ULONG;
let Big!: LARGE_INTEGER;
let By!: LARGE_INTEGER;
const Other: START = (A, B) => { ${add} KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  KeInitializeSpinLock(Lock); By.QuadPart = 1; Begin(); ${add} End();
  Expect(${add.includes('Xor') ? 'Long === 0' : 'Short + Wide + Word + Big.QuadPart === 2'});
}
`,
    ),
  ),
  behaviour(
    'X110',
    'a sequenced list gives last what came first, counts its entries, and can be emptied at once',
    `
let Head!: SLIST_HEADER;
let Lock!: KSPIN_LOCK;
let A!: SLIST_ENTRY;
let B!: SLIST_ENTRY;
export function HarnessMain(): void {
  ExInitializeSListHead(Head);
  Expect(ExInterlockedPopEntrySList(Head, Lock) === null && ExInterlockedPushEntrySList(Head, A, Lock) === null && ExInterlockedPushEntrySList(Head, B, Lock) === A);
  Expect(QueryDepthSList(Head) === 2 && InterlockedPopEntrySList(Head) === B && QueryDepthSList(Head) === 1);
  InterlockedPushEntrySList(Head, B);
  Expect(ExInterlockedFlushSList(Head) === B && B.Next === A && A.Next === null && ExQueryDepthSList(Head) === 0 && InterlockedPopEntrySList(Head) === null);
}
`,
  ),
  ...['InterlockedPushEntrySList(Head, Mine);', 'InterlockedPopEntrySList(Head);'].map((change) =>
    behaviour(
      'X110',
      `${change} on two processors at once breaks nothing`,
      `${two}
let Head!: SLIST_HEADER;
let A!: SLIST_ENTRY;
let B!: SLIST_ENTRY;
function Change(Mine: PSLIST_ENTRY): void { ${change} }
const Other: START = (First, Second) => { Change(A); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  ExInitializeSListHead(Head);
  ${change.includes('Pop') ? 'InterlockedPushEntrySList(Head, A); InterlockedPushEntrySList(Head, B);' : ''}
  Begin(); Change(B); End();
  Expect(${change.includes('Pop') ? 'InterlockedPopEntrySList(Head) === null' : 'InterlockedFlushSList(Head) !== null && (A.Next === B || B.Next === A)'});
}
`,
    ),
  ),
  behaviour(
    'X111',
    'an entry of a lookaside list is memory of its own until it is freed',
    `
interface ENTRY { Value: LONG; Event: KEVENT }
type PENTRY = ENTRY;
let List!: NPAGED_LOOKASIDE_LIST;
let Paged!: PAGED_LOOKASIDE_LIST;
export function HarnessMain(): void {
  ExInitializeNPagedLookasideList(List, null, null, 0, sizeof<ENTRY>(), 'tseT', 0);
  const First = ExAllocateFromNPagedLookasideList(List) as PENTRY | null;
  const Second = ExAllocateFromNPagedLookasideList(List) as PENTRY | null;
  First!.Value = 1; Second!.Value = 2; KeInitializeEvent(Second!.Event, NotificationEvent, TRUE);
  Expect(First!.Value === 1 && Second!.Value === 2 && KeReadStateEvent(Second!.Event) === 1);
  ExFreeToNPagedLookasideList(List, First); ExFreeToNPagedLookasideList(List, Second);
  ExDeleteNPagedLookasideList(List);
  ExInitializePagedLookasideList(Paged, null, null, 0, sizeof<ENTRY>(), 'tseT', 0);
  const Third = ExAllocateFromPagedLookasideList(Paged) as PENTRY | null;
  Third!.Value = 3; Expect(Third!.Value === 3);
  ExFreeToPagedLookasideList(Paged, Third); ExDeletePagedLookasideList(Paged);
}
`,
  ),
  ...(
    [
      ['First!.Value = 2;', 'fault.freed'],
      ['ExFreeToNPagedLookasideList(List, First);', 'fault.double-free'],
    ] as const
  ).map(([after, expected]) =>
    behaviour(
      'X111',
      `behind its freeing it is gone: ${after}`,
      `
interface ENTRY { Value: LONG }
type PENTRY = ENTRY;
let List!: NPAGED_LOOKASIDE_LIST;
export function HarnessMain(): void {
  ExInitializeNPagedLookasideList(List, null, null, 0, sizeof<ENTRY>(), 'tseT', 0);
  const First = ExAllocateFromNPagedLookasideList(List) as PENTRY | null;
  ExFreeToNPagedLookasideList(List, First);
  ${after}
}
`,
      expected,
    ),
  ),
  behaviour(
    'X111',
    'with low memory there may be no entry',
    `
let List!: NPAGED_LOOKASIDE_LIST;
export function HarnessMain(): void {
  KiSetLowMemory(TRUE);
  ExInitializeNPagedLookasideList(List, null, null, 0, sizeof<LIST_ENTRY>(), 'tseT', 0);
  Expect(ExAllocateFromNPagedLookasideList(List) !== null);
}
`,
    'assert.failed',
  ),
  behaviour(
    'X111',
    "the driver's own routines are called with what the list was made with",
    `
interface ENTRY { Value: LONG }
type PENTRY = ENTRY;
let List!: NPAGED_LOOKASIDE_LIST;
let Extended!: LOOKASIDE_LIST_EX;
let Given!: LONG;
const Allocate: ALLOCATE_FUNCTION = (PoolType, NumberOfBytes, Tag) => { Given = Given + 1; Expect(PoolType === NonPagedPool); return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag); };
const Free: FREE_FUNCTION = (Buffer) => { Given = Given - 1; ExFreePool(Buffer); };
const AllocateEx: ALLOCATE_FUNCTION_EX = (PoolType, NumberOfBytes, Tag, Lookaside) => { Given = Given + 10; Expect(Lookaside === Extended && PoolType === PagedPool); return ExAllocatePoolWithTag(PoolType, NumberOfBytes, Tag); };
const FreeEx: FREE_FUNCTION_EX = (Buffer, Lookaside) => { Given = Given - 10; Expect(Lookaside === Extended); ExFreePool(Buffer); };
export function HarnessMain(): void {
  ExInitializeNPagedLookasideList(List, Allocate, Free, 0, sizeof<ENTRY>(), 'tseT', 0);
  ExInitializeLookasideListEx(Extended, AllocateEx, FreeEx, PagedPool, 0, sizeof<ENTRY>(), 'tseT', 0);
  const First = ExAllocateFromNPagedLookasideList(List) as PENTRY | null;
  First!.Value = 1; Expect(Given === 1);
  const Second = ExAllocateFromLookasideListEx(Extended) as PENTRY | null;
  Second!.Value = 1; Expect(Given === 11);
  ExFreeToNPagedLookasideList(List, First); Expect(Given === 10);
  ExFreeToLookasideListEx(Extended, Second); Expect(Given === 0);
  ExFlushLookasideListEx(Extended); ExDeleteLookasideListEx(Extended);
}
`,
  ),
  ...['KeReadStateTimer(Timer)', '!KeReadStateTimer(Timer)'].map((holds) =>
    behaviour(
      'X114',
      `a timer that tolerates a delay may be late: after its due time ${holds} does not always hold`,
      `
let Timer!: KTIMER;
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -10000;
  KeInitializeTimer(Timer);
  Expect(!KeSetCoalescableTimer(Timer, Due, 0, 100, null));
  Due.QuadPart = -200000;
  KeDelayExecutionThread(KernelMode, FALSE, Due);
  Expect(${holds});
}
`,
      'assert.failed',
    ),
  ),
  behaviour(
    'X114',
    'after its due time and the delay it has fired',
    `
let Timer!: KTIMER;
export function HarnessMain(): void {
  let Due!: LARGE_INTEGER;
  Due.QuadPart = -10000;
  KeInitializeTimer(Timer);
  KeSetCoalescableTimer(Timer, Due, 0, 100, null);
  Due.QuadPart = -2000000;
  KeDelayExecutionThread(KernelMode, FALSE, Due);
  Expect(KeReadStateTimer(Timer));
}
`,
  ),
  behaviour(
    'X115',
    'an allocated timer calls its routine with itself and its context at DISPATCH_LEVEL; deleted with a wait, it is gone and calls no more',
    `
let Timer!: PEX_TIMER | null;
let Place!: KEVENT;
let Deleted!: BOOLEAN;
const Callback: EXT_CALLBACK<PKEVENT> = (Which, Context) => { Expect(Which === Timer && Context === Place && KeGetCurrentIrql() === DISPATCH_LEVEL && !Deleted); };
export function HarnessMain(): void {
  Timer = ExAllocateTimer(Callback, Place, EX_TIMER_NOTIFICATION);
  Expect(!ExSetTimer(Timer!, -10000, 0, null));
  ExDeleteTimer(Timer!, TRUE, TRUE, null);
  Deleted = TRUE;
}
`,
  ),
  ...(
    [
      ['ExCancelTimer(Timer!, null)', 'assert.failed'],
      ['!ExCancelTimer(Timer!, null)', 'assert.failed'],
      ['ExSetTimer(Timer!, -10000, 0, null) || Ran', 'verified'],
    ] as const
  ).map(([holds, expected]) =>
    behaviour(
      'X115',
      `an armed one has fired or has not: ${holds}`,
      `
let Timer!: PEX_TIMER | null;
let Ran!: BOOLEAN;
const Callback: EXT_CALLBACK<PVOID> = (Which, Context) => { Ran = TRUE; };
export function HarnessMain(): void { Timer = ExAllocateTimer(Callback, null, 0); ExSetTimer(Timer!, -10000, 0, null); const Before = ${holds}; KeFlushQueuedDpcs(); Expect(Before || (Ran && ${expected === 'verified'})); }
`,
      expected,
    ),
  ),
  behaviour(
    'X115',
    'a periodic one goes on until it is cancelled',
    `
let Timer!: PEX_TIMER | null;
let Count!: LONG;
let Ran!: KEVENT;
const Callback: EXT_CALLBACK<PVOID> = (Which, Context) => { if (Count < 2) Count = Count + 1; if (Count >= 2) KeSetEvent(Ran, 0, FALSE); };
export function HarnessMain(): void {
  KeInitializeEvent(Ran, NotificationEvent, FALSE);
  Timer = ExAllocateTimer(Callback, null, 0);
  ExSetTimer(Timer!, -10000, 10000, null);
  KeWaitForSingleObject(Ran, Executive, KernelMode, FALSE, null);
  Expect(ExDeleteTimer(Timer!, TRUE, TRUE, null));
}
`,
  ),
  behaviour(
    'X115',
    'waiting for its end without cancelling it is an error',
    'export function HarnessMain(): void { ExDeleteTimer(ExAllocateTimer(null, null, 0)!, FALSE, TRUE, null); }',
    'assert.failed',
  ),
  ...['KeGetCurrentIrql() === PASSIVE_LEVEL', 'KeGetCurrentIrql() === DISPATCH_LEVEL'].map((holds) =>
    behaviour(
      'X112',
      `a threaded DPC does not always run where ${holds}`,
      `
let Dpc!: KDPC;
const Routine: KDEFERRED_ROUTINE = (Object, Context, Argument1, Argument2) => { Expect(${holds}); };
export function HarnessMain(): void { KeInitializeThreadedDpc(Dpc, Routine, null as never); KeInsertQueueDpc(Dpc, null, null); }
`,
      'assert.failed',
    ),
  ),
  behaviour(
    'X112',
    'it runs once for a queueing, or not at all when it was taken back; then its memory may go',
    `
interface BOTH { Dpc: KDPC; Count: LONG }
type PBOTH = BOTH;
let Both!: PBOTH | null;
const Routine: KDEFERRED_ROUTINE<PBOTH> = (Object, Context, Argument1, Argument2) => { Context.Count = Context.Count + 1; };
export function HarnessMain(): void {
  Both = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<BOTH>(), 'tseT');
  KeInitializeThreadedDpc(Both!.Dpc, Routine, Both!);
  Expect(KeInsertQueueDpc(Both!.Dpc, null, null));
  if (KeRemoveQueueDpc(Both!.Dpc)) { Expect(Both!.Count === 0); } else { KeFlushQueuedDpcs(); Expect(Both!.Count === 1); }
  KeFlushQueuedDpcs();
  ExFreePool(Both);
}
`,
  ),
  behaviour(
    'X112',
    'queued again while it runs, it runs again',
    `
let Dpc!: KDPC;
let Count!: LONG;
const Routine: KDEFERRED_ROUTINE = (Object, Context, Argument1, Argument2) => { Count = Count + 1; if (Count === 1) Expect(KeInsertQueueDpc(Dpc, null, null)); };
export function HarnessMain(): void { KeInitializeThreadedDpc(Dpc, Routine, null as never); KeInsertQueueDpc(Dpc, null, null); KeFlushQueuedDpcs(); Expect(Count === 2); }
`,
    'verified',
    { processors: 1 },
  ),
];
