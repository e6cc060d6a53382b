/** One exploration: the machine, its initial state, and the breaches found so far. All strategies work on it. */
import type { ExploreControl, ExploreRequest } from './api.ts';
import { Follower } from './follow.ts';
import { Growth } from './growth.ts';
import { MACHINE_GHOSTS } from './layout.ts';
import type { MachineOptions, Report } from './machine.ts';
import { Machine } from './machine.ts';
import { compileRules } from './rules.ts';
import type { StepCode } from './scheduler.ts';

/** A schedule as the search has it: step codes, and how many visible instructions each went through. `judge`: the stuck hook runs behind it. */
export interface RawSchedule {
  readonly codes: readonly StepCode[];
  readonly passes: readonly number[];
  readonly judge: boolean;
}

export interface Candidate {
  readonly rule: number;
  readonly message: number;
  readonly schedule: RawSchedule;
}

/** What a search has found, by rule, message and guilty place, each with the shortest schedule so far. */
export type Candidates = Map<string, Candidate>;

/** Looks on while a search goes its ways. */
export interface Watcher {
  /** A step was taken, the last of a schedule of `length` steps. */
  collect(length: number, schedule: () => RawSchedule): void;
}

/** Different guilty places kept before they are told apart exactly. */
const MAX_CANDIDATES = 200;
const POLL = 1024;
/** Transitions before the first look at what grows: a small search needs no explanation. */
const FIRST_LOOK = 20_000;

/** One exploration: its machine, what it has found so far, and when it is to stop. */
export class Session {
  readonly request: ExploreRequest;
  readonly machine: Machine;
  readonly candidates: Candidates;
  readonly watcher: Watcher | undefined;
  /** Transitions taken in all searches of the session. */
  transitions = 0;
  interrupted = false;
  private following: Follower | undefined;
  private readonly control: ExploreControl;
  private readonly growth: Growth;
  private readonly start: readonly [number, number, number];

  /**
   * @param cells as `withRoom` gives them.
   * @param candidates what was found before with fewer cells: objects have the same addresses, so that the schedules lead to the same.
   * @param watch makes what looks on.
   */
  constructor(
    request: ExploreRequest,
    cells: number,
    candidates: Candidates,
    control: ExploreControl,
    watch?: (machine: Machine) => Watcher,
  ) {
    this.request = request;
    this.candidates = candidates;
    this.control = control;
    this.machine = makeMachine(request, { fusion: true, movers: true, ...request.reductions, cells });
    const { a, b, c } = this.machine.memory;
    this.start = [a, b, c];
    this.growth = new Growth(this.machine);
    this.watcher = watch?.(this.machine);
  }

  /** What follows schedules of this session step by step. */
  follower(): Follower {
    this.following ??= new Follower(this.request);
    return this.following;
  }

  /** Back to the initial state. */
  reset(): void {
    this.machine.memory.undo(0, ...this.start);
  }

  /** Keeps the breaches of the step just taken, with the schedule of `length` steps that led there, where they are new or come sooner. */
  collect(length: number, schedule: () => RawSchedule): void {
    this.watcher?.collect(length, schedule);
    const { reports } = this.machine;
    if (reports.length === 0) return;
    let made: RawSchedule | undefined;
    for (const report of decisive(this.machine, reports)) {
      const key = `${report.rule}:${report.message}:${report.where}`;
      const known = this.candidates.get(key);
      if (known === undefined ? this.candidates.size < MAX_CANDIDATES : length < known.schedule.codes.length) {
        made ??= schedule();
        this.candidates.set(key, { rule: report.rule, message: report.message, schedule: made });
      }
    }
    this.machine.reports = [];
  }

  /** Judges a cycle that has no way out, on a machine of its own that follows the schedule into it. */
  judge(cycle: RawSchedule): void {
    const followed = this.follower().raw(cycle);
    const { rules, messages } = this.machine.rules;
    for (const breach of followed.breaches) {
      const rule = rules.findIndex((check) => check.id === breach.rule);
      const key = `${breach.rule}:${breach.message}:${breach.place.file}:${breach.place.start}`;
      if (!this.candidates.has(key))
        this.candidates.set(key, { rule, message: messages[rule].indexOf(breach.message), schedule: cycle });
    }
  }

  /** Why the search may have no end, in a sentence, of one that was not let come to it; undefined where nothing speaks for that. */
  growing(): string | undefined {
    return this.growth.reason();
  }

  /** Counts a transition; true when the search is to stop. */
  tick(states: number, depth: number): boolean {
    if (++this.transitions % POLL !== 0) return this.interrupted;
    if (this.transitions >= FIRST_LOOK) this.growth.look();
    this.control.onProgress?.({ states, transitions: this.transitions, depth });
    if (this.control.shouldStop?.() === true) this.interrupted = true;
    return this.interrupted;
  }
}

/** A machine for the request's program, scenario and rules, without reductions unless they are asked for. */
export function makeMachine(
  request: Pick<ExploreRequest, 'program' | 'scenario' | 'processors' | 'rules'>,
  options: Partial<Pick<MachineOptions, 'fusion' | 'movers' | 'observer' | 'cells'>> = {},
): Machine {
  const rules = compileRules(request.rules, MACHINE_GHOSTS);
  return new Machine({
    program: request.program,
    scenario: request.scenario,
    processors: processorsOf(request),
    rules,
    fusion: false,
    movers: false,
    ...options,
  });
}

/** Number of processors that a request means. */
export function processorsOf(request: Pick<ExploreRequest, 'scenario' | 'processors'>): number {
  return Math.max(1, Math.min(8, request.processors ?? request.scenario.processors));
}

/** The reports of one step without those that another report's rule supersedes. */
export function decisive(machine: Machine, reports: readonly Report[]): readonly Report[] {
  const { rules } = machine.rules;
  const superseded = new Set(reports.flatMap((report) => rules[report.rule].supersedes ?? []));
  return reports.filter((report) => !superseded.has(rules[report.rule].id));
}
