/** Input that is no driver at all: each is refused with a reason, and nothing hangs. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepare } from '../../src/check/check.ts';
import { openProject } from '../../src/check/project.ts';
import { projectEdges } from '../../src/jobs/files.ts';
import { loadLibrary } from '../kit/library.ts';
import { type Cli, openCli, smallScenario, starterDriver } from './kit.ts';

let cli: Cli;
beforeAll(() => {
  cli = openCli('input');
});
afterAll(() => cli.close());

interface Checked {
  readonly problems: { readonly code: string; readonly file: string; readonly message: string; readonly range: object }[];
}

/** Problems of a driver by their code and range, found in this process. */
function problemsOf(name: string): object[] {
  const path = join(cli.folder, name);
  const project = openProject(path, projectEdges());
  return prepare(project, loadLibrary(), { defaults: 'auto' }).problems.map(({ code, range }) => ({ code, range }));
}

describe('a path that leads to no text', () => {
  it('is refused, each with its reason', () => {
    cli.write('odd/empty.driver.ts', '');
    cli.write('odd/binary.driver.ts', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0]));
    truncateSync(join(cli.folder, cli.write('odd/huge.driver.ts', '')), 200 * 1024 * 1024);
    mkdirSync(join(cli.folder, 'odd/folder.driver.ts'));
    symlinkSync('loop.driver.ts', join(cli.folder, 'odd/loop.driver.ts'));
    symlinkSync('..', join(cli.folder, 'odd/up'));
    symlinkSync('/dev/zero', join(cli.folder, 'odd/zero.driver.ts'));
    const started = Date.now();
    const { code, out, err } = cli.run('check', 'odd', 'odd/empty.driver.ts', 'odd/huge.driver.ts', 'odd/zero.driver.ts');
    const said = err + out;
    for (const reason of [
      'odd/binary.driver.ts: it is not text',
      'odd/huge.driver.ts: it is larger than 4 MB',
      'odd/loop.driver.ts: its symbolic links go in a circle',
      'odd/zero.driver.ts: it is not a regular file',
    ]) {
      expect(said).toContain(reason);
    }
    expect(said).toMatch(/odd\/empty\.driver\.ts/);
    expect(code).toBe(2);
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it.skipIf(process.platform === 'win32')('is not waited for: a pipe that nobody writes to, a device', () => {
    expect(makePipe('pipe.driver.ts')).toBe(0);
    const piped = cli.run('check', 'pipe.driver.ts', '/dev/zero');
    expect(piped.err + piped.out).toContain('pipe.driver.ts: it is not a regular file');
    expect(piped.err).toContain("/dev/zero is no driver: a driver file's name ends in .driver.ts.");
    expect(piped.code).toBe(2);
    expect(makePipe('trace.json')).toBe(0);
    expect(cli.run('replay', 'trace.json').err).toContain('Cannot read trace.json: it is not a regular file.');
  });

  it('is a file of another name, which no scenario file can import', () => {
    const { code, err } = cli.run('check', cli.write('odd/plain.ts', 'export const A = 1;'));
    expect(err).toContain("odd/plain.ts is no driver: a driver file's name ends in .driver.ts.");
    expect(code).toBe(2);
  });

  it('is a folder without a driver', () => {
    cli.write('none/readme.txt', '');
    const { code, err } = cli.run('check', 'none');
    expect(err).toContain('There is no driver in none');
    expect(code).toBe(2);
  });

  it('is left out of its folder, which is said', () => {
    cli.write('cf/irpsight.json', '{ "exclude": ["a.driver.ts"] }');
    cli.write('cf/a.driver.ts', starterDriver());
    cli.write('cf/b.driver.ts', 'export const DriverEntry = 1;');
    const { err } = cli.run('check', 'cf');
    expect(err).toContain('1 driver left out by cf/irpsight.json.\n');
    expect(cli.run('check', 'cf/b.driver.ts').err).not.toContain('left out');
    cli.write('cf/irpsight.json', '{ "exclude": ["*"] }');
    const all = cli.run('check', 'cf');
    expect(all.err).toContain('There is no driver to check in cf: what is there is left out by cf/irpsight.json.');
    expect(all.code).toBe(2);
  });

  it('is below a configuration that cannot be read', () => {
    cli.write('unread/irpsight.json', '{ \0 }');
    const { code, out } = cli.run('check', cli.write('unread/a.driver.ts', starterDriver()), '--budget', '1');
    expect(out).toContain('Cannot read unread/irpsight.json: it is not text.');
    expect(code).toBe(2);
  });
});

describe('text', () => {
  it('shows no control character of a file or its name', () => {
    const name = cli.write('input/\x1b[31mred.driver.ts', 'export const DriverEntry = "\x1b[2J\u202e";');
    const { code, out, err } = cli.run('check', name);
    expect(`${out}${err}`).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(code).toBe(2);
  });

  it('is placed alike with line feeds, CRLF, a byte order mark and UTF-16, and found by a path with backslashes', () => {
    const text = 'export const One = 1;\nexport const DriverEntry = async () => {};\n';
    const crlf = text.replaceAll('\n', '\r\n');
    const contents = [text, crlf, `\ufeff${crlf}`, Buffer.from(`\ufeff${crlf}`, 'utf16le')];
    const names = contents.map((content, index) => cli.write(`ends/${index}.driver.ts`, content));
    const { problems } = JSON.parse(cli.run('check', '--format', 'json', 'ends\\3.driver.ts').out) as Checked;
    expect(problems.length).toBeGreaterThan(0);
    const places = problems.map(({ code, range }) => ({ code, range }));
    for (const name of names) expect(problemsOf(name), name).toEqual(places);
  });
});

describe('a driver that is large', () => {
  it('of 20,000 lines is checked', () => {
    const helpers = Array.from(
      { length: 6_600 },
      (_, n) => `function Helper${n}(Irp: PIRP): NTSTATUS {\n  return Complete(Irp, STATUS_SUCCESS);\n}\n`,
    );
    const text = starterDriver() + helpers.join('');
    expect(text.split('\n').length).toBeGreaterThan(19_900);
    cli.write('large/mailbox.driver.ts', text);
    cli.write('large/mailbox.scenario.ts', smallScenario);
    const { code, out } = cli.run('check', 'large');
    expect(out).toContain('verified for this scenario');
    expect(code).toBe(0);
  }, 120_000);
});

/** Makes a named pipe in the folder; gives the exit code. */
function makePipe(name: string): number | null {
  const maker = 'mkfifo';
  return spawnSync(maker, [join(cli.folder, name)]).status;
}
