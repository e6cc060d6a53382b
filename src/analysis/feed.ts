/** Events: each moves the rules' sets of states, and may end the path, or split it where an unknown argument decides. */

import type { EventName } from '../ir/events.ts';
import { events } from '../ir/events.ts';
import type { RuleCheck } from '../ir/rule.ts';
import type { Move, Watcher } from './automaton.ts';
import { move, moveEitherWay } from './automaton.ts';
import type { Run } from './run.ts';
import type { Deed, IrpState, Site, State } from './state.ts';
import type { Value } from './value.ts';
import { constant, one, zero } from './value.ts';

export interface Feeding {
  readonly event: EventName;
  /** Key of the IRP it is about. */
  readonly irp?: string;
  readonly args: readonly Value[];
  readonly site: Site;
  /** Moves the states and reports nothing: what happened before the analysis looks. */
  readonly quiet?: true;
  /** Never more than a *may*. */
  readonly doubtful?: true;
  /** The event is not the driver's doing. */
  readonly others?: true;
  /** It is raised when the statement at `site` has been left: a routine has returned. */
  readonly behind?: true;
  /** The statement that has brought it about: where the memory was freed. */
  readonly cause?: Site;
}

const telling = new Set<string>([
  'irp.complete',
  'irp.send',
  'irp.mark-pending',
  'irp.set-cancel',
  'irp.cancel',
  'irp.cancel-requested',
  'irp.free',
]);
const maxDeeds = 4;
const maxSplits = 6;

/** The states in which the path goes on behind the event; `state` itself is used up. */
export function feed(run: Run, state: State, feeding: Feeding, splits = 0): State[] {
  const { event, args, site } = feeding;
  const watchers = run.watchers.get(event);
  if (watchers === undefined) return [state];
  const irp = feeding.irp === undefined ? undefined : state.irps.get(feeding.irp);
  const moment = { event, args, context: contextOf(run, state, feeding), facts: state.facts, symbols: run.symbols };
  const taken: { watcher: Watcher; key: string; set: number; outcome: Move }[] = [];
  for (const watcher of watchers) {
    for (const [key, set] of subjects(watcher, event, args, irp, state)) {
      const outcome = move(watcher, set, moment);
      if (outcome.undecided === undefined) taken.push({ watcher, key, set, outcome });
      else if (run.symbols.isVague(outcome.undecided, state.facts)) {
        // About a value of which nothing is known this rule claims nothing.
        run.seen.pass(watcher.rule, event, site);
        taken.push({ watcher, key, set, outcome: moveEitherWay(watcher, set, moment) });
      } else if (feeding.quiet !== true && splits < maxSplits) return split(run, state, feeding, outcome.undecided, splits);
    }
  }
  const tells = telling.has(event) && feeding.quiet !== true;
  if (!tells && taken.every(({ set, outcome }) => outcome.next === set && outcome.reports.length === 0 && !outcome.marks)) {
    if (feeding.quiet !== true) {
      for (const { watcher } of taken) {
        if (!watcher.reports) continue;
        run.seen.pass(watcher.rule, event, site);
        const mark = (isOfPath(watcher.rule) ? state.machineMarks : irp?.marks)?.get(watcher.number);
        if (mark !== undefined) run.seen.passMark(watcher.rule, mark, state);
      }
    }
    return [state];
  }
  const superseded = new Set(
    taken.flatMap(({ watcher, outcome }) => (outcome.reports.length > 0 ? (watcher.rule.supersedes ?? []) : [])),
  );
  let over = false;
  const states = new Map(irp?.states);
  const located = new Map(irp?.located);
  const marks = new Map(irp?.marks);
  for (const { watcher, key, set, outcome } of taken) {
    const { rule, number } = watcher;
    const subjectMarks = isOfPath(rule) ? state.machineMarks : marks;
    let { next } = outcome;
    let harmless = set;
    for (const { arc, from, sure } of outcome.reports) {
      harmless &= ~from;
      if (feeding.quiet === true) continue;
      // Of an IRP that comes from elsewhere only what holds however it got there is said.
      if (irp?.origin === 'found' && from !== set) {
        next |= from;
        continue;
      }
      if (superseded.has(rule.id)) continue;
      const place = arc.place === 'marked' ? (subjectMarks.get(number) ?? site) : site;
      const claimed =
        sure &&
        from === set &&
        feeding.doubtful !== true &&
        !state.doubtful &&
        !(watcher.asksForRoutine && irp?.routine === 'unknown');
      const breach = run.seen.sight(rule, arc.report ?? '', {
        site: place,
        event,
        at: site,
        marked: place !== site,
        related: relatedTo(irp, place),
        causes: causesOf(state, irp, feeding),
        // A mark can be followed to the end of every path on which the IRP came with the call only.
        sure: claimed && (place === site || isOfPath(rule) || irp?.origin === 'request'),
        behind: feeding.behind === true,
      });
      if (from === set) state.breached.add(breach);
    }
    if (harmless !== 0 && watcher.reports && feeding.quiet !== true) {
      run.seen.pass(rule, event, site);
      const mark = subjectMarks.get(number);
      if (mark !== undefined) run.seen.passMark(rule, mark, state);
    }
    if (next === 0) {
      if (feeding.quiet !== true) over = true;
      next = set;
    }
    if (outcome.marks) {
      const before = subjectMarks.get(number);
      if (before !== undefined) run.seen.passMark(rule, before, state);
      subjectMarks.set(number, site);
    }
    if (isOfPath(rule)) state.machine.set(number, next);
    else if (rule.subject === 'irp') states.set(number, next);
    else located.set(key, next);
  }
  if (over) return [];
  if (irp !== undefined && feeding.irp !== undefined) {
    const deeds = tells ? [...irp.deeds, { event, site }].slice(-maxDeeds) : irp.deeds;
    state.irps.set(feeding.irp, { ...irp, states, located, marks, deeds });
  }
  return [state];
}

function split(run: Run, state: State, feeding: Feeding, condition: Value, splits: number): State[] {
  const other = state.copy();
  const results: State[] = [];
  if (run.symbols.assume(condition, true, state.facts)) results.push(...feed(run, state, feeding, splits + 1));
  if (run.symbols.assume(condition, false, other.facts)) results.push(...feed(run, other, feeding, splits + 1));
  return results;
}

/** Whether a rule's state is the path's: what runs here is one context, and the machine is seen from it. */
function isOfPath(rule: RuleCheck): boolean {
  return rule.subject === 'machine' || rule.subject === 'context';
}

/** The subjects of a rule that the event is about: a key and the set of states each is in. */
function subjects(
  watcher: Watcher,
  event: EventName,
  args: readonly Value[],
  irp: IrpState | undefined,
  state: State,
): [string, number][] {
  const { number, rule } = watcher;
  if (isOfPath(rule)) return [['', state.machine.get(number) ?? 1]];
  if (irp === undefined || irp.blurred) return [];
  if (rule.subject === 'irp') return [['', irp.states.get(number) ?? 1]];
  const everywhere = `${number}@*`;
  const at = (events[event].args as readonly string[]).indexOf('location');
  if (at >= 0) {
    const { base, offset } = args[at] ?? zero;
    const key = `${number}@${base}:${offset}`;
    return [[key, irp.located.get(key) ?? irp.located.get(everywhere) ?? 1]];
  }
  const known = [...irp.located].filter(([key]) => key.startsWith(`${number}@`));
  return known.some(([key]) => key === everywhere) ? known : [...known, [everywhere, 1]];
}

function contextOf(run: Run, state: State, feeding: Feeding) {
  const driver = feeding.others !== true && (feeding.quiet === true || run.roles.length > 0);
  return {
    irql: state.irql,
    locks: constant(state.locks.length),
    cancelLock: state.cancelLock ? one : zero,
    driver: driver ? one : zero,
    inCancel: driver && run.roles.at(-1) === 'DRIVER_CANCEL' ? one : zero,
  };
}

/** What the path did before that a breach can come of. */
function causesOf(state: State, irp: IrpState | undefined, { cause }: Feeding): Site[] {
  const before = [...state.locks, ...(irp?.deeds ?? [])].map(({ site }) => site);
  if (state.raised !== undefined) before.push(state.raised);
  for (let { trail } = state; trail !== undefined; trail = trail.before) before.push(trail.site);
  return cause === undefined ? before : [...before, cause];
}

function relatedTo(irp: IrpState | undefined, place: Site): readonly Deed[] {
  return (irp?.deeds ?? []).filter(({ site }) => site.place.start !== place.place.start || site.place.file !== place.place.file);
}
