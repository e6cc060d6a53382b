/** Texts of files that nobody has open. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { createPaths } from '../../server/paths.ts';
import { createTexts } from '../../server/texts.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-texts-'))).replaceAll('\\', '/');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts = () => createTexts({ get: () => undefined } as unknown as TextDocuments<TextDocument>, createPaths('/gone/library'));

it('are kept once for a file, however its path is written', () => {
  writeFileSync(`${folder}/.a.driver.ts`, 'a');
  const { of } = texts();
  expect(of(`${folder}/.a.driver.ts`)?.getText()).toBe('a');
  for (const written of ['./', '././', '/', './/./'])
    expect(of(`${folder}/${written}.a.driver.ts`)).toBe(of(`${folder}/.a.driver.ts`));
});

it('are not kept of files that are not there', () => {
  const { of } = texts();
  expect(of(`${folder}/later.driver.ts`)).toBeUndefined();
  writeFileSync(`${folder}/later.driver.ts`, 'later');
  expect(of(`${folder}/later.driver.ts`)?.getText()).toBe('later');
});

it('are given up, the one asked for longest ago first, where they are many', () => {
  const { of } = texts();
  const files = Array.from({ length: 6 }, (_, index) => `${folder}/${index}.driver.ts`);
  for (const file of files) writeFileSync(file, ' '.repeat(4 * 1024 * 1024));
  const [first, second, ...others] = files;
  const [kept, given] = [of(first), of(second)];
  for (const file of others) {
    of(file);
    expect(of(first)).toBe(kept);
  }
  expect(of(second)).not.toBe(given);
  expect(of(second)?.getText()).toHaveLength(4 * 1024 * 1024);
});
