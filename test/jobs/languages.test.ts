/** Languages that share the trees of what they have in common, one of which is given up and made anew. */
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { languages } from '../../src/compiler/language.ts';
import { loadLibrary } from '../kit/library.ts';

const path = '/w/a.driver.ts';
const before = 'export const First = 1;\nFirst;\n';
const after = `// It has moved.\n${before}`;
const source = (text: string) => ({ path, text, origin: 'driver' }) as const;

describe('a language that was given up', () => {
  it('leaves no old tree to the one made after it', () => {
    const create = languages(loadLibrary());
    const old = create();
    old.update([source(before)]);
    expect(old.definitions(path, before.lastIndexOf('First'))).toMatchObject([{ start: before.indexOf('First') }]);
    const made = create();
    made.update([source(after)]);
    expect(made.definitions(path, after.lastIndexOf('First'))).toMatchObject([{ start: after.indexOf('First') }]);
  });

  it('leaves nothing to the shared registry', () => {
    const registry = ts.createDocumentRegistry(false, '');
    const released: string[] = [];
    const create = languages(loadLibrary(), {
      ...registry,
      releaseDocumentWithKey(file: ts.Path, key: ts.DocumentRegistryBucketKey, kind?: ts.ScriptKind, format?: ts.ResolutionMode) {
        released.push(file);
        registry.releaseDocumentWithKey(file, key, kind ?? ts.ScriptKind.TS, format);
      },
    });
    const [kept, dropped] = [create(), create()];
    kept.update([source(before)]);
    dropped.update([{ ...source(after), path: '/w/b.driver.ts' }]);
    const uses = () => kept.references(path, before.lastIndexOf('First'));
    expect(uses()).toHaveLength(2);
    expect(dropped.references('/w/b.driver.ts', after.lastIndexOf('First'))).toHaveLength(2);
    dropped.dispose();
    expect(released.filter((file) => file.endsWith('.driver.ts'))).toEqual([expect.stringMatching(/\/w\/b\.driver\.ts$/)]);
    expect(uses()).toHaveLength(2);
  });
});
