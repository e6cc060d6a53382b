/** Compares the engine, under every combination of reductions, with brute force and with the stateless enumerator, program by program. */
import fc from 'fast-check';
import type { Outcome, Reductions, Verdict } from '../../src/engine/api.ts';
import { explore } from '../../src/engine/explore.ts';
import type { Program } from '../../src/ir/program.ts';
import type { RuleCheck } from '../../src/ir/rule.ts';
import { type BruteOutcome, bruteForce } from './brute.ts';
import { buildProgram, miniRules, type ProgramSpec, programSpecs } from './programs.ts';
import { enumerateTraces } from './stateless.ts';

/** Every way in which the engine may be asked to reduce. */
export const reductions: Readonly<Record<string, Reductions>> = {
  none: { fusion: false, movers: false },
  fusion: { fusion: true, movers: false },
  movers: { fusion: false, movers: true },
  both: { fusion: true, movers: true },
};

const others = ['none', 'fusion', 'movers'];

export interface Comparison {
  /** Sets of rules for which the verdicts were compared. */
  readonly verdicts: readonly Verdict[];
  /** Traces were enumerated, too. */
  readonly enumerated: boolean;
  /** Brute force reached its limit, so that nothing was compared. */
  readonly tooLarge: boolean;
  /** What differs, one sentence each. */
  readonly disagreements: readonly string[];
  /** States the engine explored with all rules, by reduction. */
  readonly states: Readonly<Record<string, number>>;
}

export interface Limits {
  /** Most states of brute force. */
  readonly maxStates: number;
  /** Most steps of the stateless enumerator. */
  readonly maxSteps: number;
}

/** The programs from number `first` on, always the same for a seed. */
export function sampleSpecs(seed: number, first: number, count: number): ProgramSpec[] {
  // Each has a seed of its own, so that any part can be made without the others.
  return Array.from(
    { length: count },
    (_, index) => fc.sample(programSpecs, { seed: seed + 7919 * (first + index), numRuns: 1 })[0],
  );
}

/**
 * Compares one program with all rules under every reduction, and with one rule alone or (every eighth program) with none, in turn by its
 * number, under all reductions together and one of the others in turn.
 */
export function compare(spec: ProgramSpec, number: number, limits: Limits): Comparison {
  const program = buildProgram(spec);
  const disagreements: string[] = [];
  const verdicts: Verdict[] = [];
  const states: Record<string, number> = {};
  const few: readonly RuleCheck[] = number % 8 === 7 ? [] : [miniRules[number % miniRules.length]];
  let enumerated = false;
  // The engine is quick to tell that there are too many states; brute force is not.
  const most = 2 * limits.maxStates;
  const unreduced = runEngine(program, miniRules, reductions.none, most);
  if (unreduced.states > most) {
    return { verdicts: [], enumerated: false, tooLarge: true, disagreements: [], states: {} };
  }
  for (const rules of [miniRules, few]) {
    const truth = bruteForce({ program, scenario: program.scenarios[0], rules, maxStates: limits.maxStates });
    if (!truth.complete) return { verdicts: [], enumerated: false, tooLarge: true, disagreements: [], states: {} };
    const names = rules === miniRules ? 'all rules' : rules.length === 0 ? 'no rules' : rules[0].id;
    verdicts.push(truth.verdict);
    for (const [reduction, switches] of Object.entries(reductions)) {
      if (rules !== miniRules && reduction !== 'both' && reduction !== others[(number >> 3) % others.length]) continue;
      const outcome = rules === miniRules && reduction === 'none' ? unreduced : runEngine(program, rules, switches);
      if (rules === miniRules) states[reduction] = outcome.states;
      const found = [...new Set(outcome.breaches.map(({ rule, message }) => `${rule} ${message}`))].sort();
      if (outcome.verdict !== truth.verdict) {
        disagreements.push(
          `${names}, ${reduction}: the engine says ${outcome.verdict} (${[...found, ...outcome.bounds].join('; ')}), brute force ` +
            `${truth.verdict} (${[...truth.reported, ...truth.bounds].join('; ')})`,
        );
      } else if (!sameReports(found, truth, reduction)) {
        disagreements.push(
          `${names}, ${reduction}: the engine reports ${found.join('; ')}, brute force ${truth.reported.join('; ')}`,
        );
      }
    }
    if (!truth.terminates || rules !== miniRules) continue;
    const [forth, back] = [false, true].map((reversed) =>
      enumerateTraces({ program, scenario: program.scenarios[0], rules, maxSteps: limits.maxSteps, reversed }),
    );
    if (!forth.complete || !back.complete) continue;
    enumerated = true;
    // A race is where two contexts stand, which equivalent traces do not agree on.
    const standing = ({ reported }: { readonly reported: readonly string[] }): boolean =>
      reported.some((report) => !report.startsWith('memory/data-race'));
    if (standing(forth) !== standing(truth))
      disagreements.push(`stateless reports ${forth.reported.join('; ')}, brute force ${truth.reported.join('; ')}`);
    // Where a breach or fault cuts paths, how many pieces are left depends on the order.
    if (!truth.cut && forth.traces !== back.traces)
      disagreements.push(`${forth.traces} traces in one order, ${back.traces} in the other`);
  }
  return { verdicts, enumerated, tooLarge: false, disagreements, states };
}

/**
 * Without reduction the reports must be the same. A reduction may run a context straight into a breach or fault that ends the path, before
 * others get a chance to do something wrong as well: then it may report less beside it, but nothing else, and the verdict is the same. And in a
 * cycle that nothing leaves it may show a context that is starved there at fewer points of its way, of which each can be reported otherwise.
 */
function sameReports(found: readonly string[], truth: BruteOutcome, reduction: string): boolean {
  if (reduction === 'none') return found.join() === truth.reported.join();
  return (
    found.length > 0 === truth.reported.length > 0 &&
    found.every((report) => truth.reported.includes(report)) &&
    (truth.cut || truth.certain.every((report) => found.includes(report)))
  );
}

function runEngine(program: Program, rules: readonly RuleCheck[], switches: Reductions, maxStates = 1_000_000): Outcome {
  return explore({
    program,
    scenario: program.scenarios[0],
    rules,
    strategy: 'exhaustive',
    maxStates,
    reductions: switches,
    shrink: false,
  });
}
