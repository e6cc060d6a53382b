/** Each routine that initialises an object makes it usable in pool that holds whatever was there before. */
import { describe, expect, it } from 'vitest';
import { checkSources } from '../kit/check.ts';
import { loadLibrary } from '../kit/library.ts';

/** Every name that a driver may import. */
const exported = new Set(
  loadLibrary()
    .find(({ path }) => path === 'irpsight/wdm/index.ts')
    ?.text.match(/\b(?:[A-Z]\w*|sizeof)\b/g),
);

/** The object, its type, and what is done with it as `Of.Object`. Helpers that are needed stand before it. */
const objects: readonly (readonly [name: string, type: string, use: string, helpers?: string])[] = [
  [
    'an event',
    'KEVENT',
    'KeInitializeEvent(Of.Object, SynchronizationEvent, FALSE); KeSetEvent(Of.Object, IO_NO_INCREMENT, FALSE); KeWaitForSingleObject(Of.Object, Executive, KernelMode, FALSE, null); KeClearEvent(Of.Object); KeReadStateEvent(Of.Object);',
  ],
  [
    'a semaphore',
    'KSEMAPHORE',
    'KeInitializeSemaphore(Of.Object, 0, 2); KeReleaseSemaphore(Of.Object, 0, 1, FALSE); KeReadStateSemaphore(Of.Object); KeWaitForSingleObject(Of.Object, Executive, KernelMode, FALSE, null);',
  ],
  [
    'a mutex',
    'KMUTEX',
    'KeInitializeMutex(Of.Object, 0); KeWaitForSingleObject(Of.Object, Executive, KernelMode, FALSE, null); KeReadStateMutex(Of.Object); KeReleaseMutex(Of.Object, FALSE);',
  ],
  [
    'a timer',
    'KTIMER',
    'let Due!: LARGE_INTEGER; Due.QuadPart = -10; KeInitializeTimer(Of.Object); KeReadStateTimer(Of.Object); KeSetTimer(Of.Object, Due, null); KeWaitForSingleObject(Of.Object, Executive, KernelMode, FALSE, null); KeCancelTimer(Of.Object);',
  ],
  [
    'a synchronization timer',
    'KTIMER',
    'let Due!: LARGE_INTEGER; Due.QuadPart = -10; KeInitializeTimerEx(Of.Object, SynchronizationTimer); KeSetTimerEx(Of.Object, Due, 0, null); KeWaitForSingleObject(Of.Object, Executive, KernelMode, FALSE, null);',
  ],
  [
    'a DPC',
    'KDPC',
    'KeInitializeDpc(Of.Object, Routine, null); KeSetImportanceDpc(Of.Object, HighImportance); KeInsertQueueDpc(Of.Object, null, null); KeRemoveQueueDpc(Of.Object); KeFlushQueuedDpcs();',
    'const Routine: KDEFERRED_ROUTINE<PVOID> = (Dpc, Context, Argument1, Argument2) => {};',
  ],
  [
    'a threaded DPC',
    'KDPC',
    'KeInitializeThreadedDpc(Of.Object, Routine, null); KeInsertQueueDpc(Of.Object, null, null); KeFlushQueuedDpcs();',
    'const Routine: KDEFERRED_ROUTINE<PVOID> = (Dpc, Context, Argument1, Argument2) => {};',
  ],
  [
    'a work item',
    'WORK_QUEUE_ITEM',
    'KeInitializeEvent(Done, NotificationEvent, FALSE); ExInitializeWorkItem(Of.Object, Work, null); ExQueueWorkItem(Of.Object, DelayedWorkQueue); KeWaitForSingleObject(Done, Executive, KernelMode, FALSE, null);',
    'let Done!: KEVENT;\nconst Work: WORKER_THREAD_ROUTINE<PVOID> = (Parameter) => { KeSetEvent(Done, IO_NO_INCREMENT, FALSE); };',
  ],
  [
    'a fast mutex',
    'FAST_MUTEX',
    'ExInitializeFastMutex(Of.Object); ExAcquireFastMutex(Of.Object); ExReleaseFastMutex(Of.Object); if (ExTryToAcquireFastMutex(Of.Object)) ExReleaseFastMutex(Of.Object);',
  ],
  [
    'a guarded mutex',
    'KGUARDED_MUTEX',
    'KeInitializeGuardedMutex(Of.Object); KeAcquireGuardedMutex(Of.Object); KeReleaseGuardedMutex(Of.Object);',
  ],
  [
    'a spin lock',
    'KSPIN_LOCK',
    'let Handle!: KLOCK_QUEUE_HANDLE; KeInitializeSpinLock(Of.Object); const Irql = KeAcquireSpinLock(Of.Object); KeReleaseSpinLock(Of.Object, Irql); KeAcquireInStackQueuedSpinLock(Of.Object, Handle); KeReleaseInStackQueuedSpinLock(Handle); KeTestSpinLock(Of.Object);',
  ],
  [
    'a list',
    '{ Head: LIST_ENTRY; Entry: LIST_ENTRY }',
    'InitializeListHead(Of.Object.Head); InsertTailList(Of.Object.Head, Of.Object.Entry); RemoveHeadList(Of.Object.Head); NT_ASSERT(IsListEmpty(Of.Object.Head));',
  ],
  [
    'a sequenced list',
    '{ Head: SLIST_HEADER; Entry: SLIST_ENTRY }',
    'InitializeSListHead(Of.Object.Head); InterlockedPushEntrySList(Of.Object.Head, Of.Object.Entry); NT_ASSERT(ExQueryDepthSList(Of.Object.Head) === 1); InterlockedPopEntrySList(Of.Object.Head);',
  ],
  [
    'run-down protection',
    'EX_RUNDOWN_REF',
    'ExInitializeRundownProtection(Of.Object); if (ExAcquireRundownProtection(Of.Object)) ExReleaseRundownProtection(Of.Object); ExWaitForRundownProtectionRelease(Of.Object); ExReInitializeRundownProtection(Of.Object);',
  ],
  [
    'a nonpaged lookaside list',
    'NPAGED_LOOKASIDE_LIST',
    "ExInitializeNPagedLookasideList(Of.Object, null, null, 0, sizeof<ENTRY>(), 'kooL', 0); ExFreeToNPagedLookasideList(Of.Object, ExAllocateFromNPagedLookasideList(Of.Object)); ExDeleteNPagedLookasideList(Of.Object);",
    'interface ENTRY { Value: LONG }',
  ],
  [
    'a paged lookaside list',
    'PAGED_LOOKASIDE_LIST',
    "ExInitializePagedLookasideList(Of.Object, null, null, 0, sizeof<ENTRY>(), 'kooL', 0); ExFreeToPagedLookasideList(Of.Object, ExAllocateFromPagedLookasideList(Of.Object)); ExDeletePagedLookasideList(Of.Object);",
    'interface ENTRY { Value: LONG }',
  ],
  [
    'a lookaside list of the newer kind',
    'LOOKASIDE_LIST_EX',
    "ExInitializeLookasideListEx(Of.Object, null, null, NonPagedPoolNx, 0, sizeof<ENTRY>(), 'kooL', 0); ExFreeToLookasideListEx(Of.Object, ExAllocateFromLookasideListEx(Of.Object)); ExFlushLookasideListEx(Of.Object); ExDeleteLookasideListEx(Of.Object);",
    'interface ENTRY { Value: LONG }',
  ],
  [
    'a resource',
    'ERESOURCE',
    'ExInitializeResourceLite(Of.Object); KeEnterCriticalRegion(); ExAcquireResourceExclusiveLite(Of.Object, TRUE); ExIsResourceAcquiredSharedLite(Of.Object); ExReleaseResourceLite(Of.Object); KeLeaveCriticalRegion(); ExReinitializeResourceLite(Of.Object); ExDeleteResourceLite(Of.Object);',
  ],
  [
    'a remove lock',
    'IO_REMOVE_LOCK',
    "IoInitializeRemoveLock(Of.Object, 'kcoL', 0, 0); IoAcquireRemoveLock(Of.Object, null); IoAcquireRemoveLock(Of.Object, Of); IoReleaseRemoveLock(Of.Object, Of); IoReleaseRemoveLockAndWait(Of.Object, null);",
  ],
  [
    'a device queue and its entries',
    '{ Queue: KDEVICE_QUEUE; First: KDEVICE_QUEUE_ENTRY; Second: KDEVICE_QUEUE_ENTRY; Third: KDEVICE_QUEUE_ENTRY }',
    'KeInitializeDeviceQueue(Of.Object.Queue); KeInsertDeviceQueue(Of.Object.Queue, Of.Object.First); KeInsertByKeyDeviceQueue(Of.Object.Queue, Of.Object.Second, 2); KeInsertByKeyDeviceQueue(Of.Object.Queue, Of.Object.Third, 1); NT_ASSERT(KeRemoveDeviceQueue(Of.Object.Queue) === Of.Object.Third); NT_ASSERT(KeRemoveEntryDeviceQueue(Of.Object.Queue, Of.Object.Second)); KeInsertDeviceQueue(Of.Object.Queue, Of.Object.First);',
  ],
  [
    'a cancel-safe queue',
    'IO_CSQ',
    'IoCsqInitialize(Of.Object, Insert, Remove, Peek, Acquire, Release, Cancelled); IoCsqRemoveNextIrp(Of.Object, null);',
    csqRoutines('const Insert: IO_CSQ_INSERT_IRP = (Csq, Irp) => {};'),
  ],
  [
    'a cancel-safe queue whose insertion may fail',
    'IO_CSQ',
    'IoCsqInitializeEx(Of.Object, Insert, Remove, Peek, Acquire, Release, Cancelled); IoCsqRemoveNextIrp(Of.Object, null);',
    csqRoutines('const Insert: IO_CSQ_INSERT_IRP_EX<PVOID> = (Csq, Irp, Context) => { return STATUS_SUCCESS; };'),
  ],
  [
    'an MDL',
    'MDL',
    'MmInitializeMdl(Of.Object, Of, 4); MmBuildMdlForNonPagedPool(Of.Object); NT_ASSERT(MmGetSystemAddressForMdlSafe(Of.Object, NormalPagePriority) === Of);',
  ],
  [
    'an IRP',
    'LONG',
    "const Irp = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof<IRP>(), 'prI ') as PIRP | null; if (Irp !== null) { IoInitializeIrp(Irp, IoSizeOfIrp(2), 2); IoGetNextIrpStackLocation(Irp).MajorFunction = IRP_MJ_READ; IoReuseIrp(Irp, STATUS_SUCCESS); NT_ASSERT(Irp.StackCount === 2); ExFreePool(Irp); }",
  ],
  [
    'a string',
    'UNICODE_STRING',
    "RtlInitUnicodeString(Of.Object, 'text'); NT_ASSERT(Of.Object.Length <= Of.Object.MaximumLength);",
  ],
];

function csqRoutines(insert: string): string {
  return `let Lock!: KSPIN_LOCK;
${insert}
const Remove: IO_CSQ_REMOVE_IRP = (Csq, Irp) => {};
const Peek: IO_CSQ_PEEK_NEXT_IRP<PVOID> = (Csq, Irp, Context) => { return null; };
const Acquire: IO_CSQ_ACQUIRE_LOCK = (Csq, Irql) => { KeInitializeSpinLock(Lock); Irql.Value = KeAcquireSpinLock(Lock); };
const Release: IO_CSQ_RELEASE_LOCK = (Csq, Irql) => { KeReleaseSpinLock(Lock, Irql); };
const Cancelled: IO_CSQ_COMPLETE_CANCELED_IRP = (Csq, Irp) => {};`;
}

/** A driver that makes the object in such pool when it is loaded, uses it, and frees it. */
function driver(type: string, use: string, helpers = ''): string {
  const text = `
interface OWN { Object: ${type} }
type POWN = OWN;
${helpers}
const Pass: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
const Unload: DRIVER_UNLOAD = (DriverObject) => {
  let Link!: UNICODE_STRING;
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Any');
  IoDeleteSymbolicLink(Link);
  IoDeleteDevice(DriverObject.DeviceObject!);
};
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  const Of = ExAllocatePoolWithTag(NonPagedPoolNx, sizeof<OWN>(), 'nwO ') as POWN | null;
  if (Of === null) return STATUS_INSUFFICIENT_RESOURCES;
  ${use}
  ExFreePool(Of);
  let Device!: PDEVICE_OBJECT | null;
  let Name!: UNICODE_STRING;
  let Link!: UNICODE_STRING;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Any');
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Any');
  const Status = IoCreateDevice(DriverObject, 0, Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) return Status;
  IoCreateSymbolicLink(Link, Name);
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = Pass;
  DriverObject.MajorFunction[IRP_MJ_CREATE] = Pass;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
  const names = [...new Set(text.match(/\b[A-Za-z_]\w*\b/g))].filter((name) => exported.has(name));
  return `import { ${names.join(', ')} } from 'irpsight/wdm';\n${text}`;
}

const scenario = `
import { CreateFile, SCENARIO } from 'irpsight/scenario';
import { DriverEntry } from './x.driver';
export const Loaded: SCENARIO = { Driver: DriverEntry, Threads: { Opener() { CreateFile('\\\\\\\\.\\\\Any'); } } };
`;

/** The verdict with what bounds it, or the rules that were broken with the text where. */
function outcome(text: string): string {
  const result = checkSources([
    { path: 'x.driver.ts', text, origin: 'driver' },
    { path: 'x.scenario.ts', text: scenario, origin: 'scenario' },
  ]);
  const lines = text.split('\n');
  const found = result.findings.map(
    ({ rule, range }) => `${rule} at ${lines[range.start.line - 1]?.slice(range.start.column - 1, range.end.column - 1) ?? ''}`,
  );
  const errors = result.problems.filter(({ code }) => !code.startsWith('check/')).map(({ message }) => message);
  return [...errors, ...found, ...result.scenarios.map(({ verdict, bounds }) => [verdict, ...bounds].join(': '))].join('; ');
}

describe('in pool that is not zeroed', () => {
  it.each(objects)('%s can be initialised and used', (_, type = '', use = '', helpers = '') => {
    expect(outcome(driver(type, use, helpers))).toBe('verified');
  });

  it('what was initialised before is still noticed', () => {
    const lock = "IoInitializeRemoveLock(Of.Object, 'kcoL', 0, 0);";
    expect(outcome(driver('IO_REMOVE_LOCK', `${lock} ${lock}`))).toContain(`remove-lock/misuse at ${lock.slice(0, -1)}`);
    const insert = 'KeInsertDeviceQueue(Of.Object.Queue, Of.Object.Entry)';
    const queue = `KeInitializeDeviceQueue(Of.Object.Queue); KeInsertDeviceQueue(Of.Object.Queue, Of.Object.First); ${insert};`;
    const type = '{ Queue: KDEVICE_QUEUE; First: KDEVICE_QUEUE_ENTRY; Entry: KDEVICE_QUEUE_ENTRY }';
    expect(outcome(driver(type, `${queue} ${insert};`))).toContain(`queue/device-queue at ${insert}`);
    expect(outcome(driver(type, `${queue} KeInitializeDeviceQueue(Of.Object.Queue);`))).toContain(
      'queue/device-queue at KeInitializeDeviceQueue(Of.Object.Queue)',
    );
  });

  it('an exchange initialises, too, where nobody looks at the old value', () => {
    const exchange = 'InterlockedExchange(Ref(Of.Object.Value), 1)';
    expect(outcome(driver('{ Value: LONG }', `${exchange}; NT_ASSERT(Of.Object.Value === 1);`))).toBe('verified');
    expect(outcome(driver('{ Value: LONG }', `const Old = ${exchange}; NT_ASSERT(Old === 0);`))).toContain(
      `memory/uninitialised at ${exchange}`,
    );
  });

  it('what was not initialised is', () => {
    expect(outcome(driver('KEVENT', 'KeSetEvent(Of.Object, IO_NO_INCREMENT, FALSE);'))).toContain(
      'memory/uninitialised at KeSetEvent',
    );
    expect(outcome(driver('IO_REMOVE_LOCK', 'IoAcquireRemoveLock(Of.Object, null);'))).toContain(
      'memory/uninitialised at IoAcquireRemoveLock',
    );
  });
});
