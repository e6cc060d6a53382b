/** Scenario literals become settings of the harness' globals, and their methods functions. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CompileResult } from '../../src/compiler/api.ts';
import { compile } from '../../src/compiler/compile.ts';
import type { Program } from '../../src/ir/program.ts';
import { validateProgram } from '../../src/ir/validate.ts';
import { checkSources } from '../kit/check.ts';
import { funcOf, importAll, miniLibrary } from './mini.ts';

const driver = {
  path: 'C:/work/toast.driver.ts',
  text: `${importAll}export function DriverEntry(): NTSTATUS { return STATUS_SUCCESS; }\n`,
  origin: 'driver',
} as const;

function compileScenario(text: string): CompileResult {
  const scenario = {
    path: 'C:/work/toast.scenario.ts',
    origin: 'scenario',
    text: `import { SCENARIO, choose, expect } from 'irpsight/scenario';\n${importAll}import { DriverEntry } from './Toast.driver';\n${text}`,
  } as const;
  return compile({ sources: [driver, scenario], library: miniLibrary });
}

function programOf(text: string): Program {
  const { program, problems } = compileScenario(text);
  if (program === undefined) throw new Error(problems.map((p) => `${p.path} ${p.code}: ${p.message}`).join('\n'));
  expect(validateProgram(program)).toEqual([]);
  return program;
}

/** `Name[offset] = value` for each setting. */
function settings(program: Program): string[] {
  const [scenario] = program.scenarios;
  return scenario.settings.map(({ global, offset, value }) => `${program.globals[global].name}[${offset}] = ${value}`);
}

describe('a scenario', () => {
  it('is its numbers, routines and threads', () => {
    const program = programOf(`let Count!: LONG;
export const Race: SCENARIO = {
  Driver: DriverEntry, Processors: 1, MaxPreemptions: 3, LowMemory: TRUE,
  Lower: { Complete: "either", Status: [STATUS_SUCCESS, STATUS_CANCELLED], Cancelable: TRUE, Major: [{ Function: 3, Complete: "never", Status: STATUS_PENDING }] },
  Setup() { Count = 0; },
  Threads: { Reader() { Count++; }, Canceller() { Count += choose(1, 2); } },
  Expect() { expect(Count > 1); },
};`);
    const [scenario] = program.scenarios;
    expect(scenario).toMatchObject({ name: 'Race', processors: 1, maxPreemptions: 3, threads: ['Reader', 'Canceller'] });
    const id = (name: string): number => funcOf(program, name).id;
    expect(settings(program).sort()).toEqual(
      [
        `LowMemory[0] = 1`,
        `LowerCancelable[0] = 1`,
        `LowerComplete[0] = 2`,
        `LowerMajorComplete[0] = 3`,
        `LowerMajorCount[0] = 1`,
        `LowerMajorFunction[0] = 3`,
        `LowerMajorStatus[0] = 259`,
        `LowerStatusCount[0] = 2`,
        `LowerStatus[0] = 0`,
        `LowerStatus[1] = ${0xc0000120 | 0}`,
        `ScenarioDriver[0] = ${id('DriverEntry')}`,
        `ScenarioExpect[0] = ${id('Race.Expect')}`,
        `ScenarioSetup[0] = ${id('Race.Setup')}`,
        `ScenarioThreadCount[0] = 2`,
        `ScenarioThreads[0] = ${id('Race.Reader')}`,
        `ScenarioThreads[1] = ${id('Race.Canceller')}`,
      ].sort(),
    );
    expect(funcOf(program, 'Race.Reader')).toMatchObject({ origin: 'scenario', params: 0 });
  });

  it('forks at choose and evaluates the alternative taken only', () => {
    const program = programOf(`let A!: LONG; let B!: LONG; let C!: LONG;
export const One: SCENARIO = { Driver: DriverEntry, Threads: { T() { C = choose(A, B); } } };`);
    const ops = funcOf(program, 'One.T').code.map((instr) => (instr.op === 'intrinsic' ? instr.name : instr.op));
    expect(ops.filter((op) => op === 'choose' || op === 'load')).toEqual(['choose', 'load', 'load']);
    expect(ops.indexOf('branch')).toBeLessThan(ops.indexOf('load'));
  });

  it('has two processors and a lower driver that succeeds inline when nothing is said', () => {
    const program = programOf('export const One: SCENARIO = { Driver: DriverEntry, Threads: { T() { } } };');
    expect(program.scenarios[0].processors).toBe(2);
    expect(settings(program)).toContain('LowerStatusCount[0] = 1');
  });

  it('takes nothing but constants', () => {
    const { problems } = compileScenario(
      'let N!: LONG;\nexport const One: SCENARIO = { Driver: DriverEntry, Processors: N, Threads: { T() { } } };',
    );
    expect(problems.map((p) => p.message)).toContain('A scenario is a literal: the driver, numbers and routines only.');
  });
});

describe('several files', () => {
  it('may import each other in a circle', () => {
    const files = ['a', 'b'].map((name) => ({
      path: `src\\${name}.driver.ts`,
      origin: 'driver' as const,
      text: `${importAll}import { ${name === 'a' ? 'B' : 'A'} } from './${name === 'a' ? 'b' : 'a'}.driver';
export function ${name.toUpperCase()}(Depth: LONG): LONG { return Depth === 0 ? 0 : ${name === 'a' ? 'B' : 'A'}(Depth - 1); }`,
    }));
    const { program, problems } = compile({ sources: files, library: miniLibrary });
    expect(problems).toEqual([]);
    expect(program?.funcs.filter((func) => func.origin === 'driver').map((func) => func.name)).toEqual(['A', 'B']);
  });

  it('reports a module that is not there', () => {
    const { problems } = compile({
      sources: [{ ...driver, text: 'import { X } from "./nowhere";\nexport let Y!: X;' }],
      library: miniLibrary,
    });
    expect(problems.map((p) => p.path)).toContain(driver.path);
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe('what is wrong with a scenario is told wherever it lies', () => {
  const driver = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');
  const scenario = readFileSync('src/cli/starter/mailbox.scenario.ts', 'utf8').replace('Processors', 'Procesors');

  it.each(['', '/home/me/k/', 'C:/me/k/', 'c:\\me\\k\\', '../k/', 'untitled/@/k/', '/irpsight/wdm/', '../irpsight/wdm/'])(
    'in the folder %j',
    (folder) => {
      const { problems } = checkSources([
        { path: `${folder}mailbox.driver.ts`, origin: 'driver', text: driver },
        { path: `${folder}mailbox.scenario.ts`, origin: 'scenario', text: scenario },
      ]);
      expect(problems).toMatchObject([{ code: 'TS2561', file: `${folder}mailbox.scenario.ts` }]);
      expect(problems[0].message).toMatch(/^SCENARIO has no Procesors; did you mean Processors\?/);
    },
  );
});
