/** Expressions to instructions: C's conversions, left to right, short circuit. A register's kind is always that of the expression's declared type. */
import ts from 'typescript';
import type { ArithmeticKind, BinaryOperator, CellKind, Reg } from '../ir/program.ts';
import type { Label } from './code-builder.ts';
import { routineOfExpression } from './compilation.ts';
import type { Constant } from './constants.ts';
import { convert } from './constants.ts';
import type { Declared } from './declared.ts';
import { decay } from './declared.ts';
import type { ArithmeticCell } from './integers.ts';
import { canonical, promote, usual } from './integers.ts';
import { cellKind, isWide } from './layouts.ts';
import { lowerCall } from './lower-call.ts';
import type { FunctionContext } from './lower-place.ts';
import { copyStorage, initialise, load, locate, locateStorage, store } from './lower-place.ts';
import { arithmeticOperators, skipParentheses } from './syntax.ts';
import { common, integerOf } from './typing.ts';

const binaryOperators = new Map<ts.SyntaxKind, BinaryOperator>([
  ...arithmeticOperators,
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '!='],
  [ts.SyntaxKind.LessThanToken, '<'],
  [ts.SyntaxKind.LessThanEqualsToken, '<='],
  [ts.SyntaxKind.GreaterThanToken, '>'],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>='],
]);

const compoundOperators = new Map<ts.SyntaxKind, ts.SyntaxKind>([
  [ts.SyntaxKind.PlusEqualsToken, ts.SyntaxKind.PlusToken],
  [ts.SyntaxKind.MinusEqualsToken, ts.SyntaxKind.MinusToken],
  [ts.SyntaxKind.AsteriskEqualsToken, ts.SyntaxKind.AsteriskToken],
  [ts.SyntaxKind.SlashEqualsToken, ts.SyntaxKind.SlashToken],
  [ts.SyntaxKind.PercentEqualsToken, ts.SyntaxKind.PercentToken],
  [ts.SyntaxKind.AmpersandEqualsToken, ts.SyntaxKind.AmpersandToken],
  [ts.SyntaxKind.BarEqualsToken, ts.SyntaxKind.BarToken],
  [ts.SyntaxKind.CaretEqualsToken, ts.SyntaxKind.CaretToken],
  [ts.SyntaxKind.LessThanLessThanEqualsToken, ts.SyntaxKind.LessThanLessThanToken],
  [ts.SyntaxKind.GreaterThanGreaterThanEqualsToken, ts.SyntaxKind.GreaterThanGreaterThanToken],
]);

const comparisons: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Evaluates an expression into a register of its (decayed) type's kind; storage gives its address. */
export function value(f: FunctionContext, node: ts.Expression): Reg {
  const constant = f.compilation.constants.fold(node);
  if (constant !== undefined) return emitConstant(f, constant, node);
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node))
    return value(f, node.expression);
  const result = valueUnobserved(f, node);
  if (f.compilation.observes(node)) f.code.emit({ op: 'intrinsic', name: 'observe', args: [result] }, f.compilation.place(node));
  return result;
}

function valueUnobserved(f: FunctionContext, node: ts.Expression): Reg {
  if (ts.isAsExpression(node)) return valueAs(f, node.expression, decay(f.compilation.declared.evaluate(node.type)), node);
  if (ts.isCallExpression(node)) return lowerCall(f, node);
  if (ts.isBinaryExpression(node)) return binary(f, node);
  if (ts.isPrefixUnaryExpression(node)) return prefix(f, node);
  if (ts.isPostfixUnaryExpression(node)) return step(f, node.operand, node, node.operator === ts.SyntaxKind.PlusPlusToken, true);
  if (ts.isConditionalExpression(node)) return conditional(f, node);
  const routine = routineOfExpression(node, f.compilation.typing);
  if (routine !== undefined) return emitRoutine(f, f.compilation.funcFor(routine), node);
  const location = locate(f, node);
  if (location !== undefined) return load(f, location, node);
  f.compilation.report(node, 'dsl/no-value', [node.getText().slice(0, 40)]);
  return emitConstant(f, { value: 0n, type: f.compilation.typing.typeOf(node) }, node);
}

/** Evaluates an expression and converts it, as an assignment to a variable of that type does. */
export function valueAs(f: FunctionContext, node: ts.Expression, to: Declared, at: ts.Node = node): Reg {
  const constant = convert(f.compilation.constants.fold(node), to);
  if (constant !== undefined) return emitConstant(f, constant, at);
  return convertTo(f, value(f, node), to, at);
}

/** Converts a register to a type's kind. */
export function convertTo(f: FunctionContext, src: Reg, to: Declared, at: ts.Node): Reg {
  const from = f.code.kindOf(src);
  const kind = cellKind(decay(to));
  if (from === kind || to.kind === 'void') return src;
  const dst = f.code.register(kind);
  f.code.emit({ op: 'convert', dst, src, from, to: kind }, f.compilation.place(at));
  return dst;
}

/** Jumps to one of two labels. */
export function condition(f: FunctionContext, node: ts.Expression, then: Label, otherwise: Label): void {
  const place = f.compilation.place(node);
  const inner = skipParentheses(node);
  const constant = f.compilation.constants.fold(inner);
  if (constant !== undefined) {
    f.code.jump(constant.value === 0n ? otherwise : then, place);
  } else if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken) {
    condition(f, inner.operand, otherwise, then);
  } else if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) {
    const right = f.code.label();
    condition(f, inner.left, right, otherwise);
    f.code.mark(right);
    condition(f, inner.right, then, otherwise);
  } else if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.BarBarToken) {
    const right = f.code.label();
    condition(f, inner.left, then, right);
    f.code.mark(right);
    condition(f, inner.right, then, otherwise);
  } else {
    f.code.branch(value(f, inner), then, otherwise, place);
  }
}

/** A constant register of the constant's type. */
export function emitConstant(f: FunctionContext, constant: Constant, at: ts.Node): Reg {
  const type = decay(constant.type);
  const dst = f.code.register(cellKind(type));
  const number = type.kind === 'int' ? canonical(constant.value, type.cell) : Number(constant.value);
  if (!Number.isSafeInteger(number)) {
    f.compilation.report(at, 'dsl/beyond-53-bits', []);
  }
  f.code.emit({ op: 'const', dst, value: Number.isSafeInteger(number) ? number : 0 }, f.compilation.place(at));
  return dst;
}

/** Evaluates each alternative in a branch of its own, of which `pick` (from 0) is taken; gives the common register. */
export function alternatives(
  f: FunctionContext,
  parts: readonly ts.Expression[],
  type: Declared,
  at: ts.Node,
  enter: (labels: readonly Label[]) => void,
): Reg {
  const place = f.compilation.place(at);
  const dst = f.code.register(cellKind(decay(type)));
  const labels = parts.map(() => f.code.label());
  const end = f.code.label();
  enter(labels);
  parts.forEach((part, index) => {
    f.code.mark(labels[index] as Label);
    const src = valueAs(f, part, type);
    f.code.emit({ op: 'move', dst, src }, place);
    f.code.jump(end, place);
  });
  f.code.mark(end);
  return dst;
}

function emitRoutine(f: FunctionContext, func: number, at: ts.Node): Reg {
  const dst = f.code.register('fn');
  f.code.emit({ op: 'func', dst, func }, f.compilation.place(at));
  return dst;
}

function conditional(f: FunctionContext, node: ts.ConditionalExpression): Reg {
  const { typing } = f.compilation;
  const type = common(typing.typeOf(node.whenTrue), typing.typeOf(node.whenFalse));
  return alternatives(f, [node.whenTrue, node.whenFalse], type, node, ([then, otherwise]) => {
    condition(f, node.condition, then as Label, otherwise as Label);
  });
}

function binary(f: FunctionContext, node: ts.BinaryExpression): Reg {
  const token = node.operatorToken.kind;
  if (token === ts.SyntaxKind.EqualsToken) return assign(f, node);
  const compound = compoundOperators.get(token);
  if (compound !== undefined) return assignCompound(f, node, compound);
  if (token === ts.SyntaxKind.CommaToken) {
    value(f, node.left);
    return value(f, node.right);
  }
  if (token === ts.SyntaxKind.AmpersandAmpersandToken || token === ts.SyntaxKind.BarBarToken) return logical(f, node);
  const operator = binaryOperators.get(token);
  if (operator === undefined) {
    f.compilation.report(node.operatorToken, 'dsl/operator', [node.operatorToken.getText(), 'write it with the operators of C']);
    return value(f, node.left);
  }
  const { typing } = f.compilation;
  const left = typing.typeOf(node.left);
  const right = typing.typeOf(node.right);
  return comparisons.has(operator) ? comparison(f, node, operator, left, right) : arithmetic(f, node, operator, left, right);
}

function comparison(
  f: FunctionContext,
  node: ts.BinaryExpression,
  operator: BinaryOperator,
  leftType: Declared,
  rightType: Declared,
): Reg {
  const integers = [leftType, rightType].every(
    (type) => type.kind === 'int' || type.kind === 'bool' || type.kind === 'string' || type.kind === 'size',
  );
  const type: Declared = integers
    ? { kind: 'int', cell: usual(integerOf(leftType), integerOf(rightType)) }
    : leftType.kind === 'fn' || rightType.kind === 'fn'
      ? leftType.kind === 'fn'
        ? leftType
        : rightType
      : { kind: 'ptr' };
  const kind: ArithmeticKind = type.kind === 'int' ? (type.cell as ArithmeticCell) : 'ptr';
  const left = valueAs(f, node.left, type);
  const right = valueAs(f, node.right, type);
  const dst = f.code.register('bool');
  f.code.emit({ op: 'binary', dst, operator, kind, left, right }, f.compilation.place(node));
  return dst;
}

function arithmetic(
  f: FunctionContext,
  node: ts.BinaryExpression,
  operator: BinaryOperator,
  leftType: Declared,
  rightType: Declared,
): Reg {
  const shift = operator === '<<' || operator === '>>';
  const cell = shift ? promote(integerOf(leftType)) : usual(integerOf(leftType), integerOf(rightType));
  const left = valueAs(f, node.left, { kind: 'int', cell });
  const right = valueAs(f, node.right, { kind: 'int', cell });
  return emitBinary(f, operator, cell, left, right, node);
}

function emitBinary(f: FunctionContext, operator: BinaryOperator, kind: ArithmeticCell, left: Reg, right: Reg, at: ts.Node): Reg {
  const dst = f.code.register(kind);
  f.code.emit({ op: 'binary', dst, operator, kind, left, right }, f.compilation.place(at));
  return dst;
}

/** `&&` and `||` as values: 0 or 1, as in C. */
function logical(f: FunctionContext, node: ts.BinaryExpression): Reg {
  const place = f.compilation.place(node);
  const dst = f.code.register('bool');
  const [yes, no, end] = [f.code.label(), f.code.label(), f.code.label()];
  condition(f, node, yes, no);
  for (const [label, truth] of [
    [yes, 1],
    [no, 0],
  ] as const) {
    f.code.mark(label);
    f.code.emit({ op: 'const', dst, value: truth }, place);
    f.code.jump(end, place);
  }
  f.code.mark(end);
  return dst;
}

function prefix(f: FunctionContext, node: ts.PrefixUnaryExpression): Reg {
  switch (node.operator) {
    case ts.SyntaxKind.PlusPlusToken:
      return step(f, node.operand, node, true, false);
    case ts.SyntaxKind.MinusMinusToken:
      return step(f, node.operand, node, false, false);
    case ts.SyntaxKind.ExclamationToken: {
      const src = value(f, node.operand);
      return unary(f, '!', truthKind(f.code.kindOf(src)), src, 'bool', node);
    }
    default: {
      const cell = promote(integerOf(f.compilation.typing.typeOf(node.operand)));
      const src = valueAs(f, node.operand, { kind: 'int', cell });
      if (node.operator === ts.SyntaxKind.PlusToken) return src;
      return unary(f, node.operator === ts.SyntaxKind.MinusToken ? '-' : '~', cell, src, cell, node);
    }
  }
}

function unary(
  f: FunctionContext,
  operator: '-' | '~' | '!',
  kind: ArithmeticKind,
  src: Reg,
  result: CellKind,
  at: ts.Node,
): Reg {
  const dst = f.code.register(result);
  f.code.emit({ op: 'unary', dst, operator, kind, src }, f.compilation.place(at));
  return dst;
}

function truthKind(kind: CellKind): ArithmeticKind {
  if (kind === 'ptr' || kind === 'fn') return 'ptr';
  return isWide(kind) ? (kind as ArithmeticKind) : 'i32';
}

/** `x++` and its kin: a load, an addition and a store. */
function step(f: FunctionContext, operand: ts.Expression, node: ts.Expression, up: boolean, wantsOld: boolean): Reg {
  const location = locate(f, operand);
  if (location === undefined) return notAssignable(f, operand);
  const cell = promote(integerOf(location.type));
  let old = load(f, location, operand);
  if (wantsOld && location.kind === 'register') {
    const kept = f.code.register(f.code.kindOf(old));
    f.code.emit({ op: 'move', dst: kept, src: old }, f.compilation.place(node));
    old = kept;
  }
  const one = emitConstant(f, { value: 1n, type: { kind: 'int', cell } }, node);
  const sum = emitBinary(f, up ? '+' : '-', cell, convertTo(f, old, { kind: 'int', cell }, node), one, node);
  const stored = convertTo(f, sum, location.type, node);
  store(f, location, stored, node);
  return wantsOld ? old : stored;
}

function assign(f: FunctionContext, node: ts.BinaryExpression): Reg {
  const location = locate(f, node.left);
  if (location === undefined) return notAssignable(f, node.left);
  if (location.kind === 'memory' && (location.type.kind === 'struct' || location.type.kind === 'array')) {
    const right = skipParentheses(node.right);
    if (ts.isObjectLiteralExpression(right) || ts.isArrayLiteralExpression(right)) initialise(f, location, right);
    else copyStorage(f, location, locateStorage(f, right, location.type), node);
    return location.base;
  }
  const src = valueAs(f, node.right, location.type);
  store(f, location, src, node);
  return src;
}

function assignCompound(f: FunctionContext, node: ts.BinaryExpression, token: ts.SyntaxKind): Reg {
  const location = locate(f, node.left);
  const operator = binaryOperators.get(token);
  if (location === undefined || operator === undefined) return notAssignable(f, node.left);
  const right = f.compilation.typing.typeOf(node.right);
  const shift = operator === '<<' || operator === '>>';
  const cell = shift ? promote(integerOf(location.type)) : usual(integerOf(location.type), integerOf(right));
  const current = convertTo(f, load(f, location, node.left), { kind: 'int', cell }, node);
  const other = valueAs(f, node.right, { kind: 'int', cell });
  const result = convertTo(f, emitBinary(f, operator, cell, current, other, node), location.type, node);
  store(f, location, result, node);
  return result;
}

function notAssignable(f: FunctionContext, node: ts.Expression): Reg {
  f.compilation.report(node, 'dsl/not-assignable', []);
  return emitConstant(f, { value: 0n, type: f.compilation.typing.typeOf(node) }, node);
}
