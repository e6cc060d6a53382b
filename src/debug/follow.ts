/** Follows a schedule that is known to fit, step by step. */
import type { Choice } from '../engine/api.ts';
import type { Machine } from '../engine/machine.ts';
import { choiceOf, FOREVER } from '../engine/names.ts';
import { isQuiescent } from '../engine/processors.ts';
import type { StepCode } from '../engine/scheduler.ts';
import { enabledSteps, kindOf, StepKind, stepCode, takeStep, whoOf } from '../engine/scheduler.ts';

/** Takes the steps of a schedule, and judges the end. `before` is told which context is to move, -1 where none is; `after`, what was taken. */
export function followExactly(
  machine: Machine,
  schedule: readonly Choice[],
  on: { readonly before: (context: number) => void; readonly after: (code: StepCode) => void },
): void {
  const enabled: StepCode[] = [];
  for (const choice of schedule) {
    if (choice.context === FOREVER) continue;
    enabledSteps(machine, enabled);
    const first = enabled.find((code) => isMeant(choiceOf(machine, code), choice));
    if (first === undefined) return;
    for (let i = 0; i < (choice.run ?? 1); i++) {
      on.before(kindOf(first) === StepKind.context ? whoOf(first) : -1);
      // Behind its first instruction a run goes on without further answers.
      const code = i === 0 ? first : stepCode(StepKind.context, whoOf(first), 0);
      const goesOn = takeStep(machine, code);
      on.after(code);
      if (!goesOn) return;
    }
  }
  enabledSteps(machine, enabled);
  const forever = schedule.at(-1)?.context === FOREVER;
  const final = isQuiescent(machine);
  if (!forever && !final && enabled.length > 0) return;
  on.before(-1);
  if (final && !forever) machine.judgeEnd();
  else machine.judgeStuck(enabled.length === 0);
}

/** Whether the step that can be taken is the one that the schedule has. */
export function isMeant(here: Choice, choice: Choice): boolean {
  return (
    here.kind === choice.kind &&
    here.context === choice.context &&
    here.func === choice.func &&
    here.at === choice.at &&
    here.pick === choice.pick
  );
}
