/** What a test that did not pass says, and which finding such a message is about. */
import type * as vscode from 'vscode';
import type { ShownBreach, TraceParams } from '../protocol.ts';
import type { Vscode } from '../tools.ts';

/** What the context of a message about a breach begins with; the rule follows. Menus look for it. */
const breachContext = 'irpsight.breach ';

/** The breach at its line, with its schedule at hand. */
export function breachMessage(vscode: Vscode, { rule, message, uri, range: { start, end } }: ShownBreach): vscode.TestMessage {
  const shown = new vscode.TestMessage(`${rule}: ${message}`);
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  shown.location = new vscode.Location(vscode.Uri.parse(uri), range);
  shown.contextValue = breachContext + rule;
  return shown;
}

/** A message about no line in particular. */
export function plainMessage(vscode: Vscode, message: string): vscode.TestMessage {
  return new vscode.TestMessage(message.trimEnd());
}

/** The finding that a message's menu was opened on; the editor hands the command the test and the message. */
export function findingOfMessage(given: unknown): TraceParams | undefined {
  if (typeof given !== 'object' || given === null || !('message' in given)) return undefined;
  const { contextValue, location } = given.message as vscode.TestMessage;
  if (contextValue?.startsWith(breachContext) !== true || location === undefined) return undefined;
  return { uri: location.uri.toString(), rule: contextValue.slice(breachContext.length), line: location.range.start.line };
}
