/** From findings and lines reached to what the client shows of them beside diagnostics. */
import type { CoveredFile, ShownBreach } from '../client/protocol.ts';
import type { Finding, ScenarioResult } from '../src/check/findings.ts';
import { lspRange } from './diagnostics.ts';
import type { Paths } from './paths.ts';

/** A finding that a schedule shows; undefined of others. */
export function breachOf({ scenario, trace, file, range, rule, message }: Finding, paths: Paths): ShownBreach | undefined {
  const name = scenario ?? trace?.scenario;
  if (trace === undefined || name === undefined) return undefined;
  return { scenario: name, uri: paths.uriOf(file), range: lspRange(range), rule, message };
}

/** The lines that any of the scenarios reached, and those that none did, by file. */
export function coverageOf(scenarios: readonly ScenarioResult[], paths: Paths): CoveredFile[] {
  const files = new Map<string, Map<number, boolean>>();
  for (const { file, reached, missed } of scenarios.flatMap(({ coverage }) => coverage ?? [])) {
    const lines = files.get(file) ?? new Map<number, boolean>();
    files.set(file, lines);
    for (const line of missed) if (!lines.has(line)) lines.set(line, false);
    for (const line of reached) lines.set(line, true);
  }
  return [...files].map(([file, lines]) => {
    const those = (executed: boolean): number[] =>
      [...lines].flatMap(([line, one]) => (one === executed ? [line - 1] : [])).sort((a, b) => a - b);
    return { uri: paths.uriOf(file), reached: those(true), missed: those(false) };
  });
}
