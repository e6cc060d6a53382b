/** The ported drivers broken in single passages: each fault is told of at its line. That the ports themselves are verified, `npm start` shows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SourceInput } from '../../src/compiler/api.ts';
import { checkSources } from '../kit/check.ts';
import { broken, originals } from './variants.ts';

const folder = join(import.meta.dirname, '../../examples/ports');
/** Enough for every fault here, and quick. */
const maxPreemptions = 2;

function read(port: string, kind: 'driver' | 'scenario'): SourceInput {
  const path = `${port}.${kind}.ts`;
  return { path, origin: kind, text: readFileSync(join(folder, port, path), 'utf8') };
}

describe.each([
  ['faults of the originals', originals],
  ['faults of other drivers', broken],
] as const)('%s', (_, variants) => {
  it.each(variants)('$port: $name', { timeout: 120_000 }, ({ port, edits, scenario, finds }) => {
    let { text } = read(port, 'driver');
    for (const [from, to] of edits) {
      expect(text.split(from).length, from).toBe(2);
      text = text.replace(from, () => to);
    }
    const driver: SourceInput = { path: `${port}.driver.ts`, origin: 'driver', text };
    const { problems, findings } = checkSources([driver, read(port, 'scenario')], {
      scenario,
      defaults: 'always',
      strategy: 'bounded',
      maxPreemptions,
    });
    expect(problems).toEqual([]);
    const lines = text.split('\n');
    const witnessed = findings.filter(({ certainty }) => certainty === 'witnessed');
    expect(witnessed.map(({ rule, range }) => `${rule}: ${lines[range.start.line - 1]?.trim()}`)).toEqual(
      expect.arrayContaining([...finds]),
    );
  });
});
