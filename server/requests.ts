/** The requests of the client's commands: explore, replay, show a schedule, explain a rule. */

import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import {
  type ExplainParams,
  type Explanation,
  type ExploreParams,
  type ExploreResult,
  method,
  type ReplayOutcome,
  type ReplayParams,
  type RuleEntry,
  type ScenarioPlace,
  type ScenariosParams,
  type TraceParams,
  type TraceText,
} from '../client/protocol.ts';
import type { Trace } from '../src/check/findings.ts';
import { ruleOf, ruleSummaries } from '../src/check/rules.ts';
import { readTraces } from '../src/check/trace-file.ts';
import { driverOfTrace, readText } from '../src/jobs/files.ts';
import { painter } from '../src/report/paint.ts';
import { replayReport } from '../src/report/replay.ts';
import { checkReport, findingLines } from '../src/report/text.ts';
import { ruleMarkdown } from '../src/rules/explain.ts';
import { breachOf, coverageOf } from './breaches.ts';
import type { Context } from './convert.ts';
import type { Drivers } from './drivers-api.ts';
import type { Explorer, Running } from './explorer.ts';
import type { Folders } from './folders.ts';

const paint = painter(false);

/** The token of a request that was cancelled before its turn came never tells so. */
function stopWith(token: CancellationToken, running: Running<unknown>): void {
  if (token.isCancellationRequested) running.stop();
  else token.onCancellationRequested(() => running.stop());
}

/** What somebody has ended before anything was known. */
function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'It was cancelled.');
}

/** What a schedule can come to, the worst first. */
const badness: readonly ReplayOutcome['outcome'][] = ['breach', 'unreadable', 'mismatch', 'open', 'verified'];

/** Registers them. */
export function registerRequests(
  connection: Connection,
  context: Context,
  drivers: Drivers,
  explorer: Explorer,
  open: () => ReadonlyMap<string, string>,
  folders: Folders,
): void {
  const { paths, texts } = context;
  const pathOf = (uri: string): string => {
    const path = paths.pathOf(uri);
    if (path === undefined) throw new Error(`${uri} is no file.`);
    return path;
  };

  connection.onRequest(
    method.explore,
    async ({ uri, scenario, coverage }: ExploreParams, token: CancellationToken): Promise<ExploreResult> => {
      const running = drivers.explore(pathOf(uri), { scenario, coverage });
      stopWith(token, running);
      const { result, texts: seen, witnessed, stopped } = await running.done;
      if (stopped && result.scenarios.length === 0) throw cancelled();
      return {
        verdicts: result.scenarios.map(({ name, verdict, states, seconds, bounds }) => ({
          name,
          verdict,
          states,
          seconds,
          bounds,
        })),
        findings: result.findings.length,
        // What is wrong beside the sources keeps nothing from being explored.
        problems: result.scenarios.length > 0 ? 0 : result.problems.filter(({ severity }) => severity === 'error').length,
        breaches: witnessed.flatMap((finding) => breachOf(finding, paths) ?? []),
        ...(coverage === true ? { coverage: coverageOf(result.scenarios, paths) } : {}),
        report: checkReport(result, {
          paint,
          textOf: (path) => seen.get(path),
          whole: false,
          ownReplaceDefaults: scenario === undefined,
        }),
      };
    },
  );

  connection.onNotification(method.cancel, () => drivers.cancel());

  connection.onRequest(method.scenarios, async ({ uri }: ScenariosParams): Promise<ScenarioPlace[]> => {
    const path = pathOf(uri);
    const { driver, result } = await context.language.check(path);
    // Where a driver has none of its own, the default ones are what is explored.
    const list = result.scenarios.length > 0 ? result : await explorer.ask({ kind: 'scenarios', driver, open: open() }).done;
    if ('error' in list) return [];
    // A driver has those, too, that stand in files beside it.
    const own = list.scenarios.filter(({ file }) => file === path);
    const found = own.length === 0 && path === driver ? list.scenarios : own;
    return found.map(({ name }) => ({ name }));
  });

  connection.onRequest(method.trace, ({ uri, rule, line }: TraceParams): TraceText | null => {
    const path = pathOf(uri);
    const found = drivers.traced(path, rule, line + 1);
    if (found === undefined) return null;
    return { text: findingLines(found, { paint, textOf: (of) => texts.of(of)?.getText(), whole: true }).join('\n') };
  });

  connection.onRequest(method.replay, async ({ uri }: ReplayParams, token: CancellationToken): Promise<ReplayOutcome> => {
    const path = pathOf(uri);
    const read = readText(path);
    const found = 'error' in read ? read : readTraces(read.text);
    if ('error' in found) return { outcome: 'unreadable', report: `Cannot read ${path}: ${found.error}.` };
    if (found.traces.length === 0) return { outcome: 'unreadable', report: `There is no trace in ${path}.` };
    const outcomes: ReplayOutcome[] = [];
    for (const trace of found.traces) outcomes.push(await replayed(trace, path, token));
    // Of several schedules in a file that counts which is worst.
    const [worst] = outcomes.toSorted((one, other) => badness.indexOf(one.outcome) - badness.indexOf(other.outcome));
    return { ...worst, report: outcomes.map(({ report }) => report).join('\n') };
  });

  async function replayed(trace: Trace, path: string, token: CancellationToken): Promise<ReplayOutcome> {
    const driver = driverOfTrace(trace.file, path, folders.all(), open());
    if (driver === undefined)
      return { outcome: 'unreadable', report: `The trace is about ${trace.file}, which is neither there nor beside the trace.` };
    const running = explorer.ask({ kind: 'replay', trace, driver, open: open() }, drivers.seconds());
    const keep = drivers.asked(running);
    stopWith(token, running);
    const answer = await running.done;
    if (running.stopped) throw cancelled();
    if ('error' in answer) return { outcome: 'unreadable', report: answer.error };
    const report = replayReport(trace, answer.result, { paint, textOf: (of) => answer.texts.get(of), whole: true });
    const { outcome } = answer.result;
    if (outcome?.kind === 'breach') {
      keep(driver, [...answer.texts.keys()], [outcome.finding]);
      return { outcome: 'breach', breach: breachOf(outcome.finding, paths), report };
    }
    // What never showed its error tells nothing by showing none.
    if (outcome === undefined || outcome.anew === undefined || trace.schedule.length === 0) {
      const { left } = outcome ?? {};
      return left === undefined ? { outcome: 'unreadable', report } : { outcome: 'mismatch', mismatch: left, report };
    }
    if (outcome.anew === 'verified') return { outcome: 'verified', report };
    return outcome.left === undefined ? { outcome: 'open', report } : { outcome: 'mismatch', mismatch: outcome.left, report };
  }

  connection.onRequest(method.rules, (): RuleEntry[] => ruleSummaries().map(({ id, title }) => ({ id, title })));

  connection.onRequest(method.explain, ({ rule: id }: ExplainParams): Explanation | null => {
    const rule = ruleOf(id);
    return rule === undefined ? null : { markdown: ruleMarkdown(rule) };
  });
}
