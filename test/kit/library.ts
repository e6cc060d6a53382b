/** The kernel model, scenario vocabulary and virtual devices as the compiler takes them, read from the source tree. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraryRoots } from '../../src/check/library.ts';
import type { SourceInput } from '../../src/compiler/api.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
let loaded: readonly SourceInput[] | undefined;

/** Every library file under its virtual path (`irpsight/wdm/cancel.ts`), sorted by path; read once a process. */
export function loadLibrary(): readonly SourceInput[] {
  loaded ??= libraryRoots
    .flatMap(({ folder, prefix, origin }) =>
      sourceFiles(join(root, folder)).map((file) => ({
        path: `${prefix}/${relative(join(root, folder), file).replaceAll('\\', '/')}`,
        text: readFileSync(file, 'utf8'),
        origin,
      })),
    )
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return loaded;
}

function sourceFiles(folder: string): string[] {
  let entries: string[];
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return entries.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}
