/** By what a trace recognises the sources it was made from. */
import { createHash } from 'node:crypto';
import type { SourceInput } from '../compiler/api.ts';

/** SHA-256 over the texts of a driver and its scenario files, the same for both kinds of line ends and wherever the files lie. */
export function sourceHash(sources: readonly SourceInput[]): string {
  const hash = createHash('sha256');
  const named = sources.map(({ path, text }) => [
    path.slice(path.lastIndexOf('/') + 1),
    text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'),
  ]);
  for (const part of named.sort(([a], [b]) => (a < b ? -1 : 1)).flat()) hash.update(`${part.length}:${part}`);
  return hash.digest('hex');
}
