/**
 * Bundles the command line, the language server, the editor's client and its web pages into `dist/`, or into the folder given, and copies the
 * library that drivers are compiled against beside them. The folder must lie inside the repository, where the bundles find the packages that npm installs. With `--whole`
 * the packages are in the bundles.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { licencesOf } from './licences.mjs';
import { ensureInstalled, root } from './run.mjs';

ensureInstalled();
const { build } = await import('esbuild');
const [folder = 'dist', whole] = process.argv.slice(2);
const isWhole = whole === '--whole';
const dist = join(root, folder);
rmSync(dist, { recursive: true, force: true });
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const node = await build({
  absWorkingDir: root,
  entryPoints: {
    cli: 'src/cli/main.ts',
    worker: 'src/jobs/worker.ts',
    'language-worker': 'src/jobs/language-worker.ts',
    explorer: 'src/jobs/explorer.ts',
    'debug-worker': 'src/jobs/debug-worker.ts',
    server: 'server/main.ts',
  },
  outdir: dist,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  external: isWhole ? [] : Object.keys(dependencies).filter((name) => name !== 'typescript'),
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: isWhole,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  // What of the bundled packages is CommonJS asks for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as createRequire_ } from 'node:module';const require = createRequire_(import.meta.url);",
  },
  plugins: [required('typescript', isWhole)],
});
const compiler = isWhole
  ? await build({
      absWorkingDir: root,
      stdin: { contents: "module.exports = require('typescript');", resolveDir: root },
      outfile: join(dist, 'typescript.cjs'),
      bundle: true,
      minify: true,
      legalComments: 'none',
      platform: 'node',
      format: 'cjs',
      metafile: true,
      logLevel: 'error',
    })
  : undefined;

// The editor loads CommonJS, and has the module `vscode` itself. Beside a package.json that says "module" only .cjs is that.
const client = await build({
  absWorkingDir: root,
  entryPoints: { client: 'client/extension.ts' },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  external: ['vscode'],
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
// What runs in a web page of the editor's.
const view = await build({
  absWorkingDir: root,
  entryPoints: { trace: 'client/view/main.ts', style: 'client/view/view.css' },
  outdir: join(dist, 'view'),
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
writeFileSync(
  join(dist, 'LICENSES.txt'),
  licencesOf([node, client, view, ...(compiler === undefined ? [] : [compiler])].map(({ metafile }) => metafile)),
);

for (const { folder, prefix } of await libraryRoots()) {
  if (!existsSync(join(root, folder))) continue;
  const to = join(dist, 'library', prefix);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(root, folder), to, { recursive: true, force: true });
}
cpSync(join(root, 'src/cli/starter'), join(dist, 'starter'), { recursive: true });

/**
 * Loads a large CommonJS package with `require`: an `import` of it would first look through its whole text for names. `beside`: from the file
 * of that name in the same folder as the bundles, whose shared parts lie one folder deeper.
 */
function required(name, beside) {
  const file = beside ? `(import.meta.url.includes('/chunks/') ? '../${name}.cjs' : './${name}.cjs')` : `'${name}'`;
  return {
    name: `require ${name}`,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: 'required' }));
      onLoad({ filter: /.*/, namespace: 'required' }, () => ({
        contents: `import { createRequire } from 'node:module';\nexport default createRequire(import.meta.url)(${file});`,
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
