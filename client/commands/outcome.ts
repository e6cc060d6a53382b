/** What exploring or following a schedule came to: the report in the output, and one honest sentence. */
import { command, type ExploreResult, type ShownBreach, type VerdictKind } from '../protocol.ts';
import { say, text, verdictWord } from '../text.ts';
import type { Tools, Vscode } from '../tools.ts';
import { type Choice, chosenFinding } from './findings.ts';

/** A message and how it is shown. */
export interface Outcome {
  readonly kind: 'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage';
  readonly message: string;
}

/** Ends a command. The message has buttons for the report and for the schedule of what was found; it is not waited for, as it may stay for as long as it likes. */
export function showOutcome(
  { vscode, output }: Tools,
  { kind, message }: Outcome,
  report: string,
  breaches: readonly ShownBreach[],
): void {
  output.clear();
  output.append(report);
  const showReport = say(vscode, text.showReport);
  const showTrace = say(vscode, text.showTrace);
  const buttons = breaches.length === 0 ? [showReport] : [showTrace, showReport];
  void vscode.window[kind](message, ...buttons).then(async (chosen) => {
    if (chosen === showReport) output.show(true);
    if (chosen !== showTrace) return;
    const finding = await chosenFinding(vscode, breaches.map(choiceOf));
    if (finding !== undefined) await vscode.commands.executeCommand(command.showTrace, finding);
  });
}

function choiceOf({ uri, rule, range, message }: ShownBreach): Choice {
  return { uri, rule, line: range.start.line, message };
}

/** The worst first: what is worst decides how it is shown. */
const order: readonly VerdictKind[] = ['error', 'bounded', 'verified'];
const kinds = { error: 'showErrorMessage', bounded: 'showWarningMessage', verified: 'showInformationMessage' } as const;

/** The sentence for what came of exploring a file. */
export function outcomeOf(vscode: Pick<Vscode, 'l10n'>, file: string, result: ExploreResult): Outcome {
  const { verdicts, problems, findings } = result;
  if (problems > 0) return { kind: 'showErrorMessage', message: say(vscode, text.problems, { file, count: problems }) };
  if (verdicts.length === 0) return { kind: 'showWarningMessage', message: say(vscode, text.noScenarios, { file }) };
  const worst = order.find((word) => verdicts.some(({ verdict }) => verdict === word)) ?? 'bounded';
  const message = sentence(vscode, file, result);
  // Of an error the finding goes without saying; where all is verified there may still be something that may happen.
  if (worst === 'error' || findings === 0) return { kind: kinds[worst], message };
  return { kind: 'showWarningMessage', message: say(vscode, text.someFindings, { message, count: findings }) };
}

function sentence(vscode: Pick<Vscode, 'l10n'>, file: string, { verdicts }: ExploreResult): string {
  const [first] = verdicts;
  if (verdicts.length > 1) {
    const counts = order
      .map((word) => ({ word, count: verdicts.filter(({ verdict }) => verdict === word).length }))
      .filter(({ count }) => count > 0)
      .map(({ word, count }) => `${count} ${verdictWord(vscode, word)}`);
    return say(vscode, text.manyVerdicts, { file, verdicts: counts.join('; ') });
  }
  const values = { scenario: first.name, verdict: verdictWord(vscode, first.verdict) };
  const [bound] = first.bounds;
  return bound === undefined ? say(vscode, text.oneVerdict, values) : say(vscode, text.oneBound, { ...values, bound });
}
