/** Read-only documents that lie in no file: rule pages, schedules. */
import type * as vscode from 'vscode';
import { rulePages } from './protocol.ts';
import type { ReadOnlyDocuments, Vscode } from './tools.ts';

/** What the URIs of these documents begin with. */
export const documentScheme = 'irpsight';

/**
 * Registers the documents with the editor; a text is kept until its document is closed.
 * @param pageOf the page of a rule, to which the code of a diagnostic leads.
 */
export function registerDocuments(
  vscode: Pick<Vscode, 'EventEmitter' | 'Uri' | 'workspace'>,
  subscriptions: vscode.Disposable[],
  pageOf: (rule: string) => Promise<string | undefined>,
): ReadOnlyDocuments {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(documentScheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => {
        const address = `${uri.scheme}:${uri.path}`;
        return address.startsWith(rulePages) ? pageOf(address.slice(rulePages.length, -'.md'.length)) : texts.get(uri.path);
      },
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === documentScheme) texts.delete(uri.path);
    }),
  );
  return {
    put: (name, text) => {
      const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${name}` });
      texts.set(uri.path, text);
      changed.fire(uri);
      return uri;
    },
  };
}
