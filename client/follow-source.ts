/** Shows a place of the sources in an editor beside, line by line, and leaves the focus where it is. */
import type * as vscode from 'vscode';
import type { Vscode } from './tools.ts';

/** A place in a file; lines and columns from 1, the end excluded. */
export interface SourcePlace {
  readonly uri: string;
  readonly range: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

export interface SourceFollower {
  /** Brings a place into sight and marks its line; without one nothing is marked. */
  show(place: SourcePlace | undefined): Promise<void>;
  /** Takes the mark away. */
  dispose(): void;
}

type Editor = Pick<Vscode, 'Range' | 'TextEditorRevealType' | 'ThemeColor' | 'Uri' | 'ViewColumn' | 'window' | 'workspace'>;

/**
 * @param column where files are opened that are in no editor that can be seen.
 * @param taken the column that is not to be covered.
 */
export function followSource(
  { Range, TextEditorRevealType, ThemeColor, Uri, ViewColumn, window, workspace }: Editor,
  column: vscode.ViewColumn,
  taken: () => vscode.ViewColumn | undefined,
): SourceFollower {
  const mark = window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor('editor.stackFrameHighlightBackground'),
    overviewRulerColor: new ThemeColor('editor.stackFrameHighlightBackground'),
  });
  let last = 0;
  return {
    async show(place) {
      const asked = ++last;
      const editor = place === undefined ? undefined : await editorOf(place.uri);
      // Keys may be faster than editors open.
      if (asked !== last) return;
      for (const other of window.visibleTextEditors) if (other !== editor) other.setDecorations(mark, []);
      if (editor === undefined || place === undefined) return;
      const { start, end } = place.range;
      const range = new Range(start.line - 1, start.column - 1, end.line - 1, end.column - 1);
      editor.setDecorations(mark, [range]);
      editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
    },
    dispose: () => mark.dispose(),
  };

  async function editorOf(text: string): Promise<vscode.TextEditor> {
    const uri = Uri.parse(text);
    const visible = window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    if (visible !== undefined) return visible;
    const viewColumn = column === taken() ? ViewColumn.Beside : column;
    return window.showTextDocument(await workspace.openTextDocument(uri), { viewColumn, preserveFocus: true, preview: true });
  }
}
