/** What the analysis says of drivers whose faults are known: of a sound one nothing, of a broken one what a dataflow can see. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { actsElsewhere } from '../../src/analysis/flow.ts';
import { Run } from '../../src/analysis/run.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { compileLibrary } from '../../src/compiler/compile.ts';
import { rules } from '../../src/rules/index.ts';
import { loadLibrary } from '../kit/library.ts';
import { loadLitmus } from '../kit/litmus.ts';
import { complete, driver, found, programOf } from './drivers.ts';

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
  'exception-skips-completion': 'must',
  'irql-of-the-other-lock': 'may',
  'marked-but-status-returned': 'must',
  'own-lock-cancel-before-dequeue': 'may',
  'own-lock-cancel-before-queueing': 'may',
  'pended-and-skipped': 'must',
  'pending-lost-between-two-levels': 'may',
  'pending-not-carried-up': 'may',
  'pending-returned-unmarked': 'must',
  'probe-outside-try': 'may',
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
  /** The driver with the drivers' modules that it imports, as a header of its own. */
  const sourcesOf = (file: string, text: string): SourceInput[] => [
    driver(text),
    ...[...text.matchAll(/from '\.\/(\S+\.driver)'/g)].map(([, name]): SourceInput => {
      const path = `${name}.ts`;
      return { path, origin: 'driver', text: readFileSync(join(root, 'examples', dirname(file), path), 'utf8') };
    }),
  ];

  it.each(texts.filter(({ text }) => text.includes('Expect: verified')))('$file: nothing', ({ file, text }) => {
    expect(found(programOf(sourcesOf(file, text)))).toEqual([]);
  });

  it.each(texts.filter(({ text }) => !text.includes('Expect: verified')))(
    '$file: nothing but what it is marked with',
    ({ file, text }) => {
      const marked = text
        .split('\n')
        .flatMap((line, index) => (/\/\/ <-- (\S+)/.exec(line) ?? []).slice(1).map((rule) => `${rule} at line ${index + 1}`));
      expect(found(programOf(sourcesOf(file, text))).filter((finding) => !marked.includes(finding.replace(/^\w+ /, '')))).toEqual(
        [],
      );
    },
  );
});

it('nothing of a part of a dispatch routine that only it calls, by its name', () => {
  const text = complete(`
interface DEVICE_EXTENSION { Reads: LONG }

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Status = CountRead(DeviceObject, Irp);
  return Complete(Irp, Status);
};

const CountRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  InterlockedIncrement(Ref(DeviceObject.DeviceExtension.Reads));
  return STATUS_SUCCESS;
};
`);
  expect(found(programOf([driver(text)]))).toEqual([]);
  // Set as a dispatch routine it is one, and has to complete what it is given.
  const entered = text.replace('IRP_MJ_WRITE] = DispatchSucceed', 'IRP_MJ_WRITE] = CountRead');
  expect(found(programOf([driver(entered)])).map((finding) => finding.replace(/ at .*/, ''))).toEqual(['must completion/never']);
});

it('nothing of a level that is kept in memory while a loop runs, and of flags that do not ask for exceptions', () => {
  const text = complete(`
interface DEVICE_EXTENSION { Mutex: FAST_MUTEX; Queue: LIST_ENTRY; Lock: KSPIN_LOCK; Buffer: PVOID }

function Start(Extension: PDEVICE_EXTENSION): void {
  ExInitializeFastMutex(Extension.Mutex);
  KeInitializeSpinLock(Extension.Lock);
  InitializeListHead(Extension.Queue);
}

const DispatchRead: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  ExAcquireFastMutex(Extension.Mutex);
  while (!IsListEmpty(Extension.Queue)) {
    RemoveHeadList(Extension.Queue);
  }
  ExReleaseFastMutex(Extension.Mutex);
  return Complete(Irp, STATUS_SUCCESS);
};

const DispatchWrite: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  const Extension = DeviceObject.DeviceExtension;
  let Irql = KeAcquireSpinLock(Extension.Lock);
  while (!IsListEmpty(Extension.Queue)) {
    RemoveHeadList(Extension.Queue);
    KeReleaseSpinLock(Extension.Lock, Irql);
    Extension.Buffer = ExAllocatePool2(POOL_FLAG_PAGED, 8, 'tag1');
    Irql = KeAcquireSpinLock(Extension.Lock);
  }
  KeReleaseSpinLock(Extension.Lock, Irql);
  return Complete(Irp, STATUS_SUCCESS);
};
`);
  expect(found(programOf([driver(text)]))).toEqual([]);
});

it.each(rules)('$id: nothing in its good example', ({ good }) => {
  expect(found(programOf([driver(good)]))).toEqual([]);
});

/** What the analysis says of each rule's bad example at a marked line; of a rule that it cannot judge, why. */
const caught: Readonly<Record<string, 'must' | 'may' | { readonly not: string }>> = {
  'assert/failed': { not: 'what a driver asserts is about data' },
  'cancel/claim-ignored': 'may',
  'cancel/foreign-irp': 'must',
  'cancel/irql-not-restored': 'may',
  'cancel/lock-not-released': 'must',
  'cancel/lost': 'may',
  'cancel/routine-left-set': 'must',
  'cancel/unanswered': { not: 'that five minutes pass shows only where time does' },
  'completion/information-on-cancel': 'must',
  'completion/never': 'must',
  'completion/not-owned': 'must',
  'completion/status-differs': { not: 'the status that an IRP was completed with is not remembered' },
  'completion/touched-after': 'must',
  'completion/touched-after-send': 'must',
  'completion/twice': 'must',
  'completion/under-spin-lock': 'must',
  'completion/with-status-pending': 'must',
  'exception/unhandled': 'may',
  'integer/divide-by-zero': { not: 'numbers that come from outside are not followed' },
  'integer/overflow': { not: 'numbers that come from outside are not followed' },
  'interrupt/not-quieted': { not: 'whether the line is still asserted is up to the device' },
  'irp/freed-in-flight': { not: 'whether the IRP has come back by then depends on the lower driver' },
  'irp/next-location-unset': 'must',
  'irp/not-freed': { not: 'it shows when the driver is gone' },
  'irp/not-yours-to-free': 'must',
  'irp/stack-location': 'must',
  'irql/blocking-wait': { not: 'the documented IRQL of the wait is broken first, which is irql/too-high' },
  'irql/changed-at-return': 'must',
  'irql/paged-memory': { not: 'of memory that is loaded it is not known from which pool it is' },
  'irql/too-high': 'must',
  'irql/too-low': 'must',
  'irql/wrong-change': 'must',
  'list/corruption': { not: 'the neighbours of an entry belong to other routines' },
  'lock/apcs-enabled': { not: 'what the thread has entered is not followed' },
  'lock/deadlock': { not: 'it takes two contexts' },
  'lock/held-at-call': 'must',
  'lock/held-at-return': 'must',
  'lock/irql-not-restored': 'may',
  'lock/order': { not: 'it takes two routines' },
  'lock/recursive': 'must',
  'lock/wrong-release': 'must',
  'memory/buffer-overrun': { not: 'lengths come from outside' },
  'memory/data-race': { not: 'it takes two contexts' },
  'memory/double-free': 'must',
  'memory/leak': { not: 'it shows when the driver is gone' },
  'memory/null-dereference': { not: 'of a pointer that is loaded nothing is known' },
  'memory/uninitialised': { not: 'what another routine has initialised is not known' },
  'memory/use-after-free': 'must',
  'memory/wrong-type': { not: 'what lives behind a pointer that is cast is not followed' },
  'pending/marked-not-returned': 'must',
  'pending/not-propagated': 'may',
  'pending/returned-not-marked': 'must',
  'queue/cancel-safe': { not: 'what is in a queue is not known' },
  'queue/device-queue': { not: 'what is in a queue is not known' },
  'queue/start-io': { not: 'which packet is started is up to other routines' },
  'remove-lock/leak': { not: 'it shows when somebody waits for the lock' },
  'remove-lock/misuse': { not: 'who holds the lock is up to other routines' },
};

it.each(rules)('$id: found in its bad example, or why not', ({ id, bad }) => {
  const findings = found(programOf([driver(bad)])).map((finding) => finding.replace(/ at .*/, ''));
  const expected = caught[id];
  expect(expected).toBeDefined();
  if (typeof expected === 'string') expect(findings).toContain(`${expected} ${id}`);
  else expect(findings.filter((finding) => finding.endsWith(` ${id}`))).toEqual([]);
});

describe('calls that are left out, as they come to no more than what others may do meanwhile', () => {
  it('are of one function of the library', () => {
    const { program } = compileLibrary(loadLibrary());
    if (program === undefined) throw new Error('the library does not compile');
    const found = program.funcs.filter((func) => actsElsewhere(program, func)).map(({ name }) => name);
    expect(found).toEqual(['IopDeliverApcs']);
  });

  it("are never of a model of the user's", () => {
    const model: SourceInput = {
      path: 'registry.model.ts',
      origin: 'kernel',
      text: `import { HANDLE, IoMarkIrpPending, NTSTATUS, PIRP, STATUS_SUCCESS } from 'irpsight/wdm';
interface KEPT { Irp: PIRP | null }
type PKEPT = KEPT;
let Kept!: KEPT;
function Mark(Of: PKEPT): void {
  IoMarkIrpPending(Of.Irp!);
}
export function ZwFlushKey(KeyHandle: HANDLE): NTSTATUS {
  Mark(Kept);
  return STATUS_SUCCESS;
}
`,
    };
    const text =
      "import { DRIVER_DISPATCH, ZwFlushKey } from 'irpsight/wdm';\nexport const Flush: DRIVER_DISPATCH = (DeviceObject, Irp) => {\n  return ZwFlushKey(null);\n};\n";
    const program = programOf([{ path: 'a.driver.ts', origin: 'driver', text }, model]);
    const mark = program.funcs.find(({ name }) => name === 'Mark');
    if (mark === undefined) throw new Error('the model has no part in it');
    expect([actsElsewhere(program, mark), new Run(program, []).actsElsewhere(mark)]).toEqual([true, false]);
  });
});
