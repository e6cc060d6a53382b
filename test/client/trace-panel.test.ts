import { describe, expect, it } from 'vitest';
import { exportSchedule } from '../../client/commands/export.ts';
import type { TraceView, Vscode } from '../../client/tools.ts';
import { createTraceViews } from '../../client/trace-panel.ts';
import type { FromView } from '../../client/view/messages.ts';
import { litmusSchedules } from '../kit/timeline.ts';
import { FakeEmitter, FakeUri } from './fake.ts';

const { timeline } = litmusSchedules('cancel-lock-cancel-before-queueing');
const { breach = 0 } = timeline;
const [file] = timeline.files.filter(({ name }) => name.endsWith('.driver.ts'));
const line = timeline.steps[breach].range.start.line - 1;

describe('the trace view', () => {
  it('is a page that loads nothing but its own script and style', () => {
    const { panels } = opened();
    const { html } = panels[0].webview;
    const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    expect(policy).toBe("default-src 'none'; script-src vscode-resource:; style-src vscode-resource:");
    expect(html.match(/(?:src|href)="[^"]+"/g)).toEqual([
      'href="vscode-resource:/ext/dist/view/style.css"',
      'src="vscode-resource:/ext/dist/view/trace.js"',
    ]);
    expect(html).not.toMatch(/<script[^>]*>[^<]|<style| style=/);
  });

  it('is told what to show when it is ready, each time anew', () => {
    const { panels } = opened();
    expect(panels[0].told).toEqual([]);
    panels[0].say({ kind: 'ready' });
    panels[0].say({ kind: 'ready' });
    expect(panels[0].told).toMatchObject([
      { kind: 'show', shown: { timeline, isFinding: true }, language: 'en' },
      { kind: 'show' },
    ]);
  });

  it('has the editor follow, without the focus', async () => {
    const { panels, log } = opened();
    await panels[0].say({ kind: 'select', run: 0, step: breach });
    expect(log).toEqual([`open ${file.uri} in 1 keeping focus`, `mark ${file.uri} ${line}`, `reveal ${line}`]);
    log.length = 0;
    await panels[0].say({ kind: 'select', run: 0, step: breach });
    expect(log).toEqual([`mark ${file.uri} ${line}`, `reveal ${line}`]);
  });

  it('marks only the last of many places that are asked for at once', async () => {
    const { panels, log } = opened();
    const other = timeline.steps.findIndex(
      (step) => step.file === timeline.steps[breach].file && step.range.start.line - 1 !== line,
    );
    await Promise.all([
      panels[0].say({ kind: 'select', run: 0, step: other }),
      panels[0].say({ kind: 'select', run: 0, step: breach }),
    ]);
    expect(log.filter((entry) => entry.startsWith('mark'))).toEqual([`mark ${file.uri} ${line}`]);
  });

  it('marks nothing where a step is in no file', async () => {
    const { panels, log, changeView } = opened();
    const nowhere = { ...timeline, files: timeline.files.map(({ name }) => ({ name })) };
    changeView({ timeline: nowhere });
    await panels[0].say({ kind: 'select', run: 0, step: breach });
    await panels[0].say({ kind: 'select', run: 1, step: 5 });
    expect(log).toEqual(['shown']);
  });

  it('tells when a source is edited, and what its buttons are for', async () => {
    const { panels, log, edits, changeView } = opened();
    const kinds = () => panels[0].told.splice(0).map((one) => (one as { kind: string }).kind);
    const edit = () => edits.fire({ document: { uri: FakeUri.parse(file.uri ?? '') }, contentChanges: [{}] });
    await panels[0].say({ kind: 'ready' });
    edits.fire({ document: { uri: FakeUri.parse('file:///elsewhere.ts') }, contentChanges: [{}] });
    edits.fire({ document: { uri: FakeUri.parse(file.uri ?? '') }, contentChanges: [] });
    expect(kinds()).toEqual(['show']);
    edit();
    expect(kinds()).toEqual(['stale']);
    // A page that was hidden begins anew; what is shown in its place is of the sources as they are.
    await panels[0].say({ kind: 'ready' });
    expect(kinds()).toEqual(['show', 'stale']);
    changeView({ timeline });
    await panels[0].say({ kind: 'ready' });
    expect(kinds()).toEqual(['show', 'show']);
    log.length = 0;
    await panels[0].say({ kind: 'pin' });
    await panels[0].say({ kind: 'text' });
    expect(log).toEqual(['pin', 'text']);
  });

  it('tells what was edited before it was ready', async () => {
    const { panels, edits } = opened();
    edits.fire({ document: { uri: FakeUri.parse(file.uri ?? '') }, contentChanges: [{}] });
    expect(panels[0].told).toEqual([]);
    await panels[0].say({ kind: 'ready' });
    expect(panels[0].told.map((one) => (one as { kind: string }).kind)).toEqual(['show', 'stale']);
  });

  it('is one for each finding until it is closed', async () => {
    const { panels, log, show, edits } = opened();
    show('a');
    expect([panels.length, log]).toEqual([1, ['shown']]);
    show('b');
    expect(panels).toHaveLength(2);
    panels[0].close();
    expect(log.at(-1)).toBe('mark taken away');
    edits.fire({ document: { uri: FakeUri.parse(file.uri ?? '') }, contentChanges: [{}] });
    expect(panels[0].told).toEqual([]);
    show('a');
    expect(panels).toHaveLength(3);
  });
});

describe('export', () => {
  it.each([
    ['SVG', 'svg', /^<svg /],
    ['Mermaid', 'mmd', /^sequenceDiagram\n/],
    ['JSON', 'json', /^\{\n {2}"version": 1/],
  ])('writes %s where it is told to', async (format, ending, text) => {
    const written: Record<string, string> = {};
    await exportSchedule(exporter(format, written), timeline);
    const name = `/w/cancel-lost.${timeline.scenario}.${ending}`;
    expect(Object.keys(written)).toEqual([name]);
    expect(written[name]).toMatch(text);
  });

  it('writes nothing where no format is chosen', async () => {
    const written: Record<string, string> = {};
    await exportSchedule(exporter('none', written), timeline);
    expect(written).toEqual({});
  });

  function exporter(format: string, written: Record<string, string>): Vscode {
    return {
      l10n: { t: (text: string) => text },
      Uri: FakeUri,
      window: {
        showQuickPick: async (items: { label: string }[]) => items.find(({ label }) => label === format),
        showSaveDialog: async ({ defaultUri }: { defaultUri: FakeUri }) => defaultUri,
      },
      workspace: {
        workspaceFolders: [{ uri: FakeUri.parse('file:///w') }],
        fs: { writeFile: async ({ path }: FakeUri, bytes: Uint8Array) => (written[path] = new TextDecoder().decode(bytes)) },
      },
    } as unknown as Vscode;
  }
});

/** An editor with a view open, and what happens in it. */
function opened() {
  const log: string[] = [];
  const panels: ReturnType<typeof panel>[] = [];
  const edits = new FakeEmitter<{ document: { uri: FakeUri }; contentChanges: readonly unknown[] }>();
  const visibleTextEditors: unknown[] = [];
  const editorOf = (uri: FakeUri) => ({
    document: { uri },
    setDecorations: (_: unknown, ranges: { line: number }[]) => {
      for (const range of ranges) log.push(`mark ${uri} ${range.line}`);
    },
    revealRange: ({ line }: { line: number }) => log.push(`reveal ${line}`),
  });
  const vscode = {
    env: { language: 'en' },
    l10n: { t: (text: string) => text },
    Range: class {
      constructor(readonly line: number) {}
    },
    TextEditorRevealType: { InCenterIfOutsideViewport: 2 },
    ThemeColor: class {},
    Uri: FakeUri,
    ViewColumn: { One: 1, Beside: -2 },
    window: {
      activeTextEditor: { viewColumn: 1 },
      visibleTextEditors,
      createTextEditorDecorationType: () => ({ dispose: () => log.push('mark taken away') }),
      createWebviewPanel: () => {
        const made = panel(log);
        panels.push(made);
        return made;
      },
      showTextDocument: async ({ uri }: { uri: FakeUri }, how: { viewColumn: number; preserveFocus: boolean }) => {
        const known = visibleTextEditors.find(
          (one) => String((one as { document: { uri: FakeUri } }).document.uri) === String(uri),
        );
        if (known !== undefined) return known;
        log.push(`open ${uri} in ${how.viewColumn}${how.preserveFocus ? ' keeping focus' : ''}`);
        visibleTextEditors.push(editorOf(uri));
        return visibleTextEditors.at(-1);
      },
    },
    workspace: { onDidChangeTextDocument: edits.event, openTextDocument: async (uri: FakeUri) => ({ uri }) },
  } as unknown as Vscode;
  const views = createTraceViews(vscode, FakeUri.parse('file:///ext') as never);
  const finding = { pin: async () => log.push('pin'), asText: async () => log.push('text') };
  const show = (key: string, schedules: TraceView['schedules'] = { timeline }): void =>
    views.show({ key, title: 'cancel/lost', schedules, finding });
  show('a');
  return { panels, log, edits, show, changeView: (schedules: TraceView['schedules']) => show('a', schedules) };
}

function panel(log: string[]) {
  const messages = new FakeEmitter<FromView>();
  const closed = new FakeEmitter<void>();
  const told: unknown[] = [];
  let answered: unknown;
  return {
    told,
    viewColumn: 2,
    reveal: () => log.push('shown'),
    onDidDispose: closed.event,
    webview: {
      html: '',
      cspSource: 'vscode-resource:',
      asWebviewUri: ({ path }: FakeUri) => `vscode-resource:${path}`,
      postMessage: async (message: unknown) => told.push(message),
      onDidReceiveMessage: (listener: (message: FromView) => unknown) =>
        messages.event((message) => {
          answered = listener(message);
        }),
    },
    async say(message: FromView): Promise<void> {
      messages.fire(message);
      await answered;
    },
    close: () => closed.fire(),
  };
}
