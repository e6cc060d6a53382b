/**
 * The JavaScript engine compiles code only when it has run for a while; until then it takes up to five times as long. So what a keystroke needs is run a few
 * times while nobody asks for anything, as behind the opening of a driver, which is read first: the first keystrokes are to take little longer than later ones.
 */
import { setImmediate as othersTurn } from 'node:timers/promises';

/** A rehearsal that waits for its time. */
export interface Rehearsal {
  /** Somebody asks for something: whatever is rehearsed waits until that is over. */
  disturbed(): void;
}

/** What is rehearsed, and when. */
export interface Rehearsed {
  /** What is run, in steps; undefined where nothing is there yet to run it on. */
  readonly round: () => Generator<undefined, unknown> | undefined;
  /** How often. */
  readonly rounds: number;
  /** Milliseconds behind which no other round begins: what takes so long has run often enough. */
  readonly limit: number;
  /** Milliseconds without a disturbance before it begins or goes on. */
  readonly calm: number;
}

/** Rehearses once in a lifetime. A round that fails is the last one: whoever asks for the same is told. */
export function createRehearsal({ round, rounds, limit, calm }: Rehearsed): Rehearsal {
  let left = rounds;
  let taken = 0;
  let disturbances = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    disturbed() {
      disturbances++;
      clearTimeout(timer);
      if (left > 0) timer = setTimeout(() => void rehearse(), calm);
    },
  };

  async function rehearse(): Promise<void> {
    const before = disturbances;
    for (; left > 0 && taken < limit; left--) {
      const begun = performance.now();
      try {
        const steps = round();
        if (steps === undefined) return;
        while (steps.next().done !== true) {
          await othersTurn();
          if (disturbances !== before) return;
        }
      } catch {
        left = 0;
      } finally {
        taken += performance.now() - begun;
      }
    }
  }
}

/** The text as if somebody had typed a statement at the beginning of one of its routines: of each in turn. Unchanged where none is found. */
export function typedInto(text: string, round: number): string {
  const heads = [...text.matchAll(/^(?:export )?(?:const|function) .*\{\r?$/gm)];
  const head = heads[round % heads.length];
  if (head === undefined) return text;
  const at = head.index + head[0].length;
  return `${text.slice(0, at)}\n  const Rehearsed = ${round};${text.slice(at)}`;
}
