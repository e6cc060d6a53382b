import { expect, it } from 'vitest';
import { excerpt, linesOf, rangeOf, statementAt } from '../../src/check/text.ts';

it('counts lines alike for every kind of line end', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = ['one', 'two', 'three'].join(end);
    const at = text.indexOf('three');
    expect(rangeOf(text, at, at + 5)).toEqual({ start: { line: 3, column: 1 }, end: { line: 3, column: 6 } });
    expect(linesOf(text)).toEqual(['one', 'two', 'three']);
  }
});

it('keeps offsets outside the text within it', () => {
  expect(rangeOf('ab', 5, 9)).toEqual({ start: { line: 1, column: 3 }, end: { line: 1, column: 3 } });
  expect(rangeOf('ab', 1, 0)).toEqual({ start: { line: 1, column: 2 }, end: { line: 1, column: 2 } });
});

it('puts an excerpt on one line', () => {
  expect(excerpt('f(\r\n\t a,\n  b);', 0, 99)).toBe('f( a, b);');
});

it('gives the whole statement of a place, without comments', () => {
  const statement = (text: string, of: string): string => statementAt(text, text.indexOf(of));
  expect(statement('a;\r\n  const X = f(1); // <-- rule\r\n', 'f(1)')).toBe('const X = f(1);');
  expect(statement("  RtlInit(Name, 'a//b'); /* c */", 'Name')).toBe("RtlInit(Name, 'a//b');");
  expect(statement('f(a,\n  b,\n  c);\ng();', 'f(')).toBe('f(a, b, c);');
  expect(statement('if (Irp.Cancel) {\n  g();', 'Irp')).toBe('if (Irp.Cancel) {');
  expect(statement('', 'x')).toBe('');
});
