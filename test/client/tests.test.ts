import { describe, expect, it, vi } from 'vitest';
import { handlers } from '../../client/commands/index.ts';
import { type DriverTests, type ExploreResult, method, type ScenarioVerdict } from '../../client/protocol.ts';
import type { FakeOptions } from './fake.ts';
import { fake } from './fake.ts';
import { testExplorer } from './fake-tests.ts';

const box = '/w/box/mailbox.driver.ts';
const range = { start: { line: 7, character: 2 }, end: { line: 7, character: 20 } };
const place = (name: string) => ({ name, uri: `file://${box}`, range });
const pinned = { uri: 'file:///w/box/mailbox.cancel-lost.One.trace.json', scenario: 'One', rule: 'cancel/lost' };
const tests: DriverTests = { scenarios: [place('One'), place('Two')], schedules: [pinned] };
const verdict = (name: string, word: ScenarioVerdict['verdict'], bounds: readonly string[] = []): ScenarioVerdict => ({
  name,
  verdict: word,
  states: 10,
  seconds: 0.5,
  bounds,
});
const breach = { scenario: 'Two', uri: `file://${box}`, range, rule: 'cancel/lost', message: 'A cancel is lost.' };
const explored: ExploreResult = {
  verdicts: [verdict('One', 'verified'), verdict('Two', 'error')],
  findings: 1,
  problems: 0,
  breaches: [breach],
  report: 'the report\n',
};

function explorer(answers: FakeOptions['answers'] = {}) {
  return testExplorer([box], {
    answers: {
      [method.tests]: tests,
      [method.explore]: explored,
      [method.replay]: { outcome: 'verified', report: '' },
      ...answers,
    },
  });
}

describe('the tree', () => {
  it('has the drivers of the workspace, and beneath each its scenarios and pinned schedules once somebody looks', async () => {
    const { tree, expand, log, item } = explorer();
    expect(tree()).toEqual([]);
    await expand();
    expect(tree()).toEqual(['mailbox.driver.ts (box)']);
    expect(log).toEqual([]);
    await expand(box);
    expect(tree().slice(1)).toEqual(['  One', '  Two', '  cancel/lost in One']);
    expect(log).toEqual([`request irpsight/tests {"uri":"file://${box}"}`]);
    expect(item(box, 'One').range).toEqual(range);
  });

  it('does not show a part of another driver', async () => {
    const { tree, expand } = explorer({ [method.tests]: null });
    await expand();
    await expand(box);
    expect(tree()).toEqual([]);
  });

  it('says why the scenarios are not known, and keeps those that were', async () => {
    const answers: Record<string, unknown> = { [method.tests]: tests };
    const { tree, expand } = testExplorer([box], { answers });
    await expand();
    await expand(box);
    answers[method.tests] = { scenarios: [], schedules: [], error: 'there is an error' };
    await expand(box);
    expect(tree()).toEqual(['mailbox.driver.ts (box): there is an error', '  One', '  Two']);
  });

  it('has a driver that is opened at once, and follows what is written, made and deleted beside it', async () => {
    vi.useFakeTimers();
    const answers: Record<string, unknown> = { [method.tests]: tests };
    const { tree, open, changed, created, deleted, log } = testExplorer([], { answers });
    open(box);
    await vi.advanceTimersByTimeAsync(0);
    expect(tree()).toHaveLength(4);
    answers[method.tests] = { ...tests, scenarios: [place('Three')] };
    const beside = (path: string) => ({ path, toString: () => `file://${path}` }) as never;
    changed.fire(beside('/w/box/mailbox.scenario.ts'));
    changed.fire(beside('/w/elsewhere/mailbox.scenario.ts'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(tree().slice(1)).toEqual(['  Three', '  cancel/lost in One']);
    expect(log.filter((line) => line.startsWith('invalidated'))).toEqual(['invalidated mailbox.driver.ts']);
    created.fire(beside('/w/other.driver.ts'));
    expect(tree()).toContain('other.driver.ts');
    deleted.fire(beside(box));
    expect(tree()).toEqual(['other.driver.ts']);
    vi.useRealTimers();
  });

  it('asks again about a driver when one of its files has changed, wherever that lies, and about no other file', async () => {
    vi.useFakeTimers();
    const elsewhere = '/w/parts/queue.driver.ts';
    const answers = { [method.tests]: { ...tests, files: [`file://${box}`, `file://${elsewhere}`] } as DriverTests };
    const { open, changed, log } = testExplorer([], { answers });
    const asked = async (path: string): Promise<boolean> => {
      log.length = 0;
      changed.fire({ path, toString: () => `file://${path}` } as never);
      await vi.advanceTimersByTimeAsync(1000);
      return log.includes('invalidated mailbox.driver.ts');
    };
    open(box);
    await vi.advanceTimersByTimeAsync(0);
    for (const path of [box, elsewhere, '/w/box/new.scenario.ts', '/w/box/irpsight.json', '/w/irpsight.json'])
      expect(await asked(path), path).toBe(true);
    for (const path of ['/w/box/README.md', '/w/box/other.driver.ts', '/w/parts/irpsight.json', '/w/box/b/x.scenario.ts'])
      expect(await asked(path), path).toBe(false);
    // With an error it may be for want of another file.
    answers[method.tests] = { ...answers[method.tests], error: 'there is an error' };
    await asked(box);
    expect(await asked('/w/box/other.driver.ts')).toBe(true);
    expect(await asked('/w/box/README.md')).toBe(false);
    vi.useRealTimers();
  });

  it('shows what was asked last, whichever answer comes last', async () => {
    const waiting: ((answer: DriverTests | null) => void)[] = [];
    const { tree, expand, item } = explorer({ [method.tests]: () => new Promise((resolve) => waiting.push(resolve)) });
    await expand();
    const [first, second] = [expand(box), expand(box)];
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]({ scenarios: [place('New')], schedules: [] });
    await second;
    waiting[0]({ scenarios: [place('Old')], schedules: [] });
    await first;
    expect(tree().slice(1)).toEqual(['  New']);
    expect(item(box).busy).toBe(false);
  });
});

describe('a run', () => {
  it('explores a driver once when all of it is asked for, and shows each breach at its line', async () => {
    const { run, log, messages, expand } = explorer();
    await expand();
    await run('Run');
    expect(log.slice(1)).toEqual([
      'started One',
      'started Two',
      `request irpsight/explore {"uri":"file://${box}"}`,
      'passed One',
      'failed Two: cancel/lost: A cancel is lost.',
      'started cancel/lost in One',
      `request irpsight/replay {"uri":"${pinned.uri}"}`,
      'passed cancel/lost in One',
      'end',
    ]);
    expect(messages[0].location).toMatchObject({ range });
  });

  it('explores a single scenario as run --scenario does, and leaves out what is excluded', async () => {
    const { run, log, item, expand } = explorer();
    await expand();
    await expand(box);
    await run('Run', [item(box)], { exclude: [item(box, 'Two'), item(box, 'cancel/lost in One')] });
    expect(log.slice(1)).toEqual([
      'started One',
      `request irpsight/explore {"uri":"file://${box}","scenario":"One"}`,
      'passed One',
      'end',
    ]);
  });

  it('does not let pass what is explored up to a bound, does not compile, or is gone', async () => {
    const outcome = async (result: ExploreResult): Promise<string | undefined> => {
      const { run, log, item, expand } = explorer({ [method.explore]: result });
      await expand();
      await expand(box);
      await run('Run', [item(box, 'One')]);
      return log.at(-2);
    };
    expect(await outcome({ ...explored, verdicts: [verdict('One', 'bounded', ['The budget of 5 states.'])] })).toBe(
      'errored One: no error up to bound\nThe budget of 5 states.',
    );
    expect(await outcome({ ...explored, verdicts: [], problems: 2 })).toBe(
      'errored One: mailbox.driver.ts has errors (2), so nothing was explored.\n\nthe report',
    );
    expect(await outcome({ ...explored, verdicts: [] })).toBe('errored One: There is no scenario One any more.');
    expect(await outcome({ ...explored, verdicts: [verdict('One', 'error')], breaches: [] })).toBe(
      'failed One: error, replayable',
    );
  });

  it('of a pinned schedule fails with its breach, and has an outcome of its own where it cannot be followed', async () => {
    const outcome = async (answer: object) => {
      const { run, log, item, expand, messages } = explorer({ [method.replay]: answer });
      await expand();
      await expand(box);
      await run('Run', [item(box, 'cancel/lost in One')]);
      return { said: log.at(-2), message: messages[0] };
    };
    const failed = await outcome({ outcome: 'breach', breach, report: 'steps' });
    expect(failed.said).toBe('failed cancel/lost in One: cancel/lost: A cancel is lost.');
    expect(failed.message.location).toMatchObject({ range });
    expect((await outcome({ outcome: 'verified', report: 'steps' })).said).toBe('passed cancel/lost in One');
    expect((await outcome({ outcome: 'open', report: 'bounded' })).said).toBe('errored cancel/lost in One: bounded');
    const mismatch = { decision: 3, of: 9, expected: 'Reader goes on at Read:40', found: 'nothing can go on' };
    const errored = await outcome({ outcome: 'mismatch', mismatch, report: 'steps' });
    expect(errored.said).toContain('errored cancel/lost in One: The schedule can no longer be followed: decision 3 of 9.');
    expect(errored.message).toMatchObject({ expectedOutput: mismatch.expected, actualOutput: mismatch.found });
    expect((await outcome({ outcome: 'unreadable', report: 'It is damaged.\n' })).said).toBe(
      'errored cancel/lost in One: It is damaged.',
    );
  });

  it('that is cancelled judges nothing', async () => {
    const before = explorer();
    await before.expand();
    await before.expand(box);
    await before.run('Run', undefined, { cancelled: true });
    expect(before.log.slice(1)).toEqual(['skipped One', 'skipped Two', 'skipped cancel/lost in One', 'end']);
    const during = explorer({ [method.explore]: Object.assign(new Error('cancelled'), { code: -32800 }) });
    await during.expand();
    await during.expand(box);
    await during.run('Run', [during.item(box, 'One')]);
    expect(during.log.slice(-2)).toEqual(['skipped One', 'end']);
    const replaying = explorer({ [method.replay]: Object.assign(new Error('cancelled'), { code: -32800 }) });
    await replaying.expand();
    await replaying.expand(box);
    await replaying.run('Run', [replaying.item(box, 'cancel/lost in One')]);
    expect(replaying.log.slice(-2)).toEqual(['skipped cancel/lost in One', 'end']);
  });

  it('that is cancelled on the way skips what has not begun', async () => {
    const token = { isCancellationRequested: false };
    const { run, log, expand } = explorer({
      [method.explore]: () => {
        token.isCancellationRequested = true;
        return { ...explored, verdicts: [verdict('One', 'verified'), verdict('Two', 'bounded')] };
      },
    });
    await expand();
    await run('Run', undefined, { token });
    expect(log.filter((entry) => /^(passed|failed|errored|skipped)/.test(entry))).toEqual([
      'passed One',
      'skipped Two',
      'skipped cancel/lost in One',
    ]);
  });

  it('judges a pinned schedule by what was found before it was cancelled', async () => {
    const outcomeOf = async (outcome: object) => {
      const token = { isCancellationRequested: false };
      const answer = () => {
        token.isCancellationRequested = true;
        return outcome;
      };
      const { run, log, item, expand } = explorer({ [method.replay]: answer });
      await expand();
      await expand(box);
      await run('Run', [item(box, 'cancel/lost in One')], { token });
      return log.at(-2);
    };
    expect(await outcomeOf({ outcome: 'open', report: '' })).toBe('skipped cancel/lost in One');
    expect(await outcomeOf({ outcome: 'unreadable', report: 'interrupted' })).toBe('skipped cancel/lost in One');
    expect(await outcomeOf({ outcome: 'verified', report: '' })).toBe('passed cancel/lost in One');
  });

  it('says what the server cannot do', async () => {
    const { run, log, expand } = explorer({ [method.explore]: new Error('it has crashed') });
    await expand();
    await run('Run');
    expect(log).toContain('errored One: it has crashed');
  });

  it('to debug starts a session for the scenario, or the trace file', async () => {
    const { run, item, expand, log } = explorer();
    await expand();
    await expand(box);
    await run('Debug', [item(box, 'One')]);
    await run('Debug', [item(box, 'cancel/lost in One')]);
    expect(log.filter((line) => line.startsWith('debug'))).toEqual([
      `debug {"type":"irpsight","request":"launch","name":"One","program":"file://${box}","scenario":"One"}`,
      expect.stringContaining(`"trace":"${pinned.uri}"`),
    ]);
  });

  it('with coverage shows the lines that anything reached', async () => {
    const coverage = [{ uri: `file://${box}`, reached: [3, 5], missed: [9] }];
    const { run, coverage: shown, item, expand, log } = explorer({ [method.explore]: { ...explored, coverage } });
    await expand();
    await expand(box);
    await run('Run with Coverage', [item(box, 'One'), item(box, 'Two')]);
    expect(log.filter((line) => line.includes('"coverage":true'))).toHaveLength(1);
    const lines = shown[0].statements.map((one) => {
      const { executed, location } = one as { executed: boolean; location: { start: { line: number } } };
      return `${location.start.line} ${executed}`;
    });
    expect(lines).toEqual(['3 true', '5 true', '9 false']);
  });
});

describe('the menu of a failure', () => {
  it('names the finding whose schedule is shown', async () => {
    const { run, messages, expand } = explorer();
    await expand();
    await run('Run');
    const { tools, log } = fake({ answers: { [method.pin]: null } });
    await handlers['irpsight.pinTrace'](tools, { test: {}, message: messages[0] });
    expect(log[0]).toBe(`request irpsight/pin {"uri":"file://${box}","rule":"cancel/lost","line":7}`);
  });
});

describe('Disable Rule Here', () => {
  const finding = { uri: `file://${box}`, rule: 'cancel/lost', line: 1, comment: '// irpsight-disable-next-line cancel/lost --' };
  const suppress = async (reason: string | undefined) => {
    const { tools } = fake();
    const inserted: unknown[] = [];
    const vscode = {
      ...tools.vscode,
      Position: class {
        readonly at: number[];
        constructor(...at: number[]) {
          this.at = at;
        }
      },
      WorkspaceEdit: class {
        insert(_uri: unknown, { at }: { at: number[] }, text: string): void {
          inserted.push(at, text);
        }
      },
      window: { showInputBox: async () => reason },
      workspace: { openTextDocument: async () => ({ lineAt: () => ({ text: '\t  x();' }) }), applyEdit: async () => true },
    };
    await handlers['irpsight.suppressFinding']({ ...tools, vscode: vscode as never }, finding);
    return inserted;
  };

  it('writes a comment of one line above, as far in as the line is, and none without a reason', async () => {
    expect(await suppress(' because\nI say so ')).toEqual([[1, 0], `\t  ${finding.comment} because I say so\n`]);
    expect(await suppress('  ')).toEqual([]);
    expect(await suppress(undefined)).toEqual([]);
  });
});

describe('Pin Trace as Test', () => {
  const answers = { [method.pin]: { driver: `file://${box}`, name: 'mailbox.cancel-lost.One.trace.json', text: '{}\n' } };
  const finding = { uri: `file://${box}`, rule: 'cancel/lost', line: 4 };

  it('writes the file beside the driver under a free name, and opens it only when asked to', async () => {
    const taken = { '/w/box/mailbox.cancel-lost.One.trace.json': 'mine' };
    const { tools, log, files } = fake({ answers, files: taken });
    await handlers['irpsight.pinTrace'](tools, finding);
    expect(files.get('/w/box/mailbox.cancel-lost.One.trace.json')).toBe('mine');
    expect(files.get('/w/box/mailbox.cancel-lost.One-2.trace.json')).toBe('{}\n');
    expect(log.slice(1)).toEqual([
      'information: mailbox.cancel-lost.One-2.trace.json now stands beside mailbox.driver.ts, and is a test of it.',
    ]);
    const opened = fake({ answers, choose: 'Open' });
    await handlers['irpsight.pinTrace'](opened.tools, finding);
    await new Promise((resolve) => setTimeout(resolve));
    expect(opened.log.at(-1)).toBe('show file:///w/box/mailbox.cancel-lost.One.trace.json');
  });
});
