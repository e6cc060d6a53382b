/** What following a recorded schedule came to, as text. */
import type { Trace } from '../check/findings.ts';
import type { Gone, ReplayResult } from '../check/trace.ts';
import { harmless } from './paint.ts';
import { scheduleList } from './schedule.ts';
import { findingLines, problemLines, type TextOptions } from './text.ts';
import { counted, verdictWords } from './verdict.ts';

/** Everything `replay` prints for one trace, ending in a line end. */
export function replayReport(trace: Trace, { outcome, problems, edited }: ReplayResult, options: TextOptions): string {
  const { paint } = options;
  const lines = problems.flatMap((problem) => [...problemLines(problem, options), '']);
  if (edited)
    lines.push(
      `${paint('yellow', 'note')}: ${harmless(trace.file)} or its scenarios have been edited since this trace was made.`,
      '',
    );
  switch (outcome?.kind) {
    case 'breach':
      lines.push(...findingLines(outcome.finding, options), '', `${harmless(trace.scenario)}: ${verdictWords.error}`);
      if (outcome.finding.rule !== trace.rule)
        lines.push(`The trace was made for ${harmless(trace.rule)}; now the schedule leads to ${outcome.finding.rule}.`);
      break;
    case 'gone':
      lines.push(
        ...scheduleList({ steps: outcome.steps, scenario: trace.scenario }, options).map((line) => `  ${line}`.trimEnd()),
        '',
        ...goneLines(trace, outcome, options),
      );
      break;
  }
  return `${lines.join('\n')}\n`;
}

function goneLines(
  { scenario, rule, schedule, processors }: Trace,
  { steps, left, anew }: Gone,
  { paint }: TextOptions,
): string[] {
  const tag = anew === 'verified' && schedule.length > 0 ? paint('yellow', 'note') : paint('red', 'error');
  const verdicts = { verified: verdictWords.verified, bounded: 'no error was found, but not everything was explored.' };
  const explored =
    anew === undefined ? [] : ['', `${harmless(scenario)}, explored anew with ${counted(processors, 'CPU')}: ${verdicts[anew]}`];
  if (left !== undefined)
    return [
      `${tag}: The schedule can no longer be followed: decision ${left.decision} of ${left.of}, after step ${steps.length}.`,
      `  expected: ${harmless(left.expected)}`,
      `  found:    ${harmless(left.found)}`,
      ...explored,
    ];
  if (schedule.length > 0 && anew !== undefined) return [`${tag}: The schedule ends without ${harmless(rule)}.`, ...explored];
  return [
    `${tag}: The schedule${schedule.length === 0 ? ' is empty and' : ''} does not show ${harmless(rule)}, nor did it when the trace was written: the trace is damaged, or of another version.`,
    ...explored,
  ];
}
