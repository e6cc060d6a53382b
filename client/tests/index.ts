/** The Test Explorer: every scenario and every pinned schedule is a test of its driver. */
import type * as vscode from 'vscode';
import { debugScenario, debugTraceFile } from '../debug/launch.ts';
import { say, text } from '../text.ts';
import type { Tools } from '../tools.ts';
import { openCoverage } from './coverage.ts';
import { discover } from './discover.ts';
import type { Leaves } from './items.ts';
import { type Runner, runTests } from './run.ts';

/** Registers the tests with the editor: to be run, debugged, and run with coverage. */
export function registerTests(tools: Pick<Tools, 'vscode' | 'server'>, subscriptions: vscode.Disposable[]): void {
  const { vscode, server } = tools;
  const controller = vscode.tests.createTestController('irpsight', 'Irpsight');
  subscriptions.push(controller);
  const leaves: Leaves = new WeakMap();
  const { resolve } = discover(vscode, server, controller, leaves, subscriptions);
  const runner: Runner = { tools, controller, leaves, resolve };
  const { Run, Debug, Coverage } = vscode.TestRunProfileKind;

  const run = say(vscode, text.runTests);
  controller.createRunProfile(run, Run, (request, token) => runTests(runner, request, token), true);

  controller.createRunProfile(say(vscode, text.debugTests), Debug, ({ include }) => debugTest(tools, leaves, include?.[0]), true);

  const details = new WeakMap<vscode.FileCoverage, vscode.StatementCoverage[]>();
  const coverage = controller.createRunProfile(
    say(vscode, text.coverTests),
    Coverage,
    (request, token) => runTests(runner, request, token, openCoverage(vscode, details)),
    true,
  );
  coverage.loadDetailedCoverage = async (_run, file) => details.get(file) ?? [];
}

/** One session at a time: of several tests the first is debugged; of a driver it is asked which scenario. */
async function debugTest(
  tools: Pick<Tools, 'vscode' | 'server'>,
  leaves: Leaves,
  item: vscode.TestItem | undefined,
): Promise<void> {
  if (item === undefined) return;
  const test = leaves.get(item);
  if (test?.kind === 'schedule') await debugTraceFile(tools, test.uri);
  else await debugScenario(tools, (item.parent ?? item).id, test?.name);
}
