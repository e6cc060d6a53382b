/** Which of very many things can be seen, so that only those are drawn. All lengths are pixels. */

/** Things `from` to `to - 1`. */
export interface Visible {
  readonly from: number;
  readonly to: number;
}

/** Drawn beyond what can be seen, so that a small movement shows no gap. */
const beyond = 2;

/** Of `count` things of one size, those that a window shows. */
export function visibleOf(scroll: number, window: number, size: number, count: number): Visible {
  const from = Math.max(0, Math.min(count, Math.floor(scroll / size) - beyond));
  return { from, to: Math.max(from, Math.min(count, Math.ceil((scroll + window) / size) + beyond)) };
}

/** Where things of different sizes begin; one more, where the last ends. */
export function offsetsOf(sizes: readonly number[]): number[] {
  const offsets = [0];
  for (const size of sizes) offsets.push(offsets[offsets.length - 1] + size);
  return offsets;
}

/** Of things that begin at `offsets`, those that a window shows. */
export function visibleAt(scroll: number, window: number, offsets: readonly number[]): Visible {
  const count = offsets.length - 1;
  const from = Math.max(0, lastStartingAt(offsets, scroll) - beyond);
  return { from, to: Math.max(from, Math.min(count, lastStartingAt(offsets, scroll + window) + 1 + beyond)) };
}

/** How far to scroll so that a thing can be seen: not at all where it can, else so that it stands a third into the window. */
export function scrollTo(scroll: number, window: number, start: number, end: number, whole: number): number {
  if (start >= scroll && end <= scroll + window) return scroll;
  return Math.max(0, Math.min(start - window / 3, whole - window));
}

function lastStartingAt(offsets: readonly number[], at: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets[middle] <= at) low = middle;
    else high = middle - 1;
  }
  return Math.min(low, offsets.length - 2);
}
