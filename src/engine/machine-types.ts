/** The words that machine, generated code and searches share: statuses, access modes, reports, observers, numbers of native events. */
import { events } from '../ir/events.ts';
import type { CellKind, FuncId, Program, Scenario } from '../ir/program.ts';
import { isWide } from '../ir/values.ts';
import type { CompiledRules } from './rules.ts';
import { eventNames, eventNumber } from './rules.ts';

/** How generated code comes back: go on with the frame at `fp`, at a scheduling point, the context ended, the path ended. */
export const Status = { goOn: 0, yielded: 1, ended: 2, cut: 3 } as const;

/**
 * Bits of an access: it writes; driver code does it; inline model code does it; it is interlocked; it writes what the same statement has
 * computed from the cell's value; it copies or zeroes a block.
 */
export const Mode = { write: 1, driver: 2, inline: 4, interlocked: 8, update: 16, block: 32 } as const;

/** A breach as the search sees it. `where` tells guilty statements apart well enough to keep one of each. */
export interface Report {
  readonly rule: number;
  readonly message: number;
  readonly subject: number;
  readonly marked: boolean;
  readonly where: number;
}

/** Watches a replayed schedule. */
export interface Observer {
  /** Context `context` executes instruction `pc` of `func` (driver, device and scenario code only). */
  statement(context: number, func: FuncId, pc: number): void;
  event(name: string, irp: number, args: Int32Array): void;
  marked(rule: number, subject: number): void;
  unmarked(rule: number, subject: number): void;
  /** A context of that number begins; what was known of the one before it no longer counts. */
  began(context: number): void;
  /** The running context makes a pool object, or arms a timer, whose first cell this is. */
  made(object: number): void;
  /** The running context ends the life of the object whose first cell this is. */
  freed(object: number): void;
  reported(report: Report): void;
}

/** The model or the engine broke its own rules: our bug, not the driver's. */
export class EngineError extends Error {}

export interface MachineOptions {
  readonly program: Program;
  readonly scenario: Scenario;
  readonly processors: number;
  readonly rules: CompiledRules;
  readonly fusion: boolean;
  readonly movers: boolean;
  readonly observer?: Observer;
  /** Cells of its memory, as `withRoom` gives them; all that there may be where it is absent. */
  readonly cells?: number;
}

export const FAULT = {
  null: eventNumber('fault.null'),
  freed: eventNumber('fault.freed'),
  doubleFree: eventNumber('fault.double-free'),
  type: eventNumber('fault.type'),
  bounds: eventNumber('fault.bounds'),
  divide: eventNumber('fault.divide'),
  overflow: eventNumber('fault.overflow'),
  wait: eventNumber('fault.wait'),
  irql: eventNumber('fault.irql'),
  uninitialised: eventNumber('fault.uninitialised'),
  exception: eventNumber('fault.exception'),
} as const;
export const TOUCH = eventNumber('irp.touch');
export const DEADLOCK = eventNumber('deadlock');
export const PAGED = eventNumber('memory.paged');
export const RACE = eventNumber('memory.race');
export const LEAKED = eventNumber('memory.leaked');
export const IRP_LEAKED = eventNumber('irp.leaked');
export const TIMER_LEFT = eventNumber('timer.left');
export const ORDER = eventNumber('lock.order');
/** Events that a model emits for what a driver routine did that has just returned. */
export const leaveEvents: readonly string[] = [
  'irp.dispatched',
  'irp.completion-leave',
  'irp.cancel-leave',
  'routine.leave',
  'lock.kept',
  'csq.lock-leave',
  'csq.insert-leave',
  'csq.remove-leave',
  'csq.peek-leave',
  'csq.complete-leave',
];
export const leaves = new Set(leaveEvents.map(eventNumber));
export const onIrp = eventNames.map((name) => events[name].subject === 'irp');

/** Parameter kinds as far as a call through a pointer checks them. */
export function signature(kinds: readonly CellKind[]): string {
  return kinds.map((kind) => (kind === 'ptr' || kind === 'fn' ? kind[0] : isWide(kind) ? 'w' : 'i')).join('');
}
