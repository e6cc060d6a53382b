/** The worker thread: type checking and exploring happen here, where they can be ended from outside. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkDriver } from '../check/check.ts';
import type { CheckResult } from '../check/findings.ts';
import { driversOf, openProject, type Project } from '../check/project.ts';
import { replayTrace } from '../check/trace.ts';
import type { SourceInput } from '../compiler/api.ts';
import { projectEdges, readLibrary, type Target } from './files.ts';
import type { Texts, WorkerInput, WorkerOutput } from './protocol.ts';

const { job, library, stop, deadline } = workerData as WorkerInput;
const stopped = new Int32Array(stop);
const seconds = (): number => performance.now() / 1000;
const edges = projectEdges(job.kind === 'check' ? job.open : undefined);

switch (job.kind) {
  case 'check': {
    const project = openTarget(job.target);
    if ('error' in project) {
      tell({ kind: 'checked', driver: job.target.path, result: rejected(job.target.path, project.error), texts: new Map() });
      break;
    }
    let sources: readonly SourceInput[] = project.sources;
    const result = checkDriver(project, readLibrary(library), job.options, {
      now: seconds,
      deadline: seconds() + (deadline - Date.now()) / 1000,
      shouldStop: () => Atomics.load(stopped, 0) !== 0,
      onEvent: (event) => {
        if (event.kind === 'compiled') sources = event.sources;
        tell({ kind: 'event', event });
      },
    });
    tell({ kind: 'checked', driver: project.driver, result, texts: textsOf(sources) });
    break;
  }
  case 'replay': {
    const result = replayTrace(job.trace, openProject(job.driver, edges), readLibrary(library));
    tell({ kind: 'replayed', result, texts: textsOf(result.sources) });
    break;
  }
}

function openTarget(target: Target): Project | { readonly error: string } {
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
