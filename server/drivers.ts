/**
 * What is known of each driver that is open: the quick check of its texts as they stand, and what exploring them has come to. A change of any text
 * takes both back; what is told is always of one state of the texts.
 */
import type { CheckEvent } from '../src/check/check.ts';
import { bestFindings } from '../src/check/finding.ts';
import type { CheckResult, Finding } from '../src/check/findings.ts';
import { readText, type Target } from '../src/jobs/files.ts';
import type { QuickCheck } from '../src/jobs/language-protocol.ts';
import type { Checked, JobOf } from '../src/jobs/protocol.ts';
import { createAskedFor, isOf, mayConcern, type Touches, targetOf } from './asked.ts';
import { diagnosticsByFile } from './diagnostics.ts';
import { type Driver, findingsOf, messageOf, problemsOf, run } from './driver.ts';
import type { Drivers, Edges, Explored, Wanted } from './drivers-api.ts';
import type { Running } from './explorer.ts';
import { WorkerEnded } from './language.ts';
import { createPublished } from './published.ts';
import { carriedOver } from './respaced.ts';
import { follow } from './status.ts';

/** Milliseconds without a change after which a driver is explored. */
const pauseBeforeExploring = 250;
/** How often a check is begun whose worker is ended under it: another file's question, or its own, may be what ends it. */
const mostEnds = 5;
/** The same where it was this check that did not end in time: it may only have waited for what did not. */
const mostLate = 2;
/** Most states of a scenario that is looked into for the states of IRPs. */
const mostLookedInto = 500_000;

function isOnDisk(path: string, text: string | undefined): boolean {
  const read = readText(path);
  return 'text' in read && read.text === text;
}

/** What hints and lenses show of a file, to be compared. */
function levelsIn(file: string, quick: QuickCheck | undefined): string {
  const { calls = [], scenarios = [] } = quick?.result ?? {};
  return JSON.stringify([calls.filter((call) => call.file === file), scenarios.filter((scenario) => scenario.file === file)]);
}

/** Keeps track of the drivers that are open. */
export function createDrivers(edges: Edges): Drivers {
  const { language, explorer, paths } = edges;
  const drivers = new Map<string, Driver>();
  /** The driver that each open file is of. */
  const driverOf = new Map<string, string>();
  /** Files that were saved before it was known which driver they are of. */
  const savedEarly = new Set<string>();
  const published = createPublished(edges.publish);
  const asked = createAskedFor(tellIdle);
  const checking = new Set<string>();
  const again = new Set<string>();

  return {
    changed,
    diskChanged(files) {
      const open = edges.open();
      // Of a file that is open the editor's text counts, which the disk only follows.
      const others = files.filter((file) => !open.has(file));
      if (others.length === 0) return;
      language.diskChanged();
      checkAgain((of) => others.some((file) => mayConcern(of, file)));
    },
    saved(path) {
      if (!edges.settings().onSave) return;
      const driver = known(path);
      if (driver === undefined) savedEarly.add(path);
      else {
        driver.saved = true;
        // Else it is explored once it has been checked.
        if (!driver.stale) exploreSoon(driver, 0);
      }
    },
    notOpen(driver, quick) {
      if (drivers.has(driver)) return;
      published.replace(driver, diagnosticsByFile(quick?.problems ?? [], quick?.findings ?? [], paths.uriOf));
    },
    idle: () =>
      checking.size === 0 &&
      !asked.busy &&
      [...drivers.values()].every(({ running, pause }) => running === undefined && pause === undefined),
    closed(path, text) {
      const name = driverOf.get(path);
      driverOf.delete(path);
      savedEarly.delete(path);
      dropOthers();
      if (!isOnDisk(path, text)) checkAgain((of) => isOf(of, path));
      // Files may be the driver's only as long as they are open.
      else for (const [file, of] of driverOf) if (of === name) void check(file);
    },
    explore,
    asked: asked.begin,
    cancel() {
      for (const driver of drivers.values()) {
        stop(driver);
        driver.saved = false;
      }
      asked.cancel();
    },
    seconds: () => edges.settings().seconds,
    known(path) {
      const driver = known(path);
      if (driver === undefined) return undefined;
      const { quick, states, running, pause, stale, failed } = driver;
      return {
        path: driver.path,
        ...(quick === undefined || stale ? {} : { quick }),
        findings: findingsOf(driver),
        ...(states === undefined ? {} : { states }),
        busy: running !== undefined || pause !== undefined || (stale && failed === undefined && isWanted(driver)),
      };
    },
    traced(path, rule, line) {
      const driver = known(path);
      const of = [...(driver === undefined ? [] : findingsOf(driver)), ...asked.findings()];
      return of.find((one) => one.trace !== undefined && one.rule === rule && one.file === path && one.range.start.line === line);
    },
  };

  function known(path: string): Driver | undefined {
    const name = driverOf.get(path);
    return name === undefined ? undefined : drivers.get(name);
  }

  /** Whether it is explored in the background as it stands. In a model that is no driver's there is nothing to explore, and need not be. */
  function isWanted({ path, saved }: Driver): boolean {
    return !path.endsWith('.model.ts') && (saved || edges.settings().onType);
  }

  function changed(path: string): void {
    if (paths.isLibrary(path)) return;
    savedEarly.delete(path);
    // Of a file that was opened as it lies on the disk nothing is new.
    if (driverOf.has(path) || !isOnDisk(path, edges.open().get(path))) {
      const found = takeBack((of) => isOf(of, path));
      for (const driver of found) driver.saved = false;
      // A check of this file is one of a single driver, and others may share it.
      for (const { path: driver } of found) {
        const files = [...driverOf].flatMap(([file, of]) => (of === driver ? [file] : []));
        if (!files.includes(path) && files.length > 0) void check(files[0]);
      }
    }
    void check(path);
  }

  /** Takes back what is known of the drivers that a change concerns, and gives them. */
  function takeBack(touches: Touches): readonly Driver[] {
    asked.changed(touches);
    const found = [...drivers.values()].filter(({ path, quick }) => touches({ path, files: quick?.files ?? [] }));
    for (const driver of found) {
      forget(driver);
      driver.stale = true;
      // What is being checked of it may be the texts before.
      for (const file of checking) if (driverOf.get(file) === driver.path) again.add(file);
    }
    return found;
  }

  /** The same, and checks them again. */
  function checkAgain(touches: Touches): void {
    const taken = takeBack(touches);
    // What has changed on the disk is not known.
    for (const driver of taken) driver.settled = undefined;
    const found = taken.map(({ path }) => path);
    for (const file of edges.open().keys()) {
      const of = driverOf.get(file);
      if (of === undefined || found.includes(of)) void check(file);
    }
  }

  /** What exploring has found is of other texts. */
  function forget(driver: Driver): void {
    stop(driver);
    driver.found = [];
    driver.result = undefined;
    driver.carried = undefined;
    driver.states = undefined;
  }

  /** One check of a file at a time; a change meanwhile asks for another. */
  async function check(path: string): Promise<void> {
    if (checking.has(path)) {
      again.add(path);
      return;
    }
    checking.add(path);
    let ended = 0;
    do {
      again.delete(path);
      try {
        take(path, await language.check(path));
      } catch (error) {
        if (error instanceof WorkerEnded && ++ended < (error.late ? mostLate : mostEnds)) again.add(path);
        else giveUp(path, messageOf(error));
      }
    } while (again.has(path));
    checking.delete(path);
  }

  function take(path: string, quick: QuickCheck): void {
    // Closed meanwhile, or to be checked again.
    if (again.has(path) || !edges.open().has(path)) return;
    const was = driverOf.get(path);
    const driver = driverAt(path, quick.driver);
    const before = driver.quick;
    if (before?.files.join('\n') !== quick.files.join('\n')) {
      forget(driver);
      driver.settled = undefined;
    }
    driver.quick = quick;
    driver.stale = false;
    driver.failed = undefined;
    const stands = driver.result === undefined && quick.result.compiled;
    driver.carried = stands && driver.settled !== undefined ? carriedOver(driver.settled, textsOf(driver)) : undefined;
    const others = [...edges.open().keys()].filter((file) => file !== path);
    if (was === undefined || others.some((file) => levelsIn(file, before) !== levelsIn(file, quick))) edges.refresh();
    // A file that has become the driver's, or is not any more; a scenario file that lies elsewhere is the driver's only while it is itself asked about.
    const isBeside = (file: string): boolean => targetOf(file, quick.driver).kind === 'driver';
    for (const file of isBeside(path) && before !== undefined ? others.filter(isBeside) : [])
      if (before?.files.includes(file) !== quick.files.includes(file)) void check(file);
    // The driver that this file has left is to be told of, too.
    const left = was === undefined || was === quick.driver ? undefined : others.find((file) => driverOf.get(file) === was);
    if (left !== undefined) void check(left);
    driver.saved ||= savedEarly.delete(path);
    show(driver);
    if (isWanted(driver)) exploreSoon(driver, driver.saved ? 0 : pauseBeforeExploring);
  }

  /** The driver that the file is of from now on. */
  function driverAt(path: string, name: string): Driver {
    const driver: Driver = drivers.get(name) ?? { path: name, stale: false, saved: false, found: [] };
    drivers.set(name, driver);
    driverOf.set(path, name);
    dropOthers();
    return driver;
  }

  /** The check of a file has come to nothing. */
  function giveUp(path: string, why: string): void {
    edges.log(`${path} was not checked: ${why}`);
    if (again.has(path) || !edges.open().has(path)) return;
    const driver = driverAt(path, driverOf.get(path) ?? path);
    // Another of its files may have been checked meanwhile, and with it all of them.
    if (driver.quick !== undefined && !driver.stale) return;
    driver.failed = why;
    show(driver);
  }

  /** Forgets drivers that no open file is of. */
  function dropOthers(): void {
    const names = new Set(driverOf.values());
    for (const [name, driver] of drivers) {
      if (names.has(name)) continue;
      stop(driver);
      drivers.delete(name);
      published.replace(name, new Map());
      edges.dropped(name);
    }
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
    driver.pause = undefined;
    const tell = follow(driver.path, edges.status);
    const job = jobOf({ kind: 'driver', path: driver.path });
    let running: Running<Checked> | undefined;
    const begin = (): Running<Checked> => {
      running = explorer.check(job, edges.settings().seconds, onEvent, { background: true });
      return running;
    };
    const checked = await run(driver, begin, edges.log);
    if (checked !== undefined) await settle(driver, checked.result);
    tellIdle();

    function onEvent(event: CheckEvent): void {
      if (driver.running !== running) return;
      tell(event);
      if (event.kind !== 'explored' || event.findings.length === 0) return;
      driver.found = bestFindings([...driver.found, ...event.findings]);
      show(driver);
    }
  }

  function explore(path: string, { scenario, coverage }: Wanted): Running<Explored> {
    const options = { ...(scenario === undefined ? {} : { scenario }), ...(coverage === undefined ? {} : { coverage }) };
    let started: Running<Checked> | undefined;
    let stopped = false;
    const running = {
      done: exploring(),
      get stopped() {
        return stopped;
      },
      stop() {
        stopped = true;
        started?.stop();
      },
    };
    const keep = asked.begin(running);
    return running;

    async function exploring(): Promise<Explored> {
      const { driver: name, files } = await language.check(path);
      const target = targetOf(path, name);
      const whole = scenario === undefined && target.kind === 'driver';
      const known = drivers.get(name);
      // The background would only do the same.
      if (whole && known !== undefined && known.result === undefined) stop(known);
      const witnessed = new Map<string, readonly Finding[]>();
      const tell = follow(name, edges.status);
      started = explorer.check(jobOf(target, options), edges.settings().seconds, (event) => {
        if (event.kind === 'explored') witnessed.set(`${event.result.file} ${event.result.name}`, event.findings);
        tell(event);
      });
      if (stopped) started.stop();
      const checked = await started.done;
      const found = [...witnessed.values()].flat();
      const stands = keep(name, files, [...checked.result.findings, ...found]);
      const driver = drivers.get(name);
      if (stands && !stopped && whole && driver?.stale === false && checked.result.scenarios.length > 0) {
        if (driver.result === undefined) stop(driver);
        void settle(driver, checked.result).then(tellIdle);
      }
      return { ...checked, stopped, witnessed: found };
    }
  }

  function jobOf(target: Target, options: JobOf<'check'>['options'] = {}): JobOf<'check'> {
    return { kind: 'check', target, options, open: edges.open() };
  }

  /** A driver was explored. Behind the result, which matters more, come the states that its IRPs are in. */
  async function settle(driver: Driver, result: CheckResult): Promise<void> {
    driver.result = result;
    if (result.scenarios.length > 0) driver.settled = { findings: result.findings, texts: textsOf(driver) };
    show(driver);
    if (result.scenarios.length === 0 || driver.states !== undefined || driver.running !== undefined) return;
    edges.status({ state: 'looking', driver: driver.path });
    const job = { kind: 'states', driver: driver.path, maxStates: mostLookedInto, open: edges.open() } as const;
    const states = await run(driver, () => explorer.ask(job, edges.settings().seconds), edges.log);
    if (states === undefined) return;
    if ('error' in states) edges.log(`${driver.path}: the states of its IRPs are not known: ${states.error}`);
    else driver.states = states;
  }

  /** The texts of all its files, as the editor holds them or as they lie on the disk. */
  function textsOf({ quick }: Driver): ReadonlyMap<string, string> {
    const textOf = (file: string): readonly [string, string][] => {
      const held = edges.open().get(file);
      const read = held === undefined ? readText(file) : { text: held };
      return 'text' in read ? [[file, read.text]] : [];
    };
    return new Map(quick?.files.flatMap(textOf));
  }

  function tellIdle(): void {
    if (!asked.busy && [...drivers.values()].every(({ running }) => running === undefined)) edges.status({ state: 'idle' });
  }

  function show(driver: Driver): void {
    const found = diagnosticsByFile(problemsOf(driver), findingsOf(driver), paths.uriOf);
    // That nothing is wrong with this version of an open file is worth telling, too.
    for (const path of edges.open().keys()) if (driver.quick?.files.includes(path) && !found.has(path)) found.set(path, []);
    published.replace(driver.path, found);
  }
}
