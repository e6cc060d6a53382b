/** What the page about scenarios shows is what the checker takes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkSources } from '../kit/check.ts';
import { loadLibrary } from '../kit/library.ts';

const page = readFileSync('docs/scenarios.md', 'utf8');
const language = readFileSync('docs/dsl.md', 'utf8');

/** The page's blocks of code by the file name in their first line. */
const shown = new Map([...page.matchAll(/```ts\n\/\/ (\S+)\n([\s\S]*?)```/g)].map(([, name, text]) => [name, text] as const));
const ticker = /```ts\n([\s\S]*?)```/.exec(language)?.[1] ?? '';

describe('docs/scenarios.md', () => {
  it.each([
    ['ticker', ticker, ['CancelledWhileTicking']],
    ['adder', shown.get('adder.driver.ts') ?? '', ['TwoAdd']],
  ])('the scenarios it shows for %s are verified', (name, driver, names) => {
    const { problems, findings, scenarios } = checkSources([
      { path: `${name}.driver.ts`, text: driver, origin: 'driver' },
      { path: `${name}.scenario.ts`, text: shown.get(`${name}.scenario.ts`) ?? '', origin: 'scenario' },
    ]);
    expect({ problems, findings }).toEqual({ problems: [], findings: [] });
    expect(scenarios.map((one) => [one.name, one.verdict])).toEqual(names.map((one) => [one, 'verified']));
  });

  it('names every routine that a scenario can import, and every key of the literal', () => {
    const index = loadLibrary().find(({ path }) => path === 'irpsight/scenario/index.ts')?.text ?? '';
    const exported = [
      ...[...index.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) => list.split(',').map((one) => one.trim())),
      ...[...index.matchAll(/^export (?:declare )?function (\w+)/gm)].map(([, one]) => one),
    ].filter((one) => one !== '' && !/^P?OVERLAPPED$/.test(one));
    expect(exported.length).toBeGreaterThan(20);
    expect(exported.filter((one) => !page.includes(`\`${one}(`))).toEqual([]);
    const literal = /export interface SCENARIO \{([\s\S]*?)\n\}/.exec(index)?.[1] ?? '';
    const keys = [...literal.matchAll(/^ {2}(\w+)[?(:]/gm)].map(([, key]) => key);
    expect(keys.length).toBeGreaterThan(6);
    expect(keys.filter((key) => !page.includes(`| \`${key}\` |`))).toEqual([]);
  });
});
