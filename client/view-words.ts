/** The trace view's sentences in the editor's language. */
import { say } from './text.ts';
import type { Vscode } from './tools.ts';
import { type ViewWords, viewText } from './view/words.ts';

/** All of them; values are filled in where they are shown. */
export function viewWords(vscode: Pick<Vscode, 'l10n'>): ViewWords {
  return Object.fromEntries(Object.entries(viewText).map(([key, sentence]) => [key, say(vscode, sentence)])) as ViewWords;
}
