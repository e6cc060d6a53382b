/**
 * The analysis pass: each routine that the system enters is interpreted by itself over sets of states, kernel models and helpers included, and
 * the rules' own state machines are run over what happens. It knows nothing of other contexts but what they may do to a cancel routine.
 */
import type { FuncId, Place, Program } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import { analyseRoutine } from './entries.ts';
import { sendsBack } from './flow.ts';
import { Run } from './run.ts';
import type { SeenWay } from './sightings.ts';
import { Sightings } from './sightings.ts';
import type { Site } from './state.ts';

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
  /** The ways in which the analysis came to it. Who refutes the finding has to refute each. */
  readonly ways: readonly Way[];
}

export interface Way {
  /** The driver's calls that lead to the guilty statement, the innermost first; none where the routine is entered by the system. */
  readonly calls: readonly Passage[];
  /** All statements of the driver's that it is known to go through: the guilty one, the calls, and what brought the breach about before. */
  readonly through: readonly Passage[];
}

/** An instruction of the driver's. */
export interface Passage {
  readonly func: FuncId;
  /** -1 for the routine as a whole. */
  readonly at: number;
  readonly place: Place;
}

export interface Analysis {
  /** In order of place and rule. */
  readonly findings: readonly AnalysisFinding[];
  /** Instructions interpreted: what the analysis has cost, on any machine. */
  readonly steps: number;
}

/** Analyses all routines of origin `driver`. Deterministic, of bounded work on any valid program. */
export function analyse(program: Program, rules: readonly RuleCheck[]): Analysis {
  const run = new Run(program, rules);
  const helpers = helpersOf(program);
  const own = program.funcs.filter((func) => func.origin === 'driver' && !helpers.has(func.id));
  // Completion routines come last: by then it is known in what states IRPs are sent to them.
  const [returning, others] = [true, false].map((is) => own.filter((func) => (func.role === 'IO_COMPLETION_ROUTINE') === is));
  for (const func of others) analyseRoutine(run, func);
  const { seen } = run;
  run.seen = new Sightings();
  for (const func of returning) if (sendsBack(program, func)) analyseRoutine(run, func);
  run.seen = seen;
  for (const func of returning) analyseRoutine(run, func);
  const findings = [...run.seen.values()].map(
    (sighting): AnalysisFinding => ({
      rule: sighting.rule,
      message: sighting.message,
      certainty: run.seen.isMust(sighting) ? 'must' : 'may',
      place: sighting.site.place,
      func: sighting.site.func,
      related: sighting.related.map(({ event, site }) => ({ event, place: site.place, func: site.func })),
      ways: [...sighting.ways.values()].map(wayOf),
    }),
  );
  const order = (a: AnalysisFinding, b: AnalysisFinding): number =>
    a.place.file - b.place.file ||
    a.place.start - b.place.start ||
    a.place.end - b.place.end ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
  return {
    findings: findings.filter(({ place }) => program.files[place.file]?.origin === 'driver').sort(order),
    steps: run.steps,
  };
}

/** Routines with a role that are only called by their names, as drivers do with parts of a dispatch routine: nothing else can enter them. */
function helpersOf(program: Program): ReadonlySet<FuncId> {
  const helpers = new Set(
    program.funcs.flatMap(({ code }) => code.flatMap((instr) => (instr.op === 'call' ? [instr.func] : []))),
  );
  for (const { code } of program.funcs) for (const instr of code) if (instr.op === 'func') helpers.delete(instr.func);
  for (const { initial } of program.globals) for (const { value } of initial) helpers.delete(value);
  return helpers;
}

function wayOf({ end, sites }: SeenWay): Way {
  const calls: Passage[] = [];
  for (let site = end.caller; site !== undefined; site = site.caller) calls.push(passage(site));
  return { calls, through: [...sites.values()].map(passage) };
}

function passage({ func, at, place }: Site): Passage {
  return { func, at, place };
}
