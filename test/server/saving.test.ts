/** What a save, and the disk's echo of it, do to what is explored. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver-protocol/node';
import type { ExploreResult } from '../../client/protocol.ts';
import { losesCancel, smallScenario, starterDriver } from '../cli/kit.ts';
import { Editor } from './lsp.ts';

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-saving-')));
  editor = new Editor({ onType: false, onSave: true });
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

const isWitnessed = (all: readonly Diagnostic[]): boolean => all.some(({ data }) => data?.trace === true);
const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;

/** Writes a driver with a scenario into a folder of their own, and opens the driver. */
function opened(name: string, text: string): string {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'mailbox.driver.ts'), text);
  writeFileSync(join(folder, name, 'mailbox.scenario.ts'), smallScenario);
  return editor.open(join(folder, name, 'mailbox.driver.ts'), text);
}

it('a saved driver is explored, though its file changes on the disk with that', async () => {
  const uri = opened('saved', losesCancel());
  expect(isWitnessed(await editor.shown(uri))).toBe(false);
  editor.save(uri);
  await editor.shown(uri, isWitnessed);
  editor.close(uri);
});

it('one that was edited at the last moment, too', async () => {
  const uri = opened('formatted', starterDriver());
  await editor.shown(uri);
  editor.change(uri, losesCancel());
  editor.save(uri);
  await editor.shown(uri, isWitnessed);
  editor.close(uri);
});

it('and one whose scenario changes on the disk a moment later', async () => {
  const uri = opened('together', losesCancel());
  await editor.shown(uri);
  editor.save(uri);
  editor.diskChanged(uriOf('together/mailbox.scenario.ts'));
  await editor.shown(uri, isWitnessed);
  editor.close(uri);
});

it('schedules are kept until something that they are of changes on the disk', async () => {
  const uri = opened('kept', losesCancel());
  await editor.shown(uri);
  const { breaches } = await editor.request<ExploreResult>('irpsight/explore', { uri, scenario: 'ReadCancelled' });
  const finding = { uri, rule: 'cancel/lost', line: breaches[0]?.range.start.line };
  for (const elsewhere of [uri, uriOf('saved/mailbox.scenario.ts'), uriOf('saved/irpsight.json')]) {
    editor.diskChanged(elsewhere);
    expect(await editor.request('irpsight/trace', finding)).not.toBeNull();
  }
  editor.diskChanged(uriOf('kept/mailbox.scenario.ts'));
  expect(await editor.request('irpsight/trace', finding)).toBeNull();
  editor.close(uri);
});

it('a configuration that is written counts at once', async () => {
  const uri = opened('configured', starterDriver());
  await editor.shown(uri);
  writeFileSync(join(folder, 'configured/irpsight.json'), '{ "cups": 1 }');
  editor.diskChanged(uriOf('configured/irpsight.json'));
  expect(await editor.shown(uriOf('configured/irpsight.json'))).toMatchObject([{ code: 'config/invalid' }]);
  editor.close(uri);
});
