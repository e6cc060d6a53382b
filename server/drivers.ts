/**
 * What is known of each driver that is open: the quick check of its texts as they stand, and what exploring them has come to. A change of any text
 * takes both back; what is told is always of one state of the texts.
 */
import type { Diagnostic } from 'vscode-languageserver';
import type { CheckEvent, PlannedScenario } from '../src/check/check.ts';
import { bestFindings } from '../src/check/finding.ts';
import type { CheckResult, Finding, ScenarioResult, SourceProblem } from '../src/check/findings.ts';
import type { QuickResult } from '../src/check/quick.ts';
import type { DriverStates } from '../src/check/states.ts';
import type { QuickCheck } from '../src/jobs/language-protocol.ts';
import type { Checked } from '../src/jobs/protocol.ts';
import { diagnosticsByFile } from './diagnostics.ts';
import type { Explorer, Running } from './explorer.ts';
import type { LanguageClient } from './language.ts';
import type { Paths } from './paths.ts';

/** What exploring is at, for the status item. */
export type Status =
  | { readonly state: 'idle' }
  | { readonly state: 'checking'; readonly driver: string }
  | {
      readonly state: 'exploring';
      readonly driver: string;
      readonly scenario?: string;
      readonly states?: number;
      readonly done: number;
      readonly of: number;
    };

export interface Settings {
  /** Explore when typing pauses. */
  readonly onType: boolean;
  readonly onSave: boolean;
  /** For all scenarios of a driver, in the background. */
  readonly seconds: number;
}

/** A driver's state. */
interface Driver {
  readonly path: string;
  /** Counts the changes of its texts. */
  version: number;
  quick?: QuickCheck;
  /** Findings of scenarios explored so far, and the whole result when it has come. */
  found: readonly Finding[];
  result?: CheckResult;
  /** In which states its IRPs are where: looked into once the result has come. */
  states?: DriverStates;
  running?: Running<unknown>;
  pause?: NodeJS.Timeout;
}

export interface Edges {
  readonly language: LanguageClient;
  readonly explorer: Explorer;
  readonly paths: Paths;
  readonly settings: () => Settings;
  /** Texts that the editor holds, by path. */
  readonly open: () => ReadonlyMap<string, string>;
  readonly publish: (path: string, diagnostics: readonly Diagnostic[]) => void;
  readonly status: (status: Status) => void;
  /** A file was checked for the first time since it was opened. */
  readonly checked: () => void;
  readonly log: (message: string) => void;
}

export interface Drivers {
  /** A text has changed, or its file was opened. */
  changed(path: string): void;
  /** Files on the disk have changed: everything open is looked at again. */
  diskChanged(): void;
  saved(path: string): void;
  closed(path: string): void;
  /** What a driver that is not open comes to at once, or that there is no such driver any more. */
  notOpen(driver: string, quick: QuickResult | undefined): void;
  /** Whether nothing is checked or explored, or will be in a moment. */
  idle(): boolean;
  /** Explores the driver of the file now, as the command does. */
  explore(path: string, asked: Asked): Promise<Running<Explored>>;
  /** Keeps findings that came of something asked for, until one of the texts they are of changes. */
  keep(driver: string, files: readonly string[], findings: readonly Finding[]): void;
  /** Ends whatever is explored. */
  cancel(): void;
  /** What is known of the driver of that file. */
  known(path: string): Known | undefined;
  /** The finding with a schedule at that line (from 1) of the file, from the background or from something asked for. */
  traced(path: string, rule: string, line: number): Finding | undefined;
}

/** What is known of a driver as its texts stand. */
export interface Known {
  /** Its own file. */
  readonly path: string;
  readonly quick?: QuickCheck;
  readonly findings: readonly Finding[];
  readonly states?: DriverStates;
  /** Whether it is being explored, or will be in a moment. */
  readonly busy: boolean;
}

/** What a command wants explored. */
export interface Asked {
  /** Only that one. */
  readonly scenario?: string | undefined;
  /** Whether the lines that were reached are wanted. */
  readonly coverage?: boolean | undefined;
}

/** What came of it, and what each scenario's own schedules show: the result tells the same error of several scenarios once. */
interface Explored extends Checked {
  readonly witnessed: readonly Finding[];
}

/** Findings of something asked for. */
interface Kept {
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

/** Milliseconds without a change after which a driver is explored. */
const pauseBeforeExploring = 400;
/** The same of a scenario in which the states of IRPs are looked into. */
const mostLookedInto = 500_000;

/** Keeps track of the drivers that are open. */
export function createDrivers(edges: Edges): Drivers {
  const { language, explorer, paths } = edges;
  const drivers = new Map<string, Driver>();
  /** The driver that each open file is of. */
  const driverOf = new Map<string, string>();
  /** Diagnostics that stand, by file and then by the driver that they are of. */
  const published = new Map<string, Map<string, Diagnostic[]>>();
  /** By driver; of drivers that are not open, too. */
  const kept = new Map<string, Kept>();
  const checking = new Set<string>();
  const again = new Set<string>();

  return {
    changed,
    diskChanged() {
      language.diskChanged();
      kept.clear();
      for (const path of edges.open().keys()) changed(path);
    },
    saved(path) {
      const driver = known(path);
      if (edges.settings().onSave && driver !== undefined) exploreSoon(driver, 0);
    },
    notOpen(driver, quick) {
      if (drivers.has(driver)) return;
      publish(driver, diagnosticsByFile(quick?.problems ?? [], quick?.findings ?? [], paths.uriOf));
    },
    idle: () =>
      checking.size === 0 && [...drivers.values()].every(({ running, pause }) => running === undefined && pause === undefined),
    closed(path) {
      driverOf.delete(path);
      const others = new Set(driverOf.values());
      for (const [name, driver] of drivers) {
        if (others.has(name)) continue;
        stop(driver);
        drivers.delete(name);
        publish(name, new Map());
      }
      for (const other of driverOf.keys()) if (!paths.isLibrary(other)) changed(other);
    },
    async explore(path, { scenario, coverage }) {
      const { driver: name, files } = await language.check(path);
      const job = {
        kind: 'check',
        target: { kind: 'driver', path: name },
        options: {
          ...(scenario === undefined ? {} : { scenario }),
          ...(coverage === undefined ? {} : { coverage }),
        },
        open: edges.open(),
      } as const;
      const of = drivers.get(name)?.version;
      const witnessed = new Map<string, readonly Finding[]>();
      const tell = follow(name, edges.status);
      const running = explorer.check(job, edges.settings().seconds, (event) => {
        if (event.kind === 'explored') witnessed.set(`${event.result.file} ${event.result.name}`, event.findings);
        tell(event);
      });
      const done = running.done.then((checked) => {
        const found = [...witnessed.values()].flat();
        if (drivers.get(name)?.version === of) keep(name, files, [...checked.result.findings, ...found]);
        return { ...checked, witnessed: found };
      });
      return { done, stop: running.stop };
    },
    keep,
    cancel() {
      for (const driver of drivers.values()) stop(driver);
    },
    known(path) {
      const driver = known(path);
      if (driver === undefined) return undefined;
      const { quick, states, running, pause } = driver;
      return {
        path: driver.path,
        ...(quick === undefined ? {} : { quick }),
        findings: findingsOf(driver),
        ...(states === undefined ? {} : { states }),
        busy: running !== undefined || pause !== undefined,
      };
    },
    traced(path, rule, line) {
      const driver = known(path);
      const of = [...(driver === undefined ? [] : findingsOf(driver)), ...[...kept.values()].flatMap(({ findings }) => findings)];
      return of.find((one) => one.trace !== undefined && one.rule === rule && one.file === path && one.range.start.line === line);
    },
  };

  function known(path: string): Driver | undefined {
    const name = driverOf.get(path);
    return name === undefined ? undefined : drivers.get(name);
  }

  /** Together with what is kept of other scenarios of the same texts. */
  function keep(driver: string, files: readonly string[], findings: readonly Finding[]): void {
    kept.set(driver, { files, findings: bestFindings([...(kept.get(driver)?.findings ?? []), ...findings]) });
  }

  function changed(path: string): void {
    if (paths.isLibrary(path)) return;
    for (const [driver, { files }] of kept) if (files.includes(path)) kept.delete(driver);
    for (const driver of drivers.values()) {
      if (driver.path !== path && driver.quick?.files.includes(path) !== true) continue;
      driver.version++;
      stop(driver);
    }
    void check(path);
  }

  /** One check of a file at a time; a change meanwhile asks for another. */
  async function check(path: string): Promise<void> {
    if (checking.has(path)) {
      again.add(path);
      return;
    }
    checking.add(path);
    do {
      again.delete(path);
      try {
        take(path, await language.check(path));
      } catch (error) {
        edges.log(`${path} was not checked: ${error instanceof Error ? error.message : String(error)}`);
      }
    } while (again.has(path));
    checking.delete(path);
  }

  function take(path: string, quick: QuickCheck): void {
    // Closed meanwhile, or to be checked again.
    if (again.has(path) || !edges.open().has(path)) return;
    if (!driverOf.has(path)) edges.checked();
    driverOf.set(path, quick.driver);
    const driver: Driver = drivers.get(quick.driver) ?? { path: quick.driver, version: 0, found: [] };
    drivers.set(quick.driver, driver);
    stop(driver);
    driver.quick = quick;
    driver.found = [];
    driver.result = undefined;
    driver.states = undefined;
    show(driver);
    if (quick.result.compiled && edges.settings().onType) exploreSoon(driver, pauseBeforeExploring);
  }

  function stop(driver: Driver): void {
    clearTimeout(driver.pause);
    driver.pause = undefined;
    driver.running?.stop();
    driver.running = undefined;
  }

  function exploreSoon(driver: Driver, milliseconds: number): void {
    if (driver.result !== undefined || driver.running !== undefined || driver.quick?.result.compiled !== true) return;
    clearTimeout(driver.pause);
    driver.pause = setTimeout(() => void exploreNow(driver), milliseconds);
  }

  async function exploreNow(driver: Driver): Promise<void> {
    const { version } = driver;
    driver.pause = undefined;
    const current = (): boolean =>
      driver.version === version && drivers.get(driver.path) === driver && driver.running === running;
    const tell = follow(driver.path, edges.status);
    const job = {
      kind: 'check',
      target: { kind: 'driver', path: driver.path },
      options: {},
      open: edges.open(),
    } as const;
    const running = explorer.check(job, edges.settings().seconds, (event) => {
      if (!current()) return;
      tell(event);
      if (event.kind !== 'explored' || event.findings.length === 0) return;
      driver.found = bestFindings([...driver.found, ...event.findings]);
      show(driver);
    });
    driver.running = running;
    try {
      const { result } = await running.done;
      if (!current()) return;
      driver.result = result;
      show(driver);
      if (result.scenarios.length > 0) await lookInto(driver);
    } catch (error) {
      edges.log(`${driver.path}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      if (driver.running === running) driver.running = undefined;
      if ([...drivers.values()].every((one) => one.running === undefined)) edges.status({ state: 'idle' });
    }
  }

  /** Behind the result, which matters more: in which states its IRPs are where. */
  async function lookInto(driver: Driver): Promise<void> {
    const looking = explorer.ask(
      { kind: 'states', driver: driver.path, maxStates: mostLookedInto, open: edges.open() },
      edges.settings().seconds,
    );
    driver.running = looking;
    edges.status({ state: 'checking', driver: driver.path });
    const states = await looking.done;
    if ('error' in states) edges.log(`${driver.path}: the states of its IRPs are not known: ${states.error}`);
    if (driver.running !== looking) return;
    driver.running = undefined;
    if (!('error' in states)) driver.states = states;
  }

  function show(driver: Driver): void {
    const found = diagnosticsByFile(problemsOf(driver), findingsOf(driver), paths.uriOf);
    // That nothing is wrong with this version of an open file is worth telling, too.
    for (const path of edges.open().keys()) if (driver.quick?.files.includes(path) && !found.has(path)) found.set(path, []);
    publish(driver.path, found);
  }

  /** Replaces what stands of that driver, in all files at once. */
  function publish(driver: string, diagnostics: ReadonlyMap<string, Diagnostic[]>): void {
    const files = new Set([...diagnostics.keys(), ...[...published].filter(([, of]) => of.has(driver)).map(([file]) => file)]);
    for (const file of files) {
      const of = published.get(file) ?? new Map<string, Diagnostic[]>();
      const own = diagnostics.get(file);
      if (own === undefined) of.delete(driver);
      else of.set(driver, own);
      if (of.size === 0) published.delete(file);
      else published.set(file, of);
      edges.publish(file, distinct([...of.values()].flat()));
    }
  }
}

/** What the analysis says, until exploring has settled it. */
function findingsOf({ quick, found, result }: Driver): readonly Finding[] {
  if (result !== undefined) return result.findings;
  const open = (quick?.result.findings ?? []).filter(
    (finding) =>
      !found.some(
        ({ rule, file, range }) =>
          rule === finding.rule && file === finding.file && range.start.line === finding.range.start.line,
      ),
  );
  return bestFindings([...found, ...open]);
}

function problemsOf({ quick, result }: Driver): readonly SourceProblem[] {
  return result?.problems ?? quick?.result.problems ?? [];
}

/** Tells the status as the events of a check come. */
function follow(driver: string, status: (status: Status) => void): (event: CheckEvent) => void {
  let planned: readonly PlannedScenario[] = [];
  const results = new Map<string, ScenarioResult>();
  return (event) => {
    if (event.kind === 'compiled') planned = event.scenarios;
    else if (event.kind === 'explored') results.set(event.result.name, event.result);
    const at = { state: 'exploring', driver, done: results.size, of: planned.length } as const;
    status(event.kind === 'progress' ? { ...at, scenario: event.scenario, states: event.states } : at);
  };
}

/** A file of two drivers has most of its diagnostics twice. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map(
    diagnostics.map((one) => [JSON.stringify([one.range, one.code, one.message, one.severity]), one] as const),
  );
  return [...seen.values()];
}
