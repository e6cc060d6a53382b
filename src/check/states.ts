/**
 * In which states a driver's IRPs are where: every expression that denotes one, with what the scenarios reach there. What hovers tell. It is a
 * search of its own beside the one for findings, because nothing may be hidden from it (engine/observe.ts).
 */
import type { SourceInput } from '../compiler/api.ts';
import type { Choice } from '../engine/api.ts';
import { Follower } from '../engine/follow.ts';
import type { IrpState } from '../engine/irp-state.ts';
import { irpStateChecks, irpStates } from '../engine/irp-state.ts';
import { observe, type Sighting } from '../engine/observe.ts';
import { plainSchedule } from '../engine/plain-schedule.ts';
import { processorsOf, type RawSchedule } from '../engine/session.ts';
import type { Place, Program, Scenario } from '../ir/program.ts';
import { rules } from '../rules/index.ts';
import { type CheckEdges, type CheckOptions, prepare } from './check.ts';
import { withConfig } from './config.ts';
import { traceSteps } from './finding.ts';
import type { Range, Trace } from './findings.ts';
import { sourceHash } from './hash.ts';
import { namedSchedule } from './lanes.ts';
import type { Project } from './project.ts';
import { rangeOf } from './text.ts';
import { takeTurns } from './turns.ts';
import { judge } from './verdict.ts';

export type { Language } from '../facts/index.ts';
export { type IrpState, irpStates };

/** A state that an IRP was seen in at one place. */
export interface ReachedState {
  readonly state: IrpState;
  /** The cancel routines that were set. */
  readonly routines: readonly string[];
  /** Whether it was cancelable, at times, though cancelling had been asked for before: nobody calls the routine then. */
  readonly tooLate: boolean;
  /** Names of the spin locks that were held whenever this was seen. */
  readonly locks: readonly string[];
  /** Whether the code at the place was the cancel routine itself, or called by it, whenever this was seen. */
  readonly inCancel: boolean;
  /** Names of spin locks held at the place that the cancel routine was seen to wait for. */
  readonly keptOutBy: readonly string[];
  readonly witness: Witness;
}

/** What leads to a sighting: to be handed to {@link witnessTrace} with the same sources. */
export interface Witness {
  readonly scenario: string;
  readonly schedule: RawSchedule;
}

/** An expression that denotes an IRP. */
export interface IrpSite {
  readonly file: string;
  readonly range: Range;
  /** In the order of `irpStates`; empty where nothing was seen. */
  readonly states: readonly ReachedState[];
}

/** What became known of a driver's IRPs. */
export interface DriverStates {
  readonly sites: readonly IrpSite[];
  /** The scenarios that were looked into, and whether each of them was verified, so that what was not seen in it is not reached in it. */
  readonly scenarios: readonly { readonly name: string; readonly verified: boolean }[];
}

/** Looks into the scenarios of a driver, as far as the time for them all lets; undefined where it does not compile. */
export function driverStates(
  project: Project,
  library: readonly SourceInput[],
  { maxStates }: Pick<CheckOptions, 'maxStates'>,
  edges: CheckEdges,
): DriverStates | undefined {
  const options = withConfig({ maxStates }, project.config?.settings);
  const { program, scenarios, sources } = prepare(project, library, { ...options, observing: true });
  if (program === undefined) return undefined;
  edges.onEvent({ kind: 'compiled', sources, scenarios: [] });
  const looked = new Map<Scenario, { readonly verified: boolean; readonly sightings: readonly Sighting[] }>();
  takeTurns(
    scenarios,
    edges,
    (scenario, { shouldStop }) => {
      const { outcome, sightings, complete } = observe(
        {
          program,
          scenario,
          processors: options.cpus,
          rules: rules.map(({ check }) => check),
          strategy: 'exhaustive',
          maxStates,
        },
        { shouldStop },
      );
      // What a check would not call verified is no ground to say that something is not reached.
      looked.set(scenario, { verified: complete && judge(program, scenario, outcome).verdict === 'verified', sightings });
    },
    () => false,
  );
  const all = [...looked].map(([{ name }, found]) => ({ name, ...found }));
  const seen = all.flatMap(({ name, sightings }) => sightings.map((sighting) => ({ ...sighting, scenario: name })));
  return { sites: sitesOf(program, seen), scenarios: all.map(({ name, verified }) => ({ name, verified })) };
}

/**
 * The schedule that leads to a sighting, as a trace of the driver as it is, which breaks no rule (`rule` is empty).
 * @returns undefined where sources and witness do not belong together.
 */
export function witnessTrace(witness: Witness, project: Project, library: readonly SourceInput[]): Trace | undefined {
  const options = withConfig({ scenario: witness.scenario }, project.config?.settings);
  const observing = prepare(project, library, { ...options, observing: true });
  const plain = prepare(project, library, options);
  const [looked] = observing.scenarios;
  const [scenario] = plain.scenarios;
  if (observing.program === undefined || plain.program === undefined || looked === undefined || scenario === undefined)
    return undefined;
  const checks = rules.map(({ check }) => check);
  const processors = processorsOf({ scenario, processors: options.cpus });
  let schedule: readonly Choice[];
  try {
    const source = { program: observing.program, scenario: looked, processors, rules: [...checks, ...irpStateChecks] };
    schedule = plainSchedule(source, witness.schedule);
  } catch {
    return undefined;
  }
  const followed = new Follower({ program: plain.program, scenario, processors, rules: checks }).choices(schedule);
  if (followed.mismatch !== undefined) return undefined;
  return {
    schemaVersion: 1,
    file: project.driver,
    sourceHash: sourceHash(project.sources),
    scenario: scenario.name,
    processors,
    rule: '',
    schedule: namedSchedule(followed.choices, scenario),
    steps: traceSteps(plain.program, scenario, followed.steps),
  };
}

/** Every place that is looked at, with what was seen there. */
function sitesOf(program: Program, seen: readonly (Sighting & { readonly scenario: string })[]): IrpSite[] {
  const key = ({ file, start, end }: Place): string => `${file}:${start}:${end}`;
  const byPlace = new Map<string, (typeof seen)[number][]>();
  for (const one of seen) byPlace.set(key(one.place), [...(byPlace.get(key(one.place)) ?? []), one]);
  const places = program.funcs.flatMap(({ code, places: of }) =>
    of.filter((_, at) => {
      const instr = code[at];
      return instr.op === 'intrinsic' && instr.name === 'observe';
    }),
  );
  return [...new Map(places.map((place) => [key(place), place] as const)).values()].map((place) => {
    const { path, text } = program.files[place.file];
    const here = byPlace.get(key(place)) ?? [];
    const states = irpStates.flatMap(
      (state) =>
        reached(
          program,
          state,
          here.filter((one) => one.state === state),
        ) ?? [],
    );
    return { file: path, range: rangeOf(text, place.start, place.end), states };
  });
}

/** What the sightings of one state at one place have in common; undefined where there are none. */
function reached(
  program: Program,
  state: IrpState,
  seen: readonly (Sighting & { readonly scenario: string })[],
): ReachedState | undefined {
  const [first] = seen.toSorted((a, b) => a.schedule.codes.length - b.schedule.codes.length);
  if (first === undefined) return undefined;
  const names = seen.flatMap(({ routine }) => (routine === 0 ? [] : [program.funcs[routine - 1].name]));
  return {
    state,
    routines: state === 'cancelable' ? [...new Set(names)].sort() : [],
    tooLate: seen.some(({ tooLate }) => tooLate),
    locks: first.locks.filter((lock) => seen.every(({ locks }) => locks.includes(lock))),
    inCancel: seen.every(({ inCancel }) => inCancel),
    keptOutBy: [...new Set(seen.flatMap(({ keepsOut }) => keepsOut ?? []))].sort(),
    witness: { scenario: first.scenario, schedule: first.schedule },
  };
}
