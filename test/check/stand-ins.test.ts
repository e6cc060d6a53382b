/** Drivers that call routines without a model, and routines that the user has modelled. */
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/check/findings.ts';
import { openProject, type ProjectEdges } from '../../src/check/project.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { listImports } from '../../src/compiler/imports.ts';
import { checkSources } from '../kit/check.ts';

/** A driver whose read does `body`, with `imports` beside what it needs itself. */
function driver(imports: string, body: string, entry = '', rest = ''): SourceInput {
  const text = `import {
  DRIVER_DISPATCH, DRIVER_INITIALIZE, FALSE, FILE_DEVICE_UNKNOWN, IO_NO_INCREMENT, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ, IoCompleteRequest,
  IoCreateDevice, IoCreateSymbolicLink, KSPIN_LOCK, KeInitializeSpinLock, NTSTATUS, NT_SUCCESS, PDEVICE_OBJECT, PIRP, Ref, RtlInitUnicodeString, STATUS_SUCCESS, ULONG, UNICODE_STRING, sizeof,
  ${imports},
} from 'irpsight/wdm';
interface EXT { Lock: KSPIN_LOCK; Count: ULONG }
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let Device!: PDEVICE_OBJECT<EXT> | null;
${entry}
  RtlInitUnicodeString(Name, '\\\\Device\\\\A');
  const Status = IoCreateDevice(DriverObject, sizeof<EXT>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) return Status;
  let Link!: UNICODE_STRING;
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\A');
  IoCreateSymbolicLink(Link, Name);
  KeInitializeSpinLock(Device!.DeviceExtension.Lock);
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchOther;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchOther;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchOther;
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;
  return STATUS_SUCCESS;
};
const DispatchOther: DRIVER_DISPATCH<EXT> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};
const DispatchRead: DRIVER_DISPATCH<EXT> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
${body}
  return Complete(Irp, STATUS_SUCCESS);
};
function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
${rest}
`;
  return { path: 'a.driver.ts', text, origin: 'driver' };
}

const scenario: SourceInput = {
  path: 'a.scenario.ts',
  origin: 'scenario',
  text: `import { CreateFile, HANDLE_, ReadFile, SCENARIO } from 'irpsight/scenario';
import { HANDLE } from 'irpsight/wdm';
import { DriverEntry } from './a.driver';
let File!: HANDLE | null;
export const Reads: SCENARIO = {
  Driver: DriverEntry,
  Processors: 1,
  Setup() { File = CreateFile('\\\\\\\\.\\\\A'); },
  Threads: { Reader() { ReadFile(File, 16, null); } },
};
`.replace('HANDLE_, ', ''),
};

function check(source: SourceInput, ...models: readonly SourceInput[]): CheckResult {
  return checkSources([source, ...models, scenario]);
}

/** Problems, findings, verdict, reasons and what is assumed of routines, as lines. */
function told(source: SourceInput, ...models: readonly SourceInput[]): readonly string[] {
  const { problems, findings, scenarios } = check(source, ...models);
  return [
    ...problems.map(({ code, message, range }) => `${code} ${range.start.line}: ${message}`),
    ...findings.map(({ rule, certainty, file, range }) => `${certainty} ${rule} ${file}:${range.start.line}`),
    ...scenarios.flatMap(({ verdict, bounds, assumptions }) => [verdict, ...bounds, ...assumptions.slice(2)]),
  ];
}

const nothingBut = (name: string): string =>
  `${name}, which has no model, does nothing but give any result that the driver tells apart.`;
const handed = (name: string, what: string): string =>
  `a.driver.ts:29: ${name} has no model and is handed ${what}; what it does with it is not known unless a *.model.ts says.`;
const endsIn = (name: string): string =>
  `Some path ends in ${name}: what comes next depends on what a routine without a model gave or did.`;
const tried = (what: string): string => `${what} is used in DispatchRead in ways that are not followed: only 0, 1 were tried.`;
const locked = (call: string): string => `
  const Irql = KeAcquireSpinLock(Extension.Lock);
  ${call}
  KeReleaseSpinLock(Extension.Lock, Irql);`;

describe('a routine without a model', () => {
  it.each([
    [
      'above its documented IRQL',
      'KeAcquireSpinLock, KeReleaseSpinLock, ZwDeleteKey',
      locked('ZwDeleteKey(null);'),
      'witnessed irql/too-high a.driver.ts:31',
      'error',
      nothingBut('ZwDeleteKey'),
    ],
    [
      'at an IRQL that its arguments decide about',
      'KeAcquireSpinLock, KeReleaseSpinLock, ZwCreateFile',
      locked('ZwCreateFile(null, 0, null, null, null, 0, 0, 0, 0, null, 0);'),
      'bounded',
      'Whether ZwCreateFile may be called at this IRQL depends on its arguments, which is not checked.',
      nothingBut('ZwCreateFile'),
    ],
  ])('is called %s', (_, imports, body, ...lines) => {
    expect(told(driver(imports, body))).toEqual(lines);
  });

  it.each([
    [
      'success and failure',
      'ZwDeleteKey, STATUS_UNSUCCESSFUL',
      'if (!NT_SUCCESS(ZwDeleteKey(null))) { return Complete(Irp, STATUS_UNSUCCESSFUL); }',
      'verified',
      nothingBut('ZwDeleteKey'),
    ],
    [
      'success',
      'ZwDeleteKey, NT_ASSERT',
      'NT_ASSERT(!NT_SUCCESS(ZwDeleteKey(null)));',
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut('ZwDeleteKey'),
    ],
    [
      'a failure',
      'ZwDeleteKey, NT_ASSERT',
      'NT_ASSERT(NT_SUCCESS(ZwDeleteKey(null)));',
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut('ZwDeleteKey'),
    ],
    [
      'each failure that the driver tells apart',
      'ZwDeleteKey, STATUS_KEY_DELETED, NT_ASSERT',
      'NT_ASSERT(ZwDeleteKey(null) !== STATUS_KEY_DELETED);',
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut('ZwDeleteKey'),
    ],
    [
      'STATUS_PENDING only where the page speaks of it',
      'ZwDeleteKey, STATUS_PENDING, NT_ASSERT',
      'NT_ASSERT(ZwDeleteKey(null) !== STATUS_PENDING);',
      'verified',
      nothingBut('ZwDeleteKey'),
    ],
    [
      'TRUE',
      'IoIsWdmVersionAvailable, NT_ASSERT',
      'NT_ASSERT(!IoIsWdmVersionAvailable(1, 0x20));',
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut('IoIsWdmVersionAvailable'),
    ],
    [
      'FALSE',
      'IoIsWdmVersionAvailable, NT_ASSERT',
      'NT_ASSERT(IoIsWdmVersionAvailable(1, 0x20));',
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut('IoIsWdmVersionAvailable'),
    ],
    [
      'a number that nothing looks at',
      'RtlCompareMemory',
      'RtlCompareMemory(null, null, 16);',
      'verified',
      nothingBut('RtlCompareMemory'),
    ],
    [
      'the number that it is compared with',
      'RtlCompareMemory, NT_ASSERT',
      'const Same = RtlCompareMemory(null, null, 16); if (Same === 16) { NT_ASSERT(FALSE); }',
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut('RtlCompareMemory'),
    ],
    [
      'a larger one',
      'RtlCompareMemory, NT_ASSERT',
      'const Same = RtlCompareMemory(null, null, 16); if (Same > 16) { NT_ASSERT(FALSE); }',
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut('RtlCompareMemory'),
    ],
    [
      'numbers in every stretch, and no others',
      'RtlCompareMemory',
      'const Same = RtlCompareMemory(null, null, 16); if (Same > 3 && Same < 7) { Extension.Count = 1; }',
      'verified',
      nothingBut('RtlCompareMemory'),
    ],
    [
      'some numbers where it is used otherwise',
      'RtlCompareMemory',
      'Extension.Count = RtlCompareMemory(null, null, 16) as ULONG;',
      'bounded',
      tried('RtlCompareMemory has no model, and the number that it gives'),
      nothingBut('RtlCompareMemory'),
    ],
    [
      'a number through a local',
      'ZwQueryKey, NT_ASSERT',
      'let Length!: ULONG; Length = 3; ZwQueryKey(null, 0, null, 0, Ref(Length)); NT_ASSERT(Length === 3);',
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut('ZwQueryKey'),
    ],
    [
      'some numbers through a field',
      'ZwQueryKey',
      'ZwQueryKey(null, 0, null, 0, Ref(Extension.Count));',
      'bounded',
      tried('ZwQueryKey has no model, and the number that it stores through ResultLength'),
      nothingBut('ZwQueryKey'),
    ],
    [
      'what nobody knows where a pointer points',
      'ZwQueryKey',
      'let Data!: DATA; let Length!: ULONG; ZwQueryKey(null, 0, Data, 16, Ref(Length));',
      'bounded',
      'ZwQueryKey has no model, and what it stores where KeyInformation points is not known.',
      nothingBut('ZwQueryKey'),
    ],
    [
      'a pointer that nobody follows',
      'MmLockPagableDataSection, MmUnlockPagableImageSection',
      'const Handle = MmLockPagableDataSection(null); MmUnlockPagableImageSection(Handle);',
      'verified',
      nothingBut('MmLockPagableDataSection'),
      nothingBut('MmUnlockPagableImageSection'),
    ],
    [
      'a pointer that somebody follows',
      'MmLockPagableDataSection',
      'const Own = MmLockPagableDataSection(null) as PEXT; Own.Count = 1;',
      'bounded',
      endsIn('DispatchRead'),
      nothingBut('MmLockPagableDataSection'),
    ],
    [
      'a routine that somebody calls',
      'MmGetSystemRoutineAddress',
      'let Name!: UNICODE_STRING; const Own = MmGetSystemRoutineAddress(Name) as OWN | null; if (Own !== null) { Own(1); }',
      'bounded',
      endsIn('DispatchRead'),
      nothingBut('MmGetSystemRoutineAddress'),
    ],
    [
      'null, where the page speaks of it',
      'IoCreateController, NT_ASSERT',
      'NT_ASSERT(IoCreateController(16) !== null);',
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut('IoCreateController'),
    ],
    [
      'null nowhere else',
      'MmLockPagableDataSection, NT_ASSERT',
      'NT_ASSERT(MmLockPagableDataSection(null) !== null);',
      'verified',
      nothingBut('MmLockPagableDataSection'),
    ],
  ])('gives %s', (_, imports, body, ...lines) => {
    expect(
      told(driver(imports, body, '', 'type PEXT = EXT; interface DATA { Size: ULONG } type OWN = (A: ULONG) => void;')),
    ).toEqual(lines);
  });

  it.each([
    [
      'an IRP',
      'IoSetIoPriorityHint',
      'IoSetIoPriorityHint(Irp, 2);',
      handed('IoSetIoPriorityHint', 'an IRP (Irp)'),
      endsIn('IoSetIoPriorityHint'),
    ],
    [
      'an IRP to look at',
      'IoGetRequestorProcessId',
      'IoGetRequestorProcessId(Irp);',
      handed('IoGetRequestorProcessId', 'an IRP (Irp)'),
    ],
    [
      'a device',
      'IoRegisterLastChanceShutdownNotification',
      'IoRegisterLastChanceShutdownNotification(DeviceObject);',
      handed('IoRegisterLastChanceShutdownNotification', 'a DEVICE_OBJECT (DeviceObject)'),
    ],
    [
      'an extension with a lock',
      'ExNotifyCallback',
      'ExNotifyCallback(null, Extension, null);',
      handed('ExNotifyCallback', 'EXT, which holds a KSPIN_LOCK (Extension)'),
    ],
    [
      'the same behind a cast',
      'ExNotifyCallback, PVOID',
      'ExNotifyCallback(null, Extension as PVOID, null);',
      handed('ExNotifyCallback', 'EXT, which holds a KSPIN_LOCK (Extension as PVOID)'),
    ],
    [
      'the same as mere memory',
      'ExNotifyCallback, PVOID',
      'const Memory: PVOID = Extension; ExNotifyCallback(null, Memory, null);',
      handed('ExNotifyCallback', 'memory that may lead to anything (Memory)'),
    ],
    [
      'a routine',
      'PsSetCreateThreadNotifyRoutine',
      'PsSetCreateThreadNotifyRoutine(Complete);',
      handed('PsSetCreateThreadNotifyRoutine', 'a routine (Complete)'),
    ],
    [
      'a lock of a kind nobody knows',
      'ExAcquireSpinLockExclusive, LONG',
      'let Lock!: LONG; ExAcquireSpinLockExclusive(Ref(Lock));',
      handed('ExAcquireSpinLockExclusive', 'the address of a variable (Ref(Lock))'),
      'ExAcquireSpinLockExclusive has no model, and may wait, or take or release a lock; what comes after it is not followed.',
      endsIn('ExAcquireSpinLockExclusive'),
    ],
  ])('is handed %s', (_, imports, body, ...reasons) => {
    expect(told(driver(imports, body))).toEqual(['bounded', ...reasons, nothingBut(/^\w+/.exec(imports)?.[0] ?? '')]);
  });

  it('is handed plain data', () => {
    const body =
      'let Iosb!: IO_STATUS_BLOCK; let Data!: DATA; ZwSetInformationFile(null, Iosb, Data, sizeof<DATA>() as ULONG, 1);';
    const source = driver('ZwSetInformationFile, IO_STATUS_BLOCK, UCHAR', body, '', 'interface DATA { A: ULONG; B: UCHAR }');
    expect(told(source)).toEqual(['verified', nothingBut('ZwSetInformationFile')]);
  });

  it.each([
    ['does not', '', 'verified'],
    [
      'does',
      'if (Text.Length > 4) { Extension.Count = 1; }',
      'bounded',
      'RtlUpcaseUnicodeString has no model, and DispatchRead looks at the UNICODE_STRING that it fills in (DestinationString).',
    ],
  ])('fills in a string, at which the driver %s look', (_, look, ...lines) => {
    const body = `let Text!: UNICODE_STRING; let From!: UNICODE_STRING; RtlInitUnicodeString(From, 'abc'); RtlUpcaseUnicodeString(Text, From, FALSE); ${look}`;
    expect(told(driver('RtlUpcaseUnicodeString', body))).toEqual([...lines, nothingBut('RtlUpcaseUnicodeString')]);
  });

  it('is called above its IRQL in a routine that no scenario comes to', () => {
    const idle = { ...scenario, text: scenario.text.replace('ReadFile(File, 16, null);', '') };
    const above = driver('KeAcquireSpinLock, KeReleaseSpinLock, ZwDeleteKey', locked('ZwDeleteKey(null);'));
    const { findings } = checkSources([above, idle]);
    expect(findings.map(({ rule, certainty, range }) => `${certainty} ${rule} ${range.start.line}`)).toEqual([
      'must irql/too-high 31',
    ]);
  });

  it('fills in a buffer, which then counts as written', () => {
    const body = `let Data!: DATA; let Length!: ULONG; ZwQueryKey(null, 0, Data, 4, Ref(Length)); if (Data.Size > 4) { Extension.Count = 1; }`;
    expect(told(driver('ZwQueryKey', body, '', 'interface DATA { Size: ULONG }'))).toEqual([
      'bounded',
      'ZwQueryKey has no model, and what it stores where KeyInformation points is not known.',
      nothingBut('ZwQueryKey'),
    ]);
  });

  it('may have freed what it is handed, which then is no leak', () => {
    const body = `const Mine = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<DATA>(), 'Mine'); if (Mine !== null) { MmFreeMappingAddress(Mine, 1); }`;
    const source = driver(
      'MmFreeMappingAddress, ExAllocatePool2, POOL_FLAG_NON_PAGED',
      body,
      '',
      'interface DATA { Size: ULONG }',
    );
    expect(told(source)).toEqual([
      'bounded',
      'MmFreeMappingAddress has no model, and may free what it is handed (BaseAddress); what comes after it is not followed.',
      endsIn('MmFreeMappingAddress'),
      nothingBut('MmFreeMappingAddress'),
    ]);
  });

  it('may refuse while the driver is loaded, which then gives up', () => {
    const entry = 'if (!NT_SUCCESS(ZwDeleteKey(null))) { return STATUS_UNSUCCESSFUL; }';
    expect(told(driver('ZwDeleteKey, STATUS_UNSUCCESSFUL', '', entry))).toEqual(['verified', nothingBut('ZwDeleteKey')]);
  });
});

/** Imports beside ZwDeleteKey, a body that does something with its status S, and what the body needs at the top level. */
const deletes = (imports: string, body: string, rest = ''): readonly string[] =>
  told(driver(`ZwDeleteKey, NT_ASSERT, ${imports}`, `let S = ZwDeleteKey(null); ${body}`, '', rest));
const wrong = 'NT_ASSERT(FALSE);';
const failed = (line = 29): readonly string[] => [
  `witnessed assert/failed a.driver.ts:${line}`,
  'error',
  nothingBut('ZwDeleteKey'),
];
const unfollowed = (where: string, values = '0x00000000, 0xC0000001'): readonly string[] => [
  'bounded',
  `ZwDeleteKey has no model, and the status that it gives is used in ${where} in ways that are not followed: only ${values} were tried.`,
  nothingBut('ZwDeleteKey'),
];
const own = 'function Own(A: NTSTATUS, B: NTSTATUS): BOOLEAN { return A === B; }';

describe('the status of a routine without a model', () => {
  it.each([
    ['in a routine', 'BOOLEAN, STATUS_ACCESS_DENIED', `if (Own(S, STATUS_ACCESS_DENIED)) { ${wrong} }`, own],
    ['in a routine, from the other side', 'BOOLEAN, STATUS_ACCESS_DENIED', `if (Own(STATUS_ACCESS_DENIED, S)) { ${wrong} }`, own],
    [
      'through a pointer to a routine',
      'BOOLEAN, STATUS_ACCESS_DENIED',
      `const Asks: OWN = Own; if (Asks(S, STATUS_ACCESS_DENIED)) { ${wrong} }`,
      `type OWN = (A: NTSTATUS, B: NTSTATUS) => BOOLEAN; const Own: OWN = (A, B) => { return A === B; };`,
    ],
    [
      'with a variable',
      'STATUS_ACCESS_DENIED',
      `Wanted = STATUS_ACCESS_DENIED; if (S === Wanted) { ${wrong} }`,
      'let Wanted!: NTSTATUS;',
    ],
    [
      'with a variable that starts with it',
      'STATUS_ACCESS_DENIED',
      `if (S === Wanted) { ${wrong} }`,
      'let Wanted: NTSTATUS = STATUS_ACCESS_DENIED;',
    ],
    ['with a local', 'STATUS_ACCESS_DENIED', `const Wanted = STATUS_ACCESS_DENIED; if (S === Wanted) { ${wrong} }`],
    [
      'with a table',
      'ARRAY, STATUS_ACCESS_DENIED, STATUS_NO_MEMORY',
      `for (let I: ULONG = 0; I < 2; I++) { if (Tab[I].A === S && I === 1) { ${wrong} } }`,
      'interface T { A: NTSTATUS; B: ULONG }\nlet Tab: ARRAY<T, 2> = [{ A: STATUS_NO_MEMORY, B: 1 }, { A: STATUS_ACCESS_DENIED, B: 2 }];',
    ],
    [
      'with a table of statuses',
      'ARRAY, STATUS_ACCESS_DENIED, STATUS_NO_MEMORY',
      `for (let I: ULONG = 0; I < 2; I++) { if (Tab[I] === S && I === 1) { ${wrong} } }`,
      'let Tab: ARRAY<NTSTATUS, 2> = [STATUS_NO_MEMORY, STATUS_ACCESS_DENIED];',
    ],
    ['as a LONG', 'LONG', `if ((S as LONG) === -1073741790) { ${wrong} }`],
    ['as a ULONG', '', `if ((S as ULONG) === 0xC0000022) { ${wrong} }`],
    ['by size', 'LONG', `if ((S as LONG) > -1073741700 && (S as LONG) < 0) { ${wrong} }`],
    [
      'with what is calculated',
      '',
      `if (S === MYSTAT) { ${wrong} }`,
      'const BASE: ULONG = 0x40000000; const MYSTAT = (BASE * 3 + 0x22) as NTSTATUS;',
    ],
    ['by severity', '', `if (((S as ULONG) >> 30) === 2) { ${wrong} }`],
    ['by NT_ERROR', 'NT_ERROR', `if (!NT_SUCCESS(S) && !NT_ERROR(S)) { ${wrong} }`],
    ['by NT_WARNING', 'NT_WARNING', `if (NT_WARNING(S)) { ${wrong} }`],
    [
      'with both statuses that stand for any failure',
      'STATUS_UNSUCCESSFUL, STATUS_INTERNAL_ERROR',
      `if (!NT_SUCCESS(S) && S !== STATUS_UNSUCCESSFUL && S !== STATUS_INTERNAL_ERROR) { ${wrong} }`,
    ],
    [
      'where a field was loaded',
      'STATUS_ACCESS_DENIED',
      `Later.Last = S; if (Later.Last === STATUS_ACCESS_DENIED) { ${wrong} }`,
      'interface LATER { Count: ULONG; Last: NTSTATUS }\nlet Later!: LATER;',
    ],
    [
      'where a copy of a field was loaded',
      'STATUS_ACCESS_DENIED',
      `Later.Last = S; let Copy: LATER = Later; if (Copy.Last === STATUS_ACCESS_DENIED) { ${wrong} }`,
      'interface LATER { Count: ULONG; Last: NTSTATUS }\nlet Later!: LATER;',
    ],
    [
      'where a variable was loaded',
      'STATUS_ACCESS_DENIED',
      `Last = S; if (Last === STATUS_ACCESS_DENIED) { ${wrong} }`,
      'let Last!: NTSTATUS;',
    ],
    [
      'where the IRP was loaded',
      'STATUS_ACCESS_DENIED',
      `Irp.IoStatus.Status = S; if (Irp.IoStatus.Status === STATUS_ACCESS_DENIED) { ${wrong} }`,
    ],
    [
      'where a routine has given it back',
      'STATUS_ACCESS_DENIED',
      `if (Kept(S) === STATUS_ACCESS_DENIED) { ${wrong} }`,
      'function Kept(A: NTSTATUS): NTSTATUS { if (A === STATUS_SUCCESS) { return A; } const B = A; return B; }',
    ],
    [
      'where it was raised',
      'ExRaiseStatus, GetExceptionCode, STATUS_ACCESS_DENIED',
      `try { if (!NT_SUCCESS(S)) { ExRaiseStatus(S); } } catch { if (GetExceptionCode() === STATUS_ACCESS_DENIED) { ${wrong} } }`,
    ],
  ])('is compared %s', (_, imports, body, rest = '') => {
    expect(deletes(imports === '' ? 'STATUS_KEY_DELETED' : imports, body, rest)).toEqual(failed());
  });

  it.each([
    ['a mask', '', `if (((S as ULONG) & 0xffff) === 0x22) { ${wrong} }`, '', 'DispatchRead'],
    [
      'a mask in a switch',
      '',
      `switch ((S as ULONG) & 0xff) { case 0x22: { ${wrong} break; } default: break; }`,
      '',
      'DispatchRead',
    ],
    ['a difference', '', `if (S - 1 === 5) { ${wrong} }`, '', 'DispatchRead'],
    ['fewer bits', 'UCHAR', `if ((S as UCHAR) === 0x22) { ${wrong} }`, '', 'DispatchRead'],
    [
      'a field of unknown value',
      '',
      `Extension.Count = 5; if ((S as ULONG) === Extension.Count) { ${wrong} }`,
      '',
      'DispatchRead',
    ],
    [
      'a pointer',
      'STATUS_ACCESS_DENIED',
      `Give(Ref(Last), S); if (Last === STATUS_ACCESS_DENIED) { ${wrong} }`,
      'let Last!: NTSTATUS; function Give(To: Ref<NTSTATUS>, A: NTSTATUS): void { To.Value = A; }',
      'Give',
    ],
    [
      'a pointer to a field',
      'STATUS_ACCESS_DENIED',
      `Later.Last = S; Ask(Ref(Later.Last));`,
      `interface LATER { Count: ULONG; Last: NTSTATUS }\nlet Later!: LATER; function Ask(From: Ref<NTSTATUS>): void { if (From.Value === STATUS_ACCESS_DENIED) { ${wrong} } }`,
      'DispatchRead',
    ],
    [
      'an interlocked operation',
      'InterlockedExchange, LONG, STATUS_ACCESS_DENIED',
      `InterlockedExchange(Ref(Last), S); if (Last === STATUS_ACCESS_DENIED) { ${wrong} }`,
      'let Last!: LONG;',
      'InterlockedExchange',
    ],
  ])('goes through %s', (_, imports, body, rest, where) => {
    expect(deletes(imports === '' ? 'STATUS_KEY_DELETED' : imports, body, rest)).toEqual(unfollowed(where));
  });

  it.each([
    ['returns', '', 'if (!NT_SUCCESS(S)) { return Complete(Irp, S); }'],
    [
      'completes an IRP with',
      '',
      'Irp.IoStatus.Status = S; Irp.IoStatus.Information = 0; IoCompleteRequest(Irp, IO_NO_INCREMENT); return S;',
    ],
    ['compares', 'STATUS_ACCESS_DENIED', 'if (S === STATUS_ACCESS_DENIED) { Extension.Count = 1; }'],
    [
      'switches on',
      'STATUS_ACCESS_DENIED, STATUS_NO_MEMORY',
      'switch (S) { case STATUS_ACCESS_DENIED: Extension.Count = 1; break; case STATUS_NO_MEMORY: break; default: Extension.Count = 2; }',
    ],
    [
      'keeps',
      '',
      'Later.Last = S; if (!NT_SUCCESS(Later.Last)) { Extension.Count = 1; }',
      'interface LATER { Last: NTSTATUS; Count: ULONG }\nlet Later!: LATER;',
    ],
    ['prints', 'DbgPrint, KdPrint', "DbgPrint('%x', S); KdPrint('%x', S);"],
    ['asserts', '', 'NT_ASSERT(NT_SUCCESS(S) || !NT_SUCCESS(S));'],
    ['raises', 'ExRaiseStatus, GetExceptionCode', 'try { ExRaiseStatus(S); } catch { S = GetExceptionCode(); }'],
    [
      'hands on',
      'ZwClose',
      'Given(S); S = ZwClose(null);',
      'function Given(A: NTSTATUS): void { if (NT_SUCCESS(A)) { return; } }',
    ],
    ['takes for a truth value', '', 'if (S) { Extension.Count = 1; }'],
  ])('is exactly known to a driver that %s it', (_, imports, body, rest = '') => {
    const [verdict, ...others] = deletes(imports === '' ? 'STATUS_KEY_DELETED' : imports, body, rest);
    expect([verdict, others.filter((one) => !/, which has no model, does nothing but give/.test(one))]).toEqual(['verified', []]);
  });
});

describe('a number of a routine without a model', () => {
  it.each([
    ['USHORT as a SHORT', 'RtlUshortByteSwap, SHORT', `if ((RtlUshortByteSwap(5) as SHORT) < 0) { ${wrong} }`],
    [
      'USHORT as both',
      'RtlUshortByteSwap, SHORT',
      `const N = RtlUshortByteSwap(5); if (N > 5 && (N as SHORT) <= 5) { ${wrong} }`,
    ],
    ['USHORT as a SHORT below', 'RtlUshortByteSwap, SHORT', `if ((RtlUshortByteSwap(5) as SHORT) === -7) { ${wrong} }`],
    ['ULONG as a LONG', 'RtlUlongByteSwap, LONG', `if ((RtlUlongByteSwap(5) as LONG) < -3) { ${wrong} }`],
  ])('is any %s', (_, imports, body) => {
    expect(told(driver(`NT_ASSERT, ${imports}`, body))).toEqual([
      'witnessed assert/failed a.driver.ts:29',
      'error',
      nothingBut(/^\w+/.exec(imports)?.[0] ?? ''),
    ]);
  });

  it('is not any of 64 bits taken for one of the other sign', () => {
    expect(
      told(driver('NT_ASSERT, RtlUlonglongByteSwap, LONGLONG', `if ((RtlUlonglongByteSwap(5) as LONGLONG) < 0) { ${wrong} }`))[0],
    ).toBe('bounded');
  });
});

describe('a model of the user', () => {
  const model = (text: string, path = 'a.model.ts'): SourceInput => ({ path, text, origin: 'kernel' });
  const asserts = driver('ZwDeleteKey, NT_ASSERT, STATUS_SUCCESS', 'NT_ASSERT(NT_SUCCESS(ZwDeleteKey(null)));').text.replace(
    'ZwDeleteKey, NT_ASSERT, STATUS_SUCCESS',
    'ZwDeleteKey, NT_ASSERT',
  );
  const source: SourceInput = { path: 'a.driver.ts', text: asserts, origin: 'driver' };
  const succeeds = `import { HANDLE, NTSTATUS, STATUS_SUCCESS } from 'irpsight/wdm';
export function ZwDeleteKey(Key: HANDLE | null): NTSTATUS { return STATUS_SUCCESS; }
`;

  it('stands in for the routine, and the verdict says so', () => {
    expect(told(source, model(succeeds))).toEqual(['verified', 'ZwDeleteKey does what a.model.ts says.']);
  });

  it('may choose, and what goes wrong in it is placed in the driver', () => {
    const either = succeeds
      .replace("from 'irpsight/wdm';", "from 'irpsight/wdm';\nimport { choose } from 'irpsight/scenario';")
      .replace('STATUS_SUCCESS }', 'STATUS_ACCESS_DENIED, STATUS_SUCCESS }')
      .replace('return STATUS_SUCCESS', 'return choose(STATUS_SUCCESS, STATUS_ACCESS_DENIED)');
    expect(told(source, model(either))).toEqual([
      'witnessed assert/failed a.driver.ts:29',
      'error',
      'ZwDeleteKey does what a.model.ts says.',
    ]);
  });

  it('is called at the documented IRQL only', () => {
    const above = driver('KeAcquireSpinLock, KeReleaseSpinLock, ZwDeleteKey', locked('ZwDeleteKey(null);'));
    expect(told(above, model(succeeds))).toEqual(['witnessed irql/too-high a.driver.ts:31', 'error']);
  });

  it('is left out where nothing needs it, mistakes and all', () => {
    expect(told(driver('ULONGLONG', ''), model('export function ZwDeleteKey(Key: NOTHING): void {}'))).toEqual(['verified']);
  });

  it.each([
    [
      'what the library models',
      'export function IoCallDriver(): void {}',
      'dsl/model-override 1: irpsight/wdm models IoCallDriver; a model file can only stand in for what it lacks. Remove it, or give it another name.',
    ],
    [
      'another number of parameters',
      'export function ZwDeleteKey(): void {}',
      'dsl/model-parameters 1: ZwDeleteKey is documented with 1 parameters, this model has 0; give it the same.',
    ],
    [
      "a driver's code",
      `${succeeds}import { DriverEntry } from './a.driver';`,
      'dsl/model-import-from 3: A model imports from irpsight/wdm, choose and types from irpsight/scenario, and from other models (./name.model), not from "./a.driver".',
    ],
    [
      'what only user mode does',
      `${succeeds}import { CreateFile } from 'irpsight/scenario';`,
      'dsl/model-import 3: A model takes only choose and types from irpsight/scenario; leave CreateFile out.',
    ],
    [
      'the machine',
      `${succeeds}import { machineEvent } from 'irpsight/wdm/machine';`,
      'dsl/model-import-from 3: A model imports from irpsight/wdm, choose and types from irpsight/scenario, and from other models (./name.model), not from "irpsight/wdm/machine".',
    ],
    [
      'the machine, declared by hand',
      `${succeeds}declare function machineBounded(Reason: string): void;`,
      'dsl/modifier 3: declare is not C; leave it out.',
    ],
  ])('has not %s', (_, text, line) => {
    expect(told(source, model(text))).toContain(line);
  });

  it.each([
    [
      'a constant',
      succeeds.replace(
        'export function ZwDeleteKey(Key: HANDLE | null): NTSTATUS {',
        'export const ZwDeleteKey = (Key: HANDLE | null): NTSTATUS => {',
      ),
    ],
    ['a function that is not exported', succeeds.replace('export ', '')],
    ['a function that is exported later', `${succeeds.replace('export ', '')}export { ZwDeleteKey };`],
  ])('is not %s, which is said where it is needed', (_, text) => {
    expect(told(source, model(text))).toContain(
      'dsl/model-form 2: This is no model of ZwDeleteKey, since a model is a function that is exported where it is declared; write export function ZwDeleteKey(...) { ... }.',
    );
    expect(told(driver('ULONGLONG', ''), model(text))).toEqual(['verified']);
    expect(told(source, model(text), model(succeeds, 'b.model.ts'))).toEqual([
      'verified',
      'ZwDeleteKey does what b.model.ts says.',
    ]);
  });

  it('is not one with a mistake in its syntax, which is said where a model is missing', () => {
    const broken = model('export function ZwDeleteKey(( {');
    expect(told(source, broken)).toContainEqual(expect.stringMatching(/^(TS|dsl)\S+ 1: /));
    expect(told(driver('ULONGLONG', ''), broken)).toEqual(['verified']);
  });

  it('is the only one of its routine', () => {
    expect(told(source, model(succeeds), model(succeeds, 'b.model.ts'))).toEqual([
      'dsl/model-twice 2: a.model.ts models ZwDeleteKey, too; remove one of them.',
    ]);
  });

  it('cannot be called by the driver past irpsight/wdm', () => {
    const past = {
      ...source,
      text: source.text.replace('interface EXT', "import { ZwDeleteKey as Own } from './a.model';\ninterface EXT"),
    };
    expect(told(past, model(succeeds)).join('\n')).toContain('not from "./a.model"');
  });

  it('lies beside the driver', () => {
    const files = new Map([
      ['d/a.driver.ts', source.text],
      ['d/a.model.ts', `${succeeds}import { A } from './b.model';`],
      ['d/b.model.ts', ''],
      ['e/c.model.ts', ''],
    ]);
    const edges: ProjectEdges = {
      readFile: (path) => (files.has(path) ? { text: files.get(path) ?? '' } : { error: 'there is no such file' }),
      siblings: (path) => [...files.keys()].filter((one) => one.startsWith(path.slice(0, 2))),
      importsOf: listImports,
    };
    expect(openProject('d/a.driver.ts', edges).sources.map(({ path, origin }) => `${origin} ${path}`)).toEqual([
      'driver d/a.driver.ts',
      'kernel d/a.model.ts',
      'kernel d/b.model.ts',
    ]);
  });
});
