/** Scenarios share the time: with a clock that only the searches move on. */
import { describe, expect, it } from 'vitest';
import { takeTurns } from '../../src/check/turns.ts';

interface Run {
  readonly name: string;
  /** Seconds from the beginning. */
  readonly from: number;
  readonly to: number;
  readonly by: 'share' | 'deadline' | 'stop' | undefined;
}

/** Runs searches that need so many seconds each; `stopAt` is when Ctrl+C is pressed, `errors` have found one when they are interrupted. */
function simulate(
  needs: Readonly<Record<string, number>>,
  { deadline, stopAt = Number.POSITIVE_INFINITY, errors = [] }: { deadline?: number; stopAt?: number; errors?: string[] },
): Run[] {
  const step = 1 / 64;
  let time = 0;
  const runs: Run[] = [];
  takeTurns(
    Object.keys(needs),
    { now: () => time, deadline, shouldStop: () => time >= stopAt },
    (name, turn) => {
      const from = time;
      // As the engine does: it asks now and then, never before it has begun.
      do time += step;
      while (time - from < needs[name] && !turn.shouldStop());
      runs.push({ name, from, to: time, by: turn.endedBy() });
    },
    (name) => errors.includes(name),
  );
  return runs;
}

/** What each had when it ran last, in the order of the first runs. */
function last(runs: readonly Run[]): Record<string, Run> {
  return Object.fromEntries(runs.map((run) => [run.name, run]));
}

describe('scenarios that share the time', () => {
  it('do not starve behind a large one', () => {
    const runs = simulate({ a: 1, large: 10_000, b: 5, c: 5 }, { deadline: 600 });
    const { a, large, b, c } = last(runs);
    expect([a.by, b.by, c.by]).toEqual([undefined, undefined, undefined]);
    expect(c.to).toBeLessThan(100);
    // The large one has nearly all the time that is left over, and ends with the rest.
    expect(large.by).toBe('deadline');
    expect(large.to - large.from).toBeGreaterThan(540);
    expect(runs.map(({ name }) => name)).toEqual(['a', 'large', 'b', 'c', 'large']);
  });

  it('lose at most an eighth of it when every one is large', () => {
    const runs = Object.values(last(simulate({ a: 1e6, b: 1e6, c: 1e6, d: 1e6 }, { deadline: 600 })));
    for (const { name, from, to } of runs) expect(to - from, name).toBeGreaterThan(0.85 * 150);
  });

  it('have it all where there is only one', () => {
    expect(simulate({ only: 599 }, { deadline: 600 })).toMatchObject([{ from: 0, by: undefined }]);
    expect(simulate({ only: 1e6 }, { deadline: 600 })).toMatchObject([{ from: 0, by: 'deadline' }]);
  });

  it('run once, to the end, where there is no limit', () => {
    expect(simulate({ a: 1_000, b: 1 }, {}).map(({ name, by }) => [name, by])).toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
  });

  it('run again with more time only, those without an error first', () => {
    const runs = simulate({ wrong: 200, open: 200, small: 1 }, { deadline: 600, errors: ['wrong'] });
    expect(runs.map(({ name }) => name)).toEqual(['wrong', 'open', 'small', 'open', 'wrong']);
    expect(runs.map(({ by }) => by)).toEqual(['share', 'share', undefined, undefined, undefined]);
    for (const seed of [3, 7, 11, 19]) {
      const many = simulate(Object.fromEntries(Array.from({ length: seed }, (_, n) => [`s${n}`, (n * seed) % 97])), {
        deadline: 60,
      });
      for (const [index, { name, from, to, by }] of many.entries()) {
        const before = many.slice(0, index).findLast((run) => run.name === name);
        if (before !== undefined && by !== 'deadline') expect(to - from, name).toBeGreaterThan(before.to - before.from);
        if (before !== undefined) expect(before.by).toBe('share');
      }
    }
  });

  it('all begin, even when the time is over before, and end together at the deadline', () => {
    const runs = simulate({ a: 1e6, b: 1e6, c: 1e6 }, { deadline: 0 });
    expect(runs.map(({ name, by }) => [name, by])).toEqual([
      ['a', 'deadline'],
      ['b', 'deadline'],
      ['c', 'deadline'],
    ]);
    expect(Math.max(...simulate({ a: 1e6, b: 1e6, c: 1e6 }, { deadline: 30 }).map(({ to }) => to))).toBeLessThan(30.5);
  });

  it('end at once on Ctrl+C, and none of them runs again', () => {
    const runs = simulate({ a: 1e6, b: 1e6, c: 1e6 }, { deadline: 600, stopAt: 30 });
    expect(runs.map(({ name, by }) => [name, by])).toEqual([
      ['a', 'share'],
      ['b', 'stop'],
      ['c', 'stop'],
    ]);
    expect(runs[2].to).toBeLessThan(30.5);
  });
});
