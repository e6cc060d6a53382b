/**
 * What an editor of TypeScript gives, for a driver's sources: thin adapters over TypeScript's own language service, which sees the sources, the
 * library and our options alone.
 */
import ts from 'typescript';
import { importsAdded } from './added-import.ts';
import type { SourceInput } from './api.ts';
import { callees, callers } from './call-hierarchy.ts';
import { documentation, plain } from './documentation.ts';
import { options, type ParsedSource, parseSources, pathKey, resolver, type SourceSet } from './host.ts';
import {
  type Completion,
  type Edit,
  type Fold,
  type Layout,
  type Routine,
  type SharedLanguage,
  type Span,
  type Token,
  tokenTypes,
  type Use,
} from './language-api.ts';
import { divided, outer, snapshotOf, versions } from './language-trees.ts';
import { clashes } from './name-clash.ts';
import { kindOf, outlinesOf } from './outline.ts';
import { manySelections, mostSelections } from './selections.ts';

const preferences: ts.UserPreferences = {
  includeCompletionsForModuleExports: true,
  includeCompletionsWithInsertText: true,
  importModuleSpecifierPreference: 'shortest',
  importModuleSpecifierEnding: 'minimal',
  quotePreference: 'single',
  allowRenameOfImportPath: false,
};

/** Whether a driver or scenario imports the module by that name; those of the library's own parts are not proposed. */
function isEntry(module: string): boolean {
  return !module.startsWith('irpsight/') || /^irpsight\/(?:wdm|scenario|devices\/[^/]+)$/.test(module);
}

/**
 * Makes the language over one driver after the other, each with the same library, whose syntax trees they share.
 * @param shared where these trees are kept.
 */
export function languages(
  library: readonly SourceInput[],
  shared: ts.DocumentRegistry = ts.createDocumentRegistry(false, ''),
): () => SharedLanguage {
  const versionOf = versions();
  return () => createLanguage(library, divided(shared, ts.createDocumentRegistry(false, '')), versionOf);
}

function createLanguage(
  library: readonly SourceInput[],
  registry: ts.DocumentRegistry,
  versionOf: (input: SourceInput | undefined) => string,
): SharedLanguage {
  let set: SourceSet = parseSources({ sources: [], library });
  /** By the name that the language service knows a file by. */
  let texts = new Map<string, ParsedSource>();
  let version = 0;
  /** Proposals with an import, of which details may be asked. */
  const offered = new Map<string, ts.CompletionEntry>();
  take(set);

  const service = ts.createLanguageService(
    {
      getCompilationSettings: () => ({
        ...options,
        baseUrl: '',
        paths: { 'irpsight/*': ['/irpsight/*'] },
        ignoreDeprecations: '6.0',
      }),
      getScriptFileNames: () => [...texts.keys()],
      getScriptVersion: (name) => versionOf(inputOf(name)),
      getScriptSnapshot: (name) => {
        const input = inputOf(name);
        return input === undefined ? undefined : snapshotOf(input.text);
      },
      getProjectVersion: () => String(version),
      getCurrentDirectory: () => '/',
      getDefaultLibFileName: () => outer('irpsight/wdm/core.d.ts'),
      useCaseSensitiveFileNames: () => false,
      fileExists: (name) => inputOf(name) !== undefined,
      readFile: (name) => inputOf(name)?.text,
      directoryExists: () => true,
      getDirectories: () => [],
      resolveModuleNameLiterals: (literals, containing, ...rest) =>
        resolver(set)(literals, texts.get(containing)?.file.fileName ?? containing, ...rest).map(({ resolvedModule: found }) => ({
          resolvedModule: found === undefined ? undefined : { ...found, resolvedFileName: outer(found.resolvedFileName) },
        })),
    },
    registry,
  );

  return {
    update(sources) {
      set = parseSources({ sources, library });
      take(set);
      version++;
    },

    completions(path, offset, trigger) {
      const file = nameOf(path);
      const parsed = parsedAs(file);
      const found = service.getCompletionsAtPosition(file, offset, {
        ...preferences,
        triggerCharacter: trigger as ts.CompletionsTriggerCharacter | undefined,
      });
      const replaced = found?.optionalReplacementSpan;
      offered.clear();
      const adders = new Map<string, ReturnType<typeof importsAdded>>();
      const adding = (from: string): ReturnType<typeof importsAdded> | undefined => {
        const adder = adders.get(from) ?? (parsed === undefined ? undefined : importsAdded(parsed.file, from));
        if (adder !== undefined) adders.set(from, adder);
        return adder;
      };
      return (found?.entries ?? []).flatMap((entry): Completion[] => {
        const span = entry.replacementSpan ?? replaced;
        const from = entry.source === undefined ? undefined : moduleName(entry);
        if (from !== undefined && !isEntry(from)) return [];
        if (from !== undefined) offered.set(offer(entry.name, from), entry);
        const added = from === undefined ? undefined : adding(from)?.(entry.name);
        return [
          {
            name: entry.name,
            kind: kindOf(entry.kind, entry.kindModifiers),
            sort: entry.sortText,
            ...(entry.insertText === undefined ? {} : { insert: entry.insertText }),
            ...(span === undefined ? {} : { replaces: stretch(span) }),
            ...(from === undefined || added === undefined
              ? {}
              : { imported: { from, edit: { path, start: added.at, end: added.at, text: added.text } } }),
          },
        ];
      });
    },

    completionDetails(path, offset, name, from) {
      const entry = from === undefined ? undefined : offered.get(offer(name, from));
      const file = nameOf(path);
      const layout = formatting({ tabSize: 2, insertSpaces: true });
      const details = service.getCompletionEntryDetails(file, offset, name, layout, entry?.source, preferences, entry?.data);
      if (details === undefined) return undefined;
      return {
        signature: plain(details.displayParts),
        documentation: documentation(details.documentation, details.tags),
      };
    },

    describe(path, offset) {
      const found = service.getQuickInfoAtPosition(nameOf(path), offset);
      if (found === undefined) return undefined;
      return {
        start: found.textSpan.start,
        end: found.textSpan.start + found.textSpan.length,
        signature: plain(found.displayParts),
        documentation: documentation(found.documentation, found.tags),
      };
    },

    signatures(path, offset) {
      const found = service.getSignatureHelpItems(nameOf(path), offset, undefined);
      if (found === undefined) return undefined;
      return {
        active: found.selectedItemIndex,
        parameter: found.argumentIndex,
        signatures: found.items.map((item) => {
          let label = plain(item.prefixDisplayParts);
          const parameters = item.parameters.map((parameter, index) => {
            if (index > 0) label += plain(item.separatorDisplayParts);
            const start = label.length;
            label += plain(parameter.displayParts);
            return { start, end: label.length, documentation: plain(parameter.documentation) };
          });
          return {
            label: label + plain(item.suffixDisplayParts),
            documentation: documentation(item.documentation, item.tags),
            parameters,
          };
        }),
      };
    },

    definitions: (path, offset) => (service.getDefinitionAtPosition(nameOf(path), offset) ?? []).map(spanOf),
    typeDefinitions: (path, offset) => (service.getTypeDefinitionAtPosition(nameOf(path), offset) ?? []).map(spanOf),

    references: (path, offset) =>
      (service.getReferencesAtPosition(nameOf(path), offset) ?? []).map(
        (use): Use => ({ ...spanOf(use), write: use.isWriteAccess }),
      ),

    renamed(path, offset) {
      const found = service.getRenameInfo(nameOf(path), offset, preferences);
      if (!found.canRename) return { error: found.localizedErrorMessage };
      return { path, start: found.triggerSpan.start, end: found.triggerSpan.start + found.triggerSpan.length };
    },

    rename(path, offset, name) {
      const found = service.findRenameLocations(nameOf(path), offset, false, false, preferences) ?? [];
      const foreign = found.find(({ fileName }) => isLibrary(fileName));
      if (foreign !== undefined) return { error: 'It is a name of the WDK, which cannot be changed.' };
      const program = service.getProgram();
      const clash = found.some((at) => program !== undefined && clashes(program, at.fileName, at.textSpan.start, name));
      if (clash) return { error: `${name} is a name already where this one is used. Choose another one.` };
      return found.map((at) => ({ ...spanOf(at), text: `${at.prefixText ?? ''}${name}${at.suffixText ?? ''}` }));
    },

    outline: (path) => outlinesOf(service.getNavigationTree(nameOf(path))),

    folds: (path) =>
      service.getOutliningSpans(nameOf(path)).map(
        ({ textSpan, kind }): Fold => ({
          start: textSpan.start,
          end: textSpan.start + textSpan.length,
          kind: kind === 'code' ? 'code' : kind,
        }),
      ),

    format(path, layout, range) {
      const settings = formatting(layout);
      const name = nameOf(path);
      const changes =
        range === undefined
          ? service.getFormattingEditsForDocument(name, settings)
          : service.getFormattingEditsForRange(name, range.start, range.end, settings);
      return edits({ fileName: name, textChanges: changes });
    },

    organizeImports: (path) =>
      service
        .organizeImports({ type: 'file', fileName: nameOf(path) }, formatting({ tabSize: 2, insertSpaces: true }), preferences)
        .flatMap(edits),

    selections(path, offset) {
      const name = nameOf(path);
      const file = parsedAs(name)?.file;
      const many = file === undefined ? undefined : manySelections(file, offset);
      if (many !== undefined) return many;
      const found: { start: number; end: number }[] = [];
      let range: ts.SelectionRange | undefined = service.getSmartSelectionRange(name, offset);
      for (; range !== undefined && found.length < mostSelections; range = range.parent) found.push(stretch(range.textSpan));
      return found;
    },

    tokens(path) {
      const name = nameOf(path);
      const whole = { start: 0, length: inputOf(name)?.text.length ?? 0 };
      const { spans } = service.getEncodedSemanticClassifications(name, whole, ts.SemanticClassificationFormat.TwentyTwenty);
      const found: Token[] = [];
      for (let at = 0; at + 2 < spans.length; at += 3) {
        const code = spans[at + 2];
        const modifiers = code & 0xff;
        found.push({
          start: spans[at],
          length: spans[at + 1],
          type: tokenTypes[(code >> 8) - 1] ?? 'variable',
          declaration: (modifiers & 1) !== 0,
          readonly: (modifiers & 8) !== 0,
        });
      }
      return found;
    },

    routineAt(path, offset) {
      const found = service.prepareCallHierarchy(nameOf(path), offset);
      const [first] = Array.isArray(found) ? found : found === undefined ? [] : [found];
      return first === undefined ? undefined : routineOf(first);
    },

    callers: (path, offset) => callers(service, routineOf, nameOf(path), offset),
    callees: (path, offset) => callees(service, routineOf, nameOf(path), offset),

    dispose: () => service.dispose(),
  };

  function take({ sources, library: known, spare }: SourceSet): void {
    texts = new Map([...known, ...sources, ...spare].map((parsed) => [outer(parsed.file.fileName), parsed]));
  }

  function inputOf(name: string): SourceInput | undefined {
    return parsedAs(name)?.input;
  }

  function parsedAs(name: string): ParsedSource | undefined {
    const found = texts.get(name);
    if (found !== undefined) return found;
    const key = pathKey(name);
    for (const [other, parsed] of texts) if (pathKey(other) === key) return parsed;
    return undefined;
  }

  function nameOf(path: string): string {
    const key = pathKey(path);
    for (const [name, { input }] of texts) if (pathKey(input.path) === key) return name;
    throw new Error(`${path} is none of the driver's sources`);
  }

  function isLibrary(name: string): boolean {
    return set.library.some(({ file }) => outer(file.fileName) === name);
  }

  function spanOf({ fileName, textSpan }: { readonly fileName: string; readonly textSpan: ts.TextSpan }): Span {
    return { path: inputOf(fileName)?.path ?? fileName, ...stretch(textSpan) };
  }

  function edits({
    fileName,
    textChanges,
  }: {
    readonly fileName: string;
    readonly textChanges: readonly ts.TextChange[];
  }): Edit[] {
    return textChanges.map(({ span, newText }) => ({ ...spanOf({ fileName, textSpan: span }), text: newText }));
  }

  function routineOf(item: ts.CallHierarchyItem): Routine {
    const { path, start, end } = spanOf({ fileName: item.file, textSpan: item.span });
    const { start: nameStart, end: nameEnd } = stretch(item.selectionSpan);
    return { name: item.name, path, start, end, nameStart, nameEnd };
  }
}

function stretch({ start, length }: ts.TextSpan): { readonly start: number; readonly end: number } {
  return { start, end: start + length };
}

function offer(name: string, from: string): string {
  return `${name} ${from}`;
}

/** The module that a proposal would be imported from, as it would be written. */
function moduleName({ source, sourceDisplay }: ts.CompletionEntry): string | undefined {
  return sourceDisplay === undefined ? source : plain(sourceDisplay);
}

/** The widest tab; of another millions of spaces would be made. */
const widestTab = 64;

function formatting({ tabSize, insertSpaces }: Layout): ts.FormatCodeSettings {
  const width = Math.min(widestTab, Math.max(1, Math.trunc(tabSize) || 1));
  return {
    ...ts.getDefaultFormatCodeSettings('\n'),
    indentSize: width,
    tabSize: width,
    convertTabsToSpaces: insertSpaces,
    semicolons: ts.SemicolonPreference.Insert,
  };
}
