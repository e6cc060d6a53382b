/** A schedule as a list with the content of the picture, for screen readers and those who would rather read. Only rows that can be seen are there. */
import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { cpuName } from '../../src/report/timeline/changes.ts';
import { contextLook } from '../../src/report/timeline/layout.ts';
import { visibleAt } from './extent.ts';
import type { Viewport } from './graph.ts';
import { type Run, type State, selectedOf } from './state.ts';
import type { ViewWords } from './words.ts';

/** The list, which can be scrolled. */
export function list(state: State, run: number, viewport: Viewport): TemplateResult {
  const { words, runs, matches, active } = state;
  const { timeline, offsets } = runs[run];
  const at = selectedOf(state, run);
  const { from, to } = visibleAt(viewport.top, viewport.height, offsets);
  const hits = new Set(run === active ? matches : []);
  const conflicts = new Set(timeline.conflicts.flatMap(({ first, second }) => [first, second]));
  const inSight = Array.from({ length: to - from }, (_, index) => from + index);
  // The selected row is always there, also out of sight: it is what a screen reader is at.
  const shown = at < 0 || inSight.includes(at) ? inSight : [...inSight, at];
  const rowOf = (index: number): TemplateResult =>
    row(runs[run], index, words, {
      id: `step-${run}-${index}`,
      current: index === at,
      hit: hits.has(index),
      conflict: conflicts.has(index),
    });
  return html`<div
    class="list"
    role="listbox"
    tabindex="0"
    data-run=${run}
    aria-label=${run === 0 ? words.list : words.listOfPassing}
    aria-activedescendant=${at < 0 ? '' : `step-${run}-${at}`}
  >
    <div class="extent" role="presentation" .style=${`height:${offsets[offsets.length - 1]}px`}>
      ${repeat(shown, (index) => index, rowOf)}
    </div>
  </div>`;
}

interface Marks {
  readonly id: string;
  readonly current: boolean;
  readonly hit: boolean;
  readonly conflict: boolean;
}

function row({ timeline, changes, offsets }: Run, index: number, words: ViewWords, marks: Marks): TemplateResult {
  const step = timeline.steps[index];
  const { id, current, hit, conflict } = marks;
  const look = ['row', current && 'current', index === timeline.breach && 'breach', hit && 'hit'];
  return html`<div
    class=${look.filter(Boolean).join(' ')}
    id=${id}
    role="option"
    data-step=${index}
    aria-selected=${current}
    aria-setsize=${timeline.steps.length}
    aria-posinset=${index + 1}
    .style=${`top:${offsets[index]}px;height:${offsets[index + 1] - offsets[index]}px`}
  >
    <div class="head">
      <span class="number">${index + 1}</span>
      <span class="mark">
        ${conflict ? html`<span aria-hidden="true">●</span><span class="unseen">${words.isConflict}</span>` : ''}
      </span>
      ${
        step.stuck
          ? html`<code>${words.stuck}</code>`
          : html`<span class=${`who ${contextLook(step.context)}`}>${timeline.contexts[step.context]}</span>
              <span class="cpu">${cpuName(step.processor, words)}</span>
              <span class="irql">${timeline.levels[step.irql]}</span>
              <span class="place">${step.routine}:${step.range.start.line}</span>
              <code>${step.source}</code>`
      }
      ${index === timeline.breach ? html`<span class="rule">✗ ${timeline.rule}</span>` : ''}
    </div>
    ${changes[index].map((change) => html`<div class="change">${change}</div>`)}
  </div>`;
}
