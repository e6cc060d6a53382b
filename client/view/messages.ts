/** What the trace view, a web page, and the extension say to each other. */
import type { Schedules } from '../protocol.ts';
import type { ViewWords } from './words.ts';

/** What a view shows. */
export interface Shown extends Schedules {
  /** Whether there is a finding whose schedule can be pinned and shown as text. */
  readonly isFinding: boolean;
}

/** From the extension. */
export type ToView =
  | { readonly kind: 'show'; readonly shown: Shown; readonly words: ViewWords; readonly language: string }
  /** The sources were edited. */
  | { readonly kind: 'stale' };

/** From the view. `run`: 0 for the failing schedule, 1 for the passing one. */
export type FromView =
  | { readonly kind: 'ready' }
  | { readonly kind: 'select'; readonly run: number; readonly step: number }
  | { readonly kind: 'export' | 'pin' | 'text' };
