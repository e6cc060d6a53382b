/** Completion with automatic imports, and signature help. */
import { type CompletionItem, CompletionItemKind, type Connection, MarkupKind, TextEdit } from 'vscode-languageserver';
import { byKind, type Context, rangeIn, spotAt } from '../convert.ts';
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
  readonly name: string;
  readonly from: string | undefined;
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
      ({ name, kind, sort, insert, replaces, imported }): CompletionItem => ({
        label: name,
        kind: kindOf(kind),
        sortText: sort,
        // The import comes with the item: what comes with the details is lost where somebody accepts it before they are there.
        ...(imported === undefined
          ? {}
          : {
              labelDetails: { description: imported.from },
              additionalTextEdits: [TextEdit.replace(rangeIn(document, imported.edit), imported.edit.text)],
            }),
        ...(replaces === undefined
          ? { insertText: insert }
          : { textEdit: TextEdit.replace(rangeIn(document, replaces), insert ?? name) }),
        data: { path, offset, name, from: imported?.from } satisfies ItemData,
      }),
    );
    return skeleton === undefined ? items : [skeleton, ...items];
  });

  connection.onCompletionResolve(async (item) => {
    if (item.data === undefined) return item;
    const { path, offset, name, from } = item.data as ItemData;
    const details = await language.ask('completionDetails', path, offset, name, from);
    if (details === undefined) return item;
    return { ...item, detail: details.signature, documentation: { kind: MarkupKind.Markdown, value: details.documentation } };
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
