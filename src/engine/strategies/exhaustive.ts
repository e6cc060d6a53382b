/** All interleavings: small preemption bounds first, for short counterexamples, then the whole graph, then the judgement of its cycles. */
import { hopelessCycles } from '../cycles.ts';
import type { RawSchedule, Session } from '../session.ts';
import type { DepthFirstResult } from './depth-first.ts';
import { depthFirst } from './depth-first.ts';

/** Most states of each bounded search that goes before. */
const SCOUT_STATES = 20000;
const MOST_CYCLES = 256;

export interface ExhaustiveResult extends Pick<DepthFirstResult, 'states' | 'transitions' | 'depth' | 'end'> {
  /** Schedules into cycles without a way out; empty unless the search is complete. */
  readonly cycles: readonly RawSchedule[];
}

/** Explores everything, up to `maxStates`. */
export function exhaustive(session: Session, maxStates: number): ExhaustiveResult {
  for (const preemptions of [0, 1, 2]) {
    const scout = depthFirst(session, { maxStates: Math.min(maxStates, SCOUT_STATES), preemptions, graph: false });
    if (scout.end === 'interrupted') return { ...scout, cycles: [] };
  }
  for (;;) {
    const result = depthFirst(session, { maxStates, graph: true });
    if (result.end === 'tainted') continue;
    const cycles =
      result.end === 'complete' && result.graph !== undefined ? hopelessCycles(result.graph, result.states, MOST_CYCLES) : [];
    return { states: result.states, transitions: result.transitions, depth: result.depth, end: result.end, cycles };
  }
}
