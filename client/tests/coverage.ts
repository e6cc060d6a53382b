/** The lines that a run reached, over all that it explored. */
import type * as vscode from 'vscode';
import type { CoveredFile } from '../protocol.ts';
import type { Vscode } from '../tools.ts';

/** By URI and line, whether anything reached it. */
export interface Coverage {
  readonly files: Map<string, Map<number, boolean>>;
  /** Hands the editor what there is. */
  show(run: vscode.TestRun): void;
}

/** Columns of the longest line: the editor ends a range at the end of its line. */
const wholeLine = 10_000;

/** What one run collects. `details`: of each file that is shown, for when the editor asks. */
export function openCoverage(vscode: Vscode, details: WeakMap<vscode.FileCoverage, vscode.StatementCoverage[]>): Coverage {
  const files = new Map<string, Map<number, boolean>>();
  return {
    files,
    show(run) {
      for (const [uri, lines] of files) {
        const statements = [...lines]
          .sort(([a], [b]) => a - b)
          .map(([line, reached]) => new vscode.StatementCoverage(reached, new vscode.Range(line, 0, line, wholeLine)));
        const file = vscode.FileCoverage.fromDetails(vscode.Uri.parse(uri), statements);
        details.set(file, statements);
        run.addCoverage(file);
      }
    },
  };
}

/** Adds what one exploration reached: a line counts as reached when any of them came to it. */
export function collectCoverage({ files }: Coverage, covered: readonly CoveredFile[]): void {
  for (const { uri, reached, missed } of covered) {
    const lines = files.get(uri) ?? new Map<number, boolean>();
    files.set(uri, lines);
    for (const line of missed) if (!lines.has(line)) lines.set(line, false);
    for (const line of reached) lines.set(line, true);
  }
}
