/** Where a value lives: variables, fields, elements, and the loads and stores that reach them. */
import ts from 'typescript';
import { ANY_COUNT, type Reg, type TypeId } from '../ir/program.ts';
import type { CodeBuilder, Label } from './code-builder.ts';
import type { Compilation } from './compilation.ts';
import { isTopLevel } from './compilation.ts';
import type { Declared } from './declared.ts';
import { decay } from './declared.ts';
import { cellKind, isWide } from './layouts.ts';
import { value, valueAs } from './lower-expression.ts';
import { skipParentheses } from './syntax.ts';

/** One function being lowered. */
export interface FunctionContext {
  readonly compilation: Compilation;
  readonly code: CodeBuilder;
  readonly variables: Map<ts.Declaration, Variable>;
  /** Variables that an assignment inside a larger expression changes: reading one takes a copy, to keep the order left to right. */
  readonly changing: ReadonlySet<ts.Declaration>;
  readonly addressTaken: ReadonlySet<ts.Declaration>;
  readonly result: Declared;
  readonly jumps: JumpTarget[];
  /** The catch and finally blocks that the statement at hand stands in, the innermost last. */
  readonly handling: Handling[];
}

/** What can be asked in a catch block (the code of the exception) or in a finally block (why it runs: 0 the try block ran to its end). */
export type Handling = { readonly code: Reg } | { readonly why: Reg };

/** A finally block that a jump out of its try block must pass. */
export interface Finalizer {
  readonly entry: Label;
  readonly why: Reg;
  /** What goes on behind the block, by the number in `why` less the two that mean its end and an exception. */
  readonly onward: (() => void)[];
}

export interface JumpTarget {
  readonly label?: string;
  readonly onBreak?: Label;
  readonly onContinue?: Label;
  readonly finalizer?: Finalizer;
}

/** `storage` is a by-value parameter: the register holds the address of the caller's copy. */
export type Variable =
  | { readonly kind: 'register'; readonly register: Reg; readonly type: Declared }
  | { readonly kind: 'local'; readonly index: number; readonly type: Declared }
  | { readonly kind: 'storage'; readonly register: Reg; readonly type: Declared };

export type Location =
  | { readonly kind: 'register'; readonly register: Reg; readonly type: Declared; readonly declaration: ts.Declaration }
  /** The cell at `base + offset`, where a whole `object` lives at `base`. */
  | { readonly kind: 'memory'; readonly base: Reg; readonly object: TypeId; readonly offset: number; readonly type: Declared };

export type MemoryLocation = Extract<Location, { kind: 'memory' }>;

/** Evaluates what stands before the last step to a place; nothing when the expression is a value without one. */
export function locate(f: FunctionContext, node: ts.Expression): Location | undefined {
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) return locate(f, node.expression);
  if (ts.isIdentifier(node)) return locateName(f, node, node);
  if (ts.isPropertyAccessExpression(node)) return locateField(f, node);
  return ts.isElementAccessExpression(node) ? locateElement(f, node) : undefined;
}

/** Reads a scalar; of storage, its address. */
export function load(f: FunctionContext, location: Location, node: ts.Node): Reg {
  const place = f.compilation.place(node);
  if (location.kind === 'register') {
    if (!f.changing.has(location.declaration)) return location.register;
    const dst = f.code.register(f.code.kindOf(location.register));
    f.code.emit({ op: 'move', dst, src: location.register }, place);
    return dst;
  }
  if (location.type.kind === 'struct' || location.type.kind === 'array') return address(f, location, node);
  const kind = cellKind(location.type);
  const dst = f.code.register(kind);
  f.code.emit({ op: 'load', dst, base: location.base, type: location.object, offset: location.offset, kind }, place);
  return dst;
}

/** Writes a scalar register, which must be of the location's kind. */
export function store(f: FunctionContext, location: Location, src: Reg, node: ts.Node): void {
  const place = f.compilation.place(node);
  if (location.kind === 'register') f.code.emit({ op: 'move', dst: location.register, src }, place);
  else
    f.code.emit(
      { op: 'store', src, base: location.base, type: location.object, offset: location.offset, kind: cellKind(location.type) },
      place,
    );
}

/** The address of a place in memory. */
export function address(f: FunctionContext, location: MemoryLocation, node: ts.Node): Reg {
  if (location.offset === 0) return location.base;
  const dst = f.code.register('ptr');
  f.code.emit({ op: 'offset', dst, base: location.base, offset: location.offset }, f.compilation.place(node));
  return dst;
}

/** Where the storage lies that an expression names or points to. */
export function locateStorage(f: FunctionContext, node: ts.Expression, type: Declared): MemoryLocation {
  const declared = f.compilation.typing.typeOf(node);
  const found = declared.kind === 'struct' || declared.kind === 'array' ? locate(f, node) : undefined;
  return found?.kind === 'memory'
    ? found
    : { kind: 'memory', base: value(f, node), object: f.compilation.layouts.typeId(type), offset: 0, type };
}

/** Copies storage scalar by scalar; each is a load and a store of its own. */
export function copyStorage(f: FunctionContext, to: MemoryLocation, from: MemoryLocation, node: ts.Node): void {
  const { layouts, place } = f.compilation;
  for (const part of layouts.scalars(layouts.typeId(to.type))) {
    const via = f.code.register(part.kind);
    f.code.emit(
      { op: 'load', dst: via, base: from.base, type: from.object, offset: from.offset + part.offset, kind: part.kind },
      place(node),
    );
    f.code.emit(
      { op: 'store', src: via, base: to.base, type: to.object, offset: to.offset + part.offset, kind: part.kind },
      place(node),
    );
  }
}

/** Stores a literal initialiser (`{...}`, `[...]`) or copies another storage; what a literal leaves out is zero, as in C. */
export function initialise(f: FunctionContext, to: MemoryLocation, from: ts.Expression): void {
  const { layouts, report } = f.compilation;
  const literal = skipParentheses(from);
  if (ts.isObjectLiteralExpression(literal) && to.type.kind === 'struct') {
    zeroFill(f, to, literal);
    for (const property of literal.properties) {
      const field = property.name === undefined ? undefined : layouts.field(to.type, property.name.getText());
      const init = ts.isPropertyAssignment(property)
        ? property.initializer
        : ts.isShorthandPropertyAssignment(property)
          ? property.name
          : undefined;
      if (field === undefined || init === undefined) report(property, 'dsl/initialiser', []);
      else initialisePart(f, { ...to, offset: to.offset + field.offset, type: field.type }, init);
    }
  } else if (ts.isArrayLiteralExpression(literal) && to.type.kind === 'array') {
    zeroFill(f, to, literal);
    const { element, count } = to.type;
    const stride = layouts.types[layouts.typeId(element)]?.cells ?? 0;
    if (literal.elements.length > count) report(literal, 'dsl/initialiser-length', [String(count)]);
    for (const [index, part] of literal.elements.slice(0, count).entries()) {
      initialisePart(f, { ...to, offset: to.offset + index * stride, type: element }, part);
    }
  } else {
    copyStorage(f, to, locateStorage(f, from, to.type), from);
  }
}

function zeroFill(f: FunctionContext, to: MemoryLocation, node: ts.Node): void {
  const { layouts, place } = f.compilation;
  for (const part of layouts.scalars(layouts.typeId(to.type))) {
    const zero = f.code.register(part.kind);
    f.code.emit({ op: 'const', dst: zero, value: 0 }, place(node));
    f.code.emit(
      { op: 'store', src: zero, base: to.base, type: to.object, offset: to.offset + part.offset, kind: part.kind },
      place(node),
    );
  }
}

function initialisePart(f: FunctionContext, to: MemoryLocation, from: ts.Expression): void {
  if (to.type.kind === 'struct' || to.type.kind === 'array') initialise(f, to, from);
  else store(f, to, valueAs(f, from, to.type), from);
}

/** The place of a variable's own storage or register. */
export function locateVariable(f: FunctionContext, declaration: ts.Declaration, node: ts.Node): Location | undefined {
  const { layouts, place, globalFor } = f.compilation;
  const variable = f.variables.get(declaration);
  if (variable?.kind === 'register') return { ...variable, declaration };
  const base = f.code.register('ptr');
  if (variable?.kind === 'local') {
    f.code.emit({ op: 'local', dst: base, index: variable.index }, place(node));
    return { kind: 'memory', base, object: layouts.typeId(variable.type), offset: 0, type: variable.type };
  }
  if (variable?.kind === 'storage') {
    return { kind: 'memory', base: variable.register, object: layouts.typeId(variable.type), offset: 0, type: variable.type };
  }
  if (!ts.isVariableDeclaration(declaration) || !isTopLevel(declaration)) return undefined;
  const type = f.compilation.typing.typeOfDeclaration(declaration);
  f.code.emit({ op: 'global', dst: base, global: globalFor(declaration) }, place(node));
  return { kind: 'memory', base, object: layouts.typeId(type), offset: 0, type };
}

function locateName(f: FunctionContext, name: ts.Identifier | ts.MemberName, node: ts.Node): Location | undefined {
  const declaration = f.compilation.typing.declarationOf(name);
  return declaration === undefined ? undefined : locateVariable(f, declaration, node);
}

function locateField(f: FunctionContext, node: ts.PropertyAccessExpression): Location | undefined {
  const { layouts, typing, report } = f.compilation;
  const type = typing.typeOf(node.expression);
  if (type.kind === 'ref' && node.name.text === 'Value') {
    const base = value(f, node.expression);
    return { kind: 'memory', base, object: layouts.typeId(type.to), offset: 0, type: type.to };
  }
  const pointee = type.kind === 'ptr' ? type.to : type;
  if (pointee?.kind !== 'struct') {
    const module = locateName(f, node.name, node);
    if (module === undefined) report(node, 'dsl/no-place', [node.name.text]);
    return module;
  }
  const field = layouts.field(pointee, node.name.text);
  if (field === undefined) {
    report(node, 'dsl/no-field', [pointee.shape.name, node.name.text]);
    return undefined;
  }
  const inner = type.kind === 'struct' ? locate(f, node.expression) : undefined;
  if (inner?.kind === 'memory') return { ...inner, offset: inner.offset + field.offset, type: field.type };
  return {
    kind: 'memory',
    base: value(f, node.expression),
    object: layouts.typeId(pointee),
    offset: field.offset,
    type: field.type,
  };
}

function locateElement(f: FunctionContext, node: ts.ElementAccessExpression): Location | undefined {
  const { layouts, typing, constants, place, report } = f.compilation;
  const type = typing.typeOf(node.expression);
  const target = type.kind === 'ptr' || type.kind === 'ref' ? type.to : type;
  const array = target?.kind === 'array' ? target : undefined;
  const element = array?.element ?? (type.kind === 'ref' ? type.to : undefined);
  if (element === undefined) {
    report(node, 'dsl/no-array', [node.expression.getText()]);
    return undefined;
  }
  const count = array?.count ?? ANY_COUNT;
  const object = layouts.typeId(element);
  const stride = layouts.types[object]?.cells ?? 1;
  const whole = type.kind === 'array' ? locate(f, node.expression) : undefined;
  const fixed = constants.fold(node.argumentExpression)?.value;
  if (array !== undefined && fixed !== undefined && fixed >= 0n && fixed < BigInt(count)) {
    const offset = Number(fixed) * stride;
    if (whole?.kind === 'memory') return { ...whole, offset: whole.offset + offset, type: element };
    return { kind: 'memory', base: value(f, node.expression), object: layouts.typeId(array), offset, type: element };
  }
  const base = whole?.kind === 'memory' ? address(f, whole, node.expression) : value(f, node.expression);
  // A 64-bit index keeps its width: cut to 32 bits it could come to lie within the array.
  const given = decay(typing.typeOf(node.argumentExpression));
  const wide = given.kind === 'int' && isWide(given.cell);
  const index = valueAs(f, node.argumentExpression, wide ? given : { kind: 'int', cell: 'i32' });
  const dst = f.code.register('ptr');
  f.code.emit({ op: 'element', dst, base, index, stride, count }, place(node));
  return { kind: 'memory', base: dst, object, offset: 0, type: element };
}

/** The struct a pointer register is declared to point to, for debuggers. */
export function pointeeOf(f: FunctionContext, type: Declared): TypeId | undefined {
  const pointer = decay(type);
  return pointer.kind === 'ptr' && pointer.to?.kind === 'struct' ? f.compilation.layouts.typeId(pointer.to) : undefined;
}
