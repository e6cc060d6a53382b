/**
 * The subset check: what of TypeScript a driver or scenario may be written in. `checkSubset` looks at syntax only and runs before any
 * type is computed; `checkMeaning` looks at declarations. `parseSource` is how a file comes to be parsed safely in the first place.
 */
import ts from 'typescript';
import type { Problem } from './api.ts';
import type { ParsedSource } from './host.ts';
import type { Lasting } from './lasting.ts';
import { checkAddresses } from './subset/addresses.ts';
import { explainSyntax } from './subset/c-idioms.ts';
import { checkTopLevel } from './subset/declarations.ts';
import { createMeaning } from './subset/meaning.ts';
import { checkDeviceUse, checkScenarioImport } from './subset/modules.ts';
import { checkDepth, checkDirectives, linkParents, misreadLess, syntaxErrors } from './subset/parse.ts';
import { createReporter } from './subset/report.ts';
import { checkRoles } from './subset/roles.ts';
import { checkStorage } from './subset/storage.ts';
import { checkSystemField } from './subset/system-fields.ts';
import { checkUnion } from './subset/unions.ts';

export { isAddressCast } from './subset/address-cast.ts';
export { explainTypeScript, isSaidTwice } from './subset/explain.ts';
export { parseSource } from './subset/parse.ts';

/**
 * Everything in the file's syntax that the language has not, each with what to write instead; or its syntax errors alone, as `TS1005` and so on.
 * Safe on any tree: does nothing that grows faster than the text, and no type is computed.
 */
export function checkSubset(file: ts.SourceFile, path: string): Problem[] {
  const walk = createReporter(file, path);
  const errors = explainSyntax(file.text, syntaxErrors(file, path));
  checkDirectives(walk);
  linkParents(file);
  if (checkDepth(walk)) checkTopLevel(walk);
  const misread = misreadLess(file, errors);
  if (misread !== undefined) walk.report('dsl/type-arguments', misread, []);
  // What the parser made of the text around a syntax error is a guess, also before it: behind a missing brace all routines are nested.
  const isSure = ({ code, start }: Problem): boolean =>
    code === 'dsl/too-deep' || errors.length === 0 || (code === 'dsl/type-arguments' && start === misread?.start);
  const sure = walk.problems().filter(isSure);
  return [...sure, ...(sure.some(({ start }) => start === misread?.start) ? [] : errors)];
}

/**
 * What the declarations must be known for: roles, storage and copies of kernel objects, Ref, CONTAINING_RECORD, sizes, casts, unions, the system's fields.
 * Call it once `checkSubset` found no error in any file of the program; type errors do not disturb it.
 * @param lasting what is known of the library.
 * @param statements those to look at, where the others are known to have no problem.
 */
export function checkMeaning(
  program: ts.Program,
  { file, input: { path, origin } }: ParsedSource,
  lasting: Lasting,
  statements: Iterable<ts.Node> = [file],
): Problem[] {
  const meaning = createMeaning(program, file, path, lasting);
  const visit = (node: ts.Node): void => {
    if (origin === 'driver' || origin === 'kernel') checkScenarioImport(meaning, node);
    if (origin === 'driver') checkDeviceUse(meaning, node);
    checkUnion(meaning, node);
    checkSystemField(meaning, node);
    checkStorage(meaning, node);
    checkAddresses(meaning, node);
    checkRoles(meaning, node);
    ts.forEachChild(node, visit);
  };
  for (const statement of statements) visit(statement);
  return meaning.problems();
}
