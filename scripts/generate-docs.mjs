/**
 * Makes the rule pages `docs/rules/*.md` and the table of rules in README.md from the rule files: `node scripts/generate-docs.mjs`.
 * With `--check` it writes nothing and fails when a page is missing, out of date or left over. The table stands in README.md
 * between `<!-- rules -->` and `<!-- /rules -->`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './run.mjs';

const { rules, explain } = await load();
const check = process.argv.includes('--check');
const folder = join(root, 'docs/rules');
const pages = new Map(rules.map((rule) => [explain.ruleFile(rule), explain.ruleMarkdown(rule)]));
pages.set('README.md', `# Rules\n\n${explain.rulesTable(rules, '')}`);

mkdirSync(folder, { recursive: true });
for (const [name, text] of pages) put(join(folder, name), `docs/rules/${name}`, text);
for (const name of readdirSync(folder).filter((name) => !pages.has(name))) {
  if (check) complain(`docs/rules/${name} belongs to no rule`);
  else rmSync(join(folder, name));
}

const readme = join(root, 'README.md');
if (existsSync(readme)) {
  const old = read(readme);
  put(
    readme,
    'README.md',
    old.replace(
      /(<!-- rules -->\n)[\s\S]*?(<!-- \/rules -->)/,
      (_match, from, to) => from + explain.rulesTable(rules, 'docs/rules/') + to,
    ),
  );
}

function put(path, name, text) {
  if (!check) writeFileSync(path, text);
  else if (!existsSync(path) || read(path) !== text) complain(`${name} is out of date`);
}

function complain(text) {
  console.error(`${text}: run node scripts/generate-docs.mjs`);
  process.exitCode = 1;
}

function read(path) {
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
}

/** The rules and their texts, bundled, because they are TypeScript. */
async function load() {
  const entry = "export { rules } from './src/rules/index.ts'; export * as explain from './src/rules/explain.ts';";
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'error',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
