/**
 * What a type node declares, read from the node itself: the type checker erases what matters most here, namely whether a name
 * is a struct's own (storage) or its P alias (a pointer). See docs/dsl.md, "Types and storage".
 */
import ts from 'typescript';
import type { Declared, IntegerCell, Shape, ShapeMember, SignatureInfo, StructDeclared, TypeEnvironment } from './declared.ts';
import { decay, emptyEnvironment } from './declared.ts';
import { createLasting, type Lasting } from './lasting.ts';

export interface DeclaredTypes {
  readonly evaluate: (node: ts.TypeNode | undefined, env?: TypeEnvironment) => Declared;
  /** What the name of a struct stands for where it is declared. */
  readonly storage: (declaration: ts.InterfaceDeclaration | ts.TypeAliasDeclaration) => Declared;
  /** The declared type nearest to what the checker inferred; struct types come back as pointers. */
  readonly fromChecker: (type: ts.Type) => Declared;
  readonly signature: (node: ts.SignatureDeclaration, env?: TypeEnvironment) => SignatureInfo;
  /** The symbol a name stands for, imports followed. */
  readonly symbolOf: (node: ts.Node) => ts.Symbol | undefined;
  /** The variable or routine that `{ Name }` takes its value from. */
  readonly shorthandOf: (node: ts.ShorthandPropertyAssignment) => ts.Symbol | undefined;
}

/**
 * An evaluator over one program. `isLibrary` tells the files whose `ARRAY`, `Ref`, `Union`, `SIZE_T` are the built-in ones.
 * @param lasting what earlier compilations with the same library have found out of it; added to.
 */
export function createDeclaredTypes(
  checker: ts.TypeChecker,
  isLibrary: (file: ts.SourceFile) => boolean,
  lasting: Lasting = createLasting(),
): DeclaredTypes {
  const shapes = new Map<ts.Node, Shape>();
  const symbols = new Map<ts.Node, ts.Symbol | undefined>();
  let depth = 0;

  const evaluate = (node: ts.TypeNode | undefined, env: TypeEnvironment = emptyEnvironment): Declared => {
    if (node === undefined || depth > 100) return { kind: 'ptr' };
    depth++;
    try {
      return evaluateNode(node, env);
    } finally {
      depth--;
    }
  };

  const evaluateNode = (node: ts.TypeNode, env: TypeEnvironment): Declared => {
    if (ts.isParenthesizedTypeNode(node)) return evaluate(node.type, env);
    if (ts.isTypeOperatorNode(node)) return evaluate(node.type, env);
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) return reference(node, env);
    if (ts.isUnionTypeNode(node)) return union(node, env);
    if (ts.isIntersectionTypeNode(node)) return intersection(node, env, node, undefined);
    if (ts.isTypeLiteralNode(node)) {
      const call = node.members.find(ts.isCallSignatureDeclaration);
      return call === undefined ? struct(shapeOf(node, 'struct'), env) : { kind: 'fn', node: call, env };
    }
    if (ts.isFunctionTypeNode(node)) return { kind: 'fn', node, env };
    if (ts.isLiteralTypeNode(node)) return literal(node);
    if (ts.isTypePredicateNode(node)) return { kind: 'bool' };
    switch (node.kind) {
      case ts.SyntaxKind.BooleanKeyword:
        return { kind: 'bool' };
      case ts.SyntaxKind.VoidKeyword:
        return { kind: 'void' };
      // What does not return gives nothing; a cast to `never` only takes the type away.
      case ts.SyntaxKind.NeverKeyword:
        return { kind: ts.isFunctionLike(node.parent) ? 'void' : 'ptr' };
      case ts.SyntaxKind.NumberKeyword:
        return { kind: 'int', cell: 'i32' };
      case ts.SyntaxKind.StringKeyword:
        return { kind: 'string' };
      case ts.SyntaxKind.UndefinedKeyword:
        return { kind: 'null' };
      case ts.SyntaxKind.IndexedAccessType:
      case ts.SyntaxKind.ConditionalType:
        return fromChecker(checker.getTypeFromTypeNode(node));
      default:
        return { kind: 'ptr' };
    }
  };

  const reference = (node: ts.TypeReferenceNode | ts.ExpressionWithTypeArguments, env: TypeEnvironment): Declared => {
    const symbol = symbolOf(ts.isTypeReferenceNode(node) ? node.typeName : node.expression);
    if (symbol === undefined) return { kind: 'ptr' };
    if ((symbol.flags & ts.SymbolFlags.TypeParameter) !== 0) return decay(env.get(symbol) ?? { kind: 'ptr' });
    const declaration = symbol.declarations?.find((d) => ts.isInterfaceDeclaration(d) || ts.isTypeAliasDeclaration(d));
    if (declaration === undefined) return { kind: 'ptr' };
    const builtin =
      ts.isTypeReferenceNode(node) && isLibrary(declaration.getSourceFile()) ? builtinType(symbol.name, node, env) : undefined;
    if (builtin !== undefined) return builtin;
    if (ts.isInterfaceDeclaration(declaration)) {
      const call = declaration.members.find(ts.isCallSignatureDeclaration);
      const inner = bind(declaration, node.typeArguments, env);
      return call === undefined
        ? struct(shapeOf(declaration, declaration.name.text), inner)
        : { kind: 'fn', node: call, env: inner, role: symbol.name };
    }
    return ts.isTypeAliasDeclaration(declaration)
      ? alias(declaration, bind(declaration, node.typeArguments, env))
      : { kind: 'ptr' };
  };

  const builtinType = (name: string, node: ts.TypeReferenceNode, env: TypeEnvironment): Declared | undefined => {
    const first = node.typeArguments?.[0];
    if (name === 'Ref') return { kind: 'ref', to: evaluate(first, env) };
    if (name === 'SIZE_T' && first !== undefined) return { kind: 'size', of: evaluate(first, env) };
    if (name === 'ARRAY' && first !== undefined)
      return { kind: 'array', element: evaluate(first, env), count: arrayCount(node.typeArguments?.[1]) };
    if (name === 'Union') return struct(unionShape(node, 'union'), env);
    return undefined;
  };

  const storage = (declaration: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): Declared =>
    ts.isInterfaceDeclaration(declaration)
      ? struct(shapeOf(declaration, declaration.name.text), emptyEnvironment)
      : alias(declaration, emptyEnvironment);

  /** An alias of a struct's name is a pointer; an alias whose body builds the struct is the struct's own name. */
  const alias = (declaration: ts.TypeAliasDeclaration, env: TypeEnvironment): Declared => {
    const name = declaration.name.text;
    let body: ts.TypeNode = declaration.type;
    while (ts.isParenthesizedTypeNode(body)) body = body.type;
    if (ts.isIntersectionTypeNode(body)) return intersection(body, env, declaration, name);
    if (ts.isTypeLiteralNode(body) && !body.members.some(ts.isCallSignatureDeclaration))
      return struct(shapeOf(declaration, name), env);
    if (isBuiltinReference(body, 'Union')) return struct(unionShape(body, name, declaration), env);
    const target = evaluate(body, env);
    if (target.kind === 'fn') return target.role === undefined ? { ...target, role: name } : target;
    if (target.kind === 'struct') return { kind: 'ptr', to: target };
    return target.kind === 'array' && /^P[A-Z]/.test(name) ? { kind: 'ptr', to: target } : target;
  };

  const union = (node: ts.UnionTypeNode, env: TypeEnvironment): Declared => {
    const parts = node.types.map((part) => evaluate(part, env));
    const rest = parts.filter((part) => part.kind !== 'null');
    const [first] = rest;
    if (first === undefined) return { kind: 'null' };
    if (rest.length > 1 && rest.some((part) => part.kind === 'string')) return { kind: 'string' };
    if (rest.length > 1)
      return rest.every((part) => part.kind === first.kind) && first.kind !== 'struct' ? first : { kind: 'ptr' };
    return rest.length < parts.length ? decay(first) : first;
  };

  const intersection = (
    node: ts.IntersectionTypeNode,
    env: TypeEnvironment,
    key: ts.Node,
    name: string | undefined,
  ): Declared => {
    const literals = node.types.filter(ts.isTypeLiteralNode);
    for (const part of node.types) {
      if (ts.isTypeLiteralNode(part)) continue;
      const type = evaluate(part, env);
      if (type.kind === 'int') {
        const flavour = part.kind === ts.SyntaxKind.NumberKeyword ? flavourOf(literals) : undefined;
        return flavour === undefined ? type : { kind: 'int', cell: flavour };
      }
      if (type.kind === 'bool' || type.kind === 'string' || type.kind === 'ref' || type.kind === 'fn') return type;
      if (type.kind === 'ptr') return type;
    }
    return struct(shapeOf(key, name ?? 'struct', node), env);
  };

  const literal = (node: ts.LiteralTypeNode): Declared => {
    if (node.literal.kind === ts.SyntaxKind.NullKeyword) return { kind: 'null' };
    if (ts.isStringLiteral(node.literal)) return { kind: 'string' };
    return node.literal.kind === ts.SyntaxKind.TrueKeyword || node.literal.kind === ts.SyntaxKind.FalseKeyword
      ? { kind: 'bool' }
      : { kind: 'int', cell: 'i32' };
  };

  const arrayCount = (node: ts.TypeNode | undefined): number => {
    if (node !== undefined && ts.isLiteralTypeNode(node) && ts.isNumericLiteral(node.literal)) return Number(node.literal.text);
    const known = node === undefined ? undefined : checker.getTypeFromTypeNode(node);
    return known?.isNumberLiteral() === true ? known.value : 0;
  };

  const isBuiltinReference = (node: ts.TypeNode, name: string): node is ts.TypeReferenceNode =>
    ts.isTypeReferenceNode(node) &&
    ts.isIdentifier(node.typeName) &&
    node.typeName.text === name &&
    symbolOf(node.typeName)?.declarations?.some((d) => isLibrary(d.getSourceFile())) === true;

  const keep = (key: ts.Node, shape: Shape): void => {
    if (isLibrary(key.getSourceFile())) lasting.shapes.set(key, shape);
    else shapes.set(key, shape);
  };

  /** The struct that a declaration, intersection or literal describes. */
  const shapeOf = (key: ts.Node, name: string, body?: ts.TypeNode): Shape => {
    const known = lasting.shapes.get(key) ?? shapes.get(key);
    if (known !== undefined) return known;
    const members: ShapeMember[] = [];
    // Tags are the library's means; in a driver they are plain comments.
    const tags = isLibrary(key.getSourceFile()) ? ts.getJSDocTags(key) : [];
    const bytes = tagText(tags, 'size');
    const made: Shape = {
      name,
      members,
      union: false,
      node: key,
      ...(tagText(tags, 'subject') === 'irp' ? { subject: 'irp' } : {}),
      ...(bytes === undefined ? {} : { bytes: Number(bytes) }),
    };
    keep(key, made);
    if (ts.isInterfaceDeclaration(key)) {
      for (const clause of key.heritageClauses ?? []) {
        for (const base of clause.types) members.push({ kind: 'base', name: base.expression.getText(), type: base });
      }
      addFields(members, key.members, name);
    } else {
      const node = body ?? (ts.isTypeAliasDeclaration(key) ? key.type : key);
      if (ts.isTypeLiteralNode(node)) addFields(members, node.members, name);
      else if (ts.isIntersectionTypeNode(node)) for (const part of node.types) addPart(members, part, name);
    }
    return made;
  };

  const addPart = (members: ShapeMember[], part: ts.TypeNode, owner: string): void => {
    if (ts.isParenthesizedTypeNode(part)) addPart(members, part.type, owner);
    else if (ts.isTypeLiteralNode(part)) addFields(members, part.members, owner);
    else if (isBuiltinReference(part, 'Union')) members.push({ kind: 'group', shape: unionShape(part, `${owner}.union`) });
    else members.push({ kind: 'base', name: part.getText(), type: part });
  };

  const addFields = (members: ShapeMember[], from: ts.NodeArray<ts.TypeElement>, owner: string): void => {
    for (const member of from) {
      if (!ts.isPropertySignature(member) || member.type === undefined || isPhantom(member)) continue;
      const name = ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : member.name.getText();
      const { type } = member;
      if (ts.isTypeLiteralNode(type) || ts.isIntersectionTypeNode(type)) shapeOf(type, `${owner}.${name}`, type);
      else if (isBuiltinReference(type, 'Union')) unionShape(type, `${owner}.${name}`);
      members.push({ kind: 'field', name, type });
    }
  };

  /** `Union<{ A: ...; B: ... }>`: members side by side; one that is itself an intersection or a literal is a struct among them. */
  const unionShape = (node: ts.TypeReferenceNode, name: string, key: ts.Node = node): Shape => {
    const known = lasting.shapes.get(key) ?? shapes.get(key);
    if (known !== undefined) return known;
    const members: ShapeMember[] = [];
    const made: Shape = { name, members, union: true, node: key };
    keep(key, made);
    const argument = node.typeArguments?.[0];
    if (argument !== undefined && ts.isTypeLiteralNode(argument)) addFields(members, argument.members, name);
    return made;
  };

  /** The environment for a generic declaration's parameters; defaults are taken where an argument is missing. */
  const bind = (
    declaration: ts.InterfaceDeclaration | ts.TypeAliasDeclaration,
    args: readonly ts.TypeNode[] | undefined,
    env: TypeEnvironment,
  ): TypeEnvironment => {
    if (declaration.typeParameters === undefined) return emptyEnvironment;
    const inner = new Map<ts.Symbol, Declared>();
    declaration.typeParameters.forEach((parameter, index) => {
      const argument = args?.[index];
      const symbol = checker.getSymbolAtLocation(parameter.name);
      if (symbol === undefined) return;
      if (argument !== undefined) inner.set(symbol, evaluate(argument, env));
      else if (parameter.default !== undefined) inner.set(symbol, evaluate(parameter.default, inner));
    });
    return inner;
  };

  const fromChecker = (type: ts.Type): Declared => {
    if (type.isUnion()) {
      const rest = type.types.filter((part) => (part.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) === 0);
      const [first] = rest;
      if (first === undefined) return { kind: 'null' };
      return rest.length === 1 || rest.every((part) => (part.flags & ts.TypeFlags.BooleanLike) !== 0)
        ? fromChecker(first)
        : { kind: 'ptr' };
    }
    if ((type.flags & ts.TypeFlags.BooleanLike) !== 0) return { kind: 'bool' };
    if ((type.flags & ts.TypeFlags.StringLike) !== 0) return { kind: 'string' };
    if ((type.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)) !== 0) return { kind: 'void' };
    if ((type.flags & ts.TypeFlags.NumberLike) !== 0) return { kind: 'int', cell: 'i32' };
    if (type.isIntersection() && type.types.some((part) => (part.flags & ts.TypeFlags.NumberLike) !== 0)) {
      const cell = checker
        .getPropertiesOfType(type)
        .map((property) => property.name)
        .find(isIntegerCell);
      return { kind: 'int', cell: cell ?? 'i32' };
    }
    return fromSymbol(type);
  };

  const fromSymbol = (type: ts.Type): Declared => {
    const named = [type.aliasSymbol, type.symbol].flatMap((symbol) => symbol?.declarations ?? []);
    for (const declaration of named) {
      if (ts.isInterfaceDeclaration(declaration)) {
        const args = checker.getTypeArguments(type as ts.TypeReference).map(fromChecker);
        const [first] = args;
        if (isLibrary(declaration.getSourceFile()) && declaration.name.text === 'Ref' && first !== undefined)
          return { kind: 'ref', to: first };
        if (isLibrary(declaration.getSourceFile()) && declaration.name.text === 'ARRAY' && first !== undefined) {
          const count = checker.getTypeArguments(type as ts.TypeReference)[1];
          return {
            kind: 'ptr',
            to: { kind: 'array', element: first, count: count?.isNumberLiteral() === true ? count.value : 0 },
          };
        }
        return { kind: 'ptr', to: struct(shapeOf(declaration, declaration.name.text), bindValues(declaration, args)) };
      }
      if (ts.isTypeAliasDeclaration(declaration))
        return decay(alias(declaration, bindValues(declaration, (type.aliasTypeArguments ?? []).map(fromChecker))));
    }
    const [signature] = checker.getSignaturesOfType(type, ts.SignatureKind.Call);
    const node = signature?.getDeclaration();
    return node === undefined ? { kind: 'ptr' } : { kind: 'fn', node, env: emptyEnvironment };
  };

  const bindValues = (
    declaration: ts.InterfaceDeclaration | ts.TypeAliasDeclaration,
    args: readonly Declared[],
  ): TypeEnvironment => {
    const inner = new Map<ts.Symbol, Declared>();
    declaration.typeParameters?.forEach((parameter, index) => {
      const symbol = checker.getSymbolAtLocation(parameter.name);
      const argument = args[index];
      if (symbol !== undefined && argument !== undefined) inner.set(symbol, argument);
    });
    return inner;
  };

  const signature = (node: ts.SignatureDeclaration, env: TypeEnvironment = emptyEnvironment): SignatureInfo => ({
    parameters: node.parameters
      .filter((p) => p.name.getText() !== 'this')
      .map((p) => ({
        name: p.name.getText(),
        type: evaluate(p.type, env),
        rest: p.dotDotDotToken !== undefined,
        node: p,
      })),
    result: node.type === undefined ? inferredResult(node) : evaluate(node.type, env),
  });

  const inferredResult = (node: ts.SignatureDeclaration): Declared => {
    const known = checker.getSignatureFromDeclaration(node);
    return known === undefined ? { kind: 'void' } : fromChecker(known.getReturnType());
  };

  /** The checker resolves a name anew each time it is asked. */
  const symbolOf = (node: ts.Node): ts.Symbol | undefined => {
    const known = lasting.symbols.get(node) ?? symbols.get(node);
    if (known !== undefined || symbols.has(node)) return known;
    const symbol = followed(checker.getSymbolAtLocation(node));
    const written = symbol === undefined ? undefined : writtenSymbol(symbol);
    if (written !== undefined && isLibrary(node.getSourceFile())) lasting.symbols.set(node, written);
    else symbols.set(node, symbol);
    return written ?? symbol;
  };

  const shorthandOf = (node: ts.ShorthandPropertyAssignment): ts.Symbol | undefined =>
    followed(checker.getShorthandAssignmentValueSymbol(node));

  const followed = (symbol: ts.Symbol | undefined): ts.Symbol | undefined => {
    return symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  };

  return { evaluate, storage, fromChecker, signature, symbolOf, shorthandOf };
}

function struct(shape: Shape, env: TypeEnvironment): StructDeclared {
  return { kind: 'struct', shape, env };
}

/**
 * The symbol that the binder made of the declaration, which is the same in every program that the file is in: the checker makes others of it,
 * as of the members of a generic interface with arguments, and they hold the whole checker.
 */
function writtenSymbol(symbol: ts.Symbol): ts.Symbol | undefined {
  if ((symbol.flags & ts.SymbolFlags.Transient) === 0) return symbol;
  const [declaration, ...others] = symbol.declarations ?? [];
  return others.length > 0 ? undefined : (declaration as { readonly symbol?: ts.Symbol } | undefined)?.symbol;
}

function flavourOf(literals: readonly ts.TypeLiteralNode[]): IntegerCell | undefined {
  return literals.flatMap((literal) => literal.members.map((member) => member.name?.getText())).find(isIntegerCell);
}

function isIntegerCell(name: string | undefined): name is IntegerCell {
  return name !== undefined && /^[iu](8|16|32|64)$/.test(name);
}

/** Members that exist for the type checker alone: brands are optional and of type `never`, or keyed by a symbol. */
function isPhantom(member: ts.PropertySignature): boolean {
  return (
    ts.isComputedPropertyName(member.name) ||
    (member.questionToken !== undefined && member.type?.kind === ts.SyntaxKind.NeverKeyword)
  );
}

/** The text behind a JSDoc tag; empty where it has none, undefined where there is no such tag. */
export function tagText(tags: readonly ts.JSDocTag[], name: string): string | undefined {
  const tag = tags.find((candidate) => candidate.tagName.text === name);
  return tag === undefined ? undefined : (ts.getTextOfJSDocComment(tag.comment) ?? '').trim();
}
