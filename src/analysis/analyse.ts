/**
 * The analysis pass: each routine that the system enters is interpreted by itself over sets of states, kernel models and helpers included, and
 * the rules' own state machines are run over what happens. It knows nothing of other contexts but what they may do to a cancel routine.
 */
import type { Func, FuncId, Place, Program } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import { sendsBack } from './flow.ts';
import type { Handed } from './irps.ts';
import { bothHand } from './irps.ts';
import type { RoutineResult } from './kept.ts';
import { createKept } from './kept.ts';
import type { Level } from './levels.ts';
import { Run } from './run.ts';
import type { SeenWay, Sighting } from './sightings.ts';
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

/** The least and the greatest IRQL, and where the spin locks that are held on every path were taken. */
export interface HeldAt {
  readonly irql: readonly [number, number];
  readonly locks: readonly { readonly cancel: boolean; readonly place: Place }[];
}

/** A call of the driver's, whatever leads to it. */
export interface AnalysedCall {
  /** Who makes it. */
  readonly func: FuncId;
  readonly place: Place;
  readonly before: HeldAt;
  readonly after: HeldAt;
}

export interface Analysis {
  /** In order of place and rule. */
  readonly findings: readonly AnalysisFinding[];
  /** Each call of the driver's that was come to. */
  readonly calls: readonly AnalysedCall[];
  /** Instructions interpreted: what the analysis has cost, on any machine. */
  readonly steps: number;
}

/** Analyses all routines of origin `driver` of a program, one a step. Deterministic, of bounded work on any valid program. */
export type Analyse = (program: Program) => Generator<undefined, Analysis>;

/** Analyses one program after another, which are taken to be versions of a few: what a routine comes to is kept until what it goes into changes. */
export function createAnalyse(rules: readonly RuleCheck[]): Analyse {
  const kept = createKept();
  return function* (program) {
    const run = new Run(program, rules);
    const seen = yield* allSeen(run, kept(run));
    const findings = [...seen.values()].map((sighting) => findingOf(program, sighting, seen.isMust(sighting)));
    const order = (a: AnalysisFinding, b: AnalysisFinding): number =>
      a.place.file - b.place.file ||
      a.place.start - b.place.start ||
      a.place.end - b.place.end ||
      (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
    return {
      findings: findings.filter(({ place }) => program.files[place.file]?.origin === 'driver').sort(order),
      calls: [...seen.levels()].map(({ site, before, after }) => ({
        func: site.func,
        place: passage(program, site).place,
        before: heldAt(program, before),
        after: heldAt(program, after),
      })),
      steps: run.steps,
    };
  };
}

/** Analyses one program by itself. */
export function analyse(program: Program, rules: readonly RuleCheck[]): Analysis {
  const steps = createAnalyse(rules)(program);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What all routines have seen. */
function* allSeen(run: Run, analyseRoutine: (func: Func) => RoutineResult): Generator<undefined, Sightings> {
  const { program } = run;
  const helpers = helpersOf(program);
  const own = program.funcs.filter((func) => func.origin === 'driver' && !helpers.has(func.id));
  // Completion routines come last: by then it is known in what states IRPs are sent to them.
  const [returning, others] = [true, false].map((is) => own.filter((func) => (func.role === 'IO_COMPLETION_ROUTINE') === is));
  const handed = new Map<FuncId, Handed>();
  run.handed = handed;
  const through = function* (funcs: readonly Func[]): Generator<undefined, Sightings[]> {
    const all: Sightings[] = [];
    for (const func of funcs) {
      const { seen, hands } = analyseRoutine(func);
      for (const [routine, how] of hands) handed.set(routine, bothHand(handed.get(routine), how));
      all.push(seen);
      yield;
    }
    return all;
  };
  const all = yield* through(others);
  yield* through(returning.filter((func) => sendsBack(program, func)));
  all.push(...(yield* through(returning)));
  const seen = new Sightings();
  for (const one of all) seen.add(one);
  return seen;
}

function heldAt(program: Program, { irql, locks }: Level): HeldAt {
  return { irql, locks: locks.map(({ cancel, site }) => ({ cancel, place: passage(program, site).place })) };
}

function findingOf(program: Program, sighting: Sighting, must: boolean): AnalysisFinding {
  const { func, place } = passage(program, sighting.site);
  return {
    rule: sighting.rule,
    message: sighting.message,
    certainty: must ? 'must' : 'may',
    place,
    func,
    related: sighting.related.map(({ event, site }) => ({ event, place: passage(program, site).place, func: site.func })),
    ways: [...sighting.ways.values()].map((way) => wayOf(program, way)),
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

function wayOf(program: Program, { end, sites }: SeenWay): Way {
  const calls: Passage[] = [];
  for (let site = end.caller; site !== undefined; site = site.caller) calls.push(passage(program, site));
  return { calls, through: [...sites.values()].map((site) => passage(program, site)) };
}

/** Where the instruction stands in this version of the program. */
function passage({ funcs }: Program, { func, at }: Site): Passage {
  const { place, places } = funcs[func - 1];
  return { func, at, place: places[at] ?? place };
}
