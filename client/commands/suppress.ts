/** Lets a finding stand: a comment above its line, with a reason that is asked for. */
import type { SuppressParams } from '../protocol.ts';
import { say, text } from '../text.ts';
import type { Tools } from '../tools.ts';

/** Writes the comment with the line's own indentation. Without a reason nothing is written. */
export async function suppressFinding({ vscode }: Pick<Tools, 'vscode'>, given?: SuppressParams): Promise<void> {
  if (given === undefined) return;
  const { uri, rule, line, comment } = given;
  const reason = await vscode.window.showInputBox({
    title: say(vscode, text.suppressRule, { rule }),
    prompt: say(vscode, text.suppressReason),
    validateInput: (value) => (value.trim() === '' ? say(vscode, text.suppressReason) : undefined),
  });
  if (reason === undefined || reason.trim() === '') return;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  const [indentation] = /^\s*/.exec(document.lineAt(line).text) ?? [''];
  const edit = new vscode.WorkspaceEdit();
  // One line it must stay, whatever was pasted.
  const said = reason.replace(/\s+/g, ' ').trim();
  edit.insert(document.uri, new vscode.Position(line, 0), `${indentation}${comment} ${said}\n`);
  await vscode.workspace.applyEdit(edit);
}
