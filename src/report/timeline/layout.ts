/** Where in a picture things stand: rows of shapes over the steps, which the view and the SVG export draw alike. */
import { cpuName, hex, irpStateText, ownerOf } from './changes.ts';
import type { Span, StaySpan, Timeline } from './model.ts';
import { fill, type TimelineWords } from './words.ts';

/** A bar in a row, over the steps that it spans. */
export interface Shape extends Span {
  /** Names of classes, separated by blanks: what is drawn, and as whose. */
  readonly look: string;
  readonly label: string;
  /** The same at length. */
  readonly title: string;
}

export interface Row {
  /** What stands to its left; the group only in the first row of one. */
  readonly group: string;
  readonly label: string;
  readonly top: number;
  /** Spans that do not overlap, in order. */
  readonly shapes: readonly Shape[];
  /** Spans behind them. */
  readonly behind: readonly Shape[];
}

export interface Picture {
  readonly rows: readonly Row[];
  readonly height: number;
}

/** Pixels from one row to the next, of a row's bars, and between groups. */
export const rowHeight = 22;
export const barHeight = 18;
const groupGap = 8;
/** Contexts are told apart by so many colours. */
const colours = 6;

type Rows = readonly Omit<Row, 'top'>[];

/**
 * The rows of a timeline: its lanes with a row for each IRQL, highest first; then IRPs, locks and registers.
 * @param detailed each step a bar of its own that says its place; otherwise the steps that a context does in a row are one bar with its name.
 */
export function pictureOf(timeline: Timeline, words: TimelineWords, detailed: boolean): Picture {
  const lanes = [...Array.from({ length: timeline.processors }, (_, processor) => processor), -1];
  const groups = [
    ...lanes.map((processor) => laneRows(timeline, processor, words, detailed)),
    irpRows(timeline, words),
    lockRows(timeline, words),
    registerRows(timeline),
  ].filter((rows) => rows.length > 0);
  let top = 0;
  const rows = groups.flatMap((group, index) => {
    if (index > 0) top += groupGap;
    return group.map((row): Row => {
      const placed = { ...row, top };
      top += rowHeight;
      return placed;
    });
  });
  return { rows, height: top };
}

/** The class that gives a context its colour. */
export function contextLook(context: number): string {
  return `c${context % colours}`;
}

/** A CPU has a row for each IRQL it is at; off the CPUs several contexts are at the same, and each has rows of its own. */
function laneRows(timeline: Timeline, processor: number, words: TimelineWords, detailed: boolean): Rows {
  const { contexts, levels } = timeline;
  const stays = timeline.stays.filter((stay) => stay.processor === processor);
  const here = timeline.steps.filter((step) => step.processor === processor && step.stuck === undefined);
  const off = processor < 0;
  const key = ({ irql, context }: { irql: number; context: number }): number => irql * 1000 + (off ? 999 - context : 0);
  const keys = [...new Set([...here, ...stays].map(key))].sort((a, b) => b - a);
  const name = cpuName(processor, words);
  if (keys.length === 0) return off ? [] : [{ group: name, label: '', shapes: [], behind: [] }];
  return keys.map((wanted, index) => {
    const irql = Math.floor(wanted / 1000);
    const context = off ? 999 - (wanted % 1000) : undefined;
    const level = irql === 0 ? '' : ` ${levels[irql]}`;
    return {
      group: index === 0 ? name : '',
      label: context === undefined ? levels[irql] : `${contexts[context]}${level}`,
      shapes: steps(timeline, (at) => at.processor === processor && key(at) === wanted, words, detailed),
      behind: stays.filter((stay) => key(stay) === wanted).flatMap((stay) => stayShapes(timeline, stay, words)),
    };
  });
}

function steps(
  timeline: Timeline,
  isHere: (step: Timeline['steps'][number]) => boolean,
  words: TimelineWords,
  detailed: boolean,
): Shape[] {
  const shapes: Shape[] = [];
  for (const [index, step] of timeline.steps.entries()) {
    if (step.stuck !== undefined || !isHere(step)) continue;
    const name = timeline.contexts[step.context];
    const look = `step ${contextLook(step.context)}`;
    const last = shapes.at(-1);
    const title = `${name}, ${cpuName(step.processor, words)}, ${timeline.levels[step.irql]}`;
    if (!detailed && last !== undefined && last.to === index && last.look === look && last.label === name)
      shapes[shapes.length - 1] = { ...last, to: index + 1 };
    else
      shapes.push({
        from: index,
        to: index + 1,
        look,
        label: detailed ? `${step.routine}:${step.range.start.line}` : name,
        title,
      });
  }
  return shapes;
}

/** Where a context was while others went on. What is so behind a step shows beside the next one. */
function stayShapes({ contexts, levels, steps }: Timeline, stay: StaySpan, words: TimelineWords): Shape[] {
  const { context, processor, irql, waiting } = stay;
  const where = fill(words.runsAt, { context: contexts[context], cpu: cpuName(processor, words), irql: levels[irql] });
  const title = waiting === undefined ? where : fill(words.waits, { context: contexts[context], reason: waiting });
  const look = `${waiting === undefined ? 'stay' : 'stay waiting'} ${contextLook(context)}`;
  const shapes: Shape[] = [];
  for (let step = stay.from + 1; step < Math.min(stay.to + 1, steps.length); step++) {
    if (steps[step].context === context && steps[step].stuck === undefined) continue;
    const last = shapes.at(-1);
    if (last?.to === step) shapes[shapes.length - 1] = { ...last, to: step + 1 };
    else shapes.push({ from: step, to: step + 1, look, label: '', title });
  }
  return shapes;
}

function irpRows({ irps }: Timeline, words: TimelineWords): Rows {
  return irps.map(({ name, spans }) => ({
    group: name,
    label: '',
    shapes: spans.map((span) => {
      const [owner, state] = [words[ownerOf[span.state]], irpStateText(span, words)];
      return {
        from: span.from,
        to: span.to,
        look: `irp ${span.state}`,
        label: `${owner}: ${state}`,
        title: fill(words.irpOwned, { irp: name, owner, state }),
      };
    }),
    behind: [],
  }));
}

function lockRows({ locks, contexts }: Timeline, words: TimelineWords): Rows {
  return locks.map(({ name, spans }) => ({
    group: name,
    label: '',
    shapes: spans.map(({ from, to, context }) => ({
      from,
      to,
      look: `lock ${contextLook(context)}`,
      label: contexts[context],
      title: fill(words.held, { lock: name, context: contexts[context] }),
    })),
    behind: [],
  }));
}

/** Of the registers those that change: the others say nothing over time. */
function registerRows({ registers }: Timeline): Rows {
  return registers
    .filter(({ spans }) => spans.length > 1)
    .map(({ name, spans }) => ({
      group: name,
      label: '',
      shapes: spans.map(({ from, to, value }) => ({
        from,
        to,
        look: 'register',
        label: hex(value),
        title: `${name} ${hex(value)}`,
      })),
      behind: [],
    }));
}
