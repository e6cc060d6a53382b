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
  /** The driver's functions on whose code it depends. */
  readonly reliedOn: ReadonlySet<FuncId>;
}

/** A result, and the fingerprint of what it came of. */
interface Kept {
  readonly fingerprint: string;
  readonly result: RoutineResult;
}

/** Routines of which results are kept, more than a driver has; of more, those that were asked for longest ago are given up. So are versions of one. */
const mostRoutines = 1_000;
const mostVersions = 4;

/** Keeps results of routines for runs with the same rules, one run after the other. */
export function createKept(): (run: Run) => (func: Func) => RoutineResult {
  const routines = new Map<string, readonly Kept[]>();
  return (run) => {
    const fingerprints = fingerprintsOf(run);
    return (func) => {
      // What is given up for want of work depends on the routines before.
      if (!run.hasWhole()) return interpreted(run, func);
      const handed = run.handed.get(func.id);
      const name = `${func.id} ${run.program.files[func.file]?.path} ${func.name}`;
      const versions = routines.get(name) ?? [];
      const known = versions.find(({ fingerprint, result }) => fingerprint === fingerprints(func, handed, result.reliedOn));
      const result = known?.result ?? interpreted(run, func);
      if (known !== undefined) run.steps += result.steps;
      const latest = known ?? { fingerprint: fingerprints(func, handed, result.reliedOn), result };
      routines.delete(name);
      routines.set(name, [latest, ...versions.filter((version) => version !== known)].slice(0, mostVersions));
      const [oldest] = routines.keys();
      if (routines.size > mostRoutines && oldest !== undefined) routines.delete(oldest);
      return result;
    };
  };
}

function interpreted(run: Run, func: Func): RoutineResult {
  const before = run.steps;
  run.routineBegun();
  analyseRoutine(run, func);
  return { seen: run.seen, hands: run.hands, steps: run.steps - before, reliedOn: run.reliedOn };
}
