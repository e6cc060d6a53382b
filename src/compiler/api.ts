/** What the compiler takes and gives. */
import type { Origin, Place, Program } from '../ir/program.ts';

export interface SourceInput {
  /** Forward slashes; as the user named it. */
  readonly path: string;
  readonly text: string;
  readonly origin: Origin;
}

export interface CompileRequest {
  /** Driver and scenario files, the whole import closure, in a stable order. */
  readonly sources: readonly SourceInput[];
  /** The kernel model, devices, environment and core declarations that ship with the product. */
  readonly library: readonly SourceInput[];
  /** Compiles an `observe` behind each expression of the driver's that denotes an IRP; everything else stays as it is. */
  readonly observing?: boolean;
}

/** Something wrong with the source: where, what, and what to write instead. */
export interface Problem {
  /** Stable id such as `dsl/no-closures`, or `TS2322` for a message of the type checker. */
  readonly code: string;
  readonly message: string;
  readonly path: string;
  /** UTF-16 offsets into that file's text. */
  readonly start: number;
  readonly end: number;
  readonly severity: 'error' | 'warning';
  /** Replacement text for exactly the range, when there is one obvious remedy. */
  readonly replacement?: string;
}

export interface CompileResult {
  /** Absent when any problem is an error. */
  readonly program?: Program;
  readonly problems: readonly Problem[];
}

/** A module that a source asks for. */
export interface ImportRequest {
  readonly specifier: string;
  readonly start: number;
  readonly end: number;
}

export type { Place };
