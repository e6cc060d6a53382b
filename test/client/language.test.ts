import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { ErrorHandler } from 'vscode-languageclient/node';
import { registerCommands } from '../../client/commands/index.ts';
import { documentScheme, registerDocuments } from '../../client/documents.ts';
import { clientOptions, serverOptions } from '../../client/language-client.ts';
import { command, method, rulePages } from '../../client/protocol.ts';
import type { Vscode } from '../../client/tools.ts';
import { FakeEmitter, FakeUri, fake } from './fake.ts';

describe('the language server', () => {
  it('gets files of the language, unsaved ones too, and is told of changed files', () => {
    const patterns: string[] = [];
    const options = optionsWith({ action: 2 }, [], patterns);
    expect(options.documentSelector).toEqual([
      { scheme: 'file', language: 'irpsight' },
      { scheme: 'untitled', language: 'irpsight' },
    ]);
    expect(patterns).toEqual(['**/{*.driver.ts,*.scenario.ts,*.model.ts,irpsight.json}']);
    expect(serverOptions('/ext').module.replaceAll('\\', '/')).toBe('/ext/dist/server.js');
  });

  it('may have one command linked to in what it writes, part of which is a workspace’s', () => {
    const { markdown } = optionsWith({ action: 2 }, [], []);
    expect(markdown).toEqual({ isTrusted: { enabledCommands: [command.showWitness] }, supportHtml: false });
  });

  it.each([
    [2, 'The language server has ended unexpectedly and is started anew.'],
    [1, 'The language server has ended unexpectedly too often and is not started again. "Irpsight: Restart Server" starts it.'],
  ])('is restarted by the library (%d), which is said', async (action, said) => {
    const lines: string[] = [];
    expect(await optionsWith({ action }, lines, []).errorHandler?.closed()).toEqual({ action });
    expect(lines).toEqual([said]);
  });

  function optionsWith(closed: { action: number }, lines: string[], patterns: string[]) {
    const { vscode } = fake().tools;
    const workspace = { createFileSystemWatcher: (pattern: string) => patterns.push(pattern) } as unknown as Vscode['workspace'];
    const handler = { error: vi.fn(), closed: () => closed } as unknown as ErrorHandler;
    return clientOptions({ l10n: vscode.l10n, workspace }, { appendLine: (line) => lines.push(line) }, () => handler);
  }
});

it('a command that fails says why', async () => {
  const { tools, log } = fake({ answers: { [method.rules]: new Error('it is not running') } });
  const registered = new Map<string, (...given: unknown[]) => Promise<unknown>>();
  const commands = { registerCommand: (id: string, run: (...given: unknown[]) => Promise<unknown>) => registered.set(id, run) };
  registerCommands({ ...tools, vscode: { ...tools.vscode, commands } as unknown as Vscode }, []);
  await registered.get(command.explainRule)?.();
  expect(log.slice(1)).toEqual([
    'output The language server could not do that: it is not running',
    'error: The language server could not do that: it is not running',
  ]);
});

it('documents are given by their names until they are closed, and pages of rules always', async () => {
  let provide: (uri: FakeUri) => string | undefined | Promise<string | undefined> = () => undefined;
  const closed = new FakeEmitter<{ uri: FakeUri }>();
  const changes: string[] = [];
  const vscode = {
    Uri: FakeUri,
    EventEmitter: FakeEmitter,
    workspace: {
      registerTextDocumentContentProvider: (
        _scheme: string,
        provider: { provideTextDocumentContent: typeof provide; onDidChange: FakeEmitter<FakeUri>['event'] },
      ) => {
        provide = provider.provideTextDocumentContent;
        provider.onDidChange((uri) => changes.push(uri.path));
      },
      onDidCloseTextDocument: closed.event,
    },
  } as unknown as Vscode;
  const uri = registerDocuments(vscode, [], async (rule) => `page of ${rule}`).put(
    'cancel-lost.md',
    '# Lost',
  ) as unknown as FakeUri;
  expect([uri.scheme, provide(uri), changes]).toEqual([documentScheme, '# Lost', ['/cancel-lost.md']]);
  expect(await provide(FakeUri.parse(`${rulePages}cancel/lost.md`))).toBe('page of cancel/lost');
  closed.fire({ uri: new FakeUri('file', uri.path) });
  expect(provide(uri)).toBe('# Lost');
  closed.fire({ uri });
  expect(provide(uri)).toBeUndefined();
});

describe('the language configuration', () => {
  const { indentationRules, onEnterRules, folding, wordPattern } = JSON.parse(
    readFileSync('client/language-configuration.json', 'utf8'),
  );

  it('indents behind what opens a block, and not behind a whole one', () => {
    const increase = new RegExp(indentationRules.increaseIndentPattern);
    for (const line of ['if (Status) {', 'IoCreateDevice(', 'export const A: SCENARIO = {', '  Setup() {'])
      expect(line).toMatch(increase);
    for (const line of ['const Empty = () => {};', 'IoDeleteDevice(Device);', '// {', 'case IRP_MN_START_DEVICE:'])
      expect(line).not.toMatch(increase);
    expect('  };').toMatch(new RegExp(indentationRules.decreaseIndentPattern));
  });

  it('goes on with a comment, and indents behind a case', () => {
    const rules: { beforeText: string; action: { appendText?: string; indent: string } }[] = onEnterRules;
    const actionBehind = (line: string) => rules.find(({ beforeText }) => new RegExp(beforeText).test(line))?.action;
    expect(actionBehind('/** A driver')?.appendText).toBe(' * ');
    expect(actionBehind(' * of a device')?.appendText).toBe('* ');
    expect(actionBehind('    case IRP_MN_START_DEVICE:')?.indent).toBe('indent');
    expect(actionBehind('  return Status;')).toBeUndefined();
    expect('// #region queue').toMatch(new RegExp(folding.markers.start));
    expect('IoCancelIrp(Irp)'.match(new RegExp(wordPattern))?.[0]).toBe('IoCancelIrp');
  });
});
