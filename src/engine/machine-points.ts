/** What of memory is a scheduling point, and what the reductions note of accesses: see movers.ts. */
import { BOUND, FIRST_TRANSIENT, LOCKS, OBJECT_HEADER, OBJECT_PRIVATE } from './layout.ts';
import { RaceMachine } from './machine-races.ts';
import { asksFor } from './rules.ts';

/** Scheduling points of memory. */
export abstract class PointMachine extends RaceMachine {
  /** The stretch (see `stretch`) in which each object was accessed last. */
  private readonly touched = new Int32Array(this.cells.length);
  /** The same of writes to IRPs, where a rule about touching them tells writes from reads. */
  private readonly written = new Int32Array(this.cells.length);
  private readonly tellsWrites = this.rules.rules.some(({ on }) => (on['irp.touch'] ?? []).some((arc) => asksFor(arc, 'write')));

  /** Whether an access is a scheduling point. */
  protected accessPoint(object: number, address: number, cells: number, write: boolean): boolean {
    const known = write && this.tellsWrites && this.objects.hasGhosts(object) ? this.written : this.touched;
    if (this.lifePoint(object) && known[object] !== this.stretch) return true;
    if (!this.reduceMovers) return this.lifePoint(object);
    if (this.alone || (this.fusion && this.isPrivate(object))) return false;
    return this.starvable() || this.cellsVisible(address, cells);
  }

  protected cellsVisible(address: number, cells: number): boolean {
    for (let i = 0; i < cells; i++) if (this.movers.visible[address + i] === 1) return true;
    return false;
  }

  /** Whether an act on the object as a whole is a scheduling point. */
  protected lifePoint(object: number): boolean {
    if (this.fusion && this.isPrivate(object)) return false;
    if (!this.reduceMovers) return true;
    return !this.alone && (this.starvable() || this.lifeVisible(object));
  }

  /**
   * Whether the running context can be kept from running for ever, by contexts that spin for a lock it holds: then it matters how far it has got, and none
   * of its accesses is local.
   */
  private starvable(): boolean {
    return this.cells[this.at + LOCKS] > 0 && this.cells[this.at + BOUND] === 0;
  }

  protected lifeVisible(object: number): boolean {
    return this.movers.visible[object - OBJECT_HEADER] === 1;
  }

  protected isPrivate(object: number): boolean {
    return this.cells[object - OBJECT_HEADER + OBJECT_PRIVATE] === this.context + 1;
  }

  protected noteAccess(object: number, address: number, cells: number, write: boolean): void {
    // Behind an access that others can see, they may end the object because of it.
    if (!this.reduceMovers || !this.cellsVisible(address, cells)) {
      this.touched[object] = this.stretch;
      if (write) this.written[object] = this.stretch;
    }
    if (!this.reduceMovers || this.alone || this.isPrivate(object)) return;
    this.note(object - OBJECT_HEADER, false);
    for (let i = 0; i < cells; i++) this.note(address + i, write);
  }

  /** Notes that an intrinsic looks at a cell whose object has been checked. */
  protected noteRead(cell: number): void {
    if (!this.reduceMovers || this.alone || this.isPrivate(this.objects.baseOf[cell])) return;
    this.note(cell, false);
  }

  protected noteLife(object: number, write: boolean): void {
    if (!this.reduceMovers || this.alone || this.isPrivate(object)) return;
    this.note(object - OBJECT_HEADER, write);
  }

  /** Notes an access to a cell that others can reach. */
  private note(cell: number, write: boolean): void {
    this.movers.note(cell, this.context < FIRST_TRANSIENT ? this.context + 1 : 0, write, this.lockSet);
    // An atomic section begins at a point: what it does is part of that.
    if (this.movers.visible[cell] === 0 && !this.passedFresh && !this.atomic) this.localSince = true;
  }
}
