/** What a proof is of: the program that `npm run prove` runs, with engine, IR and the oracles that judge them in it. */
import { createHash } from 'node:crypto';
import { root } from './run.mjs';

// The programs that are compared have a kernel and rules in miniature of their own: src/wdm and src/rules have no part in it.
const bundle = {
  absWorkingDir: root,
  entryPoints: ['test/oracles/prove.ts'],
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
};

/** Bundles that program into the file. */
export async function bundleProof(outfile) {
  const { build } = await import('esbuild');
  await build({ ...bundle, outfile });
}

/** A hash of that program, the same on every machine and for whatever comments and layout its sources have. */
export async function judgedCode() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({ ...bundle, minify: true, legalComments: 'none', write: false });
  return createHash('sha256').update(outputFiles[0].text).digest('hex');
}
