/** Nothing is said as certain of drivers that are right; what is said as possible is gone when exploration has looked. */
import { describe, expect, it } from 'vitest';
import { checkSources } from '../kit/check.ts';
import { complete, driver, found, programOf } from './drivers.ts';
import { soundDrivers } from './sound-drivers.ts';

const worker = 'a cancel routine that only gives the lock back: the worker that is under way answers';

/** What a dataflow cannot know, and says so. */
const possible: Readonly<Record<string, readonly string[]>> = {
  [worker]: ['may cancel/lost at line 11'],
  'a loop whose third round tells': ['may completion/never at line 15'],
};

describe.each(Object.entries(soundDrivers))('%s', (name, body) => {
  it(`${possible[name] === undefined ? 'nothing' : 'nothing certain'}`, () => {
    expect(found(programOf([driver(complete(body))]))).toEqual(possible[name] ?? []);
  });
});

it('names only drivers that exist', () => {
  expect(Object.keys(possible).filter((name) => !(name in soundDrivers))).toEqual([]);
});

describe('explored', () => {
  it(`${worker}: nothing is left`, () => {
    const result = checkSources([
      driver(complete(soundDrivers[worker])),
      scenario(
        'Reader() { ReadFile(File, 16, Read); GetOverlappedResult(File, Read, TRUE); }, Canceller() { CancelIoEx(File, Read); }',
      ),
    ]);
    expect(result.problems).toEqual([]);
    expect(result.scenarios.map(({ verdict, bounds }) => ({ verdict, bounds }))).toEqual([{ verdict: 'verified', bounds: [] }]);
    expect(result.findings).toEqual([]);
  });

  it('stays, and says what is missing, where no scenario comes by', () => {
    const result = checkSources([driver(complete(soundDrivers[worker])), scenario('Canceller() { CancelIoEx(File, null); }')]);
    expect(result.problems).toEqual([]);
    expect(
      result.findings.map(({ rule, certainty, message }) => `${certainty} ${rule}: ${message.replace(/^.*\(/, '(')}`),
    ).toEqual(['may cancel/lost: (not settled: no scenario reaches this statement).']);
  });
});

function scenario(threads: string) {
  return {
    path: 'test.scenario.ts',
    origin: 'scenario',
    text: `import { CancelIoEx, CreateFile, GetOverlappedResult, OVERLAPPED, ReadFile, SCENARIO } from 'irpsight/scenario';
import { HANDLE, TRUE } from 'irpsight/wdm';
import { DriverEntry } from './test.driver';

let File!: HANDLE;
let Read!: OVERLAPPED;

export const Race: SCENARIO = {
  Driver: DriverEntry,
  Setup() { File = CreateFile('\\\\\\\\.\\\\Test'); },
  Threads: {
    ${threads}
  },
};
`,
  } as const;
}
