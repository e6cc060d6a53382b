/** A scenario file that imports a part of the driver before the driver itself. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DriverTests, ExploreResult, PinnedTrace } from '../../client/protocol.ts';
import { losesCancel, smallScenario } from '../cli/kit.ts';
import { Editor } from './lsp.ts';

let folder: string;
let editor: Editor;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-parts-')));
  editor = new Editor({ onType: false, onSave: false });
  await editor.start();
});
afterAll(async () => {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('is about the driver: what it shows is pinned as a test of that', async () => {
  const file = (name: string): string => join(folder, name);
  const uriOf = (name: string): string => pathToFileURL(file(name)).href;
  writeFileSync(file('shared.driver.ts'), 'export const Least = 16;\n');
  writeFileSync(file('mailbox.driver.ts'), losesCancel());
  const scenario = smallScenario.replace('16', 'Least');
  writeFileSync(file('mailbox.scenario.ts'), `import { Least } from './shared.driver';\n${scenario}`);
  const found = await editor.request<ExploreResult>('irpsight/explore', { uri: uriOf('mailbox.scenario.ts') });
  expect(found).toMatchObject({ problems: 0, breaches: [{ uri: uriOf('mailbox.driver.ts'), rule: 'cancel/lost' }] });
  const [{ uri, rule, range }] = found.breaches;
  const pin = await editor.request<PinnedTrace>('irpsight/pin', { uri, rule, line: range.start.line });
  expect(pin.driver).toBe(uri);
  writeFileSync(file(pin.name), pin.text);
  expect(await editor.request<DriverTests>('irpsight/tests', { uri })).toMatchObject({
    schedules: [{ uri: uriOf(pin.name), rule }],
  });
});
