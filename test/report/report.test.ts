import { describe, expect, it } from 'vitest';
import type { CheckResult, Finding, ScenarioResult, TraceStep } from '../../src/check/findings.ts';
import { notesInWords } from '../../src/check/notes.ts';
import { codeFrame } from '../../src/report/frame.ts';
import { clip, harmless, painter, width } from '../../src/report/paint.ts';
import { scheduleList } from '../../src/report/schedule.ts';
import { checkReport } from '../../src/report/text.ts';
import { neverReached, verdictLines } from '../../src/report/verdict.ts';

const paint = painter(false);
const source = [
  'const CancelRead: DRIVER_CANCEL<EXT> = (DeviceObject, Irp) => {',
  '  IoReleaseCancelSpinLock(Irp.CancelIrql);',
  '  IoCompleteRequest(Irp, IO_NO_INCREMENT);',
  '};',
  '',
  'const Dpc: KDEFERRED_ROUTINE<PEXT> = (Dpc, Ext) => {',
  '  IoCompleteRequest(Ext.Irp, IO_NO_INCREMENT);',
  '};',
].join('\n');

function step(context: string, line: number, rest: Partial<TraceStep> = {}): TraceStep {
  const text = source.split('\n')[line - 1].trim();
  const range = { start: { line, column: 3 }, end: { line, column: 3 + text.length - 1 } };
  const place = { file: 0, start: line * 100, end: line * 100 + 10 };
  return {
    context,
    processor: -1,
    irql: 0,
    locks: 0,
    func: 'CancelRead',
    place,
    notes: [],
    file: 'a.driver.ts',
    range,
    source: text,
    ...rest,
  };
}

const complete = (irp: number): TraceStep['notes'] => [
  { event: 'irp.outcome', irp, args: { location: 1, status: 0xc0000120 | 0, routineSet: 0 } },
];

const finding: Finding = {
  rule: 'completion/twice',
  certainty: 'witnessed',
  severity: 'error',
  message: 'This IRP is completed a second time.',
  file: 'a.driver.ts',
  range: { start: { line: 7, column: 3 }, end: { line: 7, column: 46 } },
  related: [
    {
      file: 'a.driver.ts',
      range: { start: { line: 3, column: 3 }, end: { line: 3, column: 42 } },
      message: 'IRP 1: completed first',
    },
  ],
  scenario: 'CancelAgainstDpc',
  trace: {
    schemaVersion: 1,
    file: 'a.driver.ts',
    sourceHash: '0',
    scenario: 'CancelAgainstDpc',
    processors: 2,
    rule: 'completion/twice',
    schedule: [],
    steps: [
      step('Canceller', 2, { irql: 2, locks: 1, processor: 0 }),
      step('Canceller', 3, { notes: complete(1) }),
      step('dpc Dpc', 7, { func: 'Dpc', irql: 2, processor: 1, notes: complete(1) }),
    ],
  },
};

const scenario: ScenarioResult = {
  name: 'CancelAgainstDpc',
  file: 'a.driver.ts',
  driver: 'a.driver.ts',
  verdict: 'error',
  cpus: 2,
  states: 1234,
  transitions: 4321,
  depth: 57,
  seconds: 0.25,
  bounds: [],
  omission: 3e-20,
  assumptions: ['Memory is sequentially consistent.'],
  unreached: ['DispatchWrite (a.driver.ts:90)', 'a.driver.ts:12 return Status;'],
};

describe('checkReport', () => {
  it('shows a finding with frame, related place, reason, remedy and schedule', () => {
    const result: CheckResult = {
      schemaVersion: 1,
      problems: [],
      findings: [finding],
      scenarios: [
        scenario,
        { ...scenario, name: 'ReadAlone', verdict: 'bounded', bounds: ['More than 1,000 states.'], states: 1000 },
      ],
    };
    const report = checkReport(result, { paint, textOf: () => source, whole: false });
    // The rule's own texts belong to the rule.
    expect(report.replace(/^(why|fix): .*(\n {5}.*)*$/gm, '$1: ...')).toMatchInlineSnapshot(`
      "error[completion/twice]: This IRP is completed a second time.
       --> a.driver.ts:7:3
        |
      5 |
      6 | const Dpc: KDEFERRED_ROUTINE<PEXT> = (Dpc, Ext) => {
      7 |   IoCompleteRequest(Ext.Irp, IO_NO_INCREMENT);
        |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      8 | };
        |
      related: IRP 1: completed first
       --> a.driver.ts:3:3
        |
      3 |   IoCompleteRequest(Irp, IO_NO_INCREMENT);
        |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        |
      why: ...
      fix: ...
      how it happens: scenario CancelAgainstDpc, 2 CPUs, 1 thread switch
        #  CPU  IRQL      Locks  Thread     Routine:line  Source
        1  0    DISPATCH  1      Canceller  CancelRead:2  IoReleaseCancelSpinLock(Irp.CancelIrql);
        2  -    PASSIVE   0      Canceller  CancelRead:3  IoCompleteRequest(Irp, IO_NO_INCREMENT);
                                            > IRP 1: IoCompleteRequest with STATUS_CANCELLED

        3  1    DISPATCH  0      dpc Dpc    Dpc:7         IoCompleteRequest(Ext.Irp, IO_NO_INCREMENT);
                                            > IRP 1: IoCompleteRequest with STATUS_CANCELLED
                                            ^ completion/twice

      a.driver.ts
        CancelAgainstDpc  error, replayable     2 CPUs, 1,234 states, 4,321 transitions, depth 57, 0.25 s, omission bound 3e-20
                          not reached: DispatchWrite, 1 line
        ReadAlone         no error up to bound  2 CPUs, 1,000 states, 4,321 transitions, depth 57, 0.25 s, omission bound 3e-20
                          bound: More than 1,000 states.
                          not reached: DispatchWrite, 1 line
        not reached in any scenario:
          DispatchWrite (a.driver.ts:90)
          a.driver.ts:12 return Status;

      Every verdict assumes: Memory is sequentially consistent.
      1 finding (1 witnessed), 2 scenarios: 1 no error up to bound; 1 error, replayable
      "
    `);
  });
});

describe('codeFrame', () => {
  const range = (line: number, from: number, to: number) => ({ start: { line, column: from }, end: { line, column: to } });
  const options = { around: 0, caret: 'red', paint } as const;

  it('puts carets under wide letters and tabs', () => {
    expect(codeFrame('a.ts', '\t/* 取り消し */ f();', range(1, 13, 16), options).join('\n')).toMatchInlineSnapshot(`
      " --> a.ts:1:13
        |
      1 |     /* 取り消し */ f();
        |                    ^^^
        |"
    `);
  });

  it('underlines the first line of several, and shows a place behind the end as a heading', () => {
    expect(
      codeFrame('a.ts', 'f(\r\n  a);', { start: { line: 1, column: 1 }, end: { line: 2, column: 5 } }, options).join('\n'),
    ).toMatchInlineSnapshot(`
      " --> a.ts:1:1
        |
      1 | f(
        | ^^
        |"
    `);
    expect(codeFrame('a.ts', 'f();', range(9, 1, 2), options)).toEqual([' --> a.ts:9:1']);
    expect(codeFrame('a.ts', undefined, range(9, 1, 2), options)).toEqual([' --> a.ts:9:1']);
  });
});

describe('scheduleList', () => {
  it('makes one line of what happens before the IRP concerned comes', () => {
    const setup = ['DriverEntry', 'DriverEntry', 'AddDevice', 'DispatchPnp', 'DispatchPnp'].map((func, index) =>
      step('main', 1, { func, place: { file: 0, start: index, end: index + 1 } }),
    );
    const steps = [...setup, ...(finding.trace?.steps ?? [])];
    const trace = { steps, scenario: 'CancelAgainstDpc' };
    const lines = scheduleList(trace, { paint, whole: false });
    expect(lines[1]).toBe('steps 1 to 6: DriverEntry, AddDevice, DispatchPnp, CancelRead');
    expect(lines.slice(2).filter((line) => /^\d/.test(line))).toHaveLength(2);
    expect(scheduleList(trace, { paint, whole: true }).filter((line) => /^\d/.test(line))).toHaveLength(6);
  });

  it('shows the threads where an assertion fails, whatever IRP comes last', () => {
    const setup = ['DriverEntry', 'DriverEntry', 'AddDevice', 'DispatchPnp', 'DispatchPnp'].map((func, index) =>
      step('main', 1, { func, place: { file: 0, start: index, end: index + 1 } }),
    );
    const close = step('main', 2, { func: 'DispatchClose', notes: [{ event: 'irp.create', irp: 7, args: { driverMade: 0 } }] });
    const steps = [...setup, ...(finding.trace?.steps ?? []), close, step('main', 3, { func: 'S.Expect' })];
    const trace = { steps, scenario: 'S', file: 'my drivers/a.driver.ts', rule: 'assert/failed' };
    const lines = scheduleList(trace, { paint, whole: false });
    expect(lines.slice(1, 3)).toEqual([
      'steps 1 to 5: DriverEntry, AddDevice, DispatchPnp',
      '(all of them: irpsight run "my drivers/a.driver.ts" --scenario S)',
    ]);
    expect(lines.filter((line) => /^\d+ /.test(line)).map((line) => Number.parseInt(line, 10))).toEqual([6, 7, 8, 9, 10]);
    expect(scheduleList(trace, { paint, whole: true }).join('\n')).not.toContain('irpsight run');
    expect(scheduleList({ steps, scenario: 'S' }, { paint, whole: false })[1]).toMatch(/^steps 1 to 8: /);
  });

  it('leaves out ends of routines and ways back, but no step on which something happened', () => {
    const at = (line: number, func: string, rest: Partial<TraceStep> = {}) => step('Reader', line, { func, ...rest });
    const steps = [
      at(2, 'Read'),
      at(6, 'Helper'),
      at(8, 'Helper', { source: '};' }),
      at(2, 'Read'),
      at(3, 'Read', { notes: complete(1) }),
      at(4, 'Read', { source: '};', notes: [{ event: 'lock.release', args: { cancel: 0, held: 1 } }] }),
    ];
    const numbers = (whole: boolean) =>
      scheduleList({ steps, scenario: 'S' }, { paint, whole }).flatMap((line) => /^\d+/.exec(line)?.[0] ?? []);
    expect(numbers(false)).toEqual(['1', '2', '5', '6']);
    expect(numbers(true)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(scheduleList({ steps, scenario: 'S' }, { paint, whole: false }).join('\n')).toContain('(end of Read)');
  });

  it('tells the deeds of the lower driver from those of the driver, and says nothing twice', () => {
    const note = (event: string, args: Readonly<Record<string, number>> = {}) => ({ event, irp: 1, args });
    const notes = [
      note('irp.create', { driverMade: 0 }),
      note('irp.send', { location: 3, routineSet: 0 }),
      note('irp.dispatch', { location: 2, target: 1, major: 3 }),
      note('irp.dispatch', { location: 1, target: 0, major: 3 }),
      note('irp.mark-pending', { location: 1 }),
      note('irp.dispatched', { location: 1, target: 0, status: 259 }),
      note('irp.sent', { location: 2, status: 259 }),
      note('irp.mark-pending', { location: 2 }),
    ];
    expect(notesInWords([{ context: 'Reader', notes }])).toEqual([
      [
        "IRP 1 (READ): IRP_MJ_READ goes to the driver's dispatch routine",
        "IRP 1 (READ): IRP_MJ_READ goes to the lower driver's dispatch routine",
        'IRP 1 (READ): marked pending by the lower driver',
        "IRP 1 (READ): the lower driver's dispatch routine returns STATUS_PENDING",
        'IRP 1 (READ): marked pending',
      ],
    ]);
  });

  it('says that a spin lock was acquired only where the routine goes on: nobody else can seem to have it, too', () => {
    const taken = (context: string) => ({ context, notes: [{ event: 'lock.acquire', args: { cancel: 0, held: 0 } }] });
    const steps = [taken('Reader'), taken('Writer'), { context: 'Writer', notes: [] }, { context: 'Reader', notes: [] }];
    expect(notesInWords(steps)).toEqual([['asks for the spin lock'], ['spin lock acquired'], [], []]);
  });
});

describe('verdictLines', () => {
  it('uses the three verdict words and gives the reason of a bound', () => {
    const words = (['verified', 'bounded', 'error'] as const).map(
      (verdict) => verdictLines([{ ...scenario, verdict }], paint)[0],
    );
    expect(words[0]).toContain('  verified for this scenario  ');
    expect(words[1]).toContain('  no error up to bound  ');
    expect(words[2]).toContain('  error, replayable  ');
    expect(verdictLines([{ ...scenario, verdict: 'bounded', bounds: ['Interrupted.'] }], paint)[1].trim()).toBe(
      'bound: Interrupted.',
    );
  });

  it('lists what no scenario reached', () => {
    expect(
      neverReached([
        { ...scenario, unreached: ['a', 'b'] },
        { ...scenario, unreached: ['b', 'c'] },
      ]),
    ).toEqual(['b']);
    expect(neverReached([])).toEqual([]);
  });

  it('counts a routine never entered as all of its lines', () => {
    const routine = 'Read (a.driver.ts:10-20)';
    const inside = 'a.driver.ts:20 return Status;';
    const outside = 'a.driver.ts:21 f();';
    const elsewhere = 'b.driver.ts:15 g();';
    const entered = { ...scenario, unreached: [inside, outside, elsewhere] };
    const notEntered = { ...scenario, unreached: [routine] };
    expect(neverReached([notEntered, entered])).toEqual([inside]);
    expect(neverReached([entered, notEntered])).toEqual([inside]);
    expect(neverReached([notEntered, notEntered, entered])).toEqual([inside]);
    expect(neverReached([notEntered, entered, { ...scenario, unreached: [] }])).toEqual([]);
    expect(neverReached([notEntered, notEntered])).toEqual([routine]);
  });
});

describe('harmless', () => {
  it('lets nothing through that moves a cursor or turns text round', () => {
    expect(harmless('a\x1b[31mb\u009b2J\u202ec\r\nd\x07')).toBe('a\\x1b[31mb\\x9b2J\\u202ec\\x0d\\x0ad\\x07');
    expect(harmless('\ttoaster – ü 取消')).toBe('    toaster – ü 取消');
  });

  it('measures and cuts by columns', () => {
    expect(width('取消')).toBe(4);
    expect(clip('取消取消', 5)).toBe('取消…');
    expect(clip('abc', 3)).toBe('abc');
  });
});

it('colours only where it may', () => {
  expect(painter(true)('red', 'x')).toBe('\x1b[31mx\x1b[39m');
  expect(painter(false)('red', 'x')).toBe('x');
});

describe('what can be done about a verdict', () => {
  const clean: CheckResult = { schemaVersion: 1, problems: [], findings: [], scenarios: [scenario] };
  const closing = 'The default scenarios were not explored, because the driver has its own; --defaults always explores both.';
  const reportOf = (result: CheckResult, ownReplaceDefaults = true): string =>
    checkReport(result, { paint, textOf: () => source, whole: false, ownReplaceDefaults });
  const own = { ...scenario, verdict: 'verified', file: 'a.scenario.ts', driver: 'a.driver.ts' } as const;

  it('is told where the budget of states was too small', () => {
    const reason = 'The search stopped at its budget of 2000000 states.';
    const [, line] = verdictLines([{ ...scenario, verdict: 'bounded', bounds: [reason] }], paint);
    expect(line.trim()).toBe(
      'bound: The search stopped at its budget of 2,000,000 states. For more give --max-states N; fewer requests or one processor (--cpus 1) need less.',
    );
  });

  it('is told where scenarios of the driver’s own took the place of the default ones', () => {
    expect(
      reportOf({ ...clean, scenarios: [own] })
        .replace(/\s+/g, ' ')
        .trimEnd()
        .endsWith(` ${closing}`),
    ).toBe(true);
    const other = { ...own, driver: 'b.driver.ts', file: 'b.driver.ts' };
    expect(reportOf({ ...clean, scenarios: [own, other] }).replace(/\s+/g, ' ')).toContain(
      'The default scenarios of 1 driver were not explored',
    );
  });

  it('but not where they were explored, or not wanted, or something was found', () => {
    expect(reportOf({ ...clean, scenarios: [own, { ...own, file: 'a.driver.ts' }] })).not.toContain('--defaults');
    expect(reportOf({ ...clean, scenarios: [own] }, false)).not.toContain('--defaults');
    expect(reportOf({ ...clean, scenarios: [own], findings: [finding] })).not.toContain('--defaults');
  });
});
