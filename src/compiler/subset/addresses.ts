/** What Ref, CONTAINING_RECORD and SIZE_T ask of their arguments beyond what the type checker can see. */
import ts from 'typescript';
import { type Declared, decay } from '../declared.ts';
import { bare, type Meaning, pointee } from './meaning.ts';

/** Checks one call. */
export function checkAddresses(meaning: Meaning, node: ts.Node): void {
  if (!ts.isCallExpression(node)) return;
  const special = meaning.typing.specialName(node.expression);
  if (special === 'Ref') checkRef(meaning, node);
  else if (special === 'CONTAINING_RECORD') checkRecord(meaning, node);
  else if (special === undefined) checkSizes(meaning, node);
}

function checkRef(meaning: Meaning, call: ts.CallExpression): void {
  const { report, typing, file } = meaning;
  const [argument] = call.arguments;
  if (!argument) return;
  const target = bare(argument);
  const text = target.getText(file);
  if (!ts.isIdentifier(target) && !ts.isPropertyAccessExpression(target) && !ts.isElementAccessExpression(target)) {
    return report('dsl/ref-address', argument, []);
  }
  if (typing.typeOf(target).kind === 'struct') return report('dsl/ref-struct', call, [text], text);
  const declaration = ts.isElementAccessExpression(target) ? undefined : typing.declarationOf(target);
  if (!declaration) return;
  if (ts.isVariableDeclaration(declaration)) {
    const constant = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const;
    const routine = declaration.initializer && ts.isArrowFunction(bare(declaration.initializer));
    if (constant) report(routine ? 'dsl/ref-address' : 'dsl/ref-const', argument, routine ? [] : [text]);
  } else if (!ts.isParameter(declaration) && !ts.isPropertySignature(declaration)) {
    report('dsl/ref-address', argument, []);
  }
}

function checkRecord(meaning: Meaning, call: ts.CallExpression): void {
  const { report, declared, layouts, typing } = meaning;
  const [address, path] = call.arguments;
  const record = call.typeArguments?.[0];
  if (!record || !address || !path || !ts.isStringLiteral(path)) return report('dsl/record-path', call, []);
  let type: Declared | undefined = pointee(declared.evaluate(record));
  let leaf = '';
  for (const name of path.text.split('.')) {
    if (type?.kind !== 'struct') return;
    leaf = name;
    type = layouts.field(type, name)?.type;
    if (type?.kind === 'ptr' || type?.kind === 'ref') return report('dsl/record-pointer', path, [name]);
  }
  const given = pointee(decay(typing.typeOf(address)));
  if (type?.kind !== 'struct' || given?.kind !== 'struct' || given.shape === type.shape) return;
  report('dsl/record-leaf', path, [leaf, type.shape.name, given.shape.name]);
}

/**
 * An argument of type SIZE_T<T> must be sizeof<T>() where another parameter is of that T, as with a device's extension. Pool of a plain number of
 * bytes is a buffer, and sizes of copies are plain numbers.
 */
function checkSizes(meaning: Meaning, call: ts.CallExpression): void {
  const { report, typing, declared } = meaning;
  const callee = typing.typeOf(call.expression);
  if (callee.kind !== 'fn') return;
  callee.node.parameters.forEach((parameter, index) => {
    const argument = call.arguments[index];
    const of = parameter.type && sizedParameter(parameter.type);
    if (!argument || !of) return;
    const symbol = declared.symbolOf(of);
    const others = callee.node.parameters.filter((other) => other !== parameter);
    if (!symbol || !others.some(({ type }) => mentions(meaning, type, symbol))) return;
    const size = bare(argument);
    const isSize = ts.isCallExpression(size) && typing.specialName(size.expression) === 'sizeof';
    // A device without extension.
    const none = ts.isNumericLiteral(size) && Number(size.text) === 0;
    if (!isSize && !none) report('dsl/size', argument, []);
  });
}

function sizedParameter(type: ts.TypeNode): ts.Identifier | undefined {
  if (!ts.isTypeReferenceNode(type) || type.typeName.getText() !== 'SIZE_T') return undefined;
  const [of] = type.typeArguments ?? [];
  return of && ts.isTypeReferenceNode(of) && ts.isIdentifier(of.typeName) ? of.typeName : undefined;
}

function mentions(meaning: Meaning, node: ts.Node | undefined, symbol: ts.Symbol): boolean {
  if (!node) return false;
  if (ts.isIdentifier(node)) return meaning.declared.symbolOf(node) === symbol;
  return ts.forEachChild(node, (child) => mentions(meaning, child, symbol) || undefined) === true;
}
