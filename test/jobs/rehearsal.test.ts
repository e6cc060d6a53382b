import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRehearsal, typedInto } from '../../src/jobs/rehearsal.ts';

const calm = 1_000;
const limit = Number.POSITIVE_INFINITY;

describe('a rehearsal', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Who is rehearsed, with the steps that it has taken. */
  function played(steps: number) {
    const log = { rounds: 0, steps: 0, finished: 0 };
    const round = function* (): Generator<undefined, void> {
      log.rounds++;
      for (let step = 0; step < steps; step++) {
        log.steps++;
        yield;
      }
      log.finished++;
    };
    return { log, round };
  }

  /** Lets everything run that does not wait for time. */
  const others = async (): Promise<void> => {
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  };

  it('begins when nobody has asked for anything for a while, and takes place once', async () => {
    const { log, round } = played(3);
    const rehearsal = createRehearsal({ round, rounds: 4, limit, calm });
    await others();
    expect(log.rounds).toBe(0);
    rehearsal.disturbed();
    vi.advanceTimersByTime(calm - 1);
    await others();
    expect(log.rounds).toBe(0);
    vi.advanceTimersByTime(1);
    await others();
    expect(log).toEqual({ rounds: 4, steps: 12, finished: 4 });
    rehearsal.disturbed();
    vi.advanceTimersByTime(10 * calm);
    await others();
    expect(log.rounds).toBe(4);
  });

  it('is put off by whoever asks, and goes on with the round that it was in', async () => {
    const { log, round } = played(50);
    const rehearsal = createRehearsal({ round, rounds: 2, limit, calm });
    rehearsal.disturbed();
    vi.advanceTimersByTime(calm / 2);
    rehearsal.disturbed();
    vi.advanceTimersByTime(calm / 2);
    await others();
    expect(log.rounds).toBe(0);
    vi.advanceTimersByTime(calm / 2);
    await new Promise((resolve) => setImmediate(resolve));
    rehearsal.disturbed();
    const taken = log.steps;
    await others();
    expect(taken).toBeGreaterThan(0);
    expect(log.steps).toBeLessThanOrEqual(taken + 1);
    vi.advanceTimersByTime(calm);
    await others();
    await others();
    expect(log).toMatchObject({ rounds: 3, finished: 2 });
  });

  it('waits for something to be rehearsed on', async () => {
    const { log, round } = played(1);
    let there = false;
    const rehearsal = createRehearsal({ round: () => (there ? round() : undefined), rounds: 2, limit, calm });
    rehearsal.disturbed();
    vi.advanceTimersByTime(calm);
    await others();
    expect(log.rounds).toBe(0);
    there = true;
    rehearsal.disturbed();
    vi.advanceTimersByTime(calm);
    await others();
    expect(log.finished).toBe(2);
  });

  it('ends with a round that fails, and behind one that takes as long as all may', async () => {
    for (const fails of [true, false]) {
      let rounds = 0;
      // biome-ignore lint/correctness/useYield: it has no steps.
      const round = function* (): Generator<undefined, void> {
        rounds++;
        if (fails) throw new Error('it cannot be done');
      };
      const rehearsal = createRehearsal({ round, rounds: 3, limit: fails ? limit : 1e-9, calm });
      for (let time = 0; time < 3; time++) {
        rehearsal.disturbed();
        vi.advanceTimersByTime(calm);
        await others();
      }
      expect(rounds).toBe(1);
    }
  });
});

describe('what is typed', () => {
  it('is a statement in one routine after the other', () => {
    const text = 'interface A {\n}\nfunction F(): void {\n}\nexport const G: H = (I) => {\r\n};\nconst J = 1;\n';
    const [f, g, again] = [0, 1, 2].map((round) => typedInto(text, round));
    expect(f).toBe(text.replace('void {', 'void {\n  const Rehearsed = 0;'));
    expect(g).toBe(text.replace('=> {\r', '=> {\r\n  const Rehearsed = 1;'));
    expect(again).toBe(f?.replace('0;', '2;'));
    expect(typedInto('interface A {\n}\n', 3)).toBe('interface A {\n}\n');
  });
});
