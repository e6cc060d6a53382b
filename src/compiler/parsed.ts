/** Sources with their syntax trees, as all who look at them have them. */
import ts from 'typescript';
import type { Problem } from './api.ts';
import { parseSource } from './subset.ts';

/** A file; without one, what keeps it from being parsed. */
export interface Parsed {
  readonly file?: ts.SourceFile;
  readonly problems: readonly Problem[];
}

/** Trees of texts that were asked for last, by path: between two keystrokes each file of a driver is asked for more than once. */
const recent = new Map<string, ts.SourceFile>();
/** UTF-16 units of the texts behind them, and how many these may be. */
let recentLength = 0;
const mostRecent = 2_000_000;

/** The tree of a file under the name by which the type checker knows it. */
export function parseFile(path: string, text: string): Parsed {
  const known = recent.get(path);
  if (known?.text === text) {
    // Asked for last, it is given up last.
    recent.delete(path);
    recent.set(path, known);
    return { file: known, problems: [] };
  }
  const { file, problems } = parseSource(fileNameOf(/\.ts$/i.test(path) ? path : `${path}.ts`), text);
  if (file === undefined) return { problems: problems.map((problem) => ({ ...problem, path })) };
  (file as { externalModuleIndicator?: ts.Node }).externalModuleIndicator = moduleMark(file);
  // The library's trees are kept as long as the library is.
  if (!path.startsWith('irpsight/')) remember(path, file);
  return { file, problems };
}

function remember(path: string, file: ts.SourceFile): void {
  recentLength += file.text.length - (recent.get(path)?.text.length ?? 0);
  recent.delete(path);
  recent.set(path, file);
  for (const [oldest, { text }] of recent) {
    if (recentLength <= mostRecent) return;
    recent.delete(oldest);
    recentLength -= text.length;
  }
}

/**
 * What the type checker knows a file by. It wants either all names absolute or none, also where a message names a type by its module: the library's
 * are none, so all others, however a user names them, lie in a folder beside it.
 */
function fileNameOf(path: string): string {
  if (path.startsWith('irpsight/')) return path;
  // A drive, the root and folders above have names of their own here: what leads out of the folder would be the library's, or another source's.
  const inside = path
    .replaceAll('\\', '/')
    .replaceAll(':', '(drive)')
    .replace(/(^|\/)\.\.(?=\/)/g, '$1(up)');
  return `sources/${inside.replace(/^\//, '(root)/').replace(/\/{2,}/g, '/')}`;
}

/** Every file but the ambient core declarations is a module, also one without import and export. */
function moduleMark(source: ts.SourceFile): ts.Node | undefined {
  return source.fileName.endsWith('.d.ts')
    ? source.statements.find((s) => ts.isImportDeclaration(s) || ts.isExportDeclaration(s))
    : source;
}
