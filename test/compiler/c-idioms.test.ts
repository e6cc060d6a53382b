/** C as its users write it by habit: each is told, at its place, what to write here. */
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import { loadLibrary } from '../kit/library.ts';

const prelude = `import {
  DRIVER_DISPATCH, IO_WORKITEM_ROUTINE, IoAcquireCancelSpinLock, IoCompleteRequest, IoQueueWorkItem, KDEFERRED_ROUTINE, KDPC, KIRQL,
  KSPIN_LOCK, KeAcquireSpinLock, KeInitializeDpc, KeInitializeSpinLock, KeRaiseIrql, LIST_ENTRY, LONG, PDEVICE_OBJECT, PIO_WORKITEM,
  PIRP, PVOID, Ref, ULONG, WORK_QUEUE_TYPE, DelayedWorkQueue, sizeof,
} from 'irpsight/wdm';
interface EXT { Lock: KSPIN_LOCK; Irp: PIRP | null; Dpc: KDPC; Count: ULONG }
type PEXT = EXT;
`;

function problems(text: string): readonly Problem[] {
  return compile({ sources: [{ path: 'a.driver.ts', text: prelude + text, origin: 'driver' }], library: loadLibrary() }).problems;
}

/** The places and messages for one statement of a routine. */
function said(statement: string): readonly (readonly [string, string])[] {
  const text = `export function F(Ext: PEXT, Irp: PIRP, p: Ref<LONG>, Data: PVOID): void {\n  ${statement}\n}\n`;
  return problems(text).map(({ start, end, message }) => [(prelude + text).slice(start, end), message] as const);
}

const storage = (name: string): string =>
  `TypeScript has no &: storage gives its address, write ${name}; for a scalar or a pointer write Ref(${name}).`;
const contents = (name: string): string =>
  `TypeScript has no * before a pointer: what a Ref points to is ${name}.Value, and a struct's fields follow a dot.`;

describe('C that the parser does not know', () => {
  it.each([
    ['KeInitializeSpinLock(&Ext.Lock);', [['&Ext.Lock', storage('Ext.Lock')]]],
    ['KeInitializeSpinLock(&Ext->Lock);', [['&Ext->Lock', storage('Ext.Lock')]]],
    ['if (Irp->Cancel) {\n  }', [['->', 'TypeScript has no ->; write Irp.Cancel.']]],
    ['Irp->Cancel = 1;', [['->', 'TypeScript has no ->; write Irp.Cancel.']]],
    [
      'const S = Irp->IoStatus.Status == Ext->Irp->Flags;',
      [
        ['->', 'TypeScript has no ->; write Irp.IoStatus.'],
        ['->', 'TypeScript has no ->; write Ext.Irp.'],
        ['->', 'TypeScript has no ->; write Ext.Irp.Flags.'],
      ],
    ],
    ['*p = 5;', [['*p', contents('p')]]],
    ['const x = *p;', [['*p', contents('p')]]],
    ['const E = (PEXT)Data;', [['(PEXT)Data', 'A cast stands behind its value: write Data as PEXT.']]],
    ['KeInitializeSpinLock((PEXT)Data);', [['(PEXT)Data', 'A cast stands behind its value: write Data as PEXT.']]],
    ['const E = (PEXT)Irp->Tail;', [['(PEXT)Irp->Tail', 'A cast stands behind its value: write Irp.Tail as PEXT.']]],
    ['const E = (struct EXT *)Data;', [['(struct EXT *)Data', 'A cast stands behind its value: write Data as PEXT.']]],
    ['return (LONG)Ext.Count;', [['(LONG)Ext.Count', 'A cast stands behind its value: write Ext.Count as LONG.']]],
    [
      'goto Exit;\nExit:\n  return;',
      [
        [
          'goto Exit',
          "C's goto is the end of a labelled block: Exit: { ... break Exit; ... }, and behind the block what stood at Exit.",
        ],
      ],
    ],
    ['PIRP Other;', [['PIRP Other', 'Types stand behind names: write let Other!: PIRP;']]],
    ['unsigned int n = 0;', [['unsigned int n ', 'Types stand behind names: write let n: ULONG = ...; or const n = ...;']]],
    ['const n: ULONG = 10UL;', [['UL', 'Numbers have no suffix here; leave UL out.']]],
    [
      'KeAcquireSpinLock(&Ext->Lock, &Irql);',
      [
        ['&Ext->Lock', storage('Ext.Lock')],
        ['&Irql', 'KeAcquireSpinLock returns the old IRQL: const Irql = KeAcquireSpinLock(Ext.Lock).'],
      ],
    ],
    [
      'IoAcquireCancelSpinLock(&Irql);',
      [['&Irql', 'IoAcquireCancelSpinLock returns the old IRQL: const Irql = IoAcquireCancelSpinLock().']],
    ],
  ])('%s', (statement, expected) => {
    expect(said(statement)).toEqual(expected);
  });

  it.each([
    [
      'NTSTATUS F(PDEVICE_OBJECT Device, PIRP Irp)\n{\n  return 0;\n}\n',
      'Types stand behind names: write function F(Name: TYPE, ...): NTSTATUS { ... }',
    ],
    ['#define TAG 5\n', 'There is no preprocessor: for a number write const TAG: ULONG = 5;, for a macro a function.'],
    ['#include <wdm.h>\n', "There is no preprocessor: for #include write import { ... } from 'irpsight/wdm'"],
  ])('at the top level: %s', (text, message) => {
    const [first] = problems(text);
    expect(first.message).toContain(message);
  });

  it('leaves other syntax errors as they are, also behind an explained one', () => {
    expect(said('Irp->Cancel = 1;\n  let x: = 5;').map(([, message]) => message)).toEqual([
      'TypeScript has no ->; write Irp.Cancel.',
      'Type expected.',
    ]);
  });
});

describe('C that parses, and means nothing here', () => {
  it.each([
    [
      'KeAcquireSpinLock(Ext.Lock, Ref(Irql));',
      'KeAcquireSpinLock returns the old IRQL: const Irql = KeAcquireSpinLock(Ext.Lock).',
    ],
    [
      'IoAcquireCancelSpinLock(Ref(Irql));',
      'IoAcquireCancelSpinLock returns the old IRQL: const Irql = IoAcquireCancelSpinLock().',
    ],
    ['KeRaiseIrql(2 as KIRQL, Ref(Irql));', 'KeRaiseIrql returns the old IRQL: const Irql = KeRaiseIrql(2 as KIRQL).'],
    ['KeAcquireSpinLock(Ext.Lock, Irql);', 'KeAcquireSpinLock returns the old IRQL: const Irql = KeAcquireSpinLock(Ext.Lock).'],
    ['const E = (PEXT)&Ext;', 'A cast stands behind its value: write Value as PEXT.'],
    ['const n = (ULONG)(Ext.Count + 1);', 'A cast stands behind its value: write Value as ULONG.'],
    ['const n = sizeof(EXT);', 'Write sizeof<EXT>().'],
  ])('%s', (statement, message) => {
    expect(said(`let Irql!: KIRQL; ${statement}`).map(([, text]) => text)).toContain(message);
  });
});

describe('a name that is not there', () => {
  it.each([
    ['KeInsertQueueDpc(Ext.Dpc, null, null);', 'KeInsertQueueDpc is not declared; import it from "irpsight/wdm".'],
    ['KeInsertQueDpc(Ext.Dpc, null, null);', 'KeInsertQueDpc is not declared; did you mean KeInsertQueueDpc?'],
    ['IoCompletRequest(Irp, 0);', 'IoCompletRequest is not declared; did you mean IoCompleteRequest?'],
    ['ReadFile(null, 1, null);', 'ReadFile is not declared; import it from "irpsight/scenario".'],
    ['if (Exta.Count !== 0) return;', 'Exta is not declared; did you mean Ext?'],
    [
      'FrobnicateTheWidget(Irp);',
      'FrobnicateTheWidget is not declared, and neither irpsight/wdm nor the WDK has a routine of this name; declare it.',
    ],
  ])('%s', (statement, message) => {
    expect(said(statement).map(([, text]) => text)).toEqual([message]);
  });

  it('and that the WDK has', () => {
    expect(said('IoCreateFileEx(Irp);').map(([, text]) => text)[0]).toMatch(/^IoCreateFileEx is not declared\. .* is in the WDK/);
  });
});

describe('a context that the role does not name', () => {
  it.each([
    [
      'const Work: IO_WORKITEM_ROUTINE<EXT> = (Device, Context) => {};\nexport function F(Item: PIO_WORKITEM): void { IoQueueWorkItem(Item, Work, DelayedWorkQueue, null); }',
      'const Work: IO_WORKITEM_ROUTINE<EXT, PVOID>.',
    ],
    [
      'const Dpc: KDEFERRED_ROUTINE = (Dpc, Context) => {};\nexport function F(Ext: PEXT): void { KeInitializeDpc(Ext.Dpc, Dpc, null); }',
      'const Dpc: KDEFERRED_ROUTINE<PVOID>.',
    ],
  ])('%s', (text, remedy) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    const [name] = remedy.replace('const ', '').split(':');
    expect(found[0].message).toBe(`The role of ${name} does not say what its context is, so it takes none: declare it ${remedy}`);
    const [declared] = remedy.replace(/\.$/, '').split(/(?<=>)/);
    expect(problems(text.replace(/const \w+: [^=]*(?= = )/, declared))).toEqual([]);
  });
});

describe('a misspelt key of a scenario', () => {
  const rest = 'Driver: DriverEntry, Threads: { A() {} }';
  it.each([
    [`${rest}, Procesors: 2`, 'Procesors', 'Processors'],
    ['Driver: DriverEntry, Thread: { A() {} }', 'Thread', 'Threads'],
    [`${rest}, SetUp() {}`, 'SetUp', 'Setup'],
    [`${rest}, Expects() {}`, 'Expects', 'Expect'],
    [`${rest}, Lower: { Complete: 'inline', Stats: [], Status: [] }`, 'Stats', 'Status'],
  ])('%s', (keys, wrong, right) => {
    const text = `import { SCENARIO } from 'irpsight/scenario';
import { DRIVER_INITIALIZE, STATUS_SUCCESS } from 'irpsight/wdm';
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => { return STATUS_SUCCESS; };
export const S: SCENARIO = { ${keys} };`;
    const found = compile({ sources: [{ path: 'a.scenario.ts', text, origin: 'scenario' }], library: loadLibrary() }).problems;
    expect(found).toHaveLength(1);
    expect(text.slice(found[0].start, found[0].end)).toBe(wrong);
    expect(found[0].message).toContain(` has no ${wrong}; did you mean ${right}? It can have `);
    expect(found[0].replacement).toBe(right);
  });
});
