/** When a finding of the analysis is settled: only by verified scenarios that have gone every way that leads to it. */
import { describe, expect, it } from 'vitest';
import { checkSources } from '../kit/check.ts';
import { complete, driver, found, programOf } from './drivers.ts';

/** One helper completes for all; the write takes the cancel spin lock and keeps it. */
const helper = `
interface DEVICE_EXTENSION { Rare: LONG }
function SerialFinish(Irp: PIRP, Status: NTSTATUS): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return Status;
}
function FinishHeld(Irp: PIRP): NTSTATUS {
  const Irql = IoAcquireCancelSpinLock();
  const Status = SerialFinish(Irp, STATUS_SUCCESS);
  IoReleaseCancelSpinLock(Irql);
  return Status;
}
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return SerialFinish(Irp, STATUS_SUCCESS);
};
const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  return FinishHeld(Irp);
};`;

/** The lock is taken on a path that no read takes, and the statement that completes is on all. */
const branch = `
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Rare: LONG }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Rare = Extension.Rare;
  let Irql: KIRQL = PASSIVE_LEVEL;
  if (Rare !== 0) {
    Irql = KeAcquireSpinLock(Extension.Lock);
  }
  Complete(Irp, STATUS_SUCCESS);
  if (Rare !== 0) {
    KeReleaseSpinLock(Extension.Lock, Irql);
  }
  return STATUS_SUCCESS;
};`;

/** The first completion, by the same helper, is on a path that no read takes. */
const twice = `
interface DEVICE_EXTENSION { Rare: LONG }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  if (DeviceObject.DeviceExtension.Rare !== 0) {
    Complete(Irp, STATUS_SUCCESS);
  }
  return Complete(Irp, STATUS_SUCCESS);
};`;

/** What is wrong is set on a path that no read takes; all that acts on it is on every path. */
const variable = `
interface DEVICE_EXTENSION { Rare: LONG }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  let Status = STATUS_SUCCESS;
  if (DeviceObject.DeviceExtension.Rare !== 0) {
    Status = STATUS_PENDING;
  }
  Irp.IoStatus.Status = Status;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};`;

/** The lock is given back on every path on which it was taken, which shows only to who follows what is loaded twice. */
const sound = `
interface DEVICE_EXTENSION { Lock: KSPIN_LOCK; Busy: LONG }
function Start(Extension: PDEVICE_EXTENSION): void { KeInitializeSpinLock(Extension.Lock); }
const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  const Irql = KeAcquireSpinLock(Extension.Lock);
  Extension.Busy = 1;
  KeReleaseSpinLock(Extension.Lock, Irql);
  const Again = KeAcquireSpinLock(Extension.Lock);
  if (Extension.Busy !== 0) {
    KeReleaseSpinLock(Extension.Lock, Again);
  }
  return Complete(Irp, STATUS_SUCCESS);
};`;

describe('a helper that other routines were seen to call', () => {
  it('stays, and names the call that no scenario makes', () => {
    expect(findings(helper, 'Reader() { ReadFile(File, 16, null); }')).toEqual([
      {
        text: 'may completion/under-spin-lock at IoCompleteRequest(Irp, IO_NO_INCREMENT): no scenario comes here by the call at line 10',
        calls: ['SerialFinish(Irp, STATUS_SUCCESS)', 'FinishHeld(Irp)'],
      },
    ]);
  });

  it('is shown, once, when a scenario makes the call', () => {
    const shown = findings(helper, 'Reader() { ReadFile(File, 16, null); }, Writer() { WriteFile(File, 16, null); }');
    expect(shown.map(({ text }) => text)).toEqual([
      'witnessed completion/under-spin-lock at IoCompleteRequest(Irp, IO_NO_INCREMENT)',
    ]);
  });
});

it('a lock taken on a path that was not explored: stays', () => {
  const stays = findings(branch, 'Reader() { ReadFile(File, 16, null); }').map(({ text }) => text);
  expect(stays).toContain(
    'may completion/under-spin-lock at IoCompleteRequest(Irp, IO_NO_INCREMENT): no scenario goes through line 7',
  );
});

it('a first completion on a path that was not explored: stays', () => {
  const stays = findings(twice, 'Reader() { ReadFile(File, 16, null); }').map(({ text }) => text);
  expect(stays).toEqual(['may completion/touched-after at Irp.IoStatus.Status = Status: no scenario goes through line 4']);
});

it('a value set on a path that was not explored: stays', () => {
  const stays = findings(variable, 'Reader() { ReadFile(File, 16, null); }').map(({ text }) => text);
  expect(stays).toEqual([
    'may completion/with-status-pending at IoCompleteRequest(Irp, IO_NO_INCREMENT): no scenario goes through line 5',
  ]);
});

it('a way that was explored to its end: settled', () => {
  expect(found(programOf([driver(complete(sound))]))).not.toEqual([]);
  expect(findings(sound, 'Reader() { ReadFile(File, 16, null); }')).toEqual([]);
});

function findings(body: string, threads: string): { readonly text: string; readonly calls: readonly string[] }[] {
  const source = driver(complete(body));
  const { problems, findings: all } = checkSources([source, scenario(threads)]);
  expect(problems).toEqual([]);
  const lines = source.text.split('\n');
  const quoted = ({ start, end }: { start: { line: number; column: number }; end: { column: number } }): string =>
    lines[start.line - 1].slice(start.column - 1, end.column - 1);
  return all.map(({ certainty, rule, message, range, related }) => ({
    text: `${certainty} ${rule} at ${quoted(range)}${/\(not settled(: .*)\)\.$/.exec(message)?.[1] ?? ''}`,
    calls: related.filter((other) => other.message === 'called from here').map((other) => quoted(other.range)),
  }));
}

function scenario(threads: string) {
  return {
    path: 'test.scenario.ts',
    origin: 'scenario',
    text: `import { CreateFile, ReadFile, SCENARIO, WriteFile } from 'irpsight/scenario';
import { HANDLE } from 'irpsight/wdm';
import { DriverEntry } from './test.driver';

let File!: HANDLE;

export const Requests: SCENARIO = {
  Driver: DriverEntry,
  Setup() { File = CreateFile('\\\\\\\\.\\\\Test'); },
  Threads: { ${threads} },
};
`,
  } as const;
}
