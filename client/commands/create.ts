/** New Driver and New Scenario: files to start from. Nothing is ever overwritten. */
import { say, text } from '../text.ts';
import type { Tools } from '../tools.ts';
import { activeFile, baseName, freeFile } from './files.ts';
import { scenarioText } from './scenario-text.ts';

/** Writes a small driver with its scenario into an empty folder that is asked for, and opens the driver. */
export async function newDriver({ vscode, home }: Pick<Tools, 'vscode' | 'home'>): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: say(vscode, text.pickFolder),
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
  });
  const folder = chosen?.[0];
  if (folder === undefined) return;
  const { fs } = vscode.workspace;
  if ((await fs.readDirectory(folder)).length > 0) {
    void vscode.window.showErrorMessage(say(vscode, text.folderNotEmpty, { folder: baseName(vscode, folder.toString()) }));
    return;
  }
  const starter = vscode.Uri.joinPath(home, 'dist', 'starter');
  const names = (await fs.readDirectory(starter)).map(([name]) => name).sort();
  for (const name of names) {
    await fs.copy(vscode.Uri.joinPath(starter, name), vscode.Uri.joinPath(folder, name), { overwrite: false });
  }
  const driver = names.find((name) => name.endsWith('.driver.ts'));
  if (driver !== undefined) await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, driver));
}

/** Writes a scenario beside the active driver, under the first name that is free, and opens it. */
export async function newScenario({ vscode }: Pick<Tools, 'vscode'>): Promise<void> {
  const driver = activeFile(vscode);
  const document = vscode.window.activeTextEditor?.document;
  if (driver === undefined || document === undefined || !driver.path.endsWith('.driver.ts')) {
    void vscode.window.showWarningMessage(say(vscode, text.noDriverForScenario));
    return;
  }
  const name = baseName(vscode, driver.toString()).slice(0, -'.driver.ts'.length);
  const file = await freeFile(vscode, driver, name, '.scenario.ts');
  const edit = new vscode.WorkspaceEdit();
  const contents = new TextEncoder().encode(scenarioText(name, document.getText()));
  // The editor refuses where the file has come to be meanwhile.
  edit.createFile(file, { overwrite: false, ignoreIfExists: false, contents });
  if (!(await vscode.workspace.applyEdit(edit))) {
    void vscode.window.showErrorMessage(say(vscode, text.cannotWrite, { file: baseName(vscode, file.toString()) }));
    return;
  }
  await vscode.window.showTextDocument(file);
}
