/** What may keep a search from coming to its end: a member of very many values, as a counter is that only counts up. */
import { cellName } from './cell-names.ts';
import type { Machine } from './machine.ts';

/** Different values, in the states looked at, from which on a cell is told of: state machines and reference counts do not have as many. */
const MANY = 64;

/** Looks at some of the states that a search comes through. */
export class Growth {
  private readonly machine: Machine;
  /** The values of each cell of an object, until there are many. */
  private readonly values = new Map<number, Set<number>>();

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** Looks at the present state. */
  look(): void {
    const { objects, cells } = this.machine;
    for (const base of objects.bases) {
      if (!objects.isLive(base)) continue;
      const end = base + objects.sizeOf(base);
      for (let cell = base; cell < end; cell++) {
        const value = cells[cell];
        if (value === 0) continue;
        const known = this.values.get(cell) ?? new Set();
        if (known.size < MANY) this.values.set(cell, known.add(value));
      }
    }
  }

  /** One sentence on the cells that had many values; undefined where none had. */
  reason(): string | undefined {
    const names = [...this.values]
      .filter(([, known]) => known.size >= MANY)
      .flatMap(([cell]) => cellName(this.machine, cell) ?? []);
    const [first, ...others] = [...new Set(names)];
    if (first === undefined) return undefined;
    const more = others.length === 0 ? '' : ` (and ${others.slice(0, 2).join(', ')}${others.length > 2 ? ' and more' : ''})`;
    return `${first}${more} took ${MANY} different values or more: while something only counts up, no state comes twice, and the search has no end. Let it stop or wrap round after a few.`;
  }
}
