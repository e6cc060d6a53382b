/** The state's cells, with an undo log and the incremental hash. All writes to the state go through `set`. */
import type { Program } from '../ir/program.ts';
import { mixA, mixB, mixC } from './hash.ts';
import { OBJECT_AREA } from './layout.ts';

/** Cells of the whole state; past it a path ends and the verdict is bounded. */
const MOST_CELLS = 1 << 20;
/** Those that a search begins with, enough for almost all: tables for all of them cost more than a short search does. */
const FIRST_CELLS = OBJECT_AREA + (1 << 15);

/** A machine with fewer cells than there may be has none left. */
class OutOfCells extends Error {}

/** Programs for which the cells that a search begins with did not suffice. */
const large = new WeakSet<Program>();

/**
 * Does what `work` does on a machine with few cells, and again from its beginning with all that there may be where they do not suffice.
 * @param work takes the number of cells, and gives the same result for any that suffices.
 */
export function withRoom<T>(program: Program, work: (cells: number) => T): T {
  if (large.has(program)) return work(MOST_CELLS);
  try {
    return work(FIRST_CELLS);
  } catch (error) {
    if (!(error instanceof OutOfCells)) throw error;
    large.add(program);
    return work(MOST_CELLS);
  }
}

/** The cells of the machine with what undoes their changes, and the hash over them. */
export class Memory {
  readonly cells: Int32Array;
  /** Hash lanes of the present state. */
  a = 0;
  b = 0;
  c = 0;
  /** Length of the undo log; a mark to go back to. */
  top = 0;
  private log = new Int32Array(1 << 16);

  constructor(cells = MOST_CELLS) {
    this.cells = new Int32Array(cells);
  }

  /** An object does not fit: where there may be more cells, the work begins again with them. */
  full(): void {
    if (this.cells.length < MOST_CELLS) throw new OutOfCells('the machine needs more cells than it was given');
  }

  /** Writes one cell. */
  set(index: number, value: number): void {
    const old = this.cells[index];
    if (old === value) return;
    let top = this.top;
    if (top + 2 > this.log.length) this.grow();
    this.log[top++] = index;
    this.log[top++] = old;
    this.top = top;
    this.cells[index] = value;
    this.a = (this.a + mixA(index, value) - mixA(index, old)) | 0;
    this.b = (this.b + mixB(index, value) - mixB(index, old)) | 0;
    this.c = (this.c + mixC(index, value) - mixC(index, old)) | 0;
  }

  /** Takes back all writes since the log had length `mark`; the caller gives the hash lanes as they were then. */
  undo(mark: number, a: number, b: number, c: number): void {
    const { cells, log } = this;
    let top = this.top;
    while (top > mark) {
      top -= 2;
      cells[log[top]] = log[top + 1];
    }
    this.top = top;
    this.a = a;
    this.b = b;
    this.c = c;
  }

  private grow(): void {
    const log = new Int32Array(this.log.length * 2);
    log.set(this.log);
    this.log = log;
  }
}
