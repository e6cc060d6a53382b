/** The worker thread: type checking and exploring happen here, where they can be ended from outside. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkDriver } from '../check/check.ts';
import type { CheckResult } from '../check/findings.ts';
import { driversOf, openProject, type Project, type ProjectEdges } from '../check/project.ts';
import { replayTrace } from '../check/trace.ts';
import type { SourceInput } from '../compiler/api.ts';
import { projectEdges, readLibrary, type Target } from './files.ts';
import type { Texts, WorkerInput, WorkerOutput, WorkerRequest } from './protocol.ts';

// Read once: the compiler keeps what it knows of a library as long as the library is the same.
const library = readLibrary((workerData as WorkerInput).library);
const seconds = (): number => performance.now() / 1000;

parentPort?.on('message', (request: WorkerRequest) => tell(answer(request)));

function answer({ job, stop, deadline }: WorkerRequest): WorkerOutput {
  if (job.kind === 'replay') {
    const result = replayTrace(job.trace, openProject(job.driver, projectEdges()), library);
    return { kind: 'replayed', result, texts: textsOf(result.sources) };
  }
  const project = openTarget(job.target, projectEdges(job.open));
  if ('error' in project) {
    return { kind: 'checked', driver: job.target.path, result: rejected(job.target.path, project.error), texts: new Map() };
  }
  const stopped = new Int32Array(stop);
  let sources: readonly SourceInput[] = project.sources;
  const result = checkDriver(project, library, job.options, {
    now: seconds,
    deadline: seconds() + (deadline - Date.now()) / 1000,
    shouldStop: () => Atomics.load(stopped, 0) !== 0,
    onEvent: (event) => {
      if (event.kind === 'compiled') sources = event.sources;
      tell({ kind: 'event', event });
    },
  });
  return { kind: 'checked', driver: project.driver, result, texts: textsOf(sources) };
}

function openTarget(target: Target, edges: ProjectEdges): Project | { readonly error: string } {
  if (target.kind === 'driver') return openProject(target.path, edges);
  const read = edges.readFile(target.path);
  if ('error' in read) return { error: `Cannot read ${target.path}: ${read.error}.` };
  const drivers = driversOf(target.path, edges);
  if (drivers.length === 0)
    return { error: 'A scenario file imports the driver it is about: import { DriverEntry } from "./name.driver".' };
  return openProject(drivers[0], edges, [target.path]);
}

function rejected(file: string, message: string): CheckResult {
  const start = { line: 1, column: 1 };
  const problem = { code: 'project/no-driver', severity: 'error', message, file, range: { start, end: start } } as const;
  return { schemaVersion: 1, problems: [problem], findings: [], scenarios: [] };
}

function textsOf(sources: readonly SourceInput[]): Texts {
  return new Map(sources.map(({ path, text }) => [path, text]));
}

function tell(output: WorkerOutput): void {
  parentPort?.postMessage(output);
}
