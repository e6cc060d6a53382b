/** What may take long: progress that can be cancelled. */
import type * as vscode from 'vscode';
import type { Vscode } from '../tools.ts';

/** Shows progress until the work is done. Gives undefined where it was cancelled, there or elsewhere; who cancels knows it, and it is no error. */
export async function withProgress<R>(
  { window, ProgressLocation }: Pick<Vscode, 'window' | 'ProgressLocation'>,
  title: string,
  work: (progress: vscode.Progress<{ message: string }>, token: vscode.CancellationToken) => Promise<R>,
): Promise<R | undefined> {
  const how = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(how, async (progress, token) => {
    try {
      return await work(progress, token);
    } catch (error) {
      if (token.isCancellationRequested || isCancelled(error)) return undefined;
      throw error;
    }
  });
}

/** LSP's RequestCancelled, from whichever side: the status item cancels without the token's knowing. */
export function isCancelled(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === -32800;
}
