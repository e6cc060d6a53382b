/** The worker thread: type checking and exploring happen here, where they can be ended from outside. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CheckEdges, checkDriver } from '../check/check.ts';
import type { CheckResult } from '../check/findings.ts';
import { openProject, type Project } from '../check/project.ts';
import { quickCheck } from '../check/quick.ts';
import { listScenarios } from '../check/scenarios.ts';
import { driverStates, witnessTrace } from '../check/states.ts';
import { replayTrace } from '../check/trace.ts';
import type { SourceInput } from '../compiler/api.ts';
import { traceSnapshots } from '../debug/snapshots.ts';
import { projectEdges, readLibrary } from './files.ts';
import { pinsOf } from './pins.ts';
import type { Answers, Checked, Job, JobOf, Texts, WorkerInput, WorkerOutput, WorkerRequest } from './protocol.ts';
import { openTarget } from './targets.ts';

// Read once: the compiler keeps what it knows of a library as long as the library is the same.
const library = readLibrary((workerData as WorkerInput).library);
const seconds = (): number => performance.now() / 1000;

/** What each kind of job takes. */
const jobs: { readonly [K in Job['kind']]: (job: JobOf<K>, edges: CheckEdges) => Answers[K] } = {
  check,
  replay: (job, edges) => {
    const result = replayTrace(job.trace, openDriver(job), library, edges);
    return { result, texts: textsOf(result.sources) };
  },
  pins: ({ driver, open }) => pinsOf(driver, open),
  scenarios: (job) => listScenarios(openDriver(job), library),
  quick: (job) => quickCheck(openDriver(job), library),
  snapshots: (job) => traceSnapshots(job.trace, openDriver(job), library),
  states: (job, edges) => driverStates(openDriver(job), library, job, edges) ?? { error: 'The driver does not compile.' },
  witness: (job) =>
    witnessTrace(job.witness, openDriver(job), library) ?? { error: 'The driver has changed since its states were looked into.' },
};

parentPort?.on('message', ({ job, stop, deadline }: WorkerRequest) => {
  const stopped = new Int32Array(stop);
  const edges: CheckEdges = {
    now: seconds,
    deadline: seconds() + (deadline - Date.now()) / 1000,
    shouldStop: () => Atomics.load(stopped, 0) !== 0,
    onEvent: (event) => tell({ kind: 'event', event }),
  };
  const run = jobs[job.kind] as (job: Job, edges: CheckEdges) => Answers[Job['kind']];
  tell({ kind: 'answer', answer: run(job, edges) });
});

function check({ target, open, options }: JobOf<'check'>, edges: CheckEdges): Checked {
  const project = openTarget(target, projectEdges(open));
  if ('error' in project) return { driver: target.path, result: rejected(target.path, project.error), texts: new Map() };
  let sources: readonly SourceInput[] = project.sources;
  const result = checkDriver(project, library, options, {
    ...edges,
    onEvent: (event) => {
      if (event.kind === 'compiled') sources = event.sources;
      edges.onEvent(event);
    },
  });
  return { driver: project.driver, result, texts: textsOf(sources) };
}

function openDriver({ driver, open }: { readonly driver: string; readonly open?: Texts }): Project {
  return openProject(driver, projectEdges(open));
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
