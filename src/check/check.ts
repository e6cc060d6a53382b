/**
 * The one pipeline, from a driver's sources to findings and verdicts: compile, add default scenarios, analyse, explore
 * each scenario. It reads no file and no clock; both are in the edges.
 */
import type { CompileResult, Problem, SourceInput } from '../compiler/api.ts';
import { compile } from '../compiler/compile.ts';
import type { ExploreRequest, Outcome, StrategyName } from '../engine/api.ts';
import { explore } from '../engine/explore.ts';
import type { Program, Scenario } from '../ir/program.ts';
import { rules } from '../rules/index.ts';
import { defaultScenarios } from '../scenario/defaults.ts';
import { describeDriver } from '../scenario/shape.ts';
import { analysedFindings } from './analysed.ts';
import { type AskedOptions, configured, rulesOff, withConfig } from './config.ts';
import { coveredLines } from './coverage.ts';
import { bestFindings, findingOf } from './finding.ts';
import type { CheckResult, Finding, ScenarioResult, SourceProblem } from './findings.ts';
import { sourceHash } from './hash.ts';
import type { Project } from './project.ts';
import { suppressionsIn } from './suppress.ts';
import { rangeOf } from './text.ts';
import { type Clock, type Turn, takeTurns } from './turns.ts';
import { unreachedProblems } from './unreached.ts';
import { judge, standInsIn, unreachedIn } from './verdict.ts';

export interface CheckOptions {
  /** Overrides every scenario's number of processors. */
  readonly cpus?: number;
  /** Most states kept for one scenario. */
  readonly maxStates: number;
  readonly maxPreemptions?: number;
  /** By default *exhaustive*, or *bounded* where a number of preemptions is given, here or by the scenario. */
  readonly strategy?: StrategyName;
  readonly seed?: number;
  /** Only the scenario of this name. */
  readonly scenario?: string;
  /** Whether the default scenarios are explored: where the driver has none of its own (`auto`), always, or never. */
  readonly defaults: 'auto' | 'always' | 'never';
  /** Whether each scenario's result lists the lines that were reached. */
  readonly coverage?: boolean;
}

/** What the pipeline cannot do itself, and where it tells what it is at. The scenarios share the time until the clock's deadline. */
export interface CheckEdges extends Clock {
  readonly onEvent: (event: CheckEvent) => void;
}

/** What has become known so far: enough to report truthfully when the rest never comes. */
export type CheckEvent =
  /** Compiled. `sources` are those that places may lie in, the library's included. */
  | { readonly kind: 'compiled'; readonly sources: readonly SourceInput[]; readonly scenarios: readonly PlannedScenario[] }
  | {
      readonly kind: 'progress';
      readonly scenario: string;
      readonly states: number;
      readonly transitions: number;
      readonly depth: number;
    }
  /** Told again of a scenario that was explored longer after its share of the time was over; the last word counts. */
  | { readonly kind: 'explored'; readonly result: ScenarioResult; readonly findings: readonly Finding[] };

export interface PlannedScenario {
  readonly name: string;
  readonly file: string;
  readonly cpus: number;
}

/** A driver compiled together with the scenarios that will be explored. */
export interface Prepared {
  readonly program?: Program;
  readonly scenarios: readonly Scenario[];
  readonly problems: readonly SourceProblem[];
  readonly sources: readonly SourceInput[];
  /** Path of the generated file of default scenarios. */
  readonly defaultsPath: string;
}

/** Checks one driver. Problems, findings and verdicts are all in the result; nothing is thrown but our own bugs. */
export function checkDriver(
  project: Project,
  library: readonly SourceInput[],
  asked: AskedOptions,
  edges: CheckEdges,
): CheckResult {
  const settings = project.config?.settings;
  const options = withConfig(asked, settings);
  const prepared = prepare(project, library, options);
  const { program, sources } = prepared;
  const problems = [...(project.config?.problems ?? []), ...prepared.problems];
  if (program === undefined) return { schemaVersion: 1, problems, findings: [], scenarios: [] };
  edges.onEvent({
    kind: 'compiled',
    sources,
    scenarios: prepared.scenarios.map((scenario) => ({
      name: scenario.name,
      file: fileOf(program, scenario, project, prepared),
      cpus: options.cpus ?? scenario.processors,
    })),
  });

  const hash = sourceHash(project.sources);
  const suppressions = suppressionsIn(project.sources);
  const off = rulesOff(settings);
  const explored = new Map<Scenario, Explored>();
  takeTurns(
    prepared.scenarios,
    edges,
    (scenario, turn) => {
      const started = edges.now();
      const search = { ...edges, shouldStop: turn.shouldStop };
      const outcome = withReason(exploreScenario(program, scenario, options, search, off), turn);
      const seconds = edges.now() - started;
      const known = explored.get(scenario);
      // The same search again: what was stopped sooner than before, or broke down, knows nothing new.
      const longer = outcome.states > 0 && (turn.endedBy() === undefined || seconds >= (known?.seconds ?? 0));
      if (known !== undefined && !longer) return;
      const findings = outcome.breaches.map((breach) =>
        findingOf(breach, { program, scenario, outcome, driver: project.driver, sourceHash: hash }),
      );
      const file = fileOf(program, scenario, project, prepared);
      const result: ScenarioResult = {
        ...scenarioResult(program, scenario, outcome, { file, driver: project.driver, seconds }, off),
        ...(options.coverage === true ? { coverage: coveredLines(program, outcome.reached) } : {}),
      };
      explored.set(scenario, { outcome, findings, result, seconds });
      edges.onEvent({
        kind: 'explored',
        result,
        findings: suppressions.apply(configured(bestFindings(findings), settings)).open,
      });
    },
    (scenario) => explored.get(scenario)?.outcome.verdict === 'error',
  );
  const known = prepared.scenarios.flatMap((scenario) => explored.get(scenario) ?? []);
  const witnessed = known.flatMap(({ findings }) => findings);
  const outcomes = program.scenarios.map((scenario) => ({ name: scenario.name, outcome: explored.get(scenario)?.outcome }));
  const analysed = analysedFindings(program, outcomes, witnessed);
  const all = bestFindings(
    [...witnessed, ...analysed.map(({ finding }) => finding)],
    new Map(analysed.map(({ finding, routine }) => [finding, routine])),
  );
  const { open: findings, suppressed } = suppressions.apply(configured(all, settings));
  // What was not explored to its end may still have what is suppressed.
  const settled = options.scenario === undefined && known.every(({ outcome }) => outcome.verdict !== 'bounded');
  const complete =
    options.scenario === undefined && prepared.scenarios.every((scenario) => isGenerated(program, scenario, prepared));
  const unreached = complete
    ? unreachedProblems(
        program,
        known.map(({ outcome }) => outcome),
      )
    : [];
  return {
    schemaVersion: 1,
    problems: [
      ...problems,
      ...suppressions.problems,
      ...(settled ? suppressions.unused(suppressed) : []),
      ...unreached.map((problem) => sourceProblem(problem, sources)),
    ],
    findings,
    ...(suppressed.length === 0 ? {} : { suppressed }),
    scenarios: known.map(({ result }) => result),
  };
}

/** What the last run of a scenario that counts came to. */
interface Explored {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  readonly result: ScenarioResult;
  readonly seconds: number;
}

/** The outcome of a search that ended before its time, with what ended it. */
function withReason(outcome: Outcome, turn: Turn): Outcome {
  const by = turn.endedBy();
  if (by === undefined || by === 'stop' || outcome.bounds.length === 0) return outcome;
  const reason = by === 'share' ? 'Its share of the time for all scenarios was over.' : 'The time for all scenarios was over.';
  return { ...outcome, bounds: [...outcome.bounds, reason] };
}

/**
 * Compiles a project, with generated scenarios where default ones are wanted.
 * @param options `observing`: as the compiler's own; which scenarios there are does not depend on it.
 */
export function prepare(
  project: Project,
  library: readonly SourceInput[],
  options: Pick<CheckOptions, 'defaults' | 'scenario'> & { readonly observing?: boolean },
): Prepared {
  const defaultsPath = `${project.driver.replace(/\.driver\.ts$|\.ts$/, '')}.defaults.scenario.ts`;
  const failed = (problems: readonly Problem[], sources: readonly SourceInput[]): Prepared => ({
    scenarios: [],
    problems: problems.map((problem) => sourceProblem(problem, sources)),
    sources,
    defaultsPath,
  });
  if (project.problems.some(({ severity }) => severity === 'error')) return failed(project.problems, project.sources);

  const { sources, compiled } = compiledWith(project, library, options, defaultsPath);
  if (compiled.program === undefined) return failed(compiled.problems, [...sources, ...library]);

  const { program, problems } = compiled;
  const all = [...sources, ...library];
  const wanted = program.scenarios.filter(({ name }) => options.scenario === undefined || name === options.scenario);
  if (wanted.length === 0) return failed([...problems, nothingToExplore(project.driver, program, options.scenario)], all);
  return {
    program,
    scenarios: wanted,
    problems: problems.map((problem) => sourceProblem(problem, all)),
    sources: all,
    defaultsPath,
  };
}

/** The default scenarios made last for each driver, by its path: most changes leave its shape as it is, and once is enough to compile it. */
const lastDefaults = new Map<string, string>();
const mostLastDefaults = 64;

/** The project compiled, with generated scenarios where default ones are wanted. */
function compiledWith(
  { driver, sources }: Project,
  library: readonly SourceInput[],
  { defaults, scenario: wanted, observing }: Pick<CheckOptions, 'defaults' | 'scenario'> & { readonly observing?: boolean },
  path: string,
): { readonly sources: readonly SourceInput[]; readonly compiled: CompileResult } {
  const withText = (text: string): { sources: readonly SourceInput[]; compiled: CompileResult } => {
    const all: readonly SourceInput[] = [...sources, { path, text, origin: 'scenario' }];
    return { sources: all, compiled: withGenerated(compile({ sources: all, library, observing }), path) };
  };
  // A scenario that is asked for by name and is none of the driver's own may be a default one.
  const isOwn = ({ files }: Program, { file, name }: Scenario): boolean =>
    sources.some((source) => source.path === files[file].path) && (wanted === undefined || name === wanted);
  const madeFor = (program: Program): string | undefined =>
    defaults === 'always' || (defaults === 'auto' && !program.scenarios.some((scenario) => isOwn(program, scenario)))
      ? defaultScenarios(describeDriver(program), driver)
      : undefined;

  const last = lastDefaults.get(driver);
  if (last !== undefined) {
    const guessed = withText(last);
    if (guessed.compiled.program !== undefined && madeFor(guessed.compiled.program) === last) return guessed;
    lastDefaults.delete(driver);
  }
  const plain = compile({ sources, library });
  const text = plain.program === undefined ? undefined : madeFor(plain.program);
  if (text === undefined) return { sources, compiled: observing === true ? compile({ sources, library, observing }) : plain };
  lastDefaults.set(driver, text);
  const [oldest] = lastDefaults.keys();
  if (lastDefaults.size > mostLastDefaults && oldest !== undefined) lastDefaults.delete(oldest);
  return withText(text);
}

/** Explores one scenario and takes *verified* back where nothing of the driver was reached. `off`: rules that are not checked. */
export function exploreScenario(
  program: Program,
  scenario: Scenario,
  options: CheckOptions,
  edges: CheckEdges,
  off: ReadonlySet<string> = new Set(),
): Outcome {
  const maxPreemptions = options.maxPreemptions ?? scenario.maxPreemptions;
  const request: ExploreRequest = {
    program,
    scenario,
    processors: options.cpus,
    rules: rules.flatMap(({ id, check }) => (off.has(id) ? [] : [check])),
    strategy: options.strategy ?? (maxPreemptions === undefined ? 'exhaustive' : 'bounded'),
    maxStates: options.maxStates,
    maxPreemptions,
    seed: options.seed,
  };
  try {
    const outcome = explore(request, {
      shouldStop: edges.shouldStop,
      onProgress: (progress) => edges.onEvent({ kind: 'progress', scenario: scenario.name, ...progress }),
    });
    return judge(program, scenario, outcome);
  } catch (error) {
    return brokenDown(options.cpus ?? scenario.processors, error);
  }
}

/** A fault of ours in one scenario must neither look like an answer nor take those of the others away. */
function brokenDown(processors: number, error: unknown): Outcome {
  return {
    verdict: 'bounded',
    processors,
    states: 0,
    transitions: 0,
    depth: 0,
    omission: 0,
    bounds: [`The exploration broke down, by a fault of Irpsight: ${error instanceof Error ? error.message : String(error)}`],
    assumptions: [],
    breaches: [],
    reached: [],
  };
}

function scenarioResult(
  program: Program,
  scenario: Scenario,
  outcome: Outcome,
  where: { readonly file: string; readonly driver: string; readonly seconds: number },
  off: ReadonlySet<string>,
): ScenarioResult {
  const notChecked = off.size === 0 ? [] : [`Rules that irpsight.json turns off are not checked: ${[...off].sort().join(', ')}.`];
  return {
    name: scenario.name,
    file: where.file,
    driver: where.driver,
    verdict: outcome.verdict,
    cpus: outcome.processors,
    states: outcome.states,
    transitions: outcome.transitions,
    depth: outcome.depth,
    seconds: Math.round(where.seconds * 1000) / 1000,
    bounds: outcome.bounds,
    omission: outcome.omission,
    assumptions: [...outcome.assumptions, ...notChecked, ...standInsIn(program, outcome.reached)],
    unreached: unreachedIn(program, outcome.reached),
  };
}

/** A default scenario is declared in no file of the user's: it counts as the driver's own. */
function fileOf(program: Program, scenario: Scenario, project: Project, prepared: Prepared): string {
  return isGenerated(program, scenario, prepared) ? project.driver : program.files[scenario.file].path;
}

function isGenerated(program: Program, scenario: Scenario, { defaultsPath }: Prepared): boolean {
  return program.files[scenario.file].path === defaultsPath;
}

/** A problem with lines and columns in place of offsets. */
export function sourceProblem(problem: Problem, sources: readonly SourceInput[]): SourceProblem {
  const text = sources.find(({ path }) => path === problem.path)?.text ?? '';
  const { code, severity, message, path } = problem;
  return { code, severity, message, file: path, range: rangeOf(text, problem.start, problem.end) };
}

/** A problem in generated scenario text is a shortcoming of the generator, and is reported as such. */
function withGenerated(result: CompileResult, path: string): CompileResult {
  const problems = result.problems.map((problem) =>
    problem.path === path
      ? { ...problem, message: `The default scenarios made for this driver do not compile: ${problem.message}` }
      : problem,
  );
  return { ...result, problems };
}

function nothingToExplore(driver: string, program: Program, wanted: string | undefined): Problem {
  const names = program.scenarios.map(({ name }) => name);
  const message =
    wanted === undefined
      ? program.funcs.some(({ origin, name, role }) => origin === 'driver' && name === 'DriverEntry' && role !== undefined)
        ? 'There is no scenario to explore.'
        : 'There is nothing to explore: a driver exports its DriverEntry, declared const DriverEntry: DRIVER_INITIALIZE = ...'
      : `There is no scenario ${wanted}${names.length > 0 ? `; there are ${names.join(', ')}` : ''}.`;
  return { code: 'project/no-scenario', message, path: driver, start: 0, end: 0, severity: 'error' };
}
