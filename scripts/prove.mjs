/** `npm run prove`: bundles `test/oracles/prove.ts` and runs it; its arguments are handed on. */
import { join } from 'node:path';
import { judgedSources } from './judged.mjs';
import { ensureInstalled, root, run } from './run.mjs';

ensureInstalled();
const { build } = await import('esbuild');
const outfile = join(root, 'out', 'prove.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['test/oracles/prove.ts'],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
});
process.exit(run(process.execPath, ['--max-semi-space-size=64', outfile, judgedSources(), ...process.argv.slice(2)]));
