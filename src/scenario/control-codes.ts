/**
 * The control codes that a driver serves, read off its IR: the tests for them, what runs for each, the lengths a request needs to get there,
 * and the structure that its buffer is taken for.
 */
import type { CellKind, Func, Program, Reg, StructType, TypeId } from '../ir/program.ts';
import { comparisonsOf, type Holding, holding, type Site, type Test, testsIn } from './compare.ts';
import { callees, derived, destination, reachableFrom } from './flow.ts';
import { isWithin, type LengthRange, lengthRange, servedSide } from './lengths.ts';

export interface ControlCode {
  /** Unsigned. */
  readonly code: number;
  /** The name of the constant in the source, when it is one. */
  readonly name?: string;
  /** The structure that the driver takes the buffer for. */
  readonly buffer?: ControlBuffer;
  /** What the driver reads from that structure, fields it compares with constants first. */
  readonly inputs: readonly InputField[];
  /** Lengths in bytes of a request that the driver does not refuse for its length, as short as may be. */
  readonly inputLength: number;
  readonly outputLength: number;
}

export interface ControlBuffer {
  readonly name: string;
  readonly bytes: number;
  /** Its members as source, `Value: ULONG`, where each is of a type of the library's. */
  readonly members?: readonly string[];
}

/** An integer or BOOLEAN in a control code's input structure, and values of it that may make a difference to the driver. */
export interface InputField {
  /** As source: `Duration`, `DueTime.QuadPart`. */
  readonly path: string;
  readonly boolean: boolean;
  /** 0 and 1 first, then those on both sides of each comparison. */
  readonly values: readonly number[];
  /** Whether it is compared with a constant, and not just read. */
  readonly compared: boolean;
}

/** Integers in memory that take no plain number in the source. */
const brandedTypes = new Set(['NTSTATUS', 'KIRQL', 'HANDLE']);
/** Whoever calls one of these has the request served later. */
const keepers = new Set(['IoMarkIrpPending', 'IoStartPacket', 'IoCsqInsertIrp', 'IoCsqInsertIrpEx']);
/** METHOD_NEITHER. */
const methodNeither = 3;
/** Part of a function: all of it when `at` is absent. */
interface Piece {
  readonly func: Func;
  readonly at?: ReadonlySet<number>;
}

/** What the driver does for a control code. */
export interface ControlPart extends Site {
  readonly code: number;
  /** Instructions of the function that only a request with that code comes to; absent when they are not told apart. */
  readonly only?: ReadonlySet<number>;
}

/** Members of a structure that are written into a scenario file are of these types. */
export const plainTypes: readonly string[] = [
  'BOOLEAN',
  'CHAR',
  'LARGE_INTEGER',
  'LONG',
  'LONGLONG',
  'SHORT',
  'UCHAR',
  'ULONG',
  'ULONGLONG',
  'USHORT',
];

/**
 * The control codes that those functions test for.
 * @param served what the dispatch routine for control requests calls, itself included.
 */
export function controlCodes(program: Program, own: readonly Func[], served: readonly Func[]): readonly ControlCode[] {
  const names = controlCodeNames(program);
  const later = own.filter((func) => !served.includes(func));
  const parts = controlParts(program, served);
  const held = {
    system: holding(program, 'SystemBuffer'),
    type3: holding(program, 'Type3InputBuffer'),
    ...lengthTests(program, served),
  };
  return parts.map((part): ControlCode => {
    const { func, at, code, only } = part;
    const pieces = inlined(program, func, only);
    const onWay = testsOnWay(program, parts, part, pieces);
    const beyond = (other: Func): ReadonlySet<number> | undefined => (other === func ? only : undefined);
    const input = lengthRange(program, held.input.filter(onWay), beyond);
    const output = lengthRange(program, held.output.filter(onWay), beyond);
    const buffers = isNeither(code) ? held.type3 : held.system;
    const type = bufferType(program, buffers, pieces) ?? laterBufferType(program, buffers, later, pieces, input);
    const inputs = type === undefined ? [] : inputFields(program, own, pieces, buffers, type);
    return {
      code,
      name: names.find((name) => sourceText(program, func).includes(name.text) && constantNamed(program, func, at, name.text))
        ?.text,
      buffer: type && { name: type.name, bytes: type.bytes, members: membersOf(program, type) },
      inputs,
      inputLength: input.least,
      outputLength: output.least,
    };
  });
}

/** The codes that `served` tests for, with the tests of lengths that decide about a request with that code, and what is done when it comes past. */
export function lengthGates(
  program: Program,
  served: readonly Func[],
): readonly { readonly part: ControlPart; readonly func: Func; readonly at: number; readonly behind: ReadonlySet<number> }[] {
  const parts = controlParts(program, served);
  const tests = Object.values(lengthTests(program, served)).flat();
  return parts.flatMap((part) =>
    tests.filter(testsOnWay(program, parts, part, inlined(program, part.func, part.only))).flatMap((test) => {
      const behind = servedSide(program, test, test.func === part.func ? part.only : undefined);
      return behind === undefined || behind.size === 0 ? [] : [{ part, func: test.func, at: test.at, behind }];
    }),
  );
}

/** Comparisons of the two lengths of a control request with constants. */
function lengthTests(
  program: Program,
  served: readonly Func[],
): { readonly input: readonly Test[]; readonly output: readonly Test[] } {
  return {
    input: testsIn(program, served, holding(program, 'InputBufferLength')),
    output: testsIn(program, served, holding(program, 'OutputBufferLength')),
  };
}

/** Whether the driver gets the caller's own buffer with that code: METHOD_NEITHER. */
export function isNeither(code: number): boolean {
  return (code & 3) === methodNeither;
}

/** Where those functions test for control codes, each code once, and what follows. */
export function controlParts(program: Program, served: readonly Func[]): readonly ControlPart[] {
  const found = new Map<number, ControlPart>();
  const held = holding(program, 'IoControlCode');
  for (const func of served)
    for (const { at, operator, value } of comparisonsOf(func, held.get(func.id) ?? [])) {
      const code = value >>> 0;
      if ((operator === '==' || operator === '!=') && !found.has(code))
        found.set(code, { func, at, code, only: branchOf(func, at) });
    }
  return [...found.values()];
}

/** Whether a request with that code can come to a test: it lies in what is done for the code, or for no other alone. */
function testsOnWay(
  program: Program,
  parts: readonly ControlPart[],
  part: ControlPart,
  pieces: readonly Piece[],
): (test: Test) => boolean {
  const contains = (all: readonly Piece[], { func, at }: Site): boolean =>
    all.some((piece) => piece.func === func && (piece.at?.has(at) ?? true));
  const others = parts.flatMap((other) =>
    other === part || other.only === undefined ? [] : inlined(program, other.func, other.only),
  );
  return (test) => [test, ...test.via].every((site) => contains(pieces, site) || !contains(others, site));
}

/** What runs only when the comparison at `at` says equal: what its branch reaches on that side and not on the other. */
function branchOf(func: Func, at: number): ReadonlySet<number> | undefined {
  const test = func.code[at];
  if (test?.op !== 'binary') return undefined;
  const regs = derived(func, [test.dst]);
  const branch = func.code.slice(at + 1).find((instr) => instr.op === 'branch' && regs.has(instr.cond));
  if (branch?.op !== 'branch') return undefined;
  const [equal, other] = test.operator === '!=' ? [branch.otherwise, branch.then] : [branch.then, branch.otherwise];
  // Another code may lead to the same place.
  const elsewhere = reachableFrom(func, other, equal);
  const only = new Set([...reachableFrom(func, equal)].filter((index) => !elsewhere.has(index)));
  return only.size > 0 ? only : undefined;
}

/** That part, and the whole of every driver function it calls. */
function inlined(program: Program, func: Func, at: ReadonlySet<number> | undefined): readonly Piece[] {
  const direct = func.code.flatMap((instr, index) => (instr.op === 'call' && (at?.has(index) ?? true) ? [instr.func] : []));
  const isOwn = (callee: Func): boolean => callee.origin === 'driver';
  const called = [...callees(program, direct, isOwn)].flatMap((id) => program.funcs[id - 1] ?? []).filter(isOwn);
  return [{ func, at }, ...called.filter((callee) => callee !== func).map((callee) => ({ func: callee }))];
}

/** The structure that those parts take the buffer for: the type accessed through it. */
function bufferType(program: Program, buffers: Holding, pieces: readonly Piece[]): StructType | undefined {
  for (const { func, at } of pieces) {
    const regs = buffers.get(func.id);
    for (const [index, instr] of func.code.entries()) {
      if ((instr.op !== 'load' && instr.op !== 'store') || !regs?.has(instr.base) || !(at?.has(index) ?? true)) continue;
      const type = program.types[instr.type];
      if (type?.kind === 'struct') return type;
    }
  }
  return undefined;
}

/** Of a request that is kept: the one structure that a DPC, a worker or StartIo takes it for, when its length comes past the tests. */
function laterBufferType(
  program: Program,
  buffers: Holding,
  later: readonly Func[],
  pieces: readonly Piece[],
  input: LengthRange,
): StructType | undefined {
  const isKeeping = (func: Func, at: number): boolean => {
    const instr = func.code[at];
    return instr?.op === 'call' && keepers.has(program.funcs[instr.func - 1]?.name ?? '');
  };
  if (!pieces.some(({ func, at }) => func.code.some((_, index) => (at?.has(index) ?? true) && isKeeping(func, index))))
    return undefined;
  const found = new Set(later.flatMap((func) => bufferType(program, buffers, [{ func }]) ?? []));
  const [type] = found;
  return found.size === 1 && type !== undefined && isWithin(input, type.bytes) ? type : undefined;
}

function membersOf(program: Program, type: StructType): readonly string[] | undefined {
  const members = type.fields.flatMap(({ name, type: id }) => {
    const { name: typeName } = program.types[id] ?? { name: '' };
    return plainTypes.includes(typeName) ? [`${name}: ${typeName}`] : [];
  });
  const overlaps = new Set(type.fields.map(({ byteOffset }) => byteOffset)).size < type.fields.length;
  return members.length === type.fields.length && !overlaps ? members : undefined;
}

/** The integers that those parts of the driver, or others that take a system buffer for that structure (StartIo), read from it. */
function inputFields(
  program: Program,
  own: readonly Func[],
  pieces: readonly Piece[],
  buffers: Holding,
  type: StructType,
): readonly InputField[] {
  const found = new Map<string, { readonly boolean: boolean; readonly values: Set<number>; compared: boolean }>();
  for (const func of own) {
    const piece = pieces.find((candidate) => candidate.func === func);
    const offsets = offsetsInBuffer(func, buffers);
    for (const [index, instr] of func.code.entries()) {
      if (instr.op !== 'load' || instr.kind === 'ptr' || instr.kind === 'fn') continue;
      if (piece === undefined ? instr.type !== type.id : piece.at?.has(index) === false) continue;
      const base = offsets.get(instr.base);
      const path = base === undefined ? undefined : integerAt(program, type.id, base + instr.offset, instr.kind);
      if (path === undefined) continue;
      const field = found.get(path) ?? { boolean: instr.kind === 'bool', values: new Set([0, 1]), compared: false };
      found.set(path, field);
      for (const test of comparisonsOf(func, [instr.dst])) {
        field.compared = true;
        const other = test.operator === '<' || test.operator === '>=' ? test.value - 1 : test.value + 1;
        for (const value of [test.value, other]) if (value >= 0 && (!field.boolean || value < 2)) field.values.add(value);
      }
    }
  }
  return [...found]
    .map(([path, { boolean, values, compared }]) => ({ path, boolean, values: [...values], compared }))
    .sort((a, b) => Number(b.compared) - Number(a.compared));
}

/** Register -> how many cells into the system buffer it points. */
function offsetsInBuffer(func: Func, buffers: Holding): ReadonlyMap<Reg, number> {
  const offsets = new Map<Reg, number>();
  const held = buffers.get(func.id) ?? new Set();
  for (const reg of held) if (reg < func.params) offsets.set(reg, 0);
  for (const instr of func.code) {
    const into = instr.op === 'load' || instr.op === 'call' ? instr.dst : undefined;
    if (into !== undefined && held.has(into)) offsets.set(into, 0);
  }
  for (let size = -1; size !== offsets.size; ) {
    size = offsets.size;
    for (const instr of func.code) {
      const source = instr.op === 'move' || instr.op === 'convert' ? instr.src : instr.op === 'offset' ? instr.base : undefined;
      const from = source === undefined ? undefined : offsets.get(source);
      const into = destination(instr);
      if (from !== undefined && into !== undefined) offsets.set(into, from + (instr.op === 'offset' ? instr.offset : 0));
    }
  }
  return offsets;
}

/** The path to the field of a plain integer type, or BOOLEAN, at that offset; branded types (NTSTATUS, HANDLE) take no number. */
function integerAt(program: Program, type: TypeId, offset: number, kind: CellKind): string | undefined {
  const struct = program.types[type];
  if (struct?.kind !== 'struct') return undefined;
  for (const field of struct.fields) {
    const inner = program.types[field.type];
    const at = offset - field.offset;
    if (inner === undefined || at < 0 || at >= inner.cells) continue;
    if (inner.kind === 'scalar' && at === 0 && inner.cell === kind && !brandedTypes.has(inner.name)) return field.name;
    const rest = inner.kind === 'struct' ? integerAt(program, field.type, at, kind) : undefined;
    if (rest !== undefined) return `${field.name}.${rest}`;
  }
  return undefined;
}

/** Exported and other constants made by CTL_CODE in the driver's files. */
function controlCodeNames(program: Program): readonly { readonly text: string }[] {
  return program.files
    .filter((file) => file.origin === 'driver')
    .flatMap((file) =>
      [...file.text.matchAll(/const\s+([A-Za-z_]\w*)\s*(?::[^=;]{1,200})?=\s*CTL_CODE\s*\(/g)].map((match) => ({
        text: match[1] ?? '',
      })),
    );
}

/** Whether the comparison's source, or the `case` it comes from, spells that name. */
function constantNamed(program: Program, func: Func, at: number, name: string): boolean {
  const place = func.places[at];
  if (place === undefined) return false;
  return new RegExp(`\\b${name}\\b`).test(sourceText(program, func).slice(place.start, place.end));
}

function sourceText(program: Program, func: Func): string {
  return program.files.find((file) => file.id === func.file)?.text ?? '';
}
