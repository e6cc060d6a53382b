/** What a proof is of: the sources of engine and IR, and those of the oracles that judge them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

// The programs that are compared have a kernel and rules in miniature of their own: src/wdm and src/rules have no part in it.
const folders = ['src/engine', 'src/ir', 'test/oracles'];

/** A hash of these sources, the same on every machine. */
export function judgedSources() {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      name.replaceAll('\\', '/'),
    );
    for (const name of names.filter((name) => name.endsWith('.ts')).sort()) {
      hash.update(`${folder}/${name}\0${readFileSync(join(root, folder, name), 'utf8').replaceAll('\r\n', '\n')}\0`);
    }
  }
  return hash.digest('hex');
}
