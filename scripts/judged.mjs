/** What a proof is of: the sources of engine, IR, kernel model and rules. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const folders = ['src/engine', 'src/ir', 'src/rules', 'src/wdm'];

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
