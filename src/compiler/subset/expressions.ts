/** Which expressions a driver may write. */
import ts from 'typescript';
import { checkName } from './names.ts';
import type { Reporter } from './report.ts';
import { checkType } from './types.ts';

/** Where an expression stands. */
export interface Use {
  /** A string may stand here: a routine's argument or result, the initialiser of a constant. */
  readonly text?: boolean;
  /** `{...}` and `[...]` may stand here: the initialiser of storage. */
  readonly literal?: boolean;
}

const kinds = ts.SyntaxKind;

/** Checks an expression as written. */
export function checkExpression(walk: Reporter, node: ts.Expression | undefined, use: Use = {}): void {
  if (!node) return;
  const { report, file } = walk;
  const again = (inner: ts.Expression | undefined, innerUse: Use = {}) => checkExpression(walk, inner, innerUse);
  switch (node.kind) {
    case kinds.Identifier:
      return checkName(walk, node);
    case kinds.NullKeyword:
      return;
    case kinds.TrueKeyword:
      return report('dsl/true', node, [], 'TRUE');
    case kinds.FalseKeyword:
      return report('dsl/false', node, [], 'FALSE');
    case kinds.NumericLiteral:
      return checkNumber(walk, node as ts.NumericLiteral);
    case kinds.BigIntLiteral:
      return report('dsl/bigint', node, []);
    case kinds.StringLiteral:
      return use.text ? undefined : report('dsl/string', node, []);
    case kinds.NoSubstitutionTemplateLiteral:
      return report('dsl/template', node, [], JSON.stringify((node as ts.NoSubstitutionTemplateLiteral).text));
    case kinds.TemplateExpression:
    case kinds.TaggedTemplateExpression:
      return report('dsl/template', node, []);
    case kinds.RegularExpressionLiteral:
      return report('dsl/regex', node, []);
    case kinds.ParenthesizedExpression:
      return again((node as ts.ParenthesizedExpression).expression, use);
    case kinds.NonNullExpression:
      return again((node as ts.NonNullExpression).expression);
    case kinds.PropertyAccessExpression:
      return checkProperty(walk, node as ts.PropertyAccessExpression);
    case kinds.ElementAccessExpression:
      return checkElement(walk, node as ts.ElementAccessExpression);
    case kinds.CallExpression:
      return checkCall(walk, node as ts.CallExpression);
    case kinds.BinaryExpression:
      return checkBinary(walk, node as ts.BinaryExpression);
    case kinds.PrefixUnaryExpression:
    case kinds.PostfixUnaryExpression:
      return checkUnary(walk, node as ts.PrefixUnaryExpression | ts.PostfixUnaryExpression);
    case kinds.ConditionalExpression: {
      const { condition, whenTrue, whenFalse } = node as ts.ConditionalExpression;
      again(condition);
      again(whenTrue, { text: use.text });
      return again(whenFalse, { text: use.text });
    }
    case kinds.AsExpression:
      return checkCast(walk, node as ts.AsExpression);
    case kinds.TypeAssertionExpression: {
      const { expression, type } = node as ts.TypeAssertion;
      return report('dsl/cast-form', node, [], `${expression.getText(file)} as ${type.getText(file)}`);
    }
    case kinds.ObjectLiteralExpression:
      if (!use.literal) return report('dsl/object-literal', node, []);
      return checkObjectLiteral(walk, node as ts.ObjectLiteralExpression);
    case kinds.ArrayLiteralExpression:
      if (!use.literal) return report('dsl/array-literal', node, []);
      for (const element of (node as ts.ArrayLiteralExpression).elements) again(element, { literal: true });
      return;
    case kinds.OmittedExpression:
      return report('dsl/hole', { start: node.pos, end: node.pos + 1 }, []);
    case kinds.ArrowFunction:
    case kinds.FunctionExpression:
      return report('dsl/nested-routine', node, []);
    case kinds.ClassExpression:
      return report('dsl/class', node, []);
    case kinds.ThisKeyword:
      return report('dsl/this', node, ['this']);
    case kinds.SuperKeyword:
      return report('dsl/this', node, ['super']);
    case kinds.NewExpression:
      return report('dsl/new', node, []);
    case kinds.TypeOfExpression:
      return report('dsl/typeof', node, []);
    case kinds.DeleteExpression:
      return report('dsl/delete', node, []);
    case kinds.VoidExpression:
      return report('dsl/operator', node, ['void', 'write the call as a statement']);
    case kinds.AwaitExpression:
      return report('dsl/async', node, []);
    case kinds.YieldExpression:
      return report('dsl/generator', node, []);
    case kinds.SpreadElement:
      return report('dsl/spread', node, []);
    case kinds.SatisfiesExpression:
      return report('dsl/operator', node, ['satisfies', 'write the type where the variable is declared']);
    default:
      return report('dsl/statement', node, [node.kind === kinds.MetaProperty ? 'This property' : 'This expression']);
  }
}

function checkNumber(walk: Reporter, node: ts.NumericLiteral): void {
  const written = node.getText(walk.file);
  const hex = /^0[xob]/i.test(written);
  if (!hex && /[.e]/i.test(written)) return walk.report('dsl/float', node, []);
  if (written.includes('_')) return walk.report('dsl/digit-separator', node, [], written.replaceAll('_', ''));
  if (!Number.isSafeInteger(Number(node.text))) walk.report('dsl/literal-range', node, []);
}

function checkProperty(walk: Reporter, node: ts.PropertyAccessExpression): void {
  if (node.questionDotToken) {
    walk.report('dsl/optional-chain', node.questionDotToken, [node.expression.getText(walk.file)]);
  }
  checkExpression(walk, node.expression);
  checkName(walk, node.name);
}

function checkElement(walk: Reporter, node: ts.ElementAccessExpression): void {
  if (node.questionDotToken) {
    walk.report('dsl/optional-chain', node.questionDotToken, [node.expression.getText(walk.file)]);
  }
  checkExpression(walk, node.expression);
  checkExpression(walk, node.argumentExpression);
}

function checkCall(walk: Reporter, node: ts.CallExpression): void {
  const { report, file } = walk;
  if (node.questionDotToken) report('dsl/optional-chain', node.questionDotToken, [node.expression.getText(file)]);
  const callee = withoutParentheses(node.expression);
  if (callee.kind === kinds.ImportKeyword) return report('dsl/import-form', node, ['import { Name } from "irpsight/wdm"']);
  if (ts.isArrowFunction(callee) || ts.isFunctionExpression(callee)) return report('dsl/nested-routine', callee, []);
  if (callee.kind === kinds.SuperKeyword) return report('dsl/this', callee, ['super']);
  if (!ts.isIdentifier(callee) && !ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee)) {
    report('dsl/call-form', callee, []);
  }
  checkExpression(walk, node.expression);
  for (const type of node.typeArguments ?? []) checkType(walk, type, 'argument');
  for (const argument of node.arguments) checkExpression(walk, argument, { text: true });
}

function checkBinary(walk: Reporter, node: ts.BinaryExpression): void {
  const { report, file } = walk;
  const { left, right, operatorToken } = node;
  const operator = operatorToken.getText(file);
  switch (operatorToken.kind) {
    case kinds.EqualsEqualsToken:
    case kinds.ExclamationEqualsToken:
      report('dsl/equality', operatorToken, [operator], `${operator}=`);
      break;
    case kinds.GreaterThanGreaterThanGreaterThanToken:
      report('dsl/unsigned-shift', operatorToken, [], '>>');
      break;
    case kinds.GreaterThanGreaterThanGreaterThanEqualsToken:
      report('dsl/unsigned-shift', operatorToken, [], '>>=');
      break;
    case kinds.AsteriskAsteriskToken:
    case kinds.AsteriskAsteriskEqualsToken:
      report('dsl/power', operatorToken, []);
      break;
    case kinds.CommaToken:
      report('dsl/comma', operatorToken, []);
      break;
    case kinds.QuestionQuestionToken:
    case kinds.QuestionQuestionEqualsToken:
      report('dsl/coalesce', operatorToken, [operator, left.getText(file)]);
      break;
    case kinds.AmpersandAmpersandEqualsToken:
    case kinds.BarBarEqualsToken:
      report('dsl/logical-assignment', operatorToken, [operator]);
      break;
    case kinds.InKeyword:
      report('dsl/in-operator', operatorToken, []);
      break;
    case kinds.InstanceOfKeyword:
      report('dsl/operator', operatorToken, ['instanceof', 'the type is known when the driver is written']);
      break;
    case kinds.EqualsToken:
      if (ts.isObjectLiteralExpression(left) || ts.isArrayLiteralExpression(left)) {
        report('dsl/destructuring', left, []);
        return checkExpression(walk, right);
      }
      break;
  }
  if (isAssignment(operatorToken.kind) && !isStorable(left)) report('dsl/increment', left, [operator]);
  checkExpression(walk, left);
  checkExpression(walk, right);
}

function checkUnary(walk: Reporter, node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
  const operator = ts.tokenToString(node.operator) ?? '';
  const steps = node.operator === kinds.PlusPlusToken || node.operator === kinds.MinusMinusToken;
  if (steps && !isStorable(node.operand)) walk.report('dsl/increment', node.operand, [operator]);
  checkExpression(walk, node.operand);
}

function checkCast(walk: Reporter, node: ts.AsExpression): void {
  const { report } = walk;
  const inner = withoutParentheses(node.expression);
  // `as unknown as PIRP` only serves to get past tsc.
  if (ts.isAsExpression(inner) && inner.type.kind === kinds.UnknownKeyword) {
    report('dsl/cast', node, []);
    checkExpression(walk, inner.expression);
  } else {
    checkExpression(walk, node.expression);
  }
  checkType(walk, node.type, 'other');
}

function checkObjectLiteral(walk: Reporter, node: ts.ObjectLiteralExpression): void {
  for (const property of node.properties) {
    if (!ts.isPropertyAssignment(property) || !ts.isIdentifier(property.name)) {
      walk.report(ts.isSpreadAssignment(property) ? 'dsl/spread' : 'dsl/literal-form', property, []);
      continue;
    }
    checkName(walk, property.name);
    checkExpression(walk, property.initializer, { literal: true });
  }
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= kinds.FirstAssignment && operator <= kinds.LastAssignment;
}

function isStorable(node: ts.Expression): boolean {
  const target = withoutParentheses(node);
  return ts.isIdentifier(target) || ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target);
}

function withoutParentheses(node: ts.Expression): ts.Expression {
  let inner = node;
  while (ts.isParenthesizedExpression(inner) || ts.isNonNullExpression(inner)) inner = inner.expression;
  return inner;
}
