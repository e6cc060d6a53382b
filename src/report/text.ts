/** A check's result as text for a person: problems, findings with code frames and schedules, a line for each scenario, a summary. */
import type { CheckResult, Finding, ScenarioResult, SourceProblem } from '../check/findings.ts';
import { ruleOf } from '../check/rules.ts';
import { endsPaths } from '../check/suppress.ts';
import { codeFrame } from './frame.ts';
import { harmless, type Paint, proseWidth, wrap } from './paint.ts';
import { scheduleList, switchCount } from './schedule.ts';
import { counted, neverReached, verdictLines, verdictWords } from './verdict.ts';

/** Columns of running text. */
/** Problems of one file shown in full. */
const maxProblems = 10;

export interface TextOptions {
  readonly paint: Paint;
  /** Texts of the files that places lie in, by path. */
  readonly textOf: (path: string) => string | undefined;
  /** Every step of a schedule, and every statement not reached. */
  readonly whole: boolean;
  /** Of a driver with scenarios of its own the default ones were left out, which is said where nothing was found. */
  readonly ownReplaceDefaults?: boolean;
}

/** Everything `check` prints on standard output, ending in a line end. */
export function checkReport(result: CheckResult, options: TextOptions): string {
  const sections = [
    ...problemSections(result.problems, options),
    ...result.findings.map((finding) => findingLines(finding, options)),
    ...driversOf(result).map((driver) =>
      driverLines(
        driver,
        result.scenarios.filter((scenario) => scenario.driver === driver),
        options,
      ),
    ),
    ...suppressedLines(result, options.paint),
    [...summaryLines(result, options.paint), ...defaultsLines(result, options)],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** One mistake often makes the type checker complain of many things: more than a screenful of a file is counted only. */
function problemSections(problems: readonly SourceProblem[], options: TextOptions): string[][] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return files.flatMap((file) => {
    const own = problems.filter((problem) => problem.file === file);
    const shown = options.whole ? own : own.slice(0, maxProblems);
    const rest = own.length - shown.length;
    return [
      ...shown.map((problem) => problemLines(problem, options)),
      ...(rest > 0 ? [[`${harmless(file)}: and ${counted(rest, 'more problem')}`]] : []),
    ];
  });
}

/** A problem of the source with its code frame, directly behind the first line of its message: there problem matchers look for the place. */
export function problemLines(problem: SourceProblem, { paint, textOf }: TextOptions): string[] {
  const colour = problem.severity === 'error' ? 'red' : 'yellow';
  const [first = '', ...more] = problem.message.split('\n').map(harmless);
  return [
    `${paint(colour, `${problem.severity}[${harmless(problem.code)}]`)}: ${first}`,
    ...codeFrame(problem.file, textOf(problem.file), problem.range, { around: 1, caret: colour, paint }),
    ...more.map((line) => `  ${line}`),
  ];
}

/** A finding with code frame, related places, why it matters, what to do, and its schedule. */
export function findingLines(finding: Finding, options: TextOptions): string[] {
  const { paint, textOf } = options;
  const colour = finding.certainty === 'may' || finding.severity === 'warning' ? 'yellow' : 'red';
  const head = finding.certainty === 'may' ? 'may' : finding.severity;
  const rule = ruleOf(finding.rule)?.description.en;
  const lines = [
    `${paint(colour, `${head}[${harmless(finding.rule)}]`)}: ${paint('bold', harmless(finding.message))}`,
    ...codeFrame(finding.file, textOf(finding.file), finding.range, { around: 2, caret: colour, paint }),
  ];
  for (const related of finding.related) {
    lines.push(`${paint('blue', 'related')}: ${harmless(related.message)}`);
    lines.push(...codeFrame(related.file, textOf(related.file), related.range, { around: 0, caret: 'blue', paint }));
  }
  if (rule !== undefined) {
    lines.push(...wrap(`why: ${rule.why}`, proseWidth, 5).map((line, index) => boldHead(line, index, paint)));
    lines.push(...wrap(`fix: ${rule.fix}`, proseWidth, 5).map((line, index) => boldHead(line, index, paint)));
  }
  if (finding.trace !== undefined) {
    const { scenario, processors, steps } = finding.trace;
    const title = `how it happens: scenario ${harmless(scenario)}, ${counted(processors, 'CPU')}, ${counted(switchCount(steps), 'thread switch', 'thread switches')}`;
    lines.push(paint('bold', title), ...scheduleList(finding.trace, options, finding).map((line) => `  ${line}`.trimEnd()));
  }
  return lines;
}

function boldHead(line: string, index: number, paint: Paint): string {
  return index === 0 ? `${paint('bold', line.slice(0, 3))}${line.slice(3)}` : line;
}

function driverLines(driver: string, scenarios: readonly ScenarioResult[], { paint, whole }: TextOptions): string[] {
  const lines = [paint('bold', harmless(driver)), ...verdictLines(scenarios, paint).map((line) => `  ${line}`)];
  const missed = neverReached(scenarios);
  const shown = whole ? missed : missed.slice(0, 6);
  if (missed.length > 0) lines.push('  not reached in any scenario:', ...shown.map((entry) => `    ${harmless(entry)}`));
  if (missed.length > shown.length) lines.push(`    and ${missed.length - shown.length} more`);
  return lines;
}

/** What comments in the sources let stand, a line each. */
function suppressedLines({ suppressed = [] }: CheckResult, paint: Paint): string[][] {
  if (suppressed.length === 0) return [];
  const lines = suppressed.map(({ finding: { rule, file, range }, reason }) => {
    const where = `${harmless(file)}:${range.start.line}:${range.start.column}`;
    return `${paint('dim', `suppressed[${rule}]`)}: ${where}: ${harmless(reason)}`;
  });
  return [endsPaths(suppressed) ? [...lines, 'What lies behind a suppressed error on its path was not explored.'] : lines];
}

/** Totals, and what every verdict above rests on. */
function summaryLines({ problems, findings, suppressed = [], scenarios }: CheckResult, paint: Paint): string[] {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const kinds = (['witnessed', 'must', 'may'] as const)
    .map((certainty) => ({ certainty, count: findings.filter((finding) => finding.certainty === certainty).length }))
    .filter(({ count }) => count > 0)
    .map(({ certainty, count }) => `${count} ${certainty}`);
  const verdicts = (['verified', 'bounded', 'error'] as const)
    .map((verdict) => ({ verdict, count: scenarios.filter((scenario) => scenario.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdictWords[verdict]}`);
  const assumptions = [...new Set(scenarios.flatMap((scenario) => scenario.assumptions))];
  return [
    ...(assumptions.length > 0 ? wrap(`Every verdict assumes: ${assumptions.map(harmless).join(' ')}`, proseWidth, 4) : []),
    paint(
      'bold',
      [
        ...(errors > 0 ? [counted(errors, 'problem')] : []),
        `${counted(findings.length, 'finding')}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`,
        ...(suppressed.length > 0 ? [`${suppressed.length} suppressed`] : []),
        `${counted(scenarios.length, 'scenario')}${verdicts.length > 0 ? `: ${verdicts.join('; ')}` : ''}`,
      ].join(', '),
    ),
  ];
}

/** That more could have been explored. */
function defaultsLines(result: CheckResult, { ownReplaceDefaults = false }: TextOptions): string[] {
  const drivers = driversOf(result);
  const own = drivers.filter((driver) => result.scenarios.every((one) => one.driver !== driver || one.file !== driver));
  const found = result.findings.length > 0 || result.problems.some(({ severity }) => severity === 'error');
  if (!ownReplaceDefaults || found || own.length === 0) return [];
  const [what, why] =
    drivers.length === 1
      ? ['The default scenarios', 'the driver has its own']
      : [
          `The default scenarios of ${counted(own.length, 'driver')}`,
          own.length === 1 ? 'it has its own' : 'they have their own',
        ];
  return wrap(`${what} were not explored, because ${why}; --defaults always explores both.`, proseWidth, 0);
}

function driversOf({ scenarios }: CheckResult): string[] {
  return [...new Set(scenarios.map(({ driver }) => driver))];
}
