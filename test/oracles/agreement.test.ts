/**
 * The engine against the oracles on random programs. `npm test` takes 200 of them; IRPSIGHT_PROGRAMS, IRPSIGHT_FIRST and
 * IRPSIGHT_SEED choose others.
 */
import { describe, expect, test } from 'vitest';
import { compare, sampleSpecs } from './agreement.ts';

const count = Number(process.env.IRPSIGHT_PROGRAMS ?? 200);
const first = Number(process.env.IRPSIGHT_FIRST ?? 0);
const seed = Number(process.env.IRPSIGHT_SEED ?? 2026);
const batch = 25;

describe('engine, brute force and stateless enumeration agree', () => {
  const batches = Array.from({ length: Math.ceil(count / batch) }, (_, index) => first + index * batch);
  test.each(batches)(
    'from program %i on',
    (from) => {
      const specs = sampleSpecs(seed, from, Math.min(batch, first + count - from));
      const comparisons = specs.map((spec, index) => ({
        spec,
        ...compare(spec, from + index, { maxStates: 800, maxSteps: 1000 }),
      }));
      const wrong = comparisons.flatMap(({ spec, disagreements }, index) =>
        disagreements.length === 0 ? [] : [`program ${from + index}: ${JSON.stringify(spec)}\n  ${disagreements.join('\n  ')}`],
      );
      expect(wrong.join('\n')).toBe('');
      // Something must have been compared.
      expect(comparisons.filter(({ tooLarge }) => !tooLarge).length).toBeGreaterThan(specs.length / 2);
      expect(new Set(comparisons.flatMap(({ verdicts }) => verdicts)).size).toBeGreaterThan(specs.length > 10 ? 1 : 0);
    },
    120_000,
  );
});
