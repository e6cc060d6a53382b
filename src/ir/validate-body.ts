/** The part of the validator that checks a function's instructions: registers and their kinds, targets, ids, intrinsics. */
import { events } from './events.ts';
import { type IntrinsicName, intrinsics } from './intrinsics.ts';
import type { CellKind, Func, Instr, Program, Reg, Type, TypeId, ValueKind } from './program.ts';
import { canHold, fits, isNarrow, isWide } from './values.ts';

/** Appends what is wrong with the code of `func`; its types, locals and places have been checked. */
export function validateBody(func: Func, program: Program, problems: string[]): void {
  func.code.forEach((instr, index) => {
    const body: Body = {
      func,
      program,
      end: func.code.length,
      say: (text) => {
        problems.push(`Function "${func.name}", instruction ${index} (${instr.op}): ${text}`);
      },
    };
    if (registersOf(instr).every((register) => exists(register, body))) checkInstr(instr, body);
  });
  const last = func.code.at(-1);
  if (last === undefined || !(last.op === 'return' || last.op === 'jump' || last.op === 'branch')) {
    problems.push(`Function "${func.name}" runs past its last instruction.`);
  } else {
    checkAtomicSections(func, problems);
  }
}

interface Body {
  readonly func: Func;
  readonly program: Program;
  readonly end: number;
  say(text: string): void;
}

function checkInstr(instr: Instr, body: Body): void {
  const kind = (register: Reg): ValueKind => body.func.registers[register].kind;
  const { program, say } = body;
  switch (instr.op) {
    case 'const':
      if (!canHold(kind(instr.dst), instr.value))
        say(`${instr.value} is no value of r${instr.dst}, which is ${kind(instr.dst)}.`);
      else if (!isNarrow(kind(instr.dst)) && !isWide(kind(instr.dst)) && instr.value !== 0) {
        say(`A constant ${kind(instr.dst)} can only be 0, not ${instr.value}.`);
      }
      break;
    case 'move':
      mustFit(kind(instr.src), kind(instr.dst), `r${instr.src} into r${instr.dst}`, body);
      break;
    case 'binary': {
      const compares = ['==', '!=', '<', '<=', '>', '>='].includes(instr.operator);
      operand(instr.left, instr.kind, body);
      // C does not convert the amount of a shift.
      if (instr.operator === '<<' || instr.operator === '>>') {
        if (!isNarrow(kind(instr.right)) && !isWide(kind(instr.right)))
          say(`r${instr.right} is ${kind(instr.right)}, no amount to shift by.`);
      } else operand(instr.right, instr.kind, body);
      if (instr.kind === 'ptr' && instr.operator !== '==' && instr.operator !== '!=')
        say(`${instr.operator} is not defined on ptr.`);
      if (instr.kind === 'ptr' && kind(instr.left) !== kind(instr.right)) say('A ptr and an fn cannot be compared.');
      mustFit(compares ? 'bool' : instr.kind, kind(instr.dst), `the result into r${instr.dst}`, body);
      break;
    }
    case 'unary':
      operand(instr.src, instr.kind, body);
      if (instr.kind === 'ptr' && instr.operator !== '!') say(`${instr.operator} is not defined on ptr.`);
      mustFit(instr.operator === '!' ? 'bool' : instr.kind, kind(instr.dst), `the result into r${instr.dst}`, body);
      break;
    case 'convert':
      mustFit(kind(instr.src), instr.from, `r${instr.src} as ${instr.from}`, body);
      mustFit(instr.to, kind(instr.dst), `the result into r${instr.dst}`, body);
      break;
    case 'offset':
      pointer(instr.base, body);
      pointer(instr.dst, body);
      break;
    case 'element':
      pointer(instr.base, body);
      pointer(instr.dst, body);
      if (!isNarrow(kind(instr.index)) && !isWide(kind(instr.index))) say(`The index r${instr.index} is ${kind(instr.index)}.`);
      if (instr.stride < 1 || instr.count < 0) say(`A stride of ${instr.stride} and a count of ${instr.count} make no array.`);
      break;
    case 'load':
    case 'store': {
      pointer(instr.base, body);
      if (program.types[instr.type] === undefined) say(`Type ${instr.type} does not exist.`);
      else if (!kindsAt(program.types, instr.type, instr.offset).has(instr.kind)) {
        say(`"${program.types[instr.type].name}" has no ${instr.kind} at cell ${instr.offset}.`);
      }
      if (instr.op === 'load') mustFit(instr.kind, kind(instr.dst), `the cell into r${instr.dst}`, body);
      else mustFit(kind(instr.src), instr.kind, `r${instr.src} into the cell`, body);
      break;
    }
    case 'local':
      pointer(instr.dst, body);
      if (body.func.locals[instr.index] === undefined) say(`Local ${instr.index} does not exist.`);
      break;
    case 'global':
      pointer(instr.dst, body);
      if (program.globals[instr.global] === undefined) say(`Global ${instr.global} does not exist.`);
      break;
    case 'func':
      if (kind(instr.dst) !== 'fn') say(`r${instr.dst} is ${kind(instr.dst)}, not fn.`);
      if (program.funcs[instr.func - 1] === undefined) say(`Function ${instr.func} does not exist.`);
      break;
    case 'jump':
      target(instr.target, body);
      break;
    case 'branch':
      target(instr.then, body);
      target(instr.otherwise, body);
      break;
    case 'call':
      checkCall(instr, body);
      break;
    case 'callptr':
      if (kind(instr.callee) !== 'fn') say(`r${instr.callee} is ${kind(instr.callee)}, not fn.`);
      break;
    case 'intrinsic':
      checkIntrinsic(instr, body);
      break;
    case 'return':
      if (instr.src === undefined && body.func.result !== undefined) say(`The function gives ${body.func.result}.`);
      else if (instr.src !== undefined && body.func.result === undefined) say('The function gives nothing.');
      else if (instr.src !== undefined && body.func.result !== undefined) {
        mustFit(kind(instr.src), body.func.result, `r${instr.src} as result`, body);
      }
      break;
  }
}

function checkCall(instr: Instr & { readonly op: 'call' }, body: Body): void {
  const callee = body.program.funcs[instr.func - 1];
  if (callee === undefined) {
    body.say(`Function ${instr.func} does not exist.`);
    return;
  }
  if (callee.params !== instr.args.length) {
    body.say(`"${callee.name}" takes ${callee.params} arguments, not ${instr.args.length}.`);
    return;
  }
  instr.args.forEach((arg, index) => {
    mustFit(body.func.registers[arg].kind, callee.registers[index].kind, `argument ${index + 1}, r${arg},`, body);
  });
  if (instr.dst === undefined) return;
  if (callee.result === undefined) body.say(`"${callee.name}" gives nothing for r${instr.dst}.`);
  else mustFit(callee.result, body.func.registers[instr.dst].kind, `the result into r${instr.dst}`, body);
}

const pointerArguments: ReadonlySet<string> = new Set([
  'record',
  'object',
  'address',
  'to',
  'from',
  'word',
  'header',
  'thread',
  'dpc',
  'timer',
]);

function checkIntrinsic(instr: Instr & { readonly op: 'intrinsic' }, body: Body): void {
  if (!Object.hasOwn(intrinsics, instr.name)) {
    body.say(`There is no intrinsic "${instr.name}".`);
    return;
  }
  const name = instr.name as IntrinsicName;
  const kind = (register: Reg): ValueKind => body.func.registers[register].kind;
  if (name === 'event') {
    checkEvent(instr, body);
    return;
  }
  const info: { readonly args: readonly string[]; readonly result?: ValueKind } = intrinsics[name];
  if (instr.args.length !== info.args.length) {
    body.say(`"${name}" takes ${info.args.length} arguments, not ${instr.args.length}.`);
    return;
  }
  const interlocked = name === 'exchange' || name === 'compareExchange';
  info.args.forEach((arg, index) => {
    const found = kind(instr.args[index]);
    if (pointerArguments.has(arg)) pointer(instr.args[index], body);
    else if (arg === 'routine') {
      if (found !== 'fn') body.say(`The routine, r${instr.args[index]}, is ${found}, not fn.`);
    } else if (arg === 'a' || arg === 'b' || (interlocked && (arg === 'value' || arg === 'comparand'))) {
      if (isWide(found)) body.say(`"${arg}", r${instr.args[index]}, is ${found}; it must be of one cell.`);
    } else if (arg === 'size' || arg === 'count' || arg === 'micros') {
      if (!isNarrow(found) && !isWide(found)) body.say(`"${arg}", r${instr.args[index]}, is ${found}, no integer.`);
    } else if (!isNarrow(found)) body.say(`"${arg}", r${instr.args[index]}, is ${found}, no integer of one cell.`);
  });
  if (name === 'bounded' && instr.text === undefined) body.say('The reason is missing.');
  if (instr.dst === undefined) return;
  if (info.result === undefined) body.say(`"${name}" gives nothing for r${instr.dst}.`);
  else if (interlocked) {
    if (isWide(kind(instr.dst))) body.say(`The result is of one cell, r${instr.dst} is ${kind(instr.dst)}.`);
  } else if (info.result === 'i32' ? !isNarrow(kind(instr.dst)) : !fits(info.result, kind(instr.dst))) {
    body.say(`The result, ${info.result}, does not fit into r${instr.dst}, which is ${kind(instr.dst)}.`);
  }
}

function checkEvent(instr: Instr & { readonly op: 'intrinsic' }, body: Body): void {
  const name = instr.text ?? '';
  if (!isModelEvent(name)) {
    body.say(`A model can raise no event "${name}".`);
    return;
  }
  const info = events[name];
  const expected = info.args.length + (info.subject === 'irp' ? 1 : 0);
  if (instr.args.length !== expected) {
    body.say(`"${name}" has ${expected} arguments, not ${instr.args.length}.`);
    return;
  }
  instr.args.forEach((arg, index) => {
    if (info.subject === 'irp' && index === 0) pointer(arg, body);
    else if (!isNarrow(body.func.registers[arg].kind)) {
      body.say(`Argument ${index + 1} of "${name}", r${arg}, is ${body.func.registers[arg].kind}, no integer of one cell.`);
    }
  });
  if (instr.dst !== undefined) body.say('An event gives nothing.');
}

/** Sections nest, each instruction lies at one depth whichever way it is reached, and none is open at a return. */
function checkAtomicSections(func: Func, problems: string[]): void {
  const depths = new Map<number, number>();
  const work: [at: number, depth: number][] = [[0, 0]];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const [at, depth] = next;
    const known = depths.get(at);
    if (known !== undefined || at < 0 || at >= func.code.length) {
      if (known !== undefined && known !== depth) {
        problems.push(
          `Function "${func.name}", instruction ${at}: it is reached within ${known} and within ${depth} atomic sections.`,
        );
      }
      continue;
    }
    depths.set(at, depth);
    const instr = func.code[at];
    let after = depth;
    if (instr.op === 'intrinsic' && (instr.name === 'atomicBegin' || instr.name === 'hardware')) after++;
    if (instr.op === 'intrinsic' && instr.name === 'atomicEnd') after--;
    if (after < 0) problems.push(`Function "${func.name}", instruction ${at}: no atomic section is open.`);
    else if (instr.op === 'return' && depth > 0)
      problems.push(`Function "${func.name}", instruction ${at}: an atomic section is open at a return.`);
    else if (instr.op === 'jump') work.push([instr.target, after]);
    else if (instr.op === 'branch') work.push([instr.then, after], [instr.otherwise, after]);
    else if (instr.op !== 'return') work.push([at + 1, after]);
  }
}

function exists(register: Reg, body: Body): boolean {
  if (body.func.registers[register] !== undefined) return true;
  body.say(`r${register} does not exist.`);
  return false;
}

function registersOf(instr: Instr): Reg[] {
  switch (instr.op) {
    case 'const':
    case 'local':
    case 'global':
    case 'func':
      return [instr.dst];
    case 'move':
    case 'unary':
    case 'convert':
      return [instr.dst, instr.src];
    case 'binary':
      return [instr.dst, instr.left, instr.right];
    case 'offset':
    case 'load':
      return [instr.dst, instr.base];
    case 'element':
      return [instr.dst, instr.base, instr.index];
    case 'store':
      return [instr.src, instr.base];
    case 'jump':
      return [];
    case 'branch':
      return [instr.cond];
    case 'call':
    case 'intrinsic':
      return [...(instr.dst === undefined ? [] : [instr.dst]), ...instr.args];
    case 'callptr':
      return [...(instr.dst === undefined ? [] : [instr.dst]), instr.callee, ...instr.args];
    case 'return':
      return instr.src === undefined ? [] : [instr.src];
  }
}

function operand(register: Reg, kind: 'i32' | 'u32' | 'i64' | 'u64' | 'ptr', body: Body): void {
  const found = body.func.registers[register].kind;
  const suits = kind === 'ptr' ? found === 'ptr' || found === 'fn' : fits(found, kind);
  if (!suits) body.say(`The operand r${register} is ${found}, not ${kind}.`);
}

function pointer(register: Reg, body: Body): void {
  const found = body.func.registers[register].kind;
  if (found !== 'ptr') body.say(`r${register} is ${found}, not ptr.`);
}

function target(index: number, body: Body): void {
  if (!Number.isInteger(index) || index < 0 || index >= body.end)
    body.say(`It goes to ${index}, and there are ${body.end} instructions.`);
}

function mustFit(from: ValueKind, to: ValueKind, what: string, body: Body): void {
  if (!fits(from, to)) body.say(`${from} does not fit into ${to}: ${what} needs a conversion.`);
}

/** Kinds of the scalars that start at that cell of the type; several where union members overlap. */
function kindsAt(types: readonly Type[], id: TypeId, offset: number): ReadonlySet<CellKind> {
  const kinds = new Set<CellKind>();
  const visit = (type: Type, at: number): void => {
    if (at < 0 || at >= type.cells) return;
    if (type.kind === 'scalar') {
      if (at === 0) kinds.add(type.cell);
    } else if (type.kind === 'array') {
      const element = types[type.element];
      visit(element, at % element.cells);
    } else {
      for (const field of type.fields) visit(types[field.type], at - field.offset);
    }
  };
  visit(types[id], offset);
  return kinds;
}

/** Whether `machine.event` may raise it: it is known and not the machine's own. */
function isModelEvent(name: string): name is keyof typeof events {
  return Object.hasOwn(events, name) && !('native' in events[name as keyof typeof events]);
}
