/** Debugging in the editor: the adapter, the configurations, and the commands that make something happen now. */
import type * as vscode from 'vscode';
import type { ChoiceView, LeadKind } from '../../src/debug/protocol.ts';
import { say, text } from '../text.ts';
import type { Tools, Vscode } from '../tools.ts';
import { createAdapter } from './adapter.ts';
import { configurationProvider, debugType } from './launch.ts';

/** Registers what debugs; the commands are registered with the others. */
export function registerDebugging(tools: Pick<Tools, 'vscode' | 'server'>, subscriptions: vscode.Disposable[]): void {
  const { vscode } = tools;
  subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      createDebugAdapterDescriptor: () => new vscode.DebugAdapterInlineImplementation(createAdapter(tools)),
    }),
    vscode.debug.registerDebugConfigurationProvider(debugType, configurationProvider(tools)),
  );
}

/** Asks which of the steps that are possible comes next. */
export async function chooseNext({ vscode }: Pick<Tools, 'vscode'>): Promise<void> {
  const session = sessionOf(vscode);
  if (session === undefined) return;
  const { choices }: { choices: readonly ChoiceView[] } = await session.customRequest('choices');
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(say(vscode, text.nothingNext));
    return;
  }
  const items = choices.map(({ id, label, detail, next }) => ({
    id,
    label,
    description: next ? `${detail} (${say(vscode, text.comesNext)})` : detail,
  }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: say(vscode, text.pickNext), matchOnDescription: true });
  if (chosen === undefined) return;
  const { happened } = await session.customRequest('choose', { choice: chosen.id });
  if (happened !== true) void vscode.window.showInformationMessage(say(vscode, text.cannotComeNext));
}

/** Makes a cancel, an interrupt or a removal come now; says where none can. */
export async function makeHappen({ vscode }: Pick<Tools, 'vscode'>, to: LeadKind): Promise<void> {
  const session = sessionOf(vscode);
  if (session === undefined) return;
  const { happened } = await session.customRequest('lead', { to });
  if (happened !== true) void vscode.window.showInformationMessage(say(vscode, nowhere[to]));
}

const nowhere: Readonly<Record<LeadKind, Parameters<typeof say>[1]>> = {
  cancel: text.noCancelNow,
  interrupt: text.noInterruptNow,
  remove: text.noRemoveNow,
};

function sessionOf(vscode: Pick<Vscode, 'debug' | 'l10n' | 'window'>): vscode.DebugSession | undefined {
  const session = vscode.debug.activeDebugSession;
  if (session?.type === debugType) return session;
  void vscode.window.showInformationMessage(say(vscode, text.noDebugSession));
  return undefined;
}
