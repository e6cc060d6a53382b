/** How the JavaScript engine is to treat the code that a search generates. */
import { setFlagsFromString } from 'node:v8';

/**
 * From now on this process and its workers compile code simply at once, and optimise it late. Each program has code of its own, most searches are over
 * before its optimising would pay, and a second processor has better things to do. Set here and not where the process is started, because a Node
 * that does not know an option would not start.
 */
export function tuneForSearches(): void {
  setFlagsFromString('--always-sparkplug');
  // Behind version 11 of V8 it goes by another measure.
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=300000');
}
