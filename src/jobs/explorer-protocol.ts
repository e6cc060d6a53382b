/** What the server and the explorer say to each other. Plain data. */
import type { CheckEvent } from '../check/check.ts';
import type { ReplayResult } from '../check/trace.ts';
import type { Job, Texts } from './protocol.ts';
import type { Checked } from './session.ts';

export type ExplorerRequest =
  | { readonly kind: 'run'; readonly id: number; readonly job: Job; readonly seconds: number }
  | { readonly kind: 'stop'; readonly id: number };

/** What following a schedule came to, or why it could not be followed. */
export type Replayed = { readonly result: ReplayResult; readonly texts: Texts } | { readonly error: string };

export type ExplorerAnswer =
  | { readonly kind: 'event'; readonly id: number; readonly event: CheckEvent }
  | { readonly kind: 'checked'; readonly id: number; readonly checked: Checked }
  | { readonly kind: 'replayed'; readonly id: number; readonly replayed: Replayed };
