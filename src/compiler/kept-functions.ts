/** Functions as they were compiled, kept from one compilation to the next: those of the library for any program, those of the driver for its next version. */
import type { FileId, FuncId, Place } from '../ir/program.ts';
import { type Asked, type Declarations, isToldTheSame, type Notes } from './asked.ts';
import type { Compilation } from './compilation.ts';
import { type Edited, isEdited } from './edited.ts';
import type { Lasting } from './lasting.ts';
import { declarationOf, lowerFunction } from './lower-function.ts';
import type { RoutineNode } from './typing.ts';
import type { Lowered } from './unwinding.ts';

/** What a function is compiled from beside its text. */
export interface Setting {
  readonly name: string;
  readonly paged: boolean;
  readonly inline: boolean;
  readonly file: FileId;
}

/** A function as it was compiled. */
export interface KeptFunction {
  readonly setting: Setting;
  readonly lowered: Lowered;
  readonly asked: readonly Asked[];
}

/** The driver's functions, by what they are known by. */
export type KeptFunctions = ReadonlyMap<string, KeptFunction>;

/** What was compiled before the program at hand. */
export interface Before {
  readonly functions: KeptFunctions;
  /** What is another in the driver's text than it was then. */
  readonly edited: Edited | undefined;
  /** The library's state, under which its own functions are kept. */
  readonly lasting: Lasting;
}

/** Compiles functions, or takes what they came to before. */
export interface Keeper {
  readonly lowered: (compilation: Compilation, node: RoutineNode, id: FuncId, setting: Setting) => Lowered;
  /** For the next version. */
  readonly functions: KeptFunctions;
}

/** Versions of a library function that are kept: a driver is compiled without and with its default scenarios, in turn. */
const mostVersions = 3;

const versionsOfLibrary = new WeakMap<Lasting, WeakMap<RoutineNode, readonly KeptFunction[]>>();

/** @param notes of the compilation, which asks through them. */
export function createKeeper(before: Before, declarations: Declarations, notes: Notes): Keeper {
  const ofLibrary = versionsOfLibrary.get(before.lasting) ?? new WeakMap<RoutineNode, readonly KeptFunction[]>();
  versionsOfLibrary.set(before.lasting, ofLibrary);
  const functions = new Map<string, KeptFunction>();
  return {
    functions,
    lowered: (compilation, node, id, setting) => {
      const known = declarations.known(node);
      const moves = typeof known === 'string';
      const earlier = moves && !isEdited(before.edited, node) ? before.functions.get(known) : undefined;
      const versions = moves ? (earlier === undefined ? [] : [earlier]) : (ofLibrary.get(node) ?? []);
      let version = versions.find(
        (one) => isSameSetting(one.setting, setting) && isToldTheSame(compilation, declarations, one.asked),
      );
      if (version === undefined) {
        const { result, asked } = notes.during(() => lowerFunction(compilation, node, id, setting));
        if (asked === undefined || (moves && tellsWhere(result))) return result;
        version = { setting, lowered: result, asked };
      }
      const lowered = movedTo(version, id, declarationOf(node).getStart());
      if (moves) functions.set(known, { ...version, lowered });
      else if (known !== undefined && !versions.includes(version))
        ofLibrary.set(node, [version, ...versions.slice(0, mostVersions - 1)]);
      return lowered;
    },
  };
}

function isSameSetting(one: Setting, other: Setting): boolean {
  return one.name === other.name && one.paged === other.paged && one.inline === other.inline && one.file === other.file;
}

/** Whether the function's code tells by itself on which line something stands: it is another where only lines are added above. */
function tellsWhere({ func }: Lowered): boolean {
  return func.code.some((instr) => instr.op === 'intrinsic' && instr.name === 'bounded');
}

/** The function as it is where it has that number, and begins there. */
function movedTo({ lowered }: KeptFunction, id: FuncId, start: number): Lowered {
  const { func, exits } = lowered;
  const by = start - func.place.start;
  if (by === 0) return func.id === id ? lowered : { func: { ...func, id }, exits };
  const moved = (place: Place): Place => ({ file: place.file, start: place.start + by, end: place.end + by });
  return { func: { ...func, id, places: func.places.map(moved), place: moved(func.place) }, exits };
}
