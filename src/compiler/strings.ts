/** Strings exist only as names, tags and formats, so a program holds their numbers: equal names have equal numbers. */

export interface Strings {
  /** From 1; 0 is the null string. */
  readonly intern: (text: string) => number;
}

/** An empty table. */
export function createStrings(): Strings {
  const ids = new Map<string, number>();
  return {
    intern: (text) => {
      const name = canonicalName(text);
      const known = ids.get(name) ?? ids.size + 1;
      ids.set(name, known);
      return known;
    },
  };
}

/** Object names compare without case, and a symbolic link has the same name in user mode (`\\.\X`) as in the kernel (`\??\X`, `\DosDevices\X`). */
export function canonicalName(text: string): string {
  return text.toLowerCase().replace(/^(\\\\[.?]\\|\\\?\?\\|\\global\?\?\\|\\dosdevices\\(global\\)?)/, '\\??\\');
}
