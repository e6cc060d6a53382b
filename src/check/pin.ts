/** A schedule kept as a test: a trace file that lies beside its driver and says nothing of the machine it was found on. */
import type { Trace } from './findings.ts';

/** A file to be written beside the driver. */
export interface Pin {
  /** `mailbox.cancel-lost.ReadCancelled.trace.json`. */
  readonly name: string;
  readonly text: string;
}

/** How the name of a pinned schedule's file ends. */
export const pinEnding = '.trace.json';

/** The file that a trace is pinned in. Its paths are those seen from the driver's folder, so that they hold wherever that lies. */
export function pinOf(trace: Trace): Pin {
  const { file, rule, scenario, steps } = trace;
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const driver = file.slice(folder.length);
  const pinned: Trace = {
    ...trace,
    file: driver,
    steps: steps.map((step) => ({ ...step, file: pathFrom(folder, step.file) })),
  };
  return {
    name: `${driver.replace(/(\.driver)?\.ts$/, '')}.${rule.replaceAll('/', '-')}.${scenario}${pinEnding}`,
    text: `${JSON.stringify(pinned, null, 2)}\n`,
  };
}

/** The path as seen from a folder (which ends in a slash, or is empty); the library's paths are the same everywhere. */
function pathFrom(folder: string, path: string): string {
  if (path.startsWith(folder) || path.startsWith('irpsight/')) return path.slice(path.startsWith(folder) ? folder.length : 0);
  const from = folder.split('/').slice(0, -1);
  const to = path.split('/');
  const same = from.findIndex((part, index) => part !== to[index]);
  // With nothing in common, as on another drive, only the name says something elsewhere.
  if (same === 0) return to.at(-1) ?? path;
  const shared = same < 0 ? from.length : same;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}
