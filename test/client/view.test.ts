import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { offsetsOf, scrollTo, visibleAt, visibleOf } from '../../client/view/extent.ts';
import { type Action, actionOf } from '../../client/view/keys.ts';
import { acted, initial, resumed, type State, searched, selectedOf } from '../../client/view/state.ts';
import { viewText } from '../../client/view/words.ts';
import { irpStateWords } from '../../src/report/timeline/words.ts';
import { litmusSchedules } from '../kit/timeline.ts';

const { timeline } = litmusSchedules('cancel-lock-cancel-before-queueing');
const last = timeline.steps.length - 1;
const start = initial({ timeline, isFinding: true }, viewText);

describe('only what can be seen is drawn', () => {
  it('of things of one size', () => {
    expect(visibleOf(0, 100, 10, 1000)).toEqual({ from: 0, to: 12 });
    expect(visibleOf(5000, 100, 10, 1000)).toEqual({ from: 498, to: 512 });
    expect(visibleOf(9900, 100, 10, 1000)).toEqual({ from: 988, to: 1000 });
    expect(visibleOf(50_000, 100, 10, 1000)).toEqual({ from: 1000, to: 1000 });
    expect(visibleOf(0, 100, 10, 0)).toEqual({ from: 0, to: 0 });
  });

  it('of rows of different heights', () => {
    const offsets = offsetsOf([10, 30, 10, 10, 50, 10, 10, 10, 10]);
    expect(offsets).toEqual([0, 10, 40, 50, 60, 110, 120, 130, 140, 150]);
    expect(visibleAt(0, 20, offsets)).toEqual({ from: 0, to: 4 });
    expect(visibleAt(60, 40, offsets)).toEqual({ from: 2, to: 7 });
    expect(visibleAt(145, 40, offsets)).toEqual({ from: 6, to: 9 });
    expect(visibleAt(0, 20, [0])).toEqual({ from: 0, to: 0 });
  });

  it('however many there are', () => {
    const offsets = offsetsOf(Array.from({ length: 100_000 }, (_, index) => 24 + (index % 4) * 18));
    for (const scroll of [0, 1, 777_777, offsets[50_000], offsets[100_000]]) {
      const { from, to } = visibleAt(scroll, 600, offsets);
      expect(to - from).toBeLessThan(40);
      expect(offsets[from]).toBeLessThanOrEqual(scroll);
      expect(offsets[to]).toBeGreaterThanOrEqual(Math.min(scroll + 600, offsets[100_000]));
    }
  });

  it('and what is selected is scrolled to only where it is out of sight', () => {
    expect(scrollTo(100, 300, 150, 170, 5000)).toBe(100);
    expect(scrollTo(100, 300, 390, 410, 5000)).toBe(290);
    expect(scrollTo(100, 300, 20, 40, 5000)).toBe(0);
    expect(scrollTo(100, 300, 4990, 5000, 5000)).toBe(4700);
  });
});

describe('keys', () => {
  const press = (
    key: string,
    held: Partial<Record<'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey', boolean>> = {},
    field = false,
  ) => actionOf({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...held }, field);

  it('are those that docs/editor.md lists', () => {
    const listed = readFileSync('docs/editor.md', 'utf8');
    const section = listed.slice(listed.indexOf('## The trace view'));
    const keys = [...section.slice(0, section.indexOf('\n## ', 1)).matchAll(/`([^`\s]+)`(?=[^|\n]*\|[^|\n]*\|$)/gm)].map(
      ([, key]) => key,
    );
    expect(keys.length).toBeGreaterThan(12);
    const names: Record<string, string> = { Right: 'ArrowRight', Left: 'ArrowLeft', Up: 'ArrowUp', Down: 'ArrowDown' };
    for (const key of keys) {
      const inField = ['Enter', 'Shift+Enter', 'Escape'].includes(key);
      const name = key.replace('Shift+', '');
      expect(press(names[name] ?? name, { shiftKey: key.startsWith('Shift+') }, inField), key).toBeDefined();
    }
  });

  it("leave to the editor what is the editor's, and to the search field what is text", () => {
    expect(press('n')).toBe('nextConflict');
    expect(press('n', { ctrlKey: true })).toBeUndefined();
    expect(press('n', { metaKey: true })).toBeUndefined();
    expect(press('n', {}, true)).toBeUndefined();
    expect(press('constructor')).toBeUndefined();
    expect(press('Enter', { shiftKey: true }, true)).toBe('previousMatch');
  });
});

describe('the view', () => {
  const doing = (state: State, ...actions: Action[]): State => actions.reduce((now, action) => acted(now, action, 600), state);

  it('begins at the finding', () => {
    expect(start.selected).toBe(timeline.breach);
    expect(doing(start, 'first', 'breach').selected).toBe(timeline.breach);
  });

  it('goes from step to step, and no further than there are any', () => {
    expect(doing(start, 'first').selected).toBe(0);
    expect(doing(start, 'first', 'previous').selected).toBe(0);
    expect(doing(start, 'first', 'next', 'next').selected).toBe(2);
    expect(doing(start, 'last', 'next').selected).toBe(last);
    expect(doing(start, 'last', 'pageBack').selected).toBe(Math.max(0, last - 10));
  });

  it('goes from conflict to conflict', () => {
    const steps = [...new Set(timeline.conflicts.flatMap(({ first, second }) => [first, second]))].sort((a, b) => a - b);
    expect(steps.length).toBeGreaterThan(1);
    let state = doing(start, 'first');
    for (const step of steps.filter((one) => one > 0)) {
      state = doing(state, 'nextConflict');
      expect(state.selected).toBe(step);
    }
    expect(doing(state, 'nextConflict').selected).toBe(steps.at(-1));
    expect(doing(state, 'previousConflict').selected).toBe(steps.at(-2));
  });

  it('searches while one types, and goes round from match to match', () => {
    const found = searched(doing(start, 'first'), 'IoSetCancelRoutine');
    expect(found.matches.length).toBeGreaterThan(0);
    expect(found.selected).toBe(found.matches[0]);
    const round = doing(found, ...found.matches.map(() => 'nextMatch' as const));
    expect(round.selected).toBe(found.matches[0]);
    expect(doing(found, 'previousMatch').selected).toBe(found.matches.at(-1));
    const nothing = searched(found, 'no such text');
    expect([nothing.matches, nothing.selected]).toEqual([[], found.selected]);
  });

  it('zooms in and out, and to the whole', () => {
    expect(doing(start, 'zoomIn').zoom).toBeGreaterThan(start.zoom);
    expect(doing(start, 'zoomIn', 'zoomOut').zoom).toBe(start.zoom);
    expect(doing(start, ...Array<Action>(30).fill('zoomOut')).zoom).toBeGreaterThan(0);
    expect(doing(start, 'zoomWhole').zoom * timeline.steps.length).toBeLessThanOrEqual(600);
  });

  it('goes between the failing schedule and the passing one, which may be shorter', () => {
    const short = { ...timeline, steps: timeline.steps.slice(0, 3), breach: undefined };
    const both = initial({ timeline, passing: { timeline: short, differs: 2 }, isFinding: true }, viewText);
    expect(selectedOf(both, 1)).toBe(2);
    const other = doing(both, 'otherRun');
    expect(other.active).toBe(1);
    expect(doing(other, 'previous').selected).toBe(1);
    expect(doing(other, 'otherRun').active).toBe(0);
  });

  it('is as it was left when its tab is shown again', () => {
    const left = doing(start, 'first', 'toggleList', 'zoomIn');
    const { active, selected, zoom, asList } = left;
    expect(resumed(start, { active, selected, zoom, asList })).toEqual(left);
    expect(resumed(start, { active: 1 }).active).toBe(0);
  });
});

it('every sentence of the view is shown somewhere', () => {
  const sources = ['client/view', 'src/report/timeline']
    .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('words.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
  const states = Object.keys(irpStateWords);
  const isShown = (key: string): boolean => states.includes(key) || new RegExp(`words\\.${key}\\b|'${key}'`).test(sources);
  expect(Object.keys(viewText).filter((key) => !isShown(key))).toEqual([]);
});
