/** Tasks of type `irpsight`: the command line that comes with the extension, so that nothing has to be installed. */
import type * as vscode from 'vscode';
import { say, text } from './text.ts';
import type { Tools, Vscode } from './tools.ts';

/** As package.json contributes it. */
export const taskType = 'irpsight';

/** What a task of ours says, in tasks.json or made here. */
interface Definition extends vscode.TaskDefinition {
  readonly command?: unknown;
  readonly paths?: unknown;
  readonly args?: unknown;
}

/** What a task may run: what ends by itself and takes paths. */
const commands = ['check', 'replay'];

/** Registers them. `node`: what runs the command line, the editor's own Node. */
export function registerTasks(
  { vscode, home }: Pick<Tools, 'vscode' | 'home'>,
  node: string,
  subscriptions: vscode.Disposable[],
): void {
  const cli = vscode.Uri.joinPath(home, 'dist', 'cli.js').fsPath;
  const make = (
    definition: Definition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
    name: string,
  ): vscode.Task | undefined => {
    const words = wordsOf(definition);
    if (words === undefined) return undefined;
    // Where the editor's Node is Electron it is to be Node; elsewhere that means nothing.
    const env = { ELECTRON_RUN_AS_NODE: '1' };
    const execution = new vscode.ProcessExecution(node, [cli, ...words], { env });
    return new vscode.Task(definition, scope, name, 'irpsight', execution, '$irpsight');
  };
  subscriptions.push(
    vscode.tasks.registerTaskProvider(taskType, {
      provideTasks: () =>
        (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
          const check = make({ type: taskType, command: 'check', paths: ['.'] }, folder, say(vscode, text.checkFolder));
          const replay = make({ type: taskType, command: 'replay', paths: ['.'] }, folder, say(vscode, text.replayFolder));
          if (check !== undefined) check.group = vscode.TaskGroup.Build;
          if (replay !== undefined) replay.group = vscode.TaskGroup.Test;
          return [check, replay, fileTask(vscode, folder, make)].flatMap((task) => task ?? []);
        }),
      // The editor wants the definition back as it stands in tasks.json.
      resolveTask: ({ definition, scope, name }) => make(definition, scope ?? vscode.TaskScope.Workspace, name),
    }),
  );
}

/** A task for the file in the active editor, where it is a driver or scenario file of that folder. */
function fileTask(
  vscode: Vscode,
  folder: vscode.WorkspaceFolder,
  make: (definition: Definition, scope: vscode.WorkspaceFolder, name: string) => vscode.Task | undefined,
): vscode.Task | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined || !/\.(driver|scenario)\.ts$/.test(uri.path)) return undefined;
  if (vscode.workspace.getWorkspaceFolder(uri)?.index !== folder.index) return undefined;
  const path = vscode.workspace.asRelativePath(uri, false);
  return make({ type: taskType, command: 'check', paths: [path] }, folder, say(vscode, text.checkFile, { file: path }));
}

/** The words of the command line; undefined where the definition is none of ours. */
function wordsOf({ command = 'check', paths = ['.'], args = [] }: Definition): readonly string[] | undefined {
  const isWords = (given: unknown): given is readonly string[] =>
    Array.isArray(given) && given.every((one) => typeof one === 'string');
  if (typeof command !== 'string' || !commands.includes(command) || !isWords(paths) || !isWords(args)) return undefined;
  // A name that begins with a dash is a name.
  return [command, ...paths.map((path) => (path.startsWith('-') ? `./${path}` : path)), ...args];
}
