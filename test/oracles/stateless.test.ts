/** Numbers of Mazurkiewicz traces that can be counted by hand. */
import { describe, expect, test } from 'vitest';
import { bruteForce } from './brute.ts';
import { type Action, buildProgram, miniRules } from './programs.ts';
import { enumerateTraces, type StatelessOutcome } from './stateless.ts';

function traces(threads: readonly (readonly Action[])[], reversed = false): StatelessOutcome {
  const program = buildProgram({ processors: 2, waits: false, threads, dpc: [], cancel: [], worker: [] });
  return enumerateTraces({ program, scenario: program.scenarios[0], rules: [], maxSteps: 100_000, reversed });
}

/** The threads add to one count when they are over, which orders them: this many orders. */
const joins = (threads: number): number => (threads <= 1 ? 1 : threads * joins(threads - 1));

describe('traces', () => {
  test('of threads that share nothing are the orders in which they join', () => {
    expect(traces([[{ do: 'set', cell: 0 }], [{ do: 'set', cell: 1 }]]).traces % joins(2)).toBe(0);
    const one = traces([[], []]).traces;
    expect(traces([[{ do: 'set', cell: 0 }], [{ do: 'set', cell: 1 }]]).traces).toBe(one);
    expect(
      traces([
        [
          { do: 'add', cell: 0 },
          { do: 'add', cell: 0 },
        ],
        [{ do: 'add', cell: 1 }],
      ]).traces,
    ).toBe(one);
  });

  test('of two writes to one cell are twice as many', () => {
    const one = traces([[], []]).traces;
    const two = traces([[{ do: 'interlocked-add', cell: 0 }], [{ do: 'interlocked-add', cell: 0 }]]).traces;
    expect(two).toBeGreaterThan(one);
    expect(two).toBe(traces([[{ do: 'interlocked-add', cell: 0 }], [{ do: 'interlocked-add', cell: 0 }]], true).traces);
  });

  test('of load and store against load and store: the loads commute', () => {
    const add: readonly Action[] = [{ do: 'add', cell: 0 }];
    expect(traces([add, add]).traces).toBe(traces([add, add], true).traces);
    expect(traces([add, add]).traces).toBeGreaterThan(traces([[{ do: 'set', cell: 0 }], [{ do: 'set', cell: 0 }]]).traces);
  });

  test('are fewer than schedules, and find what brute force finds', () => {
    const program = buildProgram({
      processors: 2,
      waits: false,
      threads: [[{ do: 'complete', irp: 0 }], [{ do: 'complete', irp: 0 }]],
      dpc: [],
      cancel: [],
      worker: [],
    });
    const request = { program, scenario: program.scenarios[0], rules: miniRules };
    expect(enumerateTraces({ ...request, maxSteps: 100_000 }).reported).toEqual(
      bruteForce({ ...request, maxStates: 100_000 }).reported,
    );
  });
});

test('a limit is said to have been reached', () => {
  const program = buildProgram({
    processors: 2,
    waits: false,
    threads: [[{ do: 'add', cell: 0 }], [{ do: 'add', cell: 0 }]],
    dpc: [],
    cancel: [],
    worker: [],
  });
  expect(enumerateTraces({ program, scenario: program.scenarios[0], rules: [], maxSteps: 5 }).complete).toBe(false);
});
