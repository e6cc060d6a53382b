/**
 * What becomes of a schedule on a source that was put right. Such a source leaves the schedule where the error used to be: behind that the schedule says
 * what to do about a request that is lost, say, and no request is lost any more. From there on each context goes as far as it can, in order.
 */
import type { Choice, ExploreRequest } from '../engine/api.ts';
import { type Followed, Follower } from '../engine/follow.ts';
import { choiceOf } from '../engine/names.ts';
import { enabledSteps, kindOf, pickOf, type StepCode, StepKind, stepCode, takeStep, whoOf } from '../engine/scheduler.ts';
import { makeMachine } from '../engine/session.ts';

type Source = Pick<ExploreRequest, 'program' | 'scenario' | 'processors' | 'rules'>;

/** More steps than a scenario has that ends. */
const mostSteps = 50_000;

/** The schedule as far as it goes, and the rest to an end; undefined where none comes within reach. */
export function carryOn(source: Source, schedule: readonly Choice[]): Followed | undefined {
  const follower = new Follower(source);
  const lenient = follower.choices(schedule, true);
  if (lenient.breaches.length > 0) return lenient;
  const rest = toTheEnd(source, lenient.choices);
  if (rest === undefined) return undefined;
  const whole = follower.choices([...lenient.choices, ...rest]);
  return whole.mismatch === undefined ? whole : undefined;
}

/** The choices that lead from behind these to where nothing can go on. */
function toTheEnd(source: Source, choices: readonly Choice[]): Choice[] | undefined {
  const machine = makeMachine(source, false, false);
  const enabled: StepCode[] = [];
  const isContext = (code: StepCode): boolean => kindOf(code) === StepKind.context;
  for (const choice of choices) {
    const { run = 1, ...wanted } = choice;
    enabledSteps(machine, enabled);
    const first = enabled.find((code) => {
      const here = choiceOf(machine, code);
      const { kind, context, func, at, pick } = wanted;
      return here.kind === kind && here.context === context && here.func === func && here.at === at && here.pick === pick;
    });
    if (first === undefined) return undefined;
    for (let pass = 0; pass < run; pass++) {
      if (!takeStep(machine, pass === 0 ? first : stepCode(StepKind.context, whoOf(first), 0))) return [];
    }
  }
  const rest: Choice[] = [];
  let last = -1;
  while (rest.length < mostSteps) {
    enabledSteps(machine, enabled);
    // The context that went last, then the others, and time only when nobody can move.
    const answers = enabled.filter((code) => isContext(code) && pickOf(code) === 0);
    const next = answers.find((code) => whoOf(code) === last) ?? answers[0] ?? enabled[0];
    if (next === undefined) return rest;
    rest.push(choiceOf(machine, next));
    last = isContext(next) ? whoOf(next) : -1;
    if (!takeStep(machine, next)) return rest;
  }
  return undefined;
}
