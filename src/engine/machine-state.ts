import type { Func, FuncId, Program } from '../ir/program.ts';
import type { GeneratedFunction } from './codegen.ts';
import type { IrpCells } from './irp-state.ts';
import { irpCells } from './irp-state.ts';
import {
  ALIVE,
  ATOMIC_HOLDER,
  contextBase,
  FP,
  FRAME_FUNC,
  FRAME_PC,
  GUARD,
  GUARD_CELL,
  Guard,
  HELD,
  LOCKS,
  MAX_CONTEXT_GHOSTS,
  MAX_LOCKS,
  MAX_MACHINE_GHOSTS,
  PENDING,
  PICKS,
  SCRATCH,
  STACK_CELLS,
  stackBase,
  TERMINATED,
  WAIT_LEFT,
} from './layout.ts';
import { LockOrders } from './lock-orders.ts';
import type { MachineOptions, Observer, Report } from './machine-types.ts';
import { EngineError, Status, signature } from './machine-types.ts';
import { Memory } from './memory.ts';
import { Movers } from './movers.ts';
import { Objects } from './objects.ts';
import type { CompiledRules } from './rules.ts';

/** State of the machine and of its running context. */
export abstract class MachineState {
  readonly program: Program;
  readonly processors: number;
  readonly rules: CompiledRules;
  readonly memory: Memory;
  readonly cells: Int32Array;
  readonly scratch = new Int32Array(STACK_CELLS);
  readonly objects: Objects;
  readonly movers: Movers;
  readonly orders: LockOrders;
  readonly observer: Observer | undefined;
  /** First cells of the globals, by id. */
  readonly globals = new Map<number, number>();
  /** The same for generated code; 0 for none. */
  readonly globalCells: Int32Array;
  readonly reached: Uint8Array[];
  /** Told of each IRP that an instruction `observe` looks at; without it they do nothing. */
  onObserve: ((irp: number) => void) | undefined;
  /** Where in an IRP its cancel state is; undefined in a program without IRPs. */
  protected readonly irpCells: IrpCells | undefined;
  /** Breaches of the step just taken, and why any path taken so far is only bounded. */
  reports: Report[] = [];
  readonly bounds = new Set<string>();
  /** Visible instructions that the last step went through. */
  passes = 0;
  /** How often the last step could have stopped behind its first instruction, and at which of these it is to stop in any case; 0 for none. */
  asked = 0;
  haltAt = 0;

  // What generated code reads and writes.
  context = 0;
  fp = 0;
  sp = 0;
  ret = 0;
  pick = 0;
  pc = 0;
  func = 0;
  jumps = 0;
  /** What the driver's store about to be checked will write, where it is an i32. */
  value = 0;
  /** The object that the fault being raised found freed, or that is being reported as leaked. */
  goneObject = 0;
  readonly eventArgs = new Int32Array(16);
  readonly callArgs: number[] = [];

  /** Whether the present step has accessed, as local, what others can reach. */
  protected localSince = false;
  protected readonly fusion: boolean;
  protected readonly reduceMovers: boolean;
  protected at = 0;
  protected fresh = false;
  /** Whether the instruction gone through last was the one the step began at. */
  protected passedFresh = false;
  protected onePiece = false;
  protected atomic = false;
  protected alone = false;
  protected mustCheckProcessor = false;
  protected cutByRule = false;
  protected low = 0;
  /** The event being raised. */
  protected raised = 0;
  protected lockSet = 0;
  /** Number of the present stretch of a run: within one, nothing happens that another context could see. */
  protected stretch = 0;
  protected readonly args = new Int32Array(16);
  protected readonly functions: GeneratedFunction[] = [];
  protected readonly signatures: string[];
  protected readonly driver: Uint8Array;
  protected readonly transparent: Uint8Array;
  protected readonly inline: Uint8Array;
  protected readonly cancelRole: Uint8Array;
  protected readonly lastReturn = new Int32Array(SCRATCH + 1);
  /** The frame to which a driver function of each context returned last; for replays. */
  readonly returnedTo = new Int32Array(SCRATCH + 1).fill(-1);
  protected readonly typeOffset: number;
  protected readonly signalOffset: number;

  constructor(options: MachineOptions) {
    const { program, rules } = options;
    this.program = program;
    this.processors = options.processors;
    this.rules = rules;
    this.fusion = options.fusion;
    this.reduceMovers = options.movers;
    this.memory = new Memory(options.cells);
    this.cells = this.memory.cells;
    this.movers = new Movers(options.movers, this.cells.length);
    this.observer = options.observer;
    this.orders = new LockOrders(options.observer !== undefined);
    if (rules.contextGhosts > MAX_CONTEXT_GHOSTS) throw new EngineError('too many rules about contexts');
    if (rules.machineGhosts > MAX_MACHINE_GHOSTS) throw new EngineError('too many rules about the machine');
    this.objects = new Objects(program, this.memory, rules.irpGhosts);
    const flags = (test: (func: Func) => boolean): Uint8Array =>
      Uint8Array.from([0, ...program.funcs.map((func) => (test(func) ? 1 : 0))]);
    this.driver = flags((func) => func.origin === 'driver');
    this.transparent = flags((func) => func.origin === 'kernel' || func.origin === 'device');
    this.inline = flags((func) => func.inline);
    this.cancelRole = flags((func) => func.role === 'DRIVER_CANCEL');
    this.signatures = ['', ...program.funcs.map((func) => signature(func.registers.slice(0, func.params).map((r) => r.kind)))];
    this.reached = program.funcs.map((func) => new Uint8Array(func.code.length));
    this.irpCells = irpCells(program);
    const header = program.types.find((type) => type.name === 'DISPATCHER_HEADER');
    const offset = (name: string, otherwise: number): number =>
      (header?.kind === 'struct' ? header.fields.find((field) => field.name === name)?.offset : undefined) ?? otherwise;
    this.typeOffset = offset('Type', 0);
    this.signalOffset = offset('SignalState', 1);
    for (const global of program.globals) {
      const base = this.objects.makeGlobal(global.type);
      if (base === 0) throw new EngineError('the globals do not fit into memory');
      this.globals.set(global.id, base);
      for (const cell of global.initial) this.memory.set(base + cell.offset, cell.value | 0);
    }
    this.globalCells = new Int32Array(Math.max(0, ...this.globals.keys()) + 1);
    for (const [id, base] of this.globals) this.globalCells[id] = base;
    for (const setting of options.scenario.settings) {
      const base = this.globals.get(setting.global);
      if (base === undefined) throw new EngineError(`scenario ${options.scenario.name} sets a global that does not exist`);
      this.memory.set(base + setting.offset, setting.value | 0);
    }
  }

  /** Whether the search so far took something for granted that turned out not to hold, and has to begin again. */
  get tainted(): boolean {
    return this.movers.tainted || this.orders.tainted;
  }

  /** Before a search from the initial state. */
  restart(): void {
    this.movers.restart(this.objects.end);
    this.orders.tainted = false;
  }

  set(index: number, value: number): void {
    this.memory.set(index, value);
  }

  setCell(index: number, value: number): void {
    this.memory.set(index, value);
  }

  /** The function at whose entry, or within which, a context is to go on, and where. */
  pointOf(context: number): { func: FuncId; pc: number } {
    const frame = stackBase(context) + this.cells[contextBase(context) + FP];
    return { func: this.cells[frame + FRAME_FUNC], pc: Math.max(0, this.cells[frame + FRAME_PC]) };
  }

  /** Number of answers of the `choose` that a context stands at, else 0. */
  picksOf(context: number): number {
    return this.cells[contextBase(context) + PICKS];
  }

  /** Whether what the context does next is a wait that is not satisfied. */
  waits(context: number): boolean {
    const guard = this.cells[contextBase(context) + GUARD];
    return guard !== Guard.none && guard !== Guard.lock && !this.guardOpen(context);
  }

  /** Whether the context's next instruction is enabled. */
  guardOpen(context: number): boolean {
    const at = contextBase(context);
    const cell = this.cells[at + GUARD_CELL];
    switch (this.cells[at + GUARD]) {
      case Guard.lock:
        return this.cells[cell] === 0 || this.gone(cell);
      case Guard.wait:
        return this.cells[cell] > 0 || this.gone(cell);
      case Guard.timedWait:
        return this.cells[cell] > 0 || this.cells[at + WAIT_LEFT] < 0 || this.gone(cell);
      case Guard.several:
        return this.letsGo(cell) >= 0;
      case Guard.timedSeveral:
        return this.letsGo(cell) >= 0 || this.cells[at + WAIT_LEFT] < 0;
      case Guard.userWait:
        return this.cells[cell] > 0 || this.cells[TERMINATED] === 1 || this.gone(cell);
      case Guard.patient:
        return this.cells[cell] > 0 || this.cells[at + WAIT_LEFT] < 0 || this.gone(cell);
      case Guard.interrupt:
        return this.cells[cell] > 0;
      case Guard.hardware:
        return cell === 0 || this.cells[cell] > 0;
      default:
        return true;
    }
  }

  /**
   * Of a wait for several headers (`waitSeveral`): the index of the first that lets the context go on, 0 where all are to and do; -1 where
   * the context waits. A header that is gone does, into the fault.
   */
  letsGo(record: number): number {
    const count = this.cells[record];
    const all = this.cells[record + 1] !== 0;
    for (let i = 0; i < count; i++) {
      const header = this.cells[record + 2 + i];
      const signal = header + this.signalOffset;
      const open = header === 0 || this.cells[signal] > 0;
      if (header !== 0 && this.gone(signal)) return i;
      if (open !== all) return all ? -1 : i;
    }
    return all ? 0 : -1;
  }

  /** Whether the object that a waiting context looks at was freed: it moves on, into the fault. */
  gone(cell: number): boolean {
    const object = this.objects.baseOf[cell];
    return object !== 0 && !this.objects.isLive(object);
  }

  /** Marks everything explored from here as bounded; ends the path when the caller returns the answer. */
  bound(reason: string): number {
    this.bounds.add(reason);
    return Status.cut;
  }

  protected nameOf(func: FuncId): string {
    return this.program.funcs[func - 1]?.name ?? 'the model';
  }

  protected begin(context: number): void {
    this.context = context;
    this.at = contextBase(context);
    this.fresh = true;
    this.jumps = 0;
    this.passes = 0;
    this.asked = 0;
    this.low = 0;
    this.stretch++;
    this.cutByRule = false;
    this.localSince = false;
    this.mustCheckProcessor = false;
    this.atomic = this.cells[ATOMIC_HOLDER] === context + 1;
    this.countOthers();
    this.refreshLockSet();
  }

  /** Behind what others can see: notes whether there are any. */
  protected countOthers(): void {
    this.stretch++;
    this.alone = this.context !== SCRATCH && this.cells[ALIVE] === 1 && this.cells[PENDING] === 0;
  }

  protected refreshLockSet(): void {
    if (!this.reduceMovers) return;
    const count = Math.min(this.cells[this.at + LOCKS], MAX_LOCKS);
    const words: number[] = [];
    for (let i = 0; i < count; i++) words.push(this.cells[this.at + HELD + i]);
    this.lockSet = count === 0 && !this.atomic && !this.onePiece ? 0 : this.movers.lockSet(words, this.atomic || this.onePiece);
  }
}
