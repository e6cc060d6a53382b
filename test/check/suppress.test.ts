/** Findings that a comment lets stand. */
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/check/findings.ts';
import { suppressionsIn } from '../../src/check/suppress.ts';
import { exitCode } from '../../src/cli/checking.ts';
import { painter } from '../../src/report/paint.ts';
import { checkReport } from '../../src/report/text.ts';
import { losesCancel, smallScenario } from '../cli/kit.ts';
import { checkSources } from '../kit/check.ts';

const mark = '// irpsight-disable-next-line';

function finding(rule: string, line: number, file = 'a.driver.ts'): Finding {
  const at = { line, column: 3 };
  return {
    rule,
    certainty: 'may',
    severity: 'error',
    message: '',
    file,
    range: { start: at, end: at },
    related: [],
  };
}

const read = (text: string) => suppressionsIn([{ path: 'a.driver.ts', text, origin: 'driver' }]);

describe('a comment', () => {
  it('speaks of its rules at the next line, in its file', () => {
    const { apply, problems } = read(`\n  ${mark} cancel/lost, lock/order -- the device -- never cancels\n  x();\n`);
    expect(problems).toEqual([]);
    const all = [finding('cancel/lost', 3), finding('lock/order', 3), finding('completion/twice', 3), finding('cancel/lost', 2)];
    const { open, suppressed } = apply([...all, finding('cancel/lost', 3, 'b.driver.ts')]);
    expect(suppressed.map((one) => `${one.finding.rule}: ${one.reason}`)).toEqual([
      'cancel/lost: the device -- never cancels',
      'lock/order: the device -- never cancels',
    ]);
    expect(open).toHaveLength(3);
  });

  it('one under another speaks of the line below both, with every kind of line end', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const { apply } = read([`${mark} cancel/lost -- a`, `${mark} lock/order -- b`, 'x();'].join(end));
      expect(apply([finding('cancel/lost', 3), finding('lock/order', 3)]).open).toEqual([]);
    }
  });

  it.each([
    [`${mark} cancel/lost`, 'suppression/no-reason'],
    [`${mark} cancel/lost --  `, 'suppression/no-reason'],
    [`${mark}`, 'suppression/no-rule'],
    [`${mark} -- why`, 'suppression/no-rule'],
    [`${mark} cancel/lots -- why`, 'suppression/unknown-rule'],
    [`${mark} __proto__ -- why`, 'suppression/unknown-rule'],
  ])('that says too little suppresses nothing and is a problem: %s', (text, code) => {
    const { problems, apply } = read(`${text}\nx();`);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(apply([finding('cancel/lost', 2)]).suppressed).toEqual([]);
  });

  it.each([
    [`'${"\\'".repeat(2_000_000)}`, 0],
    [`\`${'\\`'.repeat(2_000_000)}`, 0],
    [`${' '.repeat(2_000_000)}${"''".repeat(500_000)}`, 0],
    [`${mark} lock/order\n`.repeat(60_000), 60_000],
    // One that says that these are too many.
    [`${mark} ${Array.from({ length: 300_000 }, (_, index) => `a${index}`).join()} -- why\n`, 201],
    [`${mark} ${'lock/order,'.repeat(300_000)} -- why\n`, 0],
  ])('is found in a long text at once, which would take hours if ends were looked for anew (%#)', (text, found) => {
    expect(read(text).problems).toHaveLength(found);
  });

  it('is one: neither in a string, nor in another comment, nor behind code', () => {
    for (const text of [
      `const x = '${mark} cancel/lost -- a';\n`,
      `/*\n${mark} cancel/lost -- a\n*/`,
      `f(); ${mark} cancel/lost -- a\n`,
    ]) {
      const { problems, apply } = read(text);
      expect(problems).toEqual([]);
      expect(apply([1, 2, 3, 4].map((line) => finding('cancel/lost', line))).suppressed).toEqual([]);
    }
  });
});

describe('a check', () => {
  const check = (driver: string) =>
    checkSources([
      { path: 'mailbox.driver.ts', text: driver, origin: 'driver' },
      { path: 'mailbox.scenario.ts', text: smallScenario, origin: 'scenario' },
    ]);
  const guilty = '  IoSetCancelRoutine(Irp, CancelRead);';

  it('tells what is suppressed apart, in data and in text, and ends well', () => {
    const result = check(losesCancel().replace(guilty, `  ${mark} cancel/lost -- tried out here\n${guilty}`));
    expect(result.findings).toEqual([]);
    expect(result.problems).toEqual([]);
    expect(result.suppressed?.map((one) => `${one.finding.rule} ${one.finding.certainty}: ${one.reason}`)).toEqual([
      'cancel/lost witnessed: tried out here',
    ]);
    expect(result.scenarios.map(({ verdict }) => verdict)).toEqual(['error']);
    expect(exitCode(result, false)).toBe(0);
    const text = checkReport(result, { paint: painter(false), textOf: () => undefined, whole: false });
    expect(text).toMatch(/\nsuppressed\[cancel\/lost\]: mailbox\.driver\.ts:\d+:3: tried out here\n/);
    expect(text).toContain('0 findings, 1 suppressed, 1 scenario: 1 error, replayable');
    expect(exitCode(check(losesCancel()), false)).toBe(1);
    // What is suppressed was found, but the search did not come to its end: that is no success.
    const cut = result.scenarios.map((scenario) => ({
      ...scenario,
      bounds: ['The search stopped at its budget of 600 states.'],
    }));
    expect(exitCode({ ...result, scenarios: cut }, false)).toBe(3);
  });

  it('warns of what suppresses nothing', () => {
    const result = check(losesCancel().replace(guilty, `  ${mark} completion/twice -- why not\n${guilty}`));
    expect(result.problems.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning suppression/unused']);
    expect(result.findings.map(({ rule }) => rule)).toEqual(['cancel/lost']);
  });
});
