/** What TypeScript finds in the sources, told in the language's own words: of all their statements, or of those that were edited. */
import type ts from 'typescript';
import type { Problem } from './api.ts';
import type { Edited } from './edited.ts';
import type { ParsedSource, SourceSet } from './host.ts';
import { createProgram } from './host.ts';
import { explainTypeScript, isAddressCast, isSaidTwice } from './subset.ts';

/**
 * The type problems of the sources: the same whatever was edited, though what a message says may depend on the order in which types are come upon. Where all problems are in one
 * statement they are told by who checks nothing else, elsewhere by who checks everything.
 * @param checked nobody has asked it for a type yet.
 * @param edited the statements that alone may have problems.
 */
export function typeProblems(set: SourceSet, checked: ts.Program, edited: Edited | undefined): readonly Problem[] {
  const found = problemsFound(checked, set.sources, edited);
  if (found.length === 0) return found;
  const statement = statementOfAll(found, set.sources);
  if (statement !== undefined) {
    const alone: Edited = new Map(
      set.sources.map(({ file }) => [file, new Set(file.statements.filter((one) => one === statement))]),
    );
    const isAlone =
      edited?.get(statement.getSourceFile())?.has(statement) === true &&
      set.sources.every(({ file }) => edited.get(file)?.size === alone.get(file)?.size);
    const told = isAlone ? found : problemsFound(createProgram(set), set.sources, alone);
    if (statementOfAll(told, set.sources) === statement) return told;
  }
  return edited === undefined ? found : problemsFound(createProgram(set), set.sources);
}

/** @param edited the statements to check; without it, all. */
export function problemsFound(program: ts.Program, sources: readonly ParsedSource[], edited?: Edited): readonly Problem[] {
  const [first] = sources;
  const global = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()].map((d) =>
    explainTypeScript(program, d, first?.input.path ?? ''),
  );
  return [
    ...global,
    ...sources.flatMap(({ input, file }) => {
      const nodes = edited?.get(file);
      if (nodes?.size === 0) return [];
      return (program as PartlyChecked)
        .getSemanticDiagnostics(file, undefined, nodes && [...nodes])
        .filter((d) => !isAddressCast(program, d) && !isSaidTwice(d))
        .map((d) => explainTypeScript(program, d, input.path));
    }),
  ];
}

/**
 * TypeScript's own server checks the visible part of a file by this third parameter, which its declarations leave out. A version without it checks
 * the whole file, which is slower and says the same.
 */
interface PartlyChecked {
  getSemanticDiagnostics(file: ts.SourceFile, token: undefined, nodes: readonly ts.Node[] | undefined): readonly ts.Diagnostic[];
}

/** The top-level statement in which all of them are. */
function statementOfAll(problems: readonly Problem[], sources: readonly ParsedSource[]): ts.Statement | undefined {
  const [first] = problems;
  const file = sources.find(({ input }) => input.path === first?.path)?.file;
  const statement = file?.statements.find((one) => one.pos <= first.start && first.end <= one.end);
  const isIn = ({ path, start, end }: Problem): boolean =>
    path === first.path && statement !== undefined && statement.pos <= start && end <= statement.end;
  return problems.every(isIn) ? statement : undefined;
}
