/** What the machine held behind each step of a trace. */
import { describe, expect, it } from 'vitest';
import { traceSnapshots } from '../../src/debug/snapshots.ts';
import { loadLibrary } from '../kit/library.ts';
import { brokenTrace } from './kit.ts';

const library = loadLibrary();

describe.each(['start-io-cancel-after-dequeue', 'cancel-lock-cancel-after-dequeue', 'dpc-on-two-processors', 'lock-order'])(
  'snapshots of %s',
  (name) => {
    const { trace, project } = brokenTrace(name);
    const taken = traceSnapshots(trace, project, library);
    if ('error' in taken) throw new Error(taken.error);

    it('are one a step', () => expect(taken.snapshots.length).toBe(trace.steps.length));

    it('say what the events of the steps say', () => {
      const completed = new Set<number>();
      for (const [index, { notes }] of trace.steps.entries()) {
        for (const { event, irp } of notes) if (event === 'irp.finished' && irp !== undefined) completed.add(irp);
        const states = new Map(taken.snapshots[index].irps.map(({ irp, state }) => [irp, state]));
        for (const irp of completed) expect(['completed', 'freed'], `IRP ${irp} at step ${index}`).toContain(states.get(irp));
      }
    });

    it('hold the locks that the next step of the context begins with', () => {
      trace.steps.forEach(({ context }, index) => {
        const next = trace.steps[index + 1];
        if (next?.context !== context) return;
        const held = taken.snapshots[index].locks.filter((lock) => lock.context === context);
        expect(held.length, `step ${index + 1}`).toBe(next.locks);
      });
    });
  },
);

it('names locks, IRPs and cancel routines', () => {
  const { trace, project } = brokenTrace('start-io-cancel-after-dequeue');
  const taken = traceSnapshots(trace, project, library);
  if ('error' in taken) throw new Error(taken.error);
  expect(taken.snapshots[25]).toEqual({
    irps: [
      { irp: 1, name: 'IRP 1 (CREATE)', state: 'completed' },
      { irp: 2, name: 'IRP 2 (READ)', state: 'cancelable', routine: 'CancelRead' },
    ],
    locks: [{ name: 'the cancel spin lock', context: 'Reader' }],
    contexts: [
      { context: 'main', processor: -1, irql: 0, waiting: 'KTHREAD' },
      { context: 'Reader', processor: 0, irql: 2 },
    ],
    registers: [],
  });
});

it('says why a trace cannot be followed', () => {
  const { trace, project } = brokenTrace('start-io-cancel-after-dequeue');
  const [first, ...rest] = trace.schedule;
  expect(traceSnapshots({ ...trace, schedule: [{ ...first, func: 'Nobody' }, ...rest] }, project, library)).toEqual({
    error: expect.stringContaining('cannot be followed past decision 0'),
  });
  expect(traceSnapshots({ ...trace, scenario: 'Nothing' }, project, library)).toEqual({
    error: expect.stringContaining('There is no scenario Nothing'),
  });
});
