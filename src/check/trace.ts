/** Follows recorded schedules, and tells whether the source is still the one they were made from. */
import type { SourceInput } from '../compiler/api.ts';
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
  readonly outcome?:
    | { readonly kind: 'breach'; readonly finding: Finding }
    /** `followed`: the source was edited and there is a schedule, so that its end without the error tells something. */
    | { readonly kind: 'end'; readonly steps: readonly TraceStep[]; readonly followed: boolean }
    | Mismatch;
  /** The driver or its scenarios have changed since the trace was made. */
  readonly edited: boolean;
  readonly sources: readonly SourceInput[];
}

/** The schedule can no longer be followed. */
export interface Mismatch {
  readonly kind: 'mismatch';
  /** Which decision of the schedule, from 1, of how many. */
  readonly decision: number;
  readonly of: number;
  /** What the schedule has there, and what could be done instead: `Canceller goes on at CancelRead:40`. */
  readonly expected: string;
  readonly found: string;
  /** What happened until then. */
  readonly steps: readonly TraceStep[];
  /** Whether the scenario, explored anew because the source was edited, is verified. */
  readonly verified: boolean;
}

/**
 * Follows a trace's schedule on the sources as they are now. An edited source may leave it, as one that was put right leaves it where the error used to be;
 * the scenario is then explored anew: that some other schedule ends without the error would tell nothing.
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
  const shown = (): TraceStep[] => traceSteps(program, scenario, steps);
  if (mismatch !== undefined) {
    const anew = edited ? exploredAnew(trace, project, library, edges) : undefined;
    if (anew?.finding !== undefined) return { ...common, outcome: { kind: 'breach', finding: anew.finding } };
    const { step, expected, found } = mismatch;
    const words = (text: string): string => placesInWords(text, program, scenario);
    const where = { decision: step + 1, of: trace.schedule.length, expected: words(expected), found: words(found) };
    return { ...common, outcome: { kind: 'mismatch', ...where, steps: shown(), verified: anew?.verified === true } };
  }
  const breach = breaches.findLast(({ rule }) => rule === trace.rule) ?? breaches.at(-1);
  if (breach === undefined)
    return { ...common, outcome: { kind: 'end', steps: shown(), followed: edited && trace.schedule.length > 0 } };
  const from = { program, scenario, outcome: { processors }, driver: project.driver, sourceHash: hash };
  return { ...common, outcome: { kind: 'breach', finding: findingOf({ ...breach, schedule: choices, steps }, from) } };
}

/** What exploring a trace's scenario comes to, whatever the folder's settings and comments let stand: the error of its rule, else another. */
function exploredAnew(
  { scenario, rule, processors }: Trace,
  project: Project,
  library: readonly SourceInput[],
  edges: CheckEdges,
): { readonly finding: Finding | undefined; readonly verified: boolean } {
  const strict = { ...project, config: undefined };
  const { findings, suppressed = [], scenarios } = checkDriver(strict, library, { scenario, cpus: processors }, edges);
  const shown = [...findings, ...suppressed.map(({ finding }) => finding)].filter(({ trace }) => trace !== undefined);
  const finding = shown.find((one) => one.rule === rule) ?? shown[0];
  return { finding, verified: scenarios.length > 0 && scenarios.every(({ verdict }) => verdict === 'verified') };
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
