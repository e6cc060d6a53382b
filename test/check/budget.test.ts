/** A check whose time is short: what is told, in which order, and that every verdict says what it rests on. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type CheckEvent, checkDriver, prepare } from '../../src/check/check.ts';
import type { CheckResult } from '../../src/check/findings.ts';
import type { Project } from '../../src/check/project.ts';
import { loadLibrary } from '../kit/library.ts';

/** Two scenarios of one file: a large one, and one of a few dozen states. */
const scenarios = `import { CreateFile, OVERLAPPED, ReadFile, SCENARIO, WriteFile } from 'irpsight/scenario';
import { HANDLE } from 'irpsight/wdm';
import { DriverEntry } from './mailbox.driver';
let File: HANDLE | null;
let Read!: OVERLAPPED;
export const Large: SCENARIO = {
  Driver: DriverEntry,
  Setup() { File = CreateFile('\\\\\\\\.\\\\Mailbox'); },
  Threads: { Reader() { ReadFile(File, 16, Read); }, Writer() { WriteFile(File, 16, null); WriteFile(File, 16, null); WriteFile(File, 16, null); } },
};
export const Small: SCENARIO = {
  Driver: DriverEntry,
  Setup() { File = CreateFile('\\\\\\\\.\\\\Mailbox'); },
  Threads: { Writer() { WriteFile(File, 16, null); } },
};
`;
const project: Project = {
  driver: 'mailbox.driver.ts',
  sources: [
    { path: 'mailbox.driver.ts', text: readFileSync('src/cli/starter/mailbox.driver.ts', 'utf8'), origin: 'driver' },
    { path: 'mailbox.scenario.ts', text: scenarios, origin: 'scenario' },
  ],
  problems: [],
};

/** Checks with a clock that goes on by a second whenever it is looked at. */
function check(
  deadline: number,
  stopAt = Number.POSITIVE_INFINITY,
): { readonly told: readonly (readonly [string, string])[]; readonly result: CheckResult } {
  let time = 0;
  const told: [string, string][] = [];
  const onEvent = (event: CheckEvent): void => {
    if (event.kind === 'explored') told.push([event.result.name, event.result.verdict]);
  };
  const options = { maxStates: 2_000_000, strategy: 'exhaustive', defaults: 'never' } as const;
  const edges = { now: () => ++time, deadline, shouldStop: () => time >= stopAt, onEvent };
  return { told, result: checkDriver(project, loadLibrary(), options, edges) };
}

it('comes back to a scenario whose share was over, and answers in the order of the file', () => {
  const whole = check(Number.POSITIVE_INFINITY).result.scenarios;
  expect(whole.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['Large', 'verified'],
    ['Small', 'verified'],
  ]);
  const [{ seconds }] = whole;
  expect(seconds, 'the large one is large enough to be cut').toBeGreaterThan(12);

  const enough = check(3 * seconds);
  expect(enough.told).toEqual([
    ['Large', 'bounded'],
    ['Small', 'verified'],
    ['Large', 'verified'],
  ]);
  expect(enough.result.scenarios.map((scenario) => ({ ...scenario, seconds: 0 }))).toEqual(
    whole.map((scenario) => ({ ...scenario, seconds: 0 })),
  );

  // The first turns have taken some of it.
  const short = check(seconds);
  expect(short.told).toEqual([
    ['Large', 'bounded'],
    ['Small', 'verified'],
    ['Large', 'bounded'],
  ]);
  const [large, small] = short.result.scenarios;
  expect([large.verdict, small.verdict]).toEqual(['bounded', 'verified']);
  expect(large.bounds).toEqual(['The search was interrupted before it was complete.', 'The time for all scenarios was over.']);
  // What the second, longer search saw is what counts.
  expect(large.seconds).toBeGreaterThan(seconds / 4);
});

it('ends at once on Ctrl+C: what was cut off is bounded, and not begun again', () => {
  const { told } = check(Number.POSITIVE_INFINITY, 5);
  // The small one is complete before the engine asks whether it shall stop.
  expect(told).toEqual([
    ['Large', 'bounded'],
    ['Small', 'verified'],
  ]);
});

it('knows no scenario of another name', () => {
  const { program, problems } = prepare(project, loadLibrary(), { defaults: 'never', scenario: 'Nothing' });
  expect(program).toBeUndefined();
  expect(problems.map(({ severity, message }) => [severity, message])).toEqual([
    ['error', 'There is no scenario Nothing; there are Large, Small.'],
  ]);
});
