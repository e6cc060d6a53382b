import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const folder = 'out/test/package';
const stage = join(folder, 'vsix');
let entries: string[];
let printed: string;

beforeAll(() => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/package.mjs', folder], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  printed = stdout;
  entries = entriesOf(readFileSync(join(folder, 'irpsight.vsix'))).map((name) => name.replace(/^extension\//, ''));
});

describe('the VSIX', () => {
  it('holds what is shipped and nothing else, and its size is printed', () => {
    const known =
      /^(\[Content_Types\]\.xml|extension\.vsixmanifest|LICENSE\.txt|changelog\.md|readme\.md|package(\.nls(\.ja)?)?\.json|(client\/(l10n|media|snippets|walkthrough|language-configuration\.json)|dist|docs\/images|docs\/schema|syntaxes)(\/|$).*)$/;
    expect(entries.filter((name) => !known.test(name))).toEqual([]);
    expect(entries.filter((name) => /\.map$|node_modules|\.mjs$|\.test\.|^client\/.*\.ts$/.test(name))).toEqual([]);
    expect(printed).toMatch(/irpsight\.vsix: \d+\.\d\d MB/);
  });

  it('holds every file that its package.json names, the library and the starter', () => {
    const manifest = readFileSync(join(stage, 'package.json'), 'utf8');
    const named = [...manifest.matchAll(/"(?:\.\/)?((?:client|dist|docs|syntaxes)\/[^"]+)"/g)].map(([, name]) => name);
    for (const name of named)
      expect(
        entries.some((entry) => entry === name || entry.startsWith(`${name}/`)),
        name,
      ).toBe(true);
    expect(entries).toEqual(
      expect.arrayContaining(['dist/library/irpsight/wdm/cancel.ts', 'dist/starter/mailbox.driver.ts', 'dist/LICENSES.txt']),
    );
    expect(JSON.parse(manifest)).not.toHaveProperty('dependencies');
  });

  it('has no link or picture in its README that leads to nothing', () => {
    const readme = readFileSync(join(stage, 'README.md'), 'utf8');
    const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, name]) => name);
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.filter((name) => !existsSync(join(stage, name)))).toEqual([]);
    const targets = [...readme.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^(https?:|#)/.test(target));
    expect(targets.filter((target) => !existsSync(join(stage, target)))).toEqual([]);
    expect(readme).toContain('docs/dsl.md');
  });
});

/** The names in a ZIP file's directory. */
function entriesOf(zip: Buffer): string[] {
  const end = zip.lastIndexOf('PK\x05\x06');
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    names.push(zip.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
}
