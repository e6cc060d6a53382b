/**
 * Follows a schedule on a source that has been edited since. A schedule says where each context goes on (routine and instruction)
 * and how many visible instructions it then goes through; an edit in a routine on the way changes that number. Where the schedule
 * gets stuck, the numbers before are corrected by trial, so that each context stops again where its next decision starts.
 */
import type { Choice, ExploreRequest } from '../engine/api.ts';
import { type Followed, Follower } from '../engine/follow.ts';

type Source = Pick<ExploreRequest, 'program' | 'scenario' | 'processors' | 'rules'>;

/** Instructions that an edit may have added to or taken from one run. */
const maxShift = 60;
/** Decisions before the one that got stuck that may be corrected. */
const maxBack = 12;
const maxCorrections = 20;
/** More instructions than any thread of a scenario has left. */
const toTheEnd = 10_000;

/**
 * Follows a schedule in the machine's names.
 * @param rule the breach that the schedule is for.
 * @param edited whether the source is another one than the schedule was made from: only then is anything corrected.
 */
export function followSchedule(source: Source, schedule: readonly Choice[], rule: string, edited: boolean): Followed {
  const follower = new Follower(source);
  const first = follower.choices(schedule);
  if (!edited || shows(first, rule)) return first;

  let choices = schedule;
  let followed = first;
  for (let corrections = 0; followed.mismatch !== undefined && corrections < maxCorrections; corrections++) {
    const better = corrected(follower, choices, followed.mismatch.step);
    if (better === undefined) break;
    choices = better;
    followed = follower.choices(choices);
  }
  if (followed.mismatch === undefined && !shows(followed, rule)) followed = prolonged(follower, choices, rule) ?? followed;
  // What cannot be mended is told as it was, not as the trials left it: that one of them ends without the breach tells nothing.
  return shows(followed, rule) ? followed : first;
}

/** The schedule with one run before (or at) `stuck` changed so that it can be followed further. */
function corrected(follower: Follower, choices: readonly Choice[], stuck: number): readonly Choice[] | undefined {
  for (let shift = 1; shift <= maxShift; shift++) {
    for (let at = stuck; at >= Math.max(0, stuck - maxBack); at--) {
      for (const by of [shift, -shift]) {
        const run = (choices[at].run ?? 1) + by;
        if (choices[at].kind !== 'step' || run < 1 || (at === stuck && by > 0)) continue;
        const changed = choices.map((choice, index) => (index === at ? { ...choice, run } : choice));
        const { mismatch } = follower.choices(changed.slice(0, stuck + 1));
        if (mismatch === undefined) return changed;
      }
    }
  }
  return undefined;
}

/** The schedule followed with its last run longer, or to the end of every thread in it, where that leads to the breach. */
function prolonged(follower: Follower, choices: readonly Choice[], rule: string): Followed | undefined {
  const last = choices.at(-1);
  if (last === undefined) return undefined;
  for (let shift = 1; shift <= maxShift && last.kind === 'step'; shift++) {
    const followed = follower.choices([...choices.slice(0, -1), { ...last, run: (last.run ?? 1) + shift }]);
    if (shows(followed, rule)) return followed;
    if (followed.mismatch !== undefined) break;
  }
  const contexts = [...new Set(choices.filter(({ kind }) => kind === 'step').map(({ context }) => context))];
  for (const order of [contexts, [...contexts].reverse()]) {
    // Twice, because one may wait for another. Leniently, because it is not known where each stands and how far it gets.
    const tail = [...order, ...order].map((context): Choice => ({ kind: 'step', context, func: '', at: 0, run: toTheEnd }));
    const followed = follower.choices([...choices, ...tail], true);
    if (shows(followed, rule)) return followed;
  }
  return undefined;
}

function shows({ breaches, mismatch }: Followed, rule: string): boolean {
  return mismatch === undefined && breaches.some((breach) => breach.rule === rule);
}
