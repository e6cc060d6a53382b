/** What is compiled behind a version without problems, of which only what was edited is checked and compiled again, is what is compiled from scratch. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openProject } from '../../src/check/project.ts';
import type { CompileResult, SourceInput } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import { editedSince } from '../../src/compiler/edited.ts';
import { parseSources } from '../../src/compiler/host.ts';
import { projectEdges } from '../../src/jobs/files.ts';
import { loadLibrary } from '../kit/library.ts';

const other: SourceInput = { path: 'other.driver.ts', text: 'interface DEVICE_EXTENSION {}\n', origin: 'driver' };

function compiled(...sources: readonly SourceInput[]): CompileResult {
  return compile({ sources, library: loadLibrary() });
}

/** Of which another compiler keeps what it knows. */
const otherLibrary = [...loadLibrary()];

/** Compiled behind another driver, so that nothing is known of an earlier version. */
function afresh(...sources: readonly SourceInput[]): CompileResult {
  expect(compile({ sources: [other], library: otherLibrary }).problems).toEqual([]);
  return compile({ sources, library: otherLibrary });
}

/** What tells results apart; the files are those that were given. */
function told({ program, problems }: CompileResult): string {
  return JSON.stringify([{ ...program, files: program?.files.map(({ path }) => path) }, problems]);
}

/** Each gives the text with an edit at one of its top-level statements, which stands from `start` to `end`. */
const edits: readonly ((text: string, start: number, end: number) => string)[] = [
  (text, start, end) =>
    text.slice(0, start) + text.slice(start, end).replace(/ \{\n/, ' {\n  const Typed = 1;\n') + text.slice(end),
  (text, start, end) => text.slice(0, start) + text.slice(start, end).replace(/ \{\n/, ' {\n  Typed();\n') + text.slice(end),
  (text, start) => `${text.slice(0, start)}const Typed = 1;\n\n${text.slice(start)}`,
  (text, start) => `${text.slice(0, start)}/** @forceinline */\n${text.slice(start)}`,
  (text, start, end) => text.slice(0, start) + text.slice(end),
  (text, start, end) =>
    text.slice(0, start) + text.slice(start, end).replace(/(const|function|interface|type) \w+/, '$&Typed') + text.slice(end),
  (text, start, end) =>
    text.slice(0, start) + text.slice(start, end).replace(/\b\d\b/, (digit) => String(Number(digit) + 1)) + text.slice(end),
  (text, start, end) => `${text.slice(0, start)}${text.slice(end)}\n${text.slice(start, end)}\n`,
  (text, start, end) => text.slice(0, start) + text.slice(start, end).replace(/ \{\n/, ' {\n\n  // Typed.\n') + text.slice(end),
];

describe('each statement edited in each way', () => {
  const drivers = readdirSync('examples', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.driver.ts'))
    .sort();

  it.each(drivers.map((path, index) => [path, index] as const))(
    '%s',
    (path, index) => {
      const { sources } = openProject(`examples/${path}`, projectEdges());
      const [driver, ...others] = sources as [SourceInput, ...SourceInput[]];
      const [parsed] = parseSources({ sources: [driver], library: loadLibrary() }).sources;
      const all = (parsed?.file.statements ?? []).flatMap((statement) =>
        edits.map((edit) => edit(driver.text, statement.getStart(), statement.end)),
      );
      expect(all.length).toBeGreaterThan(0);
      const tried = all.filter((_, at) => process.env.IRPSIGHT_PROVE !== undefined || at % 41 === index % 41);
      compiled(driver, ...others);
      for (const text of tried) {
        // Behind the edit before that, not the driver as it was.
        const edited = { ...driver, text };
        expect(told(compiled(edited, ...others)) === told(afresh(edited, ...others)), text).toBe(true);
      }
    },
    900_000,
  );
});

const header = `import { DRIVER_DISPATCH, IO_NO_INCREMENT, IoCompleteRequest, NTSTATUS, PIRP, STATUS_SUCCESS, ULONG } from 'irpsight/wdm';

interface DEVICE_EXTENSION { Reads: ULONG }
`;
const dispatch = `const Dispatch: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  DeviceObject.DeviceExtension.Reads++;
  return Complete(Irp);
};
`;

describe('what is compiled again', () => {
  const complete = 'function Complete(Irp: PIRP): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n';
  const source = (text: string): SourceInput => ({ path: 'a.driver.ts', text, origin: 'driver' });
  const routine = (result: CompileResult, name: string) => {
    const found = result.program?.funcs.find((func) => func.origin === 'driver' && func.name === name);
    if (found === undefined) throw new Error(`${name}: ${JSON.stringify(result.problems)}`);
    return found;
  };

  it('is what was edited alone', () => {
    const before = compiled(source(header + complete + dispatch));
    const after = compiled(source(header + complete + dispatch.replace('Reads++', 'Reads--')));
    expect(routine(after, 'Complete')).toBe(routine(before, 'Complete'));
    expect(routine(after, 'Dispatch').code).not.toBe(routine(before, 'Dispatch').code);
  });

  it('is nothing of what has only moved', () => {
    const [line, before] = ['// Moved.\n', compiled(source(header + complete + dispatch))];
    const after = compiled(source(header + line + complete + dispatch));
    for (const name of ['Complete', 'Dispatch']) {
      expect(routine(after, name).code).toBe(routine(before, name).code);
      expect(routine(after, name).place.start).toBe(routine(before, name).place.start + line.length);
    }
  });

  it('is what tells on which line it stands', () => {
    const hints = `${header.replace('IoCompleteRequest', 'IoCompleteRequest, IoGetRequestorProcessId')}function Complete(Irp: PIRP): NTSTATUS {
  IoGetRequestorProcessId(Irp);
  return STATUS_SUCCESS;
}
${dispatch}`;
    expect(told(compiled(source(hints)))).toContain('a.driver.ts:5: ');
    const moved = source(hints.replace('function', '\nfunction'));
    expect(told(compiled(moved))).toContain('a.driver.ts:6: ');
    expect(told(compiled(moved))).toBe(told(afresh(moved)));
  });

  it('is what tells on which line of a model it stands', () => {
    const text =
      "import { DRIVER_DISPATCH, ZwFlushKey } from 'irpsight/wdm';\nexport const Flush: DRIVER_DISPATCH = (DeviceObject, Irp) => {\n  return ZwFlushKey(null);\n};\n";
    const model: SourceInput = {
      path: 'registry.model.ts',
      origin: 'kernel',
      text: `import { HANDLE, IoGetRequestorProcessId, NTSTATUS, PIRP, STATUS_SUCCESS } from 'irpsight/wdm';
interface KEPT { Irp: PIRP | null }
let Kept!: KEPT;
export function ZwFlushKey(KeyHandle: HANDLE): NTSTATUS {
  IoGetRequestorProcessId(Kept.Irp!);
  return STATUS_SUCCESS;
}
`,
    };
    expect(told(compiled(source(text), model))).toContain('registry.model.ts:5: ');
    const moved = { ...model, text: model.text.replace('export', '\nexport') };
    expect(told(compiled(source(text), moved))).toContain('registry.model.ts:6: ');
  });

  it('is everything where what is seen of IRPs is to be told, or is not any more', () => {
    const driver = source(header + complete + dispatch);
    const seen = (observing: boolean, library = loadLibrary()) => told(compile({ sources: [driver], library, observing }));
    const [plain, observed] = [seen(false, [...loadLibrary()]), seen(true, [...loadLibrary()])];
    expect(plain).not.toBe(observed);
    expect([seen(false), seen(true), seen(true), seen(false)]).toEqual([plain, observed, observed, plain]);
  });
});

describe('what is checked again', () => {
  const text = `${header}function Complete(Irp: PIRP): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n${dispatch}`;
  /** The first two words of each statement, in the order of the text. */
  const edited = (before: SourceInput, ...after: readonly SourceInput[]): string[] | undefined =>
    again('checked', before, ...after);
  const again = (what: 'checked' | 'compiled', before: SourceInput, ...after: readonly SourceInput[]): string[] | undefined => {
    const files = (...sources: readonly SourceInput[]) => {
      const set = parseSources({ sources, library: loadLibrary() });
      return [...set.library, ...set.sources];
    };
    const found = editedSince(files(before), files(...after));
    if (found === undefined) return undefined;
    const statements = [...found[what].values()].flatMap((some) => [...some]).sort((a, b) => a.pos - b.pos);
    return statements.map((statement) => (/\w+( \w+)?/.exec(statement.getText()) as RegExpExecArray)[0]);
  };
  const driver = (now: string, path = 'a.driver.ts'): SourceInput => ({ path, text: now, origin: 'driver' });

  const assigning = `let Open: ULONG = 0;
function Close(): void {
  Open = 0;
}
function IsOpen(): boolean {
  return Open !== 0;
}
${text}`;

  it.each([
    ['a body', text, text.replace('Reads++', 'Reads--'), ['const Dispatch']],
    ['a comment between', text, text.replace('\nconst', '\n// Reads.\nconst'), []],
    ['a header', text, text.replace('(Irp: PIRP)', '(Irp: PIRP | null)'), ['function Complete', 'const Dispatch']],
    ['a header that nothing names', text, text.replace('Object, Irp)', 'Object, Irp, Other)'), ['const Dispatch']],
    ['a statement', text, `${text}const More = 1;\n`, ['const More']],
    ['a statement in front', text, text.replace('interface', 'const More = 1;\n\ninterface'), ['const More']],
    ['a statement that hides a name', text, `${text}const Irp = 1;\n`, ['function Complete', 'const Dispatch', 'const Irp']],
    ['a statement less', text, text.replace(/function[^}]*}\n/, ''), ['const Dispatch']],
    ['a type', text, text.replace('Reads:', 'Writes: ULONG, Reads:'), ['interface DEVICE_EXTENSION', 'const Dispatch']],
    [
      'what is imported',
      text,
      text.replace(', STATUS_SUCCESS', ''),
      ['import', 'interface DEVICE_EXTENSION', 'function Complete', 'const Dispatch'],
    ],
    [
      'where a variable is assigned',
      assigning,
      assigning.replace('= 0;\n}', '= 1;\n}'),
      ['let Open', 'function Close', 'function IsOpen'],
    ],
    [
      'statements in another order',
      assigning,
      assigning.replace(/(let .*\n)([\s\S]*}\n)(?=import)/, '$2$1'),
      ['function Close', 'function IsOpen', 'let Open'],
    ],
  ])('%s', (_, before, now, statements) => {
    expect(edited(driver(before), driver(now))).toEqual(statements);
  });

  it.each([
    ['blanks', 'Reads++', 'Reads  ++', []],
    ['a comment', 'Extension.Reads++;', 'Extension.Reads++; // Once more.', []],
    ['an end of a line', '.Reads++', '\n    .Reads++', []],
    ['an end of a line that ends a statement', 'return Complete', 'return\n  Complete', ['const Dispatch']],
    ['an operator', 'Reads++', 'Reads--', ['const Dispatch']],
    ['a blank that makes another operator', 'Reads = 1 + +1', 'Reads = 1 ++ 1', ['const Dispatch']],
  ])('is not what has the same tokens, though it is compiled: %s', (_, from, to, statements) => {
    const before = text.replace('Reads++', from.startsWith('Reads = ') ? from : 'Reads++');
    expect(before).toContain(from);
    const now = driver(before.replace(from, to));
    expect(again('checked', driver(before), now)).toEqual(statements);
    expect(again('compiled', driver(before), now)).toEqual(['const Dispatch']);
  });

  it('is everything where a file is another one, or one is added', () => {
    expect(edited(driver(text), driver(text, 'b.driver.ts'))).toBeUndefined();
    expect(edited(driver(text), driver(text), driver(text, 'b.driver.ts'))).toBeUndefined();
  });

  it('is everything where an import leads to a file that is added', () => {
    const importing = driver(
      "import { ULONG } from 'irpsight/wdm';\nimport { Limit } from './limits.driver';\nfunction Use(): ULONG {\n  return Limit;\n}\n",
    );
    const limits = (path: string, limit: number) => driver(`export const Limit = ${limit};\n`, path);
    expect(compiled(importing, limits('limits.driver.ts', 1)).problems).toEqual([]);
    const both = [importing, limits('limits.driver.ts', 1), limits('limits.driver', 2)] as const;
    expect(told(compiled(...both))).toBe(told(afresh(...both)));
  });

  it('does not show in the words of a message', () => {
    const pick = (result: string): string => `import { BOOLEAN, ULONG } from 'irpsight/wdm';
interface SECOND { Y: ULONG }
interface FIRST { X: ULONG }
type PFIRST = FIRST;
type PSECOND = SECOND;
function Pick(A: PFIRST, B: PSECOND, C: BOOLEAN): ULONG {
  return ${result};
}
`;
    expect(compiled(driver(pick('0'))).problems).toEqual([]);
    const wrong = driver(pick('C ? A : B'));
    const { problems } = compiled(wrong);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems).toEqual(afresh(wrong).problems);
  });
});

describe('an edit whose consequences are elsewhere', () => {
  it.each([
    [
      'gives a routine without a written type another one',
      'function Complete(Irp: PIRP) {\n  IoCompleteRequest(Irp, IO_NO_INCREMENT);\n  return STATUS_SUCCESS;\n}\n',
      'return STATUS_SUCCESS;\n}',
      'return;\n}',
    ],
    [
      'takes away the only assignment of a variable',
      'type PDEVICE_EXTENSION = DEVICE_EXTENSION;\nlet Kept: PDEVICE_EXTENSION | null = null;\nfunction Keep(Extension: PDEVICE_EXTENSION): void {\n  Kept = Extension;\n}\n' +
        'const Count: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {\n  if (Kept !== null) {\n    Kept.Reads++;\n  }\n  return Complete(Irp);\n};\n' +
        'function Complete(Irp: PIRP): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n',
      '  Kept = Extension;\n',
      '',
    ],
    [
      'gives a routine another parameter',
      'function Complete(Irp: PIRP): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n',
      'function Complete(Irp: PIRP)',
      'function Complete(Irp: PIRP, Status: NTSTATUS)',
    ],
    [
      'takes a member away',
      'function Complete(Irp: PIRP): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n',
      'Reads: ULONG }',
      'Writes: ULONG }',
    ],
    [
      'takes a routine away',
      'function Complete(Irp: PIRP): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n',
      'function Complete(Irp: PIRP): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n',
      '',
    ],
  ])('%s', (_, routine, from, to) => {
    const text = header + routine + dispatch;
    const driver: SourceInput = { path: 'a.driver.ts', text, origin: 'driver' };
    expect(compiled(driver).problems).toEqual([]);
    expect(text).toContain(from);
    const edited = { ...driver, text: text.replace(from, to) };
    const result = compiled(edited);
    expect(result).toEqual(afresh(edited));
    expect(result.problems.length).toBeGreaterThan(0);
  });

  it('leaves an error in another routine standing', () => {
    const routine = 'function Complete(Irp: PIRP): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n';
    const driver = (text: string): SourceInput => ({ path: 'a.driver.ts', text, origin: 'driver' });
    compiled(driver(header + routine + dispatch));
    const wrong = header + routine + dispatch.replace('Reads++', 'Writes++');
    expect(compiled(driver(wrong)).problems).toHaveLength(1);
    const [problem] = compiled(
      driver(wrong.replace('  return STATUS_SUCCESS', '  const Typed = 1;\n  return STATUS_SUCCESS')),
    ).problems;
    expect(problem?.message).toContain('Writes');
  });
});
