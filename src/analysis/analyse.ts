/**
 * The analysis pass: each routine that the system enters is interpreted by itself over sets of states, kernel models and helpers included, and
 * the rules' own state machines are run over what happens. It knows nothing of other contexts but what they may do to a cancel routine.
 */
import type { FuncId, Place, Program } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import { analyseRoutine } from './entries.ts';
import { Run } from './run.ts';

/** A breach that the analysis sees. `must`: on every path that reaches the statement. */
export interface AnalysisFinding {
  readonly rule: string;
  /** Key of the rule's message. */
  readonly message: string;
  readonly certainty: 'must' | 'may';
  /** The guilty statement, in driver code. */
  readonly place: Place;
  readonly func: FuncId;
  /** What was done to the IRP before, each an event's name with the statement. */
  readonly related: readonly { readonly event: string; readonly place: Place; readonly func: FuncId }[];
}

export interface Analysis {
  /** In order of place and rule. */
  readonly findings: readonly AnalysisFinding[];
}

/** Analyses all routines of origin `driver`. Deterministic, of bounded work on any valid program. */
export function analyse(program: Program, rules: readonly RuleCheck[]): Analysis {
  const run = new Run(program, rules);
  const own = program.funcs.filter((func) => func.origin === 'driver');
  // What one routine leaves another one finds: the first round only learns how IRPs go from routine to routine.
  for (const func of own) analyseRoutine(run, func);
  run.secondRound();
  for (const func of own) analyseRoutine(run, func);
  const findings = [...run.sightings.values()].map(
    (sighting): AnalysisFinding => ({
      rule: sighting.rule,
      message: sighting.message,
      certainty: run.isMust(sighting) ? 'must' : 'may',
      place: sighting.site.place,
      func: sighting.site.func,
      related: sighting.related.map(({ event, site }) => ({ event, place: site.place, func: site.func })),
    }),
  );
  const order = (a: AnalysisFinding, b: AnalysisFinding): number =>
    a.place.file - b.place.file ||
    a.place.start - b.place.start ||
    a.place.end - b.place.end ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
  return { findings: findings.filter(({ place }) => program.files[place.file]?.origin === 'driver').sort(order) };
}
