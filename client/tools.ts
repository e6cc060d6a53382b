/** What the parts of the client are given: the editor's interface, the server, and where to write. */
import type * as vscode from 'vscode';
import type { Schedules, StatusParams } from './protocol.ts';

/** The part of the editor's interface that is used; injected, so that a test can give its own. */
export type Vscode = Pick<
  typeof vscode,
  | 'commands'
  | 'debug'
  | 'DebugAdapterInlineImplementation'
  | 'env'
  | 'EventEmitter'
  | 'FileCoverage'
  | 'l10n'
  | 'languages'
  | 'Location'
  | 'Position'
  | 'ProcessExecution'
  | 'ProgressLocation'
  | 'Range'
  | 'StatementCoverage'
  | 'StatusBarAlignment'
  | 'Task'
  | 'TaskGroup'
  | 'TaskScope'
  | 'tasks'
  | 'TestMessage'
  | 'TestRunProfileKind'
  | 'tests'
  | 'TextEditorRevealType'
  | 'ThemeColor'
  | 'Uri'
  | 'ViewColumn'
  | 'window'
  | 'workspace'
  | 'WorkspaceEdit'
>;

/** The language server as commands see it. */
export interface Server {
  /** Rejects where the server cannot answer, or the token is cancelled. */
  request<R>(method: string, params?: unknown, token?: vscode.CancellationToken): Promise<R>;
  notify(method: string): Promise<void>;
  restart(): Promise<void>;
  readonly onStatus: vscode.Event<StatusParams>;
}

/** Texts that are shown and belong to no file. */
export interface ReadOnlyDocuments {
  /** Keeps the text under a name that ends as its language's files do; what had that name before is replaced. */
  put(name: string, text: string): vscode.Uri;
}

/** Views of schedules, each in a tab beside the editor. */
export interface TraceViews {
  /** Shows schedules in the view of that key, which may be open already. */
  show(view: TraceView): void;
}

/** What a view shows, and what its buttons do. */
export interface TraceView {
  readonly key: string;
  readonly title: string;
  readonly schedules: Schedules;
  /** Where there is a finding. */
  readonly finding?: { readonly pin: () => Promise<unknown>; readonly asText: () => Promise<unknown> };
}

/** Handed to every command. */
export interface Tools {
  readonly vscode: Vscode;
  readonly server: Server;
  /** Where reports go. */
  readonly output: vscode.OutputChannel;
  readonly documents: ReadOnlyDocuments;
  readonly traces: TraceViews;
  /** The extension's own folder. */
  readonly home: vscode.Uri;
}
