/**
 * Running tests: a scenario passes when it is verified, a pinned schedule when it leads to no error any more and its scenario is verified.
 */
import type * as vscode from 'vscode';
import { baseName } from '../commands/files.ts';
import { isCancelled } from '../commands/progress.ts';
import { type ExploreResult, method, type ReplayOutcome } from '../protocol.ts';
import { say, text, verdictWord } from '../text.ts';
import type { Tools } from '../tools.ts';
import { type Coverage, collectCoverage } from './coverage.ts';
import type { Leaves, Test } from './items.ts';
import { breachMessage, plainMessage } from './messages.ts';

/** What a run needs beside the tools. */
export interface Runner {
  readonly tools: Pick<Tools, 'vscode' | 'server'>;
  readonly controller: vscode.TestController;
  readonly leaves: Leaves;
  /** Looks up a driver's tests. */
  resolve(driver: vscode.TestItem): Promise<void>;
}

interface Leaf<T extends Test = Test> {
  readonly item: vscode.TestItem;
  readonly test: T;
}

type Scenario = Leaf<Extract<Test, { kind: 'scenario' }>>;
type Schedule = Leaf<Extract<Test, { kind: 'schedule' }>>;

/** Runs what was asked for, a driver after the other. `coverage`: where the lines that were reached go, if they are wanted. */
export async function runTests(
  runner: Runner,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
  coverage?: Coverage,
): Promise<void> {
  const run = runner.controller.createTestRun(request);
  try {
    const asked = await leavesOf(runner, request);
    for (const { item } of [...asked.values()].flat()) run.enqueued(item);
    for (const [driver, leaves] of asked) {
      const scenarios = leaves.filter((leaf): leaf is Scenario => leaf.test.kind === 'scenario');
      for (const group of together(driver, scenarios, runner.leaves)) {
        if (token.isCancellationRequested) for (const { item } of group) run.skipped(item);
        else await explore(runner, run, driver, group, token, coverage);
      }
      for (const leaf of leaves.filter((leaf): leaf is Schedule => leaf.test.kind === 'schedule')) {
        if (token.isCancellationRequested) run.skipped(leaf.item);
        else await replay(runner, run, leaf, token);
      }
    }
    coverage?.show(run);
  } finally {
    run.end();
  }
}

/** The leaves that were asked for, by driver; all of a driver's where it was asked for as a whole. */
async function leavesOf(
  { controller, leaves, resolve }: Runner,
  { include, exclude = [] }: vscode.TestRunRequest,
): Promise<Map<vscode.TestItem, Leaf[]>> {
  const found = new Map<vscode.TestItem, Leaf[]>();
  for (const item of include ?? [...controller.items].map(([, driver]) => driver)) {
    if (exclude.includes(item)) continue;
    const driver = item.parent ?? item;
    if (item === driver && item.children.size === 0) await resolve(item);
    const wanted = item === driver ? [...item.children].map(([, child]) => child) : [item];
    const those = wanted.flatMap((one) => {
      const test = leaves.get(one);
      return test === undefined || exclude.includes(one) ? [] : [{ item: one, test }];
    });
    found.set(driver, [...(found.get(driver) ?? []), ...those]);
  }
  return found;
}

/** All scenarios of a driver are explored at once, as `irpsight check` does; of a part of them each by itself, as `irpsight run --scenario`. */
function together(driver: vscode.TestItem, scenarios: readonly Scenario[], leaves: Leaves): readonly (readonly Scenario[])[] {
  const all = [...driver.children].filter(([, item]) => leaves.get(item)?.kind === 'scenario').length;
  return scenarios.length > 1 && scenarios.length === all ? [scenarios] : scenarios.map((scenario) => [scenario]);
}

async function explore(
  { tools: { vscode, server } }: Runner,
  run: vscode.TestRun,
  driver: vscode.TestItem,
  group: readonly Scenario[],
  token: vscode.CancellationToken,
  coverage: Coverage | undefined,
): Promise<void> {
  for (const { item } of group) run.started(item);
  const scenario = group.length === 1 ? { scenario: group[0].test.name } : {};
  const wanted = coverage === undefined ? {} : { coverage: true };
  let result: ExploreResult;
  try {
    result = await server.request<ExploreResult>(method.explore, { uri: driver.id, ...scenario, ...wanted }, token);
  } catch (error) {
    const ended = token.isCancellationRequested || isCancelled(error);
    const message = plainMessage(vscode, error instanceof Error ? error.message : String(error));
    for (const { item } of group) ended ? run.skipped(item) : run.errored(item, message);
    return;
  }
  run.appendOutput(result.report.replaceAll(/\r?\n/g, '\r\n'));
  if (coverage !== undefined) collectCoverage(coverage, result.coverage ?? []);
  for (const { item, test } of group) judge(test.name, item, result);

  function judge(name: string, item: vscode.TestItem, { verdicts, breaches, problems, report }: ExploreResult): void {
    const verdict = verdicts.find((one) => one.name === name);
    const duration = verdict === undefined ? undefined : verdict.seconds * 1000;
    if (verdict?.verdict === 'verified') run.passed(item, duration);
    else if (verdict?.verdict === 'error') {
      const own = breaches.filter((breach) => breach.scenario === name).map((breach) => breachMessage(vscode, breach));
      run.failed(item, own.length > 0 ? own : plainMessage(vscode, verdictWord(vscode, 'error')), duration);
    } else if (token.isCancellationRequested) run.skipped(item);
    else if (verdict !== undefined) {
      // Nothing was found, and nothing is known: that is no pass.
      const why = [verdictWord(vscode, 'bounded'), ...verdict.bounds].join('\n');
      run.errored(item, plainMessage(vscode, why), duration);
    } else if (problems > 0) {
      const file = baseName(vscode, driver.id);
      run.errored(item, plainMessage(vscode, `${say(vscode, text.problems, { file, count: problems })}\n\n${report}`));
    } else run.errored(item, plainMessage(vscode, say(vscode, text.noSuchScenario, { scenario: name })));
  }
}

async function replay(
  { tools: { vscode, server } }: Runner,
  run: vscode.TestRun,
  { item, test: { uri } }: Schedule,
  token: vscode.CancellationToken,
): Promise<void> {
  run.started(item);
  let replayed: ReplayOutcome;
  try {
    replayed = await server.request<ReplayOutcome>(method.replay, { uri }, token);
  } catch (error) {
    if (token.isCancellationRequested || isCancelled(error)) run.skipped(item);
    else run.errored(item, plainMessage(vscode, error instanceof Error ? error.message : String(error)));
    return;
  }
  const { outcome, breach, mismatch, report } = replayed;
  if (token.isCancellationRequested && outcome !== 'breach' && outcome !== 'verified') {
    run.skipped(item);
    return;
  }
  run.appendOutput(report.replaceAll(/\r?\n/g, '\r\n'));
  if (outcome === 'verified') run.passed(item);
  else if (outcome === 'breach') {
    run.failed(item, breach === undefined ? plainMessage(vscode, report) : breachMessage(vscode, breach));
  } else if (mismatch === undefined) run.errored(item, plainMessage(vscode, report));
  else {
    const { decision, of, expected, found } = mismatch;
    const message = vscode.TestMessage.diff(say(vscode, text.mismatchAt, { decision, of, expected, found }), expected, found);
    run.errored(item, message);
  }
}
