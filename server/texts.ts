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

/** Looks at the editor's documents first. */
export function createTexts(documents: TextDocuments<TextDocument>, paths: Paths): Texts {
  const read = new Map<string, TextDocument | undefined>();
  return {
    of(path) {
      const uri = paths.uriOf(path);
      const held = documents.get(uri);
      if (held !== undefined) return held;
      if (!read.has(path)) {
        const found = readText(paths.fileOf(path));
        read.set(path, 'error' in found ? undefined : TextDocument.create(uri, 'irpsight', 0, found.text));
      }
      return read.get(path);
    },
    forget: () => read.clear(),
  };
}
