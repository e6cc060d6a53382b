/** Where a program's values come from and go to: calls, registers, fields and variables, found without running it. */
import type { Func, FuncId, Instr, Program, Reg, TypeId } from '../ir/program.ts';
import { bits, usesOf } from './instructions.ts';

type Of<Op extends Instr['op']> = Extract<Instr, { op: Op }>;
export interface At<Op extends Instr['op']> {
  readonly func: Func;
  readonly instr: Of<Op>;
}

/** A global or a local with an address. */
export interface Variable {
  readonly type: TypeId;
  readonly initial: readonly { readonly offset: number; readonly value: number }[];
  readonly loads: At<'load'>[];
  readonly stores: At<'store'>[];
  /** Its address goes where it is not followed. */
  escapes: boolean;
}

export interface MemoryIndex {
  readonly calls: ReadonlyMap<FuncId, readonly At<'call'>[]>;
  readonly pointerCalls: readonly At<'callptr'>[];
  /** Functions whose address is taken. */
  readonly pointed: ReadonlySet<Func>;
  /** Where exceptions are caught. */
  readonly exceptions: readonly At<'intrinsic'>[];
  /** By field, the functions of the user that take its address, or that of an element of it, as that of a number. */
  readonly addressed: ReadonlyMap<string, ReadonlySet<Func>>;
  readonly readsOf: (func: Func, register: Reg) => readonly Instr[];
  readonly definitionsOf: (func: Func, register: Reg) => readonly Instr[];
  /** The fields that an access may mean, each as the innermost struct and the offset in it; none where there is no struct. */
  readonly fieldsAt: (type: TypeId, offset: number) => readonly string[];
  readonly loadsOf: (field: string) => readonly At<'load'>[];
  /** The variable in which an address certainly lies. */
  readonly variableOf: (func: Func, address: Reg) => Variable | undefined;
}

/** Looks through the whole program once. */
export function createMemoryIndex(program: Program): MemoryIndex {
  const calls = new Map<FuncId, At<'call'>[]>();
  const pointerCalls: At<'callptr'>[] = [];
  const exceptions: At<'intrinsic'>[] = [];
  const pointed = new Set<Func>();
  const loads = new Map<string, At<'load'>[]>();
  const addressed = new Map<string, Set<Func>>();
  const variables = new Map<string, Variable>();
  const registers = new Map<Func, { reads: Map<Reg, Instr[]>; definitions: Map<Reg, Instr[]> }>();
  const known = new Map<string, readonly string[]>();

  for (const func of program.funcs) if (func.role !== undefined) pointed.add(func);
  for (const global of program.globals) {
    for (const { offset, value } of global.initial) {
      const target = cellAt(global.type, offset) === 'fn' ? program.funcs[value - 1] : undefined;
      if (target !== undefined) pointed.add(target);
    }
    variables.set(`global ${global.id}`, { type: global.type, initial: global.initial, loads: [], stores: [], escapes: false });
  }
  for (const func of program.funcs) {
    func.locals.forEach(({ type }, index) => {
      variables.set(`${func.id} ${index}`, { type, initial: [], loads: [], stores: [], escapes: false });
    });
  }
  for (const func of program.funcs) {
    const bases = variablesIn(func);
    for (const instr of func.code) {
      if (instr.op === 'call') add(calls, instr.func, { func, instr });
      else if (instr.op === 'callptr') pointerCalls.push({ func, instr });
      else if (instr.op === 'func') pointed.add(program.funcs[instr.func - 1] as Func);
      else if (instr.op === 'intrinsic' && instr.name === 'takeException') exceptions.push({ func, instr });
      else if (instr.op === 'load') {
        const halves = bits[instr.kind] === 64 ? [0, 1] : [0];
        const keys = halves.flatMap((half) => fieldsAt(instr.type, instr.offset + half));
        for (const key of new Set(keys)) add(loads, key, { func, instr });
      }
      noteVariables(func, instr, bases);
      if (!isLibrary(func)) noteFields(func, instr);
    }
  }
  return {
    calls,
    pointerCalls,
    pointed,
    exceptions,
    addressed,
    readsOf: (func, register) => registersOf(func).reads.get(register) ?? [],
    definitionsOf: (func, register) => registersOf(func).definitions.get(register) ?? [],
    fieldsAt,
    loadsOf: (field) => loads.get(field) ?? [],
    variableOf: (func, address) => {
      const key = rootOf(func, address, new Set());
      return key === undefined ? undefined : variables.get(key);
    },
  };

  function isLibrary(func: Func): boolean {
    return program.files[func.file]?.path.startsWith('irpsight/') === true;
  }

  function registersOf(func: Func): { reads: Map<Reg, Instr[]>; definitions: Map<Reg, Instr[]> } {
    const old = registers.get(func);
    if (old !== undefined) return old;
    const [reads, definitions] = [new Map<Reg, Instr[]>(), new Map<Reg, Instr[]>()];
    for (const instr of func.code) {
      for (const register of new Set(usesOf(instr))) add(reads, register, instr);
      if ('dst' in instr && instr.dst !== undefined) add(definitions, instr.dst, instr);
    }
    registers.set(func, { reads, definitions });
    return { reads, definitions };
  }

  /** By register, the variables that the address in it may lie in. */
  function variablesIn(func: Func): ReadonlyMap<Reg, ReadonlySet<Variable>> {
    const found = new Map<Reg, Set<Variable>>();
    for (let changed = true; changed; ) {
      changed = false;
      for (const instr of func.code) {
        if (!('dst' in instr) || instr.dst === undefined) continue;
        const own = instr.op === 'global' ? `global ${instr.global}` : instr.op === 'local' ? `${func.id} ${instr.index}` : '';
        const from = sourceOf(instr);
        const given = [variables.get(own), ...(from === undefined ? [] : (found.get(from) ?? []))];
        const known = found.get(instr.dst) ?? new Set();
        const before = known.size;
        for (const one of given) if (one !== undefined) known.add(one);
        if (known.size === before) continue;
        found.set(instr.dst, known);
        changed = true;
      }
    }
    return found;
  }

  function noteVariables(func: Func, instr: Instr, bases: ReadonlyMap<Reg, ReadonlySet<Variable>>): void {
    if (bases.size === 0) return;
    if (instr.op === 'load') for (const one of bases.get(instr.base) ?? []) one.loads.push({ func, instr });
    if (instr.op === 'store') for (const one of bases.get(instr.base) ?? []) one.stores.push({ func, instr });
    if (sourceOf(instr) !== undefined || instr.op === 'binary' || instr.op === 'branch') return;
    for (const register of usesOf(instr)) for (const one of bases.get(register) ?? []) one.escapes = true;
  }

  /** The one variable that all definitions of an address lead back to. */
  function rootOf(func: Func, address: Reg, seen: Set<Reg>): string | undefined {
    if (address < func.params || seen.has(address)) return undefined;
    seen.add(address);
    const found = (registersOf(func).definitions.get(address) ?? []).map((instr) => {
      if (instr.op === 'global') return `global ${instr.global}`;
      if (instr.op === 'local') return `${func.id} ${instr.index}`;
      const from = sourceOf(instr);
      return from === undefined ? undefined : rootOf(func, from, seen);
    });
    return found.every((one) => one === found[0]) ? found[0] : undefined;
  }

  /** A number's address is taken where what a field's address is made from is read as a number or handed on as no struct. */
  function noteFields(func: Func, instr: Instr): void {
    if ((instr.op === 'load' || instr.op === 'store') && program.types[instr.type]?.kind !== 'struct') note(instr.base);
    if (instr.op === 'store' && instr.kind === 'ptr') note(instr.src);
    if (instr.op === 'return' && func.result === 'ptr' && instr.src !== undefined) note(instr.src);
    if (instr.op === 'callptr' || instr.op === 'intrinsic') for (const arg of instr.args) note(arg);
    if (instr.op !== 'call') return;
    const callee = program.funcs[instr.func - 1] as Func;
    // Of the library, only macros read numbers through pointers: the interlocked ones, and what copies memory.
    if (isLibrary(callee) && (!callee.inline || /^Rtl(Zero|Fill)/.test(callee.name))) return;
    instr.args.forEach((arg, index) => {
      if (callee.registers[index]?.kind === 'ptr' && callee.registers[index]?.pointee === undefined) note(arg);
    });

    function note(address: Reg): void {
      for (const key of fieldsOfAddress(func, address, 0, new Set())) {
        const takers = addressed.get(key) ?? new Set();
        addressed.set(key, takers.add(func));
      }
    }
  }

  function fieldsOfAddress(func: Func, address: Reg, offset: number, seen: Set<Reg>): readonly string[] {
    const pointee = structAt(func, address, new Set());
    if (pointee !== undefined) return fieldsAt(pointee, offset);
    if (seen.has(address)) return [];
    seen.add(address);
    return (registersOf(func).definitions.get(address) ?? []).flatMap((instr) => {
      const from = sourceOf(instr);
      if (from === undefined) return [];
      return fieldsOfAddress(func, from, instr.op === 'offset' ? offset + instr.offset : offset, seen);
    });
  }

  function structAt(func: Func, base: Reg, seen: Set<Reg>): TypeId | undefined {
    const declared = func.registers[base]?.pointee;
    if (declared !== undefined || seen.has(base)) return declared;
    seen.add(base);
    for (const instr of registersOf(func).definitions.get(base) ?? []) {
      if (instr.op === 'global') return program.globals[instr.global]?.type;
      if (instr.op === 'local') return func.locals[instr.index]?.type;
      const from = instr.op === 'move' ? instr.src : undefined;
      const found = from === undefined ? undefined : structAt(func, from, seen);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function fieldsAt(id: TypeId, offset: number): readonly string[] {
    const key = `${id} ${offset}`;
    const old = known.get(key);
    if (old !== undefined) return old;
    const found = fieldsIn(id, offset, undefined);
    known.set(key, found);
    return found;
  }

  function fieldsIn(id: TypeId, offset: number, around: string | undefined): readonly string[] {
    const type = program.types[id];
    if (type === undefined || offset < 0 || offset >= type.cells) return [];
    if (type.kind === 'scalar') return around === undefined ? [] : [around];
    if (type.kind === 'array') return fieldsIn(type.element, offset % (program.types[type.element]?.cells ?? 1), around);
    const inner = type.fields.flatMap((field) => fieldsIn(field.type, offset - field.offset, `${id} ${field.offset}`));
    return [...new Set(inner)];
  }

  function cellAt(id: TypeId, offset: number): string | undefined {
    const type = program.types[id];
    if (type === undefined || offset < 0 || offset >= type.cells) return undefined;
    if (type.kind === 'scalar') return type.cell;
    if (type.kind === 'array') return cellAt(type.element, offset % (program.types[type.element]?.cells ?? 1));
    const cells = type.fields.map((field) => cellAt(field.type, offset - field.offset));
    return cells.find((cell) => cell === 'fn') ?? cells.find((cell) => cell !== undefined);
  }
}

/** The register from which an instruction makes an address in the same variable. */
function sourceOf(instr: Instr): Reg | undefined {
  if (instr.op === 'move' || instr.op === 'convert') return instr.src;
  return instr.op === 'offset' || instr.op === 'element' ? instr.base : undefined;
}

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
