/** Which modules a source asks for, found by syntax alone, so that the import closure can be gathered before anything is compiled. */
import ts from 'typescript';
import type { ImportRequest } from './api.ts';
import { parseFile } from './parsed.ts';

/**
 * The module specifiers of `import` and `export ... from` declarations in order; offsets span the string with its quotes. None of a text
 * that cannot even be parsed: the compiler says why.
 */
export function listImports(path: string, text: string): ImportRequest[] {
  const { file } = parseFile(path, text);
  if (file === undefined) return [];
  const found: ImportRequest[] = [];
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const specifier = statement.moduleSpecifier;
    if (specifier === undefined || !ts.isStringLiteral(specifier)) continue;
    found.push({ specifier: specifier.text, start: specifier.getStart(file), end: specifier.getEnd() });
  }
  return found;
}
