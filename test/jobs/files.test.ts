import { existsSync, linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ruleSummaries } from '../../src/check/rules.ts';
import { checkTargets } from '../../src/cli/checking.ts';
import { initCommand, shellWord } from '../../src/cli/commands/init.ts';
import { whyNoReport, whyNoTrace } from '../../src/cli/outputs.ts';
import { driverOfTrace, normalise, projectEdges, readText, reasonOf } from '../../src/jobs/files.ts';
import { painter } from '../../src/report/paint.ts';
import { rulesTable } from '../../src/report/rules.ts';
import { checkReport } from '../../src/report/text.ts';
import { checkSources } from '../kit/check.ts';

it.each([
  ['EACCES', 'permission is denied'],
  ['EPERM', 'permission is denied'],
  ['ELOOP', 'its symbolic links go in a circle'],
  ['ENOENT', 'there is no such file'],
])('says in words what %s means', (code, words) => {
  expect(reasonOf(Object.assign(new Error('x'), { code }))).toBe(words);
});

it('reads no folder and no device', () => {
  expect(readText('src')).toEqual({ error: 'it is a directory' });
  expect(readText('/dev/null')).toEqual({ error: 'it is not a regular file' });
  expect(readText('a\0b')).toHaveProperty('error');
});

it.skipIf(!existsSync('/proc/self/pagemap'))('reads no file to an end that never comes, whatever size it says it is of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'irpsight-endless-'));
  try {
    symlinkSync('/proc/self/pagemap', join(folder, 'a.driver.ts'));
    expect(readText(join(folder, 'a.driver.ts'))).toEqual({ error: 'it is larger than 4 MB' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('reads a text up to 4 MB whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'irpsight-long-'));
  const file = join(folder, 'a.driver.ts');
  try {
    for (const length of [0, 1, 64 * 1024, 200_001, 4 * 1024 * 1024]) {
      const text = `${'ä'.repeat(Math.floor(length / 2))}${length % 2 === 0 ? '' : 'x'}`;
      writeFileSync(file, text);
      const read = readText(file);
      expect('text' in read && read.text === text, String(length)).toBe(true);
    }
    writeFileSync(file, 'x'.repeat(4 * 1024 * 1024 + 1));
    expect(readText(file)).toEqual({ error: 'it is larger than 4 MB' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(readText(file)).toEqual({ error: 'there is no such file', missing: true });
});

it('takes paths as they are typed on Windows', () => {
  expect(normalise('src\\cli\\main.ts')).toBe('src/cli/main.ts');
  expect(normalise('C:\\gone\\x.driver.ts')).toBe('C:\\gone\\x.driver.ts');
  expect(normalise('./src/')).toBe('src');
  expect(normalise('.')).toBe('.');
  expect(normalise('/')).toBe('/');
  expect(normalise('//')).toBe('/');
  expect(normalise('a//')).toBe('a');
  // Hours, if each slash were tried as the first of the last ones.
  expect(normalise(`/${'/'.repeat(4_000_000)}x`)).toHaveLength(4_000_002);
});

describe('the driver of a trace', () => {
  const driverOf = (file: string, roots: readonly string[], ...there: readonly string[]) =>
    driverOfTrace(file, '/w/pins/a.trace.json', roots, new Map(there.map((path) => [path, ''])));

  it('is looked for beside the trace, as in a copied folder, and where the trace names it', () => {
    expect(driverOf('d/a.driver.ts', ['/w/'], '/w/d/a.driver.ts', '/w/pins/a.driver.ts')).toBe('/w/pins/a.driver.ts');
    expect(driverOf('d/a.driver.ts', ['/w/'], '/w/d/a.driver.ts')).toBe('/w/d/a.driver.ts');
    expect(driverOf('/x/a.driver.ts', ['/w/'], '/x/a.driver.ts')).toBe('/x/a.driver.ts');
    expect(driverOf('/gone/a.driver.ts', ['/w/'], '/w/pins/a.driver.ts')).toBe('/w/pins/a.driver.ts');
    expect(driverOf('a.txt', ['/w/'], '/w/pins/a.txt')).toBeUndefined();
  });

  it.each(['//evil/share/a.driver.ts', '\\\\evil\\share\\a.driver.ts', './/' + '/evil/share/a.driver.ts'])(
    'is looked for on no other machine: %s',
    (file) => {
      expect(driverOf(file, ['/w/', ''], file, file.replaceAll('\\', '/'), '//evil/share/a.driver.ts')).toBeUndefined();
    },
  );

  it('of a pin lies beside it, wherever the pin says', () => {
    expect(driverOf('/x/a.driver.ts', [], '/x/a.driver.ts')).toBeUndefined();
    expect(driverOf('/x/a.driver.ts', [], '/x/a.driver.ts', '/w/pins/a.driver.ts')).toBe('/w/pins/a.driver.ts');
  });
});

it('says why a folder cannot be read, and takes no folder for a file', () => {
  expect(projectEdges().siblings('gone/x.driver.ts')).toEqual({ error: 'there is no such file' });
  expect(projectEdges().siblings('src/main.ts')).toEqual([]);
  expect(projectEdges().siblings('src/cli/x.driver.ts')).toContain('src/cli/main.ts');
});

it('what an editor holds stands for the file of that path, also one that is not on the disk yet', () => {
  const open = new Map([
    ['src/cli/main.ts', 'edited'],
    ['src/cli/new.scenario.ts', 'new'],
    ['gone/new.scenario.ts', 'new'],
  ]);
  const edges = projectEdges(open);
  expect(edges.readFile('src/cli/main.ts')).toEqual({ text: 'edited' });
  expect(edges.siblings('src/cli/x.driver.ts')).toContain('src/cli/new.scenario.ts');
  expect(edges.siblings('gone/x.driver.ts')).toEqual(['gone/new.scenario.ts']);
});

it.each(['a?b', 'a"b', "a'b", 'a<b>c', 'a:b*c|d'])('a driver may be called %s, and its default scenarios find it', (name) => {
  const { problems, scenarios } = checkSources(
    [{ path: `${name}.driver.ts`, text: readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8'), origin: 'driver' }],
    { scenario: 'OpenAndClose', maxStates: 500 },
  );
  expect(problems).toEqual([]);
  expect(scenarios.map((one) => one.name)).toEqual(['OpenAndClose']);
});

describe('what init says', () => {
  it.each([
    ['start', 'start', 'start'],
    ['übung/v1.2', 'übung/v1.2', 'übung/v1.2'],
    ['a b;$(x)', `'a b;$(x)'`, '"a b;$(x)"'],
    ["it's", `'it'\\''s'`, `"it's"`],
    ['a\\b', `'a\\b'`, 'a\\b'],
    ['~x', `'~x'`, '"~x"'],
  ])('can be pasted: %s', (path, posix, windows) => {
    expect(shellWord(path, 'linux')).toBe(posix);
    expect(shellWord(path, 'win32')).toBe(windows);
  });

  it('names the file that stands where the folder should be', () => {
    const folder = mkdtempSync(join(tmpdir(), 'irpsight-init-'));
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      writeFileSync(join(folder, 'a.driver.ts'), '');
      for (const dir of ['a.driver.ts', 'a.driver.ts/below']) initCommand.handler({ dir: join(folder, dir), _: [], $0: '' });
    } finally {
      spy.mockRestore();
      process.exitCode = undefined;
      rmSync(folder, { recursive: true, force: true });
    }
    expect(written.join('')).toMatch(/Cannot write to [^ ]*a\.driver\.ts: it is a file, not a folder\.\n/);
    expect(written.join('')).toMatch(/below: [^ ]*a\.driver\.ts is a file, not a folder\.\n/);
  });
});

describe('a report is written over no file but an earlier one', () => {
  let folder: string;
  const driver = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');
  const result = checkSources(
    [{ path: 'mailbox.driver.ts', text: driver.replace('if (Irp.Cancel && ', 'if (FALSE && '), origin: 'driver' }],
    { scenario: 'ReadCancelled', maxStates: 500 },
  );
  const plain = { paint: painter(false), textOf: () => undefined, whole: false };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'irpsight-out-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('nor to a source, there or not, nor by a link to it', () => {
    const source = file('mailbox.driver.ts', driver);
    expect(whyNoReport(source)).toContain('a file whose name ends in .ts is a source');
    expect(whyNoReport(join(folder, 'gone.driver.ts'))).toContain('ends in .ts');
    expect(whyNoReport(join(folder, 'gone.txt'))).toBeUndefined();
    linkSync(source, join(folder, 'hard.txt'));
    expect(whyNoReport(join(folder, 'hard.txt'))).toContain('is no report of irpsight');
    if (process.platform === 'win32') return;
    symlinkSync('mailbox.driver.ts', join(folder, 'soft.txt'));
    expect(whyNoReport(join(folder, 'soft.txt'))).toMatch(/it leads to .*mailbox\.driver\.ts/);
  });

  it('nor to a file that somebody else has written', () => {
    const kept = [
      '{ "name": "drivers" }',
      '{ "schemaVersion": 2 }',
      '[]',
      'null',
      'notes',
      '# Sample\n```\n3 findings, 2 scenarios: 2 verified\n```\n',
    ];
    for (const text of kept) expect(whyNoReport(file('some.txt', text)), text).toContain('is no report of irpsight');
  });

  it('but over reports of every kind', () => {
    const ours = [
      JSON.stringify(result),
      JSON.stringify({ rules: ruleSummaries() }),
      rulesTable(ruleSummaries(), painter(false)),
      checkReport(result, plain),
      checkReport({ ...result, findings: [], scenarios: [] }, plain),
      checkReport({ ...result, findings: [], problems: [] }, { ...plain, ownReplaceDefaults: true }),
      '',
    ];
    for (const text of ours) expect(whyNoReport(file('some.txt', text)), text.slice(0, 80)).toBeUndefined();
  });

  it('before anything is checked', async () => {
    const out = file('package.json', '{}');
    const code = await checkTargets([{ kind: 'driver', path: file('a.driver.ts', driver) }], [], {
      check: { maxStates: 1, strategy: 'exhaustive', defaults: 'auto' },
      budget: 1,
      jobs: 1,
      format: 'text',
      out,
      traces: undefined,
      strict: false,
      expected: false,
      whole: false,
    });
    expect(code).toBe(2);
    expect(readFileSync(out, 'utf8')).toBe('{}');
  });

  it('and a trace over no file but a trace', () => {
    const traces = result.findings.flatMap(({ trace }) => trace ?? []);
    expect(traces).not.toEqual([]);
    for (const trace of traces) expect(whyNoTrace(file('x.trace.json', JSON.stringify(trace)))).toBeUndefined();
    expect(whyNoTrace(join(folder, 'gone.trace.json'))).toBeUndefined();
    expect(whyNoTrace(file('x.trace.json', '{ "schemaVersion": 1 }'))).toContain('is no trace of irpsight');
  });
});
