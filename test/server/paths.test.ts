import { describe, expect, it } from 'vitest';
import { URI } from 'vscode-uri';
import { createPaths } from '../../server/paths.ts';
import { resolveImport } from '../../src/check/project.ts';

const paths = createPaths('/ext/dist');

describe('paths and URIs', () => {
  it.each([
    'file:///home/me/my%20driver.driver.ts',
    'file:///c%3A/me/my.driver.ts',
    'file://machine/share/my.driver.ts',
    'file:///ext/dist/irpsight/wdm/cancel.ts',
    'untitled:Untitled-1',
    // A file that is not written yet, as `code my.driver.ts` opens one; in a window of another machine with that machine's name.
    'untitled:/home/me/my%20driver.driver.ts',
    'untitled:/c%3A/me/my.driver.ts',
    'untitled://ssh-remote%2Bbox/home/me/my.driver.ts',
  ])('%s comes back as it was', (uri) => {
    expect(paths.uriOf(paths.pathOf(uri) ?? '')).toBe(URI.parse(uri).toString());
    expect(URI.parse(uri).toString()).toBe(uri);
  });

  it('a document that is not written yet has a path of its own, and others beside it', () => {
    const path = paths.pathOf('untitled:/home/me/my.driver.ts') ?? '';
    expect(path).toMatch(/^untitled\//);
    expect(path).not.toBe(paths.pathOf('untitled:home/me/my.driver.ts'));
    expect(paths.uriOf(resolveImport(path, '../shared') ?? '')).toBe('untitled:/home/shared.ts');
  });

  it('what cannot be read as a URI, or told of as one, is no file', () => {
    for (const uri of ['file:////etc/x.driver.ts', 'untitled://h///x', '', ':', 'file:', 'file:///%ff%zz'])
      expect(() => paths.uriOf(paths.pathOf(uri) ?? '/a')).not.toThrow();
    expect(paths.pathOf('file:////etc/x.driver.ts')).toBeUndefined();
  });

  it('what is no file has none', () => {
    expect(paths.pathOf('git:/home/me/my.driver.ts')).toBeUndefined();
    expect(paths.pathOf('file:///ext/dist/irpsight/wdm/cancel.ts')).toBe('irpsight/wdm/cancel.ts');
  });
});
