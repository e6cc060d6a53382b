/** The quick half of the pipeline, for every keystroke: compile and analyse, explore nothing. */
import type { Analyse } from '../analysis/analyse.ts';
import type { SourceInput } from '../compiler/api.ts';
import { compileInSteps } from '../compiler/compile.ts';
import { analysedFindings, createRuleAnalysis } from './analysed.ts';
import { sourceProblem } from './check.ts';
import { configured } from './config.ts';
import { bestFindings } from './finding.ts';
import type { Finding, Range, SourceProblem } from './findings.ts';
import { type CallLevel, callLevels } from './levels.ts';
import type { Project } from './project.ts';
import { suppressionsIn } from './suppress.ts';
import { rangeOf } from './text.ts';

export interface QuickResult {
  readonly problems: readonly SourceProblem[];
  /** Without schedules, each *may* or *must*. */
  readonly findings: readonly Finding[];
  /** The driver's own scenarios, where they are declared. */
  readonly scenarios: readonly { readonly name: string; readonly file: string; readonly range: Range }[];
  /** Where the IRQL and the spin locks are known: each call of the driver's. */
  readonly calls: readonly CallLevel[];
  /** Whether the driver compiles: only then has anything been analysed, and can anything be explored. */
  readonly compiled: boolean;
}

/** What can be said of a driver at once. */
export function quickCheck(project: Project, library: readonly SourceInput[]): QuickResult {
  const steps = createQuickCheck(library)(project);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same in steps, each of some milliseconds. */
export type QuickCheckInSteps = (project: Project) => Generator<undefined, QuickResult>;

/** A quick check that goes the faster the more a driver is like those it has seen before. */
export function createQuickCheck(library: readonly SourceInput[]): QuickCheckInSteps {
  const analyse = createRuleAnalysis();
  return (project) => quickSteps(project, library, analyse);
}

function* quickSteps(project: Project, library: readonly SourceInput[], analyse: Analyse): Generator<undefined, QuickResult> {
  const nothing = { findings: [], scenarios: [], calls: [], compiled: false };
  const located = (problems: Project['problems']): SourceProblem[] => [
    ...(project.config?.problems ?? []),
    ...problems.map((problem) => sourceProblem(problem, project.sources)),
  ];
  if (project.problems.some(({ severity }) => severity === 'error')) return { ...nothing, problems: located(project.problems) };
  const { program, problems } = yield* compileInSteps({ sources: project.sources, library });
  if (program === undefined) return { ...nothing, problems: located(problems) };
  yield;
  const analysis = yield* analyse(program);
  const analysed = analysedFindings(program, undefined, [], analysis);
  const findings = bestFindings(
    analysed.map(({ finding }) => finding),
    new Map(analysed.map(({ finding, routine }) => [finding, routine])),
  );
  const suppressions = suppressionsIn(project.sources);
  return {
    problems: [...located(problems), ...suppressions.problems],
    findings: suppressions.apply(configured(findings, project.config?.settings)).open,
    scenarios: program.scenarios.map(({ name, place }) => {
      const { path, text } = program.files[place.file];
      return { name, file: path, range: rangeOf(text, place.start, place.end) };
    }),
    calls: callLevels(program, analysis.calls),
    compiled: true,
  };
}
