/** The type checker's messages in the words of the language: what is meant in C, and what to write. */
import ts from 'typescript';
import type { Problem } from '../api.ts';
import { nearestName } from '../nearest.ts';
import { oldIrqlRemedy, oldIrqlResults } from './c-idioms.ts';
import { missingExport, undeclaredName } from './explain-name.ts';
import { messageText } from './messages.ts';

/** Codes of "may be null": object is possibly null, in its several forms. */
const mayBeNull = new Set([2531, 2533, 18047, 18049]);
/** Codes of "type A is not assignable to B": value, argument. */
const notAssignable = new Set([2322, 2345]);
/** Codes of a name that is not declared: any, one like another, and those that TypeScript knows of a browser or of Node. */
const notDeclared = new Set([2304, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593]);
/** Types that want a constant of their own or a cast. */
const branded = new Set(['NTSTATUS', 'KIRQL', 'HANDLE']);
/** The types of `Ref(x)`, under the names they are printed by. */
const address = /^(Ref<.*|P(U?LONG|KIRQL|HANDLE|UCHAR))$/;

/**
 * One diagnostic of the type checker as a problem: reworded with its remedy where the language has one, else as tsc words it.
 * `path` is what the user calls the file.
 */
export function explainTypeScript(program: ts.Program, diagnostic: ts.Diagnostic, path: string): Problem {
  const start = diagnostic.start ?? 0;
  const problem: Problem = {
    code: `TS${diagnostic.code}`,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
    path,
    start,
    end: start + (diagnostic.length ?? 0),
    severity: diagnostic.category === ts.DiagnosticCategory.Error ? 'error' : 'warning',
  };
  const node = diagnostic.file && nodeAt(diagnostic.file, problem.start, problem.end);
  if (node === undefined || diagnostic.file === undefined) return problem;
  return { ...problem, ...explain(program, diagnostic, problem.message, node, diagnostic.file) };
}

/** Whether another diagnostic at the same place says the same: of a routine that alloc_text names too early tsc says two things. */
export function isSaidTwice({ code, file, start = 0, length = 0 }: ts.Diagnostic): boolean {
  const node = code === 2454 && file !== undefined ? nodeAt(file, start, start + length) : undefined;
  return node !== undefined && isSectionOf(node);
}

/** Whether the node is a routine that alloc_text names. */
function isSectionOf({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && ts.isIdentifier(parent.expression) && parent.expression.text === 'alloc_text';
}

type Explained = Partial<Pick<Problem, 'message' | 'start' | 'end' | 'replacement'>>;

function explain(program: ts.Program, diagnostic: ts.Diagnostic, message: string, node: ts.Node, file: ts.SourceFile): Explained {
  const { code, relatedInformation: related = [] } = diagnostic;
  if (code === 2339 && message.includes("'never'")) return explainNever(node, file);
  if (code === 2367) return explainNoOverlap(message, node, file);
  if (mayBeNull.has(code)) {
    const text = node.getText(file);
    return { message: `${text} may be null: test it with if (${text} !== null), or write ${text}! where it cannot be.` };
  }
  if (notAssignable.has(code)) return explainAssignment(program, message, node, file);
  if (code === 2355) return { message: 'This routine has a result and returns none: end each of its paths with return VALUE.' };
  if (code === 2352) return { message: 'This cast has no meaning in the model.' };
  if (code === 2448 && isSectionOf(node))
    return { message: `alloc_text stands below the routines that it names: move it behind ${node.getText(file)}.` };
  if (code === 2454) {
    const text = node.getText(file);
    return { message: `${text} is used before anything is stored in it; storage of its own is declared let ${text}!: TYPE.` };
  }
  const [, guess] = /[Dd]id you mean (?:to write )?'([^']*)'/.exec(message) ?? [];
  if (notDeclared.has(code)) return { message: undeclaredName(program, node, node.getText(file), guess) };
  if (code === 2305 || code === 2724) {
    return /"irpsight\/wdm(\/documented)?"/.test(message) ? { message: missingExport(program, node.getText(file), guess) } : {};
  }
  if (code === 2353 || code === 2561) return explainKey(program, node, guess, file);
  if (code === 2693) return explainType(node, file);
  if (code === 2554) return explainCount(message, related, node, file);
  if (code === 2347 || code === 2749) return { message: messageText('dsl/type-arguments', []) };
  if (code === 2588) return { message: `${node.getText(file)} is a constant; declare it with let to assign to it.` };
  return {};
}

/** TS2353, TS2561: a key of a literal that its type does not have. */
function explainKey(program: ts.Program, node: ts.Node, guess: string | undefined, file: ts.SourceFile): Explained {
  const literal = ts.findAncestor(node, ts.isObjectLiteralExpression);
  const type = literal && program.getTypeChecker().getContextualType(literal);
  if (type === undefined) return {};
  const keys = type.getProperties().map(({ name }) => name);
  const owner = type.symbol?.name ?? 'It';
  const meant = guess ?? nearestName(node.getText(file), keys);
  return {
    message: `${owner} has no ${node.getText(file)}${meant === undefined ? '.' : `; did you mean ${meant}?`} It can have ${keys.join(', ')}.`,
    ...(meant === undefined ? {} : { replacement: meant }),
  };
}

/** TS2693: a type where a value is wanted; `(PFOO)&x`, `sizeof(FOO)`, `CONTAINING_RECORD(p, FOO, Entry)`. */
function explainType(node: ts.Node, file: ts.SourceFile): Explained {
  const name = node.getText(file);
  const { parent } = node;
  if (parent && ts.isParenthesizedExpression(parent))
    return { message: `A cast stands behind its value: write Value as ${name}.` };
  if (parent && ts.isCallExpression(parent)) {
    const routine = parent.expression.getText(file);
    if (routine === 'sizeof') return { message: `Write sizeof<${name}>().` };
    if (routine === 'CONTAINING_RECORD') {
      const [address, , field] = parent.arguments.map((argument) => argument.getText(file));
      return { message: `Write CONTAINING_RECORD<${name}>(${address}, "${field ?? 'Field'}").` };
    }
  }
  return { message: `${name} is a type, not a value.` };
}

/** TS2554: too few or too many arguments; tsc knows which one is missing. */
function explainCount(
  message: string,
  related: readonly ts.DiagnosticRelatedInformation[],
  node: ts.Node,
  file: ts.SourceFile,
): Explained {
  const call = ts.findAncestor(node, ts.isCallExpression);
  // Of Ref(Irql), which itself is a call, the one around it is meant.
  const outer = call === node && call.parent && ts.isCallExpression(call.parent) ? call.parent : call;
  const routine = outer?.expression.getText(file) ?? '';
  const last = outer?.arguments.at(-1);
  if (last !== undefined && oldIrqlResults.has(routine)) {
    const level = ts.isCallExpression(last) ? last.arguments[0] : last;
    const others = outer?.arguments.slice(0, -1).map((argument) => argument.getText(file)) ?? [];
    return { message: oldIrqlRemedy(routine, level?.getText(file) ?? 'Irql', others) };
  }
  const missing = related.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return { message: [message, ...missing].join(' ') };
}

/** TS2339 on `never`: tsc still believes what was stored or tested before a call. */
function explainNever(node: ts.Node, file: ts.SourceFile): Explained {
  const access = node.parent;
  if (!access || !ts.isPropertyAccessExpression(access) || access.name !== node) return {};
  return reread(access.expression, file);
}

/** TS2367: the same, seen in a comparison. */
function explainNoOverlap(message: string, node: ts.Node, file: ts.SourceFile): Explained {
  const comparison = ts.isBinaryExpression(node) ? node : node.parent;
  if (comparison && ts.isBinaryExpression(comparison) && /'(never|null|true|false)'/.test(message))
    return reread(comparison.left, file);
  return { message: `The two sides have nothing in common: ${message}` };
}

function reread(expression: ts.Expression, file: ts.SourceFile): Explained {
  const text = expression.getText(file);
  return {
    message:
      `tsc still believes what ${text} held before and lets nothing else through; read it again: (${text} as TYPE | null), ` +
      'with the type it is declared with.',
    start: expression.getStart(file),
    end: expression.end,
  };
}

function explainAssignment(program: ts.Program, message: string, node: ts.Node, file: ts.SourceFile): Explained {
  const match = /[Tt]ype '([^']*)' is not assignable to (?:parameter of )?type '([^']*)'/.exec(message);
  const [, from = '', to = ''] = match ?? [];
  const value = initializerOf(node);
  const text = value.getText(file);
  if (to === 'never') return explainContext(program, node, from, file);
  const isNumber = /^(number|-?\d+|[A-Z][A-Z0-9_]*)$/.test(from);
  if (address.test(to) && ts.isExpression(value) && !address.test(from)) {
    return {
      message: `An address is wanted here: ${message}\nWrite Ref(${text}).`,
      ...at(value, file),
      replacement: `Ref(${text})`,
    };
  }
  if (to === 'boolean' && isNumber) return { message: `A BOOLEAN is TRUE or FALSE; write ${text} !== 0.` };
  if (branded.has(to) && /^(boolean|true|false)$/.test(from)) {
    return { message: `A BOOLEAN is no ${to}${to === 'NTSTATUS' ? '; write a STATUS_ constant' : ''}.` };
  }
  if (isNumber && /^[A-Z][A-Z0-9_]*$/.test(to)) {
    const constant = to === 'NTSTATUS' ? 'a STATUS_ constant' : `a constant of type ${to}`;
    return { message: `A plain number is no ${to}; write ${constant}, or cast it: ${text} as ${to}.` };
  }
  if (from.endsWith(' | null') && from.slice(0, -' | null'.length) === to) {
    return { message: `${text} may be null, and ${to} is not: test it with if (${text} !== null), or write ${text}!.` };
  }
  if (from === 'null') return { message: `${to} is declared never to be null; declare it ${to} | null.` };
  return {};
}

/** An argument for a routine whose role leaves out the type of its context, which then takes nothing. */
function explainContext(program: ts.Program, node: ts.Node, from: string, file: ts.SourceFile): Explained {
  const call = ts.findAncestor(node, ts.isCallExpression);
  const checker = program.getTypeChecker();
  const wanted = from === 'null' ? 'PVOID' : from;
  for (const argument of call?.arguments ?? []) {
    const declaration = ts.isIdentifier(argument) ? checker.getSymbolAtLocation(argument)?.valueDeclaration : undefined;
    const type = declaration && ts.isVariableDeclaration(declaration) ? declaration.type : undefined;
    if (type === undefined || !ts.isTypeReferenceNode(type)) continue;
    const symbol = checker.getSymbolAtLocation(type.typeName);
    const role = symbol && (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol).declarations?.[0];
    const parameters = role && ts.isTypeAliasDeclaration(role) ? (role.typeParameters ?? []) : [];
    const context = parameters.findIndex(({ name }) => name.text === 'CONTEXT');
    const given = (type.typeArguments ?? []).map((one) => one.getText(type.getSourceFile()));
    if (context < 0 || context < given.length) continue;
    const before = parameters.slice(0, context).map(({ name }, index) => given[index] ?? name.text);
    const name = argument.getText(file);
    return {
      message:
        `The role of ${name} does not say what its context is, so it takes none: declare it ` +
        `const ${name}: ${type.typeName.getText(type.getSourceFile())}<${[...before, wanted].join(', ')}>.`,
    };
  }
  return {
    message: `Nothing can be passed here: a type argument is missing where the routine or its role is declared, such as ROLE<EXT, ${wanted}>.`,
  };
}

/** What is stored: tsc marks the variable or field that cannot take it. */
function initializerOf(node: ts.Node): ts.Node {
  const { parent } = node;
  if (parent && ts.isVariableDeclaration(parent) && parent.name === node && parent.initializer) return parent.initializer;
  if (parent && ts.isBinaryExpression(parent) && parent.left === node) return parent.right;
  if (parent && ts.isPropertyAssignment(parent) && parent.name === node) return parent.initializer;
  if (ts.isReturnStatement(node) && node.expression) return node.expression;
  return node;
}

function at(node: ts.Node, file: ts.SourceFile): { start: number; end: number } {
  return { start: node.getStart(file), end: node.end };
}

/** The outermost node with exactly this range. */
function nodeAt(file: ts.SourceFile, start: number, end: number): ts.Node | undefined {
  let node: ts.Node = file;
  for (;;) {
    const inner = ts.forEachChild(node, (child): ts.Node | undefined =>
      child.pos <= start && child.end >= end ? child : undefined,
    );
    // Of a return statement tsc marks the word alone.
    if (!inner) return ts.isReturnStatement(node) && node.getStart(file) === start ? node : undefined;
    if (inner.getStart(file) === start && inner.end === end) return inner;
    node = inner;
  }
}
