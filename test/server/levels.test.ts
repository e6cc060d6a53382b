/** Hints and hovers about IRQL and spin locks, over a real connection. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Hover, InlayHint, MarkupContent } from 'vscode-languageserver-protocol/node';
import { loadLitmus } from '../kit/litmus.ts';
import { Editor } from './lsp.ts';

const litmus = loadLitmus().find(({ name }) => name === 'own-lock-cancel-before-dequeue');
if (litmus === undefined) throw new Error('the litmus test is gone');
const [driver] = litmus.fixed;
const lines = driver.text.split('\n');

let folder: string;
let editor: Editor;
let uri: string;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-levels-')));
  editor = new Editor({ onType: false });
  await editor.start();
  uri = editor.open(join(folder, driver.path), driver.text);
  await editor.shown(uri);
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function hover(within: string, what: string): Promise<string> {
  const line = lines.findIndex((text) => text.includes(within));
  const position = { line, character: (lines[line] ?? '').indexOf(what) + 1 };
  const found = await editor.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
  return (found?.contents as MarkupContent | undefined)?.value ?? '';
}

it('hints stand behind the lines where the IRQL and the locks change, and nowhere else', async () => {
  const end = { line: lines.length, character: 0 };
  const params = { textDocument: { uri }, range: { start: { line: 0, character: 0 }, end } };
  const hints = await editor.request<InlayHint[]>('textDocument/inlayHint', params);
  const told = hints.map(({ position, label }) => `${lines[position.line]?.trim()} ${label as string}`);
  for (const one of told) expect(one).toMatch(/Acquire|Release|Raise|Lower/);
  expect(told).toContainEqual(
    expect.stringMatching(/KeAcquireSpinLock\(Extension\.Lock.*→ DISPATCH_LEVEL {2}\+Extension\.Lock$/),
  );
  expect(told).toContainEqual(expect.stringMatching(/IoReleaseCancelSpinLock.*−cancel spin lock$/));
  for (const { position } of hints) expect(position.character).toBe((lines[position.line] ?? '').trimEnd().length);
});

it('a routine tells the IRQL and the locks at its call, and a spin lock where it is taken', async () => {
  expect(await hover('IoReleaseCancelSpinLock(', 'IoReleaseCancelSpinLock')).toMatch(
    /IRQL here: DISPATCH_LEVEL, `cancel spin lock` held/,
  );
  const taken = lines.flatMap((line, index) =>
    line.includes('KeAcquireSpinLock') && line.includes('Extension.Lock') ? [index + 1] : [],
  );
  expect(await hover('KeAcquireSpinLock(', 'Lock)')).toContain(`Taken at lines ${taken.join(', ')}.`);
});

it('hints are asked for again when they are switched', async () => {
  const params = {
    textDocument: { uri },
    range: { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } },
  };
  const before = editor.refreshed.length;
  editor.configure({ onType: false, inlayHints: false });
  await editor.until(() => editor.refreshed.slice(before).includes('inlayHint'));
  expect(await editor.request<InlayHint[]>('textDocument/inlayHint', params)).toEqual([]);
});
