/** What a routine without a model is handed at a call: an IRP, a device, a lock, a routine, or something that leads to one. */
import ts from 'typescript';
import { signatureOf } from '../facts/signatures.ts';
import type { Place, Reg } from '../ir/program.ts';
import type { Declared, StructDeclared, TypeEnvironment } from './declared.ts';
import { decay } from './declared.ts';
import type { FunctionContext } from './lower-place.ts';
import { kernelObjects } from './subset/storage.ts';

/**
 * Marks the path bounded where a call hands over what the routine could do anything with; one reason an argument. Of what is only known to be
 * memory it is looked, when run, what lies there.
 */
export function boundHandedOver(f: FunctionContext, node: ts.CallExpression, routine: string, args: readonly Reg[]): void {
  const parameters = signatureOf(routine)?.parameters ?? [];
  const { file, place } = { file: node.getSourceFile(), place: f.compilation.place(node) };
  const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const where = `${file.fileName.slice(file.fileName.lastIndexOf('/') + 1)}:${line}`;
  node.arguments.forEach((argument, index) => {
    const facts = parameters[index];
    // A handle is followed by the system only, and what is declared const is only read.
    if (facts?.type === 'HANDLE' || (facts?.type?.startsWith('const ') && facts.type.includes('VOID'))) return;
    const types = [...new Set([argument, bare(argument)])].map((one) => f.compilation.typing.typeOf(one));
    const memory = types.every((type) => type.kind === 'ptr' && type.to === undefined);
    // An out-parameter of pointer type is written, not read.
    const what = types
      .filter((type) => type.kind !== 'ptr' || type.to !== undefined)
      .map((type) => (type.kind === 'ref' && facts?.direction === 'out' ? undefined : held(f, type, new Set())))
      .find((one) => one !== undefined);
    const stored = what === undefined && types.some(({ kind }) => kind === 'ref') && facts?.direction === undefined;
    const given = stored ? 'the address of a variable' : memory ? 'memory that may lead to anything' : what;
    if (given === undefined) return;
    const text = argument.getText();
    const shown = text.length > 40 ? '' : ` (${text})`;
    const reason = `${where}: ${routine} has no model and is handed ${given}${shown}; what it does with it is not known unless a *.model.ts says.`;
    const register = memory ? args[index] : undefined;
    const bounded = (): void => f.code.emit({ op: 'intrinsic', name: 'bounded', args: [], text: reason }, place);
    if (register === undefined || f.code.kindOf(register) !== 'ptr') bounded();
    else whereItLeads(f, register, place, bounded);
  });
}

/** Marks as written what the routine is to fill in, before it is called; its own declaration says what it stores where that is known. */
export function fillOutParameters(f: FunctionContext, node: ts.CallExpression, routine: string, args: readonly Reg[]): void {
  const fill = f.compilation.libraryRoutine('KiFill');
  const parameters = signatureOf(routine)?.parameters ?? [];
  const place = f.compilation.place(node);
  node.arguments.forEach((argument, index) => {
    const register = args[index];
    if (fill === undefined || register === undefined || parameters[index]?.direction !== 'out') return;
    const type = decay(f.compilation.typing.typeOf(bare(argument)));
    if (type.kind !== 'ptr' || f.code.kindOf(register) !== 'ptr') return;
    const size = f.code.register('i32');
    f.code.emit({ op: 'const', dst: size, value: type.to === undefined ? 0 : -f.compilation.layouts.typeId(type.to) }, place);
    f.code.emit({ op: 'call', func: f.compilation.funcFor(fill), args: [register, size] }, place);
  });
}

/** Emits `then` for memory that may lead to anything. */
function whereItLeads(f: FunctionContext, memory: Reg, place: Place, then: () => void): void {
  const check = f.compilation.libraryRoutine('KiLeadsAnywhere');
  if (check === undefined) return then();
  const [inside, behind] = [f.code.label(), f.code.label()];
  const leads = f.code.register('bool');
  f.code.emit({ op: 'call', func: f.compilation.funcFor(check), args: [memory], dst: leads }, place);
  f.code.branch(leads, inside, behind, place);
  f.code.mark(inside);
  then();
  f.code.jump(behind, place);
  f.code.mark(behind);
}

/** The expression below casts and parentheses. */
function bare(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node)
    ? bare(node.expression)
    : node;
}

/** Structs of the library that lead nowhere. */
const plain: ReadonlySet<string> = new Set([
  'UNICODE_STRING',
  'OBJECT_ATTRIBUTES',
  'CLIENT_ID',
  'GUID',
  'IO_STATUS_BLOCK',
  'KI_UNKNOWN',
]);

/** What of that kind a value is or leads to, in words; undefined when it is plain data. */
function held(f: FunctionContext, type: Declared, seen: Set<ts.Node>): string | undefined {
  switch (type.kind) {
    case 'fn':
      return 'a routine';
    case 'ptr':
      return type.to === undefined ? 'memory whose type nothing states' : held(f, type.to, seen);
    case 'ref':
      return held(f, decay(type.to), seen);
    case 'array':
      return held(f, type.element, seen);
    case 'struct':
      return heldByStruct(f, type, seen);
    default:
      return undefined;
  }
}

function heldByStruct(f: FunctionContext, { shape, env }: StructDeclared, seen: Set<ts.Node>): string | undefined {
  if (seen.has(shape.node) || plain.has(shape.name)) return undefined;
  seen.add(shape.node);
  if (kernelObjects.has(shape.name)) return `${/^[AEIOU]/.test(shape.name) ? 'an' : 'a'} ${shape.name}`;
  for (const member of shape.members) {
    const found =
      member.kind === 'group'
        ? heldByStruct(f, { kind: 'struct', shape: member.shape, env }, seen)
        : heldByField(f, member.type as ts.TypeNode, env, seen);
    if (found === undefined) continue;
    // Of a union without a name its members are told.
    return member.kind === 'group' ? found : `${shape.name}, which holds ${found}`;
  }
  return undefined;
}

function heldByField(f: FunctionContext, node: ts.TypeNode, env: TypeEnvironment, seen: Set<ts.Node>): string | undefined {
  if (/^P?HANDLE\b/.test(node.getText())) return undefined;
  return held(f, f.compilation.declared.evaluate(node, env), seen);
}
