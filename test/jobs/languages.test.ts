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

  it('shares the trees of the library alone, and gives them back', () => {
    const registry = ts.createDocumentRegistry(false, '');
    const [acquired, released] = [new Set<string>(), new Set<string>()];
    const create = languages(loadLibrary(), {
      ...registry,
      acquireDocumentWithKey(...args) {
        acquired.add(args[1]);
        return registry.acquireDocumentWithKey(...args);
      },
      releaseDocumentWithKey(file: ts.Path, key: ts.DocumentRegistryBucketKey, kind?: ts.ScriptKind, format?: ts.ResolutionMode) {
        released.add(file);
        registry.releaseDocumentWithKey(file, key, kind ?? ts.ScriptKind.TS, format);
      },
    });
    const [kept, dropped] = [create(), create()];
    kept.update([source(before)]);
    dropped.update([{ ...source(after), path: '/w/b.driver.ts' }]);
    const uses = () => kept.references(path, before.lastIndexOf('First'));
    expect(uses()).toHaveLength(2);
    expect(dropped.references('/w/b.driver.ts', after.lastIndexOf('First'))).toHaveLength(2);
    expect([...acquired].filter((file) => !file.startsWith('/irpsight/') || file.endsWith('/documented.ts'))).toEqual([]);
    dropped.dispose();
    expect(released).toEqual(acquired);
    expect(uses()).toHaveLength(2);
  });
});

it('a text that is edited for one language stays whole in another, which is not told', () => {
  const create = languages(loadLibrary());
  const shared =
    "import { ULONG } from 'irpsight/wdm';\nexport interface POINT { First: ULONG; Second: ULONG }\nexport function Helper(): ULONG {\n  return 1;\n}\n";
  const lonely =
    "import { Helper, POINT } from './a.driver.ts';\nexport const Use = Helper();\nexport const Of = (P: POINT) => P.First;\n";
  const [driver, user] = [source(shared), { ...source(lonely), path: '/w/lonely.ts' }];
  const [one, other] = [create(), create()];
  one.update([user, driver]);
  other.update([driver]);
  const uses = () => ['Helper', 'First'].map((name) => one.references(user.path, lonely.lastIndexOf(name)));
  const known = uses();
  expect(known.map(({ length }) => length)).toEqual([3, 2]);
  other.describe(driver.path, shared.indexOf('Helper'));
  for (const text of ['return 1', 'Second: ULONG;', 'ULONG {'].map((end) => shared.replace(end, `${end} // Typed.\n`))) {
    other.update([{ ...driver, text }]);
    other.describe(driver.path, text.indexOf('Helper'));
  }
  expect(uses()).toEqual(known);
});
