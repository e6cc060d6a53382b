/** One abstract state: what holds on a path at a point. Changed in place by its owner; `copy` before going two ways. */
import type { FuncId, Place } from '../ir/program.ts';
import { Memory } from './cells.ts';
import { LazyMap, LazySet } from './lazy.ts';
import type { Fact, Facts, Symbols, Value } from './value.ts';
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
  registers: (Value | undefined)[] = [];
  memory = new Memory();
  /** Objects whose cells are zero where `memory` says nothing. */
  zeroed = new LazySet<number>();
  /** Symbols of objects that this path has freed. */
  freed = new LazyMap<number, Freed>();
  /** Symbols of objects whose contents the driver has looked at to decide on its way. */
  asked = new LazySet<number>();
  /** Symbols of objects made on this path, in the pool or in a frame, whose address others may know by now. */
  shared = new LazySet<number>();
  /** Symbols of pool objects made on this path. */
  made = new LazySet<number>();
  /** Breaches that this path has gone through, as `Run` names them. */
  breached = new LazySet<string>();
  /** A call was not followed that may have done anything: nothing that comes later is more than a *may*. */
  doubtful = false;
  facts: Facts = new LazyMap<number, Fact>();
  irql: Value;
  /** The level that the routine which the system entered is to return at. */
  entered: Value;
  /** Irp->PendingReturned as the completion routine found it. */
  pending: Value = zero;
  /** Where the level was raised last, while it is. */
  raised: Site | undefined;
  locks: readonly Lock[] = [];
  irps = new LazyMap<string, IrpState>();
  /** Sets of states of the rules about the machine, by number of the rule. */
  machine = new LazyMap<number, number>();
  machineMarks = new LazyMap<number, Site>();
  /** What tells this path from others; where two that are alike meet, what both have gone through. */
  trail: Trail | undefined;
  /** The search in a table that the path is in, and what it was like where that began. */
  search: string | undefined;
  atomic = 0;
  /** Code of the exception on its way. */
  exception: Value | undefined;
  /** The statement of the driver executed last. */
  last: Site;

  constructor(irql: Value, last: Site) {
    this.irql = irql;
    this.entered = irql;
    this.last = last;
  }

  copy(): State {
    const other = new State(this.irql, this.last);
    other.registers = [...this.registers];
    other.memory = this.memory.copy();
    other.zeroed = this.zeroed.copy();
    other.freed = this.freed.copy();
    other.asked = this.asked.copy();
    other.shared = this.shared.copy();
    other.made = this.made.copy();
    other.breached = this.breached.copy();
    other.doubtful = this.doubtful;
    other.facts = this.facts.copy();
    other.locks = this.locks;
    other.entered = this.entered;
    other.pending = this.pending;
    other.raised = this.raised;
    other.irps = this.irps.copy();
    other.machine = this.machine.copy();
    other.machineMarks = this.machineMarks.copy();
    other.trail = this.trail;
    other.search = this.search;
    other.atomic = this.atomic;
    other.exception = this.exception;
    return other;
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
