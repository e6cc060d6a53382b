/** The one shape of a finding, from either pass, and of a scenario's verdict: what the JSON output is made of. */
import type { Choice, Step } from '../engine/api.ts';

/** `must`: on every path. `may`: on some path, as far as the analysis can tell. `witnessed`: a schedule that does it exists. */
export type Certainty = 'must' | 'may' | 'witnessed';

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export interface Related {
  readonly file: string;
  readonly range: Range;
  readonly message: string;
}

export interface Finding {
  readonly rule: string;
  readonly certainty: Certainty;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly file: string;
  readonly range: Range;
  readonly related: readonly Related[];
  readonly scenario?: string;
  readonly trace?: Trace;
}

/** A schedule to replay: also the pinned-schedule file format (docs/schema/trace.schema.json). */
export interface Trace {
  readonly schemaVersion: 1;
  /** The driver. */
  readonly file: string;
  readonly sourceHash: string;
  readonly scenario: string;
  readonly processors: number;
  readonly rule: string;
  /** The IRP that it is about, as the notes of the steps number them. */
  readonly irp?: number;
  readonly schedule: readonly Choice[];
  readonly steps: readonly TraceStep[];
}

/** A step with its place spelled out, so that it can be shown without the program it came from. */
export interface TraceStep extends Step {
  readonly file: string;
  readonly range: Range;
  /** The source text of the step, on one line. */
  readonly source: string;
}

export interface ScenarioResult {
  readonly name: string;
  /** The file that declares it; the driver's own for a default scenario. */
  readonly file: string;
  readonly driver: string;
  readonly verdict: 'verified' | 'bounded' | 'error';
  readonly cpus: number;
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly seconds: number;
  readonly bounds: readonly string[];
  readonly omission: number;
  readonly assumptions: readonly string[];
  /** Routines, and statements of routines otherwise reached, that no explored schedule executed. */
  readonly unreached: readonly string[];
  /** Where it was asked for. */
  readonly coverage?: readonly CoveredLines[];
}

/** The lines of a driver's file on which statements begin, from 1, in order. */
export interface CoveredLines {
  readonly file: string;
  /** Executed in some schedule that was explored. */
  readonly reached: readonly number[];
  readonly missed: readonly number[];
}

/** A source that cannot be checked as it stands, or that says something doubtful. */
export interface SourceProblem {
  /** Stable id such as `dsl/no-closures`, or `TS2322` for a message of the type checker. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly file: string;
  readonly range: Range;
}

export interface CheckResult {
  readonly schemaVersion: 1;
  /** With an error here the driver concerned was not checked, or not to its end. */
  readonly problems: readonly SourceProblem[];
  readonly findings: readonly Finding[];
  /** Where there are any; they are not among the findings. */
  readonly suppressed?: readonly SuppressedFinding[];
  readonly scenarios: readonly ScenarioResult[];
}

/** A finding that a comment in the source lets stand. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly reason: string;
}
