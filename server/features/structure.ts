/** What follows from a document's own structure: symbols, folding, selection, semantic tokens, formatting. */
import {
  type Connection,
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  type SelectionRange,
  SemanticTokensBuilder,
  SymbolKind,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Fold, type Layout, type Outline, tokenTypes as types } from '../../src/compiler/language-api.ts';
import { asItStands, byKind, type Context, changes, documentAt, orElse, rangeIn } from '../convert.ts';

/** Semantic tokens as the server announces them. */
export const tokenTypes = [...types];
export const tokenModifiers = ['declaration', 'readonly'];

const kindOf = byKind<SymbolKind>(
  {
    function: SymbolKind.Function,
    method: SymbolKind.Method,
    constant: SymbolKind.Constant,
    field: SymbolKind.Field,
    struct: SymbolKind.Struct,
    type: SymbolKind.Interface,
    module: SymbolKind.Module,
  },
  SymbolKind.Variable,
);

/** Registers the features. */
export function registerStructure(connection: Connection, context: Context): void {
  const { language } = context;

  connection.onDocumentSymbol(async ({ textDocument }) => {
    const found = documentAt(context, textDocument.uri);
    return found === undefined
      ? null
      : symbols(found.document, await asItStands(found.document, orElse([], language.ask('outline', found.path))));
  });

  connection.onFoldingRanges(async ({ textDocument }) => {
    const found = documentAt(context, textDocument.uri);
    return found === undefined
      ? null
      : (await asItStands(found.document, language.ask('folds', found.path))).map((fold) => foldIn(found.document, fold));
  });

  connection.onSelectionRanges(async ({ textDocument, positions }) => {
    const found = documentAt(context, textDocument.uri);
    if (found === undefined) return null;
    const { path, document } = found;
    return Promise.all(
      positions.map(async (position): Promise<SelectionRange> => {
        const spans = await asItStands(document, language.ask('selections', path, document.offsetAt(position)));
        const outward = [...spans].reverse();
        const range = outward.reduce<SelectionRange | undefined>(
          (parent, span) => ({ range: rangeIn(document, span), ...(parent === undefined ? {} : { parent }) }),
          undefined,
        );
        return range ?? { range: { start: position, end: position } };
      }),
    );
  });

  connection.languages.semanticTokens.on(async ({ textDocument }) => {
    const found = documentAt(context, textDocument.uri);
    const builder = new SemanticTokensBuilder();
    if (found === undefined) return builder.build();
    for (const token of await asItStands(found.document, language.ask('tokens', found.path))) {
      const { line, character } = found.document.positionAt(token.start);
      const modifiers = (token.declaration ? 1 : 0) | (token.readonly ? 2 : 0);
      builder.push(line, character, token.length, tokenTypes.indexOf(token.type), modifiers);
    }
    return builder.build();
  });

  connection.onDocumentFormatting(async ({ textDocument, options }) => {
    const found = documentAt(context, textDocument.uri);
    if (found === undefined) return null;
    const edits = await asItStands(found.document, language.ask('format', found.path, layoutOf(options)));
    return changes(context, edits)[textDocument.uri] ?? [];
  });

  connection.onDocumentRangeFormatting(async ({ textDocument, options, range }) => {
    const found = documentAt(context, textDocument.uri);
    if (found === undefined) return null;
    const stretch = { start: found.document.offsetAt(range.start), end: found.document.offsetAt(range.end) };
    const edits = await asItStands(found.document, language.ask('format', found.path, layoutOf(options), stretch));
    return changes(context, edits)[textDocument.uri] ?? [];
  });
}

function layoutOf({ tabSize, insertSpaces }: Layout): Layout {
  return { tabSize, insertSpaces };
}

function symbols(document: TextDocument, outlines: readonly Outline[]): DocumentSymbol[] {
  return outlines.map(({ name, kind, start, end, nameStart, nameEnd, inner }) => ({
    name: name === '' ? '(unnamed)' : name,
    kind: kindOf(kind),
    range: rangeIn(document, { start, end }),
    selectionRange: rangeIn(document, { start: nameStart, end: nameEnd }),
    children: symbols(document, inner),
  }));
}

function foldIn(document: TextDocument, { start, end, kind }: Fold): FoldingRange {
  const range = rangeIn(document, { start, end });
  const kinds = { comment: FoldingRangeKind.Comment, imports: FoldingRangeKind.Imports, region: FoldingRangeKind.Region };
  return {
    startLine: range.start.line,
    // The line that closes a block stays in sight.
    endLine: Math.max(range.start.line, kind === 'code' ? range.end.line - 1 : range.end.line),
    ...(kind === 'code' ? {} : { kind: kinds[kind] }),
  };
}
