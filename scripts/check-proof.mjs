/** Fails when `docs/proof.json` is missing, tells of a disagreement, or is of another engine, IR or oracles than those here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgedCode } from './judged.mjs';
import { root } from './run.mjs';

const problem = await findProblem();
console.log(problem ?? 'docs/proof.json is of engine, IR and oracles as they stand.');
process.exit(problem === undefined ? 0 : 1);

async function findProblem() {
  let proof;
  try {
    proof = JSON.parse(readFileSync(join(root, 'docs', 'proof.json'), 'utf8'));
  } catch (error) {
    return `docs/proof.json cannot be read (${error.message}). Run npm run prove.`;
  }
  if (proof.disagreements !== 0) return `docs/proof.json tells of ${proof.disagreements} disagreements.`;
  if (!(proof.programs >= 10_000)) return `docs/proof.json is of ${proof.programs} programs only. Run npm run prove.`;
  if (proof.sources === (await judgedCode())) return undefined;
  return `Engine, IR or oracles have changed since the proof of ${proof.commit.slice(0, 12)}. Run npm run prove.`;
}
