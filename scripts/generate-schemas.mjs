/** Writes docs/schema from the schemas in src/check/schema.ts; with `--check` only tells whether they are up to date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, root } from './run.mjs';

ensureInstalled();
const { build } = await import('esbuild');
const bundle = join(root, 'node_modules', '.cache', 'schema.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['src/check/schema.ts'],
  outfile: bundle,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
const { jsonSchemas } = await import(pathToFileURL(bundle).href);

let stale = 0;
mkdirSync(join(root, 'docs/schema'), { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  const path = join(root, 'docs/schema', name);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (current(path) !== text) {
    console.error(`docs/schema/${name} is out of date: run node scripts/generate-schemas.mjs`);
    stale = 1;
  }
}
process.exit(stale);

function current(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
