/** The check of drivers that are not open goes on where the explorer ends. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createBackground } from '../../server/background.ts';
import type { Explorer } from '../../server/explorer.ts';
import { starterDriver } from '../cli/kit.ts';

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-crash-')));
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, `${name}.driver.ts`), starterDriver());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('leaves out only the driver that ended it', async () => {
  const checked: string[] = [];
  const logged: string[] = [];
  const ask = ({ driver }: { driver: string }) => ({
    done: driver.endsWith('b.driver.ts') ? Promise.reject(new Error('it ended')) : Promise.resolve({ problems: [] }),
  });
  const background = createBackground({
    explorer: { ask } as unknown as Explorer,
    folders: { all: () => [`${folder.replaceAll('\\', '/')}/`] },
    drivers: { idle: () => true, notOpen: (driver) => void checked.push(driver.slice(-11)) },
    open: () => new Map(),
    wanted: () => true,
    log: (message) => logged.push(message),
  });
  background.changed();
  await vi.waitFor(() => expect(checked.sort()).toEqual(['a.driver.ts', 'c.driver.ts']), 10_000);
  background.stop();
  expect(logged).toEqual([expect.stringMatching(/b\.driver\.ts: it ended$/)]);
});
