/** Processors: which contexts are bound to them, their DPC queues, and contexts beginning and ending. */
import type { FuncId } from '../ir/program.ts';
import {
  ALIVE,
  ATOMIC_DEPTH,
  ATOMIC_HOLDER,
  BOUND,
  CONTEXT_CELLS,
  CONTEXTS,
  CPU,
  contextBase,
  DISPATCH_LEVEL,
  DPC_QUEUE,
  FIRST_TRANSIENT,
  IRQL,
  KIND,
  Kind,
  LIFE,
  LOCKS,
  PENDING,
  QUEUE,
  QUEUE_CELLS,
  ROUTINE,
  SCRATCH,
  SP,
  stackBase,
  THREAD,
  UNDER,
} from './layout.ts';
import type { FrameMachine } from './machine-frames.ts';

/** Whether no raised context is on processor p and no DPC waits in its queue. */
export function isFree(machine: FrameMachine, p: number): boolean {
  return machine.cells[CPU + p] === 0 && machine.cells[QUEUE + p * QUEUE_CELLS] === 0;
}

/** The lowest free processor, or -1. */
export function lowestFree(machine: FrameMachine): number {
  for (let p = 0; p < machine.processors; p++) if (isFree(machine, p)) return p;
  return -1;
}

/** The processor a context runs on: its own, or the lowest free one, or 0. */
export function processorOf(machine: FrameMachine, context: number): number {
  const bound = machine.cells[contextBase(context) + BOUND];
  return bound !== 0 ? bound - 1 : Math.max(0, lowestFree(machine));
}

/** Binds a context that raises to DISPATCH_LEVEL to the lowest free processor (without any, to the lowest with no raised context). */
export function bind(machine: FrameMachine, context: number): void {
  let p = lowestFree(machine);
  for (let q = 0; p < 0 && q < machine.processors; q++) if (machine.cells[CPU + q] === 0) p = q;
  if (p < 0) throw new Error('a context raised while every processor had a raised context');
  machine.set(CPU + p, context + 1);
  machine.set(contextBase(context) + BOUND, p + 1);
}

/** The context leaves its processor, to what it came over there. */
export function unbind(machine: FrameMachine, context: number): void {
  const at = contextBase(context) + BOUND;
  if (machine.cells[at] === 0) return;
  const under = contextBase(context) + UNDER;
  machine.set(CPU + machine.cells[at] - 1, machine.cells[under]);
  machine.set(under, 0);
  machine.set(at, 0);
}

/**
 * The processors that an interrupt of that IRQL may come to: those with a bound context at a lower level, those where a DPC is to start, and of
 * the free ones, which are alike, the lowest.
 */
export function interruptible(machine: FrameMachine, irql: number): readonly number[] {
  const free = lowestFree(machine);
  const found: number[] = [];
  for (let p = 0; p < machine.processors; p++) {
    const bound = machine.cells[CPU + p];
    if (bound === 0 ? p === free || !isFree(machine, p) : machine.cells[contextBase(bound - 1) + IRQL] < irql) found.push(p);
  }
  return found;
}

/** Binds a context that takes an interrupt to processor p, where nothing else goes on until it is unbound. */
export function bindOver(machine: FrameMachine, context: number, p: number): void {
  machine.set(contextBase(context) + UNDER, machine.cells[CPU + p]);
  machine.set(CPU + p, context + 1);
  machine.set(contextBase(context) + BOUND, p + 1);
}

/** Puts a DPC into the queue of processor `cpu`; false when the queue is full. */
export function queueDpc(machine: FrameMachine, dpc: number, cpu: number): boolean {
  const p = cpu >= 0 && cpu < machine.processors ? cpu : processorOf(machine, machine.context);
  const queue = QUEUE + p * QUEUE_CELLS;
  const count = machine.cells[queue];
  if (count === DPC_QUEUE) return false;
  machine.set(queue + 1 + count, dpc);
  machine.set(queue, count + 1);
  machine.set(PENDING, machine.cells[PENDING] + 1);
  return true;
}

/** Takes a DPC out of the queue it is in. */
export function dequeueDpc(machine: FrameMachine, dpc: number): boolean {
  for (let p = 0; p < machine.processors; p++) {
    const queue = QUEUE + p * QUEUE_CELLS;
    for (let i = 0; i < machine.cells[queue]; i++) {
      if (machine.cells[queue + 1 + i] === dpc) {
        removeAt(machine, queue, i);
        return true;
      }
    }
  }
  return false;
}

/** Starts the first DPC waiting on processor p in a context of its own; gives the context, or -1 when none is unused. */
export function startDpc(machine: FrameMachine, p: number): number {
  const queue = QUEUE + p * QUEUE_CELLS;
  const dpc = machine.cells[queue + 1];
  const context = startContext(machine, Kind.dpc, machine.program.hooks.executeDpc, 0, [dpc]);
  if (context < 0) return -1;
  removeAt(machine, queue, 0);
  machine.set(contextBase(context) + IRQL, DISPATCH_LEVEL);
  machine.set(contextBase(context) + BOUND, p + 1);
  machine.set(CPU + p, context + 1);
  return context;
}

/** Begins a context at the entry of `routine`, with the lowest unused number of its sort; -1 when there is none. */
export function startContext(
  machine: FrameMachine,
  kind: number,
  routine: FuncId,
  thread: number,
  args: readonly number[],
): number {
  const transient = kind === Kind.dpc || kind === Kind.worker;
  let context = transient ? FIRST_TRANSIENT : 0;
  const end = transient ? SCRATCH : FIRST_TRANSIENT;
  while (context < end && machine.cells[contextBase(context) + LIFE] !== 0) context++;
  if (context === end) return -1;
  const at = contextBase(context);
  machine.set(at + LIFE, 1);
  machine.set(at + KIND, kind);
  machine.set(at + THREAD, thread);
  machine.set(at + ROUTINE, routine);
  machine.set(ALIVE, machine.cells[ALIVE] + 1);
  machine.firstFrame(context, routine, args);
  return context;
}

/** Ends a context. Numbers of threads, and of contexts that end with a lock held, are not used again. */
export function endContext(machine: FrameMachine, context: number): void {
  const at = contextBase(context);
  if (context !== SCRATCH) {
    unbind(machine, context);
    machine.set(ALIVE, machine.cells[ALIVE] - 1);
  }
  if (machine.cells[ATOMIC_HOLDER] === context + 1) {
    machine.set(ATOMIC_HOLDER, 0);
    machine.set(ATOMIC_DEPTH, 0);
  }
  const keep = context < FIRST_TRANSIENT || machine.cells[at + LOCKS] > 0;
  const stack = stackBase(context);
  for (let i = machine.cells[at + SP] - 1; i >= 0; i--) machine.set(stack + i, 0);
  const kept = keep && context !== SCRATCH;
  // What it was stays, because later threads of the same routine are numbered behind it.
  for (let i = 0; i < CONTEXT_CELLS; i++) if (!kept || (i !== KIND && i !== ROUTINE)) machine.set(at + i, 0);
  if (kept) machine.set(at + LIFE, 2);
}

/** Whether nothing is unfinished: the main context has returned, no DPC waits, and only system threads are left, all waiting. */
export function isQuiescent(machine: FrameMachine): boolean {
  const { cells } = machine;
  if (cells[contextBase(0) + LIFE] !== 2) return false;
  for (let p = 0; p < machine.processors; p++) if (cells[QUEUE + p * QUEUE_CELLS] !== 0) return false;
  for (let c = 1; c < CONTEXTS; c++) {
    const at = contextBase(c);
    if (cells[at + LIFE] === 1 && !(cells[at + KIND] === Kind.system && machine.waits(c))) return false;
  }
  return true;
}

function removeAt(machine: FrameMachine, queue: number, index: number): void {
  const last = machine.cells[queue] - 1;
  for (let i = index; i < last; i++) machine.set(queue + 1 + i, machine.cells[queue + 2 + i]);
  machine.set(queue + 1 + last, 0);
  machine.set(queue, last);
  machine.set(PENDING, machine.cells[PENDING] - 1);
}
