/** What is told of a driver is of its texts as they stand: with a language worker and an explorer that answer as the test wants. */
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver';
import { createDrivers } from '../../server/drivers.ts';
import type { Drivers, Settings } from '../../server/drivers-api.ts';
import type { Explorer } from '../../server/explorer.ts';
import { type LanguageClient, WorkerEnded } from '../../server/language.ts';
import { createPaths } from '../../server/paths.ts';
import type { Finding } from '../../src/check/findings.ts';
import type { QuickCheck } from '../../src/jobs/language-protocol.ts';
import type { Checked } from '../../src/jobs/protocol.ts';

const path = '/w/a.driver.ts';
/** A file that lies on the disk. */
const scenario = fileURLToPath(import.meta.url).replaceAll('\\', '/');
const start = { line: 1, column: 1 };
const finding: Finding = {
  rule: 'cancel/lost',
  severity: 'error',
  certainty: 'may',
  message: 'It is lost.',
  file: path,
  range: { start, end: start },
  related: [],
} as never;
const quick = {
  driver: path,
  files: [path, scenario],
  result: { problems: [], findings: [finding], scenarios: [], calls: [], compiled: true },
};

let settings: Settings;
let drivers: Drivers;
/** What answers the next checks; one that is missing succeeds. */
let answers: (Error | Promise<void>)[];
/** What the checks of other files come to. */
let others: Map<string, QuickCheck>;
/** How often something was shown, and what last. */
let published: number;
let shown: readonly Diagnostic[];
/** What has to be asked for again, and what drivers are told of no more. */
let refreshed: number;
let dropped: string[];
let explored: { stopped: boolean; readonly fail: () => void; readonly succeed: (findings: readonly Finding[]) => void }[];
let logged: string[];
let open: Map<string, string>;

beforeEach(() => {
  open = new Map([[path, '']]);
  settings = { onType: false, onSave: true, seconds: 60 };
  [answers, published, explored, logged] = [[], 0, [], []];
  [others, shown, refreshed, dropped] = [new Map(), [], 0, []];
  const check = async (of: string) => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    await answer;
    return others.get(of) ?? quick;
  };
  const begin = () => {
    let reject = (_error: Error): void => undefined;
    let resolve = (_checked: Checked): void => undefined;
    const done = new Promise<Checked>((resolved, rejected) => {
      resolve = resolved;
      reject = rejected;
    });
    const succeed = (findings: readonly Finding[]): void =>
      resolve({ result: { problems: [], findings, scenarios: [{}] } } as never);
    const job = { stopped: false, fail: () => reject(new Error('it ended')), succeed };
    explored.push(job);
    return { done, stopped: false, stop: () => Object.assign(job, { stopped: true }) };
  };
  drivers = createDrivers({
    language: { check, diskChanged: () => undefined } as unknown as LanguageClient,
    explorer: { check: begin, ask: begin } as unknown as Explorer,
    paths: createPaths('/library'),
    settings: () => settings,
    open: () => open,
    publish: (_path, diagnostics) => {
      published++;
      shown = diagnostics;
    },
    status: () => undefined,
    refresh: () => void refreshed++,
    dropped: (driver) => void dropped.push(driver),
    log: (message) => logged.push(message),
  });
});

const pause = async (): Promise<void> => {
  for (let turns = 0; turns < 5; turns++) await setImmediate();
};
const explores = (times: number): Promise<void> => vi.waitFor(() => expect(explored).toHaveLength(times));

it('a check whose worker ended is made again, but not for ever, and not where it is what ended it', async () => {
  const ended = new WorkerEnded('it was restarted', false);
  // It may only have waited for what did not end.
  const late = new WorkerEnded('it was restarted', true);
  answers = [late];
  drivers.changed(path);
  await pause();
  expect(drivers.known(path)?.quick).toBe(quick);
  answers = [ended, ended, ended, ended];
  drivers.changed(path);
  await pause();
  expect(drivers.known(path)?.quick).toBe(quick);
  expect(logged).toEqual([]);
  for (const all of [
    [ended, ended, ended, ended, ended],
    [late, late],
  ]) {
    answers = [...all];
    logged = [];
    drivers.changed(path);
    await pause();
    expect(drivers.known(path)?.quick).toBeUndefined();
    expect(logged).toEqual([`${path} was not checked: it was restarted`]);
  }
});

it('an explorer that ends is asked once more, unless what it did was not wanted any more', async () => {
  drivers.changed(path);
  drivers.saved(path);
  await explores(1);
  drivers.cancel();
  explored[0].fail();
  await pause();
  expect(explored).toHaveLength(1);
  drivers.saved(path);
  await explores(2);
  explored[1].fail();
  await explores(3);
  expect(drivers.known(path)?.busy).toBe(true);
  explored[2].fail();
  await pause();
  expect(explored).toHaveLength(3);
  expect(drivers.known(path)?.busy).toBe(false);
  expect(drivers.idle()).toBe(true);
});

it('nothing is told of a text that has changed, and what is shown stands until there is something new', async () => {
  drivers.changed(path);
  await pause();
  expect(drivers.known(path)?.findings).toEqual([finding]);
  const shown = published;
  let answer = (): void => undefined;
  answers = [new Promise<void>((resolve) => (answer = resolve))];
  drivers.changed(path);
  await pause();
  expect(drivers.known(path)).toEqual({ path, findings: [], busy: false });
  expect(published).toBe(shown);
  answer();
  await pause();
  expect(drivers.known(path)?.findings).toEqual([finding]);
  expect(published).toBe(shown + 1);
});

it('a save is not forgotten while a check is under way, and typing on takes it back', async () => {
  drivers.changed(path);
  drivers.saved(path);
  await explores(1);
  drivers.changed(path);
  expect(explored[0]).toMatchObject({ stopped: true });
  drivers.saved(path);
  expect(drivers.known(path)?.busy).toBe(true);
  await explores(2);
  drivers.changed(path);
  await pause();
  expect(drivers.known(path)?.busy).toBe(false);
});

it('a change on the disk concerns an open file only where it is of another one', async () => {
  drivers.changed(path);
  drivers.saved(path);
  await explores(1);
  drivers.diskChanged([path, '/w/elsewhere/b.driver.ts', '/w/elsewhere/irpsight.json']);
  expect(explored[0]).toMatchObject({ stopped: false });
  drivers.diskChanged(['/irpsight.json']);
  expect(explored[0]).toMatchObject({ stopped: true });
  await explores(2);
});

it('opening and closing another file of the driver changes nothing, unless the editor has another text of it', async () => {
  const text = readFileSync(scenario, 'utf8');
  const show = (held: string): void => {
    open.set(scenario, held);
    drivers.changed(scenario);
  };
  const close = (held: string): void => {
    open.delete(scenario);
    drivers.closed(scenario, held);
  };
  drivers.changed(path);
  drivers.saved(path);
  await explores(1);
  show(text);
  await pause();
  close(text);
  await pause();
  expect(explored).toMatchObject([{ stopped: false }]);
  show('');
  expect(explored).toMatchObject([{ stopped: true }]);
  await pause();
  drivers.saved(path);
  await explores(2);
  close('');
  expect(explored[1]).toMatchObject({ stopped: true });
  await explores(3);
});

it('cancelling ends what is asked for, too, and the background leaves the driver alone', async () => {
  drivers.changed(path);
  drivers.saved(path);
  await explores(1);
  drivers.explore(path, {});
  const replay = { done: new Promise(() => undefined), stop: vi.fn(), stopped: false };
  drivers.asked(replay);
  await explores(2);
  expect(explored).toMatchObject([{ stopped: true }, { stopped: false }]);
  drivers.cancel();
  expect(explored).toMatchObject([{ stopped: true }, { stopped: true }]);
  expect(replay.stop).toHaveBeenCalled();
  expect(drivers.idle()).toBe(false);
});

it('a driver whose check came to nothing says so, and is not waited for', async () => {
  settings = { ...settings, onType: true };
  const late = new WorkerEnded('it did not answer within 20 s', true);
  answers = [late, late];
  drivers.changed(path);
  await pause();
  expect(shown).toMatchObject([
    { message: expect.stringContaining('it did not answer within 20 s'), range: { start: { line: 0 } } },
  ]);
  expect(drivers.known(path)).toMatchObject({ findings: [], busy: false });
  drivers.changed(path);
  await pause();
  expect(shown).toMatchObject([{ code: 'cancel/lost' }]);
});

it("a model that is no driver's is not explored", async () => {
  settings = { ...settings, onType: true };
  const model = '/w/registry.model.ts';
  open = new Map([[model, '']]);
  others.set(model, { ...quick, driver: model, files: [model] });
  drivers.changed(model);
  drivers.saved(model);
  await pause();
  expect(drivers.known(model)).toMatchObject({ quick: { driver: model }, busy: false });
  expect(drivers.idle()).toBe(true);
});

it('a change of a file of two drivers brings both up to date', async () => {
  const [other, part] = ['/w/b.driver.ts', '/w/part.driver.ts'];
  for (const file of [other, part]) open.set(file, '');
  others.set(path, { ...quick, files: [path, part] });
  others.set(part, { ...quick, files: [path, part] });
  others.set(other, { ...quick, driver: other, files: [other, part] });
  for (const file of open.keys()) drivers.changed(file);
  await pause();
  const before = refreshed;
  drivers.changed(part);
  expect([drivers.known(path)?.quick, drivers.known(other)?.quick]).toEqual([undefined, undefined]);
  await pause();
  expect(drivers.known(path)?.quick?.driver).toBe(path);
  expect(drivers.known(other)?.quick?.driver).toBe(other);
  expect(refreshed).toBe(before);
});

it('hints are asked for again where what they show has changed in a file that was not edited', async () => {
  const part = '/w/part.driver.ts';
  open.set(part, '');
  const here = { irql: [0, 0] as const, locks: [] };
  const call = (most: number) => ({
    file: path,
    range: finding.range,
    before: here,
    after: { irql: [0, most] as const, locks: [] },
  });
  const withCall = (most: number) => ({ ...quick, files: [path, part], result: { ...quick.result, calls: [call(most)] } });
  for (const file of [path, part]) others.set(file, withCall(0));
  for (const file of open.keys()) drivers.changed(file);
  await pause();
  const before = refreshed;
  others.set(part, withCall(2));
  drivers.changed(part);
  await pause();
  expect(refreshed).toBe(before + 1);
});

it('a file that has become another driver’s part is told of with that driver', async () => {
  const part = '/w/part.driver.ts';
  open.set(part, '');
  others.set(part, { ...quick, driver: part, files: [part] });
  for (const file of open.keys()) drivers.changed(file);
  await pause();
  expect(drivers.known(part)?.path).toBe(part);
  others.set(path, { ...quick, files: [path, part] });
  others.set(part, { ...quick, files: [path, part] });
  drivers.changed(path);
  await pause();
  expect(drivers.known(part)?.path).toBe(path);
  expect(dropped).toEqual([part]);
});

it('a file that is created where an import looks for it brings every driver that imports it up to date', async () => {
  const created = '/w/elsewhere/p.driver.ts';
  others.set(path, { ...quick, files: [path, created] });
  drivers.changed(path);
  await pause();
  expect(drivers.known(path)?.quick).toBeDefined();
  drivers.diskChanged([created]);
  expect(drivers.known(path)?.quick).toBeUndefined();
  await pause();
  expect(drivers.known(path)?.quick).toBeDefined();
});

it('scenario files that lie elsewhere, each of which is the driver’s only by itself, do not have each other checked for ever', async () => {
  const elsewhere = ['/w/t/x.scenario.ts', '/w/t/y.scenario.ts'];
  for (const file of elsewhere) {
    open.set(file, '');
    others.set(file, { ...quick, files: [path, file] });
  }
  for (const file of open.keys()) drivers.changed(file);
  await pause();
  await pause();
  const before = published;
  await pause();
  expect(published).toBe(before);
});

it('a driver that the edited file has left is brought up to date, too', async () => {
  const [other, leaving] = ['/w/b.driver.ts', '/w/x.scenario.ts'];
  open.set(leaving, '');
  others.set(path, { ...quick, files: [path, leaving] });
  others.set(leaving, { ...quick, files: [path, leaving] });
  for (const file of open.keys()) drivers.changed(file);
  await pause();
  others.set(path, { ...quick, files: [path] });
  others.set(leaving, { ...quick, driver: other, files: [other, leaving] });
  drivers.changed(leaving);
  await pause();
  expect(drivers.known(path)?.quick?.files).toEqual([path]);
  expect(drivers.known(leaving)?.path).toBe(other);
});

it('what exploring found stands behind an edit of blanks, at its new place, until it is explored again', async () => {
  const witnessed: Finding = { ...finding, certainty: 'witnessed', trace: {} as never };
  open.set(path, 'const a = 1;\n');
  settings = { ...settings, onType: true };
  const typed = async (text: string): Promise<void> => {
    open.set(path, text);
    drivers.changed(path);
    await pause();
  };
  const certainties = () => drivers.known(path)?.findings.map(({ certainty, range }) => `${certainty} ${range.start.line}`);
  const place = { start, end: { line: 1, column: 6 } };
  await typed('const a = 1;\n');
  await vi.waitFor(() => {
    for (const { succeed } of explored) succeed([{ ...witnessed, range: place }]);
    expect(certainties()).toEqual(['witnessed 1']);
  });
  await typed('\n// Typed.\nconst a = 1;\n');
  expect(certainties()).toEqual(['witnessed 3']);
  expect(drivers.traced(path, 'cancel/lost', 3)).toBeUndefined();
  await typed('const a = 2;\n');
  expect(certainties()).toEqual(['may 1']);
  await typed('const a = 1; // Back.\n');
  expect(certainties()).toEqual(['witnessed 1']);
  // A file that was not open is edited: blanks, and more.
  const text = readFileSync(scenario, 'utf8');
  for (const [typed, certainty] of [
    [`\n${text}`, 'witnessed 1'],
    [`const more = 1;\n${text}`, 'may 1'],
    [text, 'witnessed 1'],
  ] as const) {
    open.set(scenario, typed);
    drivers.changed(scenario);
    await pause();
    expect(certainties()).toEqual([certainty]);
  }
  drivers.diskChanged(['/w/b.ts', '/irpsight.json']);
  await pause();
  expect(certainties()).toEqual(['may 1']);
});
