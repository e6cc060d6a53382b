/** Builds small Programs directly as IR, for tests of the parts behind the compiler. */
import { type EventName, events } from '../../src/ir/events.ts';
import { type IntrinsicInfo, type IntrinsicName, intrinsics } from '../../src/ir/intrinsics.ts';
import type {
  ArithmeticKind,
  BinaryOperator,
  CellKind,
  Func,
  Global,
  Instr,
  LocalObject,
  Origin,
  Place,
  Program,
  Reg,
  RegisterInfo,
  Scenario,
  SourceFile,
  Type,
  TypeId,
  ValueKind,
} from '../../src/ir/program.ts';

export interface FuncOptions {
  readonly params?: readonly ValueKind[];
  readonly result?: ValueKind;
  readonly origin?: Origin;
  readonly role?: string;
  readonly inline?: boolean;
}

const origins: readonly Origin[] = ['driver', 'kernel', 'device', 'environment', 'scenario'];

/** A program under construction. Types, globals and functions get their ids in the order of the calls. */
export class ProgramBuilder {
  private readonly types: Type[] = [];
  private readonly globals: Global[] = [];
  private readonly funcs: FuncBuilder[] = [];
  /** A source text has one character an instruction, so that places differ. */
  private readonly lengths: number[] = origins.map(() => 1);

  scalar(name: string, cell: CellKind): TypeId {
    const cells = cell === 'i64' || cell === 'u64' ? 2 : 1;
    this.types.push({ kind: 'scalar', id: this.types.length, name, cell, cells, bytes: cells * 4 });
    return this.types.length - 1;
  }

  struct(name: string, fields: Readonly<Record<string, TypeId>>, subject?: 'irp'): TypeId {
    let offset = 0;
    const laidOut = Object.entries(fields).map(([field, type]) => {
      const at = offset;
      offset += this.types[type].cells;
      return { name: field, type, offset: at, byteOffset: at * 4 };
    });
    this.types.push({
      kind: 'struct',
      id: this.types.length,
      name,
      cells: offset,
      bytes: offset * 4,
      fields: laidOut,
      ...(subject ? { subject } : {}),
    });
    return this.types.length - 1;
  }

  array(name: string, element: TypeId, count: number): TypeId {
    const cells = this.types[element].cells * count;
    this.types.push({ kind: 'array', id: this.types.length, name, element, count, cells, bytes: cells * 4 });
    return this.types.length - 1;
  }

  global(name: string, type: TypeId, initial: Readonly<Record<number, number>> = {}): number {
    const cells = Object.entries(initial).map(([offset, value]) => ({ offset: Number(offset), value }));
    this.globals.push({ id: this.globals.length, name, file: origins.indexOf('scenario'), type, initial: cells });
    return this.globals.length - 1;
  }

  /** A function without code yet; it can be called before it is filled. */
  func(name: string, options: FuncOptions = {}): FuncBuilder {
    const origin = options.origin ?? 'driver';
    const file = origins.indexOf(origin);
    const builder = new FuncBuilder(this, this.funcs.length + 1, name, { ...options, origin }, () => ({
      file,
      start: this.lengths[file]++,
      end: this.lengths[file],
    }));
    this.funcs.push(builder);
    return builder;
  }

  /** Cell offset and kind of a scalar field. */
  field(type: TypeId, name: string): { readonly offset: number; readonly kind: CellKind } {
    const struct = this.types[type];
    const field = struct.kind === 'struct' ? struct.fields.find((candidate) => candidate.name === name) : undefined;
    const inner = field === undefined ? undefined : this.types[field.type];
    if (field === undefined || inner?.kind !== 'scalar') throw new Error(`${struct.name} has no scalar field ${name}`);
    return { offset: field.offset, kind: inner.cell };
  }

  /** Kind of the scalar type. */
  scalarKind(type: TypeId): CellKind {
    const scalar = this.types[type];
    if (scalar.kind !== 'scalar') throw new Error(`${scalar.name} is no scalar`);
    return scalar.cell;
  }

  build(
    hooks: Readonly<Record<'main' | 'timerExpired' | 'executeDpc' | 'stuck', FuncBuilder>> & { readonly final?: FuncBuilder },
    processors = 2,
    threads: readonly string[] = [],
  ): Program {
    const funcs = this.funcs.map((func) => func.finish());
    const files: SourceFile[] = origins.map((origin, id) => ({
      id,
      origin,
      path: `${origin}.ts`,
      text: '.'.repeat(this.lengths[id]),
    }));
    const scenario: Scenario = {
      name: 'Test',
      file: origins.indexOf('scenario'),
      place: { file: origins.indexOf('scenario'), start: 0, end: 1 },
      processors,
      settings: [],
      threads,
    };
    return {
      types: this.types,
      globals: this.globals,
      funcs,
      files,
      scenarios: [scenario],
      hooks: {
        main: hooks.main.id,
        timerExpired: hooks.timerExpired.id,
        executeDpc: hooks.executeDpc.id,
        stuck: hooks.stuck.id,
        ...(hooks.final === undefined ? {} : { final: hooks.final.id }),
      },
    };
  }
}

/** Code of one function, written from top to bottom. */
export class FuncBuilder {
  private readonly registers: RegisterInfo[] = [];
  private readonly locals: LocalObject[] = [];
  private readonly code: Instr[] = [];
  private readonly places: Place[] = [];
  private shared: Place | undefined;
  private readonly handled: { readonly start: number; readonly end: number }[] = [];
  /** The try blocks that are open, each with the branches to its landing. */
  private readonly tries: { readonly cond: Reg; readonly at: number }[][] = [];
  private catching = false;

  constructor(
    private readonly program: ProgramBuilder,
    readonly id: number,
    readonly name: string,
    private readonly options: FuncOptions & { readonly origin: Origin },
    private readonly nextPlace: () => Place,
  ) {
    for (const kind of options.params ?? []) this.register(kind);
  }

  /** Index of the next instruction. */
  get here(): number {
    return this.code.length;
  }

  register(kind: ValueKind): Reg {
    this.registers.push({ kind });
    return this.registers.length - 1;
  }

  const(value: number, kind: ValueKind = 'i32'): Reg {
    return this.give(kind, (dst) => ({ op: 'const', dst, value }));
  }

  set(dst: Reg, src: Reg): void {
    this.emit({ op: 'move', dst, src });
  }

  binary(left: Reg, operator: BinaryOperator, right: Reg, kind: ArithmeticKind = 'i32'): Reg {
    const compares = ['==', '!=', '<', '<=', '>', '>='].includes(operator);
    return this.give(compares ? 'bool' : kind, (dst) => ({ op: 'binary', dst, operator, kind, left, right }));
  }

  convert(src: Reg, from: ValueKind, to: ValueKind): Reg {
    return this.give(to, (dst) => ({ op: 'convert', dst, src, from, to }));
  }

  global(global: number): Reg {
    return this.give('ptr', (dst) => ({ op: 'global', dst, global }));
  }

  /** Address of a new local object. */
  local(name: string, type: TypeId): Reg {
    this.locals.push({ name, type });
    return this.give('ptr', (dst) => ({ op: 'local', dst, index: this.locals.length - 1 }));
  }

  function(func: FuncBuilder): Reg {
    return this.give('fn', (dst) => ({ op: 'func', dst, func: func.id }));
  }

  offset(base: Reg, offset: number): Reg {
    return this.give('ptr', (dst) => ({ op: 'offset', dst, base, offset }));
  }

  /** Loads a field of a struct, or the scalar itself when no field is named. */
  load(base: Reg, type: TypeId, field?: string): Reg {
    const at = this.cell(type, field);
    return this.give(at.kind, (dst) => ({ op: 'load', dst, base, type, ...at }));
  }

  store(base: Reg, type: TypeId, field: string | undefined, src: Reg): void {
    this.emit({ op: 'store', src, base, type, ...this.cell(type, field) });
  }

  call(func: FuncBuilder, ...args: Reg[]): Reg {
    const result = func.options.result;
    if (result !== undefined) return this.give(result, (dst) => ({ op: 'call', dst, func: func.id, args }));
    this.emit({ op: 'call', func: func.id, args });
    return -1;
  }

  callPointer(callee: Reg, ...args: Reg[]): void {
    this.emit({ op: 'callptr', callee, args });
  }

  /** The result register, of the kind the table gives or the one named; -1 where there is none. */
  intrinsic(name: IntrinsicName, args: readonly Reg[] = [], kind?: ValueKind): Reg {
    const info: IntrinsicInfo = intrinsics[name];
    if (info.result !== undefined) return this.give(kind ?? info.result, (dst) => ({ op: 'intrinsic', dst, name, args }));
    this.emit({ op: 'intrinsic', name, args });
    return -1;
  }

  /** Raises an event; integer arguments may be given as numbers. */
  event(name: EventName, irp: Reg | undefined, ...args: number[]): void {
    const values = args.map((value) => this.const(value));
    if ((events[name].subject === 'irp') !== (irp !== undefined)) throw new Error(`${name}: an IRP is missing or too many`);
    this.emit({ op: 'intrinsic', name: 'event', args: irp === undefined ? values : [irp, ...values], text: name });
  }

  /** Raises an exception. */
  raise(status: Reg): void {
    this.intrinsic('raiseException', [status]);
    this.unwind();
  }

  /** Behind a call that may come back with an exception: to the landing of the try around it, or out of the function, which gives nothing. */
  unwind(): void {
    const cond = this.intrinsic('exceptionPending');
    const landings = this.tries.at(-1);
    if (landings === undefined) this.if(cond, () => this.return());
    else landings.push({ cond, at: this.emit({ op: 'jump', target: -1 }) });
  }

  /** Asks before the access whether it raises, and raises then; the access must be the first instruction of what is emitted. */
  userAccess(base: Reg, access: () => void): void {
    const cond = this.intrinsic('userFault', [base]);
    const at = this.emit({ op: 'jump', target: -1 });
    access();
    const skip = this.emit({ op: 'jump', target: -1 });
    this.code[at] = { op: 'branch', cond, then: this.here, otherwise: at + 1 };
    this.raise(this.const(0xc0000005 | 0));
    this.code[skip] = { op: 'jump', target: this.here };
    this.pad();
  }

  /** Runs `handler`, which is given the code, when an exception comes out of the body. */
  tryCatch(body: () => void, handler: (code: Reg) => void): void {
    const start = this.here;
    const outermost = !this.catching;
    this.catching = true;
    this.tryBlock(
      body,
      () => {
        if (outermost) this.handled.push({ start, end: this.here });
        this.catching = !outermost;
      },
      handler,
    );
  }

  /** Runs `last` however the body is left; an exception goes on behind it. */
  tryFinally(body: () => void, last: () => void): void {
    this.tryBlock(body, last, (code) => {
      last();
      this.raise(code);
    });
  }

  /** `behind` follows the body when that is left at its end. */
  private tryBlock(body: () => void, behind: () => void, landing: (code: Reg) => void): void {
    const branches: { readonly cond: Reg; readonly at: number }[] = [];
    this.tries.push(branches);
    body();
    this.tries.pop();
    behind();
    const skip = this.emit({ op: 'jump', target: -1 });
    for (const { cond, at } of branches) this.code[at] = { op: 'branch', cond, then: this.here, otherwise: at + 1 };
    landing(this.intrinsic('takeException'));
    this.code[skip] = { op: 'jump', target: this.here };
    this.pad();
  }

  bounded(reason: string): void {
    this.emit({ op: 'intrinsic', name: 'bounded', args: [], text: reason });
  }

  /** `then` is run when the register is not zero, `otherwise` when it is. */
  if(cond: Reg, then: () => void, otherwise: () => void = () => undefined): void {
    const branch = this.emit({ op: 'jump', target: -1 });
    then();
    const skip = this.emit({ op: 'jump', target: -1 });
    this.code[branch] = { op: 'branch', cond, then: branch + 1, otherwise: this.here };
    otherwise();
    this.code[skip] = { op: 'jump', target: this.here };
    this.pad();
  }

  /** Runs the body as long as `cond`, computed anew each time, is not zero. */
  while(cond: () => Reg, body: () => void): void {
    const start = this.here;
    const tested = cond();
    const branch = this.emit({ op: 'jump', target: -1 });
    body();
    this.emit({ op: 'jump', target: start });
    this.code[branch] = { op: 'branch', cond: tested, then: branch + 1, otherwise: this.here };
    this.pad();
  }

  /** Runs the body for ever. */
  forever(body: () => void): void {
    const start = this.here;
    body();
    this.emit({ op: 'jump', target: start });
  }

  return(src?: Reg): void {
    this.emit({ op: 'return', ...(src === undefined ? {} : { src }) });
  }

  finish(): Func {
    if (this.options.result === undefined) this.return();
    const { origin, role, inline, params, result } = this.options;
    const place = this.places[0];
    return {
      id: this.id,
      name: this.name,
      file: place.file,
      origin,
      ...(role === undefined ? {} : { role }),
      inline: inline ?? false,
      paged: false,
      params: params?.length ?? 0,
      registers: this.registers,
      locals: this.locals,
      ...(result === undefined ? {} : { result }),
      code: this.code,
      places: this.places,
      ...(this.handled.length === 0 ? {} : { handled: this.handled }),
      place: { ...place, end: this.places[this.places.length - 1].end },
    };
  }

  private cell(type: TypeId, field: string | undefined): { readonly offset: number; readonly kind: CellKind } {
    return field === undefined ? { offset: 0, kind: this.program.scalarKind(type) } : this.program.field(type, field);
  }

  private give(kind: ValueKind, instr: (dst: Reg) => Instr): Reg {
    const dst = this.register(kind);
    this.emit(instr(dst));
    return dst;
  }

  /** What `body` emits is one statement: it has one place. */
  statement(body: () => void): void {
    this.shared = this.nextPlace();
    body();
    this.shared = undefined;
  }

  private emit(instr: Instr): number {
    this.code.push(instr);
    this.places.push(this.shared ?? this.nextPlace());
    return this.code.length - 1;
  }

  /** Something for a forward jump to land on, should nothing follow. */
  private pad(): void {
    this.emit({ op: 'jump', target: this.here + 1 });
  }
}
