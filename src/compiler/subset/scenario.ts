/** The literal that declares a scenario: constants, the driver's entry, and routines. */
import ts from 'typescript';
import { checkExpression } from './expressions.ts';
import { checkModifiers } from './modifiers.ts';
import { checkName } from './names.ts';
import type { Reporter } from './report.ts';
import { checkBody } from './statements.ts';
import { checkParameters, checkType } from './types.ts';

/** Checks the initialiser of an `export const Name: SCENARIO`. */
export function checkScenario(walk: Reporter, node: ts.Node): void {
  if (!ts.isObjectLiteralExpression(node)) return walk.report('dsl/scenario-literal', node, []);
  checkLiteral(walk, node);
}

function checkLiteral(walk: Reporter, node: ts.ObjectLiteralExpression): void {
  const { report } = walk;
  for (const property of node.properties) {
    if (ts.isMethodDeclaration(property) && ts.isIdentifier(property.name)) {
      checkMethod(walk, property);
    } else if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name)) {
      checkName(walk, property.name);
      checkValue(walk, property.initializer);
    } else if (ts.isGetAccessor(property) || ts.isSetAccessor(property)) {
      report('dsl/accessor', property, []);
    } else {
      report('dsl/scenario-literal', property, []);
    }
  }
}

function checkMethod(walk: Reporter, method: ts.MethodDeclaration): void {
  const { report } = walk;
  checkModifiers(walk, method, []);
  checkName(walk, method.name);
  if (method.questionToken) report('dsl/scenario-literal', method.questionToken, []);
  if (method.asteriskToken) report('dsl/generator', method.asteriskToken, []);
  const [parameter] = method.typeParameters ?? [];
  if (parameter) report('dsl/generic-function', parameter, []);
  checkParameters(walk, method.parameters);
  checkType(walk, method.type, 'other');
  if (method.body) checkBody(walk, method.body);
}

function checkValue(walk: Reporter, node: ts.Expression): void {
  if (ts.isObjectLiteralExpression(node)) return checkLiteral(walk, node);
  if (ts.isArrayLiteralExpression(node)) {
    for (const element of node.elements) checkValue(walk, element);
    return;
  }
  if (isConstantForm(node)) checkExpression(walk, node, { text: true });
  else walk.report('dsl/scenario-literal', node, []);
}

function isConstantForm(node: ts.Expression): boolean {
  if (ts.isCallExpression(node))
    return ts.isIdentifier(node.expression) && /^([A-Z][A-Z0-9_]*|sizeof)$/.test(node.expression.text);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return isConstantForm(node.expression);
  if (ts.isPrefixUnaryExpression(node)) return isConstantForm(node.operand);
  if (ts.isBinaryExpression(node)) return isConstantForm(node.left) && isConstantForm(node.right);
  if (ts.isPropertyAccessExpression(node)) return ts.isIdentifier(node.expression);
  return (
    ts.isIdentifier(node) ||
    ts.isStringLiteral(node) ||
    ts.isNumericLiteral(node) ||
    node.kind === ts.SyntaxKind.NullKeyword ||
    // Reported as such, with TRUE or FALSE to write.
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword
  );
}
