/** The Test Explorer: every scenario and every pinned schedule is a test of its driver. */
import type * as vscode from 'vscode';
import { say, text } from '../text.ts';
import type { Tools } from '../tools.ts';
import { openCoverage } from './coverage.ts';
import { discover } from './discover.ts';
import type { Leaves } from './items.ts';
import { type Runner, runTests } from './run.ts';

/** Registers the tests with the editor: to be run, and run with coverage. */
export function registerTests(tools: Pick<Tools, 'vscode' | 'server'>, subscriptions: vscode.Disposable[]): void {
  const { vscode, server } = tools;
  const controller = vscode.tests.createTestController('irpsight', 'Irpsight');
  subscriptions.push(controller);
  const leaves: Leaves = new WeakMap();
  const { resolve } = discover(vscode, server, controller, leaves, subscriptions);
  const runner: Runner = { tools, controller, leaves, resolve };
  const { Run, Coverage } = vscode.TestRunProfileKind;

  const run = say(vscode, text.runTests);
  controller.createRunProfile(run, Run, (request, token) => runTests(runner, request, token), true);

  const details = new WeakMap<vscode.FileCoverage, vscode.StatementCoverage[]>();
  const coverage = controller.createRunProfile(
    say(vscode, text.coverTests),
    Coverage,
    (request, token) => runTests(runner, request, token, openCoverage(vscode, details)),
    true,
  );
  coverage.loadDetailedCoverage = async (_run, file) => details.get(file) ?? [];
}
