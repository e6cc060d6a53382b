/** Register tests: a thread that reads and writes a virtual device's registers and expects what its data sheet says. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import type { Outcome } from '../../src/engine/api.ts';
import { explore } from '../../src/engine/explore.ts';
import type { Program } from '../../src/ir/program.ts';
import { rules } from '../../src/rules/index.ts';
import { loadLibrary } from '../kit/library.ts';

/**
 * One line of a table. `w`: that register is written; `r`: it is read, and what is expected (under the mask, when one is given); `until`: it is
 * read until it is that under the mask; else a statement, such as an action of the device.
 */
export type Row =
  | readonly ['w', register: number, value: number]
  | readonly ['r', register: number, value: number, mask?: number]
  | readonly ['until', register: number, value: number, mask: number]
  | readonly ['do', statement: string];

/** How the tests of a device reach it. */
export interface Bench {
  /** Its module: `serial`. */
  readonly module: string;
  /** The name that statements know it by. */
  readonly name: string;
  /** What is plugged in, by its name in the module. */
  readonly device: string;
  readonly read: (register: number) => string;
  readonly write: (register: number, value: number) => string;
  /** Declarations that the rows need, and what is run before and after them. */
  readonly globals?: string;
  readonly before?: string;
  readonly after?: string;
}

const driver = `
import { DRIVER_INITIALIZE, STATUS_SUCCESS } from 'irpsight/wdm';
export const DriverEntry: DRIVER_INITIALIZE = (DriverObject, RegistryPath) => {
  return STATUS_SUCCESS;
};
`;

const imported = `
import {
  ARRAY, FALSE, LARGE_INTEGER, LONG, MmAllocateContiguousMemory, MmFreeContiguousMemory, MmGetPhysicalAddress, MmMapIoSpace, MmNonCached, MmUnmapIoSpace,
  PHYSICAL_ADDRESS, PUCHAR, PULONG, READ_PORT_UCHAR, READ_REGISTER_ULONG, Ref, TRUE, UCHAR, ULONG, ULONG_PTR, WRITE_PORT_UCHAR,
  WRITE_REGISTER_ULONG, sizeof,
} from 'irpsight/wdm';
import { SCENARIO, expect } from 'irpsight/scenario';
import { DriverEntry } from './bench.driver';
`;

/** What a search of one table found: the rows that do not hold, by their text, and the rest of the outcome. */
export interface Run {
  readonly broken: readonly string[];
  readonly outcome: Outcome;
}

/** Compiles the tables, each a scenario of its own, and gives what explores one. */
export function bench(of: Bench, tables: Readonly<Record<string, readonly Row[]>>): (name: string) => Run {
  const names = Object.keys(tables);
  let program: Program | undefined;
  const compiled = (): Program => {
    const text = `${imported}import * as ${of.name} from 'irpsight/devices/${of.module}';
${of.globals ?? ''}
${names.map((name, index) => scenario(of, `Table${index}`, tables[name])).join('')}`;
    const result = compile({
      sources: [
        { path: 'bench.driver.ts', text: driver, origin: 'driver' },
        { path: 'bench.scenario.ts', text, origin: 'scenario' },
      ],
      library: loadLibrary(),
    });
    expect(result.problems.map(({ message, start, end }) => `${text.slice(start, end)}: ${message}`)).toEqual([]);
    return result.program as Program;
  };
  return (name) => {
    program ??= compiled();
    const { files, scenarios } = program;
    const wanted = scenarios.find((one) => one.name === `Table${names.indexOf(name)}`) ?? scenarios[0];
    const outcome = explore({
      program,
      scenario: wanted,
      rules: rules.map((rule) => rule.check),
      strategy: 'exhaustive',
      maxStates: 200_000,
    });
    const file = files.find(({ path }) => path === 'bench.scenario.ts');
    const broken = outcome.breaches.map(({ rule, steps }) => {
      const place = steps.findLast((step) => step.place.file === file?.id)?.place ?? { start: 0, end: 0 };
      return `${rule}: ${file?.text.slice(place.start, place.end)}`;
    });
    return { broken, outcome };
  };
}

/** A test for each table: every row holds, whatever the device does by itself meanwhile. */
export function describeRegisters(what: string, of: Bench, tables: Readonly<Record<string, readonly Row[]>>): void {
  const run = bench(of, tables);
  describe(what, () => {
    for (const name of Object.keys(tables))
      it(name, () => {
        const { broken, outcome } = run(name);
        expect(broken).toEqual([]);
        expect([outcome.verdict, outcome.bounds]).toEqual(['verified', []]);
      });
  });
}

function scenario(of: Bench, name: string, rows: readonly Row[]): string {
  return `
export const ${name}: SCENARIO = {
  Driver: DriverEntry,
  Devices: [${of.name}.${of.device}],
  Threads: { Bench() {
    ${of.before ?? ''}
${rows.map((row) => `    ${statement(of, row)}`).join('\n')}
    ${of.after ?? ''}
  } },
};
`;
}

function statement(of: Bench, row: Row): string {
  switch (row[0]) {
    case 'w':
      return `${of.write(row[1], row[2])};`;
    case 'r':
      return row[3] === undefined
        ? `expect(${of.read(row[1])} === ${row[2]});`
        : `expect((${of.read(row[1])} & ${row[3]}) === ${row[2]});`;
    case 'until':
      return `while ((${of.read(row[1])} & ${row[3]}) !== ${row[2]}) {}`;
    default:
      return row[1];
  }
}
