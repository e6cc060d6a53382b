/** The machine's waits: for one object or several, with or without a time, and those of interrupts and the hardware. */
import { DISPATCH_LEVEL, Guard, IRQL, PICKS, STATUS_ALERTED, STATUS_TIMEOUT, TERMINATED, WAIT_LEFT } from './layout.ts';
import { LockMachine } from './machine-locks.ts';
import { FAULT, Status } from './machine-types.ts';
import { bindOver } from './processors.ts';
import { deadline } from './timers.ts';

/** By the `timed` argument of a wait. */
const waitGuards = [Guard.wait, Guard.timedWait, Guard.userWait, Guard.patient] as const;

/** Waits: of a thread for objects and time, of the hardware for its turn. */
export abstract class WaitMachine extends LockMachine {
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

  /** What a wait that is over does to the object it waited for. */
  private consume(header: number): void {
    const signal = header + this.signalOffset;
    this.noteRead(header + this.typeOffset);
    const type = this.cells[header + this.typeOffset];
    if (type === 1) this.memory.set(signal, 0);
    else if (type === 5) this.memory.set(signal, this.cells[signal] - 1);
  }
}
