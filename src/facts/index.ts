/** Documented facts: IRQL bounds of routines, addresses of documentation pages, compliance rules, bug checks. */
import { bugCheckTable } from './bugchecks.generated.ts';
import { complianceTable } from './compliance.generated.ts';
import { ddiTable } from './ddi.generated.ts';

export type Language = 'en' | 'ja';

/** IRQLs a routine may be called at: 0 PASSIVE, 1 APC, 2 DISPATCH, 3 to 12 device levels, 15 HIGH. */
export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

export interface ConditionalBounds {
  /** When these hold, as the documentation has it; empty for always. */
  readonly condition: string;
  /** Absent where the documentation states none for this case. */
  readonly bounds?: Bounds;
}

export interface DdiFacts {
  readonly name: string;
  /** `folder/name`, for `documentationUrl`. */
  readonly page: string;
  /** The widest bounds of all cases; absent where the documentation states none. */
  readonly bounds?: Bounds;
  /** The bounds depend on arguments or remarks, so that a call within them is not known to be right. */
  readonly conditional: boolean;
  readonly cases: readonly ConditionalBounds[];
}

/** A documented compliance rule. */
export interface ComplianceRule {
  readonly name: string;
  readonly framework: string;
  readonly statement: string;
  readonly page: string;
}

/** A bug check or Driver Verifier code; `code` is `0x44` or, with its first parameter, `0xC9/0x06`. */
export interface BugCheck {
  readonly code: string;
  readonly name: string;
  readonly meaning: string;
  readonly page: string;
}

/** What is documented of the routine, macro or callback of that name, or of which it is another name. */
export function ddiFacts(name: string): DdiFacts | undefined {
  const line = ddiLines().get(name);
  if (line === undefined) return undefined;
  const [own, text, page] = line.split('\t');
  const cases = text.split('|').map(readCase);
  const known = cases.flatMap(({ bounds }) => (bounds === undefined ? [] : [bounds]));
  const bounds =
    known.length === 0
      ? undefined
      : {
          minimum: Math.min(...known.map(({ minimum }) => minimum)),
          maximum: Math.max(...known.map(({ maximum }) => maximum)),
        };
  return { name: own, page, bounds, conditional: text.endsWith('?') || cases.length > 1 || cases[0].bounds === undefined, cases };
}

/** The widest documented IRQL bounds of a routine; undefined when it is not known or none are stated. */
export function ddiBounds(name: string): (Bounds & { readonly conditional: boolean; readonly page: string }) | undefined {
  const facts = ddiFacts(name);
  return facts?.bounds === undefined ? undefined : { ...facts.bounds, conditional: facts.conditional, page: facts.page };
}

/**
 * The address of a page given as `folder/name` (`wdm/nf-wdm-iocancelirp`, `kernel/canceling-irps`), the Japanese one for `ja`.
 * Reference pages lie below `ddi`.
 */
export function documentationUrl(page: string, language: Language = 'en'): string {
  const reference = /\/n[a-z]-/.test(page) ? 'ddi/' : '';
  return `https://learn.microsoft.com/${language === 'ja' ? 'ja-jp/' : ''}windows-hardware/drivers/${reference}${page}`;
}

/** The WDM rule of that name where there is one, else the first of another framework. */
export function complianceRule(name: string): ComplianceRule | undefined {
  return complianceRules().get(name);
}

/** The bug check of that code. */
export function bugCheck(code: string): BugCheck | undefined {
  return bugChecks().get(code);
}

const ddiLines = once(() => {
  const lines = tableLines(ddiTable).map((line) => [line.split('\t', 1)[0], line] as const);
  const others = lines.flatMap(([, line]) => (line.split('\t')[3]?.split(' ') ?? []).map((other) => [other, line] as const));
  return new Map([...others, ...lines]);
});

const complianceRules = once(() => {
  const rules = tableLines(complianceTable).map((line) => {
    const [name, framework, statement, page] = line.split('\t');
    return { name, framework, statement, page };
  });
  return new Map(
    [...rules.filter((rule) => rule.framework !== 'WDM').reverse(), ...rules.filter((rule) => rule.framework === 'WDM')].map(
      (rule) => [rule.name, rule],
    ),
  );
});

const bugChecks = once(() => {
  const lines = tableLines(bugCheckTable).map((line) => {
    const [code, name, meaning, page] = line.split('\t');
    return { code, name, meaning, page };
  });
  return new Map(lines.map((entry) => [entry.code, entry]));
});

function readCase(text: string): ConditionalBounds {
  const match = /^(?:(\d+)-(\d+))?\??(?::(.*))?$/.exec(text);
  if (match === null) throw new Error(`the table of routines has a bad entry: ${text}`);
  const [, minimum, maximum, condition = ''] = match;
  return minimum === undefined ? { condition } : { condition, bounds: { minimum: Number(minimum), maximum: Number(maximum) } };
}

function tableLines(table: string): string[] {
  return table.trim().split('\n');
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
