import { describe, expect, it } from 'vitest';
import { driversOf, exportsDriverEntry, openProject, type ProjectEdges, resolveImport } from '../../src/check/project.ts';
import { listImports } from '../../src/compiler/imports.ts';

/** A disk of the files given. */
function disk(files: Readonly<Record<string, string>>): ProjectEdges {
  return {
    readFile: (path) => (path in files ? { text: files[path] } : { error: 'there is no such file' }),
    siblings: () => Object.keys(files),
    importsOf: listImports,
  };
}

describe('openProject', () => {
  it('takes the driver, what it imports, and the scenario files beside it that import it', () => {
    const project = openProject(
      'd/a.driver.ts',
      disk({
        'd/a.driver.ts': "import { Q } from './queue.driver';\nimport { PIRP } from 'irpsight/wdm';",
        'd/queue.driver.ts': "import { H } from '../shared/helper.ts';",
        'shared/helper.ts': '',
        'd/a.scenario.ts': "import { DriverEntry } from './a.driver';",
        'd/other.driver.ts': '',
        'd/other.scenario.ts': "import { DriverEntry } from './other.driver';",
      }),
    );
    expect(project.sources.map(({ path, origin }) => `${origin} ${path}`)).toEqual([
      'driver d/a.driver.ts',
      'driver d/queue.driver.ts',
      'driver shared/helper.ts',
      'scenario d/a.scenario.ts',
    ]);
    expect(project.problems).toEqual([]);
  });

  it('reports a scenario file beside the driver whose own driver is not there, at the import', () => {
    const text = "\nimport { DriverEntry } from './nope.driver';";
    const { problems } = openProject(
      'd/a.driver.ts',
      disk({
        'd/a.driver.ts': '',
        'd/b.driver.ts': '',
        'd/a.scenario.ts': text,
        'd/b.scenario.ts': "import { DriverEntry } from './b.driver';",
        'd/util.scenario.ts': '',
      }),
    );
    expect(problems).toEqual([
      {
        code: 'project/unreadable',
        message: 'Cannot read d/nope.driver.ts: there is no such file.',
        severity: 'error',
        path: 'd/a.scenario.ts',
        start: text.indexOf("'./"),
        end: text.length - 1,
      },
    ]);
  });

  it('refuses a scenario file as part of a driver, whose code would count as user mode’s', () => {
    const text = "import { Complete } from './util.scenario';";
    const { problems, sources } = openProject('d.driver.ts', disk({ 'd.driver.ts': text, 'util.scenario.ts': '' }));
    expect(problems.map(({ code, path, start }) => ({ code, path, start }))).toEqual([
      { code: 'project/scenario-in-driver', path: 'd.driver.ts', start: text.indexOf("'./") },
    ]);
    expect(sources.map(({ path }) => path)).toEqual(['d.driver.ts']);
  });

  it('reports an import that leads nowhere at the import', () => {
    const text = "\nimport { Q } from './gone.driver';";
    const { problems } = openProject('a.driver.ts', disk({ 'a.driver.ts': text }));
    expect(problems).toEqual([
      {
        code: 'project/unreadable',
        message: 'Cannot read gone.driver.ts: there is no such file.',
        path: 'a.driver.ts',
        start: text.indexOf("'./"),
        end: text.indexOf(';'),
        severity: 'error',
      },
    ]);
  });

  it('reports a scenario file, or a folder of them, that cannot be read: the driver may have scenarios of its own', () => {
    const files = disk({ 'd/a.driver.ts': '', 'd/b.driver.ts': '' });
    const edges: ProjectEdges = { ...files, siblings: () => ['d/a.driver.ts', 'd/a.scenario.ts'] };
    const unreadable = { code: 'project/unreadable', start: 0, end: 0, severity: 'error' };
    expect(openProject('d/a.driver.ts', edges).problems).toEqual([
      { ...unreadable, path: 'd/a.scenario.ts', message: 'Cannot read d/a.scenario.ts: there is no such file.' },
    ]);
    const locked: ProjectEdges = { ...files, siblings: () => ({ error: 'permission is denied' }) };
    expect(openProject('d/a.driver.ts', locked).problems).toEqual([
      { ...unreadable, path: 'd/a.driver.ts', message: 'Cannot look for scenarios of d/a.driver.ts: permission is denied.' },
    ]);
    expect(openProject('d/gone.driver.ts', locked).problems).toHaveLength(1);
  });

  it('ends where imports go in a circle', () => {
    const files = { 'a.driver.ts': "import { B } from './b.driver';", 'b.driver.ts': "import { A } from './a.driver';" };
    expect(openProject('a.driver.ts', disk(files)).sources).toHaveLength(2);
  });

  it('gives up on an import chain without end', () => {
    const edges: ProjectEdges = {
      readFile: (path) => ({ text: `import { X } from './${Number.parseInt(path, 10) + 1}';` }),
      siblings: () => [],
      importsOf: listImports,
    };
    const { problems, sources } = openProject('0.ts', edges);
    expect(problems.map(({ code }) => code)).toEqual(['project/too-many-files']);
    expect(sources).toHaveLength(500);
  });
});

describe('resolveImport', () => {
  it.each([
    ['d/a.ts', './b', 'd/b.ts'],
    ['d/a.ts', './b.ts', 'd/b.ts'],
    ['a.ts', './b.driver', 'b.driver.ts'],
    ['d/e/a.ts', '../../b', 'b.ts'],
    ['a.ts', '../b', '../b.ts'],
    ['../a.ts', '../b', '../../b.ts'],
    ['C:/d/a.ts', '../b', 'C:/b.ts'],
    ['/a.ts', '../b', '/../b.ts'],
    ['a.ts', '../../etc/passwd', '../../etc/passwd.ts'],
    ['a.ts', 'irpsight/wdm', undefined],
    ['a.ts', '/etc/passwd', undefined],
    ['a.ts', './\\\\evil\\share\\x', undefined],
    ['C:/d/a.ts', '../../\\\\evil\\share\\x', undefined],
    ['C:/d/a.ts', '../..//evil/share/x', 'evil/share/x.ts'],
    ['//own/share/d/a.ts', '../b', '//own/share/b.ts'],
    ['//own/share/d/a.ts', '../../../evil/share/x', '//own/share/../../evil/share/x.ts'],
  ])('from %s, %s is %s', (from, specifier, path) => {
    expect(resolveImport(from, specifier)).toBe(path);
  });
});

it('knows a driver by its exported DriverEntry, not by a comment about one', () => {
  expect(exportsDriverEntry('\r\nexport const DriverEntry: DRIVER_INITIALIZE = (a, b) => {};')).toBe(true);
  expect(exportsDriverEntry('const DriverEntry: DRIVER_INITIALIZE = (a, b) => {};')).toBe(false);
  expect(exportsDriverEntry('/*\nexport const DriverEntry\n*/\n// export const DriverEntry')).toBe(false);
  expect(exportsDriverEntry(`/* a */\n/*\nexport const DriverEntry\n*/`)).toBe(false);
  expect(exportsDriverEntry(`const Any = '/*';\nexport const DriverEntry`)).toBe(true);
  // Hours, if each comment's end were looked for anew.
  expect(exportsDriverEntry('/* '.repeat(1_400_000))).toBe(false);
});

it('finds the drivers of a scenario file', () => {
  const edges = disk({ 'd/x.scenario.ts': "import { A } from './a.driver';\nimport { B } from './helper';" });
  expect(driversOf('d/x.scenario.ts', edges)).toEqual(['d/a.driver.ts']);
  expect(driversOf('d/y.scenario.ts', edges)).toEqual([]);
});
