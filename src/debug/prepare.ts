/** From a trace, or a scenario's name, and the sources to what a machine is made of: program, scenario, and the schedule as the sources are now. */
import type { Prepared } from '../check/check.ts';
import { prepare } from '../check/check.ts';
import { withConfig } from '../check/config.ts';
import type { Trace } from '../check/findings.ts';
import { sourceHash } from '../check/hash.ts';
import { machineSchedule } from '../check/lanes.ts';
import type { Project } from '../check/project.ts';
import { followSchedule } from '../check/resync.ts';
import type { SourceInput } from '../compiler/api.ts';
import type { Choice } from '../engine/api.ts';
import { irpStateChecks } from '../engine/irp-state.ts';
import type { Program, Scenario } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import { rules } from '../rules/index.ts';

/** A scenario that can be followed. */
export interface Subject {
  readonly program: Program;
  readonly scenario: Scenario;
  readonly processors: number;
  /** With those that tell the states of IRPs. */
  readonly rules: readonly RuleCheck[];
  /** In the machine's names, and as the sources are now; empty where there is no trace. */
  readonly schedule: readonly Choice[];
  /** The rule that the trace breaks. */
  readonly rule?: string;
}

/** Compiles the scenario of a trace and follows its schedule once, so that it fits the sources as they are now. */
export function traceSubject(
  trace: Trace,
  project: Project,
  library: readonly SourceInput[],
): Subject | { readonly error: string } {
  const found = scenarioSubject(trace.scenario, trace.processors, project, library);
  if ('error' in found) return found;
  const { program, scenario, processors } = found;
  const source = { program, scenario, processors, rules: rules.map(({ check }) => check) };
  const edited = sourceHash(project.sources) !== trace.sourceHash;
  const { choices, mismatch } = followSchedule(source, machineSchedule(trace.schedule, scenario), trace.rule, edited);
  if (mismatch !== undefined) {
    const why = edited ? 'The source has been edited since the trace was made.' : 'The trace was not made from this source.';
    return { error: `The trace cannot be followed past decision ${mismatch.step} of ${trace.schedule.length}. ${why}` };
  }
  return { ...found, schedule: choices, rule: trace.rule };
}

/** Compiles one scenario, the driver's own or a default one. `processors`: as the configuration or else the scenario says where undefined, as in a check. */
export function scenarioSubject(
  name: string,
  processors: number | undefined,
  project: Project,
  library: readonly SourceInput[],
): Subject | { readonly error: string } {
  const options = withConfig({ defaults: 'auto', scenario: name, cpus: processors }, project.config?.settings);
  const prepared: Prepared = prepare(project, library, options);
  const { program } = prepared;
  const scenario = prepared.scenarios[0];
  if (program === undefined || scenario === undefined) {
    const problem = prepared.problems.find(({ severity }) => severity === 'error');
    const where = problem === undefined ? '' : ` ${problem.file}:${problem.range.start.line}: ${problem.message}`;
    return { error: `The driver cannot be run as it stands.${where}` };
  }
  return {
    program,
    scenario,
    processors: options.cpus ?? scenario.processors,
    rules: [...rules.map(({ check }) => check), ...irpStateChecks],
    schedule: [],
  };
}
