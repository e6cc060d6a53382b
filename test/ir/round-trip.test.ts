/** The textual form keeps everything: programs printed and read back are the same, and what is not a program is refused by line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProgram } from '../../src/ir/parse.ts';
import { printFunc, printInstr, printProgram } from '../../src/ir/print.ts';
import type { Instr, Program } from '../../src/ir/program.ts';
import { buildProgram, programSpecs } from '../oracles/programs.ts';

const specs = { processors: 2, waits: true, threads: [[{ do: 'add', cell: 0 }]], dpc: [], cancel: [], worker: [] } as const;

/** Every instruction in every shape, with what is hard to print. */
const allInstructions: readonly Instr[] = [
  { op: 'const', dst: 0, value: -2147483648 },
  { op: 'const', dst: 1, value: Number.MAX_SAFE_INTEGER },
  { op: 'move', dst: 0, src: 1 },
  ...(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '==', '!=', '<', '<=', '>', '>='] as const).map(
    (operator): Instr => ({ op: 'binary', dst: 0, operator, kind: 'u64', left: 1, right: 2 }),
  ),
  ...(['-', '~', '!'] as const).map((operator): Instr => ({ op: 'unary', dst: 0, operator, kind: 'i32', src: 3 })),
  { op: 'convert', dst: 0, src: 1, from: 'i64', to: 'u8' },
  { op: 'offset', dst: 0, base: 1, offset: -12 },
  { op: 'element', dst: 0, base: 1, index: 2, stride: 3, count: 4 },
  { op: 'load', dst: 0, base: 1, type: 2, offset: 3, kind: 'fn' },
  { op: 'store', src: 0, base: 1, type: 2, offset: 3, kind: 'bool' },
  { op: 'local', dst: 0, index: 1 },
  { op: 'global', dst: 0, global: 1 },
  { op: 'func', dst: 0, func: 1 },
  { op: 'jump', target: 7 },
  { op: 'branch', cond: 0, then: 1, otherwise: 2 },
  { op: 'call', func: 1, args: [] },
  { op: 'call', dst: 0, func: 1, args: [1, 2] },
  { op: 'callptr', callee: 3, args: [1] },
  { op: 'callptr', dst: 0, callee: 3, args: [] },
  { op: 'intrinsic', name: 'bounded', args: [], text: 'a "quoted" ; reason\nin two lines @ 1 2 3 \\ \u2028 \ud83d\ude00' },
  { op: 'intrinsic', dst: 0, name: 'choose', args: [1] },
  { op: 'return' },
  { op: 'return', src: 4 },
];

function withCode(program: Program, code: readonly Instr[]): Program {
  const [first, ...others] = program.funcs;
  return {
    ...program,
    funcs: [{ ...first, code, places: code.map((_, at) => ({ file: 1, start: at, end: at + 1 })) }, ...others],
  };
}

describe('printed and parsed again', () => {
  test('random programs stay the same', () => {
    fc.assert(
      fc.property(programSpecs, (spec) => {
        const program = buildProgram(spec);
        expect(parseProgram(printProgram(program))).toEqual({ program, problems: [] });
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  test('every instruction stays the same', () => {
    const program = withCode(buildProgram(specs), allInstructions);
    expect(parseProgram(printProgram(program)).program).toStrictEqual(program);
  });

  test('optional parts stay the same', () => {
    const base = buildProgram(specs);
    const [first, ...others] = base.funcs;
    const program: Program = {
      ...base,
      funcs: [
        {
          ...first,
          role: 'DRIVER "X"',
          inline: true,
          paged: true,
          handled: [
            { start: 0, end: 1 },
            { start: 3, end: 9 },
          ],
          result: 'u16',
          registers: [{ kind: 'ptr', name: 'Irp', pointee: 3 }, { kind: 'i64' }],
        },
        ...others,
      ],
      files: base.files.map((file) => ({
        ...file,
        path: 'C:/Änderung; "neu"\\x.ts',
        text: 'line one\r\nline two ; not a comment\n',
      })),
      globals: base.globals.map((global) => ({
        ...global,
        initial: [
          { offset: 0, value: -1 },
          { offset: 1, value: 5 },
        ],
      })),
      scenarios: [
        { ...base.scenarios[0], maxPreemptions: 0, settings: [{ global: 1, offset: 0, value: -7 }], threads: ['A B', ''] },
      ],
    };
    expect(parseProgram(printProgram(program)).program).toStrictEqual(program);
  });

  test('a function without places keeps none', () => {
    const base = buildProgram(specs);
    const program = { ...base, funcs: base.funcs.map((func) => ({ ...func, places: [] })) };
    expect(parseProgram(printProgram(program)).program).toStrictEqual(program);
  });
});

test('an instruction reads like an assignment', () => {
  expect(printInstr({ op: 'load', dst: 2, base: 1, type: 4, offset: 3, kind: 'i32' })).toBe('r2 = load i32 r1 + 3 type 4');
  expect(printInstr({ op: 'binary', dst: 2, operator: '<', kind: 'u32', left: 0, right: 1 })).toBe('r2 = u32 r0 < r1');
});

test('names of callees stand behind the instruction', () => {
  const program = buildProgram(specs);
  const main = program.funcs[program.hooks.main - 1];
  expect(printFunc(main, program)).toMatch(/r\d+ = func \d+ @ \d+ \d+ \d+ ; Thread0/);
});

describe('text that is no program', () => {
  const text = printProgram(buildProgram(specs));
  test.each([
    ['nothing', '', /^Line 2?1?: expected hooks/],
    [
      'an unknown kind of value',
      text.replace('scalar "LONG" i32', 'scalar "LONG" i33'),
      /^Line 2: expected a kind of value, found i33\.$/,
    ],
    ['a missing number', text.replace('cells 1 bytes 4', 'cells bytes 4'), /^Line 1: expected a whole number, found bytes\.$/],
    [
      'too much on a line',
      text.replace('cells 1 bytes 4', 'cells 1 bytes 4 5'),
      /^Line 1: expected the end of the line, found 5\.$/,
    ],
    ['an open string', text.replace('"UCHAR"', '"UCHAR'), /^Line 1: expected a quoted string/],
    ['an unknown instruction', text.replace(/= load i32/, '= lode i32'), /expected an instruction, found lode\.$/],
    ['instructions out of order', text.replace(/\n {2}1 : /, '\n  2 : '), /expected instruction 1 on this line/],
    ['no hooks', text.replace(/hooks.*\n/, ''), /expected hooks/],
    ['something behind the hooks', `${text}type 1`, /expected nothing after the hooks/],
  ])('%s', (_, broken, message) => {
    const result = parseProgram(broken);
    expect(result.program).toBeUndefined();
    expect(result.problems).toHaveLength(1);
    expect(result.problems[0]).toMatch(message);
  });
});
