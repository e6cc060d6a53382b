/** Fields of kernel objects that a driver may look at and not change (`@system` in the library). */
import ts from 'typescript';
import { decay } from '../declared.ts';
import { tagText } from '../declared-types.ts';
import type { Meaning } from './meaning.ts';

/** Checks one use of a field. */
export function checkSystemField(meaning: Meaning, node: ts.Node): void {
  if (!ts.isPropertyAccessExpression(node)) return;
  const instead = systemTag(meaning, node);
  if (instead === undefined) return;
  const whole = outermostPart(meaning, node);
  if (isStorage(meaning, whole) || isChanged(meaning, whole)) meaning.report('dsl/system-field', node, [node.name.text, instead]);
}

/** What the library names instead of changing the field; undefined for a field that is anybody's. */
function systemTag({ typing, layouts, isLibrary }: Meaning, node: ts.PropertyAccessExpression): string | undefined {
  const base = decay(typing.typeOf(node.expression));
  if (base.kind !== 'ptr' || base.to?.kind !== 'struct' || !isLibrary(base.to.shape.node)) return undefined;
  const declaration = layouts.field(base.to, node.name.text)?.node.parent;
  return declaration !== undefined && isLibrary(declaration) ? tagText(ts.getJSDocTags(declaration), 'system') : undefined;
}

/** The largest expression around a field that still names a part of it: `Idle.Header.SignalState` around `Idle`. */
function outermostPart(meaning: Meaning, node: ts.Expression): ts.Expression {
  const outer = node.parent;
  if (ts.isParenthesizedExpression(outer) || ts.isNonNullExpression(outer)) return outermostPart(meaning, outer);
  const part = ts.isPropertyAccessExpression(outer) || (ts.isElementAccessExpression(outer) && outer.expression === node);
  return part && isStorage(meaning, node) ? outermostPart(meaning, outer) : node;
}

/** Storage in an expression is its address, with which anything may be done. */
function isStorage({ typing }: Meaning, node: ts.Expression): boolean {
  const { kind } = typing.typeOf(node);
  return kind === 'struct' || kind === 'array';
}

function isChanged({ typing }: Meaning, node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) {
    const operator = parent.operatorToken.kind;
    return parent.left === node && operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
  }
  if (ts.isPostfixUnaryExpression(parent)) return true;
  if (ts.isPrefixUnaryExpression(parent)) {
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  }
  return ts.isCallExpression(parent) && typing.specialName(parent.expression) === 'Ref';
}
