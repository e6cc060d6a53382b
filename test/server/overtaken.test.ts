/** Features that are asked for a text that changes before the answer has come, and what a code action waits for. */
import { expect, it } from 'vitest';
import { type Connection, LSPErrorCodes } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Context } from '../../server/convert.ts';
import { registerActions } from '../../server/features/actions.ts';
import { registerNavigation } from '../../server/features/navigation.ts';
import { registerStructure } from '../../server/features/structure.ts';
import type { Fixes } from '../../server/fixes.ts';

const uri = 'file:///w/a.driver.ts';
const path = '/w/a.driver.ts';
const text = 'export const First = 1;\nFirst;\n';
const span = { path, start: 13, end: 18 };
const routine = { ...span, name: 'First', nameStart: 13, nameEnd: 18 };

/** What the language says of the text as it was first. */
const answers: Readonly<Record<string, unknown>> = {
  definitions: [span],
  typeDefinitions: [span],
  references: [{ ...span, write: true }],
  renamed: span,
  rename: [{ ...span, text: 'Other' }],
  routineAt: routine,
  callers: [{ routine, at: [span] }],
  callees: [{ routine, at: [span] }],
  outline: [{ name: 'First', kind: 'constant', start: 0, end: 23, nameStart: 13, nameEnd: 18, inner: [] }],
  folds: [{ start: 0, end: 23, kind: 'code' }],
  selections: [span],
  tokens: [{ start: 13, length: 5, type: 'variable', declaration: true, readonly: true }],
  format: [{ ...span, text: 'First' }],
  organizeImports: [{ ...span, text: 'First' }],
};

type Handler = (params: unknown) => Promise<unknown>;

/** A server of the features only; `typed`: whether something is typed before each answer. */
function serverOf(typed: boolean, fixes: Partial<Fixes> = {}): Readonly<Record<string, Handler>> {
  const document = TextDocument.create(uri, 'irpsight', 1, text);
  const handlers: Record<string, Handler> = {};
  const registering = (name: string): unknown =>
    new Proxy(() => undefined, {
      get: (_, key) => registering(`${name}.${String(key)}`),
      apply: (_, __, [handler]: [Handler]) => {
        handlers[name.slice(1)] = handler;
      },
    });
  const context = {
    language: {
      ask: async (feature: string) => {
        await Promise.resolve();
        if (typed) TextDocument.update(document, [{ text: `\n${text}` }], document.version + 1);
        return answers[feature];
      },
    },
    texts: { of: () => document },
    paths: { pathOf: () => path, uriOf: () => uri },
  } as unknown as Context;
  const connection = registering('') as Connection;
  registerNavigation(connection, context);
  registerStructure(connection, context);
  registerActions(connection, context, fixes as Fixes);
  return handlers;
}

const position = { line: 0, character: 14 };
const range = { start: position, end: position };
const item = { uri, name: 'First', kind: 12, range, selectionRange: range };
const options = { tabSize: 2, insertSpaces: true };

it.each([
  ['onDefinition', { position }],
  ['onTypeDefinition', { position }],
  ['onReferences', { position }],
  ['onDocumentHighlight', { position }],
  ['onPrepareRename', { position }],
  ['onRenameRequest', { position, newName: 'Other' }],
  ['languages.callHierarchy.onPrepare', { position }],
  ['languages.callHierarchy.onIncomingCalls', { item }],
  ['languages.callHierarchy.onOutgoingCalls', { item }],
  ['onDocumentSymbol', {}],
  ['onFoldingRanges', {}],
  ['onSelectionRanges', { positions: [position] }],
  ['languages.semanticTokens.on', {}],
  ['onDocumentFormatting', { options }],
  ['onDocumentRangeFormatting', { options, range }],
  ['onCodeAction', { context: { diagnostics: [], only: ['source.organizeImports'] } }],
])('%s tells nothing of a text that has changed meanwhile', async (name, params) => {
  const asked = { textDocument: { uri }, ...params };
  expect(await serverOf(false)[name](asked)).toBeTruthy();
  await expect(serverOf(true)[name](asked)).rejects.toMatchObject({ code: LSPErrorCodes.ContentModified });
});

it('fixes of several findings are waited for together', async () => {
  let asked = 0;
  let answer = (): void => undefined;
  const answered = new Promise<undefined>((resolve) => {
    answer = () => resolve(undefined);
  });
  const wait = () => {
    asked++;
    return answered;
  };
  const { onCodeAction } = serverOf(false, { offered: wait, offeredForAll: wait });
  const diagnostics = [1, 2, 3].map((line) => ({
    range: { start: { line, character: 0 }, end: { line, character: 1 } },
    message: '',
    data: { rule: `a/${line}`, trace: false },
  }));
  const found = onCodeAction({ textDocument: { uri }, context: { diagnostics } });
  await Promise.resolve();
  expect(asked).toBe(6);
  answer();
  expect(((await found) as { title: string }[]).map(({ title }) => title)).toEqual(
    [1, 2, 3].flatMap((line) => [`Explain a/${line}`, `Disable a/${line} here, with a reason`]),
  );
});
