/** One routine to one function of the IR. */
import ts from 'typescript';
import type { Func, FuncId, Place } from '../ir/program.ts';
import { createCodeBuilder } from './code-builder.ts';
import type { Compilation } from './compilation.ts';
import { decay } from './declared.ts';
import type { Setting } from './kept-functions.ts';
import { cellKind } from './layouts.ts';
import { emitConstant, valueAs } from './lower-expression.ts';
import type { FunctionContext, Variable } from './lower-place.ts';
import { locateVariable, pointeeOf, store } from './lower-place.ts';
import { statement } from './lower-statement.ts';
import type { RoutineNode, Typing } from './typing.ts';
import type { Lowered } from './unwinding.ts';

/** Compiles the body of a routine. */
export function lowerFunction(compilation: Compilation, node: RoutineNode, id: FuncId, setting: Setting): Lowered {
  const { typing, place } = compilation;
  const { parameters, result, role } = typing.routineType(node);
  if (result.kind === 'struct' || result.kind === 'array') {
    compilation.report(node.type ?? node, 'dsl/struct-result', []);
  }
  const scan = scanBody(node, typing);
  const code = createCodeBuilder();
  const variables = new Map<ts.Declaration, Variable>();
  const f: FunctionContext = { compilation, code, variables, ...scan, result, jumps: [], handling: [] };
  const registers = parameters.map((parameter) =>
    code.register(cellKind(parameter.type), parameter.name, pointeeOf(f, parameter.type)),
  );
  parameters.forEach((parameter, index) => {
    if (parameter.node !== undefined) enterParameter(f, parameter.node, registers[index] as number);
  });
  if (node.body !== undefined) lowerBody(f, node.body, node);
  const { name, file, inline, paged } = setting;
  const { body, exits } = code.finish();
  const func: Func = {
    id,
    name,
    file,
    origin: compilation.originOf(node),
    ...(role === undefined ? {} : { role }),
    inline,
    paged,
    params: parameters.length,
    ...(result.kind === 'void' ? {} : { result: cellKind(decay(result)) }),
    ...body,
    place: place(declarationOf(node)),
  };
  return { func, exits };
}

/** Whether its code counts as its caller's. */
export function isInline(node: RoutineNode): boolean {
  return ts.getJSDocTags(node).some((tag) => tag.tagName.text === 'forceinline');
}

function lowerBody(f: FunctionContext, body: ts.ConciseBody, node: RoutineNode): void {
  if (ts.isBlock(body)) {
    for (const inner of body.statements) statement(f, inner);
  } else {
    const src = valueAs(f, body, f.result);
    f.code.emit(f.result.kind === 'void' ? { op: 'return' } : { op: 'return', src }, f.compilation.place(body));
  }
  if (!f.code.reachable()) return;
  const end: Place = { file: f.compilation.place(node).file, start: body.end - 1, end: body.end };
  if (f.result.kind === 'void') f.code.emit({ op: 'return' }, end);
  else f.code.emit({ op: 'return', src: emitConstant(f, { value: 0n, type: decay(f.result) }, body) }, end);
}

/** A parameter stays in its register unless its address is taken; one passed by value is the copy that the caller made. */
function enterParameter(f: FunctionContext, node: ts.ParameterDeclaration, register: number): void {
  const type = f.compilation.typing.typeOfDeclaration(node);
  if (type.kind === 'struct') {
    f.variables.set(node, { kind: 'storage', register, type });
  } else if (f.addressTaken.has(node)) {
    const index = f.code.local(node.name.getText(), f.compilation.layouts.typeId(decay(type)));
    f.variables.set(node, { kind: 'local', index, type: decay(type) });
    const location = locateVariable(f, node, node);
    if (location !== undefined) store(f, location, register, node);
  } else {
    f.variables.set(node, { kind: 'register', register, type: decay(type) });
  }
}

/** The declaration a person sees as the routine: from its name on. */
export function declarationOf(node: RoutineNode): ts.Node {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return node;
  let outer: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(outer)) outer = outer.parent;
  return ts.isVariableDeclaration(outer) || ts.isPropertyAssignment(outer) ? outer : node;
}

/** Which locals have their address taken, and which change in the middle of an expression. */
function scanBody(node: RoutineNode, typing: Typing): { addressTaken: Set<ts.Declaration>; changing: Set<ts.Declaration> } {
  const addressTaken = new Set<ts.Declaration>();
  const changing = new Set<ts.Declaration>();
  const note = (set: Set<ts.Declaration>, target: ts.Node | undefined): void => {
    const inner = target === undefined || !ts.isExpression(target) ? undefined : bare(target);
    const declaration = inner !== undefined && ts.isIdentifier(inner) ? typing.declarationOf(inner) : undefined;
    if (declaration !== undefined) set.add(declaration);
  };
  const visit = (child: ts.Node): void => {
    if (ts.isCallExpression(child) && typing.specialName(child.expression) === 'Ref') note(addressTaken, child.arguments[0]);
    else if (isChange(child) && !standsAlone(child))
      note(changing, ts.isBinaryExpression(child) ? child.left : (child as ts.PrefixUnaryExpression).operand);
    ts.forEachChild(child, visit);
  };
  if (node.body !== undefined) visit(node.body);
  return { addressTaken, changing };
}

function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) ? bare(node.expression) : node;
}

function isChange(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node)) {
    return node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && node.operatorToken.kind <= ts.SyntaxKind.LastAssignment;
  }
  return (
    ts.isPostfixUnaryExpression(node) ||
    (ts.isPrefixUnaryExpression(node) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken))
  );
}

/** Whether nothing of the same expression is evaluated around the change. */
function standsAlone(node: ts.Node): boolean {
  return ts.isExpressionStatement(node.parent) || (ts.isForStatement(node.parent) && node.parent.condition !== node);
}
