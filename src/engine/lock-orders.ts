/**
 * In which order spin locks are taken under one another. Over all states of a search it is noted for which two locks both orders occur; only
 * of those the state remembers which of them it has seen, so that what is reported is a run in which both occur.
 */
import { LOCK_ORDERS, MAX_LOCK_ORDERS } from './layout.ts';

/** Bits of a cell in which the state remembers the orders of two locks. */
const LOW_FIRST = 1;
const HIGH_FIRST = 2;
export const BOTH_ORDERS = LOW_FIRST | HIGH_FIRST;
export const TOO_MANY = -1;

/** Above every cell. */
const PAIR = 0x100000;

/** The orders of one search, or of one schedule that is followed. */
export class LockOrders {
  /** Set when two locks turned out to be taken in both orders that the state did not remember until then: the search begins again. */
  tainted = false;
  /** Orders seen so far, by pair. */
  private readonly seen = new Map<number, number>();
  /** Cells of the pairs that the state remembers. */
  private readonly cells = new Map<number, number>();
  private readonly all: boolean;

  /** `all`: every pair is remembered, as one that follows a single schedule can afford. */
  constructor(all: boolean) {
    this.all = all;
  }

  /** The bit that says that `held` was held when `taken` was taken. */
  bitOf(held: number, taken: number): number {
    return held < taken ? LOW_FIRST : HIGH_FIRST;
  }

  /** The cells of pairs with a lock among those memory cells, which end. */
  cellsOfPairsIn(from: number, to: number): readonly number[] {
    return [...this.cells].flatMap(([pair, cell]) => {
      const isIn = (word: number): boolean => word >= from && word < to;
      return isIn(Math.trunc(pair / PAIR)) || isIn(pair % PAIR) ? [cell] : [];
    });
  }

  /** The cell for the two locks where the state remembers their orders; TOO_MANY where it has no room for more pairs. */
  cellOf(held: number, taken: number): number | undefined {
    const pair = Math.min(held, taken) * PAIR + Math.max(held, taken);
    const cell = this.cells.get(pair);
    if (cell !== undefined) return cell;
    const orders = (this.seen.get(pair) ?? 0) | this.bitOf(held, taken);
    this.seen.set(pair, orders);
    if (!this.all && orders !== BOTH_ORDERS) return undefined;
    if (this.cells.size === MAX_LOCK_ORDERS) return TOO_MANY;
    this.cells.set(pair, LOCK_ORDERS + this.cells.size);
    if (!this.all) this.tainted = true;
    return this.all ? this.cells.get(pair) : undefined;
  }
}
