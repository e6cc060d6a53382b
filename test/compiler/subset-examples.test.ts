/** The examples that ship and the litmus tests are inside the subset, and mean what they say. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Problem, SourceInput } from '../../src/compiler/api.ts';
import { createProgram, parseSources } from '../../src/compiler/host.ts';
import { checkMeaning, checkSubset, parseSource } from '../../src/compiler/subset.ts';
import { loadLibrary } from '../kit/library.ts';
import { loadLitmus } from '../kit/litmus.ts';

const sources = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(driver|scenario)\.ts$/.test(name))
  .map((name) => ({
    path: name.replaceAll('\\', '/'),
    text: readFileSync(`examples/${name}`, 'utf8'),
    origin: name.endsWith('.scenario.ts') ? ('scenario' as const) : ('driver' as const),
  }));

describe('the litmus tests', () => {
  it.each(loadLitmus())('$name', ({ broken, fixed }) => {
    for (const twin of [broken, fixed]) expect(problemsOf(twin)).toEqual([]);
  });
});

describe('the examples', () => {
  it('are there', () => expect(sources.length).toBeGreaterThan(0));

  it.each(sources.map((source) => [source.path, source.text]))('%s is inside the subset', (path, text) => {
    const { file, problems } = parseSource(path, text);
    expect(problems).toEqual([]);
    expect(file && checkSubset(file, path)).toEqual([]);
  });

  it('use every declaration as it is meant', () => expect(problemsOf(sources)).toEqual([]));
});

function problemsOf(inputs: readonly SourceInput[]): Problem[] {
  const set = parseSources({ sources: inputs, library: loadLibrary() });
  const program = createProgram(set);
  return set.sources.flatMap((source) => [
    ...checkSubset(source.file, source.input.path),
    ...checkMeaning(program, source, set.lasting),
  ]);
}
