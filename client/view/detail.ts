/** The selected step at length: where, what it changed, and all that is so behind it. */
import { html, type TemplateResult } from 'lit';
import { cpuName, stateAt } from '../../src/report/timeline/changes.ts';
import { contextLook } from '../../src/report/timeline/layout.ts';
import { placeOf, type Timeline } from '../../src/report/timeline/model.ts';
import { fill } from '../../src/report/timeline/words.ts';
import { type State, selectedOf } from './state.ts';
import type { ViewWords } from './words.ts';

/** @param go called with a step that is to be selected. */
export function detail(state: State, run: number, go: (step: number) => void): TemplateResult {
  const { words, runs } = state;
  const { timeline, changes } = runs[run];
  const at = selectedOf(state, run);
  const step = timeline.steps[at];
  if (step === undefined) return html`<section class="detail">${fill(words.ended, { step: 0 })}</section>`;
  return html`<section class=${run === state.active ? 'detail' : 'detail inactive'}>
    <h2>${fill(words.step, { step: at + 1, steps: timeline.steps.length })}</h2>
    ${at < state.selected ? html`<p class="note">${fill(words.ended, { step: at + 1 })}</p>` : ''}
    ${
      step.stuck
        ? html`<p class="where">${words.stuck}</p>`
        : html`<p class="where">
              <span class=${`who ${contextLook(step.context)}`}>${timeline.contexts[step.context]}</span>
              ${cpuName(step.processor, words)}, ${timeline.levels[step.irql]}, ${fill(words.spinLocks, { count: step.locks })}
            </p>
            <p class="place">${placeOf(timeline, step)}</p>
            <pre tabindex="0"><code>${step.source}</code></pre>`
    }
    ${
      at === timeline.breach && timeline.rule !== undefined
        ? html`<p class="finding">${fill(words.breachHere, { rule: timeline.rule })}</p>`
        : ''
    }
    <h3>${words.changes}</h3>
    ${
      changes[at].length === 0
        ? html`<p class="note">${words.noChange}</p>`
        : html`<ul>${changes[at].map((change) => html`<li>${change}</li>`)}</ul>`
    }
    ${conflicts(timeline, at, words, go)} ${tables(timeline, at, words)}
  </section>`;
}

function conflicts(timeline: Timeline, at: number, words: ViewWords, go: (step: number) => void): unknown {
  return timeline.conflicts
    .filter(({ first, second }) => first === at || second === at)
    .map(({ first, second, what }) => {
      const other = first === at ? second : first;
      const context = timeline.contexts[timeline.steps[other].context];
      return html`<p class="conflict">
        <button class="link" @click=${() => go(other)}>${fill(words.conflict, { what, step: other + 1, context })}</button>
      </p>`;
    });
}

function tables(timeline: Timeline, at: number, words: ViewWords): unknown {
  if (timeline.incomplete !== undefined)
    return html`<p class="note">${fill(words.incomplete, { reason: timeline.incomplete })}</p>`;
  const { irps, locks, contexts, registers } = stateAt(timeline, at, words);
  return html`<div class="tables">
    ${table(
      [words.irp, words.owner, words.state],
      irps.map(({ name, owner, state, changed }) => ({ cells: [name, owner, state], changed })),
    )}
    ${table(
      [words.contextName, words.where, words.waitsFor],
      contexts.map(({ name, cpu, irql, waiting = '', changed }) => ({ cells: [name, `${cpu}, ${irql}`, waiting], changed })),
    )}
    ${table(
      [words.locksHeld, words.holder],
      locks.map(({ name, context, changed }) => ({ cells: [name, context], changed })),
    )}
    ${table(
      [words.registerName, words.value],
      registers.map(({ name, value, changed }) => ({ cells: [name, value], changed })),
    )}
  </div>`;
}

function table(titles: readonly string[], rows: readonly { cells: readonly string[]; changed: boolean }[]): unknown {
  if (rows.length === 0) return '';
  return html`<table>
    <thead>
      <tr>
        ${titles.map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ cells, changed }) => html`<tr class=${changed ? 'changed' : ''}>
          ${cells.map((cell, index) => (index === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}
        </tr>`,
      )}
    </tbody>
  </table>`;
}
