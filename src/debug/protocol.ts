/** What a debugger and the session it talks to say to each other. Plain data; lines and columns count from 1, files are paths of the core. */

/** Asks a session for something; which answer belongs to which request is in {@link DebugAnswers}. */
export type DebugRequest =
  | { readonly kind: 'breakpoints'; readonly file: string; readonly wanted: readonly WantedBreakpoint[] }
  | { readonly kind: 'stops'; readonly irql?: StopFilter; readonly rule?: StopFilter }
  | { readonly kind: 'run'; readonly how: RunKind; readonly thread?: number }
  | { readonly kind: 'threads' }
  | { readonly kind: 'stack'; readonly thread: number }
  | { readonly kind: 'scopes'; readonly frame: number }
  | { readonly kind: 'variables'; readonly parts: number }
  | { readonly kind: 'evaluate'; readonly expression: string; readonly frame?: number }
  | { readonly kind: 'choices' }
  | { readonly kind: 'choose'; readonly choice: number }
  | { readonly kind: 'lead'; readonly to: LeadKind };

/** How far a session goes: to the next statement, in or over or out of calls; to the last one; to the next or last stop; `entry`: to the driver's first statement. */
export type RunKind = 'entry' | 'in' | 'over' | 'out' | 'back' | 'continue' | 'reverse';

/** What a session can be made to do where one of the steps that are possible now leads there. */
export type LeadKind = 'cancel' | 'interrupt' | 'remove';

/** A stop that is switched on. Of `irql`, a condition such as `IRQL == DISPATCH_LEVEL`; of `rule`, a rule's id. Without, each time. */
export interface StopFilter {
  readonly condition?: string;
}

export interface WantedBreakpoint {
  readonly line: number;
  readonly condition?: string;
}

/** A breakpoint as it is: on the line where the next statement begins, if any does. */
export interface SetBreakpoint {
  readonly verified: boolean;
  readonly line: number;
  /** Why it is not. */
  readonly message?: string;
}

/** Where a session has come to. */
export interface Stopped {
  /** `paused`: it has gone on for long without a reason to stop, and could go on. */
  readonly reason: 'entry' | 'step' | 'breakpoint' | 'irql' | 'breach' | 'end' | 'start' | 'paused';
  /** The thread to look at. */
  readonly thread: number;
  /** What is to be said about it: of a breach, the rule and its message. */
  readonly text?: string;
  /** Lines to be written for people: what the machine did on the way. */
  readonly output: readonly string[];
}

/** A CPU, or a context that is on none. */
export interface ThreadView {
  readonly id: number;
  readonly name: string;
}

/** A routine that runs, or a line between two contexts on one CPU. */
export interface StackFrame {
  readonly id: number;
  readonly name: string;
  /** Absent for such a line. */
  readonly at?: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly endLine: number;
    readonly endColumn: number;
  };
  /** Whether it is a routine of the kernel model or of what simulates the rest, which is of less interest now. */
  readonly subtle: boolean;
}

/** A group of variables, or a variable. `parts`: to ask for its own by, 0 where it has none. */
export interface VariableView {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly parts: number;
}

/** A step that could come next. */
export interface ChoiceView {
  readonly id: number;
  readonly label: string;
  /** Where it goes on: `CancelRead, mailbox.driver.ts:40`. */
  readonly detail: string;
  /** Whether it comes next when nothing is chosen. */
  readonly next: boolean;
}

/** The answer of each kind of request. */
export interface DebugAnswers {
  readonly breakpoints: readonly SetBreakpoint[];
  /** Empty, or what is wrong with the conditions. */
  readonly stops: readonly string[];
  readonly run: Stopped;
  readonly threads: readonly ThreadView[];
  readonly stack: readonly StackFrame[];
  readonly scopes: readonly VariableView[];
  readonly variables: readonly VariableView[];
  readonly evaluate: VariableView | { readonly error: string };
  readonly choices: readonly ChoiceView[];
  /** Null where it cannot come next, or nothing leads there. */
  readonly choose: Stopped | null;
  readonly lead: Stopped | null;
}
