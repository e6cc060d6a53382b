/** Abstract memory: what is known of cells, object by object. A copy shares the objects until one side changes them. */
import type { Value } from './value.ts';

type Cells = Map<number, Value>;

const nothing: ReadonlyMap<number, Value> = new Map();

/** Known cells, by the symbol of the object they lie in and the offset from it. */
export class Memory {
  /** Objects that are no copy's as well. */
  private own = new Set<number>();
  private objects = new Map<number, Cells>();

  get(base: number, offset: number): Value | undefined {
    return this.objects.get(base)?.get(offset);
  }

  set(base: number, offset: number, value: Value): void {
    this.owned(base).set(offset, value);
  }

  delete(base: number, offset: number): void {
    if (this.objects.get(base)?.has(offset) === true) this.owned(base).delete(offset);
  }

  /** Forgets all cells of the object. */
  drop(base: number): void {
    this.objects.delete(base);
    this.own.delete(base);
  }

  /** Symbols of the objects of which something is known; they may be changed and dropped meanwhile. */
  bases(): Iterable<number> {
    return this.objects.keys();
  }

  /** What is known of an object, by offset. */
  of(base: number): ReadonlyMap<number, Value> {
    return this.objects.get(base) ?? nothing;
  }

  /** Symbols that known cells hold. */
  *held(): Iterable<number> {
    for (const cells of this.objects.values()) for (const { base } of cells.values()) yield base;
  }

  copy(): Memory {
    const other = new Memory();
    other.objects = new Map(this.objects);
    this.own = new Set();
    return other;
  }

  private owned(base: number): Cells {
    const cells = this.objects.get(base);
    if (cells !== undefined && this.own.has(base)) return cells;
    const mine = new Map(cells);
    this.objects.set(base, mine);
    this.own.add(base);
    return mine;
  }
}
