/** Makes a schedule shorter while it shows the same breach: fewer preemptions, fewer choices. */
import type { Breach } from './api.ts';
import type { Followed, Follower } from './follow.ts';

/** Shrinks `breach`'s schedule with at most `budget` replays. */
export function shrink(follower: Follower, breach: Breach, budget: number): Breach {
  let best = follower.choices(breach.schedule);
  if (shown(best, breach) === undefined) return breach;
  let left = budget;
  // Leaving a choice out lets its context's later choices follow its earlier ones at once.
  for (let improved = true; improved && left > 0; ) {
    improved = false;
    for (let i = best.choices.length - 1; i >= 0 && left > 0; i--) {
      for (const shorter of [best.choices.filter((_, k) => k !== i), swapped(best, i)]) {
        if (shorter === undefined || left-- <= 0) continue;
        const followed = follower.choices(shorter, true);
        if (shown(followed, breach) === undefined || cost(followed) >= cost(best)) continue;
        best = followed;
        improved = true;
        break;
      }
    }
  }
  // IRPs may have other numbers there.
  return { ...breach, ...shown(best, breach), schedule: best.choices, steps: best.steps };
}

function swapped(followed: Followed, i: number): Followed['choices'] | undefined {
  const { choices } = followed;
  if (i === 0 || choices[i].context === choices[i - 1].context) return undefined;
  return [...choices.slice(0, i - 1), choices[i], choices[i - 1], ...choices.slice(i + 1)];
}

function shown(followed: Followed, breach: Breach): Followed['breaches'][number] | undefined {
  return followed.breaches.find(
    (found) => found.rule === breach.rule && found.message === breach.message && samePlace(found.place, breach.place),
  );
}

function samePlace(a: Breach['place'], b: Breach['place']): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end;
}

/** Preemptions weigh most, then switches, then length. */
function cost(followed: Followed): number {
  const length = followed.choices.reduce((sum, choice) => sum + (choice.run ?? 1), 0);
  return followed.preemptions * 1e6 + followed.choices.length * 1e3 + Math.min(999, length / 10);
}
