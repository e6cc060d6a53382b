/** What a rule is: one file a rule under `src/rules/<group>/<name>.ts`, from which tests, documentation and `explain` are made. */
import type { RuleCheck } from '../ir/rule.ts';

/** The same text in both languages of the product. */
export interface Text {
  readonly en: string;
  readonly ja: string;
}

/** What a rule is about, in the three parts every explanation has. */
export interface Explanation {
  /** What a breach is. */
  readonly what: string;
  /** Why it matters: what Windows does then. */
  readonly why: string;
  /** How it is put right. */
  readonly fix: string;
}

/** What the rule rests on and what else knows it. */
export interface References {
  /** Documentation pages as `folder/name` (`kernel/canceling-irps`, `wdm/nf-wdm-iocancelirp`); see `documentationUrl`. */
  readonly pages: readonly string[];
  /** Static Driver Verifier and DDI compliance rules of the same concern. */
  readonly sdv?: readonly string[];
  /** Queries of the Windows driver CodeQL suites. */
  readonly codeql?: readonly string[];
  /** Bug checks and Driver Verifier codes, as `code` or `code/subcode` of the bug check table. */
  readonly bugChecks?: readonly string[];
}

export interface Rule {
  readonly id: string;
  readonly check: RuleCheck;
  readonly severity: 'error' | 'warning';
  /** A few words, without a full stop. */
  readonly title: Text;
  readonly description: { readonly en: Explanation; readonly ja: Explanation };
  /** By the key that an arc's `report` names: what is wrong, why it matters, what to do. */
  readonly messages: { readonly [key: string]: Text };
  readonly references: References;
  /**
   * A complete driver with the breach. A comment line of carets (`// ^^^^`) stands under each guilty statement; the rule is
   * reported there and nothing is reported elsewhere.
   */
  readonly bad: string;
  /** The same driver put right: verified. */
  readonly good: string;
}
