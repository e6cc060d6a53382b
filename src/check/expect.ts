/**
 * What a driver's header declares a check of it to find, compared with what it did find. The header is a line of the first
 * comment: ` * Expect: verified`, or the rules ` * Expect: cancel/lost, completion/twice`; each guilty line ends in
 * `// <-- cancel/lost`.
 */
import type { CheckResult } from './findings.ts';
import { linesOf } from './text.ts';

/** A guilty line: the rule and the line, from 1. */
export interface ExpectedFinding {
  readonly rule: string;
  readonly line: number;
}

export interface Expectation {
  /** The words after `Expect:`, `verified` alone or rule ids; empty when the file declares nothing. */
  readonly declared: readonly string[];
  readonly marked: readonly ExpectedFinding[];
}

/** What the text of a driver declares. */
export function readExpectation(text: string): Expectation {
  const lines = linesOf(text);
  const header = lines
    .slice(0, 60)
    .map((line) => /^\s*(?:\/?\*+|\/\/)\s*Expect:\s*(.*?)\s*(?:\*\/)?$/.exec(line.slice(0, 1000)))
    .find((match) => match !== null);
  const declared = (header?.[1] ?? '').split(/[\s,]+/).filter((word) => word !== '');
  const marked = lines.flatMap((line, index) =>
    [...line.matchAll(/\/\/ <-- ([a-z-]+\/[a-z-]+(?:, *[a-z-]+\/[a-z-]+)*)/g)].flatMap(([, rules]) =>
      rules.split(/, */).map((rule) => ({ rule, line: index + 1 })),
    ),
  );
  return { declared, marked };
}

/**
 * What differs between a driver's declaration and its check, one sentence each; empty when they agree.
 * @param text the driver's source.
 */
export function compareWithExpectation(driver: string, text: string, result: CheckResult): string[] {
  const { declared, marked } = readExpectation(text);
  if (declared.length === 0)
    return [`${driver} declares no outcome: its first comment needs a line "Expect: verified" or "Expect: <rule>".`];
  const scenarios = result.scenarios.filter((scenario) => scenario.driver === driver);
  const found = result.findings.filter(({ certainty, trace, file }) => certainty !== 'may' && (trace?.file ?? file) === driver);
  const expected = declared[0] === 'verified' ? [] : declared;
  const differences: string[] = [];

  const unfinished = result.problems.find(({ severity, code }) => severity === 'error' || code === 'check/interrupted');
  const unreached = result.problems.find(({ code }) => code === 'check/unreached-dispatch');
  if (unfinished !== undefined) differences.push(`${driver}: ${unfinished.message}`);
  if (unreached !== undefined && expected.length === 0) differences.push(`${driver}: ${unreached.message}`);
  if (scenarios.length === 0) differences.push(`${driver}: no scenario was explored.`);
  if (expected.length === 0) {
    for (const { name, verdict } of scenarios) {
      if (verdict !== 'verified') differences.push(`${driver}: expected to be verified, but ${name} is ${verdict}.`);
    }
  }
  for (const rule of expected) {
    if (!found.some((finding) => finding.rule === rule)) differences.push(`${driver}: expected ${rule}, which was not found.`);
    if (!marked.some((mark) => mark.rule === rule))
      differences.push(`${driver}: expects ${rule}, but no line is marked "// <-- ${rule}".`);
  }
  for (const { rule, line } of marked) {
    const hit = found.some((finding) => finding.rule === rule && finding.file === driver && finding.range.start.line === line);
    if (!hit) differences.push(`${driver}:${line}: expected ${rule} here.`);
  }
  for (const { rule, file, range } of found) {
    const wanted =
      file === driver && marked.some((mark) => mark.rule === rule && mark.line === range.start.line) && expected.includes(rule);
    if (!wanted) differences.push(`${file}:${range.start.line}: ${rule} was not expected here.`);
  }
  return differences;
}
