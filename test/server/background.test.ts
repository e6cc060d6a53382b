/** Drivers of the workspace that are not open. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { starterDriver } from '../cli/kit.ts';
import { Editor } from './lsp.ts';

let folder: string;
let editor: Editor;
const wrong = starterDriver('Irp.Cancel &&', 'Irp.Cancle &&');
const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;
const write = (name: string, text: string): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const changed = (name: string): void => editor.diskChanged(uriOf(name));

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-background-')));
  write('wrong/a.driver.ts', wrong);
  write('also/d.driver.ts', wrong);
  write('old/b.driver.ts', wrong);
  write('deep/er/c.driver.ts', wrong);
  write('deep/er/irpsight.json', '{ "cups": 1 }');
  write('unread/e.driver.ts', wrong);
  write('unread/irpsight.json', '{ \0 }');
  write('irpsight.json', '{ "exclude": ["old"] }');
  editor = new Editor({ onType: false, onSave: false });
  await editor.start(folder);
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('are checked, too, but for those that the configuration leaves out', async () => {
  const [found] = await editor.shown(uriOf('wrong/a.driver.ts'), (all) => all.length > 0);
  expect(found).toMatchObject({ source: 'irpsight', code: 'TS2551' });
  expect(await editor.shown(uriOf('deep/er/c.driver.ts'))).toHaveLength(1);
  // What is wrong with a configuration stands at its line.
  expect(await editor.shown(uriOf('deep/er/irpsight.json'))).toMatchObject([{ code: 'config/invalid' }]);
  expect(await editor.shown(uriOf('unread/irpsight.json'))).toMatchObject([{ code: 'config/unreadable' }]);
  expect(editor.knows(uriOf('old/b.driver.ts'))).toBe(false);
});

it('follow what is written on the disk, and what is opened and closed', async () => {
  const uri = uriOf('wrong/a.driver.ts');
  write('wrong/a.driver.ts', starterDriver());
  changed('wrong/a.driver.ts');
  await editor.shown(uri, (all) => all.length === 0);
  editor.open(join(folder, 'wrong/a.driver.ts'), wrong);
  await editor.shown(uri, (all) => all.length === 1);
  editor.close(uri);
  await editor.shown(uri, (all) => all.length === 0);
  // One after the other, before anything is looked at.
  for (const name of ['wrong/a.driver.ts', 'also/d.driver.ts']) {
    write(name, starterDriver('Irp.Cancel &&', 'Irp.Cancl &&'));
    changed(name);
  }
  for (const name of ['wrong/a.driver.ts', 'also/d.driver.ts'])
    await editor.shown(uriOf(name), (all) => all.some(({ message }) => String(message).includes("'Cancl'")));
  // What is no file's URI takes nothing away from the others.
  write('wrong/a.driver.ts', starterDriver());
  const broken = [null, {}, { uri: null }, { uri: 5 }, { uri: 'file:///%zz' }, { uri: '//' }, { uri: '1:' }];
  editor.notify('workspace/didChangeWatchedFiles', { changes: [...broken, { uri, type: 2 }] });
  await editor.shown(uri, (all) => all.length === 0);
  rmSync(join(folder, 'deep'), { recursive: true });
  changed('deep/er/c.driver.ts');
  await editor.shown(uriOf('deep/er/c.driver.ts'), (all) => all.length === 0);
});
