/** Small questions about syntax trees. */
import ts from 'typescript';

/** The expression inside any parentheses. */
export function skipParentheses(node: ts.Expression): ts.Expression {
  let inner = node;
  while (ts.isParenthesizedExpression(inner)) inner = inner.expression;
  return inner;
}
