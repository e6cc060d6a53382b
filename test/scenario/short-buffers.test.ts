/** The default scenario ShortBuffers: a missing or wrong test of a buffer's length is found, and one that is there is verified. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { explore } from '../../src/engine/explore.ts';
import { rules } from '../../src/rules/index.ts';
import { defaultScenarios } from '../../src/scenario/defaults.ts';
import { describeDriver } from '../../src/scenario/shape.ts';
import { loadLibrary } from '../kit/library.ts';

const library = loadLibrary();
const index = library.find(({ path }) => path === 'irpsight/wdm/index.ts')?.text ?? '';
const exported = new Set(
  [...index.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list]) => list.split(',').map((name) => name.trim())),
);

interface Parts {
  /** What the three control codes and the write test before they touch a buffer. */
  readonly set?: string;
  readonly get?: string;
  readonly fill?: string;
  readonly write?: string;
  /** Whether the file of the driver exports the structure. */
  readonly hidden?: true;
}

const correct = {
  set: 'InLength < sizeof<SETTINGS>()',
  get: 'OutLength < sizeof<SETTINGS>() || Irp.MdlAddress === null',
  fill: 'InLength < sizeof<SETTINGS>() || OutLength < sizeof<SETTINGS>()',
  write: 'Stack.Parameters.Write.Length < sizeof<SETTINGS>()',
};

/** A driver with a control code of each method and a write, and those tests of lengths. */
function driver(parts: Parts): string {
  const tests = { ...correct, ...parts };
  const body = `
export const IOCTL_SET: ULONG = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS);
export const IOCTL_GET: ULONG = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_OUT_DIRECT, FILE_ANY_ACCESS);
export const IOCTL_FILL: ULONG = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_NEITHER, FILE_ANY_ACCESS);
${parts.hidden ? '' : 'export '}interface SETTINGS { Speed: ULONG; Mode: ULONG }
type PSETTINGS = SETTINGS;
let Speed!: LONG;
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let Device!: PDEVICE_OBJECT | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Ioc');
  const Status = IoCreateDevice(DriverObject, 0, Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) return Status;
  Device!.Flags = Device!.Flags | DO_BUFFERED_IO;
  DriverObject.MajorFunction[IRP_MJ_CREATE] = Other;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = Other;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = Write;
  DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
const Unload: DRIVER_UNLOAD = (DriverObject) => {
  IoDeleteDevice(DriverObject.DeviceObject!);
};
const Other: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};
const Write: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  if (${tests.write}) return Complete(Irp, STATUS_BUFFER_TOO_SMALL);
  const In = Irp.AssociatedIrp.SystemBuffer as PSETTINGS;
  InterlockedExchange(Ref(Speed), In.Mode);
  return Complete(Irp, STATUS_SUCCESS);
};
const Control: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  const InLength = Stack.Parameters.DeviceIoControl.InputBufferLength;
  const OutLength = Stack.Parameters.DeviceIoControl.OutputBufferLength;
  let Status: NTSTATUS = STATUS_SUCCESS;
  switch (Stack.Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_SET: {
      if (${tests.set}) return Complete(Irp, STATUS_BUFFER_TOO_SMALL);
      const In = Irp.AssociatedIrp.SystemBuffer as PSETTINGS;
      InterlockedExchange(Ref(Speed), In.Mode);
      break;
    }
    case IOCTL_GET: {
      if (${tests.get}) return Complete(Irp, STATUS_BUFFER_TOO_SMALL);
      const Out = MmGetSystemAddressForMdlSafe(Irp.MdlAddress!, NormalPagePriority) as PSETTINGS | null;
      if (Out === null) return Complete(Irp, STATUS_INSUFFICIENT_RESOURCES);
      Out.Speed = 1;
      Out.Mode = 1;
      break;
    }
    case IOCTL_FILL: {
      if (${tests.fill}) return Complete(Irp, STATUS_BUFFER_TOO_SMALL);
      const In = Stack.Parameters.DeviceIoControl.Type3InputBuffer as PSETTINGS;
      const Out = Irp.UserBuffer as PSETTINGS;
      try {
        ProbeForRead(In, sizeof<SETTINGS>(), 4);
        ProbeForWrite(Out, sizeof<SETTINGS>(), 4);
        Out.Speed = In.Speed;
        Out.Mode = In.Mode;
      } catch {
        Status = GetExceptionCode();
      }
      break;
    }
    default:
      Status = STATUS_INVALID_DEVICE_REQUEST;
  }
  return Complete(Irp, Status);
};
function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
`;
  const own = new Set([...body.matchAll(/\b(?:function|const|let|interface|type) (\w+)/g)].map(([, name]) => name));
  const used = [...new Set(body.match(/\w+/g))].filter((name) => exported.has(name) && !own.has(name));
  return `import { ${used.join(', ')} } from 'irpsight/wdm';\n${body}`;
}

/** The scenario file made for the driver, and what comes of exploring ShortBuffers. */
function check(parts: Parts): { readonly text: string; readonly verdict: string; readonly rules: readonly string[] } {
  const source = { path: 'ioc.driver.ts', text: driver(parts), origin: 'driver' as const };
  const alone = compile({ sources: [source], library });
  expect(alone.problems).toEqual([]);
  if (alone.program === undefined) throw new Error('no program');
  const text = defaultScenarios(describeDriver(alone.program), source.path);
  const { program, problems } = compile({
    sources: [source, { path: 'ioc.scenario.ts', text, origin: 'scenario' }],
    library,
  });
  expect(problems).toEqual([]);
  if (program === undefined) throw new Error('no program');
  const scenario = program.scenarios.find(({ name }) => name === 'ShortBuffers');
  if (scenario === undefined) throw new Error('no scenario ShortBuffers');
  const outcome = explore({
    program,
    scenario,
    rules: rules.map((rule) => rule.check),
    strategy: 'exhaustive',
    maxStates: 50_000,
  });
  return { text, verdict: outcome.verdict, rules: [...new Set(outcome.breaches.map(({ rule }) => rule))] };
}

describe('buffers of one byte', () => {
  it('are refused by a driver that tests every length', () => {
    const { text, verdict, rules } = check({});
    expect(text).toContain('let OneByte!: ARRAY<UCHAR, 1>;');
    expect(text.slice(text.indexOf('const ShortBuffers')).split('};')[0]).toContain(
      [
        '    Caller() {',
        '      WriteFile(File, 1, Refused1);',
        '      DeviceIoControl(File, IOCTL_SET, OneByte, 0, Refused2);',
        '      DeviceIoControl(File, IOCTL_GET, null, 1, Refused3);',
        '      DeviceIoControl(File, IOCTL_FILL, OneByte, 8, Refused4);',
        '      DeviceIoControl(File, IOCTL_FILL, FillInput, 1, Refused5);',
        '    },',
      ].join('\n'),
    );
    expect({ verdict, rules }).toEqual({ verdict: 'verified', rules: [] });
  });

  it.each<[string, Parts]>([
    ['an input that is only not to be empty', { set: 'InLength === 0' }],
    ['an input that is not tested', { set: 'Irp.AssociatedIrp.SystemBuffer === null' }],
    ['the output tested in place of the input', { set: 'OutLength > 4096' }],
    ['an output of which only the MDL is tested', { get: 'Irp.MdlAddress === null' }],
    ['an output that is only not to be empty', { get: 'OutLength === 0 || Irp.MdlAddress === null' }],
    ['an input of a structure that is not exported', { set: 'InLength === 0', hidden: true }],
    ['a write that is only not to be empty', { write: 'Stack.Parameters.Write.Length === 0' }],
    ["the caller's own input, only not to be empty", { fill: 'InLength === 0 || OutLength < sizeof<SETTINGS>()' }],
  ])('are found to be too short: %s', (_, parts) => {
    const { verdict, rules } = check(parts);
    expect(verdict).toBe('error');
    expect(rules.join()).toMatch(/^memory\/(buffer-overrun|wrong-type)$/);
  });

  it("are not sent as the caller's own input where the structure cannot be named", () => {
    const { text, verdict } = check({ hidden: true });
    expect(text.slice(text.indexOf('const ShortBuffers')).split('};')[0]).not.toContain('IOCTL_FILL');
    expect(verdict).toBe('verified');
  });
});
