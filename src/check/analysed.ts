/**
 * Findings of the analysis pass beside those of exploration: what a schedule has shown needs no second mention, what every scenario has
 * refuted is dropped, and the rest says what is missing to know.
 */
import type { Analyse, Analysis, AnalysisFinding, Passage, Way } from '../analysis/analyse.ts';
import { analyse, createAnalyse } from '../analysis/analyse.ts';
import type { Outcome } from '../engine/api.ts';
import type { Place, Program } from '../ir/program.ts';
import type { RuleCheck } from '../ir/rule.ts';
import { messageText } from '../rules/explain.ts';
import { rules } from '../rules/index.ts';
import { isOfLevel, levelSentence, stillHeld } from './breach-levels.ts';
import type { Finding, Related } from './findings.ts';
import { ruleOf } from './rules.ts';
import { rangeOf } from './text.ts';

/** A scenario's name with what exploring it came to; none when it was not explored. */
export interface Explored {
  readonly name: string;
  readonly outcome?: Outcome;
}

/** A finding without a schedule, and the name of the routine that the guilty statement is in. */
export interface Analysed {
  readonly finding: Finding;
  readonly routine: string;
}

const checks = rules.map(({ check }) => check);

/** An analysis by all rules. It keeps what it finds out of one program for the next, which is to be a version of it. */
export function createRuleAnalysis(): Analyse {
  return createAnalyse(checks);
}

/**
 * What the analysis finds and exploration has neither shown nor refuted.
 * @param explored every scenario of the program; none yet while nothing has been explored.
 * @param witnessed findings of exploration.
 */
export function analysedFindings(
  program: Program,
  explored: readonly Explored[] | undefined,
  witnessed: readonly Finding[],
  { findings, calls }: Analysis = analyse(program, checks),
): Analysed[] {
  return findings.flatMap((finding) => {
    const { file, range } = located(program, finding.place);
    const shown = witnessed.some(
      (other) => other.rule === finding.rule && other.file === file && other.range.start.line === range.start.line,
    );
    const missing = shown ? undefined : missingFor(program, finding, explored);
    if (missing === undefined) return [];
    const rule = ruleOf(finding.rule);
    const text = rule === undefined ? finding.message : messageText(rule, finding.message, 'en');
    const { level, locks } = levelAt(program, rule?.check, finding, calls);
    return [
      {
        finding: {
          rule: finding.rule,
          certainty: finding.certainty,
          severity: rule?.severity ?? 'error',
          message: [text, level, sentence(finding, missing.reason)].filter((part) => part !== undefined).join(' '),
          file,
          range,
          related: [...calledFrom(program, missing.way ?? finding.ways[0]), ...locks, ...relatedTo(program, finding)],
        },
        routine: program.funcs[finding.func - 1].name,
      },
    ];
  });
}

/** The call that the finding is at: in words at which level it is made, and where the locks were taken that are held on every path to it. */
function levelAt(
  program: Program,
  check: RuleCheck | undefined,
  { func, place }: AnalysisFinding,
  calls: Analysis['calls'],
): { readonly level: string | undefined; readonly locks: readonly Related[] } {
  const call = calls.find(
    ({ func: caller, place: at }) =>
      caller === func && at.file === place.file && at.start === place.start && at.end === place.end,
  );
  if (call === undefined || check === undefined) return { level: undefined, locks: [] };
  const taken = isOfLevel(check) ? call.before.locks : [];
  return {
    level: levelSentence(program, check, { func, place }, call.before.irql),
    locks: taken.map((lock) => ({ ...located(program, lock.place), message: stillHeld })),
  };
}

/**
 * Why exploration has not settled it; undefined when it has: every scenario is verified, and each way that leads to the finding was
 * gone through, from the call in the routine that the system enters to the guilty statement, in one of them.
 */
function missingFor(program: Program, finding: AnalysisFinding, explored: readonly Explored[] | undefined): Missing | undefined {
  if (explored === undefined) return { reason: 'not explored yet' };
  if (explored.length === 0) return { reason: 'there is no scenario' };
  const notExplored = explored.find(({ outcome }) => outcome === undefined);
  if (notExplored !== undefined) return { reason: `scenario ${notExplored.name} was not explored` };
  const outcomes = explored.flatMap(({ outcome }) => outcome ?? []);
  const guilty = finding.ways[0]?.through[0];
  const anywhere = guilty === undefined || outcomes.some((outcome) => wasReached(guilty, outcome));
  if (!anywhere) return { reason: 'no scenario reaches this statement', way: finding.ways[0] };
  const untried = finding.ways.find(
    (way) => !outcomes.some((outcome) => way.through.every((passage) => wasReached(passage, outcome))),
  );
  if (untried !== undefined) return { reason: `no scenario ${instead(program, untried, outcomes)}`, way: untried };
  const open = explored.find(({ outcome }) => outcome?.verdict !== 'verified');
  if (open === undefined) return undefined;
  const reason =
    open.outcome?.verdict === 'error'
      ? `scenario ${open.name} ends in another error`
      : `scenario ${open.name} is explored up to a bound only`;
  return { reason };
}

/** What is missing to know, and the way that no scenario has gone. */
interface Missing {
  readonly reason: string;
  readonly way?: Way | undefined;
}

/** What a scenario would have to do to go that way. */
function instead(program: Program, { calls, through }: Way, outcomes: readonly Outcome[]): string {
  const never = (passage: Passage): boolean => !outcomes.some((outcome) => wasReached(passage, outcome));
  const line = ({ place }: Passage): string => `line ${located(program, place).range.start.line}`;
  const call = calls.find(never);
  if (call !== undefined) return `comes here by the call at ${line(call)}`;
  const before = through.find(never);
  return before === undefined ? 'goes the whole way that leads here' : `goes through ${line(before)}`;
}

/** Whether the instruction was executed; of a routine as a whole, any of it. */
function wasReached({ func, at }: Passage, { reached }: Outcome): boolean {
  const executed = reached[func - 1];
  return at < 0 ? executed?.includes(1) === true : executed?.[at] === 1;
}

function sentence({ certainty }: AnalysisFinding, missing: string): string {
  return certainty === 'must'
    ? `Every path to this statement does it (no schedule shown: ${missing}).`
    : `Some path may do it (not settled: ${missing}).`;
}

const deeds: Readonly<Record<string, string>> = {
  'irp.complete': 'the IRP is completed here',
  'irp.send': 'the IRP is passed to IoCallDriver here',
  'irp.mark-pending': 'the IRP is marked pending here',
  'irp.set-cancel': 'the cancel routine is changed here',
  'irp.cancel': 'the IRP is cancelled here',
  'irp.cancel-requested': 'the cancel is requested here',
  'irp.free': 'the IRP is freed here',
};

/** The driver's calls that lead to the statement, the innermost first. */
function calledFrom(program: Program, way: Way | undefined): Related[] {
  return (way?.calls ?? []).map(({ place }) => ({ ...located(program, place), message: 'called from here' }));
}

function relatedTo(program: Program, finding: AnalysisFinding): Related[] {
  const related = new Map<string, Related>();
  for (const { event, place } of finding.related) {
    const message = deeds[event];
    if (message !== undefined && program.files[place.file]?.origin === 'driver')
      related.set(`${place.start} ${event}`, { ...located(program, place), message });
  }
  return [...related.values()];
}

function located(program: Program, place: Place): Pick<Finding, 'file' | 'range'> {
  const { path, text } = program.files[place.file];
  return { file: path, range: rangeOf(text, place.start, place.end) };
}
