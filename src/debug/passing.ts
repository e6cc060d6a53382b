/**
 * The nearest schedule without an error: one that takes the same decisions as the failing one for as long as it can, and then goes another way.
 * What is shown beside a failing schedule, so that people see where the two part.
 */
import type { Choice } from '../engine/api.ts';
import type { Machine } from '../engine/machine.ts';
import { choiceOf, FOREVER } from '../engine/names.ts';
import { isQuiescent } from '../engine/processors.ts';
import type { StepCode } from '../engine/scheduler.ts';
import { enabledSteps, kindOf, StepKind, stepCode, takeStep, whoOf } from '../engine/scheduler.ts';
import { makeMachine } from '../engine/session.ts';
import type { Subject } from './prepare.ts';

/** Steps of the machine that may be taken altogether: a second or so. */
const mostSteps = 400_000;
/** Steps that one way to the end may take: past that it goes round in circles. */
const mostBehind = 5_000;

/** A state to go back to. */
interface Mark {
  readonly top: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** The schedule in the machine's names, a choice for each step of it; undefined where none is found. */
export function passingSchedule(subject: Subject): readonly Choice[] | undefined {
  const machine = makeMachine(subject, false, false);
  const { codes, marks } = failing(machine, subject.schedule);
  let left = mostSteps;
  for (let kept = codes.length - 1; kept >= 0; kept--) {
    backTo(machine, marks[kept]);
    for (const first of others(machine, codes[kept])) {
      const tail = toTheEnd(machine, first);
      left -= tail.taken;
      if (tail.passes) return inWords(machine, marks, [...codes.slice(0, kept), ...tail.codes]);
      if (left <= 0) return undefined;
      backTo(machine, marks[kept]);
    }
  }
  return undefined;
}

/** Takes the steps of the failing schedule: each, and the state before it. */
function failing(machine: Machine, schedule: readonly Choice[]): { codes: StepCode[]; marks: Mark[] } {
  const codes: StepCode[] = [];
  const marks = [markOf(machine)];
  const enabled: StepCode[] = [];
  for (const choice of schedule) {
    if (choice.context === FOREVER) break;
    enabledSteps(machine, enabled);
    const first = enabled.find((code) => {
      const here = choiceOf(machine, code);
      return (
        here.kind === choice.kind && here.context === choice.context && here.func === choice.func && here.pick === choice.pick
      );
    });
    if (first === undefined) break;
    for (let i = 0; i < (choice.run ?? 1); i++) {
      const code = i === 0 ? first : stepCode(StepKind.context, whoOf(first), 0);
      codes.push(code);
      if (!takeStep(machine, code)) return { codes, marks };
      marks.push(markOf(machine));
    }
  }
  return { codes, marks };
}

/** The steps that could be taken instead of one, other contexts' first: another order explains more than another answer. */
function others(machine: Machine, instead: StepCode): StepCode[] {
  const enabled: StepCode[] = [];
  enabledSteps(machine, enabled);
  const isSame = (code: StepCode): boolean => kindOf(code) === kindOf(instead) && whoOf(code) === whoOf(instead);
  const rest = enabled.filter((code) => code !== instead);
  return [...rest.filter((code) => !isSame(code)), ...rest.filter(isSame)];
}

/** Begins with a step, and has each context go on for as long as it can; time passes when none can. */
function toTheEnd(machine: Machine, first: StepCode): { codes: StepCode[]; passes: boolean; taken: number } {
  const codes: StepCode[] = [];
  const enabled: StepCode[] = [];
  let next: StepCode | undefined = first;
  while (next !== undefined && codes.length < mostBehind) {
    codes.push(next);
    const last: StepCode = next;
    if (!takeStep(machine, next) || machine.reports.length > 0) return { codes, passes: false, taken: codes.length };
    enabledSteps(machine, enabled);
    next = enabled.find((code) => kindOf(code) === StepKind.context && whoOf(code) === whoOf(last)) ?? enabled[0];
  }
  return { codes, passes: next === undefined && endsWell(machine), taken: codes.length };
}

function endsWell(machine: Machine): boolean {
  if (!isQuiescent(machine)) return false;
  machine.reports = [];
  machine.judgeEnd();
  return machine.reports.length === 0;
}

function inWords(machine: Machine, [start]: readonly Mark[], codes: readonly StepCode[]): Choice[] {
  backTo(machine, start);
  return codes.map((code) => {
    const choice = choiceOf(machine, code);
    takeStep(machine, code);
    return choice;
  });
}

function markOf({ memory: { top, a, b, c } }: Machine): Mark {
  return { top, a, b, c };
}

function backTo(machine: Machine, { top, a, b, c }: Mark): void {
  machine.memory.undo(top, a, b, c);
}
