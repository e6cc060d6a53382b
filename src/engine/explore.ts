/** Entry point of the engine: explores one scenario by one strategy and says what came of it. */
import type { Breach, ExploreControl, ExploreRequest, Outcome } from './api.ts';
import { omissionBound } from './hash.ts';
import type { Machine } from './machine.ts';
import { withRoom } from './memory.ts';
import type { Candidates, Watcher } from './session.ts';
import { processorsOf, Session } from './session.ts';
import { shrink } from './shrink.ts';
import { bounded } from './strategies/bounded.ts';
import type { DepthFirstResult } from './strategies/depth-first.ts';
import { exhaustive } from './strategies/exhaustive.ts';
import { randomRuns } from './strategies/random.ts';

/** Breaches that get a schedule as short as can be: nobody reads more before mending these. */
const MAX_SHRUNK = 20;
/** Replays spent on making each counterexample shorter. */
const SHRINK_REPLAYS = 60;

const ASSUMPTIONS: readonly string[] = [
  'Memory is sequentially consistent.',
  'The kernel behaves as the model in irpsight/wdm does.',
];

/**
 * Explores the scenario. The same request gives the same outcome, unless `control` interrupts it.
 * @param watch makes what looks on; no path then ends in the middle of a step.
 */
export function explore(request: ExploreRequest, control: ExploreControl = {}, watch?: (machine: Machine) => Watcher): Outcome {
  const found: Candidates = new Map();
  return withRoom(request.program, (cells) => outcomeOf(new Session(request, cells, found, control, watch)));
}

function outcomeOf(session: Session): Outcome {
  const { request } = session;
  const reasons: string[] = [];
  const { states, transitions, depth, end } = search(session, reasons);
  const breaches = breachesOf(session);
  if (end === 'states') reasons.push(`The search stopped at its budget of ${request.maxStates} states.`);
  if (session.interrupted) reasons.unshift('The search was interrupted before it was complete.');
  const growing = session.interrupted || end === 'states' ? session.growing() : undefined;
  reasons.push(...session.machine.bounds, ...(growing === undefined ? [] : [growing]));
  return {
    verdict: breaches.length > 0 ? 'error' : reasons.length > 0 ? 'bounded' : 'verified',
    processors: processorsOf(request),
    states,
    transitions,
    depth,
    omission: omissionBound(states, Math.min(32, request.hashBits ?? 32)),
    bounds: reasons,
    assumptions: ASSUMPTIONS,
    breaches,
    reached: session.machine.reached,
  };
}

function search(session: Session, reasons: string[]): Omit<DepthFirstResult, 'graph'> {
  const { request } = session;
  switch (request.strategy) {
    case 'random': {
      const runs = request.runs ?? 1000;
      reasons.push(`Only ${runs} random schedules were tried.`);
      return randomRuns(session, request.seed ?? 1, runs);
    }
    case 'bounded': {
      const preemptions = request.maxPreemptions ?? 2;
      const result = bounded(session, preemptions, request.maxStates);
      reasons.push(`Only schedules with at most ${preemptions} preemptive context switches were explored.`);
      return result;
    }
    default: {
      const result = exhaustive(session, request.maxStates);
      for (const cycle of result.cycles) session.judge(cycle);
      if (result.cycles.length > 0 && session.candidates.size === 0) {
        reasons.push('Some states can never reach an end, and no active rule says why.');
      }
      return result;
    }
  }
}

/** One breach for each rule, message and place, with its shortest schedule. */
function breachesOf(session: Session): Breach[] {
  const { machine } = session;
  const found = new Map<string, Breach>();
  const candidates = [...session.candidates.values()].sort((a, b) => a.schedule.codes.length - b.schedule.codes.length);
  for (const candidate of candidates) {
    const followed = session.follower().raw(candidate.schedule);
    const rule = machine.rules.rules[candidate.rule].id;
    const message = machine.rules.messages[candidate.rule][candidate.message];
    const same = followed.breaches.filter((breach) => breach.rule === rule && breach.message === message);
    if (same.length === 0)
      throw new Error(
        `a schedule of the search does not show ${rule} when it is followed: ${JSON.stringify(followed.mismatch ?? followed.breaches)}`,
      );
    for (const breach of same) {
      const key = `${rule}:${message}:${breach.place.file}:${breach.place.start}:${breach.place.end}`;
      if (!found.has(key)) found.set(key, { ...breach, schedule: followed.choices, steps: followed.steps });
    }
  }
  const rulesFound = new Set([...found.values()].map(({ rule }) => rule));
  const isSuperfluous = (id: string): boolean =>
    machine.rules.rules.some((rule) => rule.id === id && rule.yieldsTo?.some((other) => rulesFound.has(other)));
  const breaches = [...found.values()].filter(({ rule }) => !isSuperfluous(rule));
  if (session.request.shrink === false) return breaches;
  return breaches.map((breach, index) => (index < MAX_SHRUNK ? shrink(session.follower(), breach, SHRINK_REPLAYS) : breach));
}
