/** The explorer's process as the server sees it: it is started when needed, and a crash costs the checks that ran in it. */
import { type ChildProcess, fork } from 'node:child_process';
import type { CheckEvent } from '../src/check/check.ts';
import type { ExplorerAnswer, ExplorerRequest } from '../src/jobs/explorer-protocol.ts';
import type { Answers, Asked, Checked, Failed, Job, JobOf } from '../src/jobs/protocol.ts';

/** A job that runs. */
export interface Running<T> {
  readonly done: Promise<T>;
  /** Ends it with what is known. */
  stop(): void;
  /** Whether somebody has ended it. */
  readonly stopped: boolean;
}

/** Nobody waits for what is done in the background. */
export interface How {
  readonly background: boolean;
}

export interface Explorer {
  check(job: JobOf<'check'>, seconds: number, onEvent: (event: CheckEvent) => void, how?: How): Running<Checked>;
  /** Any other job. `seconds`: how long it may take. */
  ask<K extends Asked>(job: JobOf<K>, seconds?: number): Running<Answers[K] | Failed>;
  /** Ends the process. */
  end(): void;
}

interface Waiting {
  readonly child: ChildProcess;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: (event: CheckEvent) => void;
}

/** Seconds for compiling a driver and following a schedule. */
const defaultSeconds = 60;

/** @param file the explorer's bundle. @param library folder of the library. */
export function createExplorer(file: string, library: string, log: (message: string) => void): Explorer {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | undefined;
  let last = 0;

  return {
    check: (job, seconds, onEvent, how) => run(job, seconds, onEvent, how?.background === true),
    ask: (job, seconds = defaultSeconds) => run(job, seconds, () => undefined, (job as Job).kind === 'states'),
    end() {
      const ended = child;
      child = undefined;
      ended?.kill();
    },
  };

  function run<T>(job: Job, seconds: number, onEvent: (event: CheckEvent) => void, background: boolean): Running<T> {
    const id = ++last;
    const started = child ?? start();
    const done = new Promise<T>((resolve, reject) => waiting.set(id, { child: started, resolve, reject, onEvent }));
    started.send({ kind: 'run', id, job, seconds, background } satisfies ExplorerRequest);
    let stopped = false;
    return {
      done,
      get stopped() {
        return stopped;
      },
      stop: () => {
        stopped = true;
        if (waiting.has(id) && started.connected) started.send({ kind: 'stop', id } satisfies ExplorerRequest);
      },
    };
  }

  function start(): ChildProcess {
    // Texts travel as Maps.
    const started = fork(file, [library], {
      serialization: 'advanced',
      execArgv: ['--max-semi-space-size=64', '--single-threaded-gc'],
    });
    child = started;
    started.on('message', (answer: ExplorerAnswer) => {
      const found = waiting.get(answer.id);
      if (answer.kind === 'event') {
        found?.onEvent(answer.event);
        return;
      }
      waiting.delete(answer.id);
      found?.resolve(answer.answer as never);
    });
    const ended = (why: string): void => {
      if (child === started) child = undefined;
      const lost = [...waiting].filter(([, one]) => one.child === started);
      for (const [id, { reject }] of lost) {
        waiting.delete(id);
        reject(new Error(`The exploration ended: ${why}.`));
      }
      if (lost.length > 0) log(`The explorer ended: ${why}.`);
    };
    started.on('error', (error) => ended(error.message));
    started.on('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
    return started;
  }
}
