/** Launch configurations: what a person writes in launch.json, or nothing at all, as what the server is told. A configuration may hold anything. */
import type * as vscode from 'vscode';
import { baseName, fileToExplore } from '../commands/files.ts';
import { type DebugLaunch, method, type ScenarioPlace, type TraceParams } from '../protocol.ts';
import { say, text } from '../text.ts';
import type { Tools, Vscode } from '../tools.ts';

/** The type of our configurations and sessions. */
export const debugType = 'irpsight';

/** Most processors that a scenario may have, as the check has it. */
export const mostProcessors = 8;

/** What a launch says, and whether it is to stop at the driver's first statement: a scenario does if nothing else is said, a trace at what it shows. */
export interface Launch {
  readonly subject: DebugLaunch;
  readonly stopOnEntry: boolean;
}

/** Reads a launch request's arguments; throws what is wrong with them. */
export function readLaunch(vscode: Pick<Vscode, 'l10n' | 'Uri'>, given: Readonly<Record<string, unknown>>): Launch {
  const { program, scenario, trace, cpus, finding, stopOnEntry } = given;
  const wrong = (name: string, wanted: string): Error => new Error(say(vscode, text.launchWrong, { name, wanted }));
  if (stopOnEntry !== undefined && typeof stopOnEntry !== 'boolean') throw wrong('stopOnEntry', 'true, false');
  if (isFinding(finding)) return { subject: { finding }, stopOnEntry: stopOnEntry ?? false };
  const uriGiven = (name: string, path: unknown): string => {
    if (typeof path !== 'string' || path === '') throw wrong(name, '"toaster.driver.ts"');
    return uriOf(vscode, path);
  };
  if (trace !== undefined) return { subject: { trace: uriGiven('trace', trace) }, stopOnEntry: stopOnEntry ?? false };
  if (typeof scenario !== 'string' || scenario === '') throw wrong('scenario', '"CancelWhileReading"');
  const isCount = typeof cpus === 'number' && Number.isInteger(cpus) && cpus >= 1 && cpus <= mostProcessors;
  if (cpus !== undefined && !isCount) throw wrong('cpus', `1 - ${mostProcessors}`);
  const subject = { uri: uriGiven('program', program), scenario, ...(isCount ? { processors: cpus } : {}) };
  return { subject, stopOnEntry: stopOnEntry ?? true };
}

/** Asks which scenario is meant where a configuration does not say; F5 without a configuration means the file in the editor. */
export function configurationProvider(tools: Pick<Tools, 'vscode' | 'server'>): vscode.DebugConfigurationProvider {
  const { vscode } = tools;
  return {
    resolveDebugConfiguration(_folder, given) {
      if (given.type !== undefined && given.type !== '') return given;
      const file = fileToExplore(vscode, undefined);
      return file === undefined ? undefined : configurationOf(vscode, file, undefined);
    },
    async resolveDebugConfigurationWithSubstitutedVariables(_folder, given) {
      if (given.trace !== undefined || given.finding !== undefined || typeof given.program !== 'string') return given;
      if (given.scenario !== undefined && given.scenario !== '') return given;
      const scenario = await askScenario(tools, uriOf(vscode, given.program));
      return scenario === undefined ? undefined : { ...given, scenario };
    },
  };
}

/** Debugs a scenario of a file; asks for what is missing. */
export async function debugScenario(tools: Pick<Tools, 'vscode' | 'server'>, uri?: string, scenario?: string): Promise<void> {
  const { vscode } = tools;
  const file = fileToExplore(vscode, uri);
  if (file !== undefined) await start(vscode, file, configurationOf(vscode, file, scenario));
}

/** Debugs the schedule that shows a finding. */
export async function debugFinding({ vscode }: Pick<Tools, 'vscode'>, finding: TraceParams): Promise<void> {
  await start(vscode, finding.uri, { type: debugType, request: 'launch', name: finding.rule, finding });
}

/** Debugs the schedule in a trace file. */
export async function debugTraceFile({ vscode }: Pick<Tools, 'vscode'>, uri: string): Promise<void> {
  await start(vscode, uri, { type: debugType, request: 'launch', name: say(vscode, text.debugName), trace: uri });
}

async function start(
  vscode: Pick<Vscode, 'debug' | 'Uri' | 'workspace'>,
  file: string,
  configuration: vscode.DebugConfiguration,
): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(file));
  await vscode.debug.startDebugging(folder, configuration);
}

function configurationOf(vscode: Pick<Vscode, 'l10n'>, uri: string, scenario: string | undefined): vscode.DebugConfiguration {
  const name = scenario ?? say(vscode, text.debugName);
  return { type: debugType, request: 'launch', name, program: uri, ...(scenario === undefined ? {} : { scenario }) };
}

async function askScenario({ vscode, server }: Pick<Tools, 'vscode' | 'server'>, uri: string): Promise<string | undefined> {
  const places = await server.request<readonly ScenarioPlace[]>(method.scenarios, { uri });
  const names = places.map(({ name }) => name);
  if (names.length === 0) {
    void vscode.window.showWarningMessage(say(vscode, text.noScenarios, { file: baseName(vscode, uri) }));
    return undefined;
  }
  if (names.length === 1) return names[0];
  return vscode.window.showQuickPick(names, { placeHolder: say(vscode, text.pickScenarioToDebug) });
}

/** A URI as it is, also `untitled:Untitled-1`; anything else is a path, also one that begins with a drive of Windows. */
function uriOf({ Uri }: Pick<Vscode, 'Uri'>, given: string): string {
  return /^[a-z][a-z-]+:/i.test(given) ? given : Uri.file(given).toString();
}

function isFinding(given: unknown): given is TraceParams {
  if (typeof given !== 'object' || given === null) return false;
  const { uri, rule, line } = given as Partial<TraceParams>;
  return typeof uri === 'string' && typeof rule === 'string' && typeof line === 'number';
}
