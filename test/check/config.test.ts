/** What a team has agreed on: `irpsight.json`. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configured, isExcluded, readConfig, rulesOff, withConfig } from '../../src/check/config.ts';
import { configOf, openProject } from '../../src/check/project.ts';
import { exclusions, findTargets, projectEdges } from '../../src/jobs/files.ts';
import { losesCancel, smallScenario } from '../cli/kit.ts';
import { checkSources } from '../kit/check.ts';

const path = '/w/irpsight.json';
const read = (text: string) => readConfig(path, text);

describe('a configuration', () => {
  it('says what is asked for when nobody asks', () => {
    const { settings, problems } = read('{ "cpus": 1, "maxStates": 5, "defaults": "always", "rules": { "lock/order": "off" } }');
    expect(problems).toEqual([]);
    expect(withConfig({}, settings)).toMatchObject({ cpus: 1, maxStates: 5, defaults: 'always' });
    expect(withConfig({ cpus: 2, maxStates: 7, defaults: 'never' }, settings)).toMatchObject({
      cpus: 2,
      maxStates: 7,
      defaults: 'never',
    });
    expect(withConfig({})).toMatchObject({ maxStates: 2_000_000, defaults: 'auto' });
    expect([...rulesOff(settings)]).toEqual(['lock/order']);
  });

  it.each([
    ['{\n  "cpus": 1,\n}', 3, /^This is not JSON/],
    ['', 1, /^This is not JSON/],
    ['[]', 1, /irpsight\.json: /],
    ['{\n  "cpus": 1,\n  "cups": 2\n}', 3, /^There is no setting cups\.$/],
    ['{\n  "cpus": 99\n}', 2, /^cpus: /],
    [
      '{ "rules": {\n  "lock/order": "off",\n  "lock/odrer": "off"\n} }',
      3,
      /^There is no rule lock\/odrer; do you mean lock\/order\?$/,
    ],
    ['{ "rules": {\n  "lock/order": "loud"\n} }', 2, /^rules\.lock\/order: /],
    ['{ "__proto__": { "cpus": 1 } }', 1, /./],
  ])('that is wrong is a problem at its line: %s', (text, line, message) => {
    const { problems } = read(text);
    expect(problems.map(({ range }) => range.start.line)).toEqual([line]);
    expect(problems[0]).toMatchObject({ code: 'config/invalid', severity: 'error', file: path });
    expect(problems[0].message).toMatch(message);
  });

  it('has no more problems than anybody reads, however much is wrong', () => {
    const wrong = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`x${index}`, 1]));
    expect(read(JSON.stringify(wrong)).problems).toHaveLength(100);
    expect(read(JSON.stringify({ rules: wrong })).problems.length).toBeLessThanOrEqual(100);
  });

  it('proposes nothing for a name that nobody has misspelt', () => {
    const { problems } = read(JSON.stringify({ rules: { [`lock/order${'x'.repeat(20_000)}`]: 'off' } }));
    expect(problems.map(({ message }) => message.length < 200 && !message.includes('do you mean'))).toEqual([true]);
  });

  it('counts as far as it is right', () => {
    expect(read('{ "cpus": 3, "maxStates": "many" }').settings).toEqual({ cpus: 3 });
  });

  it('counts as far as its rules are right', () => {
    const rules = { 'list/corruption': 'off', 'cancel/claim-ignored': 'warning', 'lock/order': 'loud', 'cancel/nope': 'off' };
    const { settings, problems } = read(JSON.stringify({ cpus: 3, rules }));
    expect(settings).toEqual({ cpus: 3, rules: { 'list/corruption': 'off', 'cancel/claim-ignored': 'warning' } });
    expect(problems).toHaveLength(2);
    expect(read('{ "cpus": 3, "rules": ["lock/order"] }').settings).toEqual({ cpus: 3 });
  });

  it.each([
    ['cancel/nope', '.'],
    ['cancel/lots', '; do you mean cancel/lost?'],
    ['cancle/lost', '; do you mean cancel/lost?'],
    ['lsot', '; do you mean cancel/lost?'],
    ['irp/lost', '; do you mean cancel/lost?'],
    ['completion/claim-lost-in-between', '.'],
  ])('proposes for %s only what is near', (rule, proposal) => {
    const { problems } = read(JSON.stringify({ rules: { [rule]: 'off' } }));
    expect(problems.map(({ message }) => message)).toEqual([`There is no rule ${rule}${proposal}`]);
  });

  it('leaves drivers out by patterns seen from its folder', () => {
    const excluded = (pattern: string, driver: string) =>
      isExcluded(`/w/${driver}`, read(JSON.stringify({ exclude: [pattern] })));
    expect(excluded('old', 'old/a.driver.ts')).toBe(true);
    expect(excluded('old/', 'old/deep/a.driver.ts')).toBe(true);
    expect(excluded('old', 'older/a.driver.ts')).toBe(false);
    expect(excluded('*/a.driver.ts', 'x/a.driver.ts')).toBe(true);
    expect(excluded('*/a.driver.ts', 'x/y/a.driver.ts')).toBe(false);
    expect(excluded('**/a.driver.ts', 'x/y/a.driver.ts')).toBe(true);
    expect(excluded('**/a.driver.ts', 'a.driver.ts')).toBe(true);
    expect(excluded('a?.driver.ts', 'ab.driver.ts')).toBe(true);
    expect(excluded('a.driver.ts', 'aXdriver.ts')).toBe(false);
    expect(excluded('?', '/')).toBe(false);
    expect(excluded('x/**/a', 'x/a/b')).toBe(true);
    expect(excluded('x/**/a', 'xa/b')).toBe(false);
    expect(excluded('x**y', 'xa/by/c')).toBe(true);
    expect(excluded('a.driver.ts?', 'a.driver.ts')).toBe(false);
    expect(excluded('*', '')).toBe(true);
    const started = Date.now();
    for (const [slow, driver] of [
      [`${'**/'.repeat(60)}x`, `${'a/'.repeat(60)}b.driver.ts`],
      ['*a'.repeat(100), `${'a'.repeat(4000)}.driver.ts`],
      ['**a'.repeat(60), `${'a'.repeat(4000)}.driver.ts`],
    ])
      expect(excluded(slow, driver)).toBe(false);
    expect(Date.now() - started).toBeLessThan(5000);
  });
});

describe('rules', () => {
  const check = (config: string) => {
    const sources = [
      { path: 'mailbox.driver.ts', text: losesCancel(), origin: 'driver' as const },
      { path: 'mailbox.scenario.ts', text: smallScenario, origin: 'scenario' as const },
    ];
    return checkSources(sources, {}, readConfig('irpsight.json', config));
  };

  it('that are off are not looked for; others are as severe as it says', () => {
    expect(check('{}').findings.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(['cancel/lost error']);
    const milder = check('{ "rules": { "cancel/lost": "warning" } }');
    expect(milder.findings.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(['cancel/lost warning']);
    const off = check('{ "rules": { "cancel/lost": "off" } }');
    expect(off.findings.filter(({ rule }) => rule === 'cancel/lost')).toEqual([]);
    for (const { assumptions } of off.scenarios) {
      expect(assumptions).toContain('Rules that irpsight.json turns off are not checked: cancel/lost.');
    }
    expect(off.scenarios.map(({ verdict }) => verdict)).not.toEqual(milder.scenarios.map(() => 'verified'));
    expect(configured([], undefined)).toEqual([]);
  });

  it('and what is wrong with the file is told beside them', () => {
    expect(check('{ "cups": 1 }').problems.map(({ file, code }) => `${file} ${code}`)).toEqual(['irpsight.json config/invalid']);
  });
});

describe('on the disk', () => {
  let folder: string;
  const write = (name: string, text: string): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-config-'))).replaceAll('\\', '/');
    mkdirSync(`${folder}/a/b`, { recursive: true });
    writeFileSync(`${folder}/irpsight.json`, '{ "cpus": 1, "exclude": ["a/old.driver.ts"] }');
    writeFileSync(`${folder}/a/b/irpsight.json`, '{ "cpus": 3 }');
    for (const name of ['a/old', 'a/new', 'a/b/deep']) writeFileSync(`${folder}/${name}.driver.ts`, losesCancel());
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('the nearest one counts', () => {
    const cpus = (driver: string) => configOf(`${folder}/${driver}`, projectEdges())?.settings.cpus;
    expect([cpus('a/new.driver.ts'), cpus('a/b/deep.driver.ts')]).toEqual([1, 3]);
    expect(openProject(`${folder}/a/b/deep.driver.ts`, projectEdges()).config?.path).toBe(`${folder}/a/b/irpsight.json`);
  });

  it('a driver that it leaves out is no target of its folder, but one by its name', () => {
    expect(findTargets([folder]).targets.map(({ path: found }) => found.slice(folder.length))).toEqual([
      '/a/b/deep.driver.ts',
      '/a/new.driver.ts',
    ]);
    expect(findTargets([`${folder}/a/old.driver.ts`]).targets).toHaveLength(1);
  });

  it('what it leaves out is known, unless it is named, too', () => {
    const old = `${folder}/a/old.driver.ts`;
    expect([...findTargets([folder]).leftOut]).toEqual([[old, `${folder}/irpsight.json`]]);
    expect(findTargets([folder, old]).leftOut.size).toBe(0);
    write('out/irpsight.json', '{ "exclude": ["**"] }');
    write('out/a.driver.ts', losesCancel());
    expect(findTargets([`${folder}/out`])).toMatchObject({
      targets: [],
      errors: [`There is no driver to check in ${folder}/out: what is there is left out by ${folder}/out/irpsight.json.`],
    });
    rmSync(`${folder}/out`, { recursive: true });
  });

  it('it is read once for one walk, not for every driver', () => {
    write('once/irpsight.json', '{ "exclude": ["*"] }');
    const excludedBy = exclusions();
    expect(excludedBy(`${folder}/once/a.driver.ts`)).toBe(`${folder}/once/irpsight.json`);
    write('once/irpsight.json', '{}');
    expect(excludedBy(`${folder}/once/b.driver.ts`)).toBe(`${folder}/once/irpsight.json`);
    expect(exclusions()(`${folder}/once/b.driver.ts`)).toBeUndefined();
    rmSync(`${folder}/once`, { recursive: true });
  });

  it.each([
    ['text', () => write('bad/irpsight.json', '{ "exclude": [] \0 }'), 'it is not text'],
    ['short', () => write('bad/irpsight.json', ' '.repeat(4 * 1024 * 1024 + 1)), 'it is larger than 4 MB'],
    ['a file', () => mkdirSync(`${folder}/bad/irpsight.json`), 'it is a directory'],
    ['at the end of its links', () => symlinkSync('irpsight.json', `${folder}/bad/irpsight.json`), /circle/],
  ])('one that is not %s is a problem, and none above it counts', (_, make, reason) => {
    mkdirSync(`${folder}/bad`);
    make();
    const config = configOf(`${folder}/bad/a.driver.ts`, projectEdges());
    expect(config).toMatchObject({ path: `${folder}/bad/irpsight.json`, settings: {} });
    expect(config?.problems).toMatchObject([{ code: 'config/unreadable', severity: 'error', file: config?.path }]);
    expect(config?.problems[0].message).toMatch(reason);
    rmSync(`${folder}/bad`, { recursive: true });
  });
});
