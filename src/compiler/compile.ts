/**
 * TypeScript to IR: parse, subset check, type check, lowering, each only when the one before found no error. The user's code is
 * never executed, and no type is computed of a file that is outside the subset.
 */
import type { CompileRequest, CompileResult, Problem } from './api.ts';
import { editedSince } from './edited.ts';
import type { ParsedSource } from './host.ts';
import { createProgram, parseSources } from './host.ts';
import type { KeptFunctions } from './kept-functions.ts';
import type { Lasting } from './lasting.ts';
import { lowerProgram } from './lower-program.ts';
import { messageText } from './subset/messages.ts';
import { checkMeaning, checkSubset } from './subset.ts';
import { problemsFound, typeProblems } from './type-problems.ts';

/** Compiles driver and scenario sources with the library to a program; every problem is data, with its place. */
export function compile(request: CompileRequest): CompileResult {
  const steps = compileInSteps(request);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same for who has other things to do in between. */
export function* compileInSteps(request: CompileRequest): Generator<undefined, CompileResult> {
  try {
    return yield* compileStages(request);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const [first] = request.sources;
    return {
      problems: [
        {
          code: 'dsl/too-deep',
          message: messageText('dsl/too-deep', ['This']),
          path: first?.path ?? '',
          start: 0,
          end: 0,
          severity: 'error',
        },
      ],
    };
  }
}

/** Type checks the library itself and compiles every routine of it, used or not; for its tests. */
export function compileLibrary(library: CompileRequest['library']): CompileResult {
  const set = parseSources({ sources: [], library });
  const checked = createProgram(set);
  const types = [...set.problems, ...problemsFound(checked, set.library)];
  if (hasError(types)) return { problems: sorted(types) };
  const { program, problems } = lowerProgram(set, checked, {
    entered: set.library,
    observing: false,
    before: { functions: new Map(), edited: undefined, lasting: set.lasting },
  });
  return hasError(problems) ? { problems: sorted(problems) } : { program, problems: sorted(problems) };
}

/** The last program in which neither types nor what is meant by them had a problem. */
interface Clean {
  /** All its files. */
  readonly files: readonly ParsedSource[];
  readonly observing: boolean;
  /** The functions that are no part of the library, by file and name. */
  readonly functions: KeptFunctions;
}

/** The last one with that library. */
const lastClean = new WeakMap<Lasting, Clean>();

function* compileStages(request: CompileRequest): Generator<undefined, CompileResult> {
  const set = parseSources(request);
  const syntax = [...set.problems, ...set.sources.flatMap((source) => checkSubset(source.file, source.input.path))];
  if (hasError(syntax)) return { problems: sorted(syntax) };
  yield;
  const checked = createProgram(set);
  const files = [...set.library, ...set.sources];
  const observing = request.observing === true;
  const clean = lastClean.get(set.lasting);
  const again = clean === undefined ? undefined : editedSince(clean.files, files);
  const types = typeProblems(set, checked, again?.checked);
  yield;
  const meant = set.sources.flatMap((source) => checkMeaning(checked, source, set.lasting, again?.checked.get(source.file)));
  const meaning = [...syntax, ...types, ...meant];
  if (hasError(meaning)) return { problems: sorted(meaning) };
  yield;
  const kept = clean?.observing === observing ? clean.functions : new Map();
  const before = { functions: kept, edited: again?.compiled, lasting: set.lasting };
  const { program, problems, functions } = lowerProgram(set, checked, { entered: set.sources, observing, before });
  if (types.length + meant.length === 0) lastClean.set(set.lasting, { files, observing, functions });
  const all = sorted([...meaning, ...problems]);
  return hasError(all) ? { problems: all } : { program, problems: all };
}

function hasError(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** In the order of the text, each once. */
function sorted(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((p) => [`${p.path}:${p.start}:${p.end}:${p.code}:${p.message}`, p]));
  return [...unique.values()].sort((a, b) => (a.path === b.path ? a.start - b.start : a.path < b.path ? -1 : 1));
}
