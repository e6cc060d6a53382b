/** The type checker's messages in the words of the language: what is meant in C, and what to write. */
import ts from 'typescript';
import { ddiFacts, documentationUrl } from '../../facts/index.ts';
import type { Problem } from '../api.ts';
import { messageText } from './messages.ts';

/** Codes of "may be null": object is possibly null, in its several forms. */
const mayBeNull = new Set([2531, 2533, 18047, 18049]);
/** Codes of "type A is not assignable to B": value, argument. */
const notAssignable = new Set([2322, 2345]);
/** Types that want a constant of their own or a cast. */
const branded = new Set(['NTSTATUS', 'KIRQL', 'HANDLE']);
/** The types of `Ref(x)`, under the names they are printed by. */
const address = /^(Ref<.*|P(U?LONG|KIRQL|HANDLE|UCHAR))$/;

/**
 * One diagnostic of the type checker as a problem: reworded with its remedy where the language has one, else as tsc words it.
 * `path` is what the user calls the file.
 */
export function explainTypeScript(diagnostic: ts.Diagnostic, path: string): Problem {
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
  return { ...problem, ...explain(diagnostic, problem.message, node, diagnostic.file) };
}

type Explained = Partial<Pick<Problem, 'message' | 'start' | 'end' | 'replacement'>>;

function explain(diagnostic: ts.Diagnostic, message: string, node: ts.Node, file: ts.SourceFile): Explained {
  const { code, relatedInformation: related = [] } = diagnostic;
  if (code === 2339 && message.includes("'never'")) return explainNever(node, file);
  if (code === 2367) return explainNoOverlap(message, node, file);
  if (mayBeNull.has(code)) {
    const text = node.getText(file);
    return { message: `${text} may be null: test it with if (${text} !== null), or write ${text}! where it cannot be.` };
  }
  if (notAssignable.has(code)) return explainAssignment(message, node, file);
  if (code === 2352) return { message: 'This cast has no meaning in the model.' };
  if (code === 2454) {
    const text = node.getText(file);
    return { message: `${text} is used before anything is stored in it; storage of its own is declared let ${text}!: TYPE.` };
  }
  if (code === 2304 || code === 2552) {
    const text = node.getText(file);
    return { message: `${text} is not declared; import it from "irpsight/wdm", or declare it.` };
  }
  if (code === 2305 || code === 2724) return explainImport(message, node, file);
  if (code === 2554) return explainCount(message, related);
  if (code === 7053 && ts.isElementAccessExpression(node)) return explainIndex(node, message, file);
  if (code === 2347 || code === 2749) return { message: messageText('dsl/type-arguments', []) };
  if (code === 2588) return { message: `${node.getText(file)} is a constant; declare it with let to assign to it.` };
  return {};
}

/**
 * TS2305, TS2724: the module has no such name. What the WDK documents is no misspelling, however near another name may be: it has no
 * model yet.
 */
function explainImport(message: string, node: ts.Node, file: ts.SourceFile): Explained {
  if (!message.includes('"irpsight/wdm"')) return {};
  const name = node.getText(file);
  const facts = ddiFacts(name);
  if (facts !== undefined) {
    const remedy = facts.page.includes('/nc-')
      ? `Declare its type in the driver: type ${name} = (...) => ...;`
      : `Leave the call out, or write a function ${name} in the driver that does as much of it as matters there.`;
    return { message: `${name} is in the WDK (${documentationUrl(facts.page)}), but Irpsight does not model it yet. ${remedy}` };
  }
  const [, meant] = /Did you mean '([^']*)'/.exec(message) ?? [];
  return {
    message:
      `irpsight/wdm has no ${name}${meant === undefined ? '.' : `; did you mean ${meant}?`} ` +
      'What the WDK has under this name and Irpsight does not, declare in the driver.',
  };
}

/** TS2554: too few or too many arguments; tsc knows which one is missing. */
function explainCount(message: string, related: readonly ts.DiagnosticRelatedInformation[]): Explained {
  const missing = related.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return { message: [message, ...missing].join(' ') };
}

/** TS7053: a pointer is no array. */
function explainIndex(
  { expression, argumentExpression }: ts.ElementAccessExpression,
  message: string,
  file: ts.SourceFile,
): Explained {
  const [, type = ''] = /type '([^']*)'\.$/m.exec(message.split('\n')[0] ?? '') ?? [];
  if (!address.test(type)) return {};
  const text = expression.getText(file);
  const element = type === 'PUCHAR' ? 'UCHAR' : (/^Ref<(.*)>$/.exec(type)?.[1] ?? type.slice(1));
  return {
    message:
      `${text} is the address of one ${element}. To index it say how many there are: type P${element}S = ARRAY<${element}, 16>; ` +
      `and (${text} as PVOID as P${element}S)[${argumentExpression.getText(file)}].`,
  };
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

function explainAssignment(message: string, node: ts.Node, file: ts.SourceFile): Explained {
  const match = /[Tt]ype '([^']*)' is not assignable to (?:parameter of )?type '([^']*)'/.exec(message);
  const [, from = '', to = ''] = match ?? [];
  const value = initializerOf(node);
  const text = value.getText(file);
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
