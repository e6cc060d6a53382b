/**
 * The subset check: what of TypeScript a driver or scenario may be written in. `checkSubset` looks at syntax only and runs before any
 * type is computed; `checkMeaning` looks at declarations. `parseSource` is how a file comes to be parsed safely in the first place.
 */
import type ts from 'typescript';
import type { Problem } from './api.ts';
import { checkTopLevel } from './subset/declarations.ts';
import { checkDepth, checkDirectives, linkParents, syntaxErrors } from './subset/parse.ts';
import { createReporter } from './subset/report.ts';

export { parseSource } from './subset/parse.ts';

/**
 * Everything in the file's syntax that the language has not, each with what to write instead; syntax errors as `TS1005` and so on.
 * Safe on any tree: does nothing that grows faster than the text, and no type is computed.
 */
export function checkSubset(file: ts.SourceFile, path: string): Problem[] {
  const walk = createReporter(file, path);
  const errors = syntaxErrors(file, path);
  checkDirectives(walk);
  linkParents(file);
  if (checkDepth(walk)) checkTopLevel(walk);
  // What the parser made of the text behind a syntax error is a guess; problems found there would mislead.
  const firstError = Math.min(...errors.map(({ start }) => start), Number.POSITIVE_INFINITY);
  return [...walk.problems().filter(({ start, code }) => start < firstError || code === 'dsl/too-deep'), ...errors];
}
