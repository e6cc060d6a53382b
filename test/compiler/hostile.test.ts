/** Hostile input: whatever a file holds, the check answers with problems, never with an exception, and in reasonable time. */
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import { checkSubset, parseSource } from '../../src/compiler/subset.ts';
import { loadLibrary } from '../kit/library.ts';
import { acceptedDriver } from './subset-fixtures.ts';

const lines = acceptedDriver.split('\n');

describe('hostile input', () => {
  it('is a driver with a line missing or doubled', () => {
    for (let index = 0; index < lines.length; index++) {
      for (const count of [0, 2]) {
        const text = lines.flatMap((line, at) => (at === index ? Array<string>(count).fill(line) : [line])).join('\n');
        expect(() => subset(text)).not.toThrow();
      }
    }
  });

  it.each([
    ['parentheses', `let A: LONG = ${'('.repeat(5000)}1${')'.repeat(5000)};`],
    ['blocks', `function F(): void ${'{'.repeat(5000)}${'}'.repeat(5000)}`],
    ['types', `type A = ${'B<'.repeat(5000)}C${'>'.repeat(5000)};`],
    ['array types', `type A = B${'[]'.repeat(5000)};`],
    ['negations', `let A: LONG = ${'-~'.repeat(20000)}1;`],
    ['else ifs', `function F(A: LONG): void { ${'if (A) {} else '.repeat(5000)}{} }`],
    ['members', `function F(A: PB): void { A${'.B'.repeat(20000)}; }`],
    ['conditions', `let A: LONG = ${'1 ? 2 : '.repeat(5000)}3;`],
  ])('is nested deeply: %s', (_, text) => {
    const problems = subset(text);
    expect(problems.length).toBeGreaterThan(0);
    // The parser is whole afterwards.
    expect(subset('export const A: LONG = 1;')).toEqual([]);
  });

  it('is empty, or starts with a byte order mark, or ends lines as Windows does', () => {
    expect(subset('')).toEqual([]);
    expect(subset(`\uFEFF${acceptedDriver}`)).toEqual([]);
    expect(subset(acceptedDriver.replaceAll('\n', '\r\n'))).toEqual([]);
  });

  it('is 20,000 lines long', () => {
    const routine = (index: number) => `function F${index}(Irp: PIRP): void {\n  Irp.Flags = ${index};\n}\n`;
    expect(subset(Array.from({ length: 6700 }, (_, index) => routine(index)).join(''))).toEqual([]);
  }, 10_000);

  it('has constants of which each names the one before twice', () => {
    const names = Array.from({ length: 60 }, (_, index) => `const A${index + 1} = A${index} + A${index};`);
    const text = `import { sizeof, ULONG } from 'irpsight/wdm';\ninterface EXTENSION { Reads: ULONG }\nconst A0 = sizeof<EXTENSION>();\n${names.join('\n')}\n`;
    const sources = [{ path: 'a.driver.ts', text, origin: 'driver' as const }];
    expect(compile({ sources, library: loadLibrary() }).problems).toEqual([]);
  });

  it.each([
    'let __proto__: LONG = 0;',
    'let a\\u{62}: LONG = 0;',
    'function constructor(): void {}',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the driver's text, not ours.
    'const A: LONG = `${1}`;',
    'A();process.exit();',
  ])('tries to break out: %s', (text) => expect(subset(text).length).toBeGreaterThan(0));
});

function subset(text: string, path = 'hostile.driver.ts'): Problem[] {
  const { file, problems } = parseSource(path, text);
  return file ? checkSubset(file, path) : [...problems];
}
