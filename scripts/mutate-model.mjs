/** `npm run mutate`: bundles `test/wdm/mutation.ts` and runs its mutants of the kernel model, or those whose name has the argument in it. */
import { join } from 'node:path';
import { ensureInstalled, root, run } from './run.mjs';

ensureInstalled();
const { build } = await import('esbuild');
// Two folders deep, as the tests are: the sources of the model are found from there.
const outfile = join(root, 'out', 'mutate', 'mutate.mjs');
await build({
  absWorkingDir: root,
  stdin: {
    contents: "import { runMutants } from './test/wdm/mutation.ts';\nprocess.exit(runMutants(process.argv[2]) === 0 ? 0 : 1);",
    resolveDir: root,
    sourcefile: 'mutate.ts',
  },
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
});
process.exit(run(process.execPath, [outfile, ...process.argv.slice(2)]));
