/** One honest line for each scenario: what was explored, and what is known of it now. */
import type { ScenarioResult } from '../check/findings.ts';
import { harmless, type Paint, pad, width } from './paint.ts';

/** The only words a verdict is ever given in. */
export const verdictWords = {
  verified: 'verified for this scenario',
  bounded: 'no error up to bound',
  error: 'error, replayable',
} as const;

const colours = { verified: 'green', bounded: 'yellow', error: 'red' } as const;

/** Columns of a line with everything on it. */
const lineWidth = 98;
/** Routines named that a scenario did not reach. */
const mostNamed = 3;

/** A line for each scenario, and beneath it why its verdict is only bounded. */
export function verdictLines(scenarios: readonly ScenarioResult[], paint: Paint): string[] {
  const names = Math.max(0, ...scenarios.map(({ name }) => width(harmless(name))));
  const words = Math.max(0, ...scenarios.map(({ verdict }) => verdictWords[verdict].length));
  const indent = ' '.repeat(names + 2);
  return scenarios.flatMap((scenario, index) => {
    const { name, verdict } = scenario;
    const line = `${pad(harmless(name), names)}  ${paint(colours[verdict], verdictWords[verdict].padEnd(words))}  ${figures(scenario)}`;
    const missed = notReached(scenario);
    const fits = names + words + 4 + width(figures(scenario)) + 2 + width(missed) <= lineWidth;
    return [
      missed !== '' && fits ? `${line}, ${missed}` : line,
      ...boundReasons(scenario, scenarios[index - 1]).map((reason) => `${indent}bound: ${harmless(reason)}`),
      ...(missed !== '' && !fits ? [indent + missed] : []),
    ];
  });
}

/** Why a verdict is bounded; what holds for the scenario before in the very same words is not said again. */
function boundReasons({ bounds }: ScenarioResult, before: ScenarioResult | undefined): readonly string[] {
  const same = bounds.length > 0 && before !== undefined && bounds.join('\n') === before.bounds.join('\n');
  return same ? ['as above'] : bounds.map(withRemedy);
}

/** Of the budget of states, how to do with it or get more. */
function withRemedy(reason: string): string {
  const [whole, states] = /budget of (\d+) states\.?$/.exec(reason) ?? [];
  if (whole === undefined) return reason;
  return `${reason.slice(0, -whole.length)}budget of ${Number(states).toLocaleString('en-US')} states. For more give --max-states N; fewer requests or one processor (--cpus 1) need less.`;
}

/** `2 CPUs, 312 states, 401 transitions, depth 57, 0.02 s, omission bound 2e-25`. */
function figures({ cpus, states, transitions, depth, seconds, omission }: ScenarioResult): string {
  return [
    counted(cpus, 'CPU'),
    counted(states, 'state'),
    counted(transitions, 'transition'),
    `depth ${depth}`,
    `${seconds.toFixed(2)} s`,
    `omission bound ${omission === 0 ? '0' : omission.toExponential(0)}`,
  ].join(', ');
}

/** `not reached: DispatchWrite, 3 lines`; empty where everything was. */
function notReached({ unreached }: ScenarioResult): string {
  const routines = unreached.flatMap((entry) => routineIn(entry) ?? []).map(({ name }) => harmless(name));
  const lines = unreached.length - routines.length;
  const named =
    routines.length > mostNamed + 1
      ? [...routines.slice(0, mostNamed), counted(routines.length - mostNamed, 'more routine')]
      : routines;
  const missed = [...named, ...(lines > 0 ? [counted(lines, 'line')] : [])];
  return missed.length > 0 ? `not reached: ${missed.join(', ')}` : '';
}

/** `1 state`, `12,345 states`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}

/** What no scenario of a driver reached. A routine that a scenario never entered counts as all of its lines. */
export function neverReached(scenarios: readonly ScenarioResult[]): readonly string[] {
  const [first, ...others] = scenarios.map(({ unreached }) => ({
    entries: new Set(unreached),
    routines: unreached.flatMap((entry) => routineIn(entry) ?? []),
  }));
  if (first === undefined) return [];
  const missed = (entry: string): boolean =>
    others.every(({ entries, routines }) => entries.has(entry) || routines.some((routine) => holds(routine, entry)));
  return [...first.entries].flatMap((entry) => {
    if (missed(entry)) return [entry];
    const routine = routineIn(entry);
    const entered = routine && others.find(({ entries }) => !entries.has(entry));
    return entered ? [...entered.entries].filter((line) => holds(routine, line) && missed(line)) : [];
  });
}

interface Routine {
  readonly name: string;
  /** Without its folder. */
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** The routine that an entry of `unreached` is; undefined when it is a line. */
function routineIn(entry: string): Routine | undefined {
  const [, name, file, from, to = from] = /^([^\s:]+) \((.+):(\d+)(?:-(\d+))?\)$/.exec(entry) ?? [];
  return name === undefined ? undefined : { name, file, from: Number(from), to: Number(to) };
}

/** Whether an entry is a line of the routine. */
function holds({ file, from, to }: Routine, entry: string): boolean {
  if (!entry.startsWith(`${file}:`)) return false;
  const line = Number.parseInt(entry.slice(file.length + 1), 10);
  return line >= from && line <= to;
}
