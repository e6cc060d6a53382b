import { describe, expect, it } from 'vitest';
import { bestFindings } from '../../src/check/finding.ts';
import type { Finding } from '../../src/check/findings.ts';

/** A finding of the analysis: it has no schedule. */
function analysed(rule: string, line: number, certainty: Finding['certainty'] = 'must'): Finding {
  const range = { start: { line, column: 1 }, end: { line, column: 2 } };
  return { rule, certainty, severity: 'error', message: '', file: 'a.driver.ts', range, related: [] };
}

describe('what a rule supersedes', () => {
  const twice = analysed('completion/twice', 10);
  const touched = analysed('completion/touched-after', 9);
  const rulesOf = (routines?: ReadonlyMap<Finding, string>): string[] =>
    bestFindings([twice, touched], routines).map(({ rule }) => rule);
  const both = ['completion/touched-after', 'completion/twice'];

  it('goes unsaid in the routine where that rule speaks', () => {
    const here = new Map([twice, touched].map((finding) => [finding, 'DispatchRead']));
    expect(rulesOf(here)).toEqual(['completion/twice']);
  });

  it('is said in another routine, and where the routine is not known', () => {
    const there = new Map([
      [twice, 'DispatchRead'],
      [touched, 'DispatchWrite'],
    ]);
    expect(rulesOf(there)).toEqual(both);
    expect(rulesOf()).toEqual(both);
  });

  it('is said when it must happen and that rule only may', () => {
    const maybe = analysed('completion/twice', 10, 'may');
    const routines = new Map([maybe, touched].map((finding) => [finding, 'DispatchRead']));
    expect(bestFindings([maybe, touched], routines)).toEqual([touched, maybe]);
  });
});
