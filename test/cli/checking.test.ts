import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultJobs, expectedCode } from '../../src/cli/checking.ts';

describe('drivers checked at the same time', () => {
  it.each([
    [8, 64, 8],
    [64, 16, 20],
    [8, 2, 2],
    [1, 64, 1],
    [4, 0.5, 1],
  ])('on %i processors and %d GB they are %i', (processors, gigabytes, jobs) => {
    expect(defaultJobs(processors, gigabytes * 2 ** 30)).toBe(jobs);
  });
});

describe('a comparison with what is declared', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('does not agree where a driver has no result', () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(expectedCode([{ kind: 'driver', path: 'a.driver.ts' }], new Array(1))).toBe(1);
    expect(said.mock.calls.join('')).toContain('a.driver.ts: it was not checked.');
  });

  it.each(['Not checked. It was interrupted.', 'Not checked. The time limit was reached.'])(
    'says of a driver that was not checked that it was not, and nothing of its header: %s',
    (message) => {
      const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      const start = { line: 1, column: 1 };
      const problem = {
        code: 'check/interrupted',
        severity: 'warning',
        message,
        file: 'a.driver.ts',
        range: { start, end: start },
      } as const;
      const result = { schemaVersion: 1, problems: [problem], findings: [], scenarios: [] } as const;
      const checked = { driver: 'a.driver.ts', result, texts: new Map() };
      expect(expectedCode([{ kind: 'driver', path: 'a.driver.ts' }], [checked])).toBe(1);
      expect(said.mock.calls.join('')).toContain(`a.driver.ts: ${message}`);
      expect(said.mock.calls.join('')).not.toContain('declares no outcome');
    },
  );
});
