/** Between offsets of the core and positions of the protocol. */
import { type Location, LSPErrorCodes, type Position, type Range, ResponseError, type TextEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Edit, NameKind, Span } from '../src/compiler/language-api.ts';
import type { QuickCheck } from '../src/jobs/language-protocol.ts';
import { type LanguageClient, WorkerEnded } from './language.ts';
import type { Paths } from './paths.ts';
import type { Texts } from './texts.ts';

/** What every feature works with. */
export interface Context {
  readonly language: LanguageClient;
  readonly texts: Texts;
  readonly paths: Paths;
}

/** A place in a document that the core knows. */
export interface Spot {
  readonly path: string;
  readonly document: TextDocument;
  readonly offset: number;
}

/** The document of a URI; undefined where there is none to work on. */
export function documentAt({ texts, paths }: Context, uri: string): { path: string; document: TextDocument } | undefined {
  const path = paths.pathOf(uri);
  const document = path === undefined ? undefined : texts.of(path);
  return path === undefined || document === undefined ? undefined : { path, document };
}

/** A document with what its driver comes to at once. */
export interface CheckedDocument {
  readonly path: string;
  readonly document: TextDocument;
  readonly quick: QuickCheck;
}

/** How often a check is waited for that a change overtakes; who types on asks again anyway. */
const mostChecks = 3;

/** The check of a document's text as it stands when this returns; undefined where there is none to work on. */
export async function checkedNow(context: Context, uri: string): Promise<CheckedDocument | undefined> {
  for (let checks = 0; checks < mostChecks; checks++) {
    const found = documentAt(context, uri);
    if (found === undefined) return undefined;
    const { version } = found.document;
    const quick = await context.language.check(found.path);
    if (found.document.version === version) return { ...found, quick };
  }
  return undefined;
}

/** The place that a request is about. */
export function spotAt(
  context: Context,
  { textDocument, position }: { readonly textDocument: { readonly uri: string }; readonly position: Position },
): Spot | undefined {
  const found = documentAt(context, textDocument.uri);
  return found === undefined ? undefined : { ...found, offset: found.document.offsetAt(position) };
}

/** An answer about a document's text as it stands. Rejected where that changes before it comes: its offsets are none of the new text. */
export async function asItStands<T>(document: TextDocument, answer: Promise<T>): Promise<T> {
  const { version } = document;
  const found = await answer;
  if (document.version !== version) throw new ResponseError(LSPErrorCodes.ContentModified, 'The text has changed meanwhile.');
  return found;
}

/** An answer, or what stands for it where TypeScript fails over a text, as over an expression of thousands of terms: that is no error of who asks. */
export function orElse<T>(nothing: T, answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    if (error instanceof WorkerEnded) throw error;
    return nothing;
  });
}

/** The range of two offsets. */
export function rangeIn(document: TextDocument, { start, end }: { readonly start: number; readonly end: number }): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

/** Spans whose file can be shown; generated sources have none. */
export function locations({ texts, paths }: Context, spans: readonly Span[]): Location[] {
  return spans.flatMap((span) => {
    const document = texts.of(span.path);
    return document === undefined ? [] : [{ uri: paths.uriOf(span.path), range: rangeIn(document, span) }];
  });
}

/** Edits by the URI of their document. */
export function changes({ texts, paths }: Context, edits: readonly Edit[]): Record<string, TextEdit[]> {
  const found: Record<string, TextEdit[]> = {};
  for (const edit of edits) {
    const document = texts.of(edit.path);
    if (document === undefined) continue;
    const uri = paths.uriOf(edit.path);
    found[uri] ??= [];
    found[uri].push({ range: rangeIn(document, edit), newText: edit.text });
  }
  return found;
}

/** A table by what a name is; `other` for what has no entry. */
export function byKind<T>(table: Partial<Record<NameKind, T>>, other: T): (kind: NameKind) => T {
  return (kind) => table[kind] ?? other;
}
