/** File URIs of the editor and paths of the core: forward slashes, and `irpsight/...` for what lies in the library. */
import { URI } from 'vscode-uri';

export interface Paths {
  /** The path that stands for a URI; undefined where it is of no file. */
  pathOf(uri: string): string | undefined;
  uriOf(path: string): string;
  /** Whether the path is one of the library's, which nobody edits. */
  isLibrary(path: string): boolean;
  /** Where the text of a path lies on the disk. */
  fileOf(path: string): string;
}

/** @param library folder that the library lies in. */
export function createPaths(library: string): Paths {
  const folder = `${forward(library).replace(/\/$/, '')}/`;
  const isLibrary = (path: string): boolean => path.startsWith('irpsight/');
  const fileOf = (path: string): string => (isLibrary(path) ? folder + path : path);
  return {
    pathOf(uri) {
      const parsed = URI.parse(uri);
      if (parsed.scheme === 'untitled') return `untitled/${parsed.path.replace(/^\//, '')}`;
      if (parsed.scheme !== 'file') return undefined;
      const path = forward(parsed.fsPath);
      return path.toLowerCase().startsWith(folder.toLowerCase()) ? path.slice(folder.length) : path;
    },
    uriOf: (path) =>
      path.startsWith('untitled/')
        ? URI.from({ scheme: 'untitled', path: path.slice('untitled/'.length) }).toString()
        : URI.file(fileOf(path)).toString(),
    isLibrary,
    fileOf,
  };
}

function forward(path: string): string {
  return path.replaceAll('\\', '/');
}
