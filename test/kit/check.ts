/** Checks source texts as the command line would, with the library of the source tree, no clock and the default bound. */

import { type CheckOptions, checkDriver } from '../../src/check/check.ts';
import type { Config } from '../../src/check/config.ts';
import type { CheckResult } from '../../src/check/findings.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { loadLibrary } from './library.ts';

/** Runs the whole pipeline over `sources`, the first of which is the driver. */
export function checkSources(sources: readonly SourceInput[], options: Partial<CheckOptions> = {}, config?: Config): CheckResult {
  return checkDriver(
    { driver: sources[0].path, sources, problems: [], config },
    loadLibrary(),
    { strategy: 'exhaustive', ...options },
    { now: () => 0, shouldStop: () => false, onEvent: () => undefined },
  );
}
