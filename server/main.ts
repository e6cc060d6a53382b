/** The language server: capabilities, documents, and what is wired to what. Everything that can be slow or break runs elsewhere. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CodeActionKind,
  createConnection,
  DidChangeConfigurationNotification,
  type FileEvent,
  type InitializeResult,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { method } from '../client/protocol.ts';
import type { Language } from '../src/check/states.ts';
import { compileLimit } from '../src/jobs/session.ts';
import { createBackground } from './background.ts';
import type { Context } from './convert.ts';
import { registerDebug } from './debug.ts';
import { createDrivers } from './drivers.ts';
import type { Settings } from './drivers-api.ts';
import { createExplorer } from './explorer.ts';
import { registerActions } from './features/actions.ts';
import { registerCompletion } from './features/completion.ts';
import { registerHover } from './features/hover.ts';
import { registerLevels } from './features/levels.ts';
import { registerNavigation } from './features/navigation.ts';
import { registerStructure, tokenModifiers, tokenTypes } from './features/structure.ts';
import { createFixes } from './fixes.ts';
import { createFolders } from './folders.ts';
import { createLanguageClient } from './language.ts';
import { createPaths } from './paths.ts';
import { registerRequests } from './requests.ts';
import type { Status } from './status.ts';
import { registerTests } from './tests.ts';
import { createTexts } from './texts.ts';
import { registerTimeline } from './timeline.ts';

type Refreshed = 'codeLens' | 'inlayHint';

/** Milliseconds that the language worker may take for an answer; no honest source takes near that. */
const patience = 20_000;

const here = dirname(fileURLToPath(import.meta.url));
const dist = here.endsWith('chunks') ? dirname(here) : here;
const library = join(dist, 'library');

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
const paths = createPaths(library);
const folders = createFolders(paths);
const texts = createTexts(documents, paths);
const log = (message: string): void => connection.console.log(message);
const language = createLanguageClient(join(dist, 'language-worker.js'), library, patience, log);
const explorer = createExplorer(join(dist, 'explorer.js'), library, log);
const context: Context = { language, texts, paths };
let settings: Settings = { onType: true, onSave: true, seconds: 60 };
/** What can be switched off. */
let switches = { checkWorkspace: true, inlayHints: true };
let spoken: Language = 'en';
let lastStatus = '';
/** What the editor lets itself be asked to ask for again. */
const refreshed = new Set<Refreshed>();

const drivers = createDrivers({
  language,
  explorer,
  paths,
  settings: () => settings,
  open: openTexts,
  publish: (path, diagnostics) => {
    const uri = paths.uriOf(path);
    const version = documents.get(uri)?.version;
    void connection.sendDiagnostics({ uri, diagnostics: [...diagnostics], ...(version === undefined ? {} : { version }) });
  },
  status: tellStatus,
  refresh: () => refresh('codeLens', 'inlayHint'),
  dropped: (driver) => background.changed([driver]),
  log,
});

const background = createBackground({
  explorer,
  folders,
  drivers,
  open: openTexts,
  wanted: () => switches.checkWorkspace,
  log,
});

connection.onInitialize((params): InitializeResult => {
  folders.begin(params);
  const { codeLens, inlayHint } = params.capabilities.workspace ?? {};
  if (codeLens?.refreshSupport === true) refreshed.add('codeLens');
  if (inlayHint?.refreshSupport === true) refreshed.add('inlayHint');
  if (params.locale?.startsWith('ja')) spoken = 'ja';
  return {
    serverInfo: { name: 'irpsight' },
    capabilities: {
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      completionProvider: { triggerCharacters: ['.', '"', "'", '/'], resolveProvider: true },
      hoverProvider: true,
      inlayHintProvider: true,
      signatureHelpProvider: { triggerCharacters: ['(', ','], retriggerCharacters: [')'] },
      definitionProvider: true,
      typeDefinitionProvider: true,
      referencesProvider: true,
      documentHighlightProvider: true,
      renameProvider: { prepareProvider: true },
      documentSymbolProvider: true,
      foldingRangeProvider: true,
      selectionRangeProvider: true,
      documentFormattingProvider: true,
      documentRangeFormattingProvider: true,
      callHierarchyProvider: true,
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceOrganizeImports] },
      codeLensProvider: {},
      semanticTokensProvider: { legend: { tokenTypes, tokenModifiers }, full: true },
    },
  };
});

connection.onInitialized(async () => {
  void connection.client.register(DidChangeConfigurationNotification.type, { section: 'irpsight' }).catch(() => undefined);
  await readSettings();
  folders.watch(connection, background.changed);
  background.changed();
});
connection.onDidChangeConfiguration(readSettings);
connection.onDidChangeWatchedFiles(({ changes }) => {
  texts.forget();
  // Whatever an editor takes for a file: what is none takes nothing away from the others.
  const files = (changes as readonly (FileEvent | null)[]).flatMap((change) => {
    const uri: unknown = change?.uri;
    return (typeof uri === 'string' ? paths.pathOf(uri) : undefined) ?? [];
  });
  background.changed(files.some((file) => file.endsWith('.json')) ? undefined : files);
  drivers.diskChanged(files);
});
connection.onShutdown(() => {
  background.stop();
  // What is not wanted any more is not begun again.
  drivers.cancel();
  language.restart();
  explorer.end();
  endDebugging();
});

documents.onDidChangeContent(({ document }) => {
  const path = paths.pathOf(document.uri);
  if (path === undefined) return;
  language.open(path, document.getText());
  drivers.changed(path);
});
documents.onDidSave(({ document }) => withPath(document, drivers.saved));
documents.onDidClose(({ document }) =>
  withPath(document, (path) => {
    // An editor may hold a file by two URIs.
    const other = documents.all().find(({ uri }) => paths.pathOf(uri) === path);
    language.open(path, other?.getText());
    if (other !== undefined) return drivers.changed(path);
    drivers.closed(path, document.getText());
    background.changed([path]);
  }),
);

registerCompletion(connection, context);
registerHover(connection, context, drivers, () => spoken);
registerLevels(
  connection,
  context,
  () => switches.inlayHints,
  () => spoken,
);
registerNavigation(connection, context);
registerStructure(connection, context);
registerActions(connection, context, createFixes(drivers, explorer, openTexts));
registerRequests(connection, context, drivers, explorer, openTexts, folders);
registerTests(connection, paths, drivers, explorer, openTexts);
const endDebugging = registerDebug(connection, {
  worker: join(dist, 'debug-worker.js'),
  library,
  patience,
  compileLimit,
  drivers,
  folders,
  paths,
  open: openTexts,
  log,
});
registerTimeline(connection, paths, drivers, explorer, openTexts);
documents.listen(connection);
connection.listen();

function openTexts(): ReadonlyMap<string, string> {
  return new Map(
    documents.all().flatMap((document) => {
      const path = paths.pathOf(document.uri);
      return path === undefined || paths.isLibrary(path) ? [] : [[path, document.getText()] as const];
    }),
  );
}

/** Has the editor ask again: for what it asked before the server was ready, or before something was switched. */
function refresh(...wanted: readonly Refreshed[]): void {
  for (const one of wanted)
    if (refreshed.has(one)) void connection.sendRequest(`workspace/${one}/refresh`).catch(() => undefined);
}

function withPath(document: TextDocument, act: (path: string) => void): void {
  const path = paths.pathOf(document.uri);
  if (path !== undefined) act(path);
}

/** At most what has changed is told; the driver by its file's name. */
function tellStatus(status: Status): void {
  const told = status.state === 'idle' ? status : { ...status, driver: status.driver.split('/').at(-1) };
  const text = JSON.stringify(told);
  if (text === lastStatus) return;
  lastStatus = text;
  void connection.sendNotification(method.status, told);
}

async function readSettings(): Promise<void> {
  try {
    const found = (await connection.workspace.getConfiguration('irpsight.explore')) as Partial<Settings> | null;
    settings = {
      onType: found?.onType ?? settings.onType,
      onSave: found?.onSave ?? settings.onSave,
      seconds: found?.seconds ?? settings.seconds,
    };
    const own = (await connection.workspace.getConfiguration('irpsight')) as Partial<typeof switches> | null;
    const before = switches;
    switches = {
      checkWorkspace: own?.checkWorkspace ?? switches.checkWorkspace,
      inlayHints: own?.inlayHints ?? switches.inlayHints,
    };
    if (before.checkWorkspace !== switches.checkWorkspace) background.changed();
    if (before.inlayHints !== switches.inlayHints) refresh('inlayHint');
  } catch {
    // A client without configuration leaves the settings as they are.
  }
}
