/** How the language server is started, and what the client library is told. */
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { CloseHandlerResult, ErrorHandler, LanguageClientOptions, NodeModule } from 'vscode-languageclient/node';
import { checkedFiles, languageId, patternOf } from './commands/files.ts';
import { command } from './protocol.ts';
import { say, text } from './text.ts';
import type { Vscode } from './tools.ts';

/** The library's `TransportKind.ipc` and `CloseAction.Restart`: taken as values they would need the editor to be there. */
const ipc = 1 as NodeModule['transport'];
const restart = 2 as CloseHandlerResult['action'];

/** The server, run with the editor's own Node; when debugged, too. */
export function serverOptions(folder: string): NodeModule {
  return { module: join(folder, 'dist', 'server.js'), transport: ipc };
}

/** Which documents the server gets, and what it is told of. */
export function clientOptions(
  { l10n, workspace }: Pick<Vscode, 'l10n' | 'workspace'>,
  output: Pick<vscode.OutputChannel, 'appendLine'>,
  defaultHandler: () => ErrorHandler,
): LanguageClientOptions {
  return {
    documentSelector: [
      { scheme: 'file', language: languageId },
      { scheme: 'untitled', language: languageId },
    ],
    synchronize: {
      configurationSection: 'irpsight',
      fileEvents: workspace.createFileSystemWatcher(patternOf(checkedFiles)),
    },
    // What the server itself links to in hovers. Part of their text is the workspace's, which is to run nothing else.
    markdown: {
      isTrusted: { enabledCommands: [command.showWitness] },
      supportHtml: false,
    },
    errorHandler: {
      error: (...error) => defaultHandler().error(...error),
      // The library's own policy; said where people look.
      closed: async () => {
        const result = await defaultHandler().closed();
        output.appendLine(say({ l10n }, result.action === restart ? text.crashed : text.crashedTooOften));
        return result;
      },
    },
  };
}
