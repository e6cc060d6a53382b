/**
 * Who is explored when, and for how long: scenarios share the time there is, so that a large one does not starve those after it. First
 * each gets a part of its share, which is enough for most; what is left is for those that were interrupted, from the beginning but longer.
 */

/** Seconds from any fixed moment, all of them. */
export interface Clock {
  readonly now: () => number;
  /** When the time is over for all; absent when there is no limit. */
  readonly deadline?: number;
  /** True when everything is to end at once. */
  readonly shouldStop: () => boolean;
}

/** One search, as long as its turn lets it. */
export interface Turn {
  /** True when the search is to end with what it knows. */
  readonly shouldStop: () => boolean;
  /** What `shouldStop` was true for: the item's share was over, the time for all of them was, or everything is to end. */
  readonly endedBy: () => 'share' | 'deadline' | 'stop' | undefined;
}

/** Part of its share that each scenario gets in the first round: at most as much is lost when all of them are interrupted. */
const firstPart = 1 / 8;
/** Seconds that are always given: less would do no more than compile the scenario. */
const leastShare = 0.25;

/**
 * Runs each item, in order, and again with more time those whose turn was over. An item is not run again when the time left is no
 * more than it has had.
 * @param run explores one item; it may be called again for the same one, and then only its last answer counts.
 * @param isSettled whether what an item has is an answer already, an error found: these come after the others when items run again.
 */
export function takeTurns<T>(
  items: readonly T[],
  clock: Clock,
  run: (item: T, turn: Turn) => void,
  isSettled: (item: T) => boolean,
): void {
  let waiting: readonly Waiting<T>[] = items.map((item) => ({ item, had: 0 }));
  for (let round = 0; waiting.length > 0; round++) {
    const interrupted: Waiting<T>[] = [];
    for (const [index, { item, had }] of waiting.entries()) {
      const started = clock.now();
      const left = (clock.deadline ?? Number.POSITIVE_INFINITY) - started;
      if (round > 0 && (left <= had || clock.shouldStop())) continue;
      const fair = left / (waiting.length - index);
      const share =
        round === 0 && items.length > 1 ? Math.max(leastShare, (left / items.length) * firstPart) : Math.max(fair, 2 * had);
      const turn = openTurn(clock, started + share);
      run(item, turn);
      if (turn.endedBy() === 'share') interrupted.push({ item, had: clock.now() - started });
    }
    waiting = [...interrupted.filter(({ item }) => !isSettled(item)), ...interrupted.filter(({ item }) => isSettled(item))];
  }
}

interface Waiting<T> {
  readonly item: T;
  /** Seconds of its last run. */
  readonly had: number;
}

function openTurn({ now, deadline = Number.POSITIVE_INFINITY, shouldStop }: Clock, end: number): Turn {
  let reason: ReturnType<Turn['endedBy']>;
  return {
    shouldStop() {
      if (reason === undefined) {
        const at = now();
        if (shouldStop()) reason = 'stop';
        else if (at >= deadline) reason = 'deadline';
        // What would go on until the end of all time has nothing to come back for.
        else if (at >= end && end < deadline) reason = 'share';
      }
      return reason !== undefined;
    },
    endedBy: () => reason,
  };
}
