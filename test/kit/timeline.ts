/** Timelines of drivers that break a rule, as the language server makes them. */
import { readFileSync } from 'node:fs';
import type { CheckOptions } from '../../src/check/check.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { traceSnapshots } from '../../src/debug/snapshots.ts';
import { schedulesOf, type TimelinePair } from '../../src/report/timeline.ts';
import { checkSources } from './check.ts';
import { loadLibrary } from './library.ts';
import { loadLitmus } from './litmus.ts';

/** The schedules of a litmus test's broken twin. */
export function litmusSchedules(name: string): TimelinePair {
  const litmus = loadLitmus().find((one) => one.name === name);
  if (litmus === undefined) throw new Error(`There is no litmus test ${name}.`);
  return schedulesOfRule(litmus.broken, litmus.expect);
}

/** The schedules of an example, of its files without `.driver.ts`. */
export function exampleSchedules(
  path: string,
  rule: string,
  scenarios: readonly string[],
  options: Partial<CheckOptions>,
): TimelinePair {
  const read = (file: string, origin: SourceInput['origin']): SourceInput => ({
    path: file,
    text: readFileSync(file, 'utf8').replaceAll('\r\n', '\n'),
    origin,
  });
  const sources = [read(`${path}.driver.ts`, 'driver'), ...scenarios.map((file) => read(file, 'scenario'))];
  return schedulesOfRule(sources, rule, options);
}

/** The schedules of the first finding of a rule. */
function schedulesOfRule(sources: readonly SourceInput[], rule: string, options: Partial<CheckOptions> = {}): TimelinePair {
  const finding = checkSources(sources, options).findings.find((one) => one.rule === rule && one.trace !== undefined);
  if (finding?.trace === undefined) throw new Error(`There is no schedule of ${rule}.`);
  const answer = traceSnapshots(finding.trace, { driver: sources[0].path, sources, problems: [] }, loadLibrary());
  return schedulesOf(finding.trace, finding, answer, (path) => ({
    name: path.slice(path.lastIndexOf('/') + 1),
    uri: `file:///${path}`,
  }));
}
