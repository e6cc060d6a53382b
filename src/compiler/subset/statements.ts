/** Which statements the body of a routine may hold. */
import ts from 'typescript';
import { checkExpression } from './expressions.ts';
import { checkModifiers } from './modifiers.ts';
import { checkName } from './names.ts';
import type { Reporter } from './report.ts';
import { checkType } from './types.ts';

const kinds = ts.SyntaxKind;

/** Checks a routine's body. */
export function checkBody(walk: Reporter, body: ts.Block): void {
  for (const statement of body.statements) checkStatement(walk, statement);
}

/** Checks one statement inside a routine. */
export function checkStatement(walk: Reporter, node: ts.Statement | undefined): void {
  if (!node) return;
  const { report } = walk;
  switch (node.kind) {
    case kinds.Block:
      return checkBody(walk, node as ts.Block);
    case kinds.EmptyStatement:
      return;
    case kinds.BreakStatement:
    case kinds.ContinueStatement:
      return checkName(walk, (node as ts.BreakOrContinueStatement).label);
    case kinds.VariableStatement:
      checkModifiers(walk, node, []);
      return checkVariables(walk, (node as ts.VariableStatement).declarationList, 'routine');
    case kinds.ExpressionStatement:
      return checkExpression(walk, (node as ts.ExpressionStatement).expression);
    case kinds.ReturnStatement:
      return checkExpression(walk, (node as ts.ReturnStatement).expression, { text: true });
    case kinds.IfStatement: {
      const { expression, thenStatement, elseStatement } = node as ts.IfStatement;
      checkExpression(walk, expression);
      checkStatement(walk, thenStatement);
      return checkStatement(walk, elseStatement);
    }
    case kinds.WhileStatement:
    case kinds.DoStatement: {
      const { expression, statement } = node as ts.WhileStatement | ts.DoStatement;
      checkExpression(walk, expression);
      return checkStatement(walk, statement);
    }
    case kinds.ForStatement: {
      const { initializer, condition, incrementor, statement } = node as ts.ForStatement;
      if (initializer && ts.isVariableDeclarationList(initializer)) checkVariables(walk, initializer, 'routine');
      else checkExpression(walk, initializer);
      checkExpression(walk, condition);
      checkExpression(walk, incrementor);
      return checkStatement(walk, statement);
    }
    case kinds.SwitchStatement: {
      const { expression, caseBlock } = node as ts.SwitchStatement;
      checkExpression(walk, expression);
      for (const clause of caseBlock.clauses) {
        if (ts.isCaseClause(clause)) checkExpression(walk, clause.expression);
        for (const statement of clause.statements) checkStatement(walk, statement);
      }
      return;
    }
    case kinds.LabeledStatement: {
      const { label, statement } = node as ts.LabeledStatement;
      checkName(walk, label);
      if (!ts.isBlock(statement)) report('dsl/label', label, []);
      return checkStatement(walk, statement);
    }
    case kinds.ForInStatement:
    case kinds.ForOfStatement:
      report('dsl/for-in', headOf(walk, node, (node as ts.ForInOrOfStatement).statement), []);
      return checkStatement(walk, (node as ts.ForInOrOfStatement).statement);
    case kinds.TryStatement: {
      const { tryBlock, catchClause, finallyBlock } = node as ts.TryStatement;
      checkStatement(walk, tryBlock);
      if (catchClause?.variableDeclaration) report('dsl/catch-variable', catchClause.variableDeclaration, []);
      checkStatement(walk, catchClause?.block);
      return checkStatement(walk, finallyBlock);
    }
    case kinds.ThrowStatement:
      return report('dsl/throw', node, []);
    case kinds.DebuggerStatement:
      return report('dsl/statement', node, ['debugger'], '');
    case kinds.WithStatement:
      return report('dsl/statement', wordOf(walk, node, 'with'), ['with']);
    case kinds.FunctionDeclaration:
      return report('dsl/nested-routine', (node as ts.FunctionDeclaration).name ?? node, []);
    case kinds.ClassDeclaration:
      return report('dsl/class', (node as ts.ClassDeclaration).name ?? node, []);
    case kinds.EnumDeclaration:
      return report('dsl/enum', (node as ts.EnumDeclaration).name, []);
    case kinds.InterfaceDeclaration:
    case kinds.TypeAliasDeclaration:
      return report('dsl/local-type', (node as ts.InterfaceDeclaration | ts.TypeAliasDeclaration).name, []);
    default:
      return report('dsl/statement', node, ['This statement']);
  }
}

/** Checks the declarations of a `let` or `const`. Top-level constants that hold routines or scenarios are the caller's. */
export function checkVariables(walk: Reporter, list: ts.VariableDeclarationList, where: 'routine' | 'top'): void {
  const { report, file } = walk;
  const isConst = (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const;
  if ((list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.None) report('dsl/var', wordOf(walk, list, 'var'), [], 'let');
  if ((list.flags & ts.NodeFlags.Using) === ts.NodeFlags.Using) report('dsl/using', list, []);
  for (const declaration of list.declarations) {
    if (!ts.isIdentifier(declaration.name)) {
      report('dsl/destructuring', declaration.name, []);
      continue;
    }
    checkName(walk, declaration.name);
    checkType(walk, declaration.type, 'other');
    checkExpression(walk, declaration.initializer, {
      text: where === 'top' && isConst,
      literal: declaration.type !== undefined,
    });
    const literal = declaration.initializer;
    if (
      isConst &&
      declaration.type &&
      literal &&
      (ts.isObjectLiteralExpression(literal) || ts.isArrayLiteralExpression(literal))
    ) {
      const name = declaration.name.text;
      report('dsl/const-storage', wordOf(walk, list, 'const'), [name, declaration.type.getText(file)], 'let');
    }
    if (declaration.initializer || ts.isForInStatement(list.parent) || ts.isForOfStatement(list.parent)) continue;
    const name = declaration.name.text;
    if (!declaration.type) report('dsl/untyped', declaration, [name]);
    else if (isConst) {
      const type = declaration.type.getText(file);
      const only = list.declarations.length === 1;
      const range = { start: list.getStart(file), end: list.end };
      report('dsl/const-storage', only ? range : declaration, [name, type], only ? `let ${name}!: ${type}` : undefined);
    }
  }
}

/** The range of a statement's first word. */
export function wordOf({ file }: Reporter, node: ts.Node, word: string): { start: number; end: number } {
  const start = node.getStart(file);
  return { start, end: start + word.length };
}

/** The range of a statement up to its body. */
function headOf({ file }: Reporter, node: ts.Node, body: ts.Node): { start: number; end: number } {
  const start = node.getStart(file);
  const end = body.getStart(file);
  return { start, end: start + file.text.slice(start, end).trimEnd().length };
}
