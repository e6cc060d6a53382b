/**
 * The machine's ground: one context's step at a time, its frames, the rules' view of it. State lives in `Memory`; the running context's
 * stack is worked on in `scratch` and written back when the step ends.
 */
import { isHandledAt } from '../ir/flow.ts';
import type { Func, FuncId, Program } from '../ir/program.ts';
import type { GeneratedFunction } from './codegen.ts';
import {
  ALIVE,
  ATOMIC_HOLDER,
  BOUND,
  CONTEXT_GHOSTS,
  contextBase,
  EXCEPTION,
  FP,
  FRAME_CALLER,
  FRAME_FUNC,
  FRAME_HEADER,
  FRAME_PC,
  GUARD,
  GUARD_CELL,
  Guard,
  HELD,
  IRQL,
  KIND,
  Kind,
  LIFE,
  LOCKS,
  MAX_CONTEXT_GHOSTS,
  MAX_LOCKS,
  MAX_MACHINE_GHOSTS,
  NEXT_CELL,
  NEXT_MODE,
  NEXT_VALUE,
  PENDING,
  PICKS,
  SCRATCH,
  SP,
  STACK_CELLS,
  stackBase,
  TERMINATED,
  UNDER,
  UNWRITTEN,
  UNWRITTEN_WIDE,
  WAIT_LEFT,
} from './layout.ts';
import { liveness, mostLiveCells, perhapsUnwritten } from './liveness.ts';
import { LockOrders } from './lock-orders.ts';
import type { MachineOptions, Observer, Report } from './machine-types.ts';
import {
  DEADLOCK,
  EngineError,
  FAULT,
  IRP_LEAKED,
  isWide,
  LEAKED,
  leaves,
  Status,
  signature,
  TIMER_LEFT,
} from './machine-types.ts';
import { MEMORY_CELLS, Memory } from './memory.ts';
import { Movers } from './movers.ts';
import { ObjectKind, Objects } from './objects.ts';
import { endContext, lowestFree, startContext } from './processors.ts';
import type { CompiledRules, RuleHost } from './rules.ts';
import { eventNames } from './rules.ts';

/** A frame's pc before its context's first step. */
const NOT_ENTERED = -1;

/** What all layers of the machine stand on: state, stacks, stepping, events and faults. */
export abstract class MachineCore implements RuleHost {
  readonly program: Program;
  readonly processors: number;
  readonly rules: CompiledRules;
  readonly memory = new Memory();
  readonly cells = this.memory.cells;
  readonly scratch = new Int32Array(STACK_CELLS);
  readonly objects: Objects;
  readonly movers: Movers;
  readonly orders: LockOrders;
  readonly observer: Observer | undefined;
  /** First cells of the globals, by id. */
  readonly globals = new Map<number, number>();
  readonly reached: Uint8Array[];
  /** Breaches of the step just taken, and why any path taken so far is only bounded. */
  reports: Report[] = [];
  readonly bounds = new Set<string>();
  /** Visible instructions that the last step went through. */
  passes = 0;

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
  protected readonly entries: (readonly EntryRegister[])[] = [];
  private readonly mostLive: (number | undefined)[] = [];
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
    this.movers = new Movers(options.movers);
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
    for (const setting of options.scenario.settings) {
      const base = this.globals.get(setting.global);
      if (base === undefined) throw new EngineError(`scenario ${options.scenario.name} sets a global that does not exist`);
      this.memory.set(base + setting.offset, setting.value | 0);
    }
    startContext(this, Kind.main, program.hooks.main, 0, []);
    // Nothing before this can be undone.
    this.memory.top = 0;
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

  /** Takes one step of `context`, answering `pick` to a `choose` it stands at. Gives a Status; the state is the next one unless cut. */
  run(context: number, pick: number): number {
    const { cells, scratch } = this;
    this.begin(context);
    const at = this.at;
    const stack = stackBase(context);
    const oldTop = cells[at + SP];
    for (let i = 0; i < oldTop; i++) scratch[i] = cells[stack + i];
    this.fp = cells[at + FP];
    this.sp = oldTop;
    this.low = this.fp;
    this.pick = pick;
    this.memory.set(at + GUARD, 0);
    this.memory.set(at + GUARD_CELL, 0);
    if (this.cells[at + NEXT_CELL] !== 0) for (const cell of [NEXT_CELL, NEXT_MODE, NEXT_VALUE]) this.memory.set(at + cell, 0);
    const status = this.loop();
    if (status === Status.yielded) {
      for (let i = this.low; i < this.sp; i++) this.memory.set(stack + i, scratch[i]);
      for (let i = this.sp; i < oldTop; i++) this.memory.set(stack + i, 0);
      this.memory.set(at + SP, this.sp);
      this.memory.set(at + FP, this.fp);
    } else if (status === Status.ended) {
      endContext(this, context);
    }
    return status;
  }

  /** Runs a hook in one piece in the scratch context. `judging`: outside the transition system, so that its accesses do not count. */
  runHook(func: FuncId, args: readonly number[], irql: number, judging: boolean): number {
    this.memory.set(contextBase(SCRATCH) + LIFE, 1);
    this.memory.set(contextBase(SCRATCH) + KIND, Kind.scratch);
    this.memory.set(contextBase(SCRATCH) + IRQL, irql);
    this.firstFrame(SCRATCH, func, args);
    this.onePiece = true;
    this.begin(SCRATCH);
    this.alone = judging;
    const stack = stackBase(SCRATCH);
    const top = this.cells[this.at + SP];
    for (let i = 0; i < top; i++) this.scratch[i] = this.cells[stack + i];
    this.fp = 0;
    this.sp = top;
    const status = this.loop();
    this.onePiece = false;
    if (status === Status.yielded) return this.bound(`${this.nameOf(func)} would have to wait, and runs in one piece.`);
    if (status === Status.ended) endContext(this, SCRATCH);
    return status;
  }

  /**
   * An end state with unfinished contexts, or one of a cycle that nothing leaves: the hook reports what it can, else `deadlock` is raised. Where
   * all stands `still` and a context spins for a lock, that is what is wrong, and the requests that wait for it are a consequence.
   */
  judgeStuck(still: boolean): void {
    const context = this.unfinished();
    if (!still || this.cells[contextBase(context) + GUARD] !== Guard.lock) {
      const before = this.reports.length;
      this.runHook(this.program.hooks.stuck, [], 0, true);
      if (this.reports.length > before) return;
    }
    this.begin(context);
    const stack = stackBase(context);
    for (let i = this.cells[this.at + SP] - 1; i >= 0; i--) this.scratch[i] = this.cells[stack + i];
    this.fp = this.cells[this.at + FP];
    this.func = this.scratch[this.fp + FRAME_FUNC];
    this.pc = Math.max(0, this.scratch[this.fp + FRAME_PC]);
    this.fault(DEADLOCK);
  }

  /** A final state: what the driver should have freed by now is told by the hook. */
  judgeEnd(): void {
    const { final } = this.program.hooks;
    if (final !== undefined) this.runHook(final, [], 0, true);
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

  /** Writes the first frame of a new context; its stack objects are made when it takes its first step. */
  firstFrame(context: number, func: FuncId, args: readonly number[]): void {
    this.observer?.began(context);
    const stack = stackBase(context);
    let top = stack + FRAME_HEADER + this.program.funcs[func - 1].locals.length;
    this.memory.set(stack + FRAME_FUNC, func);
    this.memory.set(stack + FRAME_PC, NOT_ENTERED);
    this.memory.set(stack + FRAME_CALLER, -1);
    for (const register of this.entryOf(func)) {
      const value = register.param < 0 ? register.first : (args[register.param] ?? 0);
      this.memory.set(top++, value | 0);
      if (register.wide) this.memory.set(top++, Math.floor(value / 0x100000000) | 0);
    }
    this.memory.set(contextBase(context) + SP, top - stack);
    this.memory.set(contextBase(context) + FP, 0);
  }

  /** Pushes a frame for `func` at `frame` with the arguments in `callArgs`; its end, or -1 when the path ends here. */
  push(func: FuncId, frame: number, caller: number): number {
    const { scratch } = this;
    const callee = this.program.funcs[func - 1];
    const entry = this.entryOf(func);
    const registers = frame + FRAME_HEADER + callee.locals.length;
    if (registers + this.mostLiveOf(func) + 8 > STACK_CELLS) {
      this.bound(
        caller < 0
          ? `${callee.name} has more variables than the checker follows.`
          : 'Calls nest deeper than the checker follows.',
      );
      return -1;
    }
    scratch[frame + FRAME_FUNC] = func;
    scratch[frame + FRAME_PC] = 0;
    scratch[frame + FRAME_CALLER] = caller;
    let top = registers;
    for (let i = frame + FRAME_HEADER; i < registers; i++) scratch[i] = 0;
    for (const register of entry) {
      const value = register.param < 0 ? register.first : this.callArgs[register.param];
      scratch[top++] = value | 0;
      if (register.wide) scratch[top++] = Math.floor(value / 0x100000000) | 0;
    }
    this.sp = top;
    return callee.locals.length === 0 || this.makeLocals(callee, frame) ? top : -1;
  }

  /** Whether `func` can be called with arguments of that signature; otherwise the fault has been raised. */
  callable(func: FuncId, wanted: string): boolean {
    if (func !== 0 && this.signatures[func] === wanted) return true;
    const object = func > 0 && func < MEMORY_CELLS ? this.objects.baseOf[func] : 0;
    if (object !== 0 && this.objects.isUnknown(object)) this.lookInto();
    else this.fault(func === 0 ? FAULT.null : FAULT.type);
    return false;
  }

  /** An object that a routine without a model gave is followed: the path ends, and the verdict is bounded. */
  lookInto(): number {
    return this.bound(
      `Some path ends in ${this.nameOf(this.func)}: what comes next depends on what a routine without a model gave or did.`,
    );
  }

  /** Goes back to the caller of `frame`: a Status. */
  back(frame: number): number {
    const func = this.scratch[frame + FRAME_FUNC];
    if (this.driver[func] === 1) this.lastReturn[this.context] = func * 0x2000 + this.pc;
    const caller = this.scratch[frame + FRAME_CALLER];
    if (caller < 0) {
      if (this.cells[this.at + EXCEPTION] !== 0) throw new EngineError('an exception has left its context');
      return Status.ended;
    }
    this.fp = caller;
    if (this.driver[func] === 1) this.returnedTo[this.context] = caller;
    if (caller < this.low) this.low = caller;
    return Status.goOn;
  }

  /** A fault: the path ends, reported or bounded. */
  fault(number: number): number {
    const before = this.reports.length;
    this.runRules(number, 0);
    if (this.reports.length === before) {
      this.bound(`Some path ends in ${eventNames[number]} in ${this.nameOf(this.func)}, which no active rule reports.`);
    }
    return Status.cut;
  }

  /** Marks everything explored from here as bounded; ends the path when the caller returns the answer. */
  bound(reason: string): number {
    this.bounds.add(reason);
    return Status.cut;
  }

  breach(rule: number, message: number, subject: number, marked: number): void {
    const report = { rule, message, subject, marked: marked === 1, where: this.where() };
    this.reports.push(report);
    this.observer?.reported(report);
    if (!this.rules.rules[rule].continues) this.cutByRule = true;
  }

  mark(rule: number, subject: number): void {
    this.observer?.marked(rule, subject);
  }

  unmark(rule: number, subject: number): void {
    this.observer?.unmarked(rule, subject);
  }

  /**
   * Whether an exception raised here meets a handler: in the functions entered since the kernel called the driver, for it is no business of a
   * driver's routine to raise into its caller.
   */
  protected isHandled(): boolean {
    for (let frame = this.fp; frame >= 0; ) {
      const func = this.program.funcs[this.scratch[frame + FRAME_FUNC] - 1];
      const pc = frame === this.fp ? this.pc : this.scratch[frame + FRAME_PC] - func.code.length;
      if (isHandledAt(func, pc)) return true;
      const caller = this.scratch[frame + FRAME_CALLER];
      if (this.driver[func.id] === 1 && (caller < 0 || this.driver[this.scratch[caller + FRAME_FUNC]] === 0)) return false;
      frame = caller;
    }
    return false;
  }

  fieldIrql(): number {
    return this.irql();
  }

  fieldLocks(): number {
    return this.locksHeld();
  }

  fieldCancelLock(): number {
    return this.cancelLockHeld();
  }

  contextGhosts(): number {
    return this.at + CONTEXT_GHOSTS;
  }

  fieldDriver(): number {
    for (let frame = this.fp; frame >= 0; frame = this.scratch[frame + FRAME_CALLER]) {
      const func = this.scratch[frame + FRAME_FUNC];
      if (this.transparent[func] === 0) return this.driver[func];
    }
    return 0;
  }

  fieldInCancel(): number {
    for (let frame = this.fp; frame >= 0; frame = this.scratch[frame + FRAME_CALLER]) {
      const func = this.scratch[frame + FRAME_FUNC];
      if (this.driver[func] === 1 && this.program.funcs[func - 1].role !== undefined) return this.cancelRole[func];
    }
    return 0;
  }

  /** The innermost driver frame of the running context with its instruction, if any. */
  driverFrame(): { func: FuncId; pc: number } | undefined {
    return this.frameOf((func) => func.origin === 'driver');
  }

  /** The innermost frame whose function passes, with its instruction; frames that wait for a callee stand at their call. */
  frameOf(test: (func: Func) => boolean): { func: FuncId; pc: number } | undefined {
    for (let frame = this.fp; frame >= 0; frame = this.scratch[frame + FRAME_CALLER]) {
      const func = this.program.funcs[this.scratch[frame + FRAME_FUNC] - 1];
      if (!test(func)) continue;
      return { func: func.id, pc: frame === this.fp ? this.pc : this.scratch[frame + FRAME_PC] - func.code.length };
    }
    return undefined;
  }

  /** Makes the stack objects of the frame at `frame`, the top of the stack; false when memory is full. */
  protected makeLocals(func: Func, frame: number): boolean {
    for (let i = 0; i < func.locals.length; i++) {
      const site = (func.id * 0x4000 + i) * 2 + 1;
      const base = this.objects.make(
        this.context,
        site,
        -func.locals[i].type,
        ObjectKind.stack,
        this.context + 1,
        this.scratch,
        this.sp,
      );
      if (base === 0) {
        this.bound('The scenario needs more memory than the checker has.');
        return false;
      }
      this.scratch[frame + FRAME_HEADER + i] = base;
      // The kernel model and the environment do not look at what they have not written.
      if (func.origin === 'driver') this.objects.unwrite(base);
    }
    return true;
  }

  protected begin(context: number): void {
    this.context = context;
    this.at = contextBase(context);
    this.fresh = true;
    this.jumps = 0;
    this.passes = 0;
    this.low = 0;
    this.stretch++;
    this.cutByRule = false;
    this.localSince = false;
    this.mustCheckProcessor = false;
    this.atomic = this.cells[ATOMIC_HOLDER] === context + 1;
    this.countOthers();
    this.refreshLockSet();
  }

  protected loop(): number {
    if (this.scratch[this.fp + FRAME_PC] === NOT_ENTERED) {
      this.scratch[this.fp + FRAME_PC] = 0;
      if (!this.makeLocals(this.program.funcs[this.scratch[this.fp + FRAME_FUNC] - 1], this.fp)) return Status.cut;
    }
    for (;;) {
      const func = this.scratch[this.fp + FRAME_FUNC];
      const run = this.functions[func] ?? this.compile(func);
      this.func = func;
      const status = run(this.fp);
      if (status !== Status.goOn) return status;
    }
  }

  protected entryOf(func: FuncId): readonly EntryRegister[] {
    let entry = this.entries[func];
    if (entry === undefined) {
      const { registers, params, code } = this.program.funcs[func - 1];
      const live = code.length === 0 ? [] : liveness(this.program.funcs[func - 1]).before[0];
      const unwritten = perhapsUnwritten(this.program.funcs[func - 1]);
      entry = live.map((reg) => {
        const wide = isWide(registers[reg].kind);
        return { param: reg < params ? reg : -1, wide, first: unwritten.has(reg) ? (wide ? UNWRITTEN_WIDE : UNWRITTEN) : 0 };
      });
      this.entries[func] = entry;
    }
    return entry;
  }

  private mostLiveOf(func: FuncId): number {
    let most = this.mostLive[func];
    if (most === undefined) {
      const callee = this.program.funcs[func - 1];
      most = callee.code.length === 0 ? 0 : mostLiveCells(callee);
      this.mostLive[func] = most;
    }
    return most;
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

  /** Stops at a scheduling point, unless the step begins here; notes that the instruction is gone through otherwise. */
  protected stop(point: boolean): boolean {
    if (this.stopAt(point)) return true;
    this.pass();
    return false;
  }

  protected stopAt(point: boolean): boolean {
    const fresh = this.fresh;
    this.fresh = false;
    this.passedFresh = fresh;
    if (fresh || this.onePiece || this.atomic) return false;
    if (this.mustCheckProcessor) {
      this.mustCheckProcessor = false;
      if (this.cells[this.at + BOUND] === 0 && lowestFree(this) < 0) return true;
    }
    return point;
  }

  /**
   * Whether to stop before what ends the path and may be no breach of an active rule: others are to get their chance to do something wrong first.
   * Of an instruction that is not gone through otherwise; that the step begins with it, or goes on into it, is noted.
   */
  protected pauses(): boolean {
    if (this.fresh) return false;
    if (!this.onePiece && !this.atomic && this.visiblePoint()) return true;
    this.pass();
    return false;
  }

  /** The same, of an instruction that has been gone through by `stop`: if so, it is not after all. */
  protected pausesAfterAll(): boolean {
    if (this.passedFresh || this.onePiece || this.atomic || !this.visiblePoint()) return false;
    this.passes--;
    return true;
  }

  protected pass(): void {
    if (!this.onePiece && !this.atomic) this.passes++;
  }

  protected visiblePoint(): boolean {
    return !(this.reduceMovers && this.alone);
  }

  /** Runs the rules on an event whose arguments are in `args`; true when the path ends. */
  protected runRules(number: number, object: number): boolean {
    this.raised = number;
    this.observer?.event(eventNames[number], object, this.args);
    const compiled = this.rules.events[number];
    if (compiled !== undefined) compiled.run(this, object === 0 ? 0 : this.objects.ghostBase(object), this.args);
    return this.cutByRule;
  }

  /** Tells guilty statements apart: the driver's, or failing that the scenario's; of a driver routine that has just returned, its return. */
  protected where(): number {
    if (!leaves.has(this.raised)) {
      const frame = this.driverFrame() ?? this.frameOf((func) => func.origin === 'scenario');
      if (frame !== undefined) return frame.func * 0x2000 + frame.pc;
    }
    // Placed where the object was freed: one for each object and kernel routine.
    if (this.raised === FAULT.freed || this.raised === LEAKED || this.raised === IRP_LEAKED || this.raised === TIMER_LEFT)
      return -0x40000000 - this.goneObject * 0x1000 - this.func;
    return -1 - this.lastReturn[this.context];
  }

  /**
   * The context to show where nothing goes on: one that spins for a lock before one that waits, a system thread last, since those may wait for work for
   * ever, and a driver's routine before what user mode waits for.
   */
  protected unfinished(): number {
    let best = 0;
    let most = -1;
    for (let i = 1; i <= SCRATCH; i++) {
      const context = i % SCRATCH;
      const at = contextBase(context);
      if (this.cells[at + LIFE] !== 1) continue;
      // One that keeps another from its processor before one that merely waits beside.
      const spins = this.cells[at + GUARD] !== Guard.lock ? 0 : this.cells[at + UNDER] !== 0 ? 8 : 4;
      const rank = spins + (this.cells[at + KIND] === Kind.system ? 0 : 2) + (this.isInDriver(context) ? 1 : 0);
      if (rank <= most) continue;
      most = rank;
      best = context;
    }
    return best;
  }

  private isInDriver(context: number): boolean {
    const stack = stackBase(context);
    for (let frame = this.cells[contextBase(context) + FP]; frame >= 0; frame = this.cells[stack + frame + FRAME_CALLER]) {
      if (this.driver[this.cells[stack + frame + FRAME_FUNC]] === 1) return true;
    }
    return false;
  }

  protected nameOf(func: FuncId): string {
    return this.program.funcs[func - 1]?.name ?? 'the model';
  }

  /** Generates the code of a function. */
  protected abstract compile(func: FuncId): GeneratedFunction;

  protected abstract irql(): number;

  protected abstract locksHeld(): number;

  protected abstract cancelLockHeld(): number;
}

interface EntryRegister {
  /** Parameter it comes from, -1 for a register that starts with the value `first`. */
  readonly param: number;
  readonly wide: boolean;
  readonly first: number;
}
