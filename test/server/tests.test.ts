/** The Test Explorer's requests: what can be run, what came of it, and schedules that are pinned. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DriverTests, ExploreResult, PinnedTrace, ReplayOutcome, TraceText } from '../../client/protocol.ts';
import { losesCancel, smallScenario, starterDriver, validator } from '../cli/kit.ts';
import { Editor } from './lsp.ts';

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-tests-')));
  editor = new Editor({ onType: false, onSave: false });
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes files into a folder of their own; gives the URI of the first. */
function write(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  return pathToFileURL(join(folder, name, Object.keys(files)[0])).href;
}

const ask = (uri: string): Promise<DriverTests | null> => editor.request('irpsight/tests', { uri });

describe('what can be run', () => {
  it('are the scenarios of the driver, in their files', async () => {
    const uri = write('own', { 'mailbox.driver.ts': starterDriver(), 'mailbox.scenario.ts': smallScenario });
    const tests = await ask(uri);
    expect(tests?.scenarios.map(({ name }) => name)).toEqual(['ReadCancelled']);
    const [{ uri: file, range }] = tests?.scenarios ?? [];
    expect(basename(file)).toBe('mailbox.scenario.ts');
    expect(smallScenario.split('\n')[range.start.line]).toContain('ReadCancelled');
    expect(tests?.schedules).toEqual([]);
    expect(tests?.files?.map((one) => basename(one))).toEqual(['mailbox.driver.ts', 'mailbox.scenario.ts']);
  });

  it('are the default ones of a driver that has none, at its DriverEntry', async () => {
    const uri = write('defaults', { 'mailbox.driver.ts': starterDriver() });
    const { scenarios = [] } = (await ask(uri)) ?? {};
    expect(scenarios.map(({ name }) => name)).toContain('OpenAndClose');
    for (const { uri: file, range } of scenarios) {
      expect(file).toBe(uri);
      expect(starterDriver().split('\n')[range.start.line]).toContain('DriverEntry');
    }
  });

  it('is nothing of a part of a driver, and of one that does not compile its error', async () => {
    expect(await ask(write('part', { 'queue.driver.ts': 'export const x = 1;\n' }))).toBeNull();
    expect(await ask(pathToFileURL(join(folder, 'gone.driver.ts')).href)).toBeNull();
    const wrong = await ask(write('wrong', { 'mailbox.driver.ts': starterDriver().replace('Irp.Cancel', 'Irp.Cancle') }));
    expect(wrong).toMatchObject({ scenarios: [], schedules: [], error: expect.stringContaining('Cancel') });
  });

  it('of an open file is what the editor has', async () => {
    const uri = write('open', { 'mailbox.driver.ts': starterDriver(), 'mailbox.scenario.ts': smallScenario });
    const other = editor.open(join(folder, 'open/mailbox.scenario.ts'), smallScenario.replace('ReadCancelled', 'Renamed'));
    expect((await ask(uri))?.scenarios.map(({ name }) => name)).toEqual(['Renamed']);
    editor.close(other);
  });
});

describe('a run', () => {
  it('says for each scenario what it shows, and which lines it reached', async () => {
    const uri = write('broken', { 'mailbox.driver.ts': losesCancel(), 'mailbox.scenario.ts': smallScenario });
    const found = await editor.request<ExploreResult>('irpsight/explore', { uri, coverage: true });
    expect(found.verdicts.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(['ReadCancelled error']);
    expect(found.breaches).toMatchObject([{ scenario: 'ReadCancelled', uri, rule: 'cancel/lost' }]);
    const [file] = found.coverage ?? [];
    expect(found.coverage).toHaveLength(1);
    expect(file.uri).toBe(uri);
    const text = losesCancel().split('\n');
    const reached = file.reached.map((line) => text[line]);
    expect(reached.some((line) => line.includes('IoMarkIrpPending'))).toBe(true);
    // The scenario sends no write.
    const write_ = text.findIndex((line) => line.includes('DispatchWrite') && line.includes('=>'));
    expect(file.missed.filter((line) => line > write_ && line < write_ + 12).length).toBeGreaterThan(2);
    expect(file.reached.filter((line) => file.missed.includes(line))).toEqual([]);
  });

  it('of one scenario gives the text of the command line', async () => {
    const uri = write('good', { 'mailbox.driver.ts': starterDriver(), 'mailbox.scenario.ts': smallScenario });
    const found = await editor.request<ExploreResult>('irpsight/explore', { uri, scenario: 'ReadCancelled' });
    expect(found).toMatchObject({ breaches: [], findings: 0 });
    expect(found).not.toHaveProperty('coverage');
  });
});

describe('a pinned schedule', () => {
  async function pinned(name: string): Promise<{ uri: string; file: string; pin: PinnedTrace }> {
    const uri = write(name, { 'mailbox.driver.ts': losesCancel(), 'mailbox.scenario.ts': smallScenario });
    const { breaches } = await editor.request<ExploreResult>('irpsight/explore', { uri });
    const [{ rule, range }] = breaches;
    const finding = { uri, rule, line: range.start.line };
    expect((await editor.request<TraceText>('irpsight/trace', finding)).text).toContain('cancel/lost');
    const pin = await editor.request<PinnedTrace>('irpsight/pin', finding);
    write(name, { [pin.name]: pin.text });
    return { uri, file: join(folder, name, pin.name), pin };
  }
  const replay = (file: string): Promise<ReplayOutcome> => editor.request('irpsight/replay', { uri: pathToFileURL(file).href });

  it('names no folder, and is a test of the driver beside it wherever they lie', async () => {
    const { uri, pin } = await pinned('pin');
    expect(pin.driver).toBe(uri);
    expect(pin.name).toBe('mailbox.cancel-lost.ReadCancelled.trace.json');
    expect(pin.text).not.toContain(folder);
    const trace = JSON.parse(pin.text) as { file: string; steps: { file: string }[] };
    validator('trace.schema.json')(trace);
    expect(trace.file).toBe('mailbox.driver.ts');
    expect(new Set(trace.steps.map(({ file }) => file))).toContain('mailbox.driver.ts');
    renameSync(join(folder, 'pin'), join(folder, 'moved'));
    const moved = pathToFileURL(join(folder, 'moved/mailbox.driver.ts')).href;
    expect((await ask(moved))?.schedules).toMatchObject([{ scenario: 'ReadCancelled', rule: 'cancel/lost' }]);
    const outcome = await replay(join(folder, 'moved', pin.name));
    expect(outcome).toMatchObject({ outcome: 'breach', breach: { rule: 'cancel/lost', uri: moved } });
    // Its steps can be shown, too.
    const { rule, range } = outcome.breach ?? { rule: '', range: { start: { line: 0 } } };
    const trace2 = await editor.request<TraceText>('irpsight/trace', { uri: moved, rule, line: range.start.line });
    expect(trace2.text).toContain('how it happens');
  });

  it('passes once the driver is put right, also in the editor only', async () => {
    const { uri, file } = await pinned('mended');
    const open = editor.open(join(folder, 'mended/mailbox.driver.ts'), starterDriver());
    expect(open).toBe(uri);
    expect(await replay(file)).toMatchObject({
      outcome: 'verified',
      report: expect.stringContaining('explored anew with 1 CPU: verified'),
    });
    editor.close(open);
    expect(await replay(file)).toMatchObject({ outcome: 'breach' });
  });

  it('has an outcome of its own when it cannot be followed, or says nothing', async () => {
    const { file } = await pinned('changed');
    const trace = JSON.parse(readFileSync(file, 'utf8')) as { schedule: { context: string }[]; scenario: string };
    writeFileSync(file, JSON.stringify({ ...trace, schedule: trace.schedule.map((one) => ({ ...one, context: 'Nobody' })) }));
    const outcome = await replay(file);
    expect(outcome.outcome).toBe('mismatch');
    expect(outcome.mismatch).toMatchObject({ decision: 1, expected: expect.stringContaining('Nobody goes on') });
    writeFileSync(file, JSON.stringify({ ...trace, schedule: [] }));
    expect(await replay(file)).toMatchObject({ outcome: 'unreadable', report: expect.stringContaining('is empty') });
    writeFileSync(file, JSON.stringify({ ...trace, scenario: 'Gone' }));
    expect(await replay(file)).toMatchObject({ outcome: 'unreadable', report: expect.stringContaining('Gone') });
  });

  it('of several in one file counts which is worst', async () => {
    const { file } = await pinned('several');
    const trace = JSON.parse(readFileSync(file, 'utf8')) as { schedule: object[] };
    const finding = { rule: 'cancel/lost', certainty: 'witnessed', severity: 'error', message: '', file: 'mailbox.driver.ts' };
    const range = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
    const findings = [{ ...trace, schedule: [] }, trace].map((one) => ({ ...finding, range, related: [], trace: one }));
    writeFileSync(file, JSON.stringify({ schemaVersion: 1, problems: [], findings, scenarios: [] }));
    const outcome = await replay(file);
    expect(outcome.outcome).toBe('breach');
    expect(outcome.report).toContain('is empty');
    expect(outcome.report).toContain('[cancel/lost]');
  });

  it('of a file that is no trace, or of another driver, is none', async () => {
    const { uri, pin } = await pinned('others');
    const trace = JSON.parse(pin.text) as object;
    write('others', {
      'a.trace.json': '{',
      'b.trace.json': JSON.stringify({ ...trace, file: '/etc/passwd' }),
      'c.trace.json': JSON.stringify({ ...trace, file: 'other.driver.ts' }),
    });
    expect((await ask(uri))?.schedules).toHaveLength(1);
    expect(await editor.request('irpsight/pin', { uri, rule: 'cancel/lost', line: 999 })).toBeNull();
  });
});
