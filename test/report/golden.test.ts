/** What people read, word for word: `npx vitest run test/report/golden.test.ts -u` writes it anew, for somebody to look at. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { CheckResult } from '../../src/check/findings.ts';
import { ruleOf, ruleSummaries } from '../../src/check/rules.ts';
import { replayTrace } from '../../src/check/trace.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { painter } from '../../src/report/paint.ts';
import { replayReport } from '../../src/report/replay.ts';
import { rulesTable } from '../../src/report/rules.ts';
import { checkReport } from '../../src/report/text.ts';
import { explainRule } from '../../src/rules/explain.ts';
import { smallScenario } from '../cli/kit.ts';
import { checkSources } from '../kit/check.ts';
import { loadLibrary } from '../kit/library.ts';

const paint = painter(false);

it('a lost cancel', async () => {
  const path = 'examples/keyboard-class/keyboard-class-lost-cancel.driver.ts';
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  const result = checkSources([{ path, text, origin: 'driver' }], { scenario: 'ReadCancelled' });
  const report = checkReport(
    { ...result, findings: result.findings.filter(({ certainty }) => certainty === 'witnessed') },
    { paint, textOf: (file) => (file === path ? text : undefined), whole: false },
  );
  await expect(steady(report)).toMatchFileSnapshot('golden/lost-cancel.txt');
});

it('a driver that is verified', async () => {
  const result = checkStarter('', '');
  expect(result.findings).toEqual([]);
  await expect(steady(checkReport(result, { paint, textOf: () => undefined, whole: false }))).toMatchFileSnapshot(
    'golden/verified.txt',
  );
});

it('schedules replayed: on the same source, on an edited one, and where the way is gone', async () => {
  const { findings } = checkStarter('if (Irp.Cancel && ', 'if (FALSE && ');
  const trace = findings.find((finding) => finding.rule === 'cancel/lost')?.trace;
  if (trace === undefined) throw new Error('the lost cancel was not found');
  const replay = (...edits: readonly [string, string][]): string => {
    const sources = starter(...edits);
    const edges = { now: () => 0, deadline: 1, shouldStop: () => false, onEvent: () => undefined };
    const result = replayTrace(trace, { driver: sources[0].path, sources, problems: [] }, loadLibrary(), edges);
    return replayReport(trace, result, {
      paint,
      textOf: (file) => sources.find(({ path }) => path === file)?.text,
      whole: false,
    });
  };
  const broken = ['if (Irp.Cancel && ', 'if (FALSE && '] as const;
  await expect(replay([...broken])).toMatchFileSnapshot('golden/replay.txt');
  await expect(replay()).toMatchFileSnapshot('golden/replay-mended.txt');
  const unregistered = replay([...broken], ['DriverObject.MajorFunction[IRP_MJ_READ] = DispatchRead;', '']);
  expect(unregistered).toMatch(
    /can no longer be followed: decision \d+ of \d+, after step \d+\.\n {2}expected: .+\n {2}found: {4}.+/,
  );
  // Keyed by program point: an edit elsewhere changes nothing, one on the way is made up for.
  for (const edit of [
    ['import {', '// A comment.\nimport {'],
    ['  DriverObject.DriverUnload = Unload;', '  DriverObject.DriverUnload = null;\n  DriverObject.DriverUnload = Unload;'],
  ] as const) {
    const again = replay([...broken], [...edit]);
    expect(again).toContain('have been edited since this trace was made');
    expect(again).toContain('[cancel/lost]');
  }
  for (const text of [replay([...broken]), replay(), unregistered]) expect(text).not.toContain('ScenarioThread');
});

it('a rule explained', async () => {
  const rule = ruleOf('cancel/lost');
  await expect(rule === undefined ? '' : explainRule(rule, 'en')).toMatchFileSnapshot('golden/explain-cancel-lost.txt');
});

it('the list of rules', () => {
  const lines = rulesTable(ruleSummaries(), paint).trimEnd().split('\n');
  expect(lines).toHaveLength(ruleSummaries().length);
  expect(new Set(lines.map((line) => line.search(/(error|warning) {2}/)))).toHaveProperty('size', 1);
  expect(lines.find((line) => line.startsWith('cancel/lost '))).toMatch(/^cancel\/lost +error {4}Cancel request lost$/);
});

/** How large the search was is the engine's affair. */
function steady(report: string): string {
  return report
    .replace(/[\d,]+ states?, [\d,]+ transitions?, depth \d+/g, 'N states, N transitions, depth N')
    .replace(/omission bound [\d.e-]+/g, 'omission bound N');
}

/** The starter with pieces of its driver replaced, and a small scenario. */
function starter(...edits: readonly (readonly [string, string])[]): SourceInput[] {
  const text = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8').replaceAll('\r\n', '\n');
  return [
    {
      path: 'mailbox.driver.ts',
      text: edits.reduce((before, [from, to]) => before.replace(from, to), text),
      origin: 'driver',
    },
    { path: 'mailbox.scenario.ts', text: smallScenario, origin: 'scenario' },
  ];
}

function checkStarter(from: string, to: string): CheckResult {
  return checkSources(starter([from, to]));
}
