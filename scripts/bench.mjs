/** `npm run bench`: explores every example and writes what it cost, scenario by scenario, to `out/bench.json`. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root, run } from './run.mjs';

const output = join(root, 'out', 'bench.json');
const check = join(root, 'out', 'bench-check.json');
const node = process.execPath;

const built = run(node, [join(root, 'scripts/build.mjs')]);
if (built !== 0) process.exit(built);
mkdirSync(join(root, 'out'), { recursive: true });
rmSync(check, { force: true });
const code = run(node, [join(root, 'dist/cli.js'), 'check', 'examples', '--jobs', '1', '--format', 'json', '--out', check]);
// 1 (findings) and 3 (bounded) are outcomes like any other here; 2 means that something could not be measured.
if (code === 2) process.exit(code);

const scenarios = JSON.parse(readFileSync(check, 'utf8')).scenarios.map(
  ({ name, file, verdict, cpus, states, transitions, depth, seconds }) => ({
    name,
    file,
    verdict,
    cpus,
    states,
    transitions,
    depth,
    seconds,
    statesPerSecond: seconds > 0 ? Math.round(states / seconds) : null,
  }),
);
const sum = (key) => scenarios.reduce((total, scenario) => total + scenario[key], 0);
const total = { scenarios: scenarios.length, states: sum('states'), transitions: sum('transitions'), seconds: sum('seconds') };
const machine = {
  node: process.version,
  platform: process.platform,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: cpus().length,
};
writeFileSync(output, `${JSON.stringify({ schemaVersion: 1, machine, total, scenarios }, null, 2)}\n`);
console.log(`out/bench.json: ${total.scenarios} scenarios, ${total.states} states in ${total.seconds.toFixed(1)} s`);
