/** The trace view's tabs: what the web page shows, the line in the editor that goes with it, and what its buttons do. */
import type * as vscode from 'vscode';
import { exportSchedule } from './commands/export.ts';
import { followSource, type SourcePlace } from './follow-source.ts';
import type { TraceView, TraceViews, Vscode } from './tools.ts';
import type { FromView, ToView } from './view/messages.ts';
import { viewWords } from './view-words.ts';

type Editor = Pick<
  Vscode,
  'env' | 'l10n' | 'Range' | 'TextEditorRevealType' | 'ThemeColor' | 'Uri' | 'ViewColumn' | 'window' | 'workspace'
>;

/** Makes the views. @param home the extension's own folder. */
export function createTraceViews(editor: Editor, home: vscode.Uri): TraceViews {
  const open = new Map<string, { update(view: TraceView): void }>();
  return {
    show(view) {
      const known = open.get(view.key);
      if (known !== undefined) {
        known.update(view);
        return;
      }
      open.set(
        view.key,
        openPanel(editor, home, view, () => open.delete(view.key)),
      );
    },
  };
}

function openPanel(editor: Editor, home: vscode.Uri, first: TraceView, onClosed: () => void): { update(view: TraceView): void } {
  const { Uri, ViewColumn, window, workspace } = editor;
  let view = first;
  let isReady = false;
  // The page forgets it when its tab is hidden.
  let isStale = false;
  const source = window.activeTextEditor?.viewColumn ?? ViewColumn.One;
  const folder = Uri.joinPath(home, 'dist', 'view');
  const panel = window.createWebviewPanel('irpsight.trace', view.title, ViewColumn.Beside, {
    enableScripts: true,
    localResourceRoots: [folder],
  });
  const follower = followSource(editor, source, () => panel.viewColumn);
  const tell = (message: ToView): void => void panel.webview.postMessage(message);
  const show = (): void => {
    const shown = { ...view.schedules, isFinding: view.finding !== undefined };
    tell({ kind: 'show', shown, words: viewWords(editor), language: editor.env.language });
    if (isStale) tell({ kind: 'stale' });
  };
  const answer = async (message: FromView): Promise<void> => {
    switch (message.kind) {
      case 'ready':
        isReady = true;
        show();
        return;
      case 'select':
        await follower.show(placeOf(view, message.run, message.step));
        return;
      case 'export':
        await exportSchedule(editor, view.schedules.timeline);
        return;
      case 'pin':
        await view.finding?.pin();
        return;
      case 'text':
        await view.finding?.asText();
        return;
    }
  };
  const listening = [
    panel.webview.onDidReceiveMessage(answer),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const files = view.schedules.timeline.files.map(({ uri }) => uri);
      if (contentChanges.length === 0 || !files.includes(document.uri.toString())) return;
      isStale = true;
      if (isReady) tell({ kind: 'stale' });
    }),
  ];
  panel.onDidDispose(() => {
    for (const one of [...listening, follower]) one.dispose();
    onClosed();
  });
  panel.webview.html = pageOf(panel.webview, Uri.joinPath(folder, 'trace.js'), Uri.joinPath(folder, 'style.css'));
  return {
    update(next) {
      view = next;
      isStale = false;
      panel.reveal();
      if (isReady) show();
    },
  };
}

/** Where a step is in the sources; nowhere where no editor can open its file. */
function placeOf({ schedules }: TraceView, run: number, index: number): SourcePlace | undefined {
  const timeline = run === 0 ? schedules.timeline : schedules.passing?.timeline;
  const step = timeline?.steps[index];
  const uri = step === undefined || step.stuck ? undefined : timeline?.files[step.file].uri;
  return uri === undefined || step === undefined ? undefined : { uri, range: step.range };
}

/** Scripts and styles come from the extension's own folder, nothing else from anywhere. */
function pageOf(webview: vscode.Webview, script: vscode.Uri, style: vscode.Uri): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${webview.cspSource}; style-src ${webview.cspSource}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Irpsight</title>
    <link rel="stylesheet" href="${webview.asWebviewUri(style)}">
    <script type="module" src="${webview.asWebviewUri(script)}"></script>
  </head>
  <body></body>
</html>`;
}
