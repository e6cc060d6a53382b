/** What is compiled behind a version without type errors, of which only what was edited is checked again, is what is compiled from scratch. */
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

/** Compiled behind another driver, so that nothing is known of an earlier version. */
function afresh(...sources: readonly SourceInput[]): CompileResult {
  expect(compiled(other).problems).toEqual([]);
  return compiled(...sources);
}

describe('a statement typed at the beginning of each routine', () => {
  const drivers = readdirSync('examples', { recursive: true, encoding: 'utf8' })
    // One is a file of declarations that others import.
    .filter((path) => path.endsWith('.driver.ts') && !path.endsWith('kbdmou.driver.ts'))
    .sort();

  it.each(drivers)('%s', (path) => {
    const { sources } = openProject(`examples/${path}`, projectEdges());
    const [driver, ...others] = sources as [SourceInput, ...SourceInput[]];
    compiled(driver, ...others);
    const bodies = [...driver.text.matchAll(/^\S.*(=>|\)(: \S+)?) \{$/gm)].map((match) => match.index + match[0].length);
    expect(bodies.length).toBeGreaterThan(1);
    const tried = process.env.IRPSIGHT_PROVE === undefined ? [bodies[bodies.length >> 1]] : bodies;
    for (const at of tried) {
      for (const statement of ['const Typed = 1;', 'Typed();']) {
        const edited = { ...driver, text: `${driver.text.slice(0, at)}\n  ${statement}${driver.text.slice(at)}` };
        const result = JSON.stringify(compiled(edited, ...others));
        expect(result.includes('"program":')).toBe(statement === 'const Typed = 1;');
        expect(result === JSON.stringify(afresh(edited, ...others))).toBe(true);
        compiled(driver, ...others);
      }
    }
  });
});

const header = `import { DRIVER_DISPATCH, IO_NO_INCREMENT, IoCompleteRequest, NTSTATUS, PIRP, STATUS_SUCCESS, ULONG } from 'irpsight/wdm';

interface DEVICE_EXTENSION { Reads: ULONG }
`;
const dispatch = `const Dispatch: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {
  DeviceObject.DeviceExtension.Reads++;
  return Complete(Irp);
};
`;

describe('what is checked again', () => {
  const text = `${header}function Complete(Irp: PIRP): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n${dispatch}`;
  const edited = (before: SourceInput, ...after: readonly SourceInput[]): string[][] | undefined => {
    const files = (...sources: readonly SourceInput[]) => {
      const set = parseSources({ sources, library: loadLibrary() });
      return [...set.library, ...set.sources];
    };
    const found = editedSince(files(before), files(...after));
    return found.size === 0
      ? undefined
      : [...found.values()].flat().map((statement) => statement.getText().split('\n').slice(0, 1));
  };
  const driver = (now: string, path = 'a.driver.ts'): SourceInput => ({ path, text: now, origin: 'driver' });

  it.each([
    [
      'a body',
      text.replace('Reads++', 'Reads--'),
      [['const Dispatch: DRIVER_DISPATCH<DEVICE_EXTENSION> = (DeviceObject, Irp) => {']],
    ],
    ['a comment between', text.replace('\nconst', '\n// Reads.\nconst'), []],
    ['a header', text.replace('(DeviceObject, Irp)', '(DeviceObject, Irp, Other)'), undefined],
    ['a statement', `${text}const More = 1;\n`, undefined],
  ])('%s', (_, now, statements) => {
    expect(edited(driver(text), driver(now))).toEqual(statements);
  });

  it('is everything where a file is another one, and nothing of a file that stays', () => {
    expect(edited(driver(text), driver(text, 'b.driver.ts'))).toBeUndefined();
    expect(edited(driver(text), driver(text), driver(text, 'b.driver.ts'))).toEqual([]);
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
