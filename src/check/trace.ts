/** Follows recorded schedules, and tells whether the source is still the one they were made from. */
import type { SourceInput } from '../compiler/api.ts';
import type { ReplayOutcome } from '../engine/api.ts';
import { replay } from '../engine/replay.ts';
import { rules } from '../rules/index.ts';
import { prepare } from './check.ts';
import { findingOf, traceSteps } from './finding.ts';
import type { Finding, SourceProblem, Trace, TraceStep } from './findings.ts';
import { sourceHash } from './hash.ts';
import type { Project } from './project.ts';

/** What replaying a trace came to. */
export interface ReplayResult {
  readonly problems: readonly SourceProblem[];
  /** Absent when the source does not compile. */
  readonly outcome?:
    | { readonly kind: 'breach'; readonly finding: Finding }
    | { readonly kind: 'end'; readonly steps: readonly TraceStep[] }
    | Extract<ReplayOutcome, { kind: 'mismatch' }>;
  /** The driver or its scenarios have changed since the trace was made. */
  readonly edited: boolean;
  readonly sources: readonly SourceInput[];
}

/** Follows a trace's schedule on the sources as they are now. */
export function replayTrace(trace: Trace, project: Project, library: readonly SourceInput[]): ReplayResult {
  const prepared = prepare(project, library, { defaults: 'auto', scenario: trace.scenario });
  const hash = sourceHash(project.sources);
  const { program, problems, sources } = prepared;
  const common = { problems, sources, edited: hash !== trace.sourceHash };
  const scenario = prepared.scenarios[0];
  if (program === undefined || scenario === undefined) return common;
  const checks = rules.map(({ check }) => check);
  const outcome = replay(program, scenario, trace.processors, checks, trace.schedule);
  switch (outcome.kind) {
    case 'breach': {
      const from = { program, scenario, outcome: { processors: trace.processors }, driver: project.driver, sourceHash: hash };
      return { ...common, outcome: { kind: 'breach', finding: findingOf(outcome.breach, from) } };
    }
    case 'end':
      return { ...common, outcome: { kind: 'end', steps: traceSteps(program, scenario, outcome.steps) } };
    case 'mismatch':
      return { ...common, outcome };
  }
}
