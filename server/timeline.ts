/** The requests of the trace view: as a timeline, a finding's schedule, or one that brings an IRP into a state. */
import type { Connection } from 'vscode-languageserver';
import { method, type Schedules, type TraceParams, type WitnessParams } from '../client/protocol.ts';
import type { Finding, Trace } from '../src/check/findings.ts';
import { isGenerated } from '../src/report/schedule.ts';
import type { TimelineFile } from '../src/report/timeline/model.ts';
import { schedulesOf } from '../src/report/timeline.ts';
import type { Drivers } from './drivers-api.ts';
import type { Explorer, Running } from './explorer.ts';
import { siteAt } from './features/hover.ts';
import type { Paths } from './paths.ts';

/** Registers them. `open`: texts that the editor holds, by path. */
export function registerTimeline(
  connection: Connection,
  paths: Paths,
  drivers: Drivers,
  explorer: Explorer,
  open: () => ReadonlyMap<string, string>,
): void {
  connection.onRequest(method.timeline, async ({ uri, rule, line }: TraceParams): Promise<Schedules | null> => {
    const path = paths.pathOf(uri);
    const finding = path === undefined ? undefined : drivers.traced(path, rule, line + 1);
    if (finding?.trace === undefined) return null;
    return drawn(finding.trace, finding);
  });

  connection.onRequest(method.witness, async (params: WitnessParams): Promise<Schedules | null> => {
    const driver = paths.pathOf(params.uri);
    const known = driver === undefined ? undefined : drivers.known(driver);
    const site = siteAt(known?.states?.sites ?? [], driver ?? '', params.position);
    const reached = site?.states.find(({ state }) => state === params.state);
    if (known === undefined || reached === undefined) return null;
    const trace = await asked(explorer.ask({ kind: 'witness', witness: reached.witness, driver: known.path, open: open() }));
    return 'error' in trace ? null : drawn(trace);
  });

  async function drawn(trace: Trace, finding?: Finding): Promise<Schedules> {
    const snapshots = asked(explorer.ask({ kind: 'snapshots', trace, driver: trace.file, open: open() }));
    // Without what the machine held there are still the steps.
    const answer = await snapshots.catch((error: Error) => ({ error: error.message }));
    return schedulesOf(trace, finding, answer, (file) => fileOf(trace.file, file));
  }

  /** What somebody waits for is ended by cancelling everything. */
  function asked<T>(running: Running<T>): Promise<T> {
    drivers.asked(running);
    return running.done;
  }

  /** A file is called as it is seen from the driver's folder. */
  function fileOf(driver: string, path: string): TimelineFile {
    const folder = driver.slice(0, driver.lastIndexOf('/') + 1);
    const name = path.startsWith(folder) ? path.slice(folder.length) : path;
    return isGenerated({ file: path }) ? { name } : { name, uri: paths.uriOf(path) };
  }
}
