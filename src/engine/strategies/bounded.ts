/** All interleavings with at most so many preemptive context switches, by rising bound. */
import type { Session } from '../session.ts';
import type { DepthFirstResult } from './depth-first.ts';
import { depthFirst } from './depth-first.ts';

/** Explores up to `preemptions`, each search with at most `maxStates` states; gives the result of the last one. */
export function bounded(session: Session, preemptions: number, maxStates: number): DepthFirstResult {
  for (let bound = 0; ; bound++) {
    let result = depthFirst(session, { maxStates, preemptions: bound, graph: false });
    while (result.end === 'tainted') result = depthFirst(session, { maxStates, preemptions: bound, graph: false });
    if (bound >= preemptions || result.end !== 'complete') return result;
  }
}
