/** What hints and hovers say of IRQL and spin locks, in a few words. */
import type { CallLevel, LevelHere } from '../check/levels.ts';
import { irqlConstant } from '../check/notes.ts';
import type { Language } from '../check/states.ts';

/** What a call changes: `→ DISPATCH_LEVEL  +Extension.Lock`. Undefined where it changes nothing. The same in all languages. */
export function changeHint({ before, after }: CallLevel): string | undefined {
  const gained = after.locks.filter((lock) => !before.locks.includes(lock)).map((lock) => `+${lock}`);
  const lost = before.locks.filter((lock) => !after.locks.includes(lock)).map((lock) => `−${lock}`);
  const level = levelRange(after.irql) === levelRange(before.irql) ? [] : [`→ ${levelRange(after.irql)}`];
  const parts = [...level, ...gained, ...lost];
  return parts.length === 0 ? undefined : parts.join('  ');
}

/** `IRQL here: DISPATCH_LEVEL, Extension.Lock held`. */
export function levelText({ irql, locks }: LevelHere, language: Language): string {
  const words = levelWords[language];
  const held = locks.length === 0 ? '' : words.held(locks.map((lock) => `\`${lock}\``));
  return `${words.here}: ${levelRange(irql)}${held}`;
}

/** Of a spin lock: the lines where it is taken. */
export function lockText(lines: readonly number[], language: Language): string {
  return lines.length === 0 ? levelWords[language].never : levelWords[language].taken(lines);
}

/** As wdm.h spells levels; ranges as documentation writes them. */
export function levelRange([least, greatest]: readonly [number, number]): string {
  if (least === greatest) return irqlConstant(least);
  return least === 0 ? `<= ${irqlConstant(greatest)}` : `${irqlConstant(least)}..${irqlConstant(greatest)}`;
}

const levelWords = {
  en: {
    here: 'IRQL here',
    held: (locks: readonly string[]): string => `, ${locks.join(', ')} held`,
    taken: (lines: readonly number[]): string => `Taken at line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}.`,
    never: 'Taken nowhere in this driver.',
  },
  ja: {
    here: 'ここでの IRQL',
    held: (locks: readonly string[]): string => `、${locks.join('、')} を保持`,
    taken: (lines: readonly number[]): string => `取得する行: ${lines.join('、')}。`,
    never: 'このドライバーでは取得されません。',
  },
};
