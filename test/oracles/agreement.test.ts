/** The engine against the oracles on 200 random programs (50 in continuous integration), always the same; `npm run prove` takes more. */
import { describe, expect, test } from 'vitest';
import { compare, sampleSpecs } from './agreement.ts';

const seed = 2026;
const batch = 25;
// Continuous integration knows besides, by docs/proof.json, that this very code was compared on 10,000.
const batches = process.env.CI === 'true' ? [0, 1] : [0, 1, 2, 3, 4, 5, 6, 7];

describe('engine, brute force and stateless enumeration agree', () => {
  test.each(batches)(
    'batch %i of 25 programs',
    (number) => {
      const wrong: string[] = [];
      const verdicts = new Set<string>();
      // Programs that are too large for brute force do not count.
      for (let program = 1000 * number, compared = 0; compared < batch; program++) {
        const [spec] = sampleSpecs(seed, program, 1);
        const comparison = compare(spec, program, { maxStates: 500, maxSteps: 1000 });
        if (comparison.tooLarge) continue;
        compared++;
        for (const verdict of comparison.verdicts) verdicts.add(verdict);
        if (comparison.disagreements.length > 0)
          wrong.push(`program ${program}: ${JSON.stringify(spec)}\n  ${comparison.disagreements.join('\n  ')}`);
      }
      expect(wrong.join('\n')).toBe('');
      expect(verdicts.size).toBeGreaterThan(1);
    },
    120_000,
  );
});
