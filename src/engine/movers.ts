/**
 * The optimistic lock-set discipline behind the movers reduction: for each cell, over the whole search, which contexts accessed it, whether
 * any wrote, and which locks all of them held. A cell that breaks it is visible from then on, and the search that saw it so is tainted.
 */
import { DISPATCH_LEVEL } from './layout.ts';

const MANY = 255;
/** Stands for "inside an atomic section" in a lock set. */
const ATOMIC = -1;

/** The discipline of one search. */
export class Movers {
  /** 1 for each cell whose accesses are scheduling points; kept over restarts. */
  readonly visible: Uint8Array;
  /** Set when a cell became visible after it had been treated as local in this search. */
  tainted = false;
  private readonly accessor: Uint8Array;
  private readonly written: Uint8Array;
  private readonly locks: Uint16Array;
  /** Lock words, those also accessed in other ways than lock and unlock, and those released as local steps. */
  private readonly word: Uint8Array;
  private readonly plainWord: Uint8Array;
  private readonly movedRelease: Uint8Array;
  /** Of each lock word: the level above DISPATCH_LEVEL at which it was taken, plus one; 0 before. */
  private readonly level: Uint8Array;
  private readonly sets: (readonly number[])[] = [[]];
  private readonly setIds = new Map<string, number>([['', 0]]);
  private readonly intersections = new Map<number, number>();
  private readonly distrusted = new Set<number>();
  private readonly on: boolean;

  /** For a machine of so many cells; `on`: whether the reduction is in use. Nothing is noted otherwise. */
  constructor(on: boolean, machineCells: number) {
    this.on = on;
    const cells = on ? machineCells : 0;
    this.visible = new Uint8Array(cells);
    this.accessor = new Uint8Array(cells);
    this.written = new Uint8Array(cells);
    this.locks = new Uint16Array(cells);
    this.word = new Uint8Array(cells);
    this.plainWord = new Uint8Array(cells);
    this.movedRelease = new Uint8Array(cells);
    this.level = new Uint8Array(cells);
  }

  /** Forgets what was seen of the first `cells` cells, keeps what is visible. */
  restart(cells: number): void {
    this.tainted = false;
    this.accessor.fill(0, 0, cells);
    this.written.fill(0, 0, cells);
    this.locks.fill(0, 0, cells);
    this.movedRelease.fill(0, 0, cells);
  }

  /** The number of a lock set. */
  lockSet(words: readonly number[], atomic: boolean): number {
    const sorted = [...(atomic ? [ATOMIC] : []), ...words.filter((word) => !this.distrusted.has(word))].sort((a, b) => a - b);
    const key = sorted.join();
    let id = this.setIds.get(key);
    if (id === undefined) {
      if (this.sets.length > 0xffff) return 0;
      id = this.sets.push(sorted) - 1;
      this.setIds.set(key, id);
    }
    return id;
  }

  /** Notes an access to a shared cell. `context` is its number plus one, or 0 for one whose number others have at other times. */
  note(cell: number, context: number, write: boolean, lockSet: number): void {
    if (this.visible[cell] === 1) {
      if (this.word[cell] === 1) {
        if (write) this.distrust(cell);
        else this.notePlainWord(cell);
      }
      return;
    }
    const who = context === 0 ? MANY : context;
    if (this.accessor[cell] === 0) {
      this.accessor[cell] = who;
      this.locks[cell] = lockSet;
    } else {
      if (this.accessor[cell] !== who) this.accessor[cell] = MANY;
      if (this.locks[cell] !== lockSet) this.locks[cell] = this.intersect(this.locks[cell], lockSet);
    }
    if (write) this.written[cell] = 1;
    if (this.accessor[cell] === MANY && this.written[cell] === 1 && this.locks[cell] === 0) {
      this.visible[cell] = 1;
      this.tainted = true;
    }
  }

  /** A guard or a lock looks at this cell: it is visible. */
  expose(cell: number): void {
    if (!this.on || this.visible[cell] === 1) return;
    this.visible[cell] = 1;
    if (this.accessor[cell] !== 0) this.tainted = true;
  }

  /** The cell is taken as a lock word. */
  noteLock(cell: number): void {
    if (!this.on || this.word[cell] === 1) return;
    const plain = this.visible[cell] === 1 || this.accessor[cell] !== 0;
    this.expose(cell);
    this.word[cell] = 1;
    if (plain) this.distrust(cell);
  }

  /** The lock word is accessed otherwise (tried, stored to, released by another): its releases are visible. */
  notePlainWord(cell: number): void {
    if (!this.on || this.plainWord[cell] === 1) return;
    this.plainWord[cell] = 1;
    if (this.movedRelease[cell] === 1) this.tainted = true;
  }

  /** Another than its holder changes the lock word: its releases are visible, and it protects nothing. */
  distrust(cell: number): void {
    this.notePlainWord(cell);
    if (!this.on || this.distrusted.has(cell)) return;
    this.distrusted.add(cell);
    this.tainted = true;
    // Numbers of lock sets are handed out anew, without it.
    this.setIds.clear();
    this.setIds.set('', 0);
    this.intersections.clear();
  }

  /**
   * The lock was taken at that IRQL. One that is taken at several levels, of which those up to DISPATCH_LEVEL are one, protects nothing here: its
   * holder may be kept from running for ever, by an interrupt on its own processor that spins for it.
   */
  noteLevel(cell: number, irql: number): void {
    if (!this.on) return;
    const level = Math.max(DISPATCH_LEVEL, irql) + 1;
    if (this.level[cell] === 0) this.level[cell] = level;
    else if (this.level[cell] !== level) this.distrust(cell);
  }

  /** Whether releasing this word is a left mover: whoever else could notice waits for it. */
  releaseMoves(cell: number): boolean {
    return this.plainWord[cell] === 0;
  }

  noteMovedRelease(cell: number): void {
    this.movedRelease[cell] = 1;
  }

  private intersect(a: number, b: number): number {
    const key = a * 0x10000 + b;
    let result = this.intersections.get(key);
    if (result === undefined) {
      const other = this.sets[b];
      const common = this.sets[a].filter((word) => other.includes(word));
      result = this.lockSet(
        common.filter((word) => word !== ATOMIC),
        common.includes(ATOMIC),
      );
      this.intersections.set(key, result);
    }
    return result;
  }
}
