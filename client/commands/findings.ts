/** Which finding a command is about. */
import type * as vscode from 'vscode';
import type { TraceParams } from '../protocol.ts';
import { say, text } from '../text.ts';
import type { Vscode } from '../tools.ts';

/** The finding whose squiggle the cursor is in; asks where there are several. */
export async function findingAtCursor(vscode: Pick<Vscode, 'l10n' | 'languages' | 'window'>): Promise<TraceParams | undefined> {
  const editor = vscode.window.activeTextEditor;
  const at = editor?.selection.active;
  const found =
    editor === undefined || at === undefined
      ? []
      : vscode.languages
          .getDiagnostics(editor.document.uri)
          .filter(({ range, source }) => source === 'irpsight' && range.start.line <= at.line && at.line <= range.end.line)
          .flatMap((diagnostic) => {
            const rule = ruleOf(diagnostic);
            const [uri, line] = [editor.document.uri.toString(), diagnostic.range.start.line];
            return rule === undefined ? [] : [{ uri, rule, line, message: diagnostic.message }];
          });
  if (found.length === 0) {
    void vscode.window.showInformationMessage(say(vscode, text.noFinding));
    return undefined;
  }
  return chosenFinding(vscode, found);
}

/** A finding, and what it says. */
export interface Choice extends TraceParams {
  readonly message: string;
}

/** The only one of the findings, or the one that somebody picks. */
export async function chosenFinding(
  vscode: Pick<Vscode, 'l10n' | 'window'>,
  found: readonly Choice[],
): Promise<TraceParams | undefined> {
  const items = [...new Map(found.map((one) => [`${one.uri} ${one.line} ${one.rule}`, one])).values()].map(
    ({ uri, rule, line, message }) => ({ label: rule, description: message, finding: { uri, rule, line } }),
  );
  const chosen =
    items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { placeHolder: say(vscode, text.pickFinding) });
  return chosen?.finding;
}

/** A rule's id has a group; the type checker's codes have none. */
function ruleOf({ code }: vscode.Diagnostic): string | undefined {
  const value = typeof code === 'object' ? code.value : code;
  return typeof value === 'string' && value.includes('/') ? value : undefined;
}
