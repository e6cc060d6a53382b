/** The hover that tells an IRP's cancel state, over a real connection. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Hover, MarkupContent } from 'vscode-languageserver-protocol/node';
import type { Schedules } from '../../client/protocol.ts';
import { loadLitmus } from '../kit/litmus.ts';
import { Editor } from './lsp.ts';

const litmus = loadLitmus().find(({ name }) => name === 'own-lock-cancel-before-dequeue');
if (litmus === undefined) throw new Error('the litmus test is gone');
const [driver, scenario] = litmus.fixed;

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-states-')));
  editor = new Editor();
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The hover at the first occurrence of `what` behind `after` in the text. */
async function hover(uri: string, text: string, after: string, what: string): Promise<string> {
  const at = text.indexOf(what, text.indexOf(after) + after.length);
  const before = text.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  const found = await editor.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
  return (found?.contents as MarkupContent | undefined)?.value ?? '';
}

it('says that nothing is known yet, then what was seen, and shows how', { timeout: 120_000 }, async () => {
  const uri = editor.open(join(folder, driver.path), driver.text);
  editor.open(join(folder, scenario.path), scenario.text);
  await editor.shown(uri);
  expect(await hover(uri, driver.text, 'if (', 'Irp.Cancel')).toContain('Not known yet');

  let told = '';
  const until = Date.now() + 90_000;
  while (!told.includes('reached: show how') && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    told = await hover(uri, driver.text, 'if (', 'Irp.Cancel');
  }
  expect(told).toContain('**cancelable**, by `CancelRead`');
  expect(told).toContain('gets no further than `DEVICE_EXTENSION.Lock`, which is held here');

  const link = /\]\(command:irpsight\.showWitness\?([^)]*)\)/.exec(told)?.[1] ?? '';
  const [witness] = JSON.parse(decodeURIComponent(link)) as [object];
  const schedules = await editor.request<Schedules | null>('irpsight/witness', witness);
  expect(schedules?.timeline.scenario).toBe('Race');
  expect(schedules?.timeline.steps.length).toBeGreaterThan(3);
  expect(await editor.request('irpsight/witness', { ...witness, state: 'freed' })).toBeNull();

  // What was seen is of another text.
  const changed = `\n${driver.text}`;
  editor.change(uri, changed);
  expect(await hover(uri, changed, 'if (', 'Irp.Cancel')).toContain('Not known yet');
});
