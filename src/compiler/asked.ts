/**
 * What is asked for while a function is compiled. What a function whose text is the same comes to depends on the program only by the numbers that its
 * types, globals, strings and functions have there: who asks for these again, in the same order, knows whether it is the same.
 */
import ts from 'typescript';
import type { FuncId, GlobalId, TypeId } from '../ir/program.ts';
import type { Compilation } from './compilation.ts';
import { type Declared, emptyEnvironment } from './declared.ts';
import type { DeclaredTypes } from './declared-types.ts';
import type { ParsedSource } from './host.ts';
import type { Layouts } from './layouts.ts';
import type { Strings } from './strings.ts';
import { routineIn } from './syntax.ts';
import type { RoutineNode } from './typing.ts';

/**
 * What a declaration is known by in other programs: one of the library's own, which is part of all of them, is itself; of any other the file and the
 * name, as to keep it would keep the program that it was part of. What stands within another declaration is known by nothing, and who asks for it is not kept.
 */
type Known<T extends ts.Node> = T | string;

/** A type, as far as its layout goes. */
type KnownType =
  | { readonly struct: string }
  | { readonly element: KnownType; readonly count: number }
  | { readonly plain: Declared };

/** What the compilation of a function has asked for, with the number that it was told. */
export type Asked =
  | { readonly kind: 'func'; readonly routine: Known<RoutineNode>; readonly name: string | undefined; readonly id: FuncId }
  | { readonly kind: 'global'; readonly variable: Known<ts.VariableDeclaration>; readonly id: GlobalId }
  | { readonly kind: 'type'; readonly type: KnownType; readonly id: TypeId }
  | { readonly kind: 'string'; readonly text: string; readonly id: number };

/** Declarations at the top level of the files that are no part of the library, by what they are known by. */
export interface Declarations {
  /** Undefined of what stands within another declaration. */
  readonly known: <T extends ts.Node>(node: T) => Known<T> | undefined;
  readonly find: (name: string) => ts.Node | undefined;
}

/** @param isLasting tells the files that are part of every program. */
export function declarationsOf(sources: readonly ParsedSource[], isLasting: (file: ts.SourceFile) => boolean): Declarations {
  const named = new Map<string, ts.Node>();
  const names = new Map<ts.Node, string>();
  for (const { file, input } of sources) {
    if (isLasting(file)) continue;
    for (const node of file.statements.flatMap(declaredIn)) {
      const name = `${input.path} ${node.name?.getText()}`;
      const whole = ts.isVariableDeclaration(node) ? [node, routineIn(node)] : [node];
      for (const one of whole) if (one !== undefined) names.set(one, name);
      named.set(name, node);
    }
  }
  return {
    known: (node) => (isLasting(node.getSourceFile()) ? node : names.get(node)),
    find: (name) => named.get(name),
  };
}

type TopLevel = ts.VariableDeclaration | ts.FunctionDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** What a statement at the top level declares that has a name; imports and expressions declare nothing. */
export function declaredIn(statement: ts.Statement): readonly TopLevel[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations;
  if (ts.isFunctionDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
    return [statement];
  return [];
}

/** Takes down what is asked for while a function is compiled. */
export interface Notes {
  readonly layouts: (layouts: Layouts) => Layouts;
  readonly strings: (strings: Strings) => Strings;
  /** What is reported meanwhile keeps the function from being kept, or the problem would be gone with the next edit. */
  readonly report: (report: Compilation['report']) => Compilation['report'];
  readonly funcFor: (ask: Compilation['funcFor']) => Compilation['funcFor'];
  readonly globalFor: (ask: Compilation['globalFor']) => Compilation['globalFor'];
  /** What `work` gives, and what it asked for meanwhile; undefined where it had a problem, or something of that is not known by anything in other programs. */
  readonly during: <T>(work: () => T) => { readonly result: T; readonly asked: readonly Asked[] | undefined };
}

/** Notes of one compilation. */
export function createNotes({ known }: Declarations): Notes {
  let notes: Map<string, Asked | undefined> | undefined;
  const note = (kind: Asked['kind'], id: number, asked: () => Asked | undefined): void => {
    const key = `${kind} ${id}`;
    if (notes?.has(key) === false) notes.set(key, asked());
  };
  const noteType = (type: Declared, id: TypeId): void =>
    note('type', id, () => {
      const of = knownType(type, known);
      return of === undefined ? undefined : { kind: 'type', type: of, id };
    });
  return {
    layouts: (layouts) => ({
      ...layouts,
      typeId: (type) => {
        const id = layouts.typeId(type);
        noteType(type, id);
        return id;
      },
      field: (struct, name) => {
        noteType(struct, layouts.typeId(struct));
        return layouts.field(struct, name);
      },
    }),
    strings: (strings) => ({
      intern: (text) => {
        const id = strings.intern(text);
        note('string', id, () => ({ kind: 'string', text, id }));
        return id;
      },
    }),
    report: (report) => (node, code, values) => {
      notes?.set('problem', undefined);
      report(node, code, values);
    },
    funcFor: (ask) => (node, name) => {
      const id = ask(node, name);
      note('func', id, () => {
        const routine = known(node);
        return routine === undefined ? undefined : { kind: 'func', routine, name, id };
      });
      return id;
    },
    globalFor: (ask) => (declaration) => {
      const id = ask(declaration);
      note('global', id, () => {
        const variable = known(declaration);
        return variable === undefined ? undefined : { kind: 'global', variable, id };
      });
      return id;
    },
    during: (work) => {
      const all = new Map<string, Asked | undefined>();
      notes = all;
      const result = work();
      notes = undefined;
      const asked = [...all.values()];
      return { result, asked: asked.every((one) => one !== undefined) ? asked : undefined };
    },
  };
}

/** All addresses of routines are laid out in one way. */
const anyRoutine: Declared = {
  kind: 'fn',
  node: ts.factory.createFunctionTypeNode(undefined, [], ts.factory.createKeywordTypeNode(ts.SyntaxKind.VoidKeyword)),
  env: emptyEnvironment,
};

/** What pointers point to and type parameters stand for never changes a layout, and is left out. */
function knownType(type: Declared, known: Declarations['known']): KnownType | undefined {
  if (type.kind === 'array') {
    const element = knownType(type.element, known);
    return element === undefined ? undefined : { element, count: type.count };
  }
  if (type.kind === 'ptr' || type.kind === 'ref') return { plain: { kind: 'ptr' } };
  if (type.kind === 'fn') return { plain: anyRoutine };
  if (type.kind === 'size') return { plain: { kind: 'size', of: { kind: 'void' } } };
  if (type.kind !== 'struct') return { plain: type };
  const declaration = known(type.shape.node);
  if (declaration === undefined) return undefined;
  return typeof declaration === 'string' ? { struct: declaration } : { plain: { ...type, env: emptyEnvironment } };
}

/** Asks for all of it again, until one number is another. */
export function isToldTheSame(compilation: Compilation, { find }: Declarations, asked: readonly Asked[]): boolean {
  const { declared, layouts, strings, funcFor, globalFor } = compilation;
  return asked.every((one) => {
    switch (one.kind) {
      case 'func': {
        const routine = typeof one.routine === 'string' ? routineIn(find(one.routine)) : one.routine;
        return routine !== undefined && funcFor(routine, one.name) === one.id;
      }
      case 'global': {
        const variable = typeof one.variable === 'string' ? find(one.variable) : one.variable;
        return variable !== undefined && ts.isVariableDeclaration(variable) && globalFor(variable) === one.id;
      }
      case 'type': {
        const type = typeKnownAs(one.type, declared, find);
        return type !== undefined && layouts.typeId(type) === one.id;
      }
      default:
        return strings.intern(one.text) === one.id;
    }
  });
}

function typeKnownAs(type: KnownType, declared: DeclaredTypes, find: Declarations['find']): Declared | undefined {
  if ('plain' in type) return type.plain;
  if ('struct' in type) {
    const node = find(type.struct);
    return node !== undefined && (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      ? declared.storage(node)
      : undefined;
  }
  const element = typeKnownAs(type.element, declared, find);
  return element === undefined ? undefined : { kind: 'array', element, count: type.count };
}
