/** Debug sessions over a real connection: each in a worker of its own. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DebugLaunch, type DebugParams, method } from '../../client/protocol.ts';
import { registerDebug } from '../../server/debug.ts';
import { createPaths } from '../../server/paths.ts';
import type { DebugAnswers, DebugRequest } from '../../src/debug/protocol.ts';
import { Editor } from './lsp.ts';

const driver = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');
const scenario = readFileSync('src/cli/starter/mailbox.scenario.ts', 'utf8');

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-debug-')));
  writeFileSync(join(folder, 'mailbox.driver.ts'), driver);
  writeFileSync(join(folder, 'mailbox.scenario.ts'), scenario);
  editor = new Editor({ onType: false });
  await editor.start(folder);
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

const send = <T>(params: DebugParams): Promise<T> => editor.request<T>(method.debug, params);
const launch = (session: number, what: DebugLaunch): Promise<null> => send({ kind: 'launch', session, launch: what });
const ask = <K extends DebugRequest['kind']>(
  session: number,
  request: Extract<DebugRequest, { kind: K }>,
): Promise<DebugAnswers[K]> => send({ kind: 'ask', session, request });
const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;
const scenarioName = /export const (\w+): SCENARIO/.exec(scenario)?.[1] ?? '';

it('debugs a scenario: a breakpoint in the driver, and one in the model, where its source lies', async () => {
  await launch(1, { uri: uriOf('mailbox.scenario.ts'), scenario: scenarioName });
  const file = join(folder, 'mailbox.driver.ts');
  const line = driver.split('\n').findIndex((one) => one.includes('IoMarkIrpPending(Irp)')) + 1;
  expect(await ask(1, { kind: 'breakpoints', file, wanted: [{ line }] })).toEqual([{ verified: true, line }]);
  const stopped = await ask(1, { kind: 'run', how: 'continue' });
  expect(stopped.reason).toBe('breakpoint');
  const stack = await ask(1, { kind: 'stack', thread: stopped.thread });
  expect(stack[0]).toMatchObject({ at: { file, line } });
  const model = stack.find(({ name }) => name === 'IoCallDriver')?.at?.file ?? '';
  expect(model).toMatch(/irpsight[\\/]wdm[\\/]call\.ts$/);
  expect(existsSync(model)).toBe(true);
  const [set] = await ask(1, { kind: 'breakpoints', file: model, wanted: [{ line: 1 }] });
  expect(set.verified).toBe(true);
  await send({ kind: 'end', session: 1 });
  await expect(ask(1, { kind: 'threads' })).rejects.toThrow('The debug session has ended.');
});

it('debugs the text as the editor holds it', async () => {
  const uri = editor.open(join(folder, 'mailbox.driver.ts'), `${driver}\nconst Wrong: LONG = 'text';\n`);
  await expect(launch(2, { uri, scenario: scenarioName })).rejects.toThrow(/cannot be run as it stands/);
  editor.change(uri, driver);
  expect(await launch(2, { uri, scenario: scenarioName })).toBe(null);
  editor.close(uri);
});

it('debugs a document that was never saved: frames and breakpoints name it by its URI', async () => {
  const uri = 'untitled:/w/mailbox.driver.ts';
  editor.openAs(uri, driver);
  const [named] = await editor.request<readonly { readonly name: string }[]>(method.scenarios, { uri });
  await launch(5, { uri, scenario: named.name });
  const line = driver.split('\n').findIndex((one) => one.includes('IoCreateDevice(')) + 1;
  expect(await ask(5, { kind: 'breakpoints', file: uri, wanted: [{ line }] })).toEqual([{ verified: true, line }]);
  const stopped = await ask(5, { kind: 'run', how: 'continue' });
  const stack = await ask(5, { kind: 'stack', thread: stopped.thread });
  expect(stack[0]).toMatchObject({ at: { file: uri, line } });
  await send({ kind: 'end', session: 5 });
  editor.close(uri);
});

it.each<[DebugLaunch, string]>([
  [{}, 'Name what is to be debugged'],
  [{ uri: 'file:///a.driver.ts', scenario: 'S', processors: 0 }, '1 to 8 processors'],
  [{ uri: 'file:///a.driver.ts', scenario: 'S', processors: -1 }, '1 to 8 processors'],
  [{ uri: 'file:///a.driver.ts', scenario: 'S', processors: 1.5 }, '1 to 8 processors'],
  [{ uri: 'file:///a.driver.ts', scenario: 'S', processors: 1e9 }, '1 to 8 processors'],
  [{ uri: 'https://example.org/a.driver.ts', scenario: 'S' }, 'Name what is to be debugged'],
  [{ uri: 'file:///nowhere/a.driver.ts', scenario: 'S' }, 'cannot be run as it stands'],
  [{ trace: 'file:///nowhere/a.trace.json' }, 'Cannot read'],
  [{ finding: { uri: 'file:///nowhere/a.driver.ts', rule: 'completion/twice', line: 0 } }, 'No schedule of completion/twice'],
])('says what is wrong with %j', async (what, message) => {
  await expect(launch(3, what)).rejects.toThrow(message);
});

it('says what is wrong with a trace file, and that a schedule does not fit', async () => {
  const trace = {
    schemaVersion: 1,
    file: 'mailbox.driver.ts',
    sourceHash: '',
    scenario: scenarioName,
    processors: 2,
    rule: 'completion/twice',
    schedule: [{ kind: 'step', context: 'Nobody', func: 'HarnessMain', at: 0 }],
    steps: [],
  };
  const file = join(folder, 'odd.trace.json');
  writeFileSync(file, JSON.stringify(trace));
  await expect(launch(4, { trace: uriOf('odd.trace.json') })).rejects.toThrow('cannot be followed past decision 0');
  writeFileSync(file, JSON.stringify({ ...trace, processors: -1 }));
  await expect(launch(4, { trace: uriOf('odd.trace.json') })).rejects.toThrow('processors');
  writeFileSync(file, JSON.stringify({ ...trace, schedule: [] }));
  expect(await launch(4, { trace: uriOf('odd.trace.json') })).toBe(null);
  expect((await ask(4, { kind: 'run', how: 'entry' })).reason).toBe('entry');
});

it('ends a session whose worker hangs or breaks down, and says so', async () => {
  const worker = join(folder, 'worker.mjs');
  const handlers = new Map<string, (params: DebugParams) => Promise<unknown>>();
  const log: string[] = [];
  const connection = { onRequest: (name: string, handler: never) => void handlers.set(name, handler) } as never;
  const paths = createPaths(join(folder, 'library'));
  const common = { worker, library: folder, compileLimit: 0, paths, open: () => new Map() };
  const register = (patience: number): (() => void) =>
    registerDebug(connection, { ...common, patience, drivers: {} as never, folders: {} as never, log: (line) => log.push(line) });
  const request = (params: DebugParams): Promise<unknown> => handlers.get(method.debug)?.(params) ?? Promise.resolve();
  const begin = { kind: 'launch', session: 1, launch: { uri: uriOf('mailbox.driver.ts'), scenario: 'S' } } as const;

  const endHanging = register(300);
  writeFileSync(worker, `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { for (;;); });`);
  await expect(request(begin)).rejects.toThrow('did not answer within 0.3 s');
  await expect(request({ kind: 'ask', session: 1, request: { kind: 'threads' } })).rejects.toThrow('has ended');
  endHanging();
  // Who breaks down is to have begun, however long that takes on a busy machine.
  const end = register(30_000);
  writeFileSync(
    worker,
    `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { throw new Error('broken'); });`,
  );
  await expect(request(begin)).rejects.toThrow('broken');
  expect(log.length).toBe(2);
  end();
});
