/** Virtual devices in scenarios: plugging one in, what the default scenarios make of a driver that is for one, and whose doing is whose. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { defaultScenarios } from '../../src/scenario/defaults.ts';
import { describeDriver } from '../../src/scenario/shape.ts';
import { checkSources } from '../kit/check.ts';
import { loadLibrary } from '../kit/library.ts';

/** A driver that holds a read until the port's modem tells a change; `handled` is what its service routine does with it. */
const driver = (
  handled = 'READ_PORT_UCHAR(MODEM_STATUS as PUCHAR);',
  imports = "import * as Serial from 'irpsight/devices/serial';",
): string => `
import {
  BOOLEAN, DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_DEVICE_UNKNOWN, IO_DPC_ROUTINE, IO_NO_INCREMENT, IoCompleteRequest,
  IoConnectInterrupt, IoCreateDevice, IoDeleteDevice, IoDisconnectInterrupt, IoInitializeDpcRequest, IoMarkIrpPending, IoReleaseCancelSpinLock,
  IoRequestDpc, IoSetCancelRoutine, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ, KeAcquireSpinLock, KeFlushQueuedDpcs, KeInitializeSpinLock,
  KeReleaseSpinLock, KIRQL, KSERVICE_ROUTINE, KSPIN_LOCK, LevelSensitive, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PIRP, PKINTERRUPT, PUCHAR,
  READ_PORT_UCHAR, Ref, RtlInitUnicodeString, sizeof, STATUS_CANCELLED, STATUS_DEVICE_BUSY, STATUS_PENDING, STATUS_SUCCESS, TRUE, UCHAR, ULONG_PTR,
  UNICODE_STRING, WRITE_PORT_UCHAR,
} from 'irpsight/wdm';
${imports}
const INTERRUPT_ENABLE: ULONG_PTR = 0x3f9;
const INTERRUPT_IDENT: ULONG_PTR = 0x3fa;
const MODEM_CONTROL: ULONG_PTR = 0x3fc;
const MODEM_STATUS: ULONG_PTR = 0x3fe;
interface EXTENSION { Lock: KSPIN_LOCK; Interrupt: PKINTERRUPT | null; Waiting: PIRP | null }

function Complete(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
const DispatchCreateClose: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  return Complete(Irp, STATUS_SUCCESS);
};
const DispatchRead: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  if (Extension.Waiting !== null) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    return Complete(Irp, STATUS_DEVICE_BUSY);
  }
  IoMarkIrpPending(Irp);
  IoSetCancelRoutine(Irp, CancelRead);
  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {
    KeReleaseSpinLock(Extension.Lock, Irql);
    Complete(Irp, STATUS_CANCELLED);
    return STATUS_PENDING;
  }
  Extension.Waiting = Irp;
  KeReleaseSpinLock(Extension.Lock, Irql);
  return STATUS_PENDING;
};
const CancelRead: DRIVER_CANCEL<EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  const Irql = KeAcquireSpinLock(Extension.Lock);
  if (Extension.Waiting === Irp) Extension.Waiting = null;
  KeReleaseSpinLock(Extension.Lock, Irql);
  Complete(Irp, STATUS_CANCELLED);
};
const Isr: KSERVICE_ROUTINE<PDEVICE_OBJECT<EXTENSION>> = (Interrupt, DeviceObject) => {
  const Ident: UCHAR = READ_PORT_UCHAR(INTERRUPT_IDENT as PUCHAR);
  if ((Ident & 1) !== 0) return FALSE;
  ${handled}
  IoRequestDpc(DeviceObject, null, null);
  return TRUE;
};
const DpcForIsr: IO_DPC_ROUTINE<EXTENSION> = (Dpc, DeviceObject, Irp, Context) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  let Read = Extension.Waiting;
  if (Read !== null && IoSetCancelRoutine(Read, null) === null) Read = null;
  if (Read !== null) Extension.Waiting = null;
  KeReleaseSpinLock(Extension.Lock, Irql);
  if (Read !== null) Complete(Read, STATUS_SUCCESS);
};
const Unload: DRIVER_UNLOAD = (DriverObject) => {
  const Extension = (DriverObject.DeviceObject as PDEVICE_OBJECT<EXTENSION>).DeviceExtension;
  IoDisconnectInterrupt(Extension.Interrupt!);
  KeFlushQueuedDpcs();
  IoDeleteDevice(DriverObject.DeviceObject!);
};
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT<EXTENSION> | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Modem');
  const Made = IoCreateDevice(DriverObject, sizeof<EXTENSION>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Made)) return Made;
  const Extension = DeviceObject!.DeviceExtension;
  KeInitializeSpinLock(Extension.Lock);
  IoInitializeDpcRequest(DeviceObject!, DpcForIsr);
  const Status = IoConnectInterrupt(
    Ref(Extension.Interrupt), Isr, DeviceObject!, null, 0x34, 8 as KIRQL, 8 as KIRQL, LevelSensitive, TRUE, 1, FALSE,
  );
  if (!NT_SUCCESS(Status)) {
    IoDeleteDevice(DeviceObject!);
    return Status;
  }
  WRITE_PORT_UCHAR(MODEM_CONTROL as PUCHAR, 0x08);
  WRITE_PORT_UCHAR(INTERRUPT_ENABLE as PUCHAR, 0x08);
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;

/** Two scenarios of the driver's own on a level-sensitive line. */
const scenarios = `
import { CreateFile, expect, GetOverlappedResult, OVERLAPPED, ReadFile, SCENARIO, SharedInterrupt } from 'irpsight/scenario';
import { HANDLE, STATUS_SUCCESS, TRUE } from 'irpsight/wdm';
import * as Serial from 'irpsight/devices/serial';
import { DriverEntry } from './modem.driver';
let File!: HANDLE | null;
let Read!: OVERLAPPED;
export const Changed: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.LevelDevice],
  Setup() { File = CreateFile('\\\\Device\\\\Modem'); },
  Threads: { Reader() { ReadFile(File, 1, Read); Serial.SetLine(Serial.CTS); GetOverlappedResult(File, Read, TRUE); } },
  Expect() { expect(Read.Internal === STATUS_SUCCESS); },
};
export const Shared: SCENARIO = {
  Driver: DriverEntry,
  Devices: [Serial.LevelDevice],
  Setup() { File = CreateFile('\\\\Device\\\\Modem'); },
  Threads: { Neighbour() { SharedInterrupt(); } },
};
`;

/** A storm has no end of its own: what is to be found is found early. */
const maxStates = 20_000;

function check(text: string, own = scenarios): ReturnType<typeof checkSources> {
  const result = checkSources(
    [
      { path: 'modem.driver.ts', text, origin: 'driver' },
      ...(own === '' ? [] : [{ path: 'modem.scenario.ts', text: own, origin: 'scenario' } as const]),
    ],
    { maxStates },
  );
  expect(result.problems).toEqual([]);
  return result;
}

const problems = (text: string, own = ''): readonly string[] => {
  const sources = [
    { path: 'modem.driver.ts', text, origin: 'driver' as const },
    ...(own === '' ? [] : [{ path: 'modem.scenario.ts', text: own, origin: 'scenario' as const }]),
  ];
  return compile({ sources, library: loadLibrary() }).problems.map(({ code, message }) => `${code} ${message}`);
};

describe('a driver with a virtual device', () => {
  it('is verified when it quiets its device, and leaves the interrupts of others alone', () => {
    const { findings, scenarios } = check(driver());
    expect(findings).toEqual([]);
    expect(scenarios.map(({ name, verdict, bounds }) => [name, verdict, bounds])).toEqual([
      ['Changed', 'verified', []],
      ['Shared', 'verified', []],
    ]);
  });

  it('is found out when it does not quiet its device', () => {
    const { findings } = check(driver(''));
    expect(findings.filter(({ certainty }) => certainty === 'witnessed').map(({ rule }) => rule)).toEqual([
      'interrupt/not-quieted',
    ]);
  });

  it('is found out when it takes the interrupts of others for its own', () => {
    const { findings } = check(driver().replace('if ((Ident & 1) !== 0) return FALSE;', 'if (Ident === 0xff) return FALSE;'));
    const witnessed = findings.filter(({ certainty }) => certainty === 'witnessed');
    expect(witnessed.map(({ rule, scenario }) => [rule, scenario])).toEqual([['interrupt/not-quieted', 'Shared']]);
    expect(witnessed[0].message).toContain('another device that shares it');
  });

  it('is not verified when its device never starts', () => {
    const read = (kind: string): string => readFileSync(`examples/serial-uart/serial-uart.${kind}.ts`, 'utf8');
    const started = 'Status = SerialStartDevice(DeviceObject, Stack.Parameters.StartDevice.AllocatedResourcesTranslated);';
    const text = read('driver');
    expect(text).toContain(started);
    const { scenarios } = checkSources(
      [
        { path: 'serial-uart.driver.ts', text: text.replace(started, 'Status = STATUS_DEVICE_NOT_READY;'), origin: 'driver' },
        { path: 'serial-uart.scenario.ts', text: read('scenario'), origin: 'scenario' },
      ],
      { maxStates },
    );
    for (const { name, verdict, bounds } of scenarios) {
      expect([verdict, bounds.join()], name).toEqual(['bounded', expect.stringContaining('The driver was never ready')]);
    }
    expect(scenarios).not.toEqual([]);
  });
});

describe('the default scenarios of a driver that imports a device', () => {
  it('plug it in, and let it act beside each request', () => {
    const { program } = compile({
      sources: [{ path: 'modem.driver.ts', text: driver(), origin: 'driver' }],
      library: loadLibrary(),
    });
    if (program === undefined) throw new Error('the driver does not compile');
    const shape = describeDriver(program);
    expect(shape.devices).toEqual(['serial']);
    const text = defaultScenarios(shape, 'modem.driver.ts');
    expect(text).toContain("import * as SerialDevice from 'irpsight/devices/serial';");
    const literals = text.split('export const ').slice(1);
    expect(literals.filter((one) => !one.includes('  Devices: [SerialDevice.Device],'))).toEqual([]);
    const interrupted = literals.filter((one) => one.startsWith('ReadAgainstInterrupt'));
    expect(interrupted.map((one) => /Device\(\) \{ (.*) \}/.exec(one)?.[1])).toEqual(['SerialDevice.Act();']);
    expect(problems(driver(), text)).toEqual([]);
  });

  it('leave out what is only part of a device', () => {
    const { program } = compile({
      sources: [
        { path: 'modem.driver.ts', text: driver('', "import * as Keys from 'irpsight/devices/keyboard';"), origin: 'driver' },
      ],
      library: loadLibrary(),
    });
    expect(program && describeDriver(program).devices).toEqual([]);
  });

  it('verify it', () => {
    const { findings, scenarios } = check(driver(), '');
    expect(findings).toEqual([]);
    for (const { name, verdict, bounds } of scenarios) expect([verdict, bounds], name).toEqual(['verified', []]);
  });
});

describe('what the hardware does', () => {
  it('is not for a driver to do', () => {
    const [first, ...others] = problems(driver('Serial.Receive(1);'));
    expect(first).toMatch(/^dsl\/device-routine Receive is what the hardware does/);
    expect(others).toEqual([]);
    expect(problems(driver('Receive(1);', "import { Receive } from 'irpsight/devices/serial';"))).toHaveLength(1);
  });

  it('is named where a scenario plugs it in', () => {
    const wrong = scenarios.replace('Devices: [Serial.LevelDevice]', 'Devices: [Serial.CTS]');
    expect(problems(driver(), wrong).join()).toMatch(/dsl\/scenario-literal|TS2322/);
  });
});
