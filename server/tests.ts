/** The requests of the Test Explorer: what of a driver can be run, and pinning a schedule. */
import type { Connection } from 'vscode-languageserver';
import { type DriverTests, method, type PinnedTrace, type TestsParams, type TraceParams } from '../client/protocol.ts';
import { pinOf } from '../src/check/pin.ts';
import { exportsDriverEntry } from '../src/check/project.ts';
import { projectEdges } from '../src/jobs/files.ts';
import { lspRange } from './diagnostics.ts';
import type { Drivers } from './drivers-api.ts';
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
    const asked = { driver, open: open() };
    const [pins, list] = await Promise.all([
      explorer.ask({ kind: 'pins', ...asked }).done,
      explorer.ask({ kind: 'scenarios', ...asked }).done,
    ]);
    const schedules = 'error' in pins ? [] : pins.map(({ path, scenario, rule }) => ({ uri: paths.uriOf(path), scenario, rule }));
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
}
