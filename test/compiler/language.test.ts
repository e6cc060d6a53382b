/** Features of the language on texts that nobody writes, but somebody may open. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languages } from '../../src/compiler/language.ts';
import { loadLibrary } from '../kit/library.ts';

const path = '/w/a.driver.ts';

function languageOf(text: string) {
  const language = languages(loadLibrary())();
  language.update([{ path, text, origin: 'driver' }]);
  return language;
}

describe('the selections around a place', () => {
  it.each([5_000, 20_000])('in an expression of %d terms are the innermost', (terms) => {
    const text = `const A = ${Array(terms).fill('1').join('+')};\n`;
    const found = languageOf(text).selections(path, text.indexOf('1+1'));
    expect(found.slice(0, 2)).toEqual([
      { start: 10, end: 11 },
      { start: 10, end: 13 },
    ]);
    expect(found).toHaveLength(100);
  });

  it.each([
    ['`${', '}`'],
    ['', ';'],
  ])('at the end of an expression that is nested to the right are so, too: %s %s', (before, after) => {
    const text = `const A = ${before}${'a ? b : '.repeat(1000)}c${after}`;
    expect(languageOf(text).selections(path, text.lastIndexOf('c') + 1)).toHaveLength(100);
  });

  it('are those of TypeScript in what somebody writes', () => {
    const text = "const A = F('b');\n";
    const found = languageOf(text).selections(path, text.indexOf('b'));
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['b', "'b'", "F('b')", text.trim(), text]);
  });
});

describe('formatting', () => {
  it.each([
    [30_000_000, 64],
    [4, 4],
    [0, 1],
    [-3, 1],
    [Number.NaN, 1],
  ])('with a tab of %d indents by %d', (tabSize, width) => {
    const found = languageOf('function F(): void {\nG();\n}\n').format(path, { tabSize, insertSpaces: true });
    expect(found.map(({ text }) => text.length)).toEqual([width]);
  });
});

it('a model that nothing needs has what every file has', () => {
  const language = languages(loadLibrary())();
  const model = { path: '/w/registry.model.ts', origin: 'kernel' as const };
  const text =
    "import { HANDLE, NTSTATUS, STATUS_SUCCESS } from 'irpsight/wdm';\nexport function ZwFlushKey(KeyHandle: HANDLE): NTSTATUS {\n  return STATUS_SUCCESS;\n}\n";
  language.update([
    { path, text: 'const A = 1;\n', origin: 'driver' },
    { ...model, text },
  ]);
  expect(language.definitions(model.path, text.lastIndexOf('STATUS_SUCCESS'))).toMatchObject([
    { path: expect.stringMatching(/^irpsight\/wdm\//) },
  ]);
});

it('behind any edits the features are those of who opens the text as it is then', () => {
  const text = readFileSync('examples/own-irps/own-irps.driver.ts', 'utf8');
  const library = loadLibrary();
  const [create, anew] = [languages(library), languages(library)];
  // Who keeps the library's trees in reach.
  for (const holder of [create(), anew()]) {
    holder.update([{ path: '/w/b.driver.ts', text: '', origin: 'driver' }]);
    holder.tokens('/w/b.driver.ts');
  }
  const pieces = [
    '',
    ' ',
    '\n',
    '}',
    '{',
    '(',
    ')',
    '/*',
    '*/',
    '//',
    '`',
    "'",
    '<',
    '?',
    ';',
    'Irp',
    'const A = 1;\n',
    'é𝄞',
    'async ',
    'function F(): void {\n',
  ];
  const edit = fc.record({ at: fc.nat(text.length), taken: fc.nat(12), put: fc.constantFrom(...pieces) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      const kept = create();
      let now = text;
      kept.update([{ path, text: now, origin: 'driver' }]);
      kept.tokens(path);
      for (const { at, taken, put } of edits) {
        now = now.slice(0, at) + put + now.slice(at + taken);
        kept.update([{ path, text: now, origin: 'driver' }]);
        kept.outline(path);
      }
      const fresh = anew();
      fresh.update([{ path, text: now, origin: 'driver' }]);
      const at = now.indexOf('Irp', now.length / 2);
      for (const seen of [
        (language: typeof fresh) => language.tokens(path),
        (language: typeof fresh) => language.outline(path),
        (language: typeof fresh) => language.folds(path),
        (language: typeof fresh) => language.describe(path, at),
        (language: typeof fresh) => language.selections(path, at),
      ])
        expect(seen(kept)).toEqual(seen(fresh));
      kept.dispose();
      fresh.dispose();
    }),
    { numRuns: 25, seed: 4 },
  );
});

describe('a new name', () => {
  const text = `import { ULONG } from 'irpsight/wdm';
interface EXTENSION { Reads: ULONG; Writes: ULONG }
const Limit: ULONG = 1;
function Count(Extension: EXTENSION, By: ULONG): ULONG {
  const Before = Extension.Reads;
  if (By < Limit) {
    const Inner = Before;
    return Inner + Extension.Reads;
  }
  return Before;
}
function Other(First: EXTENSION): ULONG {
  Done: {
    if (First.Reads === 1) break Done;
    First.Reads = 1;
  }
  const Alone = Count(First, 2);
  return Alone;
}
`;
  const path = '/w/names.driver.ts';
  const renamed = (word: string, name: string) => {
    const language = languages(loadLibrary())();
    language.update([{ path, text, origin: 'driver' }]);
    return language.rename(path, text.lastIndexOf(word), name);
  };

  it.each([
    ['of a member, which another one has', 'Reads', 'Writes'],
    ['of a variable, which a parameter has', 'Before;\n}', 'By'],
    ['of a variable, which one in an inner block has, where it is used', 'Before;\n}', 'Inner'],
    ['of a variable, which a constant of the file has', 'Alone', 'Limit'],
    ['of a routine, which an import has', 'Count', 'ULONG'],
    ['of a type, which a routine has', 'EXTENSION)', 'Other'],
  ])('%s, is refused', (_, word, name) => {
    expect(renamed(word, name)).toEqual({ error: `${name} is a name already where this one is used. Choose another one.` });
  });

  it.each([
    ['that only other routines have', 'Alone', 'Before', 2],
    ['that only a member has', 'Alone', 'Reads', 2],
    ['that only a variable has, of a member', 'Reads', 'Alone', 5],
    ['that it has', 'Alone', 'Alone', 2],
    ['that a routine has, of a label', 'Done', 'Other', 2],
  ])('%s, is taken', (_, word, name, uses) => {
    expect(renamed(word, name)).toHaveLength(uses);
  });
});
