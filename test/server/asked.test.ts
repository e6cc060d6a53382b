/** What somebody asks to be explored: what it leaves behind, and how it is ended. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CancellationTokenSource, type Diagnostic, type Hover, type MarkupContent } from 'vscode-languageserver-protocol/node';
import type { DriverTests, ExploreResult, PinnedTrace, ReplayOutcome } from '../../client/protocol.ts';
import { createLanguageClient } from '../../server/language.ts';
import { losesCancel, smallScenario, starterDriver } from '../cli/kit.ts';
import { Editor } from './lsp.ts';

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-asked-')));
  editor = new Editor({ onType: false, onSave: false });
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

const isWitnessed = (all: readonly Diagnostic[]): boolean => all.some(({ data }) => data?.trace === true);

/** Writes a driver with a scenario into a folder of their own; gives the driver's path. */
function written(name: string, text: string, scenario = smallScenario): string {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'mailbox.driver.ts'), text);
  writeFileSync(join(folder, name, 'mailbox.scenario.ts'), scenario);
  return join(folder, name, 'mailbox.driver.ts');
}

/** The hover at the request in a line of the driver's. */
async function hover(uri: string, text: string): Promise<string> {
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('IoMarkIrpPending(Irp)'));
  const position = { line, character: (lines[line] ?? '').indexOf('Irp)') + 1 };
  const found = await editor.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
  return (found?.contents as MarkupContent | undefined)?.value ?? '';
}

it('a whole driver that is explored shows what was found, and then its states', async () => {
  const text = losesCancel();
  const uri = editor.open(written('whole', text), text);
  await editor.shown(uri);
  await editor.request<ExploreResult>('irpsight/explore', { uri });
  await editor.shown(uri, isWitnessed);
  while (!(await hover(uri, text)).includes('reached: show how')) await new Promise((resolve) => setTimeout(resolve, 200));
  editor.close(uri);
});

/** What is written once for each of four threads more. */
const fourTimes = (text: (name: string) => string): string => ['A', 'B', 'C', 'D'].map(text).join('');
/** A scenario with more schedules than are explored in a minute. */
const endless = smallScenario
  .replace('SCENARIO }', 'SCENARIO, WriteFile }')
  .replace('Processors: 1', 'Processors: 3')
  .replace('let Read!', `${fourTimes((name) => `let Write${name}!: OVERLAPPED;\n`)}let Read!`)
  .replace('    Canc', `${fourTimes((name) => `    ${name}() {\n      WriteFile(File, 16, Write${name});\n    },\n`)}    Canc`);

it('is ended by cancelling everything, and only then is nothing going on', async () => {
  const uri = pathToFileURL(written('endless', starterDriver(), endless)).href;
  const asked = editor.request<ExploreResult>('irpsight/explore', { uri });
  await editor.status(({ states = 0 }) => states > 0);
  editor.notify('irpsight/cancel', {});
  const { verdicts } = await asked;
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(['bounded']);
  await editor.until(() => editor.statuses.at(-1)?.state === 'idle');
});

it('nothing is going on any more when the explorer has ended', async ({ skip }) => {
  const text = starterDriver();
  const uri = editor.open(written('ended', text, endless), text);
  await editor.shown(uri);
  editor.configure({ onType: true, onSave: false });
  editor.change(uri, `${text}\n`);
  await editor.until(() => editor.statuses.at(-1)?.state === 'exploring');
  // What is explored in the background is begun once more.
  for (let times = 0; times < 2; times++) {
    const explorers = editor.children();
    if (explorers === undefined) return skip();
    const told = editor.statuses.length;
    for (const pid of explorers) process.kill(pid);
    if (times === 0) await editor.until(() => editor.statuses.slice(told).some(({ state }) => state === 'exploring'));
  }
  await editor.until(() => editor.statuses.at(-1)?.state === 'idle');
  editor.configure({ onType: false, onSave: false });
  // Another one takes its place.
  expect((await editor.request<DriverTests>('irpsight/tests', { uri })).scenarios.map(({ name }) => name)).toEqual([
    'ReadCancelled',
  ]);
  editor.close(uri);
});

it('a schedule that is followed is given up when its request is cancelled', async () => {
  const path = written('replayed', losesCancel());
  const uri = pathToFileURL(path).href;
  const { breaches } = await editor.request<ExploreResult>('irpsight/explore', { uri });
  const finding = { uri, rule: 'cancel/lost', line: breaches[0]?.range.start.line };
  const pin = await editor.request<PinnedTrace>('irpsight/pin', finding);
  writeFileSync(join(path, '..', pin.name), pin.text);
  const params = { uri: pathToFileURL(join(path, '..', pin.name)).href };
  const source = new CancellationTokenSource();
  const replayed = editor.request<ReplayOutcome>('irpsight/replay', params, source.token);
  source.cancel();
  await expect(replayed).rejects.toMatchObject({ code: -32800 });
  expect(await editor.request<ReplayOutcome>('irpsight/replay', params)).toMatchObject({ outcome: 'breach' });
});

it('what is cancelled at once is answered as cancelled, or with what is known by then, never with nothing', async () => {
  const uri = pathToFileURL(written('early', starterDriver(), endless)).href;
  const source = new CancellationTokenSource();
  const explored = editor.request<ExploreResult>('irpsight/explore', { uri }, source.token);
  source.cancel();
  const answer = await explored.catch((error: { readonly code: number }) => error);
  if ('code' in answer) expect(answer.code).toBe(-32800);
  else expect(answer.verdicts.map(({ verdict }) => verdict)).toEqual(['bounded']);
});

it('the scenarios of a driver that has none of its own are those beside it', async () => {
  const driver = pathToFileURL(written('beside', starterDriver())).href;
  expect(await editor.request('irpsight/scenarios', { uri: driver })).toEqual([{ name: 'ReadCancelled' }]);
  const scenario = driver.replace('mailbox.driver.ts', 'mailbox.scenario.ts');
  expect(await editor.request('irpsight/scenarios', { uri: scenario })).toEqual([{ name: 'ReadCancelled' }]);
});

it('a scenario file that lies elsewhere is explored by itself', async () => {
  const driver = written('drv', starterDriver());
  mkdirSync(join(folder, 'scen'));
  const path = join(folder, 'scen', 'c.scenario.ts');
  const text = smallScenario.replaceAll('./mailbox.driver', '../drv/mailbox.driver').replaceAll('ReadCancelled', 'Elsewhere');
  writeFileSync(path, text);
  const names = async (uri: string, scenario?: string): Promise<readonly string[]> => {
    const { verdicts } = await editor.request<ExploreResult>('irpsight/explore', { uri, ...(scenario ? { scenario } : {}) });
    return verdicts.map(({ name }) => name);
  };
  const uri = pathToFileURL(path).href;
  expect(await names(uri)).toEqual(['Elsewhere']);
  expect(await names(uri, 'Elsewhere')).toEqual(['Elsewhere']);
  expect(await names(pathToFileURL(driver).href)).toEqual(['ReadCancelled']);
});

it('a scenario file that lies elsewhere does not count for its driver, whichever is asked about first', async () => {
  const driver = written('joined', starterDriver());
  mkdirSync(join(folder, 'apart'));
  const path = join(folder, 'apart', 'c.scenario.ts');
  writeFileSync(
    path,
    smallScenario.replaceAll('./mailbox.driver', '../joined/mailbox.driver').replaceAll('ReadCancelled', 'Apart'),
  );
  const client = createLanguageClient(resolve('dist/language-worker.js'), 'dist/library', 60_000, () => undefined);
  const scenarios = async (): Promise<readonly string[]> => (await client.check(driver)).result.scenarios.map(({ name }) => name);
  expect(await client.ask('outline', path)).not.toEqual([]);
  expect(await scenarios()).toEqual(['ReadCancelled']);
  expect((await client.check(path)).result.scenarios.map(({ name }) => name)).toEqual(['Apart']);
  expect(await scenarios()).toEqual(['ReadCancelled']);
  client.restart();
});
