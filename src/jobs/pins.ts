/** The schedules that are kept as tests of a driver. */
import { pinEnding } from '../check/pin.ts';
import { readTraces } from '../check/trace-file.ts';
import { driverOfTrace, projectEdges, readText } from './files.ts';
import type { Texts } from './protocol.ts';

/** A trace file, and what its first schedule is of. */
export interface PinFile {
  readonly path: string;
  readonly scenario: string;
  readonly rule: string;
}

/** The trace files beside a driver that are about it, in the order of their names. What cannot be read is none. */
export function pinsOf(driver: string, open: Texts = new Map()): PinFile[] {
  const beside = projectEdges(open).siblings(driver);
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
        .filter(({ file }) => driverOfTrace(file, path, [], open) === driver)
        .map(({ scenario, rule }) => ({ path, scenario, rule }));
    });
}
