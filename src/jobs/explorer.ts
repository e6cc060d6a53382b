/**
 * The explorer: a process of its own, where the server has drivers explored in the background. It does one check after the other, each of which
 * can be stopped; memory that a search takes is not the server's.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExplorerAnswer, ExplorerRequest } from './explorer-protocol.ts';
import { compileLimit, keptWorkers, openSession, type Session } from './session.ts';

const [, , library] = process.argv;
const here = dirname(fileURLToPath(import.meta.url));
const workers = keptWorkers(join(here.endsWith('chunks') ? dirname(here) : here, 'worker.js'), library ?? '');
const running = new Map<number, Session>();

process.on('message', (request: ExplorerRequest) => {
  if (request.kind === 'stop') running.get(request.id)?.stop();
  else void run(request);
});
// Without the server there is nobody to explore for.
process.on('disconnect', () => process.exit(0));

async function run({ id, job, seconds }: Extract<ExplorerRequest, { kind: 'run' }>): Promise<void> {
  const session = openSession({
    workers,
    compileLimit,
    deadline: Date.now() + seconds * 1000,
    onEvent: (_driver, event) => tell({ kind: 'event', id, event }),
  });
  running.set(id, session);
  tell({ kind: 'answer', id, answer: await (job.kind === 'check' ? session.check(job) : session.ask(job)) });
  running.delete(id);
}

function tell(answer: ExplorerAnswer): void {
  process.send?.(answer);
}
