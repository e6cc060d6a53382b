/** A trace file may hold anything. */
import { expect, it } from 'vitest';
import { readTraces } from '../../src/check/trace-file.ts';

const trace = {
  schemaVersion: 1,
  file: 'box/mailbox.driver.ts',
  sourceHash: '',
  scenario: 'CancelWhileAnswering',
  processors: 2,
  rule: 'completion/twice',
  schedule: [{ kind: 'step', context: 'main', func: 'HarnessMain', at: 0 }],
  steps: [],
};

it('reads a trace, and the traces of a report', () => {
  expect(readTraces(JSON.stringify(trace))).toEqual({ traces: [trace] });
  expect(readTraces(`\ufeff${JSON.stringify(trace)}`)).toEqual({ traces: [trace] });
});

it.each([
  ['', 'it is not JSON'],
  ['{', 'it is not JSON'],
  ['null', 'it is not a trace'],
  ['[]', 'it is not a trace'],
  ['{"schemaVersion": 2}', 'it is not a trace: schemaVersion'],
  ['{"findings": []}', 'it is not a check result'],
  ['{"schemaVersion":1,"problems":[],"findings":[],"scenarios":[]}', 'none of its findings has a trace'],
  ['['.repeat(100_000), 'it is not'],
])('refuses %.40s', (text, message) => {
  expect(readTraces(text)).toEqual({ error: expect.stringContaining(message) });
});

it.each([
  ['a huge number', { schedule: [{ ...trace.schedule[0], run: 1e300 }] }, 'schedule.0.run'],
  ['a negative number', { schedule: [{ ...trace.schedule[0], at: -1 }] }, 'schedule.0.at'],
  ['a fraction', { processors: 1.5 }, 'processors'],
  ['too many processors', { processors: 1_000_000 }, 'processors'],
  ['an unknown kind', { schedule: [{ ...trace.schedule[0], kind: 'leap' }] }, 'schedule.0.kind'],
  ['a list for a name', { scenario: ['x'] }, 'scenario'],
])('refuses a trace with %s', (_what, change, where) => {
  expect(readTraces(JSON.stringify({ ...trace, ...change }))).toEqual({
    error: expect.stringContaining(`it is not a trace: ${where}`),
  });
});
