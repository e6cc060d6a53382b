/**
 * Where things are in the state's cells: machine cells, contexts with their stacks, timers, globals, object slots. An object slot is a
 * header, the object's cells, then the ghost cells of the rules that follow it.
 */

/** Contexts at most: the first are for threads and never used twice, the rest for DPCs and workers. */
export const CONTEXTS = 32;
/** First context number for DPCs and workers. */
export const FIRST_TRANSIENT = 16;
/** Runs the hooks; holds nothing between steps. */
export const SCRATCH = CONTEXTS - 1;
/** Cells of one context's frame stack. */
export const STACK_CELLS = 4096;
export const MAX_LOCKS = 8;
export const MAX_TIMERS = 32;
export const MAX_PROCESSORS = 8;
export const DPC_QUEUE = 16;

// Machine cells.
/** Context that is between atomicBegin and atomicEnd, plus one. */
export const ATOMIC_HOLDER = 1;
export const ATOMIC_DEPTH = 2;
/** Contexts that have not ended. */
export const ALIVE = 3;
/** Armed timers and queued DPCs together. */
export const PENDING = 4;
/** 1 once the process is being terminated: user mode waits no longer. */
export const TERMINATED = 5;
/** `CPU + p`: the context bound to processor p, plus one. */
export const CPU = 8;
/** `QUEUE + p * QUEUE_CELLS`: number of waiting DPCs, then their addresses. */
export const QUEUE = CPU + MAX_PROCESSORS;
export const QUEUE_CELLS = DPC_QUEUE + 1;
/** `TIMERS + 2 * k`: the timer's address, then microseconds to go plus one. */
export const TIMERS = QUEUE + MAX_PROCESSORS * QUEUE_CELLS;
/** First cell of the rules about the machine as a whole. */
export const MACHINE_GHOSTS = TIMERS + 2 * MAX_TIMERS;
export const MAX_MACHINE_GHOSTS = 256;
/** Of pairs of spin locks: bit 0, the one of lower address was held when the other was taken; bit 1, the other way round. */
export const LOCK_ORDERS = MACHINE_GHOSTS + MAX_MACHINE_GHOSTS;
export const MAX_LOCK_ORDERS = 256;

// Cells of a context, relative to `contextBase`.
/** 0 unused, 1 running, 2 ended (kept because its number must not be used again). */
export const LIFE = 0;
export const KIND = 1;
export const THREAD = 2;
export const IRQL = 3;
/** Processor plus one, 0 while unbound. */
export const BOUND = 4;
export const LOCKS = 5;
export const CANCEL_LOCKS = 6;
/** Of a timed wait: 0 not begun, microseconds to go plus one, or -1 fired. */
export const WAIT_LEFT = 7;
/** Cells in use of the stack, and the innermost frame's offset in it. */
export const SP = 8;
export const FP = 9;
export const ROUTINE = 10;
/** What the next instruction waits for, see Guard; and the cell it looks at. */
export const GUARD = 11;
export const GUARD_CELL = 12;
/** Number of answers of the `choose` that comes next, 0 when none does. */
export const PICKS = 13;
/** 1 while an exception is on its way; and its code. */
export const EXCEPTION = 14;
export const EXCEPTION_CODE = 15;
/** The context that an interrupt came over on its processor, plus one. */
export const UNDER = 16;
/** Of a context that stopped before an access of the driver's: its first cell, mode (and number of cells above bit 8), and the value of a write. */
export const NEXT_CELL = 17;
export const NEXT_MODE = 18;
export const NEXT_VALUE = 19;
export const HELD = 20;
/** First cell of the rules about each context. */
export const CONTEXT_GHOSTS = HELD + MAX_LOCKS;
export const MAX_CONTEXT_GHOSTS = 8;
export const CONTEXT_CELLS = CONTEXT_GHOSTS + MAX_CONTEXT_GHOSTS;

export const CONTEXT_AREA = LOCK_ORDERS + MAX_LOCK_ORDERS;
export const STACK_AREA = CONTEXT_AREA + CONTEXTS * CONTEXT_CELLS;
/** Objects begin here. */
export const OBJECT_AREA = STACK_AREA + CONTEXTS * STACK_CELLS;

export const contextBase = (context: number): number => CONTEXT_AREA + context * CONTEXT_CELLS;
export const stackBase = (context: number): number => STACK_AREA + context * STACK_CELLS;

/** Kinds of contexts; the first three as `spawn` has them. */
export const Kind = { thread: 0, system: 1, worker: 2, dpc: 3, main: 4, scratch: 5 } as const;
/** Guards of a context's next instruction. */
export const Guard = {
  none: 0,
  lock: 1,
  wait: 2,
  timedWait: 3,
  userWait: 4,
  interrupt: 5,
  hardware: 6,
  several: 7,
  timedSeveral: 8,
  patient: 9,
} as const;

// Header of an object, relative to the slot's first cell; its own cells follow.
/** 0 never made, 1 live, 2 freed, 3 retired; see objects.ts. */
export const OBJECT_LIFE = 0;
/** The context that alone can reach it plus one, 0 once shared. */
export const OBJECT_PRIVATE = 1;
export const OBJECT_HEADER = 2;

/** Frame: function, where it goes on (see codegen), the caller's frame offset, addresses of its stack objects, live registers. */
export const FRAME_FUNC = 0;
export const FRAME_PC = 1;
export const FRAME_CALLER = 2;
export const FRAME_HEADER = 3;

/** What a cell holds that was never written: stack storage of a driver, and pool that is not zeroed. In a 64-bit value, the high cell. */
export const UNWRITTEN = 0xb7d1c3e5 | 0;
/** The same as a number of 64 bits, which no other is. */
export const UNWRITTEN_WIDE = UNWRITTEN * 0x100000000;

/** A rule with subject `location` has one ghost cell for each stack location below this. */
export const LOCATIONS = 8;
/** Backward jumps in one fused run before it is cut. */
export const MAX_JUMPS = 400;
export const STATUS_TIMEOUT = 0x102;
export const STATUS_ALERTED = 0x101;
export const STATUS_ACCESS_VIOLATION = 0xc0000005 | 0;
export const DISPATCH_LEVEL = 2;
