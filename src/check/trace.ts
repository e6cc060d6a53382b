/** Follows recorded schedules, and tells whether the source is still the one they were made from. */
import type { SourceInput } from '../compiler/api.ts';
import type { Choice } from '../engine/api.ts';
import type { Followed } from '../engine/follow.ts';
import type { Program, Scenario } from '../ir/program.ts';
import { rules } from '../rules/index.ts';
import { carryOn } from './carry-on.ts';
import { prepare } from './check.ts';
import { findingOf, traceSteps } from './finding.ts';
import type { Finding, SourceProblem, Trace, TraceStep } from './findings.ts';
import { sourceHash } from './hash.ts';
import { contextOfLane, laneName, machineSchedule, threadRoutine } from './lanes.ts';
import type { Project } from './project.ts';
import { followSchedule } from './resync.ts';
import { rangeOf } from './text.ts';

/** What replaying a trace came to. */
export interface ReplayResult {
  readonly problems: readonly SourceProblem[];
  /** Absent when the source does not compile. */
  readonly outcome?:
    | { readonly kind: 'breach'; readonly finding: Finding }
    /**
     * `followed`: the source was edited and there is a schedule, so that its end without the error tells something. `left`: where the edited source
     * goes another way than the schedule, behind which each context went on by itself.
     */
    | { readonly kind: 'end'; readonly steps: readonly TraceStep[]; readonly followed: boolean; readonly left?: Departure }
    | Mismatch;
  /** The driver or its scenarios have changed since the trace was made. */
  readonly edited: boolean;
  readonly sources: readonly SourceInput[];
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

/** The schedule can no longer be followed. */
export interface Mismatch extends Departure {
  readonly kind: 'mismatch';
  /** What happened until then. */
  readonly steps: readonly TraceStep[];
}

/** Follows a trace's schedule on the sources as they are now. */
export function replayTrace(trace: Trace, project: Project, library: readonly SourceInput[]): ReplayResult {
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
  const strict = followSchedule(source, schedule, trace.rule, edited);
  const followed = (edited && strict.mismatch !== undefined && carriedOn(trace, source, schedule)) || strict;
  const { breaches, choices, steps } = followed;
  const left = strict.mismatch && departure(strict.mismatch, trace, program, scenario);
  if (left !== undefined && followed === strict) {
    return { ...common, outcome: { kind: 'mismatch', ...left, steps: traceSteps(program, scenario, steps) } };
  }
  const breach = breaches.findLast(({ rule }) => rule === trace.rule) ?? breaches.at(-1);
  if (breach === undefined) {
    const shown = traceSteps(program, scenario, steps);
    const tells = edited && trace.schedule.length > 0;
    return { ...common, outcome: { kind: 'end', steps: shown, followed: tells, ...(left === undefined ? {} : { left }) } };
  }
  const from = { program, scenario, outcome: { processors }, driver: project.driver, sourceHash: hash };
  return { ...common, outcome: { kind: 'breach', finding: findingOf({ ...breach, schedule: choices, steps }, from) } };
}

/**
 * The schedule carried on to an end, where that says something of the error: its threads are still there, and the routine is gone through that was at
 * fault.
 */
function carriedOn(trace: Trace, source: Parameters<typeof carryOn>[0], schedule: readonly Choice[]): Followed | undefined {
  const { program, scenario } = source;
  // The trace may have been made elsewhere: files are known by their names.
  const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const drivers = new Set(program.files.flatMap(({ path, origin }) => (origin === 'driver' ? [nameOf(path)] : [])));
  const isDriver = ({ file }: TraceStep): boolean => !file.startsWith('irpsight/') && drivers.has(nameOf(file));
  const guilty = trace.steps.findLast(isDriver)?.func;
  const isThread = ({ context, func }: TraceStep): boolean => func === `${trace.scenario}.${context}`;
  const threads = new Set(trace.steps.filter(isThread).map(({ context }) => contextOfLane(context, scenario)));
  const gone = [...threads].some((context) => !context.startsWith(threadRoutine));
  const followed = guilty === undefined || gone ? undefined : carryOn(source, schedule);
  return followed?.steps.some(({ func }) => func === guilty) ? followed : undefined;
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
