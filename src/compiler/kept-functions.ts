/**
 * Functions of the library as they were compiled, kept from one compilation to the next. What such a function comes to depends on the program only by the
 * numbers that its types, globals, strings and functions have there: it asks for these again, in the same order, and is compiled again when it is told others.
 */
import type ts from 'typescript';
import type { FileId, FuncId, GlobalId, TypeId } from '../ir/program.ts';
import type { Compilation } from './compilation.ts';
import type { Declared } from './declared.ts';
import type { Layouts } from './layouts.ts';
import type { Strings } from './strings.ts';
import type { RoutineNode } from './typing.ts';
import type { Lowered } from './unwinding.ts';

/** What the compilation of a function has asked for, with the number that it was told. */
type Asked =
  | { readonly kind: 'func'; readonly node: RoutineNode; readonly name: string | undefined; readonly id: FuncId }
  | { readonly kind: 'global'; readonly declaration: ts.VariableDeclaration; readonly id: GlobalId }
  | { readonly kind: 'type'; readonly type: Declared; readonly id: TypeId }
  | { readonly kind: 'string'; readonly text: string; readonly id: number };

/** A function as it was compiled. */
export interface KeptFunction {
  readonly name: string;
  readonly paged: boolean;
  readonly file: FileId;
  readonly lowered: Lowered;
  readonly asked: readonly Asked[];
}

/** Takes down what is asked for while a function of the library is compiled. */
export interface Notes {
  readonly layouts: (layouts: Layouts) => Layouts;
  readonly strings: (strings: Strings) => Strings;
  readonly funcFor: (ask: Compilation['funcFor']) => Compilation['funcFor'];
  readonly globalFor: (ask: Compilation['globalFor']) => Compilation['globalFor'];
  /** What `work` gives, and what it asked for meanwhile. */
  readonly during: <T>(work: () => T) => { readonly result: T; readonly asked: readonly Asked[] };
}

/** Notes of one compilation. */
export function createNotes(): Notes {
  let notes: Map<string, Asked> | undefined;
  const note = (asked: Asked): void => {
    const key = `${asked.kind} ${asked.id}`;
    if (notes?.has(key) === false) notes.set(key, asked);
  };
  return {
    layouts: (layouts) => ({
      ...layouts,
      typeId: (type) => {
        const id = layouts.typeId(type);
        note({ kind: 'type', type, id });
        return id;
      },
      field: (struct, name) => {
        note({ kind: 'type', type: struct, id: layouts.typeId(struct) });
        return layouts.field(struct, name);
      },
    }),
    strings: (strings) => ({
      intern: (text) => {
        const id = strings.intern(text);
        note({ kind: 'string', text, id });
        return id;
      },
    }),
    funcFor: (ask) => (node, name) => {
      const id = ask(node, name);
      note({ kind: 'func', node, name, id });
      return id;
    },
    globalFor: (ask) => (declaration) => {
      const id = ask(declaration);
      note({ kind: 'global', declaration, id });
      return id;
    },
    during: (work) => {
      notes = new Map();
      const result = work();
      const asked = [...notes.values()];
      notes = undefined;
      return { result, asked };
    },
  };
}

/** Asks for all of it again, until one number is another. */
export function isToldTheSame({ layouts, strings, funcFor, globalFor }: Compilation, asked: readonly Asked[]): boolean {
  return asked.every((one) => {
    switch (one.kind) {
      case 'func':
        return funcFor(one.node, one.name) === one.id;
      case 'global':
        return globalFor(one.declaration) === one.id;
      case 'type':
        return layouts.typeId(one.type) === one.id;
      default:
        return strings.intern(one.text) === one.id;
    }
  });
}
