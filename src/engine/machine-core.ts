import type { FuncId } from '../ir/program.ts';
import type { GeneratedFunction } from './codegen.ts';
import {
  BOUND,
  CONTEXT_GHOSTS,
  contextBase,
  FP,
  FRAME_FUNC,
  FRAME_PC,
  GUARD,
  GUARD_CELL,
  Guard,
  IRQL,
  KIND,
  Kind,
  LIFE,
  NEXT_CELL,
  NEXT_MODE,
  NEXT_VALUE,
  SCRATCH,
  SP,
  stackBase,
  UNDER,
} from './layout.ts';
import { FrameMachine, NOT_ENTERED } from './machine-frames.ts';
import { DEADLOCK, FAULT, IRP_LEAKED, LEAKED, leaves, Status, TIMER_LEFT } from './machine-types.ts';
import { endContext, lowestFree } from './processors.ts';
import type { RuleHost } from './rules.ts';
import { eventNames } from './rules.ts';

/** Faults that a scenario's own code can run into without any doing of the driver's. */
const scenarioFaults: ReadonlySet<number> = new Set([FAULT.null, FAULT.type, FAULT.bounds]);

/** What all layers of the machine stand on: stepping, events and faults. */
export abstract class MachineCore extends FrameMachine implements RuleHost {
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

  /** Whether `func` can be called with arguments of that signature; otherwise the fault has been raised. */
  callable(func: FuncId, wanted: string): boolean {
    if (func !== 0 && this.signatures[func] === wanted) return true;
    const object = this.objects.at(func);
    if (object !== 0 && this.objects.isUnknown(object)) this.lookInto();
    else this.fault(func === 0 ? FAULT.null : FAULT.type);
    return false;
  }

  /** A fault: the path ends, reported or bounded. A mistake of the scenario's own is no finding. */
  fault(number: number): number {
    if (scenarioFaults.has(number) && !this.isDriverOrSystem())
      return this.bound(`The scenario itself goes wrong in ${this.nameOf(this.func)}: ${eventNames[number]}.`);
    const before = this.reports.length;
    this.runRules(number, 0);
    if (this.reports.length === before) {
      this.bound(`Some path ends in ${eventNames[number]} in ${this.nameOf(this.func)}, which no active rule reports.`);
    }
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
    if (++this.asked === this.haltAt) return true;
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

  /** A fault of an instruction before which it has not been asked whether to stop. */
  protected faultAtPoint(number: number): number {
    return this.pauses() ? Status.yielded : this.fault(number);
  }

  /** As `pauses`, of an instruction that has been gone through by `stop`: if so, it is not after all. */
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

  /** Generates the code of a function. */
  protected abstract compile(func: FuncId): GeneratedFunction;

  protected abstract irql(): number;

  protected abstract locksHeld(): number;

  protected abstract cancelLockHeld(): number;
}
