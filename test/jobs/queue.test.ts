/** Which long jobs run at a time. */
import { expect, it } from 'vitest';
import { createQueue, type Queued } from '../../src/jobs/queue.ts';

/** A queue on a machine of so many processors, whose jobs end when they are told to; `running` by their numbers. */
function opened(processors: number) {
  const ends = new Map<number, () => void>();
  const queue = createQueue<Queued>(processors, ({ id }) => new Promise((resolve) => ends.set(id, resolve)));
  return {
    queue,
    running: () => [...ends.keys()],
    async end(id: number): Promise<void> {
      ends.get(id)?.();
      ends.delete(id);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('leaves a processor free, and begins in order', async () => {
  const { queue, running, end } = opened(3);
  for (const id of [1, 2, 3, 4]) queue.add({ id, background: true });
  expect(running()).toEqual([1, 2]);
  await end(2);
  expect(running()).toEqual([1, 3]);
  await end(3);
  await end(1);
  expect(running()).toEqual([4]);
});

it('does not let anybody wait for the background, which waits for them', async () => {
  const { queue, running, end } = opened(2);
  queue.add({ id: 1, background: true });
  queue.add({ id: 2, background: true });
  for (const id of [3, 4, 5]) queue.add({ id, background: false });
  expect(running()).toEqual([1, 3, 4]);
  await end(3);
  expect(running()).toEqual([1, 4, 5]);
  await end(1);
  expect(running()).toEqual([4, 5]);
  await end(4);
  await end(5);
  expect(running()).toEqual([2]);
});

it('gives back what has not begun', async () => {
  const { queue, running, end } = opened(1);
  queue.add({ id: 1, background: true });
  queue.add({ id: 2, background: true });
  expect(queue.remove(1)).toBeUndefined();
  expect(queue.remove(2)).toEqual({ id: 2, background: true });
  await end(1);
  expect(running()).toEqual([]);
});
