import { describe, expect, it } from 'vitest';
import { exploreFile, runScenario } from '../../client/commands/explore.ts';
import { outcomeOf } from '../../client/commands/outcome.ts';
import { command, type ExploreResult, method, type ScenarioVerdict } from '../../client/protocol.ts';
import { verdictWords } from '../../src/report/verdict.ts';
import { fake } from './fake.ts';

const verified = verdict('One', 'verified');
const driver = '/w/mailbox.driver.ts';

describe('Explore File', () => {
  it('shows progress, writes the report, and ends with one message', async () => {
    const { tools, log } = fake({ active: driver, answers: { [method.explore]: result([verified]) }, choose: 'Show Report' });
    expect(await exploreFile(tools)).toEqual(result([verified]));
    await settled();
    expect(log).toEqual([
      'progress Exploring mailbox.driver.ts',
      `request irpsight/explore {"uri":"file://${driver}"}`,
      'progress One, 1,234 states',
      'output the report\n',
      'information: One: verified for this scenario.',
      'output shown',
    ]);
  });

  it('ends with a way to the schedule of what was found', async () => {
    const breach = (line: number) => ({
      scenario: 'One',
      uri: `file://${driver}`,
      range: { start: { line, character: 2 }, end: { line, character: 9 } },
      rule: 'cancel/lost',
      message: 'A cancel is lost.',
    });
    const explored = (...breaches: object[]) => ({ ...result([verdict('One', 'error')]), breaches });
    const one = fake({ active: driver, choose: 'Show Trace', answers: { [method.explore]: explored(breach(4), breach(4)) } });
    await exploreFile(one.tools);
    await settled();
    expect(one.log.at(-1)).toBe(`command ${command.showTrace} {"uri":"file://${driver}","rule":"cancel/lost","line":4}`);
    const two = fake({ active: driver, choose: 'Show Trace', answers: { [method.explore]: explored(breach(4), breach(9)) } });
    await exploreFile(two.tools);
    await settled();
    expect(two.log.at(-1)).toBe('pick cancel/lost, cancel/lost');
  });

  it('says that nothing is known where it was cancelled', async () => {
    const cancelledByToken = fake({ active: driver, cancel: true, answers: { [method.explore]: new Error('cancelled') } });
    expect(await exploreFile(cancelledByToken.tools)).toBeUndefined();
    const error = Object.assign(new Error('cancelled'), { code: -32800 });
    const cancelledByServer = fake({ active: driver, answers: { [method.explore]: error } });
    expect(await exploreFile(cancelledByServer.tools)).toBeUndefined();
    for (const { log } of [cancelledByToken, cancelledByServer])
      expect(log.at(-1)).toBe('information: Exploring mailbox.driver.ts was cancelled, so nothing is known of it.');
  });

  it('shows what is known where the server gave that upon a cancel', async () => {
    const bounded = verdict('One', 'bounded', ['The search was ended.']);
    const { tools, log } = fake({ active: driver, cancel: true, answers: { [method.explore]: result([bounded]) } });
    await exploreFile(tools);
    expect(log.at(-1)).toBe('warning: One: no error up to bound. The search was ended.');
  });

  it('passes on what the server cannot do, and listens to progress no longer', async () => {
    const { tools, log, status } = fake({ active: driver, answers: { [method.explore]: new Error('crashed') } });
    await expect(exploreFile(tools)).rejects.toThrow('crashed');
    const before = log.length;
    status.fire({ state: 'exploring', scenario: 'Two', states: 2 });
    expect(log).toHaveLength(before);
  });

  it('wants a driver or a scenario file', async () => {
    const { tools, log } = fake({ active: '/w/notes.md', language: 'markdown' });
    expect(await exploreFile(tools)).toBeUndefined();
    expect(log).toEqual(['warning: Open a driver or scenario file first.']);
  });
});

describe('Run Scenario', () => {
  const places = (...names: string[]) => names.map((name) => ({ name }));

  it('asks which where there are several', async () => {
    const answers = { [method.scenarios]: places('One', 'Two'), [method.explore]: result([verified]) };
    const { tools, log } = fake({ active: driver, answers, choose: 'Two' });
    await runScenario(tools);
    expect(log).toContain('pick One, Two');
    expect(log).toContain('progress Exploring Two of mailbox.driver.ts');
    // What is told meanwhile is of another scenario, explored in the background.
    expect(log.filter((line) => line.startsWith('progress One'))).toEqual([]);
    expect(log).toContain(`request irpsight/explore {"uri":"file://${driver}","scenario":"Two"}`);
  });

  it('says nothing but that it was cancelled where it was', async () => {
    const cancelled = Object.assign(new Error('cancelled'), { code: -32800 });
    const { tools, log } = fake({ active: driver, answers: { [method.scenarios]: places('One'), [method.explore]: cancelled } });
    expect(await runScenario(tools)).toBeUndefined();
    expect(log.filter((line) => /^(information|warning|error|output)/.test(line))).toEqual([
      'information: Exploring mailbox.driver.ts was cancelled, so nothing is known of it.',
    ]);
  });

  it('does nothing where none is chosen', async () => {
    const { tools, log } = fake({ active: driver, answers: { [method.scenarios]: places('One', 'Two') } });
    expect(await runScenario(tools)).toBeUndefined();
    expect(log.at(-1)).toBe('pick One, Two');
  });

  it('takes the only one, or the one that a lens names', async () => {
    const answers = { [method.scenarios]: places('One'), [method.explore]: result([verified]) };
    const only = fake({ active: driver, answers });
    await runScenario(only.tools);
    expect(only.log).toContain(`request irpsight/explore {"uri":"file://${driver}","scenario":"One"}`);
    const named = fake({ answers });
    await runScenario(named.tools, 'file:///w/a.scenario.ts', 'Three');
    expect(named.log[1]).toBe('request irpsight/explore {"uri":"file:///w/a.scenario.ts","scenario":"Three"}');
  });

  it('says where there is none', async () => {
    const { tools, log } = fake({ active: driver, answers: { [method.scenarios]: [] } });
    await runScenario(tools);
    expect(log.at(-1)).toBe('warning: There is nothing to explore in mailbox.driver.ts.');
  });
});

describe('the message', () => {
  const { vscode } = fake().tools;
  const of = (found: ExploreResult) => outcomeOf(vscode, 'a.driver.ts', found);

  it('uses the words of the command line', () => {
    for (const [kind, word] of Object.entries(verdictWords))
      expect(of(result([verdict('One', kind as ScenarioVerdict['verdict'])])).message).toBe(`One: ${word}.`);
  });

  it('counts several verdicts and is shown as the worst of them is', () => {
    const several = result([verified, verdict('Two', 'error'), verified], 1);
    expect(of(several)).toEqual({
      kind: 'showErrorMessage',
      message: 'a.driver.ts: 1 error, replayable; 2 verified for this scenario.',
    });
  });

  it('tells of findings although all is verified, and of errors in the source', () => {
    expect(of(result([verified], 2))).toEqual({
      kind: 'showWarningMessage',
      message: 'One: verified for this scenario. Findings in the report: 2.',
    });
    expect(of({ ...result([]), problems: 3 }).message).toBe('a.driver.ts has errors (3), so nothing was explored.');
  });
});

function verdict(name: string, word: ScenarioVerdict['verdict'], bounds: readonly string[] = []): ScenarioVerdict {
  return { name, verdict: word, states: 10, seconds: 0.1, bounds };
}

function result(verdicts: readonly ScenarioVerdict[], findings = 0): ExploreResult {
  return { verdicts, findings, problems: 0, breaches: [], report: 'the report\n' };
}

/** Until what was not waited for has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
