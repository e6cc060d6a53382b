/** A page that stands for the editor around the trace view: the view's own page as the extension makes it, in the colours of a theme. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { startBrowser } from './vscode.mjs';

/** Colours of the editor's own themes, as far as the view uses them. */
export const themes = {
  dark: {
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
    'editor-background': '#1f1f1f',
    'sideBar-background': '#181818',
    'panel-border': '#2b2b2b',
    focusBorder: '#0078d4',
    'button-background': '#0078d4',
    'button-foreground': '#ffffff',
    'button-secondaryBackground': '#313131',
    'button-secondaryForeground': '#cccccc',
    'settings-textInputBackground': '#313131',
    'settings-textInputForeground': '#cccccc',
    'settings-textInputBorder': '#cccccc',
    'input-background': '#313131',
    'input-foreground': '#cccccc',
    'input-placeholderForeground': '#989898',
    'textLink-foreground': '#4daafc',
    'textCodeBlock-background': '#2b2b2b',
    'list-activeSelectionBackground': '#04395e',
    'list-activeSelectionForeground': '#ffffff',
    'editor-findMatchHighlightBackground': '#ea5c0055',
    'editorError-foreground': '#f14c4c',
    'charts-blue': '#3794ff',
    'terminal-ansiCyan': '#11a8cd',
    'charts-green': '#89d185',
    'charts-purple': '#b180d7',
    'charts-red': '#f14c4c',
    'charts-yellow': '#cca700',
  },
  light: {
    foreground: '#3b3b3b',
    descriptionForeground: '#3b3b3b',
    'editor-background': '#ffffff',
    'sideBar-background': '#f8f8f8',
    'panel-border': '#e5e5e5',
    focusBorder: '#005fb8',
    'button-background': '#005fb8',
    'button-foreground': '#ffffff',
    'button-secondaryBackground': '#e5e5e5',
    'button-secondaryForeground': '#3b3b3b',
    'settings-textInputBackground': '#ffffff',
    'settings-textInputForeground': '#3b3b3b',
    'settings-textInputBorder': '#3b3b3b',
    'input-background': '#ffffff',
    'input-foreground': '#3b3b3b',
    'input-placeholderForeground': '#767676',
    'textLink-foreground': '#005fb8',
    'textCodeBlock-background': '#f8f8f8',
    'list-activeSelectionBackground': '#e8e8e8',
    'list-activeSelectionForeground': '#000000',
    'editor-findMatchHighlightBackground': '#ea5c0055',
    'editorError-foreground': '#e51400',
    'charts-blue': '#1a85ff',
    'terminal-ansiCyan': '#11a8cd',
    'charts-green': '#388a34',
    'charts-purple': '#652d90',
    'charts-red': '#e51400',
    'charts-yellow': '#bf8803',
  },
  contrast: {
    foreground: '#ffffff',
    descriptionForeground: '#ffffffb3',
    'editor-background': '#000000',
    'sideBar-background': '#000000',
    'panel-border': '#6fc3df',
    contrastBorder: '#6fc3df',
    contrastActiveBorder: '#f38518',
    focusBorder: '#f38518',
    'button-foreground': '#ffffff',
    'button-border': '#6fc3df',
    'button-secondaryForeground': '#ffffff',
    'settings-textInputBackground': '#000000',
    'settings-textInputForeground': '#ffffff',
    'settings-textInputBorder': '#ffffff',
    'input-background': '#000000',
    'input-foreground': '#ffffff',
    'input-placeholderForeground': '#ffffffb3',
    'textLink-foreground': '#21a6ff',
    'list-activeSelectionBackground': '#000000',
    'list-activeSelectionForeground': '#ffffff',
    'editorError-foreground': '#f48771',
    'charts-blue': '#3794ff',
    'terminal-ansiCyan': '#11a8cd',
    'charts-green': '#89d185',
    'charts-purple': '#b180d7',
    'charts-red': '#f14c4c',
    'charts-yellow': '#cca700',
  },
};

/**
 * Opens the built view.
 * @param {string} installed folder that the packages of package.json beside this file are installed in.
 * @param {string} built folder of the view's script and style.
 * @param {string} screenshots folder for pictures.
 */
export async function startViews(installed, built, screenshots) {
  const pages = new Map();
  const server = createServer(({ url }, response) => {
    const [type, text] = url.endsWith('.js')
      ? ['text/javascript', readFileSync(join(built, url))]
      : url.endsWith('.css')
        ? ['text/css', readFileSync(join(built, url))]
        : ['text/html', pages.get(url) ?? ''];
    response.setHeader('content-type', `${type}; charset=utf-8`);
    response.end(text);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const browser = await startBrowser(installed);
  return {
    /**
     * A view in a page of its own, which has what it told the extension in `told`.
     * @param {string} html the page as the extension makes it.
     * @param {object} message what the extension says first.
     * @param {keyof typeof themes} theme
     */
    async open(html, message, theme, { width = 900, height = 800, forced = false } = {}) {
      pages.set('/view', html);
      const context = await browser.newContext({
        viewport: { width, height },
        forcedColors: forced ? 'active' : 'none',
        colorScheme: theme === 'light' ? 'light' : 'dark',
      });
      const page = await context.newPage();
      page.setDefaultTimeout(10_000);
      const errors = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (entry) => entry.type() === 'error' && errors.push(entry.text()));
      await page.addInitScript((first) => {
        globalThis.told = [];
        globalThis.acquireVsCodeApi = () => ({
          postMessage(said) {
            globalThis.told.push(said);
            if (said.kind === 'ready') globalThis.postMessage(first);
          },
          getState: () => globalThis.kept,
          setState: (state) => (globalThis.kept = state),
        });
      }, message);
      await page.goto(`${origin}/view`);
      await page.evaluate((colours) => {
        const { style } = document.documentElement;
        for (const [name, colour] of Object.entries(colours)) style.setProperty(`--vscode-${name}`, colour);
        style.setProperty('--vscode-font-family', 'sans-serif');
        style.setProperty('--vscode-font-size', '13px');
        style.setProperty('--vscode-editor-font-family', 'monospace');
        style.setProperty('--vscode-editor-font-size', '13px');
        style.setProperty('background', colours['editor-background']);
      }, themes[theme]);
      await page.locator('[data-run]').first().waitFor();
      return {
        page,
        errors,
        told: () => page.evaluate(() => globalThis.told),
        screenshot: (name) => page.screenshot({ path: join(screenshots, `${name}.png`) }),
        close: () => context.close(),
      };
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
