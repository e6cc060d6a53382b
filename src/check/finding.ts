/** From a breach of the engine's to a finding: texts, lines and columns, related places, and the trace that shows it. */
import type { Breach, Outcome, Step } from '../engine/api.ts';
import type { FuncId, Instr, Place, Program, Scenario } from '../ir/program.ts';
import { messageText } from '../rules/explain.ts';
import type { Rule } from '../rules/rule.ts';
import { heldPlaces, isOneContext, levelSentence } from './breach-levels.ts';
import type { Finding, Related, Trace, TraceStep } from './findings.ts';
import { laneName, namedSchedule } from './lanes.ts';
import { irpNames, irqlName, noteTexts } from './notes.ts';
import { ruleOf } from './rules.ts';
import { excerpt, rangeOf, statementAt } from './text.ts';

export interface FindingSource {
  readonly program: Program;
  readonly scenario: Scenario;
  readonly outcome: Pick<Outcome, 'processors'>;
  readonly driver: string;
  readonly sourceHash: string;
}

/** Events that tell who did what to an IRP: where one of them happened to the IRP concerned is worth pointing at. */
const telling = new Set([
  'irp.complete',
  'irp.outcome',
  'irp.send',
  'irp.mark-pending',
  'irp.set-cancel',
  'irp.cancel',
  'irp.cancel-requested',
  'irp.free',
  'irp.start-io',
]);
/** Of these what others do in kernel code: that they call it says no more. */
const tellingOutside = new Set(['irp.cancel-requested', 'irp.complete', 'irp.outcome', 'irp.free']);
const maxRelated = 3;
const maxCallers = 3;
/** Characters of a scenario's own words that a message shows. */
const longestWords = 200;

/** The finding that a breach is, with its schedule. */
export function findingOf(breach: Breach, from: FindingSource): Finding {
  const { program, scenario, outcome, driver, sourceHash } = from;
  const rule = ruleOf(breach.rule);
  const trace: Trace = {
    schemaVersion: 1,
    file: driver,
    sourceHash,
    scenario: scenario.name,
    processors: outcome.processors,
    rule: breach.rule,
    ...(breach.irp === undefined ? {} : { irp: breach.irp }),
    schedule: namedSchedule(breach.schedule, scenario),
    steps: traceSteps(program, scenario, breach.steps),
  };
  // Of what is found later than it was done the step is not known: others may have come through the same line since.
  const at = isMarked(rule, breach) ? -1 : trace.steps.findLastIndex(({ place }) => isSame(place, breach.place));
  const irql = trace.steps[at]?.irql;
  const level = irql === undefined ? undefined : levelSentence(program, rule?.check, breach, [irql, irql]);
  const message = `${wordsOf(program, breach)}${rule === undefined ? breach.message : messageText(rule, breach.message, 'en')}`;
  return {
    rule: breach.rule,
    certainty: 'witnessed',
    severity: rule?.severity ?? 'error',
    message: level === undefined ? message : `${message} ${level}`,
    ...located(program, breach.place),
    related: [
      ...callersOf(program, trace.steps, at).map(
        ({ step, callee }): Related => ({ file: step.file, range: step.range, message: `${callee} is called from here` }),
      ),
      ...heldPlaces(trace.steps, at, rule?.check),
      ...relatedPlaces(trace.steps, breach, program),
    ],
    scenario: scenario.name,
    trace,
  };
}

/** `Not so: a post always succeeds. `: the message that an `expect` of the scenario was given; empty where it has none in its text. */
function wordsOf({ files }: Program, { rule, message, place }: Breach): string {
  if (rule !== 'assert/failed' || message !== 'expect') return '';
  const call = files[place.file].text.slice(place.start, place.end);
  const quoted = /,\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"),?\s*\);?$/.exec(call);
  const written = (quoted?.[1] ?? quoted?.[2] ?? '').replace(/\\(.)/g, '$1');
  const words = excerpt(written, 0, longestWords).replace(/\.$/, '');
  return words === '' ? '' : `Not so: ${words}. `;
}

/** Steps with file, lines and text, in order. */
export function traceSteps(program: Program, scenario: Scenario, steps: readonly Step[]): TraceStep[] {
  return steps.map((step) => {
    const { path, text } = program.files[step.place.file];
    return {
      ...step,
      context: laneName(step.context, scenario),
      file: path,
      range: rangeOf(text, step.place.start, step.place.end),
      source: sourceOf(text, step.place),
    };
  });
}

/** The whole statement; of a routine that is written on one line, `Reader() { ReadFile(File, 16, Read); }`, only what the place says. */
function sourceOf(text: string, { start, end }: Place): string {
  const statement = statementAt(text, start);
  const inner = excerpt(text, start, end);
  return statement === '' || (inner !== '' && /^\w+\(\) ?\{.*\},?$/.test(statement)) ? inner : statement;
}

/**
 * One finding for each rule and place, that with the shortest schedule; findings without one yield to those with one. What a rule
 * supersedes goes unsaid in the routine where that rule speaks: who completes an IRP twice has first set its status again.
 * In order of file, place and rule.
 * @param routines names of the guilty routines of findings without a schedule; where none is known, nothing goes unsaid.
 */
export function bestFindings(findings: readonly Finding[], routines: ReadonlyMap<Finding, string> = new Map()): Finding[] {
  const routineOf = (finding: Finding): string | undefined => finding.trace?.steps.at(-1)?.func ?? routines.get(finding);
  const best = new Map<string, Finding>();
  for (const finding of findings) {
    const { start } = finding.range;
    const key = JSON.stringify([finding.rule, finding.file, start.line, start.column]);
    const known = best.get(key);
    if (known === undefined || lengthOf(finding) < lengthOf(known)) best.set(key, finding);
  }
  const kept = [...best.values()];
  const sameRoutine = (a: Finding, b: Finding): boolean =>
    a.file === b.file && routineOf(a) !== undefined && routineOf(a) === routineOf(b);
  return kept
    .filter(
      (finding) => !kept.some((other) => supersedes(other, finding) && (sameRoutine(other, finding) || comesOf(finding, other))),
    )
    .sort(
      (a, b) =>
        compare(a.file, b.file) ||
        a.range.start.line - b.range.start.line ||
        a.range.start.column - b.range.start.column ||
        compare(a.rule, b.rule),
    );
}

/**
 * Whether `finding`, in the same routine, is a mere consequence of what `other` says. Each pass speaks for itself, and what only may
 * happen hides nothing that must.
 */
function supersedes(other: Finding, finding: Finding): boolean {
  const superseded = ruleOf(other.rule)?.check.supersedes ?? [];
  const asSure = other.certainty !== 'may' || finding.certainty === 'may';
  return superseded.includes(finding.rule) && asSure && (other.trace === undefined) === (finding.trace === undefined);
}

/** Whether the finding's own schedule comes through where the other is found, and what is done there is done to the IRP that the finding is about. */
function comesOf({ trace }: Finding, other: Finding): boolean {
  return (
    trace?.irp !== undefined &&
    trace.steps.some(
      ({ file, range, notes }) =>
        file === other.file &&
        range.start.line === other.range.start.line &&
        notes.some(
          ({ irp, event, args }) =>
            irp === trace.irp && event === 'irp.set-cancel' && args.installed === 0 && args.previous === 0,
        ),
    )
  );
}

function lengthOf({ trace }: Finding): number {
  return trace === undefined ? Number.POSITIVE_INFINITY : trace.schedule.length * 1000 + trace.steps.length;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** `line 40`, and of which file where that is another one than the other's. */
function lineOf({ file, range }: TraceStep, other: Pick<TraceStep, 'file'> | undefined): string {
  const line = `line ${range.start.line}`;
  return file === other?.file ? line : `${line} of ${file.slice(file.lastIndexOf('/') + 1)}`;
}

/** Whether the finding is placed where something was done before. */
function isMarked(rule: Rule | undefined, { message }: Breach): boolean {
  return Object.values(rule?.check.on ?? {}).some((arcs) =>
    arcs?.some(({ report, place }) => report === message && place === 'marked'),
  );
}

/** The driver's calls that led to the step, the innermost first, up to a routine that has a role, or as far as they are known. */
function callersOf(
  { funcs, files }: Program,
  steps: readonly TraceStep[],
  at: number,
): { readonly step: TraceStep; readonly callee: string }[] {
  if (steps[at] === undefined || !isOneContext(steps, steps[at])) return [];
  const driverFunc = ({ func, place }: TraceStep) =>
    files[place.file].origin === 'driver' ? funcs.find(({ name, file }) => name === func && file === place.file) : undefined;
  const callers: { step: TraceStep; callee: string }[] = [];
  let index = at;
  let callee = driverFunc(steps[at]);
  while (callee !== undefined && callee.role === undefined && callers.length < maxCallers) {
    const { id, name } = callee;
    const called = (step: TraceStep): readonly Instr[] => {
      const { code, places } = driverFunc(step) ?? { code: [], places: [] };
      return code.filter((instr, i) => (instr.op === 'callptr' || calls(instr, id)) && isWithin(places[i], step.place));
    };
    index = steps.findLastIndex((step, i) => i < index && step.context === steps[at].context && called(step).length > 0);
    // Whom a pointer calls is not told by the text.
    if (index < 0 || called(steps[index]).some(({ op }) => op === 'callptr')) break;
    callers.push({ step: steps[index], callee: name });
    callee = driverFunc(steps[index]);
  }
  return callers;
}

function calls(instr: Instr, id: FuncId): boolean {
  return instr.op === 'call' && instr.func === id;
}

function isWithin(inner: Place, outer: Place): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}

function isSame(a: Place, b: Place): boolean {
  return a.file === b.file && a.start === b.start;
}

function located(program: Program, place: Place): Pick<Finding, 'file' | 'range'> {
  const { path, text } = program.files[place.file];
  return { file: path, range: rangeOf(text, place.start, place.end) };
}

/**
 * The latest places, one a statement, where something telling was done to the IRP that the last step is about. What is done outside of the driver, as by
 * who cancels it, is told where the other side of the race has come to.
 */
function relatedPlaces(steps: readonly TraceStep[], breach: Breach, program: Program): Related[] {
  const irp = breach.irp ?? steps.at(-1)?.notes.findLast((note) => note.irp !== undefined)?.irp;
  if (irp === undefined) return [];
  const texts = noteTexts(steps);
  const name = irpNames(steps)(irp);
  const related = new Map<string, Related>();
  const isBreach = ({ place }: TraceStep): boolean => isSame(place, breach.place);
  const isDriver = ({ place }: TraceStep): boolean => program.files[place.file].origin === 'driver';
  const guilty = steps.findLast(isBreach)?.context;
  for (const [index, step] of [...steps.entries()].reverse()) {
    const inside = isDriver(step);
    if (inside ? isBreach(step) : step.context === guilty) continue;
    const events = inside ? telling : tellingOutside;
    const words = texts[index].filter(({ note }) => note.irp === irp && events.has(note.event)).map(({ text }) => text);
    const at = inside ? step : steps.slice(0, index).findLast((one) => one.context === guilty && isDriver(one));
    const key = `${at?.file}:${at?.range.start.line}:${inside}`;
    if (at === undefined || words.length === 0 || related.has(key)) continue;
    const processor = step.processor < 0 ? 'any CPU' : `CPU ${step.processor}`;
    const [caller] = inside ? callersOf(program, steps, index) : [];
    const called = caller === undefined ? '' : `, called in ${lineOf(caller.step, at)}`;
    const where = inside
      ? `${step.context}, ${processor}, ${irqlName(step.irql)}${called}`
      : `${step.context}, while ${guilty} is here`;
    related.set(key, { file: at.file, range: at.range, message: `${name}: ${words.join('; ')} (${where})` });
    if (related.size === maxRelated) break;
  }
  return [...related.values()].reverse();
}
