import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { heldPlaces } from '../../src/check/breach-levels.ts';
import { bestFindings } from '../../src/check/finding.ts';
import type { Finding, TraceStep } from '../../src/check/findings.ts';
import { ruleOf } from '../../src/check/rules.ts';
import { checkSources } from '../kit/check.ts';

/** A finding of the analysis: it has no schedule. */
function analysed(rule: string, line: number, certainty: Finding['certainty'] = 'must'): Finding {
  const range = { start: { line, column: 1 }, end: { line, column: 2 } };
  return { rule, certainty, severity: 'error', message: '', file: 'a.driver.ts', range, related: [] };
}

describe('what a rule supersedes', () => {
  const twice = analysed('completion/twice', 10);
  const touched = analysed('completion/touched-after', 9);
  const rulesOf = (routines?: ReadonlyMap<Finding, string>): string[] =>
    bestFindings([twice, touched], routines).map(({ rule }) => rule);
  const both = ['completion/touched-after', 'completion/twice'];

  it('goes unsaid in the routine where that rule speaks', () => {
    const here = new Map([twice, touched].map((finding) => [finding, 'DispatchRead']));
    expect(rulesOf(here)).toEqual(['completion/twice']);
  });

  it('is said in another routine, and where the routine is not known', () => {
    const there = new Map([
      [twice, 'DispatchRead'],
      [touched, 'DispatchWrite'],
    ]);
    expect(rulesOf(there)).toEqual(both);
    expect(rulesOf()).toEqual(both);
  });

  it('is said when it must happen and that rule only may', () => {
    const maybe = analysed('completion/twice', 10, 'may');
    const routines = new Map([maybe, touched].map((finding) => [finding, 'DispatchRead']));
    expect(bestFindings([maybe, touched], routines)).toEqual([touched, maybe]);
  });
});

const mailbox = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');

/** The starter's driver with pieces of it replaced, and names besides that it imports. */
function edited(pieces: readonly (readonly [string, string])[], names = ''): string {
  return [...pieces, ['KSPIN_LOCK, NT', `KSPIN_LOCK, ${names === '' ? '' : `${names}, `}NT`] as const].reduce(
    (text, [from, to]) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    },
    mailbox,
  );
}

/** Rule, guilty line and what is related to it, each with the text of its line, of all findings that a schedule shows in that scenario. */
function told(driver: string, scenario: string, maxStates = 1_000_000) {
  const lines = driver.split('\n');
  const line = (number: number): string => (lines[number - 1] ?? '').trim();
  const result = checkSources([{ path: 'mailbox.driver.ts', text: driver, origin: 'driver' }], {
    scenario,
    defaults: 'auto',
    maxStates,
  });
  expect(result.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return {
    bounds: result.scenarios.flatMap(({ bounds }) => bounds),
    findings: result.findings
      .filter(({ certainty }) => certainty === 'witnessed')
      .map(({ rule, message, range, related }) => ({
        rule,
        message,
        at: line(range.start.line),
        related: related.map(
          (one) => `${line(one.range.start.line)} // ${one.message.replace(/line \d+/, (at) => line(Number(at.slice(5))))}`,
        ),
      })),
  };
}

describe('what a finding says besides its rule', () => {
  const mutex = [
    ['  Lock: KSPIN_LOCK;', '  Lock: KSPIN_LOCK;\n  Mutex: FAST_MUTEX;'],
    [
      '  KeInitializeSpinLock(DeviceObject!.DeviceExtension.Lock);',
      '  KeInitializeSpinLock(DeviceObject!.DeviceExtension.Lock);\n  ExInitializeFastMutex(DeviceObject!.DeviceExtension.Mutex);',
    ],
  ] as const;
  const mutexNames = 'ExAcquireFastMutex, ExInitializeFastMutex, ExReleaseFastMutex, FAST_MUTEX';

  it('which routine is called at which level, and the lock that is held', () => {
    const driver = edited(
      [
        ...mutex,
        ['  Extension.Waiting = Irp;', '  ExAcquireFastMutex(Extension.Mutex);\n  ExReleaseFastMutex(Extension.Mutex);'],
      ],
      mutexNames,
    );
    expect(told(driver, 'TwoReads').findings).toEqual([
      {
        rule: 'irql/too-high',
        message: expect.stringMatching(/ExAcquireFastMutex is called at DISPATCH_LEVEL; documented is IRQL <= APC_LEVEL\.$/),
        at: 'ExAcquireFastMutex(Extension.Mutex);',
        related: ['const Irql = KeAcquireSpinLock(Extension.Lock); // the spin lock taken here is still held'],
      },
    ]);
  });

  it('where the level was raised without a lock', () => {
    const driver = edited(
      [
        ...mutex,
        [
          '  const Read = TakeWaiting(DeviceObject.DeviceExtension, null);',
          '  const Before = KeRaiseIrqlToDpcLevel();\n  ExAcquireFastMutex(DeviceObject.DeviceExtension.Mutex);\n  ExReleaseFastMutex(DeviceObject.DeviceExtension.Mutex);\n  KeLowerIrql(Before);\n  const Read = TakeWaiting(DeviceObject.DeviceExtension, null);',
        ],
      ],
      `${mutexNames}, KeLowerIrql, KeRaiseIrqlToDpcLevel`,
    );
    expect(told(driver, 'TwoWrites').findings.map(({ at, related }) => ({ at, related }))).toEqual([
      {
        at: 'ExAcquireFastMutex(DeviceObject.DeviceExtension.Mutex);',
        related: ['const Before = KeRaiseIrqlToDpcLevel(); // the IRQL is DISPATCH_LEVEL from here on'],
      },
    ]);
  });

  it('of a pointer left behind that it is touched, not that a claim was ignored, and who had completed the IRP', () => {
    const driver = edited([['  if (Extension.Waiting === Irp) {\n    Extension.Waiting = null;\n  }\n', '']]);
    const { findings } = told(driver, 'ReadAgainstCleanup');
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set(['completion/touched-after']));
    for (const { related } of findings) {
      expect(related[0]).toMatch(/^const Read = TakeWaiting\(.* \/\/ TakeWaiting is called from here$/);
      expect(related.at(-1)).toMatch(
        /^IoCompleteRequest\(Irp, IO_NO_INCREMENT\); \/\/ IRP 2 \(READ\): IoCompleteRequest with STATUS_CANCELLED.* called in Complete\(Irp, STATUS_CANCELLED\);\)$/,
      );
    }
  });

  it('of a second completion in a helper which calls of it these are', () => {
    const driver = edited([
      ['    Complete(Read, STATUS_SUCCESS);\n', '    Complete(Read, STATUS_SUCCESS);\n    Complete(Read, STATUS_CANCELLED);\n'],
    ]);
    const [finding] = told(driver, 'RequestsInTurn').findings;
    expect(finding?.related[0]).toBe('Complete(Read, STATUS_CANCELLED); // Complete is called from here');
    expect(finding?.related.at(-1)).toMatch(
      /IoCompleteRequest with STATUS_SUCCESS; freed .* called in Complete\(Read, STATUS_SUCCESS\);\)$/,
    );
  });

  it('what counts up, where a search has no end', () => {
    const driver = edited(
      [
        ['  Lock: KSPIN_LOCK;', '  Lock: KSPIN_LOCK;\n  Timer: KTIMER;\n  Dpc: KDPC;\n  Ticks: ULONG;'],
        [
          '  KeInitializeSpinLock(DeviceObject!.DeviceExtension.Lock);',
          '  const Extension = DeviceObject!.DeviceExtension;\n  KeInitializeSpinLock(Extension.Lock);\n  KeInitializeTimer(Extension.Timer);\n  KeInitializeDpc(Extension.Dpc, Tick, DeviceObject!);\n  let Due!: LARGE_INTEGER;\n  Due.QuadPart = -10000;\n  KeSetTimerEx(Extension.Timer, Due, 10, Extension.Dpc);',
        ],
        [
          'const Unload: DRIVER_UNLOAD',
          'const Tick: KDEFERRED_ROUTINE<PDEVICE_OBJECT<DEVICE_EXTENSION>> = (Dpc, DeviceObject) => {\n  DeviceObject.DeviceExtension.Ticks++;\n};\n\nconst Unload: DRIVER_UNLOAD',
        ],
      ],
      'KDEFERRED_ROUTINE, KDPC, KeInitializeDpc, KeInitializeTimer, KeSetTimerEx, KTIMER, LARGE_INTEGER, ULONG',
    );
    expect(told(driver, 'RequestsInTurn', 120_000).bounds).toEqual([
      expect.stringContaining('its budget of 120000 states'),
      expect.stringMatching(/^DEVICE_EXTENSION\.Ticks took 64 different values or more: while something only counts up, /),
    ]);
    expect(told(mailbox, 'ReadAgainstCleanup', 2000).bounds).toEqual([expect.stringContaining('its budget of 2000 states')]);
  });
});

describe('the spin locks that are held', () => {
  /** Steps of one thread, on lines from 1, by the number of locks that it holds before each. */
  const lines = (locks: readonly number[], rule = 'completion/under-spin-lock', names: readonly string[] = []): number[] => {
    const steps = locks.map((held, index) => {
      const at = { line: index + 1, column: 1 };
      return {
        context: names[index] ?? 'Reader',
        processor: 0,
        irql: held > 0 ? 2 : 0,
        locks: held,
        file: 'a',
        range: { start: at, end: at },
      };
    });
    return heldPlaces(steps as unknown as TraceStep[], steps.length - 1, ruleOf(rule)?.check).map(
      ({ range }) => range.start.line,
    );
  };

  it.each([
    ['none', [0, 0], []],
    ['one', [0, 1, 1], [1]],
    ['one given back', [0, 1, 0], []],
    ['one given back, and another', [0, 1, 0, 1], [3]],
    ['two', [0, 1, 2], [1, 2]],
    ['of two one is given back, and nothing tells which', [0, 1, 2, 1], []],
    ['both given back, then one', [0, 1, 2, 0, 1], [4]],
  ])('%s', (_title, locks, expected) => {
    expect(lines(locks)).toEqual(expected);
  });

  it('are not told of what is found as a routine returns: its last statement may give them back', () => {
    expect(lines([0, 1], 'lock/irql-not-restored')).toEqual([]);
    expect(lines([0, 1], 'lock/held-at-return')).toEqual([]);
  });

  it('are not told of a context that is called as another was before it', () => {
    expect(lines([0, 1, 1], 'completion/under-spin-lock', ['dpc', 'dpc', 'dpc'])).toEqual([1]);
    expect(lines([0, 1, 1], 'completion/under-spin-lock', ['dpc', 'dpc#2', 'dpc'])).toEqual([]);
  });
});

describe('an expectation that is not met', () => {
  const scenario = readFileSync('src/cli/starter/mailbox.scenario.ts', 'utf8');
  const failing = (expectation: string) => {
    const text = scenario.replace(/expect\(Read\..*\);/, expectation);
    expect(text).toContain(expectation);
    const { findings } = checkSources([
      { path: 'mailbox.driver.ts', text: mailbox, origin: 'driver' },
      { path: 'mailbox.scenario.ts', text, origin: 'scenario' },
    ]);
    return findings.map(({ rule, message }) => [rule, message]);
  };
  const plain = 'This expectation of the scenario is not met: the driver does not do what the scenario asks for.';

  it.each([
    ["expect(Read.Internal === STATUS_CANCELLED, 'a read is always cancelled');", 'Not so: a read is always cancelled. '],
    ['expect(\n  Read.Internal === 5,\n  "it\'s \\"5\\".",\n);', 'Not so: it\'s "5". '],
    ['expect(Read.Internal === 5);', ''],
    ["expect(Read.Internal === 5, ' ');", ''],
  ])('says so in the words of the scenario: %s', (expectation, words) => {
    expect(failing(expectation)).toEqual([['assert/failed', expect.stringContaining(`${words}${plain}`)]]);
    if (words === '') expect(failing(expectation)[0][1]).not.toContain('Not so');
  });
});
