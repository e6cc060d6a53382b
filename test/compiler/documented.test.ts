/** Routines that the WDK documents and the library does not model: each can be imported, type-checks, compiles, and is judged by its own IRQL. */
import { describe, expect, it } from 'vitest';
import type { SourceInput } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import { documentedSource } from '../../src/compiler/documented.ts';
import { constantOf, headerNames, signatureNames, signatureOf, statusNames, statusValue } from '../../src/facts/signatures.ts';
import { validateProgram } from '../../src/ir/validate.ts';
import { loadLibrary } from '../kit/library.ts';

const driver = (text: string): SourceInput => ({ path: 'a.driver.ts', text, origin: 'driver' });
const exports = new Set(
  [...(loadLibrary().find(({ path }) => path === 'irpsight/wdm/index.ts')?.text ?? '').matchAll(/\b[A-Za-z_]\w*\b/g)].map(
    ([name]) => name,
  ),
);
const unmodelled = signatureNames().filter((name) => !exports.has(name));

describe('every routine of the table', () => {
  const text = documentedSource(unmodelled, { exports, models: new Map() }).text;
  const declarations = [...text.matchAll(/^export function (\w+)\((.*)\): (.+) \{$/gm)];

  it('is declared', () => {
    expect(declarations.map(([, name]) => name)).toEqual([...unmodelled].sort());
  });

  it('is called with arguments that fit, and gives a result of its type', () => {
    const callers = declarations.map(([, name, list = '', result]) => {
      const given = (list === '' ? [] : splitParameters(list)).filter((one) => !one.startsWith('...'));
      const own = given.map((one, index) =>
        `P${index}${one.slice(one.indexOf(':'))}`.replace(/KI_(ANY|ROUTINE)( \| null)?/, 'PVOID'),
      );
      const call = `${name}(${given.map((_, index) => `P${index}`).join(', ')})`;
      return `export function Call${name}(${own.join(', ')}): ${result} { ${result === 'void' ? '' : 'return '}${call}; }`;
    });
    const types = new Set(
      callers.flatMap((one) => [...one.slice(one.indexOf('(')).matchAll(/\b[A-Z]\w*\b/g)].map(([name]) => name)),
    );
    const imported = [...new Set([...unmodelled, ...[...types].filter((name) => exports.has(name))])];
    const { program, problems } = compile({
      sources: [driver(`import { ${imported.join(', ')} } from 'irpsight/wdm';\n${callers.join('\n')}\n`)],
      library: loadLibrary(),
    });
    expect(problems).toEqual([]);
    expect(program && validateProgram(program)).toEqual([]);
  });

  it('has its number of parameters, but for a few whose page says nothing', () => {
    const unknown = signatureNames().filter((name) => signatureOf(name)?.parameters === undefined);
    console.log(`${unknown.length} routines take any number of arguments: ${unknown.join(', ')}`);
    expect(unknown.length).toBeLessThan(30);
  });
});

it('knows every status of ntstatus.h that the library has by the same value', () => {
  const own = loadLibrary().find(({ path }) => path === 'irpsight/wdm/status.ts')?.text ?? '';
  const both = [...own.matchAll(/export const (STATUS_\w+) = (0x[0-9A-Fa-f]+) as NTSTATUS/g)];
  const other = both.filter(
    ([, name = '', value]) => statusValue(name) !== undefined && Number(statusValue(name)) !== Number(value),
  );
  expect(other.map(([line]) => line)).toEqual([]);
  expect(statusNames().length).toBeGreaterThan(1500);
});

describe('constants and types of the headers', () => {
  const names = headerNames().filter((name) => !exports.has(name));

  it('can all be imported and used', () => {
    const uses = names.map((name, index) =>
      constantOf(name) === undefined ? `export let Value${index}!: ${name};` : `export const Value${index}: ULONGLONG = ${name};`,
    );
    const text = `import { ULONGLONG, ${names.join(', ')} } from 'irpsight/wdm';\n${uses.join('\n')}\n`;
    const { program, problems } = compile({ sources: [driver(text)], library: loadLibrary() });
    expect(problems).toEqual([]);
    expect(program && validateProgram(program)).toEqual([]);
  });

  it('agree with those of the library', () => {
    const own = loadLibrary().flatMap(({ path, text }) =>
      path.startsWith('irpsight/wdm/')
        ? [...text.matchAll(/export const (\w+)(?:: \w+)? = (0x[0-9A-Fa-f]+|-?\d+)(?: as \w+)?;/g)]
        : [],
    );
    const both = own.filter(([, name = '']) => constantOf(name) !== undefined);
    const other = both.filter(([, name = '', value]) => Number(constantOf(name)?.value) !== Number(value));
    expect(both.length).toBeGreaterThan(150);
    expect(other.map(([line]) => line)).toEqual([]);
  });

  it('have the sizes that they have on x64', () => {
    const sizes = {
      TIME_FIELDS: 16,
      KEY_VALUE_PARTIAL_INFORMATION: 16,
      FILE_STANDARD_INFORMATION: 24,
      RTL_BITMAP: 16,
      KEYBOARD_INPUT_DATA: 12,
    };
    const text = `import { ${Object.keys(sizes).join(', ')} } from 'irpsight/wdm';\n${Object.keys(sizes)
      .map((name) => `export let My${name}!: ${name};`)
      .join('\n')}\n`;
    const { program } = compile({ sources: [driver(text)], library: loadLibrary() });
    const bytes = new Map(program?.types.map((type) => [type.name, type.bytes]));
    expect(Object.fromEntries(Object.keys(sizes).map((name) => [name, bytes.get(name)]))).toEqual(sizes);
  });
});

function splitParameters(list: string): string[] {
  return list.split(/, (?=[A-Za-z_.]\w*)/);
}
