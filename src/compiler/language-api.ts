/** What an editor asks of the language, apart from checking: plain data, offsets in UTF-16 units of the text of a file. */
import type { SourceInput } from './api.ts';

/** A stretch of a source. */
export interface Span {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Text that stands for what is there. */
export interface Edit extends Span {
  readonly text: string;
}

/** What a name is, for an icon. */
export type NameKind =
  | 'function'
  | 'method'
  | 'variable'
  | 'constant'
  | 'parameter'
  | 'field'
  | 'struct'
  | 'type'
  | 'module'
  | 'keyword'
  | 'text';

/** One proposal. */
export interface Completion {
  readonly name: string;
  readonly kind: NameKind;
  readonly sort: string;
  /** What is inserted, where that is not the name. */
  readonly insert?: string;
  /** What is replaced, where that is not the word before the cursor. */
  readonly replaces?: { readonly start: number; readonly end: number };
  /** The module that it has to be imported of, and what adds the import. */
  readonly imported?: { readonly from: string; readonly edit: Edit };
}

export interface CompletionDetails {
  readonly signature: string;
  readonly documentation: string;
}

/** What is known of a name. */
export interface Description {
  readonly start: number;
  readonly end: number;
  readonly signature: string;
  readonly documentation: string;
}

export interface Signatures {
  readonly signatures: readonly SignatureText[];
  readonly active: number;
  readonly parameter: number;
}

/** A routine's parameters; `label` is the whole line, `parameters` stretches of it. */
export interface SignatureText {
  readonly label: string;
  readonly documentation: string;
  readonly parameters: readonly { readonly start: number; readonly end: number; readonly documentation: string }[];
}

/** A declaration with what is declared in it. */
export interface Outline {
  readonly name: string;
  readonly kind: NameKind;
  readonly start: number;
  readonly end: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly inner: readonly Outline[];
}

export interface Fold {
  readonly start: number;
  readonly end: number;
  readonly kind: 'comment' | 'imports' | 'region' | 'code';
}

/** A use of a name; whether it is written to. */
export interface Use extends Span {
  readonly write: boolean;
}

/** The names of TypeScript's token types of 2020, in order. */
export const tokenTypes = [
  'class',
  'enum',
  'interface',
  'namespace',
  'typeParameter',
  'type',
  'parameter',
  'variable',
  'enumMember',
  'property',
  'function',
  'method',
] as const;

/** A classified name. */
export interface Token {
  readonly start: number;
  readonly length: number;
  readonly type: (typeof tokenTypes)[number];
  readonly readonly: boolean;
  readonly declaration: boolean;
}

/** A routine in the call hierarchy. */
export interface Routine extends Span {
  readonly name: string;
  readonly nameStart: number;
  readonly nameEnd: number;
}

export interface Call {
  readonly routine: Routine;
  /** Where it is called: for callers in them, for callees in the routine asked for. */
  readonly at: readonly { readonly start: number; readonly end: number }[];
}

/** How a document is laid out. */
export interface Layout {
  readonly tabSize: number;
  readonly insertSpaces: boolean;
}

/** The language features over one driver's sources. Every path and offset is of the sources given last. */
export interface Language {
  /** Takes over the sources as they are now; an input that is the same object has not changed. */
  update(sources: readonly SourceInput[]): void;
  completions(path: string, offset: number, trigger?: string): readonly Completion[];
  /** `from`: the module that the name has to be imported of. Known of what `completions` has given last. */
  completionDetails(path: string, offset: number, name: string, from: string | undefined): CompletionDetails | undefined;
  describe(path: string, offset: number): Description | undefined;
  signatures(path: string, offset: number): Signatures | undefined;
  definitions(path: string, offset: number): readonly Span[];
  typeDefinitions(path: string, offset: number): readonly Span[];
  references(path: string, offset: number): readonly Use[];
  /** The word that can be renamed, or why it cannot. */
  renamed(path: string, offset: number): Span | { readonly error: string };
  rename(path: string, offset: number, name: string): readonly Edit[] | { readonly error: string };
  outline(path: string): readonly Outline[];
  folds(path: string): readonly Fold[];
  format(path: string, layout: Layout, range?: { readonly start: number; readonly end: number }): readonly Edit[];
  organizeImports(path: string): readonly Edit[];
  selections(path: string, offset: number): readonly { readonly start: number; readonly end: number }[];
  tokens(path: string): readonly Token[];
  routineAt(path: string, offset: number): Routine | undefined;
  callers(path: string, offset: number): readonly Call[];
  callees(path: string, offset: number): readonly Call[];
}

/** A language that shares the trees of what it has in common with others. */
export interface SharedLanguage extends Language {
  /** Gives up what it shares. It must not be asked any more. */
  dispose(): void;
}
