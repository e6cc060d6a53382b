/** What contexts and steps are called in schedules: names a user knows, the same in every run. */
import type { Choice } from './api.ts';
import { CPU, contextBase, FIRST_TRANSIENT, KIND, Kind, LIFE, ROUTINE } from './layout.ts';
import type { Machine } from './machine.ts';
import type { StepCode } from './scheduler.ts';
import { kindOf, pickOf, StepKind, whoOf } from './scheduler.ts';

/** The choice that judges a state from which no end can be reached, behind the schedule that leads into its cycle. */
export const FOREVER = 'forever';

/** Name of a context, with `#2` for the second of that name: of threads the second spawned, of DPCs and workers the second live one. */
export function contextName(machine: Machine, context: number): string {
  const name = baseName(machine, context);
  let same = 1;
  for (let c = 0; c < context; c++) {
    const life = machine.cells[contextBase(c) + LIFE];
    if ((life === 1 || (life === 2 && c < FIRST_TRANSIENT)) && baseName(machine, c) === name) same++;
  }
  return same === 1 ? name : `${name}#${same}`;
}

/** The choice that a step code stands for in the present state. */
export function choiceOf(machine: Machine, code: StepCode): Choice {
  const who = whoOf(code);
  switch (kindOf(code)) {
    case StepKind.elapse:
      return { kind: 'elapse', context: '', func: '', at: 0 };
    case StepKind.terminate:
      return { kind: 'terminate', context: '', func: '', at: 0 };
    case StepKind.timer:
      return { kind: 'fire', context: 'timer', func: nameOf(machine, machine.program.hooks.timerExpired), at: who };
    case StepKind.startDpc:
      return {
        kind: 'step',
        context: 'start of a dpc',
        func: nameOf(machine, machine.program.hooks.executeDpc),
        at: 0,
        pick: who,
      };
    default: {
      const { func, pc } = machine.pointOf(who);
      const choice: Choice = {
        kind: kindOf(code) === StepKind.timeout ? 'fire' : 'step',
        context: contextName(machine, who),
        func: nameOf(machine, func),
        at: pc,
      };
      return machine.picksOf(who) > 0 && choice.kind === 'step' ? { ...choice, pick: pickOf(code) } : choice;
    }
  }
}

/** What a choice expects, in words. */
export function describe(choice: Choice): string {
  if (choice.kind === 'elapse') return 'time passes';
  if (choice.kind === 'terminate') return 'the process is terminated';
  const pick = choice.pick === undefined ? '' : ` with answer ${choice.pick}`;
  if (choice.kind === 'fire')
    return choice.context === 'timer' ? `timer ${choice.at} expires` : `the wait of ${choice.context} times out`;
  return `${choice.context} goes on from ${choice.func} at ${choice.at}${pick}`;
}

/** The processor a context is bound to, or -1. */
export function processorOfContext(machine: Machine, context: number): number {
  for (let p = 0; p < machine.processors; p++) if (machine.cells[CPU + p] === context + 1) return p;
  return -1;
}

function baseName(machine: Machine, context: number): string {
  const at = contextBase(context);
  const routine = nameOf(machine, machine.cells[at + ROUTINE]);
  switch (machine.cells[at + KIND]) {
    case Kind.main:
      return 'main';
    case Kind.thread:
      return routine.slice(routine.lastIndexOf('.') + 1);
    case Kind.system:
      return `system ${routine}`;
    case Kind.worker:
      return `worker ${routine}`;
    case Kind.dpc:
      return 'dpc';
    default:
      return 'kernel';
  }
}

function nameOf(machine: Machine, func: number): string {
  return machine.program.funcs[func - 1]?.name ?? '';
}
