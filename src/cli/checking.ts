/** What `check` and `run` share: workers over all targets, progress, Ctrl+C, one report, one exit code. */
import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { AskedOptions } from '../check/config.ts';
import { compareWithExpectation } from '../check/expect.ts';
import type { CheckResult, ScenarioResult } from '../check/findings.ts';
import { endsPaths } from '../check/suppress.ts';
import { reasonOf, type Target } from '../jobs/files.ts';
import type { Checked } from '../jobs/protocol.ts';
import { compileLimit, keptWorkers, openSession, type Session } from '../jobs/session.ts';
import { checkReport } from '../report/text.ts';
import { counted } from '../report/verdict.ts';
import { whyNoTrace } from './outputs.ts';
import { libraryFolder, workerFile } from './places.ts';
import { complain, type ExitCode, exitCodes, mayReportTo, outputPaint, Progress, warn, writeReport } from './terminal.ts';

export interface CheckingOptions {
  readonly check: AskedOptions;
  readonly budget: number;
  /** Drivers checked at the same time; by default what the machine allows. */
  readonly jobs: number | undefined;
  readonly format: string;
  readonly out: string | undefined;
  /** Folder for a trace file a finding. */
  readonly traces: string | undefined;
  readonly strict: boolean;
  /** Compare with what the drivers' headers declare. */
  readonly expected: boolean;
  readonly whole: boolean;
}

/** Bytes that a driver takes while it is explored up to the default number of states. */
const driverMemory = 400 * 1024 * 1024;

/** Checks all targets, prints the report, and gives the exit code. */
export async function checkTargets(
  targets: readonly Target[],
  parts: readonly string[],
  options: CheckingOptions,
): Promise<ExitCode> {
  if (options.out !== undefined && !mayReportTo(options.out)) return exitCodes.invalid;
  if (options.traces !== undefined && !makeFolder(options.traces)) return exitCodes.invalid;
  const progress = new Progress();
  const session = openSession({
    workers: keptWorkers(workerFile, libraryFolder),
    compileLimit,
    deadline: Date.now() + options.budget * 1000,
    onEvent: (driver, event) => {
      if (event.kind === 'progress') progress.show(`${driver}: ${event.scenario}: ${event.states} states, depth ${event.depth}`);
      else if (event.kind === 'compiled') progress.show(`${driver}: exploring ${counted(event.scenarios.length, 'scenario')}`);
    },
  });
  const restore = stopOnInterrupt(session, progress);
  const checked = await inParallel(targets, options.jobs ?? defaultJobs(availableParallelism(), totalmem()), (target) =>
    session.check({ kind: 'check', target, options: options.check }),
  );
  restore();
  progress.clear();

  const texts = new Map(checked.flatMap((one) => [...one.texts]));
  for (const part of parts) if (!texts.has(part)) warn(`${part} exports no DriverEntry and no driver checked imports it.`);
  const result = together(checked);
  const report =
    options.format === 'json'
      ? `${JSON.stringify(result, null, 2)}\n`
      : checkReport(result, {
          paint: outputPaint(options.out !== undefined),
          textOf: (path) => texts.get(path),
          whole: options.whole,
          ownReplaceDefaults: (options.check.defaults ?? 'auto') === 'auto' && options.check.scenario === undefined,
        });
  if (!writeReport(report, options.out)) return exitCodes.invalid;
  if (options.traces !== undefined && !writeTraces(result, options.traces)) return exitCodes.invalid;
  return options.expected ? expectedCode(targets, checked) : exitCode(result, options.strict);
}

/** Drivers to check at the same time: one a processor, as long as they fit into half of the machine's memory, in bytes. */
export function defaultJobs(processors: number, memory: number): number {
  return Math.max(1, Math.min(processors, Math.floor(memory / 2 / driverMemory)));
}

/** The exit code that a result deserves. */
export function exitCode({ problems, findings, suppressed = [], scenarios }: CheckResult, strict: boolean): ExitCode {
  if (problems.some(({ severity }) => severity === 'error')) return exitCodes.invalid;
  if (findings.some(({ certainty }) => strict || certainty !== 'may')) return exitCodes.findings;
  const unchecked = problems.some(({ code }) => code === 'check/interrupted' || code === 'check/unreached-dispatch');
  // An error that is no finding is one that the source lets stand. Behind one that ends its path nothing was explored, nor beyond what ended the search.
  const stands = suppressed.length > 0 && !endsPaths(suppressed);
  const isSettled = ({ verdict, bounds }: ScenarioResult): boolean =>
    verdict === 'verified' || (stands && verdict === 'error' && bounds.length === 0);
  const verified = scenarios.length > 0 && scenarios.every(isSettled);
  return verified && !unchecked ? exitCodes.clean : exitCodes.bounded;
}

/** Compares every driver with its header and says what differs; so does a target without a result. */
export function expectedCode(targets: readonly Target[], checked: readonly (Checked | undefined)[]): ExitCode {
  const differences = targets.flatMap(({ path }, index) => {
    const one = checked[index];
    if (one === undefined) return [`${path}: it was not checked.`];
    const text = one.texts.get(one.driver);
    // Of a check that ended before the driver was compiled the text is not known, let alone its header.
    if (text === undefined) return [`${one.driver}: ${one.result.problems[0]?.message ?? 'it was not checked.'}`];
    return compareWithExpectation(one.driver, text, one.result);
  });
  for (const difference of differences) complain(difference);
  if (differences.length > 0) return exitCodes.findings;
  process.stderr.write(`${counted(targets.length, 'driver')}, each with the outcome that its header declares\n`);
  return exitCodes.clean;
}

function together(checked: readonly Checked[]): CheckResult {
  const suppressed = checked.flatMap(({ result }) => result.suppressed ?? []);
  return {
    schemaVersion: 1,
    problems: checked.flatMap(({ result }) => result.problems),
    findings: checked.flatMap(({ result }) => result.findings),
    ...(suppressed.length === 0 ? {} : { suppressed }),
    scenarios: checked.flatMap(({ result }) => result.scenarios),
  };
}

/**
 * Makes the folder for traces before anything is explored. Not by `recursive`, which tries again for ever where the parent is there and
 * nothing can be made in it, as in /proc.
 */
function makeFolder(folder: string): boolean {
  try {
    const missing: string[] = [];
    for (let path = resolve(folder); !existsSync(path) && dirname(path) !== path; path = dirname(path)) missing.push(path);
    for (const path of missing.reverse()) mkdirSync(path);
    accessSync(folder, constants.W_OK);
    if (statSync(folder).isDirectory()) return true;
    complain(`Cannot write traces to ${folder}: it is no folder.`);
  } catch (error) {
    complain(`Cannot write traces to ${folder}: ${reasonOf(error)}.`);
  }
  return false;
}

/** One file for each finding with a trace: `toaster.cancel-lost.1.trace.json`. A file of that name that is no trace stays, which is said. */
function writeTraces({ findings }: CheckResult, folder: string): boolean {
  let written = true;
  try {
    for (const [index, { rule, trace }] of findings.entries()) {
      if (trace === undefined) continue;
      const name = `${basename(trace.file).replace(/(\.driver)?\.ts$/, '')}.${rule.replace('/', '-')}.${index + 1}.trace.json`;
      const path = join(folder, name);
      const why = whyNoTrace(path);
      if (why === undefined) writeFileSync(path, `${JSON.stringify(trace, null, 2)}\n`);
      else {
        complain(why);
        written = false;
      }
    }
    return written;
  } catch (error) {
    complain(`Cannot write traces to ${folder}: ${reasonOf(error)}.`);
    return false;
  }
}

/** The first Ctrl+C ends the searches with what is known, a second one the program. */
function stopOnInterrupt(session: Session, progress: Progress): () => void {
  const interrupt = (): void => {
    if (session.stopped) process.exit(130);
    progress.clear();
    process.stderr.write('interrupted: ending with what is known\n');
    session.stop();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
}

/** Results in the order of the items, at most `limit` at work at once. */
async function inParallel<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, worker));
  return results;
}
