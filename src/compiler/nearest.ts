/** Names that were probably meant, for what is misspelt. */

/** A longer name is nobody's slip, and would take long to compare. */
const longest = 200;

/**
 * The candidate most like `name`, upper and lower case alike; undefined where none is near: where more than about a third of it is
 * written otherwise. Two letters that changed places count as one mistake.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > longest) return undefined;
  const meant = name.toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(name.length * 0.34)) + 1;
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= fewest) continue;
    const mistakes = distance(meant, candidate.toLowerCase(), fewest);
    if (mistakes < fewest) {
      fewest = mistakes;
      best = candidate;
    }
  }
  return best;
}

/** Letters to insert, leave out, replace or swap to get from one text to the other; `limit` where it is that many or more. */
function distance(from: string, to: string, limit: number): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let least = Math.min(last[column] + 1, next[column - 1] + 1, last[column - 1] + (same ? 0 : 1));
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1])
        least = Math.min(least, before[column - 2] + 1);
      next.push(least);
    }
    if (Math.min(...next) >= limit) return limit;
    before = last;
    last = next;
  }
  return Math.min(limit, last[to.length]);
}
