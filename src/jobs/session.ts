/**
 * Runs jobs in workers, and always comes back with an answer: when a worker is ended from outside or breaks down, what it told
 * so far is the answer, and every scenario it did not finish is *bounded*.
 */
import { Worker } from 'node:worker_threads';
import type { CheckEvent, PlannedScenario } from '../check/check.ts';
import { bestFindings } from '../check/finding.ts';
import type { CheckResult, ScenarioResult, SourceProblem } from '../check/findings.ts';
import type { Answers, Asked, Checked, Failed, Job, JobOf, Texts, WorkerInput, WorkerOutput, WorkerRequest } from './protocol.ts';

/** Milliseconds for reading and type checking one driver. */
export const compileLimit = 60_000;

/** Where workers come from. */
export interface Workers {
  take(): Worker;
  /** Takes one back that has answered and waits for its next job. */
  giveBack(worker: Worker): void;
}

/** A new worker for each job. `file`: the worker's bundle; `library`: folder of the library's files. */
export function freshWorkers(file: string, library: string): Workers {
  return {
    // What breaks down when nobody waits for it any more is of no interest.
    take: () => new Worker(file, { workerData: { library } satisfies WorkerInput }).on('error', () => undefined),
    giveBack: (worker) => void worker.terminate(),
  };
}

/** Workers that wait for a job; more would only hold memory. */
const mostIdle = 2;

/** Workers that are kept for the next job: they have read the library and know what compiling it takes. */
export function keptWorkers(file: string, library: string): Workers {
  const idle: Worker[] = [];
  const fresh = freshWorkers(file, library);
  return {
    take: () => {
      const worker = idle.pop() ?? fresh.take().on('exit', () => idle.splice(0, idle.length, ...idle.filter(isAlive)));
      worker.ref();
      return worker;
    },
    giveBack: (worker) => {
      if (idle.length >= mostIdle) {
        fresh.giveBack(worker);
        return;
      }
      idle.push(worker);
      // One that waits keeps nothing from ending.
      worker.unref();
    },
  };
}

/** A worker that has ended has no number any more. */
function isAlive(worker: Worker): boolean {
  return worker.threadId !== -1;
}

export interface SessionSettings {
  readonly workers: Workers;
  /** Milliseconds that reading and type checking may take. */
  readonly compileLimit: number;
  /** When searches end, in milliseconds since 1970. */
  readonly deadline: number;
  /** Told of the worker's progress. */
  readonly onEvent: (driver: string, event: CheckEvent) => void;
}

export interface Session {
  check(job: JobOf<'check'>): Promise<Checked>;
  /** Any other job. */
  ask<K extends Asked>(job: JobOf<K>): Promise<Answers[K] | Failed>;
  /** Ends everything with what is known now. */
  stop(): void;
  readonly stopped: boolean;
}

/** Milliseconds that a worker that was asked to stop may take to answer. */
const patience = 1_000;
/** The same past its deadline: what was found in time is still shortened, and the analysis is still to come. */
const deadlinePatience = 5_000;

/** A session: any number of jobs, stopped together. */
export function openSession(settings: SessionSettings): Session {
  const flag = new SharedArrayBuffer(4);
  const stopped = new Int32Array(flag);
  const enders = new Set<(why: string) => void>();

  return {
    check,
    ask,
    stop() {
      Atomics.store(stopped, 0, 1);
      setTimeout(() => endAll('It was interrupted.'), patience).unref();
    },
    get stopped() {
      return Atomics.load(stopped, 0) !== 0;
    },
  };

  function endAll(why: string): void {
    for (const end of enders) end(why);
  }

  async function check(job: JobOf<'check'>): Promise<Checked> {
    const driver = job.target.path;
    const known: Known = { planned: undefined, explored: new Map(), texts: new Map() };
    if (Atomics.load(stopped, 0) !== 0)
      return { driver, result: unfinished(driver, known, 'It was interrupted.', true), texts: known.texts };
    const end = await runWorker(job, (event) => {
      note(known, event);
      settings.onEvent(driver, event);
    });
    if (end.kind === 'answer') return end.answer as Checked;
    return { driver, result: unfinished(driver, known, end.why, end.interrupted), texts: known.texts };
  }

  async function ask<K extends Asked>(job: JobOf<K>): Promise<Answers[K] | Failed> {
    if (Atomics.load(stopped, 0) !== 0) return { error: 'It was interrupted.' };
    const end = await runWorker(job, () => undefined);
    return end.kind === 'answer' ? (end.answer as Answers[K]) : { error: end.why };
  }

  /** Starts a worker and waits for its answer, its failure, or a time limit. */
  function runWorker(job: Job, onEvent: (event: CheckEvent) => void): Promise<Answer> {
    return new Promise((resolve) => {
      const worker = settings.workers.take();
      const interrupt = (why: string): void => settle({ kind: 'ended', why, interrupted: true });
      const endAfter = (milliseconds: number): NodeJS.Timeout =>
        setTimeout(
          () => interrupt('The time limit was reached.'),
          Math.min(Math.max(0, settings.deadline - Date.now()) + milliseconds, 2 ** 31 - 1),
        );
      const limits = [
        setTimeout(
          () =>
            settle({
              kind: 'ended',
              why: `Type checking took longer than ${settings.compileLimit / 1000} s and was given up: on a busy machine check again, else look for a type that unfolds without end.`,
              interrupted: false,
            }),
          settings.compileLimit,
        ),
        endAfter(deadlinePatience + settings.compileLimit),
      ];
      enders.add(interrupt);

      const onMessage = (output: WorkerOutput): void => {
        if (output.kind !== 'event') settle(output);
        else {
          if (output.event.kind === 'compiled') {
            for (const limit of limits) clearTimeout(limit);
            limits.push(endAfter(deadlinePatience));
          }
          onEvent(output.event);
        }
      };
      // What a worker told before it broke down may come after the error, but not after its end.
      let why = 'The check ended without a result.';
      const onError = (error: Error): void => {
        why = `The check broke down: ${error.message}`;
      };
      const onExit = (): void => settle({ kind: 'ended', why, interrupted: false });
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage({ job, stop: flag, deadline: settings.deadline } satisfies WorkerRequest);

      function settle(answer: Answer): void {
        enders.delete(interrupt);
        for (const limit of limits) clearTimeout(limit);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve(answer);
        if (answer.kind === 'ended') void worker.terminate();
        else settings.workers.giveBack(worker);
      }
    });
  }
}

type Answer =
  | Exclude<WorkerOutput, { kind: 'event' }>
  | { readonly kind: 'ended'; readonly why: string; readonly interrupted: boolean };

/** What a worker told before it ended. */
interface Known {
  planned: readonly PlannedScenario[] | undefined;
  /** By file and name, the last word on each scenario. */
  readonly explored: Map<string, Extract<CheckEvent, { kind: 'explored' }>>;
  texts: Texts;
}

function note(known: Known, event: CheckEvent): void {
  if (event.kind === 'compiled') {
    known.planned = event.scenarios;
    known.texts = new Map(event.sources.map(({ path, text }) => [path, text]));
  } else if (event.kind === 'explored') {
    known.explored.set(keyOf(event.result), event);
  }
}

function keyOf({ file, name }: Pick<PlannedScenario, 'file' | 'name'>): string {
  return JSON.stringify([file, name]);
}

/**
 * A result made of what is known: what was not finished is bounded, and that the rest never came is a problem even when every scenario
 * is verified, since what the analysis finds comes last.
 */
function unfinished(driver: string, known: Known, why: string, interrupted: boolean): CheckResult {
  const start = { line: 1, column: 1 };
  const problem: SourceProblem = {
    code: interrupted ? 'check/interrupted' : 'check/given-up',
    severity: interrupted ? 'warning' : 'error',
    message: `${known.planned === undefined ? 'Not checked.' : 'Not checked to the end; findings may be missing.'} ${why}`,
    file: driver,
    range: { start, end: start },
  };
  const scenarios = (known.planned ?? []).map(
    (planned): ScenarioResult =>
      known.explored.get(keyOf(planned))?.result ?? {
        ...planned,
        driver,
        verdict: 'bounded',
        states: 0,
        transitions: 0,
        depth: 0,
        seconds: 0,
        bounds: [why],
        omission: 0,
        assumptions: [],
        unreached: [],
      },
  );
  const findings = [...known.explored.values()].flatMap((explored) => explored.findings);
  return { schemaVersion: 1, problems: [problem], findings: bestFindings(findings), scenarios };
}
