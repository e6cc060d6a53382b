/** How the drivers that are not open are looked for: the server answers meanwhile, and reads no more than it can. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createBackground } from '../../server/background.ts';
import type { Explorer } from '../../server/explorer.ts';
import { starterDriver } from '../cli/kit.ts';

let folder: string;
beforeEach(() => {
  folder = `${realpathSync(mkdtempSync(join(tmpdir(), 'irpsight-walk-'))).replaceAll('\\', '/')}/`;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => {
  mkdirSync(dirname(folder + name), { recursive: true });
  writeFileSync(folder + name, text);
};

/** Looks through the folders that `all` gives each time. */
function background(all: () => readonly string[]) {
  const asked: string[] = [];
  const ask = ({ driver }: { driver: string }) => {
    asked.push(driver.slice(folder.length));
    return { done: Promise.resolve({ problems: [] }) };
  };
  const made = createBackground({
    explorer: { ask } as unknown as Explorer,
    folders: { all },
    drivers: { idle: () => true, notOpen: () => undefined },
    open: () => new Map(),
    wanted: () => true,
    log: () => undefined,
  });
  return { asked, ...made };
}

it('others get their turn between two drivers that are looked at', async () => {
  const drivers = 300;
  write('irpsight.json', '{ "exclude": ["*.driver.ts"] }');
  for (let index = 0; index < drivers; index++) write(`${index}.driver.ts`, starterDriver());
  write('below/last.driver.ts', starterDriver());
  let turns = 0;
  const { asked, changed, stop } = background(() => {
    void (async () => {
      for (; asked.length === 0; turns++) await new Promise((resolve) => setImmediate(resolve));
    })();
    return [folder];
  });
  changed();
  await vi.waitFor(() => expect(asked).toEqual(['below/last.driver.ts']), 10_000);
  stop();
  expect(turns).toBeGreaterThan(drivers);
});

it('files without end are not read to the last; one look begins when the other has ended', async () => {
  for (let index = 0; index < 10; index++) write(`many/${index}.driver.ts`, ' '.repeat(4 * 1024 * 1024));
  write('many/below/last.driver.ts', starterDriver());
  write('few/only.driver.ts', starterDriver());
  let looks = 0;
  const { asked, changed, stop } = background(() => [folder + (looks++ === 0 ? 'many/' : 'few/')]);
  changed();
  await vi.waitFor(() => expect(looks).toBe(1), 10_000);
  changed();
  await vi.waitFor(() => expect(asked).toContain('few/only.driver.ts'), 10_000);
  stop();
  expect(asked).toEqual(['few/only.driver.ts']);
}, 30_000);
