/** Where a source is changed so that it imports one name more. */
import ts from 'typescript';

/** Text to be put in at an offset. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** Imports `name` of `module`: among the names that are imported of it, in their order and layout, or else in a declaration of its own. */
export function addedImport(file: ts.SourceFile, name: string, module: string): Insertion {
  const imports = file.statements.filter(ts.isImportDeclaration);
  for (const one of imports) {
    const bindings = one.importClause?.namedBindings;
    if (!ts.isStringLiteral(one.moduleSpecifier) || one.moduleSpecifier.text !== module) continue;
    if (bindings === undefined || !ts.isNamedImports(bindings) || one.importClause?.phaseModifier !== undefined) continue;
    return amongNames(file, bindings, name);
  }
  const declaration = `import { ${name} } from '${module}';`;
  const last = imports.at(-1);
  if (last !== undefined) return { at: last.end, text: `\n${declaration}` };
  const at = behindHeader(file.text);
  return { at, text: /^\s/.test(file.text.slice(at)) ? `${declaration}\n` : `${declaration}\n\n` };
}

function amongNames(file: ts.SourceFile, { elements, pos }: ts.NamedImports, name: string): Insertion {
  const [first] = elements;
  if (first === undefined) return { at: file.text.indexOf('{', pos) + 1, text: ` ${name} ` };
  const lineOf = (offset: number): number => file.getLineAndCharacterOfPosition(offset).line;
  // A name a line, or several on one.
  const stacked = elements.length > 1 && new Set(elements.map((one) => lineOf(one.getStart(file)))).size === elements.length;
  const start = first.getStart(file);
  const indentation = /[^\n]*$/.exec(file.text.slice(0, start))?.[0] ?? '';
  const gap = stacked || (elements.length === 1 && /^\s+$/.test(indentation)) ? `\n${indentation}` : ' ';
  const next = elements.find((one) => one.name.text.toLowerCase() > name.toLowerCase());
  const before = next ?? elements[elements.length - 1];
  return next === undefined ? { at: before.end, text: `,${gap}${name}` } : { at: next.getStart(file), text: `${name},${gap}` };
}

/** Behind the comments at the top that an empty line parts from what comes then. */
function behindHeader(text: string): number {
  const parted = (ts.getLeadingCommentRanges(text, 0) ?? []).filter(({ end }) => /^[ \t]*\r?\n[ \t]*\r?\n/.test(text.slice(end)));
  const end = parted.at(-1)?.end;
  return end === undefined ? 0 : end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
}
