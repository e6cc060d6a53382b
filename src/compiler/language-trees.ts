/** The texts and trees of language services: what several of them share, and by what they know that a text is another. */
import ts from 'typescript';
import type { SourceInput } from './api.ts';
import { documentedPath } from './documented.ts';

/** The name of a file within a language service, which wants absolute ones. */
export function outer(fileName: string): string {
  return `/${fileName}`;
}

/**
 * A registry of trees for one language, of several: those of the library in one registry, all others in another: when a text is edited the new tree takes over nodes of the old one, which must
 * not be another language's still. What is declared of documented routines differs from driver to driver.
 */
export function divided(shared: ts.DocumentRegistry, own: ts.DocumentRegistry): ts.DocumentRegistry {
  const of = (name: string): ts.DocumentRegistry =>
    name.startsWith(outer('irpsight/')) && name !== outer(documentedPath) ? shared : own;
  return {
    acquireDocument: (name, ...rest) => of(name).acquireDocument(name, ...rest),
    acquireDocumentWithKey: (name, ...rest) => of(name).acquireDocumentWithKey(name, ...rest),
    updateDocument: (name, ...rest) => of(name).updateDocument(name, ...rest),
    updateDocumentWithKey: (name, ...rest) => of(name).updateDocumentWithKey(name, ...rest),
    getKeyForCompilationSettings: (settings) => shared.getKeyForCompilationSettings(settings),
    releaseDocument: (name: string, ...rest: readonly unknown[]) => (of(name).releaseDocument as Release)(name, ...rest),
    releaseDocumentWithKey: (path: ts.Path, ...rest: readonly unknown[]) =>
      (of(path).releaseDocumentWithKey as Release)(path, ...rest),
    reportStats: () => shared.reportStats(),
  };
}

/** Two declarations, of which one has fewer parameters. */
type Release = (name: string, ...rest: readonly unknown[]) => void;

/** Tells the version of an input. The registry takes texts of a path for the same where their versions are, whichever language they are of. */
export function versions(): (input: SourceInput | undefined) => string {
  const known = new WeakMap<SourceInput, string>();
  let next = 0;
  return (input) => {
    if (input === undefined) return '';
    const version = known.get(input) ?? String(next++);
    known.set(input, version);
    return version;
  };
}

/** A text that knows what was edited of the one before, the rest of which is not parsed again. */
export function snapshotOf(text: string): ts.IScriptSnapshot {
  return {
    getText: (start, end) => text.slice(start, end),
    getLength: () => text.length,
    getChangeRange: (before) => changeBetween(before.getText(0, before.getLength()), text),
  };
}

/** What lies between the parts at the beginning and at the end that both have. */
function changeBetween(before: string, after: string): ts.TextChangeRange {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (same < shorter - start && before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same))
    same++;
  return ts.createTextChangeRange(ts.createTextSpan(start, before.length - start - same), after.length - start - same);
}
