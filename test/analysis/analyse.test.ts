/** What the analysis says of drivers whose faults are known: of a sound one nothing, of a broken one what a dataflow can see. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.ts';
import { rangeOf } from '../../src/check/text.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import type { Program } from '../../src/ir/program.ts';
import { rules } from '../../src/rules/index.ts';
import { loadLibrary } from '../kit/library.ts';
import { loadLitmus } from '../kit/litmus.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const checks = rules.map(({ check }) => check);

/** Broken litmus twins -> how sure the analysis is of the guilty lines; the others need an interleaving that no single routine shows. */
const seen: Readonly<Record<string, 'must' | 'may'>> = {
  'cancel-lock-cancel-before-dequeue': 'may',
  'cancel-lock-cancel-before-queueing': 'may',
  'cancel-lock-kept': 'may',
  'cancel-of-a-foreign-irp': 'must',
  'completed-under-spin-lock': 'must',
  'csq-completed-under-lock': 'must',
  'csq-taken-behind-its-back': 'may',
  'csq-touched-after-insert': 'may',
  'error-path-forgets': 'must',
  'marked-but-status-returned': 'must',
  'own-lock-cancel-before-dequeue': 'may',
  'own-lock-cancel-before-queueing': 'may',
  'pending-not-carried-up': 'may',
  'pending-returned-unmarked': 'must',
  'sent-with-cancel-routine': 'may',
  'start-io-cancel-after-dequeue': 'may',
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

it.each([
  'cancel/lock-not-released',
  'cancel/routine-left-set',
  'completion/never',
  'completion/touched-after',
  'completion/touched-after-send',
  'completion/twice',
  'completion/under-spin-lock',
  'completion/with-status-pending',
  'irql/too-high',
  'irql/too-low',
  'irql/wrong-change',
  'lock/recursive',
  'memory/double-free',
  'memory/use-after-free',
  'pending/marked-not-returned',
  'pending/returned-not-marked',
])('%s: a must in its bad example', (id) => {
  const rule = rules.find((other) => other.id === id);
  expect(found(programOf([driver(rule?.bad ?? '')])).map((finding) => finding.replace(/ at .*/, ''))).toContain(`must ${id}`);
});

it('comes to an end on loops and recursion, the same way each time', () => {
  const program = programOf([driver(endless)]);
  const first = analyse(program, checks);
  expect(analyse(program, checks)).toEqual(first);
  expect(first.findings.every(({ certainty }) => certainty === 'may')).toBe(true);
});

const endless = `import { DRIVER_DISPATCH, DRIVER_INITIALIZE, IO_NO_INCREMENT, IoCompleteRequest, LONG, NTSTATUS, PIRP, STATUS_SUCCESS } from 'irpsight/wdm';
interface DEVICE_EXTENSION { Count: LONG; A: LONG; B: LONG; C: LONG; D: LONG; E: LONG }
type PDEVICE_EXTENSION = DEVICE_EXTENSION;

function Fork(Extension: PDEVICE_EXTENSION, Irp: PIRP, Depth: LONG): LONG {
  let Sum: LONG = 0;
  for (let Index: LONG = 0; Index < 1000000; Index++) {
    if (Extension.A === Index) Sum = Sum + 1;
    if (Extension.B === Index) Sum = Sum + Fork(Extension, Irp, Depth + 1);
    if (Extension.C === Index) Sum = Sum * 3 + Index;
    if (Extension.D === Index) Sum = Sum + Fork(Extension, Irp, Sum);
  }
  return Sum;
}

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  for (;;) {
    Extension.Count = Fork(Extension, Irp, 0);
    if (Extension.E === 7) {
      Irp.IoStatus.Status = STATUS_SUCCESS;
      IoCompleteRequest(Irp, IO_NO_INCREMENT);
      return STATUS_SUCCESS;
    }
  }
};

export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  DriverObject.MajorFunction[3] = DispatchRead;
  return STATUS_SUCCESS as NTSTATUS;
};
`;

function driver(text: string): SourceInput {
  return { path: 'test.driver.ts', origin: 'driver', text };
}

function programOf(sources: readonly SourceInput[]): Program {
  const { program, problems } = compile({ sources, library: loadLibrary() });
  if (program === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return program;
}

function found(program: Program): string[] {
  return analyse(program, checks).findings.map(({ certainty, rule, place }) => {
    const { text } = program.files[place.file];
    return `${certainty} ${rule} at line ${rangeOf(text, place.start, place.end).start.line}`;
  });
}
