/** The nearest schedule without an error. */
import { describe, expect, it } from 'vitest';
import { passingSchedule } from '../../src/debug/passing.ts';
import { traceSubject } from '../../src/debug/prepare.ts';
import { Follower } from '../../src/engine/follow.ts';
import { loadLibrary } from '../kit/library.ts';
import { brokenTrace } from './kit.ts';

const library = loadLibrary();

describe.each([
  'cancel-lock-cancel-before-queueing',
  'own-lock-cancel-before-dequeue',
  'dpc-on-two-processors',
  'mutex-order',
  'unload-against-timer',
])('beside the failing schedule of %s', (name) => {
  const { trace, project } = brokenTrace(name);
  const subject = traceSubject(trace, project, library);
  if ('error' in subject) throw new Error(subject.error);
  const passing = passingSchedule(subject) ?? [];
  const follower = new Follower(subject);

  it('can be followed to the end, where nothing is wrong', () => {
    expect(passing.length).toBeGreaterThan(0);
    const { breaches, mismatch, steps } = follower.choices(passing);
    expect([breaches, mismatch]).toEqual([[], undefined]);
    // Only an end has been judged: one more choice finds nothing to choose.
    const [last] = passing.slice(-1);
    expect(follower.choices([...passing, last]).mismatch?.found).toBe('nothing can go on');
    expect(steps.map(({ func }) => func)).toContain('Unload');
  });

  it('takes the same decisions for as long as it can', () => {
    const single = subject.schedule.flatMap(({ run = 1, ...choice }) => Array.from({ length: run }, () => choice.context));
    const parts = passing.findIndex(({ context }, index) => context !== single[index]);
    expect(parts).toBeGreaterThan(50);
    expect(parts).toBeLessThan(single.length);
  });
});

it('is not found where every schedule fails', () => {
  const { trace, project } = brokenTrace('completed-under-spin-lock');
  const subject = traceSubject(trace, project, library);
  if ('error' in subject) throw new Error(subject.error);
  expect(passingSchedule(subject)).toBeUndefined();
});
