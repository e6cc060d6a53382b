/** What may stand at the top level of a driver or scenario file. */
import ts from 'typescript';
import { enumAsConstants } from './enums.ts';
import { checkExpression } from './expressions.ts';
import { checkModifiers, isExported } from './modifiers.ts';
import { checkExport, checkImport } from './modules.ts';
import { checkName } from './names.ts';
import type { Reporter } from './report.ts';
import { checkScenario } from './scenario.ts';
import { checkBody, checkVariables } from './statements.ts';
import { checkMembers, checkParameters, checkType } from './types.ts';

const kinds = ts.SyntaxKind;
const exportOnly = [kinds.ExportKeyword];

/** Checks every top-level statement of the file. */
export function checkTopLevel(walk: Reporter): void {
  const seen = new Set<string>();
  for (const statement of walk.file.statements) {
    checkTopLevelStatement(walk, statement);
    for (const name of declaredNames(statement)) {
      if (seen.has(name.text) && name.text !== '') walk.report('dsl/declared-twice', name, [name.text]);
      seen.add(name.text);
    }
  }
}

function checkTopLevelStatement(walk: Reporter, node: ts.Statement): void {
  const { report, file } = walk;
  switch (node.kind) {
    case kinds.ImportDeclaration:
      return checkImport(walk, node as ts.ImportDeclaration);
    case kinds.ImportEqualsDeclaration:
      return report('dsl/import-form', node, ['import { Name } from "irpsight/wdm"']);
    case kinds.ExportDeclaration:
    case kinds.ExportAssignment:
    case kinds.NamespaceExportDeclaration:
      return checkExport(walk, node);
    case kinds.InterfaceDeclaration:
      return checkInterface(walk, node as ts.InterfaceDeclaration);
    case kinds.TypeAliasDeclaration:
      return checkAlias(walk, node as ts.TypeAliasDeclaration);
    case kinds.FunctionDeclaration:
      return checkFunction(walk, node as ts.FunctionDeclaration);
    case kinds.VariableStatement:
      checkModifiers(walk, node, exportOnly);
      return checkGlobals(walk, node as ts.VariableStatement);
    case kinds.EnumDeclaration: {
      const { name } = node as ts.EnumDeclaration;
      return (
        report('dsl/enum', node, [], enumAsConstants(node as ts.EnumDeclaration, file) ?? undefined) ?? checkName(walk, name)
      );
    }
    case kinds.ClassDeclaration:
      return report('dsl/class', (node as ts.ClassDeclaration).name ?? node, []);
    case kinds.ModuleDeclaration:
      return report('dsl/namespace', (node as ts.ModuleDeclaration).name, []);
    case kinds.ExpressionStatement:
      return checkAllocText(walk, node as ts.ExpressionStatement);
    case kinds.EmptyStatement:
      return;
    default:
      return report('dsl/top-level-statement', node, []);
  }
}

function checkInterface(walk: Reporter, node: ts.InterfaceDeclaration): void {
  const { report } = walk;
  checkModifiers(walk, node, exportOnly);
  checkName(walk, node.name);
  const [parameter] = node.typeParameters ?? [];
  if (parameter) report('dsl/generic-type', parameter, []);
  const bases = (node.heritageClauses ?? []).flatMap((clause) => [...clause.types]);
  for (const base of bases.slice(1)) report('dsl/extends', base, []);
  const [base] = bases;
  if (base) {
    if (!ts.isIdentifier(base.expression) || base.typeArguments) report('dsl/extends', base, []);
    else checkName(walk, base.expression);
  }
  checkMembers(walk, node.members);
}

function checkAlias(walk: Reporter, node: ts.TypeAliasDeclaration): void {
  const { report } = walk;
  checkModifiers(walk, node, exportOnly);
  checkName(walk, node.name);
  const parameters = node.typeParameters ?? [];
  const [first] = parameters;
  if (first && !ts.isFunctionTypeNode(node.type)) return report('dsl/generic-type', first, []);
  for (const parameter of parameters) {
    checkName(walk, parameter.name);
    // A bound would be computed with; four parameters are one for each argument of the largest routine type of the WDK.
    const plain = !parameter.constraint && !parameter.default && !parameter.modifiers && parameters.length <= 4;
    if (!plain) report('dsl/generic-type', parameter, []);
  }
  checkType(walk, node.type, 'alias', first !== undefined);
}

function checkFunction(walk: Reporter, node: ts.FunctionDeclaration): void {
  const { report } = walk;
  const name = node.name?.text ?? 'This routine';
  checkModifiers(walk, node, exportOnly);
  checkName(walk, node.name);
  const [parameter] = node.typeParameters ?? [];
  if (parameter) report('dsl/generic-function', parameter, []);
  if (node.asteriskToken) report('dsl/generator', node.asteriskToken, []);
  checkParameters(walk, node.parameters);
  checkType(walk, node.type, 'other');
  if (name === 'DriverEntry' && !isExported(node)) report('dsl/driver-entry', node.name ?? node, [], 'DriverEntry');
  if (node.body) checkBody(walk, node.body);
  else report('dsl/no-body', node.name ?? node, [name]);
}

function checkGlobals(walk: Reporter, node: ts.VariableStatement): void {
  const { report } = walk;
  const list = node.declarationList;
  const routine = list.declarations.find(({ initializer }) => initializer !== undefined && isRoutine(initializer));
  const scenario = list.declarations.find(({ type }) => type !== undefined && isScenario(type));
  const driverEntry = list.declarations.find(({ name }) => ts.isIdentifier(name) && name.text === 'DriverEntry');
  if (driverEntry && !isExported(node)) report('dsl/driver-entry', driverEntry.name, []);
  if (!routine && !scenario) {
    checkVariables(walk, list, 'top');
    for (const { name, initializer } of list.declarations) {
      const wrong = initializer && firstNotConstant(initializer);
      if (wrong) report('dsl/constant', wrong, [name.getText(walk.file)]);
    }
    return;
  }
  for (const declaration of list.declarations) {
    const { name, type, initializer } = declaration;
    const text = name.getText(walk.file);
    checkName(walk, name);
    checkType(walk, type, 'other');
    if ((list.flags & ts.NodeFlags.BlockScoped) !== ts.NodeFlags.Const) report('dsl/role-const', name, [text]);
    if (scenario === declaration) {
      if (!isExported(node)) report('dsl/scenario-export', name, [text]);
      checkScenario(walk, initializer ?? name);
    } else if (initializer && isRoutine(initializer)) {
      checkRoutine(walk, initializer);
    } else {
      checkExpression(walk, initializer);
    }
  }
}

function checkRoutine(walk: Reporter, routine: ts.ArrowFunction | ts.FunctionExpression): void {
  const { report, file } = walk;
  checkModifiers(walk, routine, []);
  if (routine.asteriskToken) report('dsl/generator', routine.asteriskToken, []);
  const [parameter] = routine.typeParameters ?? [];
  if (parameter) report('dsl/generic-function', parameter, []);
  checkParameters(walk, routine.parameters);
  checkType(walk, routine.type, 'other');
  if (ts.isBlock(routine.body)) return checkBody(walk, routine.body);
  report('dsl/arrow-body', routine.body, [], `{ return ${routine.body.getText(file)}; }`);
  checkExpression(walk, routine.body);
}

function checkAllocText(walk: Reporter, { expression }: ts.ExpressionStatement): void {
  // What follows `#include` TypeScript reads as a comparison.
  const start = expression.getStart(walk.file);
  const directive = /^#\s*\w+/.exec(walk.file.text.slice(start, start + 20));
  if (directive !== null) return walk.report('dsl/preprocessor', { start, end: start + directive[0].length }, []);
  const isCall = ts.isCallExpression(expression) && ts.isIdentifier(expression.expression);
  if (!isCall || expression.expression.text !== 'alloc_text') return walk.report('dsl/top-level-statement', expression, []);
  const [section, ...routines] = expression.arguments;
  const fits =
    section && ts.isStringLiteral(section) && routines.length > 0 && routines.every((routine) => ts.isIdentifier(routine));
  if (!fits || expression.typeArguments || expression.questionDotToken) walk.report('dsl/top-level-statement', expression, []);
  else for (const routine of routines) checkName(walk, routine);
}

function isRoutine(node: ts.Expression): node is ts.ArrowFunction | ts.FunctionExpression {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

function isScenario(node: ts.TypeNode): boolean {
  return ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName) && node.typeName.text === 'SCENARIO';
}

/** The first part of a global's initialiser that is no constant expression: a call that is not a macro, an assignment. */
function firstNotConstant(node: ts.Node): ts.Node | undefined {
  if (ts.isCallExpression(node)) {
    const macro = ts.isIdentifier(node.expression) && /^([A-Z][A-Z0-9_]*|sizeof)$/.test(node.expression.text);
    if (!macro) return node;
  }
  if (ts.isPostfixUnaryExpression(node)) return node;
  if (ts.isPrefixUnaryExpression(node) && (node.operator === kinds.PlusPlusToken || node.operator === kinds.MinusMinusToken))
    return node;
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind >= kinds.FirstAssignment &&
    node.operatorToken.kind <= kinds.LastAssignment
  ) {
    return node;
  }
  return ts.forEachChild(node, firstNotConstant);
}

/** The names that a top-level statement declares. */
export function declaredNames(node: ts.Statement): ts.Identifier[] {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node)) return [node.name];
  if (ts.isFunctionDeclaration(node) && node.name) return [node.name];
  if (!ts.isVariableStatement(node)) return [];
  return node.declarationList.declarations.map(({ name }) => name).filter(ts.isIdentifier);
}
