/** Follows recorded schedules, and tells whether the source is still the one they were made from. */
import type { SourceInput } from '../compiler/api.ts';
import type { Followed } from '../engine/follow.ts';
import type { Program, Scenario } from '../ir/program.ts';
import { rules } from '../rules/index.ts';
import { type CheckEdges, checkDriver, prepare } from './check.ts';
import { findingOf, traceSteps } from './finding.ts';
import type { Finding, SourceProblem, Trace, TraceStep } from './findings.ts';
import { sourceHash } from './hash.ts';
import { laneName, machineSchedule, threadRoutine } from './lanes.ts';
import type { Project } from './project.ts';
import { followSchedule } from './resync.ts';
import { rangeOf } from './text.ts';

/** What replaying a trace came to. */
export interface ReplayResult {
  readonly problems: readonly SourceProblem[];
  /** Absent when the source does not compile. */
  readonly outcome?: { readonly kind: 'breach'; readonly finding: Finding } | Gone;
  /** The driver or its scenarios have changed since the trace was made. */
  readonly edited: boolean;
  readonly sources: readonly SourceInput[];
}

/** The schedule leads to no error any more, or cannot be followed. */
export interface Gone {
  readonly kind: 'gone';
  readonly steps: readonly TraceStep[];
  /** Where it can no longer be followed. */
  readonly left?: Departure;
  /** What its scenario came to, explored anew because the source was edited. On the source that it was made from it is damaged, or of another version. */
  readonly anew?: 'verified' | 'bounded';
}

/** Where a source does not go the way of a schedule. */
export interface Departure {
  /** Which decision of the schedule, from 1, of how many. */
  readonly decision: number;
  readonly of: number;
  /** What the schedule has there, and what could be done instead: `Canceller goes on at CancelRead:40`. */
  readonly expected: string;
  readonly found: string;
}

/**
 * Follows a trace's schedule on the sources as they are now. Where an edited source leads to no error that way its scenario is explored anew: the schedule was
 * made for other instructions, and that some other order ends without the error would tell nothing.
 */
export function replayTrace(trace: Trace, project: Project, library: readonly SourceInput[], edges: CheckEdges): ReplayResult {
  const prepared = prepare(project, library, { defaults: 'auto', scenario: trace.scenario });
  const hash = sourceHash(project.sources);
  const { program, problems, sources } = prepared;
  const edited = hash !== trace.sourceHash;
  const common = { problems, sources, edited };
  const scenario = prepared.scenarios[0];
  if (program === undefined || scenario === undefined) return common;

  const { processors } = trace;
  const source = { program, scenario, processors, rules: rules.map(({ check }) => check) };
  const schedule = machineSchedule(trace.schedule, scenario);
  const { breaches, mismatch, choices, steps } = followSchedule(source, schedule, trace.rule, edited);
  const breach = breaches.findLast(({ rule }) => rule === trace.rule) ?? breaches.at(-1);
  if (mismatch === undefined && breach !== undefined) {
    const from = { program, scenario, outcome: { processors }, driver: project.driver, sourceHash: hash };
    return { ...common, outcome: { kind: 'breach', finding: findingOf({ ...breach, schedule: choices, steps }, from) } };
  }
  const anew = edited ? exploredAnew(trace, project, library, edges) : undefined;
  if (anew?.finding !== undefined) return { ...common, outcome: { kind: 'breach', finding: anew.finding } };
  const left = mismatch === undefined ? {} : { left: departure(mismatch, trace, program, scenario) };
  const verdict = anew === undefined ? {} : { anew: anew.verdict };
  return { ...common, outcome: { kind: 'gone', steps: traceSteps(program, scenario, steps), ...left, ...verdict } };
}

function departure(
  { step, expected, found }: NonNullable<Followed['mismatch']>,
  { schedule }: Trace,
  program: Program,
  scenario: Scenario,
): Departure {
  const words = (text: string): string => placesInWords(text, program, scenario);
  return { decision: step + 1, of: schedule.length, expected: words(expected), found: words(found) };
}

/** What exploring a trace's scenario comes to, whatever the folder's settings and comments let stand: the error of its rule, else another. */
function exploredAnew(
  { scenario, rule, processors }: Trace,
  project: Project,
  library: readonly SourceInput[],
  edges: CheckEdges,
): { readonly finding: Finding | undefined; readonly verdict: 'verified' | 'bounded' } {
  const strict = { ...project, config: undefined };
  const { findings, suppressed = [], scenarios } = checkDriver(strict, library, { scenario, cpus: processors }, edges);
  const shown = [...findings, ...suppressed.map(({ finding }) => finding)].filter(({ trace }) => trace !== undefined);
  const finding = shown.find((one) => one.rule === rule) ?? shown[0];
  const verified = scenarios.length > 0 && scenarios.every(({ verdict }) => verdict === 'verified');
  return { finding, verdict: verified ? 'verified' : 'bounded' };
}

/** The engine's `ScenarioThread#2 goes on from CancelRead at 17` as `Canceller goes on at CancelRead:40`. */
function placesInWords(text: string, program: Program, scenario: Scenario): string {
  return text
    .replace(/goes on from (\S+) at (\d+)/g, (_, name: string, at: string) => {
      if (name === threadRoutine) return 'begins';
      const func = program.funcs.find((candidate) => candidate.name === name);
      const place = func?.places[Number(at)] ?? func?.place;
      if (place === undefined) return `goes on in ${name}`;
      const file = program.files[place.file];
      return `goes on at ${name}:${rangeOf(file.text, place.start, place.end).start.line}`;
    })
    .replace(/\bScenarioThread(?:#\d+)?/g, (context) => laneName(context, scenario));
}
