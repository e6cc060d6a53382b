/**
 * Every sentence that the client shows, in English. The English text is what translations are found by:
 * `l10n/bundle.l10n.ja.json` has the same texts as keys, which a test compares.
 */
import type { VerdictKind } from './protocol.ts';
import type { Vscode } from './tools.ts';

/** The sentences; what stands in braces is filled in. */
export const text = {
  noDriver: 'Open a driver or scenario file first.',
  noDriverForScenario: 'Open the driver (a file *.driver.ts) that the scenario is for first.',
  noScenarios: 'There is nothing to explore in {file}.',
  pickScenario: 'Scenario to run',
  exploring: 'Exploring {file}',
  exploringScenario: 'Exploring {scenario} of {file}',
  cancelled: 'Exploring {file} was cancelled, so nothing is known of it.',
  problems: '{file} has errors ({count}), so nothing was explored.',
  oneVerdict: '{scenario}: {verdict}.',
  oneBound: '{scenario}: {verdict}. {bound}',
  manyVerdicts: '{file}: {verdicts}.',
  someFindings: '{message} Findings in the report: {count}.',
  showReport: 'Show Report',
  showTrace: 'Show Trace',
  verified: 'verified for this scenario',
  bounded: 'no error up to bound',
  error: 'error, replayable',
  noFinding: 'There is no finding of Irpsight at the cursor.',
  pickFinding: 'Finding whose schedule is shown',
  noTrace: 'No schedule of {rule} is known yet. Explore the file to look for one.',
  noWitness: 'The driver has changed: point at the request again once it has been explored.',
  exploreFile: 'Explore File',
  traceFiles: 'Traces',
  pickTrace: 'Replay Trace',
  replaying: 'Following the schedule in {file}',
  replayCancelled: 'Following the schedule in {file} was cancelled, so nothing is known of it.',
  replayBreach: 'The schedule still leads to a breach.',
  replayVerified: 'The schedule leads to a breach no more. Its scenario was explored anew and is verified.',
  replayOpen: 'The schedule leads to a breach no more, but its scenario is not verified.',
  replayMismatch: 'The schedule can no longer be followed.',
  replayUnreadable: 'The trace cannot be followed.',
  pickFolder: 'Make the Driver Here',
  folderNotEmpty: 'The folder {folder} is not empty, so nothing was written. Choose an empty one.',
  cannotWrite: 'Cannot write {file}.',
  pickRule: 'Rule to explain',
  noRule: 'There is no rule {rule}.',
  failed: 'The language server could not do that: {reason}',
  restarted: 'The language server was started anew.',
  crashed: 'The language server has ended unexpectedly and is started anew.',
  crashedTooOften:
    'The language server has ended unexpectedly too often and is not started again. "Irpsight: Restart Server" starts it.',
  idle: 'Irpsight: nothing is being checked. Click for the output.',
  lookingIn: 'Irpsight looks into the states of the requests of {driver}. Click to cancel.',
  exploringNow:
    'Irpsight explores {scenario} of {driver}: {states} states so far, {done} of {of} scenarios done. Click to cancel.',
  states: '{scenario}, {states} states',
  suppressRule: 'Disable {rule} Here',
  suppressReason: 'Why may this finding stand? The reason is written above the line.',
  checkFolder: 'check the drivers of the folder',
  checkFile: 'check {file}',
  replayFolder: 'follow the pinned schedules of the folder',
  pinned: '{file} now stands beside {driver}, and is a test of it.',
  open: 'Open',
  runTests: 'Run',
  debugTests: 'Debug',
  coverTests: 'Run with Coverage',
  scheduleTest: '{rule} in {scenario}',
  noSuchScenario: 'There is no scenario {scenario} any more.',
  mismatchAt: 'The schedule can no longer be followed: decision {decision} of {of}. Expected: {expected}. Found: {found}.',
  pickFormat: 'Format of the file',
  exportSvg: 'a picture',
  exportMermaid: 'a sequence diagram, as text',
  exportJson: 'for programs',
  pickScenarioToDebug: 'Scenario to debug',
  debugName: 'Debug Scenario',
  debugUnknown: 'The debugger of Irpsight knows no request {request}.',
  launchWrong: 'The launch configuration is not right: {name} is to be a value such as {wanted}.',
  stopAtRule: 'Breaches of rules',
  stopAtRuleWhy: 'Stops where a rule is breached; the condition is the id of the only rule to stop at.',
  stopAtIrql: 'Changes of the IRQL',
  stopAtIrqlWhy:
    'Stops where a context raises or lowers its IRQL; the condition compares IRQL, the new level, with a number or a name.',
  stoppedIrql: 'IRQL changed',
  stoppedBreach: 'Rule breached',
  stoppedEnd: 'End of the run',
  stoppedPaused: 'Many steps without a reason to stop; it can go on',
  stoppedStart: 'Beginning of the run',
  noDebugSession: 'No scenario or schedule is being debugged.',
  pickNext: 'What runs next; the schedule of the trace is left where another one is chosen',
  comesNext: 'comes next by itself',
  nothingNext: 'Nothing can run next: the run is at its end.',
  cannotComeNext: 'That cannot run next any more.',
  noCancelNow: 'No context that could run next calls IoCancelIrp: no thread of this scenario cancels a request here.',
  noInterruptNow: 'No interrupt can come now: no device has one pending, and no thread of this scenario makes one here.',
  noRemoveNow: 'No context that could run next removes the device.',
} as const;

/** A sentence in the editor's language. */
export function say(
  vscode: Pick<Vscode, 'l10n'>,
  message: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return vscode.l10n.t(message, values);
}

/** The CLI's words for a verdict, and no others. */
export function verdictWord(vscode: Pick<Vscode, 'l10n'>, verdict: VerdictKind): string {
  return say(vscode, text[verdict]);
}
