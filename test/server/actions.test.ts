/** Code actions at findings: fixes that were tried, and letting a finding stand. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver-protocol/node';
import type { ExploreResult, SuppressParams } from '../../client/protocol.ts';
import { rules } from '../../src/rules/index.ts';
import { Editor } from './lsp.ts';

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-actions-')));
  // Some of these findings come of exploring only.
  editor = new Editor();
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

const badOf = (id: string): string => (rules.find((rule) => rule.id === id)?.bad ?? '').replace(/^\/\/\^+\n/gm, '');

async function actionsAt(uri: string, diagnostic: Diagnostic): Promise<CodeAction[]> {
  const params = { textDocument: { uri }, range: diagnostic.range, context: { diagnostics: [diagnostic], only: ['quickfix'] } };
  return editor.request('textDocument/codeAction', params);
}

/** The fix, once it has been tried: on two processors that is when the driver has been explored. */
async function fixAt(uri: string, diagnostic: Diagnostic, title: string): Promise<CodeAction> {
  for (;;) {
    const found = (await actionsAt(uri, diagnostic)).find((action) => action.title === title);
    if (found !== undefined) return found;
  }
}

function applied(text: string, action: CodeAction, uri: string): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: { line: number; character: number }): number =>
    lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0) + character;
  const edits = [...(action.edit?.changes?.[uri] ?? [])].sort((a, b) => offset(b.range.start) - offset(a.range.start));
  return edits.reduce(
    (made, { range, newText }) => made.slice(0, offset(range.start)) + newText + made.slice(offset(range.end)),
    text,
  );
}

describe('a fix', () => {
  it('is offered where it has proved right, and is', async () => {
    const text = badOf('completion/status-differs');
    const uri = editor.open(join(folder, 'differs.driver.ts'), text);
    const [found] = await editor.shown(uri, (all) => all.some(({ code }) => code === 'completion/status-differs'));
    const fix = await fixAt(uri, found, 'Return STATUS_INVALID_PARAMETER');
    expect(fix).toMatchObject({ kind: 'quickfix', isPreferred: true });
    editor.change(uri, applied(text, fix, uri));
    expect(await editor.shown(uri)).toEqual([]);
    const { verdicts } = await editor.request<ExploreResult>('irpsight/explore', { uri });
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['verified']));
    editor.close(uri);
  }, 120_000);

  it('is not offered where something else would be wrong then', async () => {
    // A second way out returns what is no status of a pending request.
    const text = badOf('pending/returned-not-marked').replace(
      '  return STATUS_PENDING;',
      '  return DeviceObject.DeviceExtension.Reads === 0 ? STATUS_PENDING : STATUS_SUCCESS;',
    );
    const uri = editor.open(join(folder, 'other.driver.ts'), text);
    const all = await editor.shown(uri, (found) => found.length > 0);
    const guilty = all[0];
    expect(guilty.code).toBe('pending/returned-not-marked');
    for (let tries = 0; tries < 4; tries++)
      expect((await actionsAt(uri, guilty)).map(({ title }) => title)).not.toContain('Mark the IRP pending first');
    editor.close(uri);
  });
});

describe('letting a finding stand', () => {
  it('is offered with the comment that does it, which then does', async () => {
    const text = badOf('completion/status-differs');
    const uri = editor.open(join(folder, 'stands.driver.ts'), text);
    const [found] = await editor.shown(uri, (all) => all.length > 0);
    expect(found.codeDescription?.href).toBe('irpsight:/rules/completion/status-differs.md');
    const action = (await actionsAt(uri, found)).find(({ command }) => command?.command === 'irpsight.suppressFinding');
    const { comment, line } = (action?.command?.arguments?.[0] ?? { comment: '', line: 0 }) as SuppressParams;
    const lines = text.split('\n');
    lines.splice(line, 0, `  ${comment} it is meant to`);
    editor.change(uri, lines.join('\n'));
    expect(await editor.shown(uri)).toEqual([]);
    lines[line] = `  ${comment}`;
    editor.change(uri, lines.join('\n'));
    expect((await editor.shown(uri, (all) => all.length > 1)).map(({ code }) => code).sort()).toEqual([
      'completion/status-differs',
      'suppression/no-reason',
    ]);
    editor.close(uri);
  });
});
