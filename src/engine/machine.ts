/**
 * The machine that generated code runs on: locks, waits, IRQL, processors and choices, on top of memory (machine-memory.ts) and stepping
 * (machine-core.ts).
 */
import type { FuncId } from '../ir/program.ts';
import type { GeneratedFunction } from './codegen.ts';
import { compileFunction } from './codegen.ts';
import {
  ATOMIC_DEPTH,
  ATOMIC_HOLDER,
  BOUND,
  CANCEL_LOCKS,
  contextBase,
  DISPATCH_LEVEL,
  EXCEPTION,
  EXCEPTION_CODE,
  GUARD,
  GUARD_CELL,
  Guard,
  HELD,
  IRQL,
  LOCKS,
  MAX_LOCKS,
  PICKS,
  SCRATCH,
  STATUS_ALERTED,
  STATUS_TIMEOUT,
  TERMINATED,
  THREAD,
  WAIT_LEFT,
} from './layout.ts';
import { BOTH_ORDERS, TOO_MANY } from './lock-orders.ts';
import { MemoryMachine } from './machine-memory.ts';
import { EngineError, FAULT, ORDER, Status } from './machine-types.ts';
import { MEMORY_CELLS } from './memory.ts';
import { bind, bindOver, dequeueDpc, processorOf, queueDpc, startContext, unbind } from './processors.ts';
import { armTimer, deadline, disarmTimer, eachDeadline } from './timers.ts';

export type { MachineOptions, Observer, Report } from './machine-types.ts';
export { leaveEvents, Mode, Status, signature } from './machine-types.ts';

/** By the `timed` argument of a wait. */
const waitGuards = [Guard.wait, Guard.timedWait, Guard.userWait, Guard.patient] as const;

/** The whole machine: locks, waits, levels, processors and timers upon memory and frames. */
export class Machine extends MemoryMachine {
  lock(word: number, cancel: number): number {
    if (word === 0) return this.faultAtPoint(FAULT.null);
    const open = this.cells[word] === 0 || this.gone(word);
    if (this.stopAt(this.visiblePoint()) || !open) return this.yieldWith(Guard.lock, word);
    this.pass();
    const status = this.checkCell(word);
    if (status !== Status.goOn) return status;
    if (!this.alone) this.movers.noteLock(word);
    const taken = this.take(word, cancel);
    return taken === Status.goOn && this.rules.events[ORDER] !== undefined ? this.noteOrder(word) : taken;
  }

  tryLock(word: number, cancel: number): number {
    if (word === 0) return this.faultAtPoint(FAULT.null);
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
    if (word === 0) return this.faultAtPoint(FAULT.null);
    const mine = (this.cells[word] & 0xff) === this.context + 1;
    const object = word > 0 && word < MEMORY_CELLS ? this.objects.baseOf[word] : 0;
    // Below DISPATCH_LEVEL the holder may be kept from running for ever, by contexts that spin for this very lock.
    const bound = this.cells[this.at + BOUND] !== 0;
    const moves = this.reduceMovers && mine && bound && this.movers.releaseMoves(word) && !this.lifeVisible(object);
    if (this.stop(!moves && this.visiblePoint())) return Status.yielded;
    const status = this.checkCell(word);
    if (status !== Status.goOn) return status;
    if (!this.alone) {
      if (moves) this.movers.noteMovedRelease(word);
      if (!mine) this.movers.distrust(word);
    }
    this.release(word);
    this.stretch++;
    return Status.goOn;
  }

  holds(word: number): number {
    return word > 0 && (this.cells[word] & 0xff) === this.context + 1 ? 1 : 0;
  }

  wait(header: number, timed: number, micros: number): number {
    if (header === 0) return this.faultAtPoint(FAULT.null);
    const signal = header + this.signalOffset;
    const left = this.cells[this.at + WAIT_LEFT];
    const raised = this.cells[this.at + IRQL] >= DISPATCH_LEVEL;
    const terminated = timed === 2 && this.cells[TERMINATED] === 1;
    const open = this.cells[signal] > 0 || terminated || this.gone(signal);
    if (!this.alone || !open) this.movers.expose(signal);
    const guarded = !raised && (timed === 1 ? left > 0 : left >= 0);
    if (this.stopAt(this.visiblePoint()) || (guarded && !open)) {
      return this.yieldWith(!guarded ? Guard.none : waitGuards[timed], signal);
    }
    this.pass();
    const status = this.checkCell(signal);
    if (status !== Status.goOn) return status;
    if (terminated && this.cells[signal] <= 0) {
      this.ret = STATUS_ALERTED;
      return Status.goOn;
    }
    if (left < 0 || !open) {
      if (left < 0 || (timed === 1 && micros <= 0)) {
        this.memory.set(this.at + WAIT_LEFT, 0);
        this.ret = STATUS_TIMEOUT;
        return Status.goOn;
      }
      if (raised) return this.fault(FAULT.wait);
      this.memory.set(this.at + WAIT_LEFT, deadline(micros));
      return this.yieldWith(Guard.timedWait, signal);
    }
    this.memory.set(this.at + WAIT_LEFT, 0);
    this.consume(header);
    this.ret = 0;
    return Status.goOn;
  }

  /**
   * The context waits for an interrupt of that IRQL, which `header` says is pending, and takes it on the processor that the answer names: over
   * whatever is there at a lower level.
   */
  interruptWait(header: number, irql: number): number {
    const signal = header + this.signalOffset;
    this.fresh = false;
    this.movers.expose(signal);
    if (this.cells[this.at + PICKS] === 0) {
      this.memory.set(this.at + PICKS, this.processors);
      this.memory.set(this.at + WAIT_LEFT, irql);
      return this.yieldWith(Guard.interrupt, signal);
    }
    this.pass();
    this.memory.set(this.at + PICKS, 0);
    this.memory.set(this.at + WAIT_LEFT, 0);
    bindOver(this, this.context, this.pick);
    this.memory.set(this.at + IRQL, irql);
    return Status.goOn;
  }

  /** Begins an atomic section as atomicBegin does, but in the hardware: when `header` (0: any time) says so, and no processor is needed. */
  hardware(header: number): number {
    const signal = header === 0 ? 0 : header + this.signalOffset;
    this.fresh = false;
    if (header !== 0) this.movers.expose(signal);
    if (this.cells[this.at + PICKS] === 0 && !this.atomic && !this.onePiece) {
      this.memory.set(this.at + PICKS, 1);
      return this.yieldWith(Guard.hardware, signal);
    }
    this.memory.set(this.at + PICKS, 0);
    this.pass();
    return this.enterAtomic();
  }

  waitSeveral(record: number, timed: number, micros: number): number {
    const left = this.cells[this.at + WAIT_LEFT];
    const raised = this.cells[this.at + IRQL] >= DISPATCH_LEVEL;
    const first = this.letsGo(record);
    const signals: number[] = [];
    for (let i = 0; i < this.cells[record]; i++) {
      const header = this.cells[record + 2 + i];
      signals.push(header === 0 ? 0 : header + this.signalOffset);
    }
    if (!this.alone || first < 0) for (const signal of signals) if (signal !== 0) this.movers.expose(signal);
    const guarded = !raised && (timed !== 1 || left > 0);
    if (this.stopAt(this.visiblePoint()) || (guarded && first < 0)) {
      return this.yieldWith(!guarded ? Guard.none : timed === 1 ? Guard.timedSeveral : Guard.several, record);
    }
    this.pass();
    for (const signal of signals) {
      const status = signal === 0 ? Status.goOn : this.checkCell(signal);
      if (status !== Status.goOn) return status;
    }
    if (left < 0 || first < 0) {
      if (timed === 1 && (left < 0 || micros <= 0)) {
        this.memory.set(this.at + WAIT_LEFT, 0);
        this.ret = STATUS_TIMEOUT;
        return Status.goOn;
      }
      if (raised) return this.fault(FAULT.wait);
      this.memory.set(this.at + WAIT_LEFT, deadline(micros));
      return this.yieldWith(Guard.timedSeveral, record);
    }
    this.memory.set(this.at + WAIT_LEFT, 0);
    const all = this.cells[record + 1] !== 0;
    for (const signal of all ? signals : [signals[first]]) if (signal !== 0) this.consume(signal - this.signalOffset);
    this.ret = all ? 0 : first;
    return Status.goOn;
  }

  /** What a wait that is over does to the object it waited for. */
  private consume(header: number): void {
    const signal = header + this.signalOffset;
    this.noteRead(header + this.typeOffset);
    const type = this.cells[header + this.typeOffset];
    if (type === 1) this.memory.set(signal, 0);
    else if (type === 5) this.memory.set(signal, this.cells[signal] - 1);
  }

  raise(irql: number): number {
    const old = this.cells[this.at + IRQL];
    if (irql < old) return this.pauses() ? Status.yielded : this.fault(FAULT.irql);
    const binds = old < DISPATCH_LEVEL && irql >= DISPATCH_LEVEL;
    // Above DISPATCH_LEVEL interrupts are shut out: those that can still come are to come before.
    if (this.stop((binds || irql > DISPATCH_LEVEL || !this.fusion) && this.visiblePoint())) return Status.yielded;
    this.memory.set(this.at + IRQL, irql);
    if (binds && this.context !== SCRATCH) bind(this, this.context);
    this.ret = old;
    return Status.goOn;
  }

  lower(irql: number): number {
    const old = this.cells[this.at + IRQL];
    if (irql > old) return this.pauses() ? Status.yielded : this.fault(FAULT.irql);
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
    if (dpc === 0) return this.faultAtPoint(FAULT.null);
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
    if (timer === 0) return this.faultAtPoint(FAULT.null);
    if (this.stop(this.visiblePoint())) return Status.yielded;
    this.objects.publish(timer);
    this.observer?.made(timer);
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
    if (routine === 0) return this.faultAtPoint(FAULT.null);
    if (this.stop(this.visiblePoint())) return Status.yielded;
    for (const value of [thread, a, b]) this.objects.publish(value);
    if (startContext(this, kind, routine, thread, [a, b]) < 0)
      return this.bound('The scenario has more threads and DPCs than the checker follows.');
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
    // Where it stands in an atomic section, too, a step begins here.
    if (!this.onePiece) this.passes++;
    this.memory.set(this.at + PICKS, 0);
    this.ret = this.pick;
    return Status.goOn;
  }

  /** A Status: the path ends where no handler is around the raising instruction. */
  raiseException(status: number): number {
    if (this.cells[this.at + EXCEPTION] !== 0) throw new EngineError('an exception is raised while another is on its way');
    if (!this.isHandled()) {
      if (this.stop(this.visiblePoint())) return Status.yielded;
      this.args[0] = status;
      return this.fault(FAULT.exception);
    }
    this.memory.set(this.at + EXCEPTION, 1);
    this.memory.set(this.at + EXCEPTION_CODE, status);
    return Status.goOn;
  }

  exceptionPending(): number {
    return this.cells[this.at + EXCEPTION];
  }

  takeException(): number {
    const code = this.cells[this.at + EXCEPTION_CODE];
    this.memory.set(this.at + EXCEPTION, 0);
    this.memory.set(this.at + EXCEPTION_CODE, 0);
    return code;
  }

  atomicBegin(): number {
    return this.stop(this.visiblePoint()) ? Status.yielded : this.enterAtomic();
  }

  private enterAtomic(): number {
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
    this.stretch++;
    this.refreshLockSet();
  }

  irql(): number {
    return this.cells[this.at + IRQL];
  }

  currentThread(): number {
    return this.cells[this.at + THREAD];
  }

  byteOffset(token: number, cell: number): number {
    return this.objects.byteOffset(token, cell);
  }

  objectSize(object: number, inBytes: number): number {
    if (object <= 0 || object >= MEMORY_CELLS || this.objects.baseOf[object] !== object || this.gone(object)) return 0;
    return this.objects.sizeToken(object, inBytes !== 0);
  }

  locksHeld(): number {
    return this.cells[this.at + LOCKS];
  }

  cancelLockHeld(): number {
    return this.cells[this.at + CANCEL_LOCKS] > 0 ? 1 : 0;
  }

  isTerminated(): number {
    return this.cells[TERMINATED];
  }

  isTimePending(): number {
    let pending = 0;
    eachDeadline(this, () => {
      pending = 1;
    });
    return pending;
  }

  isDriverRoutine(func: number): number {
    return func > 0 && func < this.driver.length ? this.driver[func] : 0;
  }

  protected compile(func: FuncId): GeneratedFunction {
    const generated = compileFunction(this, this.program.funcs[func - 1], this.observer !== undefined);
    this.functions[func] = generated;
    return generated;
  }

  protected yieldWith(guard: number, cell: number): number {
    this.memory.set(this.at + GUARD, guard);
    this.memory.set(this.at + GUARD_CELL, guard === Guard.none ? 0 : cell);
    if (guard === Guard.lock) this.movers.noteLock(cell);
    return Status.yielded;
  }

  protected take(word: number, cancel: number): number {
    const held = this.cells[this.at + LOCKS];
    if (held === MAX_LOCKS) return this.bound('A routine holds more spin locks at once than the checker follows.');
    this.memory.set(word, this.context + 1 + (cancel === 0 ? 0 : 0x100));
    this.memory.set(this.at + HELD + held, word);
    this.memory.set(this.at + LOCKS, held + 1);
    if (cancel !== 0) this.memory.set(this.at + CANCEL_LOCKS, this.cells[this.at + CANCEL_LOCKS] + 1);
    this.movers.noteLevel(word, this.cells[this.at + IRQL]);
    this.refreshLockSet();
    return Status.goOn;
  }

  /** A lock has been taken under others: notes in which order, and raises `lock.order` when both have been seen. */
  private noteOrder(word: number): number {
    const under = this.cells[this.at + LOCKS] - 1;
    for (let i = 0; i < under; i++) {
      const held = this.cells[this.at + HELD + i];
      const cell = this.orders.cellOf(held, word);
      if (cell === undefined) continue;
      if (cell === TOO_MANY) return this.bound('More spin locks are taken under one another than the checker follows.');
      const before = this.cells[cell];
      const after = before | this.orders.bitOf(held, word);
      if (after === before) continue;
      this.memory.set(cell, after);
      if (after === BOTH_ORDERS && this.runRules(ORDER, 0)) return Status.cut;
    }
    return Status.goOn;
  }

  protected release(word: number): void {
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
}
