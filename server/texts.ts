/** Texts as the editor or else the disk has them, for turning offsets into positions and back. */
import type { TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readText } from '../src/jobs/files.ts';
import type { Paths } from './paths.ts';

export interface Texts {
  /** The document of a path; undefined where it cannot be read. */
  of(path: string): TextDocument | undefined;
  /** Forgets what was read of the disk. */
  forget(): void;
}

/** Characters of files that are kept, for more than one request in a row; and what one file counts for beside its own. */
const mostCharacters = 16 * 1024 * 1024 + 64 * 1024;
const perFile = 1024;

/** Looks at the editor's documents first. */
export function createTexts(documents: TextDocuments<TextDocument>, paths: Paths): Texts {
  /** By path; the one asked for longest ago first. */
  const kept = new Map<string, TextDocument>();
  let characters = 0;
  return {
    of(path) {
      const uri = paths.uriOf(path);
      const held = documents.get(uri);
      if (held !== undefined) return held;
      const key = plainPath(path);
      const found = kept.get(key) ?? read(path, uri);
      if (found !== undefined) keep(key, found);
      return found;
    },
    forget() {
      kept.clear();
      characters = 0;
    },
  };

  function read(path: string, uri: string): TextDocument | undefined {
    const found = readText(paths.fileOf(path));
    return 'error' in found ? undefined : TextDocument.create(uri, 'irpsight', 0, found.text);
  }

  function keep(key: string, document: TextDocument): void {
    drop(key);
    kept.set(key, document);
    characters += sizeOf(document);
    for (const oldest of kept.keys()) {
      if (characters <= mostCharacters || oldest === key) return;
      drop(oldest);
    }
  }

  function drop(key: string): void {
    const document = kept.get(key);
    if (document === undefined) return;
    kept.delete(key);
    characters -= sizeOf(document);
  }
}

/** The path without what leads nowhere; `..` is left, as it may lead back from a symbolic link. */
function plainPath(path: string): string {
  return path.replace(/(?<=[^/]\/)(?:\.?\/)+/g, '');
}

function sizeOf(document: TextDocument): number {
  return document.getText().length + perFile;
}
