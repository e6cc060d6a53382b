/** The requests of the Test Explorer: what of a driver can be run, and pinning a schedule. */
import type { Connection } from 'vscode-languageserver';
import {
  type DriverTests,
  method,
  type PinnedSchedule,
  type PinnedTrace,
  type TestsParams,
  type TraceParams,
} from '../client/protocol.ts';
import { pinEnding, pinOf } from '../src/check/pin.ts';
import { exportsDriverEntry } from '../src/check/project.ts';
import { readTraces } from '../src/check/trace-file.ts';
import { driverOfTrace, projectEdges, readText } from '../src/jobs/files.ts';
import { lspRange } from './diagnostics.ts';
import type { Drivers } from './drivers.ts';
import type { Explorer } from './explorer.ts';
import type { Paths } from './paths.ts';

/** Registers them. `open`: texts that the editor holds, by path. */
export function registerTests(
  connection: Connection,
  paths: Paths,
  drivers: Drivers,
  explorer: Explorer,
  open: () => ReadonlyMap<string, string>,
): void {
  connection.onRequest(method.tests, async ({ uri }: TestsParams): Promise<DriverTests | null> => {
    const driver = paths.pathOf(uri);
    const read = driver === undefined ? undefined : projectEdges(open()).readFile(driver);
    if (driver === undefined || read === undefined || 'error' in read || !exportsDriverEntry(read.text)) return null;
    const schedules = pinnedSchedules(driver, open());
    const list = await explorer.ask({ kind: 'scenarios', driver, open: open() }).done;
    if ('error' in list) return { scenarios: [], schedules, error: list.error };
    const scenarios = list.scenarios.map(({ name, file, range }) => ({ name, uri: paths.uriOf(file), range: lspRange(range) }));
    const problem = list.problems.find(({ severity }) => severity === 'error');
    const files = list.files.map((path) => paths.uriOf(path));
    return { scenarios, schedules, files, ...(problem === undefined ? {} : { error: problem.message }) };
  });

  connection.onRequest(method.pin, ({ uri, rule, line }: TraceParams): PinnedTrace | null => {
    const path = paths.pathOf(uri);
    const trace = path === undefined ? undefined : drivers.traced(path, rule, line + 1)?.trace;
    return trace === undefined ? null : { driver: paths.uriOf(trace.file), ...pinOf(trace) };
  });

  /** The trace files beside a driver that are about it. */
  function pinnedSchedules(driver: string, texts: ReadonlyMap<string, string>): PinnedSchedule[] {
    const beside = projectEdges().siblings(driver);
    if ('error' in beside) return [];
    return beside
      .filter((path) => path.endsWith(pinEnding))
      .sort()
      .flatMap((path) => {
        const read = readText(path);
        const found = 'error' in read ? read : readTraces(read.text);
        if ('error' in found) return [];
        return found.traces
          .slice(0, 1)
          .filter(({ file }) => driverOfTrace(file, path, [], texts) === driver)
          .map(({ scenario, rule }) => ({ uri: paths.uriOf(path), scenario, rule }));
      });
  }
}
