/** The incremental hash: values that differ in high bits only must not cancel out, and the printed omission bound must be honest. */
import { describe, expect, it } from 'vitest';
import { explore } from '../../src/engine/explore.ts';
import { mixA, mixB, mixC, omissionBound } from '../../src/engine/hash.ts';
import { Memory } from '../../src/engine/memory.ts';
import { StateTable } from '../../src/engine/visited.ts';
import { ProgramBuilder } from '../kit/ir-program.ts';

const STATUS = [0, 0x80000000, 0xc0000120, 0xc0000001, 0xc00000bb, 0x103, 0x80000005, 0xc000009a, 0xc0000022, 0x40000000].map(
  (v) => v | 0,
);

describe('hash', () => {
  it.each([
    ['A', mixA],
    ['B', mixB],
    ['C', mixC],
  ] as const)('lane %s: swapping status values between any two of 200 cells changes it', (_, mix) => {
    let collisions = 0;
    let pairs = 0;
    for (let i = 0; i < 200; i++) {
      for (let j = i + 1; j < 200; j++) {
        for (const x of STATUS) {
          for (const y of STATUS) {
            if (x >= y) continue;
            pairs++;
            if (((mix(i, x) + mix(j, y)) | 0) === ((mix(i, y) + mix(j, x)) | 0)) collisions++;
          }
        }
      }
    }
    // By chance about pairs / 2^32 of them, which is well below one.
    expect(pairs).toBeGreaterThan(800000);
    expect(collisions).toBeLessThanOrEqual(2);
  });

  it('is undone exactly, and depends on the state only, not on the way there', () => {
    const memory = new Memory();
    memory.set(5, 7);
    const { a, b, c, top } = memory;
    for (const value of STATUS) memory.set(9, value);
    memory.set(5, -1);
    memory.undo(top, a, b, c);
    expect([memory.cells[5], memory.cells[9]]).toEqual([7, 0]);
    memory.set(9, 3);
    memory.set(9, 0);
    expect([memory.a, memory.b, memory.c]).toEqual([a, b, c]);
  });

  it('keeps states apart in a growing table', () => {
    const table = new StateTable(32);
    for (let i = 0; i < 50000; i++) expect(table.add(mixA(i, 1), mixB(i, 1), mixC(i, 1))).toBe(i);
    expect(table.add(mixA(77, 1), mixB(77, 1), mixC(77, 1))).toBe(-78);
  });

  it('omits no more states than the printed bound says, with lanes narrowed until it happens', () => {
    const p = new ProgramBuilder();
    p.scalar('VOID', 'u8');
    const long = p.scalar('LONG', 'i32');
    const main = p.func('HarnessMain', { origin: 'environment' });
    const zero = main.const(0, 'ptr');
    for (let t = 0; t < 3; t++) {
      const cell = p.global(`Cell${t}`, long);
      const f = p.func(`T.Thread${t}`, { origin: 'scenario', params: ['ptr', 'ptr'] });
      for (let i = 1; i < 8; i++) f.store(f.global(cell), long, undefined, f.const(i));
      main.intrinsic('spawn', [main.const(0), main.function(f), zero, zero, zero]);
    }
    const program = p.build({
      main,
      timerExpired: p.func('KiTimerExpired', { params: ['ptr'] }),
      executeDpc: p.func('KiExecuteDpc', { params: ['ptr'] }),
      stuck: p.func('HarnessStuck'),
    });
    const run = (hashBits: number) =>
      explore({
        program,
        scenario: program.scenarios[0],
        rules: [],
        strategy: 'exhaustive',
        maxStates: 100000,
        hashBits,
        reductions: { fusion: false, movers: false },
      });
    const full = run(32);
    expect(full.omission).toBeLessThan(1e-20);
    const narrow = run(3);
    expect(narrow.states).toBeLessThan(full.states);
    expect(narrow.omission).toBeGreaterThan(0.5);
    expect(omissionBound(1, 1)).toBe(0);
    // The expected number of collisions among n states in 2^15 cells is what the bound adds up.
    const some = run(5);
    expect(full.states - some.states === 0 || some.omission > 0.01).toBe(true);
  });
});
