/** Which new names a rename takes. */

/** What TypeScript reserves, everywhere or in modules, and the names of its own types. */
const reserved: ReadonlySet<string> = new Set(
  (
    'arguments as await break case catch class const continue debugger default delete do else enum eval export extends false finally for function ' +
    'if implements import in instanceof interface let new null package private protected public return static super switch this throw true try ' +
    'typeof undefined var void while with yield any bigint boolean never number object string symbol unknown'
  ).split(' '),
);

/** Why a name cannot be given; undefined where it can. */
export function badName(name: string): string | undefined {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name))
    return `${JSON.stringify(name)} is no name: letters, digits, _ and $ make one.`;
  if (reserved.has(name)) return `${name} is a word of TypeScript, and cannot be a name.`;
  return undefined;
}
