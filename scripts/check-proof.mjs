/**
 * Fails when `docs/proof.json` is missing, tells of a disagreement, or was made on a commit older than the last change of what it
 * is about. Needs the whole history.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const judged = ['src/engine', 'src/wdm', 'src/rules', 'src/ir'];
const problem = findProblem();
console.log(problem ?? 'docs/proof.json is of the engine as it stands.');
process.exit(problem === undefined ? 0 : 1);

function findProblem() {
  let proof;
  try {
    proof = JSON.parse(readFileSync(join(root, 'docs', 'proof.json'), 'utf8'));
  } catch (error) {
    return `docs/proof.json cannot be read (${error.message}). Run npm run prove.`;
  }
  if (proof.disagreements !== 0) return `docs/proof.json tells of ${proof.disagreements} disagreements.`;
  if (!/^[0-9a-f]{40}$/.test(proof.commit)) return 'docs/proof.json names no commit.';
  if (git('rev-parse', '--is-shallow-repository').out === 'true') return 'The clone is shallow: fetch the whole history first.';
  const { out: changed } = git('log', '-1', '--format=%H', '--', ...judged);
  if (changed === '') return `No commit has ever changed ${judged.join(', ')}.`;
  // By ancestry: dates can lie. The last change must be contained in the commit that was proved.
  const { code } = git('merge-base', '--is-ancestor', changed, proof.commit);
  if (code === 0) return undefined;
  if (code === 1)
    return `The engine changed in ${changed.slice(0, 12)}, after the proof of ${proof.commit.slice(0, 12)}. Run npm run prove.`;
  return `The commit ${proof.commit.slice(0, 12)} of docs/proof.json is not in this clone.`;
}

function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return { code: status, out: (stdout ?? '').trim() };
}
