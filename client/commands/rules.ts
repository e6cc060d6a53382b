/** Explain Rule: a rule's page as a preview. */
import { type Explanation, method, type RuleEntry } from '../protocol.ts';
import { say, text } from '../text.ts';
import type { Tools } from '../tools.ts';

/** The page of a rule as Markdown; undefined where there is no such rule. */
export async function rulePage(server: Pick<Tools['server'], 'request'>, rule: string): Promise<string | undefined> {
  const explanation = await server.request<Explanation | null>(method.explain, { rule });
  return explanation?.markdown;
}

/** Shows the page of a rule; asks which where none is named. */
export async function explainRule({ vscode, server, documents }: Tools, given?: string): Promise<void> {
  const rule = given ?? (await pick());
  if (rule === undefined) return;
  const page = await rulePage(server, rule);
  if (page === undefined) {
    void vscode.window.showWarningMessage(say(vscode, text.noRule, { rule }));
    return;
  }
  await vscode.commands.executeCommand('markdown.showPreview', documents.put(`${rule.replace('/', '-')}.md`, page));

  async function pick(): Promise<string | undefined> {
    const rules = await server.request<readonly RuleEntry[]>(method.rules);
    const chosen = await vscode.window.showQuickPick(
      rules.map(({ id, title }) => ({ label: id, description: title })),
      { placeHolder: say(vscode, text.pickRule), matchOnDescription: true },
    );
    return chosen?.label;
  }
}
