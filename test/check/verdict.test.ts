/** No driver is verified by scenarios that never come to it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CheckOptions } from '../../src/check/check.ts';
import type { ScenarioResult } from '../../src/check/findings.ts';
import { checkSources } from '../kit/check.ts';

const mailbox = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');
const scenario = readFileSync('src/cli/starter/mailbox.scenario.ts', 'utf8');

/** The starter's driver with one piece of it replaced. */
function edited(from: string, to: string): string {
  const text = mailbox.replace(from, to);
  expect(text, `the starter has ${from}`).not.toBe(mailbox);
  return text;
}

const withoutExpect = scenario.replace(/ {2}Expect\(\) \{[^}]*\},\n/, '');

/** Codes and messages of the problems of a check by the default scenarios, and the verdicts. */
function defaultsOf(driver: string): {
  readonly problems: readonly string[];
  readonly verdicts: readonly string[];
  readonly names: readonly string[];
} {
  const { problems, scenarios } = checkSources([{ path: 'mailbox.driver.ts', text: driver, origin: 'driver' }]);
  return {
    problems: problems.map(({ code, severity, message, range }) => `${severity} ${code} ${range.start.line}: ${message}`),
    verdicts: [...new Set(scenarios.map(({ verdict }) => verdict))],
    names: scenarios.map(({ name }) => name),
  };
}

function check(driver: string, own = withoutExpect): readonly ScenarioResult[] {
  const result = checkSources([
    { path: 'mailbox.driver.ts', text: driver, origin: 'driver' },
    ...(own === '' ? [] : [{ path: 'mailbox.scenario.ts', text: own, origin: 'scenario' } as const]),
  ]);
  expect(result.problems.map(({ message }) => message)).toEqual([]);
  return result.scenarios;
}

describe('a driver that was not exercised is not verified', () => {
  it.each([
    [
      'its DriverEntry fails',
      'DriverObject.DriverUnload = Unload;\n  return STATUS_SUCCESS;',
      'IoDeleteSymbolicLink(LinkName);\n  IoDeleteDevice(DeviceObject!);\n  return STATUS_DEVICE_BUSY;',
      /DriverEntry failed/,
    ],
    [
      'no file can be opened',
      'return Complete(Irp, STATUS_SUCCESS);\n};\n\nconst DispatchRead',
      'return Complete(Irp, STATUS_DEVICE_BUSY);\n};\n\nconst DispatchRead',
      /None of the requests of this scenario .*no file was opened/,
    ],
    [
      'its device has no name',
      'IoCreateSymbolicLink(LinkName, DeviceName)',
      'STATUS_SUCCESS',
      /CreateFile found no device of that name/,
    ],
    [
      'it serves none of the requests made',
      'DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;\n  DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWrite;',
      '',
      /None of the requests of this scenario \(ReadFile, WriteFile\) came to a dispatch routine/,
    ],
    [
      'it registers its routines on a way it never goes',
      'DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;\n  DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWrite;',
      `if (Status === STATUS_PENDING) {
    DriverObject.MajorFunction[IRP_MJ_READ] = DispatchCreateClose;
    DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchCreateClose;
  }`,
      /None of the requests of this scenario \(ReadFile, WriteFile\) came to a dispatch routine/,
    ],
    [
      'it takes its routines back',
      'DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;\n  DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWrite;',
      'DriverObject.MajorFunction[IRP_MJ_READ] = DispatchCreateClose;\n  DriverObject.MajorFunction[IRP_MJ_READ] = null;',
      /None of the requests of this scenario \(ReadFile, WriteFile\) came to a dispatch routine/,
    ],
    [
      'it recurses for ever',
      '  Irp.IoStatus.Information = 0;\n',
      '  Irp.IoStatus.Information = 0;\n  Complete(Irp, Status);\n',
      /nest deeper/,
    ],
  ])('because %s', (_why, from, to, reason) => {
    const [result] = check(edited(from, to));
    expect(result.bounds.join(' ')).toMatch(reason);
    expect(result.verdict).toBe('bounded');
  });

  it('because it has no dispatch routine', () => {
    const text = mailbox.replace(/^ {2}DriverObject\.MajorFunction.*\n/gm, '');
    for (const { verdict, bounds } of check(text, '')) {
      expect(bounds.join(' ')).toContain('No dispatch routine of the driver was reached');
      expect(verdict).toBe('bounded');
    }
  });

  it('because AddDevice fails', () => {
    const text = readFileSync('examples/toaster-filter/toaster-filter.driver.ts', 'utf8');
    const failing = text.replace(
      /(FilterAddDevice: DRIVER_ADD_DEVICE[\s\S]*?)return STATUS_SUCCESS;/,
      '$1IoDetachDevice(Extension.NextLowerDriver);\n  IoDeleteDevice(DeviceObject!);\n  return STATUS_NO_SUCH_DEVICE;',
    );
    expect(failing).not.toBe(text);
    const { scenarios, problems } = checkSources([{ path: 'a.driver.ts', text: failing, origin: 'driver' }], {
      scenario: 'ReadCancelled',
    });
    expect(problems).toEqual([]);
    expect(scenarios.map(({ verdict, bounds }) => [verdict, bounds[0]])).toEqual([['bounded', 'AddDevice failed.']]);
  });
});

describe('a scenario in which nothing is asked of the driver is not verified', () => {
  const open = "    File = CreateFile('\\\\\\\\.\\\\Mailbox');\n";
  it.each([
    ['its threads do nothing', 'A() {}, B() {}', ''],
    ['no request is ever made', 'A() { if (File === null) { ReadFile(File, 16, Read); } }', open],
    ['its one request is of a kind that the driver does not know', 'A() { StartDevice(); }', ''],
  ])('because %s', (_why, threads, setup) => {
    const own = withoutExpect
      .replace(/Threads: \{[\s\S]*\n {2}\},\n/, `Threads: { ${threads} },\n`)
      .replace(/ {4}File = CreateFile.*\n/, setup)
      .replace('SCENARIO, ', 'SCENARIO, StartDevice, ');
    const [result] = check(mailbox, own);
    expect(result.bounds.join(' ')).toMatch(/so nothing of it was checked|None of the requests of this scenario/);
    expect(result.verdict).toBe('bounded');
  });
});

describe('a scenario that sends a request of any kind', () => {
  it.each([
    ['comes to the routine for it', 'SendRequest(File, IRP_MJ_READ, 0, 16, null);', 'verified'],
    [
      'comes to none where the driver serves no such request',
      'SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, 0, 16, null);',
      'bounded',
    ],
    [
      'comes to one of several',
      'SendRequest(File, IRP_MJ_DIRECTORY_CONTROL, 0, 16, null); SendRequest(File, IRP_MJ_READ, 0, 16, null);',
      'verified',
    ],
    [
      'comes to whichever it chooses',
      'SendRequest(File, choose(IRP_MJ_DIRECTORY_CONTROL, IRP_MJ_READ), 0, 16, null);',
      'verified',
    ],
    [
      'comes to none of those it chooses from',
      'SendRequest(File, choose(IRP_MJ_DIRECTORY_CONTROL, IRP_MJ_SET_EA), 0, 16, null);',
      'bounded',
    ],
  ])('%s', (_what, call, verdict) => {
    const own = `import { CreateFile, SCENARIO, SendRequest, choose } from 'irpsight/scenario';
import { HANDLE, IRP_MJ_DIRECTORY_CONTROL, IRP_MJ_READ, IRP_MJ_SET_EA } from 'irpsight/wdm';
import { DriverEntry } from './mailbox.driver';
let File!: HANDLE | null;
export const Sends: SCENARIO = {
  Driver: DriverEntry,
  Processors: 1,
  Setup() { File = CreateFile('\\\\\\\\.\\\\Mailbox'); },
  Threads: { A() { ${call} } },
};
`;
    const [result] = check(mailbox, own);
    expect([result.verdict, result.bounds]).toEqual([
      verdict,
      verdict === 'verified'
        ? []
        : ['None of the requests of this scenario (SendRequest) came to a dispatch routine of the driver.'],
    ]);
  });
});

describe('a dispatch routine that no default scenario comes to', () => {
  /** A driver that serves opening and closing, and one major function more. */
  function serving(index: string, entry = `DriverObject.MajorFunction[${index}] = DispatchOther;`, more = ''): string {
    return `import {
  ARRAY, DRIVER_DISPATCH, DRIVER_INITIALIZE, DRIVER_UNLOAD, FALSE, FILE_DEVICE_UNKNOWN, IO_NO_INCREMENT, IRP_MJ_CLOSE, IRP_MJ_CREATE, ${index},
  IoCompleteRequest, IoCreateDevice, IoDeleteDevice, NT_SUCCESS, NTSTATUS, PDEVICE_OBJECT, PIRP, Ref, RtlInitUnicodeString, STATUS_SUCCESS,
  UNICODE_STRING,
} from 'irpsight/wdm';
${more}
const DispatchOk: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
const DispatchOther: DRIVER_DISPATCH = (DeviceObject, Irp) => {
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
const Unload: DRIVER_UNLOAD = (DriverObject) => {
  IoDeleteDevice(DriverObject.DeviceObject!);
};
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  let Name!: UNICODE_STRING;
  let DeviceObject!: PDEVICE_OBJECT | null;
  RtlInitUnicodeString(Name, '\\\\Device\\\\Any');
  const Status: NTSTATUS = IoCreateDevice(DriverObject, 0, Name, FILE_DEVICE_UNKNOWN, 0, FALSE, Ref(DeviceObject));
  if (!NT_SUCCESS(Status)) return Status;
  DriverObject.MajorFunction[IRP_MJ_CREATE] = DispatchOk;
  DriverObject.MajorFunction[IRP_MJ_CLOSE] = DispatchOk;
  ${entry}
  DriverObject.DriverUnload = Unload;
  return STATUS_SUCCESS;
};
`;
  }

  it('is said not to have been checked', () => {
    const driver = serving('IRP_MJ_QUERY_INFORMATION');
    const line = driver.split('\n').findIndex((text) => text.startsWith('const DispatchOther')) + 1;
    expect(defaultsOf(driver)).toEqual({
      verdicts: ['verified'],
      names: ['OpenAndClose'],
      problems: [
        `warning check/never-requested ${line}: DispatchOther was not checked: none of the default scenarios comes to it, since they send no IRP_MJ_QUERY_INFORMATION. Write a scenario that does.`,
      ],
    });
  });

  it('is said so too where nobody sees what it is registered for', () => {
    const driver = serving(
      'IRP_MJ_QUERY_INFORMATION',
      'Routines[0] = DispatchOther;',
      'let Routines!: ARRAY<DRIVER_DISPATCH | null, 2>;',
    );
    const { problems } = defaultsOf(driver);
    expect(problems).toEqual([expect.any(String)]);
    expect(problems[0]).toContain('DispatchOther was not checked');
    expect(problems[0]).toContain('what DriverEntry visibly puts into MajorFunction');
  });

  it.each(['IRP_MJ_FLUSH_BUFFERS', 'IRP_MJ_SHUTDOWN', 'IRP_MJ_INTERNAL_DEVICE_CONTROL', 'IRP_MJ_DEVICE_CONTROL'])(
    'does not exist for %s, which is sent',
    (index) => {
      expect(defaultsOf(serving(index))).toEqual({
        verdicts: ['verified'],
        names: ['OpenAndClose', 'OtherRequests'],
        problems: [],
      });
    },
  );

  /** IOCTLs of that driver, refused unless the lengths are as no request has them. */
  function refusing(where: 'before' | 'within'): string {
    const refused =
      'if (Control.InputBufferLength !== Control.OutputBufferLength + 7) { IoCompleteRequest(Irp, IO_NO_INCREMENT); return STATUS_SUCCESS; }';
    return serving('IRP_MJ_DEVICE_CONTROL')
      .replace(
        'ARRAY,',
        'ARRAY, PVOID, IO_WORKITEM_ROUTINE, IoAllocateWorkItem, IoGetCurrentIrpStackLocation, IoQueueWorkItem, DelayedWorkQueue,',
      )
      .replace(
        /(const DispatchOther: .*\n)/,
        `const Work: IO_WORKITEM_ROUTINE<PVOID, PVOID> = (DeviceObject, Context) => {};
$1  const Control = IoGetCurrentIrpStackLocation(Irp).Parameters.DeviceIoControl;
  ${where === 'before' ? refused : ''}
  if (Control.IoControlCode === 0x222000) {
    ${where === 'within' ? refused : ''}
    IoQueueWorkItem(IoAllocateWorkItem(DeviceObject)!, Work, DelayedWorkQueue, null);
  }
`,
      );
  }

  it('or a control code every request of which is refused before, is said too', () => {
    const { problems } = defaultsOf(refusing('before'));
    expect(problems).toEqual([expect.any(String)]);
    expect(problems[0]).toMatch(
      /^warning check\/unreached-control \d+: What is done for this control code \(0x00222000\) was not checked/,
    );
  });

  it('or the only routine that is handed out, is said too', () => {
    const { problems } = defaultsOf(refusing('within'));
    expect(problems).toEqual([expect.any(String)]);
    expect(problems[0]).toMatch(/^warning check\/unreached-routine \d+: Work was not checked/);
  });

  it('is nobody’s business in a scenario of the driver’s own, nor where it is handed out nowhere', () => {
    expect(defaultsOf(serving('IRP_MJ_QUERY_INFORMATION', '')).problems).toEqual([]);
    const own = checkSources([
      { path: 'any.driver.ts', text: serving('IRP_MJ_QUERY_INFORMATION'), origin: 'driver' },
      {
        path: 'any.scenario.ts',
        text: `import { CreateFile, SCENARIO } from 'irpsight/scenario';
import { DriverEntry } from './any.driver';
export const Opened: SCENARIO = { Driver: DriverEntry, Threads: { Opener() { CreateFile('\\\\Device\\\\Any'); } } };
`,
        origin: 'scenario',
      },
    ]);
    expect(own.problems).toEqual([]);
    expect(own.scenarios.map(({ name, verdict }) => [name, verdict])).toEqual([['Opened', 'verified']]);
  });
});

it('explores a scenario that says so up to a number of preemptions, unless the strategy is given', () => {
  const sources = [
    { path: 'mailbox.driver.ts', text: mailbox, origin: 'driver' } as const,
    {
      path: 'mailbox.scenario.ts',
      text: withoutExpect.replace('  Setup() {', '  MaxPreemptions: 0,\n  Setup() {'),
      origin: 'scenario',
    } as const,
  ];
  const boundsWith = (options: Partial<CheckOptions>): readonly string[] =>
    checkSources(sources, { strategy: undefined, ...options }).scenarios.flatMap(({ verdict, bounds }) => [verdict, ...bounds]);
  const upTo = (count: number): readonly string[] => [
    'bounded',
    `Only schedules with at most ${count} preemptive context switches were explored.`,
  ];
  expect(boundsWith({})).toEqual(upTo(0));
  expect(boundsWith({ maxPreemptions: 1 })).toEqual(upTo(1));
  expect(boundsWith({ strategy: 'exhaustive' })).toEqual(['verified']);
});

it('verifies what was exercised, by the driver’s own scenario and by the default ones', () => {
  expect(check(mailbox).map(({ verdict }) => verdict)).toEqual(['verified']);
  const defaults = check(mailbox, '');
  expect(defaults.length).toBeGreaterThan(5);
  for (const { verdict, name } of defaults) expect(verdict, name).toBe('verified');
});

it('never answers a loop without end with verified', () => {
  const [result] = check(
    edited(
      'const Read = TakeWaiting(DeviceObject.DeviceExtension, null);',
      'while (1) {}\n  const Read = TakeWaiting(DeviceObject.DeviceExtension, null);',
    ),
  );
  expect(result.verdict).not.toBe('verified');
});

it('the driver that the description of the language shows is verified', () => {
  const shown = /```ts\n([\s\S]*?)```/.exec(readFileSync('docs/dsl.md', 'utf8'))?.[1] ?? '';
  const result = checkSources([{ path: 'ticker.driver.ts', text: shown, origin: 'driver' }]);
  expect({ problems: result.problems, findings: result.findings }).toEqual({ problems: [], findings: [] });
  expect(result.scenarios.length).toBeGreaterThan(3);
  expect(result.scenarios.filter(({ verdict }) => verdict !== 'verified')).toEqual([]);
});
