/**
 * Who calls whom, also by way of the system. Routines are handed out to be called later: a cancel routine to IoSetCancelRoutine, a completion routine to IoSetCompletionRoutine, a dispatch routine into
 * MajorFunction. In the source they are names of routines that stand for a value and are not called there; that is all that has to be known of them.
 */
import ts from 'typescript';
import type { Call, Routine } from './language-api.ts';

/** An item of the language service's as ours. */
type ToRoutine = (item: ts.CallHierarchyItem) => Routine;

/** Who calls the routine whose name stands there, or hands it out. */
export function callers(service: ts.LanguageService, toRoutine: ToRoutine, file: string, offset: number): Call[] {
  const calling = service
    .provideCallHierarchyIncomingCalls(file, offset)
    .map(({ from, fromSpans }): Call => ({ routine: toRoutine(from), at: fromSpans.map(stretch) }));
  return together([...calling, ...asCalls(service, toRoutine, handedOutBy(service, file, offset))]);
}

/** Whom the routine whose name stands there calls, or hands out. */
export function callees(service: ts.LanguageService, toRoutine: ToRoutine, file: string, offset: number): Call[] {
  const called = service
    .provideCallHierarchyOutgoingCalls(file, offset)
    .map(({ to, fromSpans }): Call => ({ routine: toRoutine(to), at: fromSpans.map(stretch) }));
  return together([...called, ...asCalls(service, toRoutine, handsOut(service, file, offset))]);
}

function asCalls(service: ts.LanguageService, toRoutine: ToRoutine, found: readonly HandedOut[]): Call[] {
  return found.flatMap(({ file, name, at }) => {
    const item = service.prepareCallHierarchy(file, name);
    const [first] = Array.isArray(item) ? item : [item];
    return first === undefined ? [] : [{ routine: toRoutine(first), at: [stretch(at)] }];
  });
}

/** One entry a routine, with all its places. */
function together(found: readonly Call[]): Call[] {
  const byRoutine = new Map<string, Call>();
  for (const call of found) {
    const key = `${call.routine.path} ${call.routine.nameStart}`;
    const known = byRoutine.get(key);
    byRoutine.set(key, known === undefined ? call : { ...known, at: [...known.at, ...call.at] });
  }
  return [...byRoutine.values()];
}

function stretch({ start, length }: ts.TextSpan): { start: number; end: number } {
  return { start, end: start + length };
}

/** A use of a routine's name as a value. */
interface HandedOut {
  /** Where the name of the routine at the other end stands. */
  readonly file: string;
  readonly name: number;
  readonly at: ts.TextSpan;
}

/** The routines that the routine whose name stands there hands out. */
function handsOut(service: ts.LanguageService, file: string, offset: number): HandedOut[] {
  const program = service.getProgram();
  const source = program?.getSourceFile(file);
  const routine = source === undefined ? undefined : routineNamed(source, offset);
  if (program === undefined || source === undefined || routine === undefined) return [];
  const checker = program.getTypeChecker();
  const found: HandedOut[] = [];
  visit(routine);
  return found;

  function visit(node: ts.Node): void {
    if (ts.isIdentifier(node) && isValue(node)) {
      const declaration = routineOf(checker, node);
      if (declaration !== undefined && declaration !== routine) {
        const at = { start: node.getStart(source), length: node.getWidth(source) };
        found.push({ file: declaration.getSourceFile().fileName, name: nameOf(declaration).getStart(), at });
      }
    }
    ts.forEachChild(node, visit);
  }
}

/** The routines by which the routine whose name stands there is handed out. */
function handedOutBy(service: ts.LanguageService, file: string, offset: number): HandedOut[] {
  const program = service.getProgram();
  return (service.getReferencesAtPosition(file, offset) ?? []).flatMap(({ fileName, textSpan }) => {
    const source = program?.getSourceFile(fileName);
    const node = source === undefined ? undefined : identifierAt(source, textSpan.start);
    const by = node === undefined || !isValue(node) ? undefined : enclosing(node);
    return by === undefined ? [] : [{ file: fileName, name: nameOf(by).getStart(), at: textSpan }];
  });
}

/** A declared routine: a function, or a constant that holds one. */
type Declared = ts.FunctionDeclaration | ts.VariableDeclaration;

function isRoutine(node: ts.Node): node is Declared {
  if (ts.isFunctionDeclaration(node)) return node.name !== undefined;
  return (
    ts.isVariableDeclaration(node) &&
    ts.isIdentifier(node.name) &&
    node.initializer !== undefined &&
    (ts.isArrowFunction(node.initializer) || ts.isFunctionExpression(node.initializer))
  );
}

function nameOf(routine: Declared): ts.Node {
  return routine.name ?? routine;
}

/** Whether a name stands for a value: it is not called, declared, imported, exported or a field's. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isCallExpression(parent)) return parent.expression !== node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBinaryExpression(parent)) return parent.right === node;
  return ts.isShorthandPropertyAssignment(parent) || ts.isConditionalExpression(parent) || ts.isArrayLiteralExpression(parent);
}

function routineOf(checker: ts.TypeChecker, node: ts.Identifier): Declared | undefined {
  const { parent } = node;
  const named = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : checker.getSymbolAtLocation(node);
  const symbol = named !== undefined && (named.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(named) : named;
  return symbol?.declarations?.find(isRoutine);
}

/** The outermost routine around a node. */
function enclosing(node: ts.Node): Declared | undefined {
  let found: Declared | undefined;
  for (let at: ts.Node | undefined = node; at !== undefined; at = at.parent) if (isRoutine(at)) found = at;
  return found;
}

function routineNamed(source: ts.SourceFile, offset: number): Declared | undefined {
  const { parent } = identifierAt(source, offset) ?? {};
  return parent !== undefined && isRoutine(parent) ? parent : undefined;
}

function identifierAt(source: ts.SourceFile, offset: number): ts.Identifier | undefined {
  let found: ts.Identifier | undefined;
  const look = (node: ts.Node): void => {
    if (offset < node.getStart(source) || offset >= node.getEnd()) return;
    if (ts.isIdentifier(node)) found = node;
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}
