/** What comments say of a name, as Markdown for an editor. */
import ts from 'typescript';

/** Tags that are the library's own means of telling the compiler something. */
const ownTags: ReadonlySet<string> = new Set(['forceinline', 'system', 'subject', 'size', 'paged']);

/** The words alone. */
export function plain(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return ts.displayPartsToString(parts as ts.SymbolDisplayPart[] | undefined);
}

/** The description and the tags behind it. */
export function documentation(
  parts: readonly ts.SymbolDisplayPart[] | undefined,
  tags: readonly ts.JSDocTagInfo[] | undefined,
): string {
  const told = (tags ?? []).filter(({ name }) => !ownTags.has(name)).map(({ name, text }) => `@${name} ${plain(text)}`.trim());
  return withoutCommands([plain(parts), ...told].filter((text) => text !== '').join('\n\n'));
}

/**
 * Markdown whose links lead to web pages only: the editor runs commands that other links name, and anybody may have written the comment. What would
 * begin the target of another link no longer does, however the target is spelled. Nor is anything fetched that nobody has clicked on: no image begins.
 */
export function withoutCommands(markdown: string): string {
  return markdown
    .replace(/!(?=\[)/g, '!\\')
    .replace(/\](?=\()(?!\(https?:\/\/)/gi, ']\\')
    .replace(/\](?=:)/g, ']\\')
    .replace(/<(?=[a-z][a-z\d+.-]*:)(?!https?:\/\/)/gi, '&lt;');
}
