/**
 * Which types a driver may write: names, `T | null`, ARRAY, Union, structs and routine types, and nothing that makes the type checker
 * compute. Runs before any type is computed.
 */
import ts from 'typescript';
import { checkModifiers } from './modifiers.ts';
import { checkName } from './names.ts';
import type { Reporter } from './report.ts';

/** Where a type stands: the right side of `type X =`, a field, a type argument, anywhere else. */
export type TypePosition = 'alias' | 'field' | 'argument' | 'other';

/** Elements of an array; a machine state holds each of them. */
const longestArray = 65_536;

/** Checks a type as written. `names` are the type parameters in scope: inside them, only plain names are passed on. */
export function checkType(walk: Reporter, node: ts.TypeNode | undefined, position: TypePosition, generic = false): void {
  if (!node) return;
  const { report } = walk;
  const again = (inner: ts.TypeNode, at: TypePosition = position) => checkType(walk, inner, at, generic);
  switch (node.kind) {
    case ts.SyntaxKind.AnyKeyword:
      return report('dsl/any', node, []);
    case ts.SyntaxKind.UnknownKeyword:
      return report('dsl/unknown', node, [], 'PVOID');
    case ts.SyntaxKind.NumberKeyword:
      return report('dsl/number', node, []);
    case ts.SyntaxKind.BooleanKeyword:
      return report('dsl/boolean', node, [], 'BOOLEAN');
    case ts.SyntaxKind.StringKeyword:
      return report('dsl/string-type', node, []);
    case ts.SyntaxKind.BigIntKeyword:
      return report('dsl/bigint', node, []);
    case ts.SyntaxKind.ObjectKeyword:
      return report('dsl/object-type', node, [], 'PVOID');
    case ts.SyntaxKind.VoidKeyword:
      return;
    case ts.SyntaxKind.NeverKeyword:
      // PDEVICE_OBJECT<never>: a device whose extension is not looked at.
      return position === 'argument' ? undefined : report('dsl/type-form', node, ['never']);
    case ts.SyntaxKind.ParenthesizedType:
      return again((node as ts.ParenthesizedTypeNode).type);
    case ts.SyntaxKind.TypeReference:
      return checkReference(walk, node as ts.TypeReferenceNode, generic);
    case ts.SyntaxKind.UnionType:
      return checkUnion(walk, node as ts.UnionTypeNode, position, generic);
    case ts.SyntaxKind.IntersectionType:
      return checkIntersection(walk, node as ts.IntersectionTypeNode, position, generic);
    case ts.SyntaxKind.TypeLiteral:
      if (position === 'other') return report('dsl/anonymous-struct', node, []);
      return checkMembers(walk, (node as ts.TypeLiteralNode).members);
    case ts.SyntaxKind.FunctionType:
      if (position !== 'alias') return report('dsl/function-type', node, []);
      return checkFunctionType(walk, node as ts.FunctionTypeNode, generic);
    case ts.SyntaxKind.ArrayType:
    case ts.SyntaxKind.TupleType:
      return report('dsl/array', node, []);
    case ts.SyntaxKind.LiteralType:
      return checkLiteralType(walk, node as ts.LiteralTypeNode);
    default:
      return report('dsl/type-form', node, [formName(node)]);
  }
}

/** Checks the fields of a struct. */
export function checkMembers(walk: Reporter, members: ts.NodeArray<ts.TypeElement>): void {
  const { report } = walk;
  const seen = new Set<string>();
  for (const member of members) {
    if (!ts.isPropertySignature(member)) {
      report(
        member.kind === ts.SyntaxKind.GetAccessor || member.kind === ts.SyntaxKind.SetAccessor
          ? 'dsl/accessor'
          : 'dsl/field-form',
        member,
        [],
      );
      continue;
    }
    checkModifiers(walk, member, []);
    checkName(walk, member.name);
    if (ts.isIdentifier(member.name)) {
      if (seen.has(member.name.text)) report('dsl/declared-twice', member.name, [member.name.text]);
      seen.add(member.name.text);
    }
    if (member.questionToken) report('dsl/optional-field', member.questionToken, [member.name.getText(walk.file)], '');
    if (member.type) checkType(walk, member.type, 'field');
    else report('dsl/field-form', member, []);
  }
}

/** Checks parameters, of a routine or of a routine's type. */
export function checkParameters(walk: Reporter, parameters: ts.NodeArray<ts.ParameterDeclaration>, generic = false): void {
  const { report, file } = walk;
  for (const parameter of parameters) {
    checkModifiers(walk, parameter, []);
    if (!ts.isIdentifier(parameter.name)) report('dsl/destructuring', parameter.name, []);
    else if (parameter.name.text === 'this') report('dsl/this', parameter.name, ['this']);
    else checkName(walk, parameter.name);
    const name = parameter.name.getText(file);
    if (parameter.dotDotDotToken) {
      report('dsl/rest-parameter', parameter, []);
      continue;
    }
    if (parameter.questionToken) report('dsl/parameter', parameter.questionToken, [name], '');
    if (parameter.initializer) report('dsl/parameter', parameter.initializer, [name]);
    checkType(walk, parameter.type, 'other', generic);
  }
}

function checkReference(walk: Reporter, node: ts.TypeReferenceNode, generic: boolean): void {
  const { report, file } = walk;
  const name = node.typeName;
  if (ts.isIdentifier(name)) {
    if (name.text === 'const') return report('dsl/type-form', node, ['const']);
    checkName(walk, name);
  } else {
    if (!ts.isIdentifier(name.left)) return report('dsl/type-form', node, [name.getText(file)]);
    checkName(walk, name.left);
    checkName(walk, name.right);
  }
  const last = ts.isIdentifier(name) ? name.text : name.right.text;
  if (last === 'Array' || last === 'ReadonlyArray') return report('dsl/array', node, []);
  const args = node.typeArguments ?? [];
  for (const [index, argument] of args.entries()) {
    const structLiteral = last === 'Union' && ts.isTypeLiteralNode(argument);
    if (last === 'ARRAY' && index === 1) checkLength(walk, argument);
    // Inside a generic type an argument is a plain name, so that no expansion can grow.
    else if (generic && ts.isTypeReferenceNode(argument) && argument.typeArguments) report('dsl/generic-type', argument, []);
    else if (ts.isTypeLiteralNode(argument) && !structLiteral) report('dsl/anonymous-struct', argument, []);
    else checkType(walk, argument, 'argument', generic);
  }
}

function checkLength(walk: Reporter, argument: ts.TypeNode): void {
  const literal =
    ts.isLiteralTypeNode(argument) && ts.isNumericLiteral(argument.literal) ? Number(argument.literal.text) : Number.NaN;
  if (Number.isInteger(literal) && literal >= 1 && literal <= longestArray) return;
  walk.report('dsl/array-length', argument, [String(longestArray)]);
}

function checkUnion(walk: Reporter, node: ts.UnionTypeNode, position: TypePosition, generic: boolean): void {
  const parts = node.types.filter((part) => !isNull(part));
  const [only] = parts;
  if (parts.length !== 1 || node.types.length !== 2 || !only) {
    return walk.report('dsl/union-type', node, []);
  }
  if (only.kind === ts.SyntaxKind.ObjectKeyword) return walk.report('dsl/object-type', node, [], 'PVOID');
  if (position === 'alias') {
    const alias = ts.isTypeAliasDeclaration(node.parent) ? node.parent.name.text : 'The alias';
    walk.report('dsl/nullable-alias', node, [alias], only.getText(walk.file));
  }
  checkType(walk, only, 'other', generic);
}

function checkIntersection(walk: Reporter, node: ts.IntersectionTypeNode, position: TypePosition, generic: boolean): void {
  const isUnion = (part: ts.TypeNode) => ts.isTypeReferenceNode(part) && part.typeName.getText(walk.file) === 'Union';
  const fits = node.types.some(isUnion) && node.types.every((part) => isUnion(part) || ts.isTypeLiteralNode(part));
  if (!fits || node.types.length > 8 || position === 'other') return walk.report('dsl/intersection-type', node, []);
  for (const part of node.types) checkType(walk, part, 'field', generic);
}

function checkFunctionType(walk: Reporter, node: ts.FunctionTypeNode, generic: boolean): void {
  if (node.typeParameters?.length) return walk.report('dsl/generic-function', node.typeParameters[0] ?? node, []);
  checkParameters(walk, node.parameters, generic);
  checkType(walk, node.type, 'other', generic);
}

function checkLiteralType(walk: Reporter, node: ts.LiteralTypeNode): void {
  const { report } = walk;
  switch (node.literal.kind) {
    case ts.SyntaxKind.TrueKeyword:
    case ts.SyntaxKind.FalseKeyword:
      return report('dsl/boolean', node, [], 'BOOLEAN');
    case ts.SyntaxKind.StringLiteral:
      return report('dsl/string-type', node, []);
    case ts.SyntaxKind.NullKeyword:
      return report('dsl/type-form', node, ['null alone']);
    default:
      return report('dsl/type-form', node, ['a literal']);
  }
}

function isNull(node: ts.TypeNode): boolean {
  return ts.isLiteralTypeNode(node) && node.literal.kind === ts.SyntaxKind.NullKeyword;
}

function formName(node: ts.TypeNode): string {
  switch (node.kind) {
    case ts.SyntaxKind.ConditionalType:
      return 'A conditional type';
    case ts.SyntaxKind.MappedType:
      return 'A mapped type';
    case ts.SyntaxKind.TemplateLiteralType:
      return 'A template literal type';
    case ts.SyntaxKind.IndexedAccessType:
      return 'An indexed access type';
    case ts.SyntaxKind.TypeOperator:
      return ts.tokenToString((node as ts.TypeOperatorNode).operator) ?? 'A type operator';
    case ts.SyntaxKind.InferType:
      return 'infer';
    case ts.SyntaxKind.TypeQuery:
      return 'typeof';
    case ts.SyntaxKind.ImportType:
      return 'import(...)';
    case ts.SyntaxKind.ThisType:
      return 'this';
    case ts.SyntaxKind.TypePredicate:
      return 'is';
    case ts.SyntaxKind.ConstructorType:
      return 'A constructor type';
    default:
      return 'This';
  }
}
