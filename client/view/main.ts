/** The trace view in its web page: holds what is shown, draws it anew when something changes, and talks with the extension. */
import { html, render } from 'lit';
import { fill } from '../../src/report/timeline/words.ts';
import { detail } from './detail.ts';
import { scrollTo } from './extent.ts';
import { graph, labelWidth, type Viewport } from './graph.ts';
import { type Action, actionOf } from './keys.ts';
import { list } from './list.ts';
import type { FromView, ToView } from './messages.ts';
import { acted, initial, resumed, type State, searched, selectedOf } from './state.ts';
import { toolbar } from './toolbar.ts';

/** What outlives the page, which is gone while its tab is hidden. */
type Kept = Pick<State, 'active' | 'selected' | 'zoom' | 'asList'>;

/** Given by the editor to each of its web pages. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromView): void;
  getState(): Kept | undefined;
  setState(kept: Kept): void;
};

const editor = acquireVsCodeApi();
const page = document.body;
const nothingYet: Viewport = { left: 0, top: 0, width: 800, height: 400 };
const viewports: Viewport[] = [];
let state: State | undefined;
let isDrawing = false;

window.addEventListener('message', ({ data }: MessageEvent<ToView>) => {
  if (data.kind === 'stale') change((now) => ({ ...now, stale: true }));
  else {
    document.documentElement.lang = data.language;
    const kept = state === undefined ? editor.getState() : undefined;
    state = resumed(initial(data.shown, data.words), kept);
    draw();
    show();
    focusSchedule();
  }
});
window.addEventListener('resize', () => measure());
page.addEventListener('keydown', (event) => {
  const inField = event.composedPath()[0] instanceof HTMLInputElement;
  const action = actionOf(event, inField);
  if (action === undefined || state === undefined) return;
  event.preventDefault();
  act(action);
});
// Scrolling does not bubble.
page.addEventListener('scroll', ({ target }) => target instanceof HTMLElement && scrolled(target), { capture: true });
page.addEventListener('focusin', ({ target }) => {
  const run = runOf(target);
  if (run !== undefined && state !== undefined && run !== state.active) change((now) => searched({ ...now, active: run }, ''));
});
page.addEventListener('click', (event) => {
  const run = runOf(event.target);
  const step = run === undefined ? undefined : stepAt(event, run);
  if (run !== undefined && step !== undefined) select(run, step);
});
editor.postMessage({ kind: 'ready' });

function act(action: Action): void {
  if (action === 'search') document.getElementById('search')?.focus();
  if (action === 'leaveSearch') focusSchedule();
  const room = (viewports[0] ?? nothingYet).width - labelWidth - 12;
  const before = state;
  change((now) => acted(now, action, room));
  if (action === 'toggleList' || action === 'otherRun') focusSchedule();
  if (before?.zoom !== state?.zoom || before?.asList !== state?.asList) show();
}

function select(run: number, step: number): void {
  change((now) => ({ ...now, active: run, selected: Math.max(0, Math.min(now.runs[run].timeline.steps.length - 1, step)) }));
}

/** Draws anew; where another step is selected, brings it into sight here and in the editor. */
function change(next: (now: State) => State): void {
  if (state === undefined) return;
  const before = state;
  state = next(before);
  const { active, selected, zoom, asList } = state;
  editor.setState({ active, selected, zoom, asList });
  draw();
  if (before.selected !== selected || before.active !== active) show();
}

/** Shows the selected step, here and in the editor. */
function show(): void {
  if (state === undefined) return;
  const { active, zoom, asList, runs } = state;
  for (const [run, element] of schedules().entries()) {
    const at = selectedOf(state, run);
    const { offsets } = runs[run];
    if (asList)
      element.scrollTop = scrollTo(element.scrollTop, element.clientHeight, offsets[at], offsets[at + 1], element.scrollHeight);
    else if (run === active) {
      const room = element.clientWidth - labelWidth;
      // With its neighbours.
      element.scrollLeft = scrollTo(element.scrollLeft, room, (at - 1) * zoom, (at + 2) * zoom, element.scrollWidth - labelWidth);
    }
  }
  measure();
  const step = selectedOf(state, active);
  if (step >= 0) editor.postMessage({ kind: 'select', run: active, step });
}

/** Two pictures stay one above the other, step above step. */
function scrolled(element: HTMLElement): void {
  for (const other of schedules()) if (element.matches('.graph')) other.scrollLeft = element.scrollLeft;
  measure();
}

/** Looks where everything is scrolled to, and draws what can be seen there. */
function measure(): void {
  for (const [run, { scrollLeft, scrollTop, clientWidth, clientHeight }] of schedules().entries())
    viewports[run] = { left: scrollLeft, top: scrollTop, width: clientWidth, height: clientHeight };
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    draw();
  });
}

function draw(): void {
  if (state === undefined) return;
  const now = state;
  const { words, shown, runs, asList } = now;
  const title = (run: number): string =>
    run === 0 ? words.failing : fill(words.passing, { step: (shown.passing?.differs ?? 0) + 1 });
  const schedule = asList ? list : graph;
  render(
    html`${toolbar(now, { act, search: (query) => change((before) => searched(before, query)), tell: (message) => editor.postMessage(message) })}
      <main class=${asList ? 'as-list' : 'as-picture'}>
        ${runs.map(
          (_, run) => html`<div class=${run === now.active ? 'run' : 'run inactive'}>
            ${runs.length > 1 ? html`<h2 class="run-title">${title(run)}</h2>` : ''} ${schedule(now, run, viewports[run] ?? nothingYet)}
          </div>`,
        )}
      </main>
      <div class="details" tabindex="0" role="region" aria-label=${words.changes}>
        ${runs.map((_, run) => detail(now, run, (step) => select(run, step)))}
      </div>`,
    page,
  );
}

function focusSchedule(): void {
  schedules()[state?.active ?? 0]?.focus({ preventScroll: true });
}

/** The elements that schedules are drawn in, in order. */
function schedules(): HTMLElement[] {
  return [...page.querySelectorAll<HTMLElement>('.graph, .list')];
}

function runOf(target: EventTarget | null): number | undefined {
  const found = target instanceof Element ? target.closest<HTMLElement>('[data-run]')?.dataset.run : undefined;
  return found === undefined ? undefined : Number(found);
}

/** The step that a click is on. */
function stepAt({ target, clientX }: MouseEvent, run: number): number | undefined {
  if (state === undefined || !(target instanceof Element)) return undefined;
  if (state.asList) {
    const row = target.closest<HTMLElement>('[data-step]')?.dataset.step;
    return row === undefined ? undefined : Number(row);
  }
  const element = schedules()[run];
  const x = clientX - element.getBoundingClientRect().left;
  return x < labelWidth ? undefined : Math.floor((x - labelWidth + element.scrollLeft) / state.zoom);
}
