import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newDriver, newScenario } from '../../client/commands/create.ts';
import { handlers } from '../../client/commands/index.ts';
import { explainRule } from '../../client/commands/rules.ts';
import { replayTrace, showTrace } from '../../client/commands/traces.ts';
import { command, method } from '../../client/protocol.ts';
import type { TraceView } from '../../client/tools.ts';
import { compile } from '../../src/compiler/compile.ts';
import { loadLibrary } from '../kit/library.ts';
import { fake } from './fake.ts';

const driver = '/w/mailbox.driver.ts';
const starter = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');

describe('Show Trace', () => {
  const schedules = { timeline: { scenario: 'Race', steps: [{}, {}] } };
  const finding = (code: unknown, from: number, to = from, source = 'irpsight') => ({
    code,
    source,
    message: 'lost',
    range: { start: { line: from }, end: { line: to } },
  });

  it('shows the schedule of the finding at the cursor beside the editor', async () => {
    const diagnostics = [
      finding('cancel/lost', 9),
      finding({ value: 'lock/order', target: 'x' }, 3, 5),
      finding('TS2322', 4),
      finding('cancel/lost', 4, 4, 'other'),
    ];
    const { tools, log } = fake({ active: driver, line: 4, diagnostics, answers: { [method.timeline]: schedules } });
    await showTrace(tools);
    expect(log).toEqual([
      `request irpsight/timeline {"uri":"file://${driver}","rule":"lock/order","line":3}`,
      'view lock/order (Race), steps: 2',
    ]);
  });

  it('offers to pin it, and to show it as text', async () => {
    const answers = { [method.timeline]: schedules, [method.trace]: { text: 'steps' } };
    const { tools, log } = fake({ answers });
    let view: TraceView | undefined;
    const given = { uri: `file://${driver}`, rule: 'lock/order', line: 3 };
    await showTrace({ ...tools, traces: { show: (shown) => (view = shown) } }, given);
    await view?.finding?.pin();
    await view?.finding?.asText();
    expect(log.slice(1)).toEqual([
      `command ${command.pinTrace} ${JSON.stringify(given)}`,
      `request irpsight/trace ${JSON.stringify(given)}`,
      'document lock-order.4.trace.txt: steps',
      'show irpsight:///lock-order.4.trace.txt',
    ]);
  });

  it('asks which finding where there are several', async () => {
    const diagnostics = [finding('cancel/lost', 4), finding('lock/order', 4)];
    const options = { active: driver, line: 4, diagnostics, choose: 'lock/order', answers: { [method.timeline]: schedules } };
    const { tools, log } = fake(options);
    await showTrace(tools);
    expect(log[0]).toBe('pick cancel/lost, lock/order');
    expect(log[1]).toContain('"rule":"lock/order"');
  });

  it('says where there is no finding, and offers to explore where there is no schedule', async () => {
    const none = fake({ active: driver, line: 4 });
    await showTrace(none.tools);
    expect(none.log).toEqual(['information: There is no finding of Irpsight at the cursor.']);
    const unknown = fake({ answers: { [method.timeline]: null }, choose: 'Explore File' });
    await showTrace(unknown.tools, { uri: `file://${driver}`, rule: 'cancel/lost', line: 4 });
    await new Promise((resolve) => setTimeout(resolve));
    expect(unknown.log.slice(1)).toEqual([
      'information: No schedule of cancel/lost is known yet. Explore the file to look for one.',
      `command ${command.exploreFile} file://${driver}`,
    ]);
  });
});

describe('Replay Trace', () => {
  const replayed = { outcome: 'mismatch', report: 'expected, found' };

  it('follows the trace in the active editor, else one that is chosen', async () => {
    const active = fake({ active: '/w/a.trace.json', language: 'json', answers: { [method.replay]: replayed } });
    await replayTrace(active.tools);
    expect(active.log).toEqual([
      'progress Following the schedule in a.trace.json',
      'request irpsight/replay {"uri":"file:///w/a.trace.json"}',
      'output expected, found',
      'warning: The schedule can no longer be followed.',
    ]);
    const chosen = fake({ active: driver, dialog: '/t/b.trace.json', answers: { [method.replay]: replayed } });
    await replayTrace(chosen.tools);
    expect(chosen.log[1]).toBe('request irpsight/replay {"uri":"file:///t/b.trace.json"}');
    const none = fake();
    await replayTrace(none.tools);
    expect(none.log).toEqual([]);
  });

  it('can be cancelled, and then says nothing of the schedule', async () => {
    const error = Object.assign(new Error('It was cancelled.'), { code: -32800 });
    const byServer = fake({ answers: { [method.replay]: error } });
    const byToken = fake({ cancel: true, answers: { [method.replay]: new Error('connection got cancelled') } });
    for (const { tools, log } of [byServer, byToken]) {
      expect(await replayTrace(tools, 'file:///w/a.trace.json')).toBeUndefined();
      expect(log.slice(2)).toEqual([
        'information: Following the schedule in a.trace.json was cancelled, so nothing is known of it.',
      ]);
    }
  });

  it('hands on what cancels it, and what the server cannot do', async () => {
    const { tools } = fake();
    const request = async (_name: string, _params: unknown, token?: unknown) => {
      expect(token).toBeDefined();
      throw new Error('it has crashed');
    };
    const server = { ...tools.server, request };
    await expect(replayTrace({ ...tools, server }, 'file:///w/a.trace.json')).rejects.toThrow('it has crashed');
  });
});

describe('Explain Rule', () => {
  it('shows the page of the rule that is chosen', async () => {
    const answers = {
      [method.rules]: [{ id: 'cancel/lost', title: 'Cancel lost' }],
      [method.explain]: { markdown: '# cancel/lost' },
    };
    const { tools, log } = fake({ answers, choose: 'cancel/lost' });
    await explainRule(tools);
    expect(log.slice(2)).toEqual([
      'request irpsight/explain {"rule":"cancel/lost"}',
      'document cancel-lost.md: # cancel/lost',
      'command markdown.showPreview irpsight:///cancel-lost.md',
    ]);
  });

  it('says where there is no such rule', async () => {
    const { tools, log } = fake({ answers: { [method.explain]: null } });
    await explainRule(tools, 'no/such');
    expect(log.at(-1)).toBe('warning: There is no rule no/such.');
  });
});

describe('New Driver', () => {
  const shipped = { '/ext/dist/starter/mailbox.driver.ts': 'driver', '/ext/dist/starter/mailbox.scenario.ts': 'scenario' };

  it('copies the starter into an empty folder and opens the driver', async () => {
    const { tools, log, files } = fake({ files: shipped, dialog: '/w/new' });
    await newDriver(tools);
    expect(files.get('/w/new/mailbox.driver.ts')).toBe('driver');
    expect(files.get('/w/new/mailbox.scenario.ts')).toBe('scenario');
    expect(log).toEqual(['show file:///w/new/mailbox.driver.ts']);
  });

  it('writes nothing into a folder that is not empty', async () => {
    const { tools, log, files } = fake({ files: { ...shipped, '/w/new/notes.txt': '' }, dialog: '/w/new' });
    await newDriver(tools);
    expect([...files.keys()].filter((name) => name.startsWith('/w/'))).toEqual(['/w/new/notes.txt']);
    expect(log).toEqual(['error: The folder new is not empty, so nothing was written. Choose an empty one.']);
  });
});

describe('New Scenario', () => {
  it('writes a scenario for the active driver that compiles', async () => {
    const { tools, log, files } = fake({ files: { [driver]: starter }, active: driver });
    await newScenario(tools);
    const text = files.get('/w/mailbox.scenario.ts') ?? '';
    expect(text).toContain(String.raw`CreateFile('\\\\.\\Mailbox')`);
    expect(log).toEqual(['show file:///w/mailbox.scenario.ts']);
    const sources = [
      { path: 'mailbox.driver.ts', text: starter, origin: 'driver' as const },
      { path: 'mailbox.scenario.ts', text, origin: 'environment' as const },
    ];
    const { problems, program } = compile({ sources, library: loadLibrary() });
    expect(problems).toEqual([]);
    expect(program?.scenarios.map(({ name }) => name)).toEqual(['ReadCancelled']);
  });

  it('takes the next free name', async () => {
    const taken = { [driver]: starter, '/w/mailbox.scenario.ts': 'mine', '/w/mailbox-2.scenario.ts': 'mine' };
    const { tools, files } = fake({ files: taken, active: driver });
    await newScenario(tools);
    expect(files.get('/w/mailbox.scenario.ts')).toBe('mine');
    expect(files.get('/w/mailbox-3.scenario.ts')).toContain("from './mailbox.driver'");
  });

  it('wants a driver', async () => {
    const { tools, log } = fake({ active: '/w/mailbox.scenario.ts' });
    await newScenario(tools);
    expect(log).toEqual(['warning: Open the driver (a file *.driver.ts) that the scenario is for first.']);
  });
});

describe('the others', () => {
  it('restart the server, cancel, and show the output without the focus', async () => {
    const { tools, log } = fake();
    await handlers[command.restartServer](tools);
    await handlers[command.cancelExploration](tools);
    await handlers[command.showOutput](tools);
    expect(log).toEqual(['restart', 'output The language server was started anew.', 'notify irpsight/cancel', 'output shown']);
  });
});
