/**
 * The machine that generated code runs on: one context's step at a time, memory accesses with their checks and scheduling points, locks,
 * waits, events. State lives in `Memory`; the running context's stack is worked on in `scratch` and written back when the step ends.
 */
import type { Func, FuncId, Program } from '../ir/program.ts';
import type { Scenario } from '../ir/program.ts';
import { events } from '../ir/events.ts';
import {
  ALIVE, ATOMIC_DEPTH, ATOMIC_HOLDER, BOUND, CANCEL_LOCKS, contextBase, DISPATCH_LEVEL, FIRST_TRANSIENT, FP, FRAME_CALLER, FRAME_FUNC,
  FRAME_HEADER, FRAME_PC, GUARD, GUARD_CELL, Guard, HELD, IRQL, KIND, Kind, LIFE, LOCKS, MACHINE_GHOSTS, MAX_LOCKS, MAX_MACHINE_GHOSTS,
  OBJECT_HEADER, OBJECT_PRIVATE, PENDING, PICKS, SCRATCH, SP, STACK_CELLS, stackBase, STATUS_TIMEOUT, THREAD, WAIT_LEFT,
} from './layout.ts';
import { compileFunction } from './codegen.ts';
import type { GeneratedFunction } from './codegen.ts';
import { liveness } from './liveness.ts';
import { Memory, MEMORY_CELLS } from './memory.ts';
import { Movers } from './movers.ts';
import { ObjectKind, Objects } from './objects.ts';
import { armTimer, deadline, disarmTimer } from './timers.ts';
import { begin, bind, dequeueDpc, end, lowestFree, processorOf, queueDpc, unbind } from './processors.ts';
import { eventNames, eventNumber } from './rules.ts';
import type { CompiledRules, RuleHost } from './rules.ts';

/** How generated code comes back: go on with the frame at `fp`, at a scheduling point, the context ended, the path ended. */
export const Status = { goOn: 0, yielded: 1, ended: 2, cut: 3 } as const;

/** Bits of an access: it writes; driver code does it; inline model code does it. */
export const Mode = { write: 1, driver: 2, inline: 4 } as const;

/** A breach as the search sees it. `where` tells guilty statements apart well enough to keep one of each. */
export interface Report {
  readonly rule: number;
  readonly message: number;
  readonly subject: number;
  readonly marked: boolean;
  readonly where: number;
}

/** Watches a replayed schedule. */
export interface Observer {
  /** Context `context` executes instruction `pc` of `func` (driver, device and scenario code only). */
  statement(context: number, func: FuncId, pc: number): void;
  event(name: string, irp: number, args: Int32Array): void;
  marked(rule: number, subject: number): void;
  reported(report: Report): void;
}

/** The model or the engine broke its own rules: our bug, not the driver's. */
export class EngineError extends Error {}

export interface MachineOptions {
  readonly program: Program;
  readonly scenario: Scenario;
  readonly processors: number;
  readonly rules: CompiledRules;
  readonly fusion: boolean;
  readonly movers: boolean;
  readonly observer?: Observer;
}

const FAULT = {
  null: eventNumber('fault.null'), freed: eventNumber('fault.freed'), doubleFree: eventNumber('fault.double-free'),
  type: eventNumber('fault.type'), bounds: eventNumber('fault.bounds'), divide: eventNumber('fault.divide'),
  overflow: eventNumber('fault.overflow'), wait: eventNumber('fault.wait'), irql: eventNumber('fault.irql'),
} as const;
const TOUCH = eventNumber('irp.touch');
const DEADLOCK = eventNumber('deadlock');
const onIrp = eventNames.map((name) => events[name].subject === 'irp');

export class Machine implements RuleHost {
  readonly program: Program;
  readonly processors: number;
  readonly rules: CompiledRules;
  readonly memory = new Memory();
  readonly cells = this.memory.cells;
  readonly scratch = new Int32Array(STACK_CELLS);
  readonly objects: Objects;
  readonly movers = new Movers();
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
  readonly eventArgs = new Int32Array(16);
  readonly callArgs: number[] = [];

  private readonly fusion: boolean;
  private readonly reduceMovers: boolean;
  private at = 0;
  private fresh = false;
  /** Whether the instruction gone through last was the one the step began at. */
  private passedFresh = false;
  private onePiece = false;
  private atomic = false;
  private alone = false;
  private mustCheckProcessor = false;
  private cutByRule = false;
  private low = 0;
  private lockSet = 0;
  private step = 0;
  private readonly touched = new Int32Array(MEMORY_CELLS);
  private readonly args = new Int32Array(16);
  private readonly functions: GeneratedFunction[] = [];
  private readonly entries: (readonly EntryRegister[])[] = [];
  private readonly signatures: string[];
  private readonly driver: Uint8Array;
  private readonly transparent: Uint8Array;
  private readonly inline: Uint8Array;
  private readonly cancelRole: Uint8Array;
  private readonly lastReturn = new Int32Array(SCRATCH + 1);
  private readonly typeOffset: number;
  private readonly signalOffset: number;

  constructor(options: MachineOptions) {
    const { program, rules } = options;
    this.program = program;
    this.processors = options.processors;
    this.rules = rules;
    this.fusion = options.fusion;
    this.reduceMovers = options.movers;
    this.observer = options.observer;
    if (rules.machineGhosts > MAX_MACHINE_GHOSTS) throw new EngineError('too many rules about the machine');
    this.objects = new Objects(program, this.memory, rules.irpGhosts);
    const flags = (test: (func: Func) => boolean): Uint8Array => Uint8Array.from([0, ...program.funcs.map((func) => (test(func) ? 1 : 0))]);
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
    begin(this, Kind.main, program.hooks.main, 0, []);
    // Nothing before this can be undone.
    this.memory.top = 0;
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
    this.low = this.fp;
    this.pick = pick;
    this.memory.set(at + GUARD, 0);
    this.memory.set(at + GUARD_CELL, 0);
    const status = this.loop();
    if (status === Status.yielded) {
      for (let i = this.low; i < this.sp; i++) this.memory.set(stack + i, scratch[i]);
      for (let i = this.sp; i < oldTop; i++) this.memory.set(stack + i, 0);
      this.memory.set(at + SP, this.sp);
      this.memory.set(at + FP, this.fp);
    } else if (status === Status.ended) {
      end(this, context);
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
    const status = this.loop();
    this.onePiece = false;
    if (status === Status.yielded) return this.bound(`${this.nameOf(func)} would have to wait, and runs in one piece.`);
    if (status === Status.ended) end(this, SCRATCH);
    return status;
  }

  /** An end state with unfinished contexts: the hook reports what it can, else `deadlock` is raised. */
  judgeStuck(): void {
    const before = this.reports.length;
    this.runHook(this.program.hooks.stuck, [], 0, true);
    if (this.reports.length > before) return;
    const context = this.unfinished();
    this.begin(context);
    const stack = stackBase(context);
    for (let i = this.cells[this.at + SP] - 1; i >= 0; i--) this.scratch[i] = this.cells[stack + i];
    this.fp = this.cells[this.at + FP];
    this.func = this.scratch[this.fp + FRAME_FUNC];
    this.pc = this.scratch[this.fp + FRAME_PC];
    this.fault(DEADLOCK);
  }

  /** The function at whose entry, or within which, a context is to go on, and where. */
  pointOf(context: number): { func: FuncId; pc: number } {
    const frame = stackBase(context) + this.cells[contextBase(context) + FP];
    return { func: this.cells[frame + FRAME_FUNC], pc: this.cells[frame + FRAME_PC] };
  }

  /** Whether what the context does next is a wait that is not satisfied. */
  waits(context: number): boolean {
    const guard = this.cells[contextBase(context) + GUARD];
    return (guard === Guard.wait || guard === Guard.timedWait) && !this.guardOpen(context);
  }

  /** Whether the context's next instruction is enabled. */
  guardOpen(context: number): boolean {
    const at = contextBase(context);
    const cell = this.cells[at + GUARD_CELL];
    switch (this.cells[at + GUARD]) {
      case Guard.lock:
        return this.cells[cell] === 0;
      case Guard.wait:
        return this.cells[cell] > 0;
      case Guard.timedWait:
        return this.cells[cell] > 0 || this.cells[at + WAIT_LEFT] < 0;
      default:
        return true;
    }
  }

  /** Writes the first frame of a new context, with its stack objects. */
  firstFrame(context: number, func: FuncId, args: readonly number[]): void {
    const { scratch } = this;
    const saved = scratch.slice(0, this.sp);
    const { context: runner, sp } = this;
    this.context = context;
    args.forEach((value, i) => (this.callArgs[i] = value));
    for (let i = args.length; i < this.program.funcs[func - 1].params; i++) this.callArgs[i] = 0;
    const top = this.push(func, 0, -1);
    if (top >= 0) {
      const stack = stackBase(context);
      for (let i = 0; i < top; i++) this.memory.set(stack + i, scratch[i]);
      this.memory.set(contextBase(context) + SP, top);
      this.memory.set(contextBase(context) + FP, 0);
    }
    this.context = runner;
    this.sp = sp;
    scratch.set(saved);
  }

  // Calls.

  /** Pushes a frame for `func` at `frame` with the arguments in `callArgs`; its end, or -1 when the path ends here. */
  push(func: FuncId, frame: number, caller: number): number {
    const { scratch } = this;
    const callee = this.program.funcs[func - 1];
    const entry = this.entryOf(func);
    const registers = frame + FRAME_HEADER + callee.locals.length;
    if (registers + 2 * callee.registers.length + 8 > STACK_CELLS) {
      this.bound('Calls nest deeper than the checker follows.');
      return -1;
    }
    scratch[frame + FRAME_FUNC] = func;
    scratch[frame + FRAME_PC] = 0;
    scratch[frame + FRAME_CALLER] = caller;
    let top = registers;
    for (let i = frame + FRAME_HEADER; i < registers; i++) scratch[i] = 0;
    for (const register of entry) {
      const value = register.param < 0 ? 0 : this.callArgs[register.param];
      scratch[top++] = value | 0;
      if (register.wide) scratch[top++] = Math.floor(value / 0x100000000) | 0;
    }
    for (let i = 0; i < callee.locals.length; i++) {
      const base = this.objects.make(
        this.context, (func * 0x4000 + i) * 2 + 1, -callee.locals[i].type, ObjectKind.stack, this.context + 1, scratch, top,
      );
      if (base === 0) {
        this.bound('The scenario needs more memory than the checker has.');
        return -1;
      }
      scratch[frame + FRAME_HEADER + i] = base;
    }
    this.sp = top;
    return top;
  }

  /** Whether `func` can be called with arguments of that signature; otherwise the fault has been raised. */
  callable(func: FuncId, wanted: string): boolean {
    if (func !== 0 && this.signatures[func] === wanted) return true;
    this.fault(func === 0 ? FAULT.null : FAULT.type);
    return false;
  }

  /** Before a function with stack objects returns: a Status, goOn when it may. */
  leave(frame: number, locals: number): number {
    let point = false;
    for (let i = 0; i < locals; i++) point ||= this.lifePoint(this.scratch[frame + FRAME_HEADER + i]);
    if (this.stop(point)) return Status.yielded;
    for (let i = 0; i < locals; i++) {
      const base = this.scratch[frame + FRAME_HEADER + i];
      this.noteLife(base, true);
      this.objects.free(base);
    }
    return Status.goOn;
  }

  /** Goes back to the caller of `frame`: a Status. */
  back(frame: number): number {
    const func = this.scratch[frame + FRAME_FUNC];
    if (this.driver[func] === 1) this.lastReturn[this.context] = func * 0x2000 + this.pc;
    const caller = this.scratch[frame + FRAME_CALLER];
    if (caller < 0) return Status.ended;
    this.fp = caller;
    if (caller < this.low) this.low = caller;
    return Status.goOn;
  }

  // Memory accesses.

  /** Checks, schedules and notes an access to `cells` cells at `address`, in a part of type `type` at `base`. */
  access(base: number, type: number, address: number, cells: number, mode: number): number {
    if (base === 0) return this.fault(FAULT.null);
    const object = base > 0 && base < MEMORY_CELLS ? this.objects.baseOf[base] : 0;
    if (object === 0) return this.fault(FAULT.type);
    if (this.stop(this.accessPoint(object, address, cells))) return Status.yielded;
    if ((mode & (Mode.driver | Mode.inline)) !== 0 && this.objects.hasGhosts(object)) {
      if ((mode & Mode.driver) !== 0 || this.calledFromDriver()) {
        this.args[0] = mode & Mode.write;
        if (this.runRules(TOUCH, object)) return Status.cut;
      }
    }
    if (type >= 0 && !this.objects.hasPart(object, base, type)) return this.fault(FAULT.type);
    if (!this.objects.isLive(object)) {
      this.args[0] = mode & Mode.write;
      return this.fault(FAULT.freed);
    }
    if (address + cells > object + this.objects.sizeOf(object)) return this.fault(FAULT.bounds);
    this.noteAccess(object, address, cells, (mode & Mode.write) !== 0);
    return Status.goOn;
  }

  /** The accesses of a copy: both sides are checked and scheduled as one. */
  accessTwo(to: number, from: number, cells: number, mode: number): number {
    const read = this.access(from, -1, from, cells, mode);
    if (read !== Status.goOn) return read;
    // Behind the first access the step does not stop again: the copy is one step, and either side may be what makes it visible.
    const object = to > 0 && to < MEMORY_CELLS ? this.objects.baseOf[to] : 0;
    if (this.passedFresh === false && object !== 0 && this.accessPoint(object, to, cells) && !this.onePiece && !this.atomic) {
      this.passes--;
      return Status.yielded;
    }
    const { passes } = this;
    this.fresh = true;
    const written = this.access(to, -1, to, cells, mode | Mode.write);
    this.passes = passes;
    return written;
  }

  /** The intrinsic `bounded`: its text is the reason. */
  boundedAt(func: FuncId, pc: number): void {
    const instr = this.program.funcs[func - 1].code[pc];
    this.bound((instr.op === 'intrinsic' ? instr.text : undefined) ?? 'The model says that it does not follow this path to its end.');
  }

  /** Stores a value that may be an address: what becomes reachable for others is shared from now on. */
  storeAddress(address: number, value: number): void {
    if (this.cells[this.objects.baseOf[address] - OBJECT_HEADER + OBJECT_PRIVATE] === 0) this.objects.publish(value);
    this.memory.set(address, value);
  }

  /** Copies `cells` cells whose accesses have been checked. */
  copyCells(to: number, from: number, cells: number): void {
    const values = this.cells.slice(from, from + cells);
    for (let i = 0; i < cells; i++) this.storeAddress(to + i, values[i]);
  }

  zeroCells(at: number, cells: number): void {
    for (let i = 0; i < cells; i++) this.memory.set(at + i, 0);
  }

  /** Makes a pool object; `fp` to `sp` of scratch hold the live registers. 0 when memory is full. */
  alloc(func: FuncId, pc: number, token: number): number {
    const size = token | 0;
    const base = this.objects.make(this.context, (func * 0x4000 + pc) * 2, size === 0 ? 1 : size, ObjectKind.pool, this.context + 1, this.scratch, this.sp);
    if (base === 0) this.bound('The scenario needs more memory than the checker has.');
    return base;
  }

  free(address: number): number {
    if (address === 0) return this.fault(FAULT.null);
    const object = address > 0 && address < MEMORY_CELLS ? this.objects.baseOf[address] : 0;
    if (object !== address || !this.objects.isPool(object)) return this.fault(FAULT.doubleFree);
    if (this.stop(this.lifePoint(object))) return Status.yielded;
    if (!this.objects.isLive(object)) return this.fault(FAULT.doubleFree);
    this.noteLife(object, true);
    this.objects.free(object);
    return Status.goOn;
  }

  // Locks and waits.

  lock(word: number, cancel: number): number {
    if (word === 0) return this.fault(FAULT.null);
    const open = this.cells[word] === 0;
    if (this.stopAt(this.visiblePoint()) || !open) return this.yieldWith(Guard.lock, word);
    this.pass();
    const status = this.checkCell(word);
    if (status !== Status.goOn) return status;
    if (!this.alone) this.movers.noteLock(word);
    return this.take(word, cancel);
  }

  tryLock(word: number, cancel: number): number {
    if (word === 0) return this.fault(FAULT.null);
    if (this.stop(this.visiblePoint())) return Status.yielded;
    const status = this.checkCell(word);
    if (status !== Status.goOn) return status;
    if (!this.alone) {
      this.movers.noteLock(word);
      this.movers.notePlainWord(word);
    }
    this.ret = this.cells[word] === 0 ? 1 : 0;
    return this.ret === 1 ? this.take(word, cancel) : Status.goOn;
  }

  unlock(word: number): number {
    if (word === 0) return this.fault(FAULT.null);
    const mine = (this.cells[word] & 0xff) === this.context + 1;
    const object = word > 0 && word < MEMORY_CELLS ? this.objects.baseOf[word] : 0;
    const moves = this.reduceMovers && mine && this.movers.releaseMoves(word) && !this.lifeVisible(object);
    if (this.stop(!moves && this.visiblePoint())) return Status.yielded;
    const status = this.checkCell(word);
    if (status !== Status.goOn) return status;
    if (!this.alone) {
      if (moves) this.movers.noteMovedRelease(word);
      if (!mine) this.movers.notePlainWord(word);
    }
    this.release(word);
    return Status.goOn;
  }

  holds(word: number): number {
    return word > 0 && (this.cells[word] & 0xff) === this.context + 1 ? 1 : 0;
  }

  wait(header: number, timed: number, micros: number): number {
    if (header === 0) return this.fault(FAULT.null);
    const signal = header + this.signalOffset;
    const left = this.cells[this.at + WAIT_LEFT];
    const raised = this.cells[this.at + IRQL] >= DISPATCH_LEVEL;
    const open = this.cells[signal] > 0;
    if (!this.alone || !open) this.movers.expose(signal);
    const guarded = !raised && (timed === 0 || left > 0);
    if (this.stopAt(this.visiblePoint()) || (guarded && !open)) {
      return this.yieldWith(!guarded ? Guard.none : timed === 0 ? Guard.wait : Guard.timedWait, signal);
    }
    this.pass();
    const status = this.checkCell(signal);
    if (status !== Status.goOn) return status;
    if (left < 0 || !open) {
      if (timed !== 0 && (left < 0 || micros <= 0)) {
        this.memory.set(this.at + WAIT_LEFT, 0);
        this.ret = STATUS_TIMEOUT;
        return Status.goOn;
      }
      if (raised) return this.fault(FAULT.wait);
      this.memory.set(this.at + WAIT_LEFT, deadline(micros));
      return this.yieldWith(Guard.timedWait, signal);
    }
    this.memory.set(this.at + WAIT_LEFT, 0);
    const type = this.cells[header + this.typeOffset];
    if (type === 1) this.memory.set(signal, 0);
    else if (type === 5) this.memory.set(signal, this.cells[signal] - 1);
    this.ret = 0;
    return Status.goOn;
  }

  // IRQL and processors.

  raise(irql: number): number {
    const old = this.cells[this.at + IRQL];
    if (irql < old) return this.fault(FAULT.irql);
    const binds = old < DISPATCH_LEVEL && irql >= DISPATCH_LEVEL;
    if (this.stop((binds || !this.fusion) && this.visiblePoint())) return Status.yielded;
    this.memory.set(this.at + IRQL, irql);
    if (binds && this.context !== SCRATCH) bind(this, this.context);
    this.ret = old;
    return Status.goOn;
  }

  lower(irql: number): number {
    const old = this.cells[this.at + IRQL];
    if (irql > old) return this.fault(FAULT.irql);
    const unbinds = old >= DISPATCH_LEVEL && irql < DISPATCH_LEVEL;
    if (this.stop((unbinds || !this.fusion) && this.visiblePoint())) return Status.yielded;
    this.memory.set(this.at + IRQL, irql);
    if (unbinds && this.context !== SCRATCH) {
      unbind(this, this.context);
      this.mustCheckProcessor = true;
    }
    return Status.goOn;
  }

  queueDpc(dpc: number, cpu: number): number {
    if (dpc === 0) return this.fault(FAULT.null);
    if (this.stop(this.visiblePoint())) return Status.yielded;
    this.objects.publish(dpc);
    if (!queueDpc(this, dpc, cpu)) return this.bound('A processor has more DPCs waiting than the checker follows.');
    this.mustCheckProcessor = true;
    this.countOthers();
    return Status.goOn;
  }

  dequeueDpc(dpc: number): number {
    if (this.stop(this.visiblePoint())) return Status.yielded;
    this.ret = dequeueDpc(this, dpc) ? 1 : 0;
    this.countOthers();
    return Status.goOn;
  }

  armTimer(timer: number, micros: number): number {
    if (timer === 0) return this.fault(FAULT.null);
    if (this.stop(this.visiblePoint())) return Status.yielded;
    this.objects.publish(timer);
    if (!armTimer(this, timer, micros)) return this.bound('More timers are armed than the checker follows.');
    this.countOthers();
    return Status.goOn;
  }

  disarmTimer(timer: number): number {
    if (this.stop(this.visiblePoint())) return Status.yielded;
    this.ret = timer !== 0 && disarmTimer(this, timer) ? 1 : 0;
    this.countOthers();
    return Status.goOn;
  }

  spawn(kind: number, routine: number, thread: number, a: number, b: number): number {
    if (routine === 0) return this.fault(FAULT.null);
    if (this.stop(this.visiblePoint())) return Status.yielded;
    for (const value of [thread, a, b]) this.objects.publish(value);
    if (begin(this, kind, routine, thread, [a, b]) < 0) return this.bound('The scenario has more threads and DPCs than the checker follows.');
    this.countOthers();
    return Status.goOn;
  }

  processor(): number {
    if (this.stop(this.visiblePoint())) return Status.yielded;
    this.ret = processorOf(this, this.context);
    return Status.goOn;
  }

  /** One of `count` answers: the first time the context stops here, then it goes on with `pick`. */
  choose(count: number): number {
    this.fresh = false;
    if (count <= 1) {
      this.ret = 0;
      return Status.goOn;
    }
    if (this.cells[this.at + PICKS] === 0) {
      this.memory.set(this.at + PICKS, count);
      return Status.yielded;
    }
    this.pass();
    this.memory.set(this.at + PICKS, 0);
    this.ret = this.pick;
    return Status.goOn;
  }

  atomicBegin(): number {
    if (this.stop(this.visiblePoint())) return Status.yielded;
    this.memory.set(ATOMIC_HOLDER, this.context + 1);
    this.memory.set(ATOMIC_DEPTH, this.cells[ATOMIC_DEPTH] + 1);
    this.atomic = true;
    this.refreshLockSet();
    return Status.goOn;
  }

  atomicEnd(): void {
    const depth = this.cells[ATOMIC_DEPTH] - 1;
    if (depth < 0) throw new EngineError('atomicEnd without atomicBegin');
    this.memory.set(ATOMIC_DEPTH, depth);
    if (depth > 0) return;
    this.memory.set(ATOMIC_HOLDER, 0);
    this.atomic = false;
    this.refreshLockSet();
  }

  irql(): number {
    return this.cells[this.at + IRQL];
  }

  currentThread(): number {
    return this.cells[this.at + THREAD];
  }

  locksHeld(): number {
    return this.cells[this.at + LOCKS];
  }

  cancelLockHeld(): number {
    return this.cells[this.at + CANCEL_LOCKS] > 0 ? 1 : 0;
  }

  isDriverRoutine(func: number): number {
    return func > 0 && func < this.driver.length ? this.driver[func] : 0;
  }

  // Events.

  /** The event numbered `number` with `eventArgs` as the instruction has them. */
  event(number: number): number {
    const compiled = this.rules.events[number];
    if (compiled === undefined && this.observer === undefined) return Status.goOn;
    const { args, eventArgs } = this;
    let object = 0;
    if (onIrp[number]) {
      const irp = eventArgs[0];
      object = irp > 0 && irp < MEMORY_CELLS ? this.objects.baseOf[irp] : 0;
      if (object !== irp || object === 0 || !this.objects.hasGhosts(object)) return this.fault(irp === 0 ? FAULT.null : FAULT.type);
      if (compiled !== undefined && this.stop(this.lifePoint(object))) return Status.yielded;
      if (compiled !== undefined) this.noteLife(object, compiled.writesIrp);
      for (let i = 1; i < eventArgs.length; i++) args[i - 1] = eventArgs[i];
    } else {
      if (compiled !== undefined && this.stop((compiled.usesMachine || !this.fusion) && this.visiblePoint())) return Status.yielded;
      args.set(eventArgs);
    }
    return this.runRules(number, object) ? Status.cut : Status.goOn;
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

  faultBounds(): number {
    return this.fault(FAULT.bounds);
  }

  faultDivide(): number {
    return this.fault(FAULT.divide);
  }

  faultOverflow(): number {
    return this.fault(FAULT.overflow);
  }

  /** Marks everything explored from here as bounded; ends the path when the caller returns the answer. */
  bound(reason: string): number {
    this.bounds.add(reason);
    return Status.cut;
  }

  invariant(condition: number): void {
    if (condition === 0) throw new EngineError(`an invariant of the model does not hold in ${this.nameOf(this.func)} at ${this.pc}`);
  }

  /** Too many backward jumps since the step began: whether to stop here. */
  cutLoop(): boolean {
    return !this.onePiece;
  }

  // What rules ask for.

  breach(rule: number, message: number, subject: number, marked: number): void {
    const report = { rule, message, subject, marked: marked === 1, where: this.where() };
    this.reports.push(report);
    this.observer?.reported(report);
    if (!this.rules.rules[rule].continues) this.cutByRule = true;
  }

  mark(rule: number, subject: number): void {
    this.observer?.marked(rule, subject);
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

  /** The innermost driver frame of the running context with its instruction, if any; calls stand at their call instruction. */
  driverFrame(): { func: FuncId; pc: number } | undefined {
    let inner = true;
    for (let frame = this.fp; frame >= 0; frame = this.scratch[frame + FRAME_CALLER]) {
      const func = this.scratch[frame + FRAME_FUNC];
      if (this.driver[func] === 1) {
        const length = this.program.funcs[func - 1].code.length;
        return { func, pc: inner ? this.pc : this.scratch[frame + FRAME_PC] - length };
      }
      inner = false;
    }
    return undefined;
  }

  // Helpers.

  private begin(context: number): void {
    this.context = context;
    this.at = contextBase(context);
    this.fresh = true;
    this.jumps = 0;
    this.passes = 0;
    this.low = 0;
    this.step++;
    this.cutByRule = false;
    this.mustCheckProcessor = false;
    this.atomic = this.cells[ATOMIC_HOLDER] === context + 1;
    this.countOthers();
    this.refreshLockSet();
  }

  private loop(): number {
    for (;;) {
      const func = this.scratch[this.fp + FRAME_FUNC];
      const run = this.functions[func] ?? this.compile(func);
      this.func = func;
      const status = run(this.fp);
      if (status !== Status.goOn) return status;
    }
  }

  private compile(func: FuncId): GeneratedFunction {
    const generated = compileFunction(this, this.program.funcs[func - 1], this.observer !== undefined);
    this.functions[func] = generated;
    return generated;
  }

  private entryOf(func: FuncId): readonly EntryRegister[] {
    let entry = this.entries[func];
    if (entry === undefined) {
      const { registers, params, code } = this.program.funcs[func - 1];
      const live = code.length === 0 ? [] : liveness(this.program.funcs[func - 1]).before[0];
      entry = live.map((reg) => ({ param: reg < params ? reg : -1, wide: isWide(registers[reg].kind) }));
      this.entries[func] = entry;
    }
    return entry;
  }

  private countOthers(): void {
    this.alone = this.context !== SCRATCH && this.cells[ALIVE] === 1 && this.cells[PENDING] === 0;
  }

  private refreshLockSet(): void {
    if (!this.reduceMovers) return;
    const count = Math.min(this.cells[this.at + LOCKS], MAX_LOCKS);
    const words: number[] = [];
    for (let i = 0; i < count; i++) words.push(this.cells[this.at + HELD + i]);
    this.lockSet = count === 0 && !this.atomic && !this.onePiece ? 0 : this.movers.lockSet(words, this.atomic || this.onePiece);
  }

  /** Stops at a scheduling point, unless the step begins here; notes that the instruction is gone through otherwise. */
  private stop(point: boolean): boolean {
    if (this.stopAt(point)) return true;
    this.pass();
    return false;
  }

  private stopAt(point: boolean): boolean {
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

  private pass(): void {
    if (!this.onePiece && !this.atomic) this.passes++;
  }

  private yieldWith(guard: number, cell: number): number {
    this.memory.set(this.at + GUARD, guard);
    this.memory.set(this.at + GUARD_CELL, guard === Guard.none ? 0 : cell);
    if (guard === Guard.lock) this.movers.noteLock(cell);
    return Status.yielded;
  }

  private visiblePoint(): boolean {
    return !(this.reduceMovers && this.alone);
  }

  private accessPoint(object: number, address: number, cells: number): boolean {
    if (this.lifePoint(object) && this.touched[object] !== this.step) return true;
    if (!this.reduceMovers) return this.lifePoint(object);
    if (this.alone || (this.fusion && this.isPrivate(object))) return false;
    for (let i = 0; i < cells; i++) if (this.movers.visible[address + i] === 1) return true;
    return false;
  }

  /** Whether an act on the object as a whole is a scheduling point. */
  private lifePoint(object: number): boolean {
    if (this.fusion && this.isPrivate(object)) return false;
    if (!this.reduceMovers) return true;
    return !this.alone && this.lifeVisible(object);
  }

  private lifeVisible(object: number): boolean {
    return this.movers.visible[object - OBJECT_HEADER] === 1;
  }

  private isPrivate(object: number): boolean {
    return this.cells[object - OBJECT_HEADER + OBJECT_PRIVATE] === this.context + 1;
  }

  private noteAccess(object: number, address: number, cells: number, write: boolean): void {
    this.touched[object] = this.step;
    if (!this.reduceMovers || this.alone || this.isPrivate(object)) return;
    const who = this.context < FIRST_TRANSIENT ? this.context + 1 : 0;
    this.movers.note(object - OBJECT_HEADER, who, false, this.lockSet);
    for (let i = 0; i < cells; i++) this.movers.note(address + i, who, write, this.lockSet);
  }

  private noteLife(object: number, write: boolean): void {
    if (!this.reduceMovers || this.alone || this.isPrivate(object)) return;
    this.movers.note(object - OBJECT_HEADER, this.context < FIRST_TRANSIENT ? this.context + 1 : 0, write, this.lockSet);
  }

  /** The checks of an access for a cell that an intrinsic works on. */
  private checkCell(address: number): number {
    const object = address > 0 && address < MEMORY_CELLS ? this.objects.baseOf[address] : 0;
    if (object === 0) return this.fault(FAULT.type);
    if (!this.objects.isLive(object)) {
      this.args[0] = 1;
      return this.fault(FAULT.freed);
    }
    this.touched[object] = this.step;
    this.noteLife(object, false);
    return Status.goOn;
  }

  private take(word: number, cancel: number): number {
    const held = this.cells[this.at + LOCKS];
    if (held === MAX_LOCKS) return this.bound('A routine holds more spin locks at once than the checker follows.');
    this.memory.set(word, this.context + 1 + (cancel === 0 ? 0 : 0x100));
    this.memory.set(this.at + HELD + held, word);
    this.memory.set(this.at + LOCKS, held + 1);
    if (cancel !== 0) this.memory.set(this.at + CANCEL_LOCKS, this.cells[this.at + CANCEL_LOCKS] + 1);
    this.refreshLockSet();
    return Status.goOn;
  }

  private release(word: number): void {
    const value = this.cells[word];
    if (value === 0) return;
    this.memory.set(word, 0);
    const owner = contextBase((value & 0xff) - 1);
    const count = this.cells[owner + LOCKS];
    for (let i = 0; i < count; i++) {
      if (this.cells[owner + HELD + i] !== word) continue;
      for (let j = i; j < count - 1; j++) this.memory.set(owner + HELD + j, this.cells[owner + HELD + j + 1]);
      this.memory.set(owner + HELD + count - 1, 0);
      this.memory.set(owner + LOCKS, count - 1);
      if ((value & 0x100) !== 0) this.memory.set(owner + CANCEL_LOCKS, this.cells[owner + CANCEL_LOCKS] - 1);
      break;
    }
    this.refreshLockSet();
  }

  /** Runs the rules on an event whose arguments are in `args`; true when the path ends. */
  private runRules(number: number, object: number): boolean {
    this.observer?.event(eventNames[number], object, this.args);
    const compiled = this.rules.events[number];
    if (compiled !== undefined) compiled.run(this, object === 0 ? 0 : this.objects.ghostBase(object), this.args);
    return this.cutByRule;
  }

  private calledFromDriver(): boolean {
    for (let frame = this.fp; frame >= 0; frame = this.scratch[frame + FRAME_CALLER]) {
      const func = this.scratch[frame + FRAME_FUNC];
      if (this.inline[func] === 0) return this.driver[func] === 1;
    }
    return false;
  }

  private where(): number {
    const frame = this.driverFrame();
    return frame === undefined ? -1 - this.lastReturn[this.context] : frame.func * 0x2000 + frame.pc;
  }

  private unfinished(): number {
    for (let c = 1; c < SCRATCH; c++) if (this.cells[contextBase(c) + LIFE] === 1) return c;
    return 0;
  }

  private nameOf(func: FuncId): string {
    return this.program.funcs[func - 1]?.name ?? 'the model';
  }
}

interface EntryRegister {
  /** Parameter it comes from, -1 for a register that starts as zero. */
  readonly param: number;
  readonly wide: boolean;
}

/** Whether values of this kind take two cells. */
export function isWide(kind: string): boolean {
  return kind === 'i64' || kind === 'u64';
}

/** Parameter kinds as far as a call through a pointer checks them. */
export function signature(kinds: readonly string[]): string {
  return kinds.map((kind) => (kind === 'ptr' || kind === 'fn' ? kind[0] : isWide(kind) ? 'w' : 'i')).join('');
}
