/** The trace view's requests: what they ask of the explorer is ended by cancelling everything. */
import { expect, it } from 'vitest';
import type { Connection } from 'vscode-languageserver';
import { method, type Schedules } from '../../client/protocol.ts';
import type { Drivers } from '../../server/drivers-api.ts';
import type { Explorer, Running } from '../../server/explorer.ts';
import type { Paths } from '../../server/paths.ts';
import { registerTimeline } from '../../server/timeline.ts';
import { brokenTrace } from '../debug/kit.ts';

const { trace } = brokenTrace('cancel-lock-cancel-after-dequeue');
const range = { start: { line: 1, column: 1 }, end: { line: 9, column: 1 } };
const site = { file: trace.file, range, states: [{ state: 'freed', witness: {} }] };
const params = { uri: trace.file, rule: trace.rule, line: 1, position: { line: 2, character: 1 }, state: 'freed' };

/** Asks, and cancels everything as soon as a job of that kind runs. */
async function cancelled(request: string, kind: string): Promise<Schedules | null> {
  const begun = new Set<Running<unknown>>();
  const handlers = new Map<string, (params: unknown) => Promise<Schedules | null>>();
  const drivers = {
    known: () => ({ path: trace.file, states: { sites: [site] } }),
    traced: () => ({ rule: trace.rule, message: '', related: [], range, file: trace.file, trace }),
    asked: (running: Running<unknown>) => begun.add(running),
  } as unknown as Drivers;
  const explorer = {
    ask: (job: { readonly kind: string }) => {
      let resolve = (_: unknown): void => undefined;
      const done = new Promise((given) => {
        resolve = given;
      });
      if (job.kind === kind) setTimeout(() => [...begun].at(-1)?.stop());
      else resolve(trace);
      return { done, stopped: false, stop: () => resolve({ error: 'It was interrupted.' }) };
    },
  } as unknown as Explorer;
  const connection = {
    onRequest: (name: string, handler: (params: unknown) => Promise<Schedules | null>) => handlers.set(name, handler),
  } as unknown as Connection;
  const paths = { pathOf: () => trace.file, uriOf: (path: string) => path } as unknown as Paths;
  registerTimeline(connection, paths, drivers, explorer, () => new Map());
  const found = await handlers.get(request)?.(params);
  return found ?? null;
}

it('a witness that is looked for is ended by cancelling everything', async () => {
  expect(await cancelled(method.witness, 'witness')).toBeNull();
}, 5_000);

it.each([method.timeline, method.witness])(
  '%s shows the steps where what the machine holds is cancelled',
  async (request) => {
    expect(await cancelled(request, 'snapshots')).toHaveProperty('timeline');
  },
  5_000,
);
