import { describe, expect, it } from 'vitest';
import { judge } from '../../src/check/verdict.ts';
import { build, filter, run } from './kit.ts';

function scenario(lower: string, threads: string, expectation: string): string {
  return `
let File!: HANDLE | null;
let First!: OVERLAPPED;
let Status!: NTSTATUS;
let Later!: NTSTATUS;
export const Tested: SCENARIO = {
  Driver: DriverEntry,
  Lower: ${lower},
  Setup() { File = CreateFile("\\\\\\\\.\\\\Any"); },
  Threads: { ${threads} },
  Expect() { expect(${expectation}); },
};`;
}

const inline = '{ Complete: "inline", Status: [STATUS_SUCCESS] }';

/** Verified with the condition, an error with its opposite. */
function always(lower: string, threads: string, condition: string): void {
  const holds = run(filter(), scenario(lower, threads, condition));
  expect({ verdict: holds.verdict, rules: holds.rules, bounds: holds.outcome.bounds }).toEqual({
    verdict: 'verified',
    rules: [],
    bounds: [],
  });
  expect(run(filter(), scenario(lower, threads, `!(${condition})`)).rules).toEqual(['assert/failed']);
}

describe('the PnP manager', () => {
  it('does not remove a device while a handle is open, and does when it is closed', () => {
    always(
      inline,
      'Remover() { Status = RemoveDevice(); CloseHandle(File); Later = RemoveDevice(); }',
      'Status === STATUS_DEVICE_BUSY && Later === STATUS_SUCCESS',
    );
  });

  it('pulls a device out under an open handle; requests fail, and nothing opens it again', () => {
    always(inline, 'Remover() { SurpriseRemove(); Status = ReadFile(File, 4, First); }', 'Status === STATUS_NO_SUCH_DEVICE');
  });

  it('sends IRP_MN_REMOVE_DEVICE after IRP_MJ_CLOSE', () => {
    const threads = 'Remover() { SurpriseRemove(); }';
    expect(run(filter('NT_ASSERT(Closes === 1);'), scenario(inline, threads, 'TRUE')).verdict).toBe('verified');
    expect(run(filter('NT_ASSERT(Closes === 0);'), scenario(inline, threads, 'TRUE')).rules).toEqual(['assert/failed']);
  });

  it('starts what it has stopped', () => {
    always(
      inline,
      'PnpManager() { StopDevice(); Status = StartDevice(); Later = StartDevice(); }',
      'Status === STATUS_SUCCESS && Later === STATUS_NO_SUCH_DEVICE',
    );
  });
});

describe('the power manager', () => {
  /** Asserts the condition of each power request that comes. */
  const asserting = (condition: string): string =>
    filter()
      .replace(
        'const AddDevice:',
        `const DispatchPower: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  const Power = IoGetCurrentIrpStackLocation(Irp).Parameters.Power;
  NT_ASSERT(${condition});
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(DeviceObject.DeviceExtension.Lower!, Irp);
};
const AddDevice:`,
      )
      .replace(
        'DriverObject.DriverExtension',
        'DriverObject.MajorFunction[IRP_MJ_POWER] = DispatchPower; DriverObject.DriverExtension',
      );

  it.each([
    ['SendPower(IRP_MN_SET_POWER);', 'Power.Type === DevicePowerState && Power.State.DeviceState === PowerDeviceD3'],
    [
      'SendSystemPower(IRP_MN_SET_POWER, PowerSystemSleeping3);',
      'Power.Type === SystemPowerState && Power.State.SystemState === PowerSystemSleeping3',
    ],
    [
      'SendSystemPower(IRP_MN_SET_POWER, PowerSystemWorking);',
      'Power.Type === SystemPowerState && Power.State.SystemState === PowerSystemWorking',
    ],
  ])('sends what it is told to: %s', (statement, condition) => {
    const sends = scenario(inline, `PowerManager() { ${statement} }`, 'TRUE');
    expect(run(asserting(condition), sends).verdict).toBe('verified');
    expect(run(asserting(`!(${condition})`), sends).rules).toEqual(['assert/failed']);
  });
});

describe('a device that does not start', () => {
  const lower =
    '{ Complete: "inline", Status: [STATUS_SUCCESS], Major: [{ Function: IRP_MJ_PNP, Complete: "either", Status: STATUS_UNSUCCESSFUL }] }';

  it('because the lower driver refuses to is removed, and no thread comes to it', () => {
    const removed = run(filter('NT_ASSERT(Closes === 0);'), scenario(lower, 'Reader() { expect(FALSE); }', 'FALSE'));
    expect({ verdict: removed.verdict, rules: removed.rules, bounds: removed.outcome.bounds }).toEqual({
      verdict: 'verified',
      rules: [],
      bounds: [],
    });
    expect(run(filter('NT_ASSERT(FALSE);'), scenario(lower, 'Reader() {}', 'TRUE')).rules).toEqual(['assert/failed']);
  });

  it('because the driver itself fails leaves the verdict bounded', () => {
    const failing = filter().replace(
      'const Lower = DeviceObject.DeviceExtension.Lower!;\n  const Minor = IoGetCurrentIrpStackLocation(Irp).MinorFunction;',
      `const Lower = DeviceObject.DeviceExtension.Lower!;
  const Minor = IoGetCurrentIrpStackLocation(Irp).MinorFunction;
  if (Minor === IRP_MN_START_DEVICE) {
    Irp.IoStatus.Status = STATUS_UNSUCCESSFUL;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_UNSUCCESSFUL;
  }`,
    );
    expect(run(failing, scenario(inline, 'Reader() {}', 'TRUE')).outcome.bounds).toEqual(['IRP_MN_START_DEVICE failed.']);
  });

  it('is verified by what it did come to', () => {
    const program = build(filter(), scenario(lower, 'Reader() {}', 'TRUE'));
    const outcome = run(filter(), scenario(lower, 'Reader() {}', 'TRUE')).outcome;
    expect(judge(program, program.scenarios[0], outcome).verdict).toBe('verified');
  });
});

describe('the lower driver', () => {
  it('answers inline with its status', () => {
    always(
      '{ Complete: "inline", Status: [STATUS_UNSUCCESSFUL] }',
      'Reader() { Status = ReadFile(File, 4, First); }',
      'Status === STATUS_UNSUCCESSFUL',
    );
  });

  it('pends and answers later, or before its answer is seen', () => {
    always(
      '{ Complete: "later", Status: [STATUS_SUCCESS] }',
      'Reader() { Status = ReadFile(File, 4, First); GetOverlappedResult(File, First, TRUE); }',
      'Status === STATUS_PENDING && First.Internal === STATUS_SUCCESS',
    );
  });

  it('answers with each of several statuses', () => {
    const lower = '{ Complete: "inline", Status: [STATUS_SUCCESS, STATUS_UNSUCCESSFUL] }';
    const threads = 'Reader() { Status = ReadFile(File, 4, First); }';
    for (const status of ['STATUS_SUCCESS', 'STATUS_UNSUCCESSFUL']) {
      expect(run(filter(), scenario(lower, threads, `Status !== ${status}`)).rules).toEqual(['assert/failed']);
    }
    expect(run(filter(), scenario(lower, threads, 'Status === STATUS_SUCCESS || Status === STATUS_UNSUCCESSFUL')).verdict).toBe(
      'verified',
    );
  });

  it('that never answers can be cancelled when the scenario says so', () => {
    always(
      '{ Complete: "never", Status: [STATUS_SUCCESS], Cancelable: TRUE }',
      'Reader() { ReadFile(File, 4, First); }',
      'First.Internal === STATUS_CANCELLED',
    );
  });

  it('that cannot be cancelled is reset when the threads are gone', () => {
    always(
      '{ Complete: "never", Status: [STATUS_SUCCESS] }',
      'Reader() { ReadFile(File, 4, First); Status = First.Internal; }',
      'Status === STATUS_PENDING && First.Internal === STATUS_SUCCESS',
    );
  });

  it('a cancel races its answer without harm', () => {
    const threads = 'Reader() { ReadFile(File, 4, First); }, Canceller() { CancelIoEx(File, First); }';
    const lower =
      '{ Complete: "inline", Status: [STATUS_SUCCESS], Cancelable: TRUE, Major: [{ Function: IRP_MJ_READ, Complete: "later", Status: STATUS_SUCCESS }] }';
    expect(
      run(filter(), scenario(lower, threads, 'First.Internal === STATUS_SUCCESS || First.Internal === STATUS_CANCELLED')).verdict,
    ).toBe('verified');
  });
});
