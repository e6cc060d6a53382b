/** The request of the trace view: a finding's schedule as a timeline. */
import type { Connection } from 'vscode-languageserver';
import { method, type Schedules, type TraceParams } from '../client/protocol.ts';
import type { Finding, Trace } from '../src/check/findings.ts';
import { isGenerated } from '../src/report/schedule.ts';
import type { TimelineFile } from '../src/report/timeline/model.ts';
import { buildTimeline } from '../src/report/timeline.ts';
import type { Drivers } from './drivers.ts';
import type { Explorer } from './explorer.ts';
import type { Paths } from './paths.ts';

/** Registers it. `open`: texts that the editor holds, by path. */
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
    return schedulesOf(finding.trace, finding);
  });

  async function schedulesOf(trace: Trace, finding: Finding): Promise<Schedules> {
    const answer = await explorer.ask({ kind: 'snapshots', trace, driver: trace.file, open: open() }).done;
    const snapshots = 'error' in answer ? answer : answer.snapshots;
    return { timeline: buildTimeline(trace, { finding, snapshots, fileOf: (file) => fileOf(trace.file, file) }) };
  }

  /** A file is called as it is seen from the driver's folder. */
  function fileOf(driver: string, path: string): TimelineFile {
    const folder = driver.slice(0, driver.lastIndexOf('/') + 1);
    const name = path.startsWith(folder) ? path.slice(folder.length) : path;
    return isGenerated({ file: path }) ? { name } : { name, uri: paths.uriOf(path) };
  }
}
