/** The packaged extension as a person meets it, in the real workbench. Run by `npm run test:editor`, which says where everything is. */
import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, afterEach, before, test } from 'node:test';
import { startEditor } from './vscode.mjs';

const { IRPSIGHT_EDITOR: installed, IRPSIGHT_VSIX: vsix, IRPSIGHT_SCREENSHOTS: screenshots } = process.env;
const classes = 'examples/keyboard-class/keyboard-class';
const lost = { 'lost.driver.ts': `${classes}-lost-cancel.driver.ts` };
const clean = { 'clean.driver.ts': `${classes}.driver.ts` };
const uart = {
  'serial-uart.driver.ts': 'examples/serial-uart/serial-uart.driver.ts',
  'serial-uart.scenario.ts': 'examples/serial-uart/serial-uart.scenario.ts',
};
const lostMessage = 'A cancel that came before this cancel routine was set is lost';

let editor;
let window;

before(async () => {
  editor = await startEditor(installed, vsix, screenshots);
});
after(() => editor?.close());
afterEach(async () => {
  // What was there when a test failed is what one wants to see.
  await window?.close();
  window = undefined;
});

/** A test in a window of its own, which ends with a picture, also where it fails. */
function inWindow(name, files, opened, picture, body) {
  test(name, { timeout: 120_000 }, async (context) => {
    window = await editor.open(files, opened);
    const say = (what) => context.diagnostic(`${what}: ${window.age} ms after opening`);
    context.diagnostic(`first text: ${window.shown} ms after opening`);
    try {
      await body(window, say);
    } finally {
      await window.screenshot(picture);
    }
  });
}

/** The number of the only line of a file that has the text. */
function lineOf(file, text) {
  const found = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line.includes(text) ? [index + 1] : []));
  equal(found.length, 1, `lines of ${file} with '${text}'`);
  return found[0];
}

/** A squiggle begins and ends, to half a letter, where the text does. */
function under(squiggles, place) {
  return squiggles.some(
    ({ left, right, top, bottom }) =>
      Math.abs(left - place.left) < 4 && Math.abs(right - place.right) < 4 && top < place.bottom + 4 && bottom > place.top,
  );
}

function lensesOf({ page }) {
  return page.locator('.codelens-decoration a', { hasText: 'Run scenario' });
}

/** The extension's item in the status bar. */
function statusOf({ page }) {
  return page.locator('[id="irpsight.irpsight.irpsight.status"]');
}

/** Waits until the explorer is done with the file: then what the Problems panel shows stays. */
async function settled(window) {
  await window.until(
    async () => [await window.text(statusOf(window)), await window.problems()],
    ([status, problems]) => status === 'Irpsight' && problems.some((row) => row.includes('(scenario ')),
    'the background exploration',
  );
}

inWindow(
  'an untrusted folder with nothing installed: each problem once',
  lost,
  'lost.driver.ts',
  '01-problems',
  async (window, say) => {
    await window.status('Restricted Mode').waitFor();
    await window.status('Irpsight driver').waitFor();
    const line = lineOf(lost['lost.driver.ts'], 'IoSetCancelRoutine(Irp, KeyboardClassCancel);');
    await window.goToLine(line);
    const squiggles = await window.until(
      () => window.squiggles(),
      (found) => found.length > 0,
      'a squiggle',
    );
    say('first squiggle');
    const call = 'IoSetCancelRoutine(Irp, KeyboardClassCancel)';
    const [place, whole] = [await window.placeOf(call), await window.placeOf(`${call};`)];
    ok(under(squiggles, place) || under(squiggles, whole), `${JSON.stringify(squiggles)} is not under ${JSON.stringify(place)}`);

    await settled(window);
    say('explored');
    const problems = await window.problems();
    const found = problems.filter((row) => row.includes('irpsight'));
    equal(found.length, 1, problems.join('\n'));
    match(found[0], new RegExp(`^${lostMessage}.*cancel/lost\\[Ln ${line}, Col 3\\]$`));
    deepEqual(
      problems.filter((row) => /\bts(\(\d+\)|\d{4})/.test(row)),
      [],
    );
    equal(
      await window.page
        .locator('[id="status.problems"]')
        .innerText()
        .then((text) => text.replace(/\s+/g, ' ').trim()),
      '1 0',
    );
  },
);

inWindow('typing breaks a driver and undo mends it', clean, 'clean.driver.ts', '02-typing', async (window, say) => {
  const { keyboard } = window.page;
  const none = async (what) => {
    await window.until(
      async () => [
        ...(await window.squiggles('error')),
        ...(await window.squiggles('warning')),
        ...(await window.squiggles('info')),
      ],
      (found) => found.length === 0,
      what,
    );
  };
  await window.until(
    () => window.page.locator('[aria-label^="Irpsight looks"], [aria-label^="Irpsight: nothing"]').count(),
    (count) => count > 0,
    'the status item',
  );
  await window.goToLine(lineOf(clean['clean.driver.ts'], 'IoSetCancelRoutine(Irp, KeyboardClassCancel);'));
  // Long enough for a squiggle to have come, had there been something to tell.
  await window.page.waitForTimeout(6000);
  await none('no problem at the start');

  const semicolon = await window.placeOf(');', 'IoSetCancelRoutine(Irp, KeyboardClassCancel);');
  await window.page.mouse.click(semicolon.left, semicolon.y);
  await keyboard.type('X');
  const typed = performance.now();
  const wrong = await window.until(
    () => window.squiggles(),
    (found) => found.length > 0,
    'a squiggle under what was typed',
  );
  say(`squiggle ${Math.round(performance.now() - typed)} ms after the key`);
  ok(under(wrong, await window.placeOf('KeyboardClassCancelX')), `${JSON.stringify(wrong)}`);
  await window.screenshot('02-typing-wrong-name');
  await keyboard.press('Control+z');
  const undone = performance.now();
  await none('the squiggle goes');
  say(`squiggle gone ${Math.round(performance.now() - undone)} ms after undo`);

  await window.goToLine(lineOf(clean['clean.driver.ts'], 'IoMarkIrpPending(Irp);'));
  await keyboard.press('Control+/');
  const broken = performance.now();
  await window.until(
    async () => [...(await window.squiggles('error')), ...(await window.squiggles('info'))],
    (found) => found.length > 0,
    'a squiggle of the rule that is broken',
  );
  say(`finding ${Math.round(performance.now() - broken)} ms after the key`);
  await window.until(
    () => window.problems(),
    (rows) => rows.some((row) => row.includes('pending/')),
    'the rule in the Problems panel',
  );
  await window.screenshot('02-typing-finding');
  await window.page.locator('.editor-instance .view-line').nth(3).click();
  await keyboard.press('Control+z');
  await none('the finding goes');
  await window.until(
    () => window.problems(),
    (rows) => rows.every((row) => !row.includes('irpsight')),
    'the Problems panel is empty',
  );
});

/** What the hover over a word of a line says, as soon as that is what is waited for. */
async function hovered(window, word, line, isMeant) {
  const place = await window.placeOf(word, line);
  const hover = window.page.locator('.monaco-hover:not(.hidden) .monaco-hover-content');
  // Until the server has started there is nothing to be told.
  return window.until(
    async () => {
      // What a hover that is shown says, it goes on saying.
      await window.page.mouse.move(0, 0);
      await hover.waitFor({ state: 'hidden' });
      await window.page.mouse.move(place.x, place.y, { steps: 4 });
      await window.page.waitForTimeout(800);
      return window.text(hover);
    },
    isMeant,
    'a hover',
    60_000,
  );
}

inWindow('hover tells the IRQL of a routine', lost, 'lost.driver.ts', '03-hover', async (window, say) => {
  await window.goToLine(lineOf(lost['lost.driver.ts'], 'IoMarkIrpPending(Irp);'));
  await window.until(
    () => window.squiggles(),
    (found) => found.length > 0,
    'the first check',
  );
  const text = await hovered(window, 'IoMarkIrpPending', 'IoMarkIrpPending(Irp);', (shown) => shown.includes('IoMarkIrpPending'));
  say('hover');
  match(text, /IRQL/);
  match(text, /DISPATCH_LEVEL/);
});

inWindow(
  'hover on a request tells its cancel state, and shows how',
  lost,
  'lost.driver.ts',
  '03-state-shown',
  async (window, say) => {
    const line = 'IoMarkIrpPending(Irp);';
    await window.goToLine(lineOf(lost['lost.driver.ts'], line));
    await settled(window);
    const text = await hovered(window, 'Irp)', line, (shown) => shown.includes('show how'));
    say('states');
    match(text, /Cancel state of this IRP, here/);
    match(text, /not cancelable.*cancel requested, no cancel routine/s);
    match(text, /May be completed by/);
    await window.screenshot('03-state');
    await window.page.locator('.monaco-hover:not(.hidden) a', { hasText: 'show how' }).nth(1).click();
    await window.tab('cancel-requested (').waitFor();
    const frame = await window.webview('cancel requested, no cancel routine');
    await frame.locator('.detail').first().waitFor();
  },
);

inWindow('F12 opens the model that can be read', lost, 'lost.driver.ts', '04-definition', async (window) => {
  await window.goToLine(lineOf(lost['lost.driver.ts'], 'IoSetCancelRoutine(Irp, KeyboardClassCancel);'));
  await settled(window);
  const place = await window.placeOf('IoSetCancelRoutine', 'IoSetCancelRoutine(Irp, KeyboardClassCancel);');
  await window.page.mouse.click(place.x, place.y);
  await window.page.keyboard.press('F12');
  await window.tab('cancel.ts').waitFor();
  await window.until(
    () => window.lines(),
    (lines) => lines.some((line) => /^export function IoSetCancelRoutine\b/.test(line)),
    'the routine',
  );
  await window.page.waitForTimeout(5000);
  deepEqual(
    (await window.problems()).filter((row) => row.startsWith('cancel.ts')),
    [],
    'problems in the model',
  );
  equal((await window.squiggles()).length, 0);
});

inWindow('completion offers a routine that is imported', lost, 'lost.driver.ts', '05-completion', async (window, say) => {
  await window.goToLine(lineOf(lost['lost.driver.ts'], 'IoMarkIrpPending(Irp);'));
  await settled(window);
  const { keyboard } = window.page;
  const place = await window.placeOf(';', 'IoMarkIrpPending(Irp);');
  await window.page.mouse.click(place.right, place.y);
  await keyboard.press('End');
  await keyboard.press('Enter');
  await keyboard.type('IoCompl', { delay: 30 });
  const typed = performance.now();
  const first = window.page.locator('.suggest-widget.visible .monaco-list-row').first();
  await first.waitFor();
  const rows = await window.until(
    () => window.page.locator('.suggest-widget.visible .monaco-list-row').allTextContents(),
    (shown) => shown.some((row) => row.includes('IoCompleteRequest')),
    'the offer',
  );
  say(`offered ${Math.round(performance.now() - typed)} ms after the last key`);
  match(rows[0], /^IoCompleteRequest/);
  equal(rows.filter((row) => /^IoCompleteRequest/.test(row)).length, 1, rows.join('\n'));
});

inWindow(
  'completion of what is not imported brings the import',
  lost,
  'lost.driver.ts',
  '05-completion-import',
  async (window) => {
    await window.goToLine(lineOf(lost['lost.driver.ts'], 'IoMarkIrpPending(Irp);'));
    await settled(window);
    const { keyboard } = window.page;
    const place = await window.placeOf(';', 'IoMarkIrpPending(Irp);');
    await window.page.mouse.click(place.right, place.y);
    await keyboard.press('End');
    await keyboard.press('Enter');
    await keyboard.type('KeGetCurrentI', { delay: 30 });
    await window.until(
      () => window.page.locator('.suggest-widget.visible .monaco-list-row').allTextContents(),
      (shown) => shown.some((row) => /^KeGetCurrentIrql/.test(row)),
      'the offer',
    );
    await window.screenshot('05-completion-import-offered');
    await keyboard.press('Enter');
    await window.until(
      () => window.lines(),
      (lines) => lines.some((line) => /^\s+KeGetCurrentIrql/.test(line)),
      'the name',
    );
    await window.goToLine(20);
    await window.until(
      () => window.lines(),
      (lines) => lines.some((line) => line.includes('KeGetCurrentIrql') && line.includes('KeAcquireSpinLock')),
      'the import',
    );
  },
);

inWindow(
  'Explore File ends with a message, and the report is in the output',
  lost,
  'lost.driver.ts',
  '06-explore',
  async (window, say) => {
    await settled(window);
    const started = performance.now();
    await window.command('Irpsight: Explore File');
    const message = window.messages.filter({ hasText: 'Show Report' });
    const progress = new Set();
    await window.until(
      async () => {
        progress.add(await window.text(window.messages));
        return message.count();
      },
      (count) => count > 0,
      'the message',
    );
    say(`message ${Math.round(performance.now() - started)} ms after the command`);
    match(await window.text(message), /1 error, replayable/);
    await window.screenshot('06-explore-message');
    equal(await window.messages.count(), 1, 'messages beside it');
    const odd = [...progress].filter((text) => /: ,|undefined|, 0 states/.test(text));
    await message.hover();
    await message.getByText('Show Report').click();
    const output = window.page.locator('.output-view .view-lines, .panel .view-lines');
    const text = await window.until(
      () => window.text(output),
      (shown) => shown.includes('1 finding'),
      'the end of the report',
    );
    match(text, /1 finding \(1 witnessed\), \d+ scenarios: \d+ verified for this scenario; 1 error, replayable/);
    deepEqual(odd, [], 'progress that nobody can read');
  },
);

inWindow('Explain Rule shows a page', lost, 'lost.driver.ts', '07-explain', async (window, say) => {
  await window.command('Irpsight: Explain Rule');
  await window.choice('cancel/lost').waitFor();
  await window.screenshot('07-explain-choice');
  await window.page.keyboard.type('cancel/lost');
  await window.choice('cancel/lost').first().waitFor();
  await window.page.keyboard.press('Enter');
  const frame = await window.webview('cancel/lost');
  say('page');
  match(await frame.evaluate(() => document.body.textContent), /only then test Irp->Cancel/);
  await window.tab('cancel-lost').waitFor();
});

inWindow('the status item tells what goes on', lost, 'lost.driver.ts', '08-status', async (window) => {
  const item = statusOf(window);
  await item.waitFor();
  const seen = new Set();
  await window.until(
    async () => {
      seen.add(await window.text(item));
      return [...seen, await item.locator('[aria-label]').first().getAttribute('aria-label')];
    },
    (texts) => texts.some((text) => /\d states/.test(text)) && /^Irpsight: nothing is being checked/.test(texts.at(-1) ?? ''),
    'progress with states, and then the end',
    60_000,
  );
  await item.hover();
  await window.page.locator('.monaco-hover', { hasText: 'Click for the output' }).waitFor();
});

inWindow(
  'lenses are over the scenarios of a file that is opened',
  uart,
  'serial-uart.scenario.ts',
  '09-lens',
  async (window, say) => {
    await lensesOf(window).first().waitFor();
    say('first lens');
  },
);

inWindow('the lens over a scenario runs it', uart, 'serial-uart.scenario.ts', '09-lens-run', async (window, say) => {
  const [, name] = readFileSync(uart['serial-uart.scenario.ts'], 'utf8').match(/^export const (\w+): SCENARIO/m) ?? [];
  notEqual(name, undefined);
  // Also after a change, which counts whether or not they were there before it.
  await window.until(
    () => window.text(statusOf(window)),
    (text) => /states/.test(text),
    'the server has started',
  );
  await window.goToLine(1);
  await window.page.keyboard.press('Enter');
  await lensesOf(window).first().waitFor();
  await lensesOf(window).first().click();
  say('clicked');
  // What is said beside it must be about it, though something else be explored in the background.
  const wrong = new Set();
  const verdict = window.messages.filter({ hasText: 'Show Report' });
  const limit = performance.now() + 60_000;
  while ((await verdict.count()) === 0 && performance.now() < limit) {
    const text = await window.text(window.messages);
    if (/Exploring/.test(text) && /states/.test(text) && !new RegExp(`${name}, [\\d,]+ states`).test(text)) wrong.add(text);
    await window.page.waitForTimeout(50);
  }
  say('verdict');
  match(await window.text(verdict), new RegExp(`${name}: (verified for this scenario|no error up to bound)`));
  deepEqual([...wrong], [], 'progress that is not of this scenario');
});

inWindow(
  'Show Trace draws the schedule of a finding, and the editor follows',
  lost,
  'lost.driver.ts',
  '10-trace',
  async (window, say) => {
    await window.goToLine(lineOf(lost['lost.driver.ts'], 'IoSetCancelRoutine(Irp, KeyboardClassCancel);'));
    await settled(window);
    const place = await window.placeOf('IoSetCancelRoutine', 'IoSetCancelRoutine(Irp, KeyboardClassCancel);');
    await window.page.mouse.click(place.x, place.y);
    // The editor takes no key for the menu while it asks what is in it.
    await window.page
      .locator('.editor-instance [class*="codicon-light-bulb"], .editor-instance [class*="lightbulb"]')
      .first()
      .waitFor();
    await window.page.keyboard.press('Control+.');
    const menu = window.page.locator('.action-widget');
    await menu.getByText('Show the schedule that does this').waitFor();
    await window.screenshot('10-trace-actions');
    await window.page.keyboard.press('Escape');
    await window.command('Irpsight: Show Trace');
    const asked = performance.now();
    const frame = await window.webview('IoSetCancelRoutine(Irp, KeyboardClassCancel)');
    say(`drawn ${Math.round(performance.now() - asked)} ms after the command`);
    const slider = frame.locator('.graph').first();
    const lineShown = async () => (await frame.locator('.detail .place').first().textContent())?.split(':').at(-1);
    // The line that is marked in the editor beside, by its number.
    const lineMarked = () =>
      window.page.evaluate(() => {
        const top = (element) => Math.round(element.getBoundingClientRect().top);
        const mark = [...document.querySelectorAll('.editor-instance .view-overlays .cdr[class*="ced-"]')].filter(
          (one) => one.getBoundingClientRect().width > 200,
        );
        const number = [...document.querySelectorAll('.editor-instance .line-numbers')].find((one) =>
          mark.some((m) => top(m) === top(one)),
        );
        return number?.textContent;
      });
    const follows = async () => {
      await window.until(
        async () => [await lineMarked(), await lineShown()],
        ([marked, shown]) => marked === shown,
        'the line marked',
      );
    };
    const line = lineOf(lost['lost.driver.ts'], 'IoSetCancelRoutine(Irp, KeyboardClassCancel);');
    equal(await lineShown(), String(line));
    await follows();
    await window.screenshot('10-trace-view');

    await window.page.keyboard.press('ArrowRight');
    await window.until(lineShown, (shown) => shown === String(line + 1), 'the next step');
    await follows();
    equal(await slider.evaluate((element) => document.activeElement === element), true, 'the view has the focus');
    await window.page.keyboard.press('p');
    await window.page.keyboard.press('p');
    match(await slider.getAttribute('aria-valuetext'), /IoCancelIrp sets Cancel and finds no cancel routine/);
    await window.page.keyboard.press('l');
    await frame.locator('.row.current', { hasText: 'IoCancelIrp sets Cancel' }).waitFor();
    deepEqual(await window.accessibility(frame), []);
    await window.screenshot('10-trace-list');

    await frame.getByText('Open as Text').click();
    await window.tab('.trace.txt').waitFor();
    const text = await window.until(
      () => window.text(window.page.locator('[data-uri$=".trace.txt"] .view-line')),
      (shown) => shown.includes('cancel/lost'),
      'the schedule as text',
    );
    match(text, /^error\[cancel\/lost\]: A cancel that came/);
  },
);

inWindow(
  'Debug Trace stops at the breach, steps back, and shows the cancel state of the IRP',
  lost,
  'lost.driver.ts',
  '16-debug',
  async (window, say) => {
    await window.goToLine(lineOf(lost['lost.driver.ts'], 'IoSetCancelRoutine(Irp, KeyboardClassCancel);'));
    await window.until(
      () => window.problems(),
      (rows) => rows.some((row) => row.includes('(scenario ')),
      'the finding with its schedule',
    );
    await window.command('Irpsight: Debug Trace');
    const asked = performance.now();
    // The editor itself lets nothing be debugged in a folder that is not trusted.
    await window.page.getByText('Trust Folder & Continue').click();
    const toolbar = window.page.locator('.debug-toolbar');
    await toolbar.waitFor();
    const breach = window.page.locator('.exception-widget');
    await breach.waitFor();
    say(`at the breach ${Math.round(performance.now() - asked)} ms after the command`);
    match(await window.text(breach), /cancel\/lost/);
    await window.screenshot('16-debug-breach');
    await window.command('View: Show Run and Debug');

    const lineStopped = () =>
      window.page.evaluate(() => {
        const top = (element) => Math.round(element.getBoundingClientRect().top);
        const mark = [
          ...document.querySelectorAll(
            '.editor-instance .debug-top-stack-frame-line, .editor-instance .debug-focused-stack-frame-line',
          ),
        ];
        const number = [...document.querySelectorAll('.editor-instance .line-numbers')].find((one) =>
          mark.some((m) => top(m) === top(one)),
        );
        return number?.textContent;
      });
    const before = await lineStopped();
    await toolbar.locator('.codicon-debug-step-back').click();
    await window.until(lineStopped, (line) => line !== undefined && line !== before, 'the statement before');
    const variables = window.page.locator('.debug-variables .monaco-list-row');
    const irp = variables.filter({ hasText: /Irp =\s*IRP \d/ }).first();
    await irp.waitFor();
    await irp.click();
    await window.page.keyboard.press('ArrowRight');
    await variables.filter({ hasText: 'cancel state' }).waitFor();
    const threads = await window.text(window.page.locator('.debug-call-stack .monaco-list-row'));
    match(threads, /CPU 0/);

    await toolbar.locator('[aria-label^="Choose What Runs Next"]').click();
    await window.page.locator('.quick-input-widget .monaco-list-row').first().waitFor();
    await window.screenshot('16-debug-choices');
    await window.page.keyboard.press('Escape');
  },
);

inWindow(
  'the Test Explorer runs scenarios, and shows which pass and which fail',
  lost,
  'lost.driver.ts',
  '14-tests',
  async (window, say) => {
    await window.page.locator('.activitybar [aria-label^="Testing"]').first().click();
    const tree = window.page.locator('.test-explorer');
    const driver = tree.locator('.monaco-list-row', { hasText: 'lost.driver.ts' }).first();
    await driver.waitFor();
    await driver.click();
    await window.page.keyboard.press('ArrowRight');
    await tree.locator('.monaco-list-row', { hasText: 'ReadCancelled' }).first().waitFor();
    say('scenarios listed');
    await window.command('Test: Run All Tests');
    // The editor itself runs no tests in a folder that is not trusted.
    await window.page.getByText('Trust Folder & Continue').click();
    await window.until(
      async () => [
        await tree.locator('.monaco-list-row', { hasText: 'ReadCancelled' }).locator('.codicon-testing-failed-icon').count(),
        await tree.locator('.codicon-testing-passed-icon').count(),
      ],
      ([failed, passed]) => failed > 0 && passed > 0,
      'a scenario that fails and one that passes',
      90_000,
    );
    say('scenarios run');
  },
);
