/** Which fixes are offered, by what checking and exploring the edited text came to. */
import { expect, it } from 'vitest';
import type { Drivers } from '../../server/drivers.ts';
import type { Explorer } from '../../server/explorer.ts';
import { createFixes } from '../../server/fixes.ts';
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
  const fixes = createFixes({ known: () => known } as unknown as Drivers, explorer, () => new Map());
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
