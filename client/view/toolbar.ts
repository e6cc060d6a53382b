/** What stands above the schedule: what it shows, the search, and buttons for what keys do, too. */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { html, type TemplateResult } from 'lit';
import { fill } from '../../src/report/timeline/words.ts';
import type { Action } from './keys.ts';
import type { FromView } from './messages.ts';
import { type State, selectedOf } from './state.ts';

export interface ToolbarEvents {
  readonly act: (action: Action) => void;
  readonly search: (query: string) => void;
  readonly tell: (message: FromView) => void;
}

export function toolbar(state: State, { act, search, tell }: ToolbarEvents): TemplateResult {
  const { words, shown, query, asList, runs, active } = state;
  const { timeline } = runs[active];
  const hasConflicts = timeline.conflicts.length > 0;
  const button = (label: string, name: string, action: Action, disabled = false): TemplateResult => html`<vscode-button
    secondary
    title=${name}
    aria-label=${name}
    ?disabled=${disabled}
    @click=${() => act(action)}
    >${label}</vscode-button
  >`;
  return html`<header>
    ${heading(state)}
    <div class="tools" role="toolbar" aria-label=${words.searchSteps}>
      <vscode-textfield
        id="search"
        type="search"
        label=${words.searchSteps}
        placeholder=${words.search}
        .value=${query}
        @input=${(event: Event) => search((event.target as HTMLInputElement).value)}
      ></vscode-textfield>
      <span class="matches" role="status">${matchText(state)}</span>
      ${button('◂ ●', words.conflictBefore, 'previousConflict', !hasConflicts)}
      ${button('● ▸', words.conflictAfter, 'nextConflict', !hasConflicts)}
      ${
        asList
          ? ''
          : html`${button('−', words.zoomOut, 'zoomOut')} ${button('+', words.zoomIn, 'zoomIn')}
            ${button('⟷', words.zoomWhole, 'zoomWhole')}`
      }
      ${
        runs.length > 1
          ? html`<vscode-button secondary @click=${() => act('otherRun')}>${active === 0 ? words.toPassing : words.toFailing}</vscode-button>`
          : ''
      }
      <vscode-button secondary @click=${() => act('toggleList')}>${asList ? words.asPicture : words.asList}</vscode-button>
      <vscode-button secondary @click=${() => tell({ kind: 'export' })}>${words.export}</vscode-button>
      ${
        shown.isFinding
          ? html`<vscode-button secondary @click=${() => tell({ kind: 'pin' })}>${words.pin}</vscode-button>
              <vscode-button secondary @click=${() => tell({ kind: 'text' })}>${words.asText}</vscode-button>`
          : ''
      }
    </div>
    ${state.stale ? html`<p class="stale" role="status">${words.stale}</p>` : ''}
  </header>`;
}

function heading({ words, shown: { timeline } }: State): TemplateResult {
  const { rule, message, scenario, processors, steps } = timeline;
  const summary = fill(words.summary, { scenario, cpus: processors, steps: steps.length });
  return html`<h1>${rule ?? scenario} <small>${summary}</small></h1>
    ${message === undefined ? '' : html`<p class="message" title=${message}>${message}</p>`}`;
}

/** `3 of 17`, or how many there are where the selected step is none of them. */
function matchText(state: State): string {
  const { words, query, matches, active } = state;
  if (query.trim() === '') return '';
  if (matches.length === 0) return words.noMatch;
  const at = matches.indexOf(selectedOf(state, active));
  return at < 0 ? fill(words.matches, { count: matches.length }) : fill(words.match, { at: at + 1, count: matches.length });
}
