/** The check's pipeline for scripts that measure it: bundled, because it is TypeScript, into `out/`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './run.mjs';

/**
 * @param {string} name of the bundle.
 * @param {string} more exports wanted besides, as TypeScript.
 */
export async function loadPipeline(name, more = '') {
  const { build } = await import('esbuild');
  const contents = `
    export * as files from './src/jobs/files.ts';
    import { checkDriver } from './src/check/check.ts';
    import { openProject } from './src/check/project.ts';
    export const check = { checkDriver, openProject };
    ${more}`;
  const outfile = join(root, 'out', `${name}.mjs`);
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}
