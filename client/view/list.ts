/** A schedule as a list with the content of the picture, for screen readers and those who would rather read. Only rows that can be seen are there. */
import { html, type TemplateResult } from 'lit';
import { cpuName } from '../../src/report/timeline/changes.ts';
import { contextLook } from '../../src/report/timeline/layout.ts';
import { fill } from '../../src/report/timeline/words.ts';
import { visibleAt } from './extent.ts';
import type { Viewport } from './graph.ts';
import { type State, selectedOf } from './state.ts';

/** The list, which can be scrolled. */
export function list(state: State, run: number, viewport: Viewport): TemplateResult {
  const { words, runs, matches, active } = state;
  const { timeline, changes, offsets } = runs[run];
  const at = selectedOf(state, run);
  const { from, to } = visibleAt(viewport.top, viewport.height, offsets);
  const hits = new Set(run === active ? matches : []);
  const conflicts = new Set(timeline.conflicts.flatMap(({ first, second }) => [first, second]));
  const inSight = Array.from({ length: to - from }, (_, index) => from + index);
  // The selected row is always there, also out of sight: it is what a screen reader is at.
  const shown = at < 0 || inSight.includes(at) ? inSight : [...inSight, at];
  return html`<div
    class="list"
    role="listbox"
    tabindex="0"
    data-run=${run}
    aria-label=${run === 0 ? words.list : words.listOfPassing}
    aria-activedescendant=${at < 0 ? '' : `step-${run}-${at}`}
  >
    <div class="extent" role="presentation" .style=${`height:${offsets[offsets.length - 1]}px`}>
      ${shown.map((index) => {
        const step = timeline.steps[index];
        const look = ['row', index === at && 'current', index === timeline.breach && 'breach', hits.has(index) && 'hit'];
        return html`<div
          class=${look.filter(Boolean).join(' ')}
          id=${`step-${run}-${index}`}
          role="option"
          data-step=${index}
          aria-selected=${index === at}
          aria-setsize=${timeline.steps.length}
          aria-posinset=${index + 1}
          .style=${`top:${offsets[index]}px;height:${offsets[index + 1] - offsets[index]}px`}
        >
          <div class="head">
            <span class="number">${index + 1}</span>
            <span class="mark" title=${conflicts.has(index) ? words.isConflict : ''}>${
              conflicts.has(index) ? html`<span aria-hidden="true">●</span><span class="unseen">${words.isConflict}</span>` : ''
            }</span>
            <span class=${step.stuck ? 'who' : `who ${contextLook(step.context)}`}>${step.stuck ? '' : timeline.contexts[step.context]}</span>
            <span class="cpu">${step.stuck ? '' : cpuName(step.processor, words)}</span>
            <span class="irql">${step.stuck ? '' : timeline.levels[step.irql]}</span>
            <span class="place">${step.stuck ? '' : `${step.routine}:${step.range.start.line}`}</span>
            <code>${step.stuck ? words.stuck : step.source}</code>
            ${index === timeline.breach ? html`<span class="rule">✗ ${timeline.rule}</span>` : ''}
          </div>
          ${changes[index].map((change) => html`<div class="change">${change}</div>`)}
        </div>`;
      })}
    </div>
    ${timeline.steps.length === 0 ? fill(words.ended, { step: 0 }) : ''}
  </div>`;
}
