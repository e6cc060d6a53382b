import { describe, expect, it } from 'vitest';
import { prepare } from '../../src/check/check.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { starterDriver } from '../cli/kit.ts';
import { loadLibrary } from '../kit/library.ts';

const text = starterDriver();
const withoutWrite = text.replace('DriverObject.MajorFunction[IRP_MJ_WRITE] = DispatchWrite;', '');
const misspelt = text.replace('IoMarkIrpPending(Irp);', 'IoMarkIrpPending(Irp;');
const scenario: SourceInput = {
  path: 'changing/own.scenario.ts',
  text: "import { SCENARIO } from 'irpsight/scenario';\nimport { DriverEntry } from './mailbox.driver';\nexport const Own: SCENARIO = { Driver: DriverEntry, Threads: {} };\n",
  origin: 'scenario',
};

/** What there is to explore of the text, after whatever the driver was before. */
function prepared(folder: string, driver: string, others: readonly SourceInput[] = [], observing = false) {
  const path = `${folder}/mailbox.driver.ts`;
  const sources: SourceInput[] = [{ path, text: driver, origin: 'driver' }, ...others];
  const { scenarios, program, problems } = prepare({ driver: path, sources, problems: [] }, loadLibrary(), {
    defaults: 'auto',
    observing,
  });
  return {
    scenarios: scenarios.map(({ name }) => name),
    problems: problems.map(({ code }) => code),
    code: program?.funcs.map(({ name, code }) => [name, code]),
  };
}

describe('default scenarios', () => {
  it('are those of the driver as it is, whatever it was before', () => {
    const texts = { first: text, other: withoutWrite, broken: misspelt };
    const fresh = Object.fromEntries(Object.entries(texts).map(([name, driver]) => [name, prepared(name, driver)]));
    expect(fresh.first?.scenarios).not.toEqual(fresh.other?.scenarios);
    expect(fresh.broken?.problems).not.toEqual([]);
    for (const name of ['first', 'first', 'other', 'other', 'broken', 'other', 'first', 'broken', 'first'] as const)
      expect(prepared('changing', texts[name]), name).toEqual(fresh[name]);
  });

  it('are not made once a driver has scenarios of its own', () => {
    expect(prepared('changing', text).scenarios).not.toEqual(['Own']);
    expect(prepared('changing', text, [scenario]).scenarios).toEqual(['Own']);
    expect(prepared('changing', text).scenarios).toEqual(prepared('first', text).scenarios);
  });

  it('are the same where states are looked into', () => {
    const observed = prepared('observed', text, [], true);
    expect(prepared('changing', text).scenarios).toEqual(observed.scenarios);
    expect(prepared('changing', text, [], true)).toEqual(observed);
  });
});
