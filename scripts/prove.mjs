/**
 * `npm run prove`: bundles `test/oracles/prove.ts` and runs it; its arguments are handed on. With the one argument `states` it compares instead, on every
 * litmus test, what observing searches see with and without reductions, and leaves in `docs/proof-states.json` what came of it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleProof, judgedCode } from './judged.mjs';
import { ensureInstalled, root, run, runPackage } from './run.mjs';

ensureInstalled();
process.exit(process.argv[2] === 'states' ? proveStates() : await proveEngine());

async function proveEngine() {
  const outfile = join(root, 'out', 'prove.mjs');
  await bundleProof(outfile);
  return run(process.execPath, ['--max-semi-space-size=64', outfile, await judgedCode(), ...process.argv.slice(2)]);
}

function proveStates() {
  const output = join(root, 'out', 'proof-states.json');
  rmSync(output, { force: true });
  process.env.IRPSIGHT_PROVE = '1';
  const test = 'test/engine/observe.test.ts';
  const code = runPackage('vitest/vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${output}`,
    test,
  ]);
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(output, 'utf8'));
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  writeFileSync(
    join(root, 'docs', 'proof-states.json'),
    `${JSON.stringify({ schemaVersion: 1, commit, test, passed, failed }, undefined, 2)}\n`,
  );
  return code;
}
