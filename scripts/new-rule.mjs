/**
 * Starts a rule: `npm run new-rule GROUP/NAME`. Writes its file and its test, and registers it. The new test fails until the rule
 * says what it watches. `--root FOLDER` works on another copy of the repository.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf('--root');
const base = at < 0 ? join(scripts, '..') : resolve(process.argv[at + 1]);
const id = process.argv[2] ?? '';

if (/^[a-z]+\/[a-z]+(-[a-z]+)*$/.test(id)) process.exitCode = create();
else {
  console.error('usage: npm run new-rule GROUP/NAME, both in lower case, words of NAME joined by hyphens: queue/start-io');
  process.exitCode = 2;
}

function create() {
  const files = { [`src/rules/${id}.ts`]: ruleText(), [`test/rules/${id}.test.ts`]: testText() };
  const taken = Object.keys(files).find((file) => existsSync(join(base, file)));
  if (taken !== undefined) {
    console.error(`${taken} exists already`);
    return 1;
  }
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, file)), { recursive: true });
    writeFileSync(join(base, file), text);
    console.log(`wrote ${file}`);
  }
  const index = spawnSync(process.execPath, [join(scripts, 'generate-rule-index.mjs'), '--root', base], { stdio: 'inherit' });
  if (index.status !== 0) return 1;
  console.log('wrote src/rules/index.ts');
  console.log('Next: the arcs, the texts and the two examples; then node scripts/generate-docs.mjs.');
  return 0;
}

function ruleText() {
  return `/** ${id}: one sentence that says what a breach is. */
import { is } from '../conditions.ts';
import type { Rule } from '../rule.ts';

export const rule: Rule = {
  id: '${id}',
  severity: 'error',
  check: {
    id: '${id}',
    subject: 'irp',
    states: ['start'],
    on: { 'irp.complete': [{ when: is('driver', 2), report: 'key' }] },
    continues: false,
  },
  title: { en: '', ja: '' },
  description: {
    en: { what: '', why: '', fix: '' },
    ja: { what: '', why: '', fix: '' },
  },
  messages: { key: { en: '', ja: '' } },
  references: { pages: [] },
  bad: '',
  good: '',
};
`;
}

function testText() {
  return `import { expect, it } from 'vitest';
import { rule } from '../../../src/rules/${id}.ts';
import { runRule } from '../../kit/rule-runner.ts';

it('reports the breach', () => {
  expect(runRule(rule.check, [['irp.complete', { location: 1, status: 0, driver: 1 }]])).toEqual(['key']);
});

it('is silent about the correct twin', () => {
  expect(runRule(rule.check, [])).toEqual([]);
});
`;
}
