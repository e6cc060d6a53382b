/** Maps and sets whose copies cost nothing: both sides share the entries until one of them changes something. */

/** What every map begins with. */
// biome-ignore lint/suspicious/noExplicitAny: it has no entries of any type.
const nothing = new Map<any, any>();

/** A map with the order of insertion. Entries may be changed while it is gone through. */
export class LazyMap<K, V> implements Iterable<[K, V]> {
  private items: Map<K, V> = nothing;
  /** Whether another map may have the same entries. */
  private lent = true;

  get size(): number {
    return this.items.size;
  }

  get(key: K): V | undefined {
    return this.items.get(key);
  }

  has(key: K): boolean {
    return this.items.has(key);
  }

  keys(): Iterable<K> {
    return this.items.keys();
  }

  values(): Iterable<V> {
    return this.items.values();
  }

  [Symbol.iterator](): Iterator<[K, V]> {
    return this.items[Symbol.iterator]();
  }

  set(key: K, value: V): void {
    this.own().set(key, value);
  }

  delete(key: K): void {
    if (this.items.has(key)) this.own().delete(key);
  }

  clear(): void {
    this.items = nothing;
    this.lent = true;
  }

  copy(): LazyMap<K, V> {
    const other = new LazyMap<K, V>();
    other.items = this.items;
    this.lent = true;
    return other;
  }

  /** Whether neither side has changed anything since one was copied from the other, as far as can be told at once. */
  isCopyOf(other: LazyMap<K, V>): boolean {
    return this.items === other.items;
  }

  private own(): Map<K, V> {
    if (this.lent) {
      this.items = new Map(this.items);
      this.lent = false;
    }
    return this.items;
  }
}

/** A set with the order of insertion. Members may be added and taken out while it is gone through. */
export class LazySet<T> implements Iterable<T> {
  private readonly items: LazyMap<T, true>;

  constructor(items: LazyMap<T, true> = new LazyMap()) {
    this.items = items;
  }

  get size(): number {
    return this.items.size;
  }

  has(item: T): boolean {
    return this.items.has(item);
  }

  [Symbol.iterator](): Iterator<T> {
    return this.items.keys()[Symbol.iterator]();
  }

  add(item: T): void {
    if (!this.items.has(item)) this.items.set(item, true);
  }

  delete(item: T): void {
    this.items.delete(item);
  }

  clear(): void {
    this.items.clear();
  }

  copy(): LazySet<T> {
    return new LazySet(this.items.copy());
  }

  /** Whether both have the same members for sure, as neither has changed since it was copied. */
  isCopyOf(other: LazySet<T>): boolean {
    return this.items.isCopyOf(other.items);
  }
}
