/** Mistakes of a scenario: they are refused, or make the verdict bounded; none is ever a finding of a driver that is right. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/check/findings.ts';
import { checkSources } from '../kit/check.ts';

const driver = readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8');

/** A check of the starter's driver, which is right, by one scenario with these properties and imports. */
function check(properties: string, imports = ''): CheckResult {
  const names = ['CancelSynchronousIo', 'CloseHandle', 'CreateEvent', 'CreateFile', 'SCENARIO', 'SendPower', 'SendRequest'];
  const more = ['ArriveNeighbour', 'SendSystemPower', 'WaitForSingleObject', 'WriteFile'];
  const text = `import { ${[...names, ...more].join(', ')} } from 'irpsight/scenario';
import { FALSE, HANDLE, IRP_MN_SET_POWER, LONG, NTSTATUS, PGUID, STATUS_INVALID_PARAMETER, SYSTEM_POWER_STATE, TRUE, UCHAR } from 'irpsight/wdm';
import { DriverEntry } from './mailbox.driver';
${imports}
let File!: HANDLE | null;
let Event!: HANDLE;
let Status!: NTSTATUS;
export const Tested: SCENARIO = {
  Driver: DriverEntry,
  Processors: 1,
  Setup() { File = CreateFile('\\\\\\\\.\\\\Mailbox'); Event = CreateEvent(TRUE, FALSE); },
  ${properties}
};
`;
  return checkSources([
    { path: 'mailbox.driver.ts', text: driver, origin: 'driver' },
    { path: 'mailbox.scenario.ts', text, origin: 'scenario' },
  ]);
}

describe('what a scenario call cannot do', () => {
  it.each([
    ['a major function above the last', 'SendRequest(File, 200, 0, 1, null);', 'IRP_MJ_MAXIMUM_FUNCTION'],
    ['a negative major function', 'SendRequest(File, -1, 0, 1, null);', 'IRP_MJ_MAXIMUM_FUNCTION'],
    ['the thread behind the last', 'CancelSynchronousIo(1);', 'a number that no thread'],
    ['a negative thread', 'CancelSynchronousIo(-1);', 'a number that no thread'],
    ['a wait for nothing', 'WaitForSingleObject(null!);', 'it did not wait'],
    ['a wait for a file', 'WaitForSingleObject(File!);', 'it did not wait'],
    ['a wait for an event that is closed', 'CloseHandle(Event); WaitForSingleObject(Event);', 'it did not wait'],
    ['a neighbour of no class', 'ArriveNeighbour(null!);', 'no interface class'],
    ['a power request of no kind', 'SendPower(77);', 'a minor function that power has none of'],
    ['a state that the system has not', 'SendSystemPower(IRP_MN_SET_POWER, 99 as SYSTEM_POWER_STATE);', 'does not go to'],
    [
      'more handles than there is room for',
      "for (let I: LONG = 0; I < 12; I++) CreateFile('\\\\\\\\.\\\\Mailbox');",
      'More than eight handles',
    ],
  ])('makes the verdict bounded: %s', (_what, call, reason) => {
    const { findings, problems, scenarios } = check(`Threads: { A() { WriteFile(File, 1, null); ${call} } },`);
    expect(problems).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toEqual([]);
    expect(scenarios.map(({ verdict }) => verdict)).toEqual(['bounded']);
    expect(scenarios[0].bounds.join(' ')).toContain(reason);
  });

  it('is not what it can do', () => {
    const { findings, problems, scenarios } = check(
      `Threads: { A() { WriteFile(File, 1, null); CancelSynchronousIo(0); SendRequest(File, 27 - 1, 0, 1, null); CloseHandle(Event); } },`,
    );
    expect([problems, findings]).toEqual([[], []]);
    expect(scenarios.map(({ verdict, bounds }) => [verdict, bounds])).toEqual([['verified', []]]);
  });
});

describe('what a scenario literal cannot say', () => {
  const thread = 'Threads: { A() { WriteFile(File, 1, null); } },';
  const devices = "import * as Serial from 'irpsight/devices/serial';\nimport * as Wave from 'irpsight/devices/wave';";

  /** Each problem by its code and the text it is about. */
  function told(properties: string, imports = ''): readonly string[] {
    return check(properties, imports).problems.map(({ code, range, message }) => {
      const width = range.start.line === range.end.line ? range.end.column - range.start.column : 0;
      return `${code} ${width}: ${message}`;
    });
  }

  it.each(['Serial.Device', 'Serial.LevelDevice'])('is the same chip twice, as %s', (again) => {
    expect(told(`${thread} Devices: [Wave.Device, Serial.Device, ${again}],`, devices)).toEqual([
      `dsl/scenario-plugged ${again.length}: The device of irpsight/devices/serial is plugged in already, and there is only one of each; leave this one out.`,
    ]);
  });

  it('is the driver under test below itself', () => {
    expect(told(`${thread} Below: DriverEntry,`)).toEqual([
      'dsl/scenario-below 18: Below is the DriverEntry of another driver, which stands below the one under test; write that driver into this scenario file, or into a *.scenario.ts that it imports.',
    ]);
  });

  it('is a number of preemptions below none', () => {
    expect(told(`${thread} MaxPreemptions: -1,`)).toEqual([
      'dsl/scenario-preemptions 18: MaxPreemptions is a number from 0 to 1000.',
    ]);
  });

  it('is more than eight threads, which is said once', () => {
    const threads = Array.from({ length: 300 }, (_, index) => `T${index}() {}`).join(', ');
    expect(told(`Threads: { ${threads} },`)).toEqual(['dsl/scenario-most 7: At most 8 threads are possible here.']);
  });
});
