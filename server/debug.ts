/** Debug sessions: each has a worker of its own, which is ended when it does not answer. The server only passes on what is asked. */
import { Worker } from 'node:worker_threads';
import type { Connection } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { type DebugLaunch, type DebugParams, method } from '../client/protocol.ts';
import { mostProcessors } from '../src/check/config.ts';
import { readTraces } from '../src/check/trace-file.ts';
import type { DebugAnswers, DebugRequest, StackFrame } from '../src/debug/protocol.ts';
import type { DebugSubject, DebugWorkerAnswer, DebugWorkerRequest } from '../src/jobs/debug-protocol.ts';
import { driverOfTrace, readText } from '../src/jobs/files.ts';
import type { Texts, WorkerInput } from '../src/jobs/protocol.ts';
import type { Drivers } from './drivers-api.ts';
import type { Folders } from './folders.ts';
import type { Paths } from './paths.ts';

/** What the sessions are made of. */
export interface DebugEdges {
  /** The worker's bundle, and the folder of the library. */
  readonly worker: string;
  readonly library: string;
  /** Milliseconds that an answer may take, and that compiling the driver before the first one may take besides. */
  readonly patience: number;
  readonly compileLimit: number;
  readonly drivers: Drivers;
  readonly folders: Folders;
  readonly paths: Paths;
  /** Texts that the editor holds. */
  readonly open: () => Texts;
  readonly log: (message: string) => void;
}

/** Sessions at once; a client that forgets to end them has the first one ended. */
const mostSessions = 4;

/** A file as an editor names it to a debugger: by its path, and where it is none, as of an unsaved document, by its URI. A drive has one letter. */
const isUri = /^[a-z][a-z0-9+.-]+:/i;

function shownFile(uri: string): string {
  return uri.startsWith('file:') ? URI.parse(uri).fsPath : uri;
}

/** Registers the request, and gives what ends all sessions. */
export function registerDebug(connection: Connection, edges: DebugEdges): () => void {
  const sessions = new Map<number, Session>();
  const end = (id: number): void => {
    sessions.get(id)?.end('it was ended');
    sessions.delete(id);
  };

  connection.onRequest(method.debug, async (params: DebugParams): Promise<unknown> => {
    const { session: id } = params;
    if (params.kind === 'end') {
      end(id);
      return null;
    }
    if (params.kind === 'ask') {
      const session = sessions.get(id);
      if (session === undefined) throw new Error('The debug session has ended.');
      return toClient(
        params.request as DebugRequest,
        await session.ask({ kind: 'ask', request: toCore(params.request as DebugRequest) }),
      );
    }
    const subject = subjectOf(params.launch, edges);
    if ('error' in subject) throw new Error(subject.error);
    end(id);
    const [oldest] = sessions.keys();
    if (sessions.size >= mostSessions && oldest !== undefined) end(oldest);
    const session = startSession(edges, () => sessions.delete(id));
    sessions.set(id, session);
    return session.ask({ kind: 'launch', subject, open: edges.open() });
  });

  return () => {
    for (const id of [...sessions.keys()]) end(id);
  };

  /** The editor's files as the core names them. */
  function toCore(request: DebugRequest): DebugRequest {
    if (request.kind !== 'breakpoints') return request;
    const uri = isUri.test(request.file) ? request.file : URI.file(request.file).toString();
    return { ...request, file: edges.paths.pathOf(uri) ?? request.file };
  }

  /** The core's files where the editor finds them. */
  function toClient(request: DebugRequest, answer: unknown): unknown {
    if (request.kind !== 'stack') return answer;
    return (answer as DebugAnswers['stack']).map(
      (frame): StackFrame =>
        frame.at === undefined ? frame : { ...frame, at: { ...frame.at, file: shownFile(edges.paths.uriOf(frame.at.file)) } },
    );
  }
}

function subjectOf(
  launch: DebugLaunch,
  { drivers, folders, paths, open }: DebugEdges,
): DebugSubject | { readonly error: string } {
  if (launch.finding !== undefined) {
    const { uri, rule, line } = launch.finding;
    const path = paths.pathOf(uri);
    const trace = path === undefined ? undefined : drivers.traced(path, rule, line + 1)?.trace;
    if (trace === undefined) return { error: `No schedule of ${rule} is known yet. Explore the file to look for one.` };
    return { kind: 'trace', trace, driver: trace.file };
  }
  if (launch.trace !== undefined) return traceFile(launch.trace);
  const path = launch.uri === undefined ? undefined : paths.pathOf(launch.uri);
  if (path === undefined || launch.scenario === undefined || launch.scenario === '')
    return { error: 'Name what is to be debugged: a trace, or a scenario and the driver or scenario file that it is of.' };
  const { scenario, processors } = launch;
  if (processors !== undefined && !(Number.isInteger(processors) && processors >= 1 && processors <= mostProcessors))
    return { error: `A scenario runs on 1 to ${mostProcessors} processors.` };
  const kind = path.endsWith('.scenario.ts') ? 'scenario' : 'driver';
  return { kind: 'scenario', target: { kind, path }, scenario, ...(processors === undefined ? {} : { processors }) };

  function traceFile(uri: string): DebugSubject | { readonly error: string } {
    const file = paths.pathOf(uri);
    if (file === undefined) return { error: `${uri} is no file.` };
    const read = readText(file);
    const found = 'error' in read ? read : readTraces(read.text);
    if ('error' in found) return { error: `Cannot read ${file}: ${found.error}.` };
    const [trace] = found.traces;
    const driver = trace === undefined ? undefined : driverOfTrace(trace.file, file, folders.all(), open());
    if (trace === undefined) return { error: `There is no trace in ${file}.` };
    if (driver === undefined) return { error: `The trace is about ${trace.file}, which is neither there nor beside the trace.` };
    return { kind: 'trace', trace, driver };
  }
}

interface Session {
  ask(request: Unnumbered<DebugWorkerRequest>): Promise<unknown>;
  end(why: string): void;
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** @param ended told when it has ended of itself or was ended because it did not answer. */
function startSession({ worker: file, library, patience, compileLimit, log }: DebugEdges, ended: () => void): Session {
  const worker = new Worker(file, { workerData: { library } satisfies WorkerInput });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void; limit: NodeJS.Timeout }>();
  let last = 0;
  let over = false;
  worker.on('message', (answer: DebugWorkerAnswer) => {
    const found = waiting.get(answer.id);
    if (found === undefined) return;
    waiting.delete(answer.id);
    clearTimeout(found.limit);
    if ('error' in answer) found.reject(new Error(answer.error));
    else found.resolve(answer.value);
  });
  worker.on('error', (error) => breakDown(error.message));
  worker.on('exit', () => breakDown('its worker ended'));
  return { ask, end };

  function ask(request: Unnumbered<DebugWorkerRequest>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++last;
      const most = request.kind === 'launch' ? compileLimit + patience : patience;
      const limit = setTimeout(() => breakDown(`it did not answer within ${most / 1000} s`), most);
      waiting.set(id, { resolve, reject, limit });
      worker.postMessage({ ...request, id } satisfies DebugWorkerRequest);
    });
  }

  function breakDown(why: string): void {
    if (over) return;
    log(`A debug session ended: ${why}.`);
    end(why);
    ended();
  }

  function end(why: string): void {
    over = true;
    void worker.terminate();
    for (const { reject, limit } of waiting.values()) {
      clearTimeout(limit);
      reject(new Error(`The debug session has ended: ${why}.`));
    }
    waiting.clear();
  }
}
