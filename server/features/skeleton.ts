/** The skeleton of a routine whose role type has been written: `const CancelRead: DRIVER_CANCEL<DEVICE_EXTENSION> = ` wants parameters and a body. */
import { type CompletionItem, CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import type { Context, Spot } from '../convert.ts';

/** A declaration up to the cursor, which stands where its value begins. */
const declaration = /\bconst \w+: (\w+)(?:<[^=;]{0,200}>)? = {0,20}$/;
/** A function type in a description: its parameters and its result. */
const routineType = / = \(([^()]*)\) => (\w+)\s*$/m;
/** What is returned where nothing has gone wrong. */
const results: Readonly<Record<string, string>> = { NTSTATUS: 'STATUS_SUCCESS', BOOLEAN: 'TRUE' };

/** The skeleton to be offered first; undefined where the cursor is not there, or the type is not of a routine. */
export async function skeletonAt({ language }: Context, { path, document, offset }: Spot): Promise<CompletionItem | undefined> {
  const { line } = document.positionAt(offset);
  const start = document.offsetAt({ line, character: 0 });
  const [before] = declaration.exec(document.getText().slice(start, offset)) ?? [];
  if (before === undefined) return undefined;
  const type = offset - before.length + before.indexOf(': ') + 2;
  const found = await language.ask('describe', path, type);
  const [whole, parameters, result] = routineType.exec(found?.signature ?? '') ?? [];
  if (whole === undefined) return undefined;
  const names = parameters.split(', ').flatMap((parameter) => parameter.split(':')[0].trim() || []);
  const last = result === 'void' ? [] : [`  return \${1:${results[result] ?? ''}};`];
  const head = `(${names.join(', ')}) => {`;
  return {
    label: `${head} ... }`,
    kind: CompletionItemKind.Snippet,
    detail: document.getText().slice(type, type + (found?.end ?? type) - (found?.start ?? type)),
    // Before everything that a value could be.
    sortText: '!',
    preselect: true,
    insertTextFormat: InsertTextFormat.Snippet,
    insertText: [head.replaceAll('$', '\\$'), '  $0', ...last, '};'].join('\n'),
  };
}
