/** A routine that the kernel calls has the role that the place it is put in asks for. The type checker, being structural, cannot tell. */
import ts from 'typescript';
import type { Declared, FunctionDeclared } from '../declared.ts';
import { bare, type Meaning } from './meaning.ts';

/** Checks every place of the file that takes a routine, and every routine constant. */
export function checkRoles(meaning: Meaning, node: ts.Node): void {
  const { typing, declared } = meaning;
  if (ts.isCallExpression(node)) {
    const callee = typing.typeOf(node.expression);
    if (callee.kind !== 'fn') return;
    const taker = nameOf(node.expression);
    declared.signature(callee.node, callee.env).parameters.forEach((parameter, index) => {
      checkPlace(meaning, parameter.type, node.arguments[index], taker);
    });
  } else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    checkPlace(meaning, typing.typeOf(node.left), node.right, nameOf(node.left));
  } else if (ts.isVariableDeclaration(node)) {
    if (node.type) checkInitialiser(meaning, declared.evaluate(node.type), node.initializer, node.name.getText());
    else checkUntyped(meaning, node);
  }
}

function checkInitialiser(meaning: Meaning, type: Declared, value: ts.Expression | undefined, name: string): void {
  const literal = value && bare(value);
  if (!literal || !ts.isObjectLiteralExpression(literal)) return checkPlace(meaning, type, value, name);
  for (const property of literal.properties) {
    if (type.kind !== 'struct' || !ts.isPropertyAssignment(property)) continue;
    const field = property.name.getText();
    const declaredField = meaning.layouts.field(type, field);
    if (declaredField) checkInitialiser(meaning, declaredField.type, property.initializer, field);
  }
}

/** `value` is put where `wanted` is declared. */
function checkPlace(meaning: Meaning, wanted: Declared, value: ts.Expression | undefined, taker: string): void {
  if (!value || wanted.kind !== 'fn' || wanted.role === undefined) return;
  const inner = bare(value);
  if (ts.isConditionalExpression(inner)) {
    checkPlace(meaning, wanted, inner.whenTrue, taker);
    return checkPlace(meaning, wanted, inner.whenFalse, taker);
  }
  if (!ts.isIdentifier(inner) && !ts.isPropertyAccessExpression(inner) && !ts.isElementAccessExpression(inner)) return;
  const given = meaning.typing.typeOf(inner);
  if (given.kind !== 'fn' || given.role === wanted.role) return;
  const name = inner.getText(meaning.file);
  if (given.role !== undefined) return meaning.report('dsl/role', inner, [name, given.role, taker, wanted.role]);
  if (ts.isIdentifier(inner)) meaning.report('dsl/no-role', inner, [name, written(wanted)]);
}

/** A constant that is a routine without a type: if it is put nowhere that names its role, it is a plain function. */
function checkUntyped(meaning: Meaning, node: ts.VariableDeclaration): void {
  if (!node.initializer || !ts.isIdentifier(node.name)) return;
  const routine = bare(node.initializer);
  if (!ts.isArrowFunction(routine) && !ts.isFunctionExpression(routine)) return;
  const role = roleByUse(meaning, node.name);
  if (role) meaning.report('dsl/no-role', node.name, [node.name.text, written(role)]);
  else meaning.report('dsl/role-unknown', node.name, [node.name.text]);
}

/** The role that the first place asks for in which the routine is put. */
function roleByUse({ file, declared, typing }: Meaning, routine: ts.Identifier): FunctionDeclared | undefined {
  const symbol = declared.symbolOf(routine);
  const search = (node: ts.Node): FunctionDeclared | undefined => {
    if (ts.isIdentifier(node) && node.text === routine.text && node !== routine && declared.symbolOf(node) === symbol) {
      const wanted = wantedAt(node);
      if (wanted?.kind === 'fn' && wanted.role !== undefined) return wanted;
    }
    return ts.forEachChild(node, search);
  };
  const wantedAt = (node: ts.Identifier): Declared | undefined => {
    const { parent } = node;
    if (ts.isBinaryExpression(parent) && parent.right === node) return typing.typeOf(parent.left);
    if (!ts.isCallExpression(parent)) return undefined;
    const callee = typing.typeOf(parent.expression);
    if (callee.kind !== 'fn') return undefined;
    return declared.signature(callee.node, callee.env).parameters[parent.arguments.indexOf(node)]?.type;
  };
  return search(file);
}

function written({ node, role = '' }: FunctionDeclared): string {
  const alias = node.parent;
  return alias && ts.isTypeAliasDeclaration(alias) && alias.typeParameters?.length ? `${role}<...>` : role;
}

/** How a message calls the function, field or variable that takes the routine. */
function nameOf(node: ts.Expression): string {
  const target = bare(node);
  if (ts.isElementAccessExpression(target)) return nameOf(target.expression);
  if (ts.isPropertyAccessExpression(target)) return target.name.text;
  return target.getText();
}
