import { describe, expect, it } from 'vitest';
import type { TraceStep } from '../../src/check/findings.ts';
import type { TraceSnapshot } from '../../src/debug/snapshots.ts';
import { changesOf, stateAt } from '../../src/report/timeline/changes.ts';
import { timelineJson } from '../../src/report/timeline/json.ts';
import { pictureOf } from '../../src/report/timeline/layout.ts';
import { timelineMermaid } from '../../src/report/timeline/mermaid.ts';
import { nextConflict, search, spanAt, spansIn, type Timeline } from '../../src/report/timeline/model.ts';
import { timelineSvg } from '../../src/report/timeline/svg.ts';
import { timelineWords as words } from '../../src/report/timeline/words.ts';
import { buildTimeline } from '../../src/report/timeline.ts';
import { litmusSchedules } from '../kit/timeline.ts';

const { timeline: lost, passing } = litmusSchedules('cancel-lock-cancel-before-queueing');

describe('the timeline of a lost cancel', () => {
  const { steps, contexts, irps, locks, breach = -1 } = lost;
  const stepOf = (text: string): number => steps.findIndex((step) => step.events.some((event) => event.includes(text)));

  it('points at the step that breaks the rule', () => {
    expect(lost.rule).toBe('cancel/lost');
    expect(steps[breach].source).toContain('IoSetCancelRoutine');
    expect(contexts[steps[breach].context]).not.toBe('kernel');
  });

  it('follows the cancel state of the IRP: it is cancelable too late', () => {
    const read = irps.find(({ name }) => name.endsWith('(READ)'));
    expect(read?.spans.map(({ state }) => state)).toEqual(['not-cancelable', 'cancel-requested', 'cancelable']);
    expect(spanAt(read?.spans ?? [], breach)).toMatchObject({ state: 'cancelable' });
    expect(spanAt(read?.spans ?? [], stepOf('IoCancelIrp sets Cancel'))).toMatchObject({ state: 'cancel-requested' });
  });

  it('has spans in order that do not overlap, for each thing', () => {
    const stays = contexts.map((_, index) => lost.stays.filter(({ context }) => context === index));
    for (const spans of [...irps, ...locks, ...lost.registers].map((one) => one.spans).concat(stays as never)) {
      for (const [index, { from, to }] of spans.entries()) {
        expect(from).toBeLessThan(to);
        if (index > 0) expect(from).toBeGreaterThanOrEqual(spans[index - 1].to);
      }
    }
  });

  it('has the cancel and what the driver did with the same IRP as conflicts', () => {
    const cancel = stepOf('IoCancelIrp sets Cancel');
    expect(lost.conflicts.filter(({ first, second }) => first === cancel || second === cancel)).not.toEqual([]);
    for (const { first, second } of lost.conflicts) expect(steps[first].context).not.toBe(steps[second].context);
    expect(nextConflict(lost, cancel - 1, 1)).toBe(cancel);
    expect(nextConflict(lost, cancel + 1, -1)).toBe(cancel);
    expect(nextConflict(lost, steps.length, 1)).toBeUndefined();
  });

  it('says of each step only what it changes', () => {
    const changes = changesOf(lost, words);
    const all = changes.flat();
    expect(all.filter((line) => /^IRP \d \(READ\) is cancelable/.test(line))).toHaveLength(1);
    expect(changes[breach].join('\n')).toMatch(/IRP \d \(READ\) is cancelable/);
    expect(changes[0]).toEqual(steps[0].events);
  });

  it('tells the whole state behind a step, with what is new', () => {
    const { irps: told, contexts: where } = stateAt(lost, breach, words);
    expect(told.find(({ name }) => name.endsWith('(READ)'))).toMatchObject({ owner: 'driver', changed: true });
    expect(stateAt(lost, breach + 1, words).irps.find(({ name }) => name.endsWith('(READ)'))).toMatchObject({ changed: false });
    expect(where.map(({ name }) => name)).toContain(contexts[steps[breach].context]);
  });

  it('is found by words of its steps', () => {
    expect(search(lost, 'ioSETcancel')).toContain(breach);
    expect(search(lost, `${contexts[steps[breach].context]} IoSetCancelRoutine`)).toContain(breach);
    expect(search(lost, `:${steps[breach].range.start.line}`)).toContain(breach);
    expect(search(lost, '  ')).toEqual([]);
  });

  it('is drawn with a lane for each CPU and one for what is on none, rows by IRQL', () => {
    const { rows, height } = pictureOf(lost, words, false);
    expect(rows.map(({ group }) => group).filter(Boolean)).toEqual([
      'CPU 0',
      'CPU 1',
      'No CPU',
      ...irps.map(({ name }) => name),
      ...locks.map(({ name }) => name),
    ]);
    for (const [index, { top }] of rows.entries()) expect(top).toBeGreaterThan(rows[index - 1]?.top ?? -1);
    expect(rows[rows.length - 1].top).toBeLessThan(height);
    // Every step is in exactly one lane.
    const lanes = rows.flatMap(({ shapes }) => shapes.filter(({ look }) => look.startsWith('step')));
    const covered = lanes.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
    expect(covered.sort((a, b) => a - b)).toEqual([...steps.keys()].filter((index) => steps[index].stuck === undefined));
    const detailed = pictureOf(lost, words, true).rows.flatMap(({ shapes }) =>
      shapes.filter(({ look }) => look.startsWith('step')),
    );
    expect(detailed).toHaveLength(covered.length);
  });
});

describe('the nearest passing schedule of a lost cancel', () => {
  const { timeline: other, differs = 0 } = passing ?? {};

  it('begins alike, and goes another way where the two part', () => {
    const where = ({ contexts, steps }: Timeline, at: number): string =>
      `${contexts[steps[at].context]} ${steps[at].routine}:${steps[at].range.start.line}`;
    expect(other?.steps.length).toBeGreaterThan(differs);
    expect(differs).toBeGreaterThan(10);
    for (let step = 0; step < differs; step++) expect(where(other ?? lost, step)).toBe(where(lost, step));
    expect(lost.breach).toBeGreaterThanOrEqual(differs);
  });

  it('ends with every IRP completed, and no finding', () => {
    const last = (other?.steps.length ?? 0) - 1;
    expect(other).not.toHaveProperty('rule');
    const states = other?.irps.map(({ spans }) => spanAt(spans, last)?.state);
    expect(states?.length).toBeGreaterThan(1);
    for (const state of states ?? []) expect(['completed', 'freed']).toContain(state);
  });
});

it.each(['apc-level-wait', 'mutex-order', 'resource-order'])('each step of %s has its state', (name) => {
  const { timeline } = litmusSchedules(name);
  expect(timeline.incomplete).toBeUndefined();
  for (const index of timeline.steps.keys())
    expect(stateAt(timeline, index, words).contexts, `step ${index + 1}`).not.toEqual([]);
});

it('a context that an interrupt came over stays on its CPU, under it', () => {
  const snapshot = (thread: number, isr: boolean): TraceSnapshot => ({
    irps: [],
    locks: [],
    registers: [],
    contexts: [{ context: 'Thread', processor: thread, irql: 2 }, ...(isr ? [{ context: 'Line', processor: 0, irql: 8 }] : [])],
  });
  const timeline = made([step('Thread', 0, 2), step('Line', 0, 8), step('Thread', 0, 2)], {
    snapshots: [snapshot(0, false), snapshot(-1, true), snapshot(0, false)],
  });
  expect(timeline.stays.filter(({ context }) => context === 0).map(({ processor }) => processor)).toEqual([0]);
});

it('without snapshots there is no state, and the reason', () => {
  const timeline = made([step('A', -1, 0), step('B', 1, 2)], { snapshots: { error: 'It was interrupted.' } });
  expect(timeline).toMatchObject({ irps: [], locks: [], stays: [], incomplete: 'It was interrupted.' });
  expect(pictureOf(timeline, words, false).rows.map(({ group, label }) => `${group}:${label}`)).toEqual([
    'CPU 0:',
    'CPU 1:DISPATCH',
    'No CPU:A',
  ]);
  expect(made([step('A', -1, 0)], { snapshots: [] }).incomplete).toMatch(/other steps/);
});

it('what a source says cannot reorder or hide text', () => {
  const timeline = made([{ ...step('A\u202e', -1, 0), source: 'x\u0000\u200b' }], { snapshots: { error: '' } });
  expect(timeline.contexts).toEqual(['A\\u202e']);
  expect(timeline.steps[0].source).toBe('x\\x00\\u200b');
});

it('spans are found by where they are', () => {
  const spans = [
    { from: 2, to: 4 },
    { from: 4, to: 5 },
    { from: 8, to: 9 },
  ];
  expect([0, 2, 3, 4, 5, 8, 9].map((step) => spanAt(spans, step)?.from)).toEqual([undefined, 2, 2, 4, undefined, 8, undefined]);
  expect(spansIn(spans, 3, 5).map(({ from }) => from)).toEqual([2, 4]);
  expect(spansIn(spans, 5, 8)).toEqual([]);
});

describe('exports', () => {
  it('SVG', async () => {
    const svg = timelineSvg(lost, words);
    await expect(svg).toMatchFileSnapshot('golden/lost-cancel.svg');
    expect(svg.match(/<rect[^>]*fill-opacity="0"><title>/g)).toHaveLength(lost.steps.length);
  });

  it('Mermaid', async () => {
    await expect(timelineMermaid(lost, words)).toMatchFileSnapshot('golden/lost-cancel.mmd');
  });

  it('JSON, without where files lie', () => {
    const json = timelineJson(lost);
    expect(json).not.toContain('file:///');
    expect(JSON.parse(json)).toEqual({ ...lost, files: lost.files.map(({ name }) => ({ name })) });
  });

  it('text stays text', () => {
    const timeline = made([{ ...step('A</title><script>', -1, 0), source: 'if (a < b) { "c"; } # d' }], {
      snapshots: { error: '' },
    });
    expect(timelineSvg(timeline, words)).not.toMatch(/<script|a < b/);
    const note = timelineMermaid(timeline, words).split('\n').at(-2);
    expect(note).toContain('if (a #60; b) #123; #34;c#34;#59; #125; #35; d');
  });
});

function made(steps: readonly TraceStep[], rest: Pick<Parameters<typeof buildTimeline>[1], 'snapshots'>): Timeline {
  return buildTimeline({ steps, scenario: 'S', processors: 2 }, { ...rest, fileOf: (name) => ({ name }) });
}

function step(context: string, processor: number, irql: number): TraceStep {
  const at = { line: 1, column: 1 };
  return {
    context,
    processor,
    irql,
    locks: 0,
    func: 'Routine',
    place: { file: 0, start: 0, end: 1 },
    notes: [],
    file: 'a.driver.ts',
    range: { start: at, end: at },
    source: 'Statement();',
  };
}
