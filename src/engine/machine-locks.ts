/** The machine's spin locks: who holds which, in which orders they are taken; atomic sections; and what a context that waits stands at. */
import {
  ATOMIC_DEPTH,
  ATOMIC_HOLDER,
  BOUND,
  CANCEL_LOCKS,
  contextBase,
  GUARD,
  GUARD_CELL,
  Guard,
  HELD,
  IRQL,
  LOCKS,
  MAX_LOCKS,
} from './layout.ts';
import { BOTH_ORDERS, TOO_MANY } from './lock-orders.ts';
import { MemoryMachine } from './machine-memory.ts';
import { EngineError, FAULT, ORDER, Status } from './machine-types.ts';

/** Spin locks, the orders they are taken in, and atomic sections. */
export abstract class LockMachine extends MemoryMachine {
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
    const object = this.objects.at(word);
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

  locksHeld(): number {
    return this.cells[this.at + LOCKS];
  }

  cancelLockHeld(): number {
    return this.cells[this.at + CANCEL_LOCKS] > 0 ? 1 : 0;
  }

  atomicBegin(): number {
    return this.stop(this.visiblePoint()) ? Status.yielded : this.enterAtomic();
  }

  protected enterAtomic(): number {
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
}
