/** The trace view, as it is built, in a browser: keys, what is drawn, themes, and what axe-core finds. Run by `npm run test:editor`. */
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { createTraceViews } from '../../client/trace-panel.ts';
import { viewText } from '../../client/view/words.ts';
import { exampleSchedules, litmusSchedules } from '../kit/timeline.ts';
import { startViews, themes } from './view-page.mjs';
import { violationsIn } from './vscode.mjs';

const { IRPSIGHT_EDITOR: installed, IRPSIGHT_VIEW: built, IRPSIGHT_SCREENSHOTS: screenshots } = process.env;
const html = pageOfPanel();
const { timeline: lost, passing } = litmusSchedules('cancel-lock-cancel-before-queueing');
const uart = 'examples/serial-uart/serial-uart-dpc-lock-in-isr';

let views;
let view;

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  views = await startViews(installed, built, screenshots);
});
after(() => views?.close());
afterEach(async () => {
  await view?.close();
  view = undefined;
});

/** Opens a view of schedules; ends with the page free of errors. */
function inView(name, shown, how, body) {
  test(`trace view: ${name}`, { timeout: 60_000 }, async (context) => {
    const message = { kind: 'show', shown: { isFinding: true, ...shown() }, words: viewText, language: 'en' };
    view = await views.open(html, message, how.theme ?? 'dark', how);
    await body(view, context);
    deepEqual(view.errors, []);
    deepEqual(await violationsIn(installed, view.page), []);
  });
}

const at = async ({ page }, run = 0) => Number(await page.locator(`.graph[data-run="${run}"]`).getAttribute('aria-valuenow')) - 1;
const selects = async ({ told }) => (await told()).filter(({ kind }) => kind === 'select').map(({ step }) => step);

for (const theme of Object.keys(themes)) {
  inView(
    `picture and list in the theme ${theme}`,
    () => ({ timeline: lost }),
    { theme },
    async (view) => {
      const { page } = view;
      await view.screenshot(`11-view-${theme}`);
      deepEqual(await violationsIn(installed, page), []);
      await page.keyboard.press('l');
      await page.locator('.list .row.current').waitFor();
      await view.screenshot(`11-view-${theme}-list`);
    },
  );
}

inView(
  'in forced colours',
  () => ({ timeline: lost }),
  { theme: 'contrast', forced: true },
  async (view) => {
    await view.screenshot('11-view-forced');
  },
);

inView(
  'keys move, and the editor is told of each step',
  () => ({ timeline: lost }),
  {},
  async (view) => {
    const { keyboard } = view.page;
    equal(await at(view), lost.breach);
    equal(await view.page.evaluate(() => document.activeElement.className), 'graph');
    await keyboard.press('Home');
    equal(await at(view), 0);
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowLeft');
    equal(await at(view), 1);
    await keyboard.press('End');
    equal(await at(view), lost.steps.length - 1);
    deepEqual(await selects(view), [lost.breach, 0, 1, 2, 1, lost.steps.length - 1]);
    await keyboard.press('Home');
    await keyboard.press('n');
    const [first] = lost.conflicts.flatMap(({ first, second }) => [first, second]).sort((a, b) => a - b);
    equal(await at(view), first);
    await keyboard.press('b');
    equal(await at(view), lost.breach);
  },
);

inView(
  'search finds steps, goes from one to the next, and gives the focus back',
  () => ({ timeline: lost }),
  {},
  async (view) => {
    const { page } = view;
    await page.keyboard.press('Home');
    await page.keyboard.press('/');
    await page.keyboard.type('spin lock');
    await page.locator('.matches', { hasText: /^1 of \d+$/ }).waitFor();
    const found = await at(view);
    match(lost.steps[found].source + lost.steps[found].events, /spin lock/);
    await page.keyboard.press('Enter');
    await page.locator('.matches', { hasText: /^2 of \d+$/ }).waitFor();
    notEqual(await at(view), found);
    ok((await page.locator('circle.hit').count()) > 0);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Home');
    equal(await at(view), 0);
  },
);

inView(
  'a click selects a step, in the picture and in the list',
  () => ({ timeline: lost }),
  {},
  async (view) => {
    const { page } = view;
    const selected = await page.locator('rect.selected').boundingBox();
    await page.mouse.click(selected.x - 3 * selected.width + 5, selected.y + 60);
    equal(await at(view), lost.breach - 3);
    await page.keyboard.press('l');
    await page.locator(`[data-step="${lost.breach}"]`).click();
    await page.keyboard.press('l');
    equal(await at(view), lost.breach);
  },
);

inView(
  'the buttons do what they say',
  () => ({ timeline: lost }),
  {},
  async (view) => {
    const { page } = view;
    const width = async () => (await page.locator('rect.selected').boundingBox()).width;
    const before = await width();
    await page.getByTitle('Zoom in').click();
    ok((await width()) > before);
    await page.getByText('Export...').click();
    await page.getByText('Pin as Test').click();
    await page.getByText('Open as Text').click();
    deepEqual(
      (await view.told()).slice(-3).map(({ kind }) => kind),
      ['export', 'pin', 'text'],
    );
  },
);

inView(
  'edited sources are told of',
  () => ({ timeline: lost }),
  {},
  async (view) => {
    await view.page.evaluate(() => globalThis.postMessage({ kind: 'stale' }));
    await view.page.locator('.stale', { hasText: 'have been edited' }).waitFor();
  },
);

inView(
  'hardware: an interrupt above its CPU, registers, and a deadlock',
  () => exampleSchedules(uart, 'lock/deadlock', [`${uart}.scenario.ts`], {}),
  { width: 1100 },
  async (view) => {
    const labels = await view.page.locator('.canvas .label').allTextContents();
    ok(labels.some((label) => /^DIRQL \d+$/.test(label)));
    ok((await view.page.locator('.canvas .group').allTextContents()).some((label) => label.startsWith('serial.')));
    await view.screenshot('12-view-hardware');
  },
);

inView(
  'the failing schedule beside the nearest passing one',
  () => ({ timeline: lost, passing }),
  {},
  async (view) => {
    const { page } = view;
    equal(await page.locator('.graph').count(), 2);
    await page.keyboard.press('s');
    await page.keyboard.press('End');
    const last = passing.timeline.steps.length - 1;
    equal(await at(view, 1), last);
    deepEqual((await view.told()).at(-1), { kind: 'select', run: 1, step: last });
    await page.keyboard.press('s');
    await page.keyboard.press('b');
    await view.page.waitForTimeout(100);
    const scrolled = await page.locator('.graph').evaluateAll((graphs) => graphs.map(({ scrollLeft }) => scrollLeft));
    equal(scrolled[0], scrolled[1], 'step stands above step');
    await view.screenshot('13-view-passing');
  },
);

inView(
  '20,000 steps scroll, and only what is in sight is there',
  () => ({ timeline: long(20_000) }),
  {},
  async (view, context) => {
    const { page } = view;
    const frames = await page.evaluate(async () => {
      const graph = document.querySelector('.graph');
      const times = [];
      for (let frame = 0; frame < 60; frame++) {
        graph.scrollLeft = (graph.scrollWidth * frame) / 60;
        const before = performance.now();
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        times.push(performance.now() - before);
      }
      return times.sort((a, b) => a - b);
    });
    context.diagnostic(`two frames of scrolling: ${Math.round(frames[30])} ms, at worst ${Math.round(frames[59])} ms`);
    ok(frames[30] < 100, `two frames of scrolling take ${frames[30]} ms`);
    ok((await page.locator('.canvas *').count()) < 3000);
    await page.keyboard.press('l');
    await page.keyboard.press('End');
    await page.locator('.row.current', { hasText: '20000' }).waitFor();
    ok((await page.locator('.row').count()) < 100);
    await page.keyboard.press('Home');
    await page.locator('.row.current .number', { hasText: /^1$/ }).waitFor();
  },
);

/** A schedule of very many steps: two contexts in turns, an IRP and a lock between them. */
function long(count) {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const spans = (length, rest) =>
    numbers.slice(0, count / length).map((index) => ({ from: index * length, to: (index + 1) * length, ...rest(index) }));
  const position = { line: 1, column: 1 };
  return {
    ...lost,
    breach: count / 2,
    contexts: ['A', 'B'],
    steps: numbers.map((index) => ({
      context: (index >> 3) & 1,
      processor: (index >> 3) & 1,
      irql: 2,
      locks: 0,
      routine: 'Routine',
      file: 0,
      range: { start: position, end: position },
      source: `Statement(${index});`,
      events: index % 3 === 0 ? ['something happened'] : [],
    })),
    irps: [{ name: 'IRP 1 (READ)', spans: spans(10, (index) => ({ state: index % 2 === 0 ? 'cancelable' : 'not-cancelable' })) }],
    locks: [{ name: 'Lock', spans: spans(20, (index) => ({ context: index % 2 })) }],
    registers: [],
    stays: [],
    conflicts: numbers.slice(0, count / 8 - 1).map((index) => ({ first: 8 * index + 7, second: 8 * index + 8, what: 'Lock' })),
  };
}

/** The page as the extension gives it to the editor, whose resources are this server's. */
function pageOfPanel() {
  const webview = {
    cspSource: "'self'",
    asWebviewUri: (uri) => uri,
    onDidReceiveMessage: () => ({ dispose() {} }),
    postMessage: async () => true,
    html: '',
  };
  const editor = {
    l10n: { t: (text) => text },
    env: { language: 'en' },
    ThemeColor: class {},
    Uri: { joinPath: (folder, ...parts) => `${folder}/${parts.at(-1)}`.replace(/^.*\//, '/') },
    ViewColumn: { One: 1, Beside: -2 },
    window: {
      createTextEditorDecorationType: () => ({ dispose() {} }),
      createWebviewPanel: () => ({ webview, onDidDispose() {}, reveal() {} }),
    },
    workspace: { onDidChangeTextDocument: () => ({ dispose() {} }) },
  };
  createTraceViews(editor, '').show({ key: '', title: '', schedules: { timeline: { steps: [], files: [] } } });
  return webview.html;
}
