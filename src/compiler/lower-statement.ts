/** Statements to instructions: jumps between labels, with C's fall-through. */
import ts from 'typescript';
import type { Label } from './code-builder.ts';
import type { Declared } from './declared.ts';
import { decay } from './declared.ts';
import { usual } from './integers.ts';
import { cellKind } from './layouts.ts';
import { condition, emitConstant, value, valueAs } from './lower-expression.ts';
import type { FunctionContext, JumpTarget } from './lower-place.ts';
import { initialise, locateVariable, pointeeOf, store } from './lower-place.ts';
import { pass, tryStatement } from './lower-try.ts';
import { integerOf } from './typing.ts';

/** Lowers one statement. `labels` are the names written right before it. */
export function statement(f: FunctionContext, node: ts.Statement, labels: readonly string[] = []): void {
  if (ts.isBlock(node))
    breakable(f, labels, () =>
      node.statements.forEach((inner) => {
        statement(f, inner);
      }),
    );
  else if (ts.isExpressionStatement(node)) value(f, node.expression);
  else if (ts.isVariableStatement(node))
    for (const declaration of node.declarationList.declarations) declareVariable(f, declaration);
  else if (ts.isIfStatement(node)) breakable(f, labels, () => ifStatement(f, node));
  else if (ts.isWhileStatement(node)) loop(f, labels, { test: node.expression, body: node.statement, testFirst: true });
  else if (ts.isDoStatement(node)) loop(f, labels, { test: node.expression, body: node.statement, testFirst: false });
  else if (ts.isForStatement(node)) forStatement(f, node, labels);
  else if (ts.isSwitchStatement(node)) switchStatement(f, node, labels);
  else if (ts.isLabeledStatement(node)) statement(f, node.statement, [...labels, node.label.text]);
  else if (ts.isTryStatement(node)) breakable(f, labels, () => tryStatement(f, node));
  else if (ts.isReturnStatement(node)) returnStatement(f, node);
  else if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) jumpOut(f, node);
  else if (!ts.isEmptyStatement(node) && !ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node)) {
    f.compilation.report(node, 'dsl/statement', ['This statement']);
  }
}

/** Declares a local: storage and whatever has its address taken lives in the frame, all else in a register. */
export function declareVariable(f: FunctionContext, node: ts.VariableDeclaration): void {
  const { typing, layouts, place, report } = f.compilation;
  if (!ts.isIdentifier(node.name)) {
    report(node.name, 'dsl/destructuring', []);
    return;
  }
  const name = node.name.text;
  const type = typing.typeOfDeclaration(node);
  const storage = type.kind === 'struct' || type.kind === 'array';
  if (storage || f.addressTaken.has(node)) {
    f.variables.set(node, { kind: 'local', index: f.code.local(name, layouts.typeId(type)), type });
    const location = node.initializer === undefined ? undefined : locateVariable(f, node, node);
    if (location?.kind !== 'memory' || node.initializer === undefined) return;
    if (storage) initialise(f, location, node.initializer);
    else store(f, location, valueAs(f, node.initializer, type), node);
    return;
  }
  if (node.initializer === undefined) {
    f.variables.set(node, { kind: 'register', register: f.code.register(cellKind(type), name, pointeeOf(f, type)), type });
    return;
  }
  const src = valueAs(f, node.initializer, type);
  if (!isLoopVariable(node) && f.code.adopt(src, name, pointeeOf(f, type))) {
    f.variables.set(node, { kind: 'register', register: src, type });
    return;
  }
  const register = f.code.register(cellKind(type), name, pointeeOf(f, type));
  f.variables.set(node, { kind: 'register', register, type });
  f.code.emit({ op: 'move', dst: register, src }, place(node));
}

/** A `for` variable is set once and changed later; it gets a register of its own so that its initial value's is never shared. */
function isLoopVariable(node: ts.VariableDeclaration): boolean {
  return ts.isForStatement(node.parent.parent);
}

function ifStatement(f: FunctionContext, node: ts.IfStatement): void {
  const [then, otherwise, end] = [f.code.label(), f.code.label(), f.code.label()];
  condition(f, node.expression, then, otherwise);
  f.code.mark(then);
  statement(f, node.thenStatement);
  if (node.elseStatement === undefined) {
    f.code.mark(otherwise);
    return;
  }
  if (f.code.reachable()) f.code.jump(end, f.compilation.place(node.thenStatement));
  f.code.mark(otherwise);
  statement(f, node.elseStatement);
  f.code.mark(end);
}

interface Loop {
  readonly test?: ts.Expression;
  readonly body: ts.Statement;
  readonly after?: ts.Expression;
  readonly testFirst: boolean;
}

function loop(f: FunctionContext, labels: readonly string[], { test, body, after, testFirst }: Loop): void {
  const [start, top, next, end] = [f.code.label(), f.code.label(), f.code.label(), f.code.label()];
  const place = f.compilation.place(test ?? body);
  const testNow = (then: Label): void => {
    if (test === undefined) f.code.jump(then, place);
    else condition(f, test, then, end);
  };
  f.code.mark(start);
  if (testFirst && test !== undefined) testNow(top);
  f.code.mark(top);
  inside(f, [{ onBreak: end, onContinue: next }, ...labels.map((label) => ({ label, onBreak: end, onContinue: next }))], () =>
    statement(f, body),
  );
  f.code.mark(next);
  if (after !== undefined) value(f, after);
  if (testFirst) f.code.jump(start, place);
  else testNow(start);
  f.code.mark(end);
}

function forStatement(f: FunctionContext, node: ts.ForStatement, labels: readonly string[]): void {
  if (node.initializer !== undefined && ts.isVariableDeclarationList(node.initializer)) {
    for (const declaration of node.initializer.declarations) declareVariable(f, declaration);
  } else if (node.initializer !== undefined) {
    value(f, node.initializer);
  }
  loop(f, labels, { test: node.condition, body: node.statement, after: node.incrementor, testFirst: true });
}

function switchStatement(f: FunctionContext, node: ts.SwitchStatement, labels: readonly string[]): void {
  const { typing, place } = f.compilation;
  const clauses = node.caseBlock.clauses;
  const entries = clauses.map(() => f.code.label());
  const end = f.code.label();
  const type = switchType(f, node);
  const subject = valueAs(f, node.expression, type);
  clauses.forEach((clause, index) => {
    if (!ts.isCaseClause(clause)) return;
    const other = valueAs(f, clause.expression, type);
    const same = f.code.register('bool');
    const next = f.code.label();
    const kind = type.kind === 'int' ? usual(type.cell, type.cell) : 'ptr';
    f.code.emit({ op: 'binary', dst: same, operator: '==', kind, left: subject, right: other }, place(clause.expression));
    f.code.branch(same, entries[index] as Label, next, place(clause.expression));
    f.code.mark(next);
  });
  const fallback = clauses.findIndex(ts.isDefaultClause);
  f.code.jump(entries[fallback] ?? end, place(node.expression));
  const targets = [{ onBreak: end }, ...labels.map((label) => ({ label, onBreak: end }))];
  inside(f, targets, () =>
    clauses.forEach((clause, index) => {
      f.code.mark(entries[index] as Label);
      for (const inner of clause.statements) statement(f, inner);
    }),
  );
  f.code.mark(end);
  function switchType(context: FunctionContext, statementNode: ts.SwitchStatement): Declared {
    const subjectType = decay(typing.typeOf(statementNode.expression));
    if (subjectType.kind !== 'int' && subjectType.kind !== 'bool' && subjectType.kind !== 'string') return subjectType;
    const cells = statementNode.caseBlock.clauses
      .filter(ts.isCaseClause)
      .map((c) => integerOf(context.compilation.typing.typeOf(c.expression)));
    return { kind: 'int', cell: cells.reduce((a, b) => usual(a, b), usual(integerOf(subjectType), 'i32')) };
  }
}

function returnStatement(f: FunctionContext, node: ts.ReturnStatement): void {
  const place = f.compilation.place(node);
  if (f.result.kind === 'void') {
    if (node.expression !== undefined) value(f, node.expression);
    pass(f, 0, place, () => f.code.emit({ op: 'return' }, place));
  } else {
    const src =
      node.expression === undefined
        ? emitConstant(f, { value: 0n, type: decay(f.result) }, node)
        : valueAs(f, node.expression, f.result);
    // What a finally block does comes later than the value.
    const kept = f.jumps.some(({ finalizer }) => finalizer !== undefined) ? f.code.register(f.code.kindOf(src)) : src;
    if (kept !== src) f.code.emit({ op: 'move', dst: kept, src }, place);
    pass(f, 0, place, () => f.code.emit({ op: 'return', src: kept }, place));
  }
}

function jumpOut(f: FunctionContext, node: ts.BreakStatement | ts.ContinueStatement): void {
  const isBreak = ts.isBreakStatement(node);
  const name = node.label?.text;
  const at = f.jumps.findLastIndex(
    (target) => (isBreak ? target.onBreak : target.onContinue) !== undefined && target.label === name,
  );
  const label = isBreak ? f.jumps[at]?.onBreak : f.jumps[at]?.onContinue;
  const place = f.compilation.place(node);
  if (label === undefined) f.compilation.report(node, 'dsl/jump', [isBreak ? 'break out of' : 'continue']);
  else pass(f, at, place, () => f.code.jump(label, place));
}

/** Runs `body` with a break target for each label written before the statement. */
function breakable(f: FunctionContext, labels: readonly string[], body: () => void): void {
  const end = f.code.label();
  inside(
    f,
    labels.map((label) => ({ label, onBreak: end })),
    body,
  );
  f.code.mark(end);
}

function inside(f: FunctionContext, targets: readonly JumpTarget[], body: () => void): void {
  f.jumps.push(...targets);
  body();
  f.jumps.length -= targets.length;
}
