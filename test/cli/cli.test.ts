/** The command line as its users run it: the built bundle, in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const cli = join(root, 'dist', 'cli.js');
let folder: string;

beforeAll(() => {
  if (!existsSync(cli)) throw new Error('dist is missing: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'irpsight-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function irpsight(...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
}

function write(name: string, text: string | Buffer): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  return name;
}

function validator(name: string): (value: unknown) => void {
  const validate = new Ajv().compile(JSON.parse(readFileSync(join(root, 'docs/schema', name), 'utf8')));
  return (value) => {
    expect(validate(value), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  };
}

describe('usage', () => {
  it.each([
    [[], 'A command is missing.'],
    [['frobnicate'], '"irpsight --help" says more.'],
    [['check', '--nonsense'], 'Unknown argument: nonsense'],
    [['check', '--cpus', '0'], '--cpus takes one whole number from 1 to 8.'],
    [['check', '--cpus', 'many'], '--cpus takes one whole number from 1 to 8.'],
    [['check', '--max-states', '1.5'], '--max-states takes one whole number'],
    [['check', '--budget', '0'], '--budget takes one whole number from 1'],
    [['check', '--max-preemptions', '-1'], '--max-preemptions takes one whole number from 0'],
    [['check', '--seed', '1e99'], '--seed takes one whole number'],
    [['check', '--format', 'xml'], 'Choices: "text", "json"'],
    [['explain', 'completion/thrice'], 'There is no rule completion/thrice'],
    [['explain', 'twice'], 'do you mean completion/twice?'],
    [['run', 'gone.driver.ts'], 'Cannot read gone.driver.ts: there is no such file.'],
    [['check', 'gone'], 'Cannot read gone: there is no such file.'],
    [['check', 'C:\\gone\\x.driver.ts'], 'Cannot read C:\\gone\\x.driver.ts: there is no such file.'],
    [['replay', 'gone.json'], 'Cannot read gone.json: there is no such file.'],
  ])('%j is wrong', (args, message) => {
    const { code, out, err } = irpsight(...args);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it('helps', () => {
    const { code, out } = irpsight('--help');
    expect(code).toBe(0);
    for (const command of ['check', 'run', 'replay', 'explain', 'rules', 'init']) expect(out).toContain(`irpsight ${command}`);
  });
});

describe('rules and explain', () => {
  it('lists the rules as data', () => {
    const { code, out } = irpsight('rules', '--format', 'json');
    expect(code).toBe(0);
    const list = JSON.parse(out) as { rules: { id: string }[] };
    validator('rules.schema.json')(list);
    expect(list.rules.map(({ id }) => id)).toContain('completion/twice');
  });

  it('explains a rule', () => {
    const { code, out } = irpsight('explain', 'cancel/lost');
    expect(code).toBe(0);
    expect(out).toMatch(/^cancel\/lost: /);
    expect(out).toContain('https://learn.microsoft.com/');
  });
});

describe('input of every kind', () => {
  it.each([
    ['text.driver.ts', 'export const DriverEntry = 1;', /DriverEntry|dsl|TS\d+/],
    ['empty.driver.ts', '', /./],
    ['binary.driver.ts', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0]), /it is not text/],
    ['huge.driver.ts', Buffer.alloc(5 * 1024 * 1024, 0x20), /it is larger than 4 MB/],
    ['nesting.driver.ts', `export const DriverEntry = ${'('.repeat(200_000)}`, /./],
    [
      'import.driver.ts',
      "import { X } from '../../../../etc/passwd';\nexport const DriverEntry = X;",
      /Cannot read .*etc\/passwd\.ts/,
    ],
    [
      'windows.driver.ts',
      "import { X } from 'C:\\\\drivers\\\\queue.driver';\nimport { Y } from '.\\\\part.driver';\nexport const DriverEntry = X;",
      /import/i,
    ],
    ['self.driver.ts', "import { DriverEntry as X } from './self.driver';\nexport const DriverEntry = X;", /./],
    [
      'gone.driver.ts',
      "import { X } from './nowhere.driver';\nexport const DriverEntry = X;",
      /Cannot read .*nowhere\.driver\.ts/,
    ],
    [
      'types.driver.ts',
      "import { ULONG } from 'irpsight/wdm';\ntype A<T> = T extends [infer H, ...infer R] ? [A<R>, A<R>, H] : T;\ntype B = A<[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]>;\nexport const DriverEntry = 1 as unknown as B;",
      /./,
    ],
    [
      'unmodelled.driver.ts',
      "import { ZwLoadDriver } from 'irpsight/wdm';\nexport const DriverEntry = ZwLoadDriver;",
      /ZwLoadDriver/,
    ],
  ])('%s is refused', (name, text, message) => {
    const { code, out, err } = irpsight('check', write(`input/${name}`, text));
    expect(`${out}${err}`).toMatch(message);
    expect(code).toBe(2);
  });

  it('shows no control character of a file or its name', () => {
    const name = write('input/\x1b[31mred.driver.ts', 'export const DriverEntry = "\x1b[2J\u202e";');
    const { code, out, err } = irpsight('check', name);
    expect(`${out}${err}`).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(code).toBe(2);
  });

  it('places a problem alike with line feeds, CRLF, a byte order mark and UTF-16', () => {
    const text = 'export const One = 1;\nexport const DriverEntry = async () => {};\n';
    const crlf = text.replaceAll('\n', '\r\n');
    const places = [text, crlf, `\ufeff${crlf}`, Buffer.from(`\ufeff${crlf}`, 'utf16le')].map((content, index) => {
      const { out } = irpsight('check', '--format', 'json', write(`ends/${index}.driver.ts`, content));
      return (JSON.parse(out) as { problems: { code: string; range: object }[] }).problems.map(({ code, range }) => ({
        code,
        range,
      }));
    });
    expect(places[0].length).toBeGreaterThan(0);
    for (const place of places) expect(place).toEqual(places[0]);
  });

  it('does not follow links round in circles, and says what it cannot read', () => {
    write('links/a/part.driver.ts', 'export const Part = 1;');
    symlinkSync('..', join(folder, 'links/a/up'));
    symlinkSync('loop.driver.ts', join(folder, 'links/a/loop.driver.ts'));
    const { code, err } = irpsight('check', 'links');
    expect(err).toContain('Cannot read links/a/loop.driver.ts: its symbolic links go in a circle.');
    expect(code).toBe(2);
  });

  it('takes a path typed with backslashes', () => {
    write('back/slash.driver.ts', 'export const DriverEntry = 1;');
    const { out } = irpsight('check', 'back\\slash.driver.ts', '--format', 'json');
    const { problems } = JSON.parse(out) as { problems: { file: string }[] };
    expect(new Set(problems.map(({ file }) => file))).toEqual(new Set(['back/slash.driver.ts']));
  });

  it('finds no driver in a folder without one', () => {
    write('none/readme.txt', '');
    const { code, err } = irpsight('check', 'none');
    expect(err).toContain('There is no driver in none');
    expect(code).toBe(2);
  });
});

describe('a driver that is large', () => {
  it('of 20,000 lines is checked', () => {
    irpsight('init', 'large');
    const file = join(folder, 'large/mailbox.driver.ts');
    const helpers = Array.from(
      { length: 6_600 },
      (_, n) => `function Helper${n}(Irp: PIRP): NTSTATUS {\n  return Complete(Irp, STATUS_SUCCESS);\n}\n`,
    );
    writeFileSync(file, readFileSync(file, 'utf8') + helpers.join(''));
    expect(readFileSync(file, 'utf8').split('\n').length).toBeGreaterThan(19_900);
    const { code, out } = irpsight('check', 'large');
    expect(out).toContain('verified for this scenario');
    expect(code).toBe(0);
  }, 180_000);
});

describe('a folder and a file that cannot be written', () => {
  it.each([
    ['--out', 'there/is/no/folder/report.txt', 'Cannot write there/is/no/folder/report.txt: there is no such file.'],
    ['--out', '.', 'Cannot write .: it is a directory.'],
  ])('%s %s', (option, value, message) => {
    const { code, err, out } = irpsight('rules', option, value);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it('init does not write into a file', () => {
    write('taken', '');
    const { code, err } = irpsight('init', 'taken');
    expect(err).toMatch(/Cannot write to taken|exist already/);
    expect(code).toBe(2);
  });
});

describe('the package as npm ships it', () => {
  it('checks a driver with nothing but itself installed', () => {
    const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
    });
    const [{ filename, files }] = JSON.parse(packed.stdout) as { filename: string; files: { path: string }[] }[];
    expect(files.map(({ path }) => path).filter((path) => /^(src|test|scripts|examples)\//.test(path))).toEqual([]);
    const at = join(folder, 'installed/node_modules');
    mkdirSync(at, { recursive: true });
    expect(spawnSync('tar', ['-xzf', join(folder, filename), '-C', at]).status).toBe(0);
    renameSync(join(at, 'package'), join(at, 'irpsight'));
    // Its dependencies as installed here; what they need in turn they find where they really lie.
    for (const name of ['typescript', 'yargs', 'zod']) symlinkSync(join(root, 'node_modules', name), join(at, name));
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(at, 'irpsight/dist/cli.js'), ...args], {
        cwd: join(folder, 'installed'),
        encoding: 'utf8',
      });
    expect(run('init', 'box').status).toBe(0);
    const checked = run('check', 'box');
    expect(checked.stdout).toContain('verified for this scenario');
    expect(checked.status).toBe(0);
  });
});

describe('init', () => {
  it('starts a driver that is verified, and overwrites nothing', () => {
    expect(irpsight('init', 'start').code).toBe(0);
    const checked = irpsight('check', 'start', '--expected');
    expect(checked.err + checked.out).toContain('verified for this scenario');
    expect(checked.code).toBe(0);
    const again = irpsight('init', 'start');
    expect(again.err).toContain('nothing was written');
    expect(again.code).toBe(2);
  });
});

describe('check', () => {
  /** The starter's driver with one mistake in it: a write answers a read whose cancel routine is already on its way. */
  function brokenMailbox(): string {
    rmSync(join(folder, 'broken'), { recursive: true, force: true });
    irpsight('init', 'broken');
    const driver = join(folder, 'broken/mailbox.driver.ts');
    const text = readFileSync(driver, 'utf8').replace(
      'if (IoSetCancelRoutine(Read, null) !== null) {',
      'if (IoSetCancelRoutine(Read, null) !== null || Read !== null) {',
    );
    writeFileSync(driver, text);
    return 'broken/mailbox.driver.ts';
  }

  it('reports a race with its schedule, which can be replayed until the driver is mended', () => {
    const driver = brokenMailbox();
    const { code, out } = irpsight('check', driver, '--format', 'json', '--traces', 'traces');
    expect(code).toBe(1);
    const result = JSON.parse(out) as { findings: { rule: string; trace: object }[] };
    validator('check-result.schema.json')(result);
    const { rule } = result.findings[0];
    const trace = `traces/mailbox.${rule.replace('/', '-')}.1.trace.json`;
    expect(readFileSync(join(folder, trace), 'utf8')).not.toContain('ScenarioThread');
    const written = JSON.parse(readFileSync(join(folder, trace), 'utf8')) as object;
    validator('trace.schema.json')(written);
    expect(written).toEqual(result.findings[0].trace);

    const replayed = irpsight('replay', trace);
    expect(replayed.out).toContain(`[${rule}]`);
    expect(replayed.out).not.toContain('have been edited');
    expect(replayed.code).toBe(1);

    // Keyed by program point: an edit elsewhere changes nothing, one on the way is made up for.
    const broken = readFileSync(join(folder, driver), 'utf8');
    for (const edited of [
      broken.replace('import {', '// A comment.\nimport {'),
      `${broken}\nfunction Unrelated(Status: NTSTATUS): NTSTATUS {\n  return Status;\n}\n`,
      broken.replace(
        '  DriverObject.DriverUnload = Unload;',
        '  DriverObject.DriverUnload = null;\n  DriverObject.DriverUnload = Unload;',
      ),
    ]) {
      expect(edited).not.toBe(broken);
      writeFileSync(join(folder, driver), edited);
      const again = irpsight('replay', trace);
      expect(again.out).toContain('have been edited since this trace was made');
      expect(again.out).toContain(`[${rule}]`);
      expect(again.code).toBe(1);
    }

    // Without the routine that the schedule goes through, it says where it ends.
    writeFileSync(join(folder, driver), broken.replace('DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWrite;', ''));
    const cut = irpsight('replay', trace);
    expect(cut.out).toMatch(
      /can no longer be followed: decision \d+ of \d+, after step \d+\.\n {2}expected: .+\n {2}found: {4}.+/,
    );
    expect(cut.code).toBe(2);

    irpsight('init', 'mended');
    writeFileSync(join(folder, driver), readFileSync(join(folder, 'mended/mailbox.driver.ts')));
    const mended = irpsight('replay', trace);
    expect(mended.out).toContain('have been edited since this trace was made');
    expect(mended.out).not.toContain('ScenarioThread');
    expect(mended.code).not.toBe(1);
  });

  it('finds the race without any scenario', () => {
    const driver = brokenMailbox();
    rmSync(join(folder, 'broken/mailbox.scenario.ts'));
    const { code, out } = irpsight('check', driver);
    expect(out).toContain('error, replayable');
    expect(code).toBe(1);
  });

  it('is bounded, not clean, where the budget of states ends', () => {
    irpsight('init', 'small');
    const { code, out } = irpsight('check', 'small', '--max-states', '10');
    expect(out).toContain('no error up to bound');
    expect(out).toContain('budget of 10 states');
    expect(code).toBe(3);
  });

  it('explores one scenario by name', () => {
    irpsight('init', 'named');
    expect(irpsight('run', 'named/mailbox.driver.ts', '--scenario', 'CancelWhileAnswering').code).toBe(0);
    const { code, out } = irpsight('run', 'named/mailbox.driver.ts', '--scenario', 'Nothing');
    expect(out).toContain('There is no scenario Nothing');
    expect(code).toBe(2);
  });

  /** A scenario of more states than anyone waits for. */
  function longScenario(name: string): string {
    irpsight('init', name);
    const file = join(folder, name, 'mailbox.scenario.ts');
    const threads = Array.from(
      { length: 5 },
      (_, index) => `Writer${index}() { WriteFile(File, 16, null); WriteFile(File, 16, null); },`,
    );
    writeFileSync(file, readFileSync(file, 'utf8').replace('Threads: {', `Threads: { ${threads.join(' ')}`));
    return `${name}/mailbox.scenario.ts`;
  }

  it('ends at once on Ctrl+C with what is known', async () => {
    const child = spawn(process.execPath, [cli, 'check', longScenario('long'), '--max-states', '100000000'], { cwd: folder });
    let out = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    await new Promise((resolve) => child.stderr.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const asked = Date.now();
    child.kill('SIGINT');
    const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect(out).toContain('no error up to bound');
    expect(out).toMatch(/interrupted/);
    expect(code).toBe(3);
  });

  it('ends when its budget of seconds does', () => {
    const started = Date.now();
    const { code, out } = irpsight('check', longScenario('budget'), '--max-states', '100000000', '--budget', '2');
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(out).toContain('no error up to bound');
    expect(code).toBe(3);
  });
});

describe('replay', () => {
  it.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is not a trace'],
    ['{"schemaVersion": 2}', 'it is not a trace: schemaVersion'],
    ['{"findings": []}', 'it is not a check result'],
    ['{"schemaVersion":1,"problems":[],"findings":[],"scenarios":[]}', 'none of its findings has a trace'],
  ])('refuses %s', (text, message) => {
    const { code, err } = irpsight('replay', write('bad.json', text));
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  const trace = {
    schemaVersion: 1,
    file: 'box/mailbox.driver.ts',
    sourceHash: '',
    scenario: 'CancelWhileAnswering',
    processors: 2,
    rule: 'completion/twice',
    schedule: [{ kind: 'step', context: 'main', func: 'HarnessMain', at: 0 }],
    steps: [],
  };
  it.each([
    ['a huge number', { schedule: [{ ...trace.schedule[0], run: 1e300 }] }, 'schedule.0.run'],
    ['a negative number', { schedule: [{ ...trace.schedule[0], at: -1 }] }, 'schedule.0.at'],
    ['a fraction', { processors: 1.5 }, 'processors'],
    ['too many processors', { processors: 1_000_000 }, 'processors'],
    ['an unknown kind', { schedule: [{ ...trace.schedule[0], kind: 'leap' }] }, 'schedule.0.kind'],
    ['a list for a name', { scenario: ['x'] }, 'scenario'],
  ])('refuses a trace with %s', (_what, change, where) => {
    const { code, err } = irpsight('replay', write('bad.json', JSON.stringify({ ...trace, ...change })));
    expect(err).toContain(`it is not a trace: ${where}`);
    expect(code).toBe(2);
  });

  it('takes names that JavaScript gives a meaning for names', () => {
    irpsight('init', 'box');
    const hostile = JSON.stringify({
      ...trace,
      rule: '__proto__',
      schedule: [{ ...trace.schedule[0], context: '__proto__', func: 'constructor' }],
    });
    const { code, out } = irpsight('replay', write('proto.json', hostile.replace('{', '{"__proto__":{"processors":1},')));
    expect(out).toContain('The schedule can no longer be followed: decision 1 of 1');
    expect(out).toContain('expected: __proto__ goes on');
    expect(code).toBe(2);
  });

  it('reads no file but TypeScript', () => {
    const { code, out, err } = irpsight('replay', write('passwd.json', JSON.stringify({ ...trace, file: '/etc/passwd' })));
    expect(err).toContain('The trace is about /etc/passwd');
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});
