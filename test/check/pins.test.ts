/**
 * A schedule kept as a test shows its error on the source it was made from, and on one that differs elsewhere; put right, the source passes. All
 * litmus tests take too long here: `npm run prove -- pins` does that, here it is every tenth.
 */
import { describe, expect, it } from 'vitest';
import type { Trace } from '../../src/check/findings.ts';
import { type ReplayResult, replayTrace } from '../../src/check/trace.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { checkSources } from '../kit/check.ts';
import { loadLibrary } from '../kit/library.ts';
import { loadLitmus } from '../kit/litmus.ts';

const library = loadLibrary();
const isProof = process.env.IRPSIGHT_PROVE !== undefined;
const pairs = loadLitmus()
  .filter(({ expect }) => expect !== 'nothing')
  .filter((_, index) => isProof || index % 10 === 4);

function replay(trace: Trace, sources: readonly SourceInput[]): ReplayResult['outcome'] {
  const edges = { now: () => 0, deadline: 1, shouldStop: () => false, onEvent: () => undefined };
  const result = replayTrace(trace, { driver: sources[0].path, sources, problems: [] }, library, edges);
  expect(result.problems).toEqual([]);
  return result.outcome;
}

/** What it comes to, in a word. */
function wordOf(outcome: ReplayResult['outcome']): string {
  return outcome?.kind === 'breach' ? outcome.finding.rule : (outcome?.anew ?? 'nothing');
}

describe.each(pairs)('$name', ({ broken, fixed, expect: rule }) => {
  const pins = checkSources(broken, { cpus: 2 }).findings.flatMap(({ trace }) => trace ?? []);

  it('shows its error as it was, and behind another statement', { timeout: 300_000 }, () => {
    expect(pins.length).toBeGreaterThan(0);
    const [driver, ...others] = broken;
    const longer = {
      ...driver,
      text: driver.text.replace(/DRIVER_DISPATCH\b.*=> \{$/m, '$&\n  let Typed: NTSTATUS = STATUS_SUCCESS;\n  Typed++;'),
    };
    expect(longer.text).not.toBe(driver.text);
    for (const pin of pins) {
      expect(wordOf(replay(pin, broken))).toBe(rule);
      expect(wordOf(replay(pin, [longer, ...others]))).toBe(rule);
    }
  });

  it('passes on the twin that is right', { timeout: 300_000 }, () => {
    for (const pin of pins) expect(wordOf(replay(pin, fixed))).toBe('verified');
  });
});
