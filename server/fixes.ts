/** Quick fixes that were tried: the edited text is checked, and for a finding with a schedule its scenario is explored, before a fix is offered. */
import type { CheckResult, Finding } from '../src/check/findings.ts';
import { edited, type Fix, fixFor, lineAfter } from '../src/fixes/fixes.ts';
import type { QuickCheck } from '../src/jobs/language-protocol.ts';
import type { Drivers, Known } from './drivers-api.ts';
import type { Explorer, Running } from './explorer.ts';

export interface Fixes {
  /** The fix of the finding at that line (from 1) of the file, where it has one and is known, or soon known, to put it right. */
  offered(path: string, rule: string, line: number, text: string): Promise<Fix | undefined>;
  /** A fix for all findings of the rule in the file, where there are several and each has one. */
  offeredForAll(path: string, rule: string, text: string): Promise<Fix | undefined>;
}

/** Seconds for exploring a scenario with a fix made. */
const seconds = 10;
/** Milliseconds that somebody who asks for actions waits; what takes longer is there when they ask again. */
const patience = 1_500;

/** @param open texts that the editor holds, by path. */
export function createFixes(drivers: Drivers, explorer: Explorer, open: () => ReadonlyMap<string, string>): Fixes {
  /** Fixes tried or being tried: for one state of all the driver's texts, which has a check of its own, by what they are for. */
  const tried = new WeakMap<QuickCheck, Map<string, Promise<Fix | undefined>>>();
  /** What runs for a fix, and whether its texts still stand. */
  const begun = new Map<Running<unknown>, () => boolean>();

  return {
    offered: async (path, rule, line, text) => {
      const known = drivers.known(path);
      const finding = known?.findings.find((one) => isAt(one, path, rule) && one.range.start.line === line);
      return known === undefined || finding === undefined ? undefined : soon(known, path, text, [finding]);
    },
    offeredForAll: async (path, rule, text) => {
      const known = drivers.known(path);
      const findings = known?.findings.filter((one) => isAt(one, path, rule)) ?? [];
      const whole = known === undefined || findings.length < 2 ? undefined : await soon(known, path, text, findings);
      return whole && { ...whole, title: `Fix all ${rule} in this file` };
    },
  };

  /** The fix of all these, when it has proved right by then. */
  async function soon(known: Known, path: string, text: string, findings: readonly Finding[]): Promise<Fix | undefined> {
    const { quick } = known;
    if (quick === undefined) return undefined;
    for (const [running, stands] of begun) if (!stands()) running.stop();
    const stands = (): boolean => drivers.known(path)?.quick === quick;
    const trials = tried.get(quick) ?? new Map<string, Promise<Fix | undefined>>();
    tried.set(quick, trials);
    const key = JSON.stringify([path, findings.map(({ rule, range, trace }) => [rule, range, trace?.scenario])]);
    const forget = (): undefined => {
      trials.delete(key);
    };
    const trial = trials.get(key) ?? tryOut(known, path, text, findings, stands).catch(forget);
    trials.set(key, trial);
    const fix = await Promise.race([trial, new Promise<undefined>((resolve) => setTimeout(resolve, patience, undefined))]);
    // Any of the driver's texts may have changed meanwhile.
    return stands() ? fix : undefined;
  }

  /** What a job for a fix comes to. Rejected where it broke down or was cancelled, which says nothing of the fix. */
  async function settled<T>(running: Running<T>, stands: () => boolean): Promise<T> {
    drivers.asked(running);
    begun.set(running, stands);
    const answer = await running.done.finally(() => begun.delete(running));
    if (running.stopped) throw new Error('The fix was not tried to the end.');
    return answer;
  }

  /** The fix where it has proved right; rejected where that is not known. */
  async function tryOut(
    known: Known,
    path: string,
    text: string,
    findings: readonly Finding[],
    stands: () => boolean,
  ): Promise<Fix | undefined> {
    const fixes = findings.map((finding) => fixFor(finding, text));
    const [first] = fixes;
    if (first === undefined || fixes.includes(undefined)) return undefined;
    const fix = { ...first, edits: fixes.flatMap((one) => one?.edits ?? []) };
    const texts = new Map([...open(), [path, edited(text, fix.edits)]]);

    const driver = known.path;
    const quick = await settled(explorer.ask({ kind: 'quick', driver, open: texts }), stands);
    if ('error' in quick || !quick.compiled) return undefined;
    const before = known.quick?.result.findings ?? [];
    if (
      !isBetter(
        before,
        quick.findings,
        findings.filter(({ trace }) => trace === undefined),
      )
    )
      return undefined;
    const placeAfter = (one: Finding): string =>
      placeOf(one, one.file === path ? lineAfter(text, fix.edits, one.range.start) : undefined);
    // What was there before may be told of one scenario and show in others, too. Nothing that was to be put right may.
    const tolerated = new Set(known.findings.map(placeAfter));
    for (const finding of findings) tolerated.delete(placeAfter(finding));
    for (const scenario of new Set(findings.flatMap(({ trace }) => trace?.scenario ?? []))) {
      const check = { kind: 'check', target: { kind: 'driver', path: driver }, options: { scenario }, open: texts } as const;
      const { result } = await settled(
        explorer.check(check, seconds, () => undefined, { background: true }),
        stands,
      );
      if (!isRefuted(result, tolerated)) return undefined;
    }
    return fix;
  }
}

function isAt({ file, rule }: Finding, path: string, wanted: string): boolean {
  return file === path && rule === wanted;
}

/** Whether of each rule no more is found than before, and so much less as was to be put right. Lines have moved: findings are counted. */
function isBetter(before: readonly Finding[], after: readonly Finding[], fixed: readonly Finding[]): boolean {
  const count = (findings: readonly Finding[], rule: string): number => findings.filter((one) => one.rule === rule).length;
  return [...new Set([...before, ...after].map(({ rule }) => rule))].every(
    (rule) => count(after, rule) <= count(before, rule) - count(fixed, rule),
  );
}

/** What is found, and where. */
function placeOf({ rule, file, range }: Finding, line = range.start.line): string {
  return JSON.stringify([rule, file, line]);
}

/** Whether exploring was complete, and its schedules show nothing but what was there and was not to be put right. */
function isRefuted({ problems, scenarios, findings }: CheckResult, tolerated: ReadonlySet<string>): boolean {
  if (problems.some(({ severity }) => severity === 'error')) return false;
  if (scenarios.length === 0 || scenarios.some(({ verdict }) => verdict === 'bounded')) return false;
  return findings.every((finding) => finding.trace === undefined || tolerated.has(placeOf(finding)));
}
