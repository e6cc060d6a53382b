/** Constant expressions, folded when compiled: C's #define and const. */
import ts from 'typescript';
import type { Declared } from './declared.ts';
import { decay } from './declared.ts';
import type { DeclaredTypes } from './declared-types.ts';
import { compute, promote, usual, wrap } from './integers.ts';
import type { Layouts } from './layouts.ts';
import type { Strings } from './strings.ts';
import { arithmeticOperators } from './syntax.ts';
import type { Typing } from './typing.ts';
import { common, integerOf, literalValue } from './typing.ts';

/** `value` is the mathematical value (0 or 1 for a BOOLEAN, a string's number, 0 for null). */
export interface Constant {
  readonly value: bigint;
  readonly type: Declared;
}

/** A node's answer, and the strings and sized types it rests on. */
interface Folded {
  readonly constant: Constant | undefined;
  readonly grounds: ReadonlySet<string | Declared>;
}

export interface Constants {
  readonly fold: (node: ts.Expression) => Constant | undefined;
}

/** A folder that remembers each node's answer. */
export function createConstants(declared: DeclaredTypes, layouts: Layouts, typing: Typing, strings: Strings): Constants {
  const known = new Map<ts.Node, Folded>();
  /** What the constants being folded rest on. */
  let grounds = new Set<string | Declared>();

  const fold = (node: ts.Expression): Constant | undefined => {
    const before = known.get(node);
    if (before !== undefined) {
      // Whoever asks rests on it, too.
      for (const ground of before.grounds) restsOn(ground);
      return before.constant;
    }
    known.set(node, { constant: undefined, grounds: new Set() });
    const around = grounds;
    grounds = new Set();
    const constant = work(node);
    known.set(node, { constant, grounds });
    for (const ground of grounds) around.add(ground);
    grounds = around;
    return constant;
  };

  const restsOn = (ground: string | Declared): number => {
    grounds.add(ground);
    return typeof ground === 'string' ? strings.intern(ground) : layouts.typeId(ground);
  };

  const work = (node: ts.Expression): Constant | undefined => {
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node))
      return fold(node.expression);
    if (ts.isAsExpression(node)) return convert(fold(node.expression), declared.evaluate(node.type));
    if (ts.isNumericLiteral(node)) {
      const value = literalValue(node);
      return value === undefined ? undefined : { value, type: typing.typeOf(node) };
    }
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node))
      return { value: BigInt(restsOn(node.text)), type: { kind: 'string' } };
    if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return named(node);
    if (ts.isCallExpression(node)) return call(node);
    if (ts.isPrefixUnaryExpression(node)) return prefix(node);
    if (ts.isBinaryExpression(node)) return binary(node);
    if (ts.isConditionalExpression(node)) {
      const condition = fold(node.condition);
      if (condition === undefined) return undefined;
      // Both sides decide the type, also the one that is not taken.
      const type = common(typing.typeOf(node.whenTrue), typing.typeOf(node.whenFalse));
      return convert(fold(condition.value === 0n ? node.whenFalse : node.whenTrue), type);
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
      return { value: node.kind === ts.SyntaxKind.TrueKeyword ? 1n : 0n, type: { kind: 'bool' } };
    }
    return node.kind === ts.SyntaxKind.NullKeyword ? { value: 0n, type: { kind: 'null' } } : undefined;
  };

  /** A top-level constant; what a local `const` holds is only known when it runs. */
  const named = (node: ts.Identifier | ts.PropertyAccessExpression): Constant | undefined => {
    if (ts.isPropertyAccessExpression(node) && !ts.isIdentifier(node.expression)) return undefined;
    const declaration = typing.declarationOf(ts.isIdentifier(node) ? node : node.name);
    if (declaration === undefined || !ts.isVariableDeclaration(declaration) || declaration.initializer === undefined)
      return undefined;
    const list = declaration.parent;
    if ((list.flags & ts.NodeFlags.Const) === 0 || !ts.isSourceFile(list.parent.parent)) return undefined;
    const constant = fold(declaration.initializer);
    return declaration.type === undefined ? constant : convert(constant, declared.evaluate(declaration.type));
  };

  const call = (node: ts.CallExpression): Constant | undefined => {
    const special = typing.specialName(node.expression);
    const [argument] = node.typeArguments ?? [];
    if (special === 'sizeof' && argument !== undefined) {
      const type = declared.evaluate(argument);
      return { value: BigInt(layouts.types[restsOn(type)]?.bytes ?? 0), type: { kind: 'int', cell: 'u64' } };
    }
    if (special !== 'CTL_CODE') return undefined;
    const parts = node.arguments.map((a) => fold(a)?.value);
    const [device, code, method, access] = parts;
    if (device === undefined || code === undefined || method === undefined || access === undefined) return undefined;
    return { value: wrap((device << 16n) | (access << 14n) | (code << 2n) | method, 'u32'), type: { kind: 'int', cell: 'u32' } };
  };

  const prefix = (node: ts.PrefixUnaryExpression): Constant | undefined => {
    const operand = fold(node.operand);
    if (operand === undefined) return undefined;
    if (node.operator === ts.SyntaxKind.ExclamationToken)
      return { value: operand.value === 0n ? 1n : 0n, type: { kind: 'bool' } };
    if (operand.type.kind !== 'int' && operand.type.kind !== 'bool') return undefined;
    const cell = promote(integerOf(operand.type));
    const value =
      node.operator === ts.SyntaxKind.MinusToken
        ? -operand.value
        : node.operator === ts.SyntaxKind.TildeToken
          ? ~operand.value
          : node.operator === ts.SyntaxKind.PlusToken
            ? operand.value
            : undefined;
    return value === undefined ? undefined : { value: wrap(value, cell), type: { kind: 'int', cell } };
  };

  const binary = (node: ts.BinaryExpression): Constant | undefined => {
    const token = node.operatorToken.kind;
    const left = fold(node.left);
    if (left === undefined) return undefined;
    if (token === ts.SyntaxKind.AmpersandAmpersandToken && left.value === 0n) return { value: 0n, type: { kind: 'bool' } };
    if (token === ts.SyntaxKind.BarBarToken && left.value !== 0n) return { value: 1n, type: { kind: 'bool' } };
    const right = fold(node.right);
    if (right === undefined) return undefined;
    if (token === ts.SyntaxKind.AmpersandAmpersandToken || token === ts.SyntaxKind.BarBarToken) {
      return { value: right.value === 0n ? 0n : 1n, type: { kind: 'bool' } };
    }
    const cell = usual(integerOf(left.type), integerOf(right.type));
    const compared = compare(token, wrap(left.value, cell), wrap(right.value, cell));
    if (compared !== undefined) return { value: compared ? 1n : 0n, type: { kind: 'bool' } };
    const operator = arithmeticOperators.get(token);
    if (operator === undefined || left.type.kind === 'string' || right.type.kind === 'string') return undefined;
    const kind = operator === '<<' || operator === '>>' ? promote(integerOf(left.type)) : cell;
    const value = compute(
      operator,
      wrap(left.value, kind),
      operator === '<<' || operator === '>>' ? right.value : wrap(right.value, kind),
      kind,
    );
    return value === undefined ? undefined : { value, type: { kind: 'int', cell: kind } };
  };

  return { fold };
}

/** A constant as a value of the declared type; nothing when that type has no constants. */
export function convert(constant: Constant | undefined, type: Declared): Constant | undefined {
  if (constant === undefined) return undefined;
  const to = decay(type);
  if (to.kind === 'int') return { value: wrap(constant.value, to.cell), type: to };
  if (to.kind === 'bool') return { value: constant.value === 0n ? 0n : 1n, type: to };
  return to.kind === 'void' ? undefined : { value: constant.value, type: to };
}

function compare(token: ts.SyntaxKind, left: bigint, right: bigint): boolean | undefined {
  switch (token) {
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsToken:
      return left === right;
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsToken:
      return left !== right;
    case ts.SyntaxKind.LessThanToken:
      return left < right;
    case ts.SyntaxKind.LessThanEqualsToken:
      return left <= right;
    case ts.SyntaxKind.GreaterThanToken:
      return left > right;
    case ts.SyntaxKind.GreaterThanEqualsToken:
      return left >= right;
    default:
      return undefined;
  }
}
