/** Data races: a context that stops before an access leaves a note of it, which whoever comes to the same cell looks at. See docs/adr/0011. */
import { BOUND, CONTEXTS, contextBase, FRAME_CALLER, FRAME_FUNC, LIFE, NEXT_CELL, NEXT_MODE, NEXT_VALUE } from './layout.ts';
import { MachineCore } from './machine-core.ts';
import { Mode, RACE } from './machine-types.ts';
import { lowestFree } from './processors.ts';

export abstract class RaceMachine extends MachineCore {
  /** Notes what a context that stops before an access is about to do, for those that come to the same cell. */
  protected standAt(address: number, cells: number, mode: number): void {
    if (this.rules.events[RACE] === undefined || !this.isDriverAccess(mode)) return;
    this.memory.set(this.at + NEXT_CELL, address);
    this.memory.set(this.at + NEXT_MODE, mode | (cells << 8));
    this.memory.set(this.at + NEXT_VALUE, (mode & Mode.write) !== 0 ? this.value : 0);
  }

  /** Raises `memory.race` where another context that could run now stands before an access that conflicts. Whether the path ends. */
  protected races(address: number, cells: number, mode: number): boolean {
    if (this.rules.events[RACE] === undefined || !this.isDriverAccess(mode)) return false;
    for (let context = 0; context < CONTEXTS; context++) {
      const at = contextBase(context);
      const other = this.cells[at + NEXT_CELL];
      if (other === 0 || context === this.context || this.cells[at + LIFE] !== 1) continue;
      const otherMode = this.cells[at + NEXT_MODE];
      if (address >= other + (otherMode >> 8) || other >= address + cells) continue;
      if (this.cells[at + BOUND] === 0 && lowestFree(this) < 0) continue;
      const wide = cells > 1 || otherMode >> 8 > 1;
      if (conflict(mode, this.value, otherMode, this.cells[at + NEXT_VALUE], wide)) return this.runRules(RACE, 0);
    }
    return false;
  }

  /** Whether the driver itself accesses, or an inline routine that it called. Blocks are not followed cell by cell. */
  private isDriverAccess(mode: number): boolean {
    if ((mode & Mode.block) !== 0) return false;
    return (mode & Mode.driver) !== 0 || ((mode & Mode.inline) !== 0 && this.calledFromDriver());
  }

  protected calledFromDriver(): boolean {
    for (let frame = this.fp; frame >= 0; frame = this.scratch[frame + FRAME_CALLER]) {
      const func = this.scratch[frame + FRAME_FUNC];
      if (this.inline[func] === 0) return this.driver[func] === 1;
    }
    return false;
  }
}

/**
 * Whether two accesses to the same cell, which nothing keeps apart, are a data race. A plain read of up to 32 bits beside a write is none: the
 * processor reads it whole, and what follows from either value is explored. Neither are two writes of the same value, unless one of them is
 * the end of an update, which the other is lost to; and an interlocked access is hurt by such an update only.
 */
function conflict(mode: number, value: number, otherMode: number, otherValue: number, wide: boolean): boolean {
  const bothWrite = (mode & otherMode & Mode.write) !== 0;
  const interlocked = ((mode | otherMode) & Mode.interlocked) !== 0;
  if ((mode & otherMode & Mode.interlocked) !== 0) return false;
  if (!bothWrite) return wide && !interlocked && ((mode | otherMode) & Mode.write) !== 0;
  const updates = ((mode | otherMode) & Mode.update) !== 0;
  return updates || (!interlocked && (wide || value !== otherValue));
}
