/** However a text came about, what stands at it is what a server that has just started says of it. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver-protocol/node';
import { Editor } from './lsp.ts';

let folder: string;
let editor: Editor;
const silent = { onType: false, onSave: false };
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-edits-')));
  editor = new Editor(silent);
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = `import { DRIVER_CANCEL, DRIVER_DISPATCH, IO_NO_INCREMENT, IoCompleteRequest, NTSTATUS, PIRP, STATUS_SUCCESS, ULONG } from 'irpsight/wdm';

interface DEVICE_EXTENSION { Reads: ULONG }

function Complete(Irp: PIRP): NTSTATUS {
  Irp.IoStatus.Status = STATUS_SUCCESS;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
}

const Dispatch: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  DeviceObject.DeviceExtension.Reads++;
  return Complete(Irp);
};
`;
/** What people type, and what they do not mean to. */
const pieces = [
  'Complete(Irp);\n',
  'IoCompleteRequest(Irp, 0);',
  '}',
  '{',
  'Irp.',
  'let x!: ULONG;\n',
  '\n',
  '"',
  '/*',
  '*/',
  'ü',
  '\u2028',
  '',
];
const paths = ['one.driver.ts', 'two.driver.ts'];

const edit = fc.record({
  path: fc.constantFrom(...paths),
  /** Of 1,000 parts of the text. */
  at: fc.integer({ min: 0, max: 1000 }),
  deleted: fc.integer({ min: 0, max: 12 }),
  inserted: fc.constantFrom(...pieces),
  also: fc.constantFrom('nothing', 'nothing', 'undo', 'reopen', 'rename'),
});

/** Of 20 edits each: `npm run prove -- edits` makes a thousand. */
const numRuns = process.env.IRPSIGHT_PROVE === undefined ? 5 : 50;

it('random edits leave the diagnostics of a fresh start', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 20, maxLength: 20 }), async (edits) => {
      const texts = new Map(paths.map((path) => [path, start]));
      const uris = new Map(paths.map((path) => [path, editor.open(join(folder, path), start)]));
      for (const { path, at, deleted, inserted, also } of edits) {
        const before = texts.get(path) ?? '';
        const offset = Math.floor((at * before.length) / 1000);
        const after = before.slice(0, offset) + inserted + before.slice(offset + deleted);
        const uri = uris.get(path) ?? '';
        editor.change(uri, after);
        if (also === 'undo') editor.change(uri, before);
        else texts.set(path, after);
        if (also === 'reopen' || also === 'rename') {
          editor.close(uri);
          const other = also === 'rename' ? `renamed-${path}` : path;
          uris.set(path, editor.open(join(folder, other), texts.get(path) ?? ''));
        }
      }
      const fresh = new Editor(silent);
      await fresh.start();
      for (const path of paths) {
        const uri = uris.get(path) ?? '';
        const again = fresh.open(new URL(uri).pathname, texts.get(path) ?? '');
        expect(plain(await editor.shown(uri)), texts.get(path)).toEqual(plain(await fresh.shown(again)));
      }
      await fresh.stop();
      for (const uri of uris.values()) editor.close(uri);
    }),
    { seed: 2026, numRuns },
  );
}, 900_000);

function plain(diagnostics: readonly Diagnostic[]): unknown {
  return diagnostics.map(({ range, code, message, severity }) => ({ range, code, message, severity }));
}
