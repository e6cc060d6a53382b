/** One driver that is open, and what is to be told of it. */
import { bestFindings } from '../src/check/finding.ts';
import type { CheckResult, Finding, SourceProblem } from '../src/check/findings.ts';
import type { DriverStates } from '../src/check/states.ts';
import type { QuickCheck } from '../src/jobs/language-protocol.ts';
import type { Running } from './explorer.ts';
import type { Settled } from './respaced.ts';

/** A driver's state. */
export interface Driver {
  readonly path: string;
  /** Of texts that have changed since when `stale`: what is published stands until there is a new one. */
  quick?: QuickCheck;
  stale: boolean;
  /** Why its texts as they stand could not be checked, where that is so. */
  failed?: string | undefined;
  /** Whether its texts were saved as they stand, and are to be explored for it. */
  saved: boolean;
  /** Findings of scenarios explored so far, and the whole result when it has come. */
  found: readonly Finding[];
  result?: CheckResult;
  /** What the last whole result was of, and what stands of it where only blanks, ends of lines and comments have been edited since. */
  settled?: Settled;
  carried?: readonly Finding[];
  /** In which states its IRPs are where: looked into once the result has come. */
  states?: DriverStates;
  running?: Running<unknown>;
  pause?: NodeJS.Timeout;
}

/** What the analysis says of its texts as they stand, until exploring has settled it. */
export function findingsOf({ quick, stale, found, result, carried }: Driver): readonly Finding[] {
  if (result !== undefined) return result.findings;
  const open = (carried ?? (stale ? [] : (quick?.result.findings ?? []))).filter(
    (finding) =>
      !found.some(
        ({ rule, file, range }) =>
          rule === finding.rule && file === finding.file && range.start.line === finding.range.start.line,
      ),
  );
  return bestFindings([...found, ...open]);
}

/** What is wrong with its sources, and beside them. */
export function problemsOf({ path, failed, quick, result }: Driver): readonly SourceProblem[] {
  if (failed !== undefined) {
    const start = { line: 1, column: 1, offset: 0 };
    const message = `This driver was not checked: ${failed}. It is tried again at the next change.`;
    return [{ code: 'check/given-up', severity: 'error', message, file: path, range: { start, end: start } }];
  }
  return result?.problems ?? quick?.result.problems ?? [];
}

/** What something that runs for a driver comes to; undefined where it was stopped or broke down. */
export async function run<T>(driver: Driver, begin: () => Running<T>, log: (message: string) => void): Promise<T | undefined> {
  for (let beginnings = 1; ; beginnings++) {
    const running = begin();
    driver.running = running;
    try {
      const value = await running.done;
      return driver.running === running ? value : undefined;
    } catch (error) {
      log(`${driver.path}: ${messageOf(error)}`);
      // The explorer may have been ended from outside, or for another driver's sake: it is begun once more.
      if (driver.running !== running || beginnings === 2) return undefined;
    } finally {
      if (driver.running === running) driver.running = undefined;
    }
  }
}

/** What is told of something that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
