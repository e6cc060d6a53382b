/** The picture of a schedule: lanes of the CPUs by IRQL, and ribbons of IRPs, locks and registers. Only what can be seen is drawn. */
import { html, svg, type TemplateResult } from 'lit';
import { cpuName } from '../../src/report/timeline/changes.ts';
import { barHeight, type Row, type Shape } from '../../src/report/timeline/layout.ts';
import { placeOf, spansIn, type Timeline } from '../../src/report/timeline/model.ts';
import { fill } from '../../src/report/timeline/words.ts';
import { type Visible, visibleOf } from './extent.ts';
import { detailedFrom, type Run, type State, selectedOf } from './state.ts';
import type { ViewWords } from './words.ts';

/** Where an element is scrolled to, and how large it is. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Width of what stands left of the picture, and height of what stands above, in pixels. */
export const labelWidth = 190;
export const rulerHeight = 30;
/** Pixels between two step numbers, at least. */
const numberWidth = 34;

/** A schedule's picture, which can be scrolled, and behaves as a slider over the steps. */
export function graph(state: State, run: number, viewport: Viewport): TemplateResult {
  const { words, zoom, runs } = state;
  const { timeline, picture, detailed } = runs[run];
  const { rows, height } = zoom >= detailedFrom ? detailed : picture;
  const count = timeline.steps.length;
  const longest = Math.max(...runs.map((one) => one.timeline.steps.length));
  const at = selectedOf(state, run);
  const seen = visibleOf(viewport.left, Math.max(0, viewport.width - labelWidth), zoom, count);
  const x = (step: number): number => labelWidth + step * zoom - viewport.left;
  const whole = rulerHeight + height + 6;
  return html`<div
    class="graph"
    role="slider"
    tabindex="0"
    data-run=${run}
    aria-label=${run === 0 ? words.picture : words.pictureOfPassing}
    aria-valuemin="1"
    aria-valuemax=${count}
    aria-valuenow=${at + 1}
    aria-valuetext=${stepText(runs[run], at, words)}
  >
    <div class="extent" .style=${`width:${labelWidth + Math.ceil(longest * zoom) + 8}px`}>
      <svg class="canvas" width=${viewport.width} height=${whole} aria-hidden="true">
        ${svg`<rect class="selected" x=${x(at)} y="0" width=${zoom} height=${whole}></rect>
        ${timeline.breach === undefined ? '' : svg`<rect class="breach" x=${x(timeline.breach)} y="0" width=${zoom} height=${whole}></rect>`}
        ${grid(seen, zoom, x, whole)}
        ${rows.map((row) => bars(row, seen, zoom, x))}
        <rect class="labels" x="0" y="0" width=${labelWidth - 4} height=${whole}></rect>
        ${rows.map(labels)}
        <g transform=${`translate(0 ${viewport.top})`}>${ruler(state, timeline, seen, x, at)}</g>`}
      </svg>
    </div>
  </div>`;
}

/** A step at length, as a screen reader says it. */
export function stepText({ timeline, changes }: Run, index: number, words: ViewWords): string {
  const step = timeline.steps[index];
  if (step === undefined) return '';
  return fill(words.stepAt, {
    step: index + 1,
    context: timeline.contexts[step.context],
    cpu: cpuName(step.processor, words),
    irql: timeline.levels[step.irql],
    place: placeOf(timeline, step),
    source: step.stuck ? words.stuck : step.source,
    changes: changes[index].join('; '),
  });
}

function grid({ from, to }: Visible, zoom: number, x: (step: number) => number, height: number): unknown {
  if (zoom < 8) return '';
  return Array.from(
    { length: to - from },
    (_, index) => svg`<line class="grid" x1=${x(from + index)} x2=${x(from + index)} y1=${rulerHeight} y2=${height}></line>`,
  );
}

function bars({ top, shapes, behind }: Row, { from, to }: Visible, zoom: number, x: (step: number) => number): unknown {
  const y = rulerHeight + top;
  const bar = (shape: Shape): unknown => {
    // What goes on to the left keeps its name in sight.
    const left = Math.max(x(shape.from), labelWidth - 6);
    const right = x(shape.to) - 1;
    const room = Math.floor((right - Math.max(left, labelWidth) - 6) / 6.4);
    const label = room < 2 || zoom < 3 ? '' : clipped(shape.label, room);
    return right <= labelWidth - 4
      ? ''
      : svg`<g><title>${shape.title}</title>
          <rect class=${`bar ${shape.look}`} x=${left} y=${y} width=${Math.max(1, right - left)} height=${barHeight} rx="2"></rect>
          ${label === '' ? '' : svg`<text class="name" x=${Math.max(left, labelWidth) + 4} y=${y + 13}>${label}</text>`}</g>`;
  };
  return [...spansIn(behind, from, to), ...spansIn(shapes, from, to)].map(bar);
}

function labels({ group, label, top }: Row): unknown {
  const y = rulerHeight + top + 13;
  const groupRoom = label === '' ? 22 : 9;
  return svg`<g><title>${[group, label].filter(Boolean).join(' ')}</title>
    ${group === '' ? '' : svg`<text class="group" x="6" y=${y}>${tail(group, groupRoom)}</text>`}
    ${label === '' ? '' : svg`<text class="label" x="66" y=${y}>${clipped(label, 18)}</text>`}</g>`;
}

/** Numbers of steps; a dot where a context comes to what another had, a ring where the search has found something. */
function ruler(
  { zoom, matches, active, runs }: State,
  timeline: Timeline,
  { from, to }: Visible,
  x: (step: number) => number,
  selected: number,
): unknown {
  const each = Math.max(1, Math.ceil(numberWidth / zoom));
  const inSight = (steps: Iterable<number>): number[] => [...new Set(steps)].filter((step) => step >= from && step < to);
  const middle = (step: number): number => x(step) + zoom / 2;
  const hits = runs[active].timeline === timeline ? inSight(matches) : [];
  const conflicts = inSight(timeline.conflicts.flatMap(({ first, second }) => [first, second]));
  const numbers = inSight(Array.from({ length: to - from }, (_, index) => from + index)).filter(
    (step) => (step + 1) % each === 0 && Math.abs(step - selected) >= each,
  );
  const isVisible = (step: number): boolean => middle(step) >= labelWidth;
  return svg`<rect class="ruler" x="0" y="0" width="100%" height=${rulerHeight - 2}></rect>
    ${numbers.filter(isVisible).map((step) => svg`<text class="number" x=${middle(step)} y="12">${step + 1}</text>`)}
    ${selected < 0 || !isVisible(selected) ? '' : svg`<text class="number here" x=${middle(selected)} y="12">${selected + 1}</text>`}
    ${conflicts.filter(isVisible).map((step) => svg`<circle class="conflict" cx=${middle(step)} cy="21" r="3.5"></circle>`)}
    ${hits.filter(isVisible).map((step) => svg`<circle class="hit" cx=${middle(step)} cy="21" r="5.5"></circle>`)}
    <line class="grid" x1="0" x2="100%" y1=${rulerHeight - 2} y2=${rulerHeight - 2}></line>`;
}

function clipped(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}

/** Of a long name the end tells more: it is the field's. */
function tail(text: string, room: number): string {
  return text.length <= room ? text : `…${text.slice(1 - room)}`;
}
