/** Pin Trace: keeps the schedule of a finding as a test, in a file beside the driver. */
import { method, type PinnedTrace, type TraceParams } from '../protocol.ts';
import { say, text } from '../text.ts';
import type { Tools } from '../tools.ts';
import { baseName, freeFile, traceEnding } from './files.ts';
import { findingAtCursor } from './findings.ts';
import { sayNoTrace } from './traces.ts';

/** Writes the file under the first name that is free, and says where; by default of the finding at the cursor. Takes no focus. */
export async function pinTrace({ vscode, server }: Pick<Tools, 'vscode' | 'server'>, given?: TraceParams): Promise<void> {
  const finding = given ?? (await findingAtCursor(vscode));
  if (finding === undefined) return;
  const pinned = await server.request<PinnedTrace | null>(method.pin, finding);
  if (pinned === null) {
    sayNoTrace(vscode, finding);
    return;
  }
  const { driver, name, text: contents } = pinned;
  const file = await freeFile(vscode, vscode.Uri.parse(driver), name.slice(0, -traceEnding.length), traceEnding);
  const edit = new vscode.WorkspaceEdit();
  // The editor refuses where the file has come to be meanwhile.
  edit.createFile(file, { overwrite: false, ignoreIfExists: false, contents: new TextEncoder().encode(contents) });
  const names = { file: baseName(vscode, file.toString()), driver: baseName(vscode, driver) };
  if (!(await vscode.workspace.applyEdit(edit))) {
    void vscode.window.showErrorMessage(say(vscode, text.cannotWrite, names));
    return;
  }
  const open = say(vscode, text.open);
  void vscode.window.showInformationMessage(say(vscode, text.pinned, names), open).then((chosen) => {
    if (chosen === open) void vscode.window.showTextDocument(file);
  });
}
