/** At which IRQL and with which spin locks the driver's calls are made, with lines and names. */
import type { AnalysedCall, HeldAt } from '../analysis/analyse.ts';
import type { Place, Program } from '../ir/program.ts';
import type { Range } from './findings.ts';
import { rangeOf } from './text.ts';

/** What is known at one side of a call, on every path that leads to it. */
export interface LevelHere {
  /** The least and the greatest IRQL. */
  readonly irql: readonly [number, number];
  /** The spin locks that are held, as the source names them where they are taken. */
  readonly locks: readonly string[];
}

/** A call of the driver's. */
export interface CallLevel {
  readonly file: string;
  readonly range: Range;
  readonly before: LevelHere;
  readonly after: LevelHere;
}

/** What hints call the cancel spin lock. */
export const cancelSpinLock = 'cancel spin lock';

/** The calls in the order of the text. */
export function callLevels(program: Program, calls: readonly AnalysedCall[]): CallLevel[] {
  const here = ({ irql, locks }: HeldAt): LevelHere => ({
    irql,
    locks: locks.map(({ cancel, place }) => (cancel ? cancelSpinLock : lockTakenAt(program, place))),
  });
  return calls
    .filter(({ place }) => program.files[place.file].origin === 'driver')
    .toSorted((a, b) => a.place.file - b.place.file || a.place.start - b.place.start)
    .map(({ place, before, after }) => {
      const { path, text } = program.files[place.file];
      return { file: path, range: rangeOf(text, place.start, place.end), before: here(before), after: here(after) };
    });
}

/** The first argument of the call that takes it. */
function lockTakenAt(program: Program, { file, start, end }: Place): string {
  const [, name] =
    /^\s*\w+\s*\(\s*(?:Ref\(\s*)?([\w.!]+(?:\[\w+\])?[\w.!]*)/.exec(program.files[file].text.slice(start, end)) ?? [];
  return name?.replaceAll('!', '') ?? 'spin lock';
}
