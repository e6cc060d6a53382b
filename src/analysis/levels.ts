/** At which IRQL and with which spin locks held the driver's calls are made, and how they come back: what hints and hovers tell. */
import type { Run } from './run.ts';
import type { Lock, Site, State } from './state.ts';

/** What holds on every path that was followed. */
export interface Level {
  /** The least and the greatest IRQL. */
  readonly irql: readonly [number, number];
  /** Spin locks that are held whatever the path. */
  readonly locks: readonly Lock[];
}

/** One call instruction of the driver's. */
export interface CallLevels {
  readonly site: Site;
  readonly before: Level;
  readonly after: Level;
}

const anyLevel: readonly [number, number] = [0, 31];

/** Where a path is. */
export function levelOf(run: Run, state: State): Level {
  return { irql: run.symbols.range(state.irql, state.facts) ?? anyLevel, locks: state.locks };
}

/** What holds on either path. */
export function bothLevels(a: Level | undefined, b: Level): Level {
  if (a === undefined) return b;
  return {
    irql: [Math.min(a.irql[0], b.irql[0]), Math.max(a.irql[1], b.irql[1])],
    locks: a.locks.filter(({ path, site }) =>
      b.locks.some((other) => other.path === path || (other.site.func === site.func && other.site.at === site.at)),
    ),
  };
}
