/** What the trace view shows at a moment, and what an action makes of it. Nothing here knows of a page. */
import { changesOf } from '../../src/report/timeline/changes.ts';
import { type Picture, pictureOf } from '../../src/report/timeline/layout.ts';
import { nextConflict, nextOf, search, type Timeline } from '../../src/report/timeline/model.ts';
import { offsetsOf } from './extent.ts';
import type { Action } from './keys.ts';
import type { Shown } from './messages.ts';
import type { ViewWords } from './words.ts';

/** A schedule with what is computed of it once. */
export interface Run {
  readonly timeline: Timeline;
  /** What each step changed, a line each. */
  readonly changes: readonly (readonly string[])[];
  readonly picture: Picture;
  /** The same with each step told apart, where there is room. */
  readonly detailed: Picture;
  /** Where the rows of the list begin, in pixels. */
  readonly offsets: readonly number[];
}

export interface State {
  readonly words: ViewWords;
  readonly shown: Shown;
  /** The failing schedule, and the passing one where there is one. */
  readonly runs: readonly Run[];
  /** Index of the one that keys move in. */
  readonly active: number;
  /** A step, from 0; the passing schedule, which may be shorter, shows its last one at most. */
  readonly selected: number;
  /** Pixels a step. */
  readonly zoom: number;
  readonly asList: boolean;
  readonly query: string;
  /** Steps of the active schedule in which the query is found. */
  readonly matches: readonly number[];
  readonly stale: boolean;
}

/** Heights of a row of the list, in pixels: its first line, and each line of changes. */
export const listLine = { head: 24, change: 18 } as const;
/** From here on each step has room for its place. */
export const detailedFrom = 110;
const zooms = [3, 5, 8, 12, 18, 26, 40, 60, 90, 130, 180];
const page = 10;

/** What is shown at first: the step that the finding is at, or else the last one. */
export function initial(shown: Shown, words: ViewWords): State {
  const timelines = [shown.timeline, ...(shown.passing === undefined ? [] : [shown.passing.timeline])];
  return {
    words,
    shown,
    runs: timelines.map((timeline) => runOf(timeline, words)),
    active: 0,
    selected: shown.timeline.breach ?? Math.max(0, shown.timeline.steps.length - 1),
    zoom: 26,
    asList: false,
    query: '',
    matches: [],
    stale: false,
  };
}

/** The same as it was left, as far as that is still there. */
export function resumed(state: State, kept: Partial<Pick<State, 'active' | 'selected' | 'zoom' | 'asList'>> = {}): State {
  const next = { ...state, ...kept };
  return { ...next, active: Math.min(next.active, state.runs.length - 1) };
}

/** The step of a schedule that is selected; -1 of an empty one. */
export function selectedOf({ runs, selected }: Pick<State, 'runs' | 'selected'>, run: number): number {
  return Math.min(selected, runs[run].timeline.steps.length - 1);
}

/** With another text to search for; goes to the nearest match from here on. */
export function searched(state: State, query: string): State {
  const matches = search(state.runs[state.active].timeline, query);
  const at = selectedOf(state, state.active);
  return { ...state, query, matches, selected: matches.find((match) => match >= at) ?? matches[0] ?? at };
}

/**
 * What an action makes of the state. Focus is the page's affair.
 * @param width pixels that a whole schedule may take.
 */
export function acted(state: State, action: Action, width: number): State {
  const { timeline } = state.runs[state.active];
  const at = selectedOf(state, state.active);
  const last = timeline.steps.length - 1;
  const go = (step: number | undefined): State =>
    step === undefined ? state : { ...state, selected: Math.max(0, Math.min(last, step)) };
  switch (action) {
    case 'next':
      return go(at + 1);
    case 'previous':
      return go(at - 1);
    case 'pageForward':
      return go(at + page);
    case 'pageBack':
      return go(at - page);
    case 'first':
      return go(0);
    case 'last':
      return go(last);
    case 'nextConflict':
      return go(nextConflict(timeline, at, 1));
    case 'previousConflict':
      return go(nextConflict(timeline, at, -1));
    case 'breach':
      return go(timeline.breach);
    case 'nextMatch':
      return go(nextOf(state.matches, at, 1) ?? state.matches[0]);
    case 'previousMatch':
      return go(nextOf(state.matches, at, -1) ?? state.matches.at(-1));
    case 'toggleList':
      return { ...state, asList: !state.asList };
    case 'otherRun':
      return searched({ ...state, active: (state.active + 1) % state.runs.length }, '');
    case 'zoomIn':
      return { ...state, zoom: zooms.find((zoom) => zoom > state.zoom) ?? state.zoom };
    case 'zoomOut':
      return { ...state, zoom: zooms.findLast((zoom) => zoom < state.zoom) ?? state.zoom };
    case 'zoomWhole':
      return { ...state, zoom: Math.max(1, Math.min(zooms[zooms.length - 1], width / Math.max(1, last + 1))) };
    case 'search':
    case 'leaveSearch':
      return state;
  }
}

function runOf(timeline: Timeline, words: ViewWords): Run {
  const changes = changesOf(timeline, words);
  return {
    timeline,
    changes,
    picture: pictureOf(timeline, words, false),
    detailed: pictureOf(timeline, words, true),
    offsets: offsetsOf(changes.map(({ length }) => listLine.head + length * listLine.change)),
  };
}
