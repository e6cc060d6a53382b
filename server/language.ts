/** The language worker as the server sees it: it answers, or is ended and replaced, and the server goes on. */
import { Worker } from 'node:worker_threads';
import type { Language } from '../src/compiler/language-api.ts';
import type { Feature, LanguageAnswer, LanguageRequest, QuickCheck } from '../src/jobs/language-protocol.ts';
import type { WorkerInput } from '../src/jobs/protocol.ts';

type Args<F extends Feature> = Parameters<Language[F]> extends [string, ...infer Rest] ? Rest : never;

export interface LanguageClient {
  /** The editor holds this text of the path; undefined: not any more. */
  open(path: string, text: string | undefined): void;
  /** Files have changed on the disk. */
  diskChanged(): void;
  /** What the driver of that file comes to. Rejected where the worker broke down or took too long. */
  check(path: string): Promise<QuickCheck>;
  ask<F extends Feature>(feature: F, path: string, ...args: Args<F>): Promise<ReturnType<Language[F]>>;
  /** Ends the worker; the next question starts another. */
  restart(): void;
}

/** A question that was not answered because the worker ended. */
export class WorkerEnded extends Error {
  /** Whether it was ended because this very question took too long. */
  readonly late: boolean;

  constructor(why: string, late: boolean) {
    super(why);
    this.late = late;
  }
}

/** What types that unfold without end may fill; a driver of ordinary size takes some 80. Much less would collect garbage sooner, and answer later; more fills up. */
const mostMegabytes = 500;
/** What is new, half of the usual: the server stays smaller, and answers as soon (`npm run bench`). */
const newMegabytes = 24;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly limit: NodeJS.Timeout;
}

/**
 * @param file the worker's bundle.
 * @param library folder of the library.
 * @param patience milliseconds that an answer may take, from the one before it.
 * @param log told of a worker that broke down or was ended.
 */
export function createLanguageClient(
  file: string,
  library: string,
  patience: number,
  log: (message: string) => void,
): LanguageClient {
  const held = new Map<string, string>();
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let last = 0;

  return {
    open(path, text) {
      if (text === undefined) held.delete(path);
      else held.set(path, text);
      worker?.postMessage({ kind: 'open', path, text } satisfies LanguageRequest);
    },
    diskChanged: () => worker?.postMessage({ kind: 'disk' } satisfies LanguageRequest),
    check: (path) => send((id) => ({ kind: 'check', id, path })),
    ask: (feature, path, ...args) => send((id) => ({ kind: 'feature', id, feature, path, args })),
    restart: () => end('it was restarted'),
  };

  function send<T>(request: (id: number) => LanguageRequest): Promise<T> {
    const started = worker ?? start();
    return new Promise((resolve, reject) => {
      const id = ++last;
      const limit = setTimeout(() => end(`it did not answer within ${patience / 1000} s`, id), patience);
      waiting.set(id, { resolve, reject, limit });
      started.postMessage(request(id));
    });
  }

  function start(): Worker {
    const started = new Worker(file, {
      workerData: { library } satisfies WorkerInput,
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes, maxYoungGenerationSizeMb: newMegabytes },
    });
    worker = started;
    started.on('message', (answer: LanguageAnswer) => {
      const found = waiting.get(answer.id);
      if (found === undefined) return;
      waiting.delete(answer.id);
      clearTimeout(found.limit);
      // Who waited behind this one begins only now.
      for (const { limit } of waiting.values()) limit.refresh();
      if ('error' in answer) found.reject(new Error(answer.error));
      else found.resolve(answer.value as never);
    });
    started.on('error', (error) => worker === started && end(error.message));
    started.on('exit', () => worker === started && end('it ended'));
    for (const [path, text] of held) started.postMessage({ kind: 'open', path, text } satisfies LanguageRequest);
    return started;
  }

  /** @param late the question that took too long, where one did. */
  function end(why: string, late?: number): void {
    const ended = worker;
    worker = undefined;
    void ended?.terminate();
    log(`The language worker starts again: ${why}.`);
    for (const [id, { reject, limit }] of waiting) {
      clearTimeout(limit);
      reject(new WorkerEnded(why, id === late));
    }
    waiting.clear();
  }
}
