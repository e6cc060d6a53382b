/** What a hover says of an IRP's cancel state at a place, in Markdown. */
import { type DriverStates, type IrpSite, type IrpState, irpStates, type Language, type ReachedState } from '../check/states.ts';
import { type StateWords, stateWords } from './irp-state-words.ts';

/** What is known where the states have not been looked into, or not to the end. */
export interface Looking {
  /** Whether that is under way. */
  readonly busy: boolean;
}

/**
 * The cancel state of the IRP that `site` denotes.
 * @param linkOf the link that shows how a state is reached.
 */
export function irpStateMarkdown(
  site: IrpSite,
  scenarios: DriverStates['scenarios'],
  language: Language,
  linkOf: (state: IrpState) => string,
): string {
  const words = stateWords[language];
  const open = scenarios.filter(({ verified }) => !verified).map(({ name }) => name);
  const reached = site.states.map(
    (one) => `- **${words.states[one.state]}**${detail(one, words)} · [${words.show}](${linkOf(one.state)})`,
  );
  const others = irpStates.filter((state) => !site.states.some((one) => one.state === state)).map((state) => words.states[state]);
  const rest = open.length === 0 ? words.notReached(others, scenarios.length) : words.notKnown(others, open);
  const parts = [
    `**${words.title}**`,
    site.states.length === 0 ? words.nothing(open) : reached.join('\n'),
    ...(others.length === 0 || site.states.length === 0 ? [] : [rest]),
    ...(site.states.length === 0
      ? []
      : [`${words.completes}: ${completer(site.states, words)}`, `*${sentence(site.states, words)}*`]),
  ];
  return parts.join('\n\n');
}

/** What is said before the scenarios have been looked into. */
export function unknownStateMarkdown({ busy }: Looking, language: Language): string {
  const words = stateWords[language];
  return `**${words.title}**\n\n${busy ? words.busy : words.unknown}`;
}

function detail({ routines, tooLate, locks, keptOutBy }: ReachedState, words: StateWords): string {
  const others = locks.filter((lock) => !keptOutBy.includes(lock));
  const parts = [
    ...(routines.length === 0 ? [] : [words.by(routines)]),
    ...(tooLate ? [words.tooLate] : []),
    ...(keptOutBy.length === 0 ? [] : [words.waits(keptOutBy)]),
    ...(others.length === 0 ? [] : [words.locks(others)]),
  ];
  return parts.map((part) => `, ${part}`).join('');
}

/** Who may complete the IRP, in any of the states. */
function completer(states: readonly ReachedState[], words: StateWords): string {
  const has = (state: IrpState): boolean => states.some((one) => one.state === state);
  const routines = [...new Set(states.flatMap((one) => one.routines))];
  if (states.every(({ inCancel }) => inCancel)) return words.completer.thisRoutine;
  const who = [
    ...(has('not-cancelable') || has('cancel-requested') ? [words.completer.driver] : []),
    ...(has('cancelable') ? [words.completer.whoTakes(routines)] : []),
    ...(has('cancel-running') ? [words.completer.canceller] : []),
    ...(has('passed-down') ? [words.completer.lower] : []),
  ];
  return who.length === 0 ? words.completer.nobody : who.join(words.or);
}

/** What matters most, in one sentence. */
function sentence(states: readonly ReachedState[], words: StateWords): string {
  const { advice } = words;
  const of = (state: IrpState): ReachedState | undefined => states.find((one) => one.state === state);
  const running = of('cancel-running');
  if (states.every(({ inCancel }) => inCancel)) return advice.inCancel;
  if (states.every(({ state }) => state === 'completed' || state === 'freed')) return advice.gone;
  if (of('freed') ?? of('completed')) return advice.perhapsGone;
  if (running !== undefined) return running.keptOutBy.length === 0 ? advice.running : advice.keptOut(running.keptOutBy);
  const cancelable = of('cancelable');
  if (cancelable?.tooLate) return advice.tooLate;
  if (cancelable !== undefined) {
    // Who holds it keeps IoCancelIrp from taking the routine.
    const holds = states.every(({ locks }) => locks.includes(cancelLock));
    return holds ? advice.cancelLock : advice.cancelable;
  }
  if (of('passed-down') !== undefined) return advice.passedDown;
  if (of('cancel-requested') === undefined) return advice.notCancelable;
  return of('not-cancelable') === undefined ? advice.requested : advice.perhapsRequested;
}

/** What `lockName` calls it. */
const cancelLock = 'the cancel spin lock';
