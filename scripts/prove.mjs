/**
 * `npm run prove`: bundles `test/oracles/prove.ts` and runs it; its arguments are handed on. Other proofs leave in `docs` what came of them, each asked for
 * by its name alone: `states` compares, on every litmus test, what observing searches see with and without reductions; `pins` follows the schedules of each broken
 * twin on either twin; `bodies` edits every statement of the examples and compares what is compiled behind another version with what is compiled from scratch;
 * `routines` edits their lines and compares the analysis in the same way; `edits` compares a thousand random edits in the editor's server with fresh starts; `examples` checks all examples.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleProof, judgedCode } from './judged.mjs';
import { ensureInstalled, root, run, runPackage } from './run.mjs';

ensureInstalled();
const others = {
  states: () => proveByTest('states', 'test/engine/observe.test.ts'),
  pins: () => proveByTest('pins', 'test/check/pins.test.ts'),
  edits: () => proveByTest('edits', 'test/server/edits.test.ts'),
  bodies: () => proveByTest('bodies', 'test/compiler/edited.test.ts'),
  routines: () => proveByTest('routines', 'test/analysis/edited.test.ts'),
  examples: proveExamples,
};
const [word] = process.argv.slice(2);
if (word !== undefined && !word.startsWith('--') && !Object.hasOwn(others, word)) {
  console.error(
    `There is no proof '${word}': without a word the engine is proved, with one of ${Object.keys(others).join(', ')} those.`,
  );
  process.exit(2);
}
process.exit(await (others[word] ?? proveEngine)());

async function proveEngine() {
  const outfile = join(root, 'out', 'prove.mjs');
  await bundleProof(outfile);
  return run(process.execPath, [
    '--max-semi-space-size=64',
    // As src/jobs/tuning.ts has it.
    '--always-sparkplug',
    ...(process.versions.v8.startsWith('11.') ? ['--interrupt-budget=1000000'] : []),
    outfile,
    await judgedCode(),
    ...process.argv.slice(2),
  ]);
}

/** Runs a test on all litmus tests, of which `npm test` takes some. */
function proveByTest(name, test) {
  const output = join(root, 'out', `proof-${name}.json`);
  rmSync(output, { force: true });
  process.env.IRPSIGHT_PROVE = '1';
  const built = run(process.execPath, [join(root, 'scripts/build.mjs')]);
  if (built !== 0) return built;
  const code = runPackage('vitest/vitest.mjs', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${output}`,
    test,
  ]);
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(output, 'utf8'));
  return record(name, { test, passed, failed }, code);
}

function proveExamples() {
  const code = run(process.execPath, [join(root, 'scripts/start.mjs')]);
  return record('examples', { asDeclared: code === 0 }, code);
}

/** Writes what came of a proof, with the commit; gives the exit code. */
function record(name, result, code) {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  const text = JSON.stringify({ schemaVersion: 1, commit, ...result }, undefined, 2);
  writeFileSync(join(root, 'docs', `proof-${name}.json`), `${text}\n`);
  return code;
}
