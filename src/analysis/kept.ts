/** Results of routines, kept from one version of a program to the next: for most of them a change of the text changes nothing. */
import type { Func, FuncId } from '../ir/program.ts';
import { analyseRoutine } from './entries.ts';
import { fingerprintsOf } from './fingerprint.ts';
import type { Handed } from './irps.ts';
import type { Run } from './run.ts';
import type { Sightings } from './sightings.ts';

/** What interpreting one routine has come to. The places in it are those of the version that it was interpreted in. */
export interface RoutineResult {
  readonly seen: Sightings;
  /** How completion routines got their IRPs from it. */
  readonly hands: ReadonlyMap<FuncId, Handed>;
  /** Instructions interpreted. */
  readonly steps: number;
}

/** Results that are kept; of more, those that were asked for longest ago are given up. */
const mostResults = 256;

/** Keeps results of routines for runs with the same rules, one run after the other. */
export function createKept(): (run: Run) => (func: Func) => RoutineResult {
  const results = new Map<string, RoutineResult>();
  return (run) => {
    const fingerprints = fingerprintsOf(run);
    return (func) => {
      // What is given up for want of work depends on the routines before.
      if (!run.hasWhole()) return interpreted(run, func);
      const key = fingerprints(func, run.handed.get(func.id));
      const known = results.get(key);
      const result = known ?? interpreted(run, func);
      if (known !== undefined) run.steps += known.steps;
      results.delete(key);
      results.set(key, result);
      const [oldest] = results.keys();
      if (results.size > mostResults && oldest !== undefined) results.delete(oldest);
      return result;
    };
  };
}

function interpreted(run: Run, func: Func): RoutineResult {
  const before = run.steps;
  run.routineBegun();
  analyseRoutine(run, func);
  return { seen: run.seen, hands: run.hands, steps: run.steps - before };
}
