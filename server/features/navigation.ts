/** Definitions, references, highlights, rename, and the call hierarchy. */
import {
  type CallHierarchyItem,
  type Connection,
  DocumentHighlightKind,
  LSPErrorCodes,
  ResponseError,
  SymbolKind,
} from 'vscode-languageserver';
import type { Routine, Span } from '../../src/compiler/language-api.ts';
import { asItStands, type Context, changes, locations, rangeIn, type Spot, spotAt } from '../convert.ts';
import { badName } from '../rename.ts';

/** Registers the features. */
export function registerNavigation(connection: Connection, context: Context): void {
  const { language, texts, paths } = context;
  type Params = Parameters<typeof spotAt>[1];

  const places = (feature: 'definitions' | 'typeDefinitions') => async (params: Params) => {
    const spot = spotAt(context, params);
    return spot === undefined
      ? null
      : locations(context, await asItStands(spot.document, language.ask(feature, spot.path, spot.offset)));
  };
  connection.onDefinition(places('definitions'));
  connection.onTypeDefinition(places('typeDefinitions'));

  connection.onReferences(async (params) => {
    const spot = spotAt(context, params);
    return spot === undefined
      ? null
      : locations(context, await asItStands(spot.document, language.ask('references', spot.path, spot.offset)));
  });

  connection.onDocumentHighlight(async (params) => {
    const spot = spotAt(context, params);
    if (spot === undefined) return null;
    const uses = await asItStands(spot.document, language.ask('references', spot.path, spot.offset));
    return uses
      .filter(({ path }) => path === spot.path)
      .map((use) => ({
        range: rangeIn(spot.document, use),
        kind: use.write ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      }));
  });

  connection.onPrepareRename(async (params) => {
    const spot = spotAt(context, params);
    if (spot === undefined) return null;
    const found = await asItStands(spot.document, language.ask('renamed', spot.path, spot.offset));
    if ('error' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.error);
    return rangeIn(spot.document, found);
  });

  connection.onRenameRequest(async (params) => {
    const spot = spotAt(context, params);
    if (spot === undefined) return null;
    const bad = badName(params.newName);
    if (bad !== undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, bad);
    const found = await asItStands(spot.document, language.ask('rename', spot.path, spot.offset, params.newName));
    if ('error' in found) throw new ResponseError(LSPErrorCodes.RequestFailed, found.error);
    return { changes: changes(context, found) };
  });

  connection.languages.callHierarchy.onPrepare(async (params) => {
    const spot = spotAt(context, params);
    const found =
      spot === undefined ? undefined : await asItStands(spot.document, language.ask('routineAt', spot.path, spot.offset));
    return found === undefined ? null : items(found);
  });

  connection.languages.callHierarchy.onIncomingCalls(async ({ item }) => {
    const found = startOf(item);
    if (found === undefined) return null;
    const calls = await asItStands(found.document, language.ask('callers', found.path, found.offset));
    return calls.flatMap(({ routine, at }) =>
      items(routine).map((from) => ({ from, fromRanges: at.flatMap((span) => ranges({ path: routine.path, ...span })) })),
    );
  });

  connection.languages.callHierarchy.onOutgoingCalls(async ({ item }) => {
    const found = startOf(item);
    if (found === undefined) return null;
    const calls = await asItStands(found.document, language.ask('callees', found.path, found.offset));
    return calls.flatMap(({ routine, at }) =>
      items(routine).map((to) => ({ to, fromRanges: at.flatMap((span) => ranges({ path: found.path, ...span })) })),
    );
  });

  function startOf({ uri, selectionRange }: CallHierarchyItem): Spot | undefined {
    return spotAt(context, { textDocument: { uri }, position: selectionRange.start });
  }

  function items(routine: Routine): CallHierarchyItem[] {
    const document = texts.of(routine.path);
    if (document === undefined) return [];
    return [
      {
        name: routine.name,
        kind: SymbolKind.Function,
        uri: paths.uriOf(routine.path),
        range: rangeIn(document, routine),
        selectionRange: rangeIn(document, { start: routine.nameStart, end: routine.nameEnd }),
      },
    ];
  }

  function ranges(span: Span): ReturnType<typeof rangeIn>[] {
    const document = texts.of(span.path);
    return document === undefined ? [] : [rangeIn(document, span)];
  }
}
