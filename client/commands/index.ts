/** Commands by their ids. */
import type * as vscode from 'vscode';
import { chooseNext, makeHappen } from '../debug/index.ts';
import { debugFinding, debugScenario } from '../debug/launch.ts';
import { command, method, type SuppressParams, type TraceParams, type WitnessParams } from '../protocol.ts';
import { findingOfMessage } from '../tests/messages.ts';
import { say, text } from '../text.ts';
import type { Tools } from '../tools.ts';
import { newDriver, newScenario } from './create.ts';
import { exploreFile, runScenario } from './explore.ts';
import { findingAtCursor } from './findings.ts';
import { pinTrace } from './pin.ts';
import { explainRule } from './rules.ts';
import { suppressFinding } from './suppress.ts';
import { replayTrace, showTrace, showWitness } from './traces.ts';

/** What runs for each command. Arguments come from the server's links, or, from menus, as a URI of the editor's, or not at all. */
export const handlers: Readonly<Record<string, (tools: Tools, ...given: readonly unknown[]) => Promise<unknown>>> = {
  [command.runScenario]: (tools, uri, scenario) => runScenario(tools, uriGiven(uri), stringGiven(scenario)),
  [command.exploreFile]: (tools, uri) => exploreFile(tools, uriGiven(uri)),
  [command.showTrace]: (tools, finding) => showTrace(tools, findingGiven(finding)),
  [command.showWitness]: (tools, place) => showWitness(tools, witnessGiven(place)),
  [command.replayTrace]: (tools, uri) => replayTrace(tools, uriGiven(uri)),
  [command.pinTrace]: (tools, finding) => pinTrace(tools, findingGiven(finding)),
  [command.suppressFinding]: (tools, finding) => suppressFinding(tools, findingGiven(finding) as SuppressParams | undefined),
  [command.debugScenario]: (tools, uri, scenario) => debugScenario(tools, uriGiven(uri), stringGiven(scenario)),
  [command.debugTrace]: async (tools, given) => {
    const finding = findingGiven(given) ?? (await findingAtCursor(tools.vscode));
    if (finding !== undefined) await debugFinding(tools, finding);
  },
  [command.chooseNext]: chooseNext,
  [command.cancelNow]: (tools) => makeHappen(tools, 'cancel'),
  [command.interruptNow]: (tools) => makeHappen(tools, 'interrupt'),
  [command.removeNow]: (tools) => makeHappen(tools, 'remove'),
  [command.newDriver]: newDriver,
  [command.newScenario]: newScenario,
  [command.explainRule]: (tools, rule) => explainRule(tools, stringGiven(rule)),
  [command.restartServer]: async ({ vscode, server, output }) => {
    await server.restart();
    output.appendLine(say(vscode, text.restarted));
  },
  [command.cancelExploration]: ({ server }) => server.notify(method.cancel),
  [command.showOutput]: async ({ output }) => output.show(true),
};

/** Registers the commands. What fails is told in a message, and in the output. */
export function registerCommands(tools: Tools, subscriptions: vscode.Disposable[]): void {
  const { vscode, output } = tools;
  for (const [id, handler] of Object.entries(handlers)) {
    subscriptions.push(
      vscode.commands.registerCommand(id, async (...given: readonly unknown[]) => {
        try {
          return await handler(tools, ...given);
        } catch (error) {
          const message = say(vscode, text.failed, { reason: error instanceof Error ? error.message : String(error) });
          output.appendLine(message);
          void vscode.window.showErrorMessage(message);
          return undefined;
        }
      }),
    );
  }
}

function stringGiven(given: unknown): string | undefined {
  return typeof given === 'string' ? given : undefined;
}

/** A URI as text, or the editor's own, as menus give it. */
function uriGiven(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  return typeof given === 'object' && given !== null && 'scheme' in given && 'path' in given ? String(given) : undefined;
}

function witnessGiven(given: unknown): WitnessParams | undefined {
  return typeof given === 'object' && given !== null && 'uri' in given && 'position' in given && 'state' in given
    ? (given as WitnessParams)
    : undefined;
}

function findingGiven(given: unknown): TraceParams | undefined {
  return typeof given === 'object' && given !== null && 'uri' in given && 'rule' in given && 'line' in given
    ? (given as TraceParams)
    : findingOfMessage(given);
}
