/** Reads the textual form of a Program (`print.ts`) back. */
import type {
  ArithmeticKind,
  BinaryOperator,
  CellKind,
  Field,
  Func,
  Global,
  Instr,
  InstrRange,
  LocalObject,
  Origin,
  Place,
  Program,
  RegisterInfo,
  Scenario,
  SourceFile,
  Type,
  ValueKind,
} from './program.ts';
import { Reader, Unreadable } from './reader.ts';

export interface ParseResult {
  /** Absent when there are problems. */
  readonly program?: Program;
  /** What cannot be read, with line numbers from 1. */
  readonly problems: readonly string[];
}

/** The program that `text` describes. What it says is not checked beyond its form: that is the validator's part. */
export function parseProgram(text: string): ParseResult {
  const reader = new Reader(text);
  try {
    return { program: readProgram(reader), problems: [] };
  } catch (error) {
    if (error instanceof Unreadable) return { problems: [error.message] };
    throw error;
  }
}

const cellKinds: ReadonlySet<string> = new Set<CellKind>([
  'i8',
  'u8',
  'i16',
  'u16',
  'i32',
  'u32',
  'i64',
  'u64',
  'bool',
  'ptr',
  'fn',
]);
const arithmeticKinds: ReadonlySet<string> = new Set<ArithmeticKind>(['i32', 'u32', 'i64', 'u64', 'ptr']);
const origins: ReadonlySet<string> = new Set<Origin>(['driver', 'kernel', 'device', 'environment', 'scenario']);
const binaryOperators: ReadonlySet<string> = new Set<BinaryOperator>([
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '<<',
  '>>',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
]);
const unaryOperators: ReadonlySet<string> = new Set(['-', '~', '!']);

function readProgram(reader: Reader): Program {
  const types: Type[] = [];
  const files: SourceFile[] = [];
  const globals: Global[] = [];
  const funcs: Func[] = [];
  const scenarios: Scenario[] = [];
  while (!reader.atEnd()) {
    switch (reader.word()) {
      case 'type':
        types.push(readType(reader));
        break;
      case 'file':
        files.push({ id: reader.number(), origin: origin(reader), path: reader.string(), text: reader.string() });
        reader.endLine();
        break;
      case 'global':
        globals.push(readGlobal(reader));
        break;
      case 'func':
        funcs.push(readFunc(reader));
        break;
      case 'scenario':
        scenarios.push(readScenario(reader));
        break;
      case 'hooks': {
        const hooks = {
          main: labelled(reader, 'main'),
          timerExpired: labelled(reader, 'timerExpired'),
          executeDpc: labelled(reader, 'executeDpc'),
          stuck: labelled(reader, 'stuck'),
          ...(reader.peek() === 'final' ? { final: labelled(reader, 'final') } : {}),
        };
        reader.endLine();
        if (!reader.atEnd()) reader.fail('nothing after the hooks');
        return { types, files, globals, funcs, scenarios, hooks };
      }
      default:
        reader.fail('type, file, global, func, scenario or hooks before what was read');
    }
  }
  return reader.fail('hooks');
}

function readType(reader: Reader): Type {
  const id = reader.number();
  const kind = reader.word();
  const name = reader.string();
  if (kind === 'scalar') {
    const cell = valueKind(reader);
    const type: Type = { kind, id, name, cell, ...sizes(reader) };
    reader.endLine();
    return type;
  }
  if (kind === 'array') {
    const type: Type = { kind, id, name, element: labelled(reader, 'of'), count: labelled(reader, 'count'), ...sizes(reader) };
    reader.endLine();
    return type;
  }
  if (kind !== 'struct') return reader.fail('scalar, struct or array before the name');
  const size = sizes(reader);
  const subject = reader.has('subject');
  if (subject) reader.expect('irp');
  reader.endLine();
  const fields: Field[] = [];
  while (reader.lineStartsWith('field')) {
    reader.expect('field');
    fields.push({
      name: reader.string(),
      type: labelled(reader, 'type'),
      offset: labelled(reader, 'offset'),
      byteOffset: labelled(reader, 'byteOffset'),
    });
    reader.endLine();
  }
  return { kind, id, name, ...size, fields, ...(subject ? { subject: 'irp' } : {}) };
}

function readGlobal(reader: Reader): Global {
  const head = { id: reader.number(), name: reader.string(), file: labelled(reader, 'file'), type: labelled(reader, 'type') };
  reader.expect('initial');
  const initial: { offset: number; value: number }[] = [];
  while (reader.peek() !== undefined) initial.push({ offset: reader.number(), value: labelled(reader, '=') });
  reader.endLine();
  return { ...head, initial };
}

function readFunc(reader: Reader): Func {
  const head = {
    id: reader.number(),
    name: reader.string(),
    file: labelled(reader, 'file'),
    origin: origin(reader),
    ...(reader.has('role') ? { role: reader.string() } : {}),
    inline: reader.has('inline'),
    paged: reader.has('paged'),
    params: labelled(reader, 'params'),
    ...(reader.has('result') ? { result: valueKind(reader) } : {}),
    place: place(reader),
  };
  reader.endLine();
  const registers: RegisterInfo[] = [];
  while (reader.lineStartsWith('register')) {
    reader.expect('register');
    if (reader.register() !== registers.length) reader.fail(`register r${registers.length} on this line`);
    registers.push({
      kind: valueKind(reader),
      ...(reader.has('name') ? { name: reader.string() } : {}),
      ...(reader.has('pointee') ? { pointee: reader.number() } : {}),
    });
    reader.endLine();
  }
  const locals: LocalObject[] = [];
  while (reader.lineStartsWith('local')) {
    reader.expect('local');
    if (reader.number() !== locals.length) reader.fail(`local ${locals.length} on this line`);
    locals.push({ name: reader.string(), type: labelled(reader, 'type') });
    reader.endLine();
  }
  const handled: InstrRange[] = [];
  while (reader.lineStartsWith('handled')) {
    reader.expect('handled');
    handled.push({ start: reader.number(), end: reader.number() });
    reader.endLine();
  }
  const code: Instr[] = [];
  const places: Place[] = [];
  while (!reader.atEnd() && /^\d+$/.test(reader.peek() ?? '')) {
    if (reader.number() !== code.length) reader.fail(`instruction ${code.length} on this line`);
    reader.expect(':');
    code.push(readInstr(reader));
    if (reader.peek() === '@') places.push(place(reader));
    reader.endLine();
  }
  return { ...head, registers, locals, code, places, ...(handled.length === 0 ? {} : { handled }) };
}

function readScenario(reader: Reader): Scenario {
  const head = {
    name: reader.string(),
    file: labelled(reader, 'file'),
    processors: labelled(reader, 'processors'),
    ...(reader.has('maxPreemptions') ? { maxPreemptions: reader.number() } : {}),
    place: place(reader),
  };
  reader.endLine();
  const settings: { global: number; offset: number; value: number }[] = [];
  while (reader.lineStartsWith('setting')) {
    settings.push({ global: labelled(reader, 'setting'), offset: labelled(reader, '+'), value: labelled(reader, '=') });
    reader.endLine();
  }
  const threads: string[] = [];
  while (reader.lineStartsWith('thread')) {
    reader.expect('thread');
    threads.push(reader.string());
    reader.endLine();
  }
  return { ...head, settings, threads };
}

function readInstr(reader: Reader): Instr {
  if (reader.has('store')) {
    const kind = valueKind(reader);
    const base = reader.register();
    const offset = labelled(reader, '+');
    const type = labelled(reader, 'type');
    reader.expect('=');
    return { op: 'store', src: reader.register(), base, type, offset, kind };
  }
  if (reader.has('jump')) return { op: 'jump', target: reader.number() };
  if (reader.has('branch')) {
    return { op: 'branch', cond: reader.register(), then: labelled(reader, 'then'), otherwise: labelled(reader, 'otherwise') };
  }
  if (reader.has('return')) {
    return { op: 'return', ...(reader.peek()?.startsWith('r') ? { src: reader.register() } : {}) };
  }
  if (reader.peek(1) !== '=') return readCall(reader, {});
  const dst = reader.register();
  reader.expect('=');
  return readAssignment(reader, dst);
}

function readAssignment(reader: Reader, dst: number): Instr {
  if (reader.has('const')) return { op: 'const', dst, value: reader.number() };
  if (reader.has('move')) return { op: 'move', dst, src: reader.register() };
  if (reader.has('convert')) {
    const src = reader.register();
    const from = valueKind(reader);
    reader.expect('to');
    return { op: 'convert', dst, src, from, to: valueKind(reader) };
  }
  if (reader.has('offset')) return { op: 'offset', dst, base: reader.register(), offset: labelled(reader, '+') };
  if (reader.has('element')) {
    const base = reader.register();
    reader.expect('[');
    const index = reader.register();
    reader.expect(']');
    return { op: 'element', dst, base, index, stride: labelled(reader, 'stride'), count: labelled(reader, 'count') };
  }
  if (reader.has('load')) {
    const kind = valueKind(reader);
    return { op: 'load', dst, base: reader.register(), offset: labelled(reader, '+'), type: labelled(reader, 'type'), kind };
  }
  if (reader.has('local')) return { op: 'local', dst, index: reader.number() };
  if (reader.has('global')) return { op: 'global', dst, global: reader.number() };
  if (reader.has('func')) return { op: 'func', dst, func: reader.number() };
  if (!arithmeticKinds.has(reader.peek() ?? '')) return readCall(reader, { dst });
  const kind = reader.oneOf<ArithmeticKind>(arithmeticKinds, 'a kind');
  if (unaryOperators.has(reader.peek() ?? '')) {
    return {
      op: 'unary',
      dst,
      operator: reader.oneOf<'-' | '~' | '!'>(unaryOperators, 'an operator'),
      kind,
      src: reader.register(),
    };
  }
  const left = reader.register();
  return {
    op: 'binary',
    dst,
    operator: reader.oneOf<BinaryOperator>(binaryOperators, 'an operator'),
    kind,
    left,
    right: reader.register(),
  };
}

function readCall(reader: Reader, into: { dst?: number }): Instr {
  if (reader.has('call')) return { op: 'call', ...into, func: reader.number(), args: readArgs(reader) };
  if (reader.has('callptr')) return { op: 'callptr', ...into, callee: reader.register(), args: readArgs(reader) };
  if (!reader.has('intrinsic')) return reader.fail('an instruction');
  const name = reader.word();
  const args = readArgs(reader);
  return { op: 'intrinsic', ...into, name, args, ...(reader.peek()?.startsWith('"') ? { text: reader.string() } : {}) };
}

function readArgs(reader: Reader): number[] {
  const args: number[] = [];
  reader.expect('(');
  while (!reader.has(')')) args.push(reader.register());
  return args;
}

function sizes(reader: Reader): { cells: number; bytes: number } {
  return { cells: labelled(reader, 'cells'), bytes: labelled(reader, 'bytes') };
}

function place(reader: Reader): Place {
  reader.expect('@');
  return { file: reader.number(), start: reader.number(), end: reader.number() };
}

function labelled(reader: Reader, word: string): number {
  reader.expect(word);
  return reader.number();
}

function origin(reader: Reader): Origin {
  return reader.oneOf<Origin>(origins, 'an origin');
}

function valueKind(reader: Reader): ValueKind {
  return reader.oneOf<ValueKind>(cellKinds, 'a kind of value');
}
