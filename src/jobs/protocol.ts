/** What the main thread and the worker that compiles and explores say to each other. Plain data. */
import type { CheckEvent } from '../check/check.ts';
import type { AskedOptions } from '../check/config.ts';
import type { CheckResult, Trace } from '../check/findings.ts';
import type { QuickResult } from '../check/quick.ts';
import type { ScenarioList } from '../check/scenarios.ts';
import type { DriverStates, Witness } from '../check/states.ts';
import type { ReplayResult } from '../check/trace.ts';
import type { TraceSnapshots } from '../debug/snapshots.ts';
import type { Target } from './files.ts';
import type { PinFile } from './pins.ts';

/** A job. `open`: texts that stand for files of these paths, as an editor holds them. */
export type Job =
  | { readonly kind: 'check'; readonly target: Target; readonly options: AskedOptions; readonly open?: Texts }
  | { readonly kind: 'replay'; readonly trace: Trace; readonly driver: string; readonly open?: Texts }
  /** What a check of the driver would explore. */
  | { readonly kind: 'scenarios'; readonly driver: string; readonly open?: Texts }
  /** The schedules kept beside the driver. */
  | { readonly kind: 'pins'; readonly driver: string; readonly open?: Texts }
  /** What can be said of the driver at once, as for a keystroke. */
  | { readonly kind: 'quick'; readonly driver: string; readonly open?: Texts }
  /** What the machine held behind each step of a trace. */
  | { readonly kind: 'snapshots'; readonly trace: Trace; readonly driver: string; readonly open?: Texts }
  /** In which states the driver's IRPs are where; `maxStates` of each scenario. */
  | { readonly kind: 'states'; readonly driver: string; readonly maxStates: number; readonly open?: Texts }
  /** The trace that leads to one of those states. */
  | { readonly kind: 'witness'; readonly witness: Witness; readonly driver: string; readonly open?: Texts };

/** What each kind of job gives. */
export interface Answers {
  readonly check: Checked;
  readonly replay: { readonly result: ReplayResult; readonly texts: Texts };
  readonly scenarios: ScenarioList;
  readonly pins: readonly PinFile[];
  readonly quick: QuickResult;
  readonly snapshots: TraceSnapshots | Failed;
  readonly states: DriverStates | Failed;
  readonly witness: Trace | Failed;
}

/** What a check came to. */
export interface Checked {
  readonly driver: string;
  readonly result: CheckResult;
  readonly texts: Texts;
}

/** Why there is no answer. */
export interface Failed {
  readonly error: string;
}

/** A job of one of these kinds. */
export type JobOf<K extends Job['kind']> = Extract<Job, { readonly kind: K }>;
/** The kinds that are asked for an answer; a check has one even where it is ended. */
export type Asked = Exclude<Job['kind'], 'check'>;

/** Given to a worker as it starts. */
export interface WorkerInput {
  /** Folder of the library's files. */
  readonly library: string;
}

/** One job for a worker; it answers before it takes the next. */
export interface WorkerRequest {
  readonly job: Job;
  /** One cell: not 0 when the search shall end with what it has. */
  readonly stop: SharedArrayBuffer;
  /** When it shall end of itself, in milliseconds since 1970. */
  readonly deadline: number;
}

/** Any number of events, then one answer, which is that of the job's kind. */
export type WorkerOutput =
  | { readonly kind: 'event'; readonly event: CheckEvent }
  | { readonly kind: 'answer'; readonly answer: Answers[Job['kind']] };

/** Texts of the files that places lie in, by path. */
export type Texts = ReadonlyMap<string, string>;
