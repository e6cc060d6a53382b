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
  for (const source of files) {
    for (const routine of exportedRoutines(source.file)) {
      const name = routine.name?.text ?? '';
      const other = models.get(name);
      const documented = signatureOf(name)?.parameters;
      if (exports.has(name)) problems.push(problem(source, routine, 'dsl/model-override', [name]));
      else if (signatureOf(name) === undefined) continue;
      else if (other !== undefined) problems.push(problem(source, routine, 'dsl/model-twice', [name, other]));
      else {
        models.set(name, source.input.path);
        if (documented === undefined || documented.some((one) => one.name === '...')) continue;
        const [own, wanted] = [routine.parameters.length, documented.length];
        if (own !== wanted) problems.push(problem(source, routine, 'dsl/model-parameters', [name, String(wanted), String(own)]));
      }
    }
  }
  const needed = new Set<ParsedSource>();
  const add = (source: ParsedSource): void => {
    for (const name of importedNames(source.file)) need(files.find(({ input }) => input.path === models.get(name)));
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

function specifiersOf(file: ts.SourceFile): readonly string[] {
  return file.statements.flatMap((statement) =>
    ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier) ? [statement.moduleSpecifier.text] : [],
  );
}

function problem<C extends MessageCode>(
  source: ParsedSource,
  routine: ts.FunctionDeclaration,
  code: C,
  values: MessageValues<C>,
): Problem {
  const at = routine.name ?? routine;
  return {
    code,
    message: messageText(code, values),
    path: source.input.path,
    start: at.getStart(source.file),
    end: at.end,
    severity: 'error',
  };
}
