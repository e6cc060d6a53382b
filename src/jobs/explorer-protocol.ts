/** What the server and the explorer say to each other. Plain data. */
import type { CheckEvent } from '../check/check.ts';
import type { Answers, Failed, Job } from './protocol.ts';

export type ExplorerRequest =
  /** `background`: nobody waits for it. */
  | { readonly kind: 'run'; readonly id: number; readonly job: Job; readonly seconds: number; readonly background: boolean }
  | { readonly kind: 'stop'; readonly id: number };

/** The answer is that of the job's kind. */
export type ExplorerAnswer =
  | { readonly kind: 'event'; readonly id: number; readonly event: CheckEvent }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answers[Job['kind']] | Failed };
