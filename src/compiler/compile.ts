/**
 * TypeScript to IR: parse, subset check, type check, lowering, each only when the one before found no error. The user's code is
 * never executed, and no type is computed of a file that is outside the subset.
 */
import ts from 'typescript';
import type { FuncId, Global, GlobalId, Hooks, Origin, Place, Program, Scenario } from '../ir/program.ts';
import type { CompileRequest, CompileResult, Problem } from './api.ts';
import type { Compilation } from './compilation.ts';
import { routineOf } from './compilation.ts';
import { createConstants } from './constants.ts';
import { isIrp } from './declared.ts';
import { createDeclaredTypes, type Lasting } from './declared-types.ts';
import { documentedPath } from './documented.ts';
import { type Edited, editedSince, isEdited } from './edited.ts';
import { makeGlobal } from './globals.ts';
import type { ParsedSource, SourceSet } from './host.ts';
import { createProgram, parseSources } from './host.ts';
import type { KeptFunction, Setting } from './kept-functions.ts';
import { createNotes, declarationsOf, isSameSetting, isToldTheSame, movedTo } from './kept-functions.ts';
import { createLayouts } from './layouts.ts';
import { declarationOf, isInline, lowerFunction } from './lower-function.ts';
import { compileScenario, findScenarios, isScenario } from './scenarios.ts';
import { createStrings } from './strings.ts';
import { messageText } from './subset/messages.ts';
import { checkMeaning, checkSubset } from './subset.ts';
import { skipParentheses } from './syntax.ts';
import { problemsFound, typeProblems } from './type-problems.ts';
import type { RoutineNode, Typing } from './typing.ts';
import { createTyping } from './typing.ts';
import { withUnknownNumbers } from './unknown-numbers.ts';
import type { Lowered } from './unwinding.ts';
import { unwinding } from './unwinding.ts';

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
  const { program, problems } = lower(set, checked, {
    entered: set.library,
    observing: false,
    kept: new Map(),
    edited: undefined,
  });
  return hasError(problems) ? { problems: sorted(problems) } : { program, problems: sorted(problems) };
}

/** The last program in which neither types nor what is meant by them had a problem. */
interface Clean {
  /** All its files. */
  readonly files: readonly ParsedSource[];
  readonly observing: boolean;
  /** The functions that are no part of the library, by file and name. */
  readonly functions: ReadonlyMap<string, KeptFunction>;
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
  const edited = clean === undefined ? undefined : editedSince(clean.files, files);
  const types = typeProblems(set, checked, edited);
  yield;
  const meant = set.sources.flatMap((source) => checkMeaning(checked, source, set.lasting, edited?.get(source.file)));
  const meaning = [...syntax, ...types, ...meant];
  if (hasError(meaning)) return { problems: sorted(meaning) };
  yield;
  const kept = clean?.observing === observing ? clean.functions : new Map<string, KeptFunction>();
  const { program, problems, functions } = lower(set, checked, { entered: set.sources, observing, kept, edited });
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

const hookNames = {
  main: 'HarnessMain',
  timerExpired: 'KiTimerExpired',
  executeDpc: 'KiExecuteDpc',
  stuck: 'HarnessStuck',
  final: 'HarnessFinal',
} as const;

/** Versions of a library function that are kept: a driver is compiled without and with its default scenarios, in turn. */
const mostVersions = 3;

interface LowerOptions {
  /** The files of which everything is compiled; of the others, what is used. */
  readonly entered: readonly ParsedSource[];
  readonly observing: boolean;
  /** Functions of an earlier program, and what has been edited since. */
  readonly kept: ReadonlyMap<string, KeptFunction>;
  readonly edited: Edited | undefined;
}

function lower(
  set: SourceSet,
  checked: ts.Program,
  { entered, observing, kept, edited }: LowerOptions,
): { program: Program; problems: Problem[]; functions: ReadonlyMap<string, KeptFunction> } {
  const problems: Problem[] = [];
  // The library, and below what every program has of it, first: what its functions are compiled to is the same then whatever the driver is.
  const all = [...set.library, ...set.sources];
  const ids = new Map(all.map((source, index) => [source.file, index]));
  const libraryFiles = new Set(set.library.map((source) => source.file));
  const isLibrary = (file: ts.SourceFile): boolean => libraryFiles.has(file);
  const sourceOf = (node: ts.Node): ParsedSource => all[ids.get(node.getSourceFile()) ?? 0] as ParsedSource;
  const report: Compilation['report'] = (node, code, values) => {
    problems.push({
      code,
      message: messageText(code, values),
      path: sourceOf(node).input.path,
      start: node.getStart(),
      end: node.getEnd(),
      severity: 'error',
    });
  };
  const declared = createDeclaredTypes(checked.getTypeChecker(), isLibrary, set.lasting);
  const isLasting = (file: ts.SourceFile): boolean => isLibrary(file) && file.fileName !== documentedPath;
  const declarations = declarationsOf(all, isLasting);
  const notes = createNotes(declarations);
  const layouts = notes.layouts(createLayouts(declared, (node, name) => report(nameOf(node), 'dsl/recursive-struct', [name])));
  const typing = createTyping(checked.getTypeChecker(), declared, layouts, isLibrary, set.lasting);
  const strings = notes.strings(createStrings());
  const routines = new Map<RoutineNode, FuncId>();
  const queue: { node: RoutineNode; name: string }[] = [];
  const globals: Global[] = [];
  const globalIds = new Map<ts.Node, GlobalId>();
  const ofLibrary = libraryDeclarations(set);
  const functions = new Map<string, KeptFunction>();

  const compilation: Compilation = {
    declared,
    layouts,
    typing,
    strings,
    report,
    constants: createConstants(declared, layouts, typing, strings),
    place: (node): Place => ({ file: ids.get(node.getSourceFile()) ?? 0, start: node.getStart(), end: node.getEnd() }),
    originOf: (node): Origin => sourceOf(node).input.origin,
    observes: (node) =>
      observing && !ts.isBinaryExpression(node) && sourceOf(node).input.origin === 'driver' && isIrp(typing.typeOf(node)),
    standIn: (node) => {
      const { input, file } = sourceOf(node);
      if (input.path === documentedPath) return 'documented';
      return input.origin === 'kernel' && !isLibrary(file) ? 'user' : undefined;
    },
    funcFor: notes.funcFor((node, name) => {
      const known = routines.get(node);
      if (known !== undefined) return known;
      routines.set(node, queue.push({ node, name: name ?? routineName(node) }));
      return queue.length;
    }),
    libraryRoutine: (name) => routineOf(ofLibrary.get(name), typing),
    globalFor: notes.globalFor((declaration) => {
      const known = globalIds.get(declaration);
      if (known !== undefined) return known;
      const id = globals.length;
      globalIds.set(declaration, id);
      globals.push({ id, name: declaration.name.getText(), file: 0, type: 0, initial: [] });
      globals[id] = makeGlobal(compilation, declaration, id);
      return id;
    }),
  };

  const paged = new Set<RoutineNode>();
  for (const { file } of set.sources) collectPaged(file, typing, paged);
  /** What is kept of a routine, if its text and all that it names are the same. */
  const versionsOf = (node: RoutineNode): readonly KeptFunction[] => {
    const known = declarations.known(node);
    if (typeof known !== 'string') return set.lasting.functions.get(node) ?? [];
    const version = isEdited(edited, node) ? undefined : kept.get(known);
    return version === undefined ? [] : [version];
  };
  const lowerRoutine = (node: RoutineNode, id: FuncId, name: string): Lowered => {
    const file = ids.get(node.getSourceFile()) ?? 0;
    const setting: Setting = { name, paged: paged.has(node), inline: isInline(node), file };
    const versions = versionsOf(node);
    const before = problems.length;
    let version = versions.find(
      (one) => isSameSetting(one.setting, setting) && isToldTheSame(compilation, declarations, one.asked),
    );
    if (version === undefined) {
      const { result, asked } = notes.during(() => lowerFunction(compilation, node, id, setting));
      const moves = !isLasting(node.getSourceFile());
      if (problems.length > before || asked === undefined || (moves && tellsWhere(result))) return result;
      version = { setting, lowered: result, asked };
    }
    const lowered = movedTo(version, id, declarationOf(node).getStart());
    const known = declarations.known(node);
    if (typeof known === 'string') functions.set(known, { ...version, lowered });
    else if (known !== undefined && !versions.includes(version))
      set.lasting.functions.set(node, [version, ...versions.slice(0, mostVersions - 1)]);
    return lowered;
  };
  const lowered: Lowered[] = [];
  const lowerQueue = (): void => {
    while (lowered.length < queue.length) {
      const { node, name } = queue[lowered.length] as { node: RoutineNode; name: string };
      lowered.push(lowerRoutine(node, lowered.length + 1, name));
    }
  };
  const hooks = findHooks(set, compilation, (message) =>
    problems.push({
      code: 'library/incomplete',
      message,
      path: set.library[0]?.input.path ?? '',
      start: 0,
      end: 0,
      severity: 'error',
    }),
  );
  lowerQueue();
  const scenarioNodes = set.sources.flatMap(({ file }) => findScenarios(file, compilation));
  for (const { file } of entered) enterSource(compilation, file);
  const find = (name: string): { id: GlobalId; type: ReturnType<Typing['typeOf']> } | undefined => {
    const declaration = ofLibrary.get(name);
    if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return undefined;
    return { id: compilation.globalFor(declaration), type: typing.typeOfDeclaration(declaration) };
  };
  const scenarios = scenarioNodes
    .map((node) => compileScenario(compilation, node, find))
    .filter((scenario): scenario is Scenario => scenario !== undefined);
  lowerQueue();
  const files = all.map(({ input }, id) => ({ id, path: input.path, origin: input.origin, text: input.text }));
  const program = { types: layouts.types, globals, funcs: unwinding(lowered), files, scenarios, hooks };
  return { program: withUnknownNumbers(program), problems, functions };
}

/** Whether the function's code tells by itself on which line something stands: it is another where only lines are added above. */
function tellsWhere({ func }: Lowered): boolean {
  return func.code.some((instr) => instr.op === 'intrinsic' && instr.name === 'bounded');
}

/** Every routine and variable of the file is compiled, used or not. */
function enterSource(compilation: Compilation, file: ts.SourceFile): void {
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.body !== undefined) compilation.funcFor(statement);
    if (!ts.isVariableStatement(statement)) continue;
    for (const declaration of statement.declarationList.declarations) {
      const { initializer } = declaration;
      const inner = initializer === undefined ? undefined : skipParentheses(initializer);
      if (inner !== undefined && (ts.isArrowFunction(inner) || ts.isFunctionExpression(inner))) compilation.funcFor(inner);
      else if ((declaration.parent.flags & ts.NodeFlags.Const) === 0 || needsStorage(compilation, declaration))
        compilation.globalFor(declaration);
    }
  }
}

/** A constant that is neither folded nor a routine nor a scenario has cells of its own (a table), or is a mistake that making them reports. */
function needsStorage(compilation: Compilation, declaration: ts.VariableDeclaration): boolean {
  const { typing, constants } = compilation;
  return (
    declaration.initializer !== undefined &&
    !isScenario(declaration, compilation) &&
    routineOf(declaration, typing) === undefined &&
    constants.fold(declaration.initializer) === undefined
  );
}

/** The routines that `alloc_text("PAGE...", ...)` puts into a pageable section. */
function collectPaged(file: ts.SourceFile, typing: Typing, paged: Set<RoutineNode>): void {
  for (const statement of file.statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) continue;
    if (typing.specialName(statement.expression.expression) !== 'alloc_text') continue;
    const [section, ...names] = statement.expression.arguments;
    if (section === undefined || !ts.isStringLiteral(section) || !/^PAGE/i.test(section.text)) continue;
    for (const argument of names) {
      const routine = ts.isIdentifier(argument) ? routineOf(typing.declarationOf(argument), typing) : undefined;
      if (routine !== undefined) paged.add(routine);
    }
  }
}

function findHooks(set: SourceSet, compilation: Compilation, missing: (message: string) => void): Hooks {
  const found = libraryDeclarations(set);
  const hook = (name: string): FuncId => {
    const routine = routineOf(found.get(name), compilation.typing);
    if (routine === undefined) missing(`The library has no routine ${name}.`);
    return routine === undefined ? 0 : compilation.funcFor(routine);
  };
  return {
    main: hook(hookNames.main),
    timerExpired: hook(hookNames.timerExpired),
    executeDpc: hook(hookNames.executeDpc),
    stuck: hook(hookNames.stuck),
    final: hook(hookNames.final),
  };
}

/** The library's own top-level functions and variables, by name. */
function libraryDeclarations({ library, lasting }: SourceSet): ReadonlyMap<string, ts.Declaration> {
  if (lasting.declarations.size > 0) return lasting.declarations;
  for (const { file, input } of library) {
    if (input.path === documentedPath) continue;
    for (const statement of file.statements) {
      const declarations = ts.isVariableStatement(statement)
        ? statement.declarationList.declarations
        : ts.isFunctionDeclaration(statement)
          ? [statement]
          : [];
      for (const declaration of declarations) {
        const name = declaration.name?.getText();
        if (name !== undefined) lasting.declarations.set(name, declaration);
      }
    }
  }
  return lasting.declarations;
}

function routineName(node: RoutineNode): string {
  if (node.name !== undefined) return node.name.getText();
  let outer: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(outer)) outer = outer.parent;
  return ts.isVariableDeclaration(outer) || ts.isPropertyAssignment(outer) ? outer.name.getText() : 'routine';
}

function nameOf(node: ts.Node): ts.Node {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ? node.name : node;
}
