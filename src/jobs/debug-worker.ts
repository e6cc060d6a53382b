/** The worker of one debug session: the driver is compiled and the machine runs here, where it can be ended from outside. */
import { parentPort, workerData } from 'node:worker_threads';
import { openProject } from '../check/project.ts';
import { scenarioSubject, traceSubject } from '../debug/prepare.ts';
import { type DebugSession, openDebugSession } from '../debug/session.ts';
import type { DebugWorkerAnswer, DebugWorkerRequest } from './debug-protocol.ts';
import { projectEdges, readLibrary } from './files.ts';
import type { WorkerInput } from './protocol.ts';
import { openTarget } from './targets.ts';

const library = readLibrary((workerData as WorkerInput).library);
let session: DebugSession | undefined;

parentPort?.on('message', (request: DebugWorkerRequest) => parentPort?.postMessage(answer(request)));

function answer(request: DebugWorkerRequest): DebugWorkerAnswer {
  const { id } = request;
  try {
    if (request.kind === 'launch') return { id, ...launch(request) };
    if (session === undefined) return { id, error: 'Nothing is being debugged.' };
    return { id, value: session.answer(request.request) };
  } catch (error) {
    return {
      id,
      error: `The session broke down, by a fault of Irpsight: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function launch({ subject, open }: Extract<DebugWorkerRequest, { kind: 'launch' }>): { value: null } | { error: string } {
  const edges = projectEdges(open);
  const project = subject.kind === 'trace' ? openProject(subject.driver, edges) : openTarget(subject.target, edges);
  if ('error' in project) return project;
  const found =
    subject.kind === 'trace'
      ? traceSubject(subject.trace, project, library)
      : scenarioSubject(subject.scenario, subject.processors, project, library);
  if ('error' in found) return found;
  session = openDebugSession(found);
  return { value: null };
}
