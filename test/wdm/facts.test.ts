/**
 * What is documented and what is tested agree: each duty of drivers and each behaviour of the system is either a behaviour of the
 * kernel model that a mutant is known to break, or something else answers for it.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import { behaviours } from './behaviours.ts';
import { elsewhere, facts } from './facts.ts';
import { mutants } from './mutants.ts';

const tested = new Set(
  Object.values(behaviours)
    .flat()
    .flatMap((behaviour) => behaviour.facts),
);
const broken = new Set(mutants.flatMap((mutant) => mutant.facts));
const others = new Set(elsewhere.map(({ id }) => id));
const owed = facts.filter(({ kind }) => kind === 'MUST' || kind === 'MODEL').map(({ id }) => id);

describe('documented facts and the kernel model', () => {
  it('each duty and behaviour is tested by a behaviour, or something else answers for it', () => {
    expect(owed.filter((id) => !tested.has(id) && !others.has(id))).toEqual([]);
  });

  it('nothing is said to be tested elsewhere that is tested here', () => {
    expect(owed.filter((id) => tested.has(id) && others.has(id))).toEqual([]);
  });

  it('each of those tested here is broken by a mutant', () => {
    expect(owed.filter((id) => tested.has(id) && !broken.has(id))).toEqual([]);
  });

  it('no behaviour, mutant or reason names a fact that does not exist, and none is listed twice', () => {
    const ids = facts.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect([...tested, ...broken, ...others].filter((id) => !ids.includes(id))).toEqual([]);
    expect(elsewhere).toHaveLength(others.size);
  });

  it('a reason is given, and a rule that is named exists exactly when it is not still to come', () => {
    const known = new Set<string>(rules.map(({ id }) => id));
    for (const { id, reason } of elsewhere) {
      expect(reason, id).not.toBe('');
      const rule = /rule: (\S+)$/.exec(reason)?.[1];
      if (rule !== undefined) expect(known.has(rule), `${id}: ${rule}`).toBe(true);
      const later = /^rule to come: (\S+)$/.exec(reason)?.[1];
      if (later !== undefined) expect(known.has(later), `${id}: ${later}`).toBe(false);
    }
  });

  it('what neither a behaviour nor a rule covers is printed, and is what the list beside this test says: it is to become shorter', () => {
    const reasons = new Map(elsewhere.map(({ id, reason }) => [id, reason]));
    const uncovered = facts
      .filter(({ id }) => owed.includes(id) && / not modelled|not sent/.test(reasons.get(id) ?? ''))
      .map(({ id, kind, sentence }) => `${id} ${kind} ${sentence} (${reasons.get(id)})`);
    console.log(`${uncovered.length} of ${owed.length} MUST and MODEL facts are not covered:\n${uncovered.join('\n')}`);
    const listed = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'uncovered-facts.txt'), 'utf8');
    expect(`${uncovered.join('\n')}\n`).toBe(listed);
  });
});
