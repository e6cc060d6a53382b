/**
 * The machine that generated code runs on: IRQL, processors, timers, choices and exceptions, on top of waits (machine-waits.ts), locks
 * (machine-locks.ts), memory (machine-memory.ts) and stepping (machine-core.ts).
 */
import type { FuncId } from '../ir/program.ts';
import type { GeneratedFunction } from './codegen.ts';
import { compileFunction } from './codegen.ts';
import { DISPATCH_LEVEL, EXCEPTION, EXCEPTION_CODE, IRQL, PICKS, SCRATCH, TERMINATED, THREAD } from './layout.ts';
import { EngineError, FAULT, Status } from './machine-types.ts';
import { WaitMachine } from './machine-waits.ts';
import { bind, dequeueDpc, processorOf, queueDpc, startContext, unbind } from './processors.ts';
import { armTimer, disarmTimer, eachDeadline } from './timers.ts';

export type { MachineOptions, Observer, Report } from './machine-types.ts';
export { leaveEvents, Mode, Status, signature } from './machine-types.ts';

/** The whole machine: levels, processors, timers, choices and exceptions upon waits, locks, memory and frames. */
export class Machine extends WaitMachine {
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
    if (object === 0 || this.objects.at(object) !== object || this.gone(object)) return 0;
    return this.objects.sizeToken(object, inBytes !== 0);
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
}
