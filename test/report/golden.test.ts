/** What people read, word for word: `npx vitest run test/report/golden.test.ts -u` writes it anew, for somebody to look at. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ruleOf, ruleSummaries } from '../../src/check/rules.ts';
import { painter } from '../../src/report/paint.ts';
import { rulesTable } from '../../src/report/rules.ts';
import { checkReport } from '../../src/report/text.ts';
import { explainRule } from '../../src/rules/explain.ts';
import { checkSources } from '../kit/check.ts';

const paint = painter(false);

it('a lost cancel', async () => {
  const path = 'examples/keyboard-class/keyboard-class-lost-cancel.driver.ts';
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  const result = checkSources([{ path, text, origin: 'driver' }], { scenario: 'ReadCancelled' });
  const report = checkReport(
    { ...result, findings: result.findings.filter(({ certainty }) => certainty === 'witnessed') },
    { paint, textOf: (file) => (file === path ? text : undefined), whole: false },
  );
  // How large the search was is the engine's affair.
  await expect(
    report
      .replace(/[\d,]+ states?, [\d,]+ transitions?, depth \d+/g, 'N states, N transitions, depth N')
      .replace(/omission bound \S+,/g, 'omission bound N,'),
  ).toMatchFileSnapshot('golden/lost-cancel.txt');
});

it('a rule explained', async () => {
  const rule = ruleOf('cancel/lost');
  await expect(rule === undefined ? '' : explainRule(rule, 'en')).toMatchFileSnapshot('golden/explain-cancel-lost.txt');
});

it('the list of rules', () => {
  const lines = rulesTable(ruleSummaries(), paint).trimEnd().split('\n');
  expect(lines).toHaveLength(ruleSummaries().length);
  expect(new Set(lines.map((line) => line.search(/(error|warning) {2}/)))).toHaveProperty('size', 1);
  expect(lines.find((line) => line.startsWith('cancel/lost '))).toMatch(/^cancel\/lost +error {4}Cancel request lost$/);
});
