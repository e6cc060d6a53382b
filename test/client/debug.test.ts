/** The debug adapter, spoken to in its protocol; behind it stands a session of the core, in the server's place. */
import { describe, expect, it } from 'vitest';
import { createAdapter } from '../../client/debug/adapter.ts';
import { chooseNext, makeHappen } from '../../client/debug/index.ts';
import { configurationProvider, debugFinding, debugScenario, readLaunch } from '../../client/debug/launch.ts';
import { type DebugParams, method } from '../../client/protocol.ts';
import type { Tools } from '../../client/tools.ts';
import { traceSubject } from '../../src/debug/prepare.ts';
import type { DebugRequest } from '../../src/debug/protocol.ts';
import { type DebugSession, openDebugSession } from '../../src/debug/session.ts';
import { brokenTrace } from '../debug/kit.ts';
import { loadLibrary } from '../kit/library.ts';
import { fake } from './fake.ts';

const race = 'cancel-lock-cancel-after-dequeue';

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly message?: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the protocol has is looked at by the tests.
  readonly body: any;
}

/** An editor's side of the protocol. */
function connect(tools: Pick<Tools, 'vscode' | 'server'>) {
  const adapter = createAdapter(tools);
  const messages: Message[] = [];
  const waiting: { readonly test: (message: Message) => boolean; readonly resolve: (message: Message) => void }[] = [];
  adapter.onDidSendMessage((sent) => {
    const message = sent as Message;
    messages.push(message);
    for (const one of waiting.filter(({ test }) => test(message))) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(message);
    }
  });
  const next = (test: (message: Message) => boolean): Promise<Message> =>
    new Promise((resolve) => waiting.push({ test, resolve }));
  let seq = 0;
  return {
    adapter,
    messages,
    event: (name: string) => next(({ event }) => event === name),
    request(command: string, args?: unknown): Promise<Message> {
      const answer = next((message) => message.type === 'response' && message.command === command);
      adapter.handleMessage({ type: 'request', seq: ++seq, command, arguments: args } as never);
      return answer;
    },
  };
}

function toolsFor(answer: (params: DebugParams) => unknown): Pick<Tools, 'vscode' | 'server'> {
  const { tools } = fake();
  const Uri = Object.assign(tools.vscode.Uri, { file: (path: string) => tools.vscode.Uri.from({ scheme: 'file', path }) });
  return {
    vscode: { ...tools.vscode, Uri },
    server: {
      ...tools.server,
      request: async <R>(name: string, params?: unknown) => {
        expect(name).toBe(method.debug);
        return answer(params as DebugParams) as R;
      },
    },
  };
}

/** The server's part: sessions as its workers have them. */
function serving(log: DebugParams[] = []): Pick<Tools, 'vscode' | 'server'> {
  let session: DebugSession | undefined;
  return toolsFor((params) => {
    log.push(params);
    if (params.kind === 'end') return null;
    if (params.kind === 'ask') return session?.answer(params.request as DebugRequest);
    const { trace, project } = brokenTrace(race);
    const subject = traceSubject(trace, project, loadLibrary());
    if ('error' in subject) throw new Error(subject.error);
    session = openDebugSession(subject);
    return null;
  });
}

describe('the adapter', () => {
  it('takes an editor through a session: launch, breach, back, variables, end', async () => {
    const log: DebugParams[] = [];
    const editor = connect(serving(log));
    const { body: able } = await editor.request('initialize', { adapterID: 'irpsight' });
    expect(able).toMatchObject({ supportsStepBack: true, supportsConfigurationDoneRequest: true });
    expect(able.exceptionBreakpointFilters.map(({ filter }: { filter: string }) => filter)).toEqual(['rule', 'irql']);

    const initialized = editor.event('initialized');
    expect((await editor.request('launch', { finding: { uri: 'file:///d', rule: 'completion/twice', line: 1 } })).success).toBe(
      true,
    );
    await initialized;
    const source = { path: `${race}.driver.ts` };
    const { body: set } = await editor.request('setBreakpoints', { source, breakpoints: [{ line: 2 }] });
    expect(set.breakpoints).toEqual([{ verified: true, line: expect.any(Number) }]);
    await editor.request('setBreakpoints', { source, breakpoints: [] });
    await editor.request('setExceptionBreakpoints', { filters: ['rule'] });

    const stopped = editor.event('stopped');
    await editor.request('configurationDone');
    const { body: breach } = await stopped;
    expect(breach).toMatchObject({
      reason: 'exception',
      allThreadsStopped: true,
      text: expect.stringMatching(/^completion\/twice: /),
    });
    expect((await editor.request('exceptionInfo', { threadId: breach.threadId })).body.exceptionId).toBe('completion/twice');
    const { body: threads } = await editor.request('threads');
    expect(threads.threads.map(({ id }: { id: number }) => id)).toContain(breach.threadId);

    const back = editor.event('stopped');
    await editor.request('stepBack', { threadId: breach.threadId });
    const { body: before } = await back;
    expect(before.reason).toBe('step');
    const { body: stack } = await editor.request('stackTrace', { threadId: before.threadId, startFrame: 0, levels: 20 });
    const own = stack.stackFrames.find(({ presentationHint }: { presentationHint?: string }) => presentationHint === undefined);
    expect(own.source).toEqual({ name: `${race}.driver.ts`, path: `${race}.driver.ts` });
    const { body: scopes } = await editor.request('scopes', { frameId: own.id });
    expect(scopes.scopes[0]).toMatchObject({ name: 'Locals', presentationHint: 'locals' });
    const { body: locals } = await editor.request('variables', { variablesReference: scopes.scopes[0].variablesReference });
    const irp = locals.variables.find(({ name }: { name: string }) => name === 'Irp');
    const { body: members } = await editor.request('variables', { variablesReference: irp.variablesReference });
    expect(members.variables[0]).toMatchObject({ name: 'cancel state', variablesReference: 0 });
    const { body: value } = await editor.request('evaluate', { expression: 'Irp.StackCount', frameId: own.id, context: 'hover' });
    expect(value.result).toBe('1');
    const wrong = await editor.request('evaluate', { expression: 'process.exit()', frameId: own.id });
    expect([wrong.success, wrong.message]).toEqual([false, expect.stringContaining('Only a variable')]);

    await editor.request('disconnect');
    editor.adapter.dispose();
    expect(log.filter(({ kind }) => kind === 'end').length).toBe(1);
  });

  it('lets commands choose what runs next, and says where nothing leads to what they ask for', async () => {
    const editor = connect(serving());
    await editor.request('launch', { finding: { uri: 'file:///d', rule: 'x/y', line: 1 } });
    const { body } = await editor.request('choices');
    expect(body.choices).toEqual([expect.objectContaining({ label: 'main', next: true })]);
    const stopped = editor.event('stopped');
    expect((await editor.request('choose', { choice: 0 })).body).toEqual({ happened: true });
    expect((await stopped).body.reason).toBe('step');
    expect((await editor.request('lead', { to: 'cancel' })).body).toEqual({ happened: false });
    expect((await editor.request('lead', { to: 'worse' })).success).toBe(false);
  });

  it('survives whatever comes', async () => {
    const editor = connect(serving());
    await editor.request('launch', { finding: { uri: 'file:///d', rule: 'x/y', line: 1 } });
    for (const [command, args] of [
      ['unknown', {}],
      ['constructor', {}],
      ['evaluate', { expression: {} }],
    ] as const)
      expect((await editor.request(command, args)).success, command).toBe(false);
    for (const [command, args] of [
      ['setBreakpoints', { breakpoints: 'all' }],
      ['setExceptionBreakpoints', { filters: 7, filterOptions: [{ filterId: 'irql', condition: '}' }] }],
      ['stackTrace', { threadId: 1e9 }],
      ['scopes', { frameId: -1 }],
      ['variables', { variablesReference: 4.5 }],
      ['variables', null],
    ] as const)
      expect((await editor.request(command, args)).success, command).toBe(true);
  });

  it('tells why a launch failed, and ends', async () => {
    const editor = connect(
      toolsFor(() => {
        throw new Error('There is no scenario Nothing.');
      }),
    );
    const ended = editor.event('terminated');
    const answer = await editor.request('launch', { program: '/d/a.driver.ts', scenario: 'Nothing' });
    expect([answer.success, answer.message]).toEqual([false, 'There is no scenario Nothing.']);
    await ended;
  });
});

describe('launch configurations', () => {
  const { vscode } = toolsFor(() => null);

  it.each([
    [{ program: '/d/a.driver.ts', scenario: 'S' }, { uri: 'file:///d/a.driver.ts', scenario: 'S' }, true],
    [
      { program: 'untitled:Untitled-1', scenario: 'S', cpus: 1, stopOnEntry: false },
      { uri: 'untitled:Untitled-1', scenario: 'S', processors: 1 },
      false,
    ],
    [{ program: 'untitled:/d/a.driver.ts', scenario: 'S' }, { uri: 'untitled:/d/a.driver.ts', scenario: 'S' }, true],
    [{ program: 'file:///d/a.driver.ts', scenario: 'S' }, { uri: 'file:///d/a.driver.ts', scenario: 'S' }, true],
    [{ program: 'c:\\d\\a.driver.ts', scenario: 'S' }, { uri: 'file://c:\\d\\a.driver.ts', scenario: 'S' }, true],
    [{ program: 'C:/d/a.driver.ts', scenario: 'S' }, { uri: 'file://C:/d/a.driver.ts', scenario: 'S' }, true],
    [{ trace: '/d/a.trace.json' }, { trace: 'file:///d/a.trace.json' }, false],
  ])('reads %j', (given, subject, stopOnEntry) => expect(readLaunch(vscode, given)).toEqual({ subject, stopOnEntry }));

  it.each([
    [{}, 'scenario'],
    [{ scenario: 7 }, 'scenario'],
    [{ scenario: 'S' }, 'program'],
    [{ scenario: 'S', program: ['x'] }, 'program'],
    [{ scenario: 'S', program: '/a', cpus: 9 }, 'cpus'],
    [{ scenario: 'S', program: '/a', cpus: '2' }, 'cpus'],
    [{ trace: {} }, 'trace'],
    [{ scenario: 'S', program: '/a', stopOnEntry: 'yes' }, 'stopOnEntry'],
  ])('refuses %j for its %s', (given, name) => expect(() => readLaunch(vscode, given)).toThrow(`not right: ${name} is`));

  it('without one, the file in the editor is meant, and the scenario is asked for', async () => {
    const { tools, log } = fake({
      active: '/d/a.driver.ts',
      choose: 'Two',
      answers: { [method.scenarios]: [{ name: 'One' }, { name: 'Two' }] },
    });
    const provider = configurationProvider(tools);
    const made = await provider.resolveDebugConfiguration?.(undefined, { type: '', name: '', request: '' });
    expect(made).toMatchObject({ type: 'irpsight', request: 'launch', program: 'file:///d/a.driver.ts' });
    if (made == null) throw new Error('none was made');
    const whole = await provider.resolveDebugConfigurationWithSubstitutedVariables?.(undefined, made);
    expect(whole).toMatchObject({ scenario: 'Two' });
    expect(log).toContain('pick One, Two');
    // The file that was asked about is the one that is debugged, wherever its scenarios stand.
    expect(readLaunch(vscode, whole ?? {}).subject).toEqual({ uri: 'file:///d/a.driver.ts', scenario: 'Two' });
  });

  it.each([
    ['untitled:Untitled-1', 'untitled:Untitled-1', 'Untitled-1'],
    ['untitled:/d/a.driver.ts', 'untitled:/d/a.driver.ts', 'a.driver.ts'],
    ['/d/a.driver.ts', 'file:///d/a.driver.ts', 'a.driver.ts'],
    ['C:/d/a.driver.ts', 'file://C:/d/a.driver.ts', 'a.driver.ts'],
  ])('asks for the scenarios of %s', async (program, uri, name) => {
    const { tools, log } = fake({ answers: { [method.scenarios]: [] } });
    const given = { type: 'irpsight', name: '', request: 'launch', program };
    const provider = configurationProvider({ ...tools, vscode: { ...tools.vscode, Uri: vscode.Uri } });
    expect(await provider.resolveDebugConfigurationWithSubstitutedVariables?.(undefined, given)).toBeUndefined();
    expect(log).toEqual([
      `request ${method.scenarios} ${JSON.stringify({ uri })}`,
      `warning: There is nothing to explore in ${name}.`,
    ]);
  });
});

describe('commands', () => {
  function debugging(answers: Record<string, unknown>, choose?: string) {
    const made = fake({ active: '/d/a.driver.ts', choose });
    const asked: unknown[] = [];
    const started: unknown[] = [];
    const session = {
      type: 'irpsight',
      customRequest: async (name: string, args: unknown) => {
        asked.push([name, args]);
        return answers[name];
      },
    };
    const debug = {
      activeDebugSession: Object.keys(answers).length === 0 ? undefined : session,
      startDebugging: async (_folder: unknown, configuration: unknown) => started.push(configuration) > 0,
    };
    const workspace = { ...made.tools.vscode.workspace, getWorkspaceFolder: () => undefined };
    const vscode = { ...made.tools.vscode, debug, workspace } as unknown as Tools['vscode'];
    return { tools: { ...made.tools, vscode }, log: made.log, asked, started };
  }

  it('start a session on a scenario or a finding', async () => {
    const { tools, started } = debugging({});
    await debugScenario(tools, 'file:///d/a.scenario.ts', 'S');
    await debugFinding(tools, { uri: 'file:///d/a.driver.ts', rule: 'x/y', line: 3 });
    expect(started).toEqual([
      { type: 'irpsight', request: 'launch', name: 'S', program: 'file:///d/a.scenario.ts', scenario: 'S' },
      { type: 'irpsight', request: 'launch', name: 'x/y', finding: { uri: 'file:///d/a.driver.ts', rule: 'x/y', line: 3 } },
    ]);
  });

  it('ask what runs next', async () => {
    const choices = [
      { id: 0, label: 'Reader', detail: 'ReadFile', next: true },
      { id: 1, label: 'Canceller', detail: 'CancelIoEx', next: false },
    ];
    const { tools, asked, log } = debugging({ choices: { choices }, choose: { happened: true } }, 'Canceller');
    await chooseNext(tools);
    expect(asked).toEqual([
      ['choices', undefined],
      ['choose', { choice: 1 }],
    ]);
    expect(log).toEqual(['pick Reader, Canceller']);
  });

  it('say what cannot be', async () => {
    const { tools, log } = debugging({ lead: { happened: false }, choices: { choices: [] } });
    await makeHappen(tools, 'cancel');
    await makeHappen(tools, 'interrupt');
    await chooseNext(tools);
    const none = debugging({});
    await makeHappen(none.tools, 'remove');
    expect([...log, ...none.log].map((line) => line.slice(0, 60))).toEqual(
      [
        'information: No context that could run next calls IoCancelIrp: no th',
        'information: No interrupt can come now: no device has one pending, a',
        'information: Nothing can run next: the run is at its end.',
        'information: No scenario or schedule is being debugged.',
      ].map((line) => line.slice(0, 60)),
    );
  });
});
