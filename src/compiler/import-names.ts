/** What a source's own text says, before any type is known, of the names it imports, exports and compares. */
import ts from 'typescript';

/** The names that a source imports from `irpsight/wdm`. */
export function importedNames(file: ts.SourceFile): readonly string[] {
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const bindings = statement.importClause?.namedBindings;
    if (statement.moduleSpecifier.text !== 'irpsight/wdm' || bindings === undefined || !ts.isNamedImports(bindings)) return [];
    return bindings.elements.map(({ name }) => name.text);
  });
}

/** The names that a module exports, declared there or in `export { ... } from`. */
export function exportedNames(file: ts.SourceFile): readonly string[] {
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement))
      return statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map(({ name }) => name.text)
        : [];
    if (!ts.canHaveModifiers(statement) || !ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
      return [];
    const declared = ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : [statement];
    return declared.flatMap((one) => {
      const name = ts.getNameOfDeclaration(one as ts.Declaration);
      return name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
    });
  });
}

/**
 * Statuses that a source does anything with but return, store or pass them, by name or as a number (`0xC0000022`): only these tell one failure
 * from another.
 */
export function testedStatuses(file: ts.SourceFile): readonly string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node, isTested: boolean): void => {
    if (ts.isIdentifier(node) && isTested && node.text.startsWith('STATUS_')) found.add(node.text);
    // A warning is no success, and no error either.
    if (ts.isIdentifier(node) && /^NT_(WARNING|ERROR)$/.test(node.text)) found.add('STATUS_BUFFER_OVERFLOW');
    if (ts.isNumericLiteral(node) && isTested) {
      const value = Number(node.text);
      if (value >= 0x80000000 && value <= 0xffffffff) found.add(`0x${value.toString(16).toUpperCase()}`);
    }
    ts.forEachChild(node, (child) => visit(child, testsIn(node, isTested)));
  };
  visit(file, false);
  return [...found];
}

/** Whether a status right below `node` is compared, or is given a name by which it could be. */
function testsIn(node: ts.Node, outer: boolean): boolean {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isConditionalExpression(node)) return outer;
  if (ts.isBinaryExpression(node)) return node.operatorToken.kind !== ts.SyntaxKind.EqualsToken;
  return ts.isCaseClause(node) || ts.isVariableDeclaration(node) || ts.isArrayLiteralExpression(node);
}
