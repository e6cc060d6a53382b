/** Where the editor enters: starts the language server, and registers what the client has of its own. */
import * as vscode from 'vscode';
import { type ErrorHandler, LanguageClient, State } from 'vscode-languageclient/node';
import { registerCommands } from './commands/index.ts';
import { rulePage } from './commands/rules.ts';
import { registerDebugging } from './debug/index.ts';
import { registerDocuments } from './documents.ts';
import { clientOptions, serverOptions } from './language-client.ts';
import { method, type StatusParams } from './protocol.ts';
import { showStatus } from './status.ts';
import { registerTasks } from './tasks.ts';
import { registerTests } from './tests/index.ts';
import type { Server } from './tools.ts';
import { createTraceViews } from './trace-panel.ts';

let client: LanguageClient | undefined;

/** Called once, when the first driver is opened or a command is run. Does not wait for the server, so that commands are there at once. */
export function activate({ extensionUri, subscriptions }: vscode.ExtensionContext): void {
  const output = vscode.window.createOutputChannel('Irpsight');
  const statuses = new vscode.EventEmitter<StatusParams>();
  subscriptions.push(output, statuses);

  let handler: ErrorHandler | undefined;
  const started: LanguageClient = new LanguageClient(
    'irpsight',
    'Irpsight Language Server',
    serverOptions(extensionUri.fsPath),
    clientOptions(vscode, output, () => {
      handler ??= started.createDefaultErrorHandler();
      return handler;
    }),
  );
  client = started;
  started.onNotification(method.status, (status: StatusParams) => statuses.fire(status));
  // A server that has ended does nothing any more, whatever it said last.
  subscriptions.push(started.onDidChangeState(({ newState }) => newState !== State.Running && statuses.fire({ state: 'idle' })));
  const ready = started.start().catch((error: unknown) => output.appendLine(String(error)));

  const server: Server = {
    request: async (name, params, token) => {
      await ready;
      return started.sendRequest(name, params, token);
    },
    notify: async (name) => {
      await ready;
      await started.sendNotification(name);
    },
    restart: () => started.restart(),
    onStatus: statuses.event,
  };
  const documents = registerDocuments(vscode, subscriptions, (rule) => rulePage(server, rule));
  const traces = createTraceViews(vscode, extensionUri);
  showStatus(vscode, server, subscriptions);
  registerCommands({ vscode, server, output, documents, traces, home: extensionUri }, subscriptions);
  registerDebugging({ vscode, server }, subscriptions);
  registerTests({ vscode, server }, subscriptions);
  registerTasks({ vscode, home: extensionUri }, process.execPath, subscriptions);
}

/** Ends the server before the editor goes on. */
export async function deactivate(): Promise<void> {
  if (client?.needsStop()) await client.stop();
}
