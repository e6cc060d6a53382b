/** The device's interrupt in scenarios: a driver whose service routine queues a DPC, which completes the read that waits. */
import { describe, expect, it } from 'vitest';
import { checkSources } from '../kit/check.ts';

/** `dpc` is what the DPC does with the read that it has taken. */
function driver(dpc: string, isr = 'IoRequestDpc(Context, null, null);\n  return TRUE;'): string {
  return `
import {
  BOOLEAN, DEVICE_LEVEL, DRIVER_CANCEL, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_DEVICE_UNKNOWN, IO_DPC_ROUTINE, IO_NO_INCREMENT,
  IoCompleteRequest, IoConnectInterrupt, IoCreateDevice, IoDeleteDevice, IoDisconnectInterrupt, IoInitializeDpcRequest, IoMarkIrpPending,
  IoReleaseCancelSpinLock, IoRequestDpc, IoSetCancelRoutine, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_READ, KeAcquireSpinLock, KeFlushQueuedDpcs,
  KeInitializeSpinLock, KeReleaseSpinLock, KSERVICE_ROUTINE, KSPIN_LOCK, LevelSensitive, NTSTATUS, PDEVICE_OBJECT, PIRP, PKINTERRUPT, Ref,
  RtlInitUnicodeString, sizeof, STATUS_CANCELLED, STATUS_DEVICE_BUSY, STATUS_PENDING, STATUS_SUCCESS, TRUE, UNICODE_STRING,
} from 'irpsight/wdm';

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
const Isr: KSERVICE_ROUTINE<PDEVICE_OBJECT<EXTENSION>> = (Interrupt, Context) => {
  ${isr}
};
const DpcForIsr: IO_DPC_ROUTINE<EXTENSION> = (Dpc, DeviceObject, Irp, Context) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  let Read = Extension.Waiting;
  if (Read !== null && IoSetCancelRoutine(Read, null) === null) Read = null;
  if (Read !== null) Extension.Waiting = null;
  KeReleaseSpinLock(Extension.Lock, Irql);
  if (Read !== null) {
    ${dpc}
  }
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
  RtlInitUnicodeString(Name, '\\\\Device\\\\Sensor');
  IoCreateDevice(DriverObject, sizeof<EXTENSION>(), Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  const Extension = DeviceObject!.DeviceExtension;
  KeInitializeSpinLock(Extension.Lock);
  IoInitializeDpcRequest(DeviceObject!, DpcForIsr);
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchCreateClose;
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;
  DriverObject.DriverUnload = Unload;
  return IoConnectInterrupt(Ref(Extension.Interrupt), Isr, DeviceObject!, null, 0, DEVICE_LEVEL, DEVICE_LEVEL, LevelSensitive, FALSE, 1, FALSE);
};
`;
}

function check(text: string, scenario?: string, own = ''): ReturnType<typeof checkSources> {
  const result = checkSources(
    [
      { path: 'sensor.driver.ts', text, origin: 'driver' },
      ...(own === '' ? [] : [{ path: 'sensor.scenario.ts', text: own, origin: 'scenario' } as const]),
    ],
    { scenario },
  );
  expect(result.problems).toEqual([]);
  return result;
}

const completes = 'Complete(Read, STATUS_SUCCESS);';

describe('a driver that connects an interrupt', () => {
  it('is verified when it is right, in each of the default scenarios', () => {
    const { scenarios, findings } = check(driver(completes));
    expect(findings).toEqual([]);
    expect(scenarios.map(({ name }) => name)).toContain('ReadAgainstInterrupt');
    for (const { name, verdict, bounds } of scenarios) expect([verdict, bounds], name).toEqual(['verified', []]);
    // The service routine and the DPC are reached by the interrupt only.
    const reached = scenarios.filter(({ unreached }) => unreached.every((entry) => !/^(Isr|DpcForIsr) /.test(entry)));
    expect(reached.map(({ name }) => name)).toEqual(['ReadAgainstInterrupt']);
  });

  it('is found out when its DPC completes the read twice', () => {
    const { scenarios, findings } = check(
      driver(`${completes} IoCompleteRequest(Read, IO_NO_INCREMENT);`),
      'ReadAgainstInterrupt',
    );
    expect(scenarios.map(({ verdict }) => verdict)).toEqual(['error']);
    expect(findings.map(({ rule }) => rule)).toEqual(['completion/twice']);
  });

  it('is found out when its DPC takes the read and forgets it', () => {
    const { scenarios, findings } = check(driver(''), 'ReadAgainstInterrupt');
    expect(scenarios.map(({ verdict }) => verdict)).toEqual(['error']);
    expect(findings.map(({ rule }) => rule)).toEqual(['completion/never']);
  });

  it('is found out when its service routine completes the read', () => {
    const isr =
      'const Read = Context.DeviceExtension.Waiting;\n  if (Read !== null) Complete(Read, STATUS_SUCCESS);\n  return TRUE;';
    const { findings } = check(driver(completes, isr), 'ReadAgainstInterrupt');
    expect(findings.map(({ rule }) => rule)).toContain('irql/too-high');
  });
});

describe('a driver that has no cancel routine for the read its device works on', () => {
  // The DPC takes the read whatever Irp->Cancel says.
  const busy = (dpc: string): string => {
    const text = driver(dpc);
    const start = text.indexOf('  IoSetCancelRoutine(Irp, CancelRead);');
    const end = text.indexOf('  Extension.Waiting = Irp;');
    const took = '  if (Read !== null && IoSetCancelRoutine(Read, null) === null) Read = null;\n';
    expect(text).toContain(took);
    return (text.slice(0, start) + text.slice(end)).replace(took, '');
  };

  it('is verified in each of the default scenarios, since the device answers', () => {
    const { scenarios, findings } = check(busy(completes));
    expect(findings).toEqual([]);
    expect(scenarios.map(({ name }) => name)).toContain('ReadCancelled');
    for (const { name, verdict, bounds } of scenarios) expect([verdict, bounds], name).toEqual(['verified', []]);
  });

  it('is verified when the device answers in several interrupts', () => {
    const parts = busy(completes)
      .replace('Waiting: PIRP | null }', 'Waiting: PIRP | null; Parts: LONG }')
      .replace('DEVICE_LEVEL, DRIVER_CANCEL', 'DEVICE_LEVEL, LONG, DRIVER_CANCEL')
      .replace(
        'if (Read !== null) Extension.Waiting = null;',
        'if (Read !== null) Extension.Parts = Extension.Parts + 1;\n  if (Extension.Parts < 3) Read = null;\n' +
          '  if (Read !== null) { Extension.Waiting = null; Extension.Parts = 0; }',
      );
    const { scenarios, findings } = check(parts, 'ReadCancelled');
    expect(findings).toEqual([]);
    expect(scenarios.map(({ verdict }) => verdict)).toEqual(['verified']);
  });

  it('is verified when Setup has made the request, and no thread interrupts', () => {
    const own = `
import { CreateFile, OVERLAPPED, ReadFile, SCENARIO } from 'irpsight/scenario';
import { DriverEntry } from './sensor.driver';
let Read!: OVERLAPPED;
export const Left: SCENARIO = {
  Driver: DriverEntry,
  Setup() { ReadFile(CreateFile('\\\\Device\\\\Sensor'), 4, Read); },
  Threads: { Nobody() {} },
};`;
    expect(check(busy(completes), 'Left', own).scenarios.map(({ verdict }) => verdict)).toEqual(['verified']);
    expect(check(busy(''), 'Left', own).findings.map(({ rule }) => rule)).toEqual(['cancel/lost']);
  });

  it('is found out when its DPC forgets the read', () => {
    const { scenarios, findings } = check(busy(''), 'ReadCancelled');
    expect(scenarios.map(({ verdict }) => verdict)).toEqual(['error']);
    // Merely held, it is one that can neither be cancelled nor ends.
    expect(findings.map(({ rule }) => rule)).toEqual(['cancel/lost']);
  });

  it('is found out when its service routine asks for no DPC', () => {
    const text = busy(completes).replace('IoRequestDpc(Context, null, null);', '');
    const { scenarios, findings } = check(text, 'TwoReads');
    expect(scenarios.map(({ verdict }) => verdict)).toEqual(['error']);
    expect(findings.map(({ rule }) => rule)).toEqual(['cancel/lost']);
  });
});

it('does not let an interrupt hide a cancel that was lost', () => {
  const text = driver(completes);
  const start = text.indexOf('  if (Irp.Cancel && IoSetCancelRoutine(Irp, null) !== null) {');
  const end = text.indexOf('  Extension.Waiting = Irp;');
  const { findings } = check(text.slice(0, start) + text.slice(end), 'ReadCancelled');
  expect(findings.map(({ rule }) => rule)).toEqual(['cancel/lost']);
});

it('is part of the vocabulary: Interrupt() answers the read', () => {
  const own = `
import { CreateFile, expect, GetOverlappedResult, Interrupt, OVERLAPPED, ReadFile, SCENARIO } from 'irpsight/scenario';
import { STATUS_SUCCESS, TRUE } from 'irpsight/wdm';
import { DriverEntry } from './sensor.driver';
let Read!: OVERLAPPED;
export const Answered: SCENARIO = {
  Driver: DriverEntry,
  Threads: { Reader() { const File = CreateFile('\\\\Device\\\\Sensor'); Interrupt(); ReadFile(File, 16, Read); Interrupt(); GetOverlappedResult(File, Read, TRUE); } },
  Expect() { expect(Read.Internal === STATUS_SUCCESS); },
};
`;
  const { scenarios, findings } = check(driver(completes), undefined, own);
  expect(findings).toEqual([]);
  expect(scenarios.map(({ name, verdict }) => [name, verdict])).toEqual([['Answered', 'verified']]);
  // One that is asserted too early only is no answer.
  const early = check(driver(completes), undefined, own.replace('Read); Interrupt();', 'Read);'));
  expect(early.findings.map(({ rule }) => rule)).toEqual(['assert/failed']);
});
