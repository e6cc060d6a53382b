/** What the server and the worker of a debug session say to each other. Plain data; paths with forward slashes. */
import type { Trace } from '../check/findings.ts';
import type { DebugRequest } from '../debug/protocol.ts';
import type { Target } from './files.ts';
import type { Texts } from './protocol.ts';

/** What is to be debugged: a schedule, or a scenario by its name. */
export type DebugSubject =
  | { readonly kind: 'trace'; readonly trace: Trace; readonly driver: string }
  | { readonly kind: 'scenario'; readonly target: Target; readonly scenario: string; readonly processors?: number };

/** Answered one after the other. The first one launches; it is answered with null. */
export type DebugWorkerRequest =
  | { readonly id: number; readonly kind: 'launch'; readonly subject: DebugSubject; readonly open: Texts }
  | { readonly id: number; readonly kind: 'ask'; readonly request: DebugRequest };

/** `error`: why there is no answer. */
export type DebugWorkerAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };
