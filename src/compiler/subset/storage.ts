/** Where a struct's own name may stand: storage of objects that a driver makes, and copies of those that can be copied. */
import ts from 'typescript';
import type { Declared, StructDeclared } from '../declared.ts';
import { isWide } from './address-cast.ts';
import { bare, type Meaning } from './meaning.ts';

/** Who makes the objects that a driver only has pointers to. */
const makers: Readonly<Record<string, string>> = {
  IRP: 'the I/O manager',
  DEVICE_OBJECT: 'the I/O manager',
  DRIVER_OBJECT: 'the I/O manager',
  FILE_OBJECT: 'the I/O manager',
  IO_STACK_LOCATION: 'the I/O manager',
  IO_WORKITEM: 'the I/O manager',
  KINTERRUPT: 'the I/O manager',
  KTHREAD: 'the kernel',
  ETHREAD: 'the kernel',
};

/** Objects to which other code keeps addresses (wait blocks, list links, queues): a copy would be a second, dead one. */
export const kernelObjects: ReadonlySet<string> = new Set([
  ...Object.keys(makers),
  'DISPATCHER_HEADER',
  'ERESOURCE',
  'EX_RUNDOWN_REF',
  'FAST_MUTEX',
  'IO_CSQ',
  'IO_CSQ_IRP_CONTEXT',
  'IO_REMOVE_LOCK',
  'KDEVICE_QUEUE',
  'KDEVICE_QUEUE_ENTRY',
  'KDPC',
  'KEVENT',
  'KGUARDED_MUTEX',
  'KLOCK_QUEUE_HANDLE',
  'KMUTANT',
  'KMUTEX',
  'KSEMAPHORE',
  'KSPIN_LOCK',
  'KTIMER',
  'LIST_ENTRY',
  'LOOKASIDE_LIST_EX',
  'NPAGED_LOOKASIDE_LIST',
  'PAGED_LOOKASIDE_LIST',
  'SINGLE_LIST_ENTRY',
  'SLIST_ENTRY',
  'SLIST_HEADER',
  'WAIT_CONTEXT_BLOCK',
  'WORK_QUEUE_ITEM',
]);

/** Checks one node of the tree: declarations, assignments, casts. */
export function checkStorage(meaning: Meaning, node: ts.Node): void {
  if (ts.isVariableDeclaration(node)) checkVariable(meaning, node);
  else if (ts.isPropertySignature(node) && node.type) checkKernelObject(meaning, node.type);
  else if (ts.isParameter(node) && node.type && isRoutineParameter(node)) checkByValue(meaning, node.type, 'passed');
  else if (isRoutine(node) && node.type) checkByValue(meaning, node.type, 'returned');
  else if (ts.isTypeAliasDeclaration(node)) checkAlias(meaning, node);
  else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    checkCopy(meaning, meaning.typing.typeOf(node.left), node.operatorToken, node.right);
  } else if (ts.isAsExpression(node)) checkCast(meaning, node);
}

function checkVariable(meaning: Meaning, node: ts.VariableDeclaration): void {
  if (!node.type) return;
  checkKernelObject(meaning, node.type);
  const type = meaning.declared.evaluate(node.type);
  const constant = (ts.getCombinedNodeFlags(node) & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const;
  const isScenario = ts.isTypeReferenceNode(node.type) && node.type.typeName.getText() === 'SCENARIO';
  if (!node.initializer || isScenario) return;
  if (constant && type.kind === 'struct' && ts.isIdentifier(node.name)) {
    meaning.report('dsl/const-storage', node.name, [node.name.text, node.type.getText()]);
  } else {
    checkCopy(meaning, type, node.initializer, node.initializer);
  }
}

function checkCopy(meaning: Meaning, to: Declared, at: ts.Node, from: ts.Expression): void {
  const literal = bare(from);
  if (ts.isObjectLiteralExpression(literal) || ts.isArrayLiteralExpression(literal)) return;
  const struct = elementOf(to);
  if (struct && holdsOpaque(meaning, struct)) meaning.report('dsl/copy', at, [struct.shape.name]);
}

function checkByValue(meaning: Meaning, node: ts.TypeNode, how: 'passed' | 'returned'): void {
  if (checkKernelObject(meaning, node)) return;
  const type = meaning.declared.evaluate(node);
  if (type.kind !== 'struct' || !isNamed(type)) return;
  // LARGE_INTEGER and its like travel by value in the WDK; a driver's own struct never does in practice.
  if (!meaning.isLibrary(type.shape.node) || holdsOpaque(meaning, type)) {
    if (how === 'returned') meaning.report('dsl/struct-result', node, []);
    else meaning.report('dsl/by-value', node, [type.shape.name], `P${node.getText(meaning.file)}`);
  }
}

function checkAlias(meaning: Meaning, node: ts.TypeAliasDeclaration): void {
  if (!ts.isTypeReferenceNode(node.type)) return;
  const type = meaning.declared.evaluate(node.type);
  if (type.kind !== 'struct' || !isNamed(type) || node.type.typeName.getText() === 'Union') return;
  if (node.name.text !== `P${type.shape.name}`) meaning.report('dsl/pointer-alias', node.name, [node.name.text, type.shape.name]);
}

function checkCast(meaning: Meaning, node: ts.AsExpression): void {
  if (checkKernelObject(meaning, node.type)) return;
  const to = meaning.declared.evaluate(node.type);
  if (to.kind === 'struct' && isNamed(to)) {
    return meaning.report('dsl/cast-to-struct', node.type, [to.shape.name], `P${node.type.getText(meaning.file)}`);
  }
  const from = meaning.typing.typeOf(node.expression);
  const number = (type: Declared) => type.kind === 'int' || type.kind === 'bool';
  const address = (type: Declared) => ['ptr', 'ref', 'fn', 'struct', 'array'].includes(type.kind);
  // IoStatus.Information, too, holds an address for some requests.
  const crosses = (number(from) && address(to)) || (address(from) && number(to));
  if (crosses && !isWide(from) && !isWide(to) && !looksLike(meaning, node.expression, to)) meaning.report('dsl/cast', node, []);
}

/** Reports a type that is storage for an object only the kernel makes. */
function checkKernelObject(meaning: Meaning, node: ts.TypeNode): boolean {
  if (ts.isTypeReferenceNode(node) && node.typeName.getText() === 'ARRAY' && node.typeArguments?.[0]) {
    return checkKernelObject(meaning, node.typeArguments[0]);
  }
  if (!ts.isTypeReferenceNode(node)) return false;
  const type = meaning.declared.evaluate(node);
  const maker = type.kind === 'struct' ? makers[type.shape.name] : undefined;
  if (type.kind !== 'struct' || !maker || !meaning.isLibrary(type.shape.node)) return false;
  meaning.report('dsl/kernel-object', node, [type.shape.name, maker], `P${node.getText(meaning.file)}`);
  return true;
}

function holdsOpaque(meaning: Meaning, type: StructDeclared, depth = 0): boolean {
  const { shape, env } = type;
  if (kernelObjects.has(shape.name) && meaning.isLibrary(shape.node)) return true;
  if (depth > 20) return false;
  return shape.members.some((member) => {
    if (member.kind === 'group') return holdsOpaque(meaning, { kind: 'struct', shape: member.shape, env }, depth + 1);
    const inner = elementOf(meaning.declared.evaluate(member.type as ts.TypeNode, env));
    return inner !== undefined && holdsOpaque(meaning, inner, depth + 1);
  });
}

/** The struct that a struct or an array of them is made of. */
function elementOf(type: Declared): StructDeclared | undefined {
  let inner = type;
  while (inner.kind === 'array') inner = inner.element;
  return inner.kind === 'struct' ? inner : undefined;
}

/** Declared types fall back to "an address" where they cannot tell; then the type checker's word decides. */
function looksLike({ checker }: Meaning, node: ts.Expression, to: Declared): boolean {
  const type = checker.getTypeAtLocation(node);
  const flags = type.isUnionOrIntersection() ? type.types.reduce((all, part) => all | part.flags, 0) : type.flags;
  const scalar = (flags & (ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike)) !== 0;
  return to.kind === 'int' || to.kind === 'bool' ? scalar || (flags & ts.TypeFlags.Any) !== 0 : !scalar;
}

function isNamed(type: StructDeclared): boolean {
  return ts.isInterfaceDeclaration(type.shape.node) || ts.isTypeAliasDeclaration(type.shape.node);
}

function isRoutineParameter(node: ts.ParameterDeclaration): boolean {
  return isRoutine(node.parent) || ts.isFunctionTypeNode(node.parent);
}

function isRoutine(node: ts.Node): node is ts.FunctionDeclaration | ts.ArrowFunction | ts.MethodDeclaration {
  return ts.isFunctionDeclaration(node) || ts.isArrowFunction(node) || ts.isMethodDeclaration(node);
}
