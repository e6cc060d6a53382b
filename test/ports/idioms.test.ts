/** What the ports asked of the language: idioms of C that it took on, and how it words what stays otherwise. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { checkSources } from '../kit/check.ts';
import { loadLibrary } from '../kit/library.ts';

const library = loadLibrary();

function problemsOf(text: string): string[] {
  const driver = `${text}
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => { return STATUS_SUCCESS; };
import { DRIVER_INITIALIZE, STATUS_SUCCESS } from 'irpsight/wdm';
`;
  return compile({ sources: [{ path: 'idioms.driver.ts', origin: 'driver', text: driver }], library }).problems.map(
    ({ code, message }) => `${code} ${message}`,
  );
}

describe('strings', () => {
  it('are a routine’s result, as of a routine that names minor functions', () => {
    expect(
      problemsOf(`
import { DbgPrint, IRP_MN_START_DEVICE, PCSTR, UCHAR } from 'irpsight/wdm';
function Name(Minor: UCHAR): PCSTR {
  switch (Minor) {
    case IRP_MN_START_DEVICE: return 'start';
    default: return Minor === 1 ? 'query' : 'other';
  }
}
export function Print(Minor: UCHAR): void { DbgPrint('%s %s', Name(Minor), Minor === 0 ? 'first' : 'later'); }
`),
    ).toEqual([]);
  });

  it('are no result of another type', () => {
    expect(
      problemsOf(`import { NTSTATUS } from 'irpsight/wdm';\nexport function Status(): NTSTATUS { return 'failed'; }`),
    ).toHaveLength(1);
  });
});

describe('pool of a number of bytes', () => {
  const use = (body: string) => `
import { ExAllocatePool2, LIST_ENTRY, POOL_FLAG_NON_PAGED, PVOID, ULONG, sizeof } from 'irpsight/wdm';
interface RECORD { Link: LIST_ENTRY; Length: ULONG }
type PRECORD = RECORD;
export function Make(Length: ULONG): void { ${body} }
`;

  it('is a buffer, cast to what it is used as', () => {
    expect(problemsOf(use(`const Buffer: PVOID = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length, 'tag1');`))).toEqual([]);
    const record = `const Record = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof<RECORD>() + Length, 'tag1') as PRECORD | null;`;
    expect(problemsOf(use(`${record} if (Record !== null) Record.Length = Length;`))).toEqual([]);
  });

  it('has no fields without a cast', () => {
    expect(
      problemsOf(use(`const Record = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length, 'tag1'); Record!.Length = 1;`)),
    ).toHaveLength(1);
  });
});

it('alloc_text above its routine is told of once, with where it belongs', () => {
  const text = `
import { DRIVER_UNLOAD, alloc_text } from 'irpsight/wdm';
alloc_text('PAGE', Unload);
const Unload: DRIVER_UNLOAD = (DriverObject) => {};
`;
  expect(problemsOf(text)).toEqual(['TS2448 alloc_text stands below the routines that it names: move it behind Unload.']);
});

describe('a pointer to bytes', () => {
  const reading = (last: string): readonly string[] => {
    const text = `
import {
  DO_BUFFERED_IO, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_DEVICE_UNKNOWN, IO_NO_INCREMENT, IoCompleteRequest, IoCreateDevice,
  IoDeleteDevice, IoGetCurrentIrpStackLocation, IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_WRITE, NT_SUCCESS, PDEVICE_OBJECT, PUCHAR, Ref,
  RtlInitUnicodeString, sizeof, STATUS_SUCCESS, ULONG, UNICODE_STRING,
} from 'irpsight/wdm';
interface EXTENSION { Sum: ULONG }
const DispatchOther: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  Irp.IoStatus.Status = STATUS_SUCCESS;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
const DispatchWrite: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  const Bytes = Irp.AssociatedIrp.SystemBuffer as PUCHAR;
  const Length = IoGetCurrentIrpStackLocation(Irp).Parameters.Write.Length;
  let Sum: ULONG = 0;
  for (let Index: ULONG = 0; Index ${last} Length; Index++) Sum = Sum + Bytes[Index];
  Irp.IoStatus.Status = STATUS_SUCCESS;
  Irp.IoStatus.Information = Sum;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
const Unload: DRIVER_UNLOAD = (DriverObject) => { IoDeleteDevice(DriverObject.DeviceObject!); };
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let Device!: PDEVICE_OBJECT<EXTENSION> | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Bytes');
  const Status = IoCreateDevice(DriverObject, sizeof<EXTENSION>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) return Status;
  Device!.Flags = Device!.Flags | DO_BUFFERED_IO;
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchOther;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchOther;
  DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchOther;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWrite;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};`;
    const { problems, findings, scenarios } = checkSources([{ path: 'bytes.driver.ts', text, origin: 'driver' }]);
    expect(problems).toEqual([]);
    return findings.length > 0 ? findings.map(({ rule }) => rule) : [...new Set(scenarios.map(({ verdict }) => verdict))];
  };

  it('is indexed as far as the buffer goes', () => {
    expect(reading('<')).toEqual(['verified']);
    expect(reading('<=')).toEqual(['memory/buffer-overrun']);
  });
});
