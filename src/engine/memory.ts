/** The state's cells, with an undo log and the incremental hash. All writes to the state go through `set`. */
import { mixA, mixB, mixC } from './hash.ts';

/** Cells of the whole state; past it a path ends and the verdict is bounded. */
export const MEMORY_CELLS = 1 << 20;

/** The cells of the machine with what undoes their changes, and the hash over them. */
export class Memory {
  readonly cells = new Int32Array(MEMORY_CELLS);
  /** Hash lanes of the present state. */
  a = 0;
  b = 0;
  c = 0;
  /** Length of the undo log; a mark to go back to. */
  top = 0;
  private log = new Int32Array(1 << 16);

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
