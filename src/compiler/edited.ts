/**
 * What of a driver is to be checked and compiled again where an earlier version had no problem: the top-level statements that are other than before, and
 * those that depend on them by a name. What a statement comes to depends on others by the names in it, on what these stand for, and so on; of a routine whose
 * own type is written nothing else depends on its body. See docs/adr/0015.
 */
import ts from 'typescript';
import { documentedPath } from './documented.ts';
import type { ParsedSource } from './host.ts';
import { declaredNames } from './subset/declarations.ts';
import { routineIn } from './syntax.ts';

/** The top-level statements to check again, by file; a file that is not in it is to be checked whole. */
export type Edited = ReadonlyMap<ts.SourceFile, ReadonlySet<ts.Statement>>;

/**
 * What is to be checked of `after`, when `before` had no problem. Both are all files of a program, the library's as well. Undefined, which is everything, where
 * files have come or gone, or a module of the library is another.
 */
export function editedSince(before: readonly ParsedSource[], after: readonly ParsedSource[]): Edited | undefined {
  const known = new Map(after.map((source) => [source.input.path, source]));
  const paths = new Set(before.map(({ input }) => input.path));
  // What an import leads to may be a new file.
  if (after.some(({ input: { path } }) => !paths.has(path) && path !== documentedPath)) return undefined;
  const edited = new Map<ts.SourceFile, Set<ts.Statement>>();
  const own: ts.SourceFile[] = [];
  const names = new Set<string>();
  for (const { input: was, file } of before) {
    const now = known.get(was.path);
    if (now === undefined || now.input.origin !== was.origin) return undefined;
    // No file of the library's own imports one of a driver's.
    if (!was.path.startsWith('irpsight/') || was.path === documentedPath) own.push(now.file);
    else if (now.input.text !== was.text) return undefined;
    const changes = now.input.text === was.text ? [] : changesBetween(file, now.file);
    for (const name of changedBy(changes)) names.add(name);
    edited.set(now.file, new Set(changes.filter((change) => change.file === now.file).map(({ statement }) => statement)));
  }
  if (names.size > 0) addDependents(own, edited, names);
  return edited;
}

/** Whether something stands in a statement that is to be looked at again. */
export function isEdited(edited: Edited | undefined, node: ts.Node): boolean {
  const statement = ts.findAncestor(node, (one) => ts.isSourceFile(one.parent)) as ts.Statement;
  return edited?.get(node.getSourceFile())?.has(statement) !== false;
}

/** A statement that is another than before, or was. */
interface Change {
  readonly file: ts.SourceFile;
  readonly statement: ts.Statement;
  /** Only its body is another. */
  readonly within: boolean;
}

/** The statements that are other than before, or were. Those whose heads, or texts where they have none, are the same and in the same order are one. */
function changesBetween(before: ts.SourceFile, after: ts.SourceFile): readonly Change[] {
  const was = before.statements.map((statement) => headOf(statement, before) ?? statement.getText(before));
  const places = new Map(was.map((key, index) => [key, index]));
  const changes: Change[] = [];
  let next = 0;
  const leave = (end: number): void => {
    for (const statement of before.statements.slice(next, end)) changes.push({ file: before, statement, within: false });
  };
  for (const statement of after.statements) {
    const place = places.get(headOf(statement, after) ?? statement.getText(after)) ?? -1;
    if (place < next) changes.push({ file: after, statement, within: false });
    else {
      leave(place);
      next = place + 1;
      const old = before.statements[place];
      if (old.getText(before) === statement.getText(after)) continue;
      changes.push({ file: before, statement: old, within: true }, { file: after, statement, within: true });
    }
  }
  leave(was.length);
  return changes;
}

/** The names that may stand for something else, or of which something else may be known, because of changes in a file. */
function changedBy(changes: readonly Change[]): readonly string[] {
  const variablesOf = new Map([...new Set(changes.map(({ file }) => file))].map((file) => [file, variables(file)]));
  return changes.flatMap(({ file, statement, within }) => {
    // Where a variable is assigned that can be, decides what is known of it elsewhere.
    const assigned = [...wordsOf(statement.getText(file))].filter((word) => variablesOf.get(file)?.has(word));
    return within ? assigned : [...assigned, ...namesOf(statement)];
  });
}

/** Adds the statements that name one of these, and what depends on them in turn. */
function addDependents(
  files: readonly ts.SourceFile[],
  edited: ReadonlyMap<ts.SourceFile, Set<ts.Statement>>,
  names: Set<string>,
): void {
  const naming = new Map<string, { file: ts.SourceFile; statement: ts.Statement; head: ReadonlySet<string> }[]>();
  for (const file of files) {
    for (const statement of file.statements) {
      const words = wordsOf(statement.getText(file));
      const head = headOf(statement, file);
      const one = { file, statement, head: head === undefined ? words : wordsOf(head) };
      for (const word of words) {
        const known = naming.get(word);
        if (known === undefined) naming.set(word, [one]);
        else known.push(one);
      }
    }
  }
  // Names are added meanwhile.
  for (const name of names) {
    for (const { file, statement, head } of naming.get(name) ?? []) {
      edited.get(file)?.add(statement);
      if (head.has(name)) for (const other of namesOf(statement)) names.add(other);
    }
  }
}

/** The names that a statement declares or imports, or, in the declarations of what is only documented, exports. */
function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isExportDeclaration(statement)) return [...wordsOf(statement.getText())];
  return ts.isImportDeclaration(statement) ? namesImported(statement) : declaredNames(statement).map(({ text }) => text);
}

function namesImported({ importClause }: ts.ImportDeclaration): readonly string[] {
  const bindings = importClause?.namedBindings;
  if (bindings === undefined) return [];
  return ts.isNamespaceImport(bindings) ? [bindings.name.text] : bindings.elements.map(({ name }) => name.text);
}

/** The statement's text without that of the body, of a function that says what it takes and gives, or of a routine whose role does; undefined of anything else. */
function headOf(statement: ts.Statement, file: ts.SourceFile): string | undefined {
  const body = bodyOf(statement);
  if (body === undefined) return undefined;
  return `${file.text.slice(statement.getStart(file), body.getStart(file))}{}${file.text.slice(body.end, statement.end)}`;
}

function bodyOf(statement: ts.Statement): ts.Block | undefined {
  if (ts.isFunctionDeclaration(statement)) return isWritten(statement) ? statement.body : undefined;
  if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) return undefined;
  const [declaration] = statement.declarationList.declarations;
  const body = declaration?.type === undefined ? undefined : routineIn(declaration)?.body;
  return body !== undefined && ts.isBlock(body) ? body : undefined;
}

function isWritten({ type, parameters }: ts.FunctionDeclaration): boolean {
  return type !== undefined && parameters.every((parameter) => parameter.type !== undefined);
}

/** The names of the file's variables that can be assigned. */
function variables({ statements }: ts.SourceFile): ReadonlySet<string> {
  return new Set(
    statements.flatMap((statement) =>
      ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Const) === 0
        ? declaredNames(statement).map(({ text }) => text)
        : [],
    ),
  );
}

/** The words of a text, be it in a comment. In a program without problems each name is written as one; those of generated helpers begin with $. */
function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[\w$]+/g) ?? []);
}
