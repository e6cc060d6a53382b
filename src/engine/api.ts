/** What the rest of the program asks of the engine, and what it answers. Plain data, safe to send between threads. */
import type { FuncId, Place, Program, Scenario } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';

export type StrategyName = 'exhaustive' | 'bounded' | 'random';

export interface ExploreRequest {
  readonly program: Program;
  readonly scenario: Scenario;
  /** Overrides the scenario's number of processors. */
  readonly processors?: number;
  readonly rules: readonly RuleCheck[];
  readonly strategy: StrategyName;
  /** Most states kept; past it the verdict is bounded. */
  readonly maxStates: number;
  /** Most preemptive context switches a schedule may have (`bounded`). */
  readonly maxPreemptions?: number;
  /** Seed and number of schedules for `random`. */
  readonly seed?: number;
  readonly runs?: number;
  /** Each can be switched off, for the tests; all on by default. */
  readonly reductions?: Partial<Reductions>;
  /** False leaves each breach's schedule as the search found it, which may be long; on by default. */
  readonly shrink?: boolean;
  /** Width of each of the three hash lanes in bits, 32 unless a test narrows it. */
  readonly hashBits?: number;
}

export interface Reductions {
  /** Local steps run on to the next access that another context could see. */
  readonly fusion: boolean;
  /** Accesses always made under one common lock, by one context only, or never written, are local. */
  readonly movers: boolean;
}

/** Given by the caller, because the engine reads no clock. */
export interface ExploreControl {
  /** Asked now and then; true ends the search with what is known (`interrupted`). */
  readonly shouldStop?: () => boolean;
  readonly onProgress?: (progress: { readonly states: number; readonly transitions: number; readonly depth: number }) => void;
}

export type Verdict = 'verified' | 'bounded' | 'error';

export interface Outcome {
  readonly verdict: Verdict;
  readonly processors: number;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** Upper bound of the probability that a state was taken for another by its hash. */
  readonly omission: number;
  /** Why the verdict is only bounded: one plain sentence each; empty when verified. */
  readonly bounds: readonly string[];
  /** What the verdict rests on besides. */
  readonly assumptions: readonly string[];
  /** One a distinct (rule, message, place), each with its shortest schedule found. */
  readonly breaches: readonly Breach[];
  /** `reached[funcId - 1][instruction]` is 1 when it was executed. */
  readonly reached: readonly Uint8Array[];
}

export interface Breach {
  readonly rule: string;
  /** Key of the rule's message. */
  readonly message: string;
  readonly place: Place;
  readonly func: FuncId;
  /** The IRP that it is about, as notes number them; none where the rule is about something else, or about a stack location. */
  readonly irp?: number;
  readonly schedule: readonly Choice[];
  readonly steps: readonly Step[];
}

/**
 * One decision of a schedule, keyed by what the user can see, so that it survives edits elsewhere: which context moves on, from which
 * program point, with which answer of `choose`.
 */
export interface Choice {
  readonly kind: 'step' | 'elapse' | 'fire' | 'terminate';
  /** Name of the context: thread name, `dpc RoutineName`, `worker RoutineName`, with `#2` for the second of that name. */
  readonly context: string;
  readonly func: string;
  /** Ordinal of the instruction within its function. */
  readonly at: number;
  readonly pick?: number;
  /** How many of its visible instructions the context goes through in a row; 1 when absent. */
  readonly run?: number;
}

/** What happened in a schedule, for people: one entry a driver or scenario statement executed or kernel event of note. */
export interface Step {
  readonly context: string;
  /** -1 while the context is not bound to a processor. */
  readonly processor: number;
  readonly irql: number;
  readonly locks: number;
  readonly func: string;
  readonly place: Place;
  /** What the step did, for people: event names with their arguments, in order. `irp` numbers IRPs in order of creation, from 1. */
  readonly notes: readonly Note[];
}

export interface Note {
  readonly event: string;
  readonly irp?: number;
  readonly args: Readonly<Record<string, number>>;
}

export type ReplayOutcome =
  | { readonly kind: 'breach'; readonly breach: Breach }
  | { readonly kind: 'end'; readonly steps: readonly Step[] }
  /** The schedule can no longer be followed. */
  | { readonly kind: 'mismatch'; readonly step: number; readonly expected: string; readonly found: string };
