/** Calls: of routines, through function pointers, of the machine's intrinsics, and of the functions the language itself gives a meaning. */
import ts from 'typescript';
import { ddiBounds } from '../facts/index.ts';
import { intrinsics } from '../ir/intrinsics.ts';
import type { Reg } from '../ir/program.ts';
import { routineOfExpression } from './compilation.ts';
import type { Declared } from './declared.ts';
import { decay } from './declared.ts';
import { boundHandedOver, fillOutParameters } from './handed-over.ts';
import type { FoundField } from './layouts.ts';
import { cellKind, isWide } from './layouts.ts';
import { alternatives, convertTo, emitConstant, value, valueAs } from './lower-expression.ts';
import type { FunctionContext } from './lower-place.ts';
import { address, copyStorage, locate, locateStorage } from './lower-place.ts';
import { skipParentheses } from './syntax.ts';
import type { RoutineNode } from './typing.ts';

interface Parameter {
  readonly name: string;
  readonly type: Declared;
  readonly node?: ts.ParameterDeclaration;
}

/** What is wrong where one of these is left to be called: each is worked out when the driver is compiled. */
const misplaced = { sizeof: 'sizeof', CTL_CODE: 'ctl-code', alloc_text: 'alloc-text' } as const;

/** Lowers a call; the register holds its result (for a routine without one, a register nobody may read). */
export function lowerCall(f: FunctionContext, node: ts.CallExpression): Reg {
  const special = f.compilation.typing.specialName(node.expression);
  switch (special) {
    case undefined:
      return lowerOrdinary(f, node);
    case 'Ref':
      return lowerRef(f, node);
    case 'CONTAINING_RECORD':
      return lowerContainingRecord(f, node);
    case 'choose':
      return lowerChoose(f, node);
    case 'GetExceptionCode':
    case 'AbnormalTermination':
      return lowerAboutException(f, node, special);
    case 'sizeof':
    case 'CTL_CODE':
    case 'alloc_text':
      f.compilation.report(node, `dsl/${misplaced[special]}`, []);
      return emitConstant(f, { value: 0n, type: { kind: 'int', cell: 'u32' } }, node);
    default:
      return lowerIntrinsic(f, node, special);
  }
}

function lowerOrdinary(f: FunctionContext, node: ts.CallExpression): Reg {
  const { typing, declared, funcFor, place, report } = f.compilation;
  const callee = typing.typeOf(node.expression);
  if (callee.kind !== 'fn') {
    report(node.expression, 'dsl/not-callable', [node.expression.getText()]);
    return emitConstant(f, { value: 0n, type: { kind: 'null' } }, node);
  }
  const routine = routineOfExpression(node.expression, typing);
  const type = routine === undefined ? declared.signature(callee.node, callee.env) : typing.routineType(routine);
  const result = decay(type.result);
  if (type.result.kind === 'struct' || type.result.kind === 'array') {
    report(node, 'dsl/struct-result', []);
  }
  const dst = result.kind === 'void' ? undefined : f.code.register(cellKind(result));
  if (routine === undefined && !isPointerCall(f, node.expression)) return lowerOpaque(f, node, dst);
  const target = routine === undefined ? value(f, node.expression) : undefined;
  const fixed: readonly Parameter[] =
    routine === undefined ? declared.signature(callee.node, callee.env).parameters.filter((p) => !p.rest) : type.parameters;
  const args = lowerArguments(f, node, fixed);
  const tail = dst === undefined ? {} : { dst };
  if (routine !== undefined) lowerStandIn(f, node, routine, args);
  if (routine !== undefined) f.code.emit({ op: 'call', func: funcFor(routine), args, ...tail }, place(node));
  else if (target !== undefined) f.code.emit({ op: 'callptr', callee: target, args, ...tail }, place(node));
  return dst === undefined ? f.code.register('i32') : convertTo(f, dst, typing.typeOf(node), node);
}

/** What goes before a call of a routine that the library does not model: what it is handed, or, of a user's model, the documented IRQL. */
function lowerStandIn(f: FunctionContext, node: ts.CallExpression, routine: RoutineNode, args: readonly Reg[]): void {
  const { standIn, originOf, place } = f.compilation;
  const kind = standIn(routine);
  const name = routine.name?.getText() ?? '';
  if (kind === 'documented') {
    boundHandedOver(f, node, name, args);
    fillOutParameters(f, node, name, args);
  }
  const bounds = kind === 'user' && originOf(node) === 'driver' ? ddiBounds(name) : undefined;
  if (bounds === undefined || bounds.conditional) return;
  const levels = [bounds.minimum, bounds.maximum].map((level) =>
    emitConstant(f, { value: BigInt(level), type: { kind: 'int', cell: 'i32' } }, node),
  );
  f.code.emit({ op: 'intrinsic', name: 'event', args: levels, text: 'call.irql' }, place(node));
}

/** A name that is declared but nowhere defined is no pointer: it is a routine without a model. */
function isPointerCall(f: FunctionContext, callee: ts.Expression): boolean {
  const inner = skipParentheses(callee);
  const declaration = ts.isIdentifier(inner) ? f.compilation.typing.declarationOf(inner) : undefined;
  return declaration === undefined || !ts.isFunctionDeclaration(declaration);
}

/** A routine without a model does nothing known: the verdict is bounded and says so. */
function lowerOpaque(f: FunctionContext, node: ts.CallExpression, dst: Reg | undefined): Reg {
  const place = f.compilation.place(node);
  for (const argument of node.arguments) value(f, argument);
  f.code.emit({ op: 'intrinsic', name: 'bounded', args: [], text: `${node.expression.getText()} has no model.` }, place);
  if (dst === undefined) return f.code.register('i32');
  f.code.emit({ op: 'const', dst, value: 0 }, place);
  return convertTo(f, dst, f.compilation.typing.typeOf(node), node);
}

/** Arguments in order, converted to the parameters' types; those for `...rest` are evaluated and dropped. */
function lowerArguments(f: FunctionContext, node: ts.CallExpression, parameters: readonly Parameter[]): Reg[] {
  const args = parameters.map((parameter, index) => {
    const argument = node.arguments[index];
    if (argument === undefined) return missingArgument(f, parameter, node);
    return lowerArgument(f, argument, parameter);
  });
  for (const extra of node.arguments.slice(parameters.length)) value(f, extra);
  return args;
}

function missingArgument(f: FunctionContext, parameter: Parameter, node: ts.CallExpression): Reg {
  const init = parameter.node?.initializer;
  if (init !== undefined) return valueAs(f, init, parameter.type, node);
  if (parameter.node?.questionToken === undefined)
    f.compilation.report(node, 'dsl/missing-argument', [node.expression.getText(), parameter.name]);
  const type = decay(parameter.type);
  return emitConstant(f, { value: 0n, type: type.kind === 'void' ? { kind: 'null' } : type }, node);
}

function lowerArgument(f: FunctionContext, argument: ts.Expression, parameter: Parameter): Reg {
  if (parameter.type.kind === 'size') return lowerSize(f, argument);
  if (parameter.type.kind === 'ref') checkReference(f, argument, parameter.type.to, parameter.name);
  if (parameter.type.kind !== 'struct') return valueAs(f, argument, parameter.type);
  // By value: the caller makes the copy, in its own frame.
  const { layouts, place } = f.compilation;
  const object = layouts.typeId(parameter.type);
  const source = locateStorage(f, argument, parameter.type);
  const base = f.code.register('ptr');
  f.code.emit({ op: 'local', dst: base, index: f.code.local(parameter.name, object) }, place(argument));
  copyStorage(f, { kind: 'memory', base, object, offset: 0, type: parameter.type }, source, argument);
  return base;
}

/** tsc takes any integer's address for any other's; the memory behind it has one width and sign. */
function checkReference(f: FunctionContext, argument: ts.Expression, wanted: Declared, name: string): void {
  const { typing, layouts, report } = f.compilation;
  const given = typing.typeOf(argument);
  if (given.kind !== 'ref' || given.to.kind !== 'int' || wanted.kind !== 'int' || given.to.cell === wanted.cell) return;
  const title = (type: Declared): string => layouts.types[layouts.typeId(type)]?.name ?? '';
  report(argument, 'dsl/ref-type', [name, title(wanted), title(given.to)]);
}

/** A size token: minus the type's id for exactly `sizeof<T>()`, else a number of bytes. */
function lowerSize(f: FunctionContext, argument: ts.Expression): Reg {
  const { typing, declared, layouts } = f.compilation;
  const inner = skipParentheses(argument);
  if (ts.isCallExpression(inner) && typing.specialName(inner.expression) === 'sizeof' && inner.typeArguments?.[0] !== undefined) {
    // Type 0 is UCHAR (see createLayouts), whose token would read as no bytes at all; one byte is the same object.
    const token = -layouts.typeId(declared.evaluate(inner.typeArguments[0])) || 1;
    return emitConstant(f, { value: BigInt(token), type: { kind: 'int', cell: 'i32' } }, argument);
  }
  return valueAs(f, argument, { kind: 'int', cell: 'i32' });
}

function lowerRef(f: FunctionContext, node: ts.CallExpression): Reg {
  const [variable] = node.arguments;
  const location =
    variable === undefined || f.compilation.constants.fold(variable) !== undefined ? undefined : locateOrNothing(f, variable);
  if (location?.kind === 'memory') return address(f, location, node);
  f.compilation.report(node, 'dsl/ref-address', []);
  return emitConstant(f, { value: 0n, type: { kind: 'null' } }, node);
}

function locateOrNothing(f: FunctionContext, node: ts.Expression): ReturnType<typeof locate> {
  const inner = skipParentheses(node);
  return ts.isIdentifier(inner) ||
    ts.isPropertyAccessExpression(inner) ||
    ts.isElementAccessExpression(inner) ||
    ts.isNonNullExpression(inner)
    ? locate(f, inner)
    : undefined;
}

function lowerContainingRecord(f: FunctionContext, node: ts.CallExpression): Reg {
  const { declared, layouts, place, report } = f.compilation;
  const [start, path] = node.arguments;
  const record = decay(declared.evaluate(node.typeArguments?.[0]));
  if (
    start === undefined ||
    path === undefined ||
    !ts.isStringLiteral(path) ||
    record.kind !== 'ptr' ||
    record.to?.kind !== 'struct'
  ) {
    report(node, 'dsl/record-path', []);
    return emitConstant(f, { value: 0n, type: { kind: 'null' } }, node);
  }
  let at: Declared = record.to;
  let offset = 0;
  for (const name of path.text.split('.')) {
    const field: FoundField | undefined = at.kind === 'struct' ? layouts.field(at, name) : undefined;
    if (field === undefined) {
      if (at.kind === 'ptr') report(path, 'dsl/record-pointer', [name]);
      else report(path, 'dsl/record-member', [record.to.shape.name, path.text]);
      break;
    }
    offset += field.offset;
    at = field.type;
  }
  const base = value(f, start);
  if (offset === 0) return convertTo(f, base, record, node);
  const dst = f.code.register('ptr');
  f.code.emit({ op: 'offset', dst, base, offset: -offset }, place(node));
  return dst;
}

/** Both are asked of the innermost catch or finally block around. */
function lowerAboutException(f: FunctionContext, node: ts.CallExpression, name: 'GetExceptionCode' | 'AbnormalTermination'): Reg {
  const place = f.compilation.place(node);
  const innermost = f.handling.at(-1);
  if (name === 'GetExceptionCode') {
    const code = f.handling.findLast((handling) => 'code' in handling)?.code;
    if (code !== undefined) {
      const dst = f.code.register('i32');
      f.code.emit({ op: 'move', dst, src: code }, place);
      return dst;
    }
    f.compilation.report(node, 'dsl/exception-code', []);
    return emitConstant(f, { value: 0n, type: { kind: 'int', cell: 'i32' } }, node);
  }
  if (innermost === undefined || !('why' in innermost)) {
    f.compilation.report(node, 'dsl/abnormal-termination', []);
    return emitConstant(f, { value: 0n, type: { kind: 'bool' } }, node);
  }
  const none = emitConstant(f, { value: 0n, type: { kind: 'int', cell: 'i32' } }, node);
  const dst = f.code.register('bool');
  f.code.emit({ op: 'binary', dst, operator: '!=', kind: 'i32', left: innermost.why, right: none }, place);
  return dst;
}

function lowerChoose(f: FunctionContext, node: ts.CallExpression): Reg {
  const place = f.compilation.place(node);
  const parts = [...node.arguments];
  const type = f.compilation.typing.typeOf(node);
  return alternatives(f, parts, type, node, (labels) => {
    const count = emitConstant(f, { value: BigInt(parts.length), type: { kind: 'int', cell: 'i32' } }, node);
    const pick = f.code.register('i32');
    f.code.emit({ op: 'intrinsic', name: 'choose', dst: pick, args: [count] }, place);
    for (const [index, label] of labels.entries()) {
      if (index === labels.length - 1) {
        f.code.jump(label, place);
        break;
      }
      const next = f.code.label();
      const number = emitConstant(f, { value: BigInt(index), type: { kind: 'int', cell: 'i32' } }, node);
      const same = f.code.register('bool');
      f.code.emit({ op: 'binary', dst: same, operator: '==', kind: 'i32', left: pick, right: number }, place);
      f.code.branch(same, label, next, place);
      f.code.mark(next);
    }
  });
}

/** `machineLock(Word, 1)` is the intrinsic `lock`. A leading string literal is the instruction's text. */
function lowerIntrinsic(f: FunctionContext, node: ts.CallExpression, special: string): Reg {
  const { typing, declared, place, report } = f.compilation;
  const name = special.charAt('machine'.length).toLowerCase() + special.slice('machine'.length + 1);
  if (!(name in intrinsics)) report(node, 'dsl/intrinsic', [name]);
  const callee = typing.typeOf(node.expression);
  const parameters = callee.kind === 'fn' ? declared.signature(callee.node, callee.env).parameters : [];
  const [first] = node.arguments;
  const text = first !== undefined && ts.isStringLiteral(first) ? first.text : undefined;
  const args = node.arguments.flatMap((argument, index) => {
    if (index === 0 && text !== undefined) return [];
    const parameter = parameters[index];
    const open = parameter === undefined || parameter.rest || (parameter.type.kind === 'ptr' && parameter.type.to === undefined);
    return [open ? oneCell(f, value(f, argument), argument) : lowerArgument(f, argument, parameter)];
  });
  const type = decay(typing.typeOf(node));
  const dst = type.kind === 'void' ? undefined : f.code.register(cellKind(type));
  f.code.emit(
    { op: 'intrinsic', name, args, ...(dst === undefined ? {} : { dst }), ...(text === undefined ? {} : { text }) },
    place(node),
  );
  return dst ?? f.code.register('i32');
}

/** Intrinsics handle one-cell values; a 64-bit one goes in as its low 32 bits. */
function oneCell(f: FunctionContext, src: Reg, at: ts.Node): Reg {
  return isWide(f.code.kindOf(src)) ? convertTo(f, src, { kind: 'int', cell: 'i32' }, at) : src;
}
