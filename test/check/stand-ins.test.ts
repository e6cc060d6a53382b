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
      'dsl/import-from 3: A driver imports from irpsight/wdm, irpsight/scenario, irpsight/devices/... and other driver files, not from "./a.driver".',
    ],
    [
      'what only user mode does',
      `${succeeds}import { CreateFile } from 'irpsight/scenario';`,
      'dsl/model-import 3: A model takes only choose and types from irpsight/scenario; leave CreateFile out.',
    ],
    [
      'the machine',
      `${succeeds}import { machineEvent } from 'irpsight/wdm/machine';`,
      'dsl/import-from 3: A driver imports from irpsight/wdm, irpsight/scenario, irpsight/devices/... and other driver files, not from "irpsight/wdm/machine".',
    ],
    [
      'the machine, declared by hand',
      `${succeeds}declare function machineBounded(Reason: string): void;`,
      'dsl/modifier 3: declare is not C; leave it out.',
    ],
  ])('has not %s', (_, text, line) => {
    expect(told(source, model(text))).toContain(line);
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
      importsOf: (_path, text) => listImports(text),
    };
    expect(openProject('d/a.driver.ts', edges).sources.map(({ path, origin }) => `${origin} ${path}`)).toEqual([
      'driver d/a.driver.ts',
      'kernel d/a.model.ts',
      'kernel d/b.model.ts',
    ]);
  });
});
