/** Completion with automatic imports, and signature help. */
import { type CompletionItem, CompletionItemKind, type Connection, MarkupKind } from 'vscode-languageserver';
import type { Completion } from '../../src/compiler/language-api.ts';
import { byKind, type Context, changes, rangeIn, spotAt } from '../convert.ts';
import { skeletonAt } from './skeleton.ts';

const kindOf = byKind<CompletionItemKind>(
  {
    function: CompletionItemKind.Function,
    method: CompletionItemKind.Method,
    variable: CompletionItemKind.Variable,
    constant: CompletionItemKind.Constant,
    parameter: CompletionItemKind.Variable,
    field: CompletionItemKind.Field,
    struct: CompletionItemKind.Struct,
    type: CompletionItemKind.Interface,
    module: CompletionItemKind.Module,
    keyword: CompletionItemKind.Keyword,
  },
  CompletionItemKind.Text,
);

/** What an item carries until its details are asked for. */
interface ItemData {
  readonly path: string;
  readonly offset: number;
  readonly completion: Completion;
}

/** Registers the feature. */
export function registerCompletion(connection: Connection, context: Context): void {
  const { language } = context;

  connection.onCompletion(async (params) => {
    const spot = spotAt(context, params);
    if (spot === undefined) return null;
    const { path, offset, document } = spot;
    const found = await language.ask('completions', path, offset, params.context?.triggerCharacter);
    const skeleton = await skeletonAt(context, spot);
    const items = found.map(
      (completion): CompletionItem => ({
        label: completion.name,
        kind: kindOf(completion.kind),
        sortText: completion.sort,
        ...(completion.from === undefined ? {} : { labelDetails: { description: completion.from } }),
        ...(completion.replaces === undefined
          ? { insertText: completion.insert }
          : { textEdit: { range: rangeIn(document, completion.replaces), newText: completion.insert ?? completion.name } }),
        data: { path, offset, completion } satisfies ItemData,
      }),
    );
    return skeleton === undefined ? items : [skeleton, ...items];
  });

  connection.onCompletionResolve(async (item) => {
    if (item.data === undefined) return item;
    const { path, offset, completion } = item.data as ItemData;
    const details = await language.ask('completionDetails', path, offset, completion);
    if (details === undefined) return item;
    const uri = context.paths.uriOf(path);
    return {
      ...item,
      detail: details.signature,
      documentation: { kind: MarkupKind.Markdown, value: details.documentation },
      additionalTextEdits: changes(context, details.edits)[uri] ?? [],
    };
  });

  connection.onSignatureHelp(async (params) => {
    const spot = spotAt(context, params);
    const found = spot === undefined ? undefined : await language.ask('signatures', spot.path, spot.offset);
    if (found === undefined) return null;
    return {
      activeSignature: found.active,
      activeParameter: found.parameter,
      signatures: found.signatures.map(({ label, documentation, parameters }) => ({
        label,
        documentation: { kind: MarkupKind.Markdown, value: documentation },
        parameters: parameters.map(({ start, end, documentation: of }) => ({
          label: [start, end] as [number, number],
          documentation: of,
        })),
      })),
    };
  });
}
