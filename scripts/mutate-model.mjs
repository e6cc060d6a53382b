/**
 * `npm run mutate`: tries every mutant of the kernel model, or those whose name has the argument in it (`npm run mutate -- timer`),
 * and prints those that no behaviour noticed.
 */
import { join } from 'node:path';
import { ensureInstalled, root, run } from './run.mjs';

ensureInstalled();
const { build } = await import('esbuild');
const main = `
import { mutants } from './test/wdm/mutants.ts';
import { complaint, tryMutant } from './test/wdm/mutation.ts';
const chosen = mutants.filter(({ name }) => name.includes(process.argv[2] ?? ''));
const complaints = chosen.flatMap((mutant) => complaint(mutant, tryMutant(mutant)) ?? []);
for (const line of complaints) console.log(line);
console.log(chosen.length + ' mutants, ' + (chosen.length - complaints.length) + ' noticed, ' + complaints.length + ' not');
process.exit(complaints.length === 0 ? 0 : 1);
`;
// Two folders deep, as the tests are: the sources of the model are found from there.
const outfile = join(root, 'out', 'mutate', 'mutate.mjs');
await build({
  absWorkingDir: root,
  stdin: {
    contents: main,
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
