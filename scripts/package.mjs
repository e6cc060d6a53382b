/**
 * `npm run package`: makes `out/irpsight.vsix`, the extension for VS Code, and prints its size; with an argument it works in that folder of the
 * repository instead of `out`. What goes into the file is laid out in `out/vsix` first, by the list below: the npm package has a list of its
 * own in package.json, and vsce refuses two.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureInstalled, root, run } from './run.mjs';

/** Beside the bundles, which the build writes, and what is made from package.json and README.md. */
const shipped = [
  'CHANGELOG.md',
  'LICENSE',
  'client/l10n',
  'client/language-configuration.json',
  'client/media',
  'client/snippets',
  'client/walkthrough',
  'docs/images',
  'docs/schema/irpsight.schema.json',
  'docs/schema/trace.schema.json',
  'package.nls.ja.json',
  'package.nls.json',
  'syntaxes',
];
const mostBytes = 8 * 1024 * 1024;
const folder = process.argv[2] ?? 'out';
const stage = join(root, folder, 'vsix');
const vsix = join(root, folder, 'irpsight.vsix');

ensureInstalled();
rmSync(stage, { recursive: true, force: true });
rmSync(vsix, { force: true });
const built = run(process.execPath, [join(root, 'scripts/build.mjs'), `${folder}/vsix/dist`, '--whole']);
if (built !== 0) process.exit(built);

for (const path of shipped) {
  mkdirSync(dirname(join(stage, path)), { recursive: true });
  cpSync(join(root, path), join(stage, path), { recursive: true });
}
writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
writeFileSync(join(stage, 'README.md'), withoutDeadLinks(readFileSync(join(root, 'README.md'), 'utf8')));

const { createVSIX } = await import('@vscode/vsce');
await createVSIX({
  cwd: stage,
  packagePath: vsix,
  // Everything is in the bundles.
  dependencies: false,
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
const { size } = statSync(vsix);
console.log(`${folder}/irpsight.vsix: ${(size / 1024 / 1024).toFixed(2)} MB`);
if (size > mostBytes) {
  console.error(`That is more than ${mostBytes / 1024 / 1024} MB.`);
  process.exitCode = 1;
}

/** package.json without what concerns npm and this repository only; of what is laid out, everything is packed. */
function manifest() {
  const { bin, scripts, dependencies, devDependencies, ...rest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { ...rest, files: ['**'] };
}

/** A link to a file that is not shipped becomes its text. */
function withoutDeadLinks(markdown) {
  return markdown.replace(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (link, text, target) =>
    /^(https?:|#)/.test(target) || existsSync(join(stage, target.replace(/#.*/, ''))) ? link : text,
  );
}
