/** A driver of the scenario's own below the one under test, and what else a scenario can send and leave behind. */
import { describe, expect, it } from 'vitest';
import { filter, run } from './kit.ts';

/** A function driver that answers control requests itself, counts them, and goes when its device goes. `onStart` runs in its start. */
function below(onStart = ''): string {
  return `
interface BELOW { Next: PDEVICE_OBJECT | null }
let Answered!: LONG;
let Started!: LONG;
const BelowPass: DRIVER_DISPATCH<BELOW> = (DeviceObject, Irp) => {
  const Next = DeviceObject.DeviceExtension.Next!;
  const Location = IoGetCurrentIrpStackLocation(Irp);
  const Removes = Location.MajorFunction === IRP_MJ_PNP && Location.MinorFunction === IRP_MN_REMOVE_DEVICE;
  if (Location.MajorFunction === IRP_MJ_PNP && Location.MinorFunction === IRP_MN_START_DEVICE) { Started++; ${onStart} }
  IoSkipCurrentIrpStackLocation(Irp);
  const Status = IoCallDriver(Next, Irp);
  if (Removes) { IoDetachDevice(Next); IoDeleteDevice(DeviceObject); }
  return Status;
};
const BelowControl: DRIVER_DISPATCH<BELOW> = (DeviceObject, Irp) => {
  Answered++;
  Irp.IoStatus.Status = STATUS_DEVICE_BUSY;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_DEVICE_BUSY;
};
const BelowAdd: DRIVER_ADD_DEVICE = (DriverObject, PhysicalDeviceObject) => {
  let Device!: PDEVICE_OBJECT<BELOW> | null;
  IoCreateDevice(DriverObject, sizeof<BELOW>(), null, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(Device));
  Device!.DeviceExtension.Next = IoAttachDeviceToDeviceStack(Device!, PhysicalDeviceObject);
  return STATUS_SUCCESS;
};
const BelowEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  for (let Index: LONG = 0; Index < 28; Index++) DriverObject.MajorFunction[Index] = BelowPass;
  DriverObject.MajorFunction[IRP_MJ_WRITE] = BelowControl;
  DriverObject.DriverExtension.AddDevice = BelowAdd;
  DriverObject.DriverUnload = BelowUnload;
  return STATUS_SUCCESS;
};
const BelowUnload: DRIVER_UNLOAD = (DriverObject) => { expect(DriverObject.DeviceObject === null); };
`;
}

function scenario(threads: string, expectation = 'TRUE', driver = below()): string {
  return `
let File!: HANDLE | null;
let Status!: NTSTATUS;
${driver}
export const Tested: SCENARIO = {
  Driver: DriverEntry,
  Below: BelowEntry,
  Setup() { File = CreateFile("\\\\\\\\.\\\\Any"); },
  Threads: { ${threads} },
  Expect() { expect(${expectation}); },
};`;
}

const write = 'Writer() { Status = WriteFile(File, 4, null); }';

/** A filter that hands writes to the driver below. */
const writing = filter().replace(
  'DriverObject.DriverExtension',
  'DriverObject.MajorFunction[IRP_MJ_WRITE] = DriverObject.MajorFunction[IRP_MJ_READ]; DriverObject.DriverExtension',
);

describe('a driver below', () => {
  it('is started first, answers what comes down, and is removed and unloaded', () => {
    const holds = run(writing, scenario(write, 'Answered === 1 && Started === 1 && Status === STATUS_DEVICE_BUSY'));
    expect({ verdict: holds.verdict, rules: holds.rules, bounds: holds.outcome.bounds }).toEqual({
      verdict: 'verified',
      rules: [],
      bounds: [],
    });
    expect(run(writing, scenario(write, 'Answered === 0')).rules).toEqual(['assert/failed']);
  });

  it('leaves the requests that it makes to the driver under test to complete', () => {
    const asks = below(
      `let Event!: KEVENT; let Iosb!: IO_STATUS_BLOCK; KeInitializeEvent(Event, NotificationEvent, FALSE);
    const Top = IoGetAttachedDevice(DeviceObject);
    const Asking = IoBuildSynchronousFsdRequest(IRP_MJ_READ, Top, null, 0, null, Event, Iosb);
    if (IoCallDriver(Top, Asking!) === STATUS_PENDING) KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, null);`,
    );
    const forgetting = filter().replace(
      'const AddDevice:',
      'const Forget: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => { IoMarkIrpPending(Irp); return STATUS_PENDING; };\nconst AddDevice:',
    );
    const set = (text: string): string =>
      text.replace(
        'DriverObject.DriverExtension',
        'DriverObject.MajorFunction[IRP_MJ_READ] = Forget; DriverObject.DriverExtension',
      );
    expect(run(filter(), scenario('Nobody() {}', 'Started === 1', asks)).rules).toEqual([]);
    expect(run(set(forgetting), scenario('Nobody() {}', 'Started === 1', asks)).rules).toEqual(['completion/never']);
  });
});

describe('a driver below one that gives up for want of memory', () => {
  const gives = 'return STATUS_INSUFFICIENT_RESOURCES;';
  const fails = {
    'where its DriverEntry fails': filter().replace('(DriverObject, RegistryPath) => {', (entry) => `${entry} ${gives}`),
    'where its AddDevice fails': filter().replace('(DriverObject, PhysicalDeviceObject) => {', (add) => `${add} ${gives}`),
  };
  const rules = (upper: string, lower: string): unknown => {
    const scarce = scenario('Nobody() {}', 'TRUE', lower).replace('Threads:', 'LowMemory: TRUE, Threads:');
    const found = run(upper, scarce);
    return [found.verdict, ...found.rules, ...found.outcome.bounds];
  };

  it.each(Object.entries(fails))('loses its device and is unloaded, %s', (_, upper) => {
    expect(rules(upper, below())).toEqual(['verified']);
    expect(rules(upper, below().replace('DeviceObject === null', 'DeviceObject !== null'))).toContain('assert/failed');
  });
});

describe('a scenario', () => {
  const plain = (lower: string, setup: string, threads: string, expectation = 'TRUE'): string => `
let File!: HANDLE | null;
let Status!: NTSTATUS;
export const Tested: SCENARIO = {
  Driver: DriverEntry,
  Lower: ${lower},
  Setup() { ${setup} },
  Threads: { ${threads} },
  Expect() { expect(${expectation}); },
};`;
  const open = 'File = CreateFile("\\\\\\\\.\\\\Any");';
  const inline = '{ Complete: "inline", Status: [STATUS_SUCCESS] }';

  it('sends any request by its major and minor function', () => {
    const lists = (minor: string): string =>
      writing
        .replace(
          'const AddDevice:',
          `const List: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  NT_ASSERT(IoGetCurrentIrpStackLocation(Irp).MinorFunction === ${minor} && IoGetCurrentIrpStackLocation(Irp).Parameters.Read.Length === 64);
  Irp.IoStatus.Status = STATUS_DEVICE_BUSY;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_DEVICE_BUSY;
};
const AddDevice:`,
        )
        .replace(
          'DriverObject.DriverExtension',
          'DriverObject.MajorFunction[IRP_MJ_DIRECTORY_CONTROL] = List; DriverObject.DriverExtension',
        );
    const sends = plain(
      inline,
      open,
      'Lister() { Status = SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, IRP_MN_QUERY_DIRECTORY, 64, null); }',
      'Status === STATUS_DEVICE_BUSY',
    );
    expect(run(lists('IRP_MN_QUERY_DIRECTORY'), sends).verdict).toBe('verified');
    expect(run(lists('0'), sends).rules).toEqual(['assert/failed']);
  });

  it('sends no request that has an order of its own', () => {
    const sends = plain(inline, open, 'Closer() { SendRequest(File, IRP_MJ_CLOSE, 0, 0, null); }');
    expect(run(filter(), sends).outcome.bounds).toEqual([
      'SendRequest sends no create, cleanup, close, PnP, power or WMI request.',
    ]);
  });

  it('opens no file where the name leads elsewhere', () => {
    const reparse =
      '{ Complete: "inline", Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_CREATE, Complete: "inline", Status: STATUS_REPARSE }] }';
    const passing = filter('NT_ASSERT(Closes === 0);');
    expect(run(passing, plain(reparse, open, 'Nobody() {}', 'File === null')).verdict).toBe('verified');
  });
});
