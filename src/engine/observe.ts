/**
 * In which states IRPs were seen where: what an observing search collects beside its verdict. Where the program has an `observe`, the search
 * looks at an IRP, and keeps each different thing that it sees there with the shortest schedule found that leads to it.
 */
import type { FuncId, Place } from '../ir/program.ts';
import type { ExploreControl, ExploreRequest, Outcome } from './api.ts';
import { lockName } from './cell-names.ts';
import { explore } from './explore.ts';
import type { IrpState } from './irp-state.ts';
import { irpStateChecks, irpStateReader } from './irp-state.ts';
import {
  CONTEXTS,
  contextBase,
  FP,
  FRAME_CALLER,
  FRAME_FUNC,
  GUARD,
  GUARD_CELL,
  Guard,
  HELD,
  LIFE,
  LOCKS,
  MAX_LOCKS,
  stackBase,
} from './layout.ts';
import type { Machine } from './machine.ts';
import type { RawSchedule, Watcher } from './session.ts';

/** What was seen of one IRP at one place. */
export interface Sighting {
  /** The expression that denotes the IRP. */
  readonly place: Place;
  readonly state: IrpState;
  /** The cancel routine that was set, 0 where none was. */
  readonly routine: FuncId;
  /** Whether it was cancelable though cancelling was asked for before: see `IrpCondition`. */
  readonly tooLate: boolean;
  /** Names of the spin locks that the context held. */
  readonly locks: readonly string[];
  /** Whether the one who looked was the IRP's cancel routine, or was called by it. */
  readonly inCancel: boolean;
  /** The name of the spin lock, held by who looked, that the IRP's cancel routine was waiting for. */
  readonly keepsOut?: string;
  /** Leads to the place; its last step ends there. */
  readonly schedule: RawSchedule;
}

/** A sighting as the search has it: names are made when it is over. */
interface Seen extends Pick<Sighting, 'state' | 'routine' | 'tooLate' | 'inCancel'> {
  readonly func: FuncId;
  readonly pc: number;
  readonly locks: readonly number[];
  /** Lock word, 0 for none. */
  readonly keepsOut: number;
  /** Visible instructions of its step up to there. */
  readonly passes: number;
}

/** Most different sightings that are kept. */
const MAX_SIGHTINGS = 20_000;

/**
 * Explores a scenario of a program that was compiled `observing`.
 * @param request its rules are joined by those that follow the states of IRPs.
 * @returns the outcome, and everything that was seen; `complete` where nothing else can be.
 */
export function observe(
  request: ExploreRequest,
  control: ExploreControl = {},
): { readonly outcome: Outcome; readonly sightings: readonly Sighting[]; readonly complete: boolean } {
  let watchman: Watchman | undefined;
  const outcome = explore({ ...request, rules: [...request.rules, ...irpStateChecks], shrink: false }, control, (machine) => {
    watchman = new Watchman(machine);
    return watchman;
  });
  return {
    outcome,
    sightings: watchman?.sightings() ?? [],
    // An error ends its path, and what lies behind has not been seen.
    complete: outcome.verdict === 'verified' && watchman?.overflowed === false,
  };
}

/** Collects the sightings of one search. */
class Watchman implements Watcher {
  private readonly machine: Machine;
  private readonly kept = new Map<string, { readonly seen: Seen; readonly schedule: RawSchedule }>();
  /** Of the step under way. */
  private fresh: { readonly key: string; readonly seen: Seen }[] = [];

  /** `machine` was given `irpStateChecks` behind its rules. */
  constructor(machine: Machine) {
    this.machine = machine;
    const read = irpStateReader(machine);
    machine.onObserve = (irp) => {
      const condition = read(irp);
      if (condition === undefined) return;
      const { func, pc, passes } = machine;
      const locks = heldBy(machine, machine.context);
      const seen = {
        ...condition,
        func,
        pc,
        locks,
        inCancel: isCancelling(machine, machine.scratch, machine.fp, irp),
        keepsOut: condition.state === 'cancel-running' ? keepsOut(machine, irp, locks) : 0,
        passes,
      };
      const { state, routine, tooLate, inCancel } = seen;
      this.fresh.push({ key: [func, pc, state, routine, tooLate, inCancel, seen.keepsOut, ...locks].join(), seen });
    };
  }

  /** Takes what was seen in the step just taken, the last of a schedule of `length` steps. */
  collect(length: number, schedule: () => RawSchedule): void {
    for (const { key, seen } of this.fresh) {
      const known = this.kept.get(key);
      if (known === undefined ? this.kept.size >= MAX_SIGHTINGS : length >= known.schedule.codes.length) continue;
      const whole = schedule();
      this.kept.set(key, { seen, schedule: { ...whole, passes: [...whole.passes.slice(0, -1), seen.passes] } });
    }
    this.fresh = [];
  }

  /** Whether more was to be seen than is kept. */
  get overflowed(): boolean {
    return this.kept.size >= MAX_SIGHTINGS;
  }

  /** Everything seen. */
  sightings(): Sighting[] {
    const { machine } = this;
    return [...this.kept.values()].map(({ seen, schedule }) => ({
      place: machine.program.funcs[seen.func - 1].places[seen.pc],
      state: seen.state,
      routine: seen.routine,
      tooLate: seen.tooLate,
      locks: seen.locks.map((word) => lockName(machine, word)),
      inCancel: seen.inCancel,
      ...(seen.keepsOut === 0 ? {} : { keepsOut: lockName(machine, seen.keepsOut) }),
      schedule,
    }));
  }
}

/** The lock words that a context holds. */
function heldBy({ cells }: Machine, context: number): number[] {
  const at = contextBase(context);
  const held = Array.from({ length: Math.min(cells[at + LOCKS], MAX_LOCKS) }, (_, i) => cells[at + HELD + i]);
  return held.sort((a, b) => a - b);
}

/** One of those locks that another context waits for within the IRP's cancel routine; 0 when none is. */
function keepsOut(machine: Machine, irp: number, locks: readonly number[]): number {
  const { cells } = machine;
  for (let context = 0; context < CONTEXTS; context++) {
    const at = contextBase(context);
    if (context === machine.context || cells[at + LIFE] !== 1 || cells[at + GUARD] !== Guard.lock) continue;
    const stack = cells.subarray(stackBase(context), stackBase(context + 1));
    if (locks.includes(cells[at + GUARD_CELL]) && isCancelling(machine, stack, cells[at + FP], irp))
      return cells[at + GUARD_CELL];
  }
  return 0;
}

/** Whether the stack, whose innermost frame is at `top`, is within the cancel routine of that IRP: IoCancelIrp, which has called it, still needs the IRP. */
function isCancelling({ program }: Machine, stack: Int32Array, top: number, irp: number): boolean {
  for (let frame = top; frame >= 0; frame = stack[frame + FRAME_CALLER]) {
    const caller = stack[frame + FRAME_CALLER];
    if (program.funcs[stack[frame + FRAME_FUNC] - 1].role !== 'DRIVER_CANCEL' || caller < 0) continue;
    if (stack.subarray(caller, frame).includes(irp)) return true;
  }
  return false;
}
