/** Whether a new name would mean something else where it is to stand. */
import ts from 'typescript';

/**
 * Whether something else is known by that name at the identifier: a member beside it, or whatever can be named there.
 * @param at the beginning of an identifier.
 */
export function clashes(program: ts.Program, fileName: string, at: number, name: string): boolean {
  const file = program.getSourceFile(fileName);
  const node = file && identifierAt(file, at);
  if (node === undefined || node.text === name || isApart(node)) return false;
  const checker = program.getTypeChecker();
  const { parent } = node;
  const owner = ts.isPropertyAccessExpression(parent) && parent.name === node ? parent.expression : declaringType(node);
  if (owner !== undefined)
    return checker.getPropertyOfType(checker.getNonNullableType(checker.getTypeAtLocation(owner)), name) !== undefined;
  const any = ts.SymbolFlags.Value | ts.SymbolFlags.Type | ts.SymbolFlags.Alias;
  return checker.getSymbolsInScope(node, any).some((symbol) => symbol.name === name);
}

/** Whether the name stands apart from all others: a label, what an import renames, a parameter in a type. */
function isApart(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent) ||
    (ts.isImportSpecifier(parent) && parent.propertyName === node) ||
    (ts.isParameter(parent) && ts.isFunctionTypeNode(parent.parent))
  );
}

/** The type of which the name is a member, where it is declared or given a value. */
function declaringType({ parent }: ts.Identifier): ts.Node | undefined {
  return ts.isPropertySignature(parent) || ts.isPropertyAssignment(parent) ? parent.parent : undefined;
}

function identifierAt(node: ts.Node, at: number): ts.Identifier | undefined {
  if (ts.isIdentifier(node)) return node.getStart() === at ? node : undefined;
  return ts.forEachChild(node, (child) => (child.pos <= at && at < child.end ? identifierAt(child, at) : undefined));
}
