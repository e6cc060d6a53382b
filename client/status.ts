/** The item in the status bar: what the server is doing, and a way to end it. */
import type * as vscode from 'vscode';
import { command, type StatusParams } from './protocol.ts';
import { say, text } from './text.ts';
import type { Server, Vscode } from './tools.ts';

/** Shows the item and keeps it up to date. A click cancels what goes on, and shows the output where nothing does. */
export function showStatus(
  vscode: Pick<Vscode, 'l10n' | 'StatusBarAlignment' | 'window'>,
  server: Pick<Server, 'onStatus'>,
  subscriptions: vscode.Disposable[],
): void {
  const item = vscode.window.createStatusBarItem('irpsight.status', vscode.StatusBarAlignment.Left);
  item.name = 'Irpsight';
  const show = (status: StatusParams): void => {
    item.text = statusText(vscode, status);
    item.tooltip = statusTooltip(vscode, status);
    // Read aloud by screen readers, who cannot see the icon.
    item.accessibilityInformation = { label: item.tooltip, role: 'button' };
    item.command = status.state === 'idle' ? command.showOutput : command.cancelExploration;
  };
  show({ state: 'idle' });
  item.show();
  subscriptions.push(item, server.onStatus(show));
}

/** How far a search is, in a few words: `ReadCancelled, 12,345 states`; empty between two searches. */
export function progressText(vscode: Pick<Vscode, 'l10n'>, { scenario, states = 0 }: StatusParams): string {
  if (scenario === undefined) return '';
  return say(vscode, text.states, { scenario, states: states.toLocaleString('en-US') });
}

function statusText(vscode: Pick<Vscode, 'l10n'>, status: StatusParams): string {
  if (status.state === 'idle') return '$(check) Irpsight';
  if (status.state === 'looking') return '$(sync~spin) Irpsight';
  const progress = progressText(vscode, status);
  return `$(sync~spin) Irpsight${progress === '' ? '' : `: ${progress}`}`;
}

function statusTooltip(vscode: Pick<Vscode, 'l10n'>, status: StatusParams): string {
  const { driver = '', scenario = '', states = 0, done = 0, of = 0 } = status;
  if (status.state === 'idle') return say(vscode, text.idle);
  if (status.state === 'looking') return say(vscode, text.lookingIn, { driver });
  return say(vscode, text.exploringNow, { driver, scenario, states: states.toLocaleString('en-US'), done, of });
}
