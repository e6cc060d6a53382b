/** Traces as files: reading them, telling whether the source is still the one they were made from, and replaying them. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SourceInput } from '../compiler/api.ts';
import type { ReplayOutcome } from '../engine/api.ts';
import { replay } from '../engine/replay.ts';
import { rules } from '../rules/index.ts';
import { type CheckOptions, prepare } from './check.ts';
import { findingOf, traceSteps } from './finding.ts';
import type { Finding, SourceProblem, Trace, TraceStep } from './findings.ts';
import type { Project } from './project.ts';
import { checkResultSchema, traceSchema } from './schema.ts';

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

/**
 * The traces in the text of a trace file, or of a check result written as JSON.
 * @returns the traces, or what is wrong with the text, in one line.
 */
export function readTraces(text: string): { readonly traces: readonly Trace[] } | { readonly error: string } {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { error: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof json === 'object' && json !== null && 'findings' in json) {
    const result = checkResultSchema.safeParse(json);
    if (!result.success) return { error: `it is not a check result: ${firstIssue(result.error)}` };
    const traces = result.data.findings.flatMap(({ trace }) => (trace === undefined ? [] : [trace]));
    return traces.length === 0 ? { error: 'none of its findings has a trace' } : { traces };
  }
  const trace = traceSchema.safeParse(json);
  return trace.success ? { traces: [trace.data] } : { error: `it is not a trace: ${firstIssue(trace.error)}` };
}

/** SHA-256 over the texts of a driver and its scenario files, the same for both kinds of line ends and wherever the files lie. */
export function sourceHash(sources: readonly SourceInput[]): string {
  const hash = createHash('sha256');
  const named = sources.map(({ path, text }) => [path.slice(path.lastIndexOf('/') + 1), text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')]);
  for (const part of named.sort(([a], [b]) => (a < b ? -1 : 1)).flat()) hash.update(`${part.length}:${part}`);
  return hash.digest('hex');
}

/** Follows a trace's schedule on the sources as they are now. */
export function replayTrace(trace: Trace, project: Project, library: readonly SourceInput[]): ReplayResult {
  const own: Pick<CheckOptions, 'defaults' | 'scenario'> = { defaults: 'auto', scenario: trace.scenario };
  let prepared = prepare(project, library, own);
  // A default scenario of a driver that also has scenarios of its own.
  if (prepared.program === undefined) {
    const again = prepare(project, library, { ...own, defaults: 'always' });
    if (again.program !== undefined) prepared = again;
  }
  const hash = sourceHash(project.sources);
  const { program, problems, sources } = prepared;
  const common = { problems, sources, edited: hash !== trace.sourceHash };
  const scenario = prepared.scenarios[0];
  if (program === undefined || scenario === undefined) return common;
  const outcome = replay({ program, scenario, processors: trace.processors, rules: rules.map(({ check }) => check), schedule: trace.schedule });
  switch (outcome.kind) {
    case 'breach': {
      const from = { program, scenario, outcome: { processors: trace.processors }, driver: project.driver, sourceHash: hash };
      return { ...common, outcome: { kind: 'breach', finding: findingOf(outcome.breach, from) } };
    }
    case 'end':
      return { ...common, outcome: { kind: 'end', steps: traceSteps(program, outcome.steps) } };
    case 'mismatch':
      return { ...common, outcome };
  }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  const at = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return `${at}${issue.message}`;
}
