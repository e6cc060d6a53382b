/** Checking and replaying, from the driver on disk to the report. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/check/findings.ts';
import { pinOf } from '../../src/check/pin.ts';
import { type Cli, losesCancel, openCli, smallScenario, starterDriver, validator } from './kit.ts';

let cli: Cli;
beforeAll(() => {
  cli = openCli('check');
  cli.write('good/mailbox.driver.ts', starterDriver());
  cli.write('good/mailbox.scenario.ts', smallScenario);
});
afterAll(() => cli.close());

describe('check', () => {
  it('reports a race with its schedule, which can be replayed', () => {
    const driver = cli.write('broken/mailbox.driver.ts', losesCancel());
    cli.write('broken/mailbox.scenario.ts', smallScenario);
    const { code, out } = cli.run('check', driver, '--format', 'json', '--traces', 'traces');
    expect(code).toBe(1);
    const result = JSON.parse(out) as { findings: { rule: string; trace: object }[] };
    validator('check-result.schema.json')(result);
    expect(result.findings.map(({ rule }) => rule)).toEqual(['cancel/lost']);
    const trace = 'traces/mailbox.cancel-lost.1.trace.json';
    // Threads go by the names that the scenario gives them.
    expect(cli.read(trace)).not.toContain('"context": "ScenarioThread');
    const written = JSON.parse(cli.read(trace)) as object;
    validator('trace.schema.json')(written);
    expect(written).toEqual(result.findings[0].trace);

    // Of the report as a whole each trace is replayed.
    cli.write('report.json', out);
    const replayed = cli.run('replay', 'report.json');
    expect(replayed.out).toContain('[cancel/lost]');
    expect(replayed.out).not.toContain('have been edited');
    expect(replayed.code).toBe(1);
  });

  it('explores one scenario by name, and writes the report to a file', () => {
    const found = cli.run('run', 'good/mailbox.driver.ts', '--scenario', 'ReadCancelled', '--out', 'report.txt');
    expect(found.out).toBe('');
    expect(found.code).toBe(0);
    expect(cli.read('report.txt')).toContain('verified for this scenario');
  });
});

describe('the folder for traces', () => {
  it.skipIf(process.platform === 'win32').each(['/proc/x/y', '/dev/null/x', 'good/mailbox.driver.ts', '/proc/sys/x'])(
    'is refused before anything is explored when nothing can be written there: %s',
    (folder) => {
      const { code, err, out } = cli.run('check', 'good', '--traces', folder);
      expect(err).toContain(`Cannot write traces to ${folder}: `);
      expect(out).toBe('');
      expect(code).toBe(2);
    },
  );

  it('is made with those above it', () => {
    expect(cli.run('check', 'good', '--traces', './new/of/all').code).toBe(0);
    expect(existsSync(join(cli.folder, 'new/of/all'))).toBe(true);
  });
});

describe('an end from outside', () => {
  /** A scenario of more states than anyone waits for. */
  function longScenario(): string {
    cli.write('long/mailbox.driver.ts', starterDriver());
    const writers = Array.from(
      { length: 5 },
      (_, index) => `Writer${index}() { WriteFile(File, 16, null); WriteFile(File, 16, null); },`,
    );
    const text = smallScenario
      .replace('SCENARIO }', 'SCENARIO, WriteFile }')
      .replace('Threads: {', `Threads: { ${writers.join(' ')}`);
    return cli.write('long/mailbox.scenario.ts', text.replace('Processors: 1', 'Processors: 2'));
  }

  it('on Ctrl+C comes at once, with what is known', async () => {
    const child = spawn(process.execPath, [cli.file, 'check', longScenario(), '--max-states', '100000000'], { cwd: cli.folder });
    let out = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    await new Promise((resolve) => child.stderr.once('data', resolve));
    const asked = Date.now();
    child.kill('SIGINT');
    const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect(out).toContain('no error up to bound');
    expect(out).toMatch(/interrupted/);
    expect(code).toBe(3);
  });

  it('comes when the budget of seconds does', () => {
    const started = Date.now();
    const { code, out } = cli.run('check', longScenario(), '--max-states', '100000000', '--budget', '1');
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(out).toContain('no error up to bound');
    expect(code).toBe(3);
  });
});

describe('replay', () => {
  const trace = {
    schemaVersion: 1,
    file: 'good/mailbox.driver.ts',
    sourceHash: '',
    scenario: 'ReadCancelled',
    processors: 2,
    rule: 'completion/twice',
    schedule: [{ kind: 'step', context: 'main', func: 'HarnessMain', at: 0 }],
    steps: [],
  };

  it('takes names that JavaScript gives a meaning for names', () => {
    const hostile = JSON.stringify({
      ...trace,
      rule: '__proto__',
      schedule: [{ ...trace.schedule[0], context: '__proto__', func: 'constructor' }],
    });
    const { code, out } = cli.run('replay', cli.write('proto.json', hostile.replace('{', '{"__proto__":{"processors":1},')));
    expect(out).toContain('The schedule can no longer be followed: decision 1 of 1');
    expect(out).toContain('expected: __proto__ goes on');
    expect(out).toContain('explored anew with 2 CPUs: verified for this scenario');
    expect(code).toBe(0);
  });

  it('reads no file but TypeScript', () => {
    const { code, out, err } = cli.run('replay', cli.write('passwd.json', JSON.stringify({ ...trace, file: '/etc/passwd' })));
    expect(err).toContain('The trace is about /etc/passwd');
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it('does not take a schedule that is empty, or does not show the error on the same source, for one that is mended', () => {
    const driver = cli.write('gone/mailbox.driver.ts', losesCancel());
    cli.write('gone/mailbox.scenario.ts', smallScenario);
    const { out: report } = cli.run('check', driver, '--format', 'json');
    const [{ trace: found }] = (JSON.parse(report) as { findings: { trace: { schedule: object[] } }[] }).findings;
    const cut = cli.write('cut.json', JSON.stringify({ ...found, schedule: found.schedule.slice(0, 2) }));
    const empty = cli.write('empty.json', JSON.stringify({ ...found, schedule: [] }));
    for (const [file, words] of [
      [cut, 'The schedule does not show cancel/lost'],
      [empty, 'The schedule is empty and does not show cancel/lost'],
    ]) {
      const { code, out } = cli.run('replay', file);
      expect(out).toContain(words);
      expect(code).toBe(2);
    }
    cli.write('gone/mailbox.driver.ts', starterDriver());
    expect(cli.run('replay', empty).code).toBe(2);
  });

  it('follows every pinned schedule in a folder, and says what became of them', () => {
    const broken = cli.write('pins/mailbox.driver.ts', losesCancel());
    cli.write('pins/mailbox.scenario.ts', smallScenario);
    const [found] = (JSON.parse(cli.run('check', broken, '--format', 'json').out) as CheckResult).findings;
    if (found.trace === undefined) throw new Error('there is no trace');
    const { name, text } = pinOf(found.trace);
    expect(text).not.toContain('pins/');
    // A driver of that name in the current folder is not meant.
    cli.write('mailbox.driver.ts', 'export const x = 1;\n');
    cli.write(`pins/${name}`, text);
    cli.write('pins/deep/gone.trace.json', text);
    const first = cli.run('replay', 'pins');
    expect(first.out).toContain(`pins/${name}\n`);
    expect(first.out).toContain('[cancel/lost]');
    expect(first.out).toMatch(/\n2 schedules: 1 leads to an error, 1 cannot be judged\n$/);
    expect(first.code).toBe(2);
    expect(cli.run('replay', `pins/${name}`).code).toBe(1);

    // Put right, the driver leaves the schedule, and its scenario is explored anew.
    cli.write('pins/mailbox.driver.ts', starterDriver());
    const mended = cli.run('replay', `pins/${name}`);
    expect(mended.out).toContain('The schedule can no longer be followed: decision');
    expect(mended.out).toContain('ReadCancelled, explored anew with 1 CPU: verified for this scenario');
    expect(mended.code).toBe(0);
    // Nothing is verified where the driver's routines are not come to any more.
    cli.write('pins/mailbox.driver.ts', losesCancel().replace('DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;', ''));
    const hollow = cli.run('replay', `pins/${name}`);
    expect(hollow.out).toContain('ReadCancelled, explored anew with 1 CPU: no error was found, but not everything was explored.');
    expect(hollow.code).toBe(2);
    // Not put right, but changed so that the schedule does not fit: the error is found anew.
    cli.write('pins/mailbox.driver.ts', losesCancel());
    cli.write('pins/mailbox.scenario.ts', smallScenario.replaceAll('Canceller', 'Another'));
    const changed = cli.run('replay', `pins/${name}`);
    expect(changed.out).toContain('[cancel/lost]');
    expect(changed.code).toBe(1);
    expect(cli.run('replay', 'good').err).toContain('There is no file *.trace.json in good.');
  });

  it('refuses what is no trace', () => {
    const { code, err } = cli.run('replay', cli.write('bad.json', '{"schemaVersion": 2}'));
    expect(err).toContain('it is not a trace: schemaVersion');
    expect(code).toBe(2);
  });
});
