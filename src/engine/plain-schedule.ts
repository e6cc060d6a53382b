/** Turns a schedule of an observing search into one of the program as it is: without the stops at which the search looked. */
import type { Func } from '../ir/program.ts';
import type { Choice, ExploreRequest } from './api.ts';
import { choiceOf } from './names.ts';
import { kindOf, StepKind, stepCode, takeStep, whoOf } from './scheduler.ts';
import type { RawSchedule } from './session.ts';
import { makeMachine } from './session.ts';

/** @param source the observing program, with the scenario, processors and rules of the search. */
export function plainSchedule(
  source: Pick<ExploreRequest, 'program' | 'scenario' | 'processors' | 'rules'>,
  { codes, passes }: RawSchedule,
): Choice[] {
  const machine = makeMachine(source);
  machine.onObserve = () => undefined;
  const plain: Choice[] = [];
  let last = -1;
  for (const [index, code] of codes.entries()) {
    const isContext = kindOf(code) === StepKind.context;
    const who = isContext ? whoOf(code) : -1;
    for (let pass = 0; pass < (isContext ? Math.max(1, passes[index]) : 1); pass++) {
      const step = pass === 0 ? code : stepCode(StepKind.context, who, 0);
      const point = isContext ? machine.pointOf(who) : undefined;
      const func = point === undefined ? undefined : source.program.funcs[point.func - 1];
      if (point === undefined || func === undefined || !isObserve(func, point.pc)) {
        const choice = choiceOf(machine, step);
        const before = plain.at(-1);
        if (before !== undefined && isContext && who === last && choice.pick === undefined)
          plain[plain.length - 1] = { ...before, run: (before.run ?? 1) + 1 };
        else plain.push(func === undefined ? choice : { ...choice, at: choice.at - observesBefore(func, choice.at) });
        last = who;
      }
      if (!takeStep(machine, step)) return plain;
    }
  }
  return plain;
}

function isObserve({ code }: Func, at: number): boolean {
  const instr = code[at];
  return instr?.op === 'intrinsic' && instr.name === 'observe';
}

function observesBefore(func: Func, at: number): number {
  return func.code.slice(0, at).filter((_, index) => isObserve(func, index)).length;
}
