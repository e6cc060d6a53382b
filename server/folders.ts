/** The folders of the workspace, as the editor has them now. */
import type { Connection, InitializeParams } from 'vscode-languageserver';
import type { Paths } from './paths.ts';

export interface Folders {
  /** Paths of the folders, each ending in a slash. */
  all(): readonly string[];
  /** Takes the folders that the editor begins with. */
  begin(params: InitializeParams): void;
  /** Asks to be told when they change. Only after the editor has said that it is ready. */
  watch(connection: Connection, changed: () => void): void;
}

/** Of a client that knows no workspace folders the root is the only one. */
export function createFolders(paths: Paths): Folders {
  let uris: readonly string[] = [];
  let canChange = false;
  return {
    all: () => uris.flatMap((uri) => paths.pathOf(uri) ?? []).map((path) => `${path.replace(/\/$/, '')}/`),
    begin({ workspaceFolders, rootUri, capabilities }) {
      uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri === null || rootUri === undefined ? [] : [rootUri]);
      canChange = capabilities.workspace?.workspaceFolders === true;
    },
    watch(connection, changed) {
      if (!canChange) return;
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => uri));
        uris = [...uris.filter((uri) => !gone.has(uri)), ...added.map(({ uri }) => uri)];
        changed();
      });
    },
  };
}
