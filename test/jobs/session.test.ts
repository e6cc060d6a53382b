/** A worker that does not come back is ended, and what is reported says so. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckEvent } from '../../src/check/check.ts';
import { exitCode } from '../../src/cli/checking.ts';
import { freshWorkers, keptWorkers, openSession, type Session } from '../../src/jobs/session.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'irpsight-session-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Limits {
  readonly compile?: number;
  /** Milliseconds until searches end. */
  readonly search?: number;
  /** The session is stopped when it hears of this. */
  readonly stopAt?: CheckEvent['kind'];
}

/** A session whose worker does what `code` says; `tell` is at its disposal. */
function session(code: string, limits: Limits = {}, keep = false): Session {
  const worker = join(mkdtempSync(join(folder, 'worker-')), 'worker.mjs');
  writeFileSync(
    worker,
    `import { parentPort } from 'node:worker_threads';\nconst tell = (output) => parentPort.postMessage(output);\n${code}`,
  );
  const open = openSession({
    workers: keep ? keptWorkers(worker, folder) : freshWorkers(worker, folder),
    compileLimit: limits.compile ?? 60_000,
    deadline: Date.now() + (limits.search ?? 60_000),
    onEvent: (_driver, { kind }) => {
      if (kind === limits.stopAt) open.stop();
    },
  });
  return open;
}

const compiled = `tell({ kind: 'event', event: { kind: 'compiled', sources: [], scenarios: [
  { name: 'First', file: 'a.driver.ts', cpus: 2 }, { name: 'Second', file: 'a.driver.ts', cpus: 1 }] } });`;
/** Every scenario is verified; what the analysis would find comes with the answer only. */
const explored = `${compiled} for (const name of ['First', 'Second']) tell({ kind: 'event', event: { kind: 'explored', findings: [],
  result: { name, file: 'a.driver.ts', driver: 'a.driver.ts', verdict: 'verified' } } });`;
const job = {
  kind: 'check',
  target: { kind: 'driver', path: 'a.driver.ts' },
  options: { maxStates: 1, strategy: 'exhaustive', defaults: 'auto' },
} as const;

describe('a worker', () => {
  it('that is lost in types is ended, and its driver is not checked', async () => {
    const { result } = await session('for (;;) {}', { compile: 300 }).check(job);
    expect(result.problems.map(({ code, severity, message }) => [code, severity, message])).toEqual([
      ['check/given-up', 'error', expect.stringContaining('Not checked. Type checking took longer than 0.3 s and was given up')],
    ]);
    expect(result.scenarios).toEqual([]);
  });

  it('that is lost in a search is ended when asked to stop, and every scenario is bounded', async () => {
    const { result } = await session(`${compiled} for (;;) {}`, { stopAt: 'compiled' }).check(job);
    expect(result.scenarios.map(({ name, verdict, bounds }) => [name, verdict, bounds])).toEqual([
      ['First', 'bounded', ['It was interrupted.']],
      ['Second', 'bounded', ['It was interrupted.']],
    ]);
  });

  it('that does not end with its time is ended soon after, and the time for compiling does not count any more', async () => {
    const started = Date.now();
    const { result } = await session(`${compiled} for (;;) {}`, { search: 200 }).check(job);
    expect(Date.now() - started).toBeLessThan(9_000);
    expect(result.scenarios.map(({ name, verdict, bounds }) => [name, verdict, bounds])).toEqual([
      ['First', 'bounded', ['The time limit was reached.']],
      ['Second', 'bounded', ['The time limit was reached.']],
    ]);
    expect(exitCode(result, false)).toBe(3);
  }, 20_000);

  it('that breaks down leaves a reason, and so does one that leaves without a word', async () => {
    const broken = await session("throw new Error('out of memory');").check(job);
    expect(broken.result.problems.map(({ message }) => message)).toEqual(['Not checked. The check broke down: out of memory']);
    const silent = await session('process.exit(0);').check(job);
    expect(silent.result.problems.map(({ message }) => message)).toEqual(['Not checked. The check ended without a result.']);
    const replay = { kind: 'replay', driver: 'a.driver.ts', trace: {} as never } as const;
    expect(await session('').ask(replay)).toEqual({ error: 'The check ended without a result.' });
  });

  it('that breaks down after all scenarios were verified has not checked the driver', async () => {
    const { result } = await session(`${explored} throw new Error('out of memory');`).check(job);
    expect(result.scenarios.map(({ verdict }) => verdict)).toEqual(['verified', 'verified']);
    expect(result.problems.map(({ code, severity, message }) => [code, severity, message])).toEqual([
      ['check/given-up', 'error', 'Not checked to the end; findings may be missing. The check broke down: out of memory'],
    ]);
    expect(exitCode(result, false)).toBe(2);
  });

  it('that is ended after all scenarios were verified leaves the check unfinished', async () => {
    const { result } = await session(`${explored} for (;;) {}`, { stopAt: 'explored' }).check(job);
    expect(result.scenarios.map(({ verdict }) => verdict)).toEqual(['verified', 'verified']);
    expect(result.problems.map(({ code, severity, message }) => [code, severity, message])).toEqual([
      ['check/interrupted', 'warning', 'Not checked to the end; findings may be missing. It was interrupted.'],
    ]);
    expect(exitCode(result, false)).toBe(3);
  });

  it('that is kept does the next job, and another takes its place when it breaks down', async () => {
    const result = `{ driver: String(++count), result: { problems: [], findings: [], scenarios: [] }, texts: new Map() }`;
    const checked = `tell({ kind: 'answer', answer: ${result} })`;
    const open = session(
      `let count = 0; parentPort.on('message', () => { if (count === 2) throw new Error('out of memory'); ${checked}; });`,
      {},
      true,
    );
    expect((await open.check(job)).driver).toBe('1');
    expect((await open.check(job)).driver).toBe('2');
    expect((await open.check(job)).result.problems.map(({ code }) => code)).toEqual(['check/given-up']);
    expect((await open.check(job)).driver).toBe('1');
  });

  it('is given up when enough others are kept', async () => {
    const result = `{ driver: String(threadId), result: { problems: [], findings: [], scenarios: [] }, texts: new Map() }`;
    const open = session(
      `import { threadId } from 'node:worker_threads';\nparentPort.on('message', () => tell({ kind: 'answer', answer: ${result} }));`,
      {},
      true,
    );
    const together = async (): Promise<string[]> =>
      (await Promise.all([open.check(job), open.check(job), open.check(job)])).map(({ driver }) => driver);
    expect(new Set([...(await together()), ...(await together())]).size).toBe(4);
  });

  it('is not even started once the session was stopped', async () => {
    const open = session('for (;;) {}');
    open.stop();
    expect((await open.check(job)).result.problems.map(({ code }) => code)).toEqual(['check/interrupted']);
    expect(await open.ask({ kind: 'scenarios', driver: 'a.driver.ts' })).toEqual({ error: 'It was interrupted.' });
  });
});
