import { describe, expect, it } from 'vitest';
import { compareWithExpectation, readExpectation } from '../../src/check/expect.ts';
import type { CheckResult, Finding, ScenarioResult } from '../../src/check/findings.ts';

const verified: ScenarioResult = {
  name: 'Read',
  file: 'a.driver.ts',
  driver: 'a.driver.ts',
  verdict: 'verified',
  cpus: 2,
  states: 1,
  transitions: 1,
  depth: 1,
  seconds: 0,
  bounds: [],
  omission: 0,
  assumptions: [],
  unreached: [],
};

function found(rule: string, line: number, certainty: Finding['certainty'] = 'witnessed'): Finding {
  const range = { start: { line, column: 1 }, end: { line, column: 2 } };
  return { rule, certainty, severity: 'error', message: '', file: 'a.driver.ts', range, related: [] };
}

function result(findings: readonly Finding[], scenarios: readonly ScenarioResult[] = [verified]): CheckResult {
  return { schemaVersion: 1, problems: [], findings, scenarios };
}

const good = '/**\n * A driver.\n *\n * Expect: verified\n */\n';
const bad = '/**\n * Expect: cancel/lost, completion/twice\n */\nf(); // <-- cancel/lost\ng(); // <-- completion/twice\n';

describe('readExpectation', () => {
  it('reads header and marks, with CRLF too', () => {
    const expectation = {
      declared: ['cancel/lost', 'completion/twice'],
      marked: [
        { rule: 'cancel/lost', line: 4 },
        { rule: 'completion/twice', line: 5 },
      ],
    };
    expect(readExpectation(bad)).toEqual(expectation);
    expect(readExpectation(bad.replaceAll('\n', '\r\n'))).toEqual(expectation);
  });

  it('takes two rules on one line', () => {
    expect(readExpectation('f(); // <-- a/b, c/d').marked).toEqual([
      { rule: 'a/b', line: 1 },
      { rule: 'c/d', line: 1 },
    ]);
  });
});

describe('compareWithExpectation', () => {
  const differences = (text: string, checked: CheckResult): string[] => compareWithExpectation('a.driver.ts', text, checked);

  it('does not call a driver verified of which a routine was not checked', () => {
    const start = { line: 1, column: 1 };
    const problem = {
      code: 'check/unreached-dispatch',
      severity: 'warning',
      message: 'Not checked.',
      file: 'a.driver.ts',
      range: { start, end: start },
    } as const;
    expect(differences(good, { ...result([]), problems: [problem] })).toEqual(['a.driver.ts: Not checked.']);
    expect(differences(bad, { ...result([found('cancel/lost', 4), found('completion/twice', 5)]), problems: [problem] })).toEqual(
      [],
    );
  });

  it('agrees with what was declared', () => {
    expect(differences(good, result([]))).toEqual([]);
    expect(differences(good, result([found('cancel/lost', 9, 'may')]))).toEqual([]);
    expect(differences(bad, result([found('cancel/lost', 4), found('completion/twice', 5)]))).toEqual([]);
  });

  it('does not take silence for agreement', () => {
    expect(differences('', result([]))).toHaveLength(1);
    expect(differences(good, result([], []))).toEqual(['a.driver.ts: no scenario was explored.']);
    expect(differences(good, result([], [{ ...verified, verdict: 'bounded' }]))).toEqual([
      'a.driver.ts: expected to be verified, but Read is bounded.',
    ]);
  });

  it('does not agree with a check that did not come to its end', () => {
    const start = { line: 1, column: 1 };
    const problem = {
      code: 'check/interrupted',
      severity: 'warning',
      message: 'Not checked to the end.',
      file: 'a.driver.ts',
    } as const;
    const cut = { ...result([]), problems: [{ ...problem, range: { start, end: start } }] };
    expect(differences(good, cut)).toEqual(['a.driver.ts: Not checked to the end.']);
    const doubtful = { ...cut, problems: [{ ...cut.problems[0], code: 'dsl/doubtful' }] };
    expect(differences(good, doubtful)).toEqual([]);
  });

  it('wants the right rule at the right line, and nothing else', () => {
    expect(differences(good, result([found('cancel/lost', 4)]))).toEqual(['a.driver.ts:4: cancel/lost was not expected here.']);
    expect(differences(bad, result([found('cancel/lost', 4)]))).toEqual([
      'a.driver.ts: expected completion/twice, which was not found.',
      'a.driver.ts:5: expected completion/twice here.',
    ]);
    expect(differences(bad, result([found('cancel/lost', 3), found('completion/twice', 5)]))).toEqual([
      'a.driver.ts:4: expected cancel/lost here.',
      'a.driver.ts:3: cancel/lost was not expected here.',
    ]);
  });

  it('wants every declared rule marked', () => {
    expect(differences('// Expect: cancel/lost\n', result([found('cancel/lost', 1)]))).toContain(
      'a.driver.ts: expects cancel/lost, but no line is marked "// <-- cancel/lost".',
    );
  });
});
