/** How the JavaScript engine is to treat the code that a search generates. */
import { setFlagsFromString } from 'node:v8';

/**
 * Options of Node for a process that explores: code is compiled simply at once, and optimised late. Each program has code of its own, most searches
 * are over before its optimising would pay, and a second processor has better things to do.
 */
export const searchFlags: readonly string[] = ['--always-sparkplug', '--interrupt-budget=300000'];

/** The same for this process and the workers that it starts from now on. */
export function tuneForSearches(): void {
  for (const flag of searchFlags) setFlagsFromString(flag);
}
