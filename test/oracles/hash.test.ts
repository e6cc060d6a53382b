/** With hashes made narrow, states are mistaken for others about as often as the printed bound says, and never more. */
import { expect, test } from 'vitest';
import { explore } from '../../src/engine/explore.ts';
import { omissionBound } from '../../src/engine/hash.ts';
import { sampleSpecs } from './agreement.ts';
import { buildProgram } from './programs.ts';

const bits = [3, 4, 5] as const;

test('observed omissions stay within the bound', () => {
  const seen = { searches: 0, omitted: 0, expected: 0 };
  for (const spec of sampleSpecs(77, 0, 140)) {
    const program = buildProgram(spec);
    const search = (hashBits?: number): number =>
      explore({ program, scenario: program.scenarios[0], rules: [], strategy: 'exhaustive', maxStates: 400, hashBits }).states;
    const whole = search();
    if (whole >= 400) continue;
    for (const width of bits) {
      const bound = omissionBound(whole, width);
      // A bound of one says nothing, one of nearly none needs more programs than are tried here.
      if (bound > 0.6 || bound < 0.005) continue;
      seen.searches++;
      seen.expected += bound;
      if (search(width) !== whole) seen.omitted++;
    }
  }
  expect(seen.searches).toBeGreaterThan(40);
  // Counts of rare events: three standard deviations of what the bounds allow together.
  expect(seen.omitted).toBeLessThanOrEqual(seen.expected + 3 * Math.sqrt(seen.expected));
  // The hash is really made narrow. Collisions come in clusters, since states differ in few cells: fewer programs have any than the bound allows.
  expect(seen.omitted).toBeGreaterThan(0);
}, 60_000);
