/** What exploring found stands behind an edit of blanks, ends of lines and comments, at the places of the text as it is then. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carriedOver, respaced } from '../../server/respaced.ts';
import type { Finding, Range } from '../../src/check/findings.ts';
import { rangeOf } from '../../src/check/text.ts';
import { compile } from '../../src/compiler/compile.ts';
import type { Func } from '../../src/ir/program.ts';
import { loadLibrary } from '../kit/library.ts';

const driver = readFileSync('examples/keyboard-class/keyboard-class-lost-cancel.driver.ts', 'utf8');

function funcs(text: string): readonly Func[] | undefined {
  const sources = [{ path: 'a.driver.ts', text, origin: 'driver' }] as const;
  return compile({ sources, library: loadLibrary() }).program?.funcs.filter(({ origin }) => origin === 'driver');
}

const withoutPlaces = (all: readonly Func[] | undefined) => all?.map(({ place: _, places: __, ...rest }) => rest);

it('behind random edits the program is the same, and each place is that of the same code', () => {
  const before = funcs(driver);
  const blank = fc.constantFrom(
    ' ',
    '\n',
    '\n\n',
    '\r\n',
    '\t',
    '// Typed.\n',
    '/* Typed. */',
    '/** Typed. */ ',
    '// "It\'s"\n',
    '+ ',
    ';',
    '0',
  );
  const gaps = [...driver.matchAll(/\s+/g)].map(({ index }) => index);
  let carried = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...gaps), blank), { minLength: 1, maxLength: 2 }), (edits) => {
      const now = edits.reduce((text, [at, typed]) => text.slice(0, at) + typed + text.slice(at), driver);
      const move = respaced(driver, now);
      if (move === undefined) return;
      carried++;
      const after = funcs(now);
      expect(withoutPlaces(after)).toEqual(withoutPlaces(before));
      const places = (all: readonly Func[] | undefined) => all?.flatMap(({ place, places: inner }) => [place, ...inner]) ?? [];
      const expected = places(after).map(({ start, end }) => rangeOf(now, start, end));
      expect(places(before).map(({ start, end }) => move(rangeOf(driver, start, end)))).toEqual(expected);
    }),
    { numRuns: 40, seed: 4 },
  );
  expect(carried).toBeGreaterThan(10);
});

describe('what is not taken for the same', () => {
  it.each([
    ['another word', 'a = 1;', 'a = 2;'],
    ['another operator', 'a = b + +c;', 'a = b ++ c;'],
    ['the end of a line behind return', 'return a;', 'return\na;'],
    ['a blank in a string', 'a("b c");', 'a("b  c");'],
    ['a mark that disables a rule', 'a;', '// irpsight-disable-next-line x\na;'],
    [
      'a line between such a mark and what it disables',
      '// irpsight-disable-next-line x\na;',
      '// irpsight-disable-next-line x\n\na;',
    ],
    ['a comment between the two', '// irpsight-disable-next-line x\na;', '// irpsight-disable-next-line x\n// b\na;'],
    ['what stands before such a mark', '/* x */ // irpsight-disable-next-line x\na;', '// irpsight-disable-next-line x\na;'],
    ['the end of a comment by a line separator', 'a; // c\u2028 b;', 'a; // c\u2028'],
    ['the first line, for a shell', '#!/*\na = 1;\n/**/', '#!/*\na = 2;\n/**/'],
    ['a tag', '/** b */ a;', '/** @forceinline */ a;'],
  ])('%s', (_, before, after) => {
    expect(respaced(before, after)).toBeUndefined();
    expect(respaced(after, before)).toBeUndefined();
  });

  it('takes no long time over what is not closed', () => {
    for (const part of ['/* ', '"\\', "'\\", '/', '// '])
      for (const text of [part.repeat(30_000), `${part.repeat(30_000)}\\`])
        expect(() => respaced(text, ` ${text}`)).not.toThrow();
  });
});

describe('findings', () => {
  const text = 'const a = 1;\nconst b = 2;\n';
  const at = (word: string): Range => rangeOf(text, text.indexOf(word), text.indexOf(word) + 1);
  const finding = {
    rule: 'cancel/lost',
    file: '/a.driver.ts',
    range: at('b'),
    message: '',
    related: [
      { file: '/a.driver.ts', range: at('a'), message: '' },
      { file: '/other.ts', range: at('a'), message: '' },
    ],
    trace: {},
  } as unknown as Finding;
  const settled = { findings: [finding], texts: new Map([['/a.driver.ts', text]]) };

  it('are told where they are now, without the schedule', () => {
    const now = text.replace('const b', '\n// Typed.\nconst b');
    const moved = { start: { line: 4, column: 7 }, end: { line: 4, column: 8 } };
    expect(carriedOver(settled, new Map([['/a.driver.ts', now]]))).toEqual([
      { rule: 'cancel/lost', file: '/a.driver.ts', message: '', range: moved, related: finding.related },
    ]);
  });

  it('are not where a file was edited, is gone, or has come', () => {
    const now = new Map([['/a.driver.ts', text]]);
    expect(carriedOver(settled, now)).toHaveLength(1);
    expect(carriedOver(settled, new Map([['/a.driver.ts', text.replace('2', '3')]]))).toBeUndefined();
    expect(carriedOver(settled, new Map())).toBeUndefined();
    expect(carriedOver(settled, new Map([...now, ['/b.driver.ts', '']]))).toBeUndefined();
  });

  it('are not where they name lines that are others now', () => {
    const [first] = finding.related;
    const naming = { ...finding, related: [{ ...first, message: 'called in F at line 2' }] } as Finding;
    const told = (now: string) => carriedOver({ ...settled, findings: [naming] }, new Map([['/a.driver.ts', now]]));
    expect(told(text)).toHaveLength(1);
    expect(told(`\n${text}`)).toBeUndefined();
  });
});
