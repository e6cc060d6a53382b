/**
 * What a machine holds, in names and values for people: who runs where, which spin locks are held by whom, what waits in queues. Nothing here
 * changes the machine. Typed values are in inspect-values.ts, stacks in inspect-frames.ts.
 */
import type { FuncId } from '../ir/program.ts';
import { lockName } from './cell-names.ts';
import { addressName } from './inspect-values.ts';
import {
  CONTEXTS,
  contextBase,
  GUARD,
  GUARD_CELL,
  Guard,
  HELD,
  IRQL,
  LIFE,
  LOCKS,
  MAX_LOCKS,
  MAX_TIMERS,
  QUEUE,
  QUEUE_CELLS,
  SCRATCH,
  TIMERS,
  UNDER,
  WAIT_LEFT,
} from './layout.ts';
import type { Machine } from './machine.ts';
import { contextName, processorOfContext } from './names.ts';

/** A context that has begun and not ended. */
export interface ContextView {
  readonly context: number;
  /** As schedules name it. */
  readonly name: string;
  /** -1 while it is bound to none. */
  readonly processor: number;
  readonly irql: number;
  /** The context that it came over on its processor, -1 for none. */
  readonly over: number;
  /** What keeps it from going on: `spin lock DEVICE_EXTENSION.QueueLock`, `an interrupt`; absent where nothing does. */
  readonly waiting?: string;
}

/** The contexts that live, in the order of their numbers. */
export function liveContexts(machine: Machine): ContextView[] {
  const { cells } = machine;
  const live: ContextView[] = [];
  for (let context = 0; context < SCRATCH; context++) {
    const at = contextBase(context);
    if (cells[at + LIFE] !== 1) continue;
    const waiting = waitsFor(machine, context);
    live.push({
      context,
      name: contextName(machine, context),
      processor: processorOfContext(machine, context),
      irql: cells[at + IRQL],
      over: cells[at + UNDER] - 1,
      ...(waiting === undefined ? {} : { waiting }),
    });
  }
  return live;
}

/** A spin lock that is held. */
export interface LockView {
  readonly name: string;
  readonly context: number;
}

/** The spin locks that are held, by context and in the order in which they were taken. */
export function heldLocks(machine: Machine): LockView[] {
  const { cells } = machine;
  const held: LockView[] = [];
  for (let context = 0; context < CONTEXTS; context++) {
    const at = contextBase(context);
    const count = Math.min(cells[at + LOCKS], MAX_LOCKS);
    for (let i = 0; i < count; i++) held.push({ name: lockName(machine, cells[at + HELD + i]), context });
  }
  return held;
}

/** The DPCs that wait on each processor, by their addresses, the next one first. */
export function dpcQueues({ cells, processors }: Machine): number[][] {
  return Array.from({ length: processors }, (_, p) => {
    const queue = QUEUE + p * QUEUE_CELLS;
    return Array.from({ length: cells[queue] }, (_, i) => cells[queue + 1 + i]);
  });
}

/** An armed timer: its address, and the microseconds of virtual time it has still to go. */
export interface TimerView {
  readonly timer: number;
  readonly micros: number;
}

/** The timers that are armed. */
export function armedTimers({ cells }: Machine): TimerView[] {
  const armed: TimerView[] = [];
  for (let k = 0; k < MAX_TIMERS; k++) {
    const timer = cells[TIMERS + 2 * k];
    if (timer !== 0) armed.push({ timer, micros: cells[TIMERS + 2 * k + 1] - 1 });
  }
  return armed;
}

/** The name of a routine; undefined for what is none. */
export function routineName({ program }: Machine, func: FuncId): string | undefined {
  return program.funcs[func - 1]?.name;
}

/** What a context waits for, which has not come; undefined where it could go on if it had a processor. */
function waitsFor(machine: Machine, context: number): string | undefined {
  if (machine.guardOpen(context)) return undefined;
  const { cells } = machine;
  const at = contextBase(context);
  const cell = cells[at + GUARD_CELL];
  switch (cells[at + GUARD]) {
    case Guard.lock:
      return `spin lock ${lockName(machine, cell)}`;
    case Guard.interrupt:
      return 'an interrupt';
    case Guard.hardware:
      return 'work for the device';
    case Guard.several:
    case Guard.timedSeveral:
      return `several objects${timeLeft(cells[at + WAIT_LEFT])}`;
    default:
      return `${waitedObject(machine, cell)}${timeLeft(cells[at + WAIT_LEFT])}`;
  }
}

/** The name of an object whose SignalState lies in that cell. */
function waitedObject(machine: Machine, cell: number): string {
  return addressName(machine, cell).replace(/(\.Header)?\.SignalState$/, '');
}

function timeLeft(left: number): string {
  return left > 0 ? ` for ${left - 1} µs` : '';
}
