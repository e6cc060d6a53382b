/** What the parts of one compilation share: the program's tables as they grow, and where problems go. */
import ts from 'typescript';
import type { FuncId, GlobalId, Origin, Place } from '../ir/program.ts';
import type { Constants } from './constants.ts';
import type { DeclaredTypes } from './declared-types.ts';
import type { Layouts } from './layouts.ts';
import type { Strings } from './strings.ts';
import type { MessageCode, MessageValues } from './subset/messages.ts';
import type { RoutineNode, Typing } from './typing.ts';

export interface Compilation {
  readonly declared: DeclaredTypes;
  readonly layouts: Layouts;
  readonly typing: Typing;
  readonly constants: Constants;
  readonly strings: Strings;
  /** Reports a problem at a node, in the words of `subset/messages.ts`. */
  readonly report: <C extends MessageCode>(node: ts.Node, code: C, values: MessageValues<C>) => void;
  readonly place: (node: ts.Node) => Place;
  readonly originOf: (node: ts.Node) => Origin;
  /** Whether an `observe` is to stand behind the expression: it denotes an IRP. */
  readonly observes: (node: ts.Expression) => boolean;
  /** Whether a routine is one that the WDK documents and nothing models, or one that the user has written a model for. */
  readonly standIn: (routine: RoutineNode) => 'documented' | 'user' | undefined;
  /** The id of a routine, which is compiled later if it was not yet. `name` is used the first time only. */
  readonly funcFor: (node: RoutineNode, name?: string) => FuncId;
  /** A routine of the library that generated code calls. */
  readonly libraryRoutine: (name: string) => RoutineNode | undefined;
  readonly globalFor: (declaration: ts.VariableDeclaration) => GlobalId;
}

/** The routine that a declaration names: a function with a body, or a constant that is one (perhaps by another name). */
export function routineOf(declaration: ts.Declaration | undefined, typing: Typing, depth = 0): RoutineNode | undefined {
  if (declaration === undefined || depth > 20) return undefined;
  if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration))
    return declaration.body === undefined ? undefined : declaration;
  if (!ts.isVariableDeclaration(declaration) && !ts.isPropertyAssignment(declaration)) return undefined;
  if (declaration.initializer === undefined) return undefined;
  if (ts.isVariableDeclaration(declaration) && (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) === 0)
    return undefined;
  return routineOfExpression(declaration.initializer, typing, depth);
}

/** The routine that an expression is or names. */
export function routineOfExpression(node: ts.Expression, typing: Typing, depth = 0): RoutineNode | undefined {
  let inner = node;
  while (ts.isParenthesizedExpression(inner) || ts.isNonNullExpression(inner) || ts.isAsExpression(inner))
    inner = inner.expression;
  if (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner)) return inner;
  if (ts.isIdentifier(inner)) return routineOf(typing.declarationOf(inner), typing, depth + 1);
  return ts.isPropertyAccessExpression(inner) && ts.isIdentifier(inner.expression)
    ? routineOf(typing.declarationOf(inner.name), typing, depth + 1)
    : undefined;
}

/** Whether a variable stands at the top level of its file. */
export function isTopLevel(declaration: ts.VariableDeclaration): boolean {
  return ts.isVariableDeclarationList(declaration.parent) && ts.isSourceFile(declaration.parent.parent.parent);
}
