/** One abstract state: what holds on a path at a point. Changed in place by its owner; `copy` before going two ways. */
import type { FuncId, Place } from '../ir/program.ts';
import { Memory } from './cells.ts';
import { LazyMap, LazySet } from './lazy.ts';
import type { Facts, Symbols, Value } from './value.ts';
import { zero } from './value.ts';

/** A statement of the driver. */
export interface Site {
  readonly func: FuncId;
  readonly place: Place;
  /** The instruction of `func`; -1 for the routine as a whole. */
  readonly at: number;
  /** The same number for all sites in one statement of the function. */
  readonly statement: number;
  /** The driver's statement that called `func`; none where the system did. */
  readonly caller?: Site;
}

/** Something telling that was done to an IRP, and where. */
export interface Deed {
  readonly event: string;
  readonly site: Site;
}

/**
 * An IRP that the path deals with; replaced as a whole when anything about it changes.
 *
 * `routine`: its cancel routine is not set (`null`), or was taken by IoCancelIrp (`claimed`); set, and IoCancelIrp kept out by the cancel spin lock (`set`); set, but it may have been
 * taken by IoCancelIrp since (`exposed`); or set elsewhere, if at all (`unknown`).
 */
export interface IrpState {
  readonly address: Value;
  /** `request`: given to the routine that the analysis starts in. `made`: allocated on this path. `found`: comes out of memory. */
  readonly origin: 'request' | 'made' | 'found';
  /** Sets of rule states as bits, by number of the rule; for rules about a location one for each, under the key of the location. */
  readonly states: ReadonlyMap<number, number>;
  readonly located: ReadonlyMap<string, number>;
  readonly marks: ReadonlyMap<number, Site>;
  readonly routine: 'null' | 'claimed' | 'set' | 'exposed' | 'unknown';
  /** Irp->Cancel was looked at where no cancel could slip in between that and the routine's being set. */
  readonly tested: boolean;
  /** Its address was stored where others find it. */
  readonly escaped: boolean;
  /** The completion routine of the driver's own that is set in the next location; 0 when there is none. */
  readonly returnsTo: FuncId;
  /** Nothing is known of it until this path ends: it may have come back through a routine of the driver's. */
  readonly blurred: boolean;
  readonly deeds: readonly Deed[];
}

export interface Lock {
  readonly path: string;
  /** Address of its word. Another address of the same path may be the same lock, read again. */
  readonly word: Value;
  readonly cancel: boolean;
  /** Where it was taken. */
  readonly site: Site;
}

/** Which ways the driver's branches went, where both were open: the statements that they led to, the last one first. */
export interface Trail {
  readonly site: Site;
  readonly before: Trail | undefined;
  readonly length: number;
}

/** How an object was freed. */
export interface Freed {
  readonly site: Site;
  /**
   * What the object held decided on it, in a function that has returned since. So may a count of references: who still uses the
   * object holds another one, and this path, on which the last one was given up, does not go on.
   */
  readonly last: boolean;
}

export class State {
  registers: (Value | undefined)[];
  memory: Memory;
  /** Objects whose cells are zero where `memory` says nothing. */
  zeroed: LazySet<number>;
  /** Symbols of objects that this path has freed. */
  freed: LazyMap<number, Freed>;
  /** Symbols of objects whose contents the driver has looked at to decide on its way. */
  asked: LazySet<number>;
  /** Symbols of objects made on this path, in the pool or in a frame, whose address others may know by now. */
  shared: LazySet<number>;
  /** Symbols of pool objects made on this path. */
  made: LazySet<number>;
  /** Breaches that this path has gone through, as `Run` names them. */
  breached: LazySet<string>;
  /** A call was not followed that may have done anything: nothing that comes later is more than a *may*. */
  doubtful: boolean;
  facts: Facts;
  irql: Value;
  /** The level that the routine which the system entered is to return at. */
  entered: Value;
  /** Irp->PendingReturned as the completion routine found it. */
  pending: Value;
  /** Where the level was raised last, while it is. */
  raised: Site | undefined;
  locks: readonly Lock[];
  irps: LazyMap<string, IrpState>;
  /** Sets of states of the rules about the machine, by number of the rule. */
  machine: LazyMap<number, number>;
  machineMarks: LazyMap<number, Site>;
  /** What tells this path from others; where two that are alike meet, what both have gone through. */
  trail: Trail | undefined;
  /** The search in a table that the path is in, and what it was like where that began. */
  search: string | undefined;
  atomic: number;
  /** Code of the exception on its way. */
  exception: Value | undefined;
  /** The statement of the driver executed last. */
  last: Site;

  /** @param like what it is a copy of; without it nothing has happened yet. */
  constructor(irql: Value, last: Site, like?: State) {
    this.registers = like === undefined ? [] : [...like.registers];
    this.memory = like?.memory.copy() ?? new Memory();
    this.zeroed = like?.zeroed.copy() ?? new LazySet();
    this.freed = like?.freed.copy() ?? new LazyMap();
    this.asked = like?.asked.copy() ?? new LazySet();
    this.shared = like?.shared.copy() ?? new LazySet();
    this.made = like?.made.copy() ?? new LazySet();
    this.breached = like?.breached.copy() ?? new LazySet();
    this.doubtful = like?.doubtful ?? false;
    this.facts = like?.facts.copy() ?? new LazyMap();
    this.irql = irql;
    this.entered = like?.entered ?? irql;
    this.pending = like?.pending ?? zero;
    this.raised = like?.raised;
    this.locks = like?.locks ?? [];
    this.irps = like?.irps.copy() ?? new LazyMap();
    this.machine = like?.machine.copy() ?? new LazyMap();
    this.machineMarks = like?.machineMarks.copy() ?? new LazyMap();
    this.trail = like?.trail;
    this.search = like?.search;
    this.atomic = like?.atomic ?? 0;
    this.exception = like?.exception;
    this.last = last;
  }

  copy(): State {
    return new State(this.irql, this.last, this);
  }

  get cancelLock(): boolean {
    return this.locks.some(({ cancel }) => cancel);
  }
}

export function irpKey(address: Value): string {
  return `${address.base}:${address.offset}`;
}

/** What rules remember of places on this path, by number of the rule. */
export function marksOf(state: State): readonly (readonly [number, Site])[] {
  const found: (readonly [number, Site])[] = [...state.machineMarks];
  for (const { marks } of state.irps.values()) if (marks.size > 0) found.push(...marks);
  return found;
}

/** Nothing is known of the cell any more, not even that its object started as zero. */
export function forgetCell(state: State, base: number, offset: number, symbols: Symbols): void {
  if (state.zeroed.has(base)) state.memory.set(base, offset, symbols.fresh({ path: '?' }));
  else state.memory.delete(base, offset);
}
