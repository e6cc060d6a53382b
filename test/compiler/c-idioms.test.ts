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
    [
      '__try {\n    Ext.Count = 1;\n  }\n  __except (EXCEPTION_EXECUTE_HANDLER) {\n  }',
      [
        ['__try', 'Write try.'],
        [
          '__except (EXCEPTION_EXECUTE_HANDLER)',
          'Write catch { ... }, which handles every exception, and ask GetExceptionCode() in it.',
        ],
      ],
    ],
    [
      '__try { Ext.Count = 1; } __finally { Ext.Count = 2; }',
      [
        ['__try', 'Write try.'],
        ['__finally', 'Write finally.'],
      ],
    ],
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
    [String.raw`RtlInitUnicodeString(Ref(Name), L"\\Device\\X");`, [['L', 'Strings are wide: write this one without the L.']]],
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
    ['console.log(1);', 'console is not declared; DbgPrint writes to the debugger.'],
    ['KeInsertQueDpc(Ext.Dpc, null, null);', 'KeInsertQueDpc is not declared; did you mean KeInsertQueueDpc?'],
    ['IoCompletRequest(Irp, 0);', 'IoCompletRequest is not declared; did you mean IoCompleteRequest?'],
    ['IoCreateFileEx(Irp);', 'IoCreateFileEx is not declared; import it from "irpsight/wdm".'],
    ['ReadFile(null, 1, null);', 'ReadFile is not declared; import it from "irpsight/scenario".'],
    ['if (Exta.Count !== 0) return;', 'Exta is not declared; did you mean Ext?'],
    [
      'FrobnicateTheWidget(Irp);',
      'FrobnicateTheWidget is not declared, and neither irpsight/wdm nor the WDK has a routine of this name; declare it.',
    ],
  ])('%s', (statement, message) => {
    expect(said(statement).map(([, text]) => text)).toEqual([message]);
  });

  it('and is that of a pointer to a structure of its own', () => {
    const found = problems('interface OTHER { Count: ULONG }\nfunction G(Other: POTHER): void {}\n');
    expect(found.map(({ message }) => message)).toEqual([
      'POTHER is not declared; write type POTHER = OTHER; for the pointer to OTHER.',
    ]);
  });

  it('but not where the WDK has one', () => {
    const found = problems('function G(Other: PKTIMER): void {}\ninterface KTIMER { Count: ULONG }\n');
    expect(found.map(({ message }) => message)).toContain('PKTIMER is not declared; import it from "irpsight/wdm".');
  });

  it('and that the WDK has, for other drivers', () => {
    expect(said('WdfRequestComplete(Irp);').map(([, text]) => text)[0]).toMatch(
      /^WdfRequestComplete is not declared\. .* is in the WDK .*, but it is not for WDM drivers\./,
    );
  });

  it('and whose type the WDK has', () => {
    expect(said('PLOAD_IMAGE_NOTIFY_ROUTINE(Irp);').map(([, text]) => text)[0]).toMatch(
      /^PLOAD_IMAGE_NOTIFY_ROUTINE is not declared\. .* is in the WDK .*, but Irpsight does not model it yet\. Declare its type/,
    );
  });
});

it('looks at what is around an error only, which in a long line would take hours', () => {
  const long = 'a'.repeat(1_000_000);
  expect(said(`${long}; b->c;`).slice(-1)[0]).toEqual(['->', 'TypeScript has no ->; write b.c.']);
});
