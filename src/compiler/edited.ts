/**
 * What of a driver is to be checked again where an earlier version had no problem with its types. Between two keystrokes only the body of one routine
 * is another, as a rule, and nothing outside of a routine whose own type is written depends on its body: not the types of other declarations,
 * and not what is known of a variable at some statement, which is worked out within each routine, but for variables that any routine may assign.
 */
import ts from 'typescript';
import type { ParsedSource } from './host.ts';
import { skipParentheses } from './syntax.ts';

/** The top-level statements to check again, by file; a file that is not in it is to be checked whole. */
export type Edited = ReadonlyMap<ts.SourceFile, readonly ts.Statement[]>;

/**
 * What is to be checked of `after`, when `before` had no problem. Both are all files of a program, the library's as well; nothing can be said
 * unless all that has changed in the files of `before` lies within bodies of routines.
 */
export function editedSince(before: readonly ParsedSource[], after: readonly ParsedSource[]): Edited {
  const nothing: Edited = new Map();
  const known = new Map(after.map((source) => [source.input.path, source]));
  const edited = new Map<ts.SourceFile, readonly ts.Statement[]>();
  for (const { input: was, file } of before) {
    const now = known.get(was.path);
    if (now === undefined || now.input.origin !== was.origin) return nothing;
    const statements = now.input.text === was.text ? [] : editedStatements(file, now.file);
    if (statements === undefined) return nothing;
    edited.set(now.file, statements);
  }
  return edited;
}

/** The top-level statements whose text is another, undefined where that is more than a body. */
function editedStatements(before: ts.SourceFile, after: ts.SourceFile): readonly ts.Statement[] | undefined {
  if (before.statements.length !== after.statements.length) return undefined;
  const assigned = variables(after);
  const edited: ts.Statement[] = [];
  for (const [index, statement] of after.statements.entries()) {
    const old = before.statements[index] as ts.Statement;
    if (old.getText(before) === statement.getText(after)) continue;
    const [was, is] = [bodyOf(old), bodyOf(statement)];
    if (was === undefined || is === undefined || around(old, was, before) !== around(statement, is, after)) return undefined;
    if (names(was, before, assigned) || names(is, after, assigned)) return undefined;
    edited.push(statement);
  }
  return edited;
}

/** The body of a function that says what it takes and gives, or of a routine whose role does; undefined of anything else. */
function bodyOf(statement: ts.Statement): ts.Block | undefined {
  if (ts.isFunctionDeclaration(statement)) return isWritten(statement) ? statement.body : undefined;
  if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) return undefined;
  const [declaration] = statement.declarationList.declarations;
  const value = declaration?.initializer === undefined ? undefined : skipParentheses(declaration.initializer);
  if (value === undefined || !(ts.isArrowFunction(value) || ts.isFunctionExpression(value)) || !ts.isBlock(value.body))
    return undefined;
  return declaration?.type === undefined ? undefined : value.body;
}

function isWritten({ type, parameters }: ts.FunctionDeclaration): boolean {
  return type !== undefined && parameters.every((parameter) => parameter.type !== undefined);
}

/** The statement's text without that of the body. */
function around(statement: ts.Statement, body: ts.Block, file: ts.SourceFile): string {
  return `${file.text.slice(statement.getStart(file), body.getStart(file))}{}${file.text.slice(body.end, statement.end)}`;
}

/** The names of the file's variables that can be assigned: where one is, decides what is known of it elsewhere. */
function variables({ statements }: ts.SourceFile): ReadonlySet<string> {
  return new Set(
    statements.flatMap((statement) =>
      ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Const) === 0
        ? statement.declarationList.declarations.map(({ name }) => name.getText())
        : [],
    ),
  );
}

/** Whether the text names one of them, be it in a comment. */
function names(body: ts.Block, file: ts.SourceFile, wanted: ReadonlySet<string>): boolean {
  return (
    wanted.size > 0 && (body.getText(file).match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu) ?? []).some((word) => wanted.has(word))
  );
}
