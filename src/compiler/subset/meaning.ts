/** What the checks that look at declarations share. */
import ts from 'typescript';
import type { Declared } from '../declared.ts';
import { createDeclaredTypes, type DeclaredTypes } from '../declared-types.ts';
import type { Lasting } from '../lasting.ts';
import { createLayouts, type Layouts } from '../layouts.ts';
import { createTyping, type Typing } from '../typing.ts';
import { createReporter, type Reporter } from './report.ts';

/** One file with the declarations of its program. */
export interface Meaning extends Reporter {
  readonly checker: ts.TypeChecker;
  readonly declared: DeclaredTypes;
  readonly layouts: Layouts;
  readonly typing: Typing;
  /** Whether a declaration belongs to the product's library rather than to the user. */
  readonly isLibrary: (node: ts.Node) => boolean;
}

/** Declarations for the checks of one file; problems that others report (layout) are not repeated. */
export function createMeaning(program: ts.Program, file: ts.SourceFile, path: string, lasting?: Lasting): Meaning {
  const checker = program.getTypeChecker();
  const isLibraryFile = (source: ts.SourceFile) => source.fileName.startsWith('irpsight/');
  const declared = createDeclaredTypes(checker, isLibraryFile, lasting);
  const layouts = createLayouts(declared, () => undefined);
  return {
    ...createReporter(file, path),
    checker,
    declared,
    layouts,
    typing: createTyping(checker, declared, layouts, isLibraryFile, lasting),
    isLibrary: (node) => isLibraryFile(node.getSourceFile()),
  };
}

/** What a pointer points to, or storage is; undefined where nothing states it. */
export function pointee(type: Declared): Declared | undefined {
  return type.kind === 'ptr' ? type.to : type.kind === 'struct' || type.kind === 'array' ? type : undefined;
}

/** An expression without parentheses and `!`. */
export function bare(node: ts.Expression): ts.Expression {
  let inner = node;
  while (ts.isParenthesizedExpression(inner) || ts.isNonNullExpression(inner)) inner = inner.expression;
  return inner;
}
