/** How far a session goes. */
import { expect, it } from 'vitest';
import type { RunKind } from '../../src/debug/protocol.ts';
import { run } from '../../src/debug/stepping.ts';
import type { Stops } from '../../src/debug/stops.ts';
import type { Tape } from '../../src/debug/tape.ts';

/** A run of so many moves of context 3, at no statement. */
function reasonAfter(moves: number, how: RunKind): unknown {
  let made = 0;
  const move = { context: 3, atStatement: false, unfinished: true };
  const tape = {
    machine: { cells: [] },
    forward: () => (++made > moves ? undefined : { ...move, over: false }),
    next: () => undefined,
    last: move,
  } as unknown as Tape;
  return run(tape, { reasonFor: () => undefined } as unknown as Stops, how, { context: 3, bare: false });
}

it.each(['continue', 'over'] as const)('%s tells the end from a run that may go on for ever', (how) => {
  expect(reasonAfter(10, how)).toEqual({ reason: 'end', context: 3 });
  expect(reasonAfter(Number.POSITIVE_INFINITY, how)).toEqual({ reason: 'paused', context: 3 });
});
