/** The validator accepts sound programs and names each kind of unsoundness. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Func, Instr, Program, ValueKind } from '../../src/ir/program.ts';
import { validateProgram } from '../../src/ir/validate.ts';
import { canHold, fits } from '../../src/ir/values.ts';
import { buildProgram, programSpecs } from '../oracles/programs.ts';

const sound = buildProgram({ processors: 2, waits: true, threads: [[{ do: 'add', cell: 0 }]], dpc: [], cancel: [], worker: [] });
const kinds: readonly ValueKind[] = ['i32', 'ptr', 'fn', 'i64', 'u8', 'bool', 'u64', 'i8'];
const long = sound.types.findIndex(({ name }) => name === 'LONG');
const irp = sound.types.findIndex(({ name }) => name === 'IRP');

/** The sound program, with one more function that has a register of each kind, one LONG local and this code. */
function withCode(code: readonly Instr[], changes: Partial<Func> = {}): Program {
  const func: Func = {
    id: sound.funcs.length + 1,
    name: 'Tested',
    file: 0,
    origin: 'driver',
    inline: false,
    paged: false,
    params: 0,
    registers: kinds.map((kind) => ({ kind })),
    locals: [{ name: 'Local', type: long }],
    code,
    places: code.map(() => ({ file: 0, start: 0, end: 1 })),
    place: { file: 0, start: 0, end: 1 },
    ...changes,
  };
  return { ...sound, funcs: [...sound.funcs, func] };
}

test('random programs of the generator are sound', () => {
  fc.assert(
    fc.property(programSpecs, (spec) => {
      expect(validateProgram(buildProgram(spec))).toEqual([]);
    }),
    { seed: 12, numRuns: 60 },
  );
});

test('handled ranges are ascending, not empty and within the code', () => {
  const code: readonly Instr[] = [{ op: 'const', dst: 0, value: 1 }, { op: 'move', dst: 0, src: 0 }, { op: 'return' }];
  const complaints = (...handled: readonly { start: number; end: number }[]): number =>
    validateProgram(withCode(code, { handled })).length;
  expect(complaints({ start: 0, end: 1 }, { start: 1, end: 3 })).toBe(0);
  expect(complaints({ start: 1, end: 2 }, { start: 0, end: 1 })).toBe(1);
  expect(complaints({ start: 1, end: 1 })).toBe(1);
  expect(complaints({ start: 1, end: 4 })).toBe(1);
});

test('a sound function is accepted', () => {
  expect(
    validateProgram(
      withCode([
        { op: 'const', dst: 3, value: 2 ** 40 },
        { op: 'move', dst: 0, src: 4 },
        { op: 'binary', dst: 5, operator: '==', kind: 'ptr', left: 1, right: 1 },
        { op: 'load', dst: 0, base: 1, type: irp, offset: 1, kind: 'i32' },
        { op: 'intrinsic', dst: 2, name: 'exchange', args: [1, 2] },
        { op: 'intrinsic', name: 'atomicBegin', args: [] },
        { op: 'branch', cond: 1, then: 7, otherwise: 7 },
        { op: 'intrinsic', name: 'atomicEnd', args: [] },
        { op: 'return' },
      ]),
    ),
  ).toEqual([]);
});

describe('a function is refused for', () => {
  const end: Instr = { op: 'return' };
  test.each<[string, readonly Instr[], RegExp]>([
    ['a register that does not exist', [{ op: 'const', dst: 99, value: 0 }, end], /instruction 0 \(const\): r99 does not exist/],
    ['a constant out of range', [{ op: 'const', dst: 4, value: 256 }, end], /256 is no value of r4, which is u8/],
    ['an address as constant', [{ op: 'const', dst: 1, value: 8 }, end], /A constant ptr can only be 0, not 8/],
    ['a move that loses bits', [{ op: 'move', dst: 4, src: 0 }, end], /i32 does not fit into u8/],
    ['a move from integer to pointer', [{ op: 'move', dst: 1, src: 0 }, end], /i32 does not fit into ptr/],
    [
      'mixed operands',
      [{ op: 'binary', dst: 0, operator: '+', kind: 'i32', left: 0, right: 3 }, end],
      /operand r3 is i64, not i32/,
    ],
    [
      'sums of addresses',
      [{ op: 'binary', dst: 1, operator: '+', kind: 'ptr', left: 1, right: 1 }, end],
      /\+ is not defined on ptr/,
    ],
    [
      'ptr compared with fn',
      [{ op: 'binary', dst: 5, operator: '==', kind: 'ptr', left: 1, right: 2 }, end],
      /cannot be compared/,
    ],
    ['a negated address', [{ op: 'unary', dst: 1, operator: '-', kind: 'ptr', src: 1 }, end], /- is not defined on ptr/],
    ['a conversion from another kind', [{ op: 'convert', dst: 0, src: 3, from: 'i32', to: 'i32' }, end], /r3 as i32/],
    ['an offset from an integer', [{ op: 'offset', dst: 1, base: 0, offset: 1 }, end], /r0 is i32, not ptr/],
    ['an element by pointer', [{ op: 'element', dst: 1, base: 1, index: 1, stride: 1, count: 2 }, end], /index r1 is ptr/],
    ['an array of no stride', [{ op: 'element', dst: 1, base: 1, index: 0, stride: 0, count: 2 }, end], /stride of 0/],
    ['a load of no type', [{ op: 'load', dst: 0, base: 1, type: 99, offset: 0, kind: 'i32' }, end], /Type 99 does not exist/],
    [
      'a load of another kind',
      [{ op: 'load', dst: 1, base: 1, type: irp, offset: 0, kind: 'ptr' }, end],
      /"IRP" has no ptr at cell 0/,
    ],
    ['a load outside', [{ op: 'load', dst: 0, base: 1, type: long, offset: 1, kind: 'i32' }, end], /"LONG" has no i32 at cell 1/],
    [
      'a store of another kind',
      [{ op: 'store', src: 3, base: 1, type: long, offset: 0, kind: 'i32' }, end],
      /i64 does not fit into i32/,
    ],
    ['a local that does not exist', [{ op: 'local', dst: 1, index: 1 }, end], /Local 1 does not exist/],
    ['a global that does not exist', [{ op: 'global', dst: 1, global: 999 }, end], /Global 999 does not exist/],
    ['a function that does not exist', [{ op: 'func', dst: 2, func: 999 }, end], /Function 999 does not exist/],
    ['a function into a pointer', [{ op: 'func', dst: 1, func: 1 }, end], /r1 is ptr, not fn/],
    ['a jump outside', [{ op: 'jump', target: 5 }, end], /goes to 5, and there are 2/],
    ['a branch outside', [{ op: 'branch', cond: 0, then: 1, otherwise: -1 }, end], /goes to -1/],
    ['a call with too few arguments', [{ op: 'call', func: sound.hooks.executeDpc, args: [] }, end], /takes 1 arguments, not 0/],
    ['a call with another kind', [{ op: 'call', func: sound.hooks.executeDpc, args: [0] }, end], /argument 1, r0,/],
    ['a result that is not there', [{ op: 'call', dst: 0, func: sound.hooks.stuck, args: [] }, end], /gives nothing for r0/],
    ['a call through a pointer', [{ op: 'callptr', callee: 1, args: [] }, end], /r1 is ptr, not fn/],
    ['an unknown intrinsic', [{ op: 'intrinsic', name: 'toString', args: [] }, end], /no intrinsic "toString"/],
    [
      'an intrinsic with too many arguments',
      [{ op: 'intrinsic', name: 'irql', args: [0] }, end],
      /"irql" takes 0 arguments, not 1/,
    ],
    ['an intrinsic on an integer', [{ op: 'intrinsic', name: 'free', args: [0] }, end], /r0 is i32, not ptr/],
    ['a wide exchange', [{ op: 'intrinsic', name: 'exchange', args: [1, 3] }, end], /must be of one cell/],
    ['a routine that is none', [{ op: 'intrinsic', name: 'spawn', args: [0, 1, 1, 1, 1] }, end], /routine, r1, is ptr, not fn/],
    ['a result of nothing', [{ op: 'intrinsic', dst: 0, name: 'unlock', args: [1] }, end], /"unlock" gives nothing/],
    ['bounded without a reason', [{ op: 'intrinsic', name: 'bounded', args: [] }, end], /reason is missing/],
    [
      'an event that only the machine raises',
      [{ op: 'intrinsic', name: 'event', args: [], text: 'fault.null' }, end],
      /no event "fault.null"/,
    ],
    [
      'an event with too few arguments',
      [{ op: 'intrinsic', name: 'event', args: [1], text: 'irp.mark-pending' }, end],
      /has 2 arguments, not 1/,
    ],
    ['an event about no IRP', [{ op: 'intrinsic', name: 'event', args: [0], text: 'irp.free' }, end], /r0 is i32, not ptr/],
    ['a result that it does not have', [{ op: 'return', src: 0 }], /The function gives nothing/],
    ['running past its end', [{ op: 'const', dst: 0, value: 0 }], /runs past its last instruction/],
    [
      'an atomic section left open',
      [{ op: 'intrinsic', name: 'atomicBegin', args: [] }, end],
      /an atomic section is open at a return/,
    ],
    ['an atomic section never opened', [{ op: 'intrinsic', name: 'atomicEnd', args: [] }, end], /no atomic section is open/],
    [
      'an atomic section on one way only',
      [{ op: 'branch', cond: 0, then: 1, otherwise: 2 }, { op: 'intrinsic', name: 'atomicBegin', args: [] }, end],
      /instruction 2: it is reached within|open at a return/,
    ],
  ])('%s', (_, code, message) => {
    expect(validateProgram(withCode(code)).join('\n')).toMatch(message);
  });

  test('a missing result', () => {
    expect(validateProgram(withCode([{ op: 'return' }], { result: 'i32' })).join()).toMatch(/The function gives i32/);
  });

  test('places that do not match', () => {
    expect(validateProgram(withCode([{ op: 'return' }], { places: [] })).join()).toMatch(/1 instructions and 0 places/);
    expect(validateProgram(withCode([{ op: 'return' }], { place: { file: 0, start: 5, end: 10 ** 6 } })).join()).toMatch(
      /its place 5 to 1000000/,
    );
  });

  test('the origin of another file', () => {
    expect(validateProgram(withCode([{ op: 'return' }], { origin: 'kernel' })).join()).toMatch(
      /is of origin kernel, its file "driver.ts" of driver/,
    );
  });
});

describe('a program is refused for', () => {
  test.each<[string, Program, RegExp]>([
    [
      'a type that contains itself',
      {
        ...sound,
        types: sound.types.map((type) =>
          type.name === 'CELL' && type.kind === 'struct' ? { ...type, fields: [{ ...type.fields[0], type: type.id }] } : type,
        ),
      },
      /"CELL" contains itself by its field Value/,
    ],
    [
      'a field outside',
      {
        ...sound,
        types: sound.types.map((type) => (type.name === 'CELL' && type.kind === 'struct' ? { ...type, cells: 1 } : type)),
      },
      /CELL.Next at 1 with 1 cells does not fit into 1/,
    ],
    [
      'a scalar of the wrong size',
      { ...sound, types: sound.types.map((type) => (type.name === 'LONG' ? { ...type, cells: 2 } : type)) },
      /i32 takes 1/,
    ],
    ['ids out of order', { ...sound, funcs: [...sound.funcs].reverse() }, /where id 1 belongs/],
    [
      'an initial value outside',
      { ...sound, globals: sound.globals.map((global) => ({ ...global, initial: [{ offset: 9, value: 0 }] })) },
      /a value for cell 9/,
    ],
    [
      'a setting of no global',
      {
        ...sound,
        scenarios: [{ ...sound.scenarios[0], settings: [{ global: 999, offset: 0, value: 0 }] }],
      },
      /sets global 999/,
    ],
    ['no processor', { ...sound, scenarios: [{ ...sound.scenarios[0], processors: 0 }] }, /has 0 processors/],
    [
      'a hook that does not exist',
      { ...sound, hooks: { ...sound.hooks, main: 0 } },
      /hook main is function 0, which does not exist/,
    ],
    [
      'a hook with other parameters',
      { ...sound, hooks: { ...sound.hooks, executeDpc: sound.hooks.main } },
      /hook executeDpc, "HarnessMain", must take one pointer/,
    ],
  ])('%s', (_, program, message) => {
    expect(validateProgram(program).join('\n')).toMatch(message);
  });
});

test('what fits where agrees with the values', () => {
  const samples = [
    -(2 ** 40),
    -(2 ** 31),
    -32769,
    -32768,
    -129,
    -128,
    -1,
    0,
    1,
    127,
    128,
    255,
    256,
    65535,
    65536,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 40,
  ];
  for (const from of ['i8', 'u8', 'i16', 'u16', 'i32', 'bool'] as const) {
    for (const to of ['i8', 'u8', 'i16', 'u16', 'i32', 'bool'] as const) {
      expect([from, to, fits(from, to)]).toEqual([
        from,
        to,
        samples.every((value) => !canHold(from, value) || canHold(to, value)),
      ]);
    }
  }
});
