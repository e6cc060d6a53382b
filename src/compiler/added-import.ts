/** Where a source is changed so that it imports one name more. */
import ts from 'typescript';

/** Text to be put in at an offset. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * What imports a name of `module`: among the names that are imported of it, in their order and layout, or else in a declaration of its own. The
 * file is looked at once, for however many names.
 */
export function importsAdded(file: ts.SourceFile, module: string): (name: string) => Insertion {
  const imports = file.statements.filter(ts.isImportDeclaration);
  for (const one of imports) {
    const bindings = one.importClause?.namedBindings;
    if (!ts.isStringLiteral(one.moduleSpecifier) || one.moduleSpecifier.text !== module) continue;
    if (bindings === undefined || !ts.isNamedImports(bindings) || one.importClause?.phaseModifier !== undefined) continue;
    return amongNames(file, bindings);
  }
  const lineBreak = lineBreakOf(file.text);
  const declaration = (name: string): string => `import { ${name} } from '${module}';`;
  const last = imports.at(-1);
  if (last !== undefined) {
    const at = pastComments(file.text, last.end);
    return (name) => ({ at, text: lineBreak + declaration(name) });
  }
  const at = behindHeader(file.text);
  const gap = /^\s/.test(file.text.slice(at)) ? lineBreak : lineBreak + lineBreak;
  return (name) => ({ at, text: declaration(name) + gap });
}

function amongNames(file: ts.SourceFile, names: ts.NamedImports): (name: string) => Insertion {
  const { text } = file;
  const { elements } = names;
  const last = elements.at(-1);
  const opening = names.getStart(file) + 1;
  if (last === undefined) return (name) => ({ at: opening, text: ` ${name} ` });
  const indentation = indentationOf(file, elements);
  const lineBreak = lineBreakOf(text);
  // What a comment says of a name stays beside it: where none can be put behind the last one and its comment, it is put before them.
  const end = elements.hasTrailingComma ? elements.end : last.end;
  const isOpen = pastComments(text, end) === end || (indentation !== undefined && elements.hasTrailingComma);
  const ordered = elements.map((one) => ({ one, key: one.name.text.toLowerCase() }));
  return (name) => {
    const key = name.toLowerCase();
    const next = ordered.find((other) => other.key > key)?.one ?? (isOpen ? undefined : last);
    if (indentation === undefined)
      return next === undefined ? { at: last.end, text: `, ${name}` } : { at: next.getStart(file), text: `${name}, ` };
    const line = lineBreak + indentation + name;
    if (next === undefined && !elements.hasTrailingComma) return { at: last.end, text: `,${line}` };
    return { at: pastComments(text, next?.pos ?? elements.end), text: `${line},` };
  };
}

/** What each name's line begins with where each has one of its own; undefined where several share one, or one is beside something else. */
function indentationOf(file: ts.SourceFile, elements: readonly ts.ImportSpecifier[]): string | undefined {
  const { text } = file;
  const heads = elements.map((one) => {
    const start = one.getStart(file);
    return text.slice(start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1, start);
  });
  return heads.every((head) => head.trim() === '') ? heads[0] : undefined;
}

/** Behind the comments that follow on the same line. */
function pastComments(text: string, at: number): number {
  return ts.getTrailingCommentRanges(text, at)?.at(-1)?.end ?? at;
}

/** How the text's lines end. */
function lineBreakOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** Behind the comments at the top that an empty line parts from what comes then. */
function behindHeader(text: string): number {
  const parted = (ts.getLeadingCommentRanges(text, 0) ?? []).filter(({ end }) => /^[ \t]*\r?\n[ \t]*\r?\n/.test(text.slice(end)));
  const end = parted.at(-1)?.end;
  return end === undefined ? 0 : end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
}
