/**
 * The behaviours notice when the kernel model is broken: here every eighth mutant of each file, so that all parts are among them;
 * `npm run mutate` tries all.
 */
import { describe, expect, it } from 'vitest';
import { mutants } from './mutants.ts';
import { complaint, tryMutant } from './mutation.ts';

describe('mutants of the kernel model', () => {
  it('have names that tell them apart', () => {
    const names = mutants.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  const files = new Map<string, number>();
  const some = mutants.filter(({ file }) => {
    const before = files.get(file) ?? 0;
    files.set(file, before + 1);
    return before % 8 === 0;
  });
  for (const mutant of some) {
    it(`${mutant.facts.join(' ')} ${mutant.name}`, () => {
      expect(complaint(mutant, tryMutant(mutant))).toBeUndefined();
    });
  }
});
