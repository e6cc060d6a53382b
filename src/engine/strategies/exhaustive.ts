/** All interleavings: small preemption bounds for short counterexamples, the whole graph, and the judgement of its cycles. */
import { hopelessCycles } from '../cycles.ts';
import type { RawSchedule, Session } from '../session.ts';
import type { DepthFirstResult } from './depth-first.ts';
import { depthFirst } from './depth-first.ts';

/** Most states of a bounded search, and of a scenario that is explored whole before the costlier one of them. */
const SCOUT_STATES = 20000;
const MOST_CYCLES = 256;

export interface ExhaustiveResult extends Omit<DepthFirstResult, 'graph'> {
  /** Schedules into cycles without a way out; empty unless the search is complete. */
  readonly cycles: readonly RawSchedule[];
}

/** Explores everything, up to `maxStates`. */
export function exhaustive(session: Session, maxStates: number): ExhaustiveResult {
  const scoutStates = Math.min(maxStates, SCOUT_STATES);
  const scout = (preemptions: number): DepthFirstResult =>
    depthFirst(session, { maxStates: scoutStates, preemptions, graph: false });
  for (const preemptions of [0, 1]) {
    const result = scout(preemptions);
    if (result.end === 'interrupted') return { ...result, cycles: [] };
  }
  const small = whole(session, scoutStates);
  if (small.end === 'interrupted' || (small.end === 'complete' && session.candidates.size === 0)) return small;
  // There is something to find a short way to, or too much to explore for waiting until that is done.
  const result = scout(2);
  if (small.end === 'complete' || maxStates === scoutStates) return small;
  return result.end === 'interrupted' ? { ...result, cycles: [] } : whole(session, maxStates);
}

/** The whole graph, again until no access was taken for local that is not. */
function whole(session: Session, maxStates: number): ExhaustiveResult {
  for (;;) {
    const result = depthFirst(session, { maxStates, graph: true });
    if (result.end === 'tainted') continue;
    const cycles =
      result.end === 'complete' && result.graph !== undefined ? hopelessCycles(result.graph, result.states, MOST_CYCLES) : [];
    return { states: result.states, transitions: result.transitions, depth: result.depth, end: result.end, cycles };
  }
}
