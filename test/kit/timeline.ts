/** Timelines of drivers that break a rule, as the language server makes them. */
import { readFileSync } from 'node:fs';
import type { CheckOptions } from '../../src/check/check.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { traceSnapshots } from '../../src/debug/snapshots.ts';
import type { Timeline } from '../../src/report/timeline/model.ts';
import { buildTimeline } from '../../src/report/timeline.ts';
import { checkSources } from './check.ts';
import { loadLibrary } from './library.ts';
import { loadLitmus } from './litmus.ts';

/** The timeline of a litmus test's broken twin. */
export function litmusTimeline(name: string): Timeline {
  const litmus = loadLitmus().find((one) => one.name === name);
  if (litmus === undefined) throw new Error(`There is no litmus test ${name}.`);
  return timelineOf(litmus.broken, litmus.expect);
}

/** The timeline of an example, of its files without `.driver.ts`. */
export function exampleTimeline(
  path: string,
  rule: string,
  scenarios: readonly string[],
  options: Partial<CheckOptions>,
): Timeline {
  const read = (file: string, origin: SourceInput['origin']): SourceInput => ({
    path: file,
    text: readFileSync(file, 'utf8').replaceAll('\r\n', '\n'),
    origin,
  });
  const sources = [read(`${path}.driver.ts`, 'driver'), ...scenarios.map((file) => read(file, 'scenario'))];
  return timelineOf(sources, rule, options);
}

/** The timeline of the first finding of a rule. */
function timelineOf(sources: readonly SourceInput[], rule: string, options: Partial<CheckOptions> = {}): Timeline {
  const finding = checkSources(sources, options).findings.find((one) => one.rule === rule && one.trace !== undefined);
  if (finding?.trace === undefined) throw new Error(`There is no schedule of ${rule}.`);
  const answer = traceSnapshots(finding.trace, { driver: sources[0].path, sources, problems: [] }, loadLibrary());
  return buildTimeline(finding.trace, {
    finding,
    snapshots: 'error' in answer ? answer : answer.snapshots,
    fileOf: (path) => ({ name: path.slice(path.lastIndexOf('/') + 1), uri: `file:///${path}` }),
  });
}
