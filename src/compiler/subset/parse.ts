/** Parsing that survives any input, and the checks on a file as a whole: syntax errors, directives, depth. */
import ts from 'typescript';
import type { Problem } from '../api.ts';
import { messageText } from './messages.ts';
import type { Reporter } from './report.ts';

/** Brackets inside brackets: the parser uses some twenty stack frames for each. */
const deepestBrackets = 100;
/** Nodes inside nodes: what every later recursive walk, the type checker's included, can take. */
export const deepestNode = 200;
/** UTF-16 units. A 20,000-line driver has about one million. */
const longestText = 5_000_000;

/** Parts of a source file that TypeScript keeps but does not declare. */
interface ParsedFile {
  readonly parseDiagnostics?: readonly ts.DiagnosticWithLocation[];
  readonly commentDirectives?: readonly { readonly range: ts.TextRange }[];
  readonly checkJsDirective?: ts.TextRange;
  readonly amdDependencies?: readonly unknown[];
}

/**
 * Parses a driver or scenario file, parent links set. What is nested too deeply for the parser gives a problem and no file; the
 * caller shows it and stops. Syntax errors are left to `checkSubset`.
 */
export function parseSource(
  path: string,
  text: string,
): { readonly file?: ts.SourceFile; readonly problems: readonly Problem[] } {
  const problem = (code: 'dsl/too-deep' | 'dsl/too-long', message: string, start: number, end: number) => ({
    problems: [{ code, message, path, start, end, severity: 'error' as const }],
  });
  if (text.length > longestText) return problem('dsl/too-long', messageText('dsl/too-long', []), 0, 0);
  const deep = tooDeepBracket(text);
  if (deep !== undefined) return problem('dsl/too-deep', messageText('dsl/too-deep', ['This']), deep, deep + 1);
  try {
    return { file: ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS), problems: [] };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The parser is one object for the whole process; an empty parse clears what the overflow left in it.
    ts.createSourceFile('empty.ts', '', ts.ScriptTarget.ESNext);
    return problem('dsl/too-deep', messageText('dsl/too-deep', ['This file']), 0, Math.min(1, text.length));
  }
}

/** The parser's own errors, as problems `TS1005` and so on. */
export function syntaxErrors(file: ts.SourceFile, path: string): Problem[] {
  return ((file as ParsedFile).parseDiagnostics ?? []).map((diagnostic) => ({
    code: `TS${diagnostic.code}`,
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
    path,
    start: diagnostic.start,
    end: diagnostic.start + diagnostic.length,
    severity: 'error',
  }));
}

/** The `<` of `a << (b > (c))`, which the parser takes for a list of types that it then finds no end of; undefined for any other error. */
export function misreadLess(file: ts.SourceFile, errors: readonly Problem[]): { start: number; end: number } | undefined {
  const [first] = errors;
  if (first === undefined || first.message !== "'>' expected.") return undefined;
  const line = file.text.lastIndexOf('\n', first.start) + 1;
  const found = [...file.text.slice(line, first.start).matchAll(/<<?=?/g)].at(-1);
  return found === undefined ? undefined : { start: line + found.index, end: line + found.index + found[0].length };
}

/** Comments that load files or silence the type checker. */
export function checkDirectives({ file, report }: Reporter): void {
  const parsed: ts.SourceFile & ParsedFile = file;
  const references = [...file.referencedFiles, ...file.typeReferenceDirectives, ...file.libReferenceDirectives];
  for (const { pos, end } of references) report('dsl/directive', { start: pos, end }, ['/// <reference>']);
  if (file.hasNoDefaultLib) report('dsl/directive', { start: 0, end: 0 }, ['/// <reference>']);
  if (parsed.amdDependencies?.length) report('dsl/directive', { start: 0, end: 0 }, ['/// <amd-dependency>']);
  for (const { range } of parsed.commentDirectives ?? []) {
    report('dsl/directive', { start: range.pos, end: range.end }, ['This comment']);
  }
  const nocheck = parsed.checkJsDirective;
  if (nocheck) report('dsl/directive', { start: nocheck.pos, end: nocheck.end }, ['This comment']);
}

/** Whether everything in the file is shallow enough for recursive walks; reports the first place that is not. Uses no recursion itself. */
export function checkDepth({ file, report }: Reporter): boolean {
  const nodes: ts.Node[] = [file];
  const depths = [0];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const depth = depths.pop() ?? 0;
    if (depth > deepestNode) {
      const start = node.getStart(file);
      report('dsl/too-deep', { start, end: Math.max(start, Math.min(node.end, start + 1)) }, ['This']);
      return false;
    }
    ts.forEachChild(node, (child) => {
      nodes.push(child);
      depths.push(depth + 1);
    });
  }
  return true;
}

/** Sets the parent links that a parse without them leaves out. */
export function linkParents(file: ts.SourceFile): void {
  const [first] = file.statements;
  if (!first || first.parent === file) return;
  const nodes: ts.Node[] = [file];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const parent = node;
    ts.forEachChild(node, (child) => {
      (child as { parent: ts.Node }).parent = parent;
      nodes.push(child);
    });
  }
}

/** Offset of the first bracket that is too deep. Templates and regular expressions are read roughly, which is enough for a bound. */
function tooDeepBracket(text: string): number | undefined {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, text);
  let depth = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (opening.has(token) && ++depth > deepestBrackets) return scanner.getTokenStart();
    if (closing.has(token) && depth > 0) depth--;
  }
  return undefined;
}

const opening = new Set([
  ts.SyntaxKind.OpenParenToken,
  ts.SyntaxKind.OpenBraceToken,
  ts.SyntaxKind.OpenBracketToken,
  ts.SyntaxKind.TemplateHead,
]);
const closing = new Set([ts.SyntaxKind.CloseParenToken, ts.SyntaxKind.CloseBraceToken, ts.SyntaxKind.CloseBracketToken]);
