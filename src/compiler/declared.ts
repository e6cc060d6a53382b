/** Types as a source declares them, before they are laid out. See docs/dsl.md, "Types and storage". */
import type ts from 'typescript';

/** The integers of the language, by sign and bits. */
export type IntegerCell = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64';

/** A declared type. `struct` and `array` are storage; `to` is absent for a pointer whose target nothing states (PVOID). */
export type Declared =
  | { readonly kind: 'void' | 'null' | 'bool' | 'string' }
  | { readonly kind: 'int'; readonly cell: IntegerCell }
  | StructDeclared
  | { readonly kind: 'array'; readonly element: Declared; readonly count: number }
  | { readonly kind: 'ptr'; readonly to?: Declared }
  | { readonly kind: 'ref'; readonly to: Declared }
  | FunctionDeclared
  /** A size token, `SIZE_T<T>`. */
  | { readonly kind: 'size'; readonly of: Declared };

/** A struct with what its type parameters stand for. */
export interface StructDeclared {
  readonly kind: 'struct';
  readonly shape: Shape;
  readonly env: TypeEnvironment;
}

/** `role` is the name of the type it was declared with (`DRIVER_CANCEL`, or a driver's own). */
export interface FunctionDeclared {
  readonly kind: 'fn';
  readonly role?: string;
  readonly node: ts.SignatureDeclaration;
  readonly env: TypeEnvironment;
}

/** What the type parameters in sight stand for. */
export type TypeEnvironment = ReadonlyMap<ts.Symbol, Declared>;

/** A struct type before it is laid out; one object for each declaration, so it serves as the identity of the struct. */
export interface Shape {
  readonly name: string;
  readonly members: readonly ShapeMember[];
  readonly union: boolean;
  readonly node: ts.Node;
  readonly subject?: 'irp';
  /** The size on x64 of a kernel object that the library lays out in its own way (`@size 64`). */
  readonly bytes?: number;
}

/** A member as it is declared. */
export type ShapeMember =
  | { readonly kind: 'field'; readonly name: string; readonly type: ts.TypeNode }
  /** `extends`, or a named struct in an intersection: its fields come first, as one embedded member. */
  | { readonly kind: 'base'; readonly name: string; readonly type: ts.TypeNode | ts.ExpressionWithTypeArguments }
  /** C's anonymous union or struct. */
  | { readonly kind: 'group'; readonly shape: Shape };

/** What a routine takes and gives. */
export interface SignatureInfo {
  readonly parameters: readonly ParameterInfo[];
  readonly result: Declared;
}

/** One parameter of a routine. */
export interface ParameterInfo {
  readonly name: string;
  readonly type: Declared;
  readonly rest: boolean;
  readonly node: ts.ParameterDeclaration;
}

/** Of what has no type parameters. */
export const emptyEnvironment: TypeEnvironment = new Map();

/** What a value of a declared type is in a register: storage is handled by its address. */
export function decay(type: Declared): Declared {
  return type.kind === 'struct' || type.kind === 'array' ? { kind: 'ptr', to: type } : type;
}

/** Whether values of that type are addresses of IRPs. */
export function isIrp(type: Declared): boolean {
  const pointer = decay(type);
  return pointer.kind === 'ptr' && pointer.to?.kind === 'struct' && pointer.to.shape.subject === 'irp';
}
