/** The examples that ship, and the library's own neighbours of the language, are inside the subset. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkSubset, parseSource } from '../../src/compiler/subset.ts';

const sources = readdirSync('examples', { recursive: true, encoding: 'utf8' }).filter((name) => /\.(driver|scenario)\.ts$/.test(name));

describe('the examples', () => {
  it('are there', () => expect(sources.length).toBeGreaterThan(0));
  it.each(sources)('%s is inside the subset', (name) => {
    const { file, problems } = parseSource(name, readFileSync(`examples/${name}`, 'utf8'));
    expect(problems).toEqual([]);
    expect(file && checkSubset(file, name)).toEqual([]);
  });
});
