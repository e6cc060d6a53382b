/** The quick half of the pipeline, for every keystroke: compile and analyse, explore nothing. */
import type { Analyse } from '../analysis/analyse.ts';
import type { SourceInput } from '../compiler/api.ts';
import { compile } from '../compiler/compile.ts';
import { analysedFindings, createRuleAnalysis } from './analysed.ts';
import { sourceProblem } from './check.ts';
import { bestFindings } from './finding.ts';
import type { Finding, Range, SourceProblem } from './findings.ts';
import type { Project } from './project.ts';
import { rangeOf } from './text.ts';

export interface QuickResult {
  readonly problems: readonly SourceProblem[];
  /** Without schedules, each *may* or *must*. */
  readonly findings: readonly Finding[];
  /** The driver's own scenarios, where they are declared. */
  readonly scenarios: readonly { readonly name: string; readonly file: string; readonly range: Range }[];
  /** Whether the driver compiles: only then has anything been analysed, and can anything be explored. */
  readonly compiled: boolean;
}

/** Says what can be said of a driver at once. */
export type QuickCheck = (project: Project) => QuickResult;

/** A quick check that goes the faster the more a driver is like those it has seen before. */
export function createQuickCheck(library: readonly SourceInput[]): QuickCheck {
  const analyse = createRuleAnalysis();
  return (project) => quickCheck(project, library, analyse);
}

function quickCheck(project: Project, library: readonly SourceInput[], analyse: Analyse): QuickResult {
  const nothing = { findings: [], scenarios: [], compiled: false };
  const located = (problems: Project['problems']): SourceProblem[] =>
    problems.map((problem) => sourceProblem(problem, project.sources));
  if (project.problems.some(({ severity }) => severity === 'error')) return { ...nothing, problems: located(project.problems) };
  const { program, problems } = compile({ sources: project.sources, library });
  if (program === undefined) return { ...nothing, problems: located(problems) };
  const analysed = analysedFindings(program, undefined, [], analyse);
  return {
    problems: located(problems),
    findings: bestFindings(
      analysed.map(({ finding }) => finding),
      new Map(analysed.map(({ finding, routine }) => [finding, routine])),
    ),
    scenarios: program.scenarios.map(({ name, place }) => {
      const { path, text } = program.files[place.file];
      return { name, file: path, range: rangeOf(text, place.start, place.end) };
    }),
    compiled: true,
  };
}
