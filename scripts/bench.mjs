/**
 * `npm run bench`: checks every example in this process, one after the other, and writes what it cost to `out/bench.json`: how long
 * compiling took, when the first finding was known, and the states a second of each scenario.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { loadPipeline } from './pipeline.mjs';
import { ensureInstalled, root } from './run.mjs';

ensureInstalled();
const { check, files, imports } = await loadPipeline('bench');
const library = files.readLibrary(join(root, 'dist', 'library'));
const edges = { readFile: files.readText, siblings: files.siblings, importsOf: (_path, text) => imports.listImports(text) };
const options = { maxStates: 1_000_000, strategy: 'exhaustive', defaults: 'auto' };

process.chdir(root);
const drivers = files.findTargets(['examples']).targets.map(({ path }) => measure(path));
const scenarios = drivers.flatMap((driver) => driver.scenarios);
const sum = (key) => scenarios.reduce((total, scenario) => total + scenario[key], 0);
const total = { scenarios: scenarios.length, states: sum('states'), transitions: sum('transitions'), seconds: sum('seconds') };
const machine = {
  node: process.version,
  platform: process.platform,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
};
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(join(root, 'out', 'bench.json'), `${JSON.stringify({ schemaVersion: 1, machine, total, drivers }, null, 2)}\n`);
for (const { file, compileMs, firstFindingMs } of drivers)
  console.log(
    `${file}: compiled in ${compileMs} ms${firstFindingMs === null ? '' : `, first finding after ${firstFindingMs} ms`}`,
  );
console.log(`out/bench.json: ${total.scenarios} scenarios, ${total.states} states in ${total.seconds.toFixed(1)} s`);

/** Milliseconds from opening the file: until it was compiled, and until the first scenario with a finding was done (null without one). */
function measure(file) {
  const start = performance.now();
  const since = () => Math.round(performance.now() - start);
  let compileMs = null;
  let firstFindingMs = null;
  const result = check.checkDriver(check.openProject(file, edges), library, options, {
    now: () => performance.now() / 1000,
    shouldStop: () => false,
    onEvent: (event) => {
      if (event.kind === 'compiled') compileMs = since();
      if (event.kind === 'explored' && event.findings.length > 0) firstFindingMs ??= since();
    },
  });
  const scenarios = result.scenarios.map(({ name, verdict, cpus: processors, states, transitions, depth, seconds }) => ({
    name,
    verdict,
    cpus: processors,
    states,
    transitions,
    depth,
    seconds,
    statesPerSecond: seconds > 0 ? Math.round(states / seconds) : null,
  }));
  return { file, compileMs, firstFindingMs, problems: result.problems.length, scenarios };
}
