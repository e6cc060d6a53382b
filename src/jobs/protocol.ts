/** What the main thread and the worker that compiles and explores say to each other. Plain data. */
import type { CheckEvent, CheckOptions } from '../check/check.ts';
import type { CheckResult, Trace } from '../check/findings.ts';
import type { ReplayResult } from '../check/trace.ts';
import type { Target } from './files.ts';

/** A job. `open`: texts that stand for files of these paths, as an editor holds them. */
export type Job =
  | { readonly kind: 'check'; readonly target: Target; readonly options: CheckOptions; readonly open?: Texts }
  | { readonly kind: 'replay'; readonly trace: Trace; readonly driver: string };

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

export type WorkerOutput =
  | { readonly kind: 'event'; readonly event: CheckEvent }
  | { readonly kind: 'checked'; readonly result: CheckResult; readonly driver: string; readonly texts: Texts }
  | { readonly kind: 'replayed'; readonly result: ReplayResult; readonly texts: Texts };

/** Texts of the files that places lie in, by path. */
export type Texts = ReadonlyMap<string, string>;
