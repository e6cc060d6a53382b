/** Run Scenario and Explore File: progress that can be cancelled, the report in the output, one message at the end. */
import { type ExploreResult, method, type ScenarioPlace } from '../protocol.ts';
import { progressText } from '../status.ts';
import { say, text } from '../text.ts';
import type { Tools } from '../tools.ts';
import { baseName, fileToExplore } from './files.ts';
import { outcomeOf, showOutcome } from './outcome.ts';
import { withProgress } from './progress.ts';

/** Explores one scenario; asks which where none is named and the file has several. */
export async function runScenario(tools: Tools, uri?: string, scenario?: string): Promise<ExploreResult | undefined> {
  const { vscode, server } = tools;
  const file = fileToExplore(vscode, uri);
  if (file === undefined) return undefined;
  if (scenario !== undefined) return explore(tools, file, scenario);

  const scenarios = await server.request<readonly ScenarioPlace[]>(method.scenarios, { uri: file });
  if (scenarios.length === 0) {
    void vscode.window.showWarningMessage(say(vscode, text.noScenarios, { file: baseName(vscode, file) }));
    return undefined;
  }
  const names = scenarios.map(({ name }) => name);
  const name =
    names.length === 1 ? names[0] : await vscode.window.showQuickPick(names, { placeHolder: say(vscode, text.pickScenario) });
  return name === undefined ? undefined : explore(tools, file, name);
}

/** Explores every scenario of a file. */
export async function exploreFile(tools: Tools, uri?: string): Promise<ExploreResult | undefined> {
  const file = fileToExplore(tools.vscode, uri);
  return file === undefined ? undefined : explore(tools, file);
}

async function explore(tools: Tools, uri: string, scenario?: string): Promise<ExploreResult | undefined> {
  const { vscode, server } = tools;
  const file = baseName(vscode, uri);
  const title =
    scenario === undefined ? say(vscode, text.exploring, { file }) : say(vscode, text.exploringScenario, { file, scenario });
  const result = await withProgress(vscode, title, async (progress, token) => {
    const listening = server.onStatus((status) => {
      // Others may be explored in the background meanwhile.
      const isOurs = status.scenario !== undefined && (scenario === undefined || status.scenario === scenario);
      if (status.state === 'exploring' && isOurs) progress.report({ message: progressText(vscode, status) });
    });
    try {
      return await server.request<ExploreResult>(method.explore, { uri, scenario }, token);
    } finally {
      listening.dispose();
    }
  });
  if (result === undefined) {
    void vscode.window.showInformationMessage(say(vscode, text.cancelled, { file }));
    return undefined;
  }
  showOutcome(tools, outcomeOf(vscode, file, result), result.report, result.breaches);
  return result;
}
