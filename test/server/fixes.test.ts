/** Which fixes are offered, by what checking and exploring the edited text came to. */
import { expect, it } from 'vitest';
import type { Drivers } from '../../server/drivers-api.ts';
import type { Explorer, Running } from '../../server/explorer.ts';
import { createFixes, type Fixes } from '../../server/fixes.ts';
import type { CheckResult, Finding, ScenarioResult, Trace } from '../../src/check/findings.ts';

const path = '/w/a.driver.ts';
const rule = 'pending/marked-not-returned';
const text = `import { STATUS_PENDING, STATUS_SUCCESS } from 'irpsight/wdm';
const Read = (DeviceObject, Irp) => {
  return STATUS_SUCCESS;
};
const Write = (DeviceObject, Irp) => {
  return STATUS_SUCCESS;
};
`;

function shown(line: number, scenario: string, of = rule): Finding {
  const range = { start: { line, column: 3 }, end: { line, column: 25 } };
  const trace = { scenario } as Trace;
  return { rule: of, certainty: 'witnessed', severity: 'error', message: '', file: path, range, related: [], scenario, trace };
}

/** What is offered at line 3, or for all, where exploring a scenario of the edited text shows those findings. */
async function offered(before: readonly Finding[], after: Record<string, readonly Finding[]>, all = false): Promise<boolean> {
  const known = { path, findings: before, quick: { result: { findings: [] } }, busy: false };
  const explorer = {
    ask: () => ({ done: Promise.resolve({ compiled: true, findings: [] }) }),
    check: ({ options }: { options: { scenario: string } }) => {
      const verdict = after[options.scenario].length > 0 ? 'error' : 'verified';
      const scenarios = [{ name: options.scenario, verdict } as ScenarioResult];
      const result: CheckResult = { schemaVersion: 1, problems: [], findings: after[options.scenario], scenarios };
      return { done: Promise.resolve({ result }) };
    },
  } as unknown as Explorer;
  const fixes = createFixes({ known: () => known, asked: () => () => true } as unknown as Drivers, explorer, () => new Map());
  const fix = all ? await fixes.offeredForAll(path, rule, text) : await fixes.offered(path, rule, 3, text);
  return fix !== undefined;
}

it('a fix is offered where its finding is gone from the scenario that showed it', async () => {
  expect(await offered([shown(3, 'One'), shown(6, 'Two')], { One: [] })).toBe(true);
});

it('a fix is not offered where its finding is still there, whatever other scenarios had shown', async () => {
  expect(await offered([shown(3, 'One'), shown(6, 'Two')], { One: [shown(3, 'One')] })).toBe(false);
});

it('another finding of the same rule may stand, but none may come', async () => {
  expect(await offered([shown(3, 'One'), shown(6, 'Two')], { One: [shown(6, 'One')] })).toBe(true);
  expect(await offered([shown(3, 'One')], { One: [shown(6, 'One')] })).toBe(false);
  expect(await offered([shown(3, 'One'), shown(5, 'Two')], { One: [shown(6, 'One')] })).toBe(false);
});

it('a fix of all puts right those of every scenario', async () => {
  const before = [shown(3, 'One'), shown(6, 'Two')];
  expect(await offered(before, { One: [], Two: [] }, true)).toBe(true);
  expect(await offered(before, { One: [], Two: [shown(3, 'Two')] }, true)).toBe(false);
  expect(await offered(before, { One: [shown(6, 'One')], Two: [] }, true)).toBe(false);
});

/** Fixes of one driver of several files: what is asked of the explorer, and what came of it, is the test's. */
class Scene {
  quick = { result: { findings: [] } };
  /** What the explorer does with a scenario. */
  explore = (): Promise<CheckResult> => Promise.resolve(verified);
  readonly tried: { readonly open: ReadonlyMap<string, string>; readonly how: unknown }[] = [];
  readonly asked: Running<unknown>[] = [];
  readonly fixes: Fixes;

  constructor(readonly open = new Map<string, string>()) {
    const drivers = {
      known: () => ({ path, findings: [shown(3, 'One')], quick: this.quick, busy: false }),
      asked: (running: Running<unknown>) => {
        this.asked.push(running);
        return () => true;
      },
    } as unknown as Drivers;
    const explorer = {
      ask: () => runningOf(Promise.resolve({ compiled: true, findings: [] })),
      check: (job: { open: ReadonlyMap<string, string> }, _seconds: number, _onEvent: unknown, how: unknown) => {
        this.tried.push({ open: job.open, how });
        return runningOf(this.explore().then((result) => ({ result })));
      },
    } as unknown as Explorer;
    this.fixes = createFixes(drivers, explorer, () => this.open);
  }

  async isOffered(): Promise<boolean> {
    return (await this.fixes.offered(path, rule, 3, text)) !== undefined;
  }
}

const verified: CheckResult = {
  schemaVersion: 1,
  problems: [],
  findings: [],
  scenarios: [{ name: 'One', verdict: 'verified' } as ScenarioResult],
};

function runningOf<T>(done: Promise<T>): Running<T> {
  const running = {
    done,
    stopped: false,
    stop: () => {
      running.stopped = true;
    },
  };
  return running;
}

it('a fix is tried in the background, once', async () => {
  const scene = new Scene();
  expect(await scene.isOffered()).toBe(true);
  expect(await scene.isOffered()).toBe(true);
  expect(scene.tried.map(({ how }) => how)).toEqual([{ background: true }]);
});

it('a fix whose trial broke down is tried again', async () => {
  const scene = new Scene();
  scene.explore = () => Promise.reject(new Error('The exploration ended: SIGKILL.'));
  expect(await scene.isOffered()).toBe(false);
  scene.explore = () => Promise.resolve(verified);
  expect(await scene.isOffered()).toBe(true);
});

it('a fix whose trial was cancelled is tried again', async () => {
  const scene = new Scene();
  // What is stopped is answered with what is known.
  scene.explore = () => {
    return new Promise((resolve) =>
      setTimeout(() => {
        for (const running of scene.asked) running.stop();
        resolve({ ...verified, scenarios: [{ name: 'One', verdict: 'bounded' } as ScenarioResult] });
      }),
    );
  };
  expect(await scene.isOffered()).toBe(false);
  expect(scene.asked).toHaveLength(2);
  scene.explore = () => Promise.resolve(verified);
  expect(await scene.isOffered()).toBe(true);
});

it('a fix is tried anew on other texts of the driver', async () => {
  const scene = new Scene(new Map([['/w/part.ts', 'before']]));
  expect(await scene.isOffered()).toBe(true);
  scene.open.set('/w/part.ts', 'after');
  scene.quick = { result: { findings: [] } };
  expect(await scene.isOffered()).toBe(true);
  expect(scene.tried.map(({ open }) => open.get('/w/part.ts'))).toEqual(['before', 'after']);
});

it('a fix is not offered where other texts of the driver have changed while it was tried', async () => {
  const scene = new Scene();
  scene.explore = () => {
    scene.quick = { result: { findings: [] } };
    return Promise.resolve(verified);
  };
  expect(await scene.isOffered()).toBe(false);
});

it('what is tried on texts that have changed is ended when a fix is asked for again', async () => {
  const scene = new Scene();
  scene.explore = () => new Promise(() => undefined);
  const asked = scene.isOffered();
  await expect.poll(() => scene.tried.length).toBe(1);
  scene.quick = { result: { findings: [] } };
  scene.explore = () => Promise.resolve(verified);
  expect(await scene.isOffered()).toBe(true);
  expect(scene.asked.map(({ stopped }) => stopped)).toEqual([false, true, false, false]);
  expect(await asked).toBe(false);
});
