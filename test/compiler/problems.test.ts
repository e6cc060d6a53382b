/** What only shows when code is generated, and what the type checker and the language have to say of one file together. */
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import { loweringMessages } from '../../src/compiler/subset/messages.ts';
import { loadLibrary } from '../kit/library.ts';
import { miniLibrary } from './mini.ts';

const imports = `import { ARRAY, AbnormalTermination, CONTAINING_RECORD, CTL_CODE, GetExceptionCode, InterlockedIncrement, KEVENT, LIST_ENTRY, LONG, NTSTATUS, PIRP, PLIST_ENTRY, PUCHAR, PULONG, PVOID, Ref, UCHAR, ULONG, alloc_text, sizeof } from 'irpsight/wdm';
`;

function problems(text: string, path = 'a.driver.ts'): readonly Problem[] {
  const origin = path.endsWith('.scenario.ts') ? ('scenario' as const) : ('driver' as const);
  const sources = [{ path, text: imports + text, origin }];
  return compile({ sources, library: loadLibrary() }).problems;
}

/** A scenario with one property of its own. */
function scenario(property: string): string {
  return `import { SCENARIO } from 'irpsight/scenario';
import { DRIVER_INITIALIZE, STATUS_SUCCESS } from 'irpsight/wdm';
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => { return STATUS_SUCCESS; };
export const S: SCENARIO = { Driver: DriverEntry, Threads: { A() {} }, ${property} };`;
}

const lowering: Partial<Record<keyof typeof loweringMessages, string>> = {
  'dsl/recursive-struct': 'interface S { Inner: S } let Global!: S;',
  'dsl/initialiser-length': 'let Table: ARRAY<LONG, 2> = [1, 2, 3];',
  'dsl/constant-expected': 'function F(): LONG { return 1; } let Value: LONG = F();',
  'dsl/alloc-text': 'function F(): void { alloc_text("PAGE", F); }',
  'dsl/ctl-code': 'function F(A: ULONG): ULONG { return CTL_CODE(A, 1, 2, 3); }',
  'dsl/ref-type': 'export function F(): void { let A: ULONG = 0; InterlockedIncrement(Ref(A)); }',
  'dsl/exception-code': 'function F(): NTSTATUS { try { return 0 as NTSTATUS; } finally { GetExceptionCode(); } }',
  'dsl/abnormal-termination': 'function F(): void { try { F(); } catch { AbnormalTermination(); } }',
  'dsl/scenario-list': scenario('Lower: { Complete: "inline", Status: [] }'),
  'dsl/scenario-most': scenario(`Lower: { Complete: "inline", Status: [${'STATUS_SUCCESS, '.repeat(9)}] }`),
  'dsl/scenario-processors': scenario('Processors: 9'),
  'dsl/scenario-preemptions': scenario('MaxPreemptions: -1'),
  'dsl/scenario-below': scenario('Below: DriverEntry'),
  'dsl/too-large': 'let Table!: ARRAY<ARRAY<ARRAY<ULONG, 65536>, 65536>, 65536>;',
};

/** Never met by a file that the subset check and the type checker let through; they stand where those may miss something. */
const backstops = [
  'dsl/record-member',
  'dsl/initialiser',
  'dsl/sizeof',
  'dsl/missing-argument',
  'dsl/not-callable',
  'dsl/no-field',
  'dsl/no-place',
  'dsl/no-array',
  'dsl/no-value',
  'dsl/not-assignable',
  'dsl/jump',
  'dsl/intrinsic',
  'dsl/scenario-complete',
  'dsl/scenario-lower',
  'dsl/scenario-harness',
  // test/scenario/input.test.ts has it: these tests' library has no devices.
  'dsl/scenario-plugged',
  'dsl/beyond-53-bits',
];

describe('problems of lowering', () => {
  it('are all tried', () => {
    expect(Object.keys(loweringMessages).filter((code) => !backstops.includes(code))).toEqual(
      expect.arrayContaining(Object.keys(lowering)),
    );
    expect(Object.keys(loweringMessages).filter((code) => !(code in lowering) && !backstops.includes(code))).toEqual([]);
  });

  it.each(Object.entries(lowering))('%s', (code, text) => {
    expect(problems(text).map((problem) => problem.code)).toContain(code);
  });
});

describe('one run tells everything', () => {
  it('what the type checker finds in its own words of C, and what the language does not allow', () => {
    const found = problems('export function F(I: PIRP | null): NTSTATUS { I.Flags = 0; return 5; }');
    expect(found.map(({ code }) => code)).toContain('TS18047');
    expect(found.map(({ message }) => message).join('\n')).toContain('I may be null: test it with if (I !== null)');
    expect(found.map(({ message }) => message).join('\n')).toContain('A plain number is no NTSTATUS');
  });

  it('also where both are wrong', () => {
    const found = problems('interface S { A: LONG }\nexport function F(X: S): void { Missing(); }');
    expect(found.map(({ code }) => code)).toEqual(['dsl/by-value', 'TS2304']);
  });
});

describe('what C allows and TypeScript does not', () => {
  it.each(['PUCHAR', 'PULONG', 'Ref<LONG>'])('a %s is indexed as in C', (type) => {
    expect(problems(`export function F(Buffer: ${type}, I: ULONG): void { Buffer[2] = 1; Buffer[I] = Buffer[0]; }`)).toEqual([]);
  });

  it('or said to be so many', () => {
    expect(
      problems(
        'type PUCHARS = ARRAY<UCHAR, 16>;\nexport function F(Buffer: PUCHAR, Data: PVOID, I: ULONG): UCHAR { return (Buffer as PVOID as PUCHARS)[I] + (Data as PUCHARS)[2]; }',
      ),
    ).toEqual([]);
  });

  it.each([
    'export function F(A: ULONG, B: ULONG, C: ULONG): ULONG { return A << (B > (C)); }',
    'export function F(A: ULONG, B: ULONG, C: ULONG): ULONG { return A < B > (C) ? 1 : 0; }',
  ])('what is read as a list of types is pointed at: %s', (text) => {
    const [first] = problems(text);
    expect(first.message).toContain('TypeScript takes this < for the start of a list of types');
    expect((imports + text).slice(first.start, first.end)).toContain('<');
  });

  it('storage as a result is refused where it is declared', () => {
    const found = problems('interface S { A: LONG }\nexport function F(): S { let X!: S; return X; }');
    expect(found.map(({ code, message }) => [code, message])).toEqual([
      ['dsl/struct-result', 'A routine cannot return storage by value; let it fill a struct whose pointer it is passed.'],
    ]);
  });
});

describe('an import that the kernel model lacks', () => {
  const imported = (name: string) => {
    const text = `import { ${name} } from 'irpsight/wdm';\n`;
    const { program, problems: found } = compile({
      sources: [{ path: 'a.driver.ts', text, origin: 'driver' }],
      library: loadLibrary(),
    });
    expect(program).toBeUndefined();
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual([name]);
    return found[0]?.message ?? '';
  };

  it.each([
    ['WdfTimerStart', 'wdftimer/nf-wdftimer-wdftimerstart'],
    ['FltCompletePendedPreOperation', 'fltkernel/nf-fltkernel-fltcompletependedpreoperation'],
  ])('%s is a routine of the WDK, whatever name is near, and of no WDM driver', (name, page) => {
    const message = imported(name);
    expect(message).toContain(
      `${name} is in the WDK (https://learn.microsoft.com/windows-hardware/drivers/ddi/${page}), but it is not for WDM drivers.`,
    );
    expect(message).toContain(`write a function ${name} in the driver`);
    expect(message).not.toContain('mean');
  });

  it('a callback is a type that the driver can declare', () => {
    expect(imported('DRIVER_LIST_CONTROL')).toContain('type DRIVER_LIST_CONTROL = (...) => ...;');
  });

  it('a misspelled name is told the right one', () => {
    expect(imported('IoCompletRequest')).toContain('irpsight/wdm has no IoCompletRequest; did you mean IoCompleteRequest?');
  });

  it.each([
    ['ZwOpenKy', 'ZwOpenKey'],
    ['STATUS_ILL_FORMED_SERVICE_ENTRI', 'STATUS_ILL_FORMED_SERVICE_ENTRY'],
  ])('%s is near to what is only documented', (name, meant) => {
    expect(imported(name)).toContain(`irpsight/wdm has no ${name}; did you mean ${meant}?`);
  });

  it.each(['ZwOpenKey', 'STATUS_ILL_FORMED_SERVICE_ENTRY'])('%s is documented and can be imported', (name) => {
    const text = (head: string): string => `${head}export function Use(): void { let Any = ${name}; }\n`;
    const found = (head: string): readonly string[] =>
      compile({ sources: [{ path: 'a.driver.ts', text: text(head), origin: 'driver' }], library: loadLibrary() }).problems.map(
        ({ message }) => message,
      );
    expect(found('')).toEqual([`${name} is not declared; import it from "irpsight/wdm".`]);
    expect(found(`import { ${name} } from 'irpsight/wdm';\n`)).toEqual([]);
  });

  it('of a name that is like no other only that is said', () => {
    expect(imported('Qwrtzz')).toBe(
      'irpsight/wdm has no Qwrtzz. What the WDK has under this name and Irpsight does not, declare in the driver.',
    );
  });

  const frameworks = 'Irpsight covers WDM drivers only: KMDF, minifilters, NDIS and Storport are not covered yet.';

  it.each(['WdfDriverCreate', 'FltQwrtzz', 'NdisQwrtzz', 'StorPortQwrtzz', 'WDF_DRIVER_CONFIG', 'WdfTimerStart'])(
    '%s is of a framework that is not covered, imported or not',
    (name) => {
      expect(imported(name)).toContain(frameworks);
      const [{ message }] = problems(`export function F(): void { ${name}(); }`);
      expect(message).toContain(frameworks);
    },
  );

  it('a name of the driver that is near is meant before a framework', () => {
    const [{ message }] = problems('function FltHelper(): void {}\nexport function F(): void { FltHelpr(); }');
    expect(message).toBe('FltHelpr is not declared; did you mean FltHelper?');
  });

  it('a stand-in of the driver takes its place', () => {
    expect(
      problems(
        'function ProbeForRead(Address: PVOID, Length: ULONG, Alignment: ULONG): void {}\nexport function F(A: PVOID): void { ProbeForRead(A, 4, 1); }',
      ),
    ).toEqual([]);
  });

  it('the own files of a driver are not the WDK', () => {
    const files = { 'b.driver.ts': 'export const A = 1;\n', 'a.driver.ts': "import { ProbeForRead } from './b.driver.ts';\n" };
    const sources = Object.entries(files).map(([path, text]) => ({ path, text, origin: 'driver' as const }));
    const [{ message }] = compile({ sources, library: loadLibrary() }).problems;
    expect(message).toContain('ProbeForRead');
    expect(message).not.toContain('WDK');
  });
});

describe('a call with the wrong number of arguments', () => {
  const routines = `import { IO_NO_INCREMENT, IoCompleteRequest, IoMarkIrpPending } from 'irpsight/wdm';
interface EXTENSION { Start: START | null }
type PEXTENSION = EXTENSION;
type START = (A: LONG, B: LONG) => void;
function Helper(A: LONG, B: LONG): LONG { return A + B; }
`;
  const counts = 'Expected 2 arguments, but got';

  it.each([
    ['a routine of the kernel, too few', 'IoCompleteRequest(Irp);', "'PriorityBoost' was not provided"],
    ['a routine of the kernel, too many', 'IoMarkIrpPending(Irp, IO_NO_INCREMENT);', 'Expected 1 arguments, but got 2'],
    ['a helper, too few', 'Helper(1);', `${counts} 1. An argument for 'B' was not provided`],
    ['a helper, too many', 'Helper(1, 2, 3);', `${counts} 3`],
    ['a function pointer, too few', 'Extension.Start!(1);', `${counts} 1. An argument for 'B' was not provided`],
    ['a function pointer, too many', 'Extension.Start!(1, 2, 3);', `${counts} 3`],
  ])('%s', (_title, call, message) => {
    const found = problems(`${routines}export function F(Extension: PEXTENSION, Irp: PIRP): void { ${call} }`);
    expect(found.map(({ code }) => code)).toEqual(['TS2554']);
    expect(found[0]?.message).toContain(message);
  });

  it('also in text of the library, whose types nobody checks', () => {
    const library = miniLibrary.map((input) =>
      input.path === 'irpsight/scenario/harness.ts'
        ? {
            ...input,
            text: `${input.text}\nfunction Two(A: LONG, B: LONG): LONG { return A + B; }\nexport const Entry: ROUTINE = () => { Two(1); };\nexport function HarnessCalls(): void { Entry(); }`.replace(
              'HarnessMain(): void {',
              'HarnessMain(): void { HarnessCalls();',
            ),
          }
        : input,
    );
    expect(compile({ sources: [], library }).problems.map(({ code, message }) => [code, message])).toEqual([
      ['dsl/missing-argument', 'Two also takes B; pass it.'],
    ]);
  });

  it('also in a scenario', () => {
    const found = problems(scenario('Setup() { expect(); }').replace('{ SCENARIO }', '{ SCENARIO, expect }'), 'a.scenario.ts');
    expect(found.map(({ code }) => code)).toEqual(['TS2554']);
  });
});
