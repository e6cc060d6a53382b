/** What following a recorded schedule came to, as text. */
import type { Trace } from '../check/findings.ts';
import type { ReplayResult } from '../check/trace.ts';
import { harmless } from './paint.ts';
import { scheduleList } from './schedule.ts';
import { findingLines, problemLines, type TextOptions } from './text.ts';
import { verdictWords } from './verdict.ts';

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
    case 'end':
      lines.push(
        ...scheduleList({ steps: outcome.steps, scenario: trace.scenario }, options).map((line) => `  ${line}`.trimEnd()),
        '',
        outcome.followed
          ? `${harmless(trace.scenario)}: the schedule ends without ${harmless(trace.rule)}. Other schedules may still have it.`
          : `${paint('red', 'error')}: The schedule${trace.schedule.length === 0 ? ' is empty and' : ''} does not show ${harmless(trace.rule)}, nor did it when the trace was written: the trace is damaged, or of another version.`,
      );
      break;
    case 'mismatch':
      lines.push(
        ...scheduleList({ steps: outcome.steps, scenario: trace.scenario }, options).map((line) => `  ${line}`.trimEnd()),
        '',
        `${outcome.verified ? paint('yellow', 'note') : paint('red', 'error')}: The schedule can no longer be followed: decision ${outcome.decision} of ${outcome.of}, after step ${outcome.steps.length}.`,
        `  expected: ${harmless(outcome.expected)}`,
        `  found:    ${harmless(outcome.found)}`,
        ...(edited
          ? [
              '',
              outcome.verified
                ? `${harmless(trace.scenario)}, explored anew: ${verdictWords.verified}`
                : `${harmless(trace.scenario)}, explored anew: no error was found, but not everything was explored.`,
            ]
          : []),
      );
      break;
  }
  return `${lines.join('\n')}\n`;
}
