/** Virtual time: armed timers and timed waits, both as microseconds to go plus one. */
import { CONTEXTS, contextBase, GUARD, Guard, LIFE, MAX_TIMERS, PENDING, TIMERS, WAIT_LEFT } from './layout.ts';
import type { FrameMachine } from './machine-frames.ts';

/** A wait this long counts as no longer than others this long; either may then end first. */
const LONGEST = 0x7ffffff0;

/** What a deadline `micros` from now is kept as. */
export function deadline(micros: number): number {
  return Math.min(Math.max(0, Math.trunc(micros)), LONGEST) + 1;
}

/** Arms a timer, anew if it was armed; false when the table is full. */
export function armTimer(machine: FrameMachine, timer: number, micros: number): boolean {
  let entry = find(machine, timer);
  if (entry < 0) {
    entry = find(machine, 0);
    if (entry < 0) return false;
    machine.set(entry, timer);
    machine.set(PENDING, machine.cells[PENDING] + 1);
  }
  machine.set(entry + 1, deadline(micros));
  return true;
}

/** Disarms a timer; whether it was armed. */
export function disarmTimer(machine: FrameMachine, timer: number): boolean {
  const entry = find(machine, timer);
  if (entry < 0) return false;
  machine.set(entry, 0);
  machine.set(entry + 1, 0);
  machine.set(PENDING, machine.cells[PENDING] - 1);
  return true;
}

/** Calls `each` with every cell that holds a deadline in force: a timer's with its table index, a timed wait's with minus 1 minus its context. */
export function eachDeadline(machine: FrameMachine, each: (cell: number, which: number) => void): void {
  const { cells } = machine;
  for (let k = 0; k < MAX_TIMERS; k++) if (cells[TIMERS + 2 * k + 1] > 0) each(TIMERS + 2 * k + 1, k);
  for (let c = 0; c < CONTEXTS; c++) {
    const at = contextBase(c);
    const timed = cells[at + GUARD] === Guard.timedWait || cells[at + GUARD] === Guard.timedSeveral;
    if (cells[at + LIFE] === 1 && timed && cells[at + WAIT_LEFT] > 0) each(at + WAIT_LEFT, -1 - c);
  }
}

/** Lets time pass until the next deadline. */
export function elapse(machine: FrameMachine): void {
  let least = Number.MAX_SAFE_INTEGER;
  eachDeadline(machine, (cell) => {
    least = Math.min(least, machine.cells[cell] - 1);
  });
  eachDeadline(machine, (cell) => machine.set(cell, machine.cells[cell] - least));
}

function find(machine: FrameMachine, timer: number): number {
  for (let k = 0; k < MAX_TIMERS; k++) if (machine.cells[TIMERS + 2 * k] === timer) return TIMERS + 2 * k;
  return -1;
}
