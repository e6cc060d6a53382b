/** Structured exceptions: what raises, which handler runs, and what finally blocks do. */
import { type Behaviour, behaviour, irqlAbove, type Watch } from '../model.ts';

const unhandled: Watch = { event: 'fault.exception' };

/** `Code` is what the routine raises, 0 when it does not. */
function raisedBy(call: string): string {
  return `
let Buffer!: LONG;
function Try(): NTSTATUS {
  try { ${call} } catch { return GetExceptionCode(); }
  return STATUS_SUCCESS;
}
`;
}

export const exceptions: readonly Behaviour[] = [
  behaviour(
    'E1',
    'ProbeForRead lets null pass: it does not look whether the memory is there',
    `${raisedBy('ProbeForRead(null, 4, 4);')}
export function HarnessMain(): void { Expect(Try() === STATUS_SUCCESS); }
`,
  ),
  behaviour(
    'E1',
    'ProbeForWrite of null always raises: it touches the pages',
    `${raisedBy('ProbeForWrite(null, 4, 4);')}
export function HarnessMain(): void { Expect(Try() === STATUS_ACCESS_VIOLATION); }
`,
  ),
  ...['ProbeForRead', 'ProbeForWrite'].flatMap((probe) => [
    behaviour(
      'E1',
      `${probe} raises, or comes back`,
      `${raisedBy(`${probe}(Ref(Buffer), 4, 4);`)}
export function HarnessMain(): void {
  const Status = Try();
  Expect(Status === STATUS_SUCCESS || Status === STATUS_ACCESS_VIOLATION || Status === STATUS_DATATYPE_MISALIGNMENT);
  if (Status === STATUS_SUCCESS) machineEvent('routine.enter');
  if (Status === STATUS_ACCESS_VIOLATION) machineEvent('queue.start-next');
  if (Status === STATUS_DATATYPE_MISALIGNMENT) machineEvent('queue.not-busy');
}
`,
      'queue.not-busy queue.start-next routine.enter',
      { watch: [{ event: 'routine.enter' }, { event: 'queue.start-next' }, { event: 'queue.not-busy' }] },
    ),
    behaviour(
      'E1',
      `${probe} with an alignment of one byte raises no misalignment`,
      `${raisedBy(`${probe}(Ref(Buffer), 4, 1);`)}
export function HarnessMain(): void { Expect(Try() !== STATUS_DATATYPE_MISALIGNMENT); }
`,
    ),
    behaviour(
      'E1',
      `${probe} looks at nothing when the length is zero`,
      `${raisedBy(`${probe}(null, 0, 4);`)}
export function HarnessMain(): void { Expect(Try() === STATUS_SUCCESS); }
`,
    ),
    behaviour(
      'E1 X22',
      `${probe} at DISPATCH_LEVEL is too high`,
      `${raisedBy(`${probe}(Ref(Buffer), 4, 1);`)}
export function HarnessMain(): void { machineRaise(2); Try(); machineLower(0); }
`,
      'call.irql',
      { watch: [irqlAbove] },
    ),
  ]),
  behaviour(
    'E2',
    'the routines that raise give their codes',
    `
function Try(Which: LONG): NTSTATUS {
  try {
    if (Which === 0) ExRaiseStatus(STATUS_INVALID_PARAMETER);
    if (Which === 1) ExRaiseAccessViolation();
    ExRaiseDatatypeMisalignment();
  } catch {
    return GetExceptionCode();
  }
}
export function HarnessMain(): void {
  Expect(Try(0) === STATUS_INVALID_PARAMETER && Try(1) === STATUS_ACCESS_VIOLATION && Try(2) === STATUS_DATATYPE_MISALIGNMENT);
}
`,
  ),
  ...['ExRaiseStatus(STATUS_SUCCESS)', 'ExRaiseAccessViolation()', 'ExRaiseDatatypeMisalignment()'].flatMap((call) => [
    behaviour('E2 E3', `${call} without a handler`, `export function HarnessMain(): void { ${call}; }`, 'fault.exception', {
      watch: [unhandled],
    }),
    behaviour(
      'E2 X22',
      `${call} at DISPATCH_LEVEL is too high`,
      `export function HarnessMain(): void { try { machineRaise(2); ${call}; } catch { machineLower(0); } }`,
      'call.irql',
      { watch: [irqlAbove, unhandled] },
    ),
  ]),
  behaviour(
    'E3',
    'without a handler in the functions around, finally blocks or not, nothing goes on',
    `
let Last!: LONG;
function Deep(): void { try { ExRaiseStatus(STATUS_NO_MEMORY); } finally { machineEvent('queue.start-next'); } }
export function HarnessMain(): void { Deep(); }
`,
    'fault.exception',
    { watch: [unhandled, { event: 'queue.start-next' }] },
  ),
  behaviour(
    'E4',
    'the innermost handler around runs, once the finally blocks below it have, the innermost first',
    `
let Trail!: LONG;
let Outer!: LONG;
function Mark(Digit: LONG): void { Trail = Trail * 10 + Digit; }
function Inner(): void {
  let Local: LONG = 1;
  const Address = Ref(Local);
  try { Mark(Address.Value); ExRaiseStatus(STATUS_NO_MEMORY); Mark(9); } finally { Mark(2); Expect(AbnormalTermination()); }
  Mark(9);
}
function Middle(): LONG {
  try { Inner(); Mark(9); } finally { Mark(3); }
  return 9;
}
export function HarnessMain(): void {
  try {
    try { Outer = Middle(); Mark(9); } catch { Mark(4); Expect(GetExceptionCode() === STATUS_NO_MEMORY); }
    Mark(5);
  } catch { Mark(9); }
  Expect(Trail === 12345 && Outer === 0);
}
`,
  ),
  behaviour(
    'E4',
    'what is raised in a handler or in a finally block goes to the handler around',
    `
let Trail!: LONG;
function Mark(Digit: LONG): void { Trail = Trail * 10 + Digit; }
function Again(): void { try { ExRaiseStatus(STATUS_NO_MEMORY); } catch { Mark(1); ExRaiseStatus(STATUS_INVALID_PARAMETER); } }
function Instead(): void { try { ExRaiseStatus(STATUS_NO_MEMORY); } finally { Mark(2); ExRaiseStatus(STATUS_NOT_FOUND); } }
export function HarnessMain(): void {
  try { Again(); } catch { Expect(GetExceptionCode() === STATUS_INVALID_PARAMETER); }
  try { Instead(); } catch { Expect(GetExceptionCode() === STATUS_NOT_FOUND); }
  Expect(Trail === 12);
}
`,
  ),
  behaviour(
    'E5',
    'a finally block runs however the try block is left, and AbnormalTermination tells how',
    `
let Runs!: LONG;
let Abnormal!: LONG;
function Note(): void { Runs = Runs + 1; }
function Leave(How: LONG): LONG {
  let Value: LONG = 1;
  for (let Index: LONG = 0; Index < 2; Index++) {
    try {
      try {
        if (How === 1) return Value;
        if (How === 2) break;
        if (How === 3) continue;
      } finally {
        Value = Value + 10;
        Note();
        if (AbnormalTermination()) Abnormal = Abnormal + 1;
      }
    } finally {
      Value = Value + 100;
    }
  }
  return Value;
}
export function HarnessMain(): void {
  Expect(Leave(0) === 221 && Runs === 2 && Abnormal === 0);
  Expect(Leave(1) === 1 && Runs === 3 && Abnormal === 1);
  Expect(Leave(2) === 111 && Runs === 4 && Abnormal === 2);
  Expect(Leave(3) === 221 && Runs === 6 && Abnormal === 4);
}
`,
  ),
  behaviour(
    'E5',
    'a return in a finally block ends the exception',
    `
function Swallow(): LONG { try { ExRaiseStatus(STATUS_NO_MEMORY); Expect(FALSE); } finally { return 7; } }
export function HarnessMain(): void { try { Expect(Swallow() === 7); } catch { Expect(FALSE); } }
`,
  ),
  behaviour(
    'E4',
    'what a function had in its frame is gone when an exception has left it',
    `
let Kept!: PLONG;
function Deep(): void { let Local: LONG = 1; Kept = Ref(Local); ExRaiseStatus(STATUS_NO_MEMORY); }
export function HarnessMain(): void { try { Deep(); } catch { Kept.Value = 2; } }
`,
    'fault.freed',
  ),
  behaviour(
    'E4',
    'each context has its exceptions for itself',
    `
let Finished!: KEVENT;
type START = (A: PVOID, B: PVOID) => void;
function Try(Status: NTSTATUS): void { try { ExRaiseStatus(Status); } catch { Expect(GetExceptionCode() === Status); } }
const Other: START = (A, B) => { Try(STATUS_NO_MEMORY); KeSetEvent(Finished, 0, FALSE); };
export function HarnessMain(): void {
  KeInitializeEvent(Finished, NotificationEvent, FALSE);
  machineSpawn(0, Other, machineCurrentThread(), null, null);
  Try(STATUS_NOT_FOUND);
  KeWaitForSingleObject(Finished, Executive, KernelMode, FALSE, null);
}
`,
  ),
  behaviour(
    'X5',
    'a semaphore released above its limit raises, and keeps its count',
    `
let Semaphore!: KSEMAPHORE;
export function HarnessMain(): void {
  KeInitializeSemaphore(Semaphore, 1, 2);
  try { KeReleaseSemaphore(Semaphore, IO_NO_INCREMENT, 2, FALSE); Expect(FALSE); } catch { Expect(GetExceptionCode() === STATUS_SEMAPHORE_LIMIT_EXCEEDED); }
  Expect(KeReadStateSemaphore(Semaphore) === 1);
}
`,
  ),
  ...[
    'ExAllocatePoolWithQuotaTag(NonPagedPool',
    'ExAllocatePoolQuotaZero(NonPagedPool',
    'ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_RAISE_ON_FAILURE',
  ].map((call) =>
    behaviour(
      'E6',
      `${call}, ...) raises when there is no memory`,
      `
export function HarnessMain(): void {
  KiSetLowMemory(TRUE);
  let Failed: BOOLEAN = FALSE;
  let Block: PVOID = null;
  try { Block = ${call}, sizeof<LIST_ENTRY>(), 'tseT'); } catch { Failed = TRUE; Expect(GetExceptionCode() === STATUS_INSUFFICIENT_RESOURCES); }
  Expect((Block !== null) === !Failed);
  if (Failed) machineEvent('queue.start-next');
  else machineEvent('queue.not-busy');
}
`,
      'queue.not-busy queue.start-next',
      { watch: [{ event: 'queue.start-next' }, { event: 'queue.not-busy' }] },
    ),
  ),
  behaviour(
    'E6',
    'ExAllocatePoolWithQuotaTag gives null instead when it is asked to',
    `
export function HarnessMain(): void {
  KiSetLowMemory(TRUE);
  const Block = ExAllocatePoolWithQuotaTag((NonPagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE) as POOL_TYPE, sizeof<LIST_ENTRY>(), 'tseT');
  if (Block === null) machineEvent('queue.start-next');
}
`,
    'queue.start-next',
    { watch: [unhandled, { event: 'queue.start-next' }] },
  ),
  behaviour(
    'E7',
    'MmProbeAndLockPages raises, or the pages hold what the buffer held until they are unlocked',
    `
interface PAIR { First: LONG; Second: LONG }
type PPAIR = PAIR;
let Buffer!: PAIR;
export function HarnessMain(): void {
  Buffer.Second = 5;
  machineUserMemory(Buffer);
  const Mdl = IoAllocateMdl(Buffer, 8, FALSE, FALSE, null)!;
  let Locked: BOOLEAN = FALSE;
  try { MmProbeAndLockPages(Mdl, UserMode, IoWriteAccess); Locked = TRUE; } catch { Expect(GetExceptionCode() === STATUS_ACCESS_VIOLATION); }
  if (!Locked) { machineEvent('queue.start-next'); IoFreeMdl(Mdl); return; }
  const Pages = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority) as PPAIR;
  Expect(Pages.Second === 5 && !machineIsUserMemory(Pages) && machineIsUserMemory(Buffer));
  MmUnlockPages(Mdl);
  IoFreeMdl(Mdl);
  Pages.First = 1;
}
`,
    'fault.freed queue.start-next',
    { watch: [{ event: 'queue.start-next' }] },
  ),
  behaviour(
    'E7',
    'a kernel buffer stays where it is',
    `
export function HarnessMain(): void {
  const Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<LIST_ENTRY>(), 'tseT')!;
  const Mdl = IoAllocateMdl(Buffer, 16, FALSE, FALSE, null)!;
  try { MmProbeAndLockPages(Mdl, KernelMode, IoWriteAccess); } catch { return; }
  Expect(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority) === Buffer);
  MmUnlockPages(Mdl);
}
`,
  ),
  behaviour(
    'E7',
    'pages are unlocked once for each locking',
    `
export function HarnessMain(): void {
  const Buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<LIST_ENTRY>(), 'tseT')!;
  const Mdl = IoAllocateMdl(Buffer, 16, FALSE, FALSE, null)!;
  try { MmProbeAndLockPages(Mdl, KernelMode, IoWriteAccess); } catch { return; }
  MmUnlockPages(Mdl);
  MmUnlockPages(Mdl);
}
`,
    'fault.double-free',
  ),
  ...['User', 'Kernel'].map((whose) =>
    behaviour(
      'E7 E8 X22',
      `MmProbeAndLockPages for ${whose === 'User' ? 'user memory at DISPATCH_LEVEL is too high' : 'kernel memory may run at DISPATCH_LEVEL'}`,
      `
let Buffer!: LIST_ENTRY;
export function HarnessMain(): void {
  ${whose === 'User' ? 'machineUserMemory(Buffer);' : ''}
  const Mdl = IoAllocateMdl(Buffer, 16, FALSE, FALSE, null)!;
  machineRaise(2);
  try { MmProbeAndLockPages(Mdl, ${whose}Mode, IoReadAccess); } catch { machineLower(0); return; }
  machineLower(0);
}
`,
      whose === 'User' ? 'call.irql' : 'verified',
      { watch: [irqlAbove] },
    ),
  ),
  ...(
    [
      ['a null pointer', 'InitializeListHead(Nothing!);', 'fault.null'],
      [
        'freed memory',
        "const Entry = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<LIST_ENTRY>(), 'tseT')!; ExFreePool(Entry); Entry.Flink = Entry;",
        'fault.freed',
      ],
    ] as const
  ).map(([what, body, fault]) =>
    behaviour(
      'E4',
      `${what} is no exception that a handler may have`,
      `
let Nothing!: PLIST_ENTRY | null;
export function HarnessMain(): void { try { ${body} } catch { Expect(TRUE); } }
`,
      fault,
    ),
  ),
];
