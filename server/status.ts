/** What the server is at, for the status item. */
import type { CheckEvent, PlannedScenario } from '../src/check/check.ts';
import type { ScenarioResult } from '../src/check/findings.ts';

/** What exploring is at. */
export type Status =
  | { readonly state: 'idle' }
  | { readonly state: 'looking'; readonly driver: string }
  | {
      readonly state: 'exploring';
      readonly driver: string;
      readonly scenario?: string;
      readonly states?: number;
      readonly done: number;
      readonly of: number;
    };

/** Tells the status as the events of a check come. */
export function follow(driver: string, status: (status: Status) => void): (event: CheckEvent) => void {
  let planned: readonly PlannedScenario[] = [];
  const results = new Map<string, ScenarioResult>();
  return (event) => {
    if (event.kind === 'compiled') planned = event.scenarios;
    else if (event.kind === 'explored') results.set(event.result.name, event.result);
    const at = { state: 'exploring', driver, done: results.size, of: planned.length } as const;
    status(event.kind === 'progress' ? { ...at, scenario: event.scenario, states: event.states } : at);
  };
}
