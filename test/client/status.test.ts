import { expect, it } from 'vitest';
import { command, type StatusParams } from '../../client/protocol.ts';
import { showStatus } from '../../client/status.ts';
import type { Server, Vscode } from '../../client/tools.ts';
import { FakeEmitter, fake } from './fake.ts';

it('tells what the server does, and a click cancels it', () => {
  const item = { text: '', tooltip: '', command: '', show: () => {}, dispose: () => {} };
  const { vscode } = fake().tools;
  const statuses = new FakeEmitter<StatusParams>();
  const editor = { ...vscode, window: { createStatusBarItem: () => item } } as unknown as Vscode;
  showStatus(editor, { onStatus: statuses.event as Server['onStatus'] }, []);
  expect(item).toMatchObject({ text: '$(check) Irpsight', command: command.showOutput });

  statuses.fire({ state: 'looking', driver: 'a.driver.ts' });
  expect(item).toMatchObject({ text: '$(sync~spin) Irpsight', command: command.cancelExploration });
  expect(item.tooltip).toContain('requests of a.driver.ts');

  statuses.fire({ state: 'exploring', driver: 'a.driver.ts', scenario: 'ReadCancelled', states: 12345, done: 2, of: 7 });
  expect(item).toMatchObject({ text: '$(sync~spin) Irpsight: ReadCancelled, 12,345 states', command: command.cancelExploration });
  expect(item.tooltip).toContain('2 of 7 scenarios done');

  statuses.fire({ state: 'idle' });
  expect(item).toMatchObject({ text: '$(check) Irpsight', command: command.showOutput });
});
