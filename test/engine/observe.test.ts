/**
 * The observing search hides no state: what it sees where is what the search without any reduction sees, and each sighting's schedule can be
 * followed on the program as it is.
 */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import { Follower } from '../../src/engine/follow.ts';
import { irpStateChecks } from '../../src/engine/irp-state.ts';
import type { Sighting } from '../../src/engine/observe.ts';
import { observe } from '../../src/engine/observe.ts';
import { plainSchedule } from '../../src/engine/plain-schedule.ts';
import type { Program, Scenario } from '../../src/ir/program.ts';
import { rules } from '../../src/rules/index.ts';
import { loadLibrary } from '../kit/library.ts';
import { loadLitmus } from '../kit/litmus.ts';

const library = loadLibrary();
const checks = [...rules.map(({ check }) => check), ...irpStateChecks];
/** All twins without a bound take too long here: `npm run prove -- states` does that. Here every tenth is searched so far, which may not be whole. */
const isProof = process.env.IRPSIGHT_PROVE !== undefined;
const maxStates = isProof ? 20_000_000 : 30_000;
const litmus = loadLitmus().filter((_, index) => isProof || index % 10 === 0);
const twins = litmus.flatMap(({ name, expect, broken, fixed }) => [
  ...(expect === 'nothing' ? [] : [{ name: `${name}, broken`, sources: broken }]),
  { name: `${name}, fixed`, sources: fixed },
]);

describe.each(twins)('$name', ({ sources }) => {
  const observing = programOf(compile({ sources, library, observing: true }).program);
  const [scenario] = observing.scenarios;
  const reduced = look(observing, scenario, true);

  it('sees with reductions what is seen without', { timeout: 600_000 }, () => {
    const unreduced = look(observing, scenario, false);
    const [seen, all] = [namesOf(observing, reduced.sightings), namesOf(observing, unreduced.sightings)];
    expect(reduced.complete).toBe(true);
    expect(all.filter((name) => !seen.includes(name))).toEqual([]);
    if (isProof) expect(unreduced.complete).toBe(true);
    if (unreduced.complete) expect(seen).toEqual(all);
    expect(seen.length).toBeGreaterThan(0);
  });

  it('leads to each sighting by a schedule of the program as it is', { timeout: 600_000 }, () => {
    const plain = programOf(compile({ sources, library }).program);
    const source = { program: observing, scenario, processors: 2, rules: checks };
    const follower = new Follower({ ...source, program: plain, scenario: plain.scenarios[0] });
    for (const { schedule } of reduced.sightings) {
      const followed = follower.choices(plainSchedule(source, schedule));
      expect(followed.mismatch).toBeUndefined();
    }
  });
});

it('leaves the program as it is but for the observes', () => {
  for (const { sources } of twins.slice(0, 6)) {
    const observing = programOf(compile({ sources, library, observing: true }).program);
    const plain = programOf(compile({ sources, library }).program);
    const counts = (program: Program): number[] =>
      program.funcs.map(({ code }) => code.filter((instr) => instr.op !== 'intrinsic' || instr.name !== 'observe').length);
    expect(counts(observing)).toEqual(counts(plain));
  }
});

function programOf(program: Program | undefined): Program {
  if (program === undefined) throw new Error('the litmus test does not compile');
  return program;
}

function look(
  program: Program,
  scenario: Scenario,
  reduced: boolean,
): { readonly sightings: readonly Sighting[]; readonly complete: boolean } {
  const { outcome, sightings } = observe({
    program,
    scenario,
    processors: 2,
    rules: rules.map(({ check }) => check),
    strategy: 'exhaustive',
    maxStates: reduced ? 2_000_000 : maxStates,
    reductions: { fusion: reduced, movers: reduced },
  });
  return { sightings, complete: !outcome.bounds.some((bound) => bound.includes('budget')) };
}

function namesOf(program: Program, sightings: readonly Sighting[]): string[] {
  const names = sightings.map(({ place, state, routine, tooLate, locks, inCancel, keepsOut }) => {
    const { text } = program.files[place.file];
    const line = text.slice(0, place.start).split('\n').length;
    const set = routine === 0 ? '' : ` by ${program.funcs[routine - 1].name}`;
    const what = `${state}${set}${tooLate ? ' too late' : ''}${inCancel ? ' in cancel' : ''}`;
    return `${line} ${text.slice(place.start, place.end)}: ${what} under ${locks.join()} keeping out ${keepsOut ?? 'nobody'}`;
  });
  return [...new Set(names)].sort();
}
