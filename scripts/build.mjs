/**
 * Bundles the command line into `dist/`, or into the folder given, and copies the library that it compiles drivers against beside it.
 * The folder must lie inside the repository, where the bundle finds its packages.
 */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureInstalled, root } from './run.mjs';

ensureInstalled();
const { build } = await import('esbuild');
const dist = join(root, process.argv[2] ?? 'dist');
rmSync(dist, { recursive: true, force: true });

await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli/main.ts', worker: 'src/jobs/worker.ts' },
  outdir: dist,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
  plugins: [required('typescript')],
});

for (const { folder, prefix } of await libraryRoots()) {
  if (!existsSync(join(root, folder))) continue;
  const to = join(dist, 'library', prefix);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(root, folder), to, { recursive: true, force: true });
}
cpSync(join(root, 'src/cli/starter'), join(dist, 'starter'), { recursive: true });

/** Loads a large CommonJS package with `require`: an `import` of it would first look through its whole text for names. */
function required(name) {
  return {
    name: `require ${name}`,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'required' }));
      onLoad({ filter: /.*/, namespace: 'required' }, () => ({
        contents: `import { createRequire } from 'node:module';\nexport default createRequire(import.meta.url)('${name}');`,
      }));
    },
  };
}

/** The table in `src/check/library.ts`, so that it stands in one place. */
async function libraryRoots() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/check/library.ts'],
    bundle: true,
    write: false,
    format: 'esm',
  });
  const module = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
  return module.libraryRoots;
}
