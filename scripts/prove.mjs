/** `npm run prove`: bundles `test/oracles/prove.ts` and runs it; its arguments are handed on. */
import { join } from 'node:path';
import { bundleProof, judgedCode } from './judged.mjs';
import { ensureInstalled, root, run } from './run.mjs';

ensureInstalled();
const outfile = join(root, 'out', 'prove.mjs');
await bundleProof(outfile);
process.exit(run(process.execPath, ['--max-semi-space-size=64', outfile, await judgedCode(), ...process.argv.slice(2)]));
