/**
 * Objects and their slots. A slot belongs to (context, site, size, ordinal) for the whole search; which slots are live is state, kept in
 * each slot's header. The tables here only grow and are no part of the state.
 */
import type { Program, Type, TypeId } from '../ir/program.ts';
import {
  CONTEXTS,
  contextBase,
  LIFE,
  MACHINE_GHOSTS,
  OBJECT_AREA,
  OBJECT_HEADER,
  OBJECT_LIFE,
  OBJECT_PRIVATE,
  SP,
  stackBase,
  UNWRITTEN,
} from './layout.ts';
import type { Memory } from './memory.ts';

export const ObjectKind = { global: 0, stack: 1, pool: 2 } as const;

/** Values of a header's cell OBJECT_LIFE; what is live may have flags besides. */
const Life = { none: 0, live: 1, freed: 2, retired: 3, mask: 3 } as const;
/** Flags of a live pool object, as `alloc` has them, above its life: it is pageable, it is the driver's to free, it is user memory. */
const LIFE_FLAGS = 2;
const Flag = { paged: 1, owed: 2, user: 4 } as const;

/** Of no object: no size in bytes is that large. */
const NO_TOKEN = 0x7fffffff;

/** The objects of one machine: which cells they take, and what becomes of them. */
export class Objects {
  /** First cell of the object that a cell belongs to, 0 where there is none (live or freed alike). */
  readonly baseOf: Int32Array;
  /** By an object's first cell: its size token (minus the type id, or a byte count). */
  private readonly token: Int32Array;
  private readonly kind: Uint8Array;
  private readonly size: Int32Array;
  /** By an object's first cell: 1 where rules follow it. */
  private readonly subject: Uint8Array;
  /** First cells of all objects. */
  readonly bases: number[] = [];
  private readonly slots = new Map<number, Map<number, number[]>>();
  private readonly types: Map<TypeId, Type>;
  private readonly parts = new Map<TypeId, Uint8Array>();
  /** By type: its C size. */
  private readonly byteSizes: Int32Array;
  private readonly typeLimit: number;
  /** First cell behind all slots. */
  end = OBJECT_AREA;
  private readonly memory: Memory;
  private readonly ghosts: number;
  /** The size token of what routines without a model give. */
  private readonly unknown: number;

  /** `ghosts`: cells that rules keep behind each object of a type with a subject. */
  constructor(program: Program, memory: Memory, ghosts: number) {
    this.memory = memory;
    this.ghosts = ghosts;
    const cells = memory.cells.length;
    this.baseOf = new Int32Array(cells);
    this.token = new Int32Array(cells);
    this.kind = new Uint8Array(cells);
    this.size = new Int32Array(cells);
    this.subject = new Uint8Array(cells);
    this.types = new Map(program.types.map((type) => [type.id, type]));
    this.typeLimit = 1 + Math.max(0, ...program.types.map((type) => type.id));
    this.byteSizes = new Int32Array(this.typeLimit);
    for (const type of program.types) this.byteSizes[type.id] = type.bytes;
    const unknown = program.types.find(({ kind, name }) => kind === 'struct' && name === 'KI_UNKNOWN');
    this.unknown = unknown === undefined ? NO_TOKEN : -unknown.id;
  }

  /** First cell of the object at an address, live or freed; 0 where there is none, whatever the number. */
  at(address: number): number {
    return address > 0 && address < this.baseOf.length ? this.baseOf[address] : 0;
  }

  /** The size token of the object that starts there, or its C size: a byte count is its own. */
  sizeToken(base: number, inBytes: boolean): number {
    const token = this.token[base];
    return token > 0 || !inBytes ? token : (this.types.get(-token)?.bytes ?? 0);
  }

  /** The byte, on x64, that a cell of an object with that size token stands for; -1 outside. Of members of a union, the first one counts. */
  byteOffset(token: number, cell: number): number {
    if (cell < 0 || cell >= this.cellsOf(token)) return -1;
    if (token > 0) return cell;
    let type = this.types.get(-token);
    let bytes = 0;
    for (let left = cell; type !== undefined && type.kind !== 'scalar'; ) {
      if (type.kind === 'array') {
        const element: Type | undefined = this.types.get(type.element);
        const index = Math.trunc(left / (element?.cells ?? 1));
        left -= index * (element?.cells ?? 1);
        bytes += index * (element?.bytes ?? 1);
        type = element;
      } else {
        const at = left;
        const field = type.fields.find((one) => at >= one.offset && at < one.offset + (this.types.get(one.type)?.cells ?? 0));
        if (field === undefined) return -1;
        left -= field.offset;
        bytes += field.byteOffset;
        type = this.types.get(field.type);
      }
    }
    return bytes;
  }

  /** Cells that a size token covers. */
  cellsOf(token: number): number {
    return token > 0 ? token : (this.types.get(-token)?.cells ?? 0);
  }

  /** Makes an object and gives its first cell; 0 when memory is full. `scratchTop` cells of `scratch` are the running context's stack. */
  make(
    context: number,
    site: number,
    token: number,
    kind: number,
    owner: number,
    scratch: Int32Array,
    scratchTop: number,
    flags = 0,
  ): number {
    const { cells } = this.memory;
    let sites = this.slots.get(site * CONTEXTS + context);
    if (sites === undefined) {
      sites = new Map();
      this.slots.set(site * CONTEXTS + context, sites);
    }
    let slots = sites.get(token);
    if (slots === undefined) {
      slots = [];
      sites.set(token, slots);
    }
    for (const base of slots) {
      const life = cells[base - OBJECT_HEADER + OBJECT_LIFE];
      if (life === Life.none || (life === Life.freed && !this.referenced(base, context, scratch, scratchTop)))
        return this.enliven(base, owner, flags);
    }
    const base = this.slot(token, kind);
    if (base === 0) return 0;
    slots.push(base);
    return this.enliven(base, owner, flags);
  }

  /** A slot for a global: made once, shared, before the search starts. */
  makeGlobal(type: TypeId): number {
    const base = this.slot(-type, ObjectKind.global);
    return base === 0 ? 0 : this.enliven(base, 0, 0);
  }

  /** Ends an object's life; its cells become zero, its ghost cells stay. */
  free(base: number): void {
    this.endLife(base, Life.freed);
  }

  /** The same, but the kernel may still look at it; its slot is not used again. */
  retire(base: number): void {
    this.endLife(base, Life.retired);
  }

  isLive(base: number): boolean {
    return (this.memory.cells[base - OBJECT_HEADER + OBJECT_LIFE] & Life.live) !== 0;
  }

  isRetired(base: number): boolean {
    return (this.memory.cells[base - OBJECT_HEADER + OBJECT_LIFE] & Life.mask) === Life.retired;
  }

  isPaged(base: number): boolean {
    return (this.memory.cells[base - OBJECT_HEADER + OBJECT_LIFE] & (Flag.paged << LIFE_FLAGS)) !== 0;
  }

  isUser(base: number): boolean {
    return (this.memory.cells[base - OBJECT_HEADER + OBJECT_LIFE] & (Flag.user << LIFE_FLAGS)) !== 0;
  }

  /** Makes a live object user memory, which is pageable. */
  giveToUser(base: number): void {
    const at = base - OBJECT_HEADER + OBJECT_LIFE;
    this.memory.set(at, this.memory.cells[at] | ((Flag.user | Flag.paged) << LIFE_FLAGS));
  }

  /** The live objects that are the driver's to free. */
  owed(): readonly number[] {
    const { cells } = this.memory;
    return this.bases.filter((base) => (cells[base - OBJECT_HEADER + OBJECT_LIFE] & (Flag.owed << LIFE_FLAGS)) !== 0);
  }

  /** Makes its cells such as were never written. */
  unwrite(base: number): void {
    for (let i = base; i < base + this.size[base]; i++) this.memory.set(i, UNWRITTEN);
  }

  /** Whether an object came from a routine without a model: nothing is known of what it holds. */
  isUnknown(base: number): boolean {
    return this.token[base] === this.unknown;
  }

  /** Whether an object is so many bytes, and of no type. */
  isBytes(base: number): boolean {
    return this.token[base] > 0 && !this.isUnknown(base);
  }

  isPool(base: number): boolean {
    return this.kind[base] === ObjectKind.pool;
  }

  sizeOf(base: number): number {
    return this.size[base];
  }

  /** Whether rules follow this object. */
  hasGhosts(base: number): boolean {
    return this.subject[base] === 1;
  }

  /** First ghost cell of an object. */
  ghostBase(base: number): number {
    return base + this.size[base];
  }

  /**
   * Whether a part of type `type` begins at cell `at` of the object at `base`. A scalar matches any scalar of its size and sort. A number of
   * bytes takes whatever type fits into it, as the buffer of a request does: no type has more cells than bytes.
   */
  hasPart(base: number, at: number, type: TypeId): boolean {
    const token = this.token[base];
    if (token > 0) return this.byteSizes[type] <= token - (at - base);
    let parts = this.parts.get(-token);
    if (parts === undefined) {
      parts = new Uint8Array(this.cellsOf(token) * this.typeLimit);
      this.addParts(parts, 0, -token);
      this.parts.set(-token, parts);
    }
    return parts[(at - base) * this.typeLimit + type] === 1;
  }

  /** Makes an object, and all that it points to, shared. */
  publish(value: number): void {
    const base = this.at(value);
    const { cells } = this.memory;
    if (base === 0 || cells[base - OBJECT_HEADER + OBJECT_PRIVATE] === 0) return;
    this.memory.set(base - OBJECT_HEADER + OBJECT_PRIVATE, 0);
    const end = base + this.size[base];
    for (let i = base; i < end; i++) this.publish(cells[i]);
  }

  private endLife(base: number, life: number): void {
    const end = base + this.size[base];
    for (let i = base; i < end; i++) this.memory.set(i, 0);
    this.memory.set(base - OBJECT_HEADER + OBJECT_LIFE, life);
    this.memory.set(base - OBJECT_HEADER + OBJECT_PRIVATE, 0);
  }

  private enliven(base: number, owner: number, flags: number): number {
    this.memory.set(base - OBJECT_HEADER + OBJECT_LIFE, Life.live | (flags << LIFE_FLAGS));
    this.memory.set(base - OBJECT_HEADER + OBJECT_PRIVATE, owner);
    if (this.hasGhosts(base)) {
      const first = this.ghostBase(base);
      for (let i = 0; i < this.ghosts; i++) this.memory.set(first + i, 0);
    }
    return base;
  }

  private slot(token: number, kind: number): number {
    const size = this.cellsOf(token);
    const isSubject = this.isSubject(token);
    const ghosts = isSubject ? this.ghosts : 0;
    const base = this.end + OBJECT_HEADER;
    // One cell stays free behind each object, so that an address just past its end is in none.
    if (base + size + ghosts + 1 > this.baseOf.length) {
      this.memory.full();
      return 0;
    }
    this.end = base + size + ghosts + 1;
    this.baseOf.fill(base, base, base + size);
    this.token[base] = token;
    this.kind[base] = kind;
    this.subject[base] = isSubject ? 1 : 0;
    this.size[base] = size;
    this.bases.push(base);
    return base;
  }

  private isSubject(token: number): boolean {
    const type = token <= 0 ? this.types.get(-token) : undefined;
    return type?.kind === 'struct' && type.subject !== undefined;
  }

  /** Whether any cell of the state holds an address in the object: what runs now has its stack in `scratch`. */
  private referenced(base: number, context: number, scratch: Int32Array, scratchTop: number): boolean {
    const { cells } = this.memory;
    const end = base + this.size[base];
    const within = (from: number, to: number, where: Int32Array): boolean => {
      for (let i = from; i < to; i++) if (where[i] >= base && where[i] < end) return true;
      return false;
    };
    if (within(0, scratchTop, scratch) || within(0, MACHINE_GHOSTS, cells)) return true;
    for (let c = 0; c < CONTEXTS; c++) {
      const at = contextBase(c);
      if (cells[at + LIFE] !== 1) continue;
      if (within(at, contextBase(c + 1), cells)) return true;
      if (c !== context && within(stackBase(c), stackBase(c) + cells[at + SP], cells)) return true;
    }
    for (const other of this.bases) {
      if (
        (cells[other - OBJECT_HEADER + OBJECT_LIFE] & Life.mask) === Life.live &&
        within(other, other + this.size[other], cells)
      )
        return true;
    }
    return false;
  }

  private addParts(parts: Uint8Array, at: number, id: TypeId): void {
    const type = this.types.get(id);
    if (type === undefined) return;
    parts[at * this.typeLimit + id] = 1;
    if (type.kind === 'struct') for (const field of type.fields) this.addParts(parts, at + field.offset, field.type);
    if (type.kind === 'array') {
      const stride = this.types.get(type.element)?.cells ?? 0;
      for (let i = 0; i < type.count; i++) this.addParts(parts, at + i * stride, type.element);
    }
    if (type.kind === 'scalar') {
      for (const other of this.types.values()) {
        if (other.kind === 'scalar' && other.cells === type.cells && sort(other.cell) === sort(type.cell)) {
          parts[at * this.typeLimit + other.id] = 1;
        }
      }
    }
  }
}

function sort(cell: string): string {
  return cell === 'ptr' || cell === 'fn' ? cell : 'integer';
}
