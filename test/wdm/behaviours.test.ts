/** The kernel model does what the documentation says, in every interleaving. */
import { describe, expect, it } from 'vitest';
import { behaviours } from './behaviours.ts';
import { outcomeOf } from './model.ts';

for (const [part, list] of Object.entries(behaviours)) {
  describe(part, () => {
    for (const behaviour of list) {
      it(`${behaviour.facts.join(' ')} ${behaviour.title}`, () => {
        expect(outcomeOf(behaviour)).toBe(behaviour.expected);
      });
    }
  });
}
