/** Brute force on small programs whose verdict is plain to see. */
import { describe, expect, test } from 'vitest';
import { type BruteOutcome, bruteForce } from './brute.ts';
import { type Action, buildProgram, miniRules, type ProgramSpec } from './programs.ts';

function explore(threads: readonly (readonly Action[])[], others: Partial<ProgramSpec> = {}): BruteOutcome {
  const program = buildProgram({ processors: 2, waits: false, threads, dpc: [], cancel: [], worker: [], ...others });
  return bruteForce({ program, scenario: program.scenarios[0], rules: miniRules, maxStates: 50_000 });
}

function locked(lock: number, body: readonly Action[], release = true): Action {
  return { do: 'lock', lock, raise: true, release, body };
}

/** What the named rules report. */
function reportedBy(
  rules: readonly string[],
  threads: readonly (readonly Action[])[],
  others: Partial<ProgramSpec> = {},
): readonly string[] {
  return explore(threads, others).reported.filter((report) => rules.some((rule) => report.startsWith(rule)));
}

const add: Action = { do: 'add', cell: 0 };

describe('one context', () => {
  test('that does nothing is verified', () => {
    expect(explore([[]])).toMatchObject({ verdict: 'verified', reported: [], complete: true, terminates: true, cut: false });
  });

  test('completing twice', () => {
    expect(
      explore([
        [
          { do: 'complete', irp: 0 },
          { do: 'complete', irp: 0 },
        ],
      ]).reported,
    ).toEqual(['completion/twice twice']);
    expect(
      explore([
        [
          { do: 'complete', irp: 0 },
          { do: 'complete', irp: 1 },
        ],
      ]).verdict,
    ).toBe('verified');
    expect(
      reportedBy(
        ['completion/twice'],
        [
          [
            { do: 'complete-once', irp: 0 },
            { do: 'complete-once', irp: 0 },
          ],
        ],
      ),
    ).toEqual([]);
  });

  test('touching after completion, in driver code and in inline kernel code', () => {
    expect(
      explore([
        [
          { do: 'complete', irp: 0 },
          { do: 'touch', irp: 0 },
        ],
      ]).reported,
    ).toEqual(['completion/touched-after written']);
    const raised = (body: readonly Action[]): Action => ({ do: 'raise', irql: 2, body });
    expect(explore([[{ do: 'complete', irp: 0 }, raised([{ do: 'touch-inline', irp: 0 }])]]).reported).toEqual([
      'completion/touched-after read',
    ]);
    expect(explore([[raised([{ do: 'touch-inline', irp: 0 }]), { do: 'complete', irp: 0 }]]).verdict).toBe('verified');
  });

  test('a lock taken twice is recursive, and a lock kept is held at return', () => {
    expect(explore([[locked(0, [locked(0, [])])]]).reported).toEqual(['lock/recursive recursive']);
    expect(explore([[locked(0, [], false)]]).reported).toEqual(['lock/held-at-return held']);
  });

  test('memory: freed, stack storage that is gone, null', () => {
    expect(explore([[{ do: 'publish-new' }, { do: 'free-published' }, { do: 'use-published' }]]).reported).toEqual([
      'memory/use-after-free used',
    ]);
    expect(explore([[{ do: 'publish-new' }, { do: 'free-published' }, { do: 'free-published' }]]).reported).toEqual([
      'memory/use-after-free twice',
    ]);
    expect(explore([[{ do: 'publish-new' }, { do: 'take-and-free' }, { do: 'use-published' }]]).verdict).toBe('verified');
    expect(explore([[{ do: 'publish-stack' }], [{ do: 'use-published' }]]).reported).toEqual(['memory/use-after-free used']);
  });

  test('blocking above APC_LEVEL', () => {
    expect(explore([[{ do: 'raise', irql: 2, body: [{ do: 'wait', event: 0 }] }]]).reported).toEqual(['irql/wait blocks']);
    expect(
      explore([
        [
          {
            do: 'raise',
            irql: 1,
            body: [
              { do: 'signal', event: 0 },
              { do: 'wait', event: 0 },
            ],
          },
        ],
      ]).verdict,
    ).toBe('verified');
  });

  test('a fault that no rule judges is bounded', () => {
    const program = buildProgram({
      processors: 1,
      waits: false,
      threads: [[{ do: 'raise', irql: 2, body: [{ do: 'wait', event: 0 }] }]],
      dpc: [],
      cancel: [],
      worker: [],
    });
    expect(bruteForce({ program, scenario: program.scenarios[0], rules: [], maxStates: 1000 })).toMatchObject({
      verdict: 'bounded',
      bounds: ['fault.wait is judged by no rule'],
    });
  });
});

describe('two contexts', () => {
  test('an update is lost without a lock only', () => {
    const check: Action = { do: 'assert-below', cell: 0, bound: 2 };
    const wins = explore([
      [add, check],
      [add, check],
    ]);
    expect(wins.reported).toEqual(['assert/failed failed', 'memory/data-race race']);
    expect(explore([[add], [add, { do: 'assert-below', cell: 0, bound: 3 }]]).reported).toEqual(['memory/data-race race']);
  });

  test('both complete when nothing arbitrates', () => {
    expect(explore([[{ do: 'complete', irp: 0 }], [{ do: 'complete', irp: 0 }]]).reported).toEqual(['completion/twice twice']);
    // The loser of the exchange has touched the IRP all the same.
    expect(explore([[{ do: 'complete-once', irp: 0 }], [{ do: 'complete-once', irp: 0 }]]).reported).toEqual([
      'completion/touched-after written',
    ]);
  });

  test('two locks in both orders block for ever, in one order never', () => {
    const order = (first: number): Action => locked(first, [locked(1 - first, [])]);
    const program = buildProgram({
      processors: 2,
      waits: false,
      threads: [[order(0)], [order(1)]],
      dpc: [],
      cancel: [],
      worker: [],
    });
    const deadlock = miniRules.filter(({ id }) => id === 'lock/deadlock');
    expect(bruteForce({ program, scenario: program.scenarios[0], rules: deadlock, maxStates: 5000 }).reported).toEqual([
      'lock/deadlock deadlock',
    ]);
    // A raised context keeps the only processor until it is through.
    expect(bruteForce({ program, scenario: program.scenarios[0], rules: deadlock, processors: 1, maxStates: 5000 }).verdict).toBe(
      'verified',
    );
    expect(explore([[order(0)], [order(0)]]).verdict).toBe('verified');
  });

  test('spinning for a flag ends when another sets it, and is judged when nobody does', () => {
    const spin: Action = { do: 'spin-while-zero', cell: 0, bound: 0 };
    expect(explore([[spin], [{ do: 'set', cell: 0 }]])).toMatchObject({ verdict: 'verified', terminates: false });
    expect(explore([[spin]]).reported).toEqual(['completion/never never']);
    // Raised, it starves the other on one processor.
    const raised: Action = { do: 'raise', irql: 2, body: [spin] };
    expect(explore([[raised], [{ do: 'set', cell: 0 }]], { processors: 1 }).verdict).toBe('error');
    expect(explore([[raised], [{ do: 'set', cell: 0 }]], { processors: 2 }).verdict).toBe('verified');
  });

  test('a wait that nobody ends', () => {
    expect(explore([[{ do: 'wait', event: 1 }], [{ do: 'signal', event: 1 }]]).verdict).toBe('verified');
    expect(explore([[{ do: 'wait', event: 1 }], []]).verdict).toBe('error');
    expect(explore([[{ do: 'timed-wait', event: 1, micros: 10 }], []]).verdict).toBe('verified');
  });

  test('of two waiters one gets a synchronization event', () => {
    const wait: Action = { do: 'wait', event: 0 };
    expect(explore([[wait], [wait, { do: 'signal', event: 0 }], [{ do: 'signal', event: 0 }]]).verdict).toBe('error');
    expect(
      explore([[wait, { do: 'signal', event: 0 }], [wait, { do: 'signal', event: 0 }], [{ do: 'signal', event: 0 }]]).verdict,
    ).toBe('verified');
  });
});

describe('DPCs, timers, cancel', () => {
  test('a DPC comes before a thread lowers on its processor', () => {
    const dpc: readonly Action[] = [{ do: 'set', cell: 0 }];
    const queued: Action = { do: 'raise', irql: 2, body: [{ do: 'queue-dpc' }, { do: 'assert-below', cell: 0, bound: 1 }] };
    expect(explore([[queued]], { dpc, processors: 1 }).verdict).toBe('verified');
    expect(explore([[{ do: 'queue-dpc' }, { do: 'assert-below', cell: 0, bound: 1 }]], { dpc, processors: 1 }).verdict).toBe(
      'error',
    );
    // With a second processor the thread need not wait for it.
    expect(
      explore([[{ do: 'queue-dpc' }, { do: 'spin-while-zero', cell: 0, bound: 0 }]], { dpc, processors: 1 }).terminates,
    ).toBe(true);
    expect(
      explore([[{ do: 'queue-dpc' }, { do: 'spin-while-zero', cell: 0, bound: 0 }]], { dpc, processors: 2 }).terminates,
    ).toBe(false);
  });

  test('a timer fires by itself, unless it is disarmed in time', () => {
    const dpc: readonly Action[] = [{ do: 'complete', irp: 0 }];
    expect(explore([[{ do: 'arm', micros: 10 }]], { dpc }).verdict).toBe('verified');
    expect(
      explore(
        [
          [
            { do: 'arm', micros: 10 },
            { do: 'complete', irp: 0 },
          ],
        ],
        { dpc },
      ).reported,
    ).toEqual(['completion/twice twice']);
    expect(explore([[{ do: 'arm', micros: 10 }, { do: 'disarm' }]], { dpc, waits: true }).reported).toEqual([
      'completion/never never',
    ]);
  });

  test('the earlier of two deadlines goes first', () => {
    // The wait of 10 runs out before the timer of 20, which the thread arms before it waits, unless time passes between.
    const thread: readonly Action[] = [{ do: 'timed-wait', event: 1, micros: 10 }];
    expect(explore([thread, [{ do: 'arm', micros: 20 }]], { dpc: [{ do: 'set', cell: 0 }] }).verdict).toBe('verified');
  });

  test('a cancel routine runs for the one who takes it', () => {
    const cancel: readonly Action[] = [{ do: 'complete', irp: 0 }];
    // Nothing is lost as long as the routine stays set; the other IRP is, as nobody completes it.
    expect(explore([[{ do: 'set-cancel', irp: 0 }], [{ do: 'cancel', irp: 0 }]], { cancel, waits: true }).reported).toEqual([
      'completion/never never',
    ]);
    expect(
      explore(
        [
          [
            { do: 'set-cancel', irp: 0 },
            { do: 'cancel', irp: 0 },
          ],
        ],
        { cancel, waits: true },
      ).verdict,
    ).toBe('verified');
    const cleared: readonly Action[] = [
      { do: 'clear-cancel', irp: 0 },
      { do: 'cancel', irp: 0 },
    ];
    expect(reportedBy(['cancel/lost'], [cleared], { cancel, waits: true })).toEqual(['cancel/lost lost']);
  });
});
