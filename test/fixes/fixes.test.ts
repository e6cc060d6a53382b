/** Quick fixes on the bad examples of their rules: what is offered puts the finding right, and nothing else wrong. */
import { describe, expect, it } from 'vitest';
import { edited, fixFor, lineAfter } from '../../src/fixes/fixes.ts';
import { rules } from '../../src/rules/index.ts';
import { checkSources } from '../kit/check.ts';

const fixable = [
  'pending/returned-not-marked',
  'pending/marked-not-returned',
  'completion/status-differs',
  'completion/information-on-cancel',
  'cancel/lock-not-released',
  'lock/held-at-return',
];
const check = (text: string) => checkSources([{ path: 'a.driver.ts', text, origin: 'driver' }]);

describe('a fix', () => {
  it.each(fixable)('of %s puts its bad example right', (id) => {
    const bad = rules.find((rule) => rule.id === id)?.bad ?? '';
    const text = bad.replace(/^\/\/\^+\n/gm, '');
    const before = check(text);
    const guilty = before.findings.filter(({ rule }) => rule === id);
    expect(guilty.length).toBeGreaterThan(0);
    const fixes = guilty.map((finding) => fixFor(finding, text));
    const edits = fixes.flatMap((fix) => fix?.edits ?? []);
    expect(edits.length).toBeGreaterThan(0);
    const after = check(edited(text, edits));
    expect(after.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const left = after.findings.map(({ rule, range }) => `${rule}:${range.start.line}`);
    // Of two kinds of locks only spin locks have one.
    expect(left.filter((one) => one.startsWith(id)).length).toBeLessThan(guilty.length);
    expect(left.filter((one) => !one.startsWith(id))).toEqual([]);
  });

  it.each(["'irpsight/wdm';", '"irpsight/wdm";', "'irpsight/wdm'"])('imports what it needs from %s', (module) => {
    const text = `import { A } from ${module}\nconst Read = (DeviceObject, Irp) => {\n  return A;\n};\n`;
    const range = { start: { line: 3, column: 3 }, end: { line: 3, column: 12 } };
    const finding = { certainty: 'must', severity: 'error', message: '', file: 'a', range, related: [] } as const;
    const fix = fixFor({ ...finding, rule: 'pending/marked-not-returned' }, text);
    expect(edited(text, fix?.edits ?? [])).toContain(`import { A, STATUS_PENDING } from ${module}\n`);
  });

  it('is none where the rule has none, or the statement shares its line', () => {
    const text = 'const Read = (DeviceObject, Irp) => {\n  if (x) return STATUS_SUCCESS;\n};\n';
    const range = { start: { line: 2, column: 10 }, end: { line: 2, column: 32 } };
    const finding = { certainty: 'must', severity: 'error', message: '', file: 'a', range, related: [] } as const;
    expect(fixFor({ ...finding, rule: 'pending/marked-not-returned' }, text)).toBeUndefined();
    expect(fixFor({ ...finding, rule: 'cancel/lost' }, text)).toBeUndefined();
    expect(fixFor({ ...finding, rule: 'constructor' }, text)).toBeUndefined();
  });

  it('is looked for in a long text at once, which would take hours if its end were looked for at each routine', () => {
    const text = `${'const x\n'.repeat(400_000)}${'import { '.repeat(50_000)}\n  return STATUS_SUCCESS;\n`;
    const line = 400_002;
    const range = { start: { line, column: 3 }, end: { line, column: 25 } };
    const finding = { certainty: 'must', severity: 'error', message: '', file: 'a', range, related: [] } as const;
    expect(fixFor({ ...finding, rule: 'pending/marked-not-returned' }, text)).toBeUndefined();
  });

  it('moves what stands below it', () => {
    const text = 'a\n  b\nc\n';
    const edits = [
      { start: 4, end: 4, text: 'x;\n  ' },
      { start: 6, end: 7, text: 'd\ne' },
    ];
    const moved = (line: number, column: number) => lineAfter(text, edits, { line, column });
    expect([moved(1, 1), moved(2, 3), moved(3, 1), moved(4, 1)]).toEqual([1, 3, 4, 6]);
  });
});
