/**
 * The user's own models (`*.model.ts`, sources of origin `kernel`): functions that stand in for routines which the WDK documents and the
 * library lacks. A file of them takes part where a program imports one of its routines.
 */
import ts from 'typescript';
import { signatureOf } from '../facts/signatures.ts';
import type { Problem } from './api.ts';
import type { ParsedSource } from './host.ts';
import { importedNames } from './import-names.ts';
import { type MessageCode, type MessageValues, messageText } from './subset/messages.ts';
import { syntaxErrors } from './subset/parse.ts';

export interface SelectedModels {
  /** The sources without the models that nothing needs. */
  readonly sources: readonly ParsedSource[];
  /** Routine to the path of the file that models it. */
  readonly models: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Finds the models that the program needs. `exports` is what the library itself has. */
export function selectModels(
  given: readonly ParsedSource[],
  exports: ReadonlySet<string>,
  resolve: (specifier: string, from: string) => string | undefined,
): SelectedModels {
  const files = given.filter(isModel);
  if (files.length === 0) return { sources: given, models: new Map(), problems: [] };
  const problems: Problem[] = [];
  const models = new Map<string, string>();
  // What the parser makes of a text with mistakes is a guess.
  const broken = files.filter(({ file, input }) => syntaxErrors(file, input.path).length > 0);
  for (const source of files) {
    if (broken.includes(source)) continue;
    for (const routine of exportedRoutines(source.file)) {
      const at = routine.name ?? routine;
      const name = routine.name?.text ?? '';
      const other = models.get(name);
      const documented = signatureOf(name)?.parameters;
      if (exports.has(name)) problems.push(problem(source, at, 'dsl/model-override', [name]));
      else if (signatureOf(name) === undefined) continue;
      else if (other !== undefined) problems.push(problem(source, at, 'dsl/model-twice', [name, other]));
      else {
        models.set(name, source.input.path);
        if (documented === undefined || documented.some((one) => one.name === '...')) continue;
        const [own, wanted] = [routine.parameters.length, documented.length];
        if (own !== wanted) problems.push(problem(source, at, 'dsl/model-parameters', [name, String(wanted), String(own)]));
      }
    }
  }
  const needed = new Set<ParsedSource>();
  /** What is imported that neither the library nor a model has. */
  const missing = new Set<string>();
  const add = (source: ParsedSource): void => {
    for (const name of importedNames(source.file)) {
      if (models.has(name)) need(files.find(({ input }) => input.path === models.get(name)));
      else if (!exports.has(name) && signatureOf(name) !== undefined) missing.add(name);
    }
    if (!isModel(source)) return;
    for (const specifier of specifiersOf(source.file)) {
      const path = resolve(specifier, source.file.fileName);
      need(files.find(({ file }) => file.fileName === path));
    }
  };
  const need = (source: ParsedSource | undefined): void => {
    if (source === undefined || needed.has(source)) return;
    needed.add(source);
    add(source);
  };
  for (const source of given) if (!isModel(source)) add(source);
  for (const source of files) {
    // Nobody knows what it would model.
    if (missing.size > 0 && broken.includes(source)) need(source);
    else for (const at of missedModels(source.file, missing)) problems.push(problem(source, at, 'dsl/model-form', [at.text]));
  }
  return { sources: given.filter((source) => !isModel(source) || needed.has(source)), models, problems };
}

function isModel({ input }: ParsedSource): boolean {
  return input.origin === 'kernel';
}

function exportedRoutines(file: ts.SourceFile): readonly ts.FunctionDeclaration[] {
  return file.statements
    .filter(ts.isFunctionDeclaration)
    .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword));
}

/** The names by which a file declares what is no model of such a routine, for not being an exported function. */
function missedModels(file: ts.SourceFile, routines: ReadonlySet<string>): readonly ts.Identifier[] {
  const declared = file.statements.flatMap((statement) =>
    ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map(({ name }) => name)
      : ts.isFunctionDeclaration(statement)
        ? (statement.name ?? [])
        : [],
  );
  return declared.filter(ts.isIdentifier).filter(({ text }) => routines.has(text));
}

function specifiersOf(file: ts.SourceFile): readonly string[] {
  return file.statements.flatMap((statement) =>
    ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier) ? [statement.moduleSpecifier.text] : [],
  );
}

function problem<C extends MessageCode>(source: ParsedSource, at: ts.Node, code: C, values: MessageValues<C>): Problem {
  return {
    code,
    message: messageText(code, values),
    path: source.input.path,
    start: at.getStart(source.file),
    end: at.end,
    severity: 'error',
  };
}
