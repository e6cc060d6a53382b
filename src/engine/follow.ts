/** Following schedules on a machine without reductions, where every visible instruction is a step: what replay, traces and shrinking share. */
import type { Breach, Choice, ExploreRequest, Step } from './api.ts';
import type { Machine, Observer } from './machine.ts';
import { withRoom } from './memory.ts';
import { choiceOf, describe, FOREVER } from './names.ts';
import { isQuiescent } from './processors.ts';
import { Recorder } from './recorder.ts';
import type { StepCode } from './scheduler.ts';
import { enabledSteps, kindOf, StepKind, stepCode, takeStep, whoOf } from './scheduler.ts';
import type { RawSchedule } from './session.ts';
import { decisive, makeMachine } from './session.ts';

/** What a schedule comes to. */
export interface Followed {
  readonly choices: readonly Choice[];
  readonly steps: readonly Step[];
  readonly breaches: readonly Omit<Breach, 'schedule' | 'steps'>[];
  /** Context switches away from a context that could have gone on. */
  readonly preemptions: number;
  readonly mismatch?: { readonly step: number; readonly expected: string; readonly found: string };
}

type Source = Pick<ExploreRequest, 'program' | 'scenario' | 'processors' | 'rules'>;

/** A machine for following any number of schedules of one scenario. */
export class Follower {
  private readonly source: Source;
  private begun: Begun | undefined;
  private readonly watch: Watch = {};

  constructor(source: Source) {
    this.source = source;
  }

  /** Follows a schedule of a search. */
  raw(schedule: RawSchedule): Followed {
    return withRoom(this.source.program, (cells) => followRaw(this.begin(cells), schedule));
  }

  /** Follows a schedule as users keep it. `lenient` leaves out choices that cannot be taken, and only then never mismatches. */
  choices(choices: readonly Choice[], lenient = false): Followed {
    return withRoom(this.source.program, (cells) => followChoices(this.begin(cells), choices, lenient));
  }

  private begin(cells: number): Run {
    if (this.begun?.machine.cells.length !== cells) {
      const machine = makeMachine(this.source, { observer: forwarding(this.watch), cells });
      // Where an observing search stopped to look, its schedule stops, too.
      machine.onObserve = () => undefined;
      const { a, b, c } = machine.memory;
      this.begun = { machine, start: [a, b, c] };
    }
    const { machine, start } = this.begun;
    machine.memory.undo(0, ...start);
    const recorder = new Recorder(this.source.program, machine);
    this.watch.recorder = recorder;
    return new Run(machine, recorder);
  }
}

/** A machine, and the hash of the state that it begins in. */
interface Begun {
  readonly machine: Machine;
  readonly start: readonly [number, number, number];
}

function followRaw(run: Run, schedule: RawSchedule): Followed {
  for (let i = 0; i < schedule.codes.length && !run.over; i++) {
    const code = schedule.codes[i];
    const times = kindOf(code) === StepKind.context ? Math.max(1, schedule.passes[i]) : 1;
    if (!run.take(code, times)) return run.result({ step: i, expected: 'the step of the search', found: run.found() });
  }
  run.finish(schedule.judge);
  return run.result();
}

function followChoices(run: Run, choices: readonly Choice[], lenient: boolean): Followed {
  let judge = false;
  for (let i = 0; i < choices.length && !run.over; i++) {
    const choice = choices[i];
    if (choice.context === FOREVER) {
      judge = true;
      continue;
    }
    const code = run.find(choice, lenient);
    if (code === undefined || !run.take(code, choice.run ?? 1)) {
      if (!lenient) return run.result({ step: i, expected: describe(choice), found: run.found() });
    }
  }
  run.finish(judge);
  return run.result();
}

interface Watch {
  recorder?: Recorder;
}

/** The machine keeps one observer for life; each schedule has a recorder of its own. */
function forwarding(watch: Watch): Observer {
  return {
    statement: (context, func, pc) => watch.recorder?.statement(context, func, pc),
    event: (name, irp, args) => watch.recorder?.event(name, irp, args),
    began: (context) => watch.recorder?.began(context),
    made: (object) => watch.recorder?.made(object),
    freed: (object) => watch.recorder?.freed(object),
    marked: (rule, subject) => watch.recorder?.marked(rule, subject),
    unmarked: (rule, subject) => watch.recorder?.unmarked(rule, subject),
    reported: (report) => watch.recorder?.reported(report),
  };
}

class Run {
  readonly machine: Machine;
  over = false;
  private readonly recorder: Recorder;
  private readonly taken: Choice[] = [];
  private readonly enabled: StepCode[] = [];
  private preemptions = 0;
  private last = -1;

  constructor(machine: Machine, recorder: Recorder) {
    this.machine = machine;
    this.recorder = recorder;
  }

  /** The enabled step that a choice means. */
  find(choice: Choice, lenient: boolean): StepCode | undefined {
    enabledSteps(this.machine, this.enabled);
    return this.enabled.find((code) => {
      const { run: _, ...here } = choiceOf(this.machine, code);
      if (here.kind !== choice.kind || here.context !== choice.context || here.pick !== choice.pick) return false;
      return (lenient && here.pick === undefined) || (here.func === choice.func && here.at === choice.at);
    });
  }

  /** Takes a step so many times; false when one of them is not enabled. */
  take(code: StepCode, times: number): boolean {
    for (let i = 0; i < times && !this.over; i++) {
      // Behind its first instruction a run goes on without further answers.
      const wanted = i === 0 ? code : stepCode(StepKind.context, whoOf(code), 0);
      enabledSteps(this.machine, this.enabled);
      if (!this.enabled.includes(wanted)) return false;
      this.note(wanted);
      this.recorder.beginStep();
      if (!takeStep(this.machine, wanted)) this.over = true;
    }
    return true;
  }

  /** Behind the last choice: where nothing can step any more, or the schedule says it is for ever, the end is judged. */
  finish(judge: boolean): void {
    if (this.over) return;
    enabledSteps(this.machine, this.enabled);
    if (judge) this.taken.push({ kind: 'step', context: FOREVER, func: '', at: 0 });
    const final = isQuiescent(this.machine);
    if (!judge && !final && this.enabled.length > 0) return;
    this.recorder.beginStep();
    this.machine.reports = [];
    if (final && !judge) this.machine.judgeEnd();
    else this.machine.judgeStuck(this.enabled.length === 0);
  }

  found(): string {
    enabledSteps(this.machine, this.enabled);
    return this.enabled.map((code) => describe(choiceOf(this.machine, code))).join('; or ') || 'nothing can go on';
  }

  result(mismatch?: Followed['mismatch']): Followed {
    const { rules, messages } = this.machine.rules;
    const breaches = this.recorder.breaches
      .filter(({ report, step }) => decisive(this.machine, this.recorder.reportsOf(step)).includes(report))
      .map(({ report, guilt, irp }) => ({
        rule: rules[report.rule].id,
        message: messages[report.rule][report.message],
        place: guilt.place,
        func: guilt.func,
        ...(irp === undefined ? {} : { irp }),
      }));
    return {
      choices: this.taken,
      steps: this.recorder.steps,
      breaches,
      preemptions: this.preemptions,
      ...(mismatch === undefined ? {} : { mismatch }),
    };
  }

  /** Notes the choice about to be taken; steps of one context in a row are one choice. */
  private note(code: StepCode): void {
    const choice = choiceOf(this.machine, code);
    const who = kindOf(code) === StepKind.context ? whoOf(code) : -1;
    const before = this.taken.at(-1);
    if (
      this.last >= 0 &&
      who !== this.last &&
      this.enabled.some((other) => kindOf(other) === StepKind.context && whoOf(other) === this.last)
    ) {
      this.preemptions++;
    }
    if (before !== undefined && who >= 0 && who === this.last && choice.pick === undefined) {
      this.taken[this.taken.length - 1] = { ...before, run: (before.run ?? 1) + 1 };
    } else this.taken.push(choice);
    this.last = who;
  }
}
