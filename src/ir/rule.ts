/**
 * A rule's check as data: a small state machine over events. The engine runs it concretely for each IRP (or once for the
 * machine) as part of the explored state; the analysis runs the same arcs over sets of states.
 */
import type { EventName } from './events.ts';

/**
 * What has a state of its own: each IRP; each stack location of each IRP (events that have a `location` argument move just
 * that one, events that have none move all locations of the IRP); each context; or the machine as a whole.
 */
export type RuleSubject = 'irp' | 'location' | 'context' | 'machine';

export interface RuleCheck {
  readonly id: string;
  readonly subject: RuleSubject;
  /** The first one is where a new subject starts. */
  readonly states: readonly string[];
  /** Of the arcs of an event, the first whose `from` and `when` hold is taken; with none, the state stays. */
  readonly on: { readonly [E in EventName]?: readonly Arc[] };
  /** Beside its state each subject keeps one value: see `Arc.remember`. */
  readonly remembers?: true;
  /** Whether exploration goes on behind a breach. Where it does not, the path ends there. */
  readonly continues: boolean;
  /** Rules whose breach, at the same step, is a mere consequence of this one's and is not reported beside it. */
  readonly supersedes?: readonly string[];
  /** Rules whose finding in the same scenario makes one of this rule's superfluous: the same mistake come true. */
  readonly yieldsTo?: readonly string[];
}

export interface Arc {
  /** States this arc leaves; any when absent. */
  readonly from?: string | readonly string[];
  readonly when?: Condition;
  /** Next state; the same when absent. */
  readonly to?: string;
  /** Remember this event's place as the guilty one, for a later report with `place: 'marked'`. */
  readonly mark?: true;
  /** Forget the place: of an event with a key, the last one remembered for it by this context, or else the first of all. */
  readonly unmark?: true;
  /** The event argument whose value is kept from now on; conditions know it as `remembered`. */
  readonly remember?: string;
  /** A breach: the key of its message in the rule's text. */
  readonly report?: string;
  /** Where the finding goes: the statement of this event (default), or the one remembered last. */
  readonly place?: 'marked';
}

/** An operand is a number, the name of an event argument or context field, or `remembered`. */
export type Operand = number | string;

export type Condition =
  | { readonly left: Operand; readonly is: '==' | '!=' | '<' | '<=' | '>' | '>='; readonly right: Operand }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };
