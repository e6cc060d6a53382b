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

/** Top-level statements, by file; of a file that is not in it, all. */
export type Edited = ReadonlyMap<ts.SourceFile, ReadonlySet<ts.Statement>>;

/** What is to be done again. */
export interface Again {
  readonly checked: Edited;
  /** These as well as the ones in which nothing but blanks, ends of lines and comments are other: what they are compiled to tells where it stands. */
  readonly compiled: Edited;
}

/**
 * What is to be checked and compiled of `after`, when `before` had no problem. Both are all files of a program, the library's as well. Undefined, which is everything, where
 * files have come or gone, or a module of the library is another.
 */
export function editedSince(before: readonly ParsedSource[], after: readonly ParsedSource[]): Again | undefined {
  const known = new Map(after.map((source) => [source.input.path, source]));
  const paths = new Set(before.map(({ input }) => input.path));
  // What an import leads to may be a new file.
  if (after.some(({ input: { path } }) => !paths.has(path) && path !== documentedPath)) return undefined;
  const edited = new Map<ts.SourceFile, Set<ts.Statement>>();
  const spaced = new Map<ts.SourceFile, readonly ts.Statement[]>();
  const own: ts.SourceFile[] = [];
  const names = new Set<string>();
  for (const { input: was, file } of before) {
    const now = known.get(was.path);
    if (now === undefined || now.input.origin !== was.origin) return undefined;
    // No file of the library's own imports one of a driver's.
    if (!was.path.startsWith('irpsight/') || was.path === documentedPath) own.push(now.file);
    else if (now.input.text !== was.text) return undefined;
    const { changes, respaced } = now.input.text === was.text ? unchanged : changesBetween(file, now.file);
    for (const name of changedBy(changes)) names.add(name);
    edited.set(now.file, new Set(changes.filter((change) => change.file === now.file).map(({ statement }) => statement)));
    spaced.set(now.file, respaced);
  }
  if (names.size > 0) addDependents(own, edited, names);
  const compiled = new Map(
    [...edited].map(([file, statements]) => [file, new Set([...statements, ...(spaced.get(file) ?? [])])]),
  );
  return { checked: edited, compiled };
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

interface Changes {
  readonly changes: readonly Change[];
  /** The statements in which only what stands between the tokens is other. */
  readonly respaced: readonly ts.Statement[];
}

const unchanged: Changes = { changes: [], respaced: [] };

/** The statements that are other than before, or were. Those whose heads, or texts where they have none, are the same and in the same order are one. */
function changesBetween(before: ts.SourceFile, after: ts.SourceFile): Changes {
  const was = before.statements.map((statement) => headOf(statement, before) ?? statement.getText(before));
  const places = new Map(was.map((key, index) => [key, index]));
  const changes: Change[] = [];
  const respaced: ts.Statement[] = [];
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
      if (isRespaced(old, statement)) respaced.push(statement);
      else changes.push({ file: before, statement: old, within: true }, { file: after, statement, within: true });
    }
  }
  leave(was.length);
  return { changes, respaced };
}

/** Whether both have the same tokens, and the same nodes: where lines end may decide where a statement does. */
function isRespaced(one: ts.Statement, other: ts.Statement): boolean {
  const tokens = [one, other].map((statement) => tokensOf(statement.getText()));
  const nodes = [one, other].map(kindsOf);
  return tokens[0].join('\n') === tokens[1].join('\n') && nodes[0].join() === nodes[1].join();
}

/** The tokens of a text in which there are neither templates nor regular expressions, which the language does not have. */
function tokensOf(text: string): readonly string[] {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, text);
  const tokens: string[] = [];
  while (scanner.scan() !== ts.SyntaxKind.EndOfFileToken) tokens.push(scanner.getTokenText());
  return tokens;
}

/** The kinds of a node and all that are in it, the outer ones first, with -1 where each ends. */
function kindsOf(node: ts.Node): readonly number[] {
  const kinds: number[] = [];
  const add = (one: ts.Node): void => {
    kinds.push(one.kind);
    ts.forEachChild(one, add);
    kinds.push(-1);
  };
  add(node);
  return kinds;
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
