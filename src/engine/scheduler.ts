/** Which steps are enabled in the present state, in a fixed order, and taking one. */
import {
  ATOMIC_HOLDER,
  BOUND,
  CONTEXTS,
  CPU,
  contextBase,
  DISPATCH_LEVEL,
  GUARD,
  GUARD_CELL,
  Guard,
  LIFE,
  PICKS,
  QUEUE,
  QUEUE_CELLS,
  TERMINATED,
  TIMERS,
  WAIT_LEFT,
} from './layout.ts';
import type { Machine } from './machine.ts';
import { Status } from './machine.ts';
import { interruptible, lowestFree, startDpc } from './processors.ts';
import { deadline, disarmTimer, eachDeadline, elapse } from './timers.ts';

/**
 * Kinds of steps: a context moves, time passes, a timer or a timed wait's time is up, a DPC starts on a processor, the process is terminated.
 */
export const StepKind = { context: 0, elapse: 1, timer: 2, timeout: 3, startDpc: 4, terminate: 5 } as const;

/** How long a patient thread waits while nothing moves: five minutes, in microseconds. */
const PATIENCE = 300_000_000;

/** A step as one number: kind, whom it concerns (context, timer or processor), answer of a `choose`. */
export type StepCode = number;

export const stepCode = (kind: number, who: number, pick: number): StepCode => kind | (who << 3) | (pick << 9);
export const kindOf = (code: StepCode): number => code & 7;
export const whoOf = (code: StepCode): number => (code >> 3) & 63;
export const pickOf = (code: StepCode): number => code >> 9;

/** Puts the codes of all enabled steps into `out` (emptied first). */
export function enabledSteps(machine: Machine, out: StepCode[]): void {
  const { cells } = machine;
  out.length = 0;
  const holder = cells[ATOMIC_HOLDER];
  if (holder !== 0) {
    addContext(machine, holder - 1, out);
    return;
  }
  for (let p = 0; p < machine.processors; p++) {
    const bound = cells[CPU + p];
    if (bound !== 0) addContext(machine, bound - 1, out);
    else if (cells[QUEUE + p * QUEUE_CELLS] > 0) out.push(stepCode(StepKind.startDpc, p, 0));
  }
  const free = lowestFree(machine) >= 0;
  for (let c = 0; c < CONTEXTS; c++) {
    const at = contextBase(c);
    if (cells[at + LIFE] !== 1 || cells[at + BOUND] !== 0) continue;
    if (cells[at + GUARD] === Guard.interrupt) addInterrupt(machine, c, out);
    else if (free || cells[at + GUARD] === Guard.hardware) addContext(machine, c, out);
  }
  const still = out.length === 0;
  if (still && cells[TERMINATED] === 0 && userWaits(machine)) out.push(stepCode(StepKind.terminate, 0, 0));
  let armed = 0;
  let least = Number.MAX_SAFE_INTEGER;
  const due: StepCode[] = [];
  eachDeadline(machine, (cell, which) => {
    armed++;
    least = Math.min(least, cells[cell]);
    if (cells[cell] === 1) due.push(which >= 0 ? stepCode(StepKind.timer, which, 0) : stepCode(StepKind.timeout, -1 - which, 0));
  });
  if (due.length > 0) out.push(...due);
  else if (armed > 0) {
    out.push(stepCode(StepKind.elapse, 0, 0));
    if (still && least > deadline(PATIENCE)) addPatient(machine, out);
  }
}

/**
 * Takes one step; where the path would end with it, only as far as it can stop before. For searches that tell what they see on the way: an end
 * in the middle of a step takes from the others the chance to run before it.
 */
export function takeStepUpToEnd(machine: Machine, code: StepCode): boolean {
  const { memory } = machine;
  const { top, a, b, c } = memory;
  if (takeStep(machine, code)) return true;
  if (kindOf(code) !== StepKind.context || machine.asked === 0) return false;
  memory.undo(top, a, b, c);
  machine.haltAt = machine.asked;
  const goes = takeStep(machine, code);
  machine.haltAt = 0;
  return goes;
}

/** Takes one step; false when the path ends with it. */
export function takeStep(machine: Machine, code: StepCode): boolean {
  const who = whoOf(code);
  machine.reports = [];
  machine.passes = 0;
  switch (kindOf(code)) {
    case StepKind.context:
      return machine.run(who, pickOf(code)) !== Status.cut;
    case StepKind.elapse:
      elapse(machine);
      return true;
    case StepKind.timer: {
      const timer = machine.cells[TIMERS + 2 * who];
      disarmTimer(machine, timer);
      return machine.runHook(machine.program.hooks.timerExpired, [timer], DISPATCH_LEVEL, false) !== Status.cut;
    }
    case StepKind.timeout:
      machine.set(contextBase(who) + WAIT_LEFT, -1);
      return true;
    case StepKind.terminate:
      machine.set(TERMINATED, 1);
      return true;
    default:
      if (startDpc(machine, who) >= 0) return true;
      machine.bound('The scenario has more threads and DPCs than the checker follows.');
      return false;
  }
}

/** Each thread whose patience is at its end: until the next deadline more time would pass than it waits. */
function addPatient(machine: Machine, out: StepCode[]): void {
  for (let c = 0; c < CONTEXTS; c++) {
    const at = contextBase(c);
    if (machine.cells[at + LIFE] === 1 && machine.cells[at + GUARD] === Guard.patient && !machine.guardOpen(c)) {
      out.push(stepCode(StepKind.timeout, c, 0));
    }
  }
}

/** Whether a thread waits as user mode does. */
function userWaits(machine: Machine): boolean {
  for (let c = 0; c < CONTEXTS; c++) {
    const at = contextBase(c);
    if (machine.cells[at + LIFE] === 1 && machine.cells[at + GUARD] === Guard.userWait && !machine.guardOpen(c)) return true;
  }
  return false;
}

/** An interrupt may come to one of several processors: the answer says to which. */
function addInterrupt(machine: Machine, context: number, out: StepCode[]): void {
  const at = contextBase(context);
  if (machine.cells[machine.cells[at + GUARD_CELL]] <= 0) return;
  for (const p of interruptible(machine, machine.cells[at + WAIT_LEFT])) out.push(stepCode(StepKind.context, context, p));
}

function addContext(machine: Machine, context: number, out: StepCode[]): void {
  if (!machine.guardOpen(context)) return;
  const picks = machine.cells[contextBase(context) + PICKS];
  if (picks === 0) out.push(stepCode(StepKind.context, context, 0));
  for (let pick = 0; pick < picks; pick++) out.push(stepCode(StepKind.context, context, pick));
}
