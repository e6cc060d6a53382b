/** The command line as its users run it: the built bundle, in a folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

  it('finds no driver in a folder without one', () => {
    write('none/readme.txt', '');
    const { code, err } = irpsight('check', 'none');
    expect(err).toContain('There is no driver in none');
    expect(code).toBe(2);
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
    const written = JSON.parse(readFileSync(join(folder, trace), 'utf8')) as object;
    validator('trace.schema.json')(written);
    expect(written).toEqual(result.findings[0].trace);

    const replayed = irpsight('replay', trace);
    expect(replayed.out).toContain(`[${rule}]`);
    expect(replayed.out).not.toContain('have been edited');
    expect(replayed.code).toBe(1);

    irpsight('init', 'mended');
    writeFileSync(join(folder, driver), readFileSync(join(folder, 'mended/mailbox.driver.ts')));
    const mended = irpsight('replay', trace);
    expect(mended.out).toContain('have been edited since this trace was made');
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

  it('reads no file but TypeScript', () => {
    const trace = {
      schemaVersion: 1,
      file: '/etc/passwd',
      sourceHash: '',
      scenario: 'S',
      processors: 2,
      rule: 'a/b',
      schedule: [],
      steps: [],
    };
    const { code, out, err } = irpsight('replay', write('passwd.json', JSON.stringify(trace)));
    expect(err).toContain('The trace is about /etc/passwd');
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});
