/** Integer expressions mean what C makes of them: random ones are compiled by us and by gcc, and must agree. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluate } from './evaluate.ts';
import { compileMini, funcOf, importAll, programOf } from './mini.ts';

const gcc = '/usr/bin/gcc';

const kinds = [
  { name: 'CHAR', c: 'signed char', values: [-128n, -1n, 0n, 5n, 127n] },
  { name: 'UCHAR', c: 'unsigned char', values: [0n, 1n, 200n, 255n] },
  { name: 'SHORT', c: 'short', values: [-32768n, -2n, 0n, 3n, 32767n] },
  { name: 'USHORT', c: 'unsigned short', values: [0n, 2n, 40000n, 65535n] },
  { name: 'LONG', c: 'int', values: [-2147483648n, -1n, 0n, 7n, 2147483647n] },
  { name: 'ULONG', c: 'unsigned int', values: [0n, 1n, 2147483648n, 4294967295n] },
  { name: 'LONGLONG', c: 'long long', values: [-5000000000n, -1n, 0n, 9n, 4294967296n] },
  { name: 'ULONGLONG', c: 'unsigned long long', values: [0n, 1n, 4294967295n, 5000000000n] },
] as const;

/** The same expression in both languages. */
interface Both {
  readonly dsl: string;
  readonly c: string;
}

const { expression } = fc.letrec<{ expression: Both; condition: Both }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc
      .oneof(
        fc.constantFrom(...kinds.map((_, index) => `v${index}`)),
        fc.constantFrom(
          '0',
          '1',
          '3',
          '255',
          '65536',
          '2147483647',
          '2147483648',
          '4294967295',
          '0x7fffffff',
          '0x80000000',
          '0xffffffff',
          '0x100000000',
        ),
      )
      .map((text) => ({ dsl: text, c: text === '2147483648' || text === '4294967295' ? `${text}LL` : text })),
    fc.tuple(fc.constantFrom('+', '-', '*', '&', '|', '^'), tie('expression'), tie('expression')).map(([op, a, b]) => ({
      dsl: `(${a.dsl} ${op} ${b.dsl})`,
      c: `(${a.c} ${op} ${b.c})`,
    })),
    fc.tuple(fc.constantFrom('/', '%'), tie('expression'), tie('expression')).map(([op, a, b]) => ({
      dsl: `(${a.dsl} ${op} ((${b.dsl} & 15) + 1))`,
      c: `(${a.c} ${op} ((${b.c} & 15) + 1))`,
    })),
    // A shift's right side stays short: TypeScript reads \`a << (b > c)\` as the beginning of a type argument.
    fc
      .tuple(
        fc.constantFrom('<<', '>>'),
        tie('expression'),
        fc.constantFrom(...kinds.map((_, index) => `(v${index} & 31)`), '1', '31'),
      )
      .map(([op, a, b]) => ({
        dsl: `(${a.dsl} ${op} ${b})`,
        c: `(${a.c} ${op} ${b})`,
      })),
    fc
      .tuple(fc.constantFrom('-', '~', '+'), tie('expression'))
      .map(([op, a]) => ({ dsl: `(${op} ${a.dsl})`, c: `(${op} ${a.c})` })),
    fc
      .tuple(fc.constantFrom(...kinds), tie('expression'))
      .map(([kind, a]) => ({ dsl: `(${a.dsl} as ${kind.name})`, c: `((${kind.c})${a.c})` })),
    fc.tuple(tie('condition'), tie('expression'), tie('expression')).map(([q, a, b]) => ({
      dsl: `(${q.dsl} ? ${a.dsl} : ${b.dsl})`,
      c: `(${q.c} ? ${a.c} : ${b.c})`,
    })),
  ),
  condition: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(fc.constantFrom('<', '<=', '>', '>='), tie('expression'), tie('expression')).map(([op, a, b]) => ({
      dsl: `(${a.dsl} ${op} ${b.dsl})`,
      c: `(${a.c} ${op} ${b.c})`,
    })),
    // "| 0" keeps tsc from judging literals: 1 === 3 and !3 are errors to it.
    fc.tuple(fc.constantFrom('==', '!='), tie('expression'), tie('expression')).map(([op, a, b]) => ({
      dsl: `((${a.dsl} | 0) ${op}= ${b.dsl})`,
      c: `((${a.c} | 0) ${op} ${b.c})`,
    })),
    tie('expression').map((a) => ({ dsl: `(!(${a.dsl} | 0))`, c: `(!(${a.c} | 0))` })),
    fc.tuple(fc.constantFrom('&&', '||'), tie('condition'), tie('condition')).map(([op, a, b]) => ({
      dsl: `(${a.dsl} ${op} ${b.dsl})`,
      c: `(${a.c} ${op} ${b.c})`,
    })),
  ),
}));

const generated = fc.sample(fc.record({ body: expression, result: fc.nat(kinds.length - 1) }), { seed: 20240611, numRuns: 400 });
type Case = (typeof generated)[number];
const inputs = fc.sample(fc.tuple(...kinds.map((kind) => fc.constantFrom(...kind.values))), { seed: 7, numRuns: 12 });

it.skipIf(!existsSync(gcc) && process.env.CI !== 'true')(
  'agrees with gcc on random integer expressions',
  () => {
    expect(existsSync(gcc), 'gcc is needed to compare with').toBe(true);
    // Constants that leave 53 bits are refused; their lines go.
    const refused = new Set(
      compileMini(sourceOf(generated))
        .problems.filter((p) => p.code === 'dsl/beyond-53-bits')
        .map((p) => lineOf(p.start)),
    );
    const cases = generated.filter((_, index) => !refused.has(index));
    expect(cases.length).toBeGreaterThan(generated.length * 0.9);
    const program = programOf(sourceOf(cases));
    const expected = runWithGcc(cases);
    let compared = 0;
    const wrong: string[] = [];
    cases.forEach(({ body, result }, index) => {
      const func = funcOf(program, `E${index}`);
      inputs.forEach((args, row) => {
        const got = evaluate(func, args);
        if ('fault' in got) return;
        compared++;
        if (got.value !== expected[index][row])
          wrong.push(`${body.dsl} as ${kinds[result].name} of (${args.join(', ')}): ${got.value}, gcc ${expected[index][row]}`);
      });
    });
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan((cases.length * inputs.length) / 2);
  },
  60_000,
);

/** One function a line. */
function sourceOf(cases: readonly Case[]): string {
  const parameters = kinds.map((kind, index) => `v${index}: ${kind.name}`).join(', ');
  return cases
    .map(
      ({ body, result }, index) =>
        `export function E${index}(${parameters}): ${kinds[result].name} { return ${body.dsl} as ${kinds[result].name}; }`,
    )
    .join('\n');
}

function lineOf(offset: number): number {
  return (importAll + sourceOf(generated)).slice(importAll.length, offset).split('\n').length - 1;
}

/** `[expression][input]`, as gcc computes them without optimisation. */
function runWithGcc(cases: readonly Case[]): bigint[][] {
  const folder = mkdtempSync(join(tmpdir(), 'irpsight-'));
  try {
    const parameters = kinds.map((kind, index) => `${kind.c} v${index}`).join(', ');
    const functions = cases.map(
      ({ body, result }, index) => `static ${kinds[result].c} E${index}(${parameters}) { return (${kinds[result].c})${body.c}; }`,
    );
    const literal = (value: bigint, kind: number): string =>
      `(${kinds[kind].c})${value}${kinds[kind].name === 'ULONGLONG' ? 'ULL' : 'LL'}`;
    const calls = cases.map(
      ({ result }, index) =>
        `${inputs
          .map((args) => {
            const format = kinds[result].name === 'ULONGLONG' ? '%llu' : '%lld';
            const cast = kinds[result].name === 'ULONGLONG' ? 'unsigned long long' : 'long long';
            return `printf("${format} ", (${cast})E${index}(${args.map(literal).join(', ')}));`;
          })
          .join(' ')} printf("\\n");`,
    );
    writeFileSync(
      join(folder, 'e.c'),
      `#include <stdio.h>\n${functions.join('\n')}\nint main(void) {\n${calls.join('\n')}\nreturn 0; }\n`,
    );
    execFileSync(gcc, ['-O0', '-fwrapv', '-w', '-o', join(folder, 'e'), join(folder, 'e.c')]);
    const output = execFileSync(join(folder, 'e'), { encoding: 'utf8' });
    return output
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' ').map(BigInt));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
