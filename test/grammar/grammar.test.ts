import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const grammar = JSON.parse(readFileSync('syntaxes/irpsight.tmLanguage.json', 'utf8'));
const marks: readonly { readonly name: string; readonly match: RegExp }[] = grammar.repository.wdm.patterns.map(
  ({ name, match }: { name: string; match: string }) => ({ name, match: new RegExp(match, 'g') }),
);

const irql = 'constant.language.irql.irpsight';
const status = 'variable.other.constant.status.irpsight';
const routine = 'support.function.wdm.irpsight';
const type = 'support.type.wdm.irpsight';

describe('the grammar', () => {
  it('is TypeScript, with the names of the WDM before it, wherever these are neither comment nor string', () => {
    expect(grammar.scopeName).toBe('source.irpsight');
    expect(grammar.patterns).toEqual([{ include: 'source.ts' }]);
    expect(Object.entries(grammar.injections)).toEqual([
      ['L:source.irpsight -comment -string', { patterns: [{ include: '#wdm' }] }],
    ]);
  });

  it.each([
    ['const Irql = KeAcquireSpinLock(Extension.Lock);', { KeAcquireSpinLock: routine }],
    ['KeRaiseIrql(DISPATCH_LEVEL);', { KeRaiseIrql: routine, DISPATCH_LEVEL: irql }],
    ['return Complete(Irp, STATUS_CANCELLED);', { STATUS_CANCELLED: status }],
    ['const Unload: DRIVER_UNLOAD = (DriverObject) => {};', { DRIVER_UNLOAD: type }],
    ['  Waiting: PIRP | null;', { PIRP: type }],
    ['if (!NT_SUCCESS(Status)) {', { NT_SUCCESS: routine }],
    ['IoCreateDevice(D, sizeof<EXT>(), N, 0, 0, FALSE, Ref(Device))', { IoCreateDevice: routine, Ref: routine }],
    ['import { KDPC, PKDPC } from "irpsight/wdm";', { KDPC: type, PKDPC: type }],
  ])('marks %s', (line, expected) => {
    expect(marked(line)).toEqual(expected);
  });

  it('leaves what has type arguments to TypeScript, which would lose its way without the name', () => {
    expect(marked('const Done: IO_COMPLETION_ROUTINE<EXT, PVOID> = (DeviceObject, Irp) => {')).toEqual({ PVOID: type });
    expect(marked('if (Irql < DISPATCH_LEVEL && APC_LEVEL < Irql)')).toEqual({ DISPATCH_LEVEL: irql, APC_LEVEL: irql });
  });

  it.each([
    'Read.Internal',
    'STATUS_CANCELLED_MINE',
    'MyIoCancelIrp($IoCancelIrp)',
    'Irp.IoStatus.Status = Other.STATUS_PENDING',
    'IoCance1Irp()',
    'Stack.Parameters.Read.Length',
  ])('leaves %s as it is', (line) => {
    expect(marked(line)).toEqual({});
  });

  it('marks each name that a driver can import and that is a type, a routine or a status, in one way only', () => {
    const index = readFileSync('src/wdm/index.ts', 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    const names = [...index.matchAll(/\{([^}]*)\}/g)].flatMap(([, list]) => list.match(/\w+/g) ?? []);
    expect(names.length).toBeGreaterThan(800);
    for (const name of names) {
      const found = marks.filter(({ match }) => new RegExp(match.source).exec(name)?.[0] === name).map((mark) => mark.name);
      expect(found.length, name).toBeLessThanOrEqual(1);
      if (/^(Io|Ke)[A-Z][a-z]+[A-Z]/.test(name)) expect([routine, undefined], name).toContain(found[0]);
      if (/^STATUS_/.test(name)) expect(found, name).toEqual([status]);
    }
  });
});

/** The names marked in a line, each with what it is marked as; the first pattern that matches counts. */
function marked(line: string): Record<string, string> {
  return Object.fromEntries(marks.flatMap(({ name, match }) => [...line.matchAll(match)].map(([word]) => [word, name])));
}
