/**
 * The nearest schedule without an error: one that takes the same decisions as the failing one for as long as it can, and then goes another way.
 * What is shown beside a failing schedule, so that people see where the two part.
 */
import type { Choice } from '../engine/api.ts';
import type { Machine } from '../engine/machine.ts';
import { choiceOf } from '../engine/names.ts';
import { isQuiescent } from '../engine/processors.ts';
import type { StepCode } from '../engine/scheduler.ts';
import { enabledSteps, kindOf, pickOf, StepKind, takeStep, whoOf } from '../engine/scheduler.ts';
import { makeMachine } from '../engine/session.ts';
import { followExactly } from './follow.ts';
import type { Subject } from './prepare.ts';
import { createWatcher, type Watcher } from './watch.ts';

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

/**
 * The schedule in the machine's names, a choice for each step of it; undefined where none is found. It goes another way at the latest where the
 * failing one does what it is guilty of: behind that the error may only not have come to light. Another order explains more than another
 * answer of the environment's, which is tried where no order helps.
 */
export function passingSchedule(subject: Subject): readonly Choice[] | undefined {
  const watcher = createWatcher();
  const machine = makeMachine(subject, { observer: watcher.observer });
  watcher.restart(subject.program, machine);
  const { codes, marks, latest } = failing(machine, watcher, subject);
  const picks = picksOf(subject.schedule);
  watcher.muted = true;
  let left = mostSteps;
  for (const isTried of [isOtherContext, isOtherAnswer]) {
    for (let kept = latest; kept >= 0; kept--) {
      backTo(machine, marks[kept]);
      for (const first of enabledNow(machine).filter((code) => isTried(code, codes[kept]))) {
        const tail = toTheEnd(machine, first, picks);
        left -= tail.codes.length;
        if (tail.passes) return inWords(machine, marks[0], [...codes.slice(0, kept), ...tail.codes]);
        if (left <= 0) return undefined;
        backTo(machine, marks[kept]);
      }
    }
  }
  return undefined;
}

/** The steps of the failing schedule, the state before each, and which of them begins the statement that is guilty. */
function failing(
  machine: Machine,
  watcher: Watcher,
  { schedule, rule }: Subject,
): { readonly codes: readonly StepCode[]; readonly marks: readonly Mark[]; readonly latest: number } {
  const { steps, breaches } = watcher.recorder;
  const codes: StepCode[] = [];
  const marks: Mark[] = [];
  const told: number[] = [];
  followExactly(machine, schedule, {
    before: () => {
      marks.push(markOf(machine));
      watcher.beginStep();
    },
    after: (code) => {
      codes.push(code);
      told.push(steps.length);
    },
  });
  const guilt = breaches.findLast(({ report }) => machine.rules.rules[report.rule].id === rule)?.guilt.place;
  const guilty = steps.findLastIndex(({ place }) => place.file === guilt?.file && place.start === guilt.start);
  const begins = told.findIndex((count) => count > guilty);
  return { codes, marks, latest: guilty < 0 || begins < 0 ? codes.length - 1 : begins };
}

/** What the environment answered in a schedule, by where it was asked; the last time counts. */
type Picks = ReadonlyMap<string, number>;

function picksOf(schedule: readonly Choice[]): Picks {
  return new Map(schedule.flatMap((choice) => (choice.pick === undefined ? [] : [[pointOf(choice), choice.pick] as const])));
}

function pointOf({ kind, context, func, at }: Choice): string {
  return [kind, context, func, at].join(' ');
}

function isOtherContext(code: StepCode, than: StepCode): boolean {
  return kindOf(code) !== kindOf(than) || whoOf(code) !== whoOf(than);
}

function isOtherAnswer(code: StepCode, than: StepCode): boolean {
  return code !== than && !isOtherContext(code, than);
}

function enabledNow(machine: Machine): StepCode[] {
  const enabled: StepCode[] = [];
  enabledSteps(machine, enabled);
  return enabled;
}

/** Begins with a step, and has each context go on for as long as it can, with the same answers; time passes when none can. */
function toTheEnd(machine: Machine, first: StepCode, picks: Picks): { codes: StepCode[]; passes: boolean } {
  const codes: StepCode[] = [];
  let next: StepCode | undefined = first;
  while (next !== undefined && codes.length < mostBehind) {
    codes.push(next);
    if (!takeStep(machine, next) || machine.reports.length > 0) return { codes, passes: false };
    next = nextOf(machine, next, picks);
  }
  return { codes, passes: next === undefined && endsWell(machine) };
}

function nextOf(machine: Machine, last: StepCode, picks: Picks): StepCode | undefined {
  const enabled = enabledNow(machine);
  const goesOn = enabled.find((code) => kindOf(code) === StepKind.context && whoOf(code) === whoOf(last)) ?? enabled[0];
  const answers = enabled.filter((code) => !isOtherContext(code, goesOn));
  if (answers.length < 2) return goesOn;
  const pick = picks.get(pointOf(choiceOf(machine, goesOn)));
  return answers.find((code) => pickOf(code) === pick) ?? goesOn;
}

function endsWell(machine: Machine): boolean {
  if (!isQuiescent(machine)) return false;
  machine.reports = [];
  machine.judgeEnd();
  return machine.reports.length === 0;
}

function inWords(machine: Machine, start: Mark, codes: readonly StepCode[]): Choice[] {
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
