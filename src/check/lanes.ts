/**
 * What contexts are called: the machine counts the scenario's threads (`ScenarioThread`, `ScenarioThread#2`), people and traces know
 * them by the names that the scenario gives them.
 */
import type { Choice } from '../engine/api.ts';
import type { Scenario } from '../ir/program.ts';

type Threads = Pick<Scenario, 'threads'>;

/** The routine of the harness that runs each thread of a scenario. */
export const threadRoutine = 'ScenarioThread';

/** What people call a context: `Canceller` for the machine's `ScenarioThread#2`; other contexts keep their names. */
export function laneName(context: string, { threads }: Threads): string {
  const thread = /^ScenarioThread(?:#(\d+))?$/.exec(context);
  const name = thread === null ? undefined : threads[Number(thread[1] ?? 1) - 1];
  if (name === undefined) return context;
  return reserved.has(name) ? `thread ${name}` : name;
}

/** The machine's name for a lane; the opposite of `laneName`. */
export function contextOfLane(lane: string, { threads }: Threads): string {
  const index = threads.findIndex((name) => lane === (reserved.has(name) ? `thread ${name}` : name));
  if (index < 0) return lane;
  return index === 0 ? threadRoutine : `${threadRoutine}#${index + 1}`;
}

/** A schedule of the machine's in the names that people know. */
export function namedSchedule(schedule: readonly Choice[], scenario: Threads): Choice[] {
  return schedule.map((choice) => ({ ...choice, context: laneName(choice.context, scenario) }));
}

/** A schedule as people know it in the machine's names. */
export function machineSchedule(schedule: readonly Choice[], scenario: Threads): Choice[] {
  return schedule.map((choice) => ({ ...choice, context: contextOfLane(choice.context, scenario) }));
}

/** Names of the machine's own contexts that a thread of a scenario could have, too. */
const reserved: ReadonlySet<string> = new Set(['main', 'dpc', 'kernel', 'timer', 'forever', threadRoutine]);
