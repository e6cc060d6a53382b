/** URIs of the editor and paths of the core: forward slashes, `irpsight/...` for what lies in the library, and `untitled/...` for what lies on no disk. */
import { URI } from 'vscode-uri';

export interface Paths {
  /** The path that stands for a URI; undefined where it is of no file, or is none at all. */
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
  const uriOf = (path: string): string => (untitledUri(path) ?? URI.file(fileOf(path))).toString();
  const parsedPath = (uri: URI): string | undefined => {
    if (uri.scheme === 'untitled') return untitledPath(uri);
    if (uri.scheme !== 'file') return undefined;
    const path = forward(uri.fsPath);
    return path.toLowerCase().startsWith(folder.toLowerCase()) ? path.slice(folder.length) : path;
  };
  return {
    pathOf(uri) {
      try {
        const path = parsedPath(URI.parse(uri));
        // Of what has no way back nothing could be told.
        if (path !== undefined) uriOf(path);
        return path;
      } catch {
        return undefined;
      }
    },
    uriOf,
    isLibrary,
    fileOf,
  };
}

/** `untitled/Untitled-1`; of one that is to become a file of that path `untitled/@/home/me/new.driver.ts`, with the machine's name behind the `@`. */
function untitledPath({ authority, path }: URI): string {
  return `untitled/${path.startsWith('/') ? `@${authority}` : ''}${path}`;
}

function untitledUri(path: string): URI | undefined {
  const found = /^untitled\/(?:@([^/]*)(?=\/))?(.*)$/.exec(path);
  return found === null ? undefined : URI.from({ scheme: 'untitled', authority: found[1], path: found[2] });
}

function forward(path: string): string {
  return path.replaceAll('\\', '/');
}
