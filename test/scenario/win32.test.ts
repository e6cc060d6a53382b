import { describe, expect, it } from 'vitest';
import { holder, run } from './kit.ts';

const globals = `
let File!: HANDLE | null;
let Other!: HANDLE | null;
let First!: OVERLAPPED;
let Second!: OVERLAPPED;
let Status!: NTSTATUS;
`;

function scenario(body: string): string {
  return `${globals}
export const Tested: SCENARIO = {
  Driver: DriverEntry,
  Setup() { File = CreateFile("\\\\\\\\.\\\\Holder"); },
${body}
};`;
}

/** What holds on every path: the verdict is `verified`, and `error` with the condition turned round. */
function always(body: string, condition: string, driver = holder()): void {
  const holds = run(driver, scenario(`${body}\n  Expect() { expect(${condition}); },`));
  expect({ verdict: holds.verdict, rules: holds.rules, bounds: holds.outcome.bounds }).toEqual({
    verdict: 'verified',
    rules: [],
    bounds: [],
  });
  const turned = run(driver, scenario(`${body}\n  Expect() { expect(!(${condition})); },`));
  expect(turned.rules).toEqual(['assert/failed']);
}

/** What holds on some path and not on another: either expectation fails. */
function sometimes(body: string, condition: string, driver = holder()): void {
  expect(run(driver, scenario(`${body}\n  Expect() { expect(${condition}); },`)).rules).toEqual(['assert/failed']);
  expect(run(driver, scenario(`${body}\n  Expect() { expect(!(${condition})); },`)).rules).toEqual(['assert/failed']);
}

describe('requests and cancels of user mode', () => {
  it('a request that completes inline answers its status, overlapped or not', () => {
    always(
      '  Threads: { Writer() { Status = WriteFile(File, 4, null); WriteFile(File, 4, First); } },',
      'Status === STATUS_SUCCESS && First.Internal === STATUS_SUCCESS',
    );
  });

  it('a pended request answers STATUS_PENDING and is cancelled when its thread exits', () => {
    always(
      '  Threads: { Reader() { Status = ReadFile(File, 4, First); } },',
      'Status === STATUS_PENDING && First.Internal === STATUS_CANCELLED',
    );
  });

  it('CancelIoEx cancels the one request of an OVERLAPPED, and says when there is none', () => {
    always(
      `  Threads: { Reader() {
      ReadFile(File, 4, First); ReadFile(File, 4, Second);
      CancelIoEx(File, First);
      GetOverlappedResult(File, First, TRUE);
      Status = Second.Internal;
    } },`,
      'Status === STATUS_PENDING && First.Internal === STATUS_CANCELLED',
    );
    always('  Threads: { Reader() { Status = CancelIoEx(File, First); } },', 'Status === STATUS_NOT_FOUND');
  });

  it('CancelIo cancels the requests of the calling thread only', () => {
    always(
      `  Threads: {
      Reader() { ReadFile(File, 4, First); CancelIo(File); GetOverlappedResult(File, First, TRUE); },
    },`,
      'First.Internal === STATUS_CANCELLED',
    );
    // Setup's own request is cancelled only when the process ends, after the threads are gone.
    const body = `export const Tested: SCENARIO = {
      Driver: DriverEntry,
      Setup() { File = CreateFile("\\\\\\\\.\\\\Holder"); ReadFile(File, 4, First); },
      Threads: { Canceller() { CancelIo(File); Status = First.Internal; } },
      Expect() { expect(Status === STATUS_PENDING); expect(First.Internal === STATUS_CANCELLED); },
    };`;
    expect(run(holder(), `${globals}${body}`).verdict).toBe('verified');
    // CancelIoEx is about every thread's.
    const every = run(
      holder(),
      `${globals}${body
        .replace('CancelIo(File);', 'CancelIoEx(File, null); GetOverlappedResult(File, First, TRUE);')
        .replace('Status === STATUS_PENDING', 'Status === STATUS_CANCELLED')}`,
    );
    expect(every.verdict).toBe('verified');
  });

  it('CancelSynchronousIo reaches the request another thread waits for, or comes too early', () => {
    const body = `  Threads: {
      Reader() { ReadFile(File, 4, null); },
      Canceller() { Status = CancelSynchronousIo(0); },
    },`;
    // Too early, nothing of the scenario's ends the request any more: the process does, when it is terminated.
    sometimes(body, 'Status === STATUS_SUCCESS');
    always(body, 'Status === STATUS_SUCCESS || Status === STATUS_NOT_FOUND');
  });

  it('a cancel and the request itself may come in either order', () => {
    sometimes(
      '  Threads: { Reader() { ReadFile(File, 4, First); }, Canceller() { Status = CancelIoEx(File, First); } },',
      'Status === STATUS_NOT_FOUND',
    );
  });

  it('what an exited thread still does reaches no driver', () => {
    always(
      '  Threads: { Reader() { ReadFile(File, 4, First); ExitThread(); Status = ReadFile(File, 4, Second); } },',
      'First.Internal === STATUS_CANCELLED && Status === STATUS_INVALID_HANDLE',
    );
  });
});

describe('handles', () => {
  it('a closed handle is good for nothing', () => {
    always(
      '  Threads: { Closer() { CloseHandle(File); Status = ReadFile(File, 4, First); } },',
      'Status === STATUS_INVALID_HANDLE',
    );
  });

  it('no device of that name leaves the verdict bounded', () => {
    const result = run(
      holder(),
      `${globals}export const Tested: SCENARIO = { Driver: DriverEntry, Threads: { Opener() { File = CreateFile("\\\\\\\\.\\\\Nobody"); } } };`,
    );
    expect(result.verdict).toBe('bounded');
    expect(result.outcome.bounds).toContain('CreateFile found no device of that name.');
  });

  const ordered = (held: string): string =>
    holder({
      routines: `
let Cleaned!: LONG;
let Held!: LONG;
const DispatchCleanup: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  Cleaned = 1;
  return Complete(Irp, STATUS_SUCCESS);
};
const DispatchClose: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  NT_ASSERT(Cleaned === 1);
  NT_ASSERT(Held === ${held});
  return Complete(Irp, STATUS_SUCCESS);
};
const CancelledCounting: DRIVER_CANCEL<EXTENSION> = (DeviceObject, Irp) => {
  IoReleaseCancelSpinLock(Irp.CancelIrql);
  Held = 2;
  Complete(Irp, STATUS_CANCELLED);
};
const DispatchReadCounting: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  IoMarkIrpPending(Irp);
  Held = 1;
  IoSetCancelRoutine(Irp, CancelledCounting);
  return STATUS_PENDING;
};`,
      entry: `DriverObject.MajorFunction[IRP_MJ_CLEANUP] = DispatchCleanup;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchClose;
  DriverObject.MajorFunction[IRP_MJ_READ] = DispatchReadCounting;`,
    });

  it('IRP_MJ_CLOSE comes after IRP_MJ_CLEANUP and after every request on the file', () => {
    const body = scenario('  Threads: { Reader() { ReadFile(File, 4, First); CloseHandle(File); } },');
    expect(run(ordered('2'), body).verdict).toBe('verified');
    expect(run(ordered('1'), body).rules).toEqual(['assert/failed']);
  });
});

describe('ends', () => {
  it('a request that is never completed is reported, not waited for', () => {
    const forgets = holder()
      .replace('IoSetCancelRoutine(Irp, Cancelled);', '')
      .replace(/ {2}if \(Irp\.Cancel .*\n/, '');
    const result = run(forgets, scenario('  Threads: { Reader() { ReadFile(File, 4, First); } },'));
    expect(result.verdict).toBe('error');
    expect(result.rules).not.toContain('lock/deadlock');
  });

  it('a cancel lost between test and set is found', () => {
    const loses = holder().replace(/ {2}if \(Irp\.Cancel .*\n/, '');
    expect(
      run(loses, scenario('  Threads: { Reader() { ReadFile(File, 4, First); }, Canceller() { CancelIoEx(File, First); } },'))
        .rules,
    ).toEqual(['cancel/lost']);
    expect(
      run(holder(), scenario('  Threads: { Reader() { ReadFile(File, 4, First); }, Canceller() { CancelIoEx(File, First); } },'))
        .verdict,
    ).toBe('verified');
  });

  it('a DriverEntry that fails leaves the verdict bounded', () => {
    const fails = holder({ entry: 'return STATUS_UNSUCCESSFUL;' }).replace(
      'DriverObject.DriverUnload = Unload;',
      'IoDeleteDevice(DeviceObject!);',
    );
    expect(run(fails, scenario('  Threads: { Reader() { ReadFile(File, 4, First); } },')).outcome.bounds).toContain(
      'DriverEntry failed.',
    );
  });
});

it.each([
  ['IRP_MJ_FLUSH_BUFFERS', 'FlushFileBuffers(File)'],
  ['IRP_MJ_SHUTDOWN', 'SendShutdown(File)'],
  ['IRP_MJ_INTERNAL_DEVICE_CONTROL', 'InternalDeviceIoControl(File, 0x220000, null, 0, null)'],
])('%s comes to its routine and is waited for', (index, call) => {
  const routines = `let Came!: LONG;
const DispatchCame: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  Came = Came + 1;
  return Complete(Irp, STATUS_DEVICE_BUSY);
};`;
  const entry = `DriverObject.MajorFunction[${index}] = DispatchCame;`;
  const unload = (count: number): string =>
    holder({ routines, entry }).replace(
      'let Link!: UNICODE_STRING;',
      `NT_ASSERT(Came === ${count});\n  let Link!: UNICODE_STRING;`,
    );
  const calls = `let File!: HANDLE | null;
export const Tested: SCENARIO = {
  Driver: DriverEntry,
  Setup() { File = CreateFile("\\\\\\\\.\\\\Holder"); },
  Threads: { Caller() { expect(${call} === STATUS_DEVICE_BUSY); } },
};`;
  expect(run(unload(1), calls).verdict).toBe('verified');
  expect(run(unload(0), calls).rules).toEqual(['assert/failed']);
});

describe('DeviceIoControl', () => {
  const control = holder({
    routines: `
export interface INPUT { A: ULONG; B: ULONG }
type PINPUT = INPUT;
export const IOCTL_TAKE = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS);
const DispatchControl: DRIVER_DISPATCH<EXTENSION> = (DeviceObject, Irp) => {
  const Stack = IoGetCurrentIrpStackLocation(Irp);
  if (Stack.Parameters.DeviceIoControl.IoControlCode !== IOCTL_TAKE) return Complete(Irp, STATUS_INVALID_PARAMETER);
  if (Stack.Parameters.DeviceIoControl.InputBufferLength !== sizeof<INPUT>()) return Complete(Irp, STATUS_INVALID_PARAMETER);
  const Input = Irp.AssociatedIrp.SystemBuffer as PINPUT;
  const Seen = Input.B;
  Input.B = 1;
  return Complete(Irp, Seen === 7 ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL);
};`,
    entry: 'DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = DispatchControl;',
  });

  it('passes a copy of the object, with its size as the input length', () => {
    const text = `import { INPUT, IOCTL_TAKE } from './test.driver.ts';
let Input!: INPUT;
${scenario('  Threads: { Caller() { Input.B = 7; Status = DeviceIoControl(File, IOCTL_TAKE, Input, 0, null); } },\n  Expect() { expect(Status === STATUS_SUCCESS && Input.B === 7); },')}`;
    expect(run(control, text).verdict).toBe('verified');
    expect(run(control, text.replace('Input.B = 7;', 'Input.B = 6;')).rules).toEqual(['assert/failed']);
    expect(run(control, text.replace('IOCTL_TAKE, Input, 0', 'IOCTL_TAKE, null, 8')).rules).toEqual(['assert/failed']);
  });
});
