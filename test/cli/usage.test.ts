/** Commands and options, right and wrong, and what npm ships. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult, Finding, ScenarioResult, SourceProblem } from '../../src/check/findings.ts';
import { exitCode } from '../../src/cli/checking.ts';
import { commandLine } from '../../src/cli/command-line.ts';
import { type Cli, losesCancel, openCli, ran, root, smallScenario, starterDriver, validator } from './kit.ts';

let cli: Cli;
beforeAll(() => {
  cli = openCli('usage');
});
afterAll(() => cli.close());

describe('a command line that is wrong', () => {
  it.each([
    [[], 'A command is missing.'],
    [['frobnicate'], 'There is no command frobnicate; there are check, run, replay, explain, rules and init.'],
    [['foo'], 'There is no command foo; there are check, run, replay, explain, rules and init.'],
    [['chekc', '.', '--cpus', '2'], 'There is no command chekc; there are'],
    [['--nonsense'], 'A command is missing.'],
    [['check', '--nonsense'], 'Unknown argument: nonsense. "irpsight check --help" says more.'],
    [['run'], '<file> is missing: irpsight run <file>. "irpsight run --help" says more.'],
    [['explain'], '<rule> is missing: irpsight explain <rule>.'],
    [['replay'], '<paths..> is missing: irpsight replay <paths..>.'],
    [['check', '--seed', '5'], '--seed is for --strategy random only.'],
    [['check', '--seed', '5', '--strategy', 'bounded'], '--seed is for --strategy random only.'],
    [['check', '--cpus', '0'], '--cpus takes one whole number from 1 to 8.'],
    [['check', '--cpus', 'many'], '--cpus takes one whole number from 1 to 8.'],
    [['check', '--max-states', '1.5'], '--max-states takes one whole number'],
    [['check', '--budget', '0'], '--budget takes one whole number from 1'],
    [['check', '--max-preemptions', '-1'], '--max-preemptions takes one whole number from 0'],
    [['check', '--jobs', 'x'], '--jobs takes one whole number from 1 to 64.'],
    [['check', '--jobs', '0'], '--jobs takes one whole number from 1 to 64.'],
    [['check', '--seed', '1e99'], '--seed takes one whole number'],
    [['check', '--format', 'xml'], 'Choices: "text", "json"'],
    [['check', '--out', 'a', '--out', 'b'], '--out is given more than once.'],
    [['check', '--', 'a.driver.ts'], 'Nothing is taken after "--"'],
    [['check', '-'], '"-" names no file: standard input is not read'],
    [['check', 'a.driver.ts', '--out', '-'], '"-" names no file'],
  ])('%j is refused', async (words, message) => {
    await expect(parse(words)).rejects.toThrow(message);
  });

  it.each([
    [['check', '--nonsense'], 'Unknown argument: nonsense'],
    [['check', 'a.driver.ts', 'b.driver.ts'], 'Cannot read a.driver.ts: there is no such file.'],
    [['explain', 'completion/thrice'], 'There is no rule completion/thrice'],
    [['explain', 'twice'], 'do you mean completion/twice?'],
    [['explain', 'cancel/lsot'], 'There is no rule cancel/lsot; do you mean cancel/lost?'],
    [['explain', 'remove-lock-leak'], 'There is no rule remove-lock-leak; do you mean remove-lock/leak?'],
    [['explain', 'lsot'], 'There is no rule lsot; do you mean cancel/lost?'],
    [['explain', 'Irql'], 'do you mean irql/'],
    [['explain', 'zzz'], 'There is no rule zzz. "irpsight rules" lists them.'],
    [['explain', '0xFFFF'], 'No rule is about bug check 0xFFFF.'],
    [['run', 'gone.driver.ts'], 'Cannot read gone.driver.ts: there is no such file.'],
    [['check', 'C:\\gone\\x.driver.ts'], 'Cannot read C:\\gone\\x.driver.ts: there is no such file.'],
    [['replay', 'gone.json'], 'Cannot read gone.json: there is no such file.'],
    [['rules', '--out', 'no/folder/report.txt'], 'Cannot write no/folder/report.txt: there is no such file.'],
    [['rules', '--out', '.'], 'Cannot write .: it is a directory.'],
  ])('%j ends with 2', (args, message) => {
    const { code, out, err } = cli.run(...args);
    expect(err).toContain(message);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('explain with the code of a bug check', () => {
  it.each(['0x44', '0x00000044'])('%s lists the rules that mention it', (code) => {
    const { code: exit, out, err } = cli.run('explain', code);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out).toContain(`Bug check ${code} MULTIPLE_IRP_COMPLETE_REQUESTS: `);
    expect(out).toMatch(/^completion\/twice /m);
    expect(out).not.toContain('memory/double-free');
  });

  it('is data, too', () => {
    const { rules } = JSON.parse(cli.run('explain', '0x44', '--format', 'json').out) as { rules: { id: string }[] };
    expect(rules.map(({ id }) => id)).toContain('completion/twice');
  });
});

describe('help', () => {
  it.each(['', 'check', 'run', 'replay', 'explain', 'rules', 'init'])('of irpsight %s', async (command) => {
    const text = await parse([...(command === '' ? [] : [command]), '--help']);
    await expect(`${text}\n`).toMatchFileSnapshot(`golden/help${command === '' ? '' : `-${command}`}.txt`);
  });

  it('goes to standard output', () => {
    const out = readFileSync(join(root, 'test/cli/golden/help-init.txt'), 'utf8');
    expect(cli.run('init', '--help')).toEqual({ code: 0, err: '', out });
  });
});

/** What the command line prints when it is parsed in this process; rejects with what is wrong with it. */
async function parse(words: readonly string[]): Promise<string> {
  let printed = '';
  const refuse = (message: string): never => {
    throw new Error(message);
  };
  await commandLine(words, refuse).parse([...words], {}, (_error: Error | undefined | null, _argv: unknown, output: string) => {
    printed = output;
  });
  return printed;
}

describe('rules and explain', () => {
  it('lists the rules as data, in a file too', () => {
    const { code, out } = cli.run('rules', '--format', 'json');
    expect(code).toBe(0);
    const list = JSON.parse(out) as { rules: { id: string }[] };
    validator('rules.schema.json')(list);
    expect(list.rules.map(({ id }) => id)).toContain('completion/twice');

    expect(cli.run('rules', '--format', 'json', '--out', 'rules.json')).toEqual({ code: 0, out: '', err: '' });
    expect(cli.read('rules.json')).toBe(out);
  });

  it('explains a rule', () => {
    const { code, out } = cli.run('explain', 'cancel/lost');
    expect(code).toBe(0);
    expect(out).toMatch(/^cancel\/lost: /);
    expect(out).toContain('https://learn.microsoft.com/');
  });
});

describe('init', () => {
  it('starts a driver that is verified, and overwrites nothing', async () => {
    const started = cli.run('init', 'start');
    expect([started.code, started.err]).toEqual([0, '']);
    await expect(started.out).toMatchFileSnapshot('golden/init.txt');
    const checked = cli.run('check', 'start', '--expected');
    expect(checked.err + checked.out).toContain('verified for this scenario');
    expect(checked.code).toBe(0);
    const again = cli.run('init', 'start');
    expect(again.err).toContain('nothing was written');
    expect(again.code).toBe(2);
  });

  it('does not write into a file', () => {
    cli.write('taken', '');
    const { code, err } = cli.run('init', 'taken');
    expect(err).toContain('Cannot write to taken');
    expect(code).toBe(2);
  });
});

describe('the exit code', () => {
  const scenario = (verdict: ScenarioResult['verdict']): ScenarioResult => ({ verdict }) as ScenarioResult;
  const finding = (certainty: Finding['certainty']): Finding => ({ certainty }) as Finding;
  const problem = (severity: SourceProblem['severity'], code = 'x'): SourceProblem => ({ severity, code }) as SourceProblem;
  const result = (
    verdicts: readonly ScenarioResult['verdict'][],
    findings: readonly Finding[] = [],
    problems: readonly SourceProblem[] = [],
  ): CheckResult => ({ schemaVersion: 1, problems, findings, scenarios: verdicts.map(scenario) });

  it.each([
    ['all is verified', result(['verified', 'verified']), 0],
    ['something is doubtful only', result(['verified'], [], [problem('warning')]), 0],
    ['an error was found', result(['verified', 'error'], [finding('witnessed')]), 1],
    ['every path leads to an error', result(['bounded'], [finding('must')]), 1],
    ['not everything was explored', result(['verified', 'bounded']), 3],
    ['nothing was explored', result([]), 3],
    ['it was interrupted', result(['verified'], [], [problem('warning', 'check/interrupted')]), 3],
    ['a routine was not checked', result(['verified'], [], [problem('warning', 'check/unreached-dispatch')]), 3],
    ['there was a problem besides the error', result(['error'], [finding('witnessed')], [problem('error')]), 2],
  ])('where %s', (_where, checked, code) => {
    expect(exitCode(checked, false)).toBe(code);
    expect(exitCode(checked, true)).toBe(code);
  });

  it('is 1 for what only may happen, with --strict', () => {
    expect(exitCode(result(['verified'], [finding('may')]), false)).toBe(0);
    expect(exitCode(result(['bounded'], [finding('may')]), false)).toBe(3);
    expect(exitCode(result(['bounded'], [finding('may')]), true)).toBe(1);
    // No scenario of this file cancels, so nothing settles what the analysis found.
    cli.write('may/mailbox.driver.ts', losesCancel());
    cli.write('may/mailbox.scenario.ts', smallScenario.replace('CancelIoEx(File, Read);', ''));
    const strict = cli.run('check', 'may', '--max-states', '10', '--strict');
    expect(strict.out).toContain('may[cancel/lost]');
    expect(strict.out).toContain('no error up to bound');
    expect(strict.out).toContain('budget of 10 states');
    expect(strict.code).toBe(1);
  });

  it('is 2 where not everything that was asked for was checked, whatever was found elsewhere', () => {
    cli.write('bad/mailbox.driver.ts', losesCancel());
    cli.write('bad/mailbox.scenario.ts', smallScenario);
    const { code, out } = cli.run('check', 'bad', 'gone');
    expect(out).toContain('[cancel/lost]');
    expect(code).toBe(2);
  });
});

describe('the package as npm ships it', () => {
  it('checks a driver with nothing but itself installed', () => {
    const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', cli.folder], {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    const [{ filename, files }] = JSON.parse(packed.stdout) as { filename: string; files: { path: string }[] }[];
    const paths = files.map(({ path }) => path);
    expect(paths.filter((path) => /^(src|test|scripts|examples|out)\//.test(path))).toEqual([]);
    for (const path of ['dist/cli.js', 'dist/worker.js', 'dist/library/irpsight/wdm/index.ts', 'README.md', 'LICENSE'])
      expect(paths).toContain(path);

    const modules = join(cli.folder, 'installed/node_modules');
    mkdirSync(join(modules, '.bin'), { recursive: true });
    expect(spawnSync('tar', ['-xzf', join(cli.folder, filename), '-C', modules]).status).toBe(0);
    renameSync(join(modules, 'package'), join(modules, 'irpsight'));
    // Its dependencies as installed here, without network; what they need in turn they find where they really lie.
    for (const name of ['typescript', 'yargs', 'zod']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
    const { bin } = JSON.parse(cli.read('installed/node_modules/irpsight/package.json')) as { bin: { irpsight: string } };
    symlinkSync(join('../irpsight', bin.irpsight), join(modules, '.bin/irpsight'));

    cli.write('installed/mailbox.driver.ts', starterDriver());
    cli.write('installed/mailbox.scenario.ts', smallScenario);
    const command = ['--no-install', 'irpsight', 'check', 'mailbox.driver.ts'];
    const npx = spawnSync('npx', command, {
      cwd: join(cli.folder, 'installed'),
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    const checked = ran(npx);
    expect(checked.out, checked.err).toContain('verified for this scenario');
    expect(checked.code).toBe(0);
  });
});
