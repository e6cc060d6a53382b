/**
 * The debug adapter: takes the editor's messages (the Debug Adapter Protocol) and asks the server, where the machine stands. It keeps nothing but the
 * number of its session. https://microsoft.github.io/debug-adapter-protocol/specification
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type * as vscode from 'vscode';
import type {
  DebugAnswers,
  DebugRequest,
  RunKind,
  StackFrame,
  StopFilter,
  Stopped,
  VariableView,
} from '../../src/debug/protocol.ts';
import { type DebugParams, method } from '../protocol.ts';
import { say, text } from '../text.ts';
import type { Tools } from '../tools.ts';
import { readLaunch } from './launch.ts';

type Handler = (args: Record<string, unknown>) => Promise<unknown>;

let sessions = 0;

/** An adapter for one debug session. */
export function createAdapter({ vscode, server }: Pick<Tools, 'vscode' | 'server'>): vscode.DebugAdapter {
  const session = ++sessions;
  const sent = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  let seq = 0;
  let stopOnEntry = false;
  let breach: string | undefined;
  let isEnded = false;

  const handlers: Readonly<Record<string, Handler>> = {
    initialize: async () => capabilities(vscode),
    launch: async (args) => {
      const launch = readLaunch(vscode, args);
      stopOnEntry = launch.stopOnEntry;
      await tell<null>({ kind: 'launch', session, launch: launch.subject });
      // Breakpoints are asked for behind this: where they can be is known only now.
      event('initialized');
    },
    setBreakpoints: async ({ source, breakpoints }) => setBreakpoints(source, breakpoints),
    setExceptionBreakpoints: async ({ filters, filterOptions }) => setFilters(filters, filterOptions),
    configurationDone: async () => {
      // The answer comes before the news that it has stopped.
      setTimeout(() => void go({ how: stopOnEntry ? 'entry' : 'continue' }), 0);
    },
    threads: async () => ({ threads: await ask({ kind: 'threads' }) }),
    stackTrace: async ({ threadId, startFrame, levels }) => stackTrace(number(threadId), number(startFrame), number(levels)),
    scopes: async ({ frameId }) => {
      const scopes = await ask({ kind: 'scopes', frame: number(frameId) });
      return { scopes: scopes.map(scopeOf) };
    },
    variables: async ({ variablesReference }) => {
      const variables = await ask({ kind: 'variables', parts: number(variablesReference) });
      return { variables: variables.map(variableOf) };
    },
    evaluate: async ({ expression, frameId }) => {
      const found = await ask({
        kind: 'evaluate',
        expression: String(expression),
        ...(frameId === undefined ? {} : { frame: number(frameId) }),
      });
      if ('error' in found) throw new Error(found.error);
      return { result: found.value, type: found.type, variablesReference: found.parts };
    },
    exceptionInfo: async () => ({ exceptionId: breach?.split(':')[0] ?? '', description: breach, breakMode: 'always' }),
    continue: async ({ threadId }) => running({ how: 'continue', thread: number(threadId) }),
    next: async ({ threadId }) => running({ how: 'over', thread: number(threadId) }),
    stepIn: async ({ threadId }) => running({ how: 'in', thread: number(threadId) }),
    stepOut: async ({ threadId }) => running({ how: 'out', thread: number(threadId) }),
    stepBack: async ({ threadId }) => running({ how: 'back', thread: number(threadId) }),
    reverseContinue: async ({ threadId }) => running({ how: 'reverse', thread: number(threadId) }),
    pause: async () => undefined,
    disconnect: end,
    terminate: async () => {
      await end();
      event('terminated');
    },
    choices: async () => ({ choices: await ask({ kind: 'choices' }) }),
    choose: async ({ choice }) => happened(await ask({ kind: 'choose', choice: number(choice) })),
    lead: async ({ to }) => {
      if (to !== 'cancel' && to !== 'interrupt' && to !== 'remove')
        throw new Error(say(vscode, text.debugUnknown, { request: 'lead' }));
      return happened(await ask({ kind: 'lead', to }));
    },
  };

  return {
    onDidSendMessage: sent.event,
    handleMessage: (message) => void handle(message as DebugProtocol.Request),
    dispose: () => {
      void end();
      sent.dispose();
    },
  };

  async function handle({ seq: of, command, arguments: given }: DebugProtocol.Request): Promise<void> {
    const response = { type: 'response', request_seq: of, command };
    try {
      const handler = Object.hasOwn(handlers, command) ? handlers[command] : undefined;
      if (handler === undefined) throw new Error(say(vscode, text.debugUnknown, { request: String(command) }));
      const body = await handler(typeof given === 'object' && given !== null ? given : {});
      send({ ...response, success: true, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      const format = error instanceof Error ? error.message : String(error);
      send({ ...response, success: false, message: format, body: { error: { id: 1, format, showUser: true } } });
      if (command === 'launch') event('terminated');
    }
  }

  function send(message: object): void {
    sent.fire({ seq: ++seq, ...message } as vscode.DebugProtocolMessage);
  }

  function event(name: string, body: object = {}): void {
    send({ type: 'event', event: name, body });
  }

  function tell<R>(params: DebugParams): Promise<R> {
    return server.request<R>(method.debug, params);
  }

  function ask<K extends DebugRequest['kind']>(request: Extract<DebugRequest, { kind: K }>): Promise<DebugAnswers[K]> {
    return tell({ kind: 'ask', session, request });
  }

  /** Answers at once; that it has stopped is told later. */
  async function running(where: { readonly how: RunKind; readonly thread: number }): Promise<object> {
    setTimeout(() => void go(where), 0);
    return { allThreadsContinued: true };
  }

  async function go(where: { readonly how: RunKind; readonly thread?: number }): Promise<void> {
    try {
      stoppedAt(await ask({ kind: 'run', ...where }));
    } catch (error) {
      if (isEnded) return;
      event('output', { category: 'stderr', output: `${error instanceof Error ? error.message : String(error)}\n` });
      event('terminated');
    }
  }

  /** What of one's own choice has happened; false where it could not. */
  function happened(stopped: Stopped | null): object {
    if (stopped !== null) setTimeout(() => stoppedAt(stopped), 0);
    return { happened: stopped !== null };
  }

  function stoppedAt({ reason, thread, text: why, output }: Stopped): void {
    breach = reason === 'breach' ? why : undefined;
    if (output.length > 0) event('output', { category: 'stdout', output: `${output.join('\n')}\n` });
    event('stopped', {
      ...reasons(vscode)[reason],
      threadId: thread,
      allThreadsStopped: true,
      ...(why === undefined ? {} : { text: why }),
    });
  }

  async function setBreakpoints(source: unknown, wanted: unknown): Promise<object> {
    const { path } = (source ?? {}) as DebugProtocol.Source;
    const given = Array.isArray(wanted) ? (wanted as DebugProtocol.SourceBreakpoint[]) : [];
    const breakpoints = await ask({
      kind: 'breakpoints',
      file: String(path ?? ''),
      wanted: given.map(({ line, condition }) => ({
        line: number(line),
        ...(condition === undefined ? {} : { condition: String(condition) }),
      })),
    });
    return { breakpoints };
  }

  async function setFilters(plain: unknown, options: unknown): Promise<object> {
    const on = new Map<string, StopFilter>();
    for (const id of Array.isArray(plain) ? plain : []) on.set(String(id), {});
    for (const option of Array.isArray(options) ? (options as DebugProtocol.ExceptionFilterOptions[]) : [])
      on.set(option.filterId, option.condition === undefined ? {} : { condition: String(option.condition) });
    const [irql, rule] = [on.get('irql'), on.get('rule')];
    const wrong = await ask({ kind: 'stops', ...(irql === undefined ? {} : { irql }), ...(rule === undefined ? {} : { rule }) });
    if (wrong.length > 0) event('output', { category: 'stderr', output: `${wrong.join('\n')}\n` });
    return {};
  }

  async function stackTrace(thread: number, start: number, levels: number): Promise<object> {
    const frames = await ask({ kind: 'stack', thread });
    const end = levels > 0 ? start + levels : frames.length;
    return { stackFrames: frames.slice(start, end).map(frameOf), totalFrames: frames.length };
  }

  async function end(): Promise<void> {
    if (isEnded) return;
    isEnded = true;
    // Without a server there is no session to end.
    await tell<null>({ kind: 'end', session }).catch(() => undefined);
  }
}

function capabilities(vscode: Tools['vscode']): DebugProtocol.Capabilities {
  return {
    supportsConfigurationDoneRequest: true,
    supportsStepBack: true,
    supportsConditionalBreakpoints: true,
    supportsEvaluateForHovers: true,
    supportsExceptionInfoRequest: true,
    supportsExceptionFilterOptions: true,
    supportsTerminateRequest: true,
    exceptionBreakpointFilters: [
      {
        filter: 'rule',
        label: say(vscode, text.stopAtRule),
        description: say(vscode, text.stopAtRuleWhy),
        default: true,
        supportsCondition: true,
        conditionDescription: 'completion/twice',
      },
      {
        filter: 'irql',
        label: say(vscode, text.stopAtIrql),
        description: say(vscode, text.stopAtIrqlWhy),
        default: false,
        supportsCondition: true,
        conditionDescription: 'IRQL == DISPATCH_LEVEL',
      },
    ],
  };
}

/** Reasons in the protocol's words, some with words of ours; the editor has its own for the others. */
function reasons(
  vscode: Tools['vscode'],
): Readonly<Record<Stopped['reason'], { readonly reason: string; readonly description?: string }>> {
  return {
    entry: { reason: 'entry' },
    step: { reason: 'step' },
    breakpoint: { reason: 'breakpoint' },
    irql: { reason: 'breakpoint', description: say(vscode, text.stoppedIrql) },
    breach: { reason: 'exception', description: say(vscode, text.stoppedBreach) },
    end: { reason: 'pause', description: say(vscode, text.stoppedEnd) },
    paused: { reason: 'pause', description: say(vscode, text.stoppedPaused) },
    start: { reason: 'entry', description: say(vscode, text.stoppedStart) },
  };
}

function frameOf({ id, name, at, subtle }: StackFrame): DebugProtocol.StackFrame {
  if (at === undefined) return { id, name, line: 0, column: 0, presentationHint: 'label' };
  const { file, line, column, endLine, endColumn } = at;
  return {
    id,
    name,
    line,
    column,
    endLine,
    endColumn,
    source: { name: file.replace(/^.*[\\/]/, ''), path: file, ...(subtle ? { presentationHint: 'deemphasize' } : {}) },
    ...(subtle ? { presentationHint: 'subtle' } : {}),
  };
}

function scopeOf({ name, parts }: VariableView): DebugProtocol.Scope {
  return { name, variablesReference: parts, expensive: false, ...(name === 'Locals' ? { presentationHint: 'locals' } : {}) };
}

function variableOf({ name, value, type, parts }: VariableView): DebugProtocol.Variable {
  return { name, value, type, variablesReference: parts };
}

function number(given: unknown): number {
  return typeof given === 'number' && Number.isSafeInteger(given) ? given : 0;
}
