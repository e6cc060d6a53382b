/** Follows a kept schedule step by step, without search. */
import type { Program, Scenario } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import type { Choice, ReplayOutcome } from './api.ts';
import { Follower } from './follow.ts';

/** Replays `schedule`; the breach it ends with is the outcome (earlier ones that do not end the path are steps on the way), and a schedule that can no longer be followed says where and why. */
export function replay(
  program: Program,
  scenario: Scenario,
  processors: number,
  rules: readonly RuleCheck[],
  schedule: readonly Choice[],
): ReplayOutcome {
  const followed = new Follower({ program, scenario, processors, rules }).choices(schedule);
  if (followed.mismatch !== undefined) return { kind: 'mismatch', ...followed.mismatch };
  const breach = followed.breaches.at(-1);
  if (breach === undefined) return { kind: 'end', steps: followed.steps };
  return { kind: 'breach', breach: { ...breach, schedule: followed.choices, steps: followed.steps } };
}
