/**
 * Stateless enumeration with sleep sets (Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", 1996,
 * chapter 5): runs each Mazurkiewicz trace of a terminating program once and keeps no states. It shares the steps with brute
 * force, but not the search; that the number of traces does not depend on the order of the contexts checks the footprints.
 */

import { type BruteRequest, begin } from './brute.ts';
import {
  type Action,
  enabledActions,
  isFinal,
  judgeEnd,
  judgeStuck,
  type Machine,
  perform,
  type Result,
} from './brute-machine.ts';
import type { State } from './brute-state.ts';

export interface StatelessRequest extends Omit<BruteRequest, 'maxStates'> {
  /** Most steps taken in all. */
  readonly maxSteps: number;
  /** Tries what is enabled in the opposite order. */
  readonly reversed?: boolean;
}

export interface StatelessOutcome {
  /** Traces run to an end. */
  readonly traces: number;
  /** `rule message`, sorted. */
  readonly reported: readonly string[];
  readonly bounded: boolean;
  /** False when `maxSteps` ended the enumeration. */
  readonly complete: boolean;
}

/** One way in which one action can go, known by its name, with what it reads and writes. */
interface Transition {
  readonly name: string;
  readonly result: Result;
}

/** Enumerates the traces of a program that terminates. */
export function enumerateTraces(request: StatelessRequest): StatelessOutcome {
  const { machine, state } = begin({ ...request, maxStates: 0 });
  const reported = new Set<string>();
  let traces = 0;
  let steps = 0;
  let bounded = false;

  const note = (result: Result): void => {
    for (const { rule, message } of result.reports) reported.add(`${rule} ${message}`);
    if (result.bounds.length > 0) bounded = true;
  };
  const visit = (at: State, asleep: readonly Transition[]): void => {
    const actions = enabledActions(machine, at);
    if (actions.length === 0) {
      traces++;
      (isFinal(machine, at) ? judgeEnd(machine, at) : judgeStuck(machine, at, true)).forEach(note);
      return;
    }
    const sleeping = [...asleep];
    for (const transition of transitionsOf(machine, at, actions, request.reversed ?? false)) {
      if (sleeping.some(({ name }) => name === transition.name)) continue;
      if (++steps > request.maxSteps) return;
      note(transition.result);
      if (transition.result.state === undefined) traces++;
      else
        visit(
          transition.result.state,
          sleeping.filter((other) => independent(other, transition)),
        );
      sleeping.push(transition);
    }
  };
  visit(state, []);
  return { traces, reported: [...reported].sort(), bounded, complete: steps <= request.maxSteps };
}

function transitionsOf(machine: Machine, state: State, actions: readonly Action[], reversed: boolean): Transition[] {
  const transitions = actions.flatMap((action) =>
    perform(machine, state, action).map((result) => ({ name: `${JSON.stringify(action)} ${result.picks.join()}`, result })),
  );
  return reversed ? transitions.reverse() : transitions;
}

/** Neither writes what the other reads or writes, and they are not two steps of one context. */
function independent(a: Transition, b: Transition): boolean {
  for (const [resource, written] of a.result.footprint) {
    const other = b.result.footprint.get(resource);
    if (other !== undefined && (written || other)) return false;
  }
  return true;
}
