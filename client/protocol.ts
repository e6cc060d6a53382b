/**
 * What client and server say to each other beyond LSP: names and payloads. Plain types, so that both sides can read it.
 * Positions and ranges are LSP's: lines and UTF-16 characters from 0. URIs are strings.
 */
import type { Timeline } from '../src/report/timeline/model.ts';

/** Names of the custom requests (answered) and notifications (not answered). */
export const method = {
  /** Request, client to server: {@link ExploreParams} gives {@link ExploreResult}; its token ends the search. */
  explore: 'irpsight/explore',
  /** Request, client to server: {@link ScenariosParams} gives {@link ScenarioPlace}[]. */
  scenarios: 'irpsight/scenarios',
  /** Request, client to server: {@link TraceParams} gives {@link TraceText}, or null where there is no such finding with a trace. */
  trace: 'irpsight/trace',
  /** Request, client to server: {@link TraceParams} gives {@link Schedules}, or null where there is no such finding with a trace. */
  timeline: 'irpsight/timeline',
  /** Request, client to server: {@link WitnessParams} gives {@link Schedules}, or null where that state is not known to be reached there. */
  witness: 'irpsight/witness',
  /** Request, client to server: {@link ReplayParams} gives {@link ReplayOutcome}. */
  replay: 'irpsight/replay',
  /** Request, client to server: {@link TraceParams} gives {@link PinnedTrace}, or null where there is no such finding with a trace. */
  pin: 'irpsight/pin',
  /** Request, client to server: {@link TestsParams} gives {@link DriverTests}, or null where the file is no driver of its own. */
  tests: 'irpsight/tests',
  /** Request, client to server: {@link DebugParams} gives what the session answers, see `src/debug/protocol.ts`; null to launching and ending it. */
  debug: 'irpsight/debug',
  /** Request, client to server: no parameters, gives {@link RuleEntry}[] in the order of their ids. */
  rules: 'irpsight/rules',
  /** Request, client to server: {@link ExplainParams} gives {@link Explanation}, or null where there is no such rule. */
  explain: 'irpsight/explain',
  /** Notification, server to client: {@link StatusParams}, whenever it changes; of the progress of one search at most ten times a second. */
  status: 'irpsight/status',
  /** Notification, client to server, no parameters: ends whatever is being explored or waits for it, asked for or in the background. */
  cancel: 'irpsight/cancel',
} as const;

/** Commands of the client that code lenses, code actions and links of the server's may name, with their arguments. */
export const command = {
  /** `[uri?: string, scenario?: string]`; asks for what is missing. Gives {@link ExploreResult}, or undefined where it was called off. */
  runScenario: 'irpsight.runScenario',
  /** `[uri?: string]`. Gives {@link ExploreResult}, or undefined where it was called off. */
  exploreFile: 'irpsight.exploreFile',
  /** `[finding?: TraceParams]`; without it, of the finding at the cursor. */
  showTrace: 'irpsight.showTrace',
  /** `[traceFile?: string]`, a URI. */
  replayTrace: 'irpsight.replayTrace',
  /** `[finding?: TraceParams]`; without it, of the finding at the cursor. */
  pinTrace: 'irpsight.pinTrace',
  /** `[place: WitnessParams]`. */
  showWitness: 'irpsight.showWitness',
  /** `[finding: SuppressParams]`. */
  suppressFinding: 'irpsight.suppressFinding',
  /** `[uri?: string, scenario?: string]`; asks for what is missing. */
  debugScenario: 'irpsight.debugScenario',
  /** `[finding?: TraceParams]`; without it, of the finding at the cursor. */
  debugTrace: 'irpsight.debugTrace',
  /** What of a debug session can be made to happen now. */
  chooseNext: 'irpsight.chooseNext',
  cancelNow: 'irpsight.cancelNow',
  interruptNow: 'irpsight.interruptNow',
  removeNow: 'irpsight.removeNow',
  newDriver: 'irpsight.newDriver',
  newScenario: 'irpsight.newScenario',
  /** `[rule?: string]`. */
  explainRule: 'irpsight.explainRule',
  restartServer: 'irpsight.restartServer',
  cancelExploration: 'irpsight.cancelExploration',
  showOutput: 'irpsight.showOutput',
} as const;

/** What the addresses of rule pages begin with; the rule's id and `.md` follow. The client has the documents of this scheme. */
export const rulePages = 'irpsight:/rules/';

/** LSP's position. */
export interface ProtocolPosition {
  readonly line: number;
  readonly character: number;
}

/** LSP's range. */
export interface ProtocolRange {
  readonly start: ProtocolPosition;
  readonly end: ProtocolPosition;
}

/** The words the CLI has for a verdict: verified for this scenario, no error up to bound, error. */
export type VerdictKind = 'verified' | 'bounded' | 'error';

/** What is to be explored: the scenarios of a driver or scenario file, as the CLI's `run` takes it. */
export interface ExploreParams {
  readonly uri: string;
  /** Only this one; without it all of the file's, or the default ones where it has none. */
  readonly scenario?: string;
  /** Whether the lines that were reached are asked for, too. */
  readonly coverage?: boolean;
}

/** What a schedule does that breaks a rule, and where. */
export interface ShownBreach {
  readonly scenario: string;
  readonly uri: string;
  readonly range: ProtocolRange;
  readonly rule: string;
  readonly message: string;
}

/** The lines of a file of the driver's on which statements begin, from 0. */
export interface CoveredFile {
  readonly uri: string;
  /** Executed in some schedule that was explored. */
  readonly reached: readonly number[];
  readonly missed: readonly number[];
}

/** What came of one scenario. */
export interface ScenarioVerdict {
  readonly name: string;
  readonly verdict: VerdictKind;
  readonly states: number;
  readonly seconds: number;
  /** Why nothing was verified; empty unless the verdict is `bounded`. */
  readonly bounds: readonly string[];
}

/** What exploring came to. A search that was cancelled gives what is known by then, or the error RequestCancelled where that is nothing. */
export interface ExploreResult {
  /** Empty where the source has problems: then nothing was explored. */
  readonly verdicts: readonly ScenarioVerdict[];
  /** Findings of every kind, also those that only may happen. */
  readonly findings: number;
  /** Errors of the source that kept it from being explored. */
  readonly problems: number;
  /** Of the findings those that a schedule shows. */
  readonly breaches: readonly ShownBreach[];
  /** Where it was asked for. */
  readonly coverage?: readonly CoveredFile[];
  /** The CLI's text, without colours. */
  readonly report: string;
}

/** Which driver file's tests are asked for. */
export interface TestsParams {
  readonly uri: string;
}

/** What of a driver can be run: what `irpsight check` explores, and the schedules that are pinned beside it. Nothing is explored to tell. */
export interface DriverTests {
  readonly scenarios: readonly TestPlace[];
  readonly schedules: readonly PinnedSchedule[];
  /** URIs of what they were told from: the driver, what it imports, its scenario files, and its configuration. */
  readonly files?: readonly string[];
  /** Why the scenarios are not known: the driver's first error. */
  readonly error?: string;
}

/** A scenario, and where its name stands; default scenarios stand at `DriverEntry`. */
export interface TestPlace {
  readonly name: string;
  readonly uri: string;
  readonly range: ProtocolRange;
}

/** A trace file beside the driver. */
export interface PinnedSchedule {
  readonly uri: string;
  readonly scenario: string;
  readonly rule: string;
}

/** A file that keeps a finding's schedule as a test of the driver. */
export interface PinnedTrace {
  /** The driver, beside which it is to lie. */
  readonly driver: string;
  /** The file's name; it ends in `.trace.json`. */
  readonly name: string;
  readonly text: string;
}

/** Whose scenarios are asked for. */
export interface ScenariosParams {
  readonly uri: string;
}

/**
 * A scenario of the file asked about. Of a driver's file without any it is one in a scenario file beside it, or a default one; each is run and debugged by
 * its name and that same file.
 */
export interface ScenarioPlace {
  readonly name: string;
}

/** Which finding's schedule is asked for: the rule, and the line (from 0) that the finding begins on. */
export interface TraceParams {
  readonly uri: string;
  readonly rule: string;
  readonly line: number;
}

/** Which IRP's state is to be shown being reached: that which the innermost expression around the position denotes. */
export interface WitnessParams {
  readonly uri: string;
  readonly position: ProtocolPosition;
  /** One of the states that its hover tells. */
  readonly state: string;
}

/** Which finding is to be let stand, and the comment that does it, up to the reason. */
export interface SuppressParams extends TraceParams {
  readonly comment: string;
}

/** A finding with its whole schedule, as the CLI prints it. */
export interface TraceText {
  readonly text: string;
}

/** A finding's schedule as it is drawn. */
export interface Schedules {
  readonly timeline: Timeline;
  /** The nearest schedule without an error; its steps are others from step `differs` on (from 0). */
  readonly passing?: { readonly timeline: Timeline; readonly differs: number };
}

/** The trace file (`*.trace.json`, or a check's result as JSON) whose schedule is to be followed on the sources as they are now. */
export interface ReplayParams {
  readonly uri: string;
}

/** What following a schedule came to, as `irpsight replay` says it. */
export interface ReplayOutcome {
  /**
   * `verified`: the edited source leads to no error that way, and the scenario, explored anew, is verified; `open`: it is not, or `mismatch`, where the
   * schedule cannot be followed, either. `unreadable`: no trace, or its sources cannot be compiled, or it never
   * showed its error; the report says why.
   */
  readonly outcome: 'breach' | 'verified' | 'open' | 'mismatch' | 'unreadable';
  /** With `breach`. */
  readonly breach?: ShownBreach;
  /** With `mismatch`: which decision of the schedule, from 1, of how many, what it says there, and what could be done instead. */
  readonly mismatch?: { readonly decision: number; readonly of: number; readonly expected: string; readonly found: string };
  readonly report: string;
}

/** To a debug session, which the client numbers. `launch` begins it. */
export type DebugParams =
  | { readonly kind: 'launch'; readonly session: number; readonly launch: DebugLaunch }
  | { readonly kind: 'ask'; readonly session: number; readonly request: { readonly kind: string } }
  | { readonly kind: 'end'; readonly session: number };

/** What is to be debugged: the schedule of a finding or in a trace file, or a scenario of a driver or scenario file. */
export interface DebugLaunch {
  readonly finding?: TraceParams;
  /** URI of a trace file. */
  readonly trace?: string;
  /** URI of the driver, or of the file that declares the scenario. */
  readonly uri?: string;
  readonly scenario?: string;
  /** In place of the scenario's number of processors. */
  readonly processors?: number;
}

/** A rule in a list to choose from. */
export interface RuleEntry {
  readonly id: string;
  /** In English, as pages of rules are. */
  readonly title: string;
}

/** Which rule is to be explained. */
export interface ExplainParams {
  readonly rule: string;
}

/** A rule's page, in English whatever the editor's language is. */
export interface Explanation {
  readonly markdown: string;
}

/** What the server is doing. */
export interface StatusParams {
  /** `looking`: for the states that the IRPs of a driver are in that was explored. */
  readonly state: 'idle' | 'looking' | 'exploring';
  /** The driver's file name, not its path. */
  readonly driver?: string;
  readonly scenario?: string;
  /** States seen of this scenario so far. */
  readonly states?: number;
  /** Scenarios done, of how many. */
  readonly done?: number;
  readonly of?: number;
}
