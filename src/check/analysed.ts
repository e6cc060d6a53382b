/**
 * Findings of the analysis pass beside those of exploration: what a schedule has shown needs no second mention, what every scenario has
 * refuted is dropped, and the rest says what is missing to know.
 */
import type { AnalysisFinding } from '../analysis/analyse.ts';
import { analyse } from '../analysis/analyse.ts';
import type { Outcome } from '../engine/api.ts';
import type { Place, Program } from '../ir/program.ts';
import { messageText } from '../rules/explain.ts';
import { rules } from '../rules/index.ts';
import type { Finding, Related } from './findings.ts';
import { ruleOf } from './rules.ts';
import { rangeOf } from './text.ts';

/** A scenario's name with what exploring it came to; none when it was not explored. */
export interface Explored {
  readonly name: string;
  readonly outcome?: Outcome;
}

/**
 * What the analysis finds and exploration has neither shown nor refuted.
 * @param explored every scenario of the program.
 * @param witnessed findings of exploration.
 */
export function analysedFindings(program: Program, explored: readonly Explored[], witnessed: readonly Finding[]): Finding[] {
  const { findings } = analyse(
    program,
    rules.map(({ check }) => check),
  );
  return findings.flatMap((finding) => {
    const { file, range } = located(program, finding.place);
    const shown = witnessed.some(
      (other) => other.rule === finding.rule && other.file === file && other.range.start.line === range.start.line,
    );
    const missing = shown ? undefined : missingFor(program, finding, explored);
    if (missing === undefined) return [];
    const rule = ruleOf(finding.rule);
    const text = rule === undefined ? finding.message : messageText(rule, finding.message, 'en');
    return [
      {
        rule: finding.rule,
        certainty: finding.certainty,
        severity: rule?.severity ?? 'error',
        message: `${text} ${sentence(finding, missing)}`,
        file,
        range,
        related: relatedTo(program, finding),
      },
    ];
  });
}

/** Why exploration has not settled it; undefined when it has: every scenario is verified, and the statement was reached. */
function missingFor(program: Program, { func, place }: AnalysisFinding, explored: readonly Explored[]): string | undefined {
  if (explored.length === 0) return 'there is no scenario';
  const notExplored = explored.find(({ outcome }) => outcome === undefined);
  if (notExplored !== undefined) return `scenario ${notExplored.name} was not explored`;
  const places = program.funcs[func - 1]?.places ?? [];
  const reaches = ({ outcome }: Explored): boolean =>
    places.some((at, index) => at.start === place.start && at.end === place.end && outcome?.reached[func - 1]?.[index] === 1);
  if (!explored.some(reaches)) return 'no scenario reaches this statement';
  const open = explored.find(({ outcome }) => outcome?.verdict !== 'verified');
  if (open === undefined) return undefined;
  return open.outcome?.verdict === 'error'
    ? `scenario ${open.name} ends in another error`
    : `scenario ${open.name} is explored up to a bound only`;
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
