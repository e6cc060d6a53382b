/**
 * The explorer: a process of its own, where the server has drivers explored. Memory that a search takes is not the server's. Each job can be stopped.
 * Long searches wait until a processor is free (`queue.ts`); what is soon done never waits.
 */
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExplorerAnswer, ExplorerRequest } from './explorer-protocol.ts';
import { createQueue } from './queue.ts';
import { compileLimit, keptWorkers, openSession, type Session } from './session.ts';
import { tuneForSearches } from './tuning.ts';

type Run = Extract<ExplorerRequest, { kind: 'run' }>;

tuneForSearches();
const [, , library] = process.argv;
const here = dirname(fileURLToPath(import.meta.url));
const workers = keptWorkers(join(here.endsWith('chunks') ? dirname(here) : here, 'worker.js'), library ?? '');
const running = new Map<number, Session>();
/** Jobs that may search for long; a schedule may lead to its scenario's being explored anew. */
const searching: ReadonlySet<Run['job']['kind']> = new Set(['check', 'states', 'replay']);
/** Milliseconds between two reports of a job's progress: what more there is nobody could read. */
const betweenReports = 100;
const queue = createQueue<Run>(availableParallelism(), (job) => run(job));

process.on('message', (request: ExplorerRequest) => {
  if (request.kind === 'run') {
    if (searching.has(request.job.kind)) queue.add(request);
    else void run(request);
    return;
  }
  const waiting = queue.remove(request.id);
  if (waiting !== undefined) void run(waiting, true);
  running.get(request.id)?.stop();
});
// Without the server there is nobody to explore for.
process.on('disconnect', () => process.exit(0));

/** @param stopped before it has begun: it is answered all the same. */
async function run({ id, job, seconds }: Run, stopped = false): Promise<void> {
  let reported = 0;
  const session = openSession({
    workers,
    compileLimit,
    deadline: Date.now() + seconds * 1000,
    onEvent(_driver, event) {
      if (event.kind === 'progress') {
        if (Date.now() - reported < betweenReports) return;
        reported = Date.now();
      }
      tell({ kind: 'event', id, event });
    },
  });
  running.set(id, session);
  if (stopped) session.stop();
  tell({ kind: 'answer', id, answer: await (job.kind === 'check' ? session.check(job) : session.ask(job)) });
  running.delete(id);
}

function tell(answer: ExplorerAnswer): void {
  process.send?.(answer);
}
