/** Each race: the broken twin is caught by exactly its rule at its line, the fixed twin is verified on one and on two processors. */
import { describe, expect, it } from 'vitest';
import { checkSources } from '../kit/check.ts';
import { loadLitmus } from '../kit/litmus.ts';

const tests = loadLitmus();
const pairs = tests.filter(({ expect }) => expect !== 'nothing');

it('has at least 50 pairs', () => {
  expect(pairs.length).toBeGreaterThanOrEqual(50);
});

describe.each(pairs)('$name', (litmus) => {
  it('broken: caught by exactly its rule, at its line', () => {
    const result = checkSources(litmus.broken, { cpus: 2 });
    expect(result.problems).toEqual([]);
    expect(result.findings.map(({ rule, range }) => `${rule} at line ${range.start.line}`).sort()).toEqual(
      litmus.guiltyLines.map((line) => `${litmus.expect} at line ${line}`).sort(),
    );
  });
});

describe.each(tests)('$name', (litmus) => {
  // One processor has fewer interleavings: where time is short, two are what matters.
  it.each(process.env.CI === 'true' ? [2] : [1, 2])('fixed: verified on %i processors', (cpus) => {
    const result = checkSources(litmus.fixed, { cpus });
    expect(result.problems).toEqual([]);
    expect(result.findings).toEqual([]);
    expect(result.scenarios.map(({ verdict, bounds }) => ({ verdict, bounds }))).toEqual([{ verdict: 'verified', bounds: [] }]);
  });
});
