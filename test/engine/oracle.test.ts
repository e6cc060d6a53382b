/** Random programs: whatever reductions are on, the engine's verdict is the brute-force one, and every counterexample replays. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/engine/explore.ts';
import { replay } from '../../src/engine/replay.ts';
import { bruteForce } from '../oracles/brute.ts';
import { buildProgram, miniRules, programSpecs } from '../oracles/programs.ts';

const specs = fc.sample(programSpecs, { numRuns: 24, seed: 20 });

describe.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('fusion %s, movers %s', (fusion, movers) => {
  it('agrees with brute force', () => {
    let compared = 0;
    for (const spec of specs) {
      const program = buildProgram(spec);
      const [scenario] = program.scenarios;
      const brute = bruteForce({ program, scenario, rules: miniRules, maxStates: 4000 });
      if (!brute.complete) continue;
      compared++;
      const outcome = explore({
        program,
        scenario,
        rules: miniRules,
        strategy: 'exhaustive',
        maxStates: 100000,
        reductions: { fusion, movers },
      });
      expect({ verdict: outcome.verdict, spec }).toEqual({ verdict: brute.verdict, spec });
      for (const breach of outcome.breaches) {
        expect(replay(program, scenario, spec.processors, miniRules, breach.schedule).kind).toBe('breach');
      }
    }
    expect(compared).toBeGreaterThan(15);
  }, 120000);
});
