/**
 * The declared type of every expression, worked out from declarations alone. The checker is asked for symbols, and for what it
 * inferred as the result of a generic kernel function; never for what it believes after an `if`.
 */
import ts from 'typescript';
import type { Declared, FunctionDeclared, IntegerCell, TypeEnvironment } from './declared.ts';
import { decay, emptyEnvironment } from './declared.ts';
import type { DeclaredTypes } from './declared-types.ts';
import { literalKind, promote, usual } from './integers.ts';
import { createLasting, type Lasting } from './lasting.ts';
import type { Layouts } from './layouts.ts';
import { skipParentheses } from './syntax.ts';

/** Something that can be compiled to a function of the IR. */
export type RoutineNode = ts.FunctionDeclaration | ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration;

export interface RoutineType {
  readonly parameters: readonly { readonly name: string; readonly type: Declared; readonly node?: ts.ParameterDeclaration }[];
  readonly result: Declared;
  readonly role?: string;
}

export interface Typing {
  /** Storage is not decayed, so that a caller can tell a place from an address. */
  readonly typeOf: (node: ts.Expression) => Declared;
  /** The declared type of a variable, parameter or function. */
  readonly typeOfDeclaration: (declaration: ts.Declaration) => Declared;
  readonly declarationOf: (name: ts.Node) => ts.Declaration | undefined;
  readonly routineType: (node: RoutineNode) => RoutineType;
  /** The name of a function the language itself gives a meaning (`Ref`, `sizeof`, `machineAlloc`), if `callee` is one. */
  readonly specialName: (callee: ts.Expression) => string | undefined;
}

const specialNames = new Set([
  'Ref',
  'sizeof',
  'CONTAINING_RECORD',
  'CTL_CODE',
  'alloc_text',
  'choose',
  'GetExceptionCode',
  'AbnormalTermination',
]);

/** `isLibrary` tells the files of the product's own library, of which `lasting` is known. */
export function createTyping(
  checker: ts.TypeChecker,
  declared: DeclaredTypes,
  layouts: Layouts,
  isLibrary: (file: ts.SourceFile) => boolean,
  lasting: Lasting = createLasting(),
): Typing {
  const known = new Map<ts.Node, Declared>();
  const busy = new Set<ts.Node>();

  /** Each node's type is worked out once; one that depends on itself (the checker has reported it) counts as an address. */
  const once = (node: ts.Node, work: () => Declared): Declared => {
    const found = lasting.types.get(node) ?? known.get(node);
    if (found !== undefined) return found;
    if (busy.has(node)) return { kind: 'ptr' };
    busy.add(node);
    const type = work();
    busy.delete(node);
    if (isLibrary(node.getSourceFile())) lasting.types.set(node, type);
    else known.set(node, type);
    return type;
  };

  const typeOf = (node: ts.Expression): Declared => once(node, () => expressionType(node));

  const expressionType = (node: ts.Expression): Declared => {
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) return typeOf(node.expression);
    if (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) return decay(declared.evaluate(node.type));
    if (ts.isSatisfiesExpression(node)) return typeOf(node.expression);
    if (ts.isNumericLiteral(node)) return { kind: 'int', cell: literalType(node) };
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return { kind: 'string' };
    if (ts.isIdentifier(node)) return nameType(node);
    if (ts.isPropertyAccessExpression(node)) return propertyType(node);
    if (ts.isElementAccessExpression(node)) return elementType(typeOf(node.expression));
    if (ts.isCallExpression(node)) return callType(node);
    if (ts.isPrefixUnaryExpression(node)) return prefixType(node);
    if (ts.isPostfixUnaryExpression(node)) return typeOf(node.operand);
    if (ts.isBinaryExpression(node)) return binaryType(node);
    if (ts.isConditionalExpression(node)) return common(typeOf(node.whenTrue), typeOf(node.whenFalse));
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return { kind: 'fn', node, env: emptyEnvironment };
    if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return { kind: 'bool' };
    return { kind: 'null' };
  };

  const nameType = (node: ts.Identifier): Declared => {
    const declaration = declarationOf(node);
    return declaration === undefined ? { kind: 'null' } : typeOfDeclaration(declaration);
  };

  const declarationOf = (name: ts.Node): ts.Declaration | undefined => {
    const symbol = declared.symbolOf(name);
    return symbol?.valueDeclaration ?? symbol?.declarations?.[0];
  };

  const typeOfDeclaration = (declaration: ts.Declaration): Declared =>
    once(declaration, () => {
      if (ts.isParameter(declaration)) return parameterType(declaration);
      if (ts.isVariableDeclaration(declaration)) {
        if (declaration.type !== undefined) return declared.evaluate(declaration.type);
        if (declaration.initializer === undefined) return { kind: 'ptr' };
        const type = decay(typeOf(declaration.initializer));
        return type.kind === 'null' ? { kind: 'ptr' } : type;
      }
      if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration))
        return { kind: 'fn', node: declaration, env: emptyEnvironment };
      return { kind: 'ptr' };
    });

  const parameterType = (parameter: ts.ParameterDeclaration): Declared => {
    if (parameter.type !== undefined) return declared.evaluate(parameter.type);
    if (parameter.initializer !== undefined) return decay(typeOf(parameter.initializer));
    const owner = parameter.parent;
    const role = contextualRole(owner);
    if (role === undefined) return { kind: 'ptr' };
    return declared.signature(role.node, role.env).parameters[owner.parameters.indexOf(parameter)]?.type ?? { kind: 'ptr' };
  };

  /** The function type written on the constant that an arrow function initialises. */
  const contextualRole = (node: ts.SignatureDeclaration): FunctionDeclared | undefined => {
    let outer: ts.Node = node.parent;
    while (ts.isParenthesizedExpression(outer)) outer = outer.parent;
    if (!ts.isVariableDeclaration(outer) || outer.type === undefined) return undefined;
    const type = declared.evaluate(outer.type);
    return type.kind === 'fn' ? type : undefined;
  };

  const routineType = (node: RoutineNode): RoutineType => {
    const own = node.parameters.map((p) => ({ name: p.name.getText(), type: typeOfDeclaration(p), node: p }));
    const role = contextualRole(node);
    if (role === undefined)
      return { parameters: own.filter((p) => p.node.dotDotDotToken === undefined), result: declared.signature(node).result };
    const { parameters, result } = declared.signature(role.node, role.env);
    const missing = parameters.slice(own.length).map((p) => ({ name: p.name, type: p.type }));
    return { parameters: [...own, ...missing], result, ...(role.role === undefined ? {} : { role: role.role }) };
  };

  const propertyType = (node: ts.PropertyAccessExpression): Declared => {
    const base = isNamespace(node.expression) ? undefined : decay(typeOf(node.expression));
    if (base === undefined) return nameTypeOf(node.name);
    if (base.kind === 'ref' && node.name.text === 'Value') return base.to;
    const struct = base.kind === 'ptr' ? base.to : undefined;
    return struct?.kind === 'struct' ? (layouts.memberType(struct, node.name.text) ?? { kind: 'ptr' }) : { kind: 'ptr' };
  };

  const nameTypeOf = (name: ts.MemberName): Declared => {
    const declaration = declarationOf(name);
    return declaration === undefined ? { kind: 'null' } : typeOfDeclaration(declaration);
  };

  const isNamespace = (node: ts.Expression): boolean =>
    ts.isIdentifier(node) && ((declared.symbolOf(node)?.flags ?? 0) & ts.SymbolFlags.ValueModule) !== 0;

  const elementType = (base: Declared): Declared => {
    const array = base.kind === 'ptr' && base.to?.kind === 'array' ? base.to : base;
    if (array.kind === 'array') return array.element;
    return array.kind === 'ref' ? array.to : { kind: 'int', cell: 'u8' };
  };

  const callType = (node: ts.CallExpression): Declared => {
    const [first] = node.arguments;
    const special = specialName(node.expression);
    if (special === 'Ref' && first !== undefined) return { kind: 'ref', to: typeOf(first) };
    if (special === 'sizeof') return { kind: 'int', cell: 'u64' };
    if (special === 'CTL_CODE') return { kind: 'int', cell: 'u32' };
    if (special === 'CONTAINING_RECORD') return decay(declared.evaluate(node.typeArguments?.[0]));
    if (special === 'choose')
      return node.arguments.map(typeOf).reduce((a, b) => common(a, b), first === undefined ? { kind: 'null' } : typeOf(first));
    const callee = typeOf(node.expression);
    if (callee.kind !== 'fn') return { kind: 'void' };
    const generic = callee.node.typeParameters;
    if (generic === undefined || callee.node.type === undefined) return resultOf(callee);
    return genericResult(node, callee);
  };

  const resultOf = (callee: FunctionDeclared): Declared => {
    const { node } = callee;
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node))
      return routineType(node).result;
    return declared.signature(node, callee.env).result;
  };

  /** `T` is what `sizeof<X>()` or a written type argument names; else what the checker inferred (by then a pointer in any case). */
  const genericResult = (node: ts.CallExpression, callee: FunctionDeclared): Declared => {
    const result = callee.node.type;
    const env = new Map(callee.env);
    for (const [index, parameter] of (callee.node.typeParameters ?? []).entries()) {
      const symbol = declared.symbolOf(parameter.name);
      const written = node.typeArguments?.[index];
      if (symbol === undefined) continue;
      const of = written === undefined ? sizedType(node, callee.node, symbol) : declared.evaluate(written);
      if (of !== undefined) env.set(symbol, of);
    }
    const open = (callee.node.typeParameters ?? []).some((p) => {
      const symbol = declared.symbolOf(p.name);
      return symbol !== undefined && !env.has(symbol) && mentions(result, symbol);
    });
    return open ? declared.fromChecker(checker.getTypeAtLocation(node)) : declared.evaluate(result, env as TypeEnvironment);
  };

  const sizedType = (node: ts.CallExpression, signature: ts.SignatureDeclaration, symbol: ts.Symbol): Declared | undefined => {
    for (const [index, parameter] of signature.parameters.entries()) {
      const argument = node.arguments[index];
      const type = parameter.type;
      if (argument === undefined || type === undefined || !ts.isTypeReferenceNode(type) || type.typeName.getText() !== 'SIZE_T')
        continue;
      const size = sizeofArgument(argument);
      if (size !== undefined && mentions(type, symbol)) return declared.evaluate(size);
    }
    return undefined;
  };

  const sizeofArgument = (node: ts.Expression): ts.TypeNode | undefined => {
    const call = skipParentheses(node);
    return ts.isCallExpression(call) && specialName(call.expression) === 'sizeof' ? call.typeArguments?.[0] : undefined;
  };

  const mentions = (node: ts.Node | undefined, symbol: ts.Symbol): boolean =>
    node !== undefined &&
    ((ts.isIdentifier(node) && declared.symbolOf(node) === symbol) ||
      ts.forEachChild(node, (child) => mentions(child, symbol) || undefined) === true);

  const specialName = (callee: ts.Expression): string | undefined => {
    const name = skipParentheses(callee);
    if (!ts.isIdentifier(name) && !ts.isPropertyAccessExpression(name)) return undefined;
    const symbol = declared.symbolOf(ts.isIdentifier(name) ? name : name.name);
    if (symbol === undefined) return undefined;
    const special = specialNames.has(symbol.name) || /^machine[A-Z]/.test(symbol.name);
    return special && symbol.declarations?.some((d) => isLibrary(d.getSourceFile())) === true ? symbol.name : undefined;
  };

  const prefixType = (node: ts.PrefixUnaryExpression): Declared => {
    const type = typeOf(node.operand);
    if (node.operator === ts.SyntaxKind.ExclamationToken) return { kind: 'bool' };
    if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken) return type;
    return { kind: 'int', cell: promote(integerOf(type)) };
  };

  const binaryType = (node: ts.BinaryExpression): Declared => {
    const operator = node.operatorToken.kind;
    if (operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment) return typeOf(node.left);
    switch (operator) {
      case ts.SyntaxKind.CommaToken:
        return typeOf(node.right);
      case ts.SyntaxKind.LessThanLessThanToken:
      case ts.SyntaxKind.GreaterThanGreaterThanToken:
        return { kind: 'int', cell: promote(integerOf(typeOf(node.left))) };
      case ts.SyntaxKind.PlusToken:
      case ts.SyntaxKind.MinusToken:
      case ts.SyntaxKind.AsteriskToken:
      case ts.SyntaxKind.SlashToken:
      case ts.SyntaxKind.PercentToken:
      case ts.SyntaxKind.AmpersandToken:
      case ts.SyntaxKind.BarToken:
      case ts.SyntaxKind.CaretToken:
        return { kind: 'int', cell: usual(integerOf(typeOf(node.left)), integerOf(typeOf(node.right))) };
      default:
        return { kind: 'bool' };
    }
  };

  return { typeOf, typeOfDeclaration, declarationOf, routineType, specialName };
}

/** The kind in which a type takes part in arithmetic; a size token counts as its 32-bit number. */
export function integerOf(type: Declared): IntegerCell {
  return type.kind === 'int' ? type.cell : 'i32';
}

/** The type of `c ? a : b`. */
export function common(left: Declared, right: Declared): Declared {
  const a = decay(left);
  const b = decay(right);
  if (a.kind === 'int' && b.kind === 'int' && a.cell === b.cell) return a;
  if (a.kind !== b.kind || a.kind === 'int') {
    const arithmetic = [a, b].every(({ kind }) => kind === 'int' || kind === 'bool' || kind === 'size');
    if (arithmetic) return { kind: 'int', cell: usual(integerOf(a), integerOf(b)) };
  }
  return a.kind === 'null' || (a.kind === 'ptr' && a.to === undefined && b.kind !== 'null') ? b : a;
}

function literalType(node: ts.NumericLiteral): ReturnType<typeof literalKind> {
  const value = literalValue(node);
  return value === undefined ? 'i32' : literalKind(value, /^[1-9]|^0$/.test(node.getText()));
}

/** The value of an integer literal as written; nothing for a fraction. */
export function literalValue(node: ts.NumericLiteral): bigint | undefined {
  const text = node.getText().replaceAll('_', '');
  if (/^(0[xob][0-9a-f]+|\d+)$/i.test(text)) return BigInt(text);
  const value = Number(node.text);
  return Number.isInteger(value) ? BigInt(value) : undefined;
}
