/** What the hover says of an IRP's cancel state: every expression of two drivers, in both languages. */
import { expect, it } from 'vitest';
import type { Project } from '../../src/check/project.ts';
import { driverStates, type Language, witnessTrace } from '../../src/check/states.ts';
import type { SourceInput } from '../../src/compiler/api.ts';
import { irpStateMarkdown, unknownStateMarkdown } from '../../src/report/irp-states.ts';
import { loadLibrary } from '../kit/library.ts';
import { loadLitmus } from '../kit/litmus.ts';

const library = loadLibrary();
const edges = { now: () => 0, shouldStop: () => false, onEvent: () => undefined };
const ownLock = loadLitmus().find(({ name }) => name === 'own-lock-cancel-before-dequeue');
const passedDown = loadLitmus().find(({ name }) => name === 'touched-after-send');
if (ownLock === undefined || passedDown === undefined) throw new Error('the litmus tests are gone');

it.each([
  ['own-lock', 'en', ownLock.fixed],
  ['own-lock', 'ja', ownLock.fixed],
  ['own-lock-broken', 'en', ownLock.broken],
  ['passed-down', 'en', passedDown.fixed],
] as const)('of %s, %s', async (name, language, sources) => {
  await expect(hovers(sources, language)).toMatchFileSnapshot(`golden/states-${name}.${language}.md`);
});

it('leads to each state by a trace that can be followed, and refuses what does not fit', () => {
  const project = projectOf(ownLock.fixed);
  const states = driverStates(project, library, { maxStates: 100_000 }, edges);
  for (const { states: reached } of (states?.sites ?? []).slice(4, 7)) {
    for (const { witness } of reached) {
      expect(witnessTrace(witness, project, library)).toMatchObject({ scenario: 'Race', rule: '' });
      expect(witnessTrace({ ...witness, scenario: 'Another' }, project, library)).toBeUndefined();
    }
  }
  const nonsense = { scenario: 'Race', schedule: { codes: [1 << 9, 3 << 3], passes: [1, 1], judge: false } };
  expect(() => witnessTrace(nonsense, project, library)).not.toThrow();
});

it('says that nothing is known where a search ended before its time', () => {
  const states = driverStates(projectOf(ownLock.fixed), library, { maxStates: 50 }, edges);
  expect(states?.scenarios).toEqual([{ name: 'Race', verified: false }]);
  const [site] = states?.sites ?? [];
  expect(irpStateMarkdown(site, states?.scenarios ?? [], 'en', () => '')).toMatch(/not all were looked at|Not known yet/);
  expect(unknownStateMarkdown({ busy: true }, 'en')).toContain('are being explored');
});

it('tells what was seen until the time was over, and that the rest is not known', () => {
  const project = projectOf(ownLock.fixed);
  let asked = 0;
  // The time passes as the search asks for it.
  const late = { ...edges, deadline: 10, now: () => asked++ };
  const states = driverStates(project, library, { maxStates: 100_000 }, late);
  expect(states?.scenarios).toEqual([{ name: 'Race', verified: false }]);
  expect(states?.sites.some(({ states: reached }) => reached.length > 0)).toBe(true);
});

function projectOf(sources: readonly SourceInput[]): Project {
  return { driver: sources[0].path, sources: [...sources], problems: [] };
}

/** The line of each expression, the expression underlined, and what is said of it. */
function hovers(sources: readonly SourceInput[], language: Language): string {
  const states = driverStates(projectOf(sources), library, { maxStates: 100_000 }, edges);
  const lines = sources[0].text.split('\n');
  const texts = (states?.sites ?? []).map((site) => {
    const { start, end } = site.range;
    const width = Math.max(1, end.line === start.line ? end.column - start.column : 1);
    const marked = `    ${lines[start.line - 1]}\n    ${' '.repeat(start.column - 1)}${'^'.repeat(width)}`;
    return `${marked}\n\n${irpStateMarkdown(site, states?.scenarios ?? [], language, (state) => state)}\n`;
  });
  return texts.join('\n---\n\n');
}
