/** A set of checked sources to a program: the numbers that its types, globals, strings and functions go by, and who compiles them. */
import ts from 'typescript';
import type { FuncId, Global, GlobalId, Hooks, Origin, Place, Program, Scenario } from '../ir/program.ts';
import type { Problem } from './api.ts';
import { createNotes, type Declarations, declarationsOf, declaredIn, type Notes } from './asked.ts';
import type { Compilation } from './compilation.ts';
import { routineOf } from './compilation.ts';
import { createConstants } from './constants.ts';
import { isIrp } from './declared.ts';
import { createDeclaredTypes } from './declared-types.ts';
import { documentedPath } from './documented.ts';
import { makeGlobal } from './globals.ts';
import type { ParsedSource, SourceSet } from './host.ts';
import { type Before, createKeeper, type KeptFunctions } from './kept-functions.ts';
import type { Lasting } from './lasting.ts';
import { createLayouts } from './layouts.ts';
import { isInline } from './lower-function.ts';
import { compileScenario, findScenarios, isScenario } from './scenarios.ts';
import { createStrings } from './strings.ts';
import { messageText } from './subset/messages.ts';
import { routineIn } from './syntax.ts';
import type { RoutineNode, Typing } from './typing.ts';
import { createTyping } from './typing.ts';
import { withUnknownNumbers } from './unknown-numbers.ts';
import type { Lowered } from './unwinding.ts';
import { unwinding } from './unwinding.ts';

const hookNames = {
  main: 'HarnessMain',
  timerExpired: 'KiTimerExpired',
  executeDpc: 'KiExecuteDpc',
  stuck: 'HarnessStuck',
  final: 'HarnessFinal',
} as const;

/** What of the sources is compiled, and how. */
export interface LowerRequest {
  /** The files of which everything is compiled; of the others, what is used. */
  readonly entered: readonly ParsedSource[];
  readonly observing: boolean;
  readonly before: Before;
}

/** The program of sources without problems, and the driver's functions for its next version. */
export function lowerProgram(
  set: SourceSet,
  checked: ts.Program,
  { entered, observing, before }: LowerRequest,
): { readonly program: Program; readonly problems: readonly Problem[]; readonly functions: KeptFunctions } {
  const growing = createGrowing(set, checked, observing);
  const { compilation, declarations, notes, problems, queue, globals } = growing;
  const { typing, layouts } = compilation;
  const ofLibrary = libraryDeclarations(set);
  const paged = new Set<RoutineNode>();
  for (const { file } of set.sources) collectPaged(file, typing, paged);
  const keeper = createKeeper(before, declarations, notes);
  const lowered: Lowered[] = [];
  const lowerQueue = (): void => {
    for (let next = queue[lowered.length]; next !== undefined; next = queue[lowered.length]) {
      const { node, name } = next;
      const setting = { name, paged: paged.has(node), inline: isInline(node), file: compilation.place(node).file };
      lowered.push(keeper.lowered(compilation, node, lowered.length + 1, setting));
    }
  };
  const hooks = findHooks(ofLibrary, compilation, (message) =>
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
  const files = growing.files.map(({ input }, id) => ({ id, path: input.path, origin: input.origin, text: input.text }));
  const program = { types: layouts.types, globals, funcs: unwinding(lowered), files, scenarios, hooks };
  return { program: withUnknownNumbers(program), problems, functions: keeper.functions };
}

/** A program as it grows. */
interface Growing {
  readonly compilation: Compilation;
  readonly declarations: Declarations;
  readonly notes: Notes;
  /** In order of their numbers. */
  readonly files: readonly ParsedSource[];
  readonly globals: readonly Global[];
  /** The routines that were asked for, in order of their numbers. */
  readonly queue: readonly { readonly node: RoutineNode; readonly name: string }[];
  readonly problems: Problem[];
}

function createGrowing(set: SourceSet, checked: ts.Program, observing: boolean): Growing {
  const problems: Problem[] = [];
  // The library, and below what every program has of it, first: what its functions are compiled to is the same then whatever the driver is.
  const files = [...set.library, ...set.sources];
  const ids = new Map(files.map((source, index) => [source.file, index]));
  const libraryFiles = new Set(set.library.map((source) => source.file));
  const isLibrary = (file: ts.SourceFile): boolean => libraryFiles.has(file);
  const sourceOf = (node: ts.Node): ParsedSource => files[ids.get(node.getSourceFile()) ?? 0] as ParsedSource;
  const declared = createDeclaredTypes(checked.getTypeChecker(), isLibrary, set.lasting);
  const declarations = declarationsOf(files, (file) => isLibrary(file) && file.fileName !== documentedPath);
  const notes = createNotes(declarations);
  const report = notes.report((node, code, values) => {
    problems.push({
      code,
      message: messageText(code, values),
      path: sourceOf(node).input.path,
      start: node.getStart(),
      end: node.getEnd(),
      severity: 'error',
    });
  });
  const layouts = notes.layouts(createLayouts(declared, (node, name) => report(nameOf(node), 'dsl/recursive-struct', [name])));
  const typing = createTyping(checked.getTypeChecker(), declared, layouts, isLibrary, set.lasting);
  const strings = notes.strings(createStrings());
  const ofLibrary = libraryDeclarations(set);
  const routines = new Map<RoutineNode, FuncId>();
  const queue: { node: RoutineNode; name: string }[] = [];
  const globals: Global[] = [];
  const globalIds = new Map<ts.Node, GlobalId>();
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
  return { compilation, declarations, notes, files, globals, queue, problems };
}

/** Every routine and variable of the file is compiled, used or not. */
function enterSource(compilation: Compilation, file: ts.SourceFile): void {
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.body !== undefined) compilation.funcFor(statement);
    if (!ts.isVariableStatement(statement)) continue;
    for (const declaration of statement.declarationList.declarations) {
      const routine = routineIn(declaration);
      if (routine !== undefined) compilation.funcFor(routine);
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

function findHooks(
  found: ReadonlyMap<string, ts.Declaration>,
  compilation: Compilation,
  missing: (message: string) => void,
): Hooks {
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

const declarationsOfLibrary = new WeakMap<Lasting, ReadonlyMap<string, ts.Declaration>>();

/** The library's own top-level functions and variables, by name. */
function libraryDeclarations({ library, lasting }: SourceSet): ReadonlyMap<string, ts.Declaration> {
  const known = declarationsOfLibrary.get(lasting);
  if (known !== undefined) return known;
  const found = new Map<string, ts.Declaration>();
  for (const { file, input } of library) {
    if (input.path === documentedPath) continue;
    for (const declaration of file.statements.flatMap(declaredIn)) {
      const isValue = ts.isVariableDeclaration(declaration) || ts.isFunctionDeclaration(declaration);
      if (isValue && declaration.name !== undefined) found.set(declaration.name.getText(), declaration);
    }
  }
  declarationsOfLibrary.set(lasting, found);
  return found;
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
