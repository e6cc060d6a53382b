/** Show Trace and Replay Trace. */
import type * as vscode from 'vscode';
import {
  command,
  method,
  type ReplayOutcome,
  type Schedules,
  type TraceParams,
  type TraceText,
  type WitnessParams,
} from '../protocol.ts';
import { say, text } from '../text.ts';
import type { Tools, Vscode } from '../tools.ts';
import { baseName, traceEnding } from './files.ts';
import { findingAtCursor } from './findings.ts';
import { showOutcome } from './outcome.ts';
import { withProgress } from './progress.ts';

/** Shows the schedule of a finding in a view beside the editor; by default of the finding at the cursor. */
export async function showTrace(tools: Tools, given?: TraceParams): Promise<void> {
  const { vscode, server, traces } = tools;
  const finding = given ?? (await findingAtCursor(vscode));
  if (finding === undefined) return;
  const schedules = await server.request<Schedules | null>(method.timeline, finding);
  if (schedules === null) {
    sayNoTrace(vscode, finding);
    return;
  }
  traces.show({
    key: `${finding.uri} ${finding.line} ${finding.rule}`,
    title: `${finding.rule} (${schedules.timeline.scenario})`,
    schedules,
    finding: {
      pin: async () => vscode.commands.executeCommand(command.pinTrace, finding),
      asText: () => showTraceText(tools, finding),
    },
  });
}

/** Shows how an IRP comes into a state, as the hover's links ask. */
export async function showWitness({ vscode, server, traces }: Tools, witness: WitnessParams | undefined): Promise<void> {
  if (witness === undefined) return;
  const schedules = await server.request<Schedules | null>(method.witness, witness);
  const { uri, position, state } = witness;
  if (schedules === null) void vscode.window.showInformationMessage(say(vscode, text.noWitness));
  else {
    const title = `${state} (${schedules.timeline.scenario})`;
    traces.show({ key: `${uri} ${position.line} ${position.character} ${state}`, title, schedules });
  }
}

/** The same as text, which can be copied. */
async function showTraceText({ vscode, server, documents }: Tools, finding: TraceParams): Promise<void> {
  const trace = await server.request<TraceText | null>(method.trace, finding);
  if (trace === null) {
    sayNoTrace(vscode, finding);
    return;
  }
  const uri = documents.put(`${finding.rule.replace('/', '-')}.${finding.line + 1}.trace.txt`, trace.text);
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Active, preview: true });
}

/** Says that no schedule of the finding is known, and offers to look for one. */
export function sayNoTrace(vscode: Pick<Vscode, 'commands' | 'l10n' | 'window'>, { uri, rule }: TraceParams): void {
  const explore = say(vscode, text.exploreFile);
  void vscode.window.showInformationMessage(say(vscode, text.noTrace, { rule }), explore).then((chosen) => {
    if (chosen === explore) void vscode.commands.executeCommand(command.exploreFile, uri);
  });
}

/** Follows the schedule in a trace file on the sources as they are now; by default of the file in the active editor, or one that is asked for. */
export async function replayTrace(tools: Tools, given?: string): Promise<ReplayOutcome | undefined> {
  const { vscode, server } = tools;
  const uri = given ?? (await traceFile(vscode))?.toString();
  if (uri === undefined) return undefined;
  const file = baseName(vscode, uri);
  // Where it leads to no error any more its scenario is explored anew, which may take as long as any exploring.
  const replayed = await withProgress(vscode, say(vscode, text.replaying, { file }), (_progress, token) =>
    server.request<ReplayOutcome>(method.replay, { uri }, token),
  );
  if (replayed === undefined) {
    void vscode.window.showInformationMessage(say(vscode, text.replayCancelled, { file }));
    return undefined;
  }
  const { kind, message } = replayMessages[replayed.outcome];
  showOutcome(tools, { kind, message: say(vscode, message) }, replayed.report, replayed.breach ? [replayed.breach] : []);
  return replayed;
}

const replayMessages = {
  breach: { kind: 'showErrorMessage', message: text.replayBreach },
  verified: { kind: 'showInformationMessage', message: text.replayVerified },
  open: { kind: 'showWarningMessage', message: text.replayOpen },
  mismatch: { kind: 'showWarningMessage', message: text.replayMismatch },
  unreadable: { kind: 'showErrorMessage', message: text.replayUnreadable },
} as const;

async function traceFile(vscode: Pick<Vscode, 'l10n' | 'window'>): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active?.path.endsWith(traceEnding)) return active;
  const chosen = await vscode.window.showOpenDialog({
    openLabel: say(vscode, text.pickTrace),
    filters: { [say(vscode, text.traceFiles)]: ['json'] },
  });
  return chosen?.[0];
}
