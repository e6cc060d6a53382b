/** Drivers for the tests of the analysis: what a text leaves out of a complete driver is added, imports first. */
import { analyse } from '../../src/analysis/analyse.ts';
import { rangeOf } from '../../src/check/text.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import type { Program } from '../../src/ir/program.ts';
import { rules } from '../../src/rules/index.ts';
import { loadLibrary } from '../kit/library.ts';

/** All rules' checks. */
export const checks = rules.map(({ check }) => check);

/** A driver source of that text. */
export function driver(text: string): SourceInput {
  return { path: 'test.driver.ts', origin: 'driver', text };
}

/** Compiles; problems of a test's own text are thrown. */
export function programOf(sources: readonly SourceInput[]): Program {
  const { program, problems } = compile({ sources, library: loadLibrary() });
  if (program === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return program;
}

/** What the analysis says, each finding as `must group/name at line 7`. */
export function found(program: Program): string[] {
  return analyse(program, checks).findings.map(({ certainty, rule, place }) => {
    const { text } = program.files[place.file];
    return `${certainty} ${rule} at line ${rangeOf(text, place.start, place.end).start.line}`;
  });
}

/**
 * Adds to an extension and its routines what makes a driver of them: imports, the helper `Complete`, dispatch routines where there is
 * none, DriverEntry and the way out. With a field `Lower` in the extension it is a filter. `Start(Extension)`, where there is one, is called when the device has been made.
 */
export function complete(body: string): string {
  const text = `${body.trim()}\n${common}${/^\s*(interface .*\b)?Lower: PDEVICE_OBJECT/m.test(body) ? filterEntry(body) : deviceEntry(body)}`;
  exported ??= new Set(
    loadLibrary()
      .filter(({ path }) => path.startsWith('irpsight/wdm/') && !/\/(machine|io-manager|index)\.ts$/.test(path))
      .flatMap(({ text: source }) => [...source.matchAll(/^export (?:declare )?(?:function|const|interface|type) (\w+)/gm)])
      .map(([, name]) => name),
  );
  const own = new Set([...text.matchAll(/^(?:export )?(?:function|const|let|interface|type) (\w+)/gm)].map(([, name]) => name));
  const names = [...new Set(text.match(/\w+/g))].filter((name) => exported?.has(name) && !own.has(name)).sort();
  return `${text}import { ${names.join(', ')} } from 'irpsight/wdm';\n`;
}

let exported: ReadonlySet<string> | undefined;

const common = `
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}

const DispatchSucceed: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};
`;

function majors(body: string): string {
  return ['Create', 'Close', 'Read', 'Write', 'Cleanup']
    .map((which) => {
      const routine = body.includes(`const Dispatch${which}:`) ? `Dispatch${which}` : 'DispatchSucceed';
      return `  DriverObject.MajorFunction[IRP_MJ_${which.toUpperCase()}] = ${routine};\n`;
    })
    .join('');
}

function startOf(body: string): string {
  return body.includes('function Start(') ? '  Start(Device!.DeviceExtension);\n' : '';
}

function filterEntry(body: string): string {
  const own = body.includes('const DispatchPnp:');
  return `${own ? '' : pnp}
const AddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Device!.DeviceExtension.Lower = IoAttachDeviceToDeviceStack(Device!, PhysicalDeviceObject);
${startOf(body)}  return STATUS_SUCCESS;
};

const Unload: DRIVER_UNLOAD = (DriverObject) => {};

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
${majors(body)}  DriverObject.MajorFunction[IRP_MJ_PNP] = DispatchPnp;
  DriverObject.DriverExtension.AddDevice = AddDevice;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
}

const pnp = `
const DispatchPnp: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Lower = DeviceObject.DeviceExtension.Lower;
  const Minor = IoGetCurrentIrpStackLocation(Irp).MinorFunction;
  IoSkipCurrentIrpStackLocation(Irp);
  const Status = IoCallDriver(Lower!, Irp);
  if (Minor === IRP_MN_REMOVE_DEVICE) {
    IoDetachDevice(Lower!);
    IoDeleteDevice(DeviceObject);
  }
  return Status;
};
`;

function deviceEntry(body: string): string {
  const startIo = body.includes('const StartIo:') ? '  DriverObject.DriverStartIo = StartIo;\n' : '';
  return `
const Unload: DRIVER_UNLOAD = (DriverObject) => {
  let Link!: UNICODE_STRING;
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Test');
  IoDeleteSymbolicLink(Link);
  IoDeleteDevice(DriverObject.DeviceObject!);
};

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let Link!: UNICODE_STRING;
  let Device!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Test');
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Test');
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
${startOf(body)}  IoCreateSymbolicLink(Link, Name);
${majors(body)}${startIo}  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
}
