/**
 * A run of the machine as a tape that can be wound back and forth. Each move on it is one step of the machine, which ends before a statement or
 * where the machine without those stops would end one. What other contexts do comes only between the latter, so that a schedule means the same.
 */
import type { Choice } from '../engine/api.ts';
import { contextBase, FP, FRAME_CALLER, IRQL, LIFE, stackBase } from '../engine/layout.ts';
import type { Machine } from '../engine/machine.ts';
import { choiceOf, FOREVER } from '../engine/names.ts';
import { isQuiescent } from '../engine/processors.ts';
import type { StepCode } from '../engine/scheduler.ts';
import { enabledSteps, kindOf, StepKind, stepCode, takeStep, whoOf } from '../engine/scheduler.ts';
import { decisive, makeMachine } from '../engine/session.ts';
import type { FuncId } from '../ir/program.ts';
import { isMeant } from './follow.ts';
import type { Subject } from './prepare.ts';
import { type Stepped, stepped } from './stepped.ts';
import { createWatcher, type RaisedEvent, type Watcher } from './watch.ts';

/** The code of the move that judges an end state. */
const JUDGE: StepCode = -1;

/** What is known of a move once it is made. */
export interface Move {
  readonly code: StepCode;
  /** The context that moved; -1 where time did, a DPC was started, or the end was judged. */
  readonly context: number;
  /** Where it stands now, or stood when the path ended or it did. */
  readonly func: FuncId;
  readonly pc: number;
  /** Number of its frames; 0 where it has ended. */
  readonly depth: number;
  /** Whether it stands before a statement. */
  readonly atStatement: boolean;
  /** Whether it is within what is one step for the others: it goes on before them. */
  readonly unfinished: boolean;
  /** Whether that step has gone through what others can see. */
  readonly passed: boolean;
  readonly irqlBefore: number;
  readonly irql: number;
  readonly breaches: readonly BreachSeen[];
  readonly events: readonly RaisedEvent[];
  /** Nothing can come after it. */
  readonly over: boolean;
  /** Decisions of the schedule that have been followed, and how often the next one has been. Past its end where it is no longer followed. */
  readonly decision: number;
  readonly times: number;
}

/** A breach at the moment it shows. */
export interface BreachSeen {
  readonly rule: string;
  /** Key of the rule's message. */
  readonly message: string;
}

/** A run that can be wound. */
export interface Tape {
  readonly machine: Machine;
  readonly stepped: Stepped;
  readonly subject: Subject;
  readonly watcher: Watcher;
  /** Number of moves made to where the machine is now. */
  readonly position: number;
  /** All moves known, those beyond the position included. */
  readonly moves: readonly Move[];
  /** The move that led here; undefined at the beginning. */
  readonly last: Move | undefined;
  /** The step that comes next if nobody chooses another: one known, else the schedule's, else any. Undefined where all is over. */
  next(): StepCode | undefined;
  /** Makes that step. */
  forward(): Move | undefined;
  windTo(position: number): void;
  /** Makes steps until no context is within one. */
  finishStep(): void;
  /** The steps that could come now; of contexts only whole steps can be chosen, see `finishStep`. */
  enabled(): readonly StepCode[];
  /** Takes one of the enabled steps. What was known to come is forgotten, and the schedule is no longer followed. */
  choose(code: StepCode): Move;
  /** What a step is, in the machine's names, its place as in the program without stops. */
  choiceOf(code: StepCode): Choice;
  /** What steps come to that are not to count: takes them on the machine and puts it back. */
  tryOut<T>(attempt: (take: (code: StepCode) => Move) => T): T;
}

/** A run from the beginning of a scenario, along the subject's schedule. */
export function openTape(subject: Subject): Tape {
  const marked = stepped(subject.program);
  const watcher = createWatcher((func, pc) => !marked.isStatement(func, pc));
  const machine = makeMachine({ ...subject, program: marked.program }, { observer: watcher.observer });
  const { a, b, c } = machine.memory;
  const { schedule } = subject;
  const moves: Move[] = [];
  let position = 0;
  watcher.restart(marked.program, machine);

  const lastMove = (): Move | undefined => moves[position - 1];

  const next = (): StepCode | undefined => {
    if (position < moves.length) return moves[position].code;
    const last = lastMove();
    if (last?.over === true) return undefined;
    if (last?.unfinished === true || (last?.times ?? 0) > 0) return goesOn(last?.context ?? 0);
    const codes = enabled();
    const choice = schedule[last?.decision ?? 0];
    if (choice?.context === FOREVER || codes.length === 0 || isQuiescent(machine)) return JUDGE;
    const meant = choice === undefined ? undefined : codes.find((code) => isMeant(describe(code), choice));
    return meant ?? codes.find((code) => contextOf(code) === last?.context) ?? codes[0];
  };

  /** Takes a step of the machine and tells what it was; keeps nothing. `before`: the move before it. */
  const take = (code: StepCode, before: Move | undefined, follows: boolean): Move => {
    const context = contextOf(code);
    const from = context < 0 ? undefined : machine.pointOf(context);
    const isWithin = before?.unfinished === true;
    const irqlBefore = context < 0 ? 0 : machine.cells[contextBase(context) + IRQL];
    watcher.beginStep(isWithin);
    const over = code === JUDGE ? judge(before) : !takeStep(machine, code);
    const passed = (isWithin && before.passed) || from === undefined || !marked.isStatement(from.func, from.pc);
    const now = over || context < 0 ? undefined : whereIs(machine, context);
    const atStatement = now !== undefined && marked.isStatement(now.func, now.pc);
    const unfinished = now !== undefined && (atStatement || (!passed && canPass(machine, context)));
    const { rules, messages } = machine.rules;
    return {
      code,
      context,
      func: over ? machine.func : (now?.func ?? from?.func ?? 0),
      pc: over ? machine.pc : (now?.pc ?? from?.pc ?? 0),
      depth: now?.depth ?? 0,
      atStatement,
      unfinished,
      passed,
      irqlBefore,
      irql: context < 0 ? 0 : machine.cells[contextBase(context) + IRQL],
      breaches: decisive(machine, watcher.reports).map(({ rule, message }) => ({
        rule: rules[rule].id,
        message: messages[rule][message],
      })),
      events: watcher.events,
      over,
      ...progress(before, unfinished, follows),
    };
  };

  const progress = (before: Move | undefined, unfinished: boolean, follows: boolean): Pick<Move, 'decision' | 'times'> => {
    if (!follows) return { decision: schedule.length, times: 0 };
    const { decision, times } = before ?? { decision: 0, times: 0 };
    if (unfinished || decision >= schedule.length) return { decision, times };
    return times + 1 < (schedule[decision].run ?? 1) ? { decision, times: times + 1 } : { decision: decision + 1, times: 0 };
  };

  const judge = (before: Move | undefined): boolean => {
    const forever = schedule[before?.decision ?? 0]?.context === FOREVER;
    const still = enabled().length === 0;
    machine.reports = [];
    if (!forever && isQuiescent(machine)) machine.judgeEnd();
    else machine.judgeStuck(still);
    return true;
  };

  const enabled = (): StepCode[] => {
    const codes: StepCode[] = [];
    enabledSteps(machine, codes);
    return codes;
  };

  const describe = (code: StepCode): Choice => {
    const choice = choiceOf(machine, code);
    const kind = kindOf(code);
    if (kind !== StepKind.context && kind !== StepKind.timeout) return choice;
    return { ...choice, at: marked.original(machine.pointOf(whoOf(code)).func, choice.at) };
  };

  const forward = (): Move | undefined => {
    const code = next();
    if (code === undefined) return undefined;
    const known = moves[position];
    const before = lastMove();
    const follows = known === undefined ? isFollowed(code, before) : known.decision < schedule.length;
    const move = take(code, before, follows);
    moves[position++] = known ?? move;
    return moves[position - 1];
  };

  /** Whether a step is what the schedule has next. */
  const isFollowed = (code: StepCode, before: Move | undefined): boolean => {
    const choice = schedule[before?.decision ?? 0];
    return (
      choice !== undefined &&
      (code === JUDGE || before?.unfinished === true || (before?.times ?? 0) > 0 || isMeant(describe(code), choice))
    );
  };

  return {
    machine,
    stepped: marked,
    subject,
    watcher,
    moves,
    get position() {
      return position;
    },
    get last() {
      return lastMove();
    },
    next,
    forward,
    windTo(wanted) {
      if (wanted < position) {
        machine.memory.undo(0, a, b, c);
        watcher.restart(marked.program, machine);
        position = 0;
      }
      while (position < wanted && forward() !== undefined);
    },
    finishStep() {
      while (lastMove()?.unfinished === true && forward() !== undefined);
    },
    enabled,
    choose(code) {
      moves.length = position;
      const move = take(code, lastMove(), false);
      moves[position++] = move;
      return move;
    },
    choiceOf: describe,
    tryOut(attempt) {
      const { top, a: nowA, b: nowB, c: nowC } = machine.memory;
      const returnedTo = machine.returnedTo.slice();
      let before = lastMove();
      watcher.muted = true;
      const result = attempt((code) => {
        before = take(code, before, false);
        return before;
      });
      watcher.muted = false;
      machine.memory.undo(top, nowA, nowB, nowC);
      machine.returnedTo.set(returnedTo);
      return result;
    },
  };
}

/** The step with which a context goes on behind its first instruction. */
function goesOn(context: number): StepCode {
  return stepCode(StepKind.context, context, 0);
}

/** The context that a step is of, -1 for none. */
export function contextOf(code: StepCode): number {
  return code !== JUDGE && kindOf(code) === StepKind.context ? whoOf(code) : -1;
}

/** Where a context stands; undefined where it has ended. */
function whereIs(machine: Machine, context: number): { func: FuncId; pc: number; depth: number } | undefined {
  const { cells } = machine;
  if (cells[contextBase(context) + LIFE] !== 1) return undefined;
  const stack = stackBase(context);
  let depth = 0;
  for (let frame = cells[contextBase(context) + FP]; frame >= 0; frame = cells[stack + frame + FRAME_CALLER]) depth++;
  return { ...machine.pointOf(context), depth };
}

/** Whether a context could go through the visible instruction it stands at, which without the stop before it, it would have done. */
function canPass(machine: Machine, context: number): boolean {
  return machine.picksOf(context) === 0 && machine.guardOpen(context);
}
