/** What nobody writes, but somebody may open: the server answers as well as it can. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DocumentSymbol, Hover, SelectionRange } from 'vscode-languageserver-protocol/node';
import { Editor, marked } from './lsp.ts';

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-hostile-')));
  editor = new Editor({ onType: false, onSave: false });
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('an expression of 20,000 terms has ranges to select, and as many symbols as can be told', async () => {
  const uri = editor.open(join(folder, 'long.driver.ts'), `const A = ${Array(20_000).fill('1').join('+')};\n`);
  const textDocument = { uri };
  const positions = [{ line: 0, character: 10 }];
  const [{ range }] = await editor.request<SelectionRange[]>('textDocument/selectionRange', { textDocument, positions });
  expect(range).toEqual({ start: positions[0], end: { line: 0, character: 11 } });
  expect(await editor.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument })).toBeInstanceOf(Array);
  editor.close(uri);
});

it('of a type that is too large nothing is told', async () => {
  const twice = Array.from({ length: 14 }, (_, index) => `type T${index + 1} = [...T${index}, ...T${index}];\n`).join('');
  const { text, position } = marked(`type T0 = [1];\n${twice}`.replace('type T14', 'type |T14'));
  const uri = editor.open(join(folder, 'large.driver.ts'), text);
  expect(await editor.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position })).toBeNull();
  editor.close(uri);
});

it('a document that is open by two URIs stays open as long as one of them', async () => {
  const { text, position } = marked('export const |First: string = 1;\n');
  const uri = editor.open(join(folder, 'a.driver.ts'), text);
  const other = editor.openAs(uri.replace('a.driver.ts', '%61.driver.ts'), 'const Other = 2;\n');
  editor.close(other);
  const hover = await editor.request<Hover>('textDocument/hover', { textDocument: { uri }, position });
  expect(hover.contents).toMatchObject({ value: expect.stringContaining('const First: string') });
  expect((await editor.shown(uri, (all) => all.length > 0))[0]?.message).toBeDefined();
  editor.close(uri);
});
