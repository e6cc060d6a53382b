/** How the JavaScript engine is to treat the code that a search generates. */
import { setFlagsFromString } from 'node:v8';

/**
 * From now on this process and its workers compile code simply at once, and optimise it late. Each program has code of its own, most searches are over
 * before its optimising would pay, and a second processor has better things to do. Set here and not where the process is started, because a Node
 * that does not know an option would not start.
 * @param budget bytes of code that are gone through before a function is looked at for optimising.
 */
export function tuneForSearches(budget = 300_000): void {
  setFlagsFromString('--always-sparkplug');
  // Behind version 11 V8 goes by another measure.
  if (process.versions.v8.startsWith('11.')) setFlagsFromString(`--interrupt-budget=${budget}`);
}
