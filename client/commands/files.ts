/** Which file a command is about. */
import type * as vscode from 'vscode';
import { say, text } from '../text.ts';
import type { Vscode } from '../tools.ts';

/** The language's id, as package.json contributes it. */
export const languageId = 'irpsight';

/** How the names of trace files end, as the server gives them. */
export const traceEnding = '.trace.json';

/** The name of the file that configures the drivers in its folder. */
export const configName = 'irpsight.json';

/** What a check of a driver reads: files of the language, as package.json contributes it, which import no others, and configuration. */
export const checkedFiles = ['*.driver.ts', '*.scenario.ts', '*.model.ts', configName] as const;

/** A pattern for files of these names, in any folder. */
export function patternOf(names: readonly string[]): string {
  return `**/{${names.join(',')}}`;
}

/** Whether a path is of one of these names, in which only a `*` at the beginning is special. */
export function isNamed(path: string, names: readonly string[]): boolean {
  return names.some((name) => path.endsWith(name.startsWith('*') ? name.slice(1) : `/${name}`));
}

/** The file given, or that of the active editor; says so and gives undefined where that holds no driver or scenario. */
export function fileToExplore(vscode: Pick<Vscode, 'l10n' | 'window'>, given: string | undefined): string | undefined {
  const uri = given ?? activeFile(vscode)?.toString();
  if (uri === undefined) void vscode.window.showWarningMessage(say(vscode, text.noDriver));
  return uri;
}

/** The file of the active editor, where it is in the driver language. */
export function activeFile({ window }: Pick<Vscode, 'window'>): vscode.Uri | undefined {
  const document = window.activeTextEditor?.document;
  return document?.languageId === languageId ? document.uri : undefined;
}

/** The name of a file without its folder. */
export function baseName(vscode: Pick<Vscode, 'Uri'>, uri: string): string {
  const { path } = vscode.Uri.parse(uri);
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The first file in the folder of `beside` that is not there yet: `toaster.scenario.ts`, `toaster-2.scenario.ts` and so on. */
export async function freeFile(
  vscode: Pick<Vscode, 'Uri' | 'workspace'>,
  beside: vscode.Uri,
  stem: string,
  ending: string,
): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const file = vscode.Uri.joinPath(beside, '..', `${stem}${number === 1 ? '' : `-${number}`}${ending}`);
    if (!(await exists(vscode, file))) return file;
  }
}

/** Whether something is there already. */
async function exists({ workspace }: Pick<Vscode, 'workspace'>, uri: vscode.Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
