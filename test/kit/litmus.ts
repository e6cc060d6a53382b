/**
 * Litmus files (`test/litmus/*.litmus`): one race, as a broken driver and its fixed twin in one text. Lines between `//#broken` and
 * `//#fixed` stand in the broken twin only, those between `//#fixed` and `//#end` in the fixed one only. The guilty line ends in `// <-- rule`.
 * Imports, DriverEntry, unload and the scenario are added here, so that a file shows the race and nothing else.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceInput } from '../../src/compiler/api.ts';
import { loadLibrary } from './library.ts';

export interface Litmus {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** The rule that the broken twin breaks, and no other; `nothing` where there is no broken twin: code that looks wrong and is right. */
  readonly expect: string;
  readonly broken: readonly SourceInput[];
  readonly fixed: readonly SourceInput[];
  /** Lines, from 1, of the guilty statements in the broken driver file: of two that collide, either may come second. */
  readonly guiltyLines: readonly number[];
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'litmus');

/** Every litmus test, by name. */
export function loadLitmus(): Litmus[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.litmus'))
    .sort()
    .map((name) => parseLitmus(name.slice(0, -'.litmus'.length), readFileSync(join(folder, name), 'utf8')));
}

function parseLitmus(name: string, text: string): Litmus {
  const header = (key: string): string => {
    const found = text.match(new RegExp(`^// ${key}: (.*)$`, 'm'));
    if (found === null) throw new Error(`${name}.litmus has no line "// ${key}: ..."`);
    return found[1].trim();
  };
  const scenario = header('scenario');
  const expect = header('expect');
  const broken = sources(name, twin(text, 'broken'), scenario);
  const guiltyLines = broken[0].text.split('\n').flatMap((line, index) => (line.includes(`// <-- ${expect}`) ? [index + 1] : []));
  if (guiltyLines.length === 0 && expect !== 'nothing') throw new Error(`${name}.litmus marks no line with "// <-- ${expect}"`);
  return {
    name,
    title: text.split('\n', 1)[0].replace(/^\/\/ /, ''),
    source: header('source'),
    expect,
    broken,
    fixed: sources(name, twin(text, 'fixed'), scenario),
    guiltyLines,
  };
}

function twin(text: string, which: 'broken' | 'fixed'): string {
  let part: 'both' | 'broken' | 'fixed' = 'both';
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('//#')) part = line === '//#end' ? 'both' : line === '//#broken' ? 'broken' : 'fixed';
    else if (part === 'both' || part === which) kept.push(line);
  }
  return kept.join('\n');
}

function sources(name: string, body: string, scenario: string): SourceInput[] {
  const driver = `${body}\n${harnessFor(body, scenario.startsWith('filter'))}`;
  return [
    { path: `${name}.driver.ts`, origin: 'driver', text: `${importsFor(driver)}\n${driver}` },
    { path: `${name}.scenario.ts`, origin: 'scenario', text: scenarioText(name, scenario) },
  ];
}

/** What every driver has besides: an extension pointer, a completion helper, DriverEntry and the way out. */
function harnessFor(body: string, filter: boolean): string {
  const major = ['Create', 'Close', 'Read', 'Write', 'Cleanup']
    .map((which) => {
      const own = body.includes(`const Dispatch${which}:`);
      return `  DriverObject.MajorFunction[IRP_MJ_${which.toUpperCase()}] = ${own ? `Dispatch${which}` : 'DispatchSucceed'};`;
    })
    .join('\n');
  const startIo = body.includes('const StartIo:') ? '  DriverObject.DriverStartIo = StartIo;\n' : '';
  const start = body.includes('function Start(') ? '  Start(Device!.DeviceExtension);\n' : '';
  const stop = body.includes('function Stop(');
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
  if (filter) {
    return `${common}
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

${body.includes('const AddDevice:') ? '' : addDevice(start)}
const Unload: DRIVER_UNLOAD = (DriverObject) => {};

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
${major}
  DriverObject.MajorFunction[IRP_MJ_PNP] = DispatchPnp;
  DriverObject.DriverExtension.AddDevice = AddDevice;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
  }
  return `${common}
const Unload: DRIVER_UNLOAD = (DriverObject) => {
  let Link!: UNICODE_STRING;
${stop ? '  Stop((DriverObject.DeviceObject as PDEVICE_OBJECT<DEVICE_EXTENSION>).DeviceExtension);\n' : ''}  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Litmus');
  IoDeleteSymbolicLink(Link);
  IoDeleteDevice(DriverObject.DeviceObject!);
};

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let Link!: UNICODE_STRING;
  let Device!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Litmus');
  RtlInitUnicodeString(Link, '\\\\DosDevices\\\\Litmus');
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
${start}  IoCreateSymbolicLink(Link, Name);
${major}
${startIo}  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
}

/** AddDevice of a filter with one device. */
function addDevice(start: string): string {
  return `const AddDevice: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<DEVICE_EXTENSION> | null;
  const Status = IoCreateDevice(DriverObject, sizeof<DEVICE_EXTENSION>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  if (!NT_SUCCESS(Status)) {
    return Status;
  }
  Device!.DeviceExtension.Lower = IoAttachDeviceToDeviceStack(Device!, PhysicalDeviceObject);
${start}  return STATUS_SUCCESS;
};
`;
}

/** `read-write-cancel`: a thread for each word; `filter-` puts the driver over a simulated lower one. */
function scenarioText(name: string, scenario: string): string {
  const words = scenario.split('-').filter((word) => word !== 'filter');
  const reads = words.filter((word) => word === 'read').length;
  const threads = words.map((word, index) => {
    const ordinal = words.slice(0, index + 1).filter((other) => other === word).length;
    const which = reads > 1 ? String(ordinal) : '';
    if (word === 'read')
      return `    Reader${which}() { ReadFile(File, 16, Read${which}); GetOverlappedResult(File, Read${which}, TRUE); },`;
    if (word === 'write') return '    Writer() { WriteFile(File, 16, Write); GetOverlappedResult(File, Write, TRUE); },';
    if (word === 'cancel') return `    Canceller() { CancelIoEx(File, Read${reads > 1 ? '1' : ''}); },`;
    throw new Error(`${name}.litmus: unknown word ${word} in its scenario`);
  });
  const overlapped = words
    .filter((word) => word === 'read')
    .map((_, index) => `let Read${reads > 1 ? index + 1 : ''}!: OVERLAPPED;`);
  return `import { CancelIoEx, CreateFile, GetOverlappedResult, OVERLAPPED, ReadFile, SCENARIO, WriteFile } from 'irpsight/scenario';
import { HANDLE, STATUS_SUCCESS, TRUE } from 'irpsight/wdm';
import { DriverEntry } from './${name}.driver';

let File!: HANDLE;
${overlapped.join('\n')}
let Write!: OVERLAPPED;

export const Race: SCENARIO = {
  Driver: DriverEntry,
  Lower: { Complete: 'either', Status: [STATUS_SUCCESS] },
  Setup() { File = CreateFile('\\\\\\\\.\\\\Litmus'); },
  Threads: {
${threads.join('\n')}
  },
};
`;
}

let exported: ReadonlySet<string> | undefined;

function importsFor(text: string): string {
  exported ??= new Set(
    loadLibrary()
      .filter(({ path }) => path.startsWith('irpsight/wdm/') && !/\/(machine|io-manager|index)\.ts$/.test(path))
      .flatMap(({ text }) =>
        [...text.matchAll(/^export (?:declare )?(?:const|type|interface|function) (\w+)/gm)].map(([, found]) => found),
      ),
  );
  const code = text.replaceAll(/\/\/.*$|\/\*[\s\S]*?\*\//gm, '');
  const used = new Set([...code.matchAll(/[A-Za-z_]\w*/g)].map(([word]) => word));
  return `import { ${[...exported]
    .filter((found) => used.has(found))
    .sort()
    .join(', ')} } from 'irpsight/wdm';`;
}
