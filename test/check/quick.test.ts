/** What the quick check keeps from one version of a driver to the next never shows. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Project } from '../../src/check/project.ts';
import { createQuickCheck, type QuickCheckInSteps, type QuickResult, quickCheck } from '../../src/check/quick.ts';
import { compile } from '../../src/compiler/compile.ts';
import { edit, edited } from '../kit/edits.ts';
import { loadLibrary } from '../kit/library.ts';
import { loadLitmus } from '../kit/litmus.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const library = loadLibrary();

function project(text: string): Project {
  return { driver: 'one.driver.ts', sources: [{ path: 'one.driver.ts', origin: 'driver', text }], problems: [] };
}

function finished(steps: ReturnType<QuickCheckInSteps>): QuickResult {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** With imports of what the edits use. */
function prepared(text: string): string {
  const missing = ['ULONG', 'KeGetCurrentIrql'].filter((name) => !new RegExp(`^import [^;]*\\b${name}\\b`, 'm').test(text));
  return missing.length === 0 ? text : `import { ${missing.join(', ')} } from 'irpsight/wdm';\n${text}`;
}

const examples = ['wave/wave', 'toaster-filter/toaster-filter', 'own-irps/own-irps', 'keyboard-class/keyboard-class-lost-cancel'];
const litmus = loadLitmus().filter(({ name }) =>
  ['pended-and-skipped', 'csq-touched-after-insert', 'marked-but-status-returned'].includes(name),
);
const drivers = [
  ...examples.map((name) => readFileSync(join(root, 'examples', `${name}.driver.ts`), 'utf8')),
  ...litmus.map(({ broken }) => broken[0].text),
].map(prepared);

it('a 64-bit constant is another one than that with the same lower half', () => {
  const text = (
    value: string,
  ): string => `import { DRIVER_DISPATCH, IO_NO_INCREMENT, IoCompleteRequest, LONGLONG, STATUS_SUCCESS, ULONG } from 'irpsight/wdm';
interface DEVICE_EXTENSION { Reads: ULONG }
const Dispatch: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const T: LONGLONG = ${value};
  if (T < 0) {
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
  }
  IoCompleteRequest(Irp, IO_NO_INCREMENT);
  return STATUS_SUCCESS;
};
`;
  const keeping = createQuickCheck(library);
  const rules = (value: string) => finished(keeping(project(text(value)))).findings.map(({ rule }) => rule);
  expect(rules('-1000')).toContain('completion/twice');
  expect(rules('4294966296')).not.toContain('completion/twice');
});

it('after random edits it says what a check that has seen nothing before says', { timeout: 300_000 }, () => {
  const keeping = createQuickCheck(library);
  const outcomes = { compiled: 0, findings: 0 };
  const edits = fc.array(fc.tuple(fc.nat(drivers.length - 1), edit), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(edits, (all) => {
      const texts = [...drivers];
      for (const [which, one] of all) {
        const before = texts[which];
        const after = edited(before, one);
        const kept = finished(keeping(project(after)));
        // A library in another list is another library.
        expect(kept).toEqual(quickCheck(project(after), [...library]));
        if (kept.compiled) texts[which] = after;
        if (kept.compiled) outcomes.compiled++;
        outcomes.findings += kept.findings.length;
      }
    }),
    { numRuns: 3 },
  );
  expect(outcomes.compiled).toBeGreaterThan(3);
  expect(outcomes.findings).toBeGreaterThan(0);
});

it('compiles to the same program, whatever was compiled before', { timeout: 300_000 }, () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(drivers.length - 1), edit), { minLength: 8, maxLength: 8 }), (all) => {
      for (const [which, one] of all) {
        const { sources } = project(edited(drivers[which], one));
        expect(compile({ sources, library })).toEqual(compile({ sources, library: [...library] }));
      }
    }),
    { numRuns: 4 },
  );
});
