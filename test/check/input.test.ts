/**
 * Bad input through the whole pipeline, in this process: never an exception, never an empty answer without a reason, never *verified*
 * without a scenario that ran.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDriver, prepare } from '../../src/check/check.ts';
import type { CheckResult } from '../../src/check/findings.ts';
import { openProject, type Project } from '../../src/check/project.ts';
import { normalise, projectEdges } from '../../src/jobs/files.ts';
import { loadLibrary } from '../kit/library.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'irpsight-input-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const starter = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');
const scenario = readFileSync('src/cli/starter/mailbox.scenario.ts', 'utf8').replace(/Writer\(\) \{[^}]*\},/, '');
const small = scenario
  .replace('Processors: 2', 'Processors: 1')
  .replace(' || Read.Internal === STATUS_CANCELLED', ' || TRUE')
  .replace('HANDLE, STATUS_CANCELLED, ', 'HANDLE, TRUE, ');

function project(files: Readonly<Record<string, string>>): Project {
  const at = mkdtempSync(join(folder, 'case-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, name)), { recursive: true });
    writeFileSync(join(at, name), text);
  }
  const driver = normalise(join(at, Object.keys(files)[0] ?? ''));
  return openProject(driver, projectEdges());
}

function check(files: Readonly<Record<string, string>>, maxStates = 5_000): CheckResult {
  return checkDriver(
    project(files),
    loadLibrary(),
    { maxStates, strategy: 'exhaustive', defaults: 'auto' },
    { now: () => 0, shouldStop: () => false, onEvent: () => undefined },
  );
}

/** An answer says something: a problem, or a scenario with its verdict, and why it is bounded. */
function expectAnswer({ problems, scenarios }: CheckResult): void {
  expect(problems.filter(({ severity }) => severity === 'error').length + scenarios.length).toBeGreaterThan(0);
  for (const { message } of problems) expect(message).not.toMatch(/^\s*$|undefined|\[object/);
  for (const { verdict, bounds } of scenarios) {
    if (verdict === 'bounded') expect(bounds.join('')).not.toBe('');
    expect(bounds.join(' ')).not.toContain('fault of Irpsight');
  }
}

describe('a driver that is refused', () => {
  it.each([
    ['empty', '', /DriverEntry/],
    ['a constant', 'export const DriverEntry = 1;', /DriverEntry|dsl/],
    ['nested deeply', `export const DriverEntry = ${'('.repeat(200_000)}`, /nested too deeply/],
    [
      'a file from elsewhere',
      "import { X } from '../../../../../../../../etc/passwd';\nexport const DriverEntry = X;",
      /Cannot read .*etc\/passwd\.ts/,
    ],
    [
      'Windows paths',
      "import { X } from 'C:\\\\drivers\\\\queue.driver';\nimport { Y } from '.\\\\part.driver';\nexport const DriverEntry = X;",
      /import/i,
    ],
    ['itself imported', "import { DriverEntry as X } from './case.driver';\nexport const DriverEntry = X;", /cannot rename/],
    [
      'what is not there',
      "import { X } from './nowhere.driver';\nexport const DriverEntry = X;",
      /Cannot read .*nowhere\.driver\.ts/,
    ],
    [
      'a routine without a model',
      "import { ZwLoadDriver } from 'irpsight/wdm';\nexport const DriverEntry = ZwLoadDriver;",
      /nothing to explore/,
    ],
    [
      'a routine of other drivers',
      "import { WdfTimerStop } from 'irpsight/wdm';\nexport const DriverEntry = WdfTimerStop;",
      /WdfTimerStop/,
    ],
    [
      'a type that never ends',
      'type A<T> = T extends [infer H, ...infer R] ? [A<R>, A<R>, H] : T;\nexport let X!: A<[1, 2, 3, 4, 5, 6, 7, 8, 9]>;',
      /dsl|C type|generic/,
    ],
    [
      'code in names',
      'export const DriverEntry = 1;\nlet a$\\u{62} = 1;\nlet __proto__: LONG = 0;\nfunction constructor(): void {}',
      /no C name|means something/,
    ],
  ])('%s', (_what, text, message) => {
    const result = check({ 'case.driver.ts': text });
    expectAnswer(result);
    expect(result.problems.map((problem) => problem.message).join('\n')).toMatch(message);
    expect(result.scenarios).toEqual([]);
  });

  it('when its scenario is too large', () => {
    const threads = Array.from({ length: 12 }, (_, index) => `T${index}() { ReadFile(File, 16, null); }`).join(', ');
    const result = check({
      'mailbox.driver.ts': starter,
      'mailbox.scenario.ts': small.replace('Threads: {', `Threads: { ${threads},`),
    });
    expect(result.problems.map(({ message }) => message).join('\n')).toContain('At most 8 threads are possible here.');
    expect(result.scenarios).toEqual([]);
  });
});

describe('imports', () => {
  const complete = /function Complete[\s\S]*$/.exec(starter)?.[0] ?? '';
  const part = `import { IO_NO_INCREMENT, IoCompleteRequest, NTSTATUS, PIRP } from 'irpsight/wdm';\nexport ${complete}`;
  const whole = starter
    .replace(complete, '')
    .replace("} from 'irpsight/wdm';", "} from 'irpsight/wdm';\nimport { Complete } from './part.driver';");

  it('may go round in circles', () => {
    const round = `${part}\n`.replace(
      "'irpsight/wdm';",
      "'irpsight/wdm';\nimport { DriverEntry } from './mailbox.driver';\nexport const Again = DriverEntry;",
    );
    const result = check({ 'mailbox.driver.ts': whole, 'part.driver.ts': round, 'mailbox.scenario.ts': small });
    expect(result.problems).toEqual([]);
    expect(result.scenarios.map(({ verdict }) => verdict)).toEqual(['verified']);
  });

  it('of what is missing in a part are problems in the part', () => {
    const result = check({ 'mailbox.driver.ts': whole, 'part.driver.ts': part.replace('NTSTATUS, ', '') });
    expect(result.problems.map(({ file, message }) => [file.split('/').at(-1), message])).toContainEqual([
      'part.driver.ts',
      expect.stringContaining('NTSTATUS is not declared'),
    ]);
  });
});

describe('a driver that never ends', () => {
  it.each([
    ['recursion', '  Irp.IoStatus.Information = 0;\n  Complete(Irp, Status);\n', /nest deeper/],
    ['mutual recursion', '  Irp.IoStatus.Information = 0;\n  Again(Irp, Status);\n', /nest deeper/],
    ['an empty loop', '  Irp.IoStatus.Information = 0;\n  for (;;) {}\n', /./],
    ['a loop that counts', '  let N: ULONG = 0;\n  while (N >= 0) N++;\n', /./],
  ])('%s is bounded, not verified', (_what, to, reason) => {
    const text = starter
      .replace('  Irp.IoStatus.Information = 0;\n', to)
      .replace('NTSTATUS,', 'NTSTATUS, ULONG,')
      .concat('function Again(Irp: PIRP, Status: NTSTATUS): void {\n  Complete(Irp, Status);\n}\n');
    const result = check({ 'mailbox.driver.ts': text, 'mailbox.scenario.ts': small });
    expect(result.problems).toEqual([]);
    expect(result.scenarios.map(({ verdict }) => verdict)).not.toContain('verified');
    expect(
      result.scenarios.flatMap(({ bounds }) => bounds).join(' ') + result.findings.map(({ message }) => message).join(' '),
    ).toMatch(reason);
  });
});

describe('text that looks like code', () => {
  it('stays text: names and strings reach no generated code', () => {
    const text = starter
      .replaceAll('TakeWaiting', 'process_exit')
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the driver's text, not ours.
      .replace("'\\\\Device\\\\Mailbox'", "'\\\\Device\\\\`${process.exit(9)}`;*/process.exit(9)//\\u2028\\''")
      .replace('/** The waiting read', '/** */process.exit(9)/* The waiting read'.replace('*/', '* /'));
    expect(text).toContain('process.exit(9)');
    expectAnswer(check({ 'mailbox.driver.ts': text, 'mailbox.scenario.ts': small }));
  });
});

describe('the starter with one line gone or doubled', () => {
  const lines = starter.split('\n');
  const edited = (index: number, count: number): string =>
    lines.flatMap((line, at) => (at === index ? Array<string>(count).fill(line) : [line])).join('\n');

  it('compiles or says why, at every line', () => {
    // Line by line one or the other: what the syntax makes of both is tested with the compiler.
    for (let index = 0; index < lines.length; index++) {
      for (const count of [index % 2 === 0 ? 0 : 2]) {
        const { program, problems } = prepare(
          {
            driver: 'mailbox.driver.ts',
            sources: [
              { path: 'mailbox.driver.ts', text: edited(index, count), origin: 'driver' },
              { path: 'mailbox.scenario.ts', text: small, origin: 'scenario' },
            ],
            problems: [],
          },
          loadLibrary(),
          { defaults: 'never' },
        );
        const errors = problems.filter(({ severity }) => severity === 'error');
        expect(program === undefined, `line ${index + 1} ${count === 0 ? 'gone' : 'doubled'}`).toBe(errors.length > 0);
      }
    }
  }, 60_000);

  it('is checked or refused, at every thirteenth line', () => {
    for (let index = 20; index < lines.length; index += 13) {
      for (const count of [0, 2])
        expectAnswer(check({ 'mailbox.driver.ts': edited(index, count), 'mailbox.scenario.ts': small }, 500));
    }
  }, 60_000);
});
