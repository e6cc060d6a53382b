/** What the analysis says of drivers whose faults are known: of a sound one nothing, of a broken one what a dataflow can see. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/rules/index.ts';
import { loadLitmus } from '../kit/litmus.ts';
import { driver, found, programOf } from './drivers.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Broken litmus twins -> how sure the analysis is of the guilty lines; the others need an interleaving, or what another routine has done, that no single routine shows. */
const seen: Readonly<Record<string, 'must' | 'may'>> = {
  'cancel-lock-cancel-before-queueing': 'may',
  'cancel-lock-kept': 'may',
  'cancel-of-a-foreign-irp': 'must',
  'completed-under-spin-lock': 'must',
  'csq-completed-under-lock': 'must',
  'csq-touched-after-insert': 'may',
  'error-path-forgets': 'must',
  'marked-but-status-returned': 'must',
  'own-lock-cancel-before-dequeue': 'may',
  'own-lock-cancel-before-queueing': 'may',
  'pending-not-carried-up': 'may',
  'pending-returned-unmarked': 'must',
  'start-io-cancel-before-queueing': 'may',
  'touched-after-send': 'must',
  'wait-under-spin-lock': 'must',
};
/** cancel/claim-ignored speaks at the exchange whose answer is ignored, so its litmus marks another line than the guilty one. */
const litmus = loadLitmus();

describe.each(litmus)('$name', ({ name, broken, fixed, expect: rule, guiltyLines }) => {
  it('fixed: nothing', () => {
    expect(found(programOf(fixed))).toEqual([]);
  });

  it(`broken: ${seen[name] ?? 'nothing'}`, () => {
    const certainty = seen[name];
    expect(found(programOf(broken))).toEqual(
      certainty === undefined ? [] : guiltyLines.map((line) => `${certainty} ${rule} at line ${line}`),
    );
  });
});

it('names only litmus tests that exist', () => {
  expect(Object.keys(seen).filter((name) => !litmus.some((test) => test.name === name))).toEqual([]);
});

describe('examples', () => {
  const files = readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.driver.ts'),
  );
  const texts = files.map((file) => ({ file, text: readFileSync(join(root, 'examples', file), 'utf8') }));

  it.each(texts.filter(({ text }) => text.includes('Expect: verified')))('$file: nothing', ({ text }) => {
    expect(found(programOf([driver(text)]))).toEqual([]);
  });

  it.each(texts.filter(({ text }) => !text.includes('Expect: verified')))(
    '$file: nothing but what it is marked with',
    ({ text }) => {
      const marked = text
        .split('\n')
        .flatMap((line, index) => (/\/\/ <-- (\S+)/.exec(line) ?? []).slice(1).map((rule) => `${rule} at line ${index + 1}`));
      expect(found(programOf([driver(text)])).filter((finding) => !marked.includes(finding.replace(/^\w+ /, '')))).toEqual([]);
    },
  );
});

it.each(rules)('$id: nothing in its good example', ({ good }) => {
  expect(found(programOf([driver(good)]))).toEqual([]);
});

/** What the analysis says of each rule's bad example at a marked line; of a rule that it cannot judge, why. */
const caught: Readonly<Record<string, 'must' | 'may' | { readonly not: string }>> = {
  'assert/failed': { not: 'what a driver asserts is about data' },
  'cancel/claim-ignored': 'may',
  'cancel/foreign-irp': 'must',
  'cancel/lock-not-released': 'must',
  'cancel/lost': 'may',
  'cancel/routine-left-set': 'must',
  'completion/never': 'must',
  'completion/not-owned': 'must',
  'completion/touched-after': 'must',
  'completion/touched-after-send': 'must',
  'completion/twice': 'must',
  'completion/under-spin-lock': 'must',
  'completion/with-status-pending': 'must',
  'integer/divide-by-zero': { not: 'numbers that come from outside are not followed' },
  'integer/overflow': { not: 'numbers that come from outside are not followed' },
  'irp/freed-in-flight': { not: 'whether the IRP has come back by then depends on the lower driver' },
  'irp/not-yours-to-free': 'must',
  'irql/blocking-wait': { not: 'the documented IRQL of the wait is broken first, which is irql/too-high' },
  'irql/changed-at-return': 'must',
  'irql/too-high': 'must',
  'irql/too-low': 'must',
  'irql/wrong-change': 'must',
  'list/corruption': { not: 'the neighbours of an entry belong to other routines' },
  'lock/deadlock': { not: 'it takes two contexts' },
  'lock/held-at-call': 'must',
  'lock/held-at-return': 'must',
  'lock/recursive': 'must',
  'lock/wrong-release': 'must',
  'memory/buffer-overrun': { not: 'lengths come from outside' },
  'memory/double-free': 'must',
  'memory/null-dereference': { not: 'of a pointer that is loaded nothing is known' },
  'memory/use-after-free': 'must',
  'memory/wrong-type': { not: 'what lives behind a pointer that is cast is not followed' },
  'pending/marked-not-returned': 'must',
  'pending/not-propagated': 'may',
  'pending/returned-not-marked': 'must',
};

it.each(rules)('$id: found in its bad example, or why not', ({ id, bad }) => {
  const findings = found(programOf([driver(bad)])).map((finding) => finding.replace(/ at .*/, ''));
  const expected = caught[id];
  expect(expected).toBeDefined();
  if (typeof expected === 'string') expect(findings).toContain(`${expected} ${id}`);
  else expect(findings.filter((finding) => finding.endsWith(` ${id}`))).toEqual([]);
});
