/** Memory of the user's, as METHOD_NEITHER gives it to the driver: each access may raise, and does where no handler is around it. */
import { describe, expect, it } from 'vitest';
import { checkSources } from '../kit/check.ts';

/** A driver whose one control code, METHOD_NEITHER, is served by `body`; `helpers` stand before it. */
function driver(body: string, helpers = ''): string {
  return `import {
  CTL_CODE, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_ANY_ACCESS, FILE_DEVICE_UNKNOWN, GetExceptionCode, InterlockedIncrement,
  IO_NO_INCREMENT, IoCompleteRequest, IoCreateDevice, IoCreateSymbolicLink, IoDeleteDevice, IoDeleteSymbolicLink, IoGetCurrentIrpStackLocation,
  IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, KeLowerIrql, KeRaiseIrqlToDpcLevel, LONG, METHOD_NEITHER, NT_ASSERT, NT_SUCCESS,
  NTSTATUS, PDEVICE_OBJECT, PIRP, ProbeForRead, ProbeForWrite, Ref, RtlCopyMemory, RtlInitUnicodeString, RtlZeroMemory, sizeof, STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS, UNICODE_STRING,
} from 'irpsight/wdm';
export interface COMMAND { Code: LONG; Argument: LONG; Name: UNICODE_STRING }
type PCOMMAND = COMMAND;
interface DEVICE_EXTENSION { Unused: LONG }
export const IOCTL_SET = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_NEITHER, FILE_ANY_ACCESS);
function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
const Succeed: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => { return Complete(Irp, STATUS_SUCCESS); };
${helpers}
const Control: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Parameters = IoGetCurrentIrpStackLocation(Irp).Parameters.DeviceIoControl;
  if (Parameters.IoControlCode !== IOCTL_SET || Parameters.InputBufferLength < sizeof<COMMAND>()) return Complete(Irp, STATUS_INVALID_PARAMETER);
  const Input = Parameters.Type3InputBuffer as PCOMMAND;
  let Own!: COMMAND;
  let Code: LONG = 0;
${body}
  return Complete(Irp, STATUS_SUCCESS);
};
const Unload: DRIVER_UNLOAD = (DriverObject) => {
  let Link!: UNICODE_STRING;
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Example');
  IoDeleteSymbolicLink(Link);
  IoDeleteDevice(DriverObject.DeviceObject!);
};
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let Link!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Example');
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Example');
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) return Status;
  IoCreateSymbolicLink(Link, Name);
  DriverObject.MajorFunction[IRP_MJ_CREATE] = Succeed;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = Succeed;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = Succeed;
  DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
}

/** `rule at text`, one each, or the verdicts that there are, with what bounds them. */
function outcome(body: string, helpers = ''): string {
  const text = driver(body, helpers);
  const result = checkSources([{ path: 'x.driver.ts', text, origin: 'driver' }]);
  expect(result.problems).toEqual([]);
  const lines = text.split('\n');
  const found = result.findings.map(
    ({ rule, range }) => `${rule} at ${lines[range.start.line - 1]?.slice(range.start.column - 1, range.end.column - 1)}`,
  );
  if (found.length > 0) return found.join('; ');
  return [...new Set(result.scenarios.map(({ verdict, bounds }) => [verdict, ...bounds].join(': ')))].sort().join('; ');
}

/** The access with a handler around it that must be reached. */
function guarded(access: string): string {
  return `  try { ${access} } catch { NT_ASSERT(FALSE); }`;
}

const accesses: Readonly<Record<string, string>> = {
  'a read': 'Code = Input.Code;',
  'a write': 'Input.Code = 1;',
  'a copy out of it': 'RtlCopyMemory(Own, Input, sizeof<COMMAND>());',
  'a copy into it': 'RtlCopyMemory(Input, Own, sizeof<COMMAND>());',
  'filling it': 'RtlZeroMemory(Input, sizeof<COMMAND>());',
  'an interlocked access': 'InterlockedIncrement(Ref(Input.Code));',
  'an access in a function called': 'Code = Read(Input);',
};
const helper = 'function Read(Command: PCOMMAND): LONG { return Command.Code; }';

describe('user memory', () => {
  it.each(Object.entries(accesses))('%s raises where no handler is around it', (_, access) => {
    const place = access.includes('Read(') ? 'Command.Code' : access.replace(/^Code = |;$/g, '');
    expect(outcome(`  ${access}`, helper)).toBe(`exception/unhandled at ${place}`);
  });

  it.each(Object.entries(accesses))('%s comes to the handler', (_, access) => {
    expect(outcome(guarded(access), helper)).toContain('assert/failed at NT_ASSERT(FALSE)');
  });

  it('a driver that probes and copies under a handler is verified', () => {
    const body = `  try {
    ProbeForRead(Input, sizeof<COMMAND>(), 4);
    RtlCopyMemory(Own, Input, sizeof<COMMAND>());
  } catch { return Complete(Irp, GetExceptionCode()); }
  if (Own.Code > 3) return Complete(Irp, STATUS_INVALID_PARAMETER);`;
    expect(outcome(body)).toBe('verified');
  });

  it('is reported at the access that raises, also in a function that is called with a handler elsewhere', () => {
    const helpers = `function Guard(Command: PCOMMAND): void { try { Write(Command, Command); } catch { Command = Command; } }
function Write(Own: PCOMMAND, Command: PCOMMAND): void { Own.Code = 1; Command.Argument = 2; }`;
    const body = `  try { Code = Input.Code; } catch { return Complete(Irp, GetExceptionCode()); }
  if (Code === 5) Guard(Input);
  Write(Own, Input);`;
    expect(outcome(body, helpers)).toBe('exception/unhandled at Command.Argument = 2');
  });

  it('probing does not keep the memory: an access behind the try block raises', () => {
    const body = `  try { ProbeForRead(Input, sizeof<COMMAND>(), 4); } catch { return Complete(Irp, GetExceptionCode()); }
  Code = Input.Code;`;
    expect(outcome(body)).toBe('exception/unhandled at Input.Code');
  });

  it('a routine of the system that is given it raises, too; what it leaves then is not followed', () => {
    const call = 'RtlInitUnicodeString(Input.Name, "x")';
    const handler = 'catch { return Complete(Irp, GetExceptionCode()); }';
    expect(outcome(`  try { Code = Input.Code; } ${handler}\n  ${call};`)).toBe(`exception/unhandled at ${call}`);
    expect(outcome(`  try { Code = Input.Code; ${call}; } ${handler}`)).toContain('bounded');
  });

  it('is pageable: not to be accessed at DISPATCH_LEVEL', () => {
    const body =
      '  const Irql = KeRaiseIrqlToDpcLevel();\n  try { Code = Input.Code; } catch { Code = 2; }\n  KeLowerIrql(Irql);';
    expect(outcome(body)).toContain('irql/paged-memory at Input.Code');
  });

  it('of a structure that no scenario can name, is said not to be checked', () => {
    const text = driver('  Code = Input.Code;').replace('export interface COMMAND', 'interface COMMAND');
    const { problems } = checkSources([{ path: 'x.driver.ts', text, origin: 'driver' }]);
    const lines = text.split('\n');
    expect(problems.map(({ code, range }) => `${code} ${lines[(range?.start.line ?? 0) - 1]}`)).toEqual([
      expect.stringMatching(/^check\/unreached-control .*IoControlCode !== IOCTL_SET/),
    ]);
  });
});
