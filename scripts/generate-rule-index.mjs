/**
 * Makes `src/rules/index.ts` from the rule files that exist: `node scripts/generate-rule-index.mjs [--root FOLDER]`.
 * With `--check` it writes nothing and fails when the file is not up to date.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './run.mjs';

const at = process.argv.indexOf('--root');
const folder = join(at < 0 ? root : resolve(process.argv[at + 1]), 'src/rules');
const path = join(folder, 'index.ts');
const text = indexText(ruleIds());

if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (readFileSync(path, 'utf8').replaceAll('\r\n', '\n') !== text) {
  console.error('src/rules/index.ts is out of date: run node scripts/generate-rule-index.mjs');
  process.exitCode = 1;
}

function ruleIds() {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((group) =>
      readdirSync(join(folder, group.name))
        .filter((name) => name.endsWith('.ts'))
        .map((name) => `${group.name}/${name.slice(0, -'.ts'.length)}`),
    )
    .sort();
}

function indexText(ids) {
  return [
    '/** All rules, in the order of their ids. Generated from the rule files by scripts/generate-rule-index.mjs. */',
    ...ids.map((id) => `import { rule as ${identifier(id)} } from './${id}.ts';`),
    "import type { Rule } from './rule.ts';",
    '',
    'export const rules: readonly Rule[] = [',
    ...ids.map((id) => `  ${identifier(id)},`),
    '];',
    '',
  ].join('\n');
}

/** `completion/touched-after` gives `completionTouchedAfter`. */
function identifier(id) {
  return id.replace(/[/-]([a-z0-9])/g, (_match, letter) => letter.toUpperCase());
}
