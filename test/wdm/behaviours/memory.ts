/** Lists, interlocked operations, pool, assertions. */
import { type Behaviour, behaviour, irqlAbove } from '../model.ts';
import { two } from './locks.ts';

const three = `
let Head!: LIST_ENTRY;
let A!: LIST_ENTRY;
let B!: LIST_ENTRY;
let C!: LIST_ENTRY;
let Lock!: KSPIN_LOCK;
`;

export const memory: readonly Behaviour[] = [
  behaviour(
    'X6',
    'entries come out in the order of the list, and RemoveEntryList tells whether it is empty now',
    `${three}
export function HarnessMain(): void {
  InitializeListHead(Head);
  Expect(IsListEmpty(Head));
  InsertTailList(Head, A); InsertTailList(Head, B); InsertHeadList(Head, C);
  Expect(!IsListEmpty(Head) && Head.Flink === C && C.Flink === A && A.Flink === B && B.Flink === Head && Head.Blink === B && B.Blink === A && A.Blink === C && C.Blink === Head);
  Expect(!RemoveEntryList(A) && C.Flink === B && B.Blink === C);
  Expect(RemoveHeadList(Head) === C && RemoveTailList(Head) === B && IsListEmpty(Head) && RemoveHeadList(Head) === Head && RemoveTailList(Head) === Head);
}
`,
  ),
  ...[
    'InsertHeadList(Head, B);',
    'InsertTailList(Head, B);',
    'RemoveHeadList(Head);',
    'RemoveTailList(Head);',
    'RemoveEntryList(A);',
  ].map((use) =>
    behaviour(
      'X6',
      `${use} notices neighbours that do not point back`,
      `${three}
export function HarnessMain(): void { InitializeListHead(Head); InsertTailList(Head, A); A.Flink = C; A.Blink = C; C.Flink = Head; C.Blink = Head; ${use} }
`,
      'list.corrupt',
    ),
  ),
  behaviour(
    'X6',
    'AppendTailList joins two lists, the second without its head',
    `${three}
export function HarnessMain(): void {
  InitializeListHead(Head); InsertTailList(Head, A);
  InitializeListHead(C); InsertTailList(C, B);
  RemoveEntryList(C); AppendTailList(Head, B);
  Expect(Head.Flink === A && A.Flink === B && B.Flink === Head && Head.Blink === B && B.Blink === A);
}
`,
  ),
  behaviour(
    'X6',
    'a singly linked list is last in, first out',
    `
let Head!: SINGLE_LIST_ENTRY;
let A!: SINGLE_LIST_ENTRY;
let B!: SINGLE_LIST_ENTRY;
export function HarnessMain(): void { PushEntryList(Head, A); PushEntryList(Head, B); Expect(PopEntryList(Head) === B && PopEntryList(Head) === A && PopEntryList(Head) === null); }
`,
  ),
  behaviour(
    'X7',
    'ExInterlocked list routines give what was first or last before',
    `${three}
export function HarnessMain(): void {
  InitializeListHead(Head);
  Expect(ExInterlockedInsertTailList(Head, A, Lock) === null && ExInterlockedInsertTailList(Head, B, Lock) === A && ExInterlockedInsertHeadList(Head, C, Lock) === A);
  Expect(ExInterlockedRemoveHeadList(Head, Lock) === C && ExInterlockedRemoveHeadList(Head, Lock) === A && ExInterlockedRemoveHeadList(Head, Lock) === B);
  Expect(ExInterlockedRemoveHeadList(Head, Lock) === null && ExInterlockedInsertHeadList(Head, C, Lock) === null);
  Expect(KeGetCurrentIrql() === PASSIVE_LEVEL && machineLocksHeld() === 0);
}
`,
  ),
  ...[
    'ExInterlockedInsertTailList(Head, A, Lock);',
    'ExInterlockedInsertHeadList(Head, A, Lock);',
    'ExInterlockedRemoveHeadList(Head, Lock);',
  ].map((use) =>
    behaviour(
      'X7',
      `${use} is one under its lock`,
      `${two}${three}
const Other: START = (X, Y) => { const Irql = KeAcquireSpinLock(Lock); InsertTailList(Head, B); RemoveEntryList(B); KeReleaseSpinLock(Lock, Irql); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { InitializeListHead(Head); InsertTailList(Head, C); Begin(); ${use} End(); Expect(Head.Flink === (${use.includes('Remove') ? 'Head' : use.includes('Tail') ? 'C' : 'A'}) && B.Flink !== A); }
`,
    ),
  ),
  behaviour(
    'X1',
    'what interlocked operations give and leave',
    `
let Count!: LONG;
let Other!: LONG;
let Pointer!: PVOID;
export function HarnessMain(): void {
  Expect(InterlockedIncrement(Ref(Count)) === 1 && InterlockedDecrement(Ref(Count)) === 0 && InterlockedExchange(Ref(Count), 6) === 0);
  Expect(InterlockedExchangeAdd(Ref(Count), 4) === 6 && InterlockedCompareExchange(Ref(Count), 1, 6) === 10 && Count === 10);
  Expect(InterlockedCompareExchange(Ref(Count), 12, 10) === 10 && Count === 12 && InterlockedAnd(Ref(Count), 6) === 12 && Count === 4 && InterlockedOr(Ref(Count), 3) === 4 && Count === 7);
  let Event!: KEVENT;
  Expect(InterlockedExchangePointer(Ref(Pointer), Event as PVOID) === null && InterlockedCompareExchangePointer(Ref(Pointer), null, null) === Event && Pointer === Event);
  Expect(InterlockedCompareExchangePointer(Ref(Pointer), null, Event as PVOID) === Event && Pointer === null);
}
`,
  ),
  ...(
    [
      ['InterlockedOr(Ref(Word), 1);', 3],
      ['InterlockedExchangeAdd(Ref(Word), 1);', 3],
      ['InterlockedAnd(Ref(Word), -1);', 2],
    ] as const
  ).map(([use, left]) =>
    behaviour(
      'X1',
      `${use} loses nothing of another processor's InterlockedOr`,
      `${two}
let Word!: LONG;
const Other: START = (A, B) => { InterlockedOr(Ref(Word), 2); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void { Begin(); ${use} End(); Expect(Word === ${left}); }
`,
    ),
  ),
  behaviour(
    'X3',
    'ExAllocatePool2 and ExAllocatePoolZero zero what they give',
    `
export function HarnessMain(): void {
  const First = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<LIST_ENTRY>(), 'tseT')!;
  const Second = ExAllocatePoolZero(NonPagedPool, sizeof<LIST_ENTRY>(), 'tseT')!;
  Expect((First.Flink as PVOID) === null && (Second.Blink as PVOID) === null && First !== Second);
  ExFreePoolWithTag(First, 'tseT'); ExFreePool(Second);
}
`,
  ),
  ...['ExFreePoolWithTag(Memory, Tag);', 'ExFreePool(Memory);'].map((free) =>
    behaviour(
      'X3',
      `freeing twice is an error: ${free}`,
      `
export function HarnessMain(): void { const Memory = ExAllocatePoolWithTag(NonPagedPool, sizeof<KEVENT>(), 'tseT')!; const Tag: ULONG = 0; ${free} ${free} }
`,
      'fault.double-free',
    ),
  ),
  behaviour(
    'X3',
    'memory is copied and zeroed by its size',
    `
export function HarnessMain(): void {
  const From = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<KSEMAPHORE>(), 'tseT')!;
  const To = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<KSEMAPHORE>(), 'tseT')!;
  From.Limit = 3; From.Header.SignalState = 2;
  RtlCopyMemory(To, From, sizeof<KSEMAPHORE>());
  Expect(To.Limit === 3 && To.Header.SignalState === 2);
  RtlZeroMemory(From, sizeof<KSEMAPHORE>());
  Expect(From.Limit === 0 && To.Limit === 3);
}
`,
  ),
  ...[
    "ExAllocatePool2(POOL_FLAG_PAGED, sizeof<KEVENT>(), 'tseT')",
    "ExAllocatePoolWithTag(PagedPool, sizeof<KEVENT>(), 'tseT')",
    "ExAllocatePoolZero(PagedPool, sizeof<KEVENT>(), 'tseT')",
  ].flatMap((allocate) => [
    behaviour(
      'F179 F180',
      `${allocate} at DISPATCH_LEVEL is a call above its IRQL`,
      `
export function HarnessMain(): void { KeRaiseIrql(DISPATCH_LEVEL); ${allocate}; }
`,
      'call.irql',
      { watch: [irqlAbove] },
    ),
    behaviour(
      'F180',
      `the same of nonpaged pool is not: ${allocate}`,
      `
export function HarnessMain(): void { const Irql = KeRaiseIrql(DISPATCH_LEVEL); ExFreePool(${allocate.replace('POOL_FLAG_PAGED', 'POOL_FLAG_NON_PAGED').replace('PagedPool', 'NonPagedPool')}); KeLowerIrql(Irql); }
`,
      'verified',
      { watch: [irqlAbove] },
    ),
  ]),
  ...(
    [
      ['APC_LEVEL', 'verified'],
      ['DISPATCH_LEVEL', 'code.paged'],
    ] as const
  ).map(([level, expected]) =>
    behaviour(
      'F182',
      `PAGED_CODE at ${level}: ${expected}`,
      `
export function HarnessMain(): void { KeRaiseIrql(${level}); PAGED_CODE(); }
`,
      expected,
      { watch: [{ event: 'code.paged', when: { left: 'irql', is: '>=', right: 2 } }] },
    ),
  ),
  ...(
    [
      ['NT_ASSERT(One === 1); ASSERT(One === 1);', 'verified'],
      ['NT_ASSERT(One === 2);', 'assert.failed'],
      ['ASSERT(One === 2);', 'assert.failed'],
      ['KeBugCheckEx(1, 2, 3, 4, 5);', 'assert.failed'],
    ] as const
  ).map(([use, expected]) =>
    behaviour(
      'X14',
      `${use} ${expected}`,
      `
let One!: LONG;
export function HarnessMain(): void { One = 1; ${use} }
`,
      expected,
    ),
  ),
];
